"""Bands of one spectrum above the limit of detection, each with errors by a local fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.detection import FilterBank, filter_bank, limit_of_detection
from spectrafit_ir.bands.edges import point_errors
from spectrafit_ir.bands.found_bands import FoundBand, found_bands
from spectrafit_ir.bands.uneven_noise import local_errors

__all__ = [
    "GROUND",
    "Peak",
    "PeakList",
    "Search",
    "bands_table_text",
    "find_peaks",
    "joined_peaks",
    "largest_peaks",
    "search_of",
]

GROUND = 80.0
"""Largest FWHM of a band in cm-1, where none is given: what is wider is ground."""
# narrowest FWHM in points; widest as a part of the range, and over that of the widest filter: a
# filter is four widths long, and still sees a band that is half as wide again
_NARROWEST, _WIDEST, _BEYOND_FILTER = 4.0, 0.3, 1.5
# half the range of a position in the printed table, in FWHM: what bands move and broaden
_TABLE_REACH = 0.7
_TABLE_LEAST, _TABLE_FAR, _TABLE_MOST = 5.0, 25.0, 15


@dataclass(frozen=True)
class Peak:
    """One band of a spectrum; an error that cannot be given is not a number, with a reason.

    Parameters
    ----------
    position, position_sigma, fwhm, fwhm_sigma : float
        cm-1.
    height, height_sigma : float
        Absorbance, negative for a band that is lost.
    area, area_sigma : float
        Absorbance cm-1.
    mixing, mixing_sigma : float
        Lorentzian share of the height.
    significance : float
        Height over its error, 0 or above.
    kind : str
        ``"peak"``, or ``"shoulder"`` where the curve has no extremum of its own.
    together : int
        Number of listed bands of the common fit.
    reduced_chi2 : float
        Of that fit; above 1 the errors are widened by its root and are no longer those of noise.
    reasons : mapping of str to str
        Why a quantity has no error, or an error of another kind.
    data_cm : tuple of float, optional
        Ends of the data that it was found in, cm-1.
    """

    position: float
    position_sigma: float
    fwhm: float
    fwhm_sigma: float
    height: float
    height_sigma: float
    area: float
    area_sigma: float
    mixing: float
    mixing_sigma: float
    significance: float
    kind: Literal["peak", "shoulder"]
    together: int
    reduced_chi2: float
    reasons: Mapping[str, str]
    data_cm: tuple[float, float] = (-math.inf, math.inf)


@dataclass(frozen=True, eq=False)
class PeakList:
    """Bands of a spectrum and what was looked for.

    Parameters
    ----------
    peaks : tuple of Peak
        By position.
    limit : float
        Errors from zero that a height needs at any one place so that pure noise shows a band
        anywhere in at most 1 of 20 spectra.
    least_height : tuple of (float, float)
        FWHM in cm-1 and the height in absorbance that stands at this limit.
    range_cm : tuple of float
        Where it was looked for, cm-1.
    widths_cm : tuple of float
        Least and largest FWHM of a band, cm-1; what is wider is ground.
    stopped : str
        How many are left out, empty where none is.
    """

    peaks: tuple[Peak, ...]
    limit: float
    least_height: tuple[tuple[float, float], ...]
    range_cm: tuple[float, float]
    widths_cm: tuple[float, float]
    stopped: str


def find_peaks(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    *,
    effective_share: float = 1.0,
    sign: Literal["positive", "both"] = "positive",
    widths_cm: tuple[float, float] | None = None,
    most: int = 60,
) -> PeakList:
    """Return the bands of a mean spectrum or of a difference spectrum.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumber, cm-1, ascending, evenly spaced, without masked points.
    y : ndarray, shape (n,)
        Absorbance; it needs no baseline: a ground that is a parabola over four band widths is
        taken off by the fits.
    sigma : float
        White-noise standard deviation of these points (of a mean over N spectra ``sigma/sqrt(N)``,
        of a difference ``sqrt(2) sigma``), absorbance.
    effective_share : float, optional
        Effective over actual number of points.
    sign : str, optional
        ``"positive"``, or ``"both"`` for a difference.
    widths_cm : tuple of float, optional
        Least and largest FWHM of a band, cm-1; four points to 80 cm-1, or 0.3 of the range
        where that is less, where left out. What is wider is ground.
    most : int, optional
        Number of bands that are listed at most, the most significant ones.

    Returns
    -------
    PeakList

    Raises
    ------
    SettingsError
        When the spectrum or the noise cannot be used.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    search = search_of(x, y, sigma, effective_share, sign, widths_cm)
    bank, limit = search.bank, search.limit
    found = found_bands(x, y, search.errors, bank, limit, search.signs, search.widest)
    turning = _with_extremum(x, found)
    all_peaks = [_peak(x, one, found, own) for one, own in zip(found, turning, strict=True)]
    peaks = sorted(all_peaks, key=_strength)[:most]
    less = len(all_peaks) - len(peaks)
    return PeakList(
        peaks=tuple(sorted(peaks, key=_position)),
        limit=limit,
        least_height=tuple(
            (width, limit * search.level * float(np.linalg.norm(kernel)))
            for width, kernel in zip(bank.widths, bank.heights, strict=True)
        ),
        range_cm=(float(x[0]), float(x[-1])),
        widths_cm=(bank.widths[0], search.widest),
        stopped=f"{less} weaker bands are left out" if less else "",
    )


