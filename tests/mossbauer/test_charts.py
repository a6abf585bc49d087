"""What the figures of Mössbauer spectra hold: sums of whole channels, and what follows from them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from hopping_case import STATES, hopping_spectrum

from spectrafit.errors import FitError, SettingsError
from spectrafit.figures import plot
from spectrafit.panel import Chart, Trace, TraceKind
from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.fitted import FittedSites, fit_sites, fit_spectra
from spectrafit_mossbauer.absorption.sites import doublets
from spectrafit_mossbauer.absorption.unfolded import unfolded
from spectrafit_mossbauer.charts import branches_chart, calibration_chart, spectrum_chart
from spectrafit_mossbauer.debye import ThetaRange, carried_shift
from spectrafit_mossbauer.displayed import displayed
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.channels import Channels, channels_of
from spectrafit_mossbauer.drive.line_positions import placed_lines
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.population import (
    Range,
    ReferenceShift,
    population_from_shift,
    population_from_splitting,
)
from spectrafit_mossbauer.rate_bound import rate_bound
from spectrafit_mossbauer.series_charts import series_charts
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.stack_chart import stacked_chart
from spectrafit_mossbauer.state_charts import StateBox, plane_chart, rate_chart, tension_chart
from spectrafit_mossbauer.tension import Agreement, agreement
from spectrafit_mossbauer.trend_chart import TrendRow, trend_chart, trend_row
from spectrafit_mossbauer.whole_series import SeriesSpectrum

RAW = root() / "feco" / "mossbauer"
TEMPERATURES = (25.0, 75.0, 90.0, 125.0, 200.0, 250.0, 300.0)


def counted(name: str) -> Channels:
    return channels_of(read(RAW / name)[0])


@lru_cache(maxsize=1)
def iron() -> tuple[Channels, Calibration]:
    channels = counted("alphaFe.ws5")
    return channels, calibrated(channels, orientation=1)


@lru_cache(maxsize=1)
def series() -> tuple[FittedSites, ...]:
    scale = iron()[1]
    return fit_spectra([unfolded(counted(f"{T:03.0f}K.ws5"), scale) for T in TEMPERATURES])


def of_kind(chart: Chart, kind: TraceKind, panel: int = 0) -> list[Trace]:
    return [one for one in chart.panels[panel].traces if one.kind is kind]


def drawn(chart: Chart | None) -> Chart:
    """Return a chart after drawing it: a figure that cannot be drawn is none."""
    assert chart is not None
    assert plot(chart).axes
    return chart


def test_the_spectrum_is_summed_channel_by_channel_and_so_are_its_curves() -> None:
    fitted = series()[1]
    chart = drawn(spectrum_chart(fitted))
    onto = displayed(fitted.axis)
    # one channel of each branch in every step but at the ends, where a branch may be alone
    assert (onto.channels[2:-2] == 2.0).all()
    (points,) = of_kind(chart, TraceKind.DATA)
    assert (points.y * onto.channels).sum() == pytest.approx(fitted.axis.counts.sum())
    (total,) = of_kind(chart, TraceKind.TOTAL)
    assert (total.y * onto.channels).sum() == pytest.approx(fitted.expected.sum())
    assert points.sigma is not None
    assert points.sigma[100] == pytest.approx(np.sqrt(points.y[100] / 2.0), rel=1e-6)
    assert "75 K" in chart.title
    assert "folded for display only" in chart.title
    assert chart.simulated
    assert "convention A" in chart.x_label


def test_residuals_of_the_figure_scatter_as_those_of_the_unfolded_fit() -> None:
    squares = []
    for fitted in series():
        chart = spectrum_chart(fitted)
        squares.append(float(np.mean(of_kind(chart, TraceKind.RESIDUAL, 1)[0].y ** 2)))
    # interpolated folding gives 0.5 to 0.9; 7 spectra of 254 points scatter by 0.034
    assert np.mean(squares) == pytest.approx(1.0, abs=0.11)


def test_every_site_is_a_filled_curve_and_all_sites_make_the_fit() -> None:
    fitted = fit_sites(series()[2].axis, doublets(2))
    chart = drawn(spectrum_chart(fitted, title="two sites", simulated=False))
    sites = of_kind(chart, TraceKind.COMPONENT)
    (level,) = of_kind(chart, TraceKind.BACKGROUND)
    (total,) = of_kind(chart, TraceKind.TOTAL)
    assert [one.label.split(",")[0] for one in sites] == ["site1", "site2"]
    assert all(one.base is not None and (one.y <= one.base).all() for one in sites)
    parts = sum((one.y - level.y for one in sites), np.zeros(level.y.size))
    assert level.y + parts == pytest.approx(total.y, rel=1e-9)
    assert chart.title.startswith("two sites")
    assert not chart.simulated


def test_without_an_orientation_the_axis_says_that_the_sign_is_open() -> None:
    channels, scale = iron()
    axis = unfolded(counted("075K.ws5"), scale.oriented(None))
    assert "sign not determined" in spectrum_chart(fit_sites(axis)).x_label
    chart = calibration_chart(scale.oriented(None), channels)
    assert chart is not None
    assert "sign not determined" in chart.x_label


def test_branches_are_counted_channels_and_their_mirror_residual_is_noise() -> None:
    fitted = series()[1]
    chart = drawn(branches_chart(fitted))
    first, second = of_kind(chart, TraceKind.DATA)
    assert first.x.size + second.x.size == fitted.axis.counts.size
    assert np.sort(np.concatenate([first.y, second.y])) == pytest.approx(
        np.sort(fitted.axis.counts)
    )
    (mirror,) = of_kind(chart, TraceKind.RESIDUAL, 1)
    assert mirror.x.size > 240
    assert np.mean(mirror.y**2) == pytest.approx(1.0, abs=0.3)
    assert "not folded" in chart.title


def test_a_wrong_folding_centre_shows_in_the_mirror_residual() -> None:
    scale = iron()[1]
    k, c0, d0 = scale.values
    wrong = replace(scale, values=np.array([k, c0 + 0.5, d0]))
    chart = branches_chart(fit_sites(unfolded(counted("075K.ws5"), wrong)))
    assert chart is not None
    assert np.mean(of_kind(chart, TraceKind.RESIDUAL, 1)[0].y ** 2) > 2.0


def moved(by: float) -> tuple[Channels, Calibration]:
    """Return the model of alpha-iron with its last line elsewhere in the second branch."""
    channels, scale = iron()
    placed = placed_lines(channels, scale)
    velocity = scale.velocity(placed.numbers)
    pair = scale.pairs[0]
    counts = np.array(channels.counts)
    inside = placed.branch > 0

    def dip(center: float) -> FloatArray:
        share = pair.depth / (1.0 + (2.0 * (velocity - center) / pair.width) ** 2)
        return np.asarray(np.where(inside, share * placed.level, 0.0))

    counts[channels.used] = placed.model + dip(pair.position) - dip(pair.position + by)
    return replace(channels, counts=counts), scale


@pytest.mark.parametrize("by", [0.004, -0.01])
def test_a_line_that_lies_off_the_scale_is_found_where_it_is(by: float) -> None:
    channels, scale = moved(by)
    lines = placed_lines(channels, scale).lines
    assert len(lines) == 12
    (off,) = [one for one in lines if one.branch == 1 and one.velocity > 5.0]
    assert off.offset == pytest.approx(by, rel=0.05)
    others = [one for one in lines if one is not off]
    assert max(abs(one.offset) for one in others) < 0.1 * abs(by)


def test_lines_of_an_ideal_drive_lie_on_the_scale_within_their_errors() -> None:
    channels, scale = iron()
    placed = placed_lines(channels, scale)
    chi2 = float(np.sum((placed.counts - placed.model) ** 2 / placed.model))
    assert chi2 == pytest.approx(scale.chi2, rel=1e-3)
    pulls = np.array([one.offset / one.sigma for one in placed.lines])
    # twelve lines less three parameters of the drive: chi2 of 9, 99.9 % below 27.9
    assert (pulls**2).sum() < 27.9
    turned = placed_lines(channels, scale.oriented(-1)).lines
    found = {(one.velocity, one.branch): one.offset for one in placed.lines}
    assert all(
        one.offset == pytest.approx(-found[-one.velocity, one.branch], abs=1e-12) for one in turned
    )


def test_the_calibration_shows_six_lines_and_where_they_lie() -> None:
    channels, scale = iron()
    chart = drawn(calibration_chart(scale, channels))
    (fit,) = of_kind(chart, TraceKind.TOTAL)
    deep = (fit.y[1:-1] < fit.y[:-2]) & (fit.y[1:-1] < fit.y[2:]) & (fit.y[1:-1] < 0.98)
    found = np.sort(np.round(fit.x[1:-1][deep]))
    assert set(found) == {-5.0, -3.0, -1.0, 1.0, 3.0, 5.0}
    assert [one.x.size for one in of_kind(chart, TraceKind.DATA, 2)] == [6, 6]
    for words in ("k 0.04973", "convention A", "reduced χ²"):
        assert words in chart.caption


def test_a_calibration_of_another_spectrum_is_refused() -> None:
    channels, scale = iron()
    half = replace(channels, counts=channels.counts[:256], used=channels.used[:256])
    with pytest.raises(FitError, match="was not made"):
        placed_lines(half, scale)


def test_the_stack_has_the_coldest_spectrum_lowest_and_no_two_on_each_other() -> None:
    order = [3, 0, 6, 1, 5, 2, 4]
    chart = drawn(stacked_chart([series()[i] for i in order], [TEMPERATURES[i] for i in order]))
    assert len(chart.panels) == 2
    labels = [[one.label for one in of_kind(chart, TraceKind.DATA, i)] for i in (0, 1)]
    assert labels == [["300 K", "250 K", "200 K"], ["125 K", "90 K", "75 K", "25 K"]]
    for panel in (0, 1):
        curves = of_kind(chart, TraceKind.TOTAL, panel)
        for upper, lower in pairwise(curves):
            assert upper.y.min() > lower.y.max()
        assert curves[-1].y.max() == pytest.approx(100.0, abs=0.05)
    with pytest.raises(SettingsError, match="temperatures"):
        stacked_chart(series(), TEMPERATURES[:2])


@lru_cache(maxsize=1)
def rows() -> tuple[TrendRow, ...]:
    theta = ThetaRange(150.0, 210.0)
    return tuple(
        trend_row(
            one,
            T,
            carried=carried_shift(
                one.value("site1.IS"), T, 125.0, theta, sigma=one.sigma("site1.IS")
            ),
        )
        for T, one in zip(TEMPERATURES, series(), strict=True)
    )


def test_trends_show_what_was_fitted_and_what_second_order_doppler_takes() -> None:
    chart = drawn(trend_chart(rows()[::-1], T_ref=125.0, steps_K=(90.0,), convention="A"))
    assert [panel.y_label.split(" ")[0] for panel in chart.panels] == [
        "IS",
        "QS",
        "FWHM",
        "ln(area",
    ]
    raw, carried = of_kind(chart, TraceKind.DATA)
    assert raw.x == pytest.approx(TEMPERATURES)
    assert raw.y == pytest.approx([one.value("site1.IS") for one in series()])
    # at T_ref nothing is taken; above it the raw shift is the smaller one
    assert carried.y[3] == pytest.approx(raw.y[3])
    assert (carried.y[4:] > raw.y[4:] + 0.03).all()
    assert raw.sigma is not None and carried.sigma is not None  # noqa: PT018
    assert (carried.sigma >= raw.sigma).all()
    (step,) = of_kind(chart, TraceKind.REFERENCE)
    assert step.x == pytest.approx([90.0, 90.0])
    (area,) = of_kind(chart, TraceKind.DATA, 3)
    assert np.exp(area.y) == pytest.approx([one.total_area[0] for one in series()])


def test_values_without_an_error_are_drawn_apart_and_runs_too() -> None:
    some = [
        TrendRow(10.0, IS=(0.4, 0.01), run="heating"),
        TrendRow(20.0, IS=(0.5, None), run="heating"),
        TrendRow(10.0, IS=(0.45, 0.02), run="cooling"),
    ]
    chart = trend_chart(some)
    found = {one.label: one for one in of_kind(chart, TraceKind.DATA)}
    assert set(found) == {
        "measured, heating",
        "measured, heating (no error)",
        "measured, cooling",
    }
    assert found["measured, heating (no error)"].sigma is None
    assert len(chart.panels) == 1
    with pytest.raises(SettingsError):
        trend_chart([])


def test_the_plane_has_the_path_and_the_boxes_of_the_states() -> None:
    boxes = [StateBox("low", Range(0.4, 0.5), Range(1.5, 1.7))]
    chart = drawn(plane_chart(rows(), boxes, T_ref=125.0, convention="A"))
    (path,) = of_kind(chart, TraceKind.CURVE)
    assert path.y == pytest.approx([one.value("site1.QS") for one in series()])
    (box,) = of_kind(chart, TraceKind.REFERENCE)
    assert (box.x.min(), box.x.max(), box.y.min(), box.y.max()) == (0.4, 0.5, 1.5, 1.7)
    points = of_kind(chart, TraceKind.DATA)
    assert {"25 K", "300 K"} < {one.label for one in points}
    assert sum(one.x.size for one in points) == len(TEMPERATURES)
    assert "carried to 125 K" in chart.x_label
    with pytest.raises(SettingsError, match="both"):
        plane_chart([TrendRow(10.0, IS=(0.4, 0.01))])


def agreed(T: float) -> tuple[float, Agreement]:
    theta = ThetaRange(150.0, 150.0)
    one, other = ReferenceShift(0.45, 0.55, T), ReferenceShift(1.05, 1.2, T)
    shift = population_from_shift(0.69, 0.002, 125.0, one, other, T_ref=125.0, theta=theta)
    splitting = population_from_splitting(1.83, 0.003, Range(1.0, 1.0), Range(2.1, 2.9))
    return T, agreement(shift, splitting)


def test_a_tension_lies_above_the_diagonal_and_an_agreement_reaches_below() -> None:
    chart = drawn(tension_chart([agreed(300.0), agreed(80.0)], simulated=False))
    boxes = of_kind(chart, TraceKind.CURVE)
    # references at 80 K agree, at 300 K they do not
    reaches = [box.x.max() >= box.y.min() for box in boxes]
    assert reaches == [True, False]
    assert {one.label for one in of_kind(chart, TraceKind.DATA)} == {
        "agree: 80 K",
        "tension: 300 K",
    }
    (region,) = of_kind(chart, TraceKind.COMPONENT)
    assert region.base is not None
    assert region.base == pytest.approx(region.x)
    with pytest.raises(SettingsError):
        tension_chart([], simulated=False)


def test_the_rate_shows_the_rise_of_chi2_at_the_bound() -> None:
    bound = rate_bound(hopping_spectrum(3e9, 1), STATES)
    chart = drawn(rate_chart(bound, simulated=True))
    (curve,) = of_kind(chart, TraceKind.CURVE)
    rise, at = of_kind(chart, TraceKind.REFERENCE)
    assert bound.k_ex_min is not None
    assert at.x == pytest.approx(np.log10([bound.k_ex_min] * 2))
    assert np.interp(at.x[0], curve.x, curve.y) == pytest.approx(rise.y[0], abs=0.2)
    assert curve.y.min() == pytest.approx(0.0, abs=1e-6)
    assert "k_ex >" in chart.caption
    assert rate_chart(replace(bound, along=None), simulated=True) is None


def test_a_series_has_every_figure_that_its_settings_allow() -> None:
    spectra = [
        SeriesSpectrum(T, one, one.axis.source_name)
        for T, one in zip(TEMPERATURES, series(), strict=True)
    ]
    plain = series_charts(spectra, MossbauerSettings(orientation=1))
    assert [one.name for one in plain] == ["stack", "trends", "IS-QS-path"]
    bound = rate_bound(hopping_spectrum(3e9, 1), STATES)
    spectra[3] = replace(spectra[3], agreement=agreed(80.0)[1], rate=bound)
    declared = MossbauerSettings(
        orientation=1, theta_K=(150.0, 210.0), T_ref_K=125.0, states_T_K=80.0, states_from_K=90.0,
        IS_1=(0.45, 0.55), IS_2=(1.05, 1.2), QS_1=(1.0, 1.0), QS_2=(2.1, 2.9),
        state_names=("low", "high"),
    )  # fmt: skip
    full = {one.name: one for one in series_charts(spectra, declared)}
    assert list(full) == ["stack", "trends", "IS-QS-path", "populations", "rate"]
    assert all(one.simulated for one in full.values())
    boxes = of_kind(full["IS-QS-path"], TraceKind.REFERENCE)
    assert [one.label for one in boxes] == ["low", "high"]
    # declared at 80 K, drawn at 125 K, where second-order Doppler has taken 0.02 to 0.03 mm/s
    assert boxes[0].x.min() == pytest.approx(0.45 - 0.025, abs=0.01)
    assert "125 K" in full["rate"].title
    assert "population of high" in full["populations"].x_label
    widths = of_kind(full["trends"], TraceKind.DATA, 2)
    # each line has its own width here, though the fits have equal ones
    assert not np.allclose(widths[0].y, widths[1].y)


def test_the_rate_is_shown_where_populations_are_nearest_to_equal_not_where_it_is_highest() -> None:
    bound = rate_bound(hopping_spectrum(3e9, 1), STATES)
    assert bound.k_ex_min is not None
    uneven = replace(bound, states=replace(STATES, p2=(0.8, 0.8)), k_ex_min=100.0 * bound.k_ex_min)
    spectra = [
        SeriesSpectrum(T, one, "", rate=rate)
        for T, one, rate in zip((75.0, 125.0), series(), (uneven, bound), strict=False)
    ]
    (chart,) = [
        one
        for one in series_charts(spectra, MossbauerSettings(orientation=1))
        if one.name == "rate"
    ]
    assert "125 K" in chart.title
    assert f"{np.log10(bound.k_ex_min):.2f}" in of_kind(chart, TraceKind.REFERENCE)[1].label
