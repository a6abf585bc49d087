"""The difference of two pre-edge areas, both fitted in one way, and in several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.spectrum import Spectrum
from spectrafit_xas.preedge.areas import trapezoid_area
from spectrafit_xas.preedge.model import PreedgeFit, fitted_preedge, refitted_preedge
from spectrafit_xas.preedge.peak_count import counted_peaks
from spectrafit_xas.settings import Background, XanesSettings

__all__ = ["AreaChange", "area_change"]

FORMS: tuple[Background, ...] = (
    "line+lorentzian",
    "constant+arctan",
    "constant+erf",
    "line+exponential",
)
RMS_LIMIT = 1.3

Window = tuple[float, float]


@dataclass(frozen=True, eq=False)
class AreaChange:
    """Area of a less that of b, x 100, edge step 1.

    Parameters
    ----------
    value : float
        Of the chosen background.
    sigma : float
        Standard uncertainty.
    budget : mapping of str to float
        By source.
    peaks : int
        The number fitted to both: a difference of two models would be no difference of the spectra.
    kept, tried : int
        Backgrounds that fit both spectra, of those tried.
    """

    value: float
    sigma: float
    budget: Mapping[str, float]
    peaks: int
    kept: int
    tried: int


def area_change(
    a: Spectrum,
    b: Spectrum,
    settings: XanesSettings,
    window_eV: Window,
    scale_sigma: float,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> AreaChange:
    """Return the difference of two pre-edge areas, with the same model for both.

    Parameters
    ----------
    a, b : Spectrum
        Points of the window, normalised.
    settings : XanesSettings
        Shape, background and number of peaks; where it is not set, the mean of both spectra
        decides it for both.
    window_eV : tuple of float
        Fit window.
    scale_sigma : float
        Relative standard uncertainty of one edge step against the other.
    parameters : mapping, optional
        Changed fit parameters.

    Returns
    -------
    AreaChange

    Raises
    ------
    SpectrafitError
        Where a fit gives no error.

    Notes
    -----
    What a background does to an area it does to both, so the differences of the members scatter far
    less than the areas: their root mean square distance from the chosen one is a term of the budget.
    """
    mean = _mean(a, b)
    counted = counted_peaks(mean, settings, window_eV, parameters)
    count = counted.best
    centers = [counted.fit.values[f"{name}.center"] for name in counted.fit.peaks]
    forms = (settings.background, *(form for form in FORMS if form != settings.background))
    pairs: dict[Background, tuple[PreedgeFit, PreedgeFit]] = {}
    for form in forms:
        user = {
            name: change
            for name, change in (parameters or {}).items()
            if form == settings.background or name.startswith("peak")
        }
        # several starts for the mean alone: what lies near its minimum is the same one in both
        middle = counted.fit
        if form != settings.background:
            middle = fitted_preedge(
                mean, settings, count, form, window_eV, starts=[centers], parameters=user
            )
        first, second = (
            refitted_preedge(
                one, replace(settings, background=form), count, window_eV, middle.values, user
            )
            for one in (a, b)
        )
        pairs[form] = (first, second)
    chosen = pairs[settings.background]
    best = [min(pair[i].rms for pair in pairs.values()) for i in (0, 1)]
    values = {
        form: _area(pair[0], window_eV) - _area(pair[1], window_eV)
        for form, pair in pairs.items()
        if form == settings.background or all(pair[i].rms <= RMS_LIMIT * best[i] for i in (0, 1))
    }
    value = values[settings.background]
    others = [other - value for form, other in values.items() if form != settings.background]
    parts = {
        "statistics": float(np.linalg.norm([_statistical(one, window_eV) for one in chosen])),
        "background": float(np.sqrt(np.mean(np.square(others)))) if others else 0.0,
        "edge step": scale_sigma * 0.5 * sum(_area(one, window_eV) for one in chosen),
    }
    budget = {source: sigma for source, sigma in parts.items() if sigma > 0}
    sigma = float(np.sqrt(sum(part**2 for part in budget.values())))
    return AreaChange(value, sigma, budget, count, len(values), len(pairs))


def _mean(a: Spectrum, b: Spectrum) -> Spectrum:
    """Return the mean of two spectra on one grid; the first where the grids differ."""
    if a.x.size != b.x.size or not np.array_equal(a.x, b.x):
        return a
    sigma = None
    if a.sigma is not None and b.sigma is not None:
        sigma = 0.5 * np.hypot(a.sigma, b.sigma)
    return replace(a, y=0.5 * (a.y + b.y), sigma=sigma)


def _area(found: PreedgeFit, window_eV: Window) -> float:
    return trapezoid_area(found.model, found.peaks, found.values, window_eV)


def _statistical(found: PreedgeFit, window_eV: Window) -> float:
    def area(values: Mapping[str, float]) -> float:
        return trapezoid_area(found.model, found.peaks, {**found.values, **values}, window_eV)

    _, sigma, reason = found.result.propagate(area)
    if sigma is None:
        raise SpectrafitError(f"the area has no error: {reason}", where=found.spectrum.source.name)
    return sigma * max(1.0, float(np.sqrt(found.result.redchi)))
