"""The legend of a figure: which curves it names, and in how many columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.figures.look import legend_of
from spectrafit.figures.wording import LABEL_PT, MM_PER_POINT, middle_cut, text_mm
from spectrafit.panel import Chart, TraceKind
from spectrafit.text import one_line

__all__ = ["COLUMN_GAP", "HANDLE_GAP", "HANDLE_LENGTH", "Legend", "chart_legend"]

MOST_NAMED = 12  # curves of one kind; of more the reader needs the first, the last and some between
NAMED_OF_MANY = 7
LONGEST_LABEL = 44

# in multiples of the size of the letters, as matplotlib counts
HANDLE_LENGTH, HANDLE_GAP, COLUMN_GAP = 2.2, 0.5, 1.2


@dataclass(frozen=True)
class Legend:
    """What the legend of a chart says.

    Parameters
    ----------
    entries : tuple of (int, int)
        Panel and curve of each entry.
    labels : tuple of str
        What stands beside them; the last one has no curve where not every curve is named.
    columns : int
        That fit the width.
    """

    entries: tuple[tuple[int, int], ...]
    labels: tuple[str, ...]
    columns: int


def chart_legend(chart: Chart, room_mm: float) -> Legend:
    """Return the legend of a chart; call it inside ``with style():``.

    Parameters
    ----------
    chart : Chart
        What is drawn.
    room_mm : float
        Width of the legend, in mm.

    Returns
    -------
    Legend
    """
    every = legend_of(chart)
    named = _named(chart, every)
    labels = [
        middle_cut(one_line(chart.panels[row].traces[column].label), LONGEST_LABEL)
        for row, column in named
    ]
    if len(named) < len(every):
        labels.append(f"({len(named)} of {len(every)} named)")
    return Legend(named, tuple(labels), _columns(labels, room_mm))


def _named(chart: Chart, every: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    kinds: dict[TraceKind, list[tuple[int, int]]] = {}
    for row, column in every:
        kinds.setdefault(chart.panels[row].traces[column].kind, []).append((row, column))
    kept: set[tuple[int, int]] = set()
    for entries in kinds.values():
        if len(entries) > MOST_NAMED:
            places = np.linspace(0, len(entries) - 1, NAMED_OF_MANY).round().astype(int)
            kept |= {entries[place] for place in places}
        else:
            kept |= set(entries)
    return tuple(entry for entry in every if entry in kept)


def _columns(labels: list[str], room_mm: float) -> int:
    em = LABEL_PT * MM_PER_POINT
    widths = [text_mm(label) + (HANDLE_LENGTH + HANDLE_GAP + COLUMN_GAP) * em for label in labels]
    for count in range(len(labels), 1, -1):
        # as matplotlib deals its entries out to columns
        if sum(max(part) for part in np.array_split(widths, count)) <= room_mm + COLUMN_GAP * em:
            return count
    return 1
