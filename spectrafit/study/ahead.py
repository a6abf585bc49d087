"""What several scans give, computed by several processes before it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol

from spectrafit.errors import SpectrafitError
from spectrafit.executor import Executor, WorkerLost
from spectrafit.registry import technique
from spectrafit.study.comparison_sides import ObservedScan
from spectrafit.study.tasks import SAMPLE, fault_of
from spectrafit.technique import (
    ComparedScans,
    ComparesSpectra,
    FitsSeries,
    Observables,
    SeriesScan,
)

__all__ = ["ComparisonWork", "SeriesWork", "Work", "computed_ahead", "outcome_of"]


class Work(Protocol):
    """What a technique is asked about several scans."""

    @property
    def technique(self) -> str:
        """Name of the technique."""
        ...

    @property
    def name(self) -> str:
        """Name in the study."""
        ...

    def observables(self) -> Observables:
        """Return what the technique answers."""
        ...


@dataclass(frozen=True, eq=False)
class SeriesWork:
    """All scans of a measurement, to be observed together.

    Parameters
    ----------
    technique, name : str
        Of the measurement.
    scans : mapping of str to ObservedScan
        By label.
    """

    technique: str
    name: str
    scans: Mapping[str, ObservedScan]

    def observables(self) -> Observables:
        """Return what the scans, read again, give together."""
        owner = technique(self.technique)
        assert isinstance(owner, FitsSeries)
        return owner.observe_series(
            [_series_scan(scan, label) for label, scan in self.scans.items()]
        )


@dataclass(frozen=True, eq=False)
class ComparisonWork:
    """The sides of a comparison.

    Parameters
    ----------
    technique, name, measurement : str
        Of the comparison.
    a : sequence of ComparedScans
        What is compared.
    b : ComparedScans
        What it is held against.
    ends : sequence of ComparedScans
        End members of the population, or none.
    settings : object
        Of the comparison.
    """

    technique: str
    name: str
    measurement: str
    a: Sequence[ComparedScans]
    b: ComparedScans
    ends: Sequence[ComparedScans]
    settings: Any

    def observables(self) -> Observables:
        """Return what the comparison gives."""
        owner = technique(self.technique)
        assert isinstance(owner, ComparesSpectra)
        return owner.compare(self.a, self.b, self.ends, self.settings)


def outcome_of(work: Work) -> Observables | SpectrafitError:
    """Return what comes of a piece of work, or why it is refused.

    Parameters
    ----------
    work : Work
        What is asked.

    Returns
    -------
    Observables or SpectrafitError
        A `PluginError` for whatever a third party's code raises.
    """
    try:
        return work.observables()
    except SpectrafitError as error:
        return error
    except Exception as error:
        return fault_of(f"the technique {work.technique}", work.name, error)


def computed_ahead(
    works: Sequence[Work], executor: Executor, told: Callable[[str], None]
) -> dict[str, Observables | SpectrafitError]:
    """Return what comes of some pieces of work where several processes share them.

    Parameters
    ----------
    works : sequence of Work
        Of different names.
    executor : Executor
        What does the work; on another machine the files of a series need not be.
    told : callable
        ``told(name)``, called after each.

    Returns
    -------
    dict of str to (Observables or SpectrafitError)
        By name; nothing of a piece that is better asked for here: where one process is all there
        is, or where what comes of it cannot be handed over.
    """
    if executor.count == 1 or executor.elsewhere or len(works) < 2:
        return {}
    found: dict[str, Observables | SpectrafitError] = {}
    with closing(executor.completed(outcome_of, works)) as stream:
        for one in stream:
            name = works[one.number].name
            if one.value is not None:
                found[name] = one.value
            elif isinstance(one.error, WorkerLost) and found:
                found[name] = one.error
            told(name)
    return found


def _series_scan(scan: ObservedScan, label: str) -> SeriesScan:
    task, result = scan.task, scan.result
    if result.observables is None:
        raise SpectrafitError("a scan without observables", where=result.file)
    return SeriesScan(
        label,
        {**task.inputs, SAMPLE: scan.recording()},
        task.settings,
        task.parameters,
        result.observables,
    )
