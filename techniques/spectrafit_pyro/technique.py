"""The technique `pyro`: logs of time, temperature and current become p(T) and its integral."""

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
from spectrafit_pyro.alerts import PYRO_ALERTS
from spectrafit_pyro.methods import PYRO_CITATIONS, PYRO_METHODS
from spectrafit_pyro.observed import observed_run
from spectrafit_pyro.settings import PyroSettings
from spectrafit_pyro.simulation import PyroSimulation, example_recordings, simulated_run_text
from spectrafit_pyro.specs import SPECS
from spectrafit_pyro.suitability import suitability
from spectrafit_pyro.whole_series import observed_series

__all__ = ["Pyro", "pyro"]


@dataclass(frozen=True)
class Pyro:
    """Pyroelectric currents of a heating and a cooling branch as a technique.

    Parameters
    ----------
    name, title, x_unit : str
        As every technique has them; x is the temperature.
    """

    name: str = "pyro"
    title: str = (
        "Pyroelectric currents: signed p(T), change of polarisation, offset, lag, reference share"
    )
    x_unit: str = "K"
    settings: type[PyroSettings] = PyroSettings
    inputs: tuple[InputSpec, ...] = (
        InputSpec(
            "sample", "a log of time, temperature and current; both branches in one file, or one each",
            required=True, many=True, one_temperature=False,
        ),
        InputSpec(
            "reference", "the log of a reference crystal that moves no charge, with an electrode of its own",
            many=True,
        ),
    )  # fmt: skip
    observables: tuple[ObservableSpec, ...] = SPECS
    alerts: tuple[AlertSpec, ...] = PYRO_ALERTS
    simulation: type[PyroSimulation] = PyroSimulation

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides the core's."""
        return PYRO_CITATIONS

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order."""
        return PYRO_METHODS

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """None: nothing is fitted to a run."""
        return ()

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording is the log of a pyroelectric run, and why.

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
        """Return what a run shows: peak, plateau, offset, lag, change of polarisation, closure.

        Parameters
        ----------
        inputs : mapping
            ``sample``: one log, or those of both branches; ``reference``: that of a reference
            crystal.
        settings : PyroSettings, optional
            Defaults when None.
        parameters : mapping of str to ParameterChange, optional
            There are none.

        Returns
        -------
        Observables

        Raises
        ------
        SpectrafitError
            For data or settings that allow no result; without an area, with the line to type.
        """
        chosen = checked_settings(settings, self.settings, where=self.name)
        given = inputs_of(inputs, self.inputs, where=self.name)
        if parameters:
            raise SettingsError(
                f"there is no parameter {next(iter(parameters))!r}",
                where=self.name,
                do="leave it out: nothing is fitted to a run",
            )
        return observed_run(given["sample"], given["reference"], chosen)

    def observe_series(self, scans: Sequence[SeriesScan]) -> Observables:
        """Return the points of p(T) and dP(T), and what several runs say together.

        Parameters
        ----------
        scans : sequence of SeriesScan
            Those that were observed; one is enough.

        Returns
        -------
        Observables
            Many items of one key, each with T and branch among its conditions.
        """
        return observed_series(scans, self.inputs)

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return a simulated run as text, which says that it is simulated.

        Parameters
        ----------
        settings : PyroSimulation
            What is simulated.
        seed : int
            Of the noise.

        Returns
        -------
        str
        """
        return simulated_run_text(settings, seed)

    def example(self) -> Mapping[str, Recording]:
        """Return a small simulated run.

        Returns
        -------
        mapping of str to Recording
        """
        return example_recordings()


pyro = Pyro()
