"""The technique `structure`: crystal structures become bond lengths, polar axes and their changes."""

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
from spectrafit_structure.alerts import STRUCTURE_ALERTS
from spectrafit_structure.methods import STRUCTURE_CITATIONS, STRUCTURE_METHODS
from spectrafit_structure.one_structure import observed_structure
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.simulate import (
    StructureSimulation,
    example_recordings,
    simulated_cif,
)
from spectrafit_structure.specs import SPECS
from spectrafit_structure.suitability import suitability
from spectrafit_structure.whole_series import observed_series

__all__ = ["Structure", "structure"]


@dataclass(frozen=True)
class Structure:
    """Crystal structures at several temperatures as a technique.

    Parameters
    ----------
    name, title, x_unit : str
        As every technique has them; x is the temperature.
    """

    name: str = "structure"
    title: str = "Crystal structures: bond lengths, their changes with temperature, polar axis, V/Z"
    x_unit: str = "K"
    settings: type[StructureSettings] = StructureSettings
    inputs: tuple[InputSpec, ...] = (
        InputSpec("sample", "a crystal structure: CIF or table of bond lengths", required=True),
    )
    observables: tuple[ObservableSpec, ...] = SPECS
    alerts: tuple[AlertSpec, ...] = STRUCTURE_ALERTS
    simulation: type[StructureSimulation] = StructureSimulation

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return STRUCTURE_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return STRUCTURE_METHODS

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """None: nothing is fitted to one structure."""
        return ()

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording is a crystal structure with metals, and why.

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
        """Return what one structure shows: lengths, distortions, polar axis, V/Z.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one recording.
        settings : StructureSettings, optional
            Defaults when None.
        parameters : mapping of str to ParameterChange, optional
            There are none.

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
                f"there is no parameter {next(iter(parameters))!r}",
                where=self.name,
                do="leave it out: nothing is fitted to a structure",
            )
        return observed_structure(given["sample"][0], chosen)

    def observe_series(self, scans: Sequence[SeriesScan]) -> Observables:
        """Return what the structures of a measurement show together.

        Parameters
        ----------
        scans : sequence of SeriesScan
            Those that were observed.

        Returns
        -------
        Observables
            Changes with their limits, slopes, displacements of mixtures, and the figures.
        """
        return observed_series(scans, self.inputs)

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated structure as a CIF, which says that it is simulated.

        Parameters
        ----------
        settings : StructureSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_cif(settings, seed)

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated structure.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings()


structure = Structure()
