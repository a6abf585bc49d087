"""What is compared of the states of a study that are computed again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["assignment_pairs"]

Row = Mapping[str, Any]
Compared = tuple[str, Any, Any, float]
_Rows = Callable[[Row, Row], Iterator[Compared]]


def assignment_pairs(old: Row | None, new: Row | None, in_sigma: float) -> Iterator[Compared]:
    """Give everything that is compared of two assignments as plain values.

    Parameters
    ----------
    old, new : mapping or None
        What ``results.json`` holds as ``assignment``; None where no states were assigned.
    in_sigma : float
        How far a number may move, in its standard uncertainty (or half its 68 % interval); a
        probability moves about as far then, a log likelihood by this and its own size.

    Yields
    ------
    (str, object, object, float)
        Name, value before, value now, and by how much numbers may differ.
    """
    if old is None or new is None:
        told = ["none" if one is None else "given" for one in (old, new)]
        yield "assignment", told[0], told[1], 0.0
        return

    def population(one: Row, other: Row) -> Iterator[Compared]:
        tolerance = in_sigma * _sigma(one)
        yield "verdict", one["verdict"], other["verdict"], 0.0
        for name in ("value", "sigma", "low", "high", "low95", "high95"):
            yield name, one[name], other[name], tolerance

    def story(one: Row, other: Row) -> Iterator[Compared]:
        for name in ("verdict", "data", "priors", "free"):
            yield name, one[name], other[name], 0.0
        # every free parameter moved by so much of its sigma raises chi2 by this
        tolerance = in_sigma**2 * one["free"]
        for name in ("chi2", "aicc"):
            yield name, one[name], other[name], tolerance
        yield "p", one["p_value"], other["p_value"], in_sigma
        yield from _rows(one, other, "parameters", ("name",), parameter)

    def parameter(one: Row, other: Row) -> Iterator[Compared]:
        yield "status", one["status"], other["status"], 0.0
        for name in ("value", "sigma", "low", "high"):
            yield name, one[name], other[name], in_sigma * _sigma(one)

    def evidence(one: Row, other: Row) -> Iterator[Compared]:
        yield "verdict", one["verdict"], other["verdict"], 0.0
        for state, before, now in _matched(one["log_likelihood"], other["log_likelihood"]):
            yield f"ln L of {state}", before, now, in_sigma * (1.0 + abs(before or 0.0))

    def group(one: Row, other: Row) -> Iterator[Compared]:
        yield "winner", one["winner"], other["winner"], 0.0
        for state, before, now in _matched(one["posterior"], other["posterior"]):
            yield f"posterior of {state}", before, now, in_sigma
        for name in ("conflicts", "unexplained"):
            words = [_without_numbers("; ".join(each[name])) for each in (one, other)]
            yield name, words[0], words[1], 0.0

    def prediction(one: Row, other: Row) -> Iterator[Compared]:
        # the band is 95 %, 1.96 standard uncertainties to each side
        tolerance = in_sigma * (one["high"] - one["low"]) / (2 * 1.96)
        for name in ("predicted", "low", "high"):
            yield name, one[name], other[name], tolerance

    def verdict(one: Row, other: Row) -> Iterator[Compared]:
        yield "verdict", one["verdict"], other["verdict"], 0.0

    yield "assignment, verdict", old["verdict"], new["verdict"], 0.0
    yield "assignment, best story", old["best"], new["best"], 0.0
    kinds: tuple[tuple[str, tuple[str, ...], _Rows], ...] = (
        ("populations", ("story", "state", "T"), population),
        ("stories", ("name",), story),
        ("evidence", ("group", "key", "T"), evidence),
        ("groups", ("group",), group),
        ("predictions", ("story", "key", "left_out", "T", "branch"), prediction),
        ("left_out", ("technique", "story"), verdict),
        ("claims", ("name",), verdict),
        ("rules", ("name",), verdict),
    )
    for kind, names, compare in kinds:
        yield from _rows(old, new, kind, names, compare)
    ranked = [" > ".join(row["name"] for row in one["candidates"]) for one in (old, new)]
    yield "candidates", ranked[0], ranked[1], 0.0
    ends = [one["rate"] or {"lower": None, "upper": None} for one in (old, new)]
    for name in ("lower", "upper"):
        # a bound is one-sided: it has no uncertainty of its own
        before = ends[0][name]
        yield f"rate, {name} bound", before, ends[1][name], in_sigma * abs(before or 0.0)


def _rows(
    old: Row, new: Row, kind: str, names: Sequence[str], compare: _Rows
) -> Iterator[Compared]:
    """Yield what rows of one name differ in, and which are in one of both only."""
    before, now = (_named(one[kind], names) for one in (old, new))
    for name in dict.fromkeys((*before, *now)):
        place = f"{kind} {name}"
        if name in before and name in now:
            for word, one, other, tolerance in compare(before[name], now[name]):
                yield f"{place}, {word}", one, other, tolerance
        else:
            told = ["given" if name in each else "none" for each in (before, now)]
            yield place, told[0], told[1], 0.0


def _named(rows: Sequence[Row], names: Sequence[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        words = [row[name] for name in names]
        name = " ".join(f"{one:g}" if isinstance(one, float) else str(one) for one in words)
        while name in found:  # two points at one temperature
            name += "'"
        found[name] = row
    return found


def _matched(
    old: Sequence[Sequence[Any]], new: Sequence[Sequence[Any]]
) -> Iterator[tuple[str, Any, Any]]:
    before, now = ({row[0]: row[1] for row in one} for one in (old, new))
    for name in dict.fromkeys((*before, *now)):
        yield name, before.get(name), now.get(name)


def _sigma(row: Row) -> float:
    """Return one standard uncertainty, else half of the 68 % interval, else 0."""
    if row["sigma"] is not None:
        return float(row["sigma"])
    return 0.0 if None in (row["low"], row["high"]) else 0.5 * float(row["high"] - row["low"])


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+(\.\d+)?(e[-+]?\d+)?", "#", text)
