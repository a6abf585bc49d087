"""Settings of the technique `ir`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["BaselineMethod", "InfraredSettings"]

BaselineMethod = Literal["linear", "polynomial", "rubberband", "asls", "arpls", "snip"]


def _field(meaning: str, default: Any = None, unit: str = "1", *, matters: bool = False) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default=default, metadata=metadata)


def _empty(meaning: str, unit: str = "1", *, matters: bool = False) -> Any:
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default_factory=dict, metadata=metadata)


@dataclass(frozen=True)
class InfraredSettings:
    """Settings of a variable-temperature infrared series; every field has a meaning and a default.

    Nothing about states is assumed: a van 't Hoff analysis and a rate bound need the bands that
    they are made of by name.
    """

    block: str = _field(
        "which block of a file that holds several, by its name in the file, like a or a_2", ""
    )
    kind: Literal["", "absorbance", "transmittance"] = _field(
        "what the ordinate is, where the file does not say", ""
    )
    window_cm: tuple[float, float] | None = _field(
        "range that is fitted as a whole; without it each group of neighbouring bands has a window "
        "of its own",
        None,
        "cm-1",
        matters=True,
    )
    bands: Mapping[str, tuple[float, float]] = _empty(
        'range of the position of each band over the series, like { "1485" = [1475, 1495] }; '
        "without any, bands are looked for",
        "cm-1",
        matters=True,
    )
    trace_cm: Mapping[str, float] = _empty(
        "wavenumber of a band's trace; a band whose name is a number in its range has that, others "
        "have the middle of the range",
        "cm-1",
    )
    area_window_cm: Mapping[str, tuple[float, float]] = _empty(
        "window of a band's window area; to the middle between neighbouring bands when left out",
        "cm-1",
    )
    line: Literal["pseudo-voigt", "gaussian", "lorentzian", "voigt"] = _field(
        "shape of the bands", "pseudo-voigt"
    )
    mixing: float | None = _field(
        "Lorentzian share by area of every pseudo-Voigt; free when left out, one constant a band in "
        "the linked fit"
    )
    distance_to: Mapping[str, str] = _empty(
        'overlapping bands that keep their distance through a series, like { "shoulder" = "main" }'
    )
    fwhm_cm: tuple[float, float] | None = _field(
        "bounds of the FWHM of a band; two points and half the window when left out", None, "cm-1"
    )
    fit_saturated: bool = _field(
        "whether bands of a window that is saturated are fitted on the points that are left; its "
        "traces and window areas are not given",
        False,
    )
    fit_baseline: Literal["line", "offset"] = _field(
        "what is fitted below the bands of a window", "line"
    )
    baseline: BaselineMethod = _field(
        "baseline of traces and of window areas", "linear", matters=True
    )
    edge_points: int = _field(
        "points at each edge of a window that the straight line goes through", 4
    )
    baselines: tuple[BaselineMethod, ...] = _field(
        "baselines whose spread is part of the error of an area; one that is more than 20 % off the "
        "median is left out and named",
        ("linear", "rubberband", "arpls"),
    )
    position_law: Literal["linear", "constant", "free"] = _field(
        "how positions go with temperature in the linked fit of a series", "linear"
    )
    width_law: Literal["auto", "linear", "constant", "free"] = _field(
        "how FWHM go with temperature in the linked fit; auto takes a slope where chi2 asks for one",
        "auto",
    )
    standard: str = _field(
        "band of an internal standard, by which areas and traces are divided", ""
    )
    scale_sigma: float | None = _field(
        "relative standard uncertainty of the scale of each spectrum (place in the beam, ice), where "
        "there is no internal standard",
        None,
        matters=True,
    )
    series_scale_sigma: float = _field(
        "relative standard uncertainty of the scale of the whole series (thickness): a common factor",
        0.0,
    )
    resolution_cm: float | None = _field(
        "resolution of the instrument, where the file does not hold it", None, "cm-1"
    )
    x_sigma_cm: float | None = _field(
        "standard uncertainty of the wavenumber axis; a tenth of the distance of points when left out",
        None,
        "cm-1",
    )
    steps: int = _field("most abrupt changes that are looked for in a series: 0, 1 or 2", 1)
    step_bands: tuple[str, ...] = _field(
        "bands whose areas are searched for one common step; all when empty", ()
    )
    population_bands: tuple[str, ...] = _field(
        "bands whose areas a two-state van 't Hoff law is fitted to; none when empty", ()
    )
    population_K: tuple[float, float] | None = _field(
        "temperatures between which the law is fitted; above the step, or all, when left out",
        None,
        "K",
    )
    progress_K: tuple[float, float] | None = _field(
        "temperatures at which a band's progress is 0 and 1; the ends of the regime when left out",
        None,
        "K",
    )
    end_A: Mapping[str, tuple[float, float]] = _empty(
        "area of a band in the pure state at low temperature, with its standard uncertainty, where "
        "it is known",
        "cm-1",
    )
    end_B: Mapping[str, tuple[float, float]] = _empty(
        "area of a band in the pure state at high temperature, with its standard uncertainty, where "
        "it is known",
        "cm-1",
    )
    anchor: tuple[float, float, float] | None = _field(
        "a population that another technique gives: temperature in K, share of the state at high "
        "temperature, its standard uncertainty",
    )
    prior_dS: tuple[float, float] | None = _field(
        "entropy of the change and its standard uncertainty, from elsewhere", None, "J mol-1 K-1"
    )
    exchange_bands: tuple[str, ...] = _field(
        "two bands that are one oscillator in the two states, for the bound on the exchange rate",
        (),
    )
    difference_to: Literal["coldest", "below_step", "previous"] = _field(
        "what difference spectra are taken against", "coldest"
    )
    correlation_2d: bool = _field("whether two-dimensional correlation spectra are made", False)
    mcr_components: int = _field(
        "number of spectra that MCR-ALS resolves the series into; 0 for none", 0
    )
    scale_factor: tuple[float, float] | None = _field(
        "factor on calculated wavenumbers and its standard uncertainty; fitted on matched bands when "
        "left out",
    )
    scale_factor_range: tuple[float, float] = _field(
        "range in which the factor is looked for", (0.93, 1.03)
    )
    stick_fwhm_cm: float = _field("FWHM that calculated sticks are broadened with", 12.0, "cm-1")
    allow_imaginary: bool = _field(
        "whether calculations with imaginary modes are used, without these modes", False
    )
    assigned: Mapping[str, float] = _empty(
        "calculated wavenumber that is assigned to a measured band, by the band's name", "cm-1"
    )
