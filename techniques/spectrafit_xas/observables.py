"""Declared keys of `xanes` and `herfd`, and the observables of one spectrum."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable, ObservableClass, ObservableSpec
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit.technique import ObservableMap
from spectrafit_xas.comparison.keys import comparison_specs
from spectrafit_xas.normalisation.edge_errors import (
    EdgeEnergy,
    half_height,
    integral_edge,
    steepest_point,
)
from spectrafit_xas.preedge.areas import AREA_OF_DATA, CONVENTIONS, data_area
from spectrafit_xas.preedge.count_evidence import CountEvidence
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble
from spectrafit_xas.preedge.peak_count import PeakCount
from spectrafit_xas.preedge.peak_ratio import PeakRatio, peak_ratio
from spectrafit_xas.preedge.uncertainty import NumberErrors
from spectrafit_xas.preparation import PreparedScan
from spectrafit_xas.settings import XanesSettings

__all__ = [
    "XANES_TIME_SCALE",
    "centroid_area_map",
    "count_observable",
    "joint_covariance",
    "least_observable",
    "number_observables",
    "specs",
    "without_step",
]

XANES_TIME_SCALE = 5.3e-16
HERFD_TIME_SCALE = 1.8e-15


def specs(technique: str) -> tuple[ObservableSpec, ...]:
    """Return the declared keys of one of the two techniques.

    Parameters
    ----------
    technique : str
        ``xanes`` or ``herfd``.

    Returns
    -------
    tuple of ObservableSpec
        Time scale: the 1s core hole, hbar/1.25 eV; for HERFD the 2p hole, hbar/0.36 eV
        (widths of xraydb 4.5.8).
    """
    scale = XANES_TIME_SCALE if technique == "xanes" else HERFD_TIME_SCALE
    head = f"{technique}.{{element}}"

    def spec(
        key: str, unit: str, meaning: str, *, additive: bool = False, kind: Kind = Kind.VALUE
    ) -> ObservableSpec:
        return ObservableSpec(
            f"{head}.{key}",
            unit,
            meaning,
            kind,
            ObservableClass.SNAPSHOT,
            scale,
            additive=additive,
            quoted=_quoted(key),
        )

    return (
        spec("preedge.area", "1", f"pre-edge intensity: {CONVENTIONS['area']}", additive=True),
        spec("preedge.area_analytic", "1", CONVENTIONS["area_analytic"], additive=True),
        spec("preedge.area_hxf", "1", CONVENTIONS["area_hxf"], additive=True),
        spec(
            "preedge.area_data",
            "1",
            "trapezoid of data minus background over the peaks, x 100, edge step 1",
            additive=True,
        ),
        spec(
            "preedge.moment", "eV", "sum of area x (centre - tabulated edge), x 100", additive=True
        ),
        spec("preedge.centroid", "eV", "area-weighted mean of the peak centres"),
        spec("preedge.ratio", "1", "area of the low peak over the high one, two-peak model"),
        spec("preedge.{peak}.energy", "eV", "centre of one peak"),
        spec("preedge.{peak}.fwhm", "eV", "full width at half maximum of one peak"),
        spec("preedge.{peak}.area", "1", "analytic area of one peak, x 100, edge step 1"),
        spec(
            "preedge.count_best", "1", "number of peaks with the shares of all", kind=Kind.CATEGORY
        ),
        spec(
            "preedge.count_min",
            "1",
            "least number of peaks, which no window, rising edge or shape does without",
            kind=Kind.CATEGORY,
        ),
        spec("edge.e_half", "eV", "energy at half the edge step"),
        spec("edge.e_infl", "eV", "steepest point above the pre-edge window"),
        spec("edge.e_int", "eV", "energy of a sharp step of equal integral"),
        spec("edge.step", "1", "edge step in units of mu"),
        spec(
            "damage",
            "1",
            "whether repeated scans drift, before they are merged",
            kind=Kind.CATEGORY,
        ),
        *comparison_specs(technique, scale),
    )


def centroid_area_map(technique: str) -> ObservableMap:
    """Return the map of centroid against area, which tells oxidation state and coordination apart.

    Parameters
    ----------
    technique : str
        ``xanes`` or ``herfd``.

    Returns
    -------
    ObservableMap
        As in Wilke et al., Am. Mineral. 86, 714 (2001), but with area and energy in the study's
        own conventions, which its axes and caption name.
    """
    head = f"{technique}.{{element}}.preedge"
    return ObservableMap(
        "centroid-area",
        "pre-edge area against centroid",
        x=f"{head}.centroid",
        y=f"{head}.area",
        x_label="pre-edge centroid / eV",
        y_label="pre-edge area × 100, trapezoid of the peaks",
        x_convention="energy_axis",
    )


def _quoted(key: str) -> tuple[str, ...]:
    """Return the conventions that a number must not be quoted without."""
    if key == "damage":
        return ()
    if "area" in key or "moment" in key or "ratio" in key:
        return ("shape", "background", "window_eV", "area_convention")
    return ("energy_axis",) if "edge.step" not in key else ("normalisation",)


def number_observables(
    errors: NumberErrors,
    counted: PeakCount,
    *,
    prefix: str,
    conventions: Mapping[str, Any],
    spectrum: Spectrum,
    history: tuple[HistoryEntry, ...],
) -> list[Observable]:
    """Return the numbers of a fit as observables with budget and conventions.

    Parameters
    ----------
    errors : NumberErrors
        Values and their covariance by source.
    counted : PeakCount
        The fits.
    prefix : str
        ``technique.element``.
    conventions : mapping
        What every number depends on.
    spectrum : Spectrum
        For conditions and source.
    history : tuple of HistoryEntry
        Every step.

    Returns
    -------
    list of Observable
    """
    covariance = errors.covariance
    found = []
    for i, name in enumerate(errors.names):
        variance = float(covariance[i, i])
        reason = errors.reasons.get(name, "" if variance > 0 else "no free parameter feeds it")
        own = dict(conventions)
        largest = max(errors.choices.get(name, {}).items(), key=_second, default=("", 0.0))
        if "ensemble" in own and largest[1] > 0.0:
            own["ensemble"] = {**own["ensemble"], "dominant": largest[0]}
        ratio = None if reason or name != "ratio" else _log_ratio(errors, i)
        if name in CONVENTIONS:
            own["area_convention"] = CONVENTIONS[name]
        found.append(
            Observable(
                key=f"{prefix}.preedge.{name}",
                unit="1" if name.startswith(("area", "ratio")) or name.endswith(".area") else "eV",
                value=float(errors.values[i]),
                sigma=None if reason else float(np.sqrt(variance)),
                sigma_reason=reason,
                low=None if ratio is None else ratio.low,
                high=None if ratio is None else ratio.high,
                level=None if ratio is None else 0.68,
                verdict=ratio.verdict if ratio is not None and prefix.endswith(".fe") else "",
                budget={} if reason else errors.budget(name),
                conventions=own,
                conditions=spectrum.conditions,
                source=spectrum.source,
                history=history,
            )
        )
    found.append(
        Observable(
            key=f"{prefix}.preedge.area_data",
            unit="1",
            value=data_area(counted.fit),
            sigma_reason="shown to compare; its error is that of the area",
            conventions={**conventions, "area_convention": AREA_OF_DATA},
            conditions=spectrum.conditions,
            source=spectrum.source,
            history=history,
        )
    )
    return found


def _second(row: tuple[str, float]) -> float:
    return row[1]


def _log_ratio(errors: NumberErrors, i: int) -> PeakRatio | None:
    return peak_ratio(float(errors.values[i]), float(np.sqrt(errors.covariance[i, i])))


def joint_covariance(errors: NumberErrors) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the covariance of the numbers that have an error, and their names.

    Parameters
    ----------
    errors : NumberErrors
        All numbers.

    Returns
    -------
    covariance : ndarray, shape (k, k)
    names : tuple of str
    """
    full = errors.covariance
    keep = [
        i for i, name in enumerate(errors.names) if name not in errors.reasons and full[i, i] > 0
    ]
    return full[np.ix_(keep, keep)], tuple(errors.names[i] for i in keep)


