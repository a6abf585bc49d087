"""Rows in which a band is not seen: fitted again with its position and width held."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.many import fit_many
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.asked_parameters import inside
from spectrafit_ir.bands.band_model import BandModel
from spectrafit_ir.bands.band_quantities import FitArrays, area_covariances, quantities_of
from spectrafit_ir.bands.band_values import BandFits, BandQuantity, reason_code
from spectrafit_ir.bands.misfit import Misfit

__all__ = ["SEEN_FROM", "band_fits", "seen_bands", "without_absent"]

# standard errors of an area, by noise, from which a band counts as seen: a misfit is no reason to
# take a band away, which would make it worse
SEEN_FROM = 3.0
_UNSEEN, _BOUND = reason_code("band not seen in this row"), reason_code("at bound")
_FIXED = reason_code("fixed")
_SHAPE = ("position", "fwhm", "mixing")


def seen_bands(area: BandQuantity) -> NDArray[np.bool_]:
    """Return which areas differ from zero by three errors of noise; without one nothing is seen.

    An area that the user has fixed is seen unless it is zero.

    Parameters
    ----------
    area : BandQuantity
        Of all bands.

    Returns
    -------
    ndarray of bool, shape (N, B)
    """
    with np.errstate(invalid="ignore"):
        clear = np.abs(area.values) >= SEEN_FROM * area.sigma
    return np.asarray(clear | ((area.codes == _FIXED) & (area.values != 0.0)))


def band_fits(model: BandModel, fit: FitArrays, redchi: FloatArray, share: FloatArray) -> BandFits:
    """Return the values of bands from a fit.

    Parameters
    ----------
    model : BandModel
        What was fitted.
    fit : FitArrays
        What was found.
    redchi : ndarray, shape (N,)
        Reduced chi2.
    share : ndarray, shape (N,)
        Independent points by points.

    Returns
    -------
    BandFits
    """
    found = quantities_of(model, fit, share)
    misfit = Misfit(redchi)
    own = [
        [fit.free_names.index(n) for n in fit.free_names if n.startswith(f"{band}.")]
        for band in model.names
    ]
    still = fit.codes == reason_code("equals start")
    return BandFits(
        model=model,
        **found,
        area_covariance=area_covariances(model, fit, found["area"], share),
        at_bound=_at_bound(model, fit),
        equals_start=np.stack([still[:, places].any(axis=1) for places in own], axis=1),
        seen=seen_bands(found["area"]),
        misfit=misfit,
        chi2=fit.chi2,
        converged=fit.converged,
        parameters=fit.values,
        parameter_names=fit.names,
    )


def _at_bound(
    model: BandModel, fit: FitArrays
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    on = fit.codes == _BOUND
    found = []
    for kind in (("center", "distance"), model.widths, ("fraction",)):
        names = [[f"{band}.{part}" for part in kind] for band in model.names]
        places = [[fit.free_names.index(n) for n in own if n in fit.free_names] for own in names]
        found.append(np.stack([on[:, own].any(axis=1) for own in places], axis=1))
    return found[0], found[1], found[2]


def without_absent(
    model: BandModel, rows: Any, noise: FloatArray, share: FloatArray, first: FitArrays
) -> BandFits:
    """Return free fits, those of bands that a row does not show with position and width held.

    Parameters
    ----------
    model : BandModel
        What was fitted.
    rows : Rows or ndarray, shape (N, n)
        Spectra.
    noise, share : ndarray, shape (N,)
        Noise, and independent points by points.
    first : FitArrays
        Fits with everything free.

    Returns
    -------
    BandFits
    """
    freedom = max(1, model.x.size - len(first.free_names))
    whole = band_fits(model, first, first.chi2 / freedom, share)
    fitted = np.isfinite(first.chi2)
    absent = ~whole.seen & fitted[:, None]
    if not absent.any():
        return whole
    usual = _usual(first, whole.seen, model)
    values, covariance = np.array(first.values), np.array(first.covariance)
    codes, chi2, converged = np.array(first.codes), np.array(first.chi2), np.array(first.converged)
    free_count = np.full(len(chi2), len(first.free_names))
    for pattern in np.unique(absent[absent.any(axis=1)], axis=0):
        own = np.flatnonzero((absent == pattern).all(axis=1))
        held = [band for band, off in zip(model.names, pattern, strict=True) if off]
        start = {
            name: values[own, k]
            for k, name in enumerate(first.names)
            if name.partition(".")[0] not in held
        }
        for band in held:
            start |= {n: value for n, value in usual.items() if n.startswith(f"{band}.")}
            start[f"{band}.area"] = values[own, first.names.index(f"{band}.area")]
        start = inside(start, model.changes(held))
        single = {name: float(np.ravel(value)[0]) for name, value in start.items()}
        stack = fit_many(
            model.problem(single, held), np.asarray(rows[own], dtype=float), start=start,
            sigma=np.broadcast_to(noise[own][:, None], (own.size, model.x.size)), engine="batch",
            restarts=0,
        )  # fmt: skip
        places = [first.free_names.index(name) for name in stack.free_names]
        values[own], chi2[own], converged[own] = stack.values, stack.chi2, stack.converged
        covariance[own], codes[own] = 0.0, _UNSEEN
        covariance[own[:, None, None], np.array(places)[:, None], places] = stack.free_covariance
        bound = np.where(stack.without_error, _BOUND, 0)
        codes[own[:, None], places] = np.where(
            stack.converged[:, None], bound, reason_code("not at a minimum")
        )
        free_count[own] = len(places)
    again = FitArrays(
        first.names, values, first.tie_matrix, covariance, codes, chi2, converged, first.free_names
    )
    redchi = chi2 / np.maximum(1, model.x.size - free_count)
    return _unseen(band_fits(model, again, redchi, share), absent)


def _usual(fit: FitArrays, seen: NDArray[np.bool_], model: BandModel) -> dict[str, float]:
    """Return position, width and mixing that each band has where it is seen, the median of rows."""
    found: dict[str, float] = {}
    for k, band in enumerate(model.names):
        rows = seen[:, k] if seen[:, k].any() else np.isfinite(fit.chi2)
        for place, name in enumerate(fit.names):
            if name.startswith(f"{band}.") and not name.endswith(".area"):
                found[name] = float(np.median(fit.values[rows, place]))
    return found


def _unseen(fits: BandFits, absent: NDArray[np.bool_]) -> BandFits:
    """Return the fits without numbers for position, FWHM and mixing of bands that are absent."""
    from dataclasses import replace

    changed: dict[str, Any] = {}
    for name in _SHAPE:
        old: BandQuantity = getattr(fits, name)
        changed[name] = BandQuantity(
            old.unit,
            np.where(absent, np.nan, old.values),
            np.where(absent, np.nan, old.sigma),
            np.where(absent, np.int8(_UNSEEN), old.codes),
        )
    return replace(fits, **changed, seen=fits.seen & ~absent)
