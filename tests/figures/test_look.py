"""Every curve can be told from the others, by colour and by a second cue."""

from __future__ import annotations

import numpy as np
import pytest
from reporting.outcomes import preedge_chart

from spectrafit.figures.look import FEW_POINTS, MANY_POINTS, chart_looks, legend_of
from spectrafit.panel import Chart, Panel, Trace, TraceKind

X = np.arange(50.0)


def looks(kind: TraceKind, count: int):
    traces = tuple(Trace(f"{i}", X, X + i, kind) for i in range(count))
    (row,) = chart_looks(Chart("c", "t", "x", (Panel("y", traces),)))
    return row


@pytest.mark.parametrize("kind", list(TraceKind))
def test_five_curves_differ_in_colour_and_in_print_without_colour(kind):
    row = looks(kind, 5)
    assert len({(look.dash, look.marker) for look in row}) == 5
    if kind is not TraceKind.BACKGROUND:
        assert len({look.colour for look in row}) == 5


def test_equal_names_look_equal_in_every_panel_and_stand_once_in_the_legend():
    chart = preedge_chart()
    top, middle, bottom = chart_looks(chart)
    assert top[0] == bottom[0]
    assert top[4] == bottom[1]
    assert legend_of(chart) == ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0))
    assert middle[0] not in top


def test_a_long_series_runs_through_one_scale_of_colours():
    colours = [look.colour for look in looks(TraceKind.DATA, 30)]
    assert len(set(colours)) == 30
    brightness = [sum(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in colours]
    assert brightness[0] < brightness[15] < brightness[-1] < 3 * 235


def test_many_points_are_a_line_and_few_are_large():
    def one(size: int):
        x = np.arange(float(size))
        return chart_looks(Chart("c", "t", "x", (Panel("y", (Trace("d", x, x),)),)))[0][0]

    assert one(MANY_POINTS + 1).line
    assert not one(MANY_POINTS + 1).marker
    assert not one(MANY_POINTS).line
    assert one(FEW_POINTS).size > one(FEW_POINTS + 1).size
