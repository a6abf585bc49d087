"""Linked fits of bands: one problem over all rows, with positions and widths that follow laws in T."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.shared.coefficients import Coefficients
from spectrafit.fit.shared.law import SharedLaw, constant_law, linear_law
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.absent import band_fits
from spectrafit_ir.bands.band_model import BandModel, BandSpec, LineShape, LocalBaseline, band_model
from spectrafit_ir.bands.band_starts import band_starts
from spectrafit_ir.bands.band_values import BandFits
from spectrafit_ir.bands.linked_minimum import LinkedMinimum, linked_minimum
from spectrafit_ir.bands.misfit import MISFIT_FROM
from spectrafit_ir.bands.profile import checked_noise, checked_share, in_place, row_sigma, spread

__all__ = ["LinkedBands", "PositionLaw", "WidthLaw", "fit_linked"]

PositionLaw = Literal["linear", "constant", "free"]
WidthLaw = Literal["auto", "linear", "constant", "free"]

# chi2 that a slope must win to be worth its parameter (Akaike)
_WORTH = 2.0


@dataclass(frozen=True, eq=False)
class LinkedBands(BandFits):
    """Bands of a series that was fitted as one problem.

    The values are as of `BandFits`; those of positions and widths are the laws' where they follow
    one, so that a band which vanishes keeps them, and its area passes through zero.

    Parameters
    ----------
    T : ndarray, shape (N,)
        Temperatures, K.
    T_ref : float
        Where the first coefficient of a law holds, K.
    coefficients : Coefficients
        Of the laws, like ``"1485.center slope"``, with their joint covariance, by noise.
    redchi : float
        Reduced chi2 of the whole series.
    starts, agreeing : int
        Starts that were tried, and those that led to this minimum; no more are tried after two.
    width_slopes : tuple of bool
        Whether the FWHM of each band has a slope.
    slope_chi2 : ndarray, shape (B,)
        Rise of chi2, in units of reduced chi2, when a slope is left out; NaN where none was tried.
    area_factor : ndarray, shape (N, B, m)
        How far the areas follow the laws: between rows their covariance is
        ``area_factor[i] @ area_factor[j].T``.
    """

    T: FloatArray
    T_ref: float
    coefficients: Coefficients
    redchi: float
    starts: int
    agreeing: int
    width_slopes: tuple[bool, ...]
    slope_chi2: FloatArray
    area_factor: FloatArray

    def area_across(self, band: str, other: str = "") -> FloatArray:
        """Return the covariance of a band's area between rows, by noise: the laws connect them.

        Parameters
        ----------
        band : str
            Of the first index.
        other : str, optional
            Of the second index; the same band when left out.

        Returns
        -------
        ndarray, shape (N, N)
            NaN where there is no error.
        """
        a, b = self.place(band), self.place(other or band)
        across = self.area_factor[:, a] @ self.area_factor[:, b].T
        np.fill_diagonal(across, self.area_covariance[:, a, b])
        none = np.isnan(self.area.sigma[:, a]), np.isnan(self.area.sigma[:, b])
        return np.where(none[0][:, None] | none[1][None, :], np.nan, across)


def fit_linked(
    x: ArrayLike,
    Y: ArrayLike,
    sigma: ArrayLike,
    T: ArrayLike,
    bands: Sequence[BandSpec],
    line: LineShape = "pseudo-voigt",
    baseline: LocalBaseline = "line",
    *,
    position: PositionLaw | Mapping[str, PositionLaw] = "linear",
    width: WidthLaw | Mapping[str, WidthLaw] = "auto",
    mixing: float | None = None,
    distances: Mapping[str, str] | None = None,
    fwhm: tuple[float, float] | None = None,
    start: Mapping[str, tuple[float, float]] | None = None,
    T_ref: float | None = None,
    effective_share: ArrayLike = 1.0,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> LinkedBands:
    """Return the fit of a series as one problem: laws for positions and widths, areas free.

    Positions are ``nu0 + s (T - T_ref)`` and widths ``w0 + w1 (T - T_ref)``, mixings are constants;
    areas and the local baseline are free in every row, and areas may be negative. A shared constant
    width would bias the areas of the end rows by 6 % when bands broaden by 20 %.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, rising, cm-1.
    Y : array_like, shape (N, n)
        Absorbance, one row a spectrum; one with a value that is not finite is left
        out and says so.
    sigma : array_like, shape (N,) or one number
        Standard deviation of the white noise of each row, absorbance.
    T : array_like, shape (N,)
        Temperatures, K.
    bands : sequence of BandSpec
        Name and range of the position of each.
    line, baseline, fwhm, effective_share, parameters : optional
        As of `fit_bands`; a parameter that is fixed or tied follows no law of its own.
    start : mapping of str to (float, float), optional
        Position and FWHM to start a band with. Where the fit from there misses the data or ends on
        a bound, starts are looked for as well and the lower minimum is taken.
    position : str or mapping of str to str, optional
        ``"linear"``, ``"constant"`` or ``"free"`` in every row; for all bands or by name.
    width : str or mapping of str to str, optional
        ``"linear"``, ``"constant"``, ``"free"``, or ``"auto"``: linear, unless leaving out the slope
        raises chi2 by no more than 2. Of a Voigt line the Lorentzian part has the slope.
    mixing : float, optional
        Lorentzian share by area of a pseudo-Voigt; one constant for each band when left out.
    distances : mapping of str to str, optional
        Overlapping bands whose distance is one constant: ``{"shoulder": "main"}``.
    T_ref : float, optional
        K; the middle of the range when left out.

    Returns
    -------
    LinkedBands

    Raises
    ------
    SettingsError
        For bands, laws, bounds, noise, temperatures or parameters that cannot serve.
    FitError
        When shapes do not fit together or nothing can be fitted.

    Notes
    -----
    Where the true mixing is 0 or 1 it is on its bound, and areas are off by 0.15 standard errors in
    the mean of simulated series; fit such bands as Gaussians or Lorentzians.
    """
    model = band_model(x, bands, line, baseline, mixing, fwhm, distances, parameters)
    y = np.asarray(Y, dtype=float)
    if y.ndim != 2 or y.shape[1] != model.x.size:
        raise SettingsError(f"Y has shape {y.shape} for {model.x.size} points", where="Y")
    noise, share = checked_noise(sigma, len(y)), checked_share(effective_share, len(y))
    temperature = np.asarray(T, dtype=float)
    if temperature.shape != (len(y),) or not (temperature >= 0.0).all():
        raise SettingsError(
            f"{len(y)} spectra and temperatures of shape {temperature.shape}",
            where="T",
            do="give one temperature in K for each",
        )
    at = 0.5 * float(temperature.min() + temperature.max()) if T_ref is None else float(T_ref)
    used = np.isfinite(y).all(axis=1)
    if not used.any():
        raise FitError("no spectrum is finite", where="Y", do="mask points, not whole rows")
    positions = _by_band(position, model, "position", ("linear", "constant", "free"))
    widths = _by_band(width, model, "width", ("auto", "linear", "constant", "free"))
    for band in model.distances:
        positions[band] = "constant"
    series = _Series(
        model, y[used], row_sigma(noise[used], model.x.size), temperature[used], at, positions
    )
    asked = dict(start or {})
    chosen = series.chosen(widths, series.starts(noise[used], asked))
    if asked and (chosen[0].redchi > MISFIT_FROM or chosen[0].at_bound):
        searched = series.chosen(widths, series.starts(noise[used], {}))
        chosen = min(chosen, searched, key=lambda one: one[0].chi2)
    found, slopes, rise = chosen
    return _linked(model, found, slopes, rise, (temperature, at, share, used))


def _by_band(
    given: str | Mapping[str, str], model: BandModel, what: str, kinds: tuple[str, ...]
) -> dict[str, str]:
    found = dict.fromkeys(model.names, kinds[0])
    found |= dict.fromkeys(model.names, given) if isinstance(given, str) else dict(given)
    for band, kind in found.items():
        if band not in model.names or kind not in kinds:
            raise SettingsError(
                f"{what} of {band!r} is {kind!r}", where=what, do=f"write {', '.join(kinds)}"
            )
    return found


@dataclass(frozen=True, eq=False)
class _Series:
    model: BandModel
    y: FloatArray
    sigma: FloatArray
    T: FloatArray
    at: float
    positions: Mapping[str, str]

    def starts(
        self, noise: FloatArray, asked: Mapping[str, tuple[float, float]]
    ) -> list[dict[str, FloatArray]]:
        """Return starts of the series: each row's own reference, and each reference for all rows."""
        found = band_starts(self.model, self.y, noise, asked)
        alike = [replace(found, templates=(one,)).of_rows(self.y)[0] for one in found.templates]
        return [found.of_rows(self.y)[0], *alike] if len(alike) > 1 else alike

    def laws(self, widths: Mapping[str, str], free: Sequence[str]) -> dict[str, SharedLaw]:
        """Return the laws of all free parameters that follow one."""
        kinds: dict[str, str] = {}
        for band in self.model.names:
            kinds[self.model.position_names(band)[-1]] = self.positions[band]
            for part in self.model.widths:
                inhomogeneous = part == "fwhm_gauss" and widths[band] == "linear"
                kinds[f"{band}.{part}"] = "constant" if inhomogeneous else widths[band]
            kinds[f"{band}.fraction"] = "constant"
        return {n: self._law(kind) for n, kind in kinds.items() if kind != "free" and n in free}

    def _law(self, kind: str) -> SharedLaw:
        if kind == "constant":
            return constant_law(len(self.T))
        return linear_law(self.T, at=self.at, unit="K")

    def fitted(
        self,
        widths: Mapping[str, str],
        starts: Sequence[Mapping[str, FloatArray]],
        *,
        fresh: bool = True,
    ) -> LinkedMinimum:
        first = {name: float(values[0]) for name, values in starts[0].items()}
        problem = self.model.problem(first)
        laws = self.laws(widths, problem.free_names)
        if not laws:
            raise SettingsError("nothing is linked", do="use fit_bands for free fits")
        return linked_minimum(problem, self.y, self.sigma, laws, starts, fresh=fresh)

    def chosen(
        self, widths: Mapping[str, str], starts: Sequence[Mapping[str, FloatArray]]
    ) -> tuple[LinkedMinimum, dict[str, bool], dict[str, float]]:
        """Return the fit with slopes of widths where chi2 asks for them, which, and their worth."""
        full = {band: "linear" if kind == "auto" else kind for band, kind in widths.items()}
        found, kinds = self.fitted(full, starts), full
        free = {b for b in widths if f"{b}.{self.model.widths[-1]}" in found.arrays.free_names}
        tried = [band for band, kind in widths.items() if kind == "auto" and band in free]
        rise = {band: self._worth(found, band) for band in tried}
        dropped = [band for band in tried if not rise[band] > _WORTH]
        if dropped:
            fewer = full | dict.fromkeys(dropped, "constant")
            names = found.arrays.names
            here = {name: found.arrays.values[:, names.index(name)] for name in starts[0]}
            again = self.fitted(fewer, [here], fresh=False)
            lost = (again.chi2 - found.chi2) / max(1.0, found.redchi)
            # slopes of two bands may be worth something together though neither is alone
            if lost <= _WORTH * len(dropped):
                found, kinds = replace(again, starts=found.starts, agreeing=found.agreeing), fewer
        slopes = {band: kind == "linear" and band in free for band, kind in kinds.items()}
        return found, slopes, rise

    def _worth(self, found: LinkedMinimum, band: str) -> float:
        """Return the rise of chi2 without a slope, by its parabola: (slope / error)^2."""
        name = f"{band}.{self.model.widths[-1]} slope"
        error = found.coefficients.sigma(name)
        if error is None:
            return 0.0
        return (found.coefficients.value(name) / error) ** 2 / max(1.0, found.redchi)


def _linked(
    model: BandModel, found: LinkedMinimum, slopes: Mapping[str, bool], rise: Mapping[str, float],
    rows: tuple[FloatArray, float, FloatArray, NDArray[np.bool_]],
) -> LinkedBands:  # fmt: skip
    temperature, at, share, used = rows
    redchi = found.arrays.chi2 / np.maximum(1.0, found.freedom)
    places = [found.arrays.names.index(f"{band}.area") for band in model.names]
    factor = found.arrays.tie_matrix[places] @ found.factor
    factor = factor / np.sqrt(share[used])[:, None, None]
    own = band_fits(model, in_place(found.arrays, used), spread(redchi, used, np.nan), share)
    return LinkedBands(
        **{name: getattr(own, name) for name in BandFits.__dataclass_fields__},
        T=temperature,
        T_ref=at,
        coefficients=found.coefficients,
        redchi=found.redchi,
        starts=found.starts,
        agreeing=found.agreeing,
        width_slopes=tuple(slopes[band] for band in model.names),
        slope_chi2=np.array([rise.get(band, np.nan) for band in model.names]),
        area_factor=spread(factor, used, 0.0),
    )
