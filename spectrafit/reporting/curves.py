"""The curves of a chart as JSON for the report's page."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np

from spectrafit.figures.look import chart_looks, legend_of
from spectrafit.panel import Chart
from spectrafit.spectrum import FloatArray
from spectrafit.text import one_line

__all__ = ["curves_data", "curves_text", "script_json"]

_DIGITS = 5  # of the span of a curve: finer than a screen shows


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
        the span of their curve (the files in ``figures`` keep every digit).
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
                }
                for trace, look in zip(panel.traces, looks, strict=True)
            ],
        }
        for panel, looks in zip(chart.panels, chart_looks(chart), strict=True)
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
