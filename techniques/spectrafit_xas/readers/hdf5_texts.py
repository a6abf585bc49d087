"""How long the texts of an HDF5 file say they are, looked up before the library reads them.

A text of variable length is stored as its length (4 bytes), the place of a heap that begins with
``GCOL`` and an index in it. The library makes room for the length before it looks into the heap:
one wrong bit in it costs gigabytes. Layout: HDF5 File Format Specification 3.0, IV.A.2.d
(datatype message), IV.A.2.b (dataspace message), IV.A.2.m (attribute message), III.E (global heap).
"""

from __future__ import annotations

import struct
from typing import Any

__all__ = ["TEXT_LIMIT", "attribute_fault", "is_read_safely"]

TEXT_LIMIT = 20_000
_REFERENCE = struct.Struct("<IQI")
_HEAP = b"GCOL"
_SIZES = struct.Struct("<3H")
_TEXT_TYPES = (0x19, 0x39)  # variable length, versions 1 and 3 of the datatype message


def is_read_safely(item: Any, content: bytes) -> bool:
    """Return whether a dataset is no text of variable length, or one whose length is sound.

    Parameters
    ----------
    item : h5py.Dataset
        Any.
    content : bytes
        The whole file.

    Returns
    -------
    bool
        False also where the length cannot be looked up, as the text is not stored in one piece.
    """
    if item.dtype.kind != "O" or item.ndim:
        return True  # arrays of texts are never read
    place = item.id.get_offset()
    return place is not None and _length_at(content, place) is not None


def attribute_fault(content: bytes, name: str) -> str:
    """Return what is wrong with the length of an attribute of some name; empty for nothing.

    Parameters
    ----------
    content : bytes
        The whole file.
    name : str
        Of the attribute, like ``units``.

    Returns
    -------
    str
    """
    mark = name.encode() + b"\0"
    place = content.find(mark)
    while place >= 0:
        values = _values_of_text(content, place, len(mark))
        if values is not None and any(_length_at(content, each) is None for each in values):
            return f"the length of the text {name!r} at byte {place} is damaged"
        place = content.find(mark, place + 1)
    return ""


def _values_of_text(content: bytes, place: int, named: int) -> range | None:
    """Return where the values of an attribute begin, None where it is no text of variable length.

    Before the name stand version, flags and the lengths of name, datatype and dataspace, and in
    version 3 the coding of the name; in version 1 each part is filled up to eight bytes.
    """
    for version, ahead in ((1, 8), (2, 8), (3, 9)):
        head = content[place - ahead : place] if place >= ahead else b""
        if len(head) == ahead and head[0] == version:
            sizes = _SIZES.unpack_from(head, 2)
            if sizes[0] == named:
                break
    else:
        return None
    if version == 1:
        sizes = tuple(size + -size % 8 for size in sizes)
    kind = place + sizes[0]
    space, value = kind + sizes[1], kind + sizes[1] + sizes[2]
    if not _is_text_type(content[kind : kind + 8]):
        return None
    many = _count(content[space:value])
    return range(value, value + many * _REFERENCE.size, _REFERENCE.size)


def _count(space: bytes) -> int:
    """Return how many values a dataspace message has, 1 for more than a line of them."""
    if len(space) < 4 or (space[0] == 2 and space[3] == 2):
        return 0  # none: a null dataspace
    start = 8 if space[0] == 1 else 4
    if space[1] != 1 or len(space) < start + 8:
        return 1
    return int(min(TEXT_LIMIT, int.from_bytes(space[start : start + 8], "little")))


def _is_text_type(head: bytes) -> bool:
    """Return whether a datatype message begins with those bytes: a text of variable length."""
    return len(head) == 8 and head[0] in _TEXT_TYPES and head[1] & 0x0F == 1


def _length_at(content: bytes, place: int) -> int | None:
    """Return the length that a reference says, None where it is no sound one."""
    if not 0 <= place <= len(content) - _REFERENCE.size:
        return None
    length, heap, index = _REFERENCE.unpack_from(content, place)
    if length == 0 and heap in (0, 0xFFFF_FFFF_FFFF_FFFF):
        return 0
    sound = length <= TEXT_LIMIT and index and content[heap : heap + 4] == _HEAP
    return length if sound else None
