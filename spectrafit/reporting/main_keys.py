"""Which observables belong together, and which of them are the main ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.observable import Observable
from spectrafit.study.outcome import FileResult, Outcome

__all__ = [
    "MAIN_COLUMNS",
    "items_of",
    "key_families",
    "main_keys",
    "main_keys_by_family",
    "observable_keys",
    "results_by_measurement",
    "unit_of",
]

MAIN_COLUMNS = 5


def key_families(results: Sequence[FileResult]) -> tuple[tuple[FileResult, ...], ...]:
    """Return files in groups such that files of different groups share no observable.

    Parameters
    ----------
    results : sequence of FileResult
        Of one measurement.

    Returns
    -------
    tuple of tuple of FileResult
        In the order of their first files; files without observables are in the first group.
    """
    families: list[tuple[set[str], list[FileResult]]] = []
    without = []
    for one in results:
        keys = {item.key for item in items_of(one)}
        if not keys:
            without.append(one)
            continue
        related = [family for family in families if family[0] & keys]
        members = [each for _, others in related for each in others]
        joined = (keys.union(*(known for known, _ in related)), [*members, one])
        place = families.index(related[0]) if related else len(families)
        families = [family for family in families if not any(family is each for each in related)]
        families.insert(place, joined)
    groups = [group for _, group in families] or [[]]
    groups[0] += without
    order = {one.label: i for i, one in enumerate(results)}
    return tuple(tuple(sorted(group, key=lambda one: order[one.label])) for group in groups)


def main_keys(outcome: Outcome, results: Sequence[FileResult]) -> tuple[str, ...]:
    """Return the main observables of some files, at most five.

    Those that a state or the declared truth speaks of, then those that the technique names first;
    one without any part of an uncertainty in every file comes last. A value that lacks one part,
    which a setting tells, keeps its place.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.
    results : sequence of FileResult
        Files of one measurement that share observables.

    Returns
    -------
    tuple of str
        In the order of the technique.
    """
    wanted = {key for state in outcome.study.state.values() for key in state.expect}
    wanted |= {row.observable.key for row in outcome.truth}
    keys = observable_keys(results)
    firm = {
        item.key
        for one in results
        for item in items_of(one)
        if item.budget or not item.sigma_reason
    }
    first = sorted(keys, key=lambda key: (key not in firm, key not in wanted))[:MAIN_COLUMNS]
    return tuple(sorted(first, key=keys.index))


def main_keys_by_family(outcome: Outcome) -> Mapping[str, tuple[tuple[str, ...], ...]]:
    """Return the main observables of each group of files of each measurement.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    mapping of str to tuple of tuple of str
        By name of the measurement.
    """
    return {
        measurement: tuple(main_keys(outcome, family) for family in key_families(results))
        for measurement, results in results_by_measurement(outcome.results).items()
    }


def items_of(result: FileResult) -> tuple[Observable, ...]:
    """Return the observables of a file, none where it was refused.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    tuple of Observable
    """
    return () if result.observables is None else result.observables.items


def results_by_measurement(results: Sequence[FileResult]) -> dict[str, list[FileResult]]:
    """Return files by their measurement, in order.

    Parameters
    ----------
    results : sequence of FileResult
        Any.

    Returns
    -------
    dict of str to list of FileResult
    """
    groups: dict[str, list[FileResult]] = {}
    for result in results:
        groups.setdefault(result.measurement, []).append(result)
    return groups


def observable_keys(results: Sequence[FileResult]) -> list[str]:
    """Return the observables of some files, each once, in order.

    Parameters
    ----------
    results : sequence of FileResult
        Any.

    Returns
    -------
    list of str
    """
    return list(dict.fromkeys(item.key for result in results for item in items_of(result)))


def unit_of(results: Sequence[FileResult], key: str) -> str:
    """Return the unit of an observable.

    Parameters
    ----------
    results : sequence of FileResult
        Of which at least one has it.
    key : str
        Of the observable.

    Returns
    -------
    str
    """
    return next(item.unit for result in results for item in items_of(result) if item.key == key)
