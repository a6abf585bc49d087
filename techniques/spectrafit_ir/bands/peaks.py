"""Bands of one spectrum above the limit of detection, each with errors by a local fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.cluster_fit import FittedBand
from spectrafit_ir.bands.detection import filter_bank, limit_of_detection
from spectrafit_ir.bands.edges import point_errors
from spectrafit_ir.bands.pursuit import FoundBand, pursued_bands

__all__ = ["Peak", "PeakList", "bands_table_text", "find_peaks", "joined_peaks"]

# narrowest FWHM in points, and widest as a part of the range: a filter is four widths long
_NARROWEST, _WIDEST = 4.0, 1.0 / 6.0
# half the range of a position in the printed table, in FWHM: what bands move and broaden
_TABLE_REACH = 0.7
_TABLE_LEAST = 5.0


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
        Number of bands of the common fit.
    reduced_chi2 : float
        Of that fit; above 1 the errors are widened by its root and are no longer those of noise.
    reasons : mapping of str to str
        Why a quantity has no error, or an error of another kind.
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
        FWHM of the narrowest and widest filter, cm-1.
    stopped : str
        Why the search was cut short, empty where it was not.
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
        Absorbance; a ground that is a parabola over four band widths needs no baseline.
    sigma : float
        White-noise standard deviation of these points (of a mean over N spectra ``sigma/sqrt(N)``,
        of a difference ``sqrt(2) sigma``), absorbance.
    effective_share : float, optional
        Effective over actual number of points.
    sign : str, optional
        ``"positive"``, or ``"both"`` for a difference.
    widths_cm : tuple of float, optional
        Least and largest FWHM, cm-1; four points to a sixth of the range where left out.
    most : int, optional
        Number of bands at which the search stops.

    Returns
    -------
    PeakList

    Raises
    ------
    SettingsError
        When the spectrum or the noise cannot be used.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or not np.isfinite(y).all():
        raise SettingsError("the spectrum has masked points", do="look for bands between them")
    if sign not in ("positive", "both"):
        raise SettingsError(f"sign is {sign!r}", do='write "positive" or "both"')
    level = float(point_errors(sigma, effective_share))
    span = float(x[-1] - x[0]) if x.size > 1 else 0.0
    step = span / max(1, x.size - 1)
    narrow, wide = widths_cm or (_NARROWEST * step, max(_NARROWEST * step, _WIDEST * span))
    bank = filter_bank(x, narrow, wide)
    signs = (1, -1) if sign == "both" else (1,)
    limit = limit_of_detection(bank.tests, len(signs))
    found, stopped = pursued_bands(x, y, level, bank, limit, signs, most)
    total = np.sum([one.fit.curve for one in _fits(found)], axis=0) if found else np.zeros(x.size)
    peaks = [_peak(x, total, one) for one in found]
    return PeakList(
        peaks=tuple(sorted(peaks, key=lambda peak: peak.position)),
        limit=limit,
        least_height=tuple(
            (width, limit * level * float(np.linalg.norm(kernel)))
            for width, kernel in zip(bank.widths, bank.kernels, strict=True)
        ),
        range_cm=(float(x[0]), float(x[-1])),
        widths_cm=(bank.widths[0], bank.widths[-1]),
        stopped=stopped,
    )


def _fits(found: Sequence[FoundBand]) -> list[FoundBand]:
    """Return one band of each common fit."""
    return list({id(one.fit): one for one in found}.values())


def _peak(x: FloatArray, total: FloatArray, one: FoundBand) -> Peak:
    band: FittedBand = one.band
    return Peak(
        *band.position,
        *band.fwhm,
        *band.height,
        *band.area,
        *band.mixing,
        significance=abs(band.height[0]) / band.height[1],
        kind="peak" if _has_extremum(x, total, band) else "shoulder",
        together=len(one.fit.bands),
        reduced_chi2=one.fit.reduced_chi2,
        reasons=band.reasons,
    )


def _has_extremum(x: FloatArray, total: FloatArray, band: FittedBand) -> bool:
    """Return whether the sum of all bands turns within a quarter of the FWHM of this one."""
    signed = math.copysign(1.0, band.height[0]) * total
    near = np.flatnonzero(np.abs(x - band.position[0]) <= 0.25 * band.fwhm[0] + (x[1] - x[0]))
    inner = near[(near > 0) & (near < x.size - 1)]
    turns = (signed[inner] >= signed[inner - 1]) & (signed[inner] >= signed[inner + 1])
    return bool(turns.any())


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
    return tuple(sorted(kept, key=lambda peak: peak.position))


def _strength(peak: Peak) -> float:
    return -peak.significance


def bands_table_text(peaks: Sequence[Peak]) -> str:
    """Return the table of bands to paste into a study.

    Parameters
    ----------
    peaks : sequence of Peak
        Of `find_peaks` or `joined_peaks`.

    Returns
    -------
    str
        TOML. Each range is that of the position over the whole series: 0.7 FWHM to each side, 5
        cm-1 at least, but not beyond the middle between neighbours.
    """
    ordered = sorted(peaks, key=lambda peak: peak.position)
    lines = ["[measurement.settings.bands]"]
    names: set[str] = set()
    for i, peak in enumerate(ordered):
        reach = max(_TABLE_REACH * peak.fwhm, _TABLE_LEAST)
        low, high = (
            float(math.floor(peak.position - reach)),
            float(math.ceil(peak.position + reach)),
        )
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


def _between(one: Peak, other: Peak) -> float:
    """Return the middle between two positions, to a tenth."""
    return round(0.5 * (one.position + other.position), 1)
