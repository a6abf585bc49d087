"""Heating and cooling sweeps of a log, found from its temperatures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.laws import Branch
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.log import CurrentLog
from spectrafit_pyro.rate import LEAST_WINDOW, Rate, local_rate, usable_rate

__all__ = ["Sweep", "found_sweeps", "one_sweep", "paired_sweeps"]

_BREAK = 10.0  # median sampling intervals: a longer gap ends a sweep where it is also a window long


@dataclass(frozen=True, eq=False)
class Sweep:
    """A stretch of a log in which the temperature runs one way, slow points left out.

    Parameters
    ----------
    branch : Branch
        Heating or cooling.
    log : CurrentLog
        Its usable points, with the temperatures of the local quadratics of the rate.
    rate : ndarray, shape (n,)
        dT/dt at each of them, K/s; negative on cooling.
    rate_sigma : ndarray, shape (n,)
        Standard error of the rate, K/s.
    nominal : float
        Rate between a tenth and nine tenths of the range, K/s.
    left_out : int
        Points of the stretch whose rate is too slow or runs over a kink.
    window : float
        Time that a window of the rate spans, s.
    """

    branch: Branch
    log: CurrentLog
    rate: FloatArray
    rate_sigma: FloatArray
    nominal: float
    left_out: int
    window: float

    @property
    def window_span(self) -> float:
        """Temperature that a window of the rate spans, K."""
        return abs(self.nominal) * self.window

    @property
    def span(self) -> tuple[float, float]:
        """Lowest and highest temperature, K."""
        return float(self.log.temperature.min()), float(self.log.temperature.max())


def found_sweeps(
    log: CurrentLog,
    *,
    least_span: float = 5.0,
    window: float = LEAST_WINDOW,
    least_share: float = 0.2,
) -> tuple[Sweep, ...]:
    """Return the heating and cooling sweeps of a log in the order of time.

    A sweep ends where the temperature has turned by `least_span`, or at a gap in time longer than
    the window; the turning point itself is the extreme temperature in between.

    Parameters
    ----------
    log : CurrentLog
        One run.
    least_span : float, optional
        K; smaller turns are noise or wobble, and stretches that span less are left out.
    window : float, optional
        Of the local rate, s.
    least_share : float, optional
        Share of the nominal rate below which points are left out.

    Returns
    -------
    tuple of Sweep

    Raises
    ------
    SettingsError
        When there is none: the temperature stands, or the log is too short.
    """
    if not least_span > 0.0:
        raise SettingsError(f"a least span of {least_span:g} K", do="give one above 0 K")
    sweeps = []
    for piece in _pieces(log, window):
        for stretch in _stretches(piece.temperature, least_span):
            part = piece.part(stretch)
            if np.ptp(part.temperature) >= least_span and np.ptp(part.time) >= window:
                sweeps.append(one_sweep(part, window=window, least_share=least_share))
    if not sweeps:
        span = float(np.ptp(log.temperature)) if len(log) else 0.0
        raise SettingsError(
            f"no sweep: the temperature spans {span:.3g} K, dT/dt is zero or the run too short",
            where=log.name,
            do=f"give a sweep of {least_span:g} K and {window:g} s or more",
        )
    return tuple(sweeps)


def one_sweep(log: CurrentLog, *, window: float = LEAST_WINDOW, least_share: float = 0.2) -> Sweep:
    """Return a log that holds one branch only as a sweep.

    Parameters
    ----------
    log : CurrentLog
        One branch.
    window : float, optional
        Of the local rate, s.
    least_share : float, optional
        Share of the nominal rate below which points are left out.

    Returns
    -------
    Sweep

    Raises
    ------
    SettingsError
        When the temperature stands, or the branch is shorter than the window.
    """
    rate = local_rate(log.time, log.temperature, window=window)
    rows = np.flatnonzero(usable_rate(rate, least_share=least_share))
    return _sweep(log, rate, rows)


def paired_sweeps(sweeps: tuple[Sweep, ...]) -> tuple[tuple[Sweep, Sweep], ...]:
    """Return each heating sweep with the cooling sweep next to it in time.

    Parameters
    ----------
    sweeps : tuple of Sweep
        In the order of time.

    Returns
    -------
    tuple of (Sweep, Sweep)
        Heating first; empty where there is one branch only. Each sweep is used once.
    """
    pairs, k = [], 0
    while k + 1 < len(sweeps):
        first, second = sweeps[k], sweeps[k + 1]
        if first.branch is second.branch:
            k += 1
            continue
        pairs.append((first, second) if first.branch is Branch.HEATING else (second, first))
        k += 2
    return tuple(pairs)


def _sweep(log: CurrentLog, rate: Rate, rows: NDArray[np.int64]) -> Sweep:
    branch = Branch.HEATING if rate.nominal > 0 else Branch.COOLING
    return Sweep(
        branch,
        CurrentLog(log.time[rows], rate.temperature[rows], log.current[rows], log.name),
        rate.value[rows],
        rate.sigma[rows],
        rate.nominal,
        len(log) - rows.size,
        rate.window,
    )


def _pieces(log: CurrentLog, window: float) -> list[CurrentLog]:
    """Return the runs between gaps in time that no window of the rate can bridge."""
    steps = np.diff(log.time)
    if not steps.size:
        return []
    longest = max(window, _BREAK * float(np.median(steps)))
    ends = np.concatenate([[0], np.flatnonzero(steps > longest) + 1, [len(log)]])
    return [log.part(slice(int(a), int(b))) for a, b in pairwise(ends)]


def _stretches(T: FloatArray, least: float) -> list[slice]:
    """Return the stretches between turning points, where a turn is a return by `least`."""
    turns, low, high, way = [0], 0, 0, 0
    for i, value in enumerate(T.tolist()):
        if value > T[high]:
            high = i
        if value < T[low]:
            low = i
        if way >= 0 and T[high] - value >= least:
            if way:
                turns.append(high)
            way, low, high = -1, i, i
        elif way <= 0 and value - T[low] >= least:
            if way:
                turns.append(low)
            way, low, high = 1, i, i
    turns.append(T.size)
    return [slice(a, b) for a, b in pairwise(turns) if b - a > 1]
