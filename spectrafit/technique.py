"""What a technique is: recordings in, observables out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from spectrafit.alert import Alert, AlertSpec
from spectrafit.citation import Citation
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import FitResult
from spectrafit.history import frozen_mapping
from spectrafit.methods import MethodsRule
from spectrafit.observable import Observable, ObservableSpec, observable_text
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray, Spectrum, read_only

if TYPE_CHECKING:
    import pandas

__all__ = [
    "ComparedScans",
    "ComparesSpectra",
    "DescribesMethods",
    "DrawsMaps",
    "ExportFormat",
    "ExportedScan",
    "ExportsScans",
    "FitsSeries",
    "FittedProblem",
    "GivesProblems",
    "InputSpec",
    "ObservableMap",
    "Observables",
    "ObservesSeries",
    "ParameterRow",
    "SeriesRecipe",
    "SeriesScan",
    "Simulates",
    "Suitability",
    "Technique",
    "checked_settings",
    "inputs_of",
]


@dataclass(frozen=True)
class InputSpec:
    """One named input of a technique.

    Parameters
    ----------
    name : str
        Role: ``"sample"``, ``"calibration"``, ``"reference"`` or ``"background"``.
    meaning : str
        One sentence.
    required : bool
        Whether the technique refuses to work without it.
    many : bool
        Whether it may be several recordings.
    one_temperature : bool
        Whether each recording is one at a temperature, which a first study asks for; False where
        the temperature runs within a recording, or plays no part.
    """

    name: str
    meaning: str
    required: bool = False
    many: bool = False
    one_temperature: bool = True


@dataclass(frozen=True)
class Suitability:
    """Whether a recording looks like one of a technique, and why.

    Parameters
    ----------
    suits : bool
        The judgement.
    why : str
        One sentence, also where it does not suit.
    conditions : mapping
        What the recording says of itself (``{"element": "Fe"}``), for grouping: files of one
        measurement agree in the texts. The first is the subject, which a sample and its
        calibration share.
    role : str
        ``sample``, ``calibration``, ``reference`` or ``background``: what it seems to be for.
    settings : mapping
        Settings that this recording needs and that differ from the defaults, for a first study; of
        a recording that is no sample, settings of the measurements that use it.
    missing : mapping of str to str
        Settings that only the user knows, by name, each with a sentence that asks for it. A value
        of the same name in `settings` is an example, which the user confirms. The name of an input
        says that nothing comes of the recording without it.
    """

    suits: bool
    why: str
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    role: str = "sample"
    settings: Mapping[str, Any] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ParameterRow:
    """One fit parameter of a technique, for its users.

    Parameters
    ----------
    name : str
        As in ``[measurement.parameters]``; ``<i>`` stands for a number.
    unit : str
        Unit.
    default : str
        Start value, or how it is found.
    bounds : str
        In words or numbers.
    meaning : str
        One sentence.
    """

    name: str
    unit: str
    default: str
    bounds: str
    meaning: str


@dataclass(frozen=True, eq=False)
class Observables:
    """What a technique found in one set of inputs.

    Parameters
    ----------
    technique : str
        Its name.
    items : tuple of Observable
        All of them, of different keys.
    covariance : ndarray, shape (k, k), or None
        Of the items named in `covariance_keys`.
    covariance_keys : tuple of str
        Keys, in the order of the rows.
    fit : FitResult or None
        The fit that the values come from.
    charts : tuple of Chart
        What to look at.
    alerts : tuple of Alert
        What to know before quoting.
    spectrum : Spectrum or None
        What the technique made of the recording, like the normalised spectrum; spectra of one
        measurement are drawn over each other.
    """

    technique: str
    items: tuple[Observable, ...]
    covariance: FloatArray | None = None
    covariance_keys: tuple[str, ...] = ()
    fit: FitResult | None = None
    charts: tuple[Chart, ...] = ()
    alerts: tuple[Alert, ...] = ()
    spectrum: Spectrum | None = None

    def __post_init__(self) -> None:
        if self.covariance is not None:
            object.__setattr__(self, "covariance", read_only(self.covariance))
            size = len(self.covariance_keys)
            if self.covariance.shape != (size, size) or not np.isfinite(self.covariance).all():
                raise SettingsError("the covariance does not fit its keys", where=self.technique)

    def __reduce__(self) -> tuple[object, ...]:
        return (Observables, tuple(getattr(self, row.name) for row in fields(self)))

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys in order."""
        return tuple(item.key for item in self.items)

    def __getitem__(self, key: str) -> Observable:
        for item in self.items:
            if item.key == key:
                return item
        raise SettingsError(f"no observable {key!r}", do=f"there are: {', '.join(self.keys)}")

    def to_frame(self) -> pandas.DataFrame:
        """Return a table, one row an observable.

        Returns
        -------
        pandas.DataFrame
            Columns are the conditions, key, value, word (of a category), sigma, sigma_reason,
            unit, kind, low, high, level, verdict and source; what is not there is not a number or
            empty.
        """
        from spectrafit.conditions import CONDITION_UNITS
        from spectrafit.notebook import SIGMA_NOTE, data_frame

        items = self.items
        names = dict.fromkeys(name for item in items for name in item.conditions)

        def floats(values: Iterable[object]) -> FloatArray:
            numbers = (value if isinstance(value, int | float) else np.nan for value in values)
            return np.array(list(numbers), dtype=np.float64)

        return data_frame(
            {
                **{name: [item.conditions.get(name) for item in items] for name in names},
                "key": self.keys,
                "value": floats(item.value for item in items),
                "word": [item.value if isinstance(item.value, str) else "" for item in items],
                "sigma": floats(item.sigma for item in items),
                "sigma_reason": [item.sigma_reason for item in items],
                "unit": [item.unit for item in items],
                "kind": [item.kind.value for item in items],
                "low": floats(item.low for item in items),
                "high": floats(item.high for item in items),
                "level": floats(item.level for item in items),
                "verdict": [item.verdict for item in items],
                "source": [item.source.name for item in items],
            },
            {name: CONDITION_UNITS[name] for name in names if name in CONDITION_UNITS},
            technique=self.technique,
            simulated=any(item.source.simulated for item in items),
            note=SIGMA_NOTE,
        )

    def _repr_html_(self) -> str:
        from spectrafit.alert import Level
        from spectrafit.notebook import html_lines, html_table, unit_text
        from spectrafit.rounding import UNCERTAINTY_NOTE

        rows = [(item.key, observable_text(item), unit_text(item.unit)) for item in self.items]
        figures = ", ".join(chart.name for chart in self.charts)
        lines = (
            *(str(alert) for alert in self.alerts if alert.level is not Level.G),
            f"figures: {figures}; spectrafit.figures.plot(…, name=…) draws them" if figures else "",
        )
        title = html_lines(
            self.technique, lines, simulated=any(item.source.simulated for item in self.items)
        )
        return title + html_table(("key", "value", "unit"), rows, note=UNCERTAINTY_NOTE)


