"""A two-state equilibrium from bands: what the data tell of dH, and when they tell nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import FitError, SettingsError
from spectrafit_ir.charts.population_charts import dH_chart, fraction_chart
from spectrafit_ir.population.anchors import KnownEntropy, KnownPopulation
from spectrafit_ir.population.band_series import BandSeries, band_series
from spectrafit_ir.population.end_members import BandEnds, FixedEnd, LinearEnd
from spectrafit_ir.population.fisher import expected_error
from spectrafit_ir.population.profile_dh import dH_places, profile_dH
from spectrafit_ir.population.progress import progress_of
from spectrafit_ir.population.van_t_hoff import fraction, two_state_problem
from spectrafit_ir.population.verdict import VantHoff, Verdict, interval_text, van_t_hoff

pytestmark = pytest.mark.xdist_group("van-t-hoff")

NARROW = np.arange(105.0, 301.0, 5.0)
WIDE = np.arange(20.0, 601.0, 20.0)
KNOWN = BandEnds(FixedEnd(0.0), FixedEnd(1.0))


def series(
    T: np.ndarray, dH: float = 3000.0, T_half: float = 200.0, sigma: float = 0.01, seed: int = -1
) -> BandSeries:
    """One band that grows from 0 to 1, free of noise or with it."""
    values = fraction(T, dH, T_half)
    if seed >= 0:
        values = values + sigma * np.random.default_rng(seed).normal(size=T.size)
    return band_series(T, values, sigma=np.full(T.size, sigma), names=("1556",))


@cache
def narrow(seed: int = -1) -> VantHoff:
    """Return what the paper's window tells, computed once for several tests."""
    return van_t_hoff(series(NARROW, seed=seed))


def test_the_end_members_are_found_exactly_at_the_truth() -> None:
    f = fraction(WIDE, 3000.0, 200.0)
    bands = np.column_stack([2.0 - 1.5 * f, 0.3 + 0.2 * f])
    problem = two_state_problem(band_series(WIDE, bands, sigma=0.01 + 0 * bands))
    assert problem.chi2([3000.0], [200.0])[0] < 1e-18
    cold, warm = problem.end_members(3000.0, 200.0)
    np.testing.assert_allclose(cold[0], [2.0, 0.3], rtol=1e-9)
    np.testing.assert_allclose(warm[0], [0.5, 0.5], rtol=1e-9)
    np.testing.assert_allclose(problem.signals(3000.0, 200.0), bands, atol=1e-9)


def test_ends_that_drift_are_found_exactly_too() -> None:
    f = fraction(WIDE, 3000.0, 200.0)
    band = (1.0 + 1e-4 * WIDE) * (1.0 - f) + (0.5 - 2e-4 * WIDE) * f
    problem = two_state_problem(band_series(WIDE, band, sigma=0.01 + 0 * band), drift=True)
    cold, warm = problem.end_members(3000.0, 200.0)
    np.testing.assert_allclose(cold[:, 0], 1.0 + 1e-4 * WIDE, rtol=1e-8)
    np.testing.assert_allclose(warm[:, 0], 0.5 - 2e-4 * WIDE, rtol=1e-8)


@settings(max_examples=15, deadline=None)
@given(
    dH=st.floats(1500.0, 9000.0),
    T_half=st.floats(140.0, 280.0),
    scale=st.floats(-50.0, 50.0).filter(lambda one: abs(one) > 0.1),
    offset=st.floats(-10.0, 10.0),
)
def test_chi2_does_not_depend_on_the_affine_map_of_the_signal(
    dH: float, T_half: float, scale: float, offset: float
) -> None:
    base = series(NARROW, seed=3)
    mapped = band_series(
        NARROW, offset + scale * base.values, sigma=np.full(NARROW.size, 0.01 * abs(scale))
    )
    found, other = (two_state_problem(one).chi2([dH], [T_half])[0] for one in (base, mapped))
    assert other == pytest.approx(found, rel=1e-7)


