"""The curves and maps of a chart as JSON for the report's page."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from spectrafit.figures.cells import colour_stops, contour_lines, map_limits
from spectrafit.figures.look import chart_looks, legend_of
from spectrafit.figures.marks import named_marks
from spectrafit.heat_map import HeatMap, Mark, cell_edges, coarse_map
from spectrafit.panel import Chart
from spectrafit.spectrum import FloatArray
from spectrafit.text import one_line

__all__ = ["curves_data", "curves_text", "script_json"]

_DIGITS = 5  # of the span of a curve: finer than a screen shows
_MOST_ROWS, _MOST_COLUMNS = 400, 1000  # of a map: a screen shows no more
_STEPS = 65534  # from the least value of a map to its largest; 0 is a blank cell


def curves_data(chart: Chart) -> dict[str, Any]:
    """Return what the page's script needs to draw a chart.

    Parameters
    ----------
    chart : Chart
        What to draw.

    Returns
    -------
    dict
        Plain JSON values. Curves on the same x share one list; numbers are rounded to 1e-5 of
        the span of their curve (the files in ``figures`` keep every digit). The cells of a map
        are two bytes each; of more than 400 rows or 1,000 columns, means over neighbours.
    """
    lists: list[list[float | None]] = []
    places: dict[bytes, int] = {}

    def place(values: FloatArray) -> int:
        key = values.tobytes()
        if key not in places:
            places[key] = len(lists)
            lists.append(_rounded(values))
        return places[key]

    panels = [
        {
            "y": one_line(panel.y_label),
            "height": panel.height,
            "zero": panel.zero_line,
            "traces": [
                {
                    "label": one_line(trace.label, 80),
                    "kind": trace.kind.value,
                    "colour": look.colour,
                    "marker": look.marker,
                    "size": round(0.9 * look.size, 2),
                    "line": look.line,
                    "dash": " ".join(f"{1.33 * length:.1f}" for length in look.dash),
                    "width": look.width,
                    "fill": look.fill,
                    "band": look.band,
                    "x": place(trace.x),
                    "values": _rounded(trace.y),
                    "sigma": None if trace.sigma is None else _rounded(trace.sigma),
                    "base": None if trace.base is None else _rounded(trace.base),
                    **({} if trace.x_sigma is None else {"across": _rounded(trace.x_sigma)}),
                    **(
                        {}
                        if trace.low95 is None or trace.high95 is None
                        else {"low": _rounded(trace.low95), "high": _rounded(trace.high95)}
                    ),
                }
                for trace, look in zip(panel.traces, looks, strict=True)
            ],
            **(
                {}
                if panel.heat_map is None or limits is None
                else {"map": _map_data(panel.heat_map, limits)}
            ),
            **({"marks": _marks_data(panel.x_marks, named)} if panel.x_marks else {}),
            **({"beside": _marks_data(panel.y_marks, panel.y_marks)} if panel.y_marks else {}),
        }
        for panel, looks, limits, named in zip(
            chart.panels, chart_looks(chart), map_limits(chart), named_marks(chart), strict=True
        )
    ]
    return {
        "x": one_line(chart.x_label),
        "simulated": chart.simulated,
        "reverse": chart.reverse_x,
        **({"whole": True} if chart.whole_x else {}),
        "xs": lists,
        "panels": panels,
        "legend": [list(entry) for entry in legend_of(chart)],
    }


def curves_text(chart: Chart) -> str:
    """Return what `curves_data` gives as JSON, without blanks.

    Parameters
    ----------
    chart : Chart
        What to draw.

    Returns
    -------
    str
        Strict: a number that does not exist is null.
    """
    data = curves_data(chart)
    return json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))


def script_json(text: str) -> str:
    """Return a JSON text that cannot end the script element it stands in.

    Parameters
    ----------
    text : str
        JSON.

    Returns
    -------
    str
        The same JSON value, without ``<``, ``>``, ``&`` and the line separators of Unicode.
    """
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _map_data(heat_map: HeatMap, limits: tuple[float, float]) -> dict[str, Any]:
    """Return a map for the script: edges of its cells, and the cells row by row from the lowest."""
    seen = coarse_map(heat_map, _MOST_ROWS, _MOST_COLUMNS)
    low, high = limits
    steps = np.rint((seen.values - low) / (high - low) * _STEPS)
    cells = np.where(np.isnan(steps), 0.0, steps + 1.0).astype("<u2")
    return {
        "label": one_line(heat_map.z_label),
        "x": _rounded(seen.x),
        "across": _rounded(cell_edges(seen.x)),
        "rows": _rounded(seen.rows),
        "down": _rounded(cell_edges(seen.rows)),
        "cells": base64.b64encode(cells.tobytes()).decode("ascii"),
        "low": low,
        "high": high,
        "colours": list(colour_stops(heat_map)),
        "turned": heat_map.reverse_rows,
        "levels": sorted(level for level in heat_map.contours if low < level < high),
        "lines": [
            {"below": line.level < 0.0, "x": _rounded(line.x), "y": _rounded(line.y)}
            for line in contour_lines(heat_map)
        ],
    }


def _marks_data(marks: Sequence[Mark], named: Sequence[Mark]) -> list[list[Any]]:
    """Return the marks by rising place, each with its label where it is written."""
    ordered = sorted(marks, key=lambda mark: mark.low + mark.high)
    return [
        [mark.low, mark.high, one_line(mark.label, 24) if mark in named else ""] for mark in ordered
    ]


def _rounded(values: FloatArray) -> list[float | None]:
    here = np.isfinite(values)
    finite = values[here]
    if not finite.size:
        return [None] * values.size
    span = float(finite.max() - finite.min()) or abs(float(finite[0])) or 1.0
    decimals = _DIGITS - math.floor(math.log10(span))
    rounded = [round(value, decimals) for value in values.tolist() if math.isfinite(value)]
    if finite.size == values.size:
        return [*rounded]
    steps = iter(rounded)
    return [next(steps) if there else None for there in here.tolist()]