def without_step(names: Sequence[str]) -> list[bool]:
    """Return which numbers stand where the edge step is not known.

    Parameters
    ----------
    names : sequence of str
        Names or keys.

    Returns
    -------
    list of bool
        False for areas, their moment, and what is read off at a share of the step.
    """
    scaled = re.compile(r"(^|\.)(area\w*|moment|edge\.(e_half|e_int|step))$")
    return [scaled.search(name) is None for name in names]


def count_observable(
    counted: PeakCount,
    spread: PreedgeEnsemble | None = None,
    *,
    prefix: str,
    conventions: Mapping[str, Any],
    spectrum: Spectrum,
    history: tuple[HistoryEntry, ...],
) -> Observable:
    """Return the number of peaks as a category with its shares.

    Parameters
    ----------
    counted : PeakCount
        The fits.
    spread : PreedgeEnsemble, optional
        Whose evidence is told.
    prefix : str
        ``technique.element``.
    conventions : mapping
        What the number depends on.
    spectrum : Spectrum
        For conditions and source.
    history : tuple of HistoryEntry
        Every step.

    Returns
    -------
    Observable
    """
    evidence = None if spread is None else spread.evidence
    rule = {"BIC": "chosen by BIC", "set": "set by the user"}.get(
        counted.chosen_by, counted.chosen_by
    )
    by_bic = ", ".join(f"{n}: {value:.1f}" for n, value in counted.bic.items())
    by_aicc = ", ".join(
        f"{n}: {'-' if value is None else f'{value:.1f}'}" for n, value in counted.aicc.items()
    )
    faults = "; ".join(
        f"{n} peaks: {', '.join(why)}" for n, why in counted.faults.items() if why and n > 1
    )
    return Observable(
        key=f"{prefix}.preedge.count_best",
        unit="1",
        kind=Kind.CATEGORY,
        value=str(counted.best),
        shares={str(n): share for n, share in counted.shares.items()},
        verdict=rule
        + ("" if evidence is None else f"; {_evidence_words(evidence)}; for the settings' form")
        + (
            f"; BIC ({counted.effective_points:.0f} effective points) {by_bic}; AICc {by_aicc}"
            if counted.bic
            else ""
        )
        + (f"; not counted: {faults}" if faults else ""),
        conventions=conventions,
        conditions=spectrum.conditions,
        source=spectrum.source,
        history=history,
    )


