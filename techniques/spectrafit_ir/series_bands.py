"""A temperature series with its bands linked: the rows, the fits, and areas on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.fit.parameters import ParameterChange
from spectrafit.history import HistoryEntry, Source
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.groups import band_groups, bands_of
from spectrafit_ir.bands.standard import ScaledValues, by_standard, with_declared_scale
from spectrafit_ir.measured import MeasuredBands, measured_bands
from spectrafit_ir.rows import SpectrumRow, window_rows
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.window_parameters import window_parameters

__all__ = ["Branch", "SeriesBands", "series_bands"]


@dataclass(frozen=True, eq=False)
class Branch:
    """The rows of one branch.

    Parameters
    ----------
    name : str
        ``heating``, ``cooling`` or empty.
    places : ndarray of int, shape (M,)
        In the series, by rising temperature.
    """

    name: str
    places: np.ndarray[tuple[int], np.dtype[np.intp]]

    @property
    def conditions(self) -> dict[str, str]:
        """For what holds for the branch."""
        return {"branch": self.name} if self.name else {}


@dataclass(frozen=True, eq=False)
class SeriesBands:
    """The bands of a series, fitted as one problem for each window.

    Parameters
    ----------
    rows : tuple of SpectrumRow
        By branch and rising temperature.
    T : ndarray, shape (N,)
        K.
    groups : tuple of MeasuredBands
        A linked fit each.
    areas : ScaledValues
        Of all bands, after division by the standard where there is one; errors hold noise and
        misfit.
    settings : InfraredSettings
        As chosen.
    """

    rows: tuple[SpectrumRow, ...]
    T: FloatArray
    groups: tuple[MeasuredBands, ...]
    areas: ScaledValues
    settings: InfraredSettings

    @property
    def names(self) -> tuple[str, ...]:
        """Of all bands, by rising wavenumber."""
        return tuple(name for group in self.groups for name in group.fits.names)

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Heating and cooling, or one without a name."""
        names = dict.fromkeys(row.branch for row in self.rows)
        return tuple(
            Branch(name, np.flatnonzero([row.branch == name for row in self.rows]))
            for name in names
        )

    @property
    def branch_of_rows(self) -> tuple[str, ...]:
        """Of each row."""
        return tuple(row.branch for row in self.rows)

    @property
    def simulated(self) -> bool:
        """Whether a spectrum says that it is simulated."""
        return any(row.absorbance.spectrum.source.simulated for row in self.rows)

    @property
    def positions(self) -> dict[str, float]:
        """Of each band in the middle of the series, cm-1, for marks."""
        return {
            name: float(np.nanmean(group.fits.position.values[:, k]))
            for group in self.groups
            for k, name in enumerate(group.fits.names)
        }

    def place(self, band: str) -> tuple[MeasuredBands, int]:
        """Return the group of a band and its column there.

        Parameters
        ----------
        band : str
            Its name.

        Returns
        -------
        (MeasuredBands, int)

        Raises
        ------
        SettingsError
            When there is none of that name.
        """
        for group in self.groups:
            if band in group.fits.names:
                return group, group.fits.names.index(band)
        group = self.groups[0]
        return group, group.fits.place(band)

    def area(self, band: str) -> tuple[FloatArray, FloatArray]:
        """Return the areas of a band and their errors from spectrum to spectrum.

        Parameters
        ----------
        band : str
            Its name.

        Returns
        -------
        values, sigma : ndarray, shape (N,)
            cm-1; the error holds noise, misfit and the scale of each spectrum, not what the
            series has in common: the baseline and the scale of the whole.
        """
        self.place(band)
        k = self.names.index(band)
        # the standard over itself has no error but that of rounding
        variance = np.maximum(self.areas.covariance[:, k, k], 0.0)
        return self.areas.values[:, k], np.sqrt(variance)

    @property
    def source(self) -> Source:
        """One source for what holds for the series."""
        return Source(f"{len(self.rows)} spectra", simulated=self.simulated)

    def history(self, step: str, settings: Mapping[str, Any]) -> tuple[HistoryEntry, ...]:
        """Return the files of the series and one step.

        Parameters
        ----------
        step : str
            What was done.
        settings : mapping
            With what.

        Returns
        -------
        tuple of HistoryEntry
        """
        files = {"sha256": [row.absorbance.spectrum.source.sha256 for row in self.rows]}
        return HistoryEntry("series", files), HistoryEntry(step, settings)


def series_bands(
    rows: Sequence[SpectrumRow],
    settings: InfraredSettings,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> SeriesBands:
    """Return the linked bands of a series whose rows all have a temperature.

    Parameters
    ----------
    rows : sequence of SpectrumRow
        In any order.
    settings : InfraredSettings
        With named bands.
    parameters : mapping of str to ParameterChange, optional
        Starts, bounds, fixed and tied parameters of the bands, for all spectra.

    Returns
    -------
    SeriesBands

    Raises
    ------
    SpectrafitError
        For bands outside the data, spectra on several grids, a standard or parameters of no band.
    """
    ordered = tuple(sorted(rows, key=lambda row: (row.branch, row.T)))
    T = np.array([row.T for row in ordered], dtype=float)
    groups = band_groups(bands_of(settings.bands), ordered[0].x, window=settings.window_cm)
    windows = [window_rows(ordered, own, fit_saturated=settings.fit_saturated) for own in groups]
    changes = window_parameters(groups, parameters or {})
    measured = tuple(
        measured_bands(rows, settings, T, asked)
        for rows, asked in zip(windows, changes, strict=True)
    )
    return SeriesBands(ordered, T, measured, _scaled(measured, settings), settings)


def _scaled(groups: Sequence[MeasuredBands], settings: InfraredSettings) -> ScaledValues:
    """Return all areas on the scale that the settings ask for."""
    values = np.concatenate([group.fits.area.values for group in groups], axis=1)
    sigma = np.concatenate(
        [group.fits.misfit.sigma_of(group.fits.area.sigma) for group in groups], axis=1
    )
    # a band without an error, at a bound, has no say; the rest of its row has
    sigma = np.where(np.isfinite(sigma) & (sigma > 0.0), sigma, np.inf)
    if not settings.standard:
        row = settings.scale_sigma or 0.0
        finite = np.where(np.isfinite(sigma), sigma, 0.0)
        found = with_declared_scale(values, finite, row=row, series=settings.series_scale_sigma)
        if settings.scale_sigma is None and not settings.series_scale_sigma:
            found = replace(found, said="as measured, its uncertainty not declared")
        return found
    names = [name for group in groups for name in group.fits.names]
    own = next((group for group in groups if settings.standard in group.fits.names), groups[0])
    place = own.fits.place(settings.standard)
    joint = np.zeros(values.shape)
    first = names.index(own.fits.names[0])
    count = len(own.fits.names)
    factor = own.fits.misfit.scale[:, None] ** 2
    joint[:, first : first + count] = own.fits.area_covariance[:, :, place] * factor
    k = names.index(settings.standard)
    return by_standard(values, sigma, values[:, k], sigma[:, k], covariance=joint)
