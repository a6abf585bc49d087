"""How large a file may be that is read whole, and how a user raises that."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from spectrafit.errors import ReadError, SettingsError

__all__ = [
    "ROWS",
    "ROW_LIMIT",
    "SIZE",
    "SIZE_LIMIT",
    "limited_content",
    "require_lines",
    "require_rows",
    "require_size",
    "row_limit",
    "size_limit",
]

SIZE_LIMIT = 256_000_000
"""Bytes of one file."""
ROW_LIMIT = 2_000_000
"""Lines of a text, or points of a spectrum; a million lines take about 2 s and 260 MB to read."""
SIZE = "SPECTRAFIT_SIZE_LIMIT"
ROWS = "SPECTRAFIT_ROW_LIMIT"


def size_limit() -> int:
    """Return how many bytes a file may have: `SIZE_LIMIT`, or what the environment says.

    Returns
    -------
    int
        Of the variable ``SPECTRAFIT_SIZE_LIMIT`` where it is set.

    Raises
    ------
    SettingsError
        When the variable is no whole number above 0.
    """
    return _given(SIZE, SIZE_LIMIT)


def row_limit() -> int:
    """Return how many rows a file may hold: `ROW_LIMIT`, or what the environment says.

    Returns
    -------
    int
        Of the variable ``SPECTRAFIT_ROW_LIMIT`` where it is set.

    Raises
    ------
    SettingsError
        When the variable is no whole number above 0.
    """
    return _given(ROWS, ROW_LIMIT)


def require_size(path: Path, *, where: str, limit: int | None = None) -> None:
    """Refuse what is no plain file, or larger than a limit, before any of it is read.

    Parameters
    ----------
    path : Path
        The file.
    where : str
        How it is named in messages.
    limit : int, optional
        Bytes; `size_limit` unless given.

    Raises
    ------
    ReadError
        When it is another thing, or too large.
    OSError
        When it is not there.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise ReadError(
            "this is a folder", where=where, do="name a file, or a study that names its files"
        )
    if not stat.S_ISREG(found.st_mode):
        raise ReadError(
            "this is a device or a pipe", where=where, do="write what comes of it into a file"
        )
    most = size_limit() if limit is None else limit
    if found.st_size > most:
        raise _too_large(f"{found.st_size} bytes", most, SIZE if limit is None else "", where)


def limited_content(path: Path, *, where: str, limit: int | None = None) -> bytes:
    """Return the bytes of a plain file; one that grows meanwhile is refused like a larger one.

    Parameters
    ----------
    path : Path
        The file.
    where : str
        How it is named in messages.
    limit : int, optional
        Bytes; `size_limit` unless given.

    Returns
    -------
    bytes

    Raises
    ------
    ReadError
        When it is no plain file, or too large.
    OSError
        When it cannot be read.
    """
    require_size(path, where=where, limit=limit)
    most = size_limit() if limit is None else limit
    with path.open("rb") as stream:
        size = path.stat().st_size
        content = stream.read(size + 1)
        if len(content) > size:
            content += stream.read(most + 1 - len(content))
    if len(content) > most:
        raise _too_large(f"more than {most} bytes", most, SIZE if limit is None else "", where)
    return content


def require_rows(count: int, *, where: str, noun: str = "lines") -> None:
    """Refuse a file of more rows than `row_limit`.

    Parameters
    ----------
    count : int
        How many there are, or how many it says.
    where : str
        File name, for messages.
    noun : str
        What they are: lines, points, values.

    Raises
    ------
    ReadError
        When there are more.
    """
    most = row_limit()
    if count > most:
        raise _too_large(f"{count} {noun}", most, ROWS, where)


def require_lines(content: bytes, *, where: str) -> None:
    """Refuse a text of more lines than `row_limit`, before it is decoded.

    Parameters
    ----------
    content : bytes
        In any encoding; lines end in LF, CRLF or CR.
    where : str
        File name, for messages.

    Raises
    ------
    ReadError
        When there are more.
    """
    require_rows(max(content.count(b"\n"), content.count(b"\r")), where=where)


def _too_large(found: str, most: int, variable: str, where: str) -> ReadError:
    raised = f", or raise the limit: set {variable} in the environment" if variable else ""
    return ReadError(
        f"the file has {found}, the limit is {most}", where=where, do=f"split it{raised}"
    )


def _given(variable: str, usual: int) -> int:
    text = os.environ.get(variable, "").strip()
    if not text:
        return usual
    if not text.replace("_", "").isascii() or not text.replace("_", "").isdigit() or not int(text):
        raise SettingsError(
            f"{text[:40]!r} is no whole number above 0",
            where=variable,
            do=f"write it like {usual}, or leave it out",
        )
    return int(text)
