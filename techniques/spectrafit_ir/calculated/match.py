"""Whether a calculated spectrum looks like the measured one, and more so than by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.chance import Verdict, compared_with_chance
from spectrafit_ir.calculated.score import checked_factors, score_of, seen_points, unit_rows
from spectrafit_ir.calculated.stick_groups import Sticks
from spectrafit_ir.calculated.sticks import Vibrations, broadened

__all__ = ["Match", "match", "overlay", "similarity"]


@dataclass(frozen=True, eq=False)
class Match:
    """A calculated spectrum beside a measured one.

    Parameters
    ----------
    state : str
        Name of the calculated state.
    score : float
        Cosine similarity at `factor`, -1 to 1.
    factor : float
        The scale factor: that of the largest score unless one was given.
    at_bound : bool
        Whether the largest score is at an end of the allowed range.
    chance : float
        95 % quantile of the largest score with every mode shifted at random.
    share : float
        Share of these draws that score at least as high, the spectrum itself counted as one.
    verdict : str
        ``matches`` above the quantile, else ``not_distinguishable``.
    curve : ndarray, shape (n,)
        The calculated spectrum at that factor, with the height and the straight line of least
        squares; zero height where it would be negative.
    height : float
        That height: absorbance for 1 L mol-1 cm-1.
    """

    state: str
    score: float
    factor: float
    at_bound: bool
    chance: float
    share: float
    verdict: Verdict
    curve: FloatArray
    height: float


def similarity(a: ArrayLike, b: ArrayLike) -> float:
    """Return the cosine of two curves after each has lost its straight line.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        On one evenly spaced grid.

    Returns
    -------
    float
        -1 to 1; 0 where one of them is a straight line.
    """
    first, second = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    place = np.linspace(-1.0, 1.0, first.size)
    return float(unit_rows(first, place) @ unit_rows(second, place))


def match(
    x: ArrayLike,
    y: ArrayLike,
    vibrations: Vibrations,
    *,
    factors: tuple[float, float] = (0.93, 1.03),
    factor: float | None = None,
    fwhm: float = 12.0,
    draws: int = 200,
    seed: int = 0,
) -> Match:
    """Return how similar a calculated spectrum is, and how similar it is with its modes elsewhere.

    In each draw every mode is shifted on its own, which keeps the density and the intensities of
    the modes (`shifted`), and the score is maximised over the scale factor: with many modes in a
    window nearly anything matches by position. A common shift of all modes would be undone by the
    scale factor. The draws have the freedom of the whole range also where the score itself is taken
    at a factor that all states share: such a verdict is on the safe side.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, cm-1, ascending.
    y : array_like, shape (n,)
        Measured absorbance, baseline-corrected; not a number where masked.
    vibrations : Vibrations
        Calculated modes, without scale factor.
    factors : (float, float), optional
        Range of the scale factor; one that is given has two equal ends.
    factor : float, optional
        Where the score is taken; at its maximum when left out.
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
        For a window that holds no mode or nothing measured, or factors that are not above zero.
    """
    allowed = checked_factors(factors)
    grid, measured = seen_points(x, y, where=vibrations.name)
    score = score_of(grid, measured, fwhm=fwhm)
    sticks = Sticks.of(vibrations, score.window, allowed)
    found = compared_with_chance(score, sticks, allowed, factor=factor, draws=draws, seed=seed)
    whole = np.asarray(x, dtype=float)
    shape = broadened(sticks.vibrations(vibrations.name), whole, fwhm=fwhm, factor=found.factor)
    curve, height = overlay(whole, np.asarray(y, dtype=float), shape)
    return Match(vibrations.name, **vars(found), curve=curve, height=height)


def overlay(x: FloatArray, y: FloatArray, shape: FloatArray) -> tuple[FloatArray, float]:
    """Return a calculated curve with height and straight line of least squares, and the height.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    y : ndarray, shape (n,)
        Measured; not a number where masked.
    shape : ndarray, shape (n,)
        Calculated.

    Returns
    -------
    curve : ndarray, shape (n,)
    height : float
        Not below zero.
    """
    place = (x - x.mean()) / (np.ptp(x) or 1.0)
    line = np.stack([np.ones_like(x), place], axis=1)
    seen = np.isfinite(y)
    full = np.column_stack([shape, line])
    found = np.linalg.lstsq(full[seen], y[seen], rcond=None)[0]
    height = float(found[0])
    if height <= 0:
        flat = np.linalg.lstsq(line[seen], y[seen], rcond=None)[0]
        return np.asarray(line @ flat), 0.0
    return np.asarray(full @ found), height
