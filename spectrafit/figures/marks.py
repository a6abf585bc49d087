"""Marked places of a panel in print: lines and shades over it, their names above and beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from spectrafit.figures.wording import LINE_MM, middle_cut, text_mm
from spectrafit.heat_map import Mark
from spectrafit.panel import Chart
from spectrafit.style import BLACK, GREY
from spectrafit.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "BRACKET_MM",
    "NameStrip",
    "draw_marks",
    "name_strip",
    "named_marks",
    "place_names",
    "spread_places",
]

BRACKET_MM = 1.3
_LEAD_MM = 1.6  # from the frame to a name
_APART_MM = 1.2  # between two names
_LONGEST = 24
_SHADES = (0.07, 0.16)  # of neighbouring intervals, so that one is told from the next


@dataclass(frozen=True)
class NameStrip:
    """Names of marks along a side of a panel.

    Parameters
    ----------
    marks : tuple of Mark
        Those that are named, by rising place.
    names : tuple of str
        As written.
    lengths : tuple of float
        What each takes along the side, in mm.
    upright : bool
        Whether the names stand at right angles to the side, as they would not fit along it.
    depth : float
        Of the strip, in mm.
    """

    marks: tuple[Mark, ...]
    names: tuple[str, ...]
    lengths: tuple[float, ...]
    upright: bool
    depth: float


def named_marks(chart: Chart) -> tuple[tuple[Mark, ...], ...]:
    """Return the marks of x that each panel names: those that no panel above it has.

    Parameters
    ----------
    chart : Chart
        What is drawn.

    Returns
    -------
    tuple of tuple of Mark
        Of each panel, by rising place.
    """
    known: set[Mark] = set()
    found = []
    for panel in chart.panels:
        own = [mark for mark in dict.fromkeys(panel.x_marks) if mark.label and mark not in known]
        known.update(own)
        found.append(tuple(sorted(own, key=_middle)))
    return tuple(found)


def name_strip(marks: Sequence[Mark], room_mm: float) -> NameStrip:
    """Return how the names of some marks stand along a side; call it inside ``with style():``.

    Parameters
    ----------
    marks : sequence of Mark
        Those with a label are named.
    room_mm : float
        Length of the side.

    Returns
    -------
    NameStrip
        Where even upright names do not fit, some between the first and the last are left out.
    """
    named = sorted((mark for mark in marks if mark.label), key=_middle)
    if not named:
        return NameStrip((), (), (), False, 0.0)
    names = [middle_cut(one_line(mark.label), _LONGEST) for mark in named]
    lengths = [text_mm(name) + _APART_MM for name in names]
    if sum(lengths) <= room_mm:
        depth = _LEAD_MM + LINE_MM
        return NameStrip(tuple(named), tuple(names), tuple(lengths), False, depth)
    most = max(1, int(room_mm / LINE_MM))
    kept = np.unique(np.linspace(0, len(named) - 1, min(most, len(named))).round().astype(int))
    named, names = [named[i] for i in kept], [names[i] for i in kept]
    depth = _LEAD_MM + max(map(text_mm, names))
    return NameStrip(tuple(named), tuple(names), (LINE_MM,) * len(named), True, depth)


def spread_places(
    wanted: Sequence[float], lengths: Sequence[float], low: float, high: float
) -> tuple[float, ...]:
    """Return where names stand along a side: near their places, none over another.

    Parameters
    ----------
    wanted : sequence of float
        Places that they belong to, rising.
    lengths : sequence of float
        What each takes.
    low, high : float
        Ends of the side.

    Returns
    -------
    tuple of float
        Their middles.
    """
    places = list(wanted)
    end = low
    for i, length in enumerate(lengths):
        places[i] = max(places[i], end + 0.5 * length)
        end = places[i] + 0.5 * length
    end = high
    for i in reversed(range(len(places))):
        places[i] = min(places[i], end - 0.5 * lengths[i])
        end = places[i] - 0.5 * lengths[i]
    return tuple(places)


def draw_marks(axes: Axes, x_marks: Sequence[Mark], y_marks: Sequence[Mark], on_map: bool) -> None:
    """Draw the lines and shades of marks; the limits of the axes stay.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the panel.
    x_marks, y_marks : sequence of Mark
        Its marks.
    on_map : bool
        Whether they must be seen over colours: then lines at both ends instead of a shade.
    """
    if not x_marks and not y_marks:
        return
    limits = axes.get_xlim(), axes.get_ylim()
    intervals = 0
    for mark in sorted(x_marks, key=_middle):
        if mark.low < mark.high and not on_map:
            axes.axvspan(
                mark.low,
                mark.high,
                color=GREY,
                alpha=_SHADES[intervals % 2],
                linewidth=0,
                zorder=0.4,
            )
            intervals += 1
        else:
            for place in dict.fromkeys((mark.low, mark.high)):
                _line(axes, "x", place, on_map)
    for mark in y_marks:
        for place in dict.fromkeys((mark.low, mark.high)):
            _line(axes, "y", place, on_map)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


def _line(axes: Axes, name: str, place: float, on_map: bool) -> None:
    draw = axes.axvline if name == "x" else axes.axhline
    if on_map:  # dark on light and light on dark
        draw(place, color="white", linewidth=0.9, alpha=0.8, zorder=1.4)
    dash = (0, (2.0, 2.0)) if on_map else (0, (1.2, 1.2))
    draw(place, color=BLACK if on_map else GREY, linewidth=0.5, linestyle=dash, zorder=1.5)


def place_names(
    drawing: Figure, axes: Axes, strip: NameStrip, side_mm: float, *, beside: bool, up: bool
) -> None:
    """Write the names of a strip above a panel, or beside it with their brackets.

    Parameters
    ----------
    drawing : matplotlib.figure.Figure
        Of its final size.
    axes : matplotlib.axes.Axes
        In its place.
    strip : NameStrip
        What is written.
    side_mm : float
        Length of the side.
    beside : bool
        Whether the strip is the one at the right.
    up : bool
        Whether numbers of the side's axis rise to the right, or upwards.
    """
    from matplotlib.lines import Line2D

    low, high = sorted(axes.get_ylim() if beside else axes.get_xlim())
    share = [(_middle(mark) - low) / (high - low) for mark in strip.marks]
    order = range(len(share)) if up else range(len(share) - 1, -1, -1)
    wanted = [side_mm * (share[i] if up else 1.0 - share[i]) for i in order]
    places = spread_places(wanted, [strip.lengths[i] for i in order], 0.0, side_mm)
    box = axes.get_position()
    width_mm, height_mm = (25.4 * side for side in drawing.get_size_inches())

    def at(along: float, away: float) -> tuple[float, float]:
        if beside:
            return box.x1 + away / width_mm, box.y0 + along / height_mm
        return box.x0 + along / width_mm, box.y1 + away / height_mm

    start = BRACKET_MM if beside else 0.0
    for i, centre, place in zip(order, wanted, places, strict=True):
        mark = strip.marks[i]
        if beside:
            ends = [side_mm * (end - low) / (high - low) for end in (mark.low, mark.high)]
            ends = ends if up else [side_mm - end for end in ends]
            corners = ((ends[0], 0.3), (ends[0], start), (ends[1], start), (ends[1], 0.3))
            path = [at(*corner) for corner in corners]
            drawing.add_artist(Line2D(*zip(*path, strict=True), color=BLACK, linewidth=0.8))
        lead = [at(centre, start), at(place, start + _LEAD_MM - 0.5)]
        drawing.add_artist(Line2D(*zip(*lead, strict=True), color=BLACK, linewidth=0.4))
        turned = strip.upright != beside
        text = drawing.text(
            *at(place, start + _LEAD_MM - 0.2),
            strip.names[i],
            rotation=90 if turned else 0,
            ha="left" if beside else "center",
            va="center" if beside else "bottom",
        )
        text.set_parse_math(False)


def _middle(mark: Mark) -> float:
    return 0.5 * (mark.low + mark.high)
