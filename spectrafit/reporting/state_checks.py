"""What would decide, and what is computed from numbers of the study alone."""

from __future__ import annotations

from spectrafit.reporting.state_words import rounded
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, value_text
from spectrafit.states.assignment import Assignment, CandidateRow
from spectrafit.units import printed_unit

__all__ = [
    "by_gain",
    "candidates_table",
    "consistency_table",
    "predicted_text",
    "tells_none_apart",
]

_SAME = 0.01  # standard uncertainties between stories below which they say the same


def tells_none_apart(found: Assignment) -> bool:
    """Return whether all accepted stories say the same of every further measurement.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    bool
        True too where one story is all that they can be ranked by.
    """
    return all(one.separation is None or one.separation < _SAME for one in found.candidates)


def by_gain(found: Assignment) -> tuple[CandidateRow, ...]:
    """Return further measurements, the one that lowers the uncertainty most first.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    tuple of CandidateRow
    """
    return tuple(sorted(found.candidates, key=lambda one: -(one.gain or 0.0)))


def candidates_table(found: Assignment) -> Table:
    """Return further measurements, the one that would decide the most first.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    Table
        Ranked by what they add, without separations, where all stories say the same.
    """
    same = tells_none_apart(found)
    columns = (
        Column("rank", ""), Column("name", "measure"), Column("key"), Column("T", "T / K"),
        Column("sigma", "planned uncertainty"),
        Column("predicted", "predicted" if same else "stories predict"),
        *([] if same else [Column("separation", "least separation / σ"),
                           Column("total", "Σ (separation/σ)²")]),
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
            _alike(one) if same else predicted_text(one),
            *([] if same else [rounded(one.separation, 2), rounded(one.total, 2)]),
            _percent(one.gain),
            one.rests_on,
            one.exists,
        )
        for rank, one in enumerate(by_gain(found) if same else found.candidates, 1)
    )
    return Table("candidates", columns, rows)


def _percent(gain: float | None) -> str:
    if gain is None:
        return ""
    percent = round(100.0 * gain)
    return f"{percent} %" if percent else "below 1 %"


def _alike(one: CandidateRow) -> str:
    return value_text(*one.predicted[0][1:]) if one.predicted else ""


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


def _unit(unit: str) -> str:
    return "" if unit in ("", "1") else printed_unit(unit)
