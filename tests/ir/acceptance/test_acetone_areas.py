"""Acceptance 2 and 3: areas, traces and baselines of the acetone series; errors against draws."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit_ir.bands.descriptors import window_descriptors
from spectrafit_ir.bands.trace import trace_above_line
from spectrafit_ir.bands.trace_bias import trace_bias
from spectrafit_ir.bands.window import window_area, window_weights
from spectrafit_ir.baseline.spread import area_spread

pytestmark = pytest.mark.accept

CELSIUS = (50, 100, 150, 250)
X = np.arange(1400.0, 1571.0)


@pytest.fixture(scope="module")
def series():
    rows = []
    for celsius in CELSIUS:
        path = shared_data("ir", "acetone_pt_al2o3_tpd", f"T{celsius}C.csv")
        x, y = np.loadtxt(path, delimiter=",").T
        rows.append(y)
    return x, np.array(rows)


def test_window_areas_traces_and_largest_points(series):
    sigma = np.array([4.95e-4, 2.88e-4, 3.06e-4, 2.94e-4])
    area = window_area(*series, sigma, 1880.0, 2160.0, 8)
    assert area.points == 146
    assert area.value == pytest.approx([8.645, 8.613, 8.430, 7.643], abs=0.002)
    trace = trace_above_line(*series, sigma, 2051.92, 1880.0, 2160.0, 8)
    assert trace.wavenumber == pytest.approx(2051.921, abs=1e-3)
    assert trace.value == pytest.approx([0.1176, 0.1066, 0.0972, 0.0703], abs=1e-4)
    found = window_descriptors(*series, sigma, 1880.0, 2160.0, 8)
    assert found.argmax_raw == pytest.approx([2051.92, 2046.13, 2040.35, 2024.92], abs=0.01)


def test_baseline_spread(series):
    x, Y = series
    keep = (x > 1880.0) & (x < 2160.0)
    options = {"linear": {"points": 8}, "snip": {"max_half_window": 60}}
    methods = ("linear", "arpls", "rubberband", "asls", "snip")
    found = area_spread(x[keep], Y[:1, keep], methods, options)
    assert found.values[:4, 0] == pytest.approx([8.645, 8.624, 8.769, 8.601], rel=0.005)
    assert [name for name, _ in found.excluded] == ["snip"]


def test_the_trace_of_the_series_is_not_cleared(series):
    """With the two bands of the published reference fit (free, both pseudo-Voigts)."""
    sigma = np.full(4, 3e-4)
    trace = trace_above_line(*series, sigma, 2051.92, 1880.0, 2160.0, 8)
    centres = np.array([[2052.94, 2018.6], [2049.63, 2014.0], [2047.30, 2011.0], [2040.94, 2004.0]])
    widths = np.array([[36.7, 67.1], [37.2, 70.2], [37.8, 72.0], [41.0, 74.5]])
    areas = np.array([[3.529, 7.449], [3.150, 7.759], [2.863, 7.729], [2.312, 6.921]])
    # mixing 0 of the main band by its bound, 0.77 of the other
    unit = np.array([0.5 * np.sqrt(np.pi / np.log(2.0)), 0.77 * np.pi / 2 + 0.23 * 1.0645])
    found = trace_bias(
        np.array(CELSIUS) + 273.15,
        trace.value,
        trace.sigma,
        trace.wavenumber,
        centres,
        widths,
        areas / (widths * unit),
        mixing=[0.0, 0.77],
    )
    assert found.verdict == "trace_moved"


@pytest.mark.parametrize("edges", ["inside", "outside"])
@pytest.mark.parametrize("n", [1, 4, 8])
def test_area_errors_against_2000_draws(edges, n):
    """The draws' own scatter is 1.6 %; 20,000 spectra in ten lots of 2,000 bring it to 0.5 %."""
    lots = [
        window_area(X, noise, 1e-3, 1470.0, 1500.0, n, edges)
        for noise in np.random.default_rng(11).normal(0.0, 1e-3, (10, 2000, X.size))
    ]
    spread = np.array([np.std(lot.value, ddof=1) for lot in lots])
    assert np.sqrt(np.mean(spread**2)) == pytest.approx(lots[0].sigma[0], rel=0.03)


@pytest.mark.parametrize(
    ("centre", "fwhm", "trace", "area"),
    [
        (1486.0, 15.0, -1.7, -0.6),
        (1487.0, 15.0, -6.6, -2.6),
        (1488.0, 15.0, -13.8, -5.9),
        (1490.0, 15.0, -30.8, -17.1),
        (1485.0, 18.0, -16.7, -16.7),
    ],
)
def test_estimators_of_a_band_of_constant_area(centre, fwhm, trace, area):
    def band(position, width):
        half = 0.5 * width
        return half / np.pi / ((X - position) ** 2 + half**2)

    weights = window_weights(X, 1470.0, 1500.0, 1)
    still, moved = band(1485.0, 15.0), band(centre, fwhm)
    assert 100.0 * (moved[85] / still[85] - 1.0) == pytest.approx(trace, abs=0.06)
    assert 100.0 * (weights @ moved / (weights @ still) - 1.0) == pytest.approx(area, abs=0.15)
