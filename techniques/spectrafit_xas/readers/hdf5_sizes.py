"""What a dataset of an HDF5 file may declare, against what the file really stores.

The library believes what a file says of its own sizes, and unpacks a piece to wherever it ends. A
small file could so fill any memory; here each packed piece is unpacked to its declared size and no
further before the library is asked for the numbers.
"""

from __future__ import annotations

import math
import zlib
from typing import Any

__all__ = ["size_fault"]

PIECE_LIMIT = 64_000_000  # bytes of one piece; those that are written have about one million
LARGEST_RATIO = 200.0  # of declared to stored; columns of numbers have 1 to 20
SMALL_COLUMN = 1_000_000  # bytes below which a column may have any ratio
MOST_PIECES = 20_000
# codes of HDF5 for the ways of packing whose result has a size that is known or that is looked at
_DEFLATE, _SHUFFLE, _CHECKSUM, _LZF = 1, 2, 3, 32000
_LZF_RATIO = 90  # three bytes stand for 264 at most


def size_fault(item: Any) -> str:
    """Return what is wrong with the sizes of a dataset.

    Parameters
    ----------
    item : h5py.Dataset
        Neither virtual nor stored in another file.

    Returns
    -------
    str
        Empty where nothing is.
    """
    declared = int(item.size) * item.dtype.itemsize
    stored = int(item.id.get_storage_size())
    if declared > max(SMALL_COLUMN, LARGEST_RATIO * stored):
        return f"declares {declared} bytes where {stored} are stored"
    if item.chunks is None:
        return ""
    piece = math.prod(item.chunks) * item.dtype.itemsize
    if piece > PIECE_LIMIT:
        return f"is cut into pieces of {piece} bytes; more than {PIECE_LIMIT} are not read"
    return _fault_of_pieces(item, piece)


def _fault_of_pieces(item: Any, piece: int) -> str:
    plist = item.id.get_create_plist()
    filters = [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
    other = set(filters) - {_DEFLATE, _SHUFFLE, _CHECKSUM, _LZF}
    if other:
        return f"is packed in a way that is not read (filter {min(other)})"
    packings = [code for code in filters if code in (_DEFLATE, _LZF)]
    if not packings:
        return ""
    if len(packings) > 1:
        return "is packed more than once"
    places: list[Any] = []
    item.id.chunk_iter(places.append)
    if len(places) > MOST_PIECES:
        return f"is cut into {len(places)} pieces; more than {MOST_PIECES} are not read"
    for place in places:
        if packings == [_LZF]:
            if place.size * _LZF_RATIO > 2 * PIECE_LIMIT:
                return f"has a packed piece of {place.size} bytes"
        elif _goes_beyond(item.id.read_direct_chunk(place.chunk_offset)[1], piece):
            return f"has a piece that unpacks to more than its {piece} bytes"
    return ""


def _goes_beyond(packed: bytes, piece: int) -> bool:
    """Return whether a packed piece is longer than it should be; a damaged one is not."""
    try:
        return len(zlib.decompressobj().decompress(packed, piece + 1)) > piece
    except zlib.error:
        return False  # the library says so when it reads it
