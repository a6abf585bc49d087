"""The spectra of a Galactic SPC file of the new little-endian kind.

Every piece that would end behind the end of the file is an error with its byte; so are bytes that
belong to nothing, since a wrong number of points would leave some.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import ReadError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.readers.spc_header import (
    DAMAGED,
    FLOATS,
    HEAD_SIZE,
    MULTI,
    SHORT,
    SpcHead,
    require_piece,
)

__all__ = ["SpcSpectrum", "spc_spectra"]

_SUB = struct.Struct("<BbHfffIIf4s")
_DIRECTORY_ENTRY = 12


@dataclass(frozen=True, eq=False)
class SpcSpectrum:
    """One spectrum of a file.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        As stored, the exponent applied.
    z, next_z : float
        As stored.
    """

    x: FloatArray
    y: FloatArray
    z: float
    next_z: float


def spc_spectra(content: bytes, head: SpcHead, where: str) -> tuple[SpcSpectrum, ...]:
    """Return the spectra of a file, every one whole.

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
    tuple of SpcSpectrum

    Raises
    ------
    ReadError
        When the file is cut off, or holds bytes that belong to nothing.
    """
    # a damaged exponent or end may leave the range of numbers: the gates refuse what comes of it
    with np.errstate(all="ignore"):
        return _spectra(content, head, where)


def _spectra(content: bytes, head: SpcHead, where: str) -> tuple[SpcSpectrum, ...]:
    at = HEAD_SIZE
    common: FloatArray | None = None
    if head.has_x_values:
        common, at = _numbers(content, at, head.points, "<f4", "the axis", where)
    found = []
    for number in range(head.spectra):
        what = f"spectrum {number + 1}"
        require_piece(content, at, _SUB.size, f"the header of {what}", where)
        _, exponent, _, z, next_z, _, points, *_ = _SUB.unpack_from(content, at)
        place, at = f"{where}, byte {at}", at + _SUB.size
        if head.has_own_x:
            x, at = _numbers(content, at, points, "<f4", f"the axis of {what}", where)
        else:
            points = head.points
            require_piece(content, at, 2 * points, what, where)
            x = common if common is not None else np.linspace(head.first, head.last, points)
        power = _exponent(head, exponent, place)
        kind = "<f4" if power == FLOATS else "<i2" if head.flags & SHORT else "<i4"
        y, at = _numbers(content, at, points, kind, what, where)
        if power != FLOATS:
            y = np.ldexp(y, power - (16 if head.flags & SHORT else 32))
        found.append(SpcSpectrum(x, y, z, next_z))
    if head.has_own_x and head.points:
        if head.points != at:
            raise ReadError(
                f"the directory is at byte {head.points}, not {at}", where=where, do=DAMAGED
            )
        require_piece(content, at, _DIRECTORY_ENTRY * head.spectra, "the directory", where)
        at += _DIRECTORY_ENTRY * head.spectra
    end = head.log_start or len(content)
    if at != end:
        text = f"the spectra end at byte {at}, what follows them begins at byte {end}"
        raise ReadError(text, where=where, do=DAMAGED)
    return tuple(found)


def _exponent(head: SpcHead, own: int, place: str) -> int:
    """Return the exponent of a spectrum: its own in a file of several, else that of the file."""
    if FLOATS in (head.exponent, own):
        return FLOATS
    if head.flags & MULTI:
        return own
    if own not in (0, head.exponent):
        text = (
            f"the scale of y is 2^{head.exponent} in the file's header, 2^{own} in the spectrum's"
        )
        raise ReadError(text, where=place, do=DAMAGED)
    return head.exponent


def _numbers(
    content: bytes, at: int, count: int, kind: str, what: str, where: str
) -> tuple[FloatArray, int]:
    size = np.dtype(kind).itemsize * count
    require_piece(content, at, size, what, where)
    return np.frombuffer(content, kind, count, at).astype(float), at + size
