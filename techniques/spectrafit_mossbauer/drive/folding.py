"""Where the two branches mirror each other, from the counts alone and from residuals of a fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.channels import BoolArray, Channels
from spectrafit_mossbauer.drive.velocity import period_of

__all__ = ["FoldingCentre", "folding_centre", "mirrored_residuals"]

# how far the centre may lie from where the drive should turn, as a share of half the period
_SEARCHED = 0.03
_STEP = 0.25
_MOST_CHI2 = 3.0
_FEWEST_PAIRS = 12


@dataclass(frozen=True)
class FoldingCentre:
    """About which channel the branches are mirror images: a start value, found without a model.

    Parameters
    ----------
    channel : float
        From 0.
    chi2 : float
        Mean square of the differences of mirrored counts in standard deviations.
    pairs : int
        How many were compared.
    """

    channel: float
    chi2: float
    pairs: int


def folding_centre(channels: Channels, *, at_quarter: bool = False) -> FoldingCentre:
    """Return the channel about which the counts mirror each other best.

    The sum of ``[C(c - d) - C(c + d)]^2 / variance`` is minimised over c on a grid of a quarter
    channel, then continuously. Between channels the counts are interpolated, with the interpolation's
    own error in the variance, and a smooth difference of the branches (level, geometry) is taken
    out. So the centre is only where a fit starts.

    Parameters
    ----------
    channels : Channels
        Both branches.
    at_quarter : bool, optional
        Search near a quarter of the period, where a sine that starts at velocity zero turns, and not
        near the middle.

    Returns
    -------
    FoldingCentre

    Raises
    ------
    FitError
        When the counts do not mirror each other anywhere near.
    """
    from scipy.optimize import minimize_scalar

    period = period_of(len(channels))
    middle = (0.25 if at_quarter else 0.5) * period - 0.5
    reach = _SEARCHED * 0.5 * period
    counts, used = _whole_period(channels, period)

    def chi2_at(centre: float) -> float:
        return _mirror_chi2(counts, used, centre)[0]

    grid = np.arange(middle - reach, middle + reach + _STEP, _STEP)
    chi2 = [chi2_at(float(c)) for c in grid]
    best = float(grid[int(np.argmin(chi2))])
    found = minimize_scalar(
        chi2_at,
        bounds=(best - _STEP, best + _STEP),
        method="bounded",
        options={"xatol": 1e-3},
    )
    centre = float(found.x)
    value, pairs = _mirror_chi2(counts, used, centre)
    if not value < _MOST_CHI2:
        raise FitError(
            f"not two branches: mirrored counts differ with a reduced chi2 of {value:.3g}",
            where=channels.name,
            do="a single branch is read as a table of velocity and counts",
        )
    return FoldingCentre(centre, value, pairs)


def _mirror_chi2(counts: FloatArray, used: BoolArray, centre: float) -> tuple[float, int]:
    """Return the mean squared difference of mirrored counts, and the number of pairs."""
    period = counts.size
    first = int(np.ceil(centre))
    here = np.arange(first, first + period // 2)
    there = 2.0 * centre - here
    low = np.floor(there).astype(int)
    share = there - low
    places = [(low + step) % period for step in (-1, 0, 1, 2)]
    here = here % period
    compared = used[here] & used[places[1]] & used[places[2]]
    if int(compared.sum()) < _FEWEST_PAIRS:
        return np.inf, 0
    before, left, right, after = (counts[place] for place in places)
    mirrored = (1.0 - share) * left + share * right
    # the largest error of a straight line between two points, from the second differences there
    bend = np.maximum(np.abs(before - 2.0 * left + right), np.abs(left - 2.0 * right + after))
    curved = 0.5 * share * (1.0 - share) * np.where(used[places[0]] & used[places[3]], bend, 0.0)
    variance = counts[here] + (1.0 - share) ** 2 * left + share**2 * right + curved**2
    weight = 1.0 / np.sqrt(np.maximum(variance, 1.0))
    u = np.abs(np.arange(here.size) - 0.25 * period) / (0.25 * period)
    smooth = np.stack([np.ones(here.size), 1.0 - u**2], axis=1)
    rows = (smooth * weight[:, None])[compared]
    difference = ((counts[here] - mirrored) * weight)[compared]
    part = np.linalg.solve(rows.T @ rows, rows.T @ difference)
    rest = difference - rows @ part
    return float(rest @ rest) / (rest.size - 2), int(rest.size)


def _whole_period(channels: Channels, period: int) -> tuple[FloatArray, BoolArray]:
    missing = period - len(channels)
    counts = np.nan_to_num(np.pad(channels.counts, (0, missing)))
    return counts, np.pad(channels.used, (0, missing))


def mirrored_residuals(
    numbers: FloatArray, residuals: FloatArray, centre: float, size: int
) -> float:
    """Return the mean square of half the differences of residuals in mirrored channels.

    What one branch has and the other has not shows here; what both lack in the model does not.

    Parameters
    ----------
    numbers : ndarray, shape (n,)
        Channel numbers, from 0.
    residuals : ndarray, shape (n,)
        In standard deviations.
    centre : float
        Channel about which the branches are mirror images.
    size : int
        Channels of a period.

    Returns
    -------
    float
        1 by chance; not a number where no channel has a partner.
    """
    table = np.full(size, np.nan)
    table[numbers.astype(int) % size] = residuals
    first = int(np.ceil(centre))
    here = np.arange(first, first + size // 2)
    there = np.rint(2.0 * centre - here).astype(int)
    difference = table[here % size] - table[there % size]
    known = difference[np.isfinite(difference)]
    return float(np.mean(known**2) / 2.0) if known.size else float("nan")
