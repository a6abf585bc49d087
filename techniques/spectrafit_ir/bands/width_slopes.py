"""What the slope of each band's width with temperature is worth: the rise of chi2 without it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from spectrafit.fit.problem import Problem
from spectrafit.fit.shared.errors import shared_errors
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.shared.layout import shared_layout
from spectrafit.fit.shared.minimum import shared_minimum
from spectrafit.fit.shared.start import start_on_laws
from spectrafit.fit.shared.work import SharedWork
from spectrafit.fit.stack import Stack, starts_of
from spectrafit.spectrum import FloatArray

__all__ = ["slopes_worth"]

_EVALUATIONS = 300


def slopes_worth(
    problem: Problem,
    y: FloatArray,
    sigma: FloatArray,
    laws: Mapping[str, SharedLaw],
    start: Mapping[str, Any],
    names: Mapping[str, str],
) -> tuple[dict[str, float], float]:
    """Return by how much chi2 rises without each slope, in units of reduced chi2, 1 at least.

    The rise is that of the parabola at the minimum with all slopes, (slope / error)^2; spectra are
    not fitted one by one for it.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    y : ndarray, shape (N, n)
        Finite spectra.
    sigma : ndarray, shape (n,) or (N, n)
        Noise.
    laws : mapping of str to SharedLaw
        With all slopes, for these spectra.
    start : mapping of str to ndarray of shape (N,)
        Near the minimum.
    names : mapping of str to str
        Parameter of the slope, a law's second coefficient, by band.

    Returns
    -------
    worth : dict of str to float
        By band; 0 where the slope has no error.
    chi2 : float
        Of all spectra with all slopes.
    """
    given, offset = starts_of(problem, start, len(y))
    shared = shared_layout(problem, laws, len(y))
    work = SharedWork(Stack(problem, y, sigma), shared, offset)
    none = np.zeros((len(y), given.shape[1], given.shape[1]))
    begin = start_on_laws(shared, given, none)
    found = shared_minimum(work, *begin, _EVALUATIONS)
    errors = shared_errors(work, found, begin)
    chi2 = float(found.place.chi2.sum())
    scale = max(1.0, chi2 / max(1, work.freedom))
    values = shared.to_coefficients @ found.place.w
    variances = (errors.coefficient_factor**2).sum(axis=1)
    worth: dict[str, float] = {}
    for band, name in names.items():
        place = problem.free_names.index(name)
        k = int(np.flatnonzero(shared.shared[shared.owner] == place)[1])
        known = errors.coefficient_flags[k] == 0 and variances[k] > 0.0
        worth[band] = float(values[k] ** 2 / variances[k] / scale) if known else 0.0
    return worth, chi2
