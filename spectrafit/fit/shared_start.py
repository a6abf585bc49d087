"""Where the fit of a series begins: fits of each spectrum alone, laid on the laws."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spectrafit.fit.shared_law import SharedLaw
from spectrafit.fit.shared_layout import SharedLayout
from spectrafit.spectrum import FloatArray

__all__ = ["coefficients_of", "start_on_laws"]

# Cauchy's weights are 95 % efficient for normal scatter (Holland, Welsch, Commun. Stat. A 6, 813
# (1977)); a median deviation is 0.6745 standard deviations
_CAUCHY, _MEDIAN = 2.385, 0.6745
_PASSES = 20


def coefficients_of(law: SharedLaw, values: FloatArray, errors: FloatArray) -> FloatArray:
    """Return the coefficients of a law that most of the values follow.

    Parameters
    ----------
    law : SharedLaw
        The law.
    values : ndarray, shape (N,)
        Of the parameter, each from its spectrum alone.
    errors : ndarray, shape (N,)
        Not a number where there is none; such values count only when the others do not suffice.

    Returns
    -------
    ndarray, shape (k,)
    """
    size = law.basis.shape[1]
    usable = np.isfinite(errors) & (errors > 0.0)
    if np.linalg.matrix_rank(law.basis[usable]) < size:
        usable, errors = np.ones(len(values), dtype=bool), np.ones(len(values))
    basis, value, error = law.basis[usable], values[usable], errors[usable]
    # a fit that found another peak may have the smallest error of all: none counts more than most
    error = np.maximum(error, np.median(error))
    weights: FloatArray = 1.0 / error
    found: FloatArray = np.zeros(size)
    for _ in range(_PASSES):
        solved = np.linalg.lstsq(basis * weights[:, None], value * weights, rcond=None)[0]
        found = np.asarray(solved, dtype=float)
        away = np.abs(value - basis @ found) / error
        scale = _CAUCHY * max(1.0, float(np.median(away)) / _MEDIAN)
        weights = 1.0 / (error * np.hypot(1.0, away / scale))
    return found


def start_on_laws(
    layout: SharedLayout,
    laws: Mapping[int, SharedLaw],
    free: FloatArray,
    errors: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return own parameters and coefficients to begin with, inside the bounds.

    Parameters
    ----------
    layout : SharedLayout
        Coordinates.
    laws : mapping of int to SharedLaw
        By place among the free parameters.
    free : ndarray, shape (N, Q)
        Free parameters of each spectrum.
    errors : ndarray, shape (N, Q)
        Not a number where there is none.

    Returns
    -------
    local : ndarray, shape (N, U)
    w : ndarray, shape (K,)
    """
    on_law = free.copy()
    parts = []
    for place in layout.shared:
        law = laws[int(place)]
        parts.append(coefficients_of(law, free[:, place], errors[:, place]))
        on_law[:, place] = law.basis @ parts[-1]
    w = np.asarray(np.linalg.solve(layout.to_coefficients, np.concatenate(parts)), dtype=float)
    own = layout.local
    local = (on_law @ layout.layout.from_q.T)[:, own]
    return np.clip(local, layout.low[own], layout.high[own]), layout.walls.inside(w)
