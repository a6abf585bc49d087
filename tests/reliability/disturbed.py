"""What is done to a process so that a call which changes a folder fails, or is its last one."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

CALLS = ("mkdir", "fsync", "replace", "unlink", "rmdir")
"""Functions of ``os`` by which the project changes what is in a folder; a write ends with fsync."""


def _changed(folder: Path, name: str, arguments: tuple[Any, ...]) -> bool:
    """Return whether a call is one in a folder."""
    if name == "fsync":
        place = os.readlink(f"/proc/self/fd/{arguments[0]}")
    else:
        place = os.path.abspath(os.fspath(arguments[0]))
    return place.startswith(str(folder))


def _patched(folder: Path, answer: Callable[[str, int, Callable[[], Any]], Any]) -> None:
    """Let an answer be given to every call in a folder: its name, its number, and what does it."""
    count = 0

    def patched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **more: Any) -> Any:
            nonlocal count
            if not _changed(folder, name, arguments):
                return real(*arguments, **more)
            number, count = count, count + 1
            return answer(name, number, lambda: real(*arguments, **more))

        return call

    for name in CALLS:
        setattr(os, name, patched(name, getattr(os, name)))


def die_at(folder: Path, number: int) -> None:
    """Let this process be killed at a call: of an even number before it is made, of an odd one after.

    Calls count from 0, and so do the numbers: two of them for each call.
    """

    def answer(name: str, call: int, real: Callable[[], Any]) -> Any:
        if 2 * call == number:
            os.kill(os.getpid(), signal.SIGKILL)
        try:
            return real()
        finally:
            if 2 * call + 1 == number:
                os.kill(os.getpid(), signal.SIGKILL)

    _patched(folder, answer)


def die_before(place: Path) -> None:
    """Let this process be killed before a file is moved to its place."""
    real = os.replace

    def replace(source: Any, target: Any, **more: Any) -> None:
        if os.path.abspath(os.fspath(target)) == str(place):
            os.kill(os.getpid(), signal.SIGKILL)
        real(source, target, **more)

    os.replace = replace


def fail_at(folder: Path, number: int, code: int, ever_after: bool) -> None:
    """Let a call fail with an error number of the system; where said, all that need room after it.

    A rename needs no room on a full disk. That it has failed is said by a file, see `has_failed`.
    """

    def answer(name: str, call: int, real: Callable[[], Any]) -> Any:
        room = name in ("mkdir", "fsync")
        if call == number or (ever_after and call > number and room):
            _mark(folder).touch()
            raise OSError(code, os.strerror(code))
        return real()

    _patched(folder, answer)


def has_failed(folder: Path) -> bool:
    """Return whether a call has failed since the last question."""
    found = _mark(folder).exists()
    _mark(folder).unlink(missing_ok=True)
    return found


def _mark(folder: Path) -> Path:
    return folder.with_suffix(".failed")
