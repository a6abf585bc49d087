"""Measured beside predicted: what populations of the other techniques say of each one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from spectrafit.reporting.document import Block, Paragraph, Picture, Section
from spectrafit.reporting.state_charts import single_predictions
from spectrafit.reporting.state_left_out import (
    left_out_details,
    left_out_table,
    uncertainties_table,
)
from spectrafit.reporting.state_population_chart import POPULATIONS
from spectrafit.reporting.state_rate import RATE
from spectrafit.reporting.tables import Column, Table
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import Assignment, PredictionRow

__all__ = ["predicted_section"]

_LARGE = 2  # charts that are as wide as the page; the others stand side by side


def predicted_section(found: Assignment, pictures: Mapping[str, Picture]) -> Section:
    """Return each technique's data beside what the others predict of them.

    Parameters
    ----------
    found : Assignment
        What the states come to.
    pictures : mapping of str to Picture
        Charts of the states by their names.

    Returns
    -------
    Section
        Empty where nothing was predicted.
    """
    charts = [one for name, one in pictures.items() if name not in (POPULATIONS, RATE)]
    blocks: list[Block] = [
        one if place < _LARGE else replace(one, small=True) for place, one in enumerate(charts)
    ]
    single = single_predictions(found)
    blocks += [_single_table(single)] if single else []
    blocks += [left_out_table(found)] if found.left_out else []
    note = (
        "A prediction uses populations from the other techniques alone. What the technique's own "
        "pure states show is then fitted to its data, so that the shape is judged, not the level."
    )
    blocks = [Paragraph(note, "note"), *blocks] if blocks else []
    full = Section(
        "Each technique left out, in full",
        (left_out_details(found), uncertainties_table(found)),
        folded=True,
    )
    return Section("Measured against predicted", tuple(blocks), (full,) if found.left_out else ())


def _single_table(rows: Sequence[PredictionRow]) -> Table:
    columns = (
        Column("key"), Column("T", "T / K"), Column("branch"), Column("story"),
        Column("measured"), Column("predicted", "predicted, 95 %"), Column("pull"),
        Column("left_out", "its technique left out"),
    )  # fmt: skip
    cells = tuple(
        (
            row.key,
            row.T,
            row.branch,
            row.story,
            "not measured"
            if row.measured is None
            else value_text(row.measured, row.sigma, "none given"),
            f"{number_text(row.predicted, 3)} ({range_text(row.low, row.high, 3)})",
            None if row.pull is None else round(row.pull, 1),
            row.left_out,
        )
        for row in rows
    )
    return Table("single-predictions", columns, cells)
