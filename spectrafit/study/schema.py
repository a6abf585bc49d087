"""The nouns of a study file; the JSON Schema and the loader come from these dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from spectrafit.fit.problem import ParameterChange
from spectrafit.study.fields import FrozenMappings, study_field

__all__ = [
    "EXACTLY_ONE",
    "NEEDS",
    "ORDERED",
    "Comparison",
    "Condition",
    "ExpectedValue",
    "Measurement",
    "MeasurementException",
    "ReportOptions",
    "Role",
    "Sample",
    "StateDeclaration",
    "Study",
    "StudyHead",
    "TypedValue",
    "Waiver",
]

Role = Literal["sample", "calibration", "reference", "background"]

# `(?![\s\S])` is the end of the text both in Python and in ECMA; `$` also passes a line break.
NOT_EMPTY = (r"\S", "is empty")
NAME = (
    r'^(?![\s\S]*[\x00-\x1f/\\:*?"<>|])\s*\S',
    'becomes a file name: no / \\ : * ? " < > | or line break, and not empty',
)
PATH = (
    r"^(?![\s\S]*[\x00-\x1f])\s*\S",
    "is empty or holds a line break or tab, which is what a backslash becomes in double quotes",
)
ONE_PLACE = (r"^[^{}]*\{\}[^{}]*(?![\s\S])", "needs exactly one {} where the number is")
CODE = (r"^[A-Z][A-Z0-9]*-[0-9]+(?![\s\S])", 'is no alert code; they look like "XAS-100"')
SOURCE = (
    r"^(assumed:[\s\S]*\S|(?!assumed(?![\s\S]))[A-Za-z0-9][A-Za-z0-9_.+/-]*(?![\s\S]))",
    'is neither a bibliography key nor "assumed: " and the reason',
)


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

    name: str = study_field("short name; results go to NAME-results", pattern=NAME)
    title: str = study_field("one line for the report", "")
    allow_outside: bool = study_field("whether files outside the study's folder may be read", False)
    truth: str = study_field("file of declared populations, for simulated data", "", pattern=PATH)
    preface: str = study_field("first paragraph of the report", "")


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

    formula: str = study_field("chemical formula of the formula unit", "")
    label: str = study_field("how it is written in tables and figures", "")
    molar_mass_g_mol: float | None = study_field("molar mass in g/mol", None, above=0)
    note: str = study_field("anything a reader of the report should know", "")


@dataclass(frozen=True)
class Condition:
    """Where a condition such as T comes from; exactly one way is given.

    Parameters
    ----------
    pattern : str
        Part of the file name with ``{}`` for the number, like ``"_{}K"``; with a ``/`` in it,
        part of the path relative to the study.
    header : str
        Key of the file's header.
    table : str
        CSV file with a column ``file`` and the column named by `column`.
    column : str
        Column of the table; without a table, a column of the measured file, whose mean is taken.
    value : float, str or None
        The same for all files.
    unit : str
        Unit of the number.
    """

    pattern: str = study_field(
        "part of the file name with {} for the number", "", pattern=ONE_PLACE
    )
    header: str = study_field("key of the file's header", "", pattern=NOT_EMPTY)
    table: str = study_field("CSV file with a column 'file'", "", pattern=PATH)
    column: str = study_field(
        "column of the table, or of the measured file itself", "", pattern=NOT_EMPTY
    )
    value: float | str | None = study_field("the same for all files", None)
    unit: str = study_field("unit of the number", "1", is_unit=True)


@dataclass(frozen=True)
class MeasurementException(FrozenMappings):
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

    files: tuple[str, ...] = study_field("globs, relative to the study", pattern=PATH, least=1)
    reason: str = study_field("why, in writing", pattern=NOT_EMPTY)
    use: bool = study_field("false leaves the files out", True)
    settings: Mapping[str, Any] = study_field("settings that differ", factory=dict)
    parameters: Mapping[str, ParameterChange] = study_field(
        "parameters that differ", factory=dict, dotted=True
    )


@dataclass(frozen=True)
class Measurement(FrozenMappings):
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
    merge_by : tuple of str
        Conditions; scans that agree in them are merged and the merged spectrum is observed too.
    """

    name: str = study_field("unique in the study", pattern=NAME)
    technique: str = study_field("name of a technique", pattern=NOT_EMPTY)
    files: tuple[str, ...] = study_field("globs, relative to the study", pattern=PATH, least=1)
    role: Role = study_field("sample, calibration, reference or background", "sample")
    sample: str = study_field("name of a sample table", "")
    uses: Mapping[str, tuple[str, ...]] = study_field(
        "other measurements by input name", factory=dict
    )
    reader: str = study_field("name of a reader; the surest when empty", "")
    conditions: Mapping[str, Condition] = study_field("where T and others come from", factory=dict)
    settings: Mapping[str, Any] = study_field("what differs from the defaults", factory=dict)
    parameters: Mapping[str, ParameterChange] = study_field(
        "changed fit parameters", factory=dict, dotted=True
    )
    exceptions: tuple[MeasurementException, ...] = study_field(
        "files with another recipe", (), toml="except"
    )
    merge_by: tuple[str, ...] = study_field(
        "conditions; scans that agree in them are merged and fitted in full besides, like T",
        (),
        pattern=NOT_EMPTY,
    )


