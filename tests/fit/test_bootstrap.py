"""Bootstrap of the likelihood ratio: its law where that is known, and where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import ParameterChange, Problem, fit
from spectrafit.fit.bootstrap import RatioBootstrap, bootstrap_ratio
from spectrafit.fit.compare import ratio_test
from spectrafit.fit.search import deviances
from spectrafit.lines import Exponential, Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

X = np.linspace(-5.0, 5.0, 60)
ONE = Gaussian("p1") + Polynomial(0, "base")
TWO = Gaussian("p1") + Gaussian("p2") + Polynomial(0, "base")
FIRST = {
    "p1.center": ParameterChange(start=-1.0, min=-5.0, max=5.0),
    "p1.fwhm": ParameterChange(start=1.5, min=0.5, max=4.0),
    "p1.height": ParameterChange(start=0.8, min=0.0),
}
SECOND = FIRST | {
    "p2.center": ParameterChange(start=2.0, min=-5.0, max=5.0),
    "p2.fwhm": ParameterChange(equals="p1.fwhm"),
    "p2.height": ParameterChange(start=0.1, min=0.0),
}


def peak_problems(spectrum: Spectrum) -> tuple[Problem, Problem]:
    return Problem(spectrum, ONE, parameters=FIRST), Problem(spectrum, TWO, parameters=SECOND)


def peaks(second: float, seed: int, known: bool = True) -> Spectrum:
    y = Gaussian.function(X, -1.0, 1.5, 1.0)[0] + Gaussian.function(X, 2.0, 1.5, second)[0]
    noisy = y + 0.1 * np.random.default_rng(seed).standard_normal(X.size)
    return Spectrum(X, noisy, np.full(X.size, 0.1) if known else None)


def lines(seed: int, known: bool) -> tuple[Problem, Problem]:
    x = np.linspace(-1.0, 1.0, 9)
    y = 1.0 + x + 0.1 * np.random.default_rng(seed).standard_normal(x.size)
    spectrum = Spectrum(x, y, np.full(x.size, 0.1) if known else None)
    return Problem(spectrum, Polynomial(1, "base")), Problem(spectrum, Polynomial(2, "base"))


@pytest.mark.parametrize("known", [True, False])
def test_of_regular_models_it_is_the_tabulated_law(known):
    null, rich = lines(1, known)
    found = bootstrap_ratio(null, rich, seed=2, draws=1999, searches=0)
    assert found.failed == 0
    table = ratio_test(fit(null), fit(rich))
    assert found.p == pytest.approx(table.p, abs=3.0 * found.p_sigma)
    if known:
        assert found.observed == pytest.approx(table.statistic, abs=1e-6)
        law = stats.chi2(1)
    else:
        # N ln(1 + F/(N - k)) of Fisher's F
        assert found.observed == pytest.approx(9.0 * np.log1p(table.statistic / 6.0), rel=1e-5)
        law = stats.f(1, 6)
    drawn = found.draws if known else 6.0 * np.expm1(found.draws / 9.0)
    assert stats.kstest(drawn, law.cdf).pvalue > 0.01
    exact = law.ppf(0.95) if known else 9.0 * np.log1p(law.ppf(0.95) / 6.0)
    assert found.critical(0.05) == pytest.approx(exact, rel=0.15)


def test_p_is_uniform_when_the_null_model_is_true():
    """No second peak: no law is tabulated, p of the bootstrap is uniform on k/20; bands of 3 sigma."""
    count, draws = 20, 19
    values = []
    for seed in range(count):
        null, rich = peak_problems(peaks(0.0, seed, known=seed % 2 == 0))
        values.append(bootstrap_ratio(null, rich, seed=seed, draws=draws, searches=2).p)
    middles = np.array(values) - 0.5 / (draws + 1)
    assert stats.kstest(middles, "uniform").pvalue > 0.0027
    assert abs(middles.mean() - 0.5) < 3.0 / np.sqrt(12.0 * count)


@pytest.mark.parametrize("known", [True, False])
def test_a_true_second_peak_is_found(known):
    null, rich = peak_problems(peaks(0.35, 3, known))
    found = bootstrap_ratio(null, rich, seed=1, draws=99, searches=4)
    assert found.p == pytest.approx(0.01)
    assert found.exceeding == 0
    assert found.p_sigma == pytest.approx(np.sqrt(0.01 * 0.99 / 100.0))
    assert found.observed > found.critical(0.05)
    assert found.alternative.value("p2.height") == pytest.approx(0.35, abs=0.15)
    assert found.p_most == found.p
    assert found.statistic == ("fall of chi2" if known else "N ln(chi2/chi2)")


def test_the_seed_decides_and_the_engine_does_not():
    null, rich = peak_problems(peaks(0.1, 4))
    first, again, singly = (
        bootstrap_ratio(null, rich, seed=7, draws=9, searches=1, engine=engine)
        for engine in ("batch", "batch", "scipy")
    )
    assert first.draws.tolist() == again.draws.tolist()
    assert singly.draws == pytest.approx(first.draws, rel=1e-4, abs=1e-4)
    other = bootstrap_ratio(null, rich, seed=8, draws=9, searches=1)
    assert first.draws.tolist() != other.draws.tolist()


def test_counts_are_judged_by_their_deviance():
    rng = np.random.default_rng(5)
    y = 15.0 + 60.0 * Gaussian.function(X, -1.0, 1.5, 1.0)[0]
    y += 40.0 * Gaussian.function(X, 2.0, 1.5, 1.0)[0]
    spectrum = Spectrum(X, rng.poisson(y).astype(float), y_unit="counts")
    high = {"p1.height": ParameterChange(start=50.0, min=0.0)}
    second = SECOND | high | {"p2.height": ParameterChange(start=10.0, min=0.0)}
    floor = {"base.c0": ParameterChange(start=10.0, min=1.0)}
    null = Problem(spectrum, ONE, parameters=FIRST | high | floor)
    rich = Problem(spectrum, TWO, parameters=second | floor)
    found = bootstrap_ratio(null, rich, seed=1, draws=39, searches=2, counts=True)
    assert found.statistic == "fall of the deviance"
    assert found.p == pytest.approx(1.0 / 40.0)
    counts, model = np.array([[0.0, 3.0, 7.0]]), np.array([[0.5, 2.0, 9.0]])
    best = stats.poisson.logpmf(counts, counts).sum()
    lacking = 2.0 * (best - stats.poisson.logpmf(counts, model).sum())
    assert deviances(counts, model)[0] == pytest.approx(lacking)
    assert deviances(counts, model - 1.0)[0] == np.inf


def test_models_that_are_not_nested_are_compared_too():
    x = np.linspace(0.0, 4.0, 40)
    y = 2.0 * np.exp(-x / 1.3) + 0.05 * np.random.default_rng(6).standard_normal(x.size)
    spectrum = Spectrum(x, y, np.full(x.size, 0.05))
    decay = Exponential("decay")
    start = dict(zip(decay.parameter_names, (1.5, -1.0), strict=True))
    line = Problem(spectrum, Polynomial(1, "base"))
    curve = Problem(spectrum, decay, start=start)
    against_line = bootstrap_ratio(line, curve, seed=1, draws=49, searches=2)
    against_curve = bootstrap_ratio(curve, line, seed=1, draws=49, searches=0)
    assert against_line.p == pytest.approx(0.02)
    assert against_curve.observed < 0.0
    assert against_curve.p > 0.05


def test_draws_that_do_not_count_are_told_with_their_reason():
    null, rich = (fit(problem) for problem in lines(1, known=True))
    found = RatioBootstrap(
        4.0, np.array([5.0, 1.0, 2.0]), 5, {"null: call limit": 2}, null, rich, "fall of chi2"
    )
    assert found.draws.tolist() == [1.0, 2.0, 5.0]
    assert (found.exceeding, found.failed) == (1, 2)
    assert found.p == pytest.approx(2.0 / 4.0)
    assert found.p_most == pytest.approx(4.0 / 6.0)
    with pytest.raises(SettingsError, match="draw more"):
        found.critical(0.01)


def test_what_cannot_be_compared_is_refused():
    null, rich = peak_problems(peaks(0.0, 1))
    elsewhere = peak_problems(peaks(0.0, 2))[1]
    with pytest.raises(FitError, match="different data"):
        bootstrap_ratio(null, elsewhere, seed=1)
    two = Problem([peaks(0.0, 1), peaks(0.0, 2)], ONE, parameters=FIRST)
    with pytest.raises(FitError, match="several spectra"):
        bootstrap_ratio(two, two, seed=1)
    with pytest.raises(SettingsError, match="draws is 0"):
        bootstrap_ratio(null, rich, seed=1, draws=0)
    with pytest.raises(SettingsError, match="no free parameter"):
        bootstrap_ratio(null, rich, seed=1, starts=[{"p2.fwhm": 1.0}])
