"""What the figures of a scan hold: foil, damage, number of peaks, corner of area and centroid."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from xas.test_damage import bands
from xas.test_preedge_ensemble import TWO, ensemble_of, spectrum, usual

from spectrafit.panel import Chart, Trace, TraceKind
from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit_xas.preedge.chart import corner_chart
from spectrafit_xas.preedge.count_chart import count_chart
from spectrafit_xas.preedge.count_evidence import effective_points, form_bic, relative_bic
from spectrafit_xas.scans.calibrate import EdgeSlope, Inflection, shift_record
from spectrafit_xas.scans.damage import damage_verdict
from spectrafit_xas.scans.damage_chart import damage_chart
from spectrafit_xas.scans.foil_chart import foil_chart
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.technique import xanes

RAW = root() / "feco" / "raw"


def traces(chart: Chart | None, kind: TraceKind, panel: int = 0) -> dict[str, Trace]:
    assert chart is not None
    return {one.label: one for one in chart.panels[panel].traces if one.kind is kind}


@lru_cache(maxsize=1)
def charts() -> dict[str, Chart]:
    """Return the charts of one simulated scan with its two foils."""
    settings = XanesSettings(
        foil_eV=7111.2, window_eV=(7107.0, 7118.0), peaks=2, method_spread=False
    )
    scan, *foils = (
        read(RAW / name)[0]
        for name in ("xanes_fe_250K.dat", "foil_fe_before.dat", "foil_fe_after.dat")
    )
    found = xanes.observe({"sample": scan, "calibration": foils}, settings)
    return {one.name: one for one in found.charts}


def test_the_foil_shows_every_inflection_the_one_taken_and_what_follows() -> None:
    chart = charts()["foil"]
    slopes = traces(chart, TraceKind.CURVE)
    assert list(slopes) == ["foil_fe_before.dat", "foil_fe_after.dat"]
    marked = traces(chart, TraceKind.DATA)
    (taken,) = [one for label, one in marked.items() if label.startswith("taken")]
    others = marked["other inflections"]
    # that of a metal is the steepest; the second, at 7119 eV, is marked and not taken
    assert taken.x == pytest.approx([7110.86, 7110.87], abs=0.03)
    assert taken.y == pytest.approx([1.0, 1.0], abs=1e-3)
    assert taken.x_sigma is not None
    assert (taken.x_sigma > 0).all()
    assert ((others.x > 7118.0) & (others.x < 7121.0) & (others.y > 0.3)).any()
    for curve in slopes.values():
        assert curve.y.max() == pytest.approx(1.0, abs=1e-3)
        # every marked inflection is a maximum of a drawn slope
    first = slopes["foil_fe_before.dat"]
    assert np.interp(taken.x[0], first.x, first.y) == pytest.approx(taken.y[0], abs=1e-3)
    assert "assigned: 7111.2 eV" in traces(chart, TraceKind.REFERENCE)
    for words in ("foil_fe_before.dat", "assigned 7111.2 eV", "shift 0.33", "half-width 1.5 eV"):
        assert words in chart.caption
    assert chart.x_label == "energy / eV (as recorded)"
    assert chart.simulated


def test_without_a_foil_or_repeats_there_is_no_such_figure() -> None:
    settings = XanesSettings(window_eV=(7107.0, 7118.0), peaks=2, method_spread=False)
    found = xanes.observe({"sample": read(RAW / "xanes_fe_250K.dat")[0]}, settings)
    assert [one.name for one in found.charts] == ["preedge", "normalisation"]


def test_a_simulated_foil_marks_the_figure_of_a_measured_sample() -> None:
    x = np.linspace(7090.0, 7130.0, 50)
    slope = EdgeSlope(x, np.exp(-((x - 7111.0) ** 2)), x)
    one = Inflection(
        7111.0, 0.01, 0.05, 1.5, 9.0, "foil", ((7111.0, 1.0),), slope=slope, simulated=True
    )
    chart = foil_chart(shift_record((one,), "Fe", 7112.0), 7112.0, title="", simulated=False)
    assert chart is not None
    assert chart.simulated
    bare = shift_record((replace(one, slope=None),), "Fe", 7112.0)
    assert foil_chart(bare, 7112.0, title="", simulated=False) is None


@pytest.mark.parametrize(("slope", "verdict"), [(0.05, "drift"), (0.0, "no drift seen")])
def test_strips_of_repeats_show_values_errors_slope_and_interval(
    slope: float, verdict: str
) -> None:
    damage = damage_verdict(bands(slope, 3), 10)
    chart = damage_chart(damage, title="repeats", simulated=True)
    assert chart is not None
    assert chart.title == f"repeats: {verdict}"
    assert damage.words in chart.caption
    assert len(chart.panels) == len(damage.series) == len(damage.tests)
    for row, (series, test) in enumerate(zip(damage.series, damage.tests, strict=True)):
        points = traces(chart, TraceKind.DATA, row)["one scan"]
        shares = series.values / series.values.mean() - 1.0
        assert points.x.tolist() == list(range(1, 11))
        assert points.y == pytest.approx(100.0 * shares)
        assert test.trend is not None
        lines = [
            one for one in chart.panels[row].traces if one.kind is not TraceKind.DATA
        ]  # fmt: skip
        drawn = [np.ptp(one.y) / 9.0 * np.sign(one.y[1] - one.y[0]) for one in lines]
        scale = 100.0 / series.values.mean()
        expected = [scale * value for value in (test.trend.slope, test.trend.low, test.trend.high)]
        assert drawn == pytest.approx(expected)
    assert ("(drift)" in chart.caption) is (verdict == "drift")


def test_what_was_not_tested_has_no_strip_and_what_cannot_be_judged_no_slope() -> None:
    assert damage_chart(damage_verdict((), 2), title="", simulated=False) is None
    unknown = [replace(one, sigma=None, values=one.values[:4]) for one in bands(0.0, 1)]
    chart = damage_chart(damage_verdict(unknown, 4), title="", simulated=False)
    assert chart is not None
    assert "cannot judge" in chart.title
    assert {one.kind for panel in chart.panels for one in panel.traces} == {TraceKind.DATA}


def test_bic_is_a_line_a_shape_above_the_best_of_each_window() -> None:
    spread = usual()
    rows = relative_bic(spread.fits, known=True)
    points = effective_points(spread.fits)
    for window in points:
        own = [one for one in spread.fits if one.window_eV == window]
        least = min(form_bic(one, points[window], known=True) for one in own if not one.faults)
        assert min(r.above for r in rows if r.window_eV == window and r.counts) == 0.0
        for row in (r for r in rows if r.window_eV == window and r.counts):
            alike = [
                form_bic(one, points[window], known=True) - least
                for one in own
                if (one.form.shape, one.form.count) == (row.shape, row.count) and not one.faults
            ]
            assert row.above == pytest.approx(min(alike))
    chart = count_chart(spread, known=True, margin=10.0, title="", simulated=True)
    lines = traces(chart, TraceKind.CURVE)
    assert set(lines) == {"Pearson VII, mean", "pV by area, mean"}
    line = lines["Pearson VII, mean"]
    assert line.x.tolist() == [1.0, 2.0, 3.0]
    means = [np.mean([r.above for r in rows if (r.shape, r.count) == ("pearson7", n)]) for n in (1, 2, 3)]  # fmt: skip
    assert line.y == pytest.approx(means)
    assert line.y[0] > 100.0 > 10.0 > line.y[1]
    marks = traces(chart, TraceKind.REFERENCE)
    assert spread.evidence is not None
    assert (spread.evidence.best, spread.evidence.least) == (2, 2)
    assert marks["count_best, count_min: 2"].x.tolist() == [2.0, 2.0]
    assert marks["margin 10"].y.tolist() == [10.0, 10.0]
    assert chart is not None
    assert spread.evidence.least_words in chart.caption
    assert chart.whole_x


def test_numbers_that_differ_are_marked_apart_and_a_set_number_has_no_figure() -> None:
    spread = usual()
    assert spread.evidence is not None
    other = replace(spread, evidence=replace(spread.evidence, least=1))
    chart = count_chart(other, known=True, margin=10.0, title="", simulated=True)
    assert {"count_best: 2", "count_min: 1"} <= set(traces(chart, TraceKind.REFERENCE))
    given = ensemble_of(spectrum(TWO), peaks=2)
    assert count_chart(given, known=True, margin=10.0, title="", simulated=True) is None


def test_the_corner_holds_every_member_with_both_errors() -> None:
    spread = usual()
    chart = corner_chart(spread, title="", axis="energy / eV (Fe foil 7112.0 eV)", simulated=True)
    members = traces(chart, TraceKind.DATA)
    assert spread.found is not None
    area, centroid = (spread.found.estimates[name] for name in ("area", "centroid"))
    assert set(members) == set(spread.labels("background"))
    assert sum(one.x.size for one in members.values()) == spread.kept
    points = {tuple(point) for one in members.values() for point in zip(one.x, one.y, strict=True)}
    assert points == set(zip(centroid.values.tolist(), area.values.tolist(), strict=True))
    assert all(one.sigma is not None and one.x_sigma is not None for one in members.values())
    assert chart is not None
    cross = [one for one in chart.panels[0].traces if one.kind is TraceKind.TOTAL]
    assert np.ptp(cross[0].x) == pytest.approx(2 * centroid.sigma)
    assert np.ptp(cross[1].y) == pytest.approx(2 * area.sigma)
    weights = area.weights
    deviations = [one.values - one.value for one in (centroid, area)]
    together = weights @ (deviations[0] * deviations[1])
    expected = together / np.sqrt(np.prod([weights @ d**2 for d in deviations]))
    assert f"{expected:+.2f}" in chart.caption
    assert chart.x_label == "centroid, energy / eV (Fe foil 7112.0 eV)"