Selected = Mapping[str, float | str | tuple[float, float]]
"""Which scans: conditions, and the names ``measurement`` and ``file``."""


@dataclass(frozen=True)
class Comparison(FrozenMappings):
    """One ``[[comparison]]``: spectra that are held against each other, with margins.

    A spectrum is named by its conditions, like ``{ T = 135 }`` or ``{ T = [134, 136] }``, in base
    units (K); ``measurement`` in it names another measurement than the comparison's, ``file`` is a
    glob. All scans that it names are repeats of one spectrum.

    Parameters
    ----------
    name : str
        Unique in the study.
    measurement : str
        Name of a measurement.
    a : mapping
        The spectrum that is compared; what differs is a less b.
    along : str
        In place of `a`: a condition; every other spectrum of the measurement, in its order.
    b : mapping
        What is compared with; empty where the measurement has one spectrum.
    ends : tuple of mapping
        Two spectra between which the population goes from 0 to 1.
    settings : mapping
        Margins, set before looking, and what else differs from the technique's defaults.
    """

    name: str = study_field("unique in the study", pattern=NAME)
    measurement: str = study_field("name of a measurement", pattern=NOT_EMPTY)
    b: Selected = study_field("what is compared with, by its conditions in base units")
    a: Selected = study_field("the spectrum that is compared, like { T = 135 }", factory=dict)
    along: str = study_field("a condition: every other spectrum, in its order", "")
    ends: tuple[Selected, ...] = study_field(
        "two spectra between which the population goes from 0 to 1", ()
    )
    settings: Mapping[str, Any] = study_field(
        "margins, set before looking, and what else differs from the defaults", factory=dict
    )


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

    code: str = study_field("alert code", pattern=CODE)
    reason: str = study_field("why, in writing", pattern=NOT_EMPTY)
    measurement: str = study_field("name of the measurement; every one when empty", "")


