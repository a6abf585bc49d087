"""Whether a calculated spectrum looks like the measured one, and more so than by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.sticks import Vibrations, broadened

__all__ = ["Match", "ScoreDifference", "match", "score_difference", "similarity"]

Verdict = Literal["matches", "not_distinguishable"]

_FACTORS = 61  # 0.0017 apart: 2.4 cm-1 at 1450, a fifth of a mode's width
_NEAREST, _FURTHEST = 30.0, 150.0  # cm-1 of the random shifts
_MARGIN = 40.0  # cm-1 outside the window from where a mode's wing still counts


@dataclass(frozen=True, eq=False)
class Match:
    """A calculated spectrum beside a measured one.

    Parameters
    ----------
    state : str
        Name of the calculated state.
    score : float
        Largest cosine similarity over the allowed scale factors, -1 to 1.
    factor : float
        The scale factor there.
    at_bound : bool
        Whether that factor is at an end of its range.
    chance : float
        95 % quantile of the same score with every mode shifted at random.
    share : float
        Share of these draws that score at least as high.
    verdict : str
        ``matches`` above the quantile, else ``not_distinguishable``.
    curve : ndarray, shape (n,)
        The calculated spectrum at that factor, scaled to the measured one by least squares.
    """

    state: str
    score: float
    factor: float
    at_bound: bool
    chance: float
    share: float
    verdict: Verdict
    curve: FloatArray


@dataclass(frozen=True)
class ScoreDifference:
    """How much better one state scores than another.

    Parameters
    ----------
    better, worse : str
        Names of the states.
    value : float
        Difference of the scores.
    low, high : float
        Its 95 % range over resampled spectra and scale factors.
    decided : bool
        Whether the range leaves out zero.
    """

    better: str
    worse: str
    value: float
    low: float
    high: float
    decided: bool


def similarity(a: ArrayLike, b: ArrayLike) -> float:
    """Return the cosine of two curves after each has lost its straight line.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        On one grid.

    Returns
    -------
    float
        -1 to 1; 0 where one of them is a straight line.
    """
    return float(_unit(np.asarray(a, dtype=float)) @ _unit(np.asarray(b, dtype=float)))


def _unit(y: FloatArray) -> FloatArray:
    """Return rows without their straight line and mean, of length 1, or of zeros."""
    place = np.linspace(-1.0, 1.0, y.shape[-1])
    basis = np.linalg.qr(np.stack([np.ones_like(place), place], axis=1))[0]
    rest = y - (y @ basis) @ basis.T
    size = np.linalg.norm(rest, axis=-1, keepdims=True)
    floor = 1e-12 * np.linalg.norm(y, axis=-1, keepdims=True)
    return np.asarray(np.where(size > floor, rest / np.where(size > 0, size, 1.0), 0.0))


def _scores(
    target: FloatArray, modes: Vibrations, x: FloatArray, factors: FloatArray, fwhm: float
) -> FloatArray:
    """Return the score at each factor."""
    shapes = np.stack([broadened(modes, x, fwhm=fwhm, factor=float(f)) for f in factors])
    return np.asarray(_unit(shapes) @ target)


def _factors(allowed: tuple[float, float]) -> FloatArray:
    low, high = allowed
    if not 0 < low <= high:
        raise SettingsError(f"scale factors from {low:g} to {high:g}", where="match")
    return np.linspace(low, high, _FACTORS if high > low else 1)


def match(
    x: ArrayLike,
    y: ArrayLike,
    vibrations: Vibrations,
    *,
    factors: tuple[float, float] = (0.93, 1.03),
    fwhm: float = 12.0,
    draws: int = 200,
    seed: int = 0,
) -> Match:
    """Return how similar a calculated spectrum is, and how similar it is with its modes elsewhere.

    In each draw every mode is shifted on its own by 30 to 150 cm-1 to either side, which keeps the
    density and the intensities of the modes, and the score is maximised over the scale factor as
    that of the spectrum itself: with many modes in a window nearly anything matches by position.
    (A common shift of all modes would be undone by the scale factor.)

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, cm-1, evenly spaced.
    y : array_like, shape (n,)
        Measured absorbance, baseline-corrected; or a difference of two spectra.
    vibrations : Vibrations
        Calculated modes, without scale factor.
    factors : (float, float), optional
        Range of the scale factor; one that is given has two equal ends.
    fwhm : float, optional
        Of every mode, cm-1.
    draws : int, optional
        Of shifted modes.
    seed : int, optional
        Of the shifts.

    Returns
    -------
    Match

    Raises
    ------
    SettingsError
        For a window that holds no mode, or factors that are not above zero.
    """
    grid, measured = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    allowed = _factors(factors)
    reach = _FURTHEST + _MARGIN
    modes = vibrations.near(grid[0] / allowed[-1], grid[-1] / allowed[0], reach)
    thin = slice(None, None, max(1, int(fwhm / 6.0 / float(np.median(np.diff(grid))))))
    coarse, target = grid[thin], _unit(measured[thin])
    scores = _scores(target, modes, coarse, allowed, fwhm)
    best = int(np.argmax(scores))
    rng = np.random.default_rng(seed)
    random = np.array([_elsewhere(target, modes, coarse, allowed, fwhm, rng) for _ in range(draws)])
    chance = float(np.quantile(random, 0.95))
    curve = broadened(modes, grid, fwhm=fwhm, factor=float(allowed[best]))
    size = float(curve @ curve)
    scale = float(curve @ measured) / size if size else 0.0
    return Match(
        vibrations.name,
        float(scores[best]),
        float(allowed[best]),
        allowed.size > 1 and best in (0, allowed.size - 1),
        chance,
        float(np.mean(random >= scores[best])),
        "matches" if scores[best] > chance else "not_distinguishable",
        scale * curve,
    )


def _elsewhere(
    target: FloatArray,
    modes: Vibrations,
    x: FloatArray,
    factors: FloatArray,
    fwhm: float,
    rng: np.random.Generator,
) -> float:
    size = modes.wavenumbers.size
    shifts = rng.uniform(_NEAREST, _FURTHEST, size) * rng.choice([-1.0, 1.0], size)
    low, span = float(modes.wavenumbers.min()), float(np.ptp(modes.wavenumbers))
    # what leaves at one end comes in at the other: the density stays
    places = low + np.mod(modes.wavenumbers + shifts - low, span) if span else low + shifts
    moved = Vibrations(modes.name, np.abs(places), modes.intensities)
    return float(_scores(target, moved, x, factors, fwhm).max())


def score_difference(
    x: ArrayLike,
    Y: ArrayLike,
    first: Vibrations,
    second: Vibrations,
    *,
    factors: tuple[float, float] = (0.93, 1.03),
    fwhm: float = 12.0,
    draws: int = 200,
    seed: int = 0,
) -> ScoreDifference:
    """Return by how much one state scores better than another, over rows and scale factors.

    Each draw takes spectra with replacement and one scale factor at random for both states, with
    the density of the better one's score above its mean over the range.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers, cm-1.
    Y : array_like, shape (N, n)
        Measured spectra of one state, baseline-corrected, a row a spectrum.
    first, second : Vibrations
        Two calculated states.
    factors, fwhm, draws, seed
        As in `match`.

    Returns
    -------
    ScoreDifference
    """
    grid, rows = np.asarray(x, dtype=float), np.atleast_2d(np.asarray(Y, dtype=float))
    allowed = _factors(factors)
    targets = _unit(rows)
    by_state = []
    for state in (first, second):
        modes = state.near(grid[0] / allowed[-1], grid[-1] / allowed[0], _MARGIN)
        shapes = _unit(
            np.stack([broadened(modes, grid, fwhm=fwhm, factor=float(f)) for f in allowed])
        )
        by_state.append(targets @ shapes.T)
    total = [scores.mean(axis=0).max() for scores in by_state]
    names: Sequence[str] = (first.name, second.name)
    if total[1] > total[0]:
        by_state, names = by_state[::-1], names[::-1]
    likely = by_state[0].mean(axis=0)
    weight = np.clip(likely - likely.mean(), 0.0, None)
    weight = weight / weight.sum() if weight.sum() > 0 else np.full(allowed.size, 1 / allowed.size)
    rng = np.random.default_rng(seed)
    found = np.empty(draws)
    for k in range(draws):
        own = rng.integers(0, rows.shape[0], rows.shape[0])
        place = int(rng.choice(allowed.size, p=weight))
        near = slice(max(0, place - 2), place + 3)
        better, worse = (scores[own][:, near].mean(axis=0).max() for scores in by_state)
        found[k] = better - worse
    low, high = np.quantile(found, [0.025, 0.975])
    return ScoreDifference(
        names[0], names[1], float(abs(total[0] - total[1])), float(low), float(high), bool(low > 0)
    )
