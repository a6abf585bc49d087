"""The numbers of a chart by column: every point of its curves, every cell of its maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from spectrafit.heat_map import HeatMap, Mark
    from spectrafit.panel import Panel, Trace

__all__ = ["chart_columns"]

_NAMES = ("panel", "quantity", "curve", "kind", "x", "y", "y_standard_uncertainty", "base")
_ACROSS, _CELL = "x_standard_uncertainty", "z"
_ENDS = ("y_low95", "y_high95")

_Values = dict[str, list[Any]]


def chart_columns(panels: Sequence[Panel], *, reverse_x: bool = False) -> dict[str, list[Any]]:
    """Return every number of some panels by column, in the order in which they are drawn.

    Parameters
    ----------
    panels : sequence of Panel
        From top to bottom.
    reverse_x : bool, optional
        Whether x runs from high to low.

    Returns
    -------
    dict of str to list
        Columns of equal length; what a row does not have is None. The columns
        ``x_standard_uncertainty``, ``y_low95``, ``y_high95`` and ``z`` are there only where
        something has them.
    """
    every = [trace for panel in panels for trace in panel.traces]
    names = [
        *_NAMES,
        *((_ACROSS,) if any(trace.x_sigma is not None for trace in every) else ()),
        *(_ENDS if any(trace.low95 is not None for trace in every) else ()),
        *((_CELL,) if any(panel.heat_map is not None for panel in panels) else ()),
    ]
    found: _Values = {name: [] for name in names}
    for number, panel in enumerate(panels, 1):
        for label, kind, part in _parts(panel, reverse_x):
            size = len(part["x"])
            words = {"panel": number, "quantity": panel.y_label, "curve": label, "kind": kind}
            for name, column in found.items():
                column += [words[name]] * size if name in words else part.get(name, [None] * size)
    return found


def _parts(panel: Panel, reverse_x: bool) -> Iterator[tuple[str, str, _Values]]:
    if panel.heat_map is not None:
        yield panel.heat_map.z_label, "map", _cells(panel.heat_map, reverse_x)
    for trace in panel.traces:
        yield trace.label, trace.kind.value, _points(trace, reverse_x)
    for name, marks in (("x", panel.x_marks), ("y", panel.y_marks)):
        for mark in marks:
            yield mark.label, "mark", _ends(mark, name)


def _cells(heat_map: HeatMap, reverse_x: bool) -> _Values:
    step = slice(None, None, -1 if reverse_x else 1)
    m, n = heat_map.values.shape
    cells = heat_map.values[:, step].ravel()
    return {
        "x": np.tile(heat_map.x[step], m).tolist(),
        "y": np.repeat(heat_map.rows, n).tolist(),
        "z": np.where(np.isnan(cells), None, cells).tolist(),  # type: ignore[call-overload]
    }


def _points(trace: Trace, reverse_x: bool) -> _Values:
    turned = reverse_x and trace.x.size > 1 and trace.x[0] < trace.x[-1]
    step = slice(None, None, -1 if turned else 1)
    columns = {
        "x": trace.x,
        "y": trace.y,
        "y_standard_uncertainty": trace.sigma,
        "base": trace.base,
        _ACROSS: trace.x_sigma,
        _ENDS[0]: trace.low95,
        _ENDS[1]: trace.high95,
    }
    return {name: values[step].tolist() for name, values in columns.items() if values is not None}


def _ends(mark: Mark, name: str) -> _Values:
    ends = [mark.low] if mark.low == mark.high else [mark.low, mark.high]
    other = "y" if name == "x" else "x"
    return {name: ends, other: [None] * len(ends)}
