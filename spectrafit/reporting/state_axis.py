"""What rests on the assumed law of the steps: populations whose scale the data leave free."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from spectrafit.reporting.state_words import joined, label_of, share_range
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, range_text
from spectrafit.states.assignment import Assignment, AxisCheck
from spectrafit.study.outcome import Outcome

__all__ = ["anchor_sentence", "axis_sentences", "axis_table", "law_sentence"]

_FIXED = "fixed"
_GIVEN = "prior"
_NOTHING = 1e-6  # of a and b: what only rounding errors make different from 0
_ALL = "all data are used"


def law_sentence(outcome: Outcome, found: Assignment) -> str:
    """Return what the populations rest on where all data leave the scale of a step free.

    Parameters
    ----------
    outcome : Outcome
        Whose study names the branches of the steps.
    found : Assignment
        What the states come to.

    Returns
    -------
    str
        Empty where the populations of the best story are fixed without the law of the steps.
    """
    upper = {one.name: label_of(found, one.upper) for one in outcome.study.step}
    free = [
        one
        for one in found.axis
        if one.story == found.best and not one.left_out and one.verdict != _FIXED and one.x
    ]
    if not free:
        return ""
    spans = joined(_span_of(one, upper) for one in free)
    upper_states = {one.name: one.upper for one in outcome.study.step}
    given = _anchors_given(found, {upper_states.get(one.step, "") for one in free})
    anchor = (
        f"closer values than those given of {joined(given)} would narrow it"
        if given
        else "an anchor, like one pure-state value measured elsewhere, would fix it"
    )
    return (
        f"These populations rest on the assumed law of the steps: without it, {spans} fit as well "
        f"(x → a n + b x, with n the population of both branches of the step); {anchor}."
    )


def _anchors_given(found: Assignment, states: Collection[str]) -> list[str]:
    """Return the pure-state values of observables that the best story has a prior of."""
    best = next((one for one in found.stories if one.name == found.best), None)
    named = [
        (row.name, *row.name.rpartition(".")[::2])
        for row in (best.parameters if best is not None else ())
        if row.status == _GIVEN
    ]
    # a number of a rule, like a g value, has no technique in its name
    return [name for name, key, state in named if state in states and "." in key]


def anchor_sentence(outcome: Outcome, found: Assignment) -> str:
    """Return which pure-state values would fix the populations without the law of the steps.

    Parameters
    ----------
    outcome : Outcome
        Whose study names the branches of the steps.
    found : Assignment
        What the states come to.

    Returns
    -------
    str
        At most three keys, of different techniques; empty where no value of a pure upper state is
        free.
    """
    best = next((one for one in found.stories if one.name == found.best), None)
    names = [name for name, _ in found.states]
    upper = {one.name: one.upper for one in outcome.study.step if one.upper in names}
    texts = []
    for step in dict.fromkeys(one.step for one in found.axis if one.step in upper):
        state = upper[step]
        keys: dict[str, str] = {}
        for row in best.parameters if best is not None else ():
            key, _, last = row.name.rpartition(".")
            if last == state and row.status == "free":
                keys.setdefault(key.partition(".")[0], key)
        if keys:
            named = joined(list(keys.values())[:3], "or")
            texts.append(
                f"{named} of a compound that is all {label_of(found, state)}, as an anchor that"
                " fixes its population without the law of the steps."
            )
    return " ".join(texts)


def axis_sentences(found: Assignment) -> tuple[str, ...]:
    """Return what the data leave free, what differs only by the data left out in one text.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    tuple of str
    """
    groups: dict[tuple[str, str, str, str], list[AxisCheck]] = {}
    for one in found.axis:
        _, low, high = max(one.x, default=(0.0, 0.0, 1.0))
        key = (one.story, one.step, one.verdict, f"{low:.2f} {high:.2f}")
        groups.setdefault(key, []).append(one)
    texts = []
    for rows in groups.values():
        first = next((one for one in rows if not one.left_out), rows[0])
        others = [one.left_out for one in rows if one is not first]
        same = f" The same without {joined(others, 'or')}." if others else ""
        texts.append(f"{first.text.rstrip('.')}.{same}")
    return tuple(texts)


def axis_table(found: Assignment) -> Table:
    """Return between what the upper population of a step may lie when its scale is free.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
        One row for all sets of data that leave it the same.
    """
    columns = (
        Column("story"), Column("step"), Column("left_out", "without"), Column("verdict"),
        Column("a"), Column("b"), Column("x", "upper population"), Column("chi2", "χ² above least"),
    )  # fmt: skip
    left_out: dict[tuple[str, ...], list[str]] = {}
    for one in found.axis:
        x = "; ".join(
            f"{share_range(low, high)} at {number_text(T, 4)} K" for T, low, high in one.x
        )
        cells = (one.story, one.step, one.verdict, _span(one.a), _span(one.b), x, _span(one.chi2))
        left_out.setdefault(cells, []).append(one.left_out or _ALL)
    rows = tuple((*cells[:2], ", ".join(names), *cells[2:]) for cells, names in left_out.items())
    note = (
        "n is the population of both branches of the step, x of the upper one: sets x' = a n + b x "
        "with a and b in these ranges fit within 4 of the least χ² (not each a with each b)."
    )
    return Table("axis", columns, rows, note=note)


def _span_of(one: AxisCheck, upper: Mapping[str, str]) -> str:
    T, low, high = max(one.x)
    state = upper.get(one.step, f"the upper branch of step {one.step}")
    return f"{low:.2f} to {high:.2f} of {state} at {number_text(T, 4)} K"


def _span(ends: tuple[float, ...]) -> str:
    known = tuple(_snapped(ends))
    if not known:
        return ""
    low, high = min(known), max(known)
    return number_text(low, 2) if low == high else range_text(low, high, 2)


def _snapped(ends: tuple[float, ...]) -> Iterator[float]:
    for end in ends:
        yield 0.0 if abs(end) < _NOTHING else end
