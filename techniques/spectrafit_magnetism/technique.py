"""The technique `magnetism`: moments become chi_m T, transitions, spins and exchange."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.alert import AlertSpec
from spectrafit.citation import Citation
from spectrafit.errors import SettingsError
from spectrafit.fit.problem import ParameterChange
from spectrafit.methods import MethodsRule
from spectrafit.observable import ObservableSpec
from spectrafit.recording import Recording
from spectrafit.technique import (
    Inputs,
    InputSpec,
    Observables,
    ParameterRow,
    SeriesScan,
    Suitability,
    checked_settings,
    inputs_of,
)
from spectrafit_magnetism.alerts import MAGNETISM_ALERTS
from spectrafit_magnetism.methods import MAGNETISM_CITATIONS, MAGNETISM_METHODS
from spectrafit_magnetism.observed import observed
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.simulate import MagnetismSimulation, example_recordings, simulated_log
from spectrafit_magnetism.specs import SPECS
from spectrafit_magnetism.suitability import suitability
from spectrafit_magnetism.whole_series import observed_series

__all__ = ["Magnetism", "magnetism"]


@dataclass(frozen=True)
class Magnetism:
    """Magnetometry of one sample against temperature or field as a technique.

    Parameters
    ----------
    name, title, x_unit : str
        As every technique has them.
    """

    name: str = "magnetism"
    title: str = "Magnetometry: chi_m T raw and corrected, transitions and loops, exchange, M(H)"
    x_unit: str = "K"
    settings: type[MagnetismSettings] = MagnetismSettings
    inputs: tuple[InputSpec, ...] = (
        InputSpec(
            "sample", "a run against temperature or field, or a table of chi T", required=True,
            one_temperature=False,
        ),
        InputSpec("background", "a run of the empty holder, which is taken off"),
    )  # fmt: skip
    observables: tuple[ObservableSpec, ...] = SPECS
    alerts: tuple[AlertSpec, ...] = MAGNETISM_ALERTS
    simulation: type[MagnetismSimulation] = MagnetismSimulation
    parameters: tuple[ParameterRow, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return MAGNETISM_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return MAGNETISM_METHODS

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording looks like a magnetometer's run or a table of chi T, and why.

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
        """Return what one run shows: named values, transitions, a loop, spins, laws, or a slope.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording; ``background``: the empty holder.
        settings : MagnetismSettings, optional
            Defaults when None.
        parameters : mapping of str to ParameterChange, optional
            Refused: what is fitted, held and bounded stands in the settings.

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
        if parameters:
            raise SettingsError(
                f"no fit parameter {next(iter(parameters))!r}",
                where=self.name,
                do="choose by the settings S1, S2, pair_free, curie_K and curie_tip",
            )
        return observed(given["sample"][0], chosen, given["background"])

    def observe_series(self, scans: Sequence[SeriesScan]) -> Observables:
        """Return the curve of chi T point by point, and what several files show together.

        Parameters
        ----------
        scans : sequence of SeriesScan
            Those that were observed; one is enough.

        Returns
        -------
        Observables
        """
        return observed_series(scans, self.inputs)

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated run as the text of an MPMS3, which says that it is simulated.

        Parameters
        ----------
        settings : MagnetismSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_log(settings, seed)

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated run.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings()


magnetism = Magnetism()