@pytest.mark.parametrize(("dH", "T_half"), [(1500.0, 120.0), (3000.0, 200.0), (20e3, 250.0)])
def test_the_search_along_T_half_finds_the_least_of_a_fine_grid(dH: float, T_half: float) -> None:
    problem = two_state_problem(series(NARROW, dH, T_half, seed=1))
    for trial in (0.4 * dH, dH, 2.5 * dH):
        found = problem.least([trial])
        grid = np.geomspace(20.0, 5000.0, 20001)
        finest = problem.chi2(np.full(grid.size, trial), grid).min()
        assert found.chi2[0] <= finest + 1e-6


def test_the_profile_gives_back_the_linear_error_where_that_is_small() -> None:
    problem = two_state_problem(series(WIDE), KNOWN)
    profile = profile_dH(problem)
    minus, plus = profile.interval.minus, profile.interval.plus
    assert minus is not None
    assert plus is not None
    assert profile.sigma == pytest.approx(expected_error(problem, 3000.0, 200.0)[0], rel=0.01)
    assert 0.5 * (minus + plus) == pytest.approx(1.96 * profile.sigma, rel=0.01)
    assert profile.T_half == pytest.approx(200.0, abs=0.01)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(16):
        interval = profile_dH(two_state_problem(series(NARROW, 5000.0, seed=seed))).interval
        held += interval.contains(5000.0)
    assert held >= 13  # 15 expected; below 13 once in 140 times


def test_a_wide_window_identifies_and_the_papers_window_does_not() -> None:
    wide = van_t_hoff(series(WIDE, seed=0))
    assert wide.verdict is Verdict.IDENTIFIED
    assert wide.headline
    assert wide.constant.interval.contains(3000.0)
    short = narrow(seed=0)
    assert not short.headline
    assert "up to an affine map" in short.sentence
    assert interval_text(short.constant) in short.sentence


def test_an_interval_open_on_one_side_is_a_bound_and_says_which() -> None:
    step = van_t_hoff(series(np.arange(100.0, 201.0, 10.0), 400e3, 155.0, seed=0))
    assert (step.verdict, step.side) == (Verdict.BOUNDED, "lower")
    assert step.bounds[0] is not None
    assert step.bounds[0] < 400e3
    assert step.bounds[1] is None
    line = van_t_hoff(series(NARROW, 3000.0, sigma=0.01, seed=2))
    assert (line.verdict, line.side) == (Verdict.BOUNDED, "upper")
    assert line.bounds[1] is not None
    assert line.bounds[1] > 3000.0


def test_a_line_in_temperature_identifies_nothing() -> None:
    T = np.arange(200.0, 301.0, 10.0)
    band = band_series(T, 1.0 + 1e-3 * T, sigma=np.full(T.size, 0.01))
    assert van_t_hoff(band).verdict is Verdict.NOT_IDENTIFIED


def test_drifting_ends_are_never_taken_for_an_identified_enthalpy() -> None:
    f = fraction(NARROW, 3000.0, 200.0)
    band = (1.0 - f) * (0.2 + 5e-4 * NARROW) + f * (1.0 - 8e-4 * NARROW)
    noise = 0.002 * np.random.default_rng(1).normal(size=NARROW.size)
    found = van_t_hoff(band_series(NARROW, band + noise, sigma=np.full(NARROW.size, 0.002)))
    assert found.verdict is not Verdict.IDENTIFIED


@pytest.mark.parametrize(
    ("ends", "anchors", "named"),
    [
        (BandEnds(), (KnownPopulation(300.0, 0.646, 0.01, "Mössbauer"),), "Mössbauer"),
        (BandEnds(), (KnownEntropy(15.0, 0.5, "calorimetry"),), "calorimetry"),
        (BandEnds(warm=FixedEnd(1.0, 0.02, "[ZnCo]")), (), "[ZnCo]"),
    ],
    ids=["population", "entropy", "end"],
)
def test_an_anchor_narrows_the_interval_and_is_named(
    ends: BandEnds,
    anchors: tuple[KnownPopulation | KnownEntropy, ...],
    named: str,
) -> None:
    free = narrow()
    anchored = van_t_hoff(series(NARROW), ends, anchors=anchors)
    assert free.constant.sigma > 2.5 * anchored.constant.sigma
    assert anchored.constant.interval.contains(3000.0)
    assert any(named in text for text in anchored.anchors)
    assert named in anchored.sentence
    assert "anchors: none" in free.sentence


