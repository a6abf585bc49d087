"""Populations and stories as tables: for a spreadsheet with every digit, for the report rounded."""

from __future__ import annotations

from spectrafit.reporting.state_words import (
    accepted_stories,
    interval_text,
    label_of,
    measured_cell,
    population_text,
    rounded,
)
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import Assignment, StoryRow
from spectrafit.study.outcome import Outcome
from spectrafit.units import printed_unit

__all__ = [
    "answer_populations",
    "evidence_table",
    "parameters_table",
    "populations_table",
    "printed_populations",
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


def answer_populations(found: Assignment) -> Table | None:
    """Return the populations of the best accepted story, with the range over accepted stories.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table or None
        A row a state and temperature; None where no story is accepted.
    """
    stories = accepted_stories(found)
    values: dict[tuple[str, float], list[float]] = {}
    for row in found.populations:
        if row.story in stories:
            values.setdefault((row.state, row.T), []).append(row.value)
    best = [row for row in found.populations if row.story == found.best]
    if found.best not in stories or not best:
        return None
    several = len(stories) > 1
    columns = [Column("state"), Column("T", "T / K"), Column("x", "population")]
    columns += [Column("range", f"over {len(stories)} accepted stories")] if several else []
    rows = []
    for state, _ in found.states:
        for row in sorted((one for one in best if one.state == state), key=lambda one: one.T):
            over = values[state, row.T]
            # two decimals: it tells stories apart, their errors stand in the table of all stories
            ends = [f"{end:.2f}" for end in (min(over), max(over))]
            span = " to ".join(dict.fromkeys(ends))
            cells = (label_of(found, state), rounded(row.T, 4), population_text(row))
            rows.append((*cells, span) if several else cells)
    note = f"Population (1 is all molecules) by story {found.best}, with one standard uncertainty."
    title = "Populations at the report's temperatures"
    return Table("answer-populations", tuple(columns), tuple(rows), title, note)


def printed_populations(found: Assignment) -> Table:
    """Return the populations of accepted stories as they are read; of all where none is accepted.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    stories = accepted_stories(found) or tuple(story.name for story in found.stories)
    columns = (
        Column("story"), Column("T", "T / K"), Column("state"),
        Column("x", "population", measured=True), Column("low95", "95 %"), Column("verdict"),
        Column("anchored_by", "anchored by"),
    )  # fmt: skip
    rows = tuple(
        (
            row.story,
            rounded(row.T, 4),
            label_of(found, row.state),
            measured_cell(row.value, row.sigma, row.reason or row.verdict),
            interval_text(row.low95, row.high95, row.reason),
            row.verdict,
            "; ".join(row.anchored_by) or "no anchor named",
        )
        for story in stories
        for row in found.populations
        if row.story == story
    )
    return Table("state-populations", columns, rows)


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
        Column("story"), Column("verdict"), Column("chi2", "χ²"), Column("data"), Column("priors"),
        Column("free", "free parameters"), Column("aicc", "AICc"),
        Column("p", "p of the bootstrap"), Column("bounds", "set by a bound"), Column("why"),
    )  # fmt: skip
    rows = tuple(
        (
            one.name, one.verdict, rounded(one.chi2, 4), one.data, one.priors, one.free,
            rounded(one.aicc, 4), _chance(one), "; ".join(one.bounds) or "none", one.why,
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
    return f"{number_text(story.p_value, 2)}{note}"