def _evidence_words(evidence: CountEvidence) -> str:
    votes = ", ".join(f"{n}: {number}" for n, number in evidence.votes.items())
    forms = ", ".join(f"{n}: {number}" for n, number in evidence.forms.items())
    by_shape = "; ".join(
        f"{shape} {', '.join(f'{n}: {100 * share:.0f} %' for n, share in shares.items())}"
        for shape, shares in evidence.by_shape.items()
    )
    return (
        f"asked for by the windows, each over its best rising edge and shape, {votes}; by combinations "
        f"of window, rising edge and shape {forms}; weights by shape {by_shape}"
    )


def least_observable(
    evidence: CountEvidence,
    *,
    prefix: str,
    conventions: Mapping[str, Any],
    spectrum: Spectrum,
    history: tuple[HistoryEntry, ...],
) -> Observable:
    """Return the least number of peaks, which no window, rising edge or shape does without.

    Parameters
    ----------
    evidence : CountEvidence
        Of the ensemble.
    prefix : str
        ``technique.element``.
    conventions : mapping
        What the number depends on.
    spectrum : Spectrum
        For conditions and source.
    history : tuple of HistoryEntry
        Every step.

    Returns
    -------
    Observable
        A category; its shares are those of the combinations that ask for each number.
    """
    return Observable(
        key=f"{prefix}.preedge.count_min",
        unit="1",
        kind=Kind.CATEGORY,
        value=str(evidence.least),
        shares={str(n): votes / evidence.combinations for n, votes in evidence.forms.items()},
        verdict=evidence.least_words,
        conventions=conventions,
        conditions=spectrum.conditions,
        source=spectrum.source,
        history=history,
    )


def shape_words(settings: XanesSettings) -> str:
    """Return the line shape with its parameter and mixing rule in words.

    Parameters
    ----------
    settings : XanesSettings
        Shape, exponent, fraction.

    Returns
    -------
    str
    """
    if settings.shape == "pearson7":
        return f"Pearson VII with m = {settings.exponent:g}"
    rule = settings.shape.removeprefix("pseudo-voigt ")
    return f"pseudo-Voigt, {100 * settings.fraction:.0f} % Lorentzian {rule}"


def fit_conventions(
    prepared: PreparedScan,
    settings: XanesSettings,
    counted: PeakCount,
    spread: PreedgeEnsemble | None = None,
) -> dict[str, Any]:
    """Return what every number of a fit depends on.

    Parameters
    ----------
    prepared : PreparedScan
        Axis, window, ranges.
    settings : XanesSettings
        Shape and background.
    counted : PeakCount
        Number of peaks.
    spread : PreedgeEnsemble, optional
        All shapes and rising edges that were fitted take the place of the settings' one; those of
        the members that count stand in ``ensemble``.

    Returns
    -------
    dict
    """
    shapes, backgrounds = _forms(settings, spread)
    return {
        "signal": prepared.formula,
        "window_eV": prepared.window_eV,
        "shape": shapes,
        "shared_width": settings.shared_width,
        "background": backgrounds,
        "peaks": counted.best,
        **({} if counted.chosen_by in ("BIC", "set") else {"peaks_rule": counted.chosen_by}),
        **({} if counted.emphasis is None else {"emphasis": asdict(counted.emphasis)}),
        "energy_axis": prepared.calibration.label if prepared.calibration else "as recorded",
        "normalisation": (
            f"pre {prepared.lines.pre_eV[0]:.2f} to {prepared.lines.pre_eV[1]:.2f} eV, post "
            f"{prepared.lines.post_eV[0]:.2f} to {prepared.lines.post_eV[1]:.2f} eV of degree "
            f"{prepared.lines.degree}, v = {prepared.lines.victoreen}, "
            f"E0 = {prepared.lines.e0_eV:.2f} eV, ranges {prepared.lines.range_rule}"
            + ("" if prepared.lines.method == "lines" else f", by {prepared.lines.method}")
            if prepared.lines.has_step
            else "none: the highest point is one"
        ),
        **(
            {}
            if prepared.over_absorption is None
            else {
                "over_absorption": f"taken off, a = {prepared.over_absorption.ratio:.3f} from "
                f"{prepared.over_absorption.origin}"
            }
        ),
        "moment_reference_eV": prepared.tabulated_eV,
        **_ensemble_convention(settings, spread),
    }


