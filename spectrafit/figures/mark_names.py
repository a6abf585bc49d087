"""Names of marked places in print: above a panel, or beside it with their brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from spectrafit.figures.marks import middle
from spectrafit.figures.wording import LINE_MM, middle_cut, text_mm
from spectrafit.heat_map import Mark
from spectrafit.style import BLACK
from spectrafit.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["BRACKET_MM", "NameStrip", "name_strip", "place_names", "spread_places"]

BRACKET_MM = 1.9
_CLEAR_MM = 0.8  # from the frame to a bracket: the ticks of rows
_LEAD_MM = 1.6  # from the frame to a name
_APART_MM = 1.2  # between two names
_LONGEST = 24


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
    named = sorted((mark for mark in marks if mark.label), key=middle)
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
    groups: list[tuple[float, float, int]] = []  # the start that suits best, length, members
    for place, length in zip(wanted, lengths, strict=True):
        groups.append((place - 0.5 * length, length, 1))
        while len(groups) > 1 and groups[-2][0] + groups[-2][1] > groups[-1][0]:
            (start, size, count), (later, more, added) = groups[-2:]
            # as near as can be in the least-squares sense: names that touch move together
            best = (count * start + added * (later - size)) / (count + added)
            groups[-2:] = [(best, size + more, count + added)]
    ends = list(accumulate(lengths, initial=0.0))
    places, first = [], 0
    for start, _, count in groups:
        for i in range(first, first + count):
            places.append(start + ends[i] - ends[first] + 0.5 * lengths[i])
        first += count
    return _inside(places, lengths, low, high)


def _inside(
    places: Sequence[float], lengths: Sequence[float], low: float, high: float
) -> tuple[float, ...]:
    kept = list(places)
    end = low
    for i, length in enumerate(lengths):
        kept[i] = max(kept[i], end + 0.5 * length)
        end = kept[i] + 0.5 * length
    end = high
    for i in reversed(range(len(kept))):
        kept[i] = min(kept[i], end - 0.5 * lengths[i])
        end = kept[i] - 0.5 * lengths[i]
    return tuple(kept)


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
    share = [(middle(mark) - low) / (high - low) for mark in strip.marks]
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
            corners = (
                (ends[0], _CLEAR_MM), (ends[0], start), (ends[1], start), (ends[1], _CLEAR_MM),
            )  # fmt: skip

            path = [at(*corner) for corner in corners]
            drawing.add_artist(Line2D(*zip(*path, strict=True), color=BLACK, linewidth=0.8))
        lead = [at(centre, start), at(place, start + _LEAD_MM - 0.9)]
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
