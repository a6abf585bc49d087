"""Whether engines give the same fits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from benchmarks.speed import SAME

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.result import Flag
from spectrafit.spectrum import FloatArray


@dataclass(frozen=True, eq=False)
class Agreement:
    """How a stack of fits differs from another of the same spectra.

    Parameters
    ----------
    chi2 : ndarray, shape (N,)
        Relative difference, positive where the first is higher.
    same : ndarray of bool, shape (N,)
        Which ended at the same minimum by chi2.
    values, errors : ndarray, shape (N, P)
        Difference of the values in standard errors, and of the errors relative; not a number where
        there is no error or the minima differ.
    reasons : ndarray of bool, shape (N, P)
        Where one has an error and the other has none, at the same minimum.
    bounds : ndarray of bool, shape (N,)
        Where one is at a bound and the other is not, at the same minimum.
    """

    chi2: FloatArray
    same: FloatArray
    values: FloatArray
    errors: FloatArray
    reasons: FloatArray
    bounds: FloatArray


def agreement(first: FitStack, second: FitStack) -> Agreement:
    """Return how two stacks of fits differ."""
    chi2 = first.chi2 / second.chi2 - 1.0
    same = np.abs(chi2) <= SAME
    ours = np.array([first.sigma(name) for name in first.names]).T
    theirs = np.array([second.sigma(name) for name in first.names]).T
    with np.errstate(invalid="ignore"):
        values = np.abs(first.values - second.values) / np.fmin(ours, theirs)
        errors = np.abs(ours / theirs - 1.0)
    apart = ~same[:, None]
    return Agreement(
        chi2=chi2,
        same=same,
        values=np.where(apart, np.nan, values),
        errors=np.where(apart, np.nan, errors),
        reasons=(np.isfinite(ours) != np.isfinite(theirs)) & ~apart,
        bounds=(first.flag(Flag.AT_BOUND) != second.flag(Flag.AT_BOUND)) & same,
    )
