"""Files that are written whole or not at all, under names that every system accepts."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

from spectrafit.errors import SpectrafitError

__all__ = ["file_digest", "safe_name", "safe_names", "write_whole"]

_LONGEST = 80
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_digest(path: Path) -> str:
    """Return the sha256 of a file's bytes.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        Hexadecimal.

    Raises
    ------
    OSError
        When it cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def safe_name(text: str) -> str:
    """Return a text as one part of a file name on every system.

    Letters, digits and ``. _ + = -`` stay (the last four not in front); a text that had to be changed ends with a digest of
    the original, so that two texts never share a name.

    Parameters
    ----------
    text : str
        Anything, also from a hostile file.

    Returns
    -------
    str
        Not empty, at most 80 characters, no path part, no colon, no name that Windows reserves.
    """
    kept = re.sub(r"[^A-Za-z0-9._+=-]+", "_", text).strip("._-+=")[:_LONGEST].strip("._-+=")
    if kept == text and kept and not _RESERVED.fullmatch(kept):
        return kept
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{(kept or 'unnamed')[: _LONGEST - 9]}-{digest}".replace(".", "_")


def safe_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return a file name for each text, different even where upper and lower case are one.

    Parameters
    ----------
    texts : iterable of str
        Anything; equal texts get a number.

    Returns
    -------
    tuple of str
        As many and in the same order.
    """
    taken: set[str] = set()
    names = []
    for text in texts:
        stem = name = safe_name(text)
        number = 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}-{number}"
        taken.add(name.lower())
        names.append(name)
    return tuple(names)


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file aside, then rename it, so that no partial file ever carries the name.

    Parameters
    ----------
    path : Path
        The file; its folder is made.
    content : str or bytes
        Text is written as UTF-8 with line feeds; what UTF-8 cannot hold (half a surrogate pair
        from a file name) becomes its escape.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SpectrafitError
        When the disk is full, the folder is read-only, or another program holds the file.
    """
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    aside = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("xb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(aside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        # only what makes the folder says that something is there
        taken = isinstance(error, FileExistsError | NotADirectoryError)
        why = "its folder is a file" if taken else error.strerror or str(error)
        raise SpectrafitError(
            f"cannot be written: {why}",
            where=str(path),
            do="close it in other programs, free space, or choose another folder with --out",
            code="RUN-010",
        ) from error
    return path
