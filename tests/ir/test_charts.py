"""Charts of an infrared series: what is drawn is what was given, at its true place."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spectrafit.errors import SettingsError
from spectrafit.figures.chart import chart_figure
from spectrafit.heat_map import Mark
from spectrafit.panel import TraceKind
from spectrafit_ir.charts.correlation_chart import correlation_chart
from spectrafit_ir.charts.difference_chart import Difference, difference_chart
from spectrafit_ir.charts.fits_chart import fit_chart
from spectrafit_ir.charts.map_chart import map_chart, residual_map_chart
from spectrafit_ir.charts.series_axes import StepMark, spread_rows, step_marks
from spectrafit_ir.charts.traces_chart import Followed, positions_chart, traces_chart
from spectrafit_ir.charts.vectors_chart import singular_values_chart, vectors_chart
from spectrafit_ir.charts.waterfall_chart import waterfall_chart

X = np.linspace(1200.0, 1600.0, 201)
T = np.array([10.0, 40.0, 80.0, 90.0, 200.0, 300.0])
STEP = StepMark(80.0, 90.0)


def band(centre: float, height: float = 0.2, fwhm: float = 14.0):
    return height / (1.0 + (2.0 * (X - centre) / fwhm) ** 2)


Y = np.array(
    [band(1485.0, 0.3) + (band(1514.0) if kelvin > 85.0 else band(1329.0)) for kelvin in T]
)
TWICE = ["heating"] * T.size + ["cooling"] * T.size


def drawn_map(**options):
    return map_chart(X, Y, T, **({"simulated": True} | options))


def every_chart():
    baseline = np.full_like(Y, 0.01)
    difference = Difference("90 K − 80 K", Y[3] - Y[2], 1e-3, 0.5 * (Y[3] - Y[2]), 0.75)
    singular = np.linalg.svd(Y, full_matrices=False)
    return [
        drawn_map(bands={"1485": 1485.0}, steps=[STEP]),
        residual_map_chart(X, Y, T, windows=[(1300.0, 1400.0)], simulated=True),
        traces_chart([Followed("1485", T, Y[:, 142], 0.01 * Y[:, 142])], steps=[STEP], simulated=True),
        positions_chart([Followed("1485", T, 1485.0 - 0.01 * T)], simulated=True),
        waterfall_chart(X, Y, T, baseline, method="linear", simulated=True),
        fit_chart(X, Y[0], {"1485": band(1485.0)}, baseline[0], T=10.0, sigma=1e-3, simulated=True),
        difference_chart(X, [difference], bands={"1514": 1514.0}, simulated=True),
        singular_values_chart(singular[1], 1e-3, rank=2, simulated=True),
        vectors_chart(X, singular[2], Y.mean(axis=0), simulated=True),
        correlation_chart(X, Y.T @ Y, Y.T @ Y[::-1], span="10 to 300 K", simulated=True),
    ]  # fmt: skip


@pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: chart.name)
def test_every_chart_is_drawn_says_simulated_and_runs_as_its_axis_does(chart):
    drawing = chart_figure(chart)
    assert "simulated data" in {text.get_text() for text in drawing.texts}
    assert chart.reverse_x == (chart.x_label == "wavenumber / cm⁻¹")
    assert drawing.axes[0].xaxis.get_inverted() == chart.reverse_x
    assert chart.caption.endswith(".")


def test_names_of_charts_differ():
    names = [chart.name for chart in every_chart()]
    assert len(set(names)) == len(names)


def test_the_map_and_its_difference_hold_the_spectra_at_their_temperatures():
    order = [3, 0, 5, 1, 4, 2]
    chart = map_chart(X, Y[order], T[order], bands={"b": 1485.0}, steps=[STEP], simulated=False)
    whole, off = (panel.heat_map for panel in chart.panels)
    assert whole.rows.tolist() == T.tolist()
    assert np.array_equal(whole.values, Y)
    assert np.array_equal(off.values, Y - Y[0])
    assert off.diverging
    assert off.z_label == "absorbance − that at 10 K"
    assert chart.panels[0].x_marks == (Mark(1485.0, 1485.0, "b"),)
    assert chart.panels[1].y_marks == (Mark(80.0, 90.0, "step 80–90 K"),)
    assert not chart.simulated


def test_branches_are_maps_of_their_own_and_repeats_are_averaged():
    stack = np.concatenate([Y, Y + 0.1])
    chart = map_chart(X, stack, np.tile(T, 2), branches=TWICE, reference=40.0, simulated=True)
    assert [panel.y_label for panel in chart.panels] == [
        "temperature / K, heating", "temperature / K, cooling"] * 2  # fmt: skip
    assert [panel.heat_map.diverging for panel in chart.panels] == [False, False, True, True]
    assert chart.panels[3].heat_map.values == pytest.approx(Y - Y[1])
    repeated = map_chart(X, stack, np.tile(T, 2), simulated=True)
    assert repeated.panels[0].heat_map.values == pytest.approx(Y + 0.05)
    assert "averaged" in repeated.caption


def test_masked_points_stay_blank_and_are_said():
    masked = Y.copy()
    masked[:, 50:60] = np.nan
    chart = map_chart(X, masked, T, simulated=True)
    assert np.isnan(chart.panels[1].heat_map.values[:, 50:60]).all()
    assert "Hatched" in chart.caption
    assert "Hatched" not in drawn_map().caption


def test_a_large_series_is_drawn_as_means_and_says_so():
    many = np.linspace(10.0, 300.0, 2000)
    chart = map_chart(X, np.tile(Y[0], (2000, 1)), many, simulated=True)
    assert chart.panels[0].heat_map.values.shape == (400, 201)
    assert "400 × 201 means over neighbours of 2000 × 201 values" in chart.caption
    assert np.abs(chart.panels[1].heat_map.values).max() < 1e-15


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reference": 50.0}, "no spectrum at 50 K"),
        ({"branches": ["heating"]}, "1 branches and 6 spectra"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused(changes, why):
    with pytest.raises(SettingsError, match=why):
        drawn_map(**changes)


def test_shapes_that_disagree_and_a_single_temperature_are_refused():
    with pytest.raises(SettingsError, match="do not fit"):
        map_chart(X[:-1], Y, T, simulated=True)
    with pytest.raises(SettingsError, match="no branch has spectra at two temperatures"):
        map_chart(X, Y[:1], T[:1], simulated=True)


def test_steps_of_both_branches_are_one_mark_where_they_are_equal():
    both = [StepMark(80.0, 90.0, "heating"), StepMark(80.0, 90.0, "cooling")]
    assert step_marks(both) == (Mark(80.0, 90.0, "step 80–90 K"),)
    apart = [both[0], StepMark(70.0, 80.0, "cooling")]
    assert [mark.label for mark in step_marks(apart)] == [
        "step 70–80 K, cooling", "step 80–90 K, heating"]  # fmt: skip
    assert [mark.low for mark in step_marks(apart, "cooling")] == [70.0]


def test_one_branch_shares_a_panel_and_two_have_one_a_band():
    def follow(name, branch):
        return Followed(name, T, Y[:, 10], Y[:, 20], branch)

    bands = ("1485", "1514")
    one = traces_chart(
        [follow(b, "") for b in bands], [follow(b, "") for b in bands], simulated=True
    )
    assert [panel.y_label for panel in one.panels] == ["absorbance", "area / cm⁻¹"]
    assert [trace.label for trace in one.panels[0].traces] == list(bands)
    runs = [follow(b, run) for b in bands for run in ("heating", "cooling")]
    two = traces_chart(runs, runs, steps=[STEP], regimes=[Mark(90.0, 300.0, "II")], simulated=True)
    assert [panel.y_label for panel in two.panels] == [
        "1485: absorbance", "1485: area / cm⁻¹", "1514: absorbance", "1514: area / cm⁻¹"]  # fmt: skip
    assert [trace.label for trace in two.panels[3].traces] == ["heating", "cooling"]
    assert [mark.label for mark in two.panels[0].x_marks] == ["step 80–90 K", "II"]


def test_points_without_an_error_or_a_value_are_not_given_one():
    value = np.array([1.0, np.nan, 3.0, 4.0, 5.0, 6.0])
    sigma = np.array([0.1, 0.1, np.nan, 0.1, 0.1, 0.1])
    chart = traces_chart([Followed("b", T[::-1], value, sigma)], simulated=True)
    known, bare = chart.panels[0].traces
    assert known.x.tolist() == [10.0, 40.0, 80.0, 300.0]
    assert known.y.tolist() == [6.0, 5.0, 4.0, 1.0]
    assert (bare.label, bare.sigma, bare.y.tolist()) == ("b (no error)", None, [3.0])
    with pytest.raises(SettingsError, match="no band was followed"):
        traces_chart([Followed("b", T, np.full(T.size, np.nan))], simulated=True)
    with pytest.raises(SettingsError, match="do not belong together"):
        Followed("b", T, value[:2])


def test_positions_are_told_from_where_the_band_is_first_seen():
    late = np.where(T > 85.0, 1514.0 - 0.01 * T, np.nan)
    chart = positions_chart([Followed("1514", T, late, 0.05 + 0.0 * T)], simulated=True)
    (trace,) = chart.panels[0].traces
    assert trace.x.tolist() == [90.0, 200.0, 300.0]
    assert trace.y == pytest.approx([0.0, -1.1, -2.1])
    assert trace.sigma == pytest.approx(0.05)
    assert "1514 1513.10 cm⁻¹ at 90 K" in chart.caption


def test_a_waterfall_raises_what_it_shows_by_the_step_it_names():
    baselines = np.full_like(Y, 0.05)
    chart = waterfall_chart(X, Y + 0.05, T, baselines, most=4, simulated=True)
    raw, corrected = chart.panels
    step = float(raw.y_label.split(" + ")[1].split(" ")[0])
    assert [trace.label for trace in corrected.traces] == ["10 K", "80 K", "90 K", "300 K"]
    assert raw.traces[1].y - step == pytest.approx(Y[2] + 0.05)
    assert corrected.traces[3].y - 3 * step == pytest.approx(Y[5])
    lines = [trace for trace in raw.traces if trace.kind is TraceKind.BACKGROUND]
    assert [trace.y[0] for trace in lines] == pytest.approx([0.05 + i * step for i in range(4)])
    assert [mark.low for mark in raw.y_marks] == pytest.approx([i * step for i in range(4)])
    assert "4 of 6 spectra" in chart.caption


def test_rows_that_are_shown_hold_both_ends():
    assert spread_rows(T[::-1], 3) == (5, 3, 0)
    assert spread_rows(T, 20) == (0, 1, 2, 3, 4, 5)


def test_a_fit_is_the_sum_of_its_parts_and_the_residual_counts_in_noise():
    baseline = np.full_like(X, 0.02)
    data = baseline + band(1485.0) + 2e-3
    chart = fit_chart(X, data, {"1485": band(1485.0)}, baseline, sigma=1e-3, simulated=True)
    total = next(trace for trace in chart.panels[0].traces if trace.kind is TraceKind.TOTAL)
    assert total.y == pytest.approx(baseline + band(1485.0))
    assert chart.panels[1].traces[0].y == pytest.approx(2.0)
    assert "2.00 σ" in chart.caption
    with pytest.raises(SettingsError, match="scales no residual"):
        fit_chart(X, data, {}, baseline, sigma=0.0, simulated=True)


def test_a_difference_carries_the_noise_and_what_a_shift_explains():
    one = Difference("a − b", Y[3] - Y[2], 1e-3, Y[0], 0.85)
    chart = difference_chart(X, [one], simulated=True)
    noise, shown, explained = chart.panels[0].traces
    assert noise.sigma == pytest.approx(1e-3)
    assert not noise.y.any()
    assert np.array_equal(shown.y, Y[3] - Y[2])
    assert np.array_equal(explained.y, Y[0])
    assert "a − b 85 %" in chart.caption
    many = difference_chart(X, [replace(one, label=f"{i}") for i in range(8)], simulated=True)
    assert len(many.panels) == 1
    with pytest.raises(SettingsError, match="not as long"):
        difference_chart(X[:-1], [one], simulated=True)


def test_a_vector_of_a_band_that_moves_is_its_derivative():
    moving = np.array([band(1485.0 + 0.02 * i) for i in range(-10, 11)])
    _, values, vectors = np.linalg.svd(moving, full_matrices=False)
    chart = vectors_chart(X, vectors, moving.mean(axis=0), simulated=True)
    assert len(chart.panels) == 3
    share = int(chart.panels[1].y_label.split("(")[1].split(" ")[0])
    assert share >= 98
    vector, derivative = chart.panels[1].traces
    assert float(vector.y @ derivative.y) > 0.0
    above = singular_values_chart(values, values[1] * 0.9, rank=2, simulated=True)
    series, edge = above.panels[0].traces
    assert (series.y > edge.y[0]).sum() == 2
    with pytest.raises(SettingsError, match="flat"):
        vectors_chart(X, vectors, np.ones_like(X), simulated=True)


def test_correlation_is_drawn_both_ways_from_high_to_low():
    centred = Y - Y.mean(axis=0)
    synchronous = centred.T @ centred
    chart = correlation_chart(X, synchronous, 0.0 * synchronous, simulated=True)
    phi, psi = (panel.heat_map for panel in chart.panels)
    assert phi.reverse_rows
    assert chart.reverse_x
    assert np.array_equal(phi.values, synchronous)
    assert len(phi.contours) == 8
    assert psi.contours == ()
    with pytest.raises(SettingsError, match="each pair"):
        correlation_chart(X, synchronous[1:], synchronous, simulated=True)
