"""The techniques `xanes` and `herfd`: a scan and its foil become observables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.alert import Alert, AlertSpec
from spectrafit.citation import Citation
from spectrafit.errors import SpectrafitError
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.methods import MethodsRule
from spectrafit.observable import ObservableSpec
from spectrafit.recording import Recording
from spectrafit.technique import (
    ComparedScans,
    ExportedScan,
    ExportFormat,
    FittedProblem,
    Inputs,
    InputSpec,
    ObservableMap,
    Observables,
    ParameterRow,
    SeriesRecipe,
    Suitability,
    checked_settings,
    inputs_of,
)
from spectrafit_xas.alerts import XAS_ALERTS, xas_alert
from spectrafit_xas.charts import scan_charts
from spectrafit_xas.comparison.settings import XasComparisonSettings
from spectrafit_xas.emission.herfd_basis import narrow_peaks
from spectrafit_xas.methods import XAS_CITATIONS, XAS_METHODS
from spectrafit_xas.observables import (
    centroid_area_map,
    count_observable,
    edge_observables,
    fit_conventions,
    joint_covariance,
    least_observable,
    number_observables,
    specs,
    without_step,
)
from spectrafit_xas.preedge.emphasis import asked_emphasis, emphasised_count
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble
from spectrafit_xas.preedge.model import preedge_model, restarted_model
from spectrafit_xas.preedge.peak_count import PeakCount, counted_peaks
from spectrafit_xas.preedge.scan_ensemble import (
    agreed_count,
    asked_words,
    ensemble_alerts,
    scan_ensemble,
)
from spectrafit_xas.preedge.uncertainty import (
    number_errors,
    with_over_absorption,
)
from spectrafit_xas.preparation import PreparedScan, fit_region, prepared_scan
from spectrafit_xas.scans.damage_report import damage_observable
from spectrafit_xas.scans.suitability import suitability
from spectrafit_xas.series import (
    HerfdSeriesSettings,
    XanesSeriesSettings,
    decision_for,
    series_count,
    series_recipe,
)
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import (
    HerfdSimulation,
    XanesSimulation,
    example_recordings,
    simulated_scan,
)

__all__ = ["XrayAbsorption", "herfd", "xanes"]

UNDECIDED_SHARE = 0.95
FIRST_READ = ("preedge.area", "preedge.count_best", "preedge.centroid", "edge.e_half")


@dataclass(frozen=True)
class XrayAbsorption:
    """K-edge absorption as a technique.

    Parameters
    ----------
    name : str
        ``xanes`` or ``herfd``.
    title : str
        One line.
    settings : type
        `XanesSettings` or `HerfdSettings`.
    series_settings : type
        Of one scan of a long series.
    """

    name: str
    title: str
    settings: type[XanesSettings]
    series_settings: type[XanesSettings]
    x_unit: str = "eV"
    inputs: tuple[InputSpec, ...] = (
        InputSpec("sample", "the scan to be fitted; several are merged", required=True, many=True),
        InputSpec("calibration", "foil scans that fix the energy axis; needs foil_eV", many=True),
    )
    alerts: tuple[AlertSpec, ...] = XAS_ALERTS
    simulation: type[XanesSimulation] = XanesSimulation
    comparison_settings: type[XasComparisonSettings] = XasComparisonSettings

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return XAS_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return XAS_METHODS

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        """Declared keys."""
        return specs(self.name)

    @property
    def maps(self) -> tuple[ObservableMap, ...]:
        """Centroid against area of the pre-edge."""
        return (centroid_area_map(self.name),)

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """Fit parameters with their meaning, for the default shape and background."""
        settings = self.settings()
        model, changes = preedge_model(settings, 1, settings.background, (0.0, 0.0))
        rows = []
        for name in model.parameter_names:
            row, change = model.parameter(name), changes.get(name, ParameterChange())
            unit = {"x": "eV", "y": "1", "y/x": "1/eV", "x y": "eV"}.get(row.unit, row.unit)
            low = row.low if change.min is None else change.min
            high = row.high if change.max is None else change.max
            fixed = row.fixed or bool(change.fixed)
            default = f"{change.start:g}, fixed" if fixed and change.start else "from the data"
            bounds = f"{low:g} to {high:g}"
            if name == "edge.center":
                bounds = f"{low:g} to {high:g} above the window"
            if name == "peak1.center":
                bounds = f"{settings.center_reach_eV:g} about the start, inside the window"
            shown = name.replace("peak1", "peak<i>")
            rows.append(ParameterRow(shown, unit, default, bounds, row.meaning))
        return tuple(rows)

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording looks like a scan over a K edge, and why.

        Parameters
        ----------
        recording : Recording
            Any.

        Returns
        -------
        Suitability
        """
        return suitability(recording, self.settings)

    def observe(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> Observables:
        """Return what a scan, or the merged spectrum of several, shows: edge, pre-edge areas, centroid, number of peaks.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording, or several to merge; ``calibration``: foil scans.
        settings : XanesSettings or HerfdSettings, optional
            Defaults when None.
        parameters : mapping of str to ParameterChange, optional
            Starts, bounds, fixed and tied parameters of the fit.

        Returns
        -------
        Observables

        Raises
        ------
        SpectrafitError
            For data or settings that allow no result.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of(inputs, self.inputs, where=self.name)
        prepared = prepared_scan(given["sample"], given["calibration"], chosen)
        counted, spread, notes = _counted(prepared, chosen, parameters)
        found = self._observables(prepared, chosen, counted, spread)
        return replace(found, alerts=found.alerts + notes)

    def fitted_problems(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> tuple[FittedProblem, ...]:
        """Return the pre-edge fit of the number of peaks that is taken.

        Parameters
        ----------
        inputs, settings, parameters
            As of `observe`.

        Returns
        -------
        tuple of FittedProblem
            One; positions may go as far from the fit's as the settings let them go from a start.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of(inputs, self.inputs, where=self.name)
        prepared = prepared_scan(given["sample"], given["calibration"], chosen)
        counted, _, _ = _counted(prepared, chosen, parameters)
        fit, user = counted.fit, parameters or {}
        started = restarted_model(
            fit.spectrum, chosen, counted.best, prepared.window_eV, fit.values, user, fit.background
        )
        problem = Problem(fit.spectrum, started.model, parameters=started.parameters)
        return (FittedProblem(problem),)

    def series_recipe(
        self,
        samples: Sequence[Recording],
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> SeriesRecipe:
        """Return how each scan of a long series is fitted once, as a few of its scans decide.

        Parameters
        ----------
        samples : sequence of Recording
            A few scans, spread over the series.
        inputs : mapping
            ``calibration``: foil scans.
        settings : XanesSettings or HerfdSettings, optional
            Defaults when None.
        parameters : mapping of str to ParameterChange, optional
            Starts, bounds, fixed and tied parameters of the fit.

        Returns
        -------
        SeriesRecipe

        Raises
        ------
        SpectrafitError
            When none of these scans can be fitted.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of({**inputs, "sample": samples[:1]}, self.inputs, where=self.name)
        return series_recipe(
            samples, given["calibration"], chosen, self.series_settings, parameters or {}
        )

    def compare(
        self,
        a: Sequence[ComparedScans],
        b: ComparedScans,
        ends: Sequence[ComparedScans] = (),
        settings: Any = None,
    ) -> Observables:
        """Return what differs between spectra, against margins, and the change of population.

        Parameters
        ----------
        a : sequence of ComparedScans
            One, or a series in the order of its condition.
        b : ComparedScans
            What each is held against.
        ends : sequence of ComparedScans
            The low and the high end member of the population, or none.
        settings : XasComparisonSettings, optional
            Defaults when None.

        Returns
        -------
        Observables

        Raises
        ------
        SpectrafitError
            For HERFD with conventional spectra, different elements, and axes without a common
            convention.
        """
        from spectrafit_xas.comparison.compared import compared_spectra

        chosen = checked_settings(settings, self.comparison_settings, where=self.name)
        return compared_spectra(a, b, ends, chosen, self.inputs)

    @property
    def export_formats(self) -> tuple[ExportFormat, ...]:
        """Files that it writes for other programs."""
        from spectrafit_xas.export.written import EXPORT_FORMATS

        return EXPORT_FORMATS

    def export(
        self, scans: Sequence[ExportedScan], kind: str, path: Path
    ) -> Mapping[str, tuple[Alert, ...] | SpectrafitError]:
        """Write prepared spectra, or pre-edge fits, into one file for other programs.

        Parameters
        ----------
        scans : sequence of ExportedScan
            One or several.
        kind : str
            ``csv``, ``athena``, ``nxxas`` or ``nxfit``.
        path : Path
            The file.

        Returns
        -------
        mapping of str to tuple of Alert, or SpectrafitError
            By name of the scan: what to know of it, or why it is not in the file.

        Raises
        ------
        SpectrafitError
            Where the file cannot be written.
        """
        from spectrafit_xas.export.written import export_scans

        def observe(one: ExportedScan) -> Observables:
            return self.observe(one.inputs, one.settings, one.parameters)

        return export_scans(scans, kind, path, observe, self.inputs, self.name)

    def _observables(
        self,
        prepared: PreparedScan,
        settings: XanesSettings,
        counted: PeakCount,
        spread: PreedgeEnsemble | None,
    ) -> Observables:
        lines, calibration = prepared.lines, prepared.calibration
        step_share = None if lines.step_sigma is None else lines.step_sigma / lines.step
        axis_sigma = 0.0 if calibration is None else calibration.sigma_eV
        errors = number_errors(
            counted.fit,
            prepared.window_eV,
            prepared.tabulated_eV,
            step_share=step_share,
            calibration_sigma_eV=axis_sigma,
            spread=spread,
        )
        if prepared.over_absorption is not None:
            errors = with_over_absorption(errors, prepared.over_absorption.pre_edge_share)
        prefix = f"{self.name}.{prepared.element.lower()}"
        conventions = fit_conventions(prepared, settings, counted, spread)
        history = counted.fit.spectrum.history
        shared: dict[str, Any] = {
            "prefix": prefix,
            "conventions": conventions,
            "spectrum": prepared.normalised,
            "history": history,
        }
        items = number_observables(errors, counted, **shared)
        decided = {"chosen_by": counted.chosen_by, "margin": settings.bic_margin}
        shared["conventions"] = {**conventions, "count": decided}
        items.append(count_observable(counted, spread, **shared))
        if spread is not None and spread.evidence is not None:
            items.append(least_observable(spread.evidence, **shared))
        items += edge_observables(prepared, settings, prefix, axis_sigma, step_share)
        if prepared.damage is not None:
            damage = prepared.damage
            items.append(
                damage_observable(
                    damage, prefix=prefix, spectrum=prepared.normalised, history=history
                )
            )
        items.sort(key=lambda item: _reading_order(item.key))
        covariance, names = joint_covariance(errors)
        if not lines.has_step:
            stand = without_step([item.key for item in items])
            items = [item for item, stands in zip(items, stand, strict=True) if stands]
            kept = np.flatnonzero(without_step(names))
            covariance, names = covariance[np.ix_(kept, kept)], tuple(names[i] for i in kept)
        alerts = prepared.alerts + _fit_alerts(
            prepared, settings, counted, spread, errors.misfit_factor
        )
        return Observables(
            self.name,
            tuple(items),
            covariance,
            tuple(f"{prefix}.preedge.{name}" for name in names),
            counted.fit.result,
            scan_charts(self.name, prepared, settings, counted, spread),
            alerts,
            prepared.normalised,
        )

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated scan as a beamline's column text, which says that it is simulated.

        Parameters
        ----------
        settings : XanesSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_scan(settings, seed, herfd=self.name == "herfd")

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated scan.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings(herfd=self.name == "herfd")


def _counted(
    prepared: PreparedScan,
    chosen: XanesSettings,
    parameters: Mapping[str, ParameterChange] | None,
) -> tuple[PeakCount, PreedgeEnsemble | None, tuple[Alert, ...]]:
    """Return the fits of a scan with the number of peaks that is taken, the ensemble, and notes."""
    region = fit_region(prepared, chosen)
    decision = decision_for(chosen, prepared.window_eV)
    notes: tuple[Alert, ...] = ()
    if decision is None:
        counted = counted_peaks(region, chosen, prepared.window_eV, parameters)
    else:
        counted, notes = series_count(region, chosen, decision, prepared.window_eV, parameters)
    emphasis = asked_emphasis(chosen, counted)
    spread = None
    if chosen.method_spread is not False:
        spread = scan_ensemble(prepared, counted, chosen, parameters)
        counted = agreed_count(counted, spread)
    if emphasis is not None:
        counted = emphasised_count(counted, emphasis, chosen, prepared.window_eV, parameters)
    return counted, spread, notes


def _reading_order(key: str) -> int:
    """Return the place of a key: what is read first comes first, the rest keeps its order."""
    name = key.split(".", 2)[2]
    return FIRST_READ.index(name) if name in FIRST_READ else len(FIRST_READ)


def _fit_alerts(
    prepared: PreparedScan,
    settings: XanesSettings,
    counted: PeakCount,
    spread: PreedgeEnsemble | None,
    misfit_factor: float,
) -> tuple[Alert, ...]:
    where = prepared.raw.source.name
    alerts: tuple[Alert, ...] = tuple(
        alert
        for alert in counted.fit.result.alerts(where)
        if alert.code not in ("FIT-001", "FIT-005")
    )
    for name in counted.fit.result.at_bound:
        if not name.startswith("peak"):
            alerts += (xas_alert("XAS-120").alert(where=where, name=name),)
    for fault in counted.faults[counted.best]:
        alerts += (xas_alert("XAS-109").alert(where=where, peak=counted.best, fault=fault),)
    line = prepared.raw.conditions.get("emission_line")
    if line is not None:
        fit = counted.fit
        widths = {name: fit.values[f"{name}.fwhm"] for name in fit.peaks}
        for name, fault in narrow_peaks(widths, prepared.element, str(line)):
            alerts += (
                xas_alert("XAS-109").alert(
                    where=where, peak=name.removeprefix("peak"), fault=fault
                ),
            )
    largest = counted.shares.get(counted.best, 0.0)
    if counted.chosen_by == "BIC" and largest < UNDECIDED_SHARE:
        shares = ", ".join(
            f"{n} peak{'s' if n > 1 else ''} {100 * share:.0f} %"
            for n, share in counted.shares.items()
        )
        alerts += (
            xas_alert("XAS-112").alert(
                where=where,
                shares=shares,
                over=asked_words(spread),
                taken=counted.best,
                margin=settings.bic_margin,
            ),
        )
    if spread is not None:
        alerts += ensemble_alerts(spread, where)
    if misfit_factor > 1.0:
        alerts += (
            xas_alert("XAS-118").alert(
                where=where, redchi=counted.fit.result.redchi, factor=misfit_factor
            ),
        )
    if counted.fit.spectrum.sigma is None:
        why = counted.fit.spectrum.sigma_origin or "none in the file"
        alerts += (xas_alert("XAS-119").alert(where=where, why=why),)
    return alerts


xanes = XrayAbsorption(
    "xanes", "K-edge XANES: edge and pre-edge", XanesSettings, XanesSeriesSettings
)
herfd = XrayAbsorption(
    "herfd",
    "high-energy-resolution fluorescence-detected XANES",
    HerfdSettings,
    HerfdSeriesSettings,
    simulation=HerfdSimulation,
)
