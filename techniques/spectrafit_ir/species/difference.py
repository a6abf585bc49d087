"""Difference spectra with the noise of both rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.species.stack import checked_noise, checked_rows, checked_temperatures

__all__ = ["Against", "Differences", "difference_spectra"]

Against = Literal["coldest", "below step", "previous"]
_WHERE = "difference spectra"


@dataclass(frozen=True, eq=False)
class Differences:
    """Rows minus the row each is held against, coldest first.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1.
    T, reference_T : ndarray, shape (M,)
        K, of each row and of the row it is held against.
    row, reference_row : ndarray of int, shape (M,)
        Which rows of the series these are.
    values : ndarray, shape (M, n)
        Absorbance.
    sigma : ndarray, shape (M,)
        Noise of a difference at every point: that of both rows, absorbance.
    against : str
        ``coldest``, ``below step`` or ``previous``.
    """

    x: FloatArray
    T: FloatArray
    reference_T: FloatArray
    row: np.ndarray[tuple[int], np.dtype[np.int_]]
    reference_row: np.ndarray[tuple[int], np.dtype[np.int_]]
    values: FloatArray
    sigma: FloatArray
    against: Against

    def noise_band(self, times: float = 2.0) -> tuple[FloatArray, FloatArray]:
        """Return both edges of what noise alone makes of a difference.

        Parameters
        ----------
        times : float, optional
            Half width in standard deviations.

        Returns
        -------
        low, high : ndarray, shape (M,)
            Absorbance.
        """
        return -times * self.sigma, times * self.sigma


def difference_spectra(
    x: ArrayLike,
    Y: ArrayLike,
    sigma: ArrayLike,
    T: ArrayLike,
    *,
    against: Against = "coldest",
    step: tuple[float, float] | None = None,
) -> Differences:
    """Return each row minus the coldest, the last below the step, or the next colder row.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending.
    Y : array_like, shape (N, n)
        Absorbance of one branch.
    sigma : array_like, shape (N,)
        White-noise standard deviation of each row, absorbance.
    T : array_like, shape (N,)
        K, in any order.
    against : {"coldest", "below step", "previous"}, optional
        The row that is taken off.
    step : tuple of float, optional
        Bracket of the step in K, for ``below step``.

    Returns
    -------
    Differences
        Rows by rising temperature, without those held against themselves.

    Raises
    ------
    SettingsError
        For rows that do not fit each other, a temperature that stands twice, or a step that is not
        given or has no row below it.
    """
    axis, rows = checked_rows(x, Y, _WHERE)
    noise = checked_noise(sigma, rows.shape[0], _WHERE)
    kelvin = checked_temperatures(T, rows.shape[0], _WHERE)
    order = np.argsort(kelvin)
    if against == "previous":
        row, held = order[1:], order[:-1]
    elif against in ("coldest", "below step"):
        place = 0 if against == "coldest" else _last_below(kelvin[order], step)
        row = np.delete(order, place)
        held = np.full(row.size, order[place])
    else:
        raise SettingsError(
            f"differences against {against!r}", where=_WHERE, do="coldest, below step or previous"
        )
    return Differences(
        axis,
        kelvin[row],
        kelvin[held],
        row,
        held,
        rows[row] - rows[held],
        np.hypot(noise[row], noise[held]),
        against,
    )


def _last_below(rising: FloatArray, step: tuple[float, float] | None) -> int:
    if step is None:
        raise SettingsError(
            "no step is given", where=_WHERE, do="give its bracket, or take another reference row"
        )
    below = np.flatnonzero(rising <= step[0])
    if below.size == 0 or below.size == rising.size:
        raise SettingsError(
            f"the step at {step[0]:g} to {step[1]:g} K has no row on "
            f"{'its cold' if below.size == 0 else 'its warm'} side",
            where=_WHERE,
        )
    return int(below[-1])
