"""Header, spectra and log of a Galactic SPC file of the new little-endian kind.

Layout: Galactic's open ``SPC.H``, as the package spc-io documents it in ``spc_io/low_level/headers``.
Every piece that would end behind the end of the file is an error with its byte; so are bytes that
belong to nothing, since a wrong number of points would leave some.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import ReadError
from spectrafit.spectrum import FloatArray

__all__ = [
    "NEW_LSB",
    "VERSIONS",
    "SpcHead",
    "SpcSpectrum",
    "require_piece",
    "spc_head",
    "spc_spectra",
]

NEW_LSB = 0x4B
VERSIONS = {
    0x4B: "new, little-endian",
    0x4C: "new, big-endian",
    0x4D: "old (before 1996)",
    0xCF: "Shimadzu's",
}
_HEAD = struct.Struct("<BBBbIddIBBBBI9s9sH8f130s30sIIBBHf48sfIfB187s")
_SUB = struct.Struct("<BbHfffIIf4s")
_DIRECTORY_ENTRY = 12
_SHORT, _MULTI, _ORDERED, _RANDOM, _LABELS, _OWN_X, _X_VALUES = 1, 4, 16, 8, 32, 64, 128
_FLOATS = -128
_MOST_SPECTRA = 100_000
_DAMAGED = "the file is damaged or cut off: copy it again from the instrument"


@dataclass(frozen=True)
class SpcHead:
    """The header of a file.

    Parameters
    ----------
    flags, exponent, points, spectra : int
        Of the whole file; the exponent is -128 where values are 32-bit numbers.
    first, last : float
        Ends of an even axis.
    x_type, y_type, z_type : int
        Galactic's numbers of units.
    date : int
        Packed year, month, day, hour, minute.
    resolution, source, comment, method : str
        Texts.
    labels : tuple of str
        Own names of x, y and z; empty where none are given.
    log_start : int
        Byte, 0 without a log.
    z_step : float
        Between spectra, 0 where the spectra state it.
    """

    flags: int
    exponent: int
    points: int
    spectra: int
    first: float
    last: float
    x_type: int
    y_type: int
    z_type: int
    date: int
    resolution: str
    source: str
    comment: str
    method: str
    labels: tuple[str, ...]
    log_start: int
    z_step: float

    @property
    def has_own_x(self) -> bool:
        """Whether every spectrum has its own axis."""
        return bool(self.flags & _OWN_X)

    @property
    def has_x_values(self) -> bool:
        """Whether one axis is written for all."""
        return bool(self.flags & _X_VALUES) and not self.has_own_x

    @property
    def is_even_in_z(self) -> bool:
        """Whether z grows by a fixed step."""
        return not self.flags & (_ORDERED | _RANDOM)


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


def _text(raw: bytes) -> str:
    text = raw.split(b"\0", 1)[0].decode("latin-1")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def require_piece(content: bytes, start: int, size: int, what: str, where: str) -> None:
    """Refuse a file that ends inside a piece of it.

    Parameters
    ----------
    content : bytes
        The whole file.
    start, size : int
        The piece.
    what : str
        Its name.
    where : str
        File name, for messages.

    Raises
    ------
    ReadError
        With the byte where the file ends.
    """
    if start + size > len(content):
        text = f"{what} ends at byte {start + size}, the file at byte {len(content)}"
        raise ReadError(text, where=f"{where}, byte {len(content)}", do=_DAMAGED)


def spc_head(content: bytes, where: str) -> SpcHead:
    """Return the header of a file of the new little-endian kind.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        File name, for messages.

    Returns
    -------
    SpcHead

    Raises
    ------
    ReadError
        When the version byte is another, or the header is cut off or impossible.
    """
    require_piece(content, 0, 2, "the version", where)
    version = content[1]
    if version != NEW_LSB:
        kind = VERSIONS.get(version, "not known")
        raise ReadError(
            f"the version byte is 0x{version:02x} ({kind}); only 0x4b is read",
            where=f"{where}, byte 1",
            do="save it as a new SPC file, or export it as JCAMP-DX",
        )
    require_piece(content, 0, _HEAD.size, "the header", where)
    h = _HEAD.unpack_from(content)
    labels: tuple[str, ...] = ()
    if h[0] & _LABELS:
        labels = tuple(_text(part) for part in h[25].split(b"\0")[:3])
    head = SpcHead(
        flags=h[0],
        exponent=h[3],
        points=h[4],
        first=h[5],
        last=h[6],
        spectra=h[7],
        x_type=h[8],
        y_type=h[9],
        z_type=h[10],
        date=h[12],
        resolution=_text(h[13]),
        source=_text(h[14]),
        comment=_text(h[24]),
        method=_text(h[32]),
        labels=labels,
        log_start=h[26],
        z_step=h[33],
    )
    if not 1 <= head.spectra <= _MOST_SPECTRA:
        raise ReadError(
            f"the header says {head.spectra} spectra", where=f"{where}, byte 24", do=_DAMAGED
        )
    if head.spectra > 1 and not head.flags & _MULTI:
        text = f"{head.spectra} spectra in a file of one"
        raise ReadError(text, where=f"{where}, byte 24", do=_DAMAGED)
    return head


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
    at = _HEAD.size
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
        kind = "<f4" if power == _FLOATS else "<i2" if head.flags & _SHORT else "<i4"
        y, at = _numbers(content, at, points, kind, what, where)
        if power != _FLOATS:
            y = np.ldexp(y, power - (16 if head.flags & _SHORT else 32))
        found.append(SpcSpectrum(x, y, z, next_z))
    if head.has_own_x and head.points:
        if head.points != at:
            raise ReadError(
                f"the directory is at byte {head.points}, not {at}", where=where, do=_DAMAGED
            )
        require_piece(content, at, _DIRECTORY_ENTRY * head.spectra, "the directory", where)
        at += _DIRECTORY_ENTRY * head.spectra
    end = head.log_start or len(content)
    if at != end:
        text = f"the spectra end at byte {at}, what follows them begins at byte {end}"
        raise ReadError(text, where=where, do=_DAMAGED)
    return tuple(found)


def _exponent(head: SpcHead, own: int, place: str) -> int:
    """Return the exponent of a spectrum: its own in a file of several, else that of the file."""
    if _FLOATS in (head.exponent, own):
        return _FLOATS
    if head.flags & _MULTI:
        return own
    if own not in (0, head.exponent):
        text = (
            f"the scale of y is 2^{head.exponent} in the file's header, 2^{own} in the spectrum's"
        )
        raise ReadError(text, where=place, do=_DAMAGED)
    return head.exponent


def _numbers(
    content: bytes, at: int, count: int, kind: str, what: str, where: str
) -> tuple[FloatArray, int]:
    size = np.dtype(kind).itemsize * count
    require_piece(content, at, size, what, where)
    return np.frombuffer(content, kind, count, at).astype(float), at + size
