"""The cosine similarity of calculated sticks with a measured curve, over scale factors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.stick_groups import Sticks

__all__ = ["Score", "checked_factors", "score_of", "seen_points", "unit_rows", "without_line"]

_FACTORS = 61  # over 0.93 to 1.03: 0.0017 apart, 2.4 cm-1 at 1450, a fifth of a mode's width
_POINTS_PER_WIDTH = 6.0
_FEWEST_POINTS = 10


@dataclass(frozen=True, eq=False)
class Score:
    """A measured curve that calculated ones are compared with.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1, not denser than a sixth of the width of a mode.
    target : ndarray, shape (n,) or (N, n)
        Measured, without straight line, of length 1.
    fwhm : float
        Of every mode, cm-1.
    """

    x: FloatArray
    target: FloatArray
    fwhm: float

    @property
    def window(self) -> tuple[float, float]:
        """Ends of the window, cm-1."""
        return float(self.x[0]), float(self.x[-1])

    def shapes(self, sticks: Sticks, factors: FloatArray) -> FloatArray:
        """Return the calculated curve at each factor, without straight line, of length 1.

        Parameters
        ----------
        sticks : Sticks
            Modes.
        factors : ndarray, shape (m,)
            Scale factors.

        Returns
        -------
        ndarray, shape (m, n)
        """
        # one factor after the other: all at once would need gigabytes for a wide window
        rows = [
            self._lorentzians(float(f) * sticks.wavenumbers).T @ sticks.heights for f in factors
        ]
        return unit_rows(np.stack(rows), self.x)

    def _lorentzians(self, places: FloatArray) -> FloatArray:
        u = (2.0 / self.fwhm) * (self.x[None, :] - places[:, None])
        return np.asarray(1.0 / (1.0 + u * u))

    def curves(self, places: FloatArray) -> FloatArray:
        """Return the curve of a mode of height 1 at each place, without straight line.

        Parameters
        ----------
        places : ndarray, shape (P,)
            cm-1.

        Returns
        -------
        ndarray, shape (P, n)
        """
        return without_line(self._lorentzians(places), self.x)

    def at(self, sticks: Sticks, factors: FloatArray) -> FloatArray:
        """Return the score at each factor.

        Parameters
        ----------
        sticks : Sticks
            Modes.
        factors : ndarray, shape (m,)
            Scale factors.

        Returns
        -------
        ndarray, shape (m,) or (m, N)
        """
        return np.asarray(self.shapes(sticks, factors) @ self.target.T)


def without_line(y: FloatArray, x: FloatArray) -> FloatArray:
    """Return rows without their straight line of least squares.

    Parameters
    ----------
    y : ndarray, shape (..., n)
        Curves.
    x : ndarray, shape (n,)
        Where their points are.

    Returns
    -------
    ndarray, shape (..., n)
    """
    place = (x - x.mean()) / (np.ptp(x) or 1.0)
    basis = np.linalg.qr(np.stack([np.ones_like(place), place], axis=1))[0]
    return np.asarray(y - (y @ basis) @ basis.T)


def unit_rows(y: FloatArray, x: FloatArray) -> FloatArray:
    """Return rows without their straight line, of length 1, or of zeros where nothing is left.

    Parameters
    ----------
    y : ndarray, shape (..., n)
        Curves.
    x : ndarray, shape (n,)
        Where their points are.

    Returns
    -------
    ndarray, shape (..., n)
    """
    rest = without_line(y, x)
    size = np.linalg.norm(rest, axis=-1, keepdims=True)
    floor = 1e-12 * np.linalg.norm(y, axis=-1, keepdims=True)
    return np.asarray(np.where(size > floor, rest / np.where(size > 0, size, 1.0), 0.0))


def checked_factors(allowed: tuple[float, float]) -> FloatArray:
    """Return the scale factors of a range.

    Parameters
    ----------
    allowed : (float, float)
        Its ends; equal for a factor that is given.

    Returns
    -------
    ndarray, shape (m,)
        Ascending.

    Raises
    ------
    SettingsError
        When they are not above zero and in order.
    """
    low, high = allowed
    if not 0 < low <= high < math.inf:
        raise SettingsError(f"scale factors from {low:g} to {high:g}", where="scale_factor_range")
    steps = math.ceil((high - low) * (_FACTORS - 1) / 0.1) if high > low else 0
    return np.linspace(low, high, steps + 1)


def seen_points(x: ArrayLike, Y: ArrayLike, *, where: str) -> tuple[FloatArray, FloatArray]:
    """Return the points of a window at which every row was measured.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers, cm-1, ascending.
    Y : array_like, shape (n,) or (N, n)
        Measured; not a number where masked.
    where : str
        For messages.

    Returns
    -------
    x : ndarray, shape (m,)
    Y : ndarray, shape (m,) or (N, m)

    Raises
    ------
    SettingsError
        When fewer than ten are left, or x is not ascending.
    """
    grid, measured = np.asarray(x, dtype=float), np.asarray(Y, dtype=float)
    if grid.ndim != 1 or measured.shape[-1:] != grid.shape or not (np.diff(grid) > 0).all():
        raise SettingsError("wavenumbers must ascend, one for each measured point", where=where)
    seen = np.isfinite(measured).reshape(-1, grid.size).all(axis=0)
    if seen.sum() < _FEWEST_POINTS:
        raise SettingsError(
            f"{int(seen.sum())} measured points in the window: no spectrum to compare",
            where=where,
            do="widen the window, or leave masked rows out",
        )
    return grid[seen], measured[..., seen]


def score_of(x: FloatArray, Y: FloatArray, *, fwhm: float) -> Score:
    """Return a measured curve, or several, ready for comparison.

    Where points are denser than a sixth of the width of a mode, neighbours are averaged.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1, ascending.
    Y : ndarray, shape (n,) or (N, n)
        Measured.
    fwhm : float
        Of every mode, cm-1.

    Returns
    -------
    Score

    Raises
    ------
    SettingsError
        For a width that is not above zero.
    """
    if not 0 < fwhm < math.inf:
        raise SettingsError(f"an FWHM of {fwhm:g} cm-1", where="stick_fwhm_cm")
    step = float(np.median(np.diff(x)))
    block = max(1, min(int(fwhm / _POINTS_PER_WIDTH / step), x.size // _FEWEST_POINTS))
    if block > 1:
        whole = x.size - x.size % block
        x = x[:whole].reshape(-1, block).mean(axis=1)
        Y = Y[..., :whole].reshape(*Y.shape[:-1], -1, block).mean(axis=-1)
    return Score(x, unit_rows(Y, x), fwhm)
