"""What each technique does for the populations: predicted by the others, left out, and alone."""

from __future__ import annotations

from spectrafit.reporting.state_words import hottest, label_of, rounded
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text
from spectrafit.states.assignment import Assignment, LeftOut, PopulationRow

__all__ = ["least_known", "left_out_details", "left_out_table", "uncertainties_table"]

_Sigmas = tuple[tuple[str, float, float | None, str], ...]
_NOT = "not determined"


def least_known(found: Assignment) -> PopulationRow | None:
    """Return the population of the best story that is known least at its highest temperature.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    PopulationRow or None
        One without an uncertainty where there is any; None without populations.
    """
    return max(
        hottest(found),
        key=lambda row: float("inf") if row.sigma is None else row.sigma,
        default=None,
    )


def left_out_table(found: Assignment) -> Table:
    """Return in one row a technique what the others say of it and what it does for them.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
        Uncertainties are those of `least_known`.
    """
    columns = [Column("technique", "left out"), Column("verdict"), Column("text", "what it says")]
    row = least_known(found)
    note = "What it says in full, with the numbers of every state and temperature, is folded below."
    if row is not None:
        about = f"x({label_of(found, row.state)}, {number_text(row.T, 4)} K)"
        columns += [Column("all", "all data"), Column("without", "without it"),
                    Column("alone", "by it alone")]  # fmt: skip
        note = (
            f"The last three columns: one standard uncertainty of {about}, the population that is "
            f"known least; that of a mere guess is 0.29. {note}"
        )
    own = [one for one in found.left_out if one.story == found.best] or found.left_out
    rows = tuple(
        (
            one.technique,
            one.verdict,
            f"{one.text.split('; ')[0].rstrip('.')}.",
            *(_brief(one, row) if row is not None else ()),
        )
        for one in own
    )
    return Table("left-out", tuple(columns), rows, note=note)


def _brief(one: LeftOut, row: PopulationRow) -> tuple[str, str, str]:
    """Return the uncertainty of a population with all data, without a technique and by it alone."""
    every = number_text(row.sigma, 2) if row.sigma is not None else _NOT
    without, alone = (
        _sigma(sigmas, row.state, row.T, why=False)
        for sigmas in (one.sigma_without, one.sigma_alone)
    )
    return every, without, alone


def left_out_details(found: Assignment) -> Table:
    """Return how well the others predict each technique, in full.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    columns = (
        Column("technique", "left out"), Column("story"), Column("verdict"),
        Column("chi2", "χ² of its data"), Column("count", "data"), Column("text", "in words"),
    )  # fmt: skip
    rows = tuple(
        (one.technique, one.story, one.verdict, rounded(one.chi2, 3), one.count, one.text)
        for one in found.left_out
    )
    return Table("left-out-details", columns, rows)


def uncertainties_table(found: Assignment) -> Table:
    """Return the uncertainty of the populations without each technique, and by it alone.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
        A row a technique and temperature; "not determined" has its reason behind it.
    """
    columns = [Column("technique"), Column("story"), Column("T", "T / K")]
    for state, _ in found.states:
        label = label_of(found, state)
        columns.append(Column(f"without_{state}", f"{label}: without it"))
        columns.append(Column(f"alone_{state}", f"{label}: by it alone"))
    rows = tuple(
        (
            one.technique,
            one.story,
            number_text(T, 4),
            *(
                _sigma(sigmas, state, T)
                for state, _ in found.states
                for sigmas in (one.sigma_without, one.sigma_alone)
            ),
        )
        for one in (*_nothing(found), *found.left_out)
        for T in _temperatures(one)
    )
    note = "One standard uncertainty of the population; that of a mere guess is 0.29."
    return Table("uncertainties", tuple(columns), rows, note=note)


def _nothing(found: Assignment) -> tuple[LeftOut, ...]:
    """Return the uncertainties with all data, where anything is left out."""
    sigmas = tuple(
        (row.state, row.T, row.sigma, row.reason)
        for row in found.populations
        if row.story == found.best
    )
    if not sigmas or not found.left_out:
        return ()
    return (LeftOut("none: all data", found.best, None, 0, "", "", sigmas),)


def _temperatures(one: LeftOut) -> list[float]:
    return sorted({T for sigmas in (one.sigma_without, one.sigma_alone) for _, T, _, _ in sigmas})


def _sigma(sigmas: _Sigmas, state: str, T: float, *, why: bool = True) -> str:
    found = next((one for one in sigmas if one[:2] == (state, T)), None)
    if found is None:
        return "not computed" if sigmas or not why else ""
    _, _, sigma, reason = found
    if sigma is None:
        return f"{_NOT}: {reason}" if reason and why else _NOT
    return number_text(sigma, 2)
