"""The nouns of a study file; the JSON Schema and the loader come from these dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from spectrafit.fit.problem import ParameterChange
from spectrafit.study.fields import FrozenMappings, study_field
from spectrafit.study.patterns import CODE, NAME, NOT_EMPTY, ONE_PLACE, PATH, SOURCE
from spectrafit.study.state_schema import (
    Candidate,
    Claim,
    ClaimTest,
    Consistency,
    Joint,
    JointParameter,
    QuantityName,
    StepDeclaration,
    StoryDeclaration,
    StoryRequirement,
)

__all__ = [
    "ALSO_EXACTLY_ONE",
    "EXACTLY_ONE",
    "NEEDS",
    "NOT_EMPTY",
    "ORDERED",
    "Candidate",
    "Claim",
    "ClaimTest",
    "Comparison",
    "Condition",
    "Consistency",
    "ExpectedValue",
    "Joint",
    "JointParameter",
    "Measurement",
    "MeasurementException",
    "ReportOptions",
    "Role",
    "Sample",
    "StateDeclaration",
    "StepDeclaration",
    "StoryDeclaration",
    "StoryRequirement",
    "Study",
    "StudyHead",
    "TypedValue",
    "Waiver",
]

Role = Literal["sample", "calibration", "reference", "background"]


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


EXPECTED_KINDS = ("measured_pure", "reference_range", "this_compound", "typed")


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
    kind : str
        ``measured_pure`` (of a pure phase), ``reference_range`` (of like compounds; that of a
        range when empty), ``this_compound`` (that of a value when empty) or ``typed``.
    width : float or None
        Standard deviation by which compounds of this state differ from it.
    span : float or None
        Width of the range that the key can have at all, of any state.
    """

    source: str = study_field("bibliography key, or 'assumed: ' and why", pattern=SOURCE)
    value: float | None = study_field("the value", None)
    sigma: float | None = study_field("its standard uncertainty", None, above=0)
    low: float | None = study_field("lower end of a range", None)
    high: float | None = study_field("upper end of a range", None)
    unit: str = study_field("unit of the numbers", "1", is_unit=True)
    T: float | None = study_field("temperature in K at which it holds", None, above=0)
    kind: str = study_field(
        "where it is from: measured_pure, reference_range (of a range when left out),"
        " this_compound (of a value when left out) or typed",
        "",
        choices=EXPECTED_KINDS,
    )
    width: float | None = study_field(
        "standard deviation by which compounds of this state differ from it", None, above=0
    )
    span: float | None = study_field(
        "width of the range that the key can have at all, of any state", None, above=0
    )

    def __post_init__(self) -> None:
        if not self.kind:
            kind = "this_compound" if self.value is not None else "reference_range"
            object.__setattr__(self, "kind", kind)


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
    source : str
        Bibliography key, or ``assumed: why``.
    value : float or None
        The number; None where limits are given.
    unit : str
        Unit of the numbers.
    sigma : float or None
        Standard uncertainty; None gives the number no weight in anything. Of limits, how far
        beyond them costs one unit of chi2.
    method, basis : str
        Of a calculation: functional and basis set.
    T : float or None
        Temperature in K at which it holds, where it depends on it; the upper end of a range.
    note : str
        What a reader must know of it.
    low, high : float or None
        Limits in place of the value.
    quantity : str
        The value at T, or what of the curve from `from_T` to `T`: its change, highest or lowest
        value, or the temperature of the highest.
    from_T : float or None
        Lower end of the range, K.
    branch : str
        ``heating`` or ``cooling``; empty where it is not told.
    """

    key: str = study_field("what it is, like dft.gap_LS", pattern=NOT_EMPTY)
    source: str = study_field("bibliography key, or 'assumed: ' and why", pattern=SOURCE)
    value: float | None = study_field("the number", None)
    unit: str = study_field("unit of the numbers", "1", is_unit=True)
    sigma: float | None = study_field(
        "standard uncertainty; without one the number weighs nothing", None, above=0
    )
    method: str = study_field("of a calculation: its functional or level of theory", "")
    basis: str = study_field("of a calculation: its basis set", "")
    T: float | None = study_field("temperature in K at which it holds", None, above=0)
    note: str = study_field("what a reader must know of it", "")
    low: float | None = study_field("lower limit, in place of a value", None)
    high: float | None = study_field("upper limit, in place of a value", None)
    quantity: QuantityName = study_field(
        "the value at T, or of the curve from from_T to T its change, highest or lowest value, or"
        " T of highest",
        "value",
    )
    from_T: float | None = study_field("lower end of a range in K", None, above=0)
    branch: Literal["", "heating", "cooling"] = study_field("heating or cooling", "")


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
        ``[[measurement]]``; none where the study holds typed numbers alone.
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
    step : tuple of StepDeclaration
        ``[[step]]``.
    joint : Joint or None
        ``[joint]``.
    story : tuple of StoryDeclaration
        ``[[story]]``.
    candidate : tuple of Candidate
        ``[[candidate]]``.
    claim, rule : tuple of Claim
        ``[[claim]]`` and ``[[rule]]``.
    consistency : tuple of Consistency
        ``[[consistency]]``.
    """

    study: StudyHead = study_field("what the study is")
    measurement: tuple[Measurement, ...] = study_field(
        "files of one technique under one recipe; may be left out where numbers are typed",
        (),
        least=1,
    )
    sample: Mapping[str, Sample] = study_field("facts that several techniques need", factory=dict)
    comparison: tuple[Comparison, ...] = study_field("spectra that are held against each other", ())
    waive: tuple[Waiver, ...] = study_field("alerts accepted for a written reason", ())
    state: Mapping[str, StateDeclaration] = study_field(
        "pure states and what they show", factory=dict
    )
    report: ReportOptions = study_field("what the report holds", factory=ReportOptions)
    typed: tuple[TypedValue, ...] = study_field(
        "numbers from elsewhere, each with its source", (), least=1
    )
    step: tuple[StepDeclaration, ...] = study_field("steps between the states, a tree", ())
    joint: Joint | None = study_field("what is joined to find the populations", None)
    story: tuple[StoryDeclaration, ...] = study_field("models that compete", ())
    candidate: tuple[Candidate, ...] = study_field("measurements that could decide", ())
    claim: tuple[Claim, ...] = study_field("statements that are held against the observables", ())
    rule: tuple[Claim, ...] = study_field(
        "rules of inference that are held against the observables", ()
    )
    consistency: tuple[Consistency, ...] = study_field(
        "lines that are computed from numbers of the study alone", ()
    )

    def _repr_html_(self) -> str:
        from spectrafit.study.notebook import study_html

        return study_html(self)


