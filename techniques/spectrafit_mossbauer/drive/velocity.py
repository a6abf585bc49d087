"""The velocity of every channel, with its derivatives by the parameters of the drive.

A triangular drive has ``v = k (|ch - c0| - d0)``, a sinusoidal one ``v = A sin(2 pi (ch - phi)/M) - v0``
with M the channels of one period. Zero velocity is the centroid of alpha-iron, so d0 and v0 hold its
shift against the source. Both are written for orientation +1; -1 turns the sign of v. A table has its
velocities given and ``v = scale x - shift`` says how well they are those of alpha-iron.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from spectrafit.spectrum import FloatArray

__all__ = ["DRIVES", "TERMS", "Drive", "DriveKind", "Term", "period_of"]

DriveKind = Literal["triangle", "sine", "table"]
DRIVES: tuple[DriveKind, ...] = ("triangle", "sine")
"""Those that a spectrum on channels can be calibrated for."""

Term = Literal["branches", "square", "cube"]

TERMS: Final[dict[Term, tuple[str, str]]] = {
    "branches": ("e", "1"),
    "square": ("q2", "s/mm"),
    "cube": ("q3", "s^2/mm^2"),
}
"""Name and unit of the parameter of each departure from the ideal drive: ``v (1 + e s)`` with s the
sign of the branch, ``v + q2 v^2``, ``v + q3 v^3``."""

_PARAMETERS: Final[dict[DriveKind, tuple[tuple[str, str], ...]]] = {
    "triangle": (("k", "mm/s"), ("c0", "1"), ("d0", "1")),
    "sine": (("A", "mm/s"), ("phi", "1"), ("v0", "mm/s")),
    "table": (("scale", "1"), ("shift", "mm/s")),
}
# a counter of 2^n channels that drops the last one or few still runs through 2^n a period
_DROPPED = 0.01


def period_of(size: int) -> int:
    """Return how many channels one period of the drive lasts.

    Parameters
    ----------
    size : int
        Channels of the file.

    Returns
    -------
    int
        The power of two where the file lacks less than a hundredth of it (1023 is of 1024), else
        `size`.
    """
    power = 2 ** math.ceil(math.log2(size))
    return power if power - size < _DROPPED * power else size


@dataclass(frozen=True)
class Drive:
    """A form of the velocity against the channel.

    Parameters
    ----------
    kind : str
        ``"triangle"``, ``"sine"`` or ``"table"``.
    period : int
        Channels of one period; 0 for a table.
    term : str or None
        A departure from the ideal drive, one of `TERMS`.
    """

    kind: DriveKind
    period: int
    term: Term | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in order."""
        return tuple(name for name, _ in self._rows)

    @property
    def units(self) -> tuple[str, ...]:
        """Their units; a channel counts as 1."""
        return tuple(unit for _, unit in self._rows)

    @property
    def _rows(self) -> tuple[tuple[str, str], ...]:
        extra = () if self.term is None else (TERMS[self.term],)
        return (*_PARAMETERS[self.kind], *extra)

    def velocity(self, channel: FloatArray, *p: Any) -> FloatArray:
        """Return the velocity for orientation +1.

        Parameters
        ----------
        channel : ndarray, shape (n,)
            Channel numbers from 0.
        *p : float
            Parameters in the order of `names`.

        Returns
        -------
        ndarray, shape (n,)
            In mm/s.
        """
        return self.velocity_and_slopes(channel, *p)[0]

    def velocity_and_slopes(
        self, channel: FloatArray, *p: Any
    ) -> tuple[FloatArray, list[FloatArray]]:
        """Return the velocity for orientation +1 and its derivative by every parameter.

        Parameters
        ----------
        channel : ndarray, shape (n,)
            Channel numbers from 0.
        *p : float
            Parameters in the order of `names`.

        Returns
        -------
        velocity : ndarray, shape (n,)
            In mm/s.
        slopes : list of ndarray, shape (n,)
            One a parameter.
        """
        if self.kind == "table":
            return p[0] * channel - p[1], [channel, -np.ones(channel.shape)]
        ideal = _triangle if self.kind == "triangle" else _sine
        v, slopes = ideal(channel, p[0], p[1], p[2], self.period)
        if self.term is None:
            return v, slopes
        size = p[3]
        if self.term == "branches":
            shape, slope = self.branch(channel, *p) * v, 1.0 + size * self.branch(channel, *p)
        elif self.term == "square":
            shape, slope = v**2, 1.0 + 2.0 * size * v
        else:
            shape, slope = v**3, 1.0 + 3.0 * size * v**2
        return v + size * shape, [*(one * slope for one in slopes), shape]

    def centre(self, *p: Any) -> Any:
        """Return the channel about which the two branches are mirror images.

        Parameters
        ----------
        *p : float
            Parameters in the order of `names`.

        Returns
        -------
        float
            Channel from 0, the one nearest to the middle of the period.
        """
        if self.kind == "triangle":
            return p[1]
        first, second = ((p[1] + turn * 0.25 * self.period) % self.period for turn in (1.0, 3.0))
        # in eighths of a period: of two places as far from the middle it is always the first
        eighths = [np.rint(np.abs(at / self.period - 0.5) * 8.0) for at in (first, second)]
        return np.where(eighths[0] <= eighths[1], first, second)[()]

    def shift_and_slopes(self, *p: Any) -> tuple[float, FloatArray]:
        """Return where the mean velocity puts alpha-iron against the source, and the derivatives.

        Parameters
        ----------
        *p : float
            Parameters in the order of `names`.

        Returns
        -------
        shift : float
            In mm/s, for orientation +1.
        slopes : ndarray, shape (p,)
        """
        extra = [0.0] * (len(p) - 3)
        if self.kind == "triangle":
            distance = p[2] - 0.25 * self.period
            return p[0] * distance, np.array([distance, 0.0, p[0], *extra])
        return p[2], np.array([0.0, 0.0, 1.0, *extra])

    def branch(self, channel: FloatArray, *p: Any) -> FloatArray:
        """Return the branch of each channel: +1 beyond the centre, -1 before it.

        Parameters
        ----------
        channel : ndarray, shape (n,)
            Channel numbers from 0.
        *p : float
            Parameters in the order of `names`.

        Returns
        -------
        ndarray, shape (n,)
        """
        half = 0.5 * self.period
        beyond = (channel - self.centre(*p)) % self.period
        return np.where(beyond < half, 1.0, -1.0)


def _triangle(
    channel: FloatArray, k: Any, c0: Any, d0: Any, period: int
) -> tuple[FloatArray, list[FloatArray]]:
    distance = np.abs(channel - c0) - d0
    away = np.sign(channel - c0)
    return k * distance, [distance, -k * away, -k * np.ones(channel.shape)]


def _sine(
    channel: FloatArray, a: Any, phi: Any, v0: Any, period: int
) -> tuple[FloatArray, list[FloatArray]]:
    per_channel = 2.0 * np.pi / period
    angle = per_channel * (channel - phi)
    wave = np.sin(angle)
    return a * wave - v0, [wave, -a * per_channel * np.cos(angle), -np.ones(channel.shape)]
