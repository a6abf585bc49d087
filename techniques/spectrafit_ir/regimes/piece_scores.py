"""Scores of a branch's pieces on either side of every gap, and of smooth laws through all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.sigmoid import TEN_TO_NINETY, sigmoid_fits
from spectrafit_ir.regimes.smooth_law import (
    FEWEST_ROWS,
    LAWS,
    PARAMETERS,
    Law,
    PieceFits,
    Rows,
    abrupt_range,
    gradual_range,
    piece_fits,
)

__all__ = ["WHOLE", "Sides", "SmoothFits", "sides_of", "smooth_fits", "step_parameters"]

WHOLE: tuple[Law, ...] = (
    *LAWS, "two_state_linear_ends", "two_state", "two_state_linear_ends",
)  # fmt: skip
"""Laws of a whole branch: gradual ones, then the two abrupt ones."""

_GRADUAL = 5


@dataclass(frozen=True)
class SmoothFits:
    """Fits without a step: chi2 and score (B, 7), shapes (B, 4, 2); the last two are abrupt."""

    chi2: FloatArray
    score: FloatArray
    shape: FloatArray

    def best(self, *, abrupt: bool) -> FloatArray:
        """Return the lowest score of a gradual or of an abrupt law, shape (B,)."""
        part = slice(_GRADUAL, None) if abrupt else slice(0, _GRADUAL)
        return np.asarray(self.score[:, part].min(axis=1))


@dataclass(frozen=True)
class Sides:
    """Fits of all colder parts (rows 0 to i - 1) and of all warmer parts (rows i to n - 1)."""

    cold: PieceFits
    warm: PieceFits


def smooth_fits(rows: Rows, y: FloatArray) -> SmoothFits:
    """Return the fits of every law to whole series, and those of abrupt two-state changes.

    Parameters
    ----------
    rows : Rows
        Temperatures and errors.
    y : ndarray, shape (B, n)
        Series.

    Returns
    -------
    SmoothFits
    """
    n = rows.T.size
    whole = piece_fits(rows, y, np.array([[0, n]]), gradual_range(rows.T))
    chi2 = np.full((y.shape[0], len(WHOLE)), np.inf)
    chi2[:, :4] = whole.chi2[0]
    shape = np.full((y.shape[0], 4, 2), np.nan)
    shape[:, 0] = whole.shape[0]
    penalty = np.log(n) * np.array([PARAMETERS[law] for law in WHOLE])
    ranges = (gradual_range(rows.T, 2), abrupt_range(rows.T), abrupt_range(rows.T, 2))
    for number, limits in enumerate(ranges, start=4):
        if n < FEWEST_ROWS[WHOLE[number]]:
            continue
        wanted = (whole.score[0] > penalty[number])[None, :]
        found = sigmoid_fits(rows.T, 1.0 / rows.sigma[None, :], y, limits, wanted)
        chi2[:, number], shape[:, number - 3] = found.chi2[0], found.shape[0]
        if number >= _GRADUAL:
            chi2[~_resolved(rows.T, found.shape[0]), number] = np.inf
    return SmoothFits(chi2, chi2 + penalty, shape)


def _resolved(T: FloatArray, shape: FloatArray) -> NDArray[np.bool_]:
    """Return whether a row lies between 10 and 90 % of each curve: without one it is a step."""
    logit = shape[:, :1] - shape[:, 1:] / T
    return np.asarray((np.abs(logit) < 0.5 * TEN_TO_NINETY).any(axis=1))


def sides_of(rows: Rows, y: FloatArray) -> Sides:
    """Return the fits of all colder and all warmer parts of series.

    Parameters
    ----------
    rows : Rows
        Temperatures and errors.
    y : ndarray, shape (B, n)
        Series.

    Returns
    -------
    Sides
        Of cold parts that end before row 2, 3, ... n - 2, and of warm parts that begin there.
    """
    n = rows.T.size
    cut = np.arange(2, n - 1)
    spans = np.concatenate([
        np.stack([np.zeros_like(cut), cut], axis=1), np.stack([cut, np.full_like(cut, n)], axis=1)
    ])  # fmt: skip
    both = piece_fits(rows, y, spans, gradual_range(rows.T))
    halves = [slice(0, cut.size), slice(cut.size, None)]
    cold, warm = (
        PieceFits(both.spans[k], both.chi2[k], both.score[k], both.law[k], both.shape[k])
        for k in halves
    )
    return Sides(cold, warm)


def step_parameters(inside: int) -> int:
    """Return the parameters of a transition: its place, and for rows inside their values and its end.

    Parameters
    ----------
    inside : int
        Rows inside the transition.

    Returns
    -------
    int
    """
    return 1 if inside == 0 else 2 + inside
