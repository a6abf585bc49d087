"""Bytes of a file become lines of text, and the encoding is named where it had to be chosen."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import ReadError
from spectrafit.size_limits import limited_content, require_lines

__all__ = ["Text", "decoded", "file_content", "head_lines"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Text:
    """The lines of a text file.

    Parameters
    ----------
    lines : tuple of str
        Without their line ends; line n is ``lines[n - 1]``.
    encoding : str
        How the bytes were read.
    ended : bool
        Whether the last line has its line end; a file that was cut off mostly has none.
    notices : tuple of Alert
        That the encoding had to be chosen.
    """

    lines: tuple[str, ...]
    encoding: str
    ended: bool
    notices: tuple[Alert, ...] = ()


def file_content(path: Path, *, limit: int | None = None) -> bytes:
    """Return the bytes of a file that is not larger than a limit.

    Parameters
    ----------
    path : Path
        The file.
    limit : int, optional
        Largest size in bytes, `spectrafit.size_limits.size_limit` unless given; a larger file is
        refused before it is read.

    Returns
    -------
    bytes

    Raises
    ------
    ReadError
        When the file is too large, no plain file, or cannot be opened.
    """
    try:
        return limited_content(path, where=path.name, limit=limit)
    except OSError as error:
        raise ReadError(
            error.strerror or "cannot be opened",
            where=path.name,
            do="check the path and its rights",
        ) from error


def decoded(content: bytes, where: str) -> Text:
    """Return the lines of a text in UTF-8, UTF-16 or UTF-32 with a mark, or cp1252.

    Line ends are LF, CRLF or CR, also mixed. Bytes that are no UTF-8 are read as cp1252 (or
    latin-1, where cp1252 has no such letter), with a notice.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    Text

    Raises
    ------
    ReadError
        When the bytes are no text, or there are too many lines.
    """
    if not content or content.isspace():
        raise ReadError("the file is empty", where=where, do="leave it out")
    require_lines(content, where=where)
    text, encoding = _decoded_text(content, where)
    notices: tuple[Alert, ...] = ()
    if encoding in ("cp1252", "latin-1"):
        words = f"not UTF-8: read as {encoding}, letters of the header may be wrong"
        notices = (alert_spec("READ-001").alert(where=where, text=words),)
    text = text.rstrip("\x1a").replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        utf16 = " (or UTF-16 without its mark: save it as UTF-8)" if control[0] == "\0" else ""
        raise ReadError(
            f"byte 0x{ord(control[0]):02x} is no text",
            where=f"{where}:{line}",
            do=f"the file is binary or damaged{utf16}: export it as text, or name its reader",
        )
    ended = text.endswith("\n")
    return Text(tuple(text.removesuffix("\n").split("\n")), encoding, ended, notices)


def _decoded_text(content: bytes, where: str) -> tuple[str, str]:
    mark = _mark(content)
    try:
        return content.decode(mark or "utf-8"), mark or "utf-8"
    except UnicodeDecodeError as error:
        if mark:
            raise ReadError(
                f"the file begins as {mark}, but byte {error.start} does not fit",
                where=where,
                do="the file is damaged or cut off: export it again, as UTF-8",
            ) from error
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "latin-1"


def _mark(content: bytes) -> str:
    return next((name for mark, name in _MARKS if content.startswith(mark)), "")


def head_lines(head: bytes) -> tuple[str, ...]:
    """Return the whole lines in the first bytes of a file, none where they are no text.

    Parameters
    ----------
    head : bytes
        The first bytes; the last line is left out where it may be cut.

    Returns
    -------
    tuple of str
    """
    mark = _mark(head)
    text = head.decode(mark or "utf-8", "ignore" if mark else "replace")
    if _CONTROL.search(text.rstrip("\x1a")):
        return ()
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(lines[:-1] or lines)
