"""A heat map: cells at their true places in data, in print and on the page."""

from __future__ import annotations

import base64
import io
import math
import pickle
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.exact_json import decoded, encoded
from spectrafit.figures.cells import contour_lines, map_limits, map_picture, nearest_cells
from spectrafit.figures.chart import chart_figure
from spectrafit.figures.look import chart_looks, legend_of
from spectrafit.figures.mark_names import spread_places
from spectrafit.heat_map import HeatMap, Mark, cell_edges, coarse_map
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.reporting.curves import curves_data, curves_text
from spectrafit.reporting.figures import chart_csv
from spectrafit.style import figure_bytes

X = np.array([1200.0, 1201.0, 1203.0])
ROWS = np.array([10.0, 20.0, 100.0, 300.0])
VALUES = np.arange(12.0).reshape(4, 3)


def heat_map(**changes) -> HeatMap:
    return HeatMap(**({"x": X, "rows": ROWS, "values": VALUES, "z_label": "absorbance"} | changes))


def chart(*maps: HeatMap, **changes) -> Chart:
    panels = tuple(Panel("temperature / K", (), heat_map=one) for one in maps or (heat_map(),))
    return replace(Chart("m", "map", "wavenumber / cm⁻¹", panels), **changes)


def large(rows: int = 60, columns: int = 1000) -> HeatMap:
    values = np.random.default_rng(0).normal(size=(rows, columns))
    return HeatMap(np.arange(columns), np.arange(rows) ** 2, values, "absorbance")


def test_rows_and_columns_are_sorted_with_their_values_and_read_only():
    turned = heat_map(x=X[::-1], rows=ROWS[::-1], values=VALUES[::-1, ::-1])
    assert np.array_equal(turned.values, VALUES)
    assert np.array_equal(turned.rows, ROWS)
    twin = pickle.loads(pickle.dumps(turned))
    assert not twin.values.flags.writeable
    assert np.array_equal(twin.values, VALUES)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rows": [10.0, 20.0, 20.0, 300.0]}, "two rows or columns at 20"),
        ({"rows": [10.0, np.nan, 20.0, 300.0]}, "has no place"),
        ({"rows": ROWS[:3]}, "do not fit"),
        ({"rows": [10.0], "values": VALUES[:1]}, "needs two rows"),
        ({"contours": (np.inf,)}, "finite level"),
    ],
)
def test_a_map_that_would_be_wrong_is_refused(changes, why):
    with pytest.raises(SpectrafitError, match=why):
        heat_map(**changes)


@pytest.mark.parametrize("ends", [(2.0, 1.0), (np.nan, 1.0), (0.0, np.inf)])
def test_a_mark_runs_forwards_between_finite_ends(ends):
    with pytest.raises(SpectrafitError, match="cannot be marked"):
        Mark(*ends, "step")


def test_cells_reach_half_way_to_their_neighbours():
    assert cell_edges(ROWS).tolist() == [5.0, 15.0, 60.0, 200.0, 400.0]


