"""The observables of each sample of a study against its pure states, and what was not measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spectrafit.observable import Kind, Observable, ObservableSpec
from spectrafit.states.assignment import EvidenceRow, StateEvidence
from spectrafit.states.carry import carrier
from spectrafit.states.evidence import evidence
from spectrafit.states.expectation import Expectation
from spectrafit.study.schema import Study

__all__ = ["NO_DATA", "evidence_by_sample", "observables_by_sample", "of_one_sample"]

NO_DATA = "(no data here of "
"""Begins the words for keys whose technique was not measured at all."""

ByMeasurement = Mapping[str, Sequence[Observable]]


def observables_by_sample(study: Study, observables: ByMeasurement) -> dict[str, ByMeasurement]:
    """Return the observables of each sample that is held against the states by itself.

    Parameters
    ----------
    study : Study
        With its samples, and the sample of its joint fit where it names one.
    observables : mapping of str to sequence of Observable
        By measurement; of a name that is no measurement of the study they are typed.

    Returns
    -------
    dict of str to mapping
        By name of the sample. One entry, without a name, where the joint fit is of one sample, whose
        measurements and the typed numbers it has, or where no two samples are named. Else what
        is of no named sample has an entry without a name.
    """
    samples = {one.name: one.sample for one in study.measurement}
    chosen = study.joint.sample if study.joint is not None else ""
    if chosen:
        return {
            "": {
                name: items
                for name, items in observables.items()
                if samples.get(name, chosen) == chosen
            }
        }
    if len({samples[name] for name in observables if samples.get(name)}) < 2:
        return {"": observables}
    found: dict[str, dict[str, Sequence[Observable]]] = {}
    for name, items in observables.items():
        found.setdefault(samples.get(name, ""), {})[name] = items
    return dict(found)


def of_one_sample(study: Study, observables: ByMeasurement) -> list[Observable]:
    """Return the observables where they are of one sample, and none where they are of several.

    Parameters
    ----------
    study, observables
        As for `observables_by_sample`.

    Returns
    -------
    list of Observable
    """
    every = observables_by_sample(study, observables)
    if len(every) > 1:
        return []
    return [item for own in every.values() for items in own.values() for item in items]


def evidence_by_sample(
    study: Study,
    expected: Sequence[Expectation],
    observables: ByMeasurement,
    specs: Mapping[str, ObservableSpec],
    nuisances: Mapping[str, float],
) -> tuple[tuple[EvidenceRow, ...], tuple[StateEvidence, ...]]:
    """Return each observable against each pure state, in the groups of the study.

    What two samples show is never added: a sample that is iron says nothing of another that is an
    oxide.

    Parameters
    ----------
    study : Study
        With its states and groups; one group of all temperatures where it names none.
    expected : sequence of Expectation
        Of its states.
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
        The name of a group begins with that of its sample where there are several. Keys of which
        something is expected and nothing was measured are told with those that have no vote.
    """
    keys = {one.key for one in expected}
    named = dict(study.joint.groups) if study.joint is not None else {}
    rows: list[EvidenceRow] = []
    found: list[StateEvidence] = []
    every = observables_by_sample(study, observables)
    for sample, own in every.items():
        owners = {id(item): name for name, items in own.items() for item in items}
        asked = [
            item
            for items in own.values()
            for item in items
            if item.key in keys and item.kind is Kind.VALUE
        ]
        head = f"{sample or 'of no named sample'}, " if len(every) > 1 else ""
        groups = named or {"all temperatures": _whole_range(asked)}
        told, summed = evidence(
            asked, expected, tuple(study.state), {head + name: T for name, T in groups.items()},
            carry=carrier(tuple(specs.values()), nuisances),
            measurement_of=lambda item, owners=owners: owners.get(id(item), ""),  # type: ignore[misc]
        )  # fmt: skip
        rows += told
        for one, limits in zip(summed, groups.values(), strict=True):
            absent = _not_measured(expected, own, limits)
            found.append(replace(one, silent=(*one.silent, *absent)))
    return tuple(rows), tuple(found)


def _whole_range(asked: Sequence[Observable]) -> tuple[float, float]:
    """Return the lowest and highest temperature of observables, K; of none, that of a warm room."""
    T = [float(T) for item in asked if isinstance(T := item.conditions.get("T"), int | float)]
    return (min(T), max(T)) if T else (300.0, 300.0)


def _not_measured(
    expected: Sequence[Expectation], observables: ByMeasurement, limits: tuple[float, float]
) -> list[str]:
    """Return the keys of which something is expected and nothing was measured, by technique."""
    low, high = limits
    seen = {
        item.key
        for items in observables.values()
        for item in items
        if not isinstance(T := item.conditions.get("T"), int | float) or low <= T <= high
    }
    techniques = {_technique(key) for key in seen}
    absent = [key for key in dict.fromkeys(one.key for one in expected) if key not in seen]
    without = [name for name in dict.fromkeys(map(_technique, absent)) if name not in techniques]
    return [
        *(f"{key} (not among the data)" for key in absent if _technique(key) in techniques),
        *(
            f"{', '.join(key for key in absent if _technique(key) == name)} {NO_DATA}{name})"
            for name in without
        ),
    ]


def _technique(key: str) -> str:
    return key.partition(".")[0]
