"""Bands of a difference spectrum that are not those already listed, moved, broadened or weakened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_groups import clusters_of, fit_window, without_bands
from spectrafit_ir.bands.cluster_fit import BandStart, sketched_bands
from spectrafit_ir.bands.detection import FilterBank, filter_bank
from spectrafit_ir.bands.edges import point_errors
from spectrafit_ir.bands.peaks import Peak, PeakList, find_peaks

__all__ = ["changes_of_known", "difference_peaks"]

# passes over groups of bands whose tails are in the way of others
_PASSES = 2
_MOST_NEW = 12


def changes_of_known(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    known: Sequence[Peak],
    bank: FilterBank,
    limit: float,
) -> FloatArray:
    """Return the part of a difference that changes of known bands describe.

    The known bands with other positions, widths and heights, less the known bands. A band that
    moves makes two lobes of opposite sign, which as bands of their own would be a wrong description
    of any quality. So that a known band does not stretch to a new one, the strongest response of
    what is left joins the fit, one after another.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1; difference, absorbance.
    sigma : float
        White-noise standard deviation of the difference, absorbance.
    known : sequence of Peak
        Of the mean or of the reference spectrum.
    bank : FilterBank
        Filters.
    limit : float
        Of detection, in errors.

    Returns
    -------
    ndarray, shape (n,)
        Absorbance.
    """
    starts = [BandStart(one.position, one.fwhm, one.height, one.mixing) for one in known]
    other = y - without_bands(x, np.zeros(x.size), starts)
    new: list[BandStart] = []
    noise = np.full(x.size, sigma)
    while True:
        moved = _refitted(x, other, sigma, [*starts, *new])
        z = bank.responses(without_bands(x, other, moved), noise)
        place = int(np.nanargmax(np.abs(z)))
        if len(new) >= _MOST_NEW or abs(z.flat[place]) <= limit:
            return y - without_bands(x, other, moved[: len(starts)])
        best = bank.candidate(divmod(place, x.size), float(z.flat[place]), sigma)
        new = [*moved[len(starts) :], BandStart(float(x[best.index]), best.width, best.height)]


def _refitted(
    x: FloatArray, y: FloatArray, sigma: float, starts: Sequence[BandStart]
) -> list[BandStart]:
    """Return the bands in the order of their starts, fitted in groups."""
    now = {id(one): one for one in starts}
    for _ in range(_PASSES):
        for group in clusters_of(starts):
            inside = {id(one) for one in group}
            rest = without_bands(x, y, [now[key] for key in now if key not in inside])
            part = [now[id(one)] for one in group]
            fitted, *_ = sketched_bands(x, rest, sigma, part, fit_window(x, part))
            now.update(zip((id(one) for one in group), fitted, strict=True))
    return [now[id(one)] for one in starts]


def difference_peaks(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    known: Sequence[Peak],
    *,
    effective_share: float = 1.0,
    widths_cm: tuple[float, float] | None = None,
) -> PeakList:
    """Return the bands of a difference spectrum beyond the changes of known bands.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1, ascending, evenly spaced; difference, absorbance.
    sigma : float
        White-noise standard deviation of the difference, absorbance.
    known : sequence of Peak
        Of the mean or of the reference spectrum.
    effective_share : float, optional
        Effective over actual number of points.
    widths_cm : tuple of float, optional
        As of `find_peaks`.

    Returns
    -------
    PeakList
        Of either sign.

    Raises
    ------
    SettingsError
        As of `find_peaks`.
    """
    level = float(point_errors(sigma, effective_share))
    none = find_peaks(
        x,
        np.zeros(x.size),
        sigma,
        effective_share=effective_share,
        sign="both",
        widths_cm=widths_cm,
    )
    bank = filter_bank(x, *none.widths_cm)
    part = changes_of_known(x, y, level, known, bank, none.limit)
    return find_peaks(
        x, y - part, sigma, effective_share=effective_share, sign="both", widths_cm=widths_cm
    )
