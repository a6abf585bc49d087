"""Radiation damage: whether repeated scans of one spot drift, and by how much they could have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Literal

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit_xas.trend import (
    FEWEST_FOR_RANKS,
    Trend,
    holm,
    rank_slope_seen,
    rank_trend,
    weighted_trend,
)

__all__ = ["DamageTest", "DamageVerdict", "DriftSeries", "damage_verdict", "leading_scans"]

Verdict = Literal["drift", "no drift seen", "too few scans", "cannot judge"]

FEWEST_SCANS = 3
LEVEL = 0.01
DRIFT_SIGMA = 2.0
POWER_80 = 0.8416


@dataclass(frozen=True, eq=False)
class DriftSeries:
    """One number a scan, in the order of time, that damage would change.

    Parameters
    ----------
    name : str
        Like ``pre-edge 7113.0 to 7116.0 eV``.
    values : ndarray, shape (n,)
        Not a number where a scan does not have it.
    sigma : ndarray, shape (n,), or None
        Standard uncertainties; None where they are not known.
    unit : str
        Of the values; ``1`` for shares of the series' own mean.
    """

    name: str
    values: FloatArray
    sigma: FloatArray | None = None
    unit: str = "1"


@dataclass(frozen=True)
class DamageTest:
    """The test of one series.

    Parameters
    ----------
    name : str
        Of the series.
    unit : str
        Of its slope, a scan.
    trend : Trend or None
        None where it cannot be judged.
    p_holm : float or None
        Probability of no trend, corrected for the number of series.
    detectable : float or None
        Smallest slope a scan that would be called drift in 80 of 100 series.
    drifts : bool
        Whether p is below 0.01 and the slope, over all scans, above two deviations of one scan.
    """

    name: str
    unit: str
    trend: Trend | None
    p_holm: float | None
    detectable: float | None
    drifts: bool


@dataclass(frozen=True)
class DamageVerdict:
    """What the scans of one spot say about damage.

    Parameters
    ----------
    verdict : str
        ``drift``, ``no drift seen``, ``too few scans`` or ``cannot judge``.
    scans : int
        How many.
    tests : tuple of DamageTest
        One a series.
    keep : int
        How many leading scans have the mean that is nearest to the undamaged sample.
    series : tuple of DriftSeries
        What was tested, one a test.
    """

    verdict: Verdict
    scans: int
    tests: tuple[DamageTest, ...]
    keep: int
    series: tuple[DriftSeries, ...] = field(default=(), compare=False, repr=False)

    @property
    def worst(self) -> DamageTest | None:
        """The drifting series of the smallest probability, else the one that could hide most."""
        judged = [test for test in self.tests if test.p_holm is not None]
        drifting = [test for test in judged if test.drifts]
        if drifting:
            return min(drifting, key=lambda test: (test.p_holm or 0.0, -abs(_signal(test))))
        shares = [test for test in judged if test.unit == "1"] or judged
        return max(shares, key=lambda test: test.detectable or 0.0, default=None)

    @property
    def words(self) -> str:
        """The verdict in a sentence."""
        worst = self.worst
        if self.verdict == "drift" and worst is not None and worst.trend is not None:
            return (
                f"drift: {worst.name} changes by {_amount(worst.trend.slope, worst.unit)} per scan "
                f"(p = {worst.p_holm:.2g} after Holm)"
            )
        if self.verdict == "no drift seen" and worst is not None and worst.detectable is not None:
            return (
                f"no drift seen, smallest detectable = {_amount(worst.detectable, worst.unit)} per "
                f"scan ({worst.name})"
            )
        if self.verdict == "cannot judge":
            return (
                f"cannot judge: {self.scans} scans without point errors; give counts or "
                f"{FEWEST_FOR_RANKS} scans"
            )
        return f"too few scans: {self.scans}, a trend needs {FEWEST_SCANS}"


def _amount(value: float, unit: str) -> str:
    return f"{100 * value:.2g} %" if unit == "1" else f"{value:.2g} {unit}"


def _signal(test: DamageTest) -> float:
    trend = test.trend
    return 0.0 if trend is None or trend.slope_sigma == 0 else trend.slope / trend.slope_sigma


def damage_verdict(
    series: Sequence[DriftSeries], scans: int, axis: FloatArray | None = None
) -> DamageVerdict:
    """Return whether the scans of one spot drift.

    Parameters
    ----------
    series : sequence of DriftSeries
        Numbers that damage would change, one a scan.
    scans : int
        How many scans there are.
    axis : ndarray, shape (scans,), optional
        Time or dose, increasing; the scan number when not given.

    Returns
    -------
    DamageVerdict
        From eight scans on by Kendall's exact test, with fewer by the weighted slope, which needs
        point errors; corrected after Holm for the number of series.

    Raises
    ------
    SpectrafitError
        When a series has not one value a scan, or the axis does not increase.
    """
    at = np.arange(scans, dtype=np.float64) if axis is None else np.asarray(axis, dtype=np.float64)
    if at.size != scans or (scans > 1 and not (np.diff(at) > 0).all()):
        raise SpectrafitError(
            "the axis of the scans does not increase", do="sort the scans by time"
        )
    for one in series:
        if one.values.size != scans:
            raise SpectrafitError(f"{one.name} has {one.values.size} values for {scans} scans")
    if scans < FEWEST_SCANS:
        return DamageVerdict("too few scans", scans, (), scans)
    trends = [_trend(one, at) for one in series]
    judged = [k for k, trend in enumerate(trends) if trend is not None]
    if not judged:
        untested = tuple(DamageTest(s.name, s.unit, None, None, None, drifts=False) for s in series)
        return DamageVerdict("cannot judge", scans, untested, scans, tuple(series))
    corrected = holm(np.array([t.p for t in trends if t is not None]))
    share: Mapping[int, float] = dict(zip(judged, corrected.tolist(), strict=True))
    tests = tuple(
        _tested(one, trend, share.get(k), at, len(judged))
        for k, (one, trend) in enumerate(zip(series, trends, strict=True))
    )
    drifting = [test.trend for test in tests if test.drifts and test.trend is not None]
    verdict: Verdict = "drift" if drifting else "no drift seen"
    keep = min((leading_scans(t.slope, t.scatter, at) for t in drifting), default=scans)
    return DamageVerdict(verdict, scans, tests, keep, tuple(series))


def _trend(series: DriftSeries, axis: FloatArray) -> Trend | None:
    known = np.isfinite(series.values)
    at, values = axis[known], series.values[known]
    if values.size >= FEWEST_FOR_RANKS:
        return rank_trend(at, values)
    if values.size < FEWEST_SCANS or series.sigma is None:
        return None
    return weighted_trend(at, values, series.sigma[known])


def _tested(
    series: DriftSeries, trend: Trend | None, p_holm: float | None, axis: FloatArray, tests: int
) -> DamageTest:
    if trend is None or p_holm is None:
        return DamageTest(series.name, series.unit, None, None, None, drifts=False)
    reach = float(axis[-1] - axis[0]) * axis.size / (axis.size - 1)
    scan = float(axis[-1] - axis[0]) / (axis.size - 1)
    drifts = p_holm < LEVEL and abs(trend.slope) * reach > DRIFT_SIGMA * trend.scatter
    detectable = max(
        _needed(trend, axis.size, LEVEL / tests, scan),
        (DRIFT_SIGMA * trend.scatter / reach + POWER_80 * trend.slope_sigma) * scan,
    )
    return DamageTest(series.name, series.unit, trend, p_holm, detectable, drifts)


def _needed(trend: Trend, scans: int, level: float, scan: float) -> float:
    """Return the slope a scan that the test finds at a level in 80 of 100 series."""
    if trend.test == "Kendall":
        return rank_slope_seen(scans, level) * trend.scatter
    return (NormalDist().inv_cdf(1.0 - level / 2.0) + POWER_80) * trend.slope_sigma * scan


def leading_scans(slope: float, scatter: float, axis: FloatArray) -> int:
    """Return how many leading scans have the mean nearest to the undamaged sample.

    Parameters
    ----------
    slope : float
        Drift of a series per unit of the axis.
    scatter : float
        Standard deviation of one scan.
    axis : ndarray, shape (n,)
        Scan number, time or dose.

    Returns
    -------
    int
        At least one: the number m whose mean has the smallest sum of squared bias, from the mean
        dose of the first m scans, and variance, scatter^2/m.
    """
    count = np.arange(1, axis.size + 1)
    bias = slope * (np.cumsum(axis - axis[0]) / count)
    return int(np.argmin(bias**2 + scatter**2 / count)) + 1
