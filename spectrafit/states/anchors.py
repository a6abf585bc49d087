"""What fixes a population: the priors, held numbers, ties, claims and shapes without which it is not known.

By linear algebra on the Jacobian at the minimum, no refit: a prior or claim is a row less, a held number
or a tie one column more, the shape of a step in temperature the columns of the map
x_upper -> a n + b x_upper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

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
from spectrafit.states.profile import population

__all__ = ["AnchorStudy", "Anchors", "anchor_study", "anchors"]

_RISE = 1.2
"""Ratio of standard uncertainties from which an anchor counts."""
_SHARE = 1e-4
"""Of a gradient that is not seen, and still none."""
_HELPFUL = 5
"""Pure-state values named that would help."""
_STEP = 1e-4
"""Of a number: step of differences."""


class Anchors(NamedTuple):
    """What fixes a population.

    Parameters
    ----------
    used : tuple of str
        Without which its standard uncertainty would be larger by more than 20 %, in words, the most
        important first.
    unused : tuple of str
        What would lower it by as much and is not known, then what is given and does nothing for it.
    """

    used: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Case:
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
class AnchorStudy:
    """What residuals tell of a fit's numbers with each anchor removed.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    """

    fit: JointFit

    def of(self, states: Sequence[str], T: float) -> Anchors:
        """Return what fixes a population.

        Parameters
        ----------
        states : sequence of str
            One state, or several together.
        T : float
            K.

        Returns
        -------
        Anchors

        Raises
        ------
        SettingsError
            For an unknown state.
        """
        own = population(self.fit.objective, states, T)(self.fit.theta)[1]
        slopes = population(self._freed, states, T)(self._freed_theta)[1]
        by_name = dict(zip(self._freed.names, slopes.tolist(), strict=True))

        def error(case: _Case) -> float:
            more = [by_name.get(name, 0.0) for name in case.extra]
            if case.step:
                objective, theta = axis_objective(self.fit, case.step)
                mapped = population(objective, states, T)(theta)[1]
                more = mapped[: len(objective.law.names)].tolist()
            return _error(case.told, np.array([*own, *more]))

        base = _error(self._base, own)
        if not base > 0.0:
            return Anchors((), ())
        removed = [(error(case), case) for case in self._removed]
        used = sorted((one for one in removed if one[0] > _RISE * base), key=lambda one: -one[0])
        if self._all_priors is not None and not any(case.soft for _, case in used):
            together = (error(self._all_priors), self._all_priors)
            used += [together] if together[0] > _RISE * base else []
        known = sorted(((error(case), case) for case in self._known), key=lambda one: one[0])
        helpful = [one for one in known if one[0] * _RISE < base][:_HELPFUL]
        idle = [
            case.text for value, case in removed if case.soft and value <= _RISE * base < np.inf
        ]
        given = (f"given, and not needed for it: {'; '.join(idle)}",) if idle else ()
        return Anchors(
            tuple(f"{case.text}: {_without(value, base)}" for value, case in used),
            (
                *(
                    f"{case.text}, if it were known: {_with(value, base)}"
                    for value, case in helpful
                ),
                *given,
            ),
        )

    @cached_property
    def _held(self) -> np.ndarray:
        return np.isin(self.fit.names, self.fit.bounds_hit)

    @cached_property
    def _base(self) -> Information:
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
    def _freed(self) -> Objective:
        """The objective with all of those free."""
        numbers = self.fit.objective.numbers
        extra = tuple(numbers.every.index(number) for number in self._bound)
        owner = list(numbers.owner)
        for column, place in enumerate(extra, len(numbers.free)):
            owner[place] = column
        freed = Numbers(numbers.every, numbers.free + extra, tuple(owner))
        return self.fit.objective.with_numbers(freed)

    @cached_property
    def _freed_theta(self) -> FloatArray:
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
    ) -> _Case:
        jacobian = self.fit.jacobian if rows is None else self.fit.jacobian[rows]
        holding = self._held if held is None else held
        if columns is not None:
            jacobian = np.column_stack([jacobian, columns])
            holding = np.concatenate([holding, np.zeros(columns.shape[1], dtype=bool)])
        return _Case(text, information_of(jacobian, holding), extra, step, rows is not None)

    @cached_property
    def _removed(self) -> tuple[_Case, ...]:
        return (
            *self._without_rows(), *self._without_holds(), *self._without_bounds(),
            *self._without_shapes(),
        )  # fmt: skip

    def _without_rows(self) -> Iterator[_Case]:
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
    def _all_priors(self) -> _Case | None:
        counts = self.fit.objective.counts
        if counts.priors < 2:
            return None
        every = np.arange(self.fit.jacobian.shape[0])
        kept = (every < counts.data) | (every >= counts.data + counts.priors)
        return self._case(f"all {counts.priors} priors together", rows=kept)

    def _without_holds(self) -> Iterator[_Case]:
        if self._bound:
            jacobian = self._freed.residuals_and_jacobian(self._freed_theta)[1]
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

    def _without_bounds(self) -> Iterator[_Case]:
        for column in np.flatnonzero(self._held).tolist():
            held = self._held.copy()
            held[column] = False
            text = f"bound of {self.fit.names[column]}, {number_text(self.fit.theta[column])}"
            yield self._case(text, held=held)

    def _without_shapes(self) -> Iterator[_Case]:
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
    def _known(self) -> tuple[_Case, ...]:
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


def anchor_study(fit: JointFit) -> AnchorStudy:
    """Return what tells the anchors of any population of a fit.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.

    Returns
    -------
    AnchorStudy
    """
    return AnchorStudy(fit)


def anchors(fit: JointFit, states: Sequence[str] = (), T: float | None = None) -> Anchors:
    """Return what fixes a population of a fit.

    Parameters
    ----------
    fit : JointFit
        The minimum of a story.
    states : sequence of str, optional
        One state, or several together; the one known least where left out.
    T : float, optional
        K; the highest that is reported, or measured, where left out.

    Returns
    -------
    Anchors
        A pair: used and unused.
    """
    objective = fit.objective
    reported = objective.model.report_T or (max(datum.T for datum in objective.data.data),)
    where = reported[-1] if T is None else T
    if not states:
        slopes = objective.population_slopes(fit.theta, np.array([where]))[:, :, 0]
        told = information_of(fit.jacobian, np.isin(fit.names, fit.bounds_hit))
        errors = [_error(told, slopes[:, row]) for row in range(slopes.shape[1])]
        states = (objective.model.names[int(np.argmax(errors))],)
    return anchor_study(fit).of(states, where)


def _error(told: Information, slope: FloatArray) -> float:
    return np.inf if told.null_share(slope) >= _SHARE else told.sigma(slope)


def _without(error: float, base: float) -> str:
    if not np.isfinite(error):
        return "without it not determined"
    return f"without it ± {number_text(error, 2)} instead of ± {number_text(base, 2)}"


def _with(error: float, base: float) -> str:
    now = f"± {number_text(base, 2)}" if np.isfinite(base) else "not determined"
    return f"± {number_text(error, 2)} instead of {now}"


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
