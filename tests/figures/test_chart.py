"""A chart as a figure: everything on it, nothing over the data."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.text import Text
from reporting.outcomes import HOSTILE, preedge_chart

from spectrafit.figures.chart import chart_figure, panel_heights
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import figure_bytes

X = np.linspace(7106.0, 7118.0, 25)


def chart(*traces: Trace, **changes) -> Chart:
    panel = Panel("absorption / 1", tuple(traces) or (Trace("data", X, X**0.5),))
    return replace(Chart("c", "title", "energy / eV", (panel,)), **changes)


def drawn(one: Chart, width_mm: float = 89.0):
    """Return a figure whose parts know where they lie."""
    drawing = chart_figure(one, width_mm)
    drawing.set_dpi(300)
    drawing.draw_without_rendering()
    return drawing


def texts_of(drawing) -> list[str]:
    root = ElementTree.fromstring(figure_bytes(drawing))
    return [
        "".join(node.itertext()).strip() for node in root.iter("{http://www.w3.org/2000/svg}text")
    ]


def test_figure_five_has_three_panels_that_share_x():
    drawing = chart_figure(preedge_chart())
    assert len(drawing.axes) == 3
    top, middle, bottom = drawing.axes
    assert top.get_xlim() == middle.get_xlim() == bottom.get_xlim()
    heights = [axes.get_position().height for axes in drawing.axes]
    assert heights[0] / heights[1] == pytest.approx(2.2 / 0.8)


def test_axes_legend_and_mark_are_text_and_the_caption_is_not_drawn():
    texts = texts_of(chart_figure(preedge_chart()))
    assert "energy / eV (Fe foil 7111.2 eV)" in texts
    # which of them is the drawing library's choice
    assert any(re.fullmatch(r"711\d(\.\d)?", text) for text in texts)
    assert texts.count("data") == 1  # once, though two panels show data
    assert {"rising edge", "peak 1", "peak 2", "total", "residual"} <= set(texts)
    assert "simulated data" in texts
    assert not any("Pearson" in text for text in texts)


def test_only_simulated_data_say_so():
    texts = texts_of(chart_figure(preedge_chart(simulated=False)))
    assert "simulated data" not in texts


@pytest.mark.parametrize(
    ("kind", "marker", "style"),
    [
        (TraceKind.DATA, "o", "None"),
        (TraceKind.BACKGROUND, "none", "--"),
        (TraceKind.TOTAL, "none", "-"),
    ],
)
def test_a_kind_has_its_own_drawing(kind, marker, style):
    (line,) = chart_figure(chart(Trace("a", X, X, kind))).axes[0].lines
    assert (line.get_marker(), line.get_linestyle()) == (marker, style)


def test_a_component_is_filled_from_its_base():
    base = np.full_like(X, 3.0)
    trace = Trace("peak", X, base + 1.0, TraceKind.COMPONENT, base=base)
    (area,) = chart_figure(chart(trace)).axes[0].collections
    y = area.get_paths()[0].vertices[:, 1]
    assert (y.min(), y.max()) == (3.0, 4.0)
    assert area.get_alpha() < 0.3


def test_sigma_of_data_are_bars_and_of_a_curve_a_band():
    sigma = np.full_like(X, 0.5)
    bars, points = chart_figure(chart(Trace("d", X, X, TraceKind.DATA, sigma))).axes[0].lines
    low, high, gap = bars.get_xydata().reshape(X.size, 3, 2).swapaxes(0, 1)
    assert low == pytest.approx(np.stack([X, X - 0.5], axis=1))
    assert high == pytest.approx(np.stack([X, X + 0.5], axis=1))
    assert np.isnan(gap).all()
    assert bars.get_zorder() < points.get_zorder()
    (band,) = chart_figure(chart(Trace("t", X, X, TraceKind.TOTAL, sigma))).axes[0].collections
    vertices = band.get_paths()[0].vertices
    at_start = vertices[np.isclose(vertices[:, 0], X[0]), 1]
    assert (at_start.min(), at_start.max()) == pytest.approx((X[0] - 0.5, X[0] + 0.5))


def test_the_legend_lies_outside_every_panel():
    many = tuple(Trace(f"peak number {i}", X, X + i, TraceKind.COMPONENT) for i in range(9))
    for one in (preedge_chart(), chart(*many)):
        drawing = drawn(one)
        legend = drawing.legends[0].get_window_extent()
        canvas = drawing.bbox
        assert legend.x1 <= canvas.x1
        assert legend.y1 <= canvas.y1 + 1
        for axes in drawing.axes:
            assert not legend.overlaps(axes.get_window_extent())


def number(text: str) -> float:
    """Return the number of a label like −5.9×10⁶."""
    plain = text.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789"))
    head, _, power = plain.partition("×10")
    return float(head) * 10.0 ** int(power or 0)


@pytest.mark.parametrize("scale", [1e-9, 1e-4, 1.0, 1e9])
@pytest.mark.parametrize("shift", [0.0, -7100.0])
def test_ticks_never_hide_an_offset_or_a_factor(scale, shift):
    axes = drawn(chart(Trace("d", X, (X + shift) * scale))).axes[0]
    assert axes.xaxis.get_offset_text().get_text() == ""
    assert axes.yaxis.get_offset_text().get_text() == ""
    step = np.diff(axes.get_yticks()).min()
    for tick, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True):
        assert number(label.get_text()) == pytest.approx(tick, abs=1e-3 * step)


def test_labels_of_y_stay_in_the_figure():
    panels = tuple(
        Panel("a rather long name of a quantity / counts per second", (Trace("d", X, X),), height)
        for height in (3.0, 1.0, 1.0)
    )
    drawing = drawn(Chart("c", "t", "x", panels))
    boxes = [axes.yaxis.label.get_window_extent() for axes in drawing.axes]
    assert all(box.y0 >= -1 and box.y1 <= drawing.bbox.y1 + 1 for box in boxes)
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))


def test_hostile_labels_are_drawn_as_text():
    text = " ".join(HOSTILE)
    traces = tuple(Trace(label, X, X) for label in HOSTILE)
    texts: set[str] = set()
    for part in (traces[:12], traces[12:]):
        drawing = chart_figure(chart(*part, title=text, x_label=text, caption=text))
        root = ElementTree.fromstring(figure_bytes(drawing))
        tags = {node.tag.rpartition("}")[2] for node in root.iter()}
        assert not tags & {"script", "img", "image", "a", "foreignObject"}
        texts |= set(texts_of(drawing))
    assert {"_hidden", "$\\frac{", "half a pair \\udcff", "line break tab"} <= texts


def test_a_curve_with_gaps_and_an_empty_chart_are_drawn():
    y = np.where(np.arange(X.size) == 7, np.nan, X)
    assert b"<svg" in figure_bytes(chart_figure(chart(Trace("gap", X, y, sigma=y))))
    assert b"<svg" in figure_bytes(chart_figure(Chart("c", "nothing", "x", ())))


def test_width_is_what_is_asked_for():
    text = figure_bytes(chart_figure(chart(), 183.0)).decode("utf-8")
    width = re.search(r'<svg[^>]* width="([\d.]+)pt"', text)
    assert width is not None
    assert float(width.group(1)) == pytest.approx(183.0 / 25.4 * 72.0, abs=0.1)


SHAPES = {
    "few points": chart(Trace("d", [8.0, 100.0, 250.0, 300.0], [1.0, 2.0, 2.5, 2.6])),
    "300 points": chart(Trace("d", np.arange(300.0), np.sin(np.arange(300.0)), sigma=np.ones(300))),
    "pre-edge": preedge_chart(),
    "five panels": replace(
        chart(), panels=tuple(Panel(f"a.long.key.{i} / eV", (Trace("d", X, X),)) for i in range(5))
    ),
    "30 curves": chart(*(Trace(f"{i} K", X, X + i, TraceKind.CURVE) for i in range(30))),
    "long words": chart(
        *(Trace("a label that goes on and on " * 3, X, X) for _ in range(3)),
        title="a title that goes on and on " * 9,
        x_label="an axis that goes on and on " * 9,
        simulated=True,
    ),
    "large numbers": chart(Trace("d", X * 1e7, -X * 1e7)),
    "small numbers": chart(Trace("d", X * 1e-9, -X * 1e-9)),
    "downwards": chart(reverse_x=True),
}


def numbers_of(axis) -> list[Text]:
    """Return the labels of the ticks that are seen; matplotlib keeps some that are not."""
    low, high = sorted(axis.get_view_interval())
    ticks = (tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high)
    return [tick.label1 for tick in ticks if tick.label1.get_visible()]


@pytest.mark.parametrize("width_mm", [89.0, 183.0])
@pytest.mark.parametrize("name", list(SHAPES))
def test_nothing_leaves_the_paper_or_covers_another(name, width_mm):
    drawing = drawn(SHAPES[name], width_mm)
    labels = [axes.yaxis.label for axes in drawing.axes]
    x_label, x_numbers = drawing.axes[-1].xaxis.label, numbers_of(drawing.axes[-1].xaxis)
    y_numbers = [number for axes in drawing.axes for number in numbers_of(axes.yaxis)]
    words = [*labels, x_label, *drawing.texts, *x_numbers, *y_numbers]
    words += [text for legend in drawing.legends for text in legend.get_texts()]
    boxes = {id(text): text.get_window_extent() for text in words if text.get_text()}
    paper = drawing.bbox
    for text in words:
        box = boxes.get(id(text), paper)
        inside = (box.x0 >= -1, box.y0 >= -1, box.x1 <= paper.x1 + 1, box.y1 <= paper.y1 + 1)
        assert all(inside), text.get_text()
        assert text.get_fontsize() in (7.0, 8.0)
    assert len(x_numbers) > 1
    assert all(len(numbers_of(axes.yaxis)) > 1 for axes in drawing.axes)
    for one, other in combinations(boxes.values(), 2):
        assert not one.overlaps(other)
    for axes in drawing.axes:
        frame = axes.get_window_extent()
        assert not any(frame.overlaps(box) for box in boxes.values())


@pytest.mark.parametrize("name", list(SHAPES))
def test_a_wide_figure_is_higher_but_not_in_proportion(name):
    column, page = (chart_figure(SHAPES[name], width).get_size_inches() for width in (89.0, 183.0))
    assert page[1] * 25.4 < 230.0
    assert page[1] / page[0] < column[1] / column[0]
    panels = [panel_heights(SHAPES[name], width) for width in (89.0, 183.0)]
    assert min(panels[0]) > 16.0
    assert sum(panels[1]) >= sum(panels[0])


def test_x_runs_downwards_when_asked():
    upwards, downwards = (drawn(chart(reverse_x=flag)).axes[0] for flag in (False, True))
    assert downwards.get_xlim() == upwards.get_xlim()[::-1]


def test_a_component_is_outlined_where_it_is_seen():
    peak = np.exp(-((X - 7112.0) ** 2))
    trace = Trace("peak", X, 3.0 + peak, TraceKind.COMPONENT, base=np.full_like(X, 3.0))
    (line,) = chart_figure(chart(trace)).axes[0].lines
    drawn_there = np.isfinite(line.get_ydata())
    assert np.array_equal(drawn_there, peak >= 0.01 * peak.max())


def test_of_many_curves_all_are_drawn_and_seven_named():
    drawing = chart_figure(SHAPES["30 curves"])
    assert len(drawing.axes[0].lines) == 30
    assert [text.get_text() for text in drawing.legends[0].get_texts()][-1] == "(7 of 30 named)"


@pytest.mark.parametrize("width_mm", [89.0, 183.0])
def test_letters_are_text_in_svg_and_in_pdf(width_mm):
    drawing = chart_figure(preedge_chart(), width_mm)
    svg = figure_bytes(drawing).decode("utf-8")
    assert "energy / eV (Fe foil 7111.2 eV)" in svg
    assert set(re.findall(r"font-size: (\d+)px", svg) or re.findall(r"font: (\d+)px", svg)) == {
        "7",
        "8",
    }
    assert re.search(r"'Arial', 'Helvetica', 'Liberation Sans'[^;\"]*sans-serif", svg)
    assert "<image" not in svg
    pdf = figure_bytes(drawing, "pdf")
    assert b"/CIDFontType2" in pdf
    assert b"/Type3" not in pdf


def test_writing_a_figure_leaves_it_as_it_was():
    drawing = chart_figure(chart())
    before = drawing.dpi, drawing.canvas
    for file_format in ("svg", "pdf", "png"):
        figure_bytes(drawing, file_format)
    assert (drawing.dpi, drawing.canvas) == before
    assert figure_bytes(drawing) == figure_bytes(chart_figure(chart()))