def test_an_end_known_to_hold_is_exact_at_no_error_and_free_at_a_large_one() -> None:
    band = series(NARROW)
    free, exact, loose, tight = (
        expected_error(two_state_problem(band, BandEnds(warm=warm)), 3000.0, 200.0)[0]
        for warm in (
            BandEnds().warm, FixedEnd(1.0), FixedEnd(1.0, 1e3), FixedEnd(1.0, 1e-6)
        )
    )  # fmt: skip
    assert loose == pytest.approx(free, rel=1e-6)
    assert tight == pytest.approx(exact, rel=1e-6)


def test_an_end_known_at_one_temperature_may_drift_from_there() -> None:
    band = series(WIDE)
    always = two_state_problem(band, BandEnds(warm=FixedEnd(1.0)), drift=True)
    at_one = two_state_problem(band, BandEnds(warm=FixedEnd(1.0, T=300.0)), drift=True)
    assert at_one.unknowns == always.unknowns + 1
    assert at_one.end_members(2000.0, 200.0)[1][WIDE == 300.0, 0] == pytest.approx(1.0)
    linear = two_state_problem(band, BandEnds(LinearEnd(), LinearEnd()))
    assert linear.unknowns == 4


def test_a_scale_error_of_the_row_cancels_between_two_bands_but_not_in_one() -> None:
    T = np.tile(np.arange(90.0, 301.0, 10.0), 2)
    f = fraction(T, 4000.0, 250.0)
    both = np.column_stack([1.0 - f, f])
    pair = band_series(T, both, sigma=np.full(both.shape, 0.0025), names=("1485", "1556"))
    alone = band_series(T, both[:, 0], sigma=np.full(T.size, 0.0025), names=("1485",))
    clean = van_t_hoff(pair).constant.sigma
    assert van_t_hoff(pair, scale_sigma=0.04).constant.sigma < 2.0 * clean
    assert van_t_hoff(alone, scale_sigma=0.04).constant.sigma > 5.0 * clean


def test_one_covariance_of_all_values_says_what_blocks_of_rows_say() -> None:
    T = np.arange(90.0, 301.0, 10.0)
    f = fraction(T, 4000.0, 250.0)
    both = np.column_stack([1.0 - f, f])
    blocks = np.broadcast_to([[4e-4, 1e-4], [1e-4, 2e-4]], (T.size, 2, 2))
    whole = np.zeros((2 * T.size, 2 * T.size))
    for row in range(T.size):
        whole[2 * row : 2 * row + 2, 2 * row : 2 * row + 2] = blocks[row]
    first, second = (
        band_series(T, both, covariance=one).with_scale_error(0.03, both) for one in (blocks, whole)
    )
    chi2 = [two_state_problem(one).chi2([2500.0], [220.0])[0] for one in (first, second)]
    assert chi2[1] == pytest.approx(chi2[0], rel=1e-9)
    progress = [progress_of(one, "band 1") for one in (first, second)]
    np.testing.assert_allclose(progress[1].covariance, progress[0].covariance, atol=1e-15)


def test_estimated_noise_widens_the_interval_and_leaves_the_law_untested() -> None:
    band = series(WIDE, sigma=0.01, seed=4)
    small = band_series(WIDE, band.values, sigma=np.full(WIDE.size, 0.002))
    known = van_t_hoff(band)
    estimated = van_t_hoff(small, noise="estimated")
    # 26 degrees of freedom give the noise to 14 %
    assert estimated.constant.interval.plus == pytest.approx(known.constant.interval.plus, rel=0.45)
    assert "not tested" in estimated.sentence
    assert van_t_hoff(small).misfit
    assert van_t_hoff(small).verdict is Verdict.NOT_IDENTIFIED


