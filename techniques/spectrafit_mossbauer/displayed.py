"""A fit folded for display: counts, baseline and every site as sums of the same whole channels."""

from __future__ import annotations

from typing import Final

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.baseline import term
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.absorption.folded import Folded, folded, summed
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["DISPLAY_ONLY", "displayed", "folded_level", "point_errors", "site_curve"]

DISPLAY_ONLY: Final = "folded for display only"
"""Stands in the title of every figure whose points are sums of both branches."""

# of the step: velocities that are whole steps from the first one then keep off the bins' edges
_SHORTER = 1e-9


def displayed(axis: Unfolded) -> Folded:
    """Return a spectrum folded for display, one channel of each branch in a step.

    Parameters
    ----------
    axis : Unfolded
        A spectrum.

    Returns
    -------
    Folded
    """
    step = float(np.median(np.diff(axis.velocity[axis.branch == axis.branch[0]])))
    return folded(axis, step * (1.0 - _SHORTER))


def folded_level(fitted: FittedSites, onto: Folded) -> FloatArray:
    """Return the fitted baseline, folded as the points are.

    Parameters
    ----------
    fitted : FittedSites
        A fit.
    onto : Folded
        Its spectrum for display.

    Returns
    -------
    ndarray, shape (m,)
        Counts per channel.
    """
    values = fitted.result.by_name
    level = sum(
        values[term(name)] * column
        for name, column in zip(fitted.axis.names, fitted.axis.columns, strict=True)
    )
    return np.asarray(summed(np.asarray(level), onto) / onto.channels)


def site_curve(fitted: FittedSites, label: str, onto: Folded) -> FloatArray:
    """Return what one site takes out, folded as the points are.

    Parameters
    ----------
    fitted : FittedSites
        A fit.
    label : str
        Of the site.
    onto : Folded
        Its spectrum for display.

    Returns
    -------
    ndarray, shape (m,)
        Negative counts per channel.
    """
    part = fitted.model.component(label).evaluate(fitted.axis.velocity, fitted.result.by_name)
    return np.asarray(summed(part, onto) / onto.channels)


def point_errors(axis: Unfolded, onto: Folded) -> FloatArray | None:
    """Return the standard errors of folded points.

    Parameters
    ----------
    axis : Unfolded
        A spectrum.
    onto : Folded
        The same for display.

    Returns
    -------
    ndarray, shape (m,), or None
        Of counts per channel, from the file's errors or the counts; None where the numbers are
        neither.
    """
    if axis.spectrum.sigma is not None:
        return np.asarray(np.sqrt(summed(axis.spectrum.sigma**2, onto)) / onto.channels)
    return None if axis.not_counts else onto.sigma
