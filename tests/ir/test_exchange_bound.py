"""What the width of a band says of the rate at which its state is left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit.figures import plot
from spectrafit.panel import TraceKind
from spectrafit_ir.charts.exchange_chart import exchange_chart
from spectrafit_ir.exchange_bound import width_bound
from spectrafit_ir.two_site import RATE_OF_WIDTH, coalescence_rate, rate_of_width, two_site_line

PAIR = (1485.0, 1556.0)


def maxima(k: float) -> list[float]:
    x = np.linspace(1450, 1590, 140_001)
    y = two_site_line(x, PAIR, k, k, 12.0)
    inner = (y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])
    return [float(one) for one in x[1:-1][inner]]


@pytest.mark.parametrize(("growth", "rate"), [(0.5, 4.7e10), (1.0, 9.4e10), (2.0, 1.9e11)])
def test_a_growth_of_the_width_is_a_rate(growth, rate):
    assert rate_of_width(growth) == pytest.approx(rate, rel=0.01)


def test_two_bands_become_one_at_the_known_rate():
    assert coalescence_rate(71.0) == pytest.approx(4.73e12, rel=1e-3)
    assert maxima(5e11) == pytest.approx([1485.45, 1555.55], abs=0.02)
    assert maxima(5e12) == pytest.approx([1520.5], abs=0.01)


@pytest.mark.parametrize(("k", "pull"), [(5e11, 0.45), (1e12, 1.3), (2e12, 4.5)])
def test_bands_are_pulled_together_as_stated(k, pull):
    assert maxima(k)[0] - 1485.0 == pytest.approx(pull, abs=0.07)


@pytest.mark.parametrize("k", [1e10, 5e11, 5e12])
def test_the_area_does_not_depend_on_the_rate(k):
    x = np.linspace(1520.5 - 1e5, 1520.5 + 1e5, 1_000_001)
    assert np.trapezoid(two_site_line(x, PAIR, k, k, 12.0), x) == pytest.approx(1.0, abs=1e-3)


def test_detailed_balance_sets_the_populations():
    x = np.linspace(1400, 1640, 24_001)
    slow = two_site_line(x, PAIR, 3e8, 1e8, 12.0)
    # three times faster out of A: A holds a quarter
    assert np.interp(1556, x, slow) / np.interp(1485, x, slow) == pytest.approx(3.0, rel=0.03)


@pytest.mark.parametrize("k", [1e10, 1e11, 3e11])
def test_slow_exchange_widens_a_band_by_the_rate_over_pi_c(k):
    # bands far apart: no overlap, only the width counts
    x = np.linspace(-100, 100, 200_001)
    y = two_site_line(x, (0.0, 5000.0), k, k, 12.0)
    above = x[y > y.max() / 2]
    assert np.ptp(above) - 12.0 == pytest.approx(k / RATE_OF_WIDTH, rel=1e-2, abs=3e-3)


def test_the_bound_states_its_assumptions_and_the_resolution():
    bound = width_bound(
        [300, 100, 200], [13.0, 12.0, 12.4], [0.05, 0.05, 0.05],
        resolution=1.0, separation=71.0, band="1485", partner="1556",
    )  # fmt: skip
    assert list(bound.T) == [200, 300]
    assert bound.growth_max[1] == pytest.approx(1.0 + 1.6449 * np.hypot(0.05, 0.05), abs=1e-3)
    assert bound.k_max[1] == pytest.approx(RATE_OF_WIDTH * bound.growth_max[1])
    assert bound.k_whole[1] == pytest.approx(RATE_OF_WIDTH * (13.0 + 1.6449 * 0.05), rel=1e-4)
    for word in ("at most", "1485", "1556", "same oscillator", "resolution of 1 cm-1", "100 K"):
        assert word in bound.sentence


def test_a_width_that_fell_gives_no_bound_below_what_error_and_resolution_allow():
    fell = width_bound([100, 200], [12, 11.7], [0.1, 0.1], resolution=0.01, separation=71)
    assert 0 < fell.growth_max[0] < 0.2
    assert not fell.cautions
    coarse = width_bound([100, 200], [12, 11.7], [0.1, 0.1], resolution=4.0, separation=71)
    assert coarse.growth_max[0] == 1.0
    assert "resolution" in coarse.cautions[0]


def test_a_bound_near_coalescence_says_so():
    wide = width_bound([100, 200], [12, 30], [0.1, 0.1], resolution=1.0, separation=71)
    assert any("slow exchange" in one for one in wide.cautions)


@given(growth=st.floats(-2, 5), error=st.floats(0.01, 1))
def test_the_limit_is_positive_and_above_the_one_sided_one(growth, error):
    sigma = error / np.sqrt(2)
    bound = width_bound(
        [100, 200], [12, 12 + growth], [sigma, sigma], resolution=1e-6, separation=71
    )
    assert bound.growth_max[0] > 0
    assert bound.growth_max[0] >= growth + 1.6448 * error - 1e-6


def test_the_limit_holds_in_95_of_100_draws():
    rng = np.random.default_rng(3)
    for truth, least in ((0.0, 0.999), (0.1, 0.95), (1.0, 0.94)):
        drawn = rng.normal([[12.0, 12.0 + truth]], 0.1, (1000, 2))
        held = [
            width_bound([1, 2], one, [0.1, 0.1], resolution=1e-6, separation=71).growth_max[0]
            >= truth
            for one in drawn
        ]
        assert np.mean(held) >= least - 0.01


@pytest.mark.parametrize(
    ("T", "width", "sigma", "resolution"),
    [
        ([100], [12], [0.1], 1.0),
        ([100, 100], [12, 13], [0.1, 0.1], 1.0),
        ([100, 200], [12, 13], [0.1, np.nan], 1.0),
        ([100, 200], [12, 13], [0.1, 0.0], 1.0),
        ([100, 200], [12, 13], [0.1, 0.1], 0.0),
        ([100, 200], [12], [0.1, 0.1], 1.0),
    ],
)
def test_what_allows_no_bound_is_refused(T, width, sigma, resolution):
    with pytest.raises(SettingsError):
        width_bound(T, width, sigma, resolution=resolution, separation=71)


def test_the_chart_shows_the_bound_over_the_data():
    x = np.arange(1420.0, 1621.0)
    rng = np.random.default_rng(1)
    areas = (3.0, 2.0)
    truth = sum(areas) * two_site_line(x, PAIR, 2e9, 3e9, 12.0)
    y = truth + rng.normal(0, 5e-4, x.size)
    bound = width_bound([105, 300], [12, 12.3], [0.1, 0.1], resolution=2, separation=71)
    chart = exchange_chart(
        x, y, 5e-4, bound, T=300, positions=PAIR, areas=areas, width=12.0, simulated=True
    )
    slow = next(one for one in chart.panels[0].traces if one.kind is TraceKind.REFERENCE)
    np.testing.assert_allclose(slow.y, truth, atol=2e-3)
    total = next(one for one in chart.panels[0].traces if one.kind is TraceKind.TOTAL)
    assert total.y.max() < slow.y.max()
    assert chart.simulated
    assert "same oscillator" in chart.caption
    assert plot(chart).axes
    with pytest.raises(SettingsError, match="no bound at 250 K"):
        exchange_chart(
            x, y, 5e-4, bound, T=250, positions=PAIR, areas=areas, width=12.0, simulated=True
        )
