"""What came of a study: every file's result, every comparison, every alert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spectrafit.alert import Alert
from spectrafit.history import Source, frozen_mapping
from spectrafit.observable import Observable
from spectrafit.states.assignment import Assignment
from spectrafit.study.schema import Study
from spectrafit.technique import Observables

if TYPE_CHECKING:
    import pandas

__all__ = ["ComparisonResult", "FileResult", "Outcome", "Reuse", "SeriesResult", "TruthRow"]


@dataclass(frozen=True, eq=False)
class FileResult:
    """What came of one file of one measurement.

    Parameters
    ----------
    measurement : str
        Name of the measurement.
    technique : str
        Name of the technique.
    file : str
        Path relative to the study, with forward slashes.
    label : str
        Unique short name, safe as a file name, like ``"herfd-008K"``.
    status : str
        ``done``, ``refused`` (with `why`) or ``left out`` (with the written reason).
    why : str
        The reason of a refusal or exception.
    source : Source
        File name and checksum.
    conditions : mapping
        Like ``{"T": 8.0}`` in K.
    observables : Observables or None
        None where refused or left out.
    alerts : tuple of Alert
        All that concern the file, waived ones left in.
    started : str
        When the scan began, in ISO 8601 as its header says it; empty where it does not.
    scans : int
        How many scans were merged into it; 1 for a scan by itself.
    """

    measurement: str
    technique: str
    file: str
    label: str
    status: Literal["done", "refused", "left out"]
    why: str = ""
    source: Source = Source("")
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    observables: Observables | None = None
    alerts: tuple[Alert, ...] = ()
    started: str = ""
    scans: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", frozen_mapping(self.conditions))

    def __reduce__(self) -> tuple[object, ...]:
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return (FileResult, tuple({**values, "conditions": dict(self.conditions)}.values()))


@dataclass(frozen=True, eq=False)
class ComparisonResult:
    """What came of one ``[[comparison]]``.

    Parameters
    ----------
    name : str
        Of the comparison.
    measurement : str
        Its measurement.
    status : str
        ``done``, or ``refused`` (with `why`).
    why : str
        The reason of a refusal.
    a : tuple of str
        The spectra that were compared, as printed.
    b : str
        What they were held against.
    observables : Observables or None
        None where refused.
    alerts : tuple of Alert
        All that concern it.
    """

    name: str
    measurement: str
    status: Literal["done", "refused"]
    why: str = ""
    a: tuple[str, ...] = ()
    b: str = ""
    observables: Observables | None = None
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, eq=False)
class SeriesResult:
    """What the scans of one measurement gave together.

    Parameters
    ----------
    measurement : str
        Its name.
    status : str
        ``done``, or ``refused`` (with `why`).
    why : str
        The reason of a refusal.
    scans : tuple of str
        Labels of the scans.
    observables : Observables or None
        None where refused.
    alerts : tuple of Alert
        All that concern it.
    """

    measurement: str
    status: Literal["done", "refused"]
    why: str = ""
    scans: tuple[str, ...] = ()
    observables: Observables | None = None
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True)
class TruthRow:
    """One observable of simulated data against the declared truth.

    Parameters
    ----------
    label : str
        Label of the file's result.
    observable : Observable
        What was recovered.
    truth : float
        What the declared populations make of this key, by the technique's own mixing rule.
    pull : float or None
        (recovered - truth)/sigma; None where there is no sigma.
    paper : float or None
        The value printed in the paper, where there is one.
    """

    label: str
    observable: Observable
    truth: float
    pull: float | None
    paper: float | None = None


@dataclass(frozen=True)
class Reuse:
    """What a run took over from its journal.

    Parameters
    ----------
    kept : int
        Files whose results are as before.
    computed : int
        Files that were fitted.
    refused : int
        Files that were tried and refused; they are tried in every run.
    digest : str
        Digest of all that the outcome depends on; empty where it is not known.
    faults : tuple of str
        What of the journal was of no use, a sentence each.
    comparisons_kept : int
        Comparisons of spectra that are as before.
    comparisons : int
        Comparisons that gave something, kept or computed.
    """

    kept: int = 0
    computed: int = 0
    refused: int = 0
    digest: str = ""
    faults: tuple[str, ...] = ()
    comparisons_kept: int = 0
    comparisons: int = 0

    def __str__(self) -> str:
        total = self.kept + self.computed + self.refused
        words = f"{self.kept} of {total} files as before (journal), {self.computed} computed"
        if self.refused:
            words += f", {self.refused} refused"
        if self.comparisons:
            words += f"; {self.comparisons_kept} of {self.comparisons} comparisons as before"
        return words


@dataclass(frozen=True, eq=False)
class Outcome:
    """All that came of a study.

    Parameters
    ----------
    study : Study
        The study as loaded.
    results : tuple of FileResult
        In the order of the study, files in natural order.
    truth : tuple of TruthRow
        Only for simulated data with a declared truth.
    alerts : tuple of Alert
        Of the whole study, not of one file.
    waived : mapping of str to str
        ``"code measurement"`` to the written reason.
    checks_not_performed : tuple of str
        What was not checked, and why.
    silent_keys : tuple of str
        Observables that no state mentions.
    assumed : tuple of str
        Sentences for values whose source is an assumption.
    simulated : bool
        True when any input says that it is simulated.
    versions : mapping of str to str
        Of spectrafit and the libraries that computed.
    settings_toml : str
        The study file's text.
    study_file : Path or None
        Where the study file is; None for a study that is no file.
    measurement_alerts : mapping of str to tuple of Alert
        Of whole measurements, by name: what was decided or noticed once for all their files.
    reuse : Reuse
        What was taken over from the journal; nothing else depends on it.
    comparisons : tuple of ComparisonResult
        In the order of the study.
    series : tuple of SeriesResult
        Of the measurements whose technique fits series, in the order of the study.
    assignment : Assignment or None
        What the states of the study come to; None where none were assigned.
    """

    study: Study
    results: tuple[FileResult, ...]
    truth: tuple[TruthRow, ...] = ()
    alerts: tuple[Alert, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)
    checks_not_performed: tuple[str, ...] = ()
    silent_keys: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    simulated: bool = False
    versions: Mapping[str, str] = field(default_factory=dict)
    settings_toml: str = ""
    study_file: Path | None = None
    measurement_alerts: Mapping[str, tuple[Alert, ...]] = field(default_factory=dict)
    reuse: Reuse = Reuse()
    comparisons: tuple[ComparisonResult, ...] = ()
    series: tuple[SeriesResult, ...] = ()
    assignment: Assignment | None = None

    @property
    def all_alerts(self) -> tuple[Alert, ...]:
        """Alerts of the study, of its measurements, series, comparisons and of every file."""
        of_measurements = (one for found in self.measurement_alerts.values() for one in found)
        compared = (alert for one in self.comparisons for alert in one.alerts)
        together = (alert for one in self.series for alert in one.alerts)
        of_files = (alert for result in self.results for alert in result.alerts)
        return (*self.alerts, *of_measurements, *together, *compared, *of_files)

    def waiver_reason(self, code: str, measurement: str = "") -> str:
        """Return the written reason why an alert is accepted, or an empty text.

        Parameters
        ----------
        code : str
            Code of the alert.
        measurement : str
            Name of the measurement it was raised on; empty for the whole study.

        Returns
        -------
        str
        """
        keys = (f"{code} {measurement}", f"{code} ", code)
        return next((self.waived[key] for key in keys if key in self.waived), "")

    @property
    def done(self) -> tuple[FileResult, ...]:
        """The results that hold observables."""
        return tuple(result for result in self.results if result.status == "done")

    def to_frame(self) -> pandas.DataFrame:
        """Return the wide table of the report, ``fits.csv``: one row a file.

        Returns
        -------
        pandas.DataFrame
            Status, conditions, every observable and parameter with its standard uncertainty or the
            reason why there is none, flags, and why a file was refused; units are in
            ``frame.attrs``.
        """
        from spectrafit.reporting.observed import fits_table
        from spectrafit.reporting.table_frame import table_frame

        return table_frame(fits_table(self))

    def _repr_html_(self) -> str:
        from spectrafit.study.notebook import outcome_html

        return outcome_html(self)
