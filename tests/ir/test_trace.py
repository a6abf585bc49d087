"""Traces at one wavenumber, descriptors, and what shift and broadening do to a trace."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import SettingsError
from spectrafit_ir.bands.descriptors import window_descriptors
from spectrafit_ir.bands.trace import trace_above_line, trace_of
from spectrafit_ir.bands.trace_bias import trace_bias

X = np.arange(1400.0, 1571.0)
T = np.arange(10.0, 310.0, 10.0)


def lorentzian(center: float, fwhm: float, area: float = 1.0) -> np.ndarray:
    half = 0.5 * fwhm
    return area / np.pi * half / ((X - center) ** 2 + half**2)


def of_lorentzians(centers, fwhm, areas, wavenumber=1485.0):
    """Trace, and what a perfect fit would give."""
    centers, fwhm, areas = np.broadcast_arrays(centers, fwhm, areas)
    Y = np.stack([lorentzian(*row) for row in zip(centers, fwhm, areas, strict=True)])
    trace = trace_of(X, Y, 1e-5, wavenumber)
    return trace, centers, fwhm, 2.0 * areas / (np.pi * fwhm)


def bias_of(centers, fwhm, areas, temperatures=T, **more):
    trace, *fitted = of_lorentzians(centers, fwhm, areas)
    return trace_bias(
        temperatures, trace.value, trace.sigma, trace.wavenumber, *fitted, mixing=1.0, **more
    )


def test_a_trace_reads_the_nearest_point_and_says_what_was_taken_off():
    Y = np.stack([lorentzian(1485.0, 15.0) + 0.01, lorentzian(1485.0, 15.0) + 0.02])
    raw = trace_of(X, Y, 1e-3, 1485.4)
    assert raw.wavenumber == 1485.0
    assert raw.asked == 1485.4
    assert raw.ground == "nothing (raw)"
    assert raw.value[1] - raw.value[0] == pytest.approx(0.01)
    assert raw.sigma == pytest.approx([1e-3, 1e-3])
    above = trace_of(X, Y, 1e-3, 1485.0, baseline=Y - 0.5 * Y, ground="arpls")
    assert above.value == pytest.approx(0.5 * raw.value)
    assert above.ground == "arpls"
    line = trace_above_line(X, Y, 1e-3, 1485.0, 1440.0, 1530.0)
    assert line.value[0] == pytest.approx(line.value[1])
    assert line.ground == "line from 1440 to 1530 cm-1, 4 points at each end (inside)"


def test_the_error_of_a_trace_is_that_of_many_draws():
    Y = np.random.default_rng(2).normal(0.0, 1e-3, (4000, X.size))
    for at in (1485.0, 1441.0):
        found = trace_above_line(X, Y, 1e-3, at, 1440.0, 1530.0)
        assert np.std(found.value) == pytest.approx(found.sigma[0], rel=0.04)


def test_a_wavenumber_outside_is_refused():
    with pytest.raises(SettingsError, match="from 1400 to 1570"):
        trace_of(X, np.zeros((1, X.size)), 1e-3, 1600.0)
    with pytest.raises(SettingsError, match="from 1440 to 1530"):
        trace_above_line(X, np.zeros((1, X.size)), 1e-3, 1550.0, 1440.0, 1530.0)
    with pytest.raises(SettingsError, match="is not finite"):
        trace_of(X, np.full((1, X.size), np.nan), 1e-3, 1500.0)


@pytest.mark.parametrize(
    ("shift", "broader", "expected"),
    [(1, 0.0, -1.7), (2, 0.0, -6.6), (3, 0.0, -13.8), (5, 0.0, -30.8), (0, 0.2, -16.7)],
)
def test_the_bias_of_a_moved_band_of_constant_area(shift, broader, expected):
    """The estimator table: the trace itself and the stated bias."""
    share = (T - T[0]) / np.ptp(T)
    found = bias_of(1485.0 + shift * share, 15.0 * (1.0 + broader * share), 0.7)
    assert 100.0 * (found.change[-1] / of_lorentzians(1485.0, 15.0, [0.7])[0].value[0]) == (
        pytest.approx(expected, abs=0.06)
    )
    assert found.bias_percent[-1] == pytest.approx(expected, abs=0.06)
    assert found.bias_percent[0] == 0.0
    assert found.verdict == "trace_moved"
    assert found.share == pytest.approx(1.0, abs=5e-3)
    assert "explain 100 %" in found.why


def test_a_population_that_changes_in_place_is_cleared():
    share = (T - T[0]) / np.ptp(T)
    found = bias_of(1485.0 + 1.0 * share, 15.0, 0.7 * (1.0 - 0.6 * share))
    assert found.verdict == "trace_ok"
    assert found.share < 0.05
    assert found.bias_percent[-1] == pytest.approx(-1.7, abs=0.05)


def test_a_growth_hidden_by_a_shift_is_not_cleared():
    share = (T - T[0]) / np.ptp(T)
    centers = 1485.0 + 5.0 * share
    hidden = 0.7 * (1.0 + (2.0 * (centers - 1485.0) / 15.0) ** 2)
    found = bias_of(centers, 15.0, hidden)
    assert np.abs(found.change).max() < 1e-12
    assert found.share == np.inf
    assert found.verdict == "trace_moved"
    assert "does not change beyond its noise" in found.why


def test_a_shift_within_its_errors_does_not_condemn_a_trace():
    rng = np.random.default_rng(4)
    seen = 1485.0 + rng.normal(0.0, 0.5, T.size)
    values = 0.03 + rng.normal(0.0, 1e-5, T.size)
    heights = np.full(T.size, 0.03)
    common = {"mixing": 1.0, "position_sigma": np.full(T.size, 0.5)}
    found = trace_bias(T, values, 1e-5, 1488.0, seen, np.full(T.size, 15.0), heights, **common)
    assert found.verdict == "trace_ok"
    assert "within the errors" in found.why
    beyond = seen + 0.03 * (T - T[0])
    found = trace_bias(T, values, 1e-5, 1488.0, beyond, np.full(T.size, 15.0), heights, **common)
    assert found.verdict == "trace_moved"


def test_the_error_of_the_bias_is_that_of_the_shift():
    def bias(shift):
        return bias_of([1485.0, 1488.0 + shift], 15.0, 0.7, T[:2], position_sigma=[0.0, 0.1])

    slope = (bias(1e-4).bias_percent[1] - bias(-1e-4).bias_percent[1]) / 2e-4
    assert bias(0.0).bias_percent_sigma[1] == pytest.approx(0.1 * abs(slope), rel=1e-4)


def test_an_overlapping_band_that_moves_is_part_of_the_bias():
    """The band read from stands still; its neighbour slides onto the wavenumber."""
    centers = np.stack([np.full(T.size, 1485.0), 1510.0 - 0.05 * (T - T[0])], axis=1)
    fitted = (centers, np.full_like(centers, 15.0), np.full_like(centers, 0.03))
    trace = (0.03 / (1.0 + ((1485.0 - centers) / 7.5) ** 2)).sum(axis=1)
    found = trace_bias(T, trace, 1e-5, 1485.0, *fitted, mixing=1.0)
    assert found.verdict == "trace_moved"
    assert found.bias_percent[-1] == pytest.approx(100.0 * (trace[-1] / trace[0] - 1.0))


def test_a_row_without_its_band_has_no_bias_and_bad_rows_are_refused():
    centers = np.where(T > 200.0, np.nan, 1485.0)
    found = bias_of(1485.0, 15.0, np.where(T > 200.0, 1e-9, 0.7))
    assert found.verdict == "trace_ok"
    flat = np.full(T.size, 15.0)
    found = trace_bias(T, flat, 1.0, 1485.0, centers, flat, flat)
    assert np.isnan(found.bias_percent[T > 200.0]).all()
    with pytest.raises(SettingsError, match="row 29 has not every band fitted"):
        trace_bias(T, flat, 1.0, 1485.0, centers, flat, flat, reference=29)
    with pytest.raises(SettingsError, match="no spectrum has every band"):
        trace_bias(T, flat, 1.0, 1485.0, np.full(T.size, np.nan), flat, flat)
    with pytest.raises(SettingsError, match="2 rows of bands for 30"):
        trace_bias(T, flat, 1.0, 1485.0, centers[:2], flat[:2], flat[:2])


def test_the_centroid_and_its_error_are_those_of_many_draws():
    rng = np.random.default_rng(5)
    band = 0.3 * np.exp(-np.log(2.0) * ((X - 1486.3) / 7.0) ** 2)
    found = window_descriptors(
        X, band + rng.normal(0.0, 1e-3, (3000, X.size)), 1e-3, 1450.0, 1520.0
    )
    assert found.centroid.mean() == pytest.approx(1486.3, abs=0.01)
    assert np.std(found.centroid) == pytest.approx(np.median(found.centroid_sigma), rel=0.05)
    assert found.step == 1.0
    assert np.median(found.argmax) in (1486.0, 1487.0)
    none = window_descriptors(X, np.zeros((1, X.size)), 1e-3, 1450.0, 1520.0)
    assert np.isnan(none.centroid[0])
    assert none.reasons == ("the area is within three errors of zero",)


def test_the_acetone_descriptors_are_those_of_peers():
    rows = []
    for celsius in (50, 100, 150, 250):
        path = shared_data("ir", "acetone_pt_al2o3_tpd", f"T{celsius}C.csv")
        x, y = np.loadtxt(path, delimiter=",").T
        rows.append(y)
    found = window_descriptors(x, np.array(rows), 3e-4, 1880.0, 2160.0, 8)
    assert found.argmax_raw == pytest.approx([2051.92, 2046.13, 2040.35, 2024.92], abs=0.01)
    assert found.argmax == pytest.approx([2049.99, 2046.13, 2038.42, 2024.92], abs=0.01)
    assert found.centroid == pytest.approx([2030.92, 2025.04, 2021.43, 2014.32], abs=0.05)
