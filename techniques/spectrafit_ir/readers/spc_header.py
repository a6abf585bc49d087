"""The header of a Galactic SPC file of the new little-endian kind.

Layout: Galactic's open ``SPC.H``, as the package spc-io documents it in ``spc_io/low_level/headers``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from spectrafit.errors import ReadError

__all__ = [
    "DAMAGED",
    "FLOATS",
    "HEAD_SIZE",
    "MULTI",
    "NEW_LSB",
    "SHORT",
    "VERSIONS",
    "SpcHead",
    "require_piece",
    "spc_head",
]

NEW_LSB = 0x4B
VERSIONS = {
    0x4B: "new, little-endian",
    0x4C: "new, big-endian",
    0x4D: "old (before 1996)",
    0xCF: "Shimadzu's",
}
_HEAD = struct.Struct("<BBBbIddIBBBBI9s9sH8f130s30sIIBBHf48sfIfB187s")
HEAD_SIZE = _HEAD.size
SHORT, MULTI, _ORDERED, _RANDOM, _LABELS, _OWN_X, _X_VALUES = 1, 4, 16, 8, 32, 64, 128
FLOATS = -128
_MOST_SPECTRA = 100_000
DAMAGED = "the file is damaged or cut off: copy it again from the instrument"


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
        raise ReadError(text, where=f"{where}, byte {len(content)}", do=DAMAGED)


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
            f"the header says {head.spectra} spectra", where=f"{where}, byte 24", do=DAMAGED
        )
    if head.spectra > 1 and not head.flags & MULTI:
        text = f"{head.spectra} spectra in a file of one"
        raise ReadError(text, where=f"{where}, byte 24", do=DAMAGED)
    return head
