"""Heating and cooling branches of a run, told from the order of its temperatures."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Branch", "Direction", "branches"]

Direction = Literal["heating", "cooling", "constant"]

_SMOOTHED = 5
"""Points over which the sign of dT/dt is smoothed."""


@dataclass(frozen=True)
class Branch:
    """A run of rows in which the temperature goes one way.

    Parameters
    ----------
    start, stop : int
        Rows from `start` up to, not with, `stop`.
    direction : str
        ``heating``, ``cooling`` or ``constant``.
    """

    start: int
    stop: int
    direction: Direction

    @property
    def rows(self) -> slice:
        """The rows, for indexing."""
        return slice(self.start, self.stop)

    def __len__(self) -> int:
        return self.stop - self.start


def branches(T: ArrayLike, *, jump: float = 20.0, reversal: float = 1.0) -> tuple[Branch, ...]:
    """Return the branches of a run in the order of time.

    A step of more than `jump` against the way the temperature was going begins a new branch: a file
    with two sweeps, whose return was not measured. Else a branch ends where the temperature,
    smoothed over five points, has turned by more than `reversal`.

    Parameters
    ----------
    T : array_like, shape (n,)
        Temperature in the order of time, K.
    jump : float, optional
        K.
    reversal : float, optional
        K; also the range below which a branch is one of constant temperature.

    Returns
    -------
    tuple of Branch
        They cover every row once.

    Raises
    ------
    SettingsError
        For no temperature, one that is not finite, or a limit that is not positive.
    """
    temperature = np.asarray(T, dtype=float)
    if temperature.ndim != 1 or not temperature.size or not np.isfinite(temperature).all():
        raise SettingsError("temperatures in one row, all finite, are needed", where="branches")
    if not (jump > 0.0 and reversal > 0.0):
        raise SettingsError("jump and reversal must be above 0 K", where="branches")
    cuts = [0, *_jumps(temperature, jump), temperature.size]
    found: list[Branch] = []
    for start, stop in itertools.pairwise(cuts):
        inner = _turns(temperature[start:stop], reversal)
        ends = [start, *(start + turn for turn in inner), stop]
        for a, b in itertools.pairwise(ends):
            found.append(Branch(a, b, _direction(temperature[a:b], reversal)))
    return tuple(found)


def _jumps(T: FloatArray, jump: float) -> list[int]:
    """Return the first row after each large step against the trend of the rows before it."""
    steps = np.diff(T)
    made, start = [], 0
    for i in np.flatnonzero(np.abs(steps) > jump):
        before = T[max(start, i - _SMOOTHED + 1) : i + 1]
        trend = float(before[-1] - before[0])
        if trend * steps[i] < 0.0:
            made.append(int(i) + 1)
            start = int(i) + 1
    return made


def _turns(T: FloatArray, reversal: float) -> list[int]:
    """Return the row after each extreme that the smoothed temperature leaves by `reversal`."""
    width = min(_SMOOTHED, T.size)
    half = width // 2
    padded = np.pad(T, half, mode="edge")
    smooth = np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), mode="valid")
    made: list[int] = []
    sign, low, high = 0, 0, 0
    for i, value in enumerate(smooth):
        low = i if value < smooth[low] else low
        high = i if value > smooth[high] else high
        if sign >= 0 and smooth[high] - value > reversal:
            made += [_extreme(T, high, half, 1)] if sign else []
            sign, low = -1, i
        elif sign <= 0 and value - smooth[low] > reversal:
            made += [_extreme(T, low, half, -1)] if sign else []
            sign, high = 1, i
    return made


def _extreme(T: FloatArray, place: int, half: int, sign: int) -> int:
    """Return the row after the unsmoothed extreme beside a smoothed one."""
    start = max(0, place - half)
    return start + int(np.argmax(sign * T[start : place + half + 1])) + 1


def _direction(T: FloatArray, reversal: float) -> Direction:
    change = float(T[-1] - T[0])
    if np.ptp(T) <= reversal or change == 0.0:
        return "constant"
    return "heating" if change > 0.0 else "cooling"
