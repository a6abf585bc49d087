"""The ordinates of JCAMP-DX tables: AFFN, PAC, SQZ, DIF and DUP, with the checks of each line.

Source of the forms and of the digits: McDonald and Wilks, Appl. Spectrosc. 42 (1988) 151. The
package jcamp reads a count of ten or more equal values as fewer and no count behind a squeezed
value, so that it is not used here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import ReadError
from spectrafit.spectrum import FloatArray

__all__ = ["is_compressed", "last_digit", "ordinates", "pairs"]

TableLine = tuple[int, str]
"""Number of a line in its file, and its text without comments."""

_SQUEEZED = {letter: str(digit) for digit, letter in enumerate("@ABCDEFGHI")} | {
    letter: f"-{digit}" for digit, letter in enumerate("abcdefghi", start=1)
}
_DIFFERENCE = {letter: str(digit) for digit, letter in enumerate("%JKLMNOPQR")} | {
    letter: f"-{digit}" for digit, letter in enumerate("jklmnopqr", start=1)
}
_COUNT = {letter: str(digit) for digit, letter in enumerate("STUVWXYZs", start=1)}
# E and e stand for an exponent where no other letter is a digit
_ONLY_COMPRESSED = re.compile(r"[@%A-DF-Ia-df-iJ-Rj-rS-Zs]")
_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_PLAIN = re.compile(rf"[\s,;]*(?P<number>{_NUMBER}(?:[Ee][-+]?[0-9]+)?)")
_TOKEN = re.compile(
    rf"[\s,;]*(?:(?P<number>{_NUMBER})|(?P<letter>[@%A-Za-s])(?P<rest>[0-9]*(?:\.[0-9]+)?))"
)
_MEND = "the table is damaged: export the file again"


@dataclass(frozen=True)
class _Line:
    x: float
    x_digit: float
    values: list[float]
    in_differences: bool


def is_compressed(lines: Sequence[TableLine]) -> bool:
    """Return whether a table holds digits of SQZ, DIF or DUP.

    Parameters
    ----------
    lines : sequence of TableLine
        The table.

    Returns
    -------
    bool
    """
    return any(_ONLY_COMPRESSED.search(text) for _, text in lines)


def _fault(where: str, line: int, what: str) -> ReadError:
    return ReadError(what, where=f"{where}:{line}", do=_MEND)


def last_digit(written: str) -> float:
    """Return what one step of the last digit that a number is written with is.

    Parameters
    ----------
    written : str
        Like ``"0.37"``, which gives 0.01.

    Returns
    -------
    float
        Infinite for an exponent beyond all numbers.
    """
    mantissa, _, power = written.strip().lower().partition("e")
    return float(f"1e{power or 0}") * 10.0 ** -len(mantissa.partition(".")[2])


def _read_line(text: str, compressed: bool, where: str, line: int, points: int) -> _Line:
    pattern = _TOKEN if compressed else _PLAIN
    end = len(text.rstrip(" \t,;"))
    numbers: list[float] = []
    x, x_digit, at = None, 0.0, 0
    step: float | None = None
    while at < end:
        match = pattern.match(text, at)
        if match is None:
            raise _fault(where, line, f"{text[at : at + 20].strip()!r} is no number")
        if len(numbers) > points + 1:  # the first may be the check of the line before
            raise _fault(where, line, f"more than the {points} values of the header")
        at = match.end()
        written = match["number"]
        letter = match["letter"] if written is None else ""
        if x is None:
            if written is None:
                raise _fault(where, line, "the line does not begin with its x")
            x, x_digit = float(written), last_digit(written)
            if not math.isfinite(x):
                raise _fault(where, line, f"{written[:20]!r} is too large")
        elif written is not None or letter in _SQUEEZED:
            digits = written if written is not None else _SQUEEZED[letter] + match["rest"]
            numbers.append(float(digits))
            step = None
        elif not numbers:
            raise _fault(where, line, "the first value is a difference or a count")
        elif letter in _DIFFERENCE:
            step = float(_DIFFERENCE[letter] + match["rest"])
            numbers.append(numbers[-1] + step)
        elif letter in _COUNT:
            count = float(_COUNT[letter] + match["rest"])
            # a few letters may stand for millions of values: no more than the header has
            if not 1 <= count <= points or count != int(count):
                raise _fault(where, line, f"{match[0].strip()!r} is no count of equal values")
            first = numbers[-1]
            numbers += [first + (step or 0.0) * n for n in range(1, int(count))]
        else:
            raise _fault(where, line, f"{letter!r} is no digit")
    if x is None or not numbers:
        raise _fault(where, line, "the line holds no value")
    return _Line(x, x_digit, numbers, step is not None)


def ordinates(
    lines: Sequence[TableLine],
    where: str,
    *,
    first: float,
    step: float,
    x_factor: float,
    points: int,
) -> FloatArray:
    """Return the ordinates of ``(X++(Y..Y))``, every line's x and check value compared.

    Parameters
    ----------
    lines : sequence of TableLine
        The table.
    where : str
        File name, for messages.
    first, step : float
        First x and step of the axis, cm-1.
    x_factor : float
        What the x of a line is multiplied by.
    points : int
        Number of points by the header.

    Returns
    -------
    ndarray, shape (points,)
        As written, before ``YFACTOR``.

    Raises
    ------
    ReadError
        With the line, when x is off by more than half a step and its last digit, when a check
        value differs, or when there are more or fewer values.
    """
    compressed = is_compressed(lines)
    values: list[float] = []
    checks = False
    for line, text in lines:
        read = _read_line(text, compressed, where, line, points)
        ordinal = len(values) - (1 if checks else 0)
        allowed = 0.5 * abs(step) + abs(x_factor) * read.x_digit
        # some programs write the x of the first new value where the line begins with a check
        off = min(abs(read.x * x_factor - first - step * n) for n in {ordinal, len(values)})
        if not off <= allowed:
            wanted = first + step * ordinal
            text = f"the line begins at {read.x * x_factor:.6g}, its values at {wanted:.6g} cm-1"
            raise _fault(where, line, text)
        new = read.values
        if checks:
            if new[0] != values[-1]:
                text = (
                    f"the check value is {new[0]:.12g}, the line before ends at {values[-1]:.12g}"
                )
                raise _fault(where, line, text)
            new = new[1:]
        values += new
        checks = read.in_differences
        if len(values) > points:
            raise _fault(where, line, f"more than the {points} values of the header")
    if len(values) != points:
        last = lines[-1][0] if lines else 0
        raise _fault(where, last, f"{len(values)} values where the header says {points}")
    return np.array(values)


def pairs(lines: Sequence[TableLine], where: str) -> tuple[FloatArray, FloatArray]:
    """Return x and y of ``(XY..XY)``, before their factors.

    Parameters
    ----------
    lines : sequence of TableLine
        The table; every line holds whole pairs.
    where : str
        File name, for messages.

    Returns
    -------
    x, y : ndarray, shape (n,)

    Raises
    ------
    ReadError
        With the line that holds something else.
    """
    numbers: list[float] = []
    for line, text in lines:
        at, end = 0, len(text.rstrip(" \t,;"))
        while at < end:
            match = _PLAIN.match(text, at)
            if match is None:
                raise _fault(where, line, f"{text[at : at + 20].strip()!r} is no number")
            numbers.append(float(match["number"]))
            at = match.end()
        if len(numbers) % 2:
            raise _fault(where, line, "x without its y")
    both = np.array(numbers)
    return both[0::2], both[1::2]