def test_a_step_in_the_window_and_too_few_temperatures_are_refused() -> None:
    band = series(NARROW)
    with pytest.raises(SettingsError, match="step between 150 and 155 K"):
        van_t_hoff(band, brackets=[(150.0, 155.0)])
    van_t_hoff(series(np.arange(105.0, 301.0, 20.0)), brackets=[(95.0, 105.0)])
    with pytest.raises(SettingsError, match="4 different temperatures"):
        van_t_hoff(series(np.tile([100.0, 150.0, 200.0, 250.0], 3)))


def test_too_few_values_for_linear_ends_give_no_identified_enthalpy() -> None:
    found = van_t_hoff(series(np.array([20.0, 120.0, 200.0, 300.0, 500.0]), sigma=1e-4))
    assert found.linear is None
    assert "5 values for 6 unknowns" in found.linear_reason
    assert found.verdict is not Verdict.IDENTIFIED


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: band_series([1, 2], [1, np.nan], sigma=[1, 1]), "no signal, the first at 2 K"),
        (lambda: band_series([0, 2], [1, 1], sigma=[1, 1]), "not above 0 K"),
        (lambda: band_series([1, 2], [1, 1]), "errors once"),
        (lambda: band_series([1, 2], [1, 1], sigma=[1, 0]), "above 0"),
        (lambda: band_series([1, 2], [1, 1, 1], sigma=[1, 1]), "do not belong together"),
        (lambda: band_series([1, 2], [1, 1], covariance=np.ones((2, 2))), "positive definite"),
        (lambda: band_series([1, 2], [1, 1], covariance=np.ones((3, 3))), "shape"),
        (lambda: band_series([1, 2], [1, 1], sigma=[1, 1], names="ab"), "2 names for 1"),
        (lambda: FixedEnd(np.nan), "fixed end member"),
        (lambda: KnownPopulation(100.0, 1.2, 0.1), "fraction from 0 to 1"),
        (lambda: KnownEntropy(10.0, 0.0), "above 0"),
        (lambda: profile_dH(two_state_problem(series(NARROW)), places=[-1, 1, 2, 3, 4]), "above 0"),
        (lambda: two_state_problem(series(NARROW), [BandEnds()] * 2), "2 pairs"),
        (lambda: van_t_hoff(series(NARROW), scale_sigma=-1.0), "scale"),
        (lambda: dH_places([100.0, 100.0]), "one temperature"),
    ],
)
def test_impossible_input_is_refused_in_words(act: Callable[[], object], told: str) -> None:
    with pytest.raises((SettingsError, FitError), match=told):
        act()


def test_both_charts_show_what_was_found() -> None:
    found = narrow(seed=0)
    profile = dH_chart(found, simulated=True)
    drawn = {trace.label: trace for trace in profile.panels[0].traces}
    line = drawn["rise of 3.84: 95 %"]
    assert line.y == pytest.approx(3.8415, abs=1e-3)
    curve = drawn["constant end members"]
    assert curve.y.min() < 0.01
    inside = curve.x[curve.y <= 3.8415] * 1000.0
    lower, upper = found.constant.interval.lower, found.constant.interval.upper
    assert lower is not None
    assert upper is not None
    assert inside.min() == pytest.approx(lower, rel=0.05)
    assert inside.max() == pytest.approx(upper, rel=0.05)
    assert found.sentence in profile.caption
    assert profile.simulated
    fractions = fraction_chart(found, progress_of(found.series, "1556"), simulated=True)
    above, below = fractions.panels
    at_end = [trace.y[-1] for trace in above.traces]
    assert max(at_end) - min(at_end) > 0.2
    laws = [trace.y for trace in below.traces[1:]]
    assert np.ptp(laws, axis=0).max() < 0.05
