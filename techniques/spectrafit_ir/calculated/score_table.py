"""Scores of many arrangements of sticks at once, from a table of modes at evenly spaced places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.score import Score
from spectrafit_ir.calculated.stick_groups import Sticks

__all__ = ["ScoreTable", "score_table"]

_PLACES_PER_WIDTH = 10.0  # a mode is at most a twentieth of its width off
_MOST_PLACES = 2048  # 34 MB; coarser places of a wide window are still within a width


@dataclass(frozen=True, eq=False)
class ScoreTable:
    """What the score of any sticks is made of.

    With ``u_p`` the curve of a mode of unit height at place p, without its straight line, the score
    of sticks of height h is ``sum h_p (u_p t) / sqrt(sum h_p h_q (u_p u_q))``, t the measured curve.

    Parameters
    ----------
    low, step : float
        First place and distance of the places, cm-1.
    pull : ndarray, shape (P,)
        ``u_p t``.
    overlap : ndarray, shape (P, P)
        ``u_p u_q``.
    """

    low: float
    step: float
    pull: FloatArray
    overlap: FloatArray

    def at(self, sticks: Sticks, factors: FloatArray) -> FloatArray:
        """Return the score at each factor, modes taken at the nearest place.

        Parameters
        ----------
        sticks : Sticks
            Modes; those outside the places do not count.
        factors : ndarray, shape (m,)
            Scale factors.

        Returns
        -------
        ndarray, shape (m,)
        """
        place = np.rint((factors[:, None] * sticks.wavenumbers - self.low) / self.step)
        inside = (place >= 0) & (place < self.pull.size)
        at = np.where(inside, place, 0).astype(np.int64)
        heights = np.where(inside, sticks.heights, 0.0)
        shared = (self.pull[at] * heights).sum(axis=1)
        pairs = self.overlap[at[:, :, None], at[:, None, :]]
        size = np.einsum("mk,mkl,ml->m", heights, pairs, heights)
        return np.asarray(np.where(size > 0, shared / np.sqrt(np.where(size > 0, size, 1.0)), 0.0))


def score_table(score: Score, sticks: Sticks, factors: FloatArray) -> ScoreTable:
    """Return the table for sticks that stay near the range of some.

    Parameters
    ----------
    score : Score
        One measured curve.
    sticks : Sticks
        As calculated.
    factors : ndarray, shape (m,)
        Allowed scale factors, ascending.

    Returns
    -------
    ScoreTable
    """
    low = min(float(sticks.wavenumbers.min() * factors[0]), score.window[0]) - 2 * score.fwhm
    high = max(float(sticks.wavenumbers.max() * factors[-1]), score.window[1]) + 2 * score.fwhm
    count = min(int((high - low) / score.fwhm * _PLACES_PER_WIDTH) + 2, _MOST_PLACES)
    places = np.linspace(low, high, count)
    curves = score.curves(places)
    return ScoreTable(low, float(places[1] - places[0]), curves @ score.target, curves @ curves.T)
