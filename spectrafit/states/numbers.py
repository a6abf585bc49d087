"""The numbers of a joint fit by name: which are free, what they start from, what ties them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SpectrafitError, nearest
from spectrafit.observable import ObservableSpec
from spectrafit.spectrum import FloatArray
from spectrafit.states.datum import JoinedData, Quantity
from spectrafit.states.model import Law, Parameter, StateModel, Step, Story

__all__ = ["Number", "Numbers", "needed_members", "numbers_of", "step_box"]

_NOTHING = Parameter()
_ZERO = Parameter(0.0, fixed=True)
_PROBED = (20.0, 100.0, 300.0)  # K, where a rule is asked what it needs


@dataclass(frozen=True)
class Number:
    """One number of a joint fit.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        ``step``, ``member``, ``nuisance`` or ``systematic``.
    known : Parameter
        What is known of it.
    low, high : float
        Bounds; infinite where open.
    start : float or None
        None where the data give it.
    boxed : bool
        Whether its bounds are of no meaning but to keep the search finite.
    """

    name: str
    kind: str
    known: Parameter
    low: float
    high: float
    start: float | None
    boxed: bool = False


@dataclass(frozen=True)
class Numbers:
    """All numbers of a story, and how the free ones make them.

    Parameters
    ----------
    every : tuple of Number
        In order.
    free : tuple of int
        Places of the free ones.
    owner : tuple of int
        For each number the place among the free ones that it is equal to, -1 where it is fixed.
    """

    every: tuple[Number, ...]
    free: tuple[int, ...]
    owner: tuple[int, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the free ones."""
        return tuple(self.every[place].name for place in self.free)

    @property
    def low(self) -> FloatArray:
        """Lower bounds of the free ones."""
        return np.array([self.every[place].low for place in self.free])

    @property
    def high(self) -> FloatArray:
        """Upper bounds of the free ones."""
        return np.array([self.every[place].high for place in self.free])

    def values(self, theta: FloatArray) -> dict[str, float]:
        """Return every number by name.

        Parameters
        ----------
        theta : ndarray, shape (P,)
            The free ones.

        Returns
        -------
        dict of str to float
        """
        found = {}
        for number, owner in zip(self.every, self.owner, strict=True):
            found[number.name] = (
                float(theta[owner]) if owner >= 0 else float(number.known.value or 0.0)
            )
        return found

    def priors(self) -> tuple[tuple[int, float, float], ...]:
        """Return place among the free ones, value and sigma of each prior."""
        return tuple(
            (column, float(known.value), known.sigma)
            for column, place in enumerate(self.free)
            for known in (self.every[place].known,)
            if known.sigma is not None and known.value is not None
        )


def needed_members(
    spec: ObservableSpec, states: Sequence[str], nuisances: Mapping[str, float]
) -> tuple[str, ...]:
    """Return the states whose pure-state value a mixing rule cannot do without.

    Parameters
    ----------
    spec : ObservableSpec
        Declares the rule.
    states : sequence of str
        All states.
    nuisances : mapping of str to float
        That exist.

    Returns
    -------
    tuple of str
    """
    needed = []
    for state in states:
        x = {other: 1.0 if other == state else 0.0 for other in states}
        others = {other: 1.0 for other in states if other != state}
        try:
            for T in _PROBED:
                spec.mix(x, others, nuisances, T)
        except Exception:  # a rule of a third party says so in its own way
            needed.append(state)
    return tuple(needed)


def _works_at_0(
    spec: ObservableSpec, states: Sequence[str], nuisances: Mapping[str, float]
) -> bool:
    """Return whether a rule gives a number where every pure state shows 0, as most do."""
    x = dict.fromkeys(states, 1.0 / len(states))
    try:
        with np.errstate(all="ignore"):
            found = [float(spec.mix(x, dict.fromkeys(states, 0.0), nuisances, T)) for T in _PROBED]
    except Exception:  # a rule of a third party says so in its own way
        return False
    return all(map(math.isfinite, found))


def _size(key: str, data: JoinedData) -> float:
    """Return what pure states of a key show about: the mean of its data, 1 where it has no value."""
    values = [
        datum.value
        for datum in data.data
        if datum.key == key and datum.quantity is Quantity.VALUE and datum.value is not None
    ]
    return math.fsum(values) / len(values) if values and math.fsum(values) else 1.0


