"""What a study says of its states: which there are, what joins them, what each story assumes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from spectrafit.equilibria import Pair, leaves
from spectrafit.errors import SettingsError
from spectrafit.history import frozen_mapping

__all__ = ["Law", "Parameter", "Requirement", "State", "StateModel", "Step", "Story"]


class Law(StrEnum):
    """What the fraction of a step's upper branch follows."""

    EQUILIBRIUM = "equilibrium"
    CONSTANT = "constant"
    FREE = "free"


@dataclass(frozen=True)
class State:
    """One electronic state.

    Parameters
    ----------
    name : str
        Short name; no dot in it.
    label : str
        How it is written in tables and figures.

    Raises
    ------
    SettingsError
        For a name with a dot, which would end the name of a key.
    """

    name: str
    label: str = ""

    def __post_init__(self) -> None:
        if not self.name or "." in self.name:
            raise SettingsError(
                f"a state named {self.name!r}", do="give a name without a dot, like FeIII_LS"
            )
        object.__setattr__(self, "label", self.label or self.name)


@dataclass(frozen=True)
class Step:
    """Two branches between which a material changes; a branch is a state or another step.

    Parameters
    ----------
    name : str
        Short name; its parameters are called ``H.NAME``, ``S.NAME``, ``T.NAME``, ``G.NAME``,
        ``rho.NAME``, and ``x.NAME`` or ``x.NAME@T`` without a law.
    lower, upper : str
        Name of a state or of another step.
    law : Law
        ``equilibrium``; ``constant``, the same fraction at every temperature; ``free``, a fraction
        at each of `nodes`, between which it runs smoothly.
    by_T : bool
        Whether its parameters are S and the temperature T of equal energy, in place of H and S.
    nodes : tuple of float
        Temperatures of a free step, K, rising.

    Raises
    ------
    SettingsError
        For nodes that do not rise, or are there where the law needs none, and the reverse.
    """

    name: str
    lower: str
    upper: str
    law: Law = Law.EQUILIBRIUM
    by_T: bool = False
    nodes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        where = f"step {self.name}"
        if (self.law is Law.FREE) != bool(self.nodes):
            raise SettingsError(
                "nodes belong to a free step, and a free step needs them", where=where
            )
        if any(not b > a for a, b in zip((0.0, *self.nodes), self.nodes, strict=False)):
            raise SettingsError(
                "the nodes are no rising temperatures above 0 K", where=where, do="sort them"
            )

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters."""
        if self.law is Law.CONSTANT:
            return (f"x.{self.name}",)
        if self.law is Law.FREE:
            return tuple(f"x.{self.name}@{T:g}" for T in self.nodes)
        first = "T" if self.by_T else "H"
        return tuple(f"{word}.{self.name}" for word in (first, "S", "G", "rho"))


@dataclass(frozen=True)
class Parameter:
    """What is known of one number of the joint fit.

    Names are those of a step's parameters, ``KEY.STATE`` for what a pure state shows for a key, and
    those of the nuisances of the mixing rules, like ``theta_D_K``.

    Parameters
    ----------
    value : float or None
        Start, or the value where it is fixed; the centre of a prior. Found from the data when None.
    low, high : float or None
        Bounds; wide ones that a fit may widen when None.
    fixed : bool
        Whether it stays at its value.
    sigma : float or None
        Standard uncertainty of a prior; None for no prior.
    equals : str
        Name of another parameter that it is equal to.
    source : str
        Where the value, the prior or the tie comes from: a bibliography key, or ``assumed: why``.

    Raises
    ------
    SettingsError
        For bounds in the wrong order, a value outside them, or a prior, a fixed value or a tie
        that lacks what it needs.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None
    fixed: bool = False
    sigma: float | None = None
    equals: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for number in (self.value, self.low, self.high, self.sigma):
            if number is not None and not math.isfinite(number):
                raise SettingsError("a parameter holds finite numbers only")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise SettingsError("the lower bound does not lie below the upper")
        outside = self.value is not None and (
            (self.low is not None and self.value < self.low)
            or (self.high is not None and self.value > self.high)
        )
        if outside and not self.fixed:
            raise SettingsError("the value lies outside its bounds")
        if self.sigma is not None and not self.sigma > 0:
            raise SettingsError("the sigma of a prior is not above 0")
        if (self.fixed or self.sigma is not None) and self.value is None:
            raise SettingsError("a fixed number or a prior without a value", do="give its value")
        if self.equals and (self.fixed or self.sigma is not None):
            raise SettingsError("a number that equals another has no value or prior of its own")


