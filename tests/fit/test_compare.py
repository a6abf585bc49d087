"""Comparing fits: criteria, ratio tests, effective points, how many peaks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from spectrafit.errors import FitError
from spectrafit.fit import FitResult, Flag, Problem, fit
from spectrafit.fit.compare import (
    aicc_of,
    akaike_weights,
    bic_of,
    count_best,
    count_table,
    effective_count,
    ratio_test,
)
from spectrafit.lines import Component, Gaussian, Model, Polynomial
from spectrafit.spectrum import Spectrum

X = np.linspace(-5.0, 5.0, 121)


def peaks(count: int, sigma: bool = True, noise: float = 0.02) -> FitResult:
    rng = np.random.default_rng(3)
    true = Gaussian.function(X, -1.0, 1.5, 1.0)[0] + Gaussian.function(X, 1.2, 1.5, 0.5)[0]
    y = true + noise * rng.standard_normal(X.size)
    model: Component | Model = Polynomial(0, "base")
    start = {}
    for i, (center, height) in enumerate(((-0.8, 0.9), (1.0, 0.4), (3.0, 0.05))[:count]):
        model = model + Gaussian(f"p{i}")
        start |= {f"p{i}.center": center, f"p{i}.height": height}
    spectrum = Spectrum(X, y, np.full(X.size, noise) if sigma else None)
    return fit(Problem(spectrum, model, start=start))


def test_criteria_of_known_and_estimated_noise() -> None:
    known, estimated = peaks(2), peaks(2, sigma=False)
    k, n = known.nvary, known.ndata
    assert bic_of(known) == pytest.approx(known.chi2 + k * math.log(n))
    assert bic_of(known, 40.0) == pytest.approx(known.chi2 * 40 / n + k * math.log(40))
    assert bic_of(estimated) == pytest.approx(estimated.bic)
    assert aicc_of(estimated) == pytest.approx(estimated.aicc)
    assert aicc_of(known, float(k + 1)) is None


def test_white_residuals_count_fully_and_smooth_ones_by_their_correlation() -> None:
    rng = np.random.default_rng(5)
    counts = [effective_count(rng.standard_normal(2000)) for _ in range(20)]
    assert np.mean(counts) > 1900
    # an autoregressive chain of factor a keeps N (1 - a)/(1 + a) points
    for a in (0.5, 0.8):
        found = []
        for _ in range(20):
            chain = np.zeros(5000)
            for i, kick in enumerate(rng.standard_normal(5000)):
                chain[i] = a * chain[i - 1] + kick
            found.append(effective_count(chain))
        assert np.mean(found) == pytest.approx(5000 * (1 - a) / (1 + a), rel=0.08)
    assert effective_count(np.zeros(5)) == 5
    assert effective_count(np.ones(4)) == pytest.approx(1.0)
    assert effective_count(np.array([1.0])) == 1


def test_ratio_tests_follow_their_laws() -> None:
    """Of a straight line with a needless square term: p is uniform, by either law."""
    rng = np.random.default_rng(7)
    x = np.linspace(-1, 1, 15)
    p_values: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(40):
        y = 1 + x + 0.1 * rng.standard_normal(x.size)
        for known, found in p_values.items():
            spectrum = Spectrum(x, y, np.full(x.size, 0.1) if known else None)
            simple, rich = (fit(spectrum, Polynomial(degree, "base")) for degree in (1, 2))
            test = ratio_test(simple, rich)
            assert test.law == ("chi2" if known else "F")
            assert test.extra == 1
            found.append(test.p)
    for found in p_values.values():
        # three Monte Carlo errors of a uniform mean
        assert np.mean(found) == pytest.approx(0.5, abs=3 * 0.289 / math.sqrt(len(found)))


def test_ratio_test_by_hand() -> None:
    from scipy.stats import f

    simple, rich = peaks(1, sigma=False), peaks(2, sigma=False)
    ratio = (simple.chi2 - rich.chi2) / 3 / (rich.chi2 / rich.nfree)
    test = ratio_test(simple, rich)
    assert test.statistic == pytest.approx(ratio)
    assert test.p == pytest.approx(f.sf(ratio, 3, rich.nfree), abs=1e-12)


def test_ratio_tests_of_what_cannot_be_compared_are_refused() -> None:
    one, two = peaks(1), peaks(2)
    with pytest.raises(FitError, match="different data"):
        ratio_test(one, peaks(2, noise=0.03))
    with pytest.raises(FitError, match="different data"):
        ratio_test(peaks(1, sigma=False), two)
    with pytest.raises(FitError, match="no more parameters"):
        ratio_test(two, one)
    with pytest.raises(FitError, match="fits worse"):
        ratio_test(one, replace(two, chi2=2 * one.chi2))
    bare = peaks(2, sigma=False)
    with pytest.raises(FitError, match="nothing to judge"):
        ratio_test(peaks(1, sigma=False), replace(bare, ndata=bare.nvary))


def test_two_peaks_are_counted_as_two() -> None:
    table = count_table({1: peaks(1), 2: peaks(2), 3: peaks(3)})
    assert [row.count for row in table] == [1, 2, 3]
    assert table[0].gain is None
    assert table[1].gain == pytest.approx(table[0].bic - table[1].bic)
    assert count_best(table) == 2


def test_the_step_rule_wants_its_margin_and_no_flags() -> None:
    two, three = peaks(2), peaks(3)
    table = count_table({2: two, 3: replace(three, chi2=two.chi2 - 20 - 3 * math.log(two.ndata))})
    clean = [replace(row, flagged=False) for row in table]
    assert table[1].gain == pytest.approx(20.0)
    assert count_best(clean, margin=19.0) == 3
    assert count_best(clean, margin=21.0) == 2
    assert count_best([clean[0], replace(clean[1], flagged=True)]) == 2
    flagged = count_table({1: two, 2: replace(three, flags=(Flag.CONVERGED, Flag.AT_BOUND))})
    assert [row.flagged for row in flagged] == [False, True]


def test_a_larger_count_steps_over_one_that_does_not_pay_only_if_it_pays_for_both() -> None:
    one, two, three = (replace(peaks(1), chi2=chi2) for chi2 in (500.0, 499.0, 100.0))
    table = count_table({1: one, 2: two, 3: three})
    assert count_best(table) == 3
    assert count_best(table, margin=201.0) == 1
    faulty = count_table({1: one, 2: two, 3: three}, faulty=[3])
    assert count_best(faulty) == 1


def test_counts_need_fits_of_the_same_data() -> None:
    with pytest.raises(FitError, match="no fits"):
        count_table({})
    with pytest.raises(FitError, match="different data"):
        count_table({1: peaks(1), 2: peaks(2, noise=0.03)})


def test_akaike_weights_are_shares_of_the_evidence() -> None:
    fits = {f"{count} peaks": peaks(count) for count in (1, 2, 3)}
    weights = akaike_weights(fits)
    assert sum(weights.values()) == pytest.approx(1.0)
    assert weights["2 peaks"] > 0.7
    two, three = (aicc_of(fits[name]) for name in ("2 peaks", "3 peaks"))
    assert two is not None
    assert three is not None
    ratio = weights["3 peaks"] / weights["2 peaks"]
    assert ratio == pytest.approx(math.exp(-0.5 * (three - two)))
    # fewer independent points: less certain
    assert akaike_weights(fits, 20.0)["2 peaks"] < 1.0
    with pytest.raises(FitError, match="different data"):
        akaike_weights({"a": peaks(1), "b": peaks(1, noise=0.03)})
    with pytest.raises(FitError, match="no fits"):
        akaike_weights({})
    with pytest.raises(FitError, match="few points"):
        akaike_weights(fits, 5.0)