def numbers_of(model: StateModel, story: Story, data: JoinedData) -> Numbers:
    """Return all numbers of a story that its data feel.

    Parameters
    ----------
    model : StateModel
        The model.
    story : Story
        One of it.
    data : JoinedData
        What it is held against.

    Returns
    -------
    Numbers

    Raises
    ------
    SpectrafitError
        When a number equals one that does not exist, or in a circle.
    """
    told = model.parameters_of(story)
    steps = model.steps_of(story)
    own = {name: step for step in steps for name in step.parameters}
    members = {f"{key}.{state}": key for key in model.keys for state in model.names}
    nuisances = {
        name: known
        for name, known in told.items()
        if name not in members and not _is_of_a_step(name, model.steps)
    }
    for name, known in nuisances.items():
        if known.value is None and not known.equals:
            raise SpectrafitError(
                f"{name} has no value to start from",
                do=f'give one: "{name}" = {{ value = ... }}',
            )
    start = {name: known.value for name, known in nuisances.items() if known.value is not None}
    every = [_step_number(name, step, told.get(name)) for name, step in own.items()]
    for key in data.keys:
        needed = needed_members(data.specs[key], model.names, start)
        works_at_0 = _works_at_0(data.specs[key], model.names, start)
        for state in model.names:
            name = f"{key}.{state}"
            if state in needed or name in told:
                known = told.get(name, _NOTHING)
                number = _number(name, "member", known)
                if known.value is None and not works_at_0:
                    number = replace(number, start=_size(key, data))
                every.append(number)
    every += [_number(name, "nuisance", known) for name, known in nuisances.items()]
    shared = dict.fromkeys(name for datum in data.data for name in (*datum.shared, *datum.delays))
    unit = Parameter(0.0, sigma=1.0, source="its standard uncertainty in the budget")
    every += [_number(name, "systematic", unit) for name in shared]
    return _joined(every)


def _is_of_a_step(name: str, steps: Sequence[Step]) -> bool:
    """Return whether a name is a parameter of a step under any law."""
    head, _, rest = name.partition(".")
    return head in ("T", "H", "S", "G", "rho", "x") and rest.partition("@")[0] in {
        step.name for step in steps
    }


def _number(name: str, kind: str, known: Parameter) -> Number:
    low = -np.inf if known.low is None else known.low
    high = np.inf if known.high is None else known.high
    return Number(name, kind, known, low, high, known.value)


_BOXES: Mapping[str, tuple[float, float]] = {
    "H": (-60e3, 120e3),
    "S": (-200.0, 400.0),
    "T": (1.0, 2000.0),
    "G": (-60e3, 20e3),
    "rho": (0.0, 0.5),
    "x": (0.0, 1.0),
}


def step_box(name: str) -> tuple[float, float]:
    """Return the widest bounds of a step's parameter.

    Parameters
    ----------
    name : str
        Like ``H.23``.

    Returns
    -------
    (float, float)
        J/mol, J/(mol K), K or 1: beyond any molecular equilibrium between 1 and 2000 K.
    """
    return _BOXES[name.partition(".")[0]]


def _step_number(name: str, step: Step, known: Parameter | None) -> Number:
    if known is None:
        optional = step.law is Law.EQUILIBRIUM and name.partition(".")[0] in ("G", "rho")
        known = _ZERO if optional else _NOTHING
    low, high = step_box(name)
    boxed = name.partition(".")[0] not in ("rho", "x")
    return Number(
        name, "step", known,
        low if known.low is None else known.low,
        high if known.high is None else known.high,
        known.value, boxed,
    )  # fmt: skip


def _joined(every: Sequence[Number]) -> Numbers:
    place = {number.name: row for row, number in enumerate(every)}
    free = tuple(
        row for row, number in enumerate(every) if not (number.known.fixed or number.known.equals)
    )
    column = {row: position for position, row in enumerate(free)}
    owner = []
    for number in every:
        row, seen = place[number.name], []
        while every[row].known.equals:
            target = every[row].known.equals
            seen.append(every[row].name)
            if target not in place:
                raise SpectrafitError(
                    f"{every[row].name} equals {target}, which the data do not need",
                    do=nearest(target, place, noun="the numbers"),
                )
            row = place[target]
            if every[row].name in seen:
                raise SpectrafitError(f"{number.name} equals itself in a circle")
        owner.append(column.get(row, -1 - row))
    # what equals a fixed number takes its value
    values = []
    for number, where in zip(every, owner, strict=True):
        if where < 0 and number.known.equals:
            value = every[-1 - where].known.value
            known = Parameter(value, fixed=True, source=number.known.source)
            number = Number(number.name, number.kind, known, number.low, number.high, value)
        values.append(number)
    return Numbers(tuple(values), free, tuple(max(where, -1) for where in owner))
