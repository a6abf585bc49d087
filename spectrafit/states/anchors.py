"""What fixes a population: the priors, held numbers, ties, claims and shapes without which it is not known.

By linear algebra on the Jacobian at the minimum, no refit: a prior or claim is a row less, a held number
or a tie one column more, the shape of a step in temperature the columns of the map
x_upper -> a n + b x_upper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.anchor_cases import AnchorCase, AnchorCases
from spectrafit.states.axis_objective import axis_objective
from spectrafit.states.estimability import POPULATION_SIGMA
from spectrafit.states.information import Information, information_of
from spectrafit.states.joint import JointFit
from spectrafit.states.profile_ways import population

__all__ = ["AnchorStudy", "Anchors", "anchor_study", "anchors"]

_RISE = 1.2
"""Ratio of standard uncertainties from which an anchor counts."""
_HELPFUL = 5
"""Pure-state values named that would help."""


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
        cases = self._cases
        own = population(self.fit.objective, states, T)(self.fit.theta)[1]
        slopes = population(cases.freed, states, T)(cases.freed_theta)[1]
        by_name = dict(zip(cases.freed.names, slopes.tolist(), strict=True))

        def error(case: AnchorCase) -> float:
            more = [by_name.get(name, 0.0) for name in case.extra]
            if case.step:
                objective, theta = axis_objective(self.fit, case.step)
                mapped = population(objective, states, T)(theta)[1]
                more = mapped[: len(objective.law.names)].tolist()
            return _error(case.told, np.array([*own, *more]))

        base = _error(cases.base, own)
        if not base > 0.0:
            return Anchors((), ())
        removed = [(error(case), case) for case in cases.removed]
        used = sorted((one for one in removed if one[0] > _RISE * base), key=lambda one: -one[0])
        priors = cases.all_priors
        if priors is not None and not any(case.soft for _, case in used):
            used += [(together, priors)] if (together := error(priors)) > _RISE * base else []
        known = sorted(((error(case), case) for case in cases.known), key=lambda one: one[0])
        helpful = [one for one in known if one[0] * _RISE < base][:_HELPFUL]
        idle = [
            case.text for value, case in removed if case.soft and value <= _RISE * base < np.inf
        ]
        would = (f"{case.text}, if it were known: {_with(value, base)}" for value, case in helpful)
        given = (f"given, and not needed for it: {'; '.join(idle)}",) if idle else ()
        return Anchors(
            tuple(f"{case.text}: {_without(value, base)}" for value, case in used),
            (*would, *given),
        )

    @cached_property
    def _cases(self) -> AnchorCases:
        return AnchorCases(self.fit)


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
    return told.sigma(slope) if told.sees(slope) else np.inf


def _without(error: float, base: float) -> str:
    if not error < POPULATION_SIGMA:
        return "without it not determined"
    return f"without it ± {number_text(error, 2)} instead of ± {number_text(base, 2)}"


def _with(error: float, base: float) -> str:
    now = f"± {number_text(base, 2)}" if np.isfinite(base) else "not determined"
    return f"± {number_text(error, 2)} instead of {now}"
