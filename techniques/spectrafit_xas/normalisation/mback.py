"""Normalisation by MBACK: the whole spectrum against tabulated absorption, by xraylarch."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from spectrafit.errors import FitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.normalisation.edge_ranges import post_range, pre_range
from spectrafit_xas.normalisation.edge_step import edge_step_scatter
from spectrafit_xas.normalisation.normalize import Normalization
from spectrafit_xas.optional_larch import larch_module

__all__ = ["mback_normalization"]

DEGREE = 3
POST_DEGREE = 2


def mback_normalization(
    spectrum: Spectrum,
    element: str,
    e0_eV: float,
    *,
    pre_eV: tuple[float, float] | None = None,
    post_eV: tuple[float, float] | None = None,
) -> Normalization:
    """Return the lines below and above an edge that match tabulated absorption.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    element : str
        Absorber; its K edge.
    e0_eV : float
        Where the step is taken.
    pre_eV, post_eV : tuple of float, optional
        Ranges relative to E0; as for `normalization` when not given.

    Returns
    -------
    Normalization
        With the spread of the step over a 3 x 3 set of ranges.

    Raises
    ------
    SettingsError
        Where xraylarch is not installed.
    FitError
        When the match fails or the step is not positive.

    Notes
    -----
    Minimised is the mean square below plus that above the edge of ``mu_t + p(E) - s mu``, p a
    polynomial of degree 3: T.-C. Weng, G. S. Waldo and J. E. Penner-Hahn, J. Synchrotron Radiat. 12
    (2005) 506; f'' of C. T. Chantler, J. Phys. Chem. Ref. Data 24 (1995) 71, as in
    ``larch.xafs.mback``. The step is that of the matched curve at the grid point nearest E0.
    """
    pre = pre_range(spectrum, e0_eV) if pre_eV is None else pre_eV
    post = post_range(spectrum, e0_eV) if post_eV is None else post_eV
    larch_module("larch.xafs", "normalisation by MBACK")
    chosen = _matched(spectrum, element, e0_eV, pre, post)

    def other(pre_eV: tuple[float, float], post_eV: tuple[float, float], _: int) -> Normalization:
        return _matched(spectrum, element, e0_eV, pre_eV, post_eV)

    return replace(chosen, step_sigma=edge_step_scatter(chosen, (POST_DEGREE,), other))


def _matched(
    spectrum: Spectrum,
    element: str,
    e0_eV: float,
    pre_eV: tuple[float, float],
    post_eV: tuple[float, float],
) -> Normalization:
    import xraydb

    larch = larch_module("larch", "normalisation by MBACK")
    xafs = larch_module("larch.xafs", "normalisation by MBACK")
    group: Any = larch.Group(energy=np.array(spectrum.x), mu=np.array(spectrum.y))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            xafs.mback(
                group.energy,
                group.mu,
                group=group,
                z=int(xraydb.atomic_number(element)),
                edge="K",
                e0=e0_eV,
                pre1=pre_eV[0],
                pre2=pre_eV[1],
                norm1=post_eV[0],
                norm2=post_eV[1],
                order=DEGREE,
            )
    except Exception as error:  # whatever a third party's code raises
        raise FitError(
            f"MBACK failed: {type(error).__name__}: {error}",
            where=spectrum.source.name,
            do="check the ranges, or normalise by lines",
        ) from error
    scale = float(group.mback_details.params["s"])
    curve = group.mback_details.pre_f2
    step = float(group.edge_step)
    if not (scale > 0.0 and np.isfinite(step) and step > 0.0):
        raise FitError(
            f"MBACK found an edge step of {step:.3g}",
            where=spectrum.source.name,
            do="check the signal and the ranges, or normalise by lines",
        )
    constant, slope = (float(c) / scale for c in curve["precoefs"])
    polynomial = np.polynomial.Polynomial([float(c) / scale for c in curve["norm_coefs"]])
    about = polynomial(np.polynomial.Polynomial([e0_eV, 1.0]))
    return Normalization(
        e0_eV,
        (e0_eV + pre_eV[0], e0_eV + pre_eV[1]),
        (e0_eV + post_eV[0], e0_eV + post_eV[1]),
        0,
        POST_DEGREE,
        "larch",
        (constant + slope * e0_eV, slope),
        tuple(float(c) for c in about.coef),
        step,
        method="MBACK",
    )
