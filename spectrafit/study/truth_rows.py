"""Observables of simulated data beside the declared truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from spectrafit.conditions import conditions_text
from spectrafit.errors import SpectrafitError
from spectrafit.observable import Observable
from spectrafit.registry import spec_for
from spectrafit.states.mixing import mixed_value
from spectrafit.study.outcome import FileResult, SeriesResult, TruthRow
from spectrafit.study.truth import Truth
from spectrafit.units import converted

__all__ = ["truth_rows"]


def truth_rows(
    truth: Truth, results: Sequence[FileResult], series: Sequence[SeriesResult] = ()
) -> tuple[tuple[TruthRow, ...], tuple[str, ...]]:
    """Return each value beside what the declared populations make of its key.

    Parameters
    ----------
    truth : Truth
        Populations and pure-state values.
    results : sequence of FileResult
        Labelled.
    series : sequence of SeriesResult
        What measurements gave as a whole; values at a temperature are compared.

    Returns
    -------
    tuple of (tuple of TruthRow, tuple of str)
        The rows, and a sentence for each comparison that cannot be made.
    """
    rows: list[TruthRow] = []
    failed: list[str] = []

    @cache  # a temperature has hundreds of values, and a law is solved for its populations
    def declared(temperature: float, of_slopes: bool) -> Mapping[str, float]:
        return truth.slopes(temperature) if of_slopes else truth.populations(temperature)

    for label, item, temperature in _with_temperature(results, series):
        try:
            row = _row(truth, declared, label, item, temperature)
        except SpectrafitError as error:
            failed.append(f"comparison of {item.key} with the declared truth: {error}")
        else:
            rows += [row] if row is not None else []
    return tuple(rows), tuple(dict.fromkeys(failed))


def _with_temperature(
    results: Sequence[FileResult], series: Sequence[SeriesResult]
) -> Iterator[tuple[str, Observable, float]]:
    """Return every value at a temperature with the label of its row."""
    for result in results:
        temperature = result.conditions.get("T")
        if result.observables is not None and isinstance(temperature, float):
            for item in result.observables.items:
                yield result.label, item, temperature
    for one in series:
        for item in one.observables.items if one.observables is not None else ():
            temperature = item.conditions.get("T")
            if isinstance(temperature, float):
                yield (
                    f"{one.measurement} (series), {conditions_text(item.conditions)}",
                    item,
                    temperature,
                )


def _row(
    truth: Truth,
    declared: Callable[[float, bool], Mapping[str, float]],
    label: str,
    item: Observable,
    temperature: float,
) -> TruthRow | None:
    member = truth.member(item.key)
    if member is None or not isinstance(item.value, int | float):
        return None
    spec = spec_for(item.key)
    if spec is None:
        return None
    shares = declared(temperature, spec.of_slopes)
    mixed = mixed_value(spec, shares, member.values, truth.nuisances, temperature)
    # the members of a key of slopes are what it is the derivative of
    expected = converted(mixed, spec.unit if spec.of_slopes else member.unit, item.unit)
    pull = None if item.sigma is None else (item.value - expected) / item.sigma
    printed = truth.paper_value(item.key, temperature)
    paper = None if printed is None else converted(printed, member.unit, item.unit)
    return TruthRow(label, item, expected, pull, paper)
