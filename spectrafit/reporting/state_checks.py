"""How far an assignment can be trusted, as tables: a technique left out, weak axes, what would decide."""

from __future__ import annotations

from spectrafit.reporting.state_words import label_of, rounded
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import Assignment, AxisCheck, CandidateRow, LeftOut
from spectrafit.units import printed_unit

__all__ = [
    "axis_table",
    "candidates_table",
    "consistency_table",
    "left_out_table",
    "uncertainties_table",
]

_Sigmas = tuple[tuple[str, float, float | None, str], ...]


def left_out_table(found: Assignment) -> Table:
    """Return how well the others predict each technique.

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
    return Table("left-out", columns, rows)


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


def axis_table(found: Assignment) -> Table:
    """Return between what the upper population of a step may lie when its scale is free.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    columns = (
        Column("story"), Column("step"), Column("left_out", "without"), Column("verdict"),
        Column("a"), Column("b"), Column("x", "upper population"), Column("chi2", "χ² above least"),
    )  # fmt: skip
    rows = tuple(
        (
            one.story,
            one.step,
            one.left_out or "all data are used",
            one.verdict,
            _span(one.a),
            _span(one.b),
            _shares(one),
            _span(one.chi2),
        )
        for one in found.axis
    )
    note = (
        "n is the population of both branches of the step, x of the upper one: every x' = a n + b x "
        "between these ends fits within 4 of the least χ²."
    )
    return Table("axis", columns, rows, note=note)


def candidates_table(found: Assignment) -> Table:
    """Return further measurements, the one that would decide the most first.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    columns = (
        Column("rank", ""), Column("name", "measure"), Column("key"), Column("T", "T / K"),
        Column("sigma", "planned uncertainty"), Column("predicted", "stories predict"),
        Column("separation", "least separation / σ"), Column("total", "Σ (separation/σ)²"),
        Column("gain", "lowers the error by"), Column("rests_on", "rests on"),
        Column("exists", "measured already"),
    )  # fmt: skip
    rows = tuple(
        (
            rank,
            one.name,
            one.key,
            rounded(one.T, 4),
            f"{number_text(one.sigma, 2)} {_unit(one.unit)}".rstrip(),
            predicted_text(one),
            rounded(one.separation, 2),
            rounded(one.total, 2),
            "" if one.gain is None else f"{100.0 * one.gain:.0f} %",
            one.rests_on,
            one.exists,
        )
        for rank, one in enumerate(found.candidates, 1)
    )
    return Table("candidates", columns, rows)


def predicted_text(one: CandidateRow) -> str:
    """Return what each story predicts for a measurement.

    Parameters
    ----------
    one : CandidateRow
        The measurement.

    Returns
    -------
    str
    """
    return "; ".join(
        f"{story}: {value_text(value, sigma)}" for story, value, sigma in one.predicted
    )


def consistency_table(found: Assignment) -> Table:
    """Return what is computed from numbers of the study alone, held against others.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
    """
    columns = (
        Column("text", "computed"), Column("value"), Column("unit"),
        Column("against", "held against"), Column("verdict"),
    )  # fmt: skip
    rows = tuple(
        (one.text, rounded(one.value, 4), _unit(one.unit), one.against, one.verdict)
        for one in found.consistency
    )
    return Table("consistency", columns, rows)


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


def _sigma(sigmas: _Sigmas, state: str, T: float) -> str:
    found = next((one for one in sigmas if one[:2] == (state, T)), None)
    if not sigmas:
        return ""
    if found is None:
        return "not computed"
    _, _, sigma, why = found
    if sigma is None:
        return f"not determined: {why}" if why else "not determined"
    return number_text(sigma, 2)


def _span(ends: tuple[float, ...]) -> str:
    return range_text(min(ends), max(ends), 2) if ends else ""


def _shares(one: AxisCheck) -> str:
    return "; ".join(
        f"{range_text(low, high, 2)} at {number_text(T, 4)} K" for T, low, high in one.x
    )


def _unit(unit: str) -> str:
    return "" if unit in ("", "1") else printed_unit(unit)
