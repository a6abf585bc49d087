"""Position, FWHM, height, area and mixing of bands from fit parameters, errors carried along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from spectrafit.lines.elementary import LN2, PI
from spectrafit.lines.voigt import Voigt, voigt
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_model import BandModel
from spectrafit_ir.bands.band_values import BandQuantity, reason_code

__all__ = ["FitArrays", "area_covariances", "quantities_of", "voigt_width"]

QUANTITIES = ("position", "fwhm", "height", "area", "mixing")
_UNITS = ("cm-1", "cm-1", "1", "cm-1", "1")
_AT_BOUND, _FIXED = reason_code("at bound"), reason_code("fixed")
_LORENTZ_TOP, _GAUSS_TOP = 2.0 / PI, 2.0 * float(np.sqrt(LN2 / PI))
# Chebyshev nodes of the width of a Voigt line: more change nothing in double precision
_NODES = 40


@dataclass(frozen=True, eq=False)
class FitArrays:
    """What a fit of many rows gives, free or linked.

    Parameters
    ----------
    names : tuple of str
        Of all parameters.
    values : ndarray, shape (N, P)
        Their values.
    tie_matrix : ndarray, shape (P, Q)
        How parameters follow from free ones.
    covariance : ndarray, shape (N, Q, Q)
        Of the free ones, by noise; 0 where there is none.
    codes : ndarray of int, shape (N, Q)
        Why a free one has no error; 0 where it has one.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals.
    converged : ndarray of bool, shape (N,)
        Whether a minimum was found.
    free_names : tuple of str
        Of the free ones.
    """

    names: tuple[str, ...]
    values: FloatArray
    tie_matrix: FloatArray
    covariance: FloatArray
    codes: NDArray[np.int8]
    chi2: FloatArray
    converged: NDArray[np.bool_]
    free_names: tuple[str, ...]


@cache
def _voigt_table() -> tuple[np.polynomial.Chebyshev, np.polynomial.Chebyshev]:
    exact = Voigt.fwhm
    assert exact is not None
    width = np.vectorize(lambda share: exact(0.0, 1.0 - share, share, 1.0))
    table = np.polynomial.Chebyshev.interpolate(width, _NODES, domain=[0.0, 1.0])
    return table, table.deriv()


def voigt_width(
    gauss: FloatArray, lorentz: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the FWHM of Voigt lines and its derivatives by the widths of the two parts.

    The width is homogeneous in the two: one table of the exact width against the Lorentzian share
    serves all.

    Parameters
    ----------
    gauss, lorentz : ndarray
        FWHM of the parts, not negative.

    Returns
    -------
    fwhm, by_gauss, by_lorentz : ndarray
    """
    table, slope = _voigt_table()
    both = gauss + lorentz
    share = lorentz / np.where(both > 0.0, both, 1.0)
    unit, by_share = table(share), slope(share)
    return both * unit, unit - share * by_share, unit + (1.0 - share) * by_share


def quantities_of(model: BandModel, fit: FitArrays, share: FloatArray) -> dict[str, BandQuantity]:
    """Return the quantities of every band in every row.

    Where a parameter is at a bound, the errors of others are those with it held there.

    Parameters
    ----------
    model : BandModel
        What was fitted.
    fit : FitArrays
        What was found.
    share : ndarray, shape (N,)
        Independent points by points; variances are divided by it.

    Returns
    -------
    dict of str to BandQuantity
        ``position``, ``fwhm``, ``height``, ``area`` and ``mixing``.
    """
    columns: dict[str, list[tuple[FloatArray, FloatArray, NDArray[np.int8]]]] = {
        name: [] for name in QUANTITIES
    }
    for band in model.names:
        for name, one in zip(QUANTITIES, _band(model, band, fit), strict=True):
            columns[name].append(one)
    found = {}
    for name, unit in zip(QUANTITIES, _UNITS, strict=True):
        values, variances, codes = (
            np.stack(part, axis=1) for part in zip(*columns[name], strict=True)
        )
        variances = np.where((codes == 0) & (variances > 0.0), variances, np.nan)
        sigma = np.sqrt(variances / share[:, None])
        found[name] = BandQuantity(unit, values, sigma, np.asarray(codes, dtype=np.int8))
    return found


