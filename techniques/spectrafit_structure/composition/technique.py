"""The technique `composition`: an elemental analysis or a mass spectrum against a formula."""

from __future__ import annotations

from collections.abc import Mapping
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
    Suitability,
    checked_settings,
    inputs_of,
)
from spectrafit_structure.composition.alerts import COMPOSITION_ALERTS
from spectrafit_structure.composition.methods import COMPOSITION_CITATIONS, COMPOSITION_METHODS
from spectrafit_structure.composition.observed import observed_composition
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.composition.simulate import (
    CompositionSimulation,
    example_recordings,
    simulated_file,
)
from spectrafit_structure.composition.specs import SPECS
from spectrafit_structure.composition.suitability import suitability

__all__ = ["Composition", "composition"]


@dataclass(frozen=True)
class Composition:
    """Elemental analysis and mass spectrometry as a technique.

    Parameters
    ----------
    name, title, x_unit : str
        As every technique has them.
    """

    name: str = "composition"
    title: str = "Composition: elemental analyses and isotope patterns against a formula"
    x_unit: str = "1"
    settings: type[CompositionSettings] = CompositionSettings
    inputs: tuple[InputSpec, ...] = (
        InputSpec(
            "sample",
            "an elemental analysis or a mass spectrum",
            required=True,
            one_temperature=False,
        ),
    )
    observables: tuple[ObservableSpec, ...] = SPECS
    alerts: tuple[AlertSpec, ...] = COMPOSITION_ALERTS
    simulation: type[CompositionSimulation] = CompositionSimulation

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """None: nothing is fitted."""
        return ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return COMPOSITION_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return COMPOSITION_METHODS

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording is an elemental analysis or a mass spectrum, and why.

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
        """Return how a file agrees with the formula.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording.
        settings : CompositionSettings, optional
            Defaults when None: formula, charge and lost part are then those of the file's header.
        parameters : mapping of str to ParameterChange, optional
            There are none.

        Returns
        -------
        Observables

        Raises
        ------
        SpectrafitError
            For a missing formula or charge, data or settings that allow no result, and without
            periodictable.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of(inputs, self.inputs, where=self.name)
        if parameters:
            raise SettingsError(
                f"no parameter {next(iter(parameters))!r}", where=self.name, do="nothing is fitted"
            )
        return observed_composition(given["sample"][0], chosen)

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated analysis or mass spectrum, which says that it is simulated.

        Parameters
        ----------
        settings : CompositionSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_file(settings, seed)

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated analysis.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings()


composition = Composition()
