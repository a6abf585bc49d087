"""Tables of states with every digit for a spreadsheet, and those of the stories for the report."""

from __future__ import annotations

from spectrafit.reporting.state_words import (
    accepted_stories,
    label_of,
    measured_cell,
    rounded,
)
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import Assignment, StoryRow
from spectrafit.study.outcome import Outcome
from spectrafit.units import printed_unit

__all__ = [
    "evidence_table",
    "parameters_table",
    "populations_table",
    "stories_table",
]


def populations_table(outcome: Outcome) -> Table:
    """Return the populations by every story as rows, for the CSV file.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Table
        Without rows where no states were assigned.
    """
    found = outcome.assignment
    names = (
        "story", "accepted", "T_K", "state", "label", "x", "sigma", "low68", "high68", "low95",
        "high95", "verdict", "anchored_by", "reason",
    )  # fmt: skip
    accepted = accepted_stories(found) if found is not None else ()
    rows = tuple(
        (
            row.story,
            row.story in accepted,
            row.T,
            row.state,
            label_of(found, row.state),
            row.value,
            row.sigma,
            row.low,
            row.high,
            row.low95,
            row.high95,
            row.verdict,
            "; ".join(row.anchored_by),
            row.reason,
        )
        for row in (found.populations if found is not None else ())
        if found is not None
    )
    return Table("populations", tuple(Column(name) for name in names), rows)


def evidence_table(outcome: Outcome) -> Table:
    """Return every observable against each pure state as a row, for the CSV file.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Table
        Without rows where no states were assigned; a column of log L a state.
    """
    found = outcome.assignment
    states = [name for name, _ in found.states] if found is not None else []
    names = (
        *("group", "key", "technique", "T_K", "value", "sigma", "unit"),
        *(f"log_L_{name}" for name in states),
        *("verdict", "text", "sources"),
    )
    rows = tuple(
        (
            row.group,
            row.key,
            row.technique,
            row.T,
            row.value,
            row.sigma,
            row.unit,
            *(dict(row.log_likelihood).get(name) for name in states),
            row.verdict,
            row.text,
            "; ".join(row.sources),
        )
        for row in (found.evidence if found is not None else ())
    )
    return Table("evidence", tuple(Column(name) for name in names), rows)


def stories_table(found: Assignment) -> Table:
    """Return how well each story fits, and what became of it.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    columns = (
        Column("story"), Column("verdict"), Column("why"), Column("chi2", "χ²"), Column("aicc", "AICc"),
        Column("p", "p of the bootstrap"), Column("bounds", "set by a bound"), Column("data"),
        Column("priors"), Column("free", "free parameters"),
    )  # fmt: skip
    rows = tuple(
        (
            one.name, one.verdict, one.why, rounded(one.chi2, 4), rounded(one.aicc, 4), _chance(one),
            "; ".join(one.bounds) or "none", one.data, one.priors, one.free,
        )
        for one in found.stories
    )  # fmt: skip
    note = (
        "χ² includes the priors. With more parameters than the data fix, χ² ranks stories; the "
        "bootstrap says whether a story fits at all."
    )
    return Table("stories", columns, rows, note=note)


def parameters_table(story: StoryRow) -> Table:
    """Return the numbers of a story's fit.

    Parameters
    ----------
    story : StoryRow
        One story.

    Returns
    -------
    Table
    """
    columns = (
        Column("name"), Column("value", measured=True), Column("unit"), Column("status"),
        Column("low", "68 %"), Column("prior"), Column("source"),
    )  # fmt: skip
    rows = tuple(
        (
            one.name,
            measured_cell(one.value, one.sigma, one.reason or one.status),
            printed_unit(one.unit),
            one.status,
            "" if one.low is None and one.high is None else _ends(one.low, one.high),
            "" if one.prior is None else value_text(one.prior, one.prior_sigma, "a fixed value"),
            one.source,
        )
        for one in story.parameters
    )
    return Table(f"story-{story.name}", columns, rows)


def _ends(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return range_text(low, high, 4)
    return f"above {number_text(low, 4)}" if low is not None else f"below {number_text(high or 0)}"


def _chance(story: StoryRow) -> str:
    if story.p_value is None:
        return story.p_note or "not made"
    note = f" ({story.p_note})" if story.p_note else ""
    if story.p_value >= 1.0:
        return f"1: the errors are larger than the scatter of the data{note}"
    return f"{number_text(story.p_value, 2)}{note}"