@given(st.integers(2, 40), st.integers(2, 40), st.integers(2, 40), st.integers(2, 40))
def test_a_coarse_map_keeps_sums_and_order(rows, columns, most_rows, most_columns):
    whole = large(rows, columns)
    seen = coarse_map(whole, most_rows, most_columns)
    assert seen.values.shape == (min(rows, most_rows), min(columns, most_columns))
    assert (np.diff(seen.rows) > 0.0).all()
    if seen.values.shape == (rows, columns):
        assert seen is whole
    # blocks differ by a row or a column in size: their sums are what is kept
    down, across = (
        np.diff(np.append(np.arange(few) * size // few, size))
        for few, size in zip(seen.values.shape, whole.values.shape, strict=True)
    )
    kept = float((seen.values * down[:, None] * across).sum())
    assert math.isclose(kept, float(whole.values.sum()), abs_tol=1e-9)


def test_blocks_are_blank_only_where_every_cell_is():
    values = np.array([[1.0, np.nan, np.nan, np.nan], [3.0, 5.0, np.nan, np.nan]])
    seen = coarse_map(HeatMap([1, 2, 3, 4], [1, 2], values, "z"), 2, 2)
    assert np.array_equal(seen.values, [[1.0, np.nan], [4.0, np.nan]], equal_nan=True)


def test_a_row_far_from_its_neighbours_is_as_wide_in_the_picture():
    found = nearest_cells(ROWS, 3950)
    assert np.bincount(found).tolist() == [100, 450, 1400, 2000]


def test_the_picture_has_the_end_colours_and_leaves_blanks_open():
    one = heat_map(values=np.where(VALUES == 4.0, np.nan, VALUES))
    picture = map_picture(one, (0.0, 11.0), 30.0, 40.0)
    assert picture[0, 0].tolist() == [0x00, 0x22, 0x4E, 255]
    assert picture[-1, -1].tolist() == [0xFE, 0xE8, 0x38, 255]
    down, across = (nearest_cells(places, size) for places, size in zip(
        (ROWS, X), picture.shape, strict=False))  # fmt: skip
    blank = (down == 1)[:, None] & (across == 1)
    assert np.array_equal(picture[..., 3] == 0, blank)


def test_zero_is_the_middle_of_a_diverging_scale_and_equal_quantities_share_one():
    difference = heat_map(values=VALUES - 2.0, diverging=True, z_label="difference")
    found = map_limits(chart(heat_map(), heat_map(values=VALUES + 5.0), difference))
    assert found == ((0.0, 16.0), (0.0, 16.0), (-9.0, 9.0))
    picture = map_picture(heat_map(values=0.0 * VALUES, diverging=True), (-9.0, 9.0), 5.0, 5.0)
    assert (picture == [0xF7, 0xF7, 0xF7, 255]).all()


def test_an_empty_map_has_a_scale():
    blank = heat_map(values=np.full((4, 3), np.nan), contours=(1.0,))
    assert map_limits(chart(blank)) == ((0.0, 1.0),)
    figure_bytes(chart_figure(chart(blank)))


def test_a_contour_lies_where_the_value_is():
    x = np.linspace(-2.0, 2.0, 81)
    values = x[None, :] ** 2 + x[:, None] ** 2
    lines = contour_lines(HeatMap(x, x, values, "z", contours=(1.0, 99.0)))
    assert {line.level for line in lines} == {1.0}
    radius = np.concatenate([np.hypot(line.x, line.y) for line in lines])
    assert radius == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("width_mm", [89.0, 183.0])
def test_a_file_stays_small_whatever_the_number_of_cells(width_mm):
    one = chart(large())
    assert len(figure_bytes(chart_figure(one, width_mm))) < 2_500_000
    assert len(curves_text(one)) < 200_000
    many = chart(large(1000, 3000))
    assert len(figure_bytes(chart_figure(many, width_mm), "pdf")) < 6_000_000
    assert len(curves_text(many)) < 1_200_000


def test_axes_end_at_the_cells_and_run_as_asked():
    axes = chart_figure(chart(heat_map(reverse_rows=True), reverse_x=True)).axes[0]
    assert axes.get_xlim() == (1204.0, 1199.5)
    assert axes.get_ylim() == (400.0, 5.0)
    plain = chart_figure(chart()).axes[0]
    assert plain.get_ylim() == (5.0, 400.0)
    assert plain.get_yticks(minor=True).tolist() == ROWS.tolist()


@pytest.mark.parametrize("width_mm", [89.0, 183.0])
def test_everything_written_stays_in_the_figure_and_off_the_map(width_mm):
    marks = tuple(Mark(1200.0 + 0.1 * i, 1200.0 + 0.1 * i, f"band {i}") for i in range(9))
    rows = (Mark(20.0, 100.0, "step 20–100 K"), Mark(90.0, 110.0, "another step"))
    one = chart(simulated=True)
    panel = replace(one.panels[0], x_marks=marks, y_marks=rows)
    drawing = chart_figure(replace(one, panels=(panel, panel)), width_mm)
    drawing.set_dpi(300)
    drawing.draw_without_rendering()
    names = [text for text in drawing.texts if text.get_text() != "map"]
    written = [text.get_text() for text in names]
    assert {"simulated data", "step 20–100 K", "band 0", "band 8"} <= set(written)
    assert written.count("band 0") == 1  # the panel below has it from the one above
    assert written.count("another step") == 2
    frames = [axes.get_window_extent() for axes in drawing.axes]
    boxes = [text.get_window_extent() for text in names]
    for box in boxes:
        assert box.x0 >= -1
        assert box.x1 <= drawing.bbox.x1 + 1
        assert not any(box.overlaps(frame) for frame in frames)
    bar = next(axes for axes in drawing.axes if axes.get_ylabel() == "absorbance")
    assert bar.yaxis.label.get_window_extent().x1 <= drawing.bbox.x1
    assert not any(bar.yaxis.label.get_window_extent().overlaps(box) for box in boxes)


@given(
    st.lists(st.floats(0.0, 100.0), min_size=1, max_size=12),
    st.lists(st.floats(0.5, 8.0), min_size=12, max_size=12),
)
def test_names_stand_beside_each_other_within_their_side(wanted, lengths):
    wanted, lengths = sorted(wanted), lengths[: len(wanted)]
    places = spread_places(wanted, lengths, 0.0, 100.0)
    ends = [(p - 0.5 * w, p + 0.5 * w) for p, w in zip(places, lengths, strict=True)]
    assert ends[0][0] >= -1e-9
    assert ends[-1][1] <= 100.0 + 1e-9
    assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(ends))


def test_names_that_have_room_stay_and_those_that_touch_move_alike():
    lengths = [4.0, 4.0, 4.0]
    assert spread_places([10.0, 30.0, 32.0], lengths, 0.0, 100.0) == (10.0, 29.0, 33.0)
    assert spread_places([97.0, 98.0, 99.0], lengths, 0.0, 100.0) == (90.0, 94.0, 98.0)


def test_a_curve_that_is_named_beside_its_panel_is_full_and_not_in_the_legend():
    traces = tuple(Trace(f"{i} K", X, X + i, TraceKind.CURVE) for i in range(3))
    panel = Panel("y", traces, y_marks=(Mark(1.0, 1.0, "1 K"),))
    one = Chart("c", "t", "x", (panel,))
    assert legend_of(one) == ((0, 0), (0, 2))
    assert [bool(look.dash) for look in chart_looks(one)[0]] == [False, False, True]


def test_every_cell_and_mark_stands_in_the_file_of_numbers():
    trace = Trace("track", [1200.0, 1201.0], [10.0, 20.0], TraceKind.CURVE)
    values = np.where(VALUES == 4.0, np.nan, VALUES)
    panel = Panel(
        "temperature / K", (trace,), heat_map=heat_map(values=values),
        x_marks=(Mark(1201.0, 1201.0, "band"),), y_marks=(Mark(20.0, 100.0, "step"),),
    )  # fmt: skip
    one = Chart("m", "map", "wavenumber / cm⁻¹", (panel,), reverse_x=True)
    told = pd.read_csv(io.StringIO(chart_csv(one)))
    cells = told[told["kind"] == "map"].pivot_table(
        "z", "y", "wavenumber / cm⁻¹", dropna=False
    )  # fmt: skip
    assert np.array_equal(cells.to_numpy(), values, equal_nan=True)
    assert told["wavenumber / cm⁻¹"][:3].tolist() == X[::-1].tolist()
    marks = told[told["kind"] == "mark"]
    assert marks["curve"].tolist() == ["band", "step", "step"]
    assert marks["y"].tolist()[1:] == [20.0, 100.0]
    frame = one.to_frame()
    assert frame["z"].dtype == np.float64
    assert len(frame) == 12 + 2 + 3
    assert "(map)" in one._repr_html_()


def test_a_chart_without_a_map_has_no_column_for_it():
    assert "z" not in Chart("c", "t", "x", (Panel("y", (Trace("d", X, X),)),)).columns


def test_a_map_comes_back_from_a_journal_as_it_was():
    one = chart(heat_map(contours=(3.0,)), simulated=True)
    twin = decoded(encoded(one, Chart), Chart)
    assert np.array_equal(twin.panels[0].heat_map.values, VALUES)
    assert encoded(twin, Chart) == encoded(one, Chart)


def test_the_page_has_each_cell_to_two_bytes():
    values = np.where(VALUES == 4.0, np.nan, VALUES)
    (panel,) = curves_data(chart(heat_map(values=values)))["panels"]
    cells = np.frombuffer(base64.b64decode(panel["map"]["cells"]), "<u2").reshape(4, 3)
    assert cells[1, 1] == 0
    read = (cells.astype(float) - 1.0) / 65534.0 * 11.0
    seen = np.isfinite(values)
    assert np.abs(read[seen] - values[seen]).max() < 1e-4
    assert panel["map"]["down"] == cell_edges(ROWS).tolist()
