"""Bands found one after another: the strongest response of what is left, fitted, and again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_groups import (
    band_curve,
    clusters_of,
    fit_window,
    touches,
    without_bands,
)
from spectrafit_ir.bands.cluster_fit import (
    BandStart,
    ClusterFit,
    FittedBand,
    fit_cluster,
    sketched_bands,
)
from spectrafit_ir.bands.detection import FilterBank, local_extrema

__all__ = ["FoundBand", "pursued_bands"]

# FWHM to each side within which a new band changes its neighbours
_NEIGHBOURS = 1.0
_LEAST_HEIGHT = 3.0
# FWHM of two bands over that of the one that stood for both
_SPLIT = 0.6
# of its FWHM: how far it lies from where one of them is
_ASIDE = 0.3
# places that are refused before the search ends: the spectrum is no sum of bands then
_REFUSED = 30


@dataclass(frozen=True, eq=False)
class FoundBand:
    """A band that the data need.

    Parameters
    ----------
    band : FittedBand
        Its values.
    fit : ClusterFit
        The common fit it is of.
    """

    band: FittedBand
    fit: ClusterFit


def pursued_bands(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    bank: FilterBank,
    limit: float,
    signs: Sequence[int],
    most: int,
) -> tuple[tuple[FoundBand, ...], str]:
    """Return the bands of a spectrum.

    A place counts where the filter's response to the data itself is an extremum beyond the limit
    (so that wrong line shapes of strong bands make none) and its response to what the bands so far
    leave is beyond it too (so that the lobes of a strong band make none). The band stays where it
    lowers chi2 by more than the limit squared in units of what is left.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1; absorbance.
    sigma : float
        White-noise standard deviation, absorbance.
    bank : FilterBank
        Filters.
    limit : float
        Of detection, in errors.
    signs : sequence of int
        1 and -1 as looked for.
    most : int
        Number of bands at which the search stops.

    Returns
    -------
    bands : tuple of FoundBand
    stopped : str
        Why it was cut short, empty where it was not.
    """
    noise = np.full(x.size, sigma)
    first = bank.responses(y, noise)
    allowed = {sign: _allowed(x, bank, first, sign, limit) for sign in signs}
    found: list[BandStart] = []
    refused = 0
    while len(found) < most and refused < _REFUSED:
        z = bank.responses(without_bands(x, y, found), noise)
        best = _strongest(z, allowed, limit)
        if best is None:
            return _finished(x, y, sigma, found), ""
        candidate = bank.candidate(best, float(z[best]), sigma)
        start = BandStart(float(x[candidate.index]), candidate.width, candidate.height)
        tried = _with(x, y, sigma, found, start, limit)
        if tried is None:
            refused += 1
            _forbid(x, bank, allowed[1 if start.height > 0 else -1], best)
        else:
            found = tried
    why = f"{most} bands" if len(found) >= most else f"{_REFUSED} places where no band stays"
    return _finished(x, y, sigma, found), f"stopped after {why}"


def _allowed(
    x: FloatArray, bank: FilterBank, z: FloatArray, sign: int, limit: float
) -> NDArray[np.bool_]:
    """Return the places near an extremum of the data's own response beyond the limit."""
    extrema = local_extrema(z, sign) & (np.nan_to_num(sign * z) > limit)
    step = float(x[1] - x[0])
    wide = np.zeros_like(extrema)
    for row, width in enumerate(bank.widths):
        reach = max(1, round(0.25 * width / step))
        for at in np.flatnonzero(extrema[row]):
            wide[row, max(0, at - reach) : at + reach + 1] = True
    return wide


def _strongest(
    z: FloatArray, allowed: dict[int, NDArray[np.bool_]], limit: float
) -> tuple[int, int] | None:
    best, place = limit, None
    for sign, mask in allowed.items():
        signed = np.where(mask & np.isfinite(z), sign * z, -np.inf)
        at = int(np.argmax(signed))
        if signed.flat[at] > best:
            best, place = float(signed.flat[at]), divmod(at, z.shape[1])
    return place