@dataclass(frozen=True)
class Requirement:
    """A claim on a population that a story makes part of itself.

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

    state: str
    T: float
    at_least: float | None = None
    at_most: float | None = None
    sigma: float = 0.02


@dataclass(frozen=True)
class Story:
    """One model that competes with others: what it assumes beside what all share.

    Parameters
    ----------
    name : str
        Short name.
    meaning : str
        One sentence.
    parameters : mapping of str to Parameter
        In place of those that all stories share.
    require : tuple of Requirement
        Claims that it makes.
    laws : mapping of str to Law
        Law of a step in place of the shared one.
    """

    name: str
    meaning: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    require: tuple[Requirement, ...] = ()
    laws: Mapping[str, Law] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", frozen_mapping(self.parameters))
        object.__setattr__(self, "laws", frozen_mapping(self.laws))

    def __reduce__(self) -> tuple[object, ...]:
        return (
            Story,
            (self.name, self.meaning, dict(self.parameters), self.require, dict(self.laws)),
        )


@dataclass(frozen=True)
class StateModel:
    """States, the steps between them, and what is known of the numbers of the joint fit.

    Parameters
    ----------
    states : tuple of State
        In the order of reports.
    steps : tuple of Step
        A tree: each state and each step but one is a branch of one step.
    keys : tuple of str
        Keys of the observables that are joined.
    parameters : mapping of str to Parameter
        What all stories share.
    stories : tuple of Story
        At least one.
    report_T : tuple of float
        Temperatures of reported populations, K.

    Raises
    ------
    SettingsError
        For steps that are no tree of the states, a story without a name of its own, no story, a
        requirement of an unknown state, or a law of an unknown step.
    """

    states: tuple[State, ...]
    steps: tuple[Step, ...]
    keys: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    stories: tuple[Story, ...] = (Story("the model"),)
    report_T: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", frozen_mapping(self.parameters))
        names = [state.name for state in self.states]
        if set(leaves(self.pairs)) != set(names):
            raise SettingsError(
                "the steps do not join the states", do="make each state the branch of one step"
            )
        _checked_stories(self.stories, names, [step.name for step in self.steps])

    def __reduce__(self) -> tuple[object, ...]:
        return (
            StateModel,
            (
                self.states,
                self.steps,
                self.keys,
                dict(self.parameters),
                self.stories,
                self.report_T,
            ),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the states."""
        return tuple(state.name for state in self.states)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The steps as equilibria know them."""
        return tuple(Pair(step.name, step.lower, step.upper) for step in self.steps)

    def label(self, state: str) -> str:
        """Return how a state is written.

        Parameters
        ----------
        state : str
            Name of a state.

        Returns
        -------
        str
        """
        return next((one.label for one in self.states if one.name == state), state)

    def steps_of(self, story: Story) -> tuple[Step, ...]:
        """Return the steps with the laws that a story gives them.

        Parameters
        ----------
        story : Story
            One of the model.

        Returns
        -------
        tuple of Step
        """
        return tuple(
            Step(
                step.name, step.lower, step.upper, law, step.by_T,
                step.nodes if law is Law.FREE else (),
            )
            for step in self.steps
            for law in (story.laws.get(step.name, step.law),)
        )  # fmt: skip

    def parameters_of(self, story: Story) -> dict[str, Parameter]:
        """Return what a story knows of its numbers, its own in place of the shared.

        Parameters
        ----------
        story : Story
            One of the model.

        Returns
        -------
        dict of str to Parameter
        """
        return {**self.parameters, **story.parameters}


def _checked_stories(stories: Sequence[Story], states: Sequence[str], steps: Sequence[str]) -> None:
    if not stories:
        raise SettingsError("no story", do="give at least one")
    for number, story in enumerate(stories):
        where = f"story {story.name}"
        if any(story.name == other.name for other in stories[:number]):
            raise SettingsError("a second story of this name", where=where)
        for one in story.require:
            if one.state not in states:
                raise SettingsError(f"no state {one.state!r}", where=where)
        for step in story.laws:
            if step not in steps:
                raise SettingsError(f"no step {step!r}", where=where)
