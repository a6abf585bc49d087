"""Linked fits of bands: one problem over all rows, with positions and widths that follow laws in T."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.fit.fit_stack import flag_bit
from spectrafit.fit.result import Flag
from spectrafit.fit.shared.fit_shared import fit_shared
from spectrafit.fit.shared.law import SharedLaw, constant_law, linear_law
from spectrafit.fit.shared.shared_fit import SharedFit
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.absent import band_fits
from spectrafit_ir.bands.band_model import BandModel, BandSpec, LineShape, LocalBaseline, band_model
from spectrafit_ir.bands.band_quantities import FitArrays
from spectrafit_ir.bands.band_starts import band_starts
from spectrafit_ir.bands.band_values import BandFits, reason_code
from spectrafit_ir.bands.profile import checked_noise, checked_share, row_sigma
from spectrafit_ir.bands.width_slopes import slopes_worth

__all__ = ["LinkedBands", "PositionLaw", "WidthLaw", "fit_linked"]

PositionLaw = Literal["linear", "constant", "free"]
WidthLaw = Literal["auto", "linear", "constant", "free"]

# chi2 that a slope must win to be worth its parameter (Akaike)
_WORTH = 2.0
_WHY: Mapping[Flag, str] = {
    Flag.SINGULAR: "near singular",
    Flag.AT_BOUND: "at bound",
    Flag.NOT_AT_MINIMUM: "not at a minimum",
    Flag.CALL_LIMIT: "call limit",
}


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
    fit : SharedFit
        Of all rows; its `coefficients` are those of the laws, its `test` says whether they hold.
    width_slopes : tuple of bool
        Whether the FWHM of each band has a slope.
    slope_chi2 : ndarray, shape (B,)
        Rise of chi2, in units of reduced chi2, when a slope is left out; NaN where none was tried.
    effective_share : ndarray, shape (N,)
        Independent points by points.
    """

    T: FloatArray
    T_ref: float
    fit: SharedFit
    width_slopes: tuple[bool, ...]
    slope_chi2: FloatArray
    effective_share: FloatArray

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
        free = self.fit.problem.free_names
        places = [free.index(f"{self.names[k]}.area") for k in (a, b)]
        root = np.sqrt(self.effective_share)
        first, second = (self.fit.free_factor[:, k] / root[:, None] for k in places)
        across = first @ second.T
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
        Absorbance, one row a spectrum; one with a value that is not finite is left out and says so.
    sigma : array_like, shape (N,) or one number
        Standard deviation of the white noise of each row, absorbance.
    T : array_like, shape (N,)
        Temperatures, K.
    bands : sequence of BandSpec
        Name and range of the position of each.
    line, baseline, fwhm, start, effective_share : optional
        As of `fit_bands`.
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
        For bands, laws, bounds, noise or temperatures that cannot serve.
    FitError
        When shapes do not fit together or nothing can be fitted.
    """
    model = band_model(x, bands, line, baseline, mixing, fwhm, distances)
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
    series = _Series(model, y, row_sigma(noise, model.x.size), temperature, at)
    positions = _by_band(position, model, "position", ("linear", "constant", "free"))
    widths = _by_band(width, model, "width", ("auto", "linear", "constant", "free"))
    begin = series.starts(noise, dict(start or {}))
    fit, slopes, rise = series.chosen(positions, widths, begin)
    return _linked(series, fit, slopes, rise, share)


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

    def starts(
        self, noise: FloatArray, asked: Mapping[str, tuple[float, float]]
    ) -> dict[str, FloatArray]:
        found = band_starts(self.model, self.y, noise, asked)
        finite = np.isfinite(self.y).all(axis=1, keepdims=True)
        return found.of_rows(np.where(finite, self.y, 0.0))[0]

    def laws(self, positions: Mapping[str, str], widths: Mapping[str, str]) -> dict[str, SharedLaw]:
        """Return the laws of all parameters that follow one."""
        kinds: dict[str, str] = {}
        for band in self.model.names:
            tied = band in self.model.distances
            kinds[f"{band}.{'distance' if tied else 'center'}"] = (
                "constant" if tied else positions[band]
            )
            for part in self.model.widths:
                inhomogeneous = part == "fwhm_gauss" and widths[band] == "linear"
                kinds[f"{band}.{part}"] = "constant" if inhomogeneous else widths[band]
            if self.model.mixes:
                kinds[f"{band}.fraction"] = "constant"
        return {name: self._law(kind) for name, kind in kinds.items() if kind != "free"}

    def _law(self, kind: str) -> SharedLaw:
        if kind == "constant":
            return constant_law(len(self.T))
        return linear_law(self.T, at=self.at, unit="K")

    def fitted(self, laws: Mapping[str, SharedLaw], start: Mapping[str, Any]) -> SharedFit:
        first = {name: float(values[0]) for name, values in start.items()}
        problem = self.model.problem(first)
        return fit_shared(problem, self.y, laws, start=start, sigma=self.sigma)

    def chosen(
        self, positions: Mapping[str, str], widths: Mapping[str, str], start: Mapping[str, Any]
    ) -> tuple[SharedFit, dict[str, bool], dict[str, float]]:
        """Return the fit with slopes of widths where chi2 asks for them, which, and their worth."""
        full = {band: "linear" if kind == "auto" else kind for band, kind in widths.items()}
        tried = {
            band: f"{band}.{self.model.widths[-1]}"
            for band, kind in widths.items()
            if kind == "auto"
        }
        rise: dict[str, float] = {}
        kinds = full
        if tried:
            rise, least = self._worth(self.laws(positions, full), start, tried)
            kinds = full | {band: "constant" for band in tried if not rise[band] > _WORTH}
        fit = self.fitted(self.laws(positions, kinds), start)
        if kinds != full:
            # from the minimum of the series: the verdict on slopes is the one there
            again = self._at(fit, start)
            rise, least = self._worth(self.laws(positions, full), again, tried)
            dropped = [band for band in tried if kinds[band] == "constant"]
            lost = (float(np.nansum(fit.chi2)) - least) / max(1.0, fit.redchi)
            # slopes of two bands may be worth something together though neither is alone
            if lost > _WORTH * len(dropped):
                kinds = full
                fit = self.fitted(self.laws(positions, full), again)
        return fit, {band: kind == "linear" for band, kind in kinds.items()}, rise

    def _at(self, fit: SharedFit, start: Mapping[str, Any]) -> dict[str, FloatArray]:
        known = np.isfinite(fit.chi2)
        return {name: np.where(known, fit.value(name), start[name]) for name in start}

    def _worth(
        self, laws: Mapping[str, SharedLaw], start: Mapping[str, Any], names: Mapping[str, str]
    ) -> tuple[dict[str, float], float]:
        rows = np.flatnonzero(np.isfinite(self.y).all(axis=1))
        own = {name: np.asarray(values)[rows] for name, values in start.items()}
        first = {name: float(values[0]) for name, values in own.items()}
        sigma = self.sigma[rows] if self.sigma.ndim == 2 else self.sigma
        some = {name: law.rows(rows) for name, law in laws.items()}
        return slopes_worth(self.model.problem(first), self.y[rows], sigma, some, own, names)


def _linked(
    series: _Series, fit: SharedFit, slopes: Mapping[str, bool], rise: Mapping[str, float],
    share: FloatArray,
) -> LinkedBands:  # fmt: skip
    model = series.model
    arrays = FitArrays(
        fit.names, np.asarray(fit.values), fit.problem.tie_matrix, fit.free_covariance,
        _codes(fit), fit.chi2, fit.converged, fit.problem.free_names,
    )  # fmt: skip
    redchi = fit.chi2 / np.maximum(1.0, fit.freedom)
    own = band_fits(model, arrays, redchi, share)
    return LinkedBands(
        **{name: getattr(own, name) for name in BandFits.__dataclass_fields__},
        T=series.T,
        T_ref=series.at,
        fit=fit,
        width_slopes=tuple(slopes[band] for band in model.names),
        slope_chi2=np.array([rise.get(band, np.nan) for band in model.names]),
        effective_share=share,
    )


def _codes(fit: SharedFit) -> NDArray[np.int8]:
    codes = np.zeros(fit.free_flags.shape, dtype=np.int8)
    codes[fit.free_flags != 0] = reason_code("near singular")
    for flag, words in _WHY.items():
        codes[fit.free_flags & flag_bit(flag) != 0] = reason_code(words)
    codes[~fit.used] = reason_code("not finite")
    return codes