def _forbid(
    x: FloatArray, bank: FilterBank, mask: NDArray[np.bool_], place: tuple[int, int]
) -> None:
    """Take a place that holds no further band out of the search."""
    row, at = place
    reach = max(1, round(0.25 * bank.widths[row] / float(x[1] - x[0])))
    mask[:, max(0, at - reach) : at + reach + 1] = False


def _start(band: FittedBand) -> BandStart:
    return BandStart(band.position[0], band.fwhm[0], band.height[0], band.mixing[0])


def _too_close(one: BandStart, other: BandStart) -> bool:
    """Return whether two bands are nearer than half the FWHM of the narrower."""
    return abs(one.position - other.position) < 0.5 * min(one.fwhm, other.fwhm)


def _with(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    found: Sequence[BandStart],
    start: BandStart,
    limit: float,
) -> list[BandStart] | None:
    """Return the bands with one more, its neighbours refitted; None where it does not stay."""
    touched = [one for one in found if touches(start, one, _NEIGHBOURS)]
    others = [one for one in found if one not in touched]
    window = fit_window(x, [*touched, start])
    rest = without_bands(x, y, others)
    chi2 = _linear_chi2(x, rest, sigma, [band_curve(x, one) for one in touched], window)
    tries = [list(touched)]
    if touched:
        # one band that stood for two is too broad and between them
        tries.append([replace(one, fwhm=_SPLIT * one.fwhm) for one in touched])
        tries.append([_aside(one, start) for one in touched])
    sketches = [sketched_bands(x, rest, sigma, [*one, start], window) for one in tries]
    bands, after, freedom = min(sketches, key=lambda one: one[1])
    gain = (chi2 - after) / max(1.0, after / freedom)
    apart = not any(_too_close(bands[-1], one) for one in [*bands[:-1], *others])
    return [*others, *bands] if gain > limit**2 and apart else None


def _aside(one: BandStart, new: BandStart) -> BandStart:
    """Return a band that stood for two, narrower and away from the second."""
    side = math.copysign(_ASIDE * one.fwhm, one.position - new.position)
    return replace(one, position=one.position + side, fwhm=_SPLIT * one.fwhm)


def _stands(band: FittedBand) -> bool:
    value, error = band.height
    return math.isfinite(error) and abs(value) > _LEAST_HEIGHT * error


def _linear_chi2(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    curves: Sequence[FloatArray],
    window: tuple[int, int],
) -> float:
    """Return chi2 of the bands so far, scaled as they were fitted, on a line."""
    part = slice(*window)
    t = (x[part] - x[part].mean()) / np.ptp(x[part])
    columns = np.stack([np.ones(t.size), t, *(curve[part] for curve in curves)], axis=1)
    left = y[part] - columns @ np.linalg.lstsq(columns, y[part], rcond=None)[0]
    return float(((left / sigma) ** 2).sum())


def _finished(
    x: FloatArray, y: FloatArray, sigma: float, found: Sequence[BandStart]
) -> tuple[FoundBand, ...]:
    """Return the bands of full fits, each with the others' tails off; what does not stand is left."""
    clusters = clusters_of(found)
    final: list[FoundBand] = []
    for i, cluster in enumerate(clusters):
        others = [one for other in (*clusters[:i], *clusters[i + 1 :]) for one in other]
        full, clusters[i] = _standing(x, without_bands(x, y, others), sigma, cluster)
        final += [FoundBand(band, full) for band in full.bands if _stands(band)]
    return tuple(final)


def _standing(
    x: FloatArray, y: FloatArray, sigma: float, starts: Sequence[BandStart]
) -> tuple[ClusterFit, list[BandStart]]:
    """Return the fit in which every band is above three errors, and where it ended.

    Of bands without errors, which others can stand in for, the smallest is left out first.
    """
    left = list(starts)
    while True:
        full = fit_cluster(x, y, sigma, left, fit_window(x, left))
        weak = [i for i, band in enumerate(full.bands) if not _stands(band)]
        if not weak or len(left) == 1:
            return full, [_start(band) for band in full.bands if _stands(band)]
        areas = [abs(full.bands[i].area[0]) for i in weak]
        drop = weak[int(np.argmin(areas))]
        left = [_start(band) for i, band in enumerate(full.bands) if i != drop]
