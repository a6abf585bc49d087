"""What a workbook may be as an archive: names that stay inside, honest sizes, no document types.

Nothing of an archive is ever written to the disk; a file that could harm a program that does so, or
fill the memory of this one, is refused before its parts are looked at.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib

from spectrafit.errors import ReadError

__all__ = ["checked_archive"]

UNPACKED_LIMIT = 64_000_000  # bytes of all parts
LARGEST_RATIO = 100.0  # of unpacked to packed; sheets of numbers have 3 to 20
SMALL_PART = 1_000_000  # bytes below which a part may have any ratio
MOST_PARTS = 2000
MOST_TAGS = 8_000_000  # a cell has four marks "<"
_BLOCK = 1 << 20
_ENTRY = b"PK\x01\x02"
_OUTSIDE = re.compile(r"^[/\\~]|^[A-Za-z]:|[\\\x00]|(^|/)\.\.(/|$)")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


def checked_archive(content: bytes, where: str) -> None:
    """Refuse a workbook that is damaged, unpacks to too much, or holds what Excel never writes.

    Every part is unpacked once, a block at a time, so that sizes are found and not believed.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Raises
    ------
    ReadError
        With the part and what is wrong with it.
    """
    entries = content.count(_ENTRY)
    if entries > MOST_PARTS:
        raise _refusal(f"the workbook has about {entries} parts", where)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_names(parts, where)
            _check_sizes(parts, where)
            tags = 0
            for part in parts:
                tags += _tags_of(archive, part, where)
                if tags > MOST_TAGS:
                    raise _refusal(f"the workbook has more than {MOST_TAGS // 4} cells", where)
    except _DAMAGED as error:
        raise ReadError(
            f"the workbook is damaged or cut off at byte {len(content)}: {error}",
            where=where,
            do="save it again from Excel",
        ) from error


def _check_names(parts: list[zipfile.ZipInfo], where: str) -> None:
    seen: set[str] = set()
    for part in parts:
        name = part.orig_filename
        if _OUTSIDE.search(name):
            raise _refusal(f"the part {name[:60]!r} leaves the workbook", where)
        if stat.S_ISLNK(part.external_attr >> 16):
            raise _refusal(f"the part {name[:60]!r} is a link", where)
        if name in seen:
            raise _refusal(f"the part {name[:60]!r} is there twice", where)
        seen.add(name)


def _check_sizes(parts: list[zipfile.ZipInfo], where: str) -> None:
    unpacked = sum(part.file_size for part in parts)
    dense = next(
        (p for p in parts if p.file_size > max(SMALL_PART, LARGEST_RATIO * p.compress_size)), None
    )
    if unpacked > UNPACKED_LIMIT or dense is not None:
        name = f"its part {dense.filename[:60]!r}" if dense is not None else "the workbook"
        packed = dense.compress_size if dense is not None else sum(p.compress_size for p in parts)
        size = dense.file_size if dense is not None else unpacked
        raise _refusal(f"{name} unpacks from {packed} to {size} bytes", where)


def _tags_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo, where: str) -> int:
    """Return the number of marks in a part, each block of which is unpacked and let go."""
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refusal(f"{part.filename[:60]!r} is packed in an unusual way", where)
    tags, tail = 0, b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            tags += block.count(b"<")
            if _DOCTYPE.search(tail + block):
                raise _refusal(f"the part {part.filename[:60]!r} declares a document type", where)
            tail = block[-64:]
    return tags


def _refusal(what: str, where: str) -> ReadError:
    return ReadError(what, where=where, do="save it again from Excel, or save the sheet as text")