# Rules between the fields of one table. A way counts as taken when any of its keys is given.
EXACTLY_ONE: Mapping[type[Any], tuple[tuple[str, ...], ...]] = {
    ClaimTest: (("key",), ("state",), ("change_of",), ("parameter",)),
    Comparison: (("a",), ("along",)),
    Condition: (("pattern",), ("header",), ("table", "column"), ("value",)),
    ExpectedValue: (("value",), ("low", "high")),
    JointParameter: (("equals",), ("value", "min", "max", "fixed", "sigma")),
    ParameterChange: (("equals",), ("start", "min", "max", "fixed")),
    StoryRequirement: (("at_least", "at_most"),),
    TypedValue: (("value",), ("low", "high")),
}
# A second choice of the same table, beside the first.
ALSO_EXACTLY_ONE: Mapping[type[Any], tuple[tuple[str, ...], ...]] = {
    ClaimTest: (("above",), ("below",), ("within",), ("is",)),
}
# The first key means nothing without the second.
NEEDS: Mapping[type[Any], tuple[str, str]] = {
    Candidate: ("from_T", "quantity"),
    ClaimTest: ("from_T", "T"),
    Condition: ("table", "column"),
    JointParameter: ("sigma", "value"),
    TypedValue: ("from_T", "T"),
}
ORDERED: Mapping[type[Any], tuple[str, ...]] = {
    Consistency: ("low", "high"),
    ExpectedValue: ("low", "high"),
    JointParameter: ("min", "value", "max"),
    ParameterChange: ("min", "start", "max"),
    StoryRequirement: ("at_least", "at_most"),
    TypedValue: ("low", "high"),
}
