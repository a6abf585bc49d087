"""What residuals tell of a fit's numbers with one anchor less: a prior, a held number, a tie, a shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.axis_objective import axis_objective
from spectrafit.states.information import Information, information_of
from spectrafit.states.joint import JointFit
from spectrafit.states.model import Law, Parameter, Requirement
from spectrafit.states.numbers import Number, Numbers
from spectrafit.states.objective import Objective

__all__ = ["AnchorCase", "AnchorCases"]

_STEP = 1e-4
"""Of a number: step of differences."""


@dataclass(frozen=True, eq=False)
class AnchorCase:
    """The residuals with one anchor less, or one more.

    Parameters
    ----------
    text : str
        The anchor, with its value and source.
    told : Information
        Of the numbers, then those of `extra`.
    extra : tuple of str
        Names of the numbers that are free besides.
    step : str
        The step whose shape is free besides.
    soft : bool
        Whether it is a prior or a claim.
    """

    text: str
    told: Information
    extra: tuple[str, ...] = ()
    step: str = ""
    soft: bool = False


@dataclass(frozen=True, eq=False)
class AnchorCases:
    """All anchors of a fit, each removed.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    """

    fit: JointFit

    @cached_property
    def _held(self) -> np.ndarray:
        return np.isin(self.fit.names, self.fit.bounds_hit)

    @cached_property
    def base(self) -> Information:
        """What the residuals tell with every anchor in place."""
        return information_of(self.fit.jacobian, self._held)

    @cached_property
    def _bound(self) -> tuple[Number, ...]:
        """Numbers of steps and pure states that are held or tied."""
        numbers = self.fit.objective.numbers
        return tuple(
            number
            for place, number in enumerate(numbers.every)
            if place not in numbers.free and number.kind in ("step", "member")
        )

    @cached_property
    def freed(self) -> Objective:
        """The objective with all held and tied numbers of steps and pure states free."""
        numbers = self.fit.objective.numbers
        extra = tuple(numbers.every.index(number) for number in self._bound)
        owner = list(numbers.owner)
        for column, place in enumerate(extra, len(numbers.free)):
            owner[place] = column
        freed = Numbers(numbers.every, numbers.free + extra, tuple(owner))
        return self.fit.objective.with_numbers(freed)

    @cached_property
    def freed_theta(self) -> FloatArray:
        """Free numbers of that objective at the minimum."""
        values = self.fit.values()
        return np.array([*self.fit.theta, *(values[number.name] for number in self._bound)])

    def _case(
        self,
        text: str,
        *,
        rows: np.ndarray | None = None,
        columns: FloatArray | None = None,
        held: np.ndarray | None = None,
        extra: tuple[str, ...] = (),
        step: str = "",
    ) -> AnchorCase:
        jacobian = self.fit.jacobian if rows is None else self.fit.jacobian[rows]
        holding = self._held if held is None else held
        if columns is not None:
            jacobian = np.column_stack([jacobian, columns])
            holding = np.concatenate([holding, np.zeros(columns.shape[1], dtype=bool)])
        return AnchorCase(text, information_of(jacobian, holding), extra, step, rows is not None)

    @cached_property
    def removed(self) -> tuple[AnchorCase, ...]:
        """Cases of one anchor less."""
        return (
            *self._without_rows(), *self._without_holds(), *self._without_bounds(),
            *self._without_shapes(),
        )  # fmt: skip

    def _without_rows(self) -> Iterator[AnchorCase]:
        objective = self.fit.objective
        counts, every = objective.counts, np.arange(self.fit.jacobian.shape[0])
        for row, (column, value, sigma) in enumerate(objective.numbers.priors(), counts.data):
            number = objective.numbers.every[objective.numbers.free[column]]
            text = (
                f"prior of {number.name}, {number_text(value)} ± {number_text(sigma, 3)}"
                f"{_source(number.known)}"
            )
            yield self._case(text, rows=every != row)
        for row, claim in enumerate(objective.story.require, counts.data + counts.priors):
            yield self._case(_claim(claim), rows=every != row)

    @cached_property
    def all_priors(self) -> AnchorCase | None:
        """The case without any prior; None where there are not several."""
        counts = self.fit.objective.counts
        if counts.priors < 2:
            return None
        every = np.arange(self.fit.jacobian.shape[0])
        kept = (every < counts.data) | (every >= counts.data + counts.priors)
        return self._case(f"all {counts.priors} priors together", rows=kept)

    def _without_holds(self) -> Iterator[AnchorCase]:
        if self._bound:
            jacobian = self.freed.residuals_and_jacobian(self.freed_theta)[1]
            first = len(self.fit.names)
            for column, number in enumerate(self._bound, first):
                yield self._case(_hold(number), columns=jacobian[:, [column]], extra=(number.name,))
        numbers = self.fit.objective.numbers
        for place, number in enumerate(numbers.every):
            if number.kind == "nuisance" and place not in numbers.free:
                moved = self._by_nuisance(place)
                if moved is not None:
                    yield self._case(_hold(number), columns=moved[:, None], extra=(number.name,))

    def _by_nuisance(self, place: int) -> FloatArray | None:
        """Return the derivatives of the residuals by a held nuisance; None where it cannot move."""
        objective, numbers = self.fit.objective, self.fit.objective.numbers
        value = self.fit.values()[numbers.every[place].name]
        step = _STEP * (abs(value) or 1.0)
        ends = []
        for shifted in (value + step, value - step):
            every = list(numbers.every)
            every[place] = replace(every[place], known=Parameter(shifted, fixed=True))
            owner = list(numbers.owner)
            owner[place] = -1
            moved = objective.with_numbers(Numbers(tuple(every), numbers.free, tuple(owner)))
            try:
                ends.append(moved.residuals(self.fit.theta))
            except SpectrafitError:  # a spin, or another number that only steps
                return None
        return np.asarray((ends[0] - ends[1]) / (2.0 * step))

    def _without_bounds(self) -> Iterator[AnchorCase]:
        for column in np.flatnonzero(self._held).tolist():
            held = self._held.copy()
            held[column] = False
            text = f"bound of {self.fit.names[column]}, {number_text(self.fit.theta[column])}"
            yield self._case(text, held=held)

    def _without_shapes(self) -> Iterator[AnchorCase]:
        objective = self.fit.objective
        counts = objective.counts
        for step in objective.model.steps_of(objective.story):
            if step.law is not Law.EQUILIBRIUM:
                continue
            mapped, theta = axis_objective(self.fit, step.name)
            jacobian = mapped.residuals_and_jacobian(theta)[1][:, : len(mapped.law.names)]
            columns = np.zeros((self.fit.jacobian.shape[0], jacobian.shape[1]))
            columns[: counts.data] = jacobian[: counts.data]
            if counts.requirements:
                columns[-counts.requirements :] = jacobian[-counts.requirements :]
            text = f"assumed shape in temperature: step {step.name} follows an equilibrium"
            yield self._case(text, columns=columns, step=step.name)

    @cached_property
    def known(self) -> tuple[AnchorCase, ...]:
        """Cases of each pure-state value and nuisance that has no prior, held."""
        numbers = self.fit.objective.numbers
        found = []
        for column, place in enumerate(numbers.free):
            number = numbers.every[place]
            if number.kind in ("member", "nuisance") and number.known.sigma is None:
                held = self._held.copy()
                held[column] = True
                found.append(self._case(number.name, held=held))
        return tuple(found)


def _source(known: Parameter) -> str:
    return f" ({known.source})" if known.source else " (no source)"


def _hold(number: Number) -> str:
    known = number.known
    if known.equals:
        return f"{number.name} equal to {known.equals}{_source(known)}"
    return f"{number.name} held at {number_text(float(known.value or 0.0))}{_source(known)}"


def _claim(claim: Requirement) -> str:
    limits = [
        f"{word} {number_text(limit)}"
        for word, limit in (("at least", claim.at_least), ("at most", claim.at_most))
        if limit is not None
    ]
    return f"claim that {claim.state} is {' and '.join(limits)} at {number_text(claim.T)} K"
