"""How each curve of a chart looks, decided once for the figure and for the report's page."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import BLACK, DASHES, GREY, MARKERS, PALETTE

__all__ = ["Look", "chart_looks", "legend_of"]

# More points than this are drawn as a thin line: markers would merge into a bar.
MANY_POINTS = 1500
FEW_POINTS = 40
CROWD = 250
# So many raw curves over each other are lines: the markers of one would hide the others.
MANY_CURVES = 3

_TOTAL = PALETTE[1]
_COMPONENTS = (PALETTE[0], PALETTE[2], PALETTE[3], PALETTE[5], PALETTE[4])
# The full line is the total's, the first broken one the background's.
_COMPONENT_DASHES = (DASHES[3], DASHES[2], DASHES[4], DASHES[5], DASHES[0], DASHES[1])
_RAMP = ("#00224E", "#35456C", "#666970", "#948E77", "#C8B866", "#FEE838")  # cividis


@dataclass(frozen=True)
class Look:
    """How one curve is drawn.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.
    marker : str
        Marker of matplotlib; empty for a line.
    size : float
        Of the marker, in points.
    line : bool
        Whether the points are joined.
    dash : tuple of float
        On and off lengths in points; empty for a full line.
    width : float
        Of the line, in points.
    fill : bool
        Whether the area down to the base is tinted.
    band : bool
        Whether sigma is a band; error bars otherwise.
    """

    colour: str
    marker: str = ""
    size: float = 2.4
    line: bool = True
    dash: tuple[float, ...] = ()
    width: float = 1.0
    fill: bool = False
    band: bool = True


def chart_looks(chart: Chart) -> tuple[tuple[Look, ...], ...]:
    """Return a look for every curve of every panel; equal label and kind look equal.

    A curve that a mark beside its panel names is a full line: it needs no second cue.

    Parameters
    ----------
    chart : Chart
        What is to be drawn.

    Returns
    -------
    tuple of tuple of Look
        By panel and curve.
    """
    names: dict[TraceKind, list[str]] = {}
    for panel in chart.panels:
        for trace in panel.traces:
            known = names.setdefault(trace.kind, [])
            if trace.label not in known:
                known.append(trace.label)
    fitted = TraceKind.TOTAL in names
    return tuple(
        tuple(
            _named_beside(
                panel,
                trace,
                _look(trace, names[trace.kind].index(trace.label), len(names[trace.kind]), fitted),
            )
            for trace in panel.traces
        )
        for panel in chart.panels
    )


def legend_of(chart: Chart) -> tuple[tuple[int, int], ...]:
    """Return panel and curve of each legend entry, once for equal label and kind.

    A curve that a mark beside its panel names is not named again.

    Parameters
    ----------
    chart : Chart
        What is to be drawn.

    Returns
    -------
    tuple of (int, int)
        Indices of the panel and of the curve in it.
    """
    first: dict[tuple[str, TraceKind], tuple[int, int]] = {}
    for row, panel in enumerate(chart.panels):
        for column, trace in enumerate(panel.traces):
            if not _is_beside(panel, trace):
                first.setdefault((trace.label, trace.kind), (row, column))
    return tuple(first.values())


def _named_beside(panel: Panel, trace: Trace, look: Look) -> Look:
    return replace(look, dash=()) if look.dash and _is_beside(panel, trace) else look


def _is_beside(panel: Panel, trace: Trace) -> bool:
    return any(mark.label == trace.label for mark in panel.y_marks)


def _look(trace: Trace, number: int, count: int, fitted: bool) -> Look:
    dash = DASHES[number % len(DASHES)]
    match trace.kind:
        case TraceKind.DATA:
            colour = _curve_colour(number, count)
            if _is_joined(trace, count, fitted):
                return Look(colour, dash=dash, width=0.7)
            size = 3.4 if trace.x.size <= FEW_POINTS else 2.4 if trace.x.size <= CROWD else 1.6
            marker = MARKERS[number % len(MARKERS)]
            return Look(colour, marker, size, False, (), 0.7, band=False)
        case TraceKind.CURVE:
            return Look(_curve_colour(number, count), dash=dash, width=0.8)
        case TraceKind.TOTAL:
            colour = _TOTAL if count == 1 else _curve_colour(number, count)
            return Look(colour, dash=dash, width=1.2)
        case TraceKind.BACKGROUND:
            return Look(GREY, dash=DASHES[1 + number % (len(DASHES) - 1)], width=1.0)
        case TraceKind.COMPONENT:
            colour = _COMPONENTS[number % len(_COMPONENTS)]
            own = _COMPONENT_DASHES[number % len(_COMPONENT_DASHES)]
            return Look(colour, dash=own, width=0.9, fill=True)
        case TraceKind.RESIDUAL:
            colour = "#404040" if count == 1 else _curve_colour(number, count)
            return Look(colour, dash=dash, width=0.8)
        case TraceKind.REFERENCE:
            rounds = number // len(PALETTE)  # equal colours differ in their dashes
            colour = PALETTE[(2 + number) % len(PALETTE)]
            return Look(colour, dash=DASHES[(3 + number + rounds) % len(DASHES)], width=1.0)


def _is_joined(trace: Trace, count: int, fitted: bool) -> bool:
    """Return whether data are a line: too many points, or raw spectra over each other."""
    crowd = count >= MANY_CURVES and trace.x.size > FEW_POINTS
    return trace.x.size > MANY_POINTS or (crowd and not fitted and trace.sigma is None)


def _curve_colour(number: int, count: int) -> str:
    if count == 1:
        return BLACK
    if count <= len(PALETTE):
        return PALETTE[number]
    return _between(_RAMP, number / (count - 1))


def _between(colours: tuple[str, ...], share: float) -> str:
    place = share * (len(colours) - 1) * 0.85  # its end is too pale for white paper
    low = min(int(place), len(colours) - 2)
    pair = np.array(
        [[int(colours[low + step][i : i + 2], 16) for i in (1, 3, 5)] for step in (0, 1)]
    )
    red, green, blue = np.rint(pair[0] + (place - low) * (pair[1] - pair[0])).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
