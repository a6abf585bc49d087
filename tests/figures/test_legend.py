"""The legend: every curve of few, some of many, and labels that keep their ends."""

from __future__ import annotations

import numpy as np
import pytest
from reporting.outcomes import preedge_chart

from spectrafit.figures.legend import chart_legend
from spectrafit.figures.wording import middle_cut, text_mm, wrapped
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.style import style

X = np.arange(50.0)


def legend(count: int, room_mm: float = 85.0, label: str = "{} K"):
    traces = tuple(Trace(label.format(10 * i), X, X + i, TraceKind.CURVE) for i in range(count))
    with style():
        return chart_legend(Chart("c", "t", "x", (Panel("y", traces),)), room_mm)


def test_few_curves_are_all_named():
    assert legend(12).labels == tuple(f"{10 * i} K" for i in range(12))


def test_of_many_the_first_the_last_and_some_between_are_named():
    found = legend(30)
    assert found.labels == (
        "0 K",
        "50 K",
        "100 K",
        "140 K",
        "190 K",
        "240 K",
        "290 K",
        "(7 of 30 named)",
    )
    assert found.entries[0] == (0, 0)
    assert found.entries[-1] == (0, 29)


def test_a_fit_beside_many_curves_keeps_its_name():
    traces = [Trace(f"{i}", X, X, TraceKind.CURVE) for i in range(40)]
    traces.append(Trace("mean", X, X, TraceKind.TOTAL))
    with style():
        labels = chart_legend(Chart("c", "t", "x", (Panel("y", tuple(traces)),)), 85.0).labels
    assert labels[-2:] == ("mean", "(8 of 41 named)")


def test_a_wider_figure_has_more_columns_and_a_long_label_has_one():
    assert legend(12, 85.0).columns < legend(12, 179.0).columns
    assert legend(5, 85.0, "a sample with a rather long name, scan {}").columns == 1
    assert legend(0).columns == 1


def test_a_long_name_keeps_the_end_by_which_it_differs():
    names = [
        f"scan_{i:04d}_of_a_sample_with_a_really_long_name_at_{10 * i}K_heating" for i in range(3)
    ]
    cut = [middle_cut(name, 44) for name in names]
    assert len(set(cut)) == 3
    assert all(len(name) <= 44 for name in cut)
    assert cut[1].startswith("scan_0001")
    assert cut[1].endswith("10K_heating")
    assert middle_cut("short", 44) == "short"


@pytest.mark.parametrize("room", [12.0, 30.0, 80.0])
@pytest.mark.parametrize(
    "text",
    [
        "energy / eV (assigned to the first inflection of the Fe foil, 7111.2 eV)",
        "herfd.fe.preedge.centroid / eV",
        "x" * 300,
        "",
        "one",
    ],
)
def test_lines_fit_their_room(text, room):
    with style():
        lines = wrapped(text, room, 3)
        assert len(lines) <= 3
        assert all(text_mm(line) <= room for line in lines)
    joined = "".join(lines).replace(" ", "")
    whole = text.replace(" ", "")
    assert joined == whole or (joined.endswith("…") and whole.startswith(joined[:-1]))


def test_a_key_breaks_at_its_points_and_a_unit_stays_with_its_slash():
    with style():
        assert wrapped("herfd.fe.preedge.centroid / eV", 26.0, 3) == (
            "herfd.fe.preedge.",
            "centroid / eV",
        )
        assert wrapped("second derivative / eV⁻²", 24.0, 3) == ("second derivative", "/ eV⁻²")


def test_every_curve_of_a_preedge_is_named_once():
    with style():
        labels = chart_legend(preedge_chart(), 85.0).labels
    assert labels == ("data", "rising edge", "peak 1", "peak 2", "total", "residual")
