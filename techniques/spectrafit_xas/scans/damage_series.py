"""The numbers of repeated scans that damage would change: bands, their ratio, shift, projection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.history import HistoryEntry
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.scans.damage import DriftSeries

__all__ = ["SetAside", "band_series", "drift_series", "ratio_series", "without_unsettled"]

MAD_OF_NORMAL = 1.4826
UNSETTLED = 5.0
SETTLING_POINTS = 10
PREEDGE_BANDS_EV = ((-1.0, 1.5), (1.5, 4.5))
BELOW_EV = -20.0
ABOVE_EV = 40.0
WHITE_LINE_EV = (8.0, 40.0)
HALF_WIDTH_EV = 1.5
FEWEST_OUTSIDE = 3
POINTS_TAKEN = 5
FEWEST_TO_PROJECT = 5


@dataclass(frozen=True)
class SetAside:
    """The first point of a scan that was left out as the monochromator had not settled.

    Parameters
    ----------
    scan : str
        Name of the scan.
    energy_eV : float
        Of its first point.
    deviation : float
        Share by which it differs from the other scans there.
    """

    scan: str
    energy_eV: float
    deviation: float


def without_unsettled(
    spectra: Sequence[Spectrum],
) -> tuple[tuple[Spectrum, ...], tuple[SetAside, ...]]:
    """Return the scans without first points that deviate from those of the others.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Repeated scans; of fewer than three nobody can say which deviates.

    Returns
    -------
    spectra : tuple of Spectrum
        A scan whose first point lies more than five deviations from the median of all has lost
        it; the deviation is the larger of that of all first points and that of the first ten
        points of all scans, both relative.
    set_aside : tuple of SetAside
        What was left out.
    """
    if len(spectra) < 3 or min(len(one) for one in spectra) <= 2:
        return tuple(spectra), ()
    first = spectra[0].x[:SETTLING_POINTS]
    rows = np.array([_values(one, first) for one in spectra])
    rows = rows[:, np.isfinite(rows).all(axis=0)]
    middle = np.median(rows, axis=0)
    if not rows.shape[1] or not (middle != 0).all():
        return tuple(spectra), ()
    shares = np.abs(rows / middle - 1.0)
    typical = MAD_OF_NORMAL * float(np.median(shares))
    kept, aside = [], []
    for spectrum in spectra:
        start = spectrum.x[0]
        others = [float(_values(one, np.array([start]))[0]) for one in spectra]
        known = [value for value in others if np.isfinite(value)]
        expected = float(np.median(known))
        own = MAD_OF_NORMAL * float(np.median(np.abs(np.array(known) / expected - 1.0)))
        apart = float(spectrum.y[0]) / expected - 1.0
        if len(known) < 3 or abs(apart) <= UNSETTLED * max(own, typical):
            kept.append(spectrum)
            continue
        found = SetAside(spectrum.source.name, float(start), apart)
        aside.append(found)
        entry = HistoryEntry(
            "set aside",
            {"energy_eV": found.energy_eV, "deviation": found.deviation},
            "first point, monochromator not settled",
        )
        sigma = None if spectrum.sigma is None else spectrum.sigma[1:]
        kept.append(spectrum.after(entry, x=spectrum.x[1:], y=spectrum.y[1:], sigma=sigma))
    return tuple(kept), tuple(aside)


def _values(spectrum: Spectrum, at: FloatArray) -> FloatArray:
    """Return y at some energies, not a number outside the scan."""
    values = np.interp(at, spectrum.x, spectrum.y)
    slack = 0.5 * float(np.median(np.diff(spectrum.x))) if len(spectrum) > 1 else 0.0
    outside = (at < spectrum.x[0] - slack) | (at > spectrum.x[-1] + slack)
    return np.where(outside, np.nan, values)


def band_series(
    spectra: Sequence[Spectrum], low_eV: float, high_eV: float, name: str
) -> DriftSeries:
    """Return the mean signal of every scan in a band, as a share of the mean of all scans.

    Parameters
    ----------
    spectra : sequence of Spectrum
        In the order of time.
    low_eV, high_eV : float
        Ends of the band; where no point lies inside, the signal at its middle, between two points.
    name : str
        What the band is.

    Returns
    -------
    DriftSeries
    """
    values, errors = [], []
    for one in spectra:
        inside = (one.x >= low_eV) & (one.x <= high_eV)
        if inside.any():
            values.append(float(one.y[inside].mean()))
            count = int(inside.sum())
            if one.sigma is not None:
                errors.append(float(np.sqrt(np.sum(one.sigma[inside] ** 2))) / count)
        else:
            middle = np.array([0.5 * (low_eV + high_eV)])
            values.append(float(_values(one, middle)[0]))
            if one.sigma is not None:
                errors.append(float(np.interp(middle[0], one.x, one.sigma)))
    mean = float(np.nanmean(values)) if np.isfinite(values).any() else np.nan
    scale = abs(mean) if mean else 1.0
    sigma = np.array(errors) / scale if len(errors) == len(spectra) else None
    return DriftSeries(name, np.array(values) / scale, sigma)


def ratio_series(one: DriftSeries, other: DriftSeries) -> DriftSeries:
    """Return the ratio of two bands, which the scale of a scan does not change.

    Parameters
    ----------
    one, other : DriftSeries
        Of the same scans.

    Returns
    -------
    DriftSeries
    """
    ratio = one.values / other.values
    sigma = None
    if one.sigma is not None and other.sigma is not None:
        sigma = np.abs(ratio) * np.hypot(one.sigma / one.values, other.sigma / other.values)
    return DriftSeries(f"ratio of {one.name} to {other.name}", ratio, sigma)


def drift_series(spectra: Sequence[Spectrum], edge_eV: float) -> tuple[DriftSeries, ...]:
    """Return the numbers of repeated scans that damage would change.

    Parameters
    ----------
    spectra : sequence of Spectrum
        At least three scans of one spot, in the order of time.
    edge_eV : float
        Tabulated edge.

    Returns
    -------
    tuple of DriftSeries
        Two pre-edge bands, the rising edge about half height and the white line; the ratio of the
        pre-edge bands; the edge shift; and the projection of the inner scans on the difference of
        last and first. Scans are brought to the scale of their mean, whose edge step is one, by a
        factor and a line that are fitted outside of the edge. Scans without ranges below and above
        the edge give up to five single energies instead, as recorded, and no shift.
    """
    stack = SpectrumSeries(tuple(spectra), condition="").stack()
    x = stack.x
    below, above = x < edge_eV + BELOW_EV, x > edge_eV + ABOVE_EV
    mean = stack.y.mean(axis=0)
    if below.sum() < FEWEST_OUTSIDE or above.sum() < FEWEST_OUTSIDE:
        return _of_short_scans(spectra)
    mean = mean - np.polynomial.Polynomial.fit(x[below], mean[below], 1)(x)
    if not mean[above].mean() > 0:
        return _of_short_scans(spectra)
    mean = mean / mean[above].mean()
    scans = _ScaledScans.of(x, stack.y, stack.sigma, mean, below | above)
    top = (x >= edge_eV + WHITE_LINE_EV[0]) & (x <= edge_eV + WHITE_LINE_EV[1])
    white = float(x[top][np.argmax(mean[top])])
    rising = np.flatnonzero((mean < 0.5) & (x < white) & (x > edge_eV + BELOW_EV))
    half = float(x[rising[-1]]) if rising.size else white
    bands = [
        (edge_eV + a, edge_eV + b, f"pre-edge {edge_eV + a:g}-{edge_eV + b:g} eV")
        for a, b in PREEDGE_BANDS_EV
    ]
    bands.append((half - HALF_WIDTH_EV, half + HALF_WIDTH_EV, f"rising edge {half:.1f} eV"))
    bands.append((white - HALF_WIDTH_EV, white + HALF_WIDTH_EV, f"white line {white:.1f} eV"))
    found = [scans.projected(_band(x, low, high), name) for low, high, name in bands]
    relative = [_relative(one) for one in found]
    shift = scans.shift((x >= edge_eV + BELOW_EV) & (x <= edge_eV + ABOVE_EV))
    change = scans.change()
    return (
        *relative,
        ratio_series(relative[1], relative[0]),
        shift,
        *(() if change is None else (change,)),
    )


@dataclass(frozen=True, eq=False)
class _ScaledScans:
    """Scans on one grid and the factor and line that bring each to their mean."""

    x: FloatArray
    y: FloatArray
    sigma: FloatArray | None
    mean: FloatArray
    maps: FloatArray
    scale: FloatArray
    solved: FloatArray

    @staticmethod
    def of(
        x: FloatArray,
        y: FloatArray,
        sigma: FloatArray | None,
        mean: FloatArray,
        outside: NDArray[np.bool_],
    ) -> _ScaledScans:
        middle = float(x.mean())
        design = np.column_stack((mean, np.ones(x.size), x - middle))
        maps = np.zeros((3, x.size))
        maps[:, outside] = np.linalg.pinv(design[outside])
        solved = y @ maps.T
        return _ScaledScans(x - middle, y, sigma, mean, maps, solved[:, 0], solved)

    def projected(self, weights: FloatArray, name: str, unit: str = "1") -> DriftSeries:
        """Return a weighted sum over every scaled scan, the error of its scale included."""
        line = np.array([weights.sum(), float(weights @ self.x)])
        values = (self.y @ weights - self.solved[:, 1:] @ line) / self.scale
        if self.sigma is None:
            return DriftSeries(name, values, None, unit)
        terms = np.column_stack((values, np.tile(line, (len(values), 1))))
        influence = (weights - terms @ self.maps) / self.scale[:, None]
        return DriftSeries(
            name, values, np.sqrt(np.sum((influence * self.sigma) ** 2, axis=1)), unit
        )

    def shift(self, near: NDArray[np.bool_]) -> DriftSeries:
        """Return the shift of each scan against the mean, from the slope of the mean."""
        slope = np.gradient(self.mean, self.x)
        design = np.column_stack((self.mean, np.ones(self.x.size), self.x, slope))[near]
        maps = np.linalg.pinv(design)
        solved = self.y[:, near] @ maps.T
        values = -solved[:, 3] / solved[:, 0]
        if self.sigma is None:
            return DriftSeries("edge shift", values, None, "eV")
        influence = (maps[3] + values[:, None] * maps[0]) / solved[:, :1]
        sigma = np.sqrt(np.sum((influence * self.sigma[:, near]) ** 2, axis=1))
        return DriftSeries("edge shift", values, sigma, "eV")

    def change(self) -> DriftSeries | None:
        """Return the inner scans on last minus first; those two define it and are not tested."""
        line = np.column_stack((np.ones(self.x.size), self.x))
        scaled = (self.y - self.solved[:, 1:] @ line.T) / self.scale[:, None]
        direction = scaled[-1] - scaled[0]
        size = float(direction @ direction)
        if len(self.y) < FEWEST_TO_PROJECT or size == 0.0:
            return None
        found = self.projected(direction / size, "projection on last minus first", "of the change")
        return _inner(found)


def _band(x: FloatArray, low: float, high: float) -> FloatArray:
    """Return the weights of the mean over a band, of its nearest point where none lies inside."""
    inside = (x >= low) & (x <= high)
    if not inside.any():
        inside[int(np.argmin(np.abs(x - 0.5 * (low + high))))] = True
    return np.asarray(inside / inside.sum(), dtype=np.float64)


def _relative(series: DriftSeries) -> DriftSeries:
    scale = abs(float(series.values.mean()))
    if not scale > 0:
        return series
    sigma = None if series.sigma is None else series.sigma / scale
    return DriftSeries(series.name, series.values / scale, sigma, series.unit)


def _inner(series: DriftSeries) -> DriftSeries:
    values = series.values.copy()
    values[[0, -1]] = np.nan
    return DriftSeries(series.name, values, series.sigma, series.unit)


def _of_short_scans(spectra: Sequence[Spectrum]) -> tuple[DriftSeries, ...]:
    axis = max((one.x for one in spectra), key=lambda x: float(x[-1] - x[0]))
    places = np.unique(np.linspace(0, axis.size - 1, POINTS_TAKEN).round().astype(int))
    slack = 0.25 * float(np.diff(axis).min()) if axis.size > 1 else 0.0
    points = [
        band_series(spectra, float(axis[i]) - slack, float(axis[i]) + slack, f"{axis[i]:g} eV")
        for i in places.tolist()
    ]
    if len(points) < FEWEST_OUTSIDE:
        return tuple(points)
    return (*points, ratio_series(points[-2], points[len(points) // 2 - 1]))