@dataclass(frozen=True)
class ExpectedValue:
    """What one pure state shows for one key: a value or a range.

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

    source: str = study_field("bibliography key, or 'assumed: ' and why", pattern=SOURCE)
    value: float | None = study_field("the value", None)
    sigma: float | None = study_field("its standard uncertainty", None, above=0)
    low: float | None = study_field("lower end of a range", None)
    high: float | None = study_field("upper end of a range", None)
    unit: str = study_field("unit of the numbers", "1", is_unit=True)
    T: float | None = study_field("temperature in K at which it holds", None, above=0)


@dataclass(frozen=True)
class StateDeclaration(FrozenMappings):
    """One table ``[state.NAME]``.

    Parameters
    ----------
    label : str
        How it is written in tables and figures.
    expect : mapping of str to ExpectedValue
        By key.
    """

    label: str = study_field("how it is written in tables and figures", "")
    expect: Mapping[str, ExpectedValue] = study_field(
        "what the pure state shows, by key", factory=dict, dotted=True
    )


@dataclass(frozen=True)
class TypedValue:
    """One ``[[typed]]``: a number from elsewhere, like a calculation or a printed table.

    Parameters
    ----------
    key : str
        What it is, like ``dft.gap_LS``.
    value : float
        The number.
    source : str
        Bibliography key, or ``assumed: why``.
    unit : str
        Unit of the numbers.
    sigma : float or None
        Standard uncertainty; None gives the number no weight in anything.
    method, basis : str
        Of a calculation: functional and basis set.
    T : float or None
        Temperature in K at which it holds, where it depends on it.
    note : str
        What a reader must know of it.
    """

    key: str = study_field("what it is, like dft.gap_LS", pattern=NOT_EMPTY)
    value: float = study_field("the number")
    source: str = study_field("bibliography key, or 'assumed: ' and why", pattern=SOURCE)
    unit: str = study_field("unit of the numbers", "1", is_unit=True)
    sigma: float | None = study_field(
        "standard uncertainty; without one the number weighs nothing", None, above=0
    )
    method: str = study_field("of a calculation: its functional or level of theory", "")
    basis: str = study_field("of a calculation: its basis set", "")
    T: float | None = study_field("temperature in K at which it holds", None, above=0)
    note: str = study_field("what a reader must know of it", "")


@dataclass(frozen=True)
class ReportOptions:
    """The table ``[report]``.

    Parameters
    ----------
    figures : str
        Which figures become files: ``shown`` (those of the report), ``all`` (those of every fit
        too) or ``none``.
    draw : tuple of str
        Labels of further fits whose figures become files; ``*`` stands for any letters.
    formats : tuple of str
        Of ``svg``, ``pdf``, ``png``.
    width_mm : tuple of int
        Widths in print, 89 (a column) or 183 (a page) mm: the first is drawn as ``STEM.svg``, a
        second as ``STEM-183mm.svg``.
    """

    figures: Literal["shown", "all", "none"] = study_field(
        "which figures become files: shown (those of the report), all (of every fit) or none",
        "shown",
    )
    draw: tuple[str, ...] = study_field(
        "labels of further fits whose figures become files; * stands for any letters", ()
    )
    formats: tuple[str, ...] = study_field(
        "of svg, pdf, png", ("svg", "pdf"), choices=("svg", "pdf", "png")
    )
    width_mm: tuple[int, ...] = study_field(
        "widths in print: 89 (a column) or 183 (a page); files of a second one end in -183mm",
        (89,),
        choices=(89, 183),
        least=1,
    )


@dataclass(frozen=True)
class Study(FrozenMappings):
    """A whole study file.

    Parameters
    ----------
    study : StudyHead
        ``[study]``.
    measurement : tuple of Measurement
        ``[[measurement]]``.
    sample : mapping of str to Sample
        ``[sample.NAME]``.
    comparison : tuple of Comparison
        ``[[comparison]]``.
    waive : tuple of Waiver
        ``[[waive]]``.
    state : mapping of str to StateDeclaration
        ``[state.NAME]``.
    report : ReportOptions
        ``[report]``.
    typed : tuple of TypedValue
        ``[[typed]]``.
    """

    study: StudyHead = study_field("what the study is")
    measurement: tuple[Measurement, ...] = study_field(
        "files of one technique under one recipe", least=1
    )
    sample: Mapping[str, Sample] = study_field("facts that several techniques need", factory=dict)
    comparison: tuple[Comparison, ...] = study_field("spectra that are held against each other", ())
    waive: tuple[Waiver, ...] = study_field("alerts accepted for a written reason", ())
    state: Mapping[str, StateDeclaration] = study_field(
        "pure states and what they show", factory=dict
    )
    report: ReportOptions = study_field("what the report holds", factory=ReportOptions)
    typed: tuple[TypedValue, ...] = study_field("numbers from elsewhere, each with its source", ())

    def _repr_html_(self) -> str:
        from spectrafit.study.notebook import study_html

        return study_html(self)


# Rules between the fields of one table. A way counts as taken when any of its keys is given.
EXACTLY_ONE: Mapping[type[Any], tuple[tuple[str, ...], ...]] = {
    Comparison: (("a",), ("along",)),
    Condition: (("pattern",), ("header",), ("table", "column"), ("value",)),
    ExpectedValue: (("value",), ("low", "high")),
    ParameterChange: (("equals",), ("start", "min", "max", "fixed")),
}
# The first key means nothing without the second.
NEEDS: Mapping[type[Any], tuple[str, str]] = {Condition: ("table", "column")}
ORDERED: Mapping[type[Any], tuple[str, ...]] = {
    ExpectedValue: ("low", "high"),
    ParameterChange: ("min", "start", "max"),
}
