"""The nouns of a study file; the JSON Schema and the loader come from these dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from spectrafit.fit.problem import ParameterChange

__all__ = [
    "Condition",
    "MeasurementException",
    "ExpectedValue",
    "Measurement",
    "ReportOptions",
    "Sample",
    "StateDeclaration",
    "Study",
    "StudyHead",
    "Waiver",
]

Role = Literal["sample", "calibration", "reference", "background"]


def _field(meaning: str, default: Any = None, *, factory: Any = None) -> Any:
    if factory is not None:
        return field(default_factory=factory, metadata={"meaning": meaning})
    return field(default=default, metadata={"meaning": meaning})


@dataclass(frozen=True)
class StudyHead:
    """The table ``[study]``.

    Parameters
    ----------
    name : str
        Short name; results go to ``NAME-results``.
    title : str
        One line for the report.
    allow_outside : bool
        Whether files outside the study's folder may be read.
    truth : str
        File with declared populations and pure-state values, for simulated data; empty for none.
    preface : str
        First paragraph of the report; empty for none.
    """

    name: str
    title: str = _field("one line for the report", "")
    allow_outside: bool = _field("whether files outside the study's folder may be read", False)
    truth: str = _field("file of declared populations, for simulated data", "")
    preface: str = _field("first paragraph of the report", "")


@dataclass(frozen=True)
class Sample:
    """One table ``[sample.NAME]``: facts that several techniques need.

    Parameters
    ----------
    formula : str
        Chemical formula of the formula unit.
    label : str
        How it is written in tables and figures.
    molar_mass_g_mol : float or None
        Molar mass.
    note : str
        Anything a reader of the report should know.
    """

    formula: str = _field("chemical formula of the formula unit", "")
    label: str = _field("how it is written in tables and figures", "")
    molar_mass_g_mol: float | None = _field("molar mass in g/mol")
    note: str = _field("anything a reader of the report should know", "")


@dataclass(frozen=True)
class Condition:
    """Where a condition such as T comes from; exactly one way is given.

    Parameters
    ----------
    pattern : str
        Part of the file name with ``{}`` for the number, like ``"_{}K"``.
    header : str
        Key of the file's header.
    table : str
        CSV file with a column ``file`` and the column named by `column`.
    column : str
        Column of the table.
    value : float, str or None
        The same for all files.
    unit : str
        Unit of the number.
    """

    pattern: str = _field("part of the file name with {} for the number", "")
    header: str = _field("key of the file's header", "")
    table: str = _field("CSV file with a column 'file'", "")
    column: str = _field("column of the table", "")
    value: float | str | None = _field("the same for all files")
    unit: str = _field("unit of the number", "1")


@dataclass(frozen=True)
class MeasurementException:
    """One ``[[measurement.except]]``: files to which the recipe does not apply.

    Parameters
    ----------
    files : tuple of str
        Globs.
    reason : str
        Why, in writing.
    use : bool
        False leaves the files out.
    settings : mapping
        Settings that differ for these files.
    parameters : mapping of str to ParameterChange
        Parameters that differ for these files.
    """

    files: tuple[str, ...]
    reason: str
    use: bool = _field("false leaves the files out", True)
    settings: Mapping[str, Any] = _field("settings that differ", factory=dict)
    parameters: Mapping[str, ParameterChange] = _field("parameters that differ", factory=dict)


@dataclass(frozen=True)
class Measurement:
    """One ``[[measurement]]``: files of one technique under one recipe.

    Parameters
    ----------
    name : str
        Unique in the study.
    technique : str
        Name of a technique.
    files : tuple of str
        Globs relative to the study file.
    role : str
        ``sample``, ``calibration``, ``reference`` or ``background``.
    sample : str
        Name of a sample table.
    uses : mapping of str to tuple of str
        Other measurements by input name.
    reader : str
        Name of a reader; the surest when empty.
    conditions : mapping of str to Condition
        Where T and others come from.
    settings : mapping
        What differs from the technique's defaults.
    parameters : mapping of str to ParameterChange
        Start, bounds, fixed and equal parameters of the fit.
    exceptions : tuple of MeasurementException
        ``[[measurement.except]]``.
    """

    name: str
    technique: str
    files: tuple[str, ...]
    role: Role = _field("sample, calibration, reference or background", "sample")
    sample: str = _field("name of a sample table", "")
    uses: Mapping[str, tuple[str, ...]] = _field("other measurements by input name", factory=dict)
    reader: str = _field("name of a reader; the surest when empty", "")
    conditions: Mapping[str, Condition] = _field("where T and others come from", factory=dict)
    settings: Mapping[str, Any] = _field("what differs from the defaults", factory=dict)
    parameters: Mapping[str, ParameterChange] = _field("changed fit parameters", factory=dict)
    exceptions: tuple[MeasurementException, ...] = _field("files with another recipe", ())


@dataclass(frozen=True)
class Waiver:
    """One ``[[waive]]``: an alert that is accepted for a written reason.

    Parameters
    ----------
    code : str
        Alert code.
    reason : str
        Why, in writing; not empty.
    measurement : str
        Name of the measurement; every one when empty.
    """

    code: str
    reason: str
    measurement: str = _field("name of the measurement; every one when empty", "")


@dataclass(frozen=True)
class ExpectedValue:
    """What one pure state shows for one key.

    Parameters
    ----------
    source : str
        Bibliography key, or ``assumed: why``.
    value : float or None
        The value.
    sigma : float or None
        Its standard uncertainty.
    low, high : float or None
        A range instead of a value.
    unit : str
        Unit of the numbers.
    T : float or None
        Temperature in K at which it holds, where it depends on it.
    """

    source: str
    value: float | None = _field("the value")
    sigma: float | None = _field("its standard uncertainty")
    low: float | None = _field("lower end of a range")
    high: float | None = _field("upper end of a range")
    unit: str = _field("unit of the numbers", "1")
    T: float | None = _field("temperature in K at which it holds")


@dataclass(frozen=True)
class StateDeclaration:
    """One table ``[state.NAME]``.

    Parameters
    ----------
    label : str
        How it is written in tables and figures.
    expect : mapping of str to ExpectedValue
        By key.
    """

    label: str = _field("how it is written in tables and figures", "")
    expect: Mapping[str, ExpectedValue] = _field("what the pure state shows, by key", factory=dict)


@dataclass(frozen=True)
class ReportOptions:
    """The table ``[report]``.

    Parameters
    ----------
    figures : bool
        Whether figures are drawn.
    formats : tuple of str
        Of ``svg``, ``pdf``, ``png``.
    """

    figures: bool = _field("whether figures are drawn", True)
    formats: tuple[str, ...] = _field("of svg, pdf, png", ("svg", "pdf"))


@dataclass(frozen=True)
class Study:
    """A whole study file.

    Parameters
    ----------
    study : StudyHead
        ``[study]``.
    measurement : tuple of Measurement
        ``[[measurement]]``.
    sample : mapping of str to Sample
        ``[sample.NAME]``.
    waive : tuple of Waiver
        ``[[waive]]``.
    state : mapping of str to StateDeclaration
        ``[state.NAME]``.
    report : ReportOptions
        ``[report]``.
    """

    study: StudyHead
    measurement: tuple[Measurement, ...]
    sample: Mapping[str, Sample] = _field("facts that several techniques need", factory=dict)
    waive: tuple[Waiver, ...] = _field("alerts accepted for a written reason", ())
    state: Mapping[str, StateDeclaration] = _field("pure states and what they show", factory=dict)
    report: ReportOptions = _field("what the report holds", factory=ReportOptions)
