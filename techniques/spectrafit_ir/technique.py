"""The technique `ir`: absorbance against wavenumber becomes bands, and bands through temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.alert import AlertSpec
from spectrafit.citation import Citation
from spectrafit.fit.problem import ParameterChange
from spectrafit.methods import MethodsRule
from spectrafit.observable import ObservableSpec
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
from spectrafit_ir.alerts import INFRARED_ALERTS
from spectrafit_ir.methods import INFRARED_CITATIONS, INFRARED_METHODS
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.simulate import InfraredSimulation, example_recordings, simulated_spectrum
from spectrafit_ir.specs import SPECS
from spectrafit_ir.spectrum_bands import fitted_windows, observed_spectrum
from spectrafit_ir.suitability import suitability
from spectrafit_ir.whole_series import observed_series

__all__ = ["Infrared", "infrared"]


@dataclass(frozen=True)
class Infrared:
    """Infrared spectroscopy in absorbance as a technique.

    Parameters
    ----------
    name, title, x_unit : str
        As every technique has them.
    """

    name: str = "ir"
    title: str = "Infrared spectra: bands through temperature, steps, populations and rate bounds"
    x_unit: str = "cm-1"
    settings: type[InfraredSettings] = InfraredSettings
    inputs: tuple[InputSpec, ...] = (
        InputSpec("sample", "the spectrum", required=True),
        InputSpec("background", "a spectrum of water vapour or carbon dioxide, which is fitted and taken off"),
        InputSpec("reference", "calculated vibrations of states, one file each", many=True),
    )  # fmt: skip
    observables: tuple[ObservableSpec, ...] = SPECS
    alerts: tuple[AlertSpec, ...] = INFRARED_ALERTS
    simulation: type[InfraredSimulation] = InfraredSimulation

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return INFRARED_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return INFRARED_METHODS

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """Fit parameters of a band, with their meaning."""
        return (
            ParameterRow("<band>.center", "cm-1", "from the data", "setting bands", "position"),
            ParameterRow("<band>.fwhm", "cm-1", "from the data", "setting fwhm_cm; two points to half the window", "full width at half maximum"),
            ParameterRow("<band>.area", "cm-1", "from the data", "open", "area"),
            ParameterRow("<band>.fraction", "1", "from the data", "0 to 1, or held by mixing", "Lorentzian share by area"),
        )  # fmt: skip

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording looks like an infrared spectrum, and why.

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
        """Return what a spectrum shows: traces, areas and profiles of its bands, or a peak list.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording; ``background``: vapour; ``reference``: calculated vibrations,
            which the series uses.
        settings : InfraredSettings, optional
            Defaults when None.
        parameters : mapping of str to ParameterChange, optional
            Starts, bounds, fixed and tied parameters of named bands, like ``"1485.center"``, here
            and in the linked fit of a series.

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
        return observed_spectrum(given["sample"][0], chosen, given["background"], parameters or {})

    def fitted_problems(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> tuple[FittedProblem, ...]:
        """Return the fits of named bands, one a window.

        Parameters
        ----------
        inputs, settings, parameters
            As of `observe`.

        Returns
        -------
        tuple of FittedProblem
            None where no bands are named.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of(inputs, self.inputs, where=self.name)
        return fitted_windows(given["sample"][0], chosen, given["background"], parameters or {})

    def observe_series(self, scans: Sequence[SeriesScan]) -> Observables:
        """Return what the temperatures of a measurement show together.

        Parameters
        ----------
        scans : sequence of SeriesScan
            Those that were observed.

        Returns
        -------
        Observables
            Linked bands, regimes with the bracket of a step, how many species, progress and what a
            two-state law can say, the rate bound, and the figures of the series.
        """
        return observed_series(scans, self.inputs)

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated spectrum as JCAMP-DX, which says that it is simulated.

        Parameters
        ----------
        settings : InfraredSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_spectrum(settings, seed)

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated spectrum.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings()


infrared = Infrared()
