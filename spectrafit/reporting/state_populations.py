"""The populations as they are read: a row a temperature for the answer, with anchors in the section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from spectrafit.reporting.state_words import (
    accepted_stories,
    hottest,
    interval_text,
    label_of,
    population_text,
    rounded,
    share_range,
)
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text
from spectrafit.states.assignment import Assignment, PopulationRow

__all__ = ["anchor_names", "anchors_in_full", "answer_populations", "printed_populations"]

_ANCHORS = 2
_SHAPE = "assumed shape in temperature: "
_FINEST = 0.001  # of a population in the answer; populations.csv has what the fit gives
_APART = 0.01  # of a population without an uncertainty: stories that differ by less are one


def anchor_names(row: PopulationRow) -> tuple[str, ...]:
    """Return what fixes a population, by name.

    Parameters
    ----------
    row : PopulationRow
        With its anchors, the most important first.

    Returns
    -------
    tuple of str
        At most two, without sources and numbers.
    """
    names = (
        text.removeprefix(_SHAPE).partition(": without it")[0].partition(" (")[0]
        for text in row.anchored_by
    )
    return tuple(dict.fromkeys(names))[:_ANCHORS]


def anchors_in_full(found: Assignment) -> tuple[str, ...]:
    """Return everything that fixes the populations of the best story at its highest temperature.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    tuple of str
        A text a state that has anchors.
    """
    return tuple(
        f"{label_of(found, row.state)} at {number_text(row.T, 4)} K: {'; '.join(row.anchored_by)}"
        for row in hottest(found)
        if row.anchored_by
    )


def answer_populations(found: Assignment) -> Table | None:
    """Return the populations of the best accepted story, with the range over accepted stories.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table or None
        A row a temperature and a column a state; None where no story is accepted.
    """
    stories = accepted_stories(found)
    best = {(row.T, row.state): row for row in found.populations if row.story == found.best}
    if found.best not in stories or not best:
        return None
    columns = (Column("T", "T / K"), *(Column(name, label or name) for name, label in found.states))
    rows = tuple(
        (
            rounded(T, 4),
            *(
                _with_range(found, best[T, state], stories) if (T, state) in best else ""
                for state, _ in found.states
            ),
        )
        for T in sorted({T for T, _ in best})
    )
    note = (
        f"Population (1 is all molecules) by story “{found.best}”, with one standard uncertainty."
    )
    if any(row.sigma and row.sigma < _FINEST for row in best.values()):
        note += f" Uncertainties below {_FINEST:g} are printed as {_FINEST:g}."
    if any(row.sigma is None and row.low is not None for row in best.values()):
        note += " An interval that is not symmetric is given by its ends (68 %)."
    if any("[" in str(cell) for row in rows for cell in row):
        note += (
            f" In brackets the range over the {len(stories)} accepted stories, where it is wider."
        )
    return Table("answer-populations", columns, rows, "Populations", note)


def printed_populations(found: Assignment, stories: Sequence[str]) -> Table:
    """Return the populations of stories as they are read.

    Parameters
    ----------
    found : Assignment
        What the states come to.
    stories : sequence of str
        Which, in order; more than one have a column of their names.

    Returns
    -------
    Table
        A row a story, temperature and state.
    """
    columns = (
        *([Column("story")] if len(stories) > 1 else []),
        Column("T", "T / K"), Column("state"), Column("x", "population"), Column("low95", "95 %"),
        Column("verdict"), Column("anchored_by", "anchored by"),
    )  # fmt: skip
    rows = tuple(
        ((story, *cells) if len(stories) > 1 else cells)
        for story in stories
        for cells in _cells(found, story)
    )
    return Table("state-populations", columns, rows)


def _cells(found: Assignment, story: str) -> Iterator[tuple[str | float | None, ...]]:
    for row in found.populations:
        if row.story == story:
            yield (
                rounded(row.T, 4),
                label_of(found, row.state),
                population_text(row, with_verdict=False),
                share_range(row.low95, row.high95)
                if row.low95 is not None and row.high95 is not None
                else interval_text(row.low95, row.high95, row.reason),
                row.verdict,
                "; ".join(anchor_names(row)) or "no anchor named",
            )


def _readable(row: PopulationRow) -> PopulationRow:
    """Return a population with an uncertainty that a reader believes: of a thousandth or more."""
    if not row.sigma or row.sigma >= _FINEST or row.value < _FINEST:
        return row
    return replace(row, sigma=_FINEST)


def _with_range(found: Assignment, row: PopulationRow, stories: Sequence[str]) -> str:
    over = [
        one.value
        for one in found.populations
        if one.story in stories and (one.state, one.T) == (row.state, row.T)
    ]
    low, high = min(over), max(over)
    text = population_text(_readable(row))
    is_wide = high - low > (_APART if row.sigma is None else row.sigma)
    return f"{text} [{share_range(low, high)}]" if is_wide else text
