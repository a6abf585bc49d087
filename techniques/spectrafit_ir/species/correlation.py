"""Two-dimensional correlation of a series: what changes together and what before what."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.species.stack import checked_rows, checked_temperatures

__all__ = ["Correlation", "correlation_maps"]

_WHERE = "two-dimensional correlation"
_EVEN = 0.01  # of the mean step of temperature: set points are met to better
_MOST_POINTS = 4000  # two maps of that size hold 256 MB


@dataclass(frozen=True, eq=False)
class Correlation:
    """Both maps.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1.
    T : ndarray, shape (m,)
        K, rising and even: the temperatures the maps were made at.
    synchronous, asynchronous : ndarray, shape (n, n)
        Absorbance squared.
    notices : tuple of str
        What was done to the rows, and how the signs are read.
    """

    x: FloatArray
    T: FloatArray
    synchronous: FloatArray
    asynchronous: FloatArray
    notices: tuple[str, ...]


def correlation_maps(
    x: ArrayLike,
    Y: ArrayLike,
    T: ArrayLike,
    *,
    steps: Sequence[tuple[float, float]] = (),
) -> Correlation:
    """Return the synchronous and asynchronous correlation of a series with rising temperature.

    With rows Z about their mean, ``Phi = Z'Z/(m - 1)`` and ``Psi = Z'NZ/(m - 1)``, where
    ``N_jk = 1/(pi (k - j))`` and 0 on the diagonal: I. Noda, Appl. Spectrosc. 47, 1329 (1993), with
    the Hilbert-Noda matrix of I. Noda, Appl. Spectrosc. 54, 994 (2000).

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending, at most 4000 points.
    Y : array_like, shape (m, n)
        Absorbance of one branch.
    T : array_like, shape (m,)
        K, in any order; rows at uneven temperatures are put onto even ones by straight lines.
    steps : sequence of tuple of float, optional
        Brackets in K of the steps found in the series.

    Returns
    -------
    Correlation
        Maps and notices.

    Raises
    ------
    SettingsError
        For fewer than three rows, too many points, temperatures that stand twice, or rows on both
        sides of a step.
    """
    axis, rows = checked_rows(x, Y, _WHERE)
    kelvin = checked_temperatures(T, rows.shape[0], _WHERE)
    if kelvin.size < 3:
        raise SettingsError(f"{kelvin.size} rows", where=_WHERE, do="give three or more")
    if axis.size > _MOST_POINTS:
        raise SettingsError(
            f"{axis.size} points", where=_WHERE, do=f"choose a window of at most {_MOST_POINTS}"
        )
    for low, high in steps:
        if kelvin.min() <= low and kelvin.max() >= high:
            raise SettingsError(
                f"rows from {kelvin.min():g} to {kelvin.max():g} K lie on both sides of the step at "
                f"{low:g} to {high:g} K",
                where=_WHERE,
                do="give the rows of one side: a step is no gradual change",
            )
    order = np.argsort(kelvin)
    kelvin, rows = kelvin[order], rows[order]
    notices = [
        "rows by rising temperature; a positive asynchronous peak under a positive synchronous one "
        "says that the first wavenumber changes before the second, and under a negative one after",
        "a band that moves gives a pattern of four peaks that is no sequence of species",
    ]
    even = np.linspace(kelvin[0], kelvin[-1], kelvin.size)
    gap = float(even[1] - even[0])
    if (np.abs(np.diff(kelvin) - gap) > _EVEN * gap).any():
        above = np.clip(np.searchsorted(kelvin, even, side="right"), 1, kelvin.size - 1)
        share = (even - kelvin[above - 1]) / (kelvin[above] - kelvin[above - 1])
        rows = rows[above - 1] + share[:, None] * (rows[above] - rows[above - 1])
        notices.append(
            f"rows put onto {kelvin.size} even temperatures, {gap:.4g} K apart, by straight lines"
        )
    else:
        even = kelvin
    m = kelvin.size
    centred = rows - rows.mean(axis=0)
    # j - k by rows and columns; infinite on the diagonal, where the matrix is 0
    apart = np.subtract.outer(np.arange(m), np.arange(m)).astype(float)
    np.fill_diagonal(apart, np.inf)
    noda = -1.0 / (math.pi * apart)
    return Correlation(
        axis,
        even,
        centred.T @ centred / (m - 1),
        centred.T @ (noda @ centred) / (m - 1),
        tuple(notices),
    )
