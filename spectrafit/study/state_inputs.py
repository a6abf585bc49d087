"""What a study declares and found, as evidence, rates, claims and candidates take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from spectrafit.history import Source
from spectrafit.observable import Kind, Observable, ObservableSpec
from spectrafit.states.assignment import Bound, EvidenceRow, KeyPopulation, StateEvidence
from spectrafit.states.candidates import Candidate
from spectrafit.states.carry import carrier
from spectrafit.states.claims import Claim, ClaimTest
from spectrafit.states.consistency import ConsistencyLine
from spectrafit.states.datum import Quantity
from spectrafit.states.expectation import Expectation, ExpectationKind
from spectrafit.states.key_population import key_populations
from spectrafit.states.model import StateModel
from spectrafit.states.stories import StoryFit
from spectrafit.study.sample_evidence import evidence_by_sample
from spectrafit.study.schema import Study
from spectrafit.study.state_schema import Claim as DeclaredClaim
from spectrafit.units import converted, same_quantity

__all__ = [
    "candidates_of",
    "claims_of",
    "consistency_lines",
    "expectations_of",
    "key_shares",
    "rate_bounds_of",
    "told_evidence",
    "typed_observables",
]


_MOST = 0.9  # of the molecules


def expectations_of(study: Study) -> tuple[Expectation, ...]:
    """Return what the pure states of a study show.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    tuple of Expectation
    """
    return tuple(
        Expectation(
            state, key, one.unit, one.source, one.value, one.sigma, one.low, one.high,
            one.width or 0.0, one.span, one.T, ExpectationKind(one.kind),
        )
        for state, declared in study.state.items()
        for key, one in declared.expect.items()
    )  # fmt: skip


def told_evidence(
    study: Study,
    observables: Mapping[str, Sequence[Observable]],
    specs: Mapping[str, ObservableSpec],
    nuisances: Mapping[str, float],
) -> tuple[tuple[EvidenceRow, ...], tuple[StateEvidence, ...]]:
    """Return each observable against each pure state, in the groups of the study.

    Parameters
    ----------
    study : Study
        With its expectations and groups; one group of all temperatures where it names none.
    observables : mapping of str to sequence of Observable
        By measurement.
    specs : mapping of str to ObservableSpec
        By key.
    nuisances : mapping of str to float
        Of the mixing rules, by which expectations are carried to other temperatures.

    Returns
    -------
    tuple of EvidenceRow
    tuple of StateEvidence
    """
    expected = expectations_of(study)
    if not expected:
        return (), ()
    return evidence_by_sample(study, expected, observables, specs, nuisances)


def key_shares(
    study: Study,
    every: Sequence[Observable],
    specs: Mapping[str, ObservableSpec],
    nuisances: Mapping[str, float],
    best: StoryFit | None = None,
) -> tuple[KeyPopulation, ...]:
    """Return the share of one state against another that each key alone gives.

    Parameters
    ----------
    study : Study
        With expectations of keys for two states or more.
    every : sequence of Observable
        Of samples.
    specs, nuisances
        As for `told_evidence`.
    best : StoryFit, optional
        The pair is asked for only where by this story it makes up most of the molecules.

    Returns
    -------
    tuple of KeyPopulation
        At the highest temperature of each group of the study.
    """
    expected = expectations_of(study)
    steps = {step.name: step for step in study.step}
    pairs = [
        (step.lower, step.upper)
        for step in study.step
        if step.lower not in steps and step.upper not in steps
    ] or list(combinations(study.state, 2))
    told = {(one.key, one.state) for one in expected}
    keys = {
        one.key
        for one in expected
        if any(all((one.key, state) in told for state in pair) for pair in pairs)
    }
    asked = [
        item
        for item in every
        if item.key in keys
        and item.kind is Kind.VALUE
        and item.sigma is not None
        and _holds_most(item, pairs, best)
    ]
    if not asked:
        return ()
    return key_populations(
        _one_a_group(study, asked), expected, pairs, carry=carrier(tuple(specs.values()), nuisances),
        specs=tuple(specs.values()), nuisances=nuisances,
    )  # fmt: skip


def _holds_most(item: Observable, pairs: Sequence[tuple[str, str]], best: StoryFit | None) -> bool:
    """Return whether a pair of states makes up most of the molecules where an observable was."""
    T = item.conditions.get("T")
    if best is None or best.fit is None or not isinstance(T, int | float):
        return True
    objective = best.fit.objective
    x = objective.populations(best.fit.theta, np.array([float(T)])).x[:, 0]
    of = dict(zip(objective.model.names, x.tolist(), strict=True))
    return any(of.get(lower, 0.0) + of.get(upper, 0.0) > _MOST for lower, upper in pairs)


def _one_a_group(study: Study, asked: Sequence[Observable]) -> list[Observable]:
    """Return the observable of each key that is nearest the upper end of each group."""
    groups = dict(study.joint.groups) if study.joint is not None else {}
    found: dict[tuple[str, str], Observable] = {}
    for name, (low, high) in (groups or {"": (0.0, np.inf)}).items():
        for item in asked:
            T = item.conditions.get("T")
            if not isinstance(T, int | float) or not low <= T <= high:
                continue
            best = found.get((name, item.key))
            if best is None or float(best.conditions["T"]) < T:
                found[name, item.key] = item
    return list(found.values())


def rate_bounds_of(
    observables: Mapping[str, Sequence[Observable]],
    best: StoryFit | None,
    model: StateModel | None,
) -> tuple[Bound, ...]:
    """Return the bounds of the rate of exchange among the observables: limits in s-1.

    Parameters
    ----------
    observables : mapping of str to sequence of Observable
        By measurement. One whose convention ``rate`` is ``one-way`` bounds the rate out of one
        state; k12 + k21 is then larger by one plus the ratio of the larger to the smaller
        population of the two most populated states.
    best : StoryFit or None
        Whose populations convert one-way rates; equal ones without it.
    model : StateModel or None
        Its model.

    Returns
    -------
    tuple of Bound
        The tightest of each key and kind, at its temperature.
    """
    bounds: dict[tuple[str, bool], Bound] = {}
    for items in observables.values():
        for item in items:
            is_lower = item.kind is Kind.LOWER_LIMIT
            limit = item.low if is_lower else item.high
            if item.kind not in (Kind.LOWER_LIMIT, Kind.UPPER_LIMIT) or limit is None:
                continue
            if not same_quantity(item.unit, "s-1") or not limit > 0:
                continue
            T = item.conditions.get("T")
            kelvin = float(T) if isinstance(T, int | float) else None
            rate = converted(limit, item.unit, "s-1")
            text = item.verdict or "as the technique gives it"
            if item.conventions.get("rate") == "one-way" and not is_lower:
                factor = 1.0 + _ratio(best, model, kelvin)
                rate *= factor
                text = f"{text}; the sum of both ways is {factor:.3g} times that out of one state"
            lower, upper = (rate, None) if is_lower else (None, rate)
            made = Bound(item.key, item.key.partition(".")[0], kelvin, lower, upper, text)
            kept = bounds.get((item.key, is_lower))
            if kept is None or _is_tighter(made, kept):
                bounds[item.key, is_lower] = made
    return tuple(bounds.values())


def _is_tighter(one: Bound, other: Bound) -> bool:
    if one.lower is not None and other.lower is not None:
        return one.lower > other.lower
    return one.upper is not None and other.upper is not None and one.upper < other.upper


def _ratio(best: StoryFit | None, model: StateModel | None, T: float | None) -> float:
    """Return the ratio of the two largest populations at a temperature, at least 1."""
    if best is None or best.fit is None or model is None or T is None:
        return 1.0
    x = np.sort(best.fit.objective.populations(best.fit.theta, np.array([T])).x[:, 0])
    return float(x[-1] / max(x[-2], 1e-6))


def claims_of(declared: Sequence[DeclaredClaim]) -> tuple[Claim, ...]:
    """Return claims or rules as the states know them.

    Parameters
    ----------
    declared : sequence of Claim
        Of the study.

    Returns
    -------
    tuple of Claim
    """
    return tuple(
        Claim(
            one.name, one.text, one.caveat,
            tuple(
                ClaimTest(
                    key=t.key, state=t.state, change_of=t.change_of, parameter=t.parameter, T=t.T,
                    from_T=t.from_T, measurement=t.measurement, quantity=Quantity(t.quantity),
                    above=t.above, below=t.below, within=t.within, is_=t.is_,
                    unit="" if t.unit == "1" else t.unit, supports=t.supports, against=t.against,
                )
                for t in one.test
            ),
        )
        for one in declared
    )  # fmt: skip


def consistency_lines(study: Study) -> tuple[ConsistencyLine, ...]:
    """Return the lines of a study that are computed from its numbers.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    tuple of ConsistencyLine
    """
    return tuple(
        ConsistencyLine(
            one.text, one.expression, dict(one.values), one.unit, one.against, one.low, one.high,
            one.agrees, one.differs, one.source,
        )
        for one in study.consistency
    )  # fmt: skip


def candidates_of(study: Study) -> tuple[Candidate, ...]:
    """Return the measurements that a study names as possible next ones.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    tuple of Candidate
    """
    return tuple(
        Candidate(
            one.name, one.key, one.T, one.sigma, one.unit, one.from_T, Quantity(one.quantity),
            one.rests_on, one.cost, one.exists,
        )
        for one in study.candidate
    )  # fmt: skip


def typed_observables(study: Study) -> tuple[Observable, ...]:
    """Return the typed numbers of a study that are values, as claims read them.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    tuple of Observable
        Changes and extremes of a curve are none: they are data of the joint fit only.
    """
    return tuple(
        Observable(
            one.key, one.unit, value=one.value, sigma=one.sigma,
            sigma_reason="" if one.sigma is not None else "none is told",
            conditions={} if one.T is None else {"T": one.T}, source=Source(one.source),
        )
        for one in study.typed
        if one.value is not None and one.quantity == "value"
    )  # fmt: skip
