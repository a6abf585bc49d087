"""The log of a Galactic SPC file: lines of ``key = value`` behind its spectra."""

from __future__ import annotations

import struct

from spectrafit_ir.readers.spc_header import SpcHead, require_piece

__all__ = ["spc_log"]

_LOG = struct.Struct("<5I44x")


def spc_log(content: bytes, head: SpcHead, where: str) -> str:
    """Return the text of a file's log, empty where there is none.

    Parameters
    ----------
    content : bytes
        The whole file.
    head : SpcHead
        Its header.
    where : str
        File name, for messages.

    Returns
    -------
    str
        Lines of ``key = value``.

    Raises
    ------
    ReadError
        When the log is cut off.
    """
    if not head.log_start:
        return ""
    require_piece(content, head.log_start, _LOG.size, "the log", where)
    size, _, text_start, *_ = _LOG.unpack_from(content, head.log_start)
    require_piece(content, head.log_start, size, "the log", where)
    raw = content[head.log_start + text_start : head.log_start + size]
    return raw.split(b"\0", 1)[0].decode("latin-1")
