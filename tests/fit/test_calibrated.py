"""Weak peaks: the alert on their errors, and intervals whose limits come from simulated spectra."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import FitResult, ParameterChange, Problem, fit
from spectrafit.fit.intervals import profile
from spectrafit.fit.profile.calibrated import calibrated_interval, value_test
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

X = np.linspace(-4.0, 4.0, 60)
PEAK = Gaussian("p") + Polynomial(0, "base")
TRUTH = {"p.center": 0.3, "p.fwhm": 1.6, "base.c0": 0.2}
BOUNDS = {
    "p.center": ParameterChange(start=0.1, min=-3.5, max=3.5),
    "p.fwhm": ParameterChange(start=1.5, min=0.3, max=6.0),
    "p.height": ParameterChange(start=0.8, min=0.0),
}


def peak(
    height: float, seed: int = 3, changes: dict[str, ParameterChange] | None = None
) -> Problem:
    """Return a peak so many times as high as the noise."""
    rng = np.random.default_rng(seed)
    y = PEAK.evaluate(X, TRUTH | {"p.height": 0.1 * height}) + 0.1 * rng.standard_normal(X.size)
    spectrum = Spectrum(X, y, np.full(X.size, 0.1))
    return Problem(spectrum, PEAK, parameters=BOUNDS | (changes or {}))


def codes(result: FitResult) -> list[str]:
    return [alert.code for alert in result.alerts("scan")]


def test_a_weak_peak_carries_the_alert_and_names_the_command() -> None:
    result = fit(peak(2.0))
    assert result.weak == ("p.height",)
    (alert,) = (one for one in result.alerts("scan") if one.code == "FIT-009")
    assert "spectrafit interval" in alert.do
    assert "--of p.height" in alert.do
    assert f"{result.value('p.height') / result.sigma('p.height'):.0f} times" in alert.text
    assert FitResult.from_json(result.to_json()).weak == result.weak


def test_a_strong_peak_and_one_of_held_shape_do_not() -> None:
    assert "FIT-009" not in codes(fit(peak(8.0)))
    held = {
        "p.center": ParameterChange(start=0.3, fixed=True),
        "p.fwhm": ParameterChange(start=1.6, fixed=True),
    }
    assert "FIT-009" not in codes(fit(peak(2.0, changes=held)))


def test_results_of_before_are_still_read() -> None:
    text = fit(peak(8.0)).to_json().replace('"weak": []', "").replace(",}", "}")
    assert (
        FitResult.from_json(text.rstrip().removesuffix("}").rstrip().rstrip(",") + "}").weak == ()
    )


def test_of_a_strong_peak_it_is_the_usual_interval() -> None:
    problem = peak(12.0)
    result = fit(problem)
    interval = calibrated_interval(problem, "p.height", result=result, seed=1, draws=59).interval
    for size in (interval.plus, interval.minus):
        # so few draws leave the place of an end uncertain by a tenth of the error
        assert size == pytest.approx(result.sigma("p.height"), rel=0.35)


def test_of_a_peak_as_high_as_the_noise_it_is_longer_and_holds_what_it_did_not_exclude() -> None:
    problem = peak(1.0)
    result = fit(problem)
    found = calibrated_interval(problem, "p.center", result=result, seed=1, draws=19)
    lower, upper = found.interval.lower, found.interval.upper
    assert lower is not None
    assert upper is not None
    assert upper - lower > 2.0 * result.sigma("p.center")
    assert upper - lower > 1.1 * float(np.diff(_profile_ends(problem, result))[0])
    kept = [value for value, p in found.tested.items() if p > 0.317]
    assert kept
    assert all(lower < value < upper for value in kept)


def _profile_ends(problem: Problem, result: FitResult) -> tuple[float, float]:
    interval = profile(problem, "p.center", result=result).interval
    assert interval.lower is not None
    assert interval.upper is not None
    return interval.lower, interval.upper


def test_a_test_depends_on_its_seed_alone() -> None:
    problem = peak(1.0)
    result = fit(problem)
    one, same, other = (
        value_test(problem, "p.center", 0.2, result=result, seed=seed, draws=19)
        for seed in (1, 1, 2)
    )
    assert one.draws.tolist() == same.draws.tolist() != other.draws.tolist()


def test_what_the_data_do_not_exclude_is_open() -> None:
    flat = peak(0.0, seed=4)
    interval = calibrated_interval(flat, "p.center", level=0.95, seed=2, draws=29).interval
    assert "not excluded up to the bound" in interval.lower_reason + interval.upper_reason


def test_a_bound_is_looked_at_itself_and_not_what_rounding_makes_of_it() -> None:
    changes = {"base.c0": ParameterChange(start=1e-3, max=5e-3)}
    for value in (0.0012418, 0.000493):
        level = Spectrum(X, np.full(X.size, value), np.full(X.size, 0.1))
        problem = Problem(level, Polynomial(0, "base"), parameters=changes)
        interval = calibrated_interval(problem, "base.c0", seed=1, draws=29).interval
        assert interval.upper_reason == "open: not excluded up to the bound 0.005"


def test_a_range_without_bounds_is_searched_by_doubling() -> None:
    interval = calibrated_interval(peak(4.0), "base.c0", seed=5, draws=29).interval
    assert interval.lower is not None
    assert interval.upper is not None
    assert interval.lower < interval.best < interval.upper


def test_what_cannot_be_tested_is_refused() -> None:
    problem = peak(2.0)
    with pytest.raises(SettingsError, match="no free parameter"):
        value_test(problem, "p.centre", 0.0, seed=1)
    with pytest.raises(SettingsError, match="outside its bounds"):
        value_test(problem, "p.center", 9.0, seed=1)
    with pytest.raises(SettingsError, match="draws"):
        calibrated_interval(problem, "p.center", level=0.99, seed=1, draws=9)
    with pytest.raises(SettingsError, match="level"):
        calibrated_interval(problem, "p.center", level=68.3, seed=1)
    both = Problem([*problem.data, *problem.data], PEAK, parameters=BOUNDS)
    with pytest.raises(FitError, match="one spectrum"):
        value_test(both, "p.center", 0.0, seed=1)
