"""Spectra made ready, and the rows of a window that they have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray
from spectrafit_ir.absorbance import Absorbance, absorbance_of
from spectrafit_ir.bands.groups import BandGroup
from spectrafit_ir.noise import Noise, noise_of
from spectrafit_ir.settings import InfraredSettings

__all__ = [
    "SpectrumRow",
    "WindowRows",
    "common_grid",
    "longest_stretch",
    "notices_of",
    "spectrum_row",
    "window_rows",
]

# of the distance of points: wavenumbers of one grid differ by less
_SAME = 0.02


@dataclass(frozen=True, eq=False)
class SpectrumRow:
    """One spectrum, ready for its bands.

    Parameters
    ----------
    label : str
        Of its file.
    absorbance : Absorbance
        With what was masked.
    noise : Noise
        Of a point.
    T : float or None
        K.
    branch : str
        ``heating``, ``cooling`` or empty.
    resolution : float or None
        Of the instrument, cm-1, where the file or the settings hold it.
    """

    label: str
    absorbance: Absorbance
    noise: Noise
    T: float | None
    branch: str
    resolution: float | None

    @property
    def x(self) -> FloatArray:
        """Wavenumbers, rising, cm-1."""
        return self.absorbance.spectrum.x

    @property
    def y(self) -> FloatArray:
        """Absorbance."""
        return self.absorbance.spectrum.y


def spectrum_row(recording: Recording, settings: InfraredSettings, label: str = "") -> SpectrumRow:
    """Return a recording as a spectrum that bands can be fitted to.

    Parameters
    ----------
    recording : Recording
        Of an infrared reader.
    settings : InfraredSettings
        Block and kind.
    label : str, optional
        Name in tables and figures; that of the recording when left out.

    Returns
    -------
    SpectrumRow

    Raises
    ------
    SpectrafitError
        When it is no absorbance or transmittance, or its noise is not known.
    """
    absorbance = absorbance_of(recording, settings.block, settings.kind)
    noise = noise_of(absorbance.spectrum.x, absorbance.spectrum.y)
    if not noise.sigma > 0.0:
        raise SettingsError(
            f"the noise is not known: {noise.reason}",
            where=recording.name,
            do="check the file: values that were rounded or smoothed away have no noise",
        )
    T = recording.conditions.get("T")
    return SpectrumRow(
        label or recording.name,
        absorbance,
        noise,
        float(T) if isinstance(T, int | float) else None,
        str(recording.conditions.get("branch", "")),
        settings.resolution_cm or _resolution(recording),
    )


def _resolution(recording: Recording) -> float | None:
    """Return the resolution that a header states in cm-1."""
    for key in ("resolution", "RES", "##RESOLUTION"):
        words = recording.header.get(key, "").split()
        try:
            value = float(words[0]) if words else 0.0
        except ValueError:
            continue
        if 0.0 < value < 100.0:
            return value
    return None


@dataclass(frozen=True, eq=False)
class WindowRows:
    """The points of several spectra in one window.

    Parameters
    ----------
    group : BandGroup
        Bands and window.
    x : ndarray, shape (n,)
        Rising, cm-1.
    Y : ndarray, shape (N, n)
        Absorbance.
    sigma : ndarray, shape (N,)
        White-noise standard deviation of a point.
    share : ndarray, shape (N,)
        Independent points by points.
    """

    group: BandGroup
    x: FloatArray
    Y: FloatArray
    sigma: FloatArray
    share: FloatArray

    def __len__(self) -> int:
        return len(self.Y)


def longest_stretch(x: FloatArray) -> slice:
    """Return the longest run of evenly spaced points, between masked ones.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Rising, cm-1.

    Returns
    -------
    slice
    """
    step = np.diff(x)
    holes = np.flatnonzero(step > 1.5 * np.median(step)) + 1
    ends = np.concatenate([[0], holes, [x.size]])
    longest = int(np.argmax(np.diff(ends)))
    return slice(int(ends[longest]), int(ends[longest + 1]))


def common_grid(rows: Sequence[SpectrumRow], low: float, high: float) -> bool:
    """Return whether spectra have the same points in a window.

    Parameters
    ----------
    rows : sequence of SpectrumRow
        One or more.
    low, high : float
        cm-1.

    Returns
    -------
    bool
    """
    first = _inside(rows[0].x, low, high)
    step = float(np.median(np.diff(first))) if first.size > 1 else 0.0
    others = (_inside(row.x, low, high) for row in rows[1:])
    return all(
        one.shape == first.shape and bool((np.abs(one - first) <= _SAME * step).all())
        for one in others
    )


def _inside(x: FloatArray, low: float, high: float) -> FloatArray:
    return x[(x >= low) & (x <= high)]


def window_rows(
    rows: Sequence[SpectrumRow], group: BandGroup, *, fit_saturated: bool = False
) -> WindowRows:
    """Return the points of spectra in the window of a group of bands.

    Parameters
    ----------
    rows : sequence of SpectrumRow
        One or more.
    group : BandGroup
        Bands and window.
    fit_saturated : bool, optional
        Whether a window in which a spectrum is saturated may be fitted without these points, which
        are then left out of all spectra.

    Returns
    -------
    WindowRows

    Raises
    ------
    SpectrafitError
        When a spectrum does not cover the window, is saturated in it, or has other points than the
        first: nothing is interpolated before a fit.
    """
    for row in rows:
        row.absorbance.window(group.low, group.high)
        saturated = row.absorbance.saturated_in(group.low, group.high)
        if saturated is not None and not fit_saturated:
            raise SettingsError(
                f"saturated in the window of {group.name}: {saturated}",
                where=row.label,
                do="no area can be given: use a thinner sample, leave the band out, or fit the "
                "points that are left with fit_saturated = true",
            )
    if fit_saturated:
        rows = _unsaturated(rows, group.low, group.high)
    if not common_grid(rows, group.low, group.high):
        raise SpectrafitError(
            f"the spectra have different points from {group.low:g} to {group.high:g} cm-1",
            where=rows[0].label,
            do="they are fitted one by one; fit together those of one grid",
        )
    keep = [(row.x >= group.low) & (row.x <= group.high) for row in rows]
    return WindowRows(
        group,
        rows[0].x[keep[0]],
        np.stack([row.y[inside] for row, inside in zip(rows, keep, strict=True)]),
        np.array([row.noise.sigma for row in rows]),
        np.array(
            [row.noise.effective_share if row.noise.effective_share > 0.0 else 1.0 for row in rows]
        ),
    )


def _unsaturated(rows: Sequence[SpectrumRow], low: float, high: float) -> tuple[SpectrumRow, ...]:
    """Return spectra without the points that are saturated in any of them."""
    ranges = {(one.low, one.high) for row in rows for one in row.absorbance.saturated(low, high)}
    if not ranges:
        return tuple(rows)
    found = []
    for row in rows:
        slack = 0.5 * float(np.median(np.diff(row.x)))
        kept = np.ones(row.x.size, dtype=bool)
        for first, last in ranges:
            kept &= (row.x < first - slack) | (row.x > last + slack)
        spectrum = row.absorbance.spectrum
        left = replace(spectrum, x=spectrum.x[kept], y=spectrum.y[kept])
        found.append(replace(row, absorbance=replace(row.absorbance, spectrum=left)))
    return tuple(found)


def notices_of(rows: Sequence[SpectrumRow]) -> tuple[Alert, ...]:
    """Return what was noticed while spectra were made ready, each once.

    Parameters
    ----------
    rows : sequence of SpectrumRow
        One or more.

    Returns
    -------
    tuple of Alert
    """
    return tuple(dict.fromkeys(alert for row in rows for alert in row.absorbance.notices))