def _band(
    model: BandModel, band: str, fit: FitArrays
) -> list[tuple[FloatArray, FloatArray, NDArray[np.int8]]]:
    """Return value, variance and reason of each quantity of a band."""
    position = model.position_names(band)
    shape = (*model.widths, "area") if model.line == "voigt" else ("fwhm", "area", "fraction")
    own = [*position, *(f"{band}.{name}" for name in shape)]
    places = [fit.names.index(name) for name in own]
    p = dict(zip(own, fit.values[:, places].T, strict=True))
    ties = fit.tie_matrix[places]
    covariance = ties @ fit.covariance @ ties.T
    codes = _codes(ties, fit.codes)
    area = p[f"{band}.area"]
    zero, one = np.zeros_like(area), np.ones_like(area)
    gradients = {"position": {name: one for name in position}, "area": {f"{band}.area": one}}
    values = {"position": np.asarray(sum(p[name] for name in position)), "area": area}
    with np.errstate(all="ignore"):
        if model.line == "voigt":
            gauss, lorentz = (p[f"{band}.{name}"] for name in model.widths)
            width, by_gauss, by_lorentz = voigt_width(gauss, lorentz)
            top, _, top_gauss, top_lorentz, _ = voigt(zero, 0.0, gauss, lorentz, one)
            both = (gauss + lorentz) ** 2
            names = [f"{band}.{name}" for name in model.widths]
            values |= {"fwhm": width, "height": area * top, "mixing": lorentz / (gauss + lorentz)}
            gradients["fwhm"] = dict(zip(names, (by_gauss, by_lorentz), strict=True))
            gradients["mixing"] = dict(zip(names, (-lorentz / both, gauss / both), strict=True))
            by_widths = (area * top_gauss, area * top_lorentz)
            gradients["height"] = {f"{band}.area": top, **dict(zip(names, by_widths, strict=True))}
        else:
            width, fraction = p[f"{band}.fwhm"], p[f"{band}.fraction"]
            top = (fraction * _LORENTZ_TOP + (1.0 - fraction) * _GAUSS_TOP) / width
            values |= {"fwhm": width, "height": area * top, "mixing": fraction}
            gradients["fwhm"] = {f"{band}.fwhm": one}
            gradients["mixing"] = {f"{band}.fraction": one}
            gradients["height"] = {
                f"{band}.area": top,
                f"{band}.fwhm": -area * top / width,
                f"{band}.fraction": area * (_LORENTZ_TOP - _GAUSS_TOP) / width,
            }
    found = []
    for quantity in QUANTITIES:
        slopes = np.stack([gradients[quantity].get(name, zero) for name in own], axis=1)
        with np.errstate(all="ignore"):
            variance = np.einsum("na,nab,nb->n", slopes, covariance, slopes)
        uses = [name in gradients[quantity] for name in own]
        leads = [name == f"{band}.area" for name in own] if quantity == "height" else uses
        found.append((values[quantity], variance, _reason(codes, np.array(uses), np.array(leads))))
    return found


def _codes(ties: FloatArray, free: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return the gravest reason of each parameter, shape (N, k)."""
    found = np.empty((len(free), len(ties)), dtype=np.int8)
    for k, row in enumerate(ties):
        parts = np.flatnonzero(row)
        found[:, k] = _gravest(free[:, parts]) if parts.size else _FIXED
    return found


def _gravest(codes: NDArray[np.int8]) -> NDArray[np.int8]:
    some = np.where(codes > 0, codes, np.int8(127)).min(axis=1)
    return np.asarray(np.where(some == 127, 0, some), dtype=np.int8)


def _reason(
    codes: NDArray[np.int8], uses: NDArray[np.bool_], leads: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """Return why a quantity has no error: what it uses is unknown, or all that it is made of is held."""
    held = (codes == _AT_BOUND) | (codes == _FIXED)
    grave = _gravest(np.where(held, np.int8(0), codes)[:, uses])
    none = held[:, leads].all(axis=1)
    return np.asarray(np.where(grave > 0, grave, np.where(none, _gravest(codes[:, leads]), 0)))


def area_covariances(
    model: BandModel, fit: FitArrays, area: BandQuantity, share: FloatArray
) -> FloatArray:
    """Return the covariance of the areas of each row.

    Parameters
    ----------
    model : BandModel
        What was fitted.
    fit : FitArrays
        What was found.
    area : BandQuantity
        Of all bands.
    share : ndarray, shape (N,)
        Independent points by points.

    Returns
    -------
    ndarray, shape (N, B, B)
        NaN in rows and columns of areas without an error.
    """
    ties = fit.tie_matrix[[fit.names.index(f"{band}.area") for band in model.names]]
    found = ties @ fit.covariance @ ties.T / share[:, None, None]
    none = np.isnan(area.sigma)
    return np.where(none[:, :, None] | none[:, None, :], np.nan, found)
