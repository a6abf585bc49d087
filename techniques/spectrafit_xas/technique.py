"""The techniques `xanes` and `herfd`: a scan and its foil become observables."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from spectrafit.alert import Alert, AlertSpec
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.problem import ParameterChange
from spectrafit.history import HistoryEntry
from spectrafit.observable import Observable, ObservableSpec
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.spectrum import Spectrum
from spectrafit.technique import Inputs, InputSpec, Observables, ParameterRow, Suitability, inputs_of
from spectrafit_xas.absorption import absorber, absorption_spectrum, tabulated_edge
from spectrafit_xas.alerts import XAS_ALERTS, xas_alert
from spectrafit_xas.calibrate import Calibration, calibrated, first_inflection, shift_record
from spectrafit_xas.charts import normalization_chart, preedge_chart
from spectrafit_xas.edge import half_height_energy, half_height_sigma, slope_share, steepest_energy
from spectrafit_xas.normalize import (
    SHORT_POST_EV,
    Normalization,
    edge_step_spread,
    normalization,
    normalized,
)
from spectrafit_xas.observables import (
    count_observable,
    joint_covariance,
    number_observables,
    specs,
)
from spectrafit_xas.peak_count import PeakCount, counted_peaks
from spectrafit_xas.preedge import preedge_model
from spectrafit_xas.settings import HerfdSettings, XanesSettings
from spectrafit_xas.simulate import (
    HerfdSimulation,
    XanesSimulation,
    example_recordings,
    simulated_scan,
)
from spectrafit_xas.uncertainty import MethodSpread, method_spread, number_errors

__all__ = ["XrayAbsorption", "herfd", "xanes"]

WINDOW_EV = (-5.0, 7.0)
STRONG_PREEDGE = 0.4
FAR_EV = 3.0
FEW_POINTS = 4.0
FOIL_SPREAD_EV = 0.05
UNDECIDED_SHARE = 0.95


@dataclass(frozen=True, eq=False)
class _Prepared:
    """A scan on its energy axis, normalised, with all that was decided on the way."""

    raw: Spectrum
    normalised: Spectrum
    element: str
    tabulated_eV: float
    formula: str
    calibration: Calibration | None
    window_eV: tuple[float, float]
    steepest_eV: float
    lines: Normalization
    alerts: tuple[Alert, ...]

    @property
    def axis(self) -> str:
        """Label of the energy axis with its convention."""
        return f"energy / eV ({self.calibration.label if self.calibration else 'as recorded'})"


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
    """

    name: str
    title: str
    settings: type[XanesSettings]
    x_unit: str = "eV"
    inputs: tuple[InputSpec, ...] = (
        InputSpec("sample", "the scan to be fitted", required=True),
        InputSpec(
            "calibration", "foil scans that fix the energy axis; needs foil_eV", many=True
        ),
    )
    alerts: tuple[AlertSpec, ...] = XAS_ALERTS
    simulation: type[XanesSimulation] = XanesSimulation

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        """Declared keys."""
        return specs(self.name)

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
        settings = XanesSettings()
        try:
            spectrum, roles, _ = absorption_spectrum(recording, settings)
            element = absorber(recording, spectrum.x, settings)
        except SpectrafitError as error:
            return Suitability(False, error.what)
        emission = _header_number(recording, "emission energy")
        if (emission is not None) != (self.name == "herfd"):
            other = "names an emission energy" if emission else "names no emission energy"
            return Suitability(False, f"the header {other}")
        why = f"energies hold the K edge of {element}; signal {roles.formula}"
        return Suitability(True, why, {"element": element, "signal": roles.signal})

    def observe(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> Observables:
        """Return what one scan shows: edge, pre-edge areas, centroid, number of peaks.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording; ``calibration``: foil scans.
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
        chosen = self.settings() if settings is None else settings
        if not isinstance(chosen, self.settings):
            raise SettingsError(
                f"settings of {self.name} are {self.settings.__name__}, "
                f"not {type(chosen).__name__}",
                where=self.name,
            )
        given = inputs_of(inputs, self.inputs, where=self.name)
        sample = given["sample"][0]
        prepared = self._prepared(sample, given["calibration"], chosen)
        region = prepared.normalised.window(*prepared.window_eV)
        if chosen.subtract_minimum:
            lowest = float(region.y.min())
            region = region.after(
                HistoryEntry("subtract minimum", {"minimum": lowest}), y=region.y - lowest
            )
        if chosen.weights == "none":
            region = replace(region, sigma=None, sigma_origin="weights set to none")
        counted = counted_peaks(region, chosen, prepared.window_eV, parameters)
        spread = None
        if chosen.method_spread:
            spread = method_spread(
                region, counted.fit, chosen, prepared.window_eV, prepared.tabulated_eV, parameters
            )
        return self._observables(prepared, chosen, counted, spread)

    def _prepared(
        self, sample: Recording, foils: tuple[Recording, ...], settings: XanesSettings
    ) -> _Prepared:
        spectrum, roles, alerts = absorption_spectrum(sample, settings)
        element = absorber(sample, spectrum.x, settings)
        edge = tabulated_edge(element)
        alerts += sample.notices
        calibration, found = _calibration(foils, element, edge, settings)
        alerts += found
        if calibration is None:
            alerts += (xas_alert("XAS-100").alert(where=sample.name),)
        else:
            spectrum = calibrated(spectrum, calibration)
        if self.name == "herfd":
            spectrum, found = _with_emission(spectrum, sample, settings)
            alerts += found
        conditions = {**spectrum.conditions, "element": element}
        spectrum = replace(spectrum, conditions=conditions)
        window = settings.window_eV or (edge + WINDOW_EV[0], edge + WINDOW_EV[1])
        if not window[0] < window[1]:
            raise SettingsError(
                f"window_eV runs from {window[0]:g} to {window[1]:g}", do="give low, high"
            )
        steepest = steepest_energy(spectrum, window[1], settings.kernel_eV)
        lines = normalization(
            spectrum,
            steepest if settings.e0_eV is None else settings.e0_eV,
            pre_eV=settings.pre_eV,
            post_eV=settings.post_eV,
            degree=settings.post_degree,
            victoreen=settings.victoreen,
            range_rule=settings.range_rule,
        )
        lines = replace(lines, step_sigma=edge_step_spread(spectrum, lines))
        alerts += _edge_alerts(spectrum, lines, window, settings, sample.name)
        return _Prepared(
            spectrum, normalized(spectrum, lines), element, edge, roles.formula, calibration,
            window, steepest, lines, alerts,
        )

    def _observables(
        self,
        prepared: _Prepared,
        settings: XanesSettings,
        counted: PeakCount,
        spread: MethodSpread | None,
    ) -> Observables:
        lines, calibration = prepared.lines, prepared.calibration
        step_share = None if lines.step_sigma is None else lines.step_sigma / lines.step
        axis_sigma = 0.0 if calibration is None else calibration.sigma_eV
        errors = number_errors(
            counted.fit, prepared.window_eV, prepared.tabulated_eV, step_share=step_share,
            calibration_sigma_eV=axis_sigma, spread=spread,
        )
        prefix = f"{self.name}.{prepared.element.lower()}"
        conventions = _conventions(prepared, settings, counted)
        history = counted.fit.spectrum.history
        shared: dict[str, Any] = {
            "prefix": prefix, "conventions": conventions, "spectrum": prepared.normalised,
            "history": history,
        }
        items = number_observables(errors, counted, **shared)
        items.append(count_observable(counted, **shared))
        items += _edge_observables(prepared, settings, prefix, axis_sigma, step_share)
        covariance, names = joint_covariance(errors)
        alerts = prepared.alerts + _fit_alerts(
            prepared, settings, counted, spread, errors.misfit_factor
        )
        return Observables(
            self.name,
            tuple(items),
            covariance,
            tuple(f"{prefix}.preedge.{name}" for name in names),
            counted.fit.result,
            self._charts(prepared, settings, counted),
            alerts,
        )

    def _charts(
        self, prepared: _Prepared, settings: XanesSettings, counted: PeakCount
    ) -> tuple[Chart, ...]:
        source = prepared.raw.source
        temperature = prepared.raw.conditions.get("T")
        at = f", {temperature:g} K" if isinstance(temperature, float) else ""
        head = f"{prepared.element} K edge, {self.name.upper()}{at}"
        peaks = "1 peak" if counted.best == 1 else f"{counted.best} peaks"
        caption = (
            f"{source.name}: {peaks}, {_shape_words(settings)}, over {settings.background}; window "
            f"{prepared.window_eV[0]:g} to {prepared.window_eV[1]:g} eV; edge step 1."
        )
        return (
            preedge_chart(
                counted.fit, title=f"{head}: pre-edge", axis=prepared.axis, caption=caption,
                simulated=source.simulated,
            ),
            normalization_chart(
                prepared.raw, prepared.lines, title=f"{head}: normalisation", axis=prepared.axis,
                simulated=source.simulated,
            ),
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


def _calibration(
    foils: tuple[Recording, ...], element: str, edge: float, settings: XanesSettings
) -> tuple[Calibration | None, tuple[Alert, ...]]:
    if not foils:
        return None, ()
    if settings.foil_eV is None:
        raise SettingsError(
            "a foil is given, but not the energy of its first inflection",
            where="$.settings.foil_eV",
            do="set foil_eV, for example 7111.2 or 7112.0 for iron; it is a convention, so there "
            "is no default",
        )
    channel = replace(settings, signal="auto", columns={}, counts=settings.counts)
    measured, alerts = [], ()
    for foil in foils:
        curve, _, found = absorption_spectrum(foil, channel)
        absorber(foil, curve.x, replace(settings, element=element))
        inflection = first_inflection(curve, edge, half_width_eV=settings.kernel_eV)
        measured.append(inflection)
        alerts += found
        if inflection.points_per_width < FEW_POINTS:
            alerts += (
                xas_alert("XAS-101").alert(where=foil.name, points=inflection.points_per_width),
            )
    record = shift_record(tuple(measured), element, settings.foil_eV)
    spread = float(np.ptp([item.energy_eV for item in measured]))
    if spread > FOIL_SPREAD_EV:
        alerts += (xas_alert("XAS-102").alert(where=foils[0].name, spread=spread),)
    if abs(settings.foil_eV - edge) > FAR_EV:
        alerts += (
            xas_alert("XAS-103").alert(
                where=foils[0].name, element=element, assigned=settings.foil_eV,
                difference=settings.foil_eV - edge, tabulated=edge,
            ),
        )
    return record, alerts


def _header_number(recording: Recording, key: str) -> float | None:
    for name, text in recording.header.items():
        if key in name.lower().replace("_", " "):
            match = re.search(r"[-+]?\d+(?:\.\d+)?", text)
            if match:
                return float(match.group())
    return None


def _with_emission(
    spectrum: Spectrum, sample: Recording, settings: XanesSettings
) -> tuple[Spectrum, tuple[Alert, ...]]:
    assert isinstance(settings, HerfdSettings)
    emission = settings.emission_eV or _header_number(sample, "emission energy")
    conditions: dict[str, float | str] = {
        **spectrum.conditions, "emission_line": settings.emission_line
    }
    alerts: tuple[Alert, ...] = (xas_alert("XAS-113").alert(where=sample.name),)
    if emission is None:
        alerts += (xas_alert("XAS-116").alert(where=sample.name),)
    else:
        conditions["emission_eV"] = emission
    if settings.analyser:
        conditions["analyser"] = settings.analyser
    if settings.resolution_eV is not None:
        conditions["resolution_eV"] = settings.resolution_eV
    return replace(spectrum, conditions=conditions), alerts


def _edge_alerts(
    spectrum: Spectrum,
    lines: Normalization,
    window: tuple[float, float],
    settings: XanesSettings,
    where: str,
) -> tuple[Alert, ...]:
    alerts: tuple[Alert, ...] = ()
    share = slope_share(spectrum, window, settings.kernel_eV)
    if share > STRONG_PREEDGE:
        alerts += (xas_alert("XAS-104").alert(where=where, share=100 * share),)
    if lines.post_length_eV < SHORT_POST_EV:
        alerts += (xas_alert("XAS-107").alert(where=where, length=lines.post_length_eV),)
    return alerts


def _shape_words(settings: XanesSettings) -> str:
    if settings.shape == "pearson7":
        return f"Pearson VII with m = {settings.exponent:g}"
    rule = settings.shape.removeprefix("pseudo-voigt ")
    return f"pseudo-Voigt, {100 * settings.fraction:.0f} % Lorentzian {rule}"


def _conventions(
    prepared: _Prepared, settings: XanesSettings, counted: PeakCount
) -> dict[str, Any]:
    return {
        "signal": prepared.formula,
        "window_eV": prepared.window_eV,
        "shape": _shape_words(settings),
        "shared_width": settings.shared_width,
        "background": settings.background,
        "peaks": counted.best,
        "energy_axis": prepared.calibration.label if prepared.calibration else "as recorded",
        "normalisation": (
            f"pre {prepared.lines.pre_eV[0]:.2f} to {prepared.lines.pre_eV[1]:.2f} eV, post "
            f"{prepared.lines.post_eV[0]:.2f} to {prepared.lines.post_eV[1]:.2f} eV of degree "
            f"{prepared.lines.degree}, v = {prepared.lines.victoreen}, "
            f"E0 = {prepared.lines.e0_eV:.2f} eV, ranges {prepared.lines.range_rule}"
        ),
        "moment_reference_eV": prepared.tabulated_eV,
    }


def _edge_observables(
    prepared: _Prepared,
    settings: XanesSettings,
    prefix: str,
    axis_sigma: float,
    step_share: float | None,
) -> list[Observable]:
    lines, spectrum = prepared.lines, prepared.normalised
    common: dict[str, Any] = {
        "conditions": spectrum.conditions, "source": spectrum.source, "history": spectrum.history,
    }
    energy_axis = prepared.calibration.label if prepared.calibration else "as recorded"
    found = []
    try:
        half = half_height_energy(spectrum, prepared.window_eV[1])
    except SpectrafitError:
        half = None
    if half is not None:
        own = half_height_sigma(spectrum, half, step_share or 0.0)
        parts = {"point errors and edge step": own or 0.0, "calibration": axis_sigma}
        budget = {source: sigma for source, sigma in parts.items() if sigma > 0}
        found.append(
            Observable(
                f"{prefix}.edge.e_half", "eV", value=half,
                sigma=None if own is None else math.hypot(*parts.values()),
                sigma_reason="no point errors" if own is None else "",
                budget={} if own is None else budget,
                conventions={"energy_axis": energy_axis, "rule": "last upward crossing of 0.5"},
                **common,
            )
        )
    kernel = {"kernel": f"local cubic, tricube, half-width {settings.kernel_eV:g} eV"}
    found.append(
        Observable(
            f"{prefix}.edge.e_infl", "eV", value=prepared.steepest_eV,
            sigma_reason="the kernel decides it to 0.1-0.3 eV; use e_half for trends",
            conventions={"energy_axis": energy_axis, **kernel},
            **common,
        )
    )
    found.append(
        Observable(
            f"{prefix}.edge.step", "1", value=lines.step, sigma=lines.step_sigma or None,
            sigma_reason="" if lines.step_sigma else "no second choice of ranges was possible",
            budget={"ranges": lines.step_sigma} if lines.step_sigma else {},
            conventions={"signal": prepared.formula, "range_rule": lines.range_rule},
            **common,
        )
    )
    return found


def _fit_alerts(
    prepared: _Prepared,
    settings: XanesSettings,
    counted: PeakCount,
    spread: MethodSpread | None,
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
    largest = counted.shares.get(counted.best, 0.0)
    if counted.chosen_by == "BIC" and largest < UNDECIDED_SHARE:
        shares = ", ".join(f"{n} peaks {100 * s:.0f} %" for n, s in counted.shares.items())
        alerts += (xas_alert("XAS-112").alert(where=where, shares=shares),)
    if spread is not None:
        kept, tried = len(spread.kept), len(spread.kept) + len(spread.left_out)
        if kept < 2:
            alerts += (xas_alert("XAS-111").alert(where=where, kept=kept, tried=tried),)
        alerts += (
            xas_alert("XAS-110").alert(
                where=where, kept=kept, tried=tried, shape=_shape_words(settings)
            ),
        )
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


xanes = XrayAbsorption("xanes", "K-edge XANES: edge and pre-edge", XanesSettings)
herfd = XrayAbsorption(
    "herfd",
    "high-energy-resolution fluorescence-detected XANES",
    HerfdSettings,
    simulation=HerfdSimulation,
)
