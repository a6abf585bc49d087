"""What speaks for and against each state, as tables: claims, single observables, single keys."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.reporting.state_odds import likelier, odds_text
from spectrafit.reporting.state_words import interval_text, label_of, rounded
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import value_text
from spectrafit.states.assignment import Assignment, ClaimRow, EvidenceRow
from spectrafit.states.evidence import FAR, NEAR
from spectrafit.units import printed_unit

__all__ = ["claims_table", "evidence_matrix", "evidence_words", "per_key_table"]


def claims_table(rows: Sequence[ClaimRow], name: str) -> Table:
    """Return claims with their verdicts and the observables behind them.

    Parameters
    ----------
    rows : sequence of ClaimRow
        Claims or rules.
    name : str
        Of the table.

    Returns
    -------
    Table
    """
    columns = (
        Column("name", ""), Column("text", "what it says"), Column("verdict"),
        Column("lines", "rests on"), Column("caveat", "but"),
    )  # fmt: skip
    cells = tuple(
        (
            one.name,
            one.text,
            one.verdict,
            "; ".join(one.lines) or "no observable of this study",
            one.caveat,
        )
        for one in rows
    )
    return Table(name, columns, cells)


def evidence_matrix(found: Assignment, group: str) -> Table:
    """Return what each observable of a group says of each pure state.

    Parameters
    ----------
    found : Assignment
        What the states come to.
    group : str
        Name of a group.

    Returns
    -------
    Table
        In a cell the word for it and the likelihood beside that of the best state.
    """
    columns = (
        Column("key"),
        Column("T", "T / K"),
        Column("value"),
        *(Column(name, label or name) for name, label in found.states),
        Column("verdict", "against the largest"),
    )
    rows = tuple(
        (
            row.key,
            rounded(row.T, 4),
            _with_unit(value_text(row.value, row.sigma), row.unit),
            *(_cell(row, name) for name, _ in found.states),
            row.verdict,
        )
        for row in found.evidence
        if row.group == group
    )
    note = (
        "In brackets how likely the value is by this state beside the state that it fits best: "
        "1/100 is about 100 times less likely. A state: supports down to "
        f"{odds_text(NEAR)}, against below {odds_text(FAR)}, else weak. "
        "The last verdict holds the key against the state of the largest posterior."
    )
    return Table(f"evidence-{group}", columns, rows, note=note)


def evidence_words(found: Assignment, group: str) -> Table:
    """Return why each observable of a group is judged as it is, and where that rests.

    Parameters
    ----------
    found : Assignment
        What the states come to.
    group : str
        Name of a group.

    Returns
    -------
    Table
    """
    columns = (Column("key"), Column("T", "T / K"), Column("text", "why"), Column("sources"))
    rows = tuple(
        (row.key, rounded(row.T, 4), likelier(row.text), "; ".join(row.sources) or "none")
        for row in found.evidence
        if row.group == group
    )
    return Table(f"evidence-{group}-words", columns, rows)


def per_key_table(found: Assignment) -> Table:
    """Return the populations that single keys give, side by side.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    columns = (
        Column("T", "T / K"), Column("upper", "share of"), Column("lower", "beside"),
        Column("key", "by this key alone"), Column("low", "95 %"), Column("text", "how"),
    )  # fmt: skip
    rows = tuple(
        (
            rounded(row.T, 4),
            label_of(found, row.upper),
            label_of(found, row.lower),
            row.key,
            "cannot tell"
            if row.low is None and row.high is None
            else interval_text(row.low, row.high),
            row.text,
        )
        for row in found.per_key
    )
    return Table("per-key", columns, rows)


def _cell(row: EvidenceRow, state: str) -> str:
    found = dict(row.log_likelihood)
    if state not in found or (row.expected and state not in row.expected):
        return "no expectation"
    below = max(found.values()) - found[state]
    word = "supports" if below <= NEAR else "against" if below > FAR else "weak"
    if row.verdict == "silent":
        word = "silent"
    if row.verdict == "explained by no state":
        word = "no state"
    return f"{word} ({odds_text(below)})"


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {printed_unit(unit)}".rstrip()
