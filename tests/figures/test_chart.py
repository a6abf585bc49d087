"""A chart as a figure: everything on it, nothing over the data."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from reporting.outcomes import HOSTILE, preedge_chart

from spectrafit.figures.chart import chart_figure
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
    FigureCanvasAgg(drawing).draw()
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
    assert "7112" in texts
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
    (bars,) = chart_figure(chart(Trace("d", X, X, TraceKind.DATA, sigma))).axes[0].collections
    lengths = [segment[1, 1] - segment[0, 1] for segment in bars.get_segments()]
    assert lengths == pytest.approx([1.0] * X.size)
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


@pytest.mark.parametrize("scale", [1e-9, 1e-4, 1.0, 1e9])
def test_ticks_never_hide_an_offset_or_a_factor(scale):
    drawing = chart_figure(chart(Trace("d", X, (X - 7100.0) * scale)))
    figure_bytes(drawing)
    axes = drawing.axes[0]
    assert axes.xaxis.get_offset_text().get_text() == ""
    assert axes.yaxis.get_offset_text().get_text() == ""
    for tick, label in zip(axes.get_yticks(), axes.get_yticklabels(), strict=True):
        assert float(label.get_text().replace("−", "-")) == pytest.approx(tick, rel=1e-3)


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
