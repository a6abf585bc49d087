"""Every curve can be told from the others, by colour and by a second cue."""

from __future__ import annotations

from itertools import pairwise

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


@pytest.mark.parametrize("kind", list(TraceKind))
@pytest.mark.parametrize("count", [2, 6, 12, 30])
def test_neighbours_differ_in_print_without_colour(kind, count):
    row = looks(kind, count)
    for one, next_one in pairwise(row):
        assert (one.dash, one.marker) != (next_one.dash, next_one.marker)
    if count <= 6 or kind is TraceKind.REFERENCE:
        cues = {(look.colour, look.dash, look.marker) for look in row[:12]}
        assert len(cues) == (5 if kind is TraceKind.BACKGROUND and count == 6 else min(count, 12))


def test_the_curves_of_a_fit_differ_in_print_without_colour():
    """Data, rising edge, peaks and total share a panel; none may need its colour."""
    kinds = [TraceKind.BACKGROUND, *[TraceKind.COMPONENT] * 4, TraceKind.TOTAL]
    traces = [Trace(f"{i}", X, X, kind) for i, kind in enumerate(kinds)]
    (row,) = chart_looks(Chart("c", "t", "x", (Panel("y", (Trace("d", X, X), *traces)),)))
    assert row[0].marker
    assert len({look.dash for look in row[1:]}) == len(kinds)


# Vienot, Brettel & Mollon, Color Res. Appl. 24, 243 (1999): linear RGB seen without the
# long-wave cones (protanopia) and without the middle-wave ones (deuteranopia).
WITHOUT_CONES = {
    "protanopia": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deuteranopia": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def linear(colour: str) -> np.ndarray:
    """Return the linear red, green and blue of ``#rrggbb`` (IEC 61966-2-1)."""
    share = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("cones", WITHOUT_CONES)
def test_the_first_colours_stay_apart_for_colour_blind_eyes(cones):
    seen = [
        np.clip(np.array(WITHOUT_CONES[cones]) @ linear(look.colour), 0.0, 1.0)
        for look in looks(TraceKind.TOTAL, 6)
    ]
    for i, one in enumerate(seen):
        for other in seen[i + 1 :]:
            assert np.abs(one ** (1 / 2.2) - other ** (1 / 2.2)).max() > 0.07


def test_a_long_series_rises_in_brightness_for_every_eye_and_in_grey():
    colours = [linear(look.colour) for look in looks(TraceKind.CURVE, 30)]
    weights = np.array((0.2126, 0.7152, 0.0722))
    for matrix in (np.eye(3), *map(np.array, WITHOUT_CONES.values())):
        assert (np.diff([weights @ matrix @ colour for colour in colours]) > 0).all()
    assert weights @ colours[-1] < 0.6  # still seen on white paper


def test_raw_spectra_over_each_other_are_lines_and_fitted_data_stay_points():
    assert all(look.line and not look.marker for look in looks(TraceKind.DATA, 5))
    assert all(look.marker for look in looks(TraceKind.DATA, 2))
    traces = tuple(
        Trace(f"{i}", X, X + i, kind)
        for i in range(4)
        for kind in (TraceKind.DATA, TraceKind.TOTAL)
    )
    (row,) = chart_looks(Chart("c", "t", "x", (Panel("y", traces),)))
    assert all(look.marker for look in row[::2])


def test_a_trend_with_errors_keeps_its_points():
    traces = tuple(Trace(f"{i}", X, X + i, sigma=np.ones(50)) for i in range(4))
    (row,) = chart_looks(Chart("c", "t", "x", (Panel("y", traces),)))
    assert all(look.marker and not look.line for look in row)
