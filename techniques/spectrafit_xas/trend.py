"""Trends of a short series: rank test with exact probabilities, Theil-Sen slope, weighted slope."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, factorial, sqrt
from typing import Literal

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray

__all__ = ["Trend", "holm", "rank_slope_seen", "rank_trend", "weighted_trend"]

NORMAL_95 = 1.959964
FEWEST_FOR_RANKS = 8
SIMULATED = 1000


@dataclass(frozen=True)
class Trend:
    """The slope of a series with its interval and the probability of no trend.

    Parameters
    ----------
    slope : float
        Per unit of the axis.
    low, high : float
        Ends of its 95 % interval.
    p : float
        Two-sided probability of such a trend in a series without one.
    scatter : float
        Standard deviation of one value about the line.
    slope_sigma : float
        Standard uncertainty that the scatter gives the slope.
    test : str
        ``Kendall`` or ``weighted slope``.
    """

    slope: float
    low: float
    high: float
    p: float
    scatter: float
    slope_sigma: float
    test: Literal["Kendall", "weighted slope"]


@lru_cache(maxsize=32)
def _inversions(count: int) -> tuple[float, ...]:
    """Return the probability of each number of inversions of a random order of `count` values."""
    ways = [1]
    for length in range(2, count + 1):
        longer = [0] * (len(ways) + length - 1)
        for place, number in enumerate(ways):
            for step in range(length):
                longer[place + step] += number
        ways = longer
    total = factorial(count)
    return tuple(number / total for number in ways)


def _upper_tail(count: int, score: int) -> float:
    """Return the probability of Kendall's score being at least `score`."""
    pairs = count * (count - 1) // 2
    most = (pairs - score) // 2
    return min(1.0, sum(_inversions(count)[: most + 1])) if most >= 0 else 0.0


def rank_trend(axis: FloatArray, values: FloatArray) -> Trend:
    """Return the trend of a series by ranks.

    Parameters
    ----------
    axis : ndarray, shape (n,)
        Scan number, time or dose; increasing.
    values : ndarray, shape (n,)
        At least eight values.

    Returns
    -------
    Trend
        Kendall's test with its exact probability, the slope of Theil and Sen with the interval that
        belongs to it.

    Raises
    ------
    SpectrafitError
        For fewer than eight values: their ranks could never speak.

    Notes
    -----
    M. G. Kendall, Biometrika 30 (1938) 81; P. K. Sen, J. Am. Stat. Assoc. 63 (1968) 1379. Equal
    values count neither for nor against, which makes the probability too large, never too small.
    """
    count = values.size
    if count < FEWEST_FOR_RANKS:
        raise SpectrafitError(
            f"a trend by ranks needs {FEWEST_FOR_RANKS} values, there are {count}",
            do="give the values their sigma and test the weighted slope",
        )
    first, second = np.triu_indices(count, 1)
    rises = values[second] - values[first]
    slopes = np.sort(rises / (axis[second] - axis[first]))
    score = int(np.sign(rises).sum())
    p = min(1.0, 2.0 * _upper_tail(count, abs(score)))
    pairs = slopes.size
    critical = next(k for k in range(pairs % 2, pairs + 3, 2) if _upper_tail(count, k) <= 0.025)
    low = max((pairs - (critical - 2)) // 2, 1)
    slope = float(np.median(slopes))
    rest = values - slope * axis
    scatter = float(np.sqrt(np.sum((rest - np.mean(rest)) ** 2) / (count - 2)))
    about = float(np.sqrt(np.sum((axis - axis.mean()) ** 2)))
    return Trend(
        slope,
        float(slopes[low - 1]),
        float(slopes[pairs - low]),
        p,
        scatter,
        scatter / about,
        "Kendall",
    )


@lru_cache(maxsize=64)
def rank_slope_seen(count: int, level: float, power: float = 0.8) -> float:
    """Return the slope that Kendall's test finds in a given share of series.

    Parameters
    ----------
    count : int
        Values of a series, at equal steps.
    level : float
        Two-sided probability below which a trend is called one.
    power : float
        Share of series in which it is found.

    Returns
    -------
    float
        Per step, in standard deviations of one value; infinite where no order of so few values is
        improbable enough. Found on 1000 simulated series of normal noise, the same every time.
    """
    pairs = count * (count - 1) // 2
    scores = range(pairs % 2, pairs + 1, 2)
    critical = next((k for k in scores if 2.0 * _upper_tail(count, k) < level), None)
    if critical is None:
        return float("inf")
    noise = np.random.default_rng(0).standard_normal((SIMULATED, count))
    first, second = np.triu_indices(count, 1)
    # a pair falls in order above this slope: the score of a series is a step function of it
    turns = (noise[:, first] - noise[:, second]) / (second - first)
    needed = (pairs + critical) // 2 - 1
    return float(np.quantile(np.sort(turns, axis=1)[:, needed], power))


def weighted_trend(axis: FloatArray, values: FloatArray, sigma: FloatArray) -> Trend:
    """Return the trend of a few values whose uncertainties are known.

    Parameters
    ----------
    axis : ndarray, shape (n,)
        Scan number, time or dose.
    values, sigma : ndarray, shape (n,)
        Values and their standard uncertainties.

    Returns
    -------
    Trend
        Weighted least squares; sigmas are widened by the square root of the reduced chi2 about the
        line where the values scatter more. The probability is that of a normal deviate.
    """
    weight = 1.0 / sigma**2
    middle = np.sum(weight * axis) / weight.sum()
    information = float(np.sum(weight * (axis - middle) ** 2))
    slope = float(np.sum(weight * (axis - middle) * values)) / information
    rest = values - slope * (axis - middle)
    rest = rest - np.sum(weight * rest) / weight.sum()
    widened = max(1.0, sqrt(float(np.sum(weight * rest**2)) / (values.size - 2)))
    error = widened / sqrt(information)
    return Trend(
        slope,
        slope - NORMAL_95 * error,
        slope + NORMAL_95 * error,
        erfc(abs(slope) / error / sqrt(2.0)),
        widened * float(np.sqrt(np.mean(sigma**2))),
        error,
        "weighted slope",
    )


def holm(p: FloatArray) -> FloatArray:
    """Return the probabilities of several tests, corrected for their number.

    Parameters
    ----------
    p : ndarray, shape (m,)
        One a test.

    Returns
    -------
    ndarray, shape (m,)
        S. Holm, Scand. J. Stat. 6 (1979) 65.
    """
    order = np.argsort(p)
    steps = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    corrected = np.empty_like(p)
    corrected[order] = np.minimum(steps, 1.0)
    return corrected
