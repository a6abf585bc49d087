"""Baselines: peer values of the acetone window, exact cases, and their spread."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import FitError, SettingsError
from spectrafit_ir.baseline.methods import METHODS, baseline_of, baselines_of
from spectrafit_ir.baseline.spread import area_spread

X = np.linspace(1400.0, 1600.0, 201)
NOISE = np.random.default_rng(3).normal(0.0, 1e-4, X.size)
BAND = NOISE + 0.3 * np.exp(-np.log(2.0) * ((X - 1500.0) / 8.0) ** 2)
OPTIONS = {"polynomial": {"anchors": (1410.0, 1590.0, 1440.0)}}


@given(level=st.floats(-1, 1), slope=st.floats(-2e-3, 2e-3))
def test_a_line_is_the_baseline_of_itself(level, slope):
    line = level + slope * (X - 1400.0)
    for method in ("linear", "polynomial", "rubberband"):
        found = baseline_of(X, line, method, **OPTIONS.get(method, {}))
        assert found == pytest.approx(line, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_the_ground_under_a_band_is_found(method):
    ground = 0.05 + 1e-4 * (X - 1400.0)
    found = baseline_of(X, ground + BAND, method, **OPTIONS.get(method, {}))
    assert np.abs(found - ground).max() < 0.02 * BAND.max()


def test_rows_of_a_stack_are_the_single_ones():
    stack = np.stack([BAND, 2.0 * BAND + 0.1])
    for method in METHODS:
        options = OPTIONS.get(method, {})
        found = baselines_of(X, stack, method, **options)
        assert found[1] == pytest.approx(baseline_of(X, stack[1], method, **options))


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("spline", {}, "no baseline 'spline'"),
        ("linear", {"lam": 1.0}, "has no option 'lam'"),
        ("linear", {"points": 150}, "150 points at each end"),
        ("polynomial", {}, "0 anchors for a polynomial of degree 2"),
        ("polynomial", {"anchors": (1300.0, 1410.0, 1500.0)}, "the anchor 1300 cm-1 lies outside"),
    ],
)
def test_an_impossible_baseline_is_refused(method, options, message):
    with pytest.raises(SettingsError, match=message):
        baseline_of(X, BAND, method, **options)


def test_a_baseline_that_does_not_settle_is_refused():
    with pytest.raises(FitError, match="does not settle"):
        baseline_of(X, BAND, "arpls", max_iter=1, tol=1e-12)


def test_masked_points_are_refused():
    with pytest.raises(FitError, match="spectrum 0 has a point that is not finite"):
        baseline_of(X, np.where(X == 1500.0, np.nan, BAND), "linear")


def acetone_window(celsius: int) -> tuple[np.ndarray, np.ndarray]:
    path = shared_data("ir", "acetone_pt_al2o3_tpd", f"T{celsius}C.csv")
    x, y = np.loadtxt(path, delimiter=",").T
    keep = (x > 1880.0) & (x < 2160.0)
    return x[keep], y[keep]


def test_the_acetone_window_gives_the_areas_of_peers():
    x, y = acetone_window(50)
    methods = ("linear", "rubberband", "arpls", "asls", "snip")
    options = {"linear": {"points": 8}, "snip": {"max_half_window": 60}}
    found = area_spread(x, y[None, :], methods, options)
    expected = [8.645, 8.769, 8.624, 8.601]
    assert found.values[:4, 0] == pytest.approx(expected, rel=0.005)
    assert [name for name, _ in found.excluded] == ["snip"]
    assert "off the median" in found.excluded[0][1]
    assert found.half_range[0] == pytest.approx(0.5 * (8.769 - 8.601), rel=0.03)
    assert found.sigma[0] == pytest.approx(found.half_range[0] / np.sqrt(3.0))


def test_a_vanishing_band_excludes_no_method():
    rng = np.random.default_rng(1)
    stack = np.outer([1.0, 0.5, 0.0, 0.0, 0.0], BAND) + rng.normal(0.0, 1e-3, (5, X.size))
    assert area_spread(X, stack, ("linear", "arpls")).excluded == ()


def test_one_baseline_is_no_spread():
    found = area_spread(X, BAND[None, :], ("linear",))
    assert found.reason == "1 of 1 baselines can be compared"
    assert np.isnan(found.half_range).all()
    failing = {"arpls": {"max_iter": 1, "tol": 1e-12}}
    found = area_spread(X, BAND[None, :], ("linear", "arpls"), failing)
    assert "does not settle" in dict(found.excluded)["arpls"]
    assert found.reason