def _forms(settings: XanesSettings, spread: PreedgeEnsemble | None) -> tuple[Any, Any]:
    """Return shapes and rising edges in words: one text, or a tuple where there are several."""
    if spread is None or spread.found is None:
        return shape_words(settings), settings.background
    shapes = tuple(shape_words(replace(settings, shape=shape)) for shape in settings.shapes)
    backgrounds = settings.backgrounds
    return (
        shapes[0] if len(shapes) == 1 else shapes,
        backgrounds[0] if len(backgrounds) == 1 else backgrounds,
    )


def _ensemble_convention(settings: XanesSettings, spread: PreedgeEnsemble | None) -> dict[str, Any]:
    if spread is None or spread.found is None:
        return {}
    return {
        "ensemble": {
            "kept": spread.kept,
            "tried": spread.tried,
            "windows": spread.labels("window"),
            "backgrounds": spread.labels("background"),
            "shapes": spread.labels("shape"),
            "peaks": spread.labels("peaks"),
            "weighing": settings.weighing,
            "dominant": spread.dominant or "none",
        }
    }


def edge_observables(
    prepared: PreparedScan,
    settings: XanesSettings,
    prefix: str,
    axis_sigma: float,
    step_share: float | None,
) -> list[Observable]:
    """Return half height, steepest point, integral and step of an edge.

    Parameters
    ----------
    prepared : PreparedScan
        The normalised scan.
    settings : XanesSettings
        Kernel.
    prefix : str
        ``technique.element``.
    axis_sigma : float
        Standard uncertainty of the energy axis in eV.
    step_share : float or None
        Relative standard uncertainty of the edge step.

    Returns
    -------
    list of Observable
    """
    lines, spectrum = prepared.lines, prepared.normalised
    common: dict[str, Any] = {
        "conditions": spectrum.conditions,
        "source": spectrum.source,
        "history": spectrum.history,
    }
    energy_axis = prepared.calibration.label if prepared.calibration else "as recorded"
    share, above = step_share or 0.0, prepared.window_eV[1]
    kernel = f"local cubic, tricube, half-width {settings.kernel_eV:g} eV"
    energies: dict[str, tuple[Callable[[], EdgeEnergy], dict[str, str]]] = {
        "e_half": (
            lambda: half_height(spectrum, above, share),
            {"rule": "last upward crossing of 0.5"},
        ),
        "e_infl": (
            lambda: steepest_point(prepared.raw, above, settings.kernel_eV),
            {"kernel": kernel},
        ),
        "e_int": (
            lambda: integral_edge(prepared.flat, above, share),
            {"integral": f"from {above:g} eV to where the edge first reaches 1"},
        ),
    }
    found = []
    for name, (energy, convention) in energies.items():
        try:
            read = energy()
        except SpectrafitError:
            continue
        budget = {
            "point errors of the edge": read.sigma_eV or 0.0,
            "step at the edge": read.step_eV,
            "kernel": read.kernel_eV,
            "calibration": axis_sigma,
        }
        known = read.sigma_eV is not None
        found.append(
            Observable(
                f"{prefix}.edge.{name}",
                "eV",
                value=read.energy_eV,
                sigma=math.hypot(*budget.values()) if known else None,
                sigma_reason="" if known else _edge_reason(spectrum),
                budget={k: v for k, v in budget.items() if v > 0} if known else {},
                conventions={"energy_axis": energy_axis, **convention},
                **common,
            )
        )
    found.append(
        Observable(
            f"{prefix}.edge.step",
            "1",
            value=lines.step,
            sigma=lines.step_sigma or None,
            sigma_reason="" if lines.step_sigma else "no second choice of ranges was possible",
            budget={"ranges": lines.step_sigma} if lines.step_sigma else {},
            conventions={"signal": prepared.formula, "range_rule": lines.range_rule},
            **common,
        )
    )
    return found


def _edge_reason(spectrum: Spectrum) -> str:
    return "no point errors" if spectrum.sigma is None else "the noise hides where the edge is"
