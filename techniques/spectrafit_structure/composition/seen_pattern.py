"""The isotope pattern of an ion in a measured mass spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_structure.composition.isotopes import IsotopePattern, IsotopePeak

__all__ = ["SeenPattern", "SeenPeak", "seen_pattern"]

_PROFILE_STEP = 0.2  # of the distance of two nominal masses: more points than this are a profile
_REACH = 1.0  # FWHM to each side: 98 % of a Gaussian, 70 % of a Lorentzian, of each peak the same

_SEEN = 5.0  # times the noise beside the peaks


@dataclass(frozen=True)
class SeenPeak:
    """One calculated peak and what the spectrum holds there.

    Parameters
    ----------
    peak : IsotopePeak
        Calculated.
    mz : float or None
        Centroid, None where nothing is there.
    signal : float
        Sum of a list's intensities within the tolerance, or area of a profile's peak.
    of_base : float
        `signal` on the scale of the calculated pattern, percent of its highest peak.
    """

    peak: IsotopePeak
    mz: float | None
    signal: float
    of_base: float


@dataclass(frozen=True)
class SeenPattern:
    """A pattern found in a spectrum.

    Parameters
    ----------
    peaks : tuple of SeenPeak
        Those in the range of the file; empty signal counts as 0.
    rms : float
        Root mean square of observed minus calculated heights, percent of the highest calculated
        peak, after the one scale that makes it least.
    profile : bool
        Whether the file is a profile, else a list of peaks.
    outside : int
        Calculated peaks beyond the range of the file.
    unit : float
        Intensity of 100 % on the calculated scale.
    nearest : float or None
        m/z of the highest point within half a nominal mass of the highest calculated peak.
    """

    peaks: tuple[SeenPeak, ...]
    rms: float
    profile: bool
    outside: int
    unit: float
    nearest: float | None

    @property
    def highest(self) -> SeenPeak | None:
        """The highest observed peak, None where none was seen."""
        seen = [each for each in self.peaks if each.mz is not None]
        return max(seen, key=lambda each: each.signal) if seen else None


def seen_pattern(
    mz: FloatArray,
    intensity: FloatArray,
    pattern: IsotopePattern,
    *,
    tolerance: float,
    smallest: float = 1.0,
) -> SeenPattern:
    """Return the pattern of an ion in a spectrum.

    Parameters
    ----------
    mz, intensity : ndarray, shape (n,)
        Rising; a profile or a list of peaks.
    pattern : IsotopePattern
        Of the ion.
    tolerance : float
        u per charge; how far a peak of a list may be from the calculated one.
    smallest : float
        Percent of the highest calculated peak; lower ones are not looked for.

    Returns
    -------
    SeenPattern
        Of a profile each nominal mass is the area within one FWHM above the median beside the
        peaks; its position is the centroid of the points above half of its height. Its peaks are
        looked for where the highest one is, which tells how far the axis is off.

    Raises
    ------
    SettingsError
        When the tolerance is not above 0, or nothing is looked for.
    """
    if not (math.isfinite(tolerance) and tolerance > 0):
        raise SettingsError(f"a tolerance of {tolerance} in m/z is not above 0")
    wanted = [each for each in pattern.peaks if each.of_base >= smallest]
    if not wanted:
        raise SettingsError(f"no calculated peak has {smallest} % of the highest")
    half = 0.5 / abs(pattern.charge)
    inside = [each for each in wanted if mz[0] - tolerance <= each.mz <= mz[-1] + tolerance]
    part = (mz >= wanted[0].mz - half) & (mz <= wanted[-1].mz + half)
    steps = np.diff(mz[part])
    profile = bool(steps.size and float(np.median(steps)) < _PROFILE_STEP / abs(pattern.charge))
    if profile:
        signals = _of_profile(mz, intensity, [each.mz for each in inside], pattern.base.mz, half)
    else:
        signals = [_of_list(mz, intensity, each.mz, tolerance) for each in inside]
    seen = np.array([signal for signal, _ in signals])
    calculated = np.array([each.of_base for each in inside])
    power = float(calculated @ calculated) if inside else 0.0
    unit = 100.0 * float(seen @ calculated) / power if power else 0.0
    heights = 100.0 * seen / unit if unit > 0 else np.zeros(len(inside))
    rms = float(np.sqrt(np.mean((heights - calculated) ** 2))) if inside else math.inf
    peaks = tuple(
        SeenPeak(peak, place, signal, float(height))
        for peak, (signal, place), height in zip(inside, signals, heights, strict=True)
    )
    return SeenPattern(
        peaks, rms, profile, len(wanted) - len(inside), unit, _nearest(mz, intensity, pattern, half)
    )


def _of_list(
    mz: FloatArray, intensity: FloatArray, at: float, tolerance: float
) -> tuple[float, float | None]:
    part = (np.abs(mz - at) <= tolerance) & (intensity > 0)
    total = float(intensity[part].sum())
    return total, float(mz[part] @ intensity[part]) / total if total > 0 else None


def _of_profile(
    mz: FloatArray, intensity: FloatArray, places: list[float], base: float, half: float
) -> list[tuple[float, float | None]]:
    """Return area and centroid of each peak, all moved by as much as the highest one."""
    near = np.flatnonzero(np.abs(mz - base) <= half)
    if not near.size:
        return [(0.0, None) for _ in places]
    top = near[np.argmax(intensity[near])]
    floor = float(np.median(intensity[(mz >= places[0] - half) & (mz <= places[-1] + half)]))
    floor = min(floor, 0.5 * float(intensity[top]))
    fwhm = _width(mz, intensity - floor, int(top))
    reach = min(half, max(_REACH * fwhm, float(np.median(np.diff(mz[near])))))
    moved = float(mz[top]) - base
    zones = [np.abs(mz - place - moved) <= reach for place in places]
    beside = ~np.logical_or.reduce(zones) & (mz >= places[0] - half) & (mz <= places[-1] + half)
    level = float(np.median(intensity[beside])) if beside.any() else float(intensity[near].min())
    noise = 1.4826 * float(np.median(np.abs(intensity[beside] - level))) if beside.any() else 0.0
    if intensity[top] - level <= _SEEN * noise:
        return [(0.0, None) for _ in places]
    return [_area(mz[zone], intensity[zone] - level) for zone in zones]


def _width(mz: FloatArray, signal: FloatArray, top: int) -> float:
    low = np.flatnonzero(signal < 0.5 * signal[top])
    left, right = low[low < top], low[low > top]
    start = mz[left[-1]] if left.size else mz[0]
    end = mz[right[0]] if right.size else mz[-1]
    return float(end - start)


def _area(x: FloatArray, y: FloatArray) -> tuple[float, float | None]:
    if x.size < 2:
        return 0.0, None
    area, top = float(np.trapezoid(y, x)), float(y.max())
    if not (area > 0 and top > 0):
        return 0.0, None
    upper = y >= 0.5 * top
    return area, float(x[upper] @ y[upper]) / float(y[upper].sum())


def _nearest(
    mz: FloatArray, intensity: FloatArray, pattern: IsotopePattern, half: float
) -> float | None:
    part = np.flatnonzero((np.abs(mz - pattern.base.mz) <= half) & (intensity > 0))
    return float(mz[part[np.argmax(intensity[part])]]) if part.size else None
