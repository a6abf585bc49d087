"""Readings as electrometers write them: a unit and a status letter stand behind the number."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

__all__ = ["Readings", "bare_readings"]

_ROW = re.compile(rb"^[ \t\"]*[+\-.\d][^\r\n]*", re.MULTILINE)
_CELL = re.compile(
    rb"(?<![^,;\t \"])([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)"
    rb"(?:([A-Z]?)(ADC)|(?<=[eE][+\-]\d\d)(A)|(secs?)|(RDNG#?))(?=[,;\t \"]|$)"
)
_NORMAL = (b"", b"N")


@dataclass(frozen=True)
class Readings:
    """A file whose readings are bare numbers.

    Parameters
    ----------
    content : bytes
        The file; a reading whose status is not normal is ``nan``.
    told : frozenset of str
        ``current`` where cells say that they are amperes, ``time`` where they say seconds.
    abnormal : mapping of str to int
        How many readings have each status letter other than N.
    """

    content: bytes
    told: frozenset[str]
    abnormal: Counter[str]


def bare_readings(content: bytes) -> Readings:
    """Return a file without the units behind its readings, as in ``+1.234567E-12NADC``.

    The letter before ``ADC`` is the status of a reading: N is normal, and any other (overflow,
    zero check, ...) makes it missing.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    Readings
        The same content where no reading has a unit.
    """
    if not re.search(rb"\d(?:[A-Z]?ADC|A|secs?)\b", content):
        return Readings(content, frozenset(), Counter())
    told: set[str] = set()
    abnormal: Counter[str] = Counter()

    def bare(cell: re.Match[bytes]) -> bytes:
        number, status, direct, amperes, seconds, _ = cell.groups()
        if direct or amperes:
            told.add("current")
        if seconds:
            told.add("time")
        if status not in (None, *_NORMAL):
            abnormal[status.decode("ascii")] += 1
            return b"nan"
        return bytes(number)

    text = _ROW.sub(lambda row: _CELL.sub(bare, row[0]), content)
    return Readings(text, frozenset(told), abnormal)
