"""The technique `mossbauer`: counts and an alpha-iron run become isomer shifts and splittings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.alert import Alert, AlertSpec
from spectrafit.citation import Citation
from spectrafit.fit.problem import ParameterChange
from spectrafit.methods import MethodsRule
from spectrafit.observable import ObservableSpec
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.technique import (
    FittedProblem,
    Inputs,
    InputSpec,
    Observables,
    ParameterRow,
    SeriesScan,
    Suitability,
    checked_settings,
    inputs_of,
)
from spectrafit_mossbauer.absorption.fitted import FittedSites, site_stack
from spectrafit_mossbauer.alerts import MOSSBAUER_ALERTS, mossbauer_alert
from spectrafit_mossbauer.charts import branches_chart, calibration_chart, spectrum_chart
from spectrafit_mossbauer.checklist import Checklist, checklist
from spectrafit_mossbauer.doubts import doubts
from spectrafit_mossbauer.iron_shares import iron_shares
from spectrafit_mossbauer.methods import MOSSBAUER_CITATIONS, MOSSBAUER_METHODS
from spectrafit_mossbauer.observables import SPECS, conventions, observables_of
from spectrafit_mossbauer.preparation import PreparedSpectrum
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.simulate import MossbauerSimulation, example_recordings, simulated_run
from spectrafit_mossbauer.spectrum_fit import fitted_spectrum
from spectrafit_mossbauer.suitability import suitability
from spectrafit_mossbauer.thick_observables import thick_observables
from spectrafit_mossbauer.verdicts import verdicts, weak_sites
from spectrafit_mossbauer.whole_series import observed_series

__all__ = ["Mossbauer", "mossbauer"]


# counts a channel below which Poisson's law is not taken as normal
_FEW = 100.0


@dataclass(frozen=True)
class Mossbauer:
    """Transmission Mössbauer spectroscopy of 57Fe as a technique.

    Parameters
    ----------
    name, title, x_unit : str
        As every technique has them.
    """

    name: str = "mossbauer"
    title: str = "Mössbauer spectrum of 57Fe in transmission: isomer shift, quadrupole splitting"
    x_unit: str = "mm/s"
    settings: type[MossbauerSettings] = MossbauerSettings
    inputs: tuple[InputSpec, ...] = (
        InputSpec(
            "sample", "the run to be fitted; several are declared runs and summed", required=True,
            many=True,
        ),
        InputSpec(
            "calibration", "alpha-iron runs of the same drive; the one nearest in time is used",
            many=True,
        ),
        InputSpec(
            "reference", "a spectrum of known isomer shift with the same wiring, which tells the "
            "orientation; needs reference_IS",
        ),
    )  # fmt: skip
    observables: tuple[ObservableSpec, ...] = SPECS
    alerts: tuple[AlertSpec, ...] = MOSSBAUER_ALERTS
    simulation: type[MossbauerSimulation] = MossbauerSimulation

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return MOSSBAUER_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return MOSSBAUER_METHODS

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """Fit parameters of a doublet and of the baseline, with their meaning."""
        return (
            ParameterRow("site<i>.center", "mm/s", "from the data", "the velocity range", "isomer shift"),
            ParameterRow("site<i>.splitting", "mm/s", "from the data", "0 to the range", "quadrupole splitting"),
            ParameterRow("site<i>.fwhm_low", "mm/s", "from the data", "0.097 to the range", "full width of the line at lower velocity; the other is tied to it"),
            ParameterRow("site<i>.area", "mm/s", "from the data", "open", "minus the absorption area, in counts mm/s"),
            ParameterRow("base.b0", "counts", "from the data", "open", "counts off resonance"),
        )  # fmt: skip

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording looks like a Mössbauer spectrum, and why.

        Parameters
        ----------
        recording : Recording
            Any.

        Returns
        -------
        Suitability
        """
        return suitability(recording)

    def observe(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> Observables:
        """Return what a spectrum shows: isomer shift, splitting, widths, areas, and what it does not.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording, or runs that are summed; ``calibration``: alpha-iron runs;
            ``reference``: a spectrum of known isomer shift.
        settings : MossbauerSettings, optional
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
        prepared, fitted = fitted_spectrum(
            given["sample"], given["calibration"], chosen, parameters, given["reference"]
        )
        beside = doubts(fitted, chosen, changed=bool(parameters))
        found = verdicts(fitted, beside.tried)
        items, covariance, keys = observables_of(fitted, chosen, found)
        if not any(one.withheld for one in found):
            items += thick_observables(fitted, chosen, {item.key: item for item in items})
        items += iron_shares(fitted, chosen, conventions(fitted, chosen))
        alerts = (
            *prepared.alerts, *(one.alert for one in found), *weak_sites(fitted, found),
            *beside.alerts,
            *_lacking(checklist([fitted], chosen), fitted.axis.source_name),
        )  # fmt: skip
        return Observables(
            self.name, items, covariance, keys, fitted.result,
            _charts(prepared, fitted), _once(alerts),
        )  # fmt: skip

    def fitted_problems(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> tuple[FittedProblem, ...]:
        """Return the fit of the sites, in the parameters of their lines.

        Parameters
        ----------
        inputs, settings, parameters
            As of `observe`.

        Returns
        -------
        tuple of FittedProblem
            One.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of(inputs, self.inputs, where=self.name)
        _, fitted = fitted_spectrum(
            given["sample"], given["calibration"], chosen, parameters, given["reference"]
        )
        start = [fitted.result.by_name]
        stack, _ = site_stack([fitted.axis], fitted.sites, start, parameters=parameters)
        # more of them are normal, with the root of the model for sigma, and are fitted once
        counts = fitted.axis.spectrum.sigma is None and bool(fitted.axis.counts.min() < _FEW)
        return (FittedProblem(stack.problem_of(0), counts),)

    def observe_series(self, scans: Sequence[SeriesScan]) -> Observables:
        """Return what the temperatures of a measurement show together.

        Parameters
        ----------
        scans : sequence of SeriesScan
            Those that were observed.

        Returns
        -------
        Observables
            Debye temperatures, populations with their tension, the bound on the exchange rate, and
            the figures of the series.
        """
        return observed_series(scans, self.inputs)

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated run as WissEl's text, which says that it is simulated.

        Parameters
        ----------
        settings : MossbauerSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_run(settings, seed)

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated run with its alpha-iron run.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings()


def _lacking(found: Checklist, where: str) -> tuple[Alert, ...]:
    if not found.missing:
        return ()
    items = ", ".join(row.item for row in found.missing)
    return (mossbauer_alert("MOS-122").alert(where=where, items=items),)


def _charts(prepared: PreparedSpectrum, fitted: FittedSites) -> tuple[Chart, ...]:
    charts: list[Chart | None] = [spectrum_chart(fitted)]
    if prepared.calibration is not None and prepared.iron is not None:
        charts += [
            branches_chart(fitted),
            calibration_chart(prepared.calibration, prepared.iron),
        ]
    return tuple(chart for chart in charts if chart is not None)


def _once(alerts: Sequence[Alert]) -> tuple[Alert, ...]:
    return tuple(dict.fromkeys(alerts))


mossbauer = Mossbauer()
