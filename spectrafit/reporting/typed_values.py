"""Numbers that a study types in: printed with their source, weighing what their error allows."""

from __future__ import annotations

from collections.abc import Iterator

from spectrafit.errors import UnitError
from spectrafit.reporting.document import Block, Paragraph, Section
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, value_text
from spectrafit.states.boltzmann import boltzmann_factor
from spectrafit.study.outcome import Outcome
from spectrafit.study.schema import TypedValue
from spectrafit.units import converted

__all__ = ["SILENT", "typed_section", "typed_verdict"]

SILENT = "silent"
"""Verdict of a number without a standard uncertainty: it is printed and weighs nothing."""

_WITH_ERROR = "with a standard uncertainty: may weigh as a prior"
_NOTE = (
    "Typed into the study, not measured here. A number without a standard uncertainty is silent: no"
    " default is taken."
)


def typed_verdict(value: TypedValue) -> str:
    """Return what a typed number may do.

    Parameters
    ----------
    value : TypedValue
        Of the study.

    Returns
    -------
    str
        ``silent`` without a standard uncertainty.
    """
    return SILENT if value.sigma is None else _WITH_ERROR


def typed_section(outcome: Outcome) -> Section | None:
    """Return the typed numbers with their sources, and what an energy means at low temperature.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Section or None
        None where nothing is typed.
    """
    typed = outcome.study.typed
    if not typed:
        return None
    columns = (
        Column("key"), Column("value", measured=True), Column("unit"), Column("T / K"),
        Column("method"), Column("basis"), Column("source"), Column("verdict"),
    )  # fmt: skip
    rows = tuple(
        (
            _key_text(one),
            _number_text(one),
            one.unit,
            one.T,
            one.method,
            one.basis,
            one.source,
            typed_verdict(one),
        )
        for one in typed
    )
    blocks: list[Block] = [Paragraph(_NOTE, "note"), Table("typed", columns, rows)]
    blocks += [Paragraph(text) for text in _meanings(outcome)]
    blocks += [Paragraph(f"{one.key}: {one.note}") for one in typed if one.note]
    return Section("Typed values", tuple(blocks))


def _key_text(one: TypedValue) -> str:
    """Return the key, with what of its curve the number is."""
    what = "" if one.quantity == "value" else f", {one.quantity}"
    since = "" if one.from_T is None else f" from {number_text(one.from_T)} K"
    return f"{one.key}{what}{since}{f', {one.branch}' if one.branch else ''}"


def _number_text(one: TypedValue) -> str:
    """Return a number with its standard uncertainty, or the limits in its place."""
    if one.value is not None:
        return number_text(one.value) if one.sigma is None else value_text(one.value, one.sigma)
    if one.low is None or one.high is None:
        sign, limit = ("<", one.high) if one.low is None else (">", one.low)
        return f"{sign} {number_text(limit or 0.0)}"
    return f"{number_text(one.low)} to {number_text(one.high)}"


def _meanings(outcome: Outcome) -> Iterator[str]:
    """Yield the Boltzmann factor of each molar energy, at its own or at the ends of what was measured."""
    measured = _measured_temperatures(outcome)
    for one in outcome.study.typed:
        if one.value is None or one.quantity != "value":
            continue
        at = (one.T,) if one.T is not None else measured
        try:
            energy = converted(one.value, one.unit, "J mol-1")
        except UnitError:
            continue
        factors = [
            f"{number_text(boltzmann_factor(energy, T), 2)} at {number_text(T, 3)} K" for T in at
        ]
        if factors:
            told = " and ".join(factors)
            yield f"{one.key}: exp(-E/RT) is {told}, without entropy and degeneracy."


def _measured_temperatures(outcome: Outcome) -> tuple[float, ...]:
    """Return the lowest and the highest temperature of what was measured, K; none without any."""
    series = [item for one in outcome.series if one.observables for item in one.observables.items]
    given = [
        *(result.conditions.get("T") for result in outcome.results),
        *(item.conditions.get("T") for item in series),
    ]
    found = [T for T in given if isinstance(T, float) and T > 0]
    return tuple(dict.fromkeys((min(found), max(found)))) if found else ()
