"""The nouns of a study that join observables: steps between states, stories, claims, candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from spectrafit.study.fields import FrozenMappings, study_field
from spectrafit.study.patterns import NAME, NOT_EMPTY, SOURCE, STATE

__all__ = [
    "Candidate",
    "Claim",
    "ClaimTest",
    "Consistency",
    "Joint",
    "JointParameter",
    "LawName",
    "QuantityName",
    "StepDeclaration",
    "StoryDeclaration",
    "StoryRequirement",
]

LawName = Literal["equilibrium", "constant", "free"]
QuantityName = Literal["value", "change", "highest", "lowest", "T of highest"]

_KEY_OF_PARAMETER = "numbers of the joint fit by name, like H.12 or mossbauer.IS.FeIII_HS"


@dataclass(frozen=True)
class JointParameter:
    """What is known of one number of the joint fit.

    Parameters
    ----------
    value : float or None
        Start, the value where it is fixed, or the centre of a prior.
    min, max : float or None
        Bounds.
    fixed : bool
        Whether it stays at its value.
    sigma : float or None
        Standard uncertainty of a prior.
    equals : str
        Name of the number that it is equal to.
    source : str
        Bibliography key, or ``assumed: why``; a prior needs one.
    unit : str
        Unit of the numbers, of a value of a pure state; that of the key when empty.
    """

    value: float | None = study_field("start, fixed value, or centre of a prior", None)
    min: float | None = study_field("lower bound", None)
    max: float | None = study_field("upper bound", None)
    fixed: bool = study_field("whether it stays at its value", False)
    sigma: float | None = study_field("standard uncertainty of a prior", None, above=0)
    equals: str = study_field("name of the number that it is equal to", "", pattern=NOT_EMPTY)
    source: str = study_field("bibliography key, or 'assumed: ' and why", "", pattern=SOURCE)
    unit: str = study_field(
        "unit of a value of a pure state; that of its key when left out", "", is_unit=True
    )


@dataclass(frozen=True)
class StepDeclaration:
    """One ``[[step]]``: two branches between which a material changes.

    Parameters
    ----------
    name : str
        Short name, part of the names of its parameters.
    lower, upper : str
        Name of a state or of another step.
    law : str
        ``equilibrium``, ``constant`` or ``free``.
    by_T : bool
        Whether its parameters are S and the temperature T of equal energy, in place of H and S.
    nodes : tuple of float
        Temperatures of a free step, K, rising.
    """

    name: str = study_field("short name, part of the names of its parameters", pattern=STATE)
    lower: str = study_field("state, or step, that it starts from", pattern=NOT_EMPTY)
    upper: str = study_field("state, or step, that it leads to", pattern=NOT_EMPTY)
    law: LawName = study_field(
        "what the fraction of the upper branch follows: equilibrium (of H and S), constant, or"
        " free (a fraction at each node)",
        "equilibrium",
    )
    by_T: bool = study_field(
        "whether it has S and the temperature T of equal energy in place of H and S", False
    )
    nodes: tuple[float, ...] = study_field("temperatures of a free step in K, rising", (), above=0)


@dataclass(frozen=True)
class Joint(FrozenMappings):
    """The table ``[joint]``: what is joined to find the populations.

    Parameters
    ----------
    keys : tuple of str
        Keys of the observables; ``*`` stands for any letters.
    sample : str
        Name of a sample table; measurements of every sample when empty.
    report_T : tuple of float
        Temperatures of reported populations, K.
    groups : mapping of str to (float, float)
        Ranges of temperature, K, in which the evidence for pure states is summed.
    starts : int
        Starting points of each fit.
    replicas : int
        Of the parametric bootstrap.
    T_error_K : float
        Standard uncertainty by which the temperatures of a measurement are off together, K.
    T_range : mapping of str to (float, float)
        Range of temperature, K, in which data are joined, by key as it is written in `keys`.
    volume_key : str
        Observable with the volume for each molecule, A3, for dipoles; none when empty.
    parameters : mapping of str to JointParameter
        What all stories share.
    """

    keys: tuple[str, ...] = study_field(
        "keys of the observables that are joined; * stands for any letters",
        pattern=NOT_EMPTY,
        least=1,
    )
    sample: str = study_field("name of a sample table; every sample when empty", "")
    report_T: tuple[float, ...] = study_field(
        "temperatures of reported populations in K", (), above=0
    )
    groups: Mapping[str, tuple[float, float]] = study_field(
        "ranges of temperature in K in which evidence is summed, by name", factory=dict
    )
    starts: int = study_field("starting points of each fit", 8, above=0)
    replicas: int = study_field("replicas of the parametric bootstrap", 99, above=-1)
    T_error_K: float = study_field(
        "standard uncertainty by which the temperatures of a measurement are off together, K",
        0.0,
        above=-1e-12,
    )
    T_range: Mapping[str, tuple[float, float]] = study_field(
        "range of temperature in K in which data are joined, by key as it is written in keys",
        factory=dict,
    )
    volume_key: str = study_field(
        "observable with the volume for each molecule in A3, for dipole changes", ""
    )
    parameters: Mapping[str, JointParameter] = study_field(
        _KEY_OF_PARAMETER, factory=dict, dotted=True
    )


@dataclass(frozen=True)
class StoryRequirement:
    """One ``[[story.require]]``: a claim on a population that a story makes part of itself.

    Parameters
    ----------
    state : str
        Name of the state.
    T : float
        K.
    at_least, at_most : float or None
        Limit of its population.
    sigma : float
        How far beyond it costs one unit of chi2.
    """

    state: str = study_field("name of the state", pattern=NOT_EMPTY)
    T: float = study_field("temperature in K", above=0)
    at_least: float | None = study_field("lower limit of its population", None)
    at_most: float | None = study_field("upper limit of its population", None)
    sigma: float = study_field("how far beyond the limit costs one unit of chi2", 0.02, above=0)


@dataclass(frozen=True)
class StoryDeclaration(FrozenMappings):
    """One ``[[story]]``: a model that competes with the others.

    Parameters
    ----------
    name : str
        Short name.
    meaning : str
        One sentence.
    parameters : mapping of str to JointParameter
        In place of those of ``[joint]``.
    laws : mapping of str to str
        Law of a step in place of its own.
    require : tuple of StoryRequirement
        Claims that it makes.
    """

    name: str = study_field("short name", pattern=NAME)
    meaning: str = study_field("one sentence", "")
    parameters: Mapping[str, JointParameter] = study_field(
        f"{_KEY_OF_PARAMETER}, in place of those of [joint]", factory=dict, dotted=True
    )
    laws: Mapping[str, LawName] = study_field(
        "law of a step in place of its own, by name of the step", factory=dict
    )
    require: tuple[StoryRequirement, ...] = study_field("claims on populations that it makes", ())


@dataclass(frozen=True)
class Candidate:
    """One ``[[candidate]]``: a measurement that could decide between the stories.

    Parameters
    ----------
    name : str
        What to measure.
    key : str
        Name of the observable.
    T : float
        K; the upper end of a range.
    sigma : float
        Planned standard uncertainty.
    unit : str
        Of sigma; that of the key when empty.
    from_T : float or None
        Lower end of a range, K.
    quantity : str
        The value at T, or what of the curve from `from_T` to `T`.
    rests_on : str
        The assumption it relies on.
    cost : str
        In words.
    exists : bool
        Whether the datum is measured already.
    """

    name: str = study_field("what to measure", pattern=NOT_EMPTY)
    key: str = study_field("key of the observable", pattern=NOT_EMPTY)
    T: float = study_field("temperature in K; the upper end of a range", above=0)
    sigma: float = study_field("planned standard uncertainty", above=0)
    unit: str = study_field("unit of sigma; that of the key when left out", "", is_unit=True)
    from_T: float | None = study_field("lower end of a range in K", None, above=0)
    quantity: QuantityName = study_field(
        "the value at T, or of the curve from from_T to T its change, highest or lowest value, or"
        " T of highest",
        "value",
    )
    rests_on: str = study_field("the assumption it relies on", "")
    cost: str = study_field("what it costs, in words", "")
    exists: bool = study_field("whether it is measured already", False)


@dataclass(frozen=True)
class ClaimTest:
    """One ``[[claim.test]]`` or ``[[rule.test]]``: a number or word that is held against a limit.

    Exactly one of `key`, `state`, `change_of` and `parameter` says of what, exactly one of
    `above`, `below`, `within` and `is_` says against what.

    Parameters
    ----------
    key : str
        An observable.
    state : str
        The population of this state at `T`.
    change_of : str
        The population of this state at `T` less that at `from_T`.
    parameter : str
        A number of the joint fit.
    T : float or None
        K; without it the observable of the key that has none, or every one of it.
    from_T : float or None
        Lower end of a range, K.
    measurement : str
        Of an observable: the measurement that it is of; any when empty.
    quantity : str
        Of an observable: the value at T, or what of the curve from `from_T` to `T`.
    unit : str
        Unit of the limit; that of the observable when empty.
    above, below : float or None
        Limit.
    within : (float, float) or None
        Range.
    is_ : str
        ``is`` in the file: the word of an observable that is a category.
    supports : str
        What it says for the claim where the test is met.
    against : str
        What it says against the claim where it is not met.
    """

    key: str = study_field("of an observable: its key", "", pattern=NOT_EMPTY)
    state: str = study_field("of the population of a state at T: the state", "", pattern=NOT_EMPTY)
    change_of: str = study_field(
        "of the change of a population from from_T to T: the state", "", pattern=NOT_EMPTY
    )
    parameter: str = study_field(
        "of a number of the joint fit: its name, like H.12", "", pattern=NOT_EMPTY
    )
    T: float | None = study_field("temperature in K", None, above=0)
    from_T: float | None = study_field("lower end of a range in K", None, above=0)
    measurement: str = study_field("measurement of the observable; any when left out", "")
    quantity: QuantityName = study_field(
        "of an observable: the value at T, or of the curve from from_T to T its change, highest or"
        " lowest value, or T of highest",
        "value",
    )
    unit: str = study_field(
        "unit of the limit; that of the observable when left out", "", is_unit=True
    )
    above: float | None = study_field("met where the number lies above it", None)
    below: float | None = study_field("met where the number lies below it", None)
    within: tuple[float, float] | None = study_field(
        "met where the number lies in this range", None
    )
    is_: str = study_field(
        "met where the observable is this word", "", toml="is", pattern=NOT_EMPTY
    )
    supports: str = study_field("what is said for the claim where the test is met", "")
    against: str = study_field("what is said against the claim where it is not met", "")


@dataclass(frozen=True)
class Claim:
    """One ``[[claim]]`` or ``[[rule]]``: a statement, and what is held against it.

    Parameters
    ----------
    name : str
        Like ``C1``.
    text : str
        What it says.
    caveat : str
        What limits it.
    test : tuple of ClaimTest
        At least one.
    """

    name: str = study_field("short name, like C1", pattern=NOT_EMPTY)
    text: str = study_field("what it says", pattern=NOT_EMPTY)
    caveat: str = study_field("what limits it", "")
    test: tuple[ClaimTest, ...] = study_field("what is held against it", (), least=1)


@dataclass(frozen=True)
class Consistency(FrozenMappings):
    """One ``[[consistency]]``: a line that is computed from numbers of the study alone.

    Parameters
    ----------
    text : str
        What is computed.
    expression : str
        Numbers and names of `values` with ``+ - * / ^`` and parentheses.
    values : mapping of str to float
        Numbers by name.
    unit : str
        Unit of the result.
    against : str
        What it is held against, in words.
    low, high : float or None
        Range in which it agrees.
    agrees, differs : str
        What is said where it lies within the range, and where not.
    source : str
        Bibliography key, or ``assumed: why``.
    """

    text: str = study_field("what is computed", pattern=NOT_EMPTY)
    expression: str = study_field(
        "numbers and names of values with + - * / ^ and parentheses", pattern=NOT_EMPTY
    )
    values: Mapping[str, float] = study_field("numbers by name", factory=dict)
    unit: str = study_field("unit of the result", "1", is_unit=True)
    against: str = study_field("what it is held against, in words", "")
    low: float | None = study_field("lower end of the range in which it agrees", None)
    high: float | None = study_field("upper end of the range in which it agrees", None)
    agrees: str = study_field("what is said where it lies within the range", "agrees")
    differs: str = study_field("what is said where it does not", "differs")
    source: str = study_field("bibliography key, or 'assumed: ' and why", "", pattern=SOURCE)