@dataclass(frozen=True, eq=False)
class Search:
    """How a spectrum is searched.

    Parameters
    ----------
    bank : FilterBank
        Filters.
    limit : float
        Of detection, in errors.
    level : float
        White-noise standard deviation in sums over points, absorbance.
    errors : ndarray, shape (n,)
        The same at each point: larger where the spectrum is noisier.
    signs : tuple of int
        1 and -1 as looked for.
    widest : float
        Largest FWHM of a band, cm-1.
    """

    bank: FilterBank
    limit: float
    level: float
    errors: FloatArray
    signs: tuple[int, ...]
    widest: float


def search_of(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    effective_share: float,
    sign: str,
    widths_cm: tuple[float, float] | None,
) -> Search:
    """Return how a spectrum is searched for bands.

    Parameters
    ----------
    x, y, sigma, effective_share, sign, widths_cm
        As of `find_peaks`.

    Returns
    -------
    Search

    Raises
    ------
    SettingsError
        When the spectrum or the noise cannot be used.
    """
    if x.ndim != 1 or x.shape != y.shape or not np.isfinite(y).all():
        raise SettingsError("the spectrum has masked points", do="look for bands between them")
    if sign not in ("positive", "both"):
        raise SettingsError(f"sign is {sign!r}", do='write "positive" or "both"')
    level = float(point_errors(sigma, effective_share))
    span = float(x[-1] - x[0]) if x.size > 1 else 0.0
    narrow = _NARROWEST * span / max(1, x.size - 1)
    least, most = widths_cm or (narrow, max(_BEYOND_FILTER * narrow, min(_WIDEST * span, GROUND)))
    bank = filter_bank(x, least, max(least, most / _BEYOND_FILTER) if least <= most else most)
    signs = (1, -1) if sign == "both" else (1,)
    return Search(
        bank=bank,
        limit=limit_of_detection(bank.tests, len(signs)),
        level=level,
        errors=local_errors(y, level, sigma, effective_share),
        signs=signs,
        widest=most,
    )


def _peak(x: FloatArray, one: FoundBand, found: Sequence[FoundBand], turns: bool) -> Peak:
    band = one.band
    return Peak(
        *band.position,
        *band.fwhm,
        *band.height,
        *band.area,
        *band.mixing,
        significance=abs(band.height[0]) / band.height[1],
        kind="peak" if turns else "shoulder",
        together=sum(other.fit is one.fit for other in found),
        reduced_chi2=one.fit.reduced_chi2,
        reasons=band.reasons,
        data_cm=(float(x[0]), float(x[-1])),
    )


