"""Which of several calculated states scores better, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.block_sums import block_sums
from spectrafit_ir.calculated.scaling import ScaleFactor
from spectrafit_ir.calculated.score import checked_factors, score_of, seen_points
from spectrafit_ir.calculated.sticks import Vibrations

__all__ = ["Compared", "ScoreDifference", "compared", "score_difference"]

_SWAPS = 1999
# resampled blocks give a standard uncertainty whose pulls have a standard deviation of 1.6
_NO_SIGMA = "taken from the best match: the scatter of calculated positions is not known without assigned bands"
_DECIDED = 0.05


@dataclass(frozen=True)
class ScoreDifference:
    """How much better one state scores than another, at one scale factor for both.

    Parameters
    ----------
    better, worse : str
        Names of the states.
    value : float
        Difference of the scores.
    low, high : float
        Its 95 % range over resampled spectra, parts of the window and scale factors.
    share : float
        Share of swaps of the two states, block by block of the window, that part them as far.
    decided : bool
        Whether the range leaves out zero and that share is below 5 %.
    """

    better: str
    worse: str
    value: float
    low: float
    high: float
    share: float
    decided: bool


@dataclass(frozen=True)
class Compared:
    """All states at the scale factor that they share.

    Parameters
    ----------
    factor : ScaleFactor
        As given; or that of the largest score of any state, without a standard uncertainty.
    scores : tuple of float
        Of each state there, in the given order.
    differences : tuple of ScoreDifference
        Of every pair.
    """

    factor: ScaleFactor
    scores: tuple[float, ...]
    differences: tuple[ScoreDifference, ...]


def compared(
    x: ArrayLike,
    Y: ArrayLike,
    states: Sequence[Vibrations],
    *,
    factors: tuple[float, float] = (0.93, 1.03),
    factor: ScaleFactor | None = None,
    fwhm: float = 12.0,
    draws: int = 400,
    seed: int = 0,
) -> Compared:
    """Return the scores of several states at one common scale factor, and their differences.

    A factor that is not given is the one at which any of the states scores best: the others are
    judged there too. In each draw spectra and blocks of the window, two widths of a mode long,
    have weights of a Bayesian bootstrap (D. B. Rubin, Annals of Statistics 9, 130 (1981)), and the
    common factor is found anew, or drawn from its given uncertainty. So a lead that hangs on a
    few bands, or that turns where another state would set the factor, is not decided. Blocks are
    weighted because all spectra of a cold regime share what a calculation gets wrong: spectra alone
    would make any lead look sure. Neither do a dozen blocks tell a lead that comes from one strong
    band: so the two states are also swapped within blocks at random, which leaves states of equal
    standing as far apart as they are (a sign-flip test; E. S. Edgington and P. Onghena,
    Randomization Tests, 4th ed., Chapman and Hall 2007).

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, cm-1, ascending.
    Y : array_like, shape (N, n)
        Measured spectra of one regime, baseline-corrected, a row a spectrum; not a number where
        masked.
    states : sequence of Vibrations
        Calculated states of one method, at least one, of different names.
    factors : (float, float), optional
        Range of a factor that is not given.
    factor : ScaleFactor, optional
        That is given.
    fwhm : float, optional
        Of every mode, cm-1.
    draws : int, optional
        Of the bootstrap.
    seed : int, optional
        Of the draws.

    Returns
    -------
    Compared

    Raises
    ------
    SettingsError
        Without a state, for states of one name, or where `match` refuses.
    """
    names = [state.name for state in states]
    if not names or len(set(names)) < len(names):
        raise SettingsError(
            f"calculated states of the same name: {', '.join(names)}" if names else "no state",
            where="reference",
            do="give each file a line `state: NAME`, or another file name",
        )
    allowed, fixed = _grid(factors, factor)
    grid, rows = seen_points(x, np.atleast_2d(np.asarray(Y, dtype=float)), where="spectra")
    score = score_of(grid, rows, fwhm=fwhm)
    sums = block_sums(score, states, allowed)
    spectra, blocks = (int(size) for size in sums.measured.shape)
    whole = sums.scores(np.ones(blocks), np.ones(spectra))
    place = fixed if fixed is not None else int(np.argmax(whole.max(axis=0)))
    rng = np.random.default_rng(seed)
    found = np.empty((draws, len(states)))
    for k in range(draws):
        own = sums.scores(rng.exponential(1.0, blocks), rng.exponential(1.0, spectra))
        at = int(np.argmax(own.max(axis=0)))
        if factor is not None:
            drawn = factor.value + (factor.sigma or 0.0) * rng.normal()
            at = int(np.argmin(np.abs(allowed - drawn)))
        found[k] = own[:, at]
    if factor is None:
        factor = ScaleFactor(float(allowed[place]), None, _NO_SIGMA)
    scores = whole[:, place]
    parts = sums.parts(place)
    pairs = tuple(
        _difference(names, scores, found, parts, first, second)
        for first, second in combinations(range(len(names)), 2)
    )
    return Compared(factor, tuple(float(one) for one in scores), pairs)


def _grid(
    factors: tuple[float, float], factor: ScaleFactor | None
) -> tuple[FloatArray, int | None]:
    """Return the scale factors to look at, and the place of the given one."""
    if factor is None:
        return checked_factors(factors), None
    checked_factors((factor.value, factor.value))
    sigma = factor.sigma or 0.0
    steps = np.arange(-12, 13) / 4.0 if sigma > 0 else np.zeros(1)
    allowed = factor.value + sigma * steps
    checked_factors((float(allowed[0]), float(allowed[-1])))
    return allowed, allowed.size // 2


def _swapped(parts: FloatArray) -> float:
    """Return the share of sign patterns whose sum is as far from zero as that of the parts."""
    rng = np.random.default_rng(0)
    signs = rng.choice([-1.0, 1.0], (_SWAPS, parts.size))
    far = np.abs(signs @ parts) >= abs(float(parts.sum())) - 1e-12
    return float((far.sum() + 1) / (_SWAPS + 1))


def _difference(
    names: Sequence[str],
    scores: FloatArray,
    found: FloatArray,
    parts: FloatArray,
    first: int,
    second: int,
) -> ScoreDifference:
    better, worse = (first, second) if scores[first] >= scores[second] else (second, first)
    low, high = np.quantile(found[:, better] - found[:, worse], [0.025, 0.975])
    share = _swapped(parts[better] - parts[worse])
    return ScoreDifference(
        names[better],
        names[worse],
        float(scores[better] - scores[worse]),
        float(low),
        float(high),
        share,
        bool(low > 0 and share < _DECIDED),
    )


def score_difference(
    x: ArrayLike,
    Y: ArrayLike,
    first: Vibrations,
    second: Vibrations,
    *,
    factors: tuple[float, float] = (0.93, 1.03),
    factor: ScaleFactor | None = None,
    fwhm: float = 12.0,
    draws: int = 400,
    seed: int = 0,
) -> ScoreDifference:
    """Return by how much one state scores better than another at their common scale factor.

    Parameters
    ----------
    x, Y, factors, factor, fwhm, draws, seed
        As in `compared`.
    first, second : Vibrations
        Two calculated states.

    Returns
    -------
    ScoreDifference
    """
    return compared(
        x, Y, (first, second), factors=factors, factor=factor, fwhm=fwhm, draws=draws, seed=seed
    ).differences[0]
