"""The rights of files count in a process, also in one that would be let past them."""

from __future__ import annotations

import ctypes
import os

PAST_RIGHTS = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, linux/capability.h
VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3


def rights_count() -> None:
    """Give up what lets the administrator past the rights of files, in this process only."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    assert libc.capget(head, sets) == 0
    for number in (0, 1):
        sets[number] &= ~PAST_RIGHTS
    assert libc.capset(head, sets) == 0
