"""The bounds of the rate of exchange, as a chart and as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from spectrafit.panel import Chart, Mark, Panel, Trace, TraceKind
from spectrafit.reporting.state_words import rounded
from spectrafit.reporting.tables import Column, Table
from spectrafit.states.assignment import Assignment, Bound, RateBound

__all__ = ["RATE", "bounds_table", "rate_chart", "regimes_table"]

RATE = "states-rate"
"""Name of the chart."""

_BEYOND = 1.5  # decades to which an open end is drawn


def rate_chart(found: Assignment, simulated: bool) -> Chart | None:
    """Return the bounds of the rate of exchange on a logarithmic axis.

    Parameters
    ----------
    found : Assignment
        What the states come to.
    simulated : bool
        Whether the figure says that its data are.

    Returns
    -------
    Chart or None
        None where fewer than two observables bound the rate.
    """
    rate = found.rate
    bounds = [] if rate is None else [one for one in rate.bounds if one.lower or one.upper]
    if rate is None or len(bounds) < 2:  # one bound is read in the table
        return None
    logs = [math.log10(k) for one in bounds for k in (one.lower, one.upper) if k]
    ends = (math.floor(min(logs) - _BEYOND), math.ceil(max(logs) + _BEYOND))
    traces = [
        _bound(number, one, ends)
        for number, one in enumerate(rate.bounds, 1)
        if one.lower or one.upper
    ]
    allowed = _allowed(rate.lower, rate.upper, ends)
    text = "Each line is what one observable allows; a point ends it where it is bounded"
    return Chart(
        RATE,
        "Bounds of the rate of exchange of the states",
        "number in the table",
        (
            Panel(
                "log₁₀ of (k₁₂ + k₂₁) / s⁻¹",
                (
                    *(line for line, _ in traces),
                    *(stops for _, stops in traces),
                    *_joint(rate, len(rate.bounds)),
                ),
                y_marks=(Mark(*allowed, "allowed by all"),) if allowed is not None else (),
            ),
        ),
        caption=f"{text} (95 %, one-sided). {rate.text}".strip(),
        simulated=simulated,
        whole_x=True,
    )


def _bound(number: int, one: Bound, ends: tuple[float, float]) -> tuple[Trace, Trace]:
    at = f", {one.T:g} K" if one.T is not None else ""
    low = math.log10(one.lower) if one.lower else ends[0]
    high = math.log10(one.upper) if one.upper else ends[1]
    stops = np.array([math.log10(k) for k in (one.lower, one.upper) if k])
    x = np.full(2, float(number))
    return (
        Trace(f"{number}: {one.key}{at}", x, np.array([low, high]), TraceKind.CURVE),
        Trace("bound", np.full(stops.size, float(number)), stops),
    )


def _joint(rate: RateBound, count: int) -> Iterator[Trace]:
    """Yield the joined bounds as lines across all of them."""
    across = np.array([0.5, count + 0.5])
    for name, k in (("lower bound of all", rate.lower), ("upper bound of all", rate.upper)):
        if k:
            yield Trace(name, across, np.full(2, math.log10(k)), TraceKind.REFERENCE)


def _allowed(
    lower: float | None, upper: float | None, ends: tuple[float, float]
) -> tuple[float, float] | None:
    if not lower and not upper:
        return None
    low = math.log10(lower) if lower else ends[0]
    high = math.log10(upper) if upper else ends[1]
    return (low, high) if low <= high else None


def bounds_table(found: Assignment) -> Table:
    """Return the bounds of the rate of exchange, numbered as in their figure.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    bounds: tuple[Bound, ...] = found.rate.bounds if found.rate is not None else ()
    columns = (
        Column("number", "no."), Column("key"), Column("technique"), Column("T", "T / K"),
        Column("lower", "above / s⁻¹"), Column("upper", "below / s⁻¹"),
        Column("text", "what it needs"),
    )  # fmt: skip
    rows = tuple(
        (
            number, one.key, one.technique, rounded(one.T, 4),
            rounded(one.lower, 2), rounded(one.upper, 2), one.text,
        )
        for number, one in enumerate(bounds, 1)
    )  # fmt: skip
    return Table("rate-bounds", columns, rows, note="95 % one-sided each.")


def regimes_table(found: Assignment) -> Table:
    """Return whether each key shows the average of exchanging states, or each of them.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    rows = found.rate.regimes if found.rate is not None else ()
    columns = (Column("key"), Column("regime", "states are"), Column("why"))
    return Table("regimes", columns, rows)