def _with_extremum(x: FloatArray, found: Sequence[FoundBand]) -> list[bool]:
    """Return of which bands the sum of all has an extremum, each being that of the nearest band."""
    total = np.zeros(x.size)
    for one in found:
        total += one.band.start.curve(x)
    turning = [False] * len(found)
    for sign in (1.0, -1.0):
        own = [i for i, one in enumerate(found) if math.copysign(1.0, one.band.height[0]) == sign]
        inner = sign * total[1:-1]
        tops = (inner > sign * total[:-2]) & (inner >= sign * total[2:]) & (inner > 0.0)
        for at in x[1:-1][tops] if own else ():
            turning[min(own, key=lambda i: abs(found[i].band.position[0] - float(at)))] = True
    return turning


def joined_peaks(first: Sequence[Peak], *more: Sequence[Peak]) -> tuple[Peak, ...]:
    """Return the bands of several spectra of one series, each once.

    A band that moves or broadens makes lobes in a difference within half its FWHM; what lies that
    close to a band already listed is taken for it.

    Parameters
    ----------
    first : sequence of Peak
        Of the mean spectrum.
    *more : sequences of Peak
        Of difference spectra.

    Returns
    -------
    tuple of Peak
        By position.
    """
    kept = list(first)
    for peak in (one for peaks in more for one in sorted(peaks, key=_strength)):
        if all(
            abs(peak.position - other.position) > 0.5 * max(peak.fwhm, other.fwhm) for other in kept
        ):
            kept.append(peak)
    return tuple(sorted(kept, key=_position))


def _strength(peak: Peak) -> float:
    return -peak.significance


def bands_table_text(peaks: Sequence[Peak], most: int = _TABLE_MOST) -> str:
    """Return the table of bands to paste into a study.

    Parameters
    ----------
    peaks : sequence of Peak
        Of `find_peaks` or `joined_peaks`.
    most : int, optional
        Number of bands that it holds at most: those of the largest areas.

    Returns
    -------
    str
        TOML. Each range is that of the position over the whole series: 0.7 FWHM to each side, 5
        cm-1 at least and 25 at most, but not beyond the middle between neighbours nor the data.
    """
    ordered = sorted(largest_peaks(peaks, most), key=_position)
    lines = ["[measurement.settings.bands]"]
    names: set[str] = set()
    for i, peak in enumerate(ordered):
        reach = min(max(_TABLE_REACH * peak.fwhm, _TABLE_LEAST), _TABLE_FAR)
        low = max(math.floor(peak.position - reach), _inward(peak.data_cm[0], 1.0))
        high = min(math.ceil(peak.position + reach), _inward(peak.data_cm[1], -1.0))
        if i:
            low = max(low, _between(ordered[i - 1], peak))
        if i + 1 < len(ordered):
            high = min(high, _between(peak, ordered[i + 1]))
        name = f"{peak.position:.0f}"
        if name in names:
            name = f"{peak.position:.1f}"
        names.add(name)
        lines.append(f'"{name}" = [{low:.6g}, {high:.6g}]')
    return "\n".join(lines) + "\n"


def largest_peaks(peaks: Sequence[Peak], most: int) -> tuple[Peak, ...]:
    """Return the bands of the largest areas.

    Parameters
    ----------
    peaks : sequence of Peak
        Any number.
    most : int
        How many.

    Returns
    -------
    tuple of Peak
        By position.
    """
    chosen = sorted(peaks, key=lambda peak: -abs(peak.area))[:most]
    return tuple(sorted(chosen, key=_position))


def _position(peak: Peak) -> float:
    return peak.position


def _inward(end: float, side: float) -> float:
    """Return an end of the data to a tenth, inside it."""
    return end if math.isinf(end) else side * math.ceil(side * end * 10.0) / 10.0


def _between(one: Peak, other: Peak) -> float:
    """Return the middle between two positions, to a tenth."""
    return round(0.5 * (one.position + other.position), 1)