Inputs = Mapping[str, Recording | Sequence[Recording]]

SettingsType = TypeVar("SettingsType")


@runtime_checkable
class Technique(Protocol):
    """One spectroscopy: how its recordings become observables.

    `settings` is a frozen dataclass type; each field carries ``metadata`` with ``unit`` and
    ``meaning`` (and ``choices`` where they are closed) and has a default.
    """

    @property
    def name(self) -> str:
        """Name in studies and on the command line."""

    @property
    def title(self) -> str:
        """One line for lists."""

    @property
    def x_unit(self) -> str:
        """Unit of the x axis of its spectra."""

    @property
    def settings(self) -> type[Any]:
        """Frozen dataclass type of its settings."""

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """Named inputs."""

    @property
    def observables(self) -> tuple[ObservableSpec, ...]:
        """Declared keys."""

    @property
    def parameters(self) -> tuple[ParameterRow, ...]:
        """Fit parameters that a user can start, bound, fix or tie."""

    @property
    def alerts(self) -> tuple[AlertSpec, ...]:
        """Declared alert codes."""

    def suits(self, recording: Recording) -> Suitability:
        """Return whether a recording looks like one of this technique, and why.

        Where a folder is surveyed, the recording's name has the folders below it in front.
        """

    def observe(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> Observables:
        """Return the observables of one set of inputs."""

    def example(self) -> Mapping[str, Recording]:
        """Return small inputs that `observe` accepts, for tests and documentation."""


@runtime_checkable
class Simulates(Protocol):
    """A technique that writes synthetic raw data in an instrument's own format."""

    @property
    def simulation(self) -> type[Any]:
        """Frozen dataclass type of the simulation's settings."""

    def simulated_text(self, settings: Any, seed: int) -> str:
        """Return the file's text, which says that it is simulated."""


@runtime_checkable
class DescribesMethods(Protocol):
    """A technique that says in the sentences of a paper what it did."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What its sentences cite besides `spectrafit.bibliography.CORE_CITATIONS`."""

    @property
    def methods(self) -> tuple[MethodsRule, ...]:
        """Its sentences in reading order; each step and each convention has a rule."""


@dataclass(frozen=True)
class ObservableMap:
    """Two observables that are drawn against each other over the samples of a measurement.

    Parameters
    ----------
    name : str
        Safe as part of a file name, like ``"centroid-area"``.
    title : str
        Like ``"centroid against area"``.
    x, y : str
        Declared keys; what stands in braces is the same in both.
    x_label, y_label : str
        Of the axes, with unit.
    x_convention, y_convention : str
        Conventions that the labels end with; points that differ in one are drawn apart. Empty for
        none.
    """

    name: str
    title: str
    x: str
    y: str
    x_label: str
    y_label: str
    x_convention: str = ""
    y_convention: str = ""


@runtime_checkable
class DrawsMaps(Protocol):
    """A technique whose samples are told apart by two of its observables together."""

    @property
    def maps(self) -> tuple[ObservableMap, ...]:
        """Drawn for each measurement with two or more spectra."""


@dataclass(frozen=True)
class SeriesRecipe:
    """How each scan of a long series is fitted: once, from a good start.

    Parameters
    ----------
    settings : object
        For every scan, of the type that the technique declares as its `series_settings`: the user's
        settings, and what was decided.
    parameters : mapping of str to ParameterChange
        For every scan; those of the user are in it.
    alerts : tuple of Alert
        What was decided and from which scans; raised once for the measurement.
    """

    settings: Any
    parameters: Mapping[str, ParameterChange] = field(default_factory=dict)
    alerts: tuple[Alert, ...] = ()


@runtime_checkable
class ObservesSeries(Protocol):
    """A technique that decides once for a long series what it would decide for every scan."""

    @property
    def series_settings(self) -> type[Any]:
        """Frozen dataclass type of a recipe's settings: the technique's own, or a subclass."""

    def series_recipe(
        self,
        samples: Sequence[Recording],
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> SeriesRecipe:
        """Return how to fit each scan once, from a few scans spread over the series.

        Parameters
        ----------
        samples : sequence of Recording
            A few scans, spread evenly over the series.
        inputs : mapping
            Every input but the sample, the same for all.
        settings : object, optional
            The user's settings; what they ask for is kept.
        parameters : mapping of str to ParameterChange, optional
            The user's changes.
        """


@dataclass(frozen=True, eq=False)
class ComparedScans:
    """One side of a comparison: a scan, or repeats of it, with all that its technique needs.

    Parameters
    ----------
    name : str
        Part of a key, like ``"135K"``; unique among those that are compared.
    label : str
        As printed, like ``"herfd-fe, T = 135 K"``.
    technique : str
        Name of the technique that observed it.
    inputs : mapping
        ``sample`` holds the repeats; the other inputs are as in `Technique.observe`.
    settings : object
        Of that technique.
    parameters : mapping of str to ParameterChange
        Changed fit parameters.
    """

    name: str
    label: str
    technique: str
    inputs: Inputs
    settings: Any
    parameters: Mapping[str, ParameterChange] = field(default_factory=dict)


@runtime_checkable
class ComparesSpectra(Protocol):
    """A technique that says what differs between two spectra, and how small a difference shows.

    The observables of a comparison are keys like ``TECHNIQUE.SUBJECT.difference.A.B.QUANTITY``. What
    is held against a margin has ``low``, ``high`` and ``level``, its verdict, and in its conventions
    ``margin`` and ``smallest_detectable``.
    """

    @property
    def comparison_settings(self) -> type[Any]:
        """Frozen dataclass type of a comparison's settings: margins and what else is chosen."""

    def compare(
        self,
        a: Sequence[ComparedScans],
        b: ComparedScans,
        ends: Sequence[ComparedScans] = (),
        settings: Any = None,
    ) -> Observables:
        """Return what differs between each spectrum and the one it is held against.

        Parameters
        ----------
        a : sequence of ComparedScans
            One, or a series in the order of its condition.
        b : ComparedScans
            What each of them is compared with.
        ends : sequence of ComparedScans
            Two between which the population is counted from 0 to 1, or none; the same objects
            where they are among those that are compared.
        settings : object, optional
            Of `comparison_settings`; the defaults when None.

        Raises
        ------
        SpectrafitError
            Where the spectra must not be compared; its code is one of the technique's alerts where
            there is one for it.
        """


@dataclass(frozen=True, eq=False)
class SeriesScan:
    """One scan of a measurement, with all that its technique needs and what it found in it alone.

    Parameters
    ----------
    label : str
        Unique among those of the measurement, like ``"mossbauer_075K"``.
    inputs : mapping
        As in `Technique.observe`; the sample has its conditions.
    settings : object
        Of the technique.
    parameters : mapping of str to ParameterChange
        Changed fit parameters.
    observables : Observables
        What `Technique.observe` gave.
    """

    label: str
    inputs: Inputs
    settings: Any
    parameters: Mapping[str, ParameterChange]
    observables: Observables


@dataclass(frozen=True, eq=False)
class FittedProblem:
    """A fit as a technique made it, to be looked at closer.

    Parameters
    ----------
    problem : Problem
        Data, model, bounds and ties; its start is the minimum.
    counts : bool
        Whether y are counts with Poisson noise; sigma of the problem is then the model's.
    """

    problem: Problem
    counts: bool = False


@runtime_checkable
class GivesProblems(Protocol):
    """A technique whose fit can be profiled, parameter by parameter (`spectrafit interval`)."""

    def fitted_problems(
        self,
        inputs: Inputs,
        settings: Any = None,
        parameters: Mapping[str, ParameterChange] | None = None,
    ) -> tuple[FittedProblem, ...]:
        """Return the fits that the values of one `observe` come from.

        Parameters
        ----------
        inputs : mapping
            As of `observe`.
        settings : object, optional
            As of `observe`.
        parameters : mapping of str to ParameterChange, optional
            As of `observe`.

        Returns
        -------
        tuple of FittedProblem
            One a window that is fitted by itself, of different parameter names.
        """


@runtime_checkable
class FitsSeries(Protocol):
    """A technique that says of all scans of a measurement together what no scan says alone."""

    def observe_series(self, scans: Sequence[SeriesScan]) -> Observables:
        """Return what scans show together: laws along a condition, populations, rates.

        It is asked for one scan, too, and may have nothing to say of it.

        Parameters
        ----------
        scans : sequence of SeriesScan
            Those of one measurement that were observed, in the order of its files.

        Returns
        -------
        Observables
            Without items and charts where there is nothing to say. An item that holds at one
            temperature has it among its conditions.

        Raises
        ------
        SpectrafitError
            Where the scans must not be taken together.
        """


@dataclass(frozen=True)
class ExportFormat:
    """One kind of file that a technique writes for other programs.

    Parameters
    ----------
    name : str
        As on the command line, like ``"csv"``.
    meaning : str
        What is in the file, one line.
    suffix : str
        That its name ends with, like ``".csv"``.
    """

    name: str
    meaning: str
    suffix: str


@dataclass(frozen=True, eq=False)
class ExportedScan:
    """A scan that is to be written for other programs, with all that its technique needs.

    Parameters
    ----------
    name : str
        Short, unique among those of one file.
    inputs : mapping
        As in `Technique.observe`.
    settings : object
        Of the technique.
    parameters : mapping of str to ParameterChange
        Changed fit parameters.
    """

    name: str
    inputs: Inputs
    settings: Any
    parameters: Mapping[str, ParameterChange] = field(default_factory=dict)


@runtime_checkable
class ExportsScans(Protocol):
    """A technique that writes what it makes of scans as files of other programs."""

    @property
    def export_formats(self) -> tuple[ExportFormat, ...]:
        """What it writes."""

    def export(
        self, scans: Sequence[ExportedScan], kind: str, path: Path
    ) -> Mapping[str, tuple[Alert, ...] | SpectrafitError]:
        """Write scans into one file, each with the conventions of its numbers.

        Parameters
        ----------
        scans : sequence of ExportedScan
            One or several.
        kind : str
            Name of one of `export_formats`.
        path : Path
            The file.

        Returns
        -------
        mapping of str to tuple of Alert, or SpectrafitError
            By name of the scan: what to know of it, or why it is not in the file. Nothing is
            written where no scan could be.

        Raises
        ------
        SpectrafitError
            Where the file cannot be written, as without an optional part that it needs.
        """


def inputs_of(
    inputs: Inputs, specs: Sequence[InputSpec], *, where: str
) -> Mapping[str, tuple[Recording, ...]]:
    """Return every declared input as a tuple of recordings.

    Parameters
    ----------
    inputs : mapping
        Recordings by input name, one or several each.
    specs : sequence of InputSpec
        What the technique declares.
    where : str
        Name of the technique, for messages.

    Returns
    -------
    mapping of str to tuple of Recording
        Empty tuples for what was not given.

    Raises
    ------
    SettingsError
        For an input that is not declared, missing, or given several times where one is meant.
    """
    known = {spec.name: spec for spec in specs}
    unknown = sorted(set(inputs) - set(known))
    if unknown:
        raise SettingsError(
            f"no input {unknown[0]!r}", where=where, do=f"the inputs are: {', '.join(known)}"
        )
    given: dict[str, tuple[Recording, ...]] = {}
    for name, spec in known.items():
        value = inputs.get(name, ())
        recordings = (value,) if isinstance(value, Recording) else tuple(value)
        if spec.required and not recordings:
            raise SettingsError(f"input {name!r} is missing", where=where, do=spec.meaning)
        if len(recordings) > 1 and not spec.many:
            raise SettingsError(f"input {name!r} takes one recording", where=where)
        given[name] = recordings
    return frozen_mapping(given)


def checked_settings(settings: Any, kind: type[SettingsType], *, where: str) -> SettingsType:
    """Return the settings to use: those given, or the defaults.

    Parameters
    ----------
    settings : object
        An instance of `kind`, or None for the defaults.
    kind : type
        The technique's settings.
    where : str
        Name of the technique, for messages.

    Returns
    -------
    object of `kind`

    Raises
    ------
    SettingsError
        For anything else.
    """
    if settings is None:
        return kind()
    if not isinstance(settings, kind):
        raise SettingsError(
            f"settings of type {type(settings).__name__}", where=where, do=f"give {kind.__name__}"
        )
    return settings
