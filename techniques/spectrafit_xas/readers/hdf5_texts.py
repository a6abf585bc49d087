"""How long the texts of an HDF5 file say they are, looked up before the library reads them.

A text of variable length is stored as its length (4 bytes), the place of a heap that begins with
``GCOL`` and an index in it. The library makes room for the length before it looks into the heap, and
follows a damaged heap without end or out of the memory: one wrong bit costs gigabytes, or all. Layout: HDF5 File Format Specification 3.0, IV.A.2.d
(datatype message), IV.A.2.b (dataspace message), IV.A.2.m (attribute message), III.E (global heap).
"""

from __future__ import annotations

import struct
from typing import Any

__all__ = ["TEXT_LIMIT", "StoredTexts"]

TEXT_LIMIT = 20_000
_REFERENCE = struct.Struct("<IQI")
_HEAP = b"GCOL\x01"
_HEAP_HEAD = 16
_SIZE = struct.Struct("<Q")
_OBJECT = struct.Struct("<H6xQ")
_LARGEST_HEAP = 1_000_000
_NOWHERE = 0xFFFF_FFFF_FFFF_FFFF
_SIZES = struct.Struct("<3H")
_VARIABLE = (0x19, 0x39)  # variable length, versions 1 and 3 of the datatype message
_STRING = 3  # H5T_STRING


class StoredTexts:
    """The texts of variable length in a file, as far as their lengths are sound.

    Parameters
    ----------
    content : bytes
        The whole file.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._heaps: dict[int, dict[int, int]] = {}

    def is_sound(self, item: Any) -> bool:
        """Return whether a dataset has no value of variable length, or a text whose length is sound.

        Parameters
        ----------
        item : h5py.Dataset
            Any.

        Returns
        -------
        bool
            False also where the length cannot be looked up, as the text is not stored in one piece.
        """
        if item.dtype.kind != "O" or item.ndim:
            return True  # arrays of texts are never read
        if item.id.get_type().get_class() != _STRING:
            return False  # a sequence of numbers, where a text was: the library dies of some
        place = item.id.get_offset()
        return place is not None and self._is_sound_at(place)

    def fault_of(self, name: str) -> str:
        """Return what is wrong with the attributes of some name; empty for nothing.

        Parameters
        ----------
        name : str
            Of the attributes, like ``units``.

        Returns
        -------
        str
        """
        mark = name.encode() + b"\0"
        place = self._content.find(mark)
        while place >= 0:
            values = _values_of_text(self._content, place, len(mark))
            if not all(map(self._is_sound_at, values)):
                return f"the length of the text {name!r} at byte {place} is damaged"
            place = self._content.find(mark, place + 1)
        return ""

    def _is_sound_at(self, place: int) -> bool:
        """Return whether the reference at a place leads to a text as long as it says."""
        if not 0 <= place <= len(self._content) - _REFERENCE.size:
            return False
        length, heap, index = _REFERENCE.unpack_from(self._content, place)
        if length == 0 and heap in (0, _NOWHERE):
            return True
        if length > TEXT_LIMIT or not index:
            return False
        if heap not in self._heaps:
            self._heaps[heap] = _heap_sizes(self._content, heap)
        return bool(length <= self._heaps[heap].get(index, -1))


def _values_of_text(content: bytes, place: int, named: int) -> range:
    """Return where the values of an attribute begin, none where it is no text of variable length.

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
        return range(0)
    if version == 1:
        sizes = tuple(size + -size % 8 for size in sizes)
    kind = place + sizes[0]
    space, value = kind + sizes[1], kind + sizes[1] + sizes[2]
    if kind + 8 > len(content) or content[kind] not in _VARIABLE:
        return range(0)
    if content[kind + 1] & 0x0F != 1:
        return range(-1, 0)  # a sequence, no text: nowhere sound
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


def _heap_sizes(content: bytes, heap: int) -> dict[int, int]:
    """Return the sizes of the objects of a heap by their index; none where the heap is damaged.

    Where the chain of objects does not end with the heap, the library may never come to its end.
    """
    if content[heap : heap + 5] != _HEAP or len(content) < heap + _HEAP_HEAD:
        return {}
    (size,) = _SIZE.unpack_from(content, heap + 8)
    end = heap + size
    if not _HEAP_HEAD <= size <= _LARGEST_HEAP or end > len(content):
        return {}
    found: dict[int, int] = {}
    place = heap + _HEAP_HEAD
    while place <= end - _OBJECT.size:
        index, size = _OBJECT.unpack_from(content, place)
        if index == 0:  # what is free, to the end of the heap
            return found if place + size == end else {}
        if index in found:
            return {}
        found[index] = size
        place += _OBJECT.size + size + -size % 8
    return found if place <= end else {}
