"""Single fits: engines agree, starts and bounds are handled, faults are flagged or refused."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import FitResult, Flag, ParameterChange, Problem, fit
from spectrafit.lines import (
    ErfStep,
    Exponential,
    Function,
    Gaussian,
    Lorentzian,
    Pearson7,
    Polynomial,
)
from spectrafit.spectrum import FloatArray, Spectrum


def change(**fields: object) -> ParameterChange:
    return ParameterChange(**fields)  # type: ignore[arg-type]


def preedge(seed: int, offset: float = 0.0) -> tuple[Problem, dict[str, float]]:
    """Three Pearson VII on an erf edge and a line: 150 points, 14 bounded parameters."""
    rng = np.random.default_rng(seed)
    x = np.linspace(-4.0, 9.0, 150)
    edge, base = ErfStep("edge"), Polynomial(1, "base", origin=offset)
    model = Pearson7("p1") + Pearson7("p2") + Pearson7("p3") + edge + base
    truth: dict[str, float] = {}
    changes: dict[str, ParameterChange] = {}
    start: dict[str, float] = {}

    def put(name: str, true: float, guess: float, low: float, high: float) -> None:
        truth[name] = true
        start[name] = float(np.clip(guess, low + 1e-6, high - 1e-6))
        changes[name] = change(min=low, max=high)

    for i, center in enumerate((1.4, 2.9, 4.7), 1):
        value = offset + center + rng.uniform(-0.15, 0.15)
        guess = value + rng.uniform(-0.35, 0.35)
        put(f"p{i}.center", value, guess, offset + center - 1.2, offset + center + 1.2)
        value = rng.uniform(1.0, 1.8)
        put(f"p{i}.fwhm", value, value * np.exp(rng.uniform(-0.35, 0.35)), 0.4, 4.0)
        value = rng.uniform(0.03, 0.09)
        put(f"p{i}.height", value, value * np.exp(rng.uniform(-0.6, 0.6)), 0.0, 1.0)
        truth[f"p{i}.exponent"] = start[f"p{i}.exponent"] = 1.5
    value = offset + rng.uniform(10.0, 11.0)
    put("edge.center", value, value + rng.uniform(-0.6, 0.6), offset + 8.0, offset + 14.0)
    put("edge.width", rng.uniform(3.0, 4.0), 3.5, 1.0, 8.0)
    put("edge.height", rng.uniform(0.8, 1.1), 0.95, 0.1, 3.0)
    put("base.c1", rng.uniform(-0.001, 0.002), 0.0, -0.05, 0.05)
    put("base.c0", rng.uniform(-0.01, 0.02), 0.0, -0.2, 0.2)
    y = model.evaluate(x + offset, truth) + 4e-4 * rng.standard_normal(x.size)
    spectrum = Spectrum(x + offset, y, np.full(x.size, 4e-4))
    return Problem(spectrum, model, start=start, parameters=changes), truth


def distance(one: FitResult, other: FitResult) -> float:
    """Largest difference of two fits in standard errors."""
    free = np.array(one.free)
    sigma = np.sqrt(np.diag(one.covariance))[free]
    assert (sigma > 0).all()
    return float(np.abs((one.values - other.values)[free] / sigma).max())


@pytest.mark.parametrize("seed", range(8))
def test_the_engines_agree_on_pre_edges(seed: int) -> None:
    problem, truth = preedge(seed)
    ours, peer = fit(problem), fit(problem, engine="lmfit")
    assert ours.flags == peer.flags == (Flag.CONVERGED,)
    assert ours.chi2 == pytest.approx(peer.chi2, rel=1e-6)
    assert distance(ours, peer) < 0.01
    assert ours.redchi < 1.5
    for name in problem.free_names:
        error = ours.sigma(name)
        assert error is not None
        assert abs(ours.value(name) - truth[name]) < 5 * error
        assert error == pytest.approx(peer.sigma(name), rel=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_absolute_energies_change_nothing_but_the_centres(seed: int) -> None:
    near, far = fit(preedge(seed)[0]), fit(preedge(seed, 7112.0)[0])
    assert far.chi2 == pytest.approx(near.chi2, rel=1e-6)
    assert np.diag(far.covariance) == pytest.approx(np.diag(near.covariance), rel=1e-4)


def test_a_cubic_in_absolute_energies_is_determined() -> None:
    """A far origin makes 1, x, x^2, x^3 almost parallel; that is no lack of information."""
    rng = np.random.default_rng(3)
    x = np.linspace(7100.0, 7112.0, 60)
    sigma = np.full(x.size, 1e-3)
    shape = Polynomial(3, "base", origin=7106.0)
    true = dict(zip(shape.parameter_names, (1.0, 0.02, -0.003, 0.0004), strict=True))
    y = shape.evaluate(x, true) + sigma * rng.standard_normal(x.size)
    spectrum = Spectrum(x, y, sigma)
    near, far = fit(spectrum, shape), fit(spectrum, Polynomial(3, "base"))
    assert far.flags == (Flag.CONVERGED,)
    # terms of 1e8 leave a rounding of 3e-8 in each point
    assert far.chi2 == pytest.approx(near.chi2, rel=1e-4)
    assert far.sigma("base.c3") == pytest.approx(near.sigma("base.c3"), rel=1e-5)
    # but the value of the far polynomial is a difference of enormous terms, and says so
    _, error, reason = far.propagate(
        lambda v: sum(v[f"base.c{k}"] * 7106.0**k for k in range(4)),
        {f"base.c{k}": 7106.0**k for k in range(4)},
    )
    assert error is None
    assert reason == "lost to rounding"


@pytest.mark.parametrize("engine", ["scipy", "lmfit"])
def test_a_start_at_the_midpoint_of_symmetric_bounds_does_not_freeze(engine: str) -> None:
    rng = np.random.default_rng(4)
    x = np.linspace(-5.0, 5.0, 101)
    for _ in range(30):
        center = rng.uniform(-1.5, 1.5)
        y = Lorentzian.function(x, center, 1.2, 1.0)[0] + 0.02 * rng.standard_normal(x.size)
        middle, half = rng.uniform(-0.3, 0.3), rng.uniform(2.0, 4.0)
        bounds = {"p.center": change(start=middle, min=middle - half, max=middle + half)}
        spectrum = Spectrum(x, y, np.full(x.size, 0.02))
        result = fit(Problem(spectrum, Lorentzian("p"), parameters=bounds), engine=engine)
        assert result.flags == (Flag.CONVERGED,)
        error = result.sigma("p.center")
        assert error is not None
        assert abs(result.value("p.center") - center) < 5 * error


@pytest.mark.parametrize("engine", ["scipy", "lmfit"])
def test_starts_on_their_bounds_leave_them(engine: str) -> None:
    x = np.linspace(-5.0, 5.0, 101)
    y = Gaussian.function(x, 0.7, 1.5, 3e5)[0] + 2e4
    sigma = np.sqrt(y)
    problem = Problem(
        Spectrum(x, y, sigma),
        Gaussian("p") + Polynomial(0, "base"),
        start={"p.height": 0.0, "p.center": -0.3, "base.c0": 0.0},
        parameters={
            "p.height": change(min=0.0),
            "p.center": change(min=-0.3, max=2.0),
            "base.c0": change(min=0.0),
        },
    )
    result = fit(problem, engine=engine)
    assert result.flags == (Flag.CONVERGED,)
    assert result.values == pytest.approx([0.7, 1.5, 3e5, 2e4], rel=1e-8)
    assert result.starts.tolist() == [-0.3, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("engine", ["scipy", "lmfit"])
def test_a_parameter_pushed_onto_its_bound_is_held_there(engine: str) -> None:
    rng = np.random.default_rng(5)
    x = np.linspace(-5.0, 5.0, 101)
    y = Gaussian.function(x, 0.0, 1.5, 1.0)[0] + 0.01 * rng.standard_normal(x.size)
    spectrum = Spectrum(x, y, np.full(x.size, 0.01))
    bounded = {"p.fwhm": change(start=1.0, min=0.5, max=1.2)}
    result = fit(Problem(spectrum, Gaussian("p"), parameters=bounded), engine=engine)
    assert result.value("p.fwhm") == 1.2
    assert result.at_bound == ("p.fwhm",)
    assert result.sigma("p.fwhm") is None
    assert result.sigma_reason("p.fwhm") == "at bound"
    assert Flag.AT_BOUND in result.flags
    held = {"p.fwhm": change(start=1.2, fixed=True)}
    alone = fit(Problem(spectrum, Gaussian("p"), parameters=held))
    assert result.chi2 == pytest.approx(alone.chi2, rel=1e-9)
    assert result.sigma("p.height") == pytest.approx(alone.sigma("p.height"))
    _, error, reason = result.propagate(Gaussian("p").area)
    assert (error, reason) == (None, "p.fwhm: at bound")


@pytest.mark.parametrize("start", [0.0, 0.3, 1e-12])
@pytest.mark.parametrize("engine", ["scipy", "lmfit"])
def test_a_height_that_would_be_negative_ends_on_zero(engine: str, start: float) -> None:
    rng = np.random.default_rng(6)
    x = np.linspace(-5.0, 5.0, 101)
    y = 1.0 - Gaussian.function(x, 0.0, 1.5, 0.2)[0] + 0.01 * rng.standard_normal(x.size)
    shape = {"p.center": change(fixed=True), "p.fwhm": change(fixed=True)}
    bounds = {**shape, "p.height": change(start=start, min=0.0)}
    spectrum = Spectrum(x, y, np.full(x.size, 0.01))
    model = Gaussian("p") + Polynomial(0, "base")
    result = fit(Problem(spectrum, model, parameters=bounds), engine=engine)
    assert result.value("p.height") == 0.0
    assert result.sigma_reason("p.height") == "at bound"
    assert result.sigma("base.c0") == pytest.approx(0.01 / np.sqrt(101))


def test_a_gaussian_takes_a_free_pearson_exponent_to_its_bound() -> None:
    rng = np.random.default_rng(2)
    x = np.linspace(-6.0, 6.0, 120)
    y = Gaussian.function(x, 0.3, 1.7, 1.0)[0] + 0.003 * rng.standard_normal(x.size)
    spectrum = Spectrum(x, y, np.full(x.size, 0.003))
    free = {"p.exponent": change(fixed=False)}
    result = fit(Problem(spectrum, Pearson7("p"), parameters=free))
    gaussian = fit(spectrum, Gaussian("p"))
    assert result.at_bound == ("p.exponent",)
    assert result.value("p.fwhm") == pytest.approx(gaussian.value("p.fwhm"), rel=1e-5)
    assert result.sigma("p.fwhm") == pytest.approx(gaussian.sigma("p.fwhm"), rel=1e-4)


def test_the_call_limit_is_flagged_also_where_all_is_on_bounds() -> None:
    x = np.linspace(-5.0, 5.0, 101)
    spectrum = Spectrum(x, -x, np.full(x.size, 0.01))
    bounds = {"p.c1": change(start=0.0, min=0.0), "p.c0": change(fixed=True)}
    problem = Problem(spectrum, Polynomial(1, "p"), parameters=bounds)
    assert Flag.CALL_LIMIT in fit(problem, max_evaluations=1).flags


def test_what_is_tied_to_a_bound_parameter_has_no_error_either() -> None:
    x = np.linspace(-5.0, 5.0, 101)
    y = Gaussian.function(x, -1.0, 1.5, 1.0)[0] + Gaussian.function(x, 1.0, 1.5, 1.0)[0]
    result = fit(
        Problem(
            Spectrum(x, y, np.full(x.size, 0.01)),
            Gaussian("a") + Gaussian("b"),
            start={"a.center": -0.9, "b.center": 0.9},
            parameters={"a.fwhm": change(max=1.2), "b.fwhm": change(equals="a.fwhm")},
        )
    )
    assert result.sigma_reason("b.fwhm") == "at bound"
    assert result.at_bound == ("a.fwhm",)


def test_a_tie_that_leaves_its_bounds_is_flagged() -> None:
    x = np.linspace(-5.0, 5.0, 101)
    y = 1.0 + 0.1 * x - Gaussian.function(x, 1.0, 1.5, 1.0)[0]
    result = fit(
        Problem(
            Spectrum(x, y, np.full(x.size, 0.01)),
            Gaussian("p") + Polynomial(1, "base"),
            start={"p.center": 1.0, "base.c0": 1.0, "base.c1": 1.0, "p.fwhm": 1.5},
            parameters={"p.height": change(equals="base.c0 - base.c1", min=0.0)},
        )
    )
    assert result.value("p.height") >= 0 or Flag.OUTSIDE_BOUNDS in result.flags
    assert (result.sigma("p.height") is None) == (Flag.OUTSIDE_BOUNDS in result.flags)


def test_parameters_that_share_one_effect_are_singular() -> None:
    x = np.linspace(-5.0, 5.0, 101)
    y = Gaussian.function(x, 0.3, 1.5, 1.0)[0] + 2.0
    spectrum = Spectrum(x, y, np.full(x.size, 0.01))
    model = Gaussian("p") + Polynomial(0, "one") + Polynomial(0, "two")
    result = fit(spectrum, model)
    assert result.sigma_reason("one.c0") == "near singular"
    assert result.sigma_reason("two.c0") == "near singular"
    alone = fit(spectrum, Gaussian("p") + Polynomial(0, "one"))
    assert result.sigma("p.center") == pytest.approx(alone.sigma("p.center"))
    assert result.chi2 == pytest.approx(alone.chi2, abs=1e-9)


def test_a_peak_of_no_height_leaves_its_centre_undetermined() -> None:
    rng = np.random.default_rng(6)
    x = np.linspace(-5.0, 5.0, 101)
    y = 1.0 - 0.05 * np.exp(-(x**2)) + 0.01 * rng.standard_normal(x.size)
    result = fit(
        Problem(
            Spectrum(x, y, np.full(x.size, 0.01)),
            Gaussian("p") + Polynomial(0, "base"),
            start={"p.height": 0.5, "p.center": 0.2},
            parameters={"p.height": change(min=0.0), "p.center": change(min=-1.0, max=1.0)},
        )
    )
    assert result.at_bound == ("p.height",)
    assert result.sigma("p.center") is None
    assert result.sigma("base.c0") == pytest.approx(0.01 / np.sqrt(101), rel=1e-6)


@pytest.mark.parametrize("engine", ["scipy", "lmfit"])
def test_the_call_limit_is_flagged(engine: str) -> None:
    result = fit(preedge(1)[0], engine=engine, max_evaluations=3)
    assert Flag.CALL_LIMIT in result.flags
    assert not result.converged
    assert {why for why, free in zip(result.reasons, result.free, strict=True) if free} == {
        "call limit"
    }


def test_a_start_on_a_ridge_between_two_peaks_is_left() -> None:
    x = np.linspace(-6.0, 6.0, 121)
    y = Gaussian.function(x, -2.0, 1.5, 1.0)[0] + Gaussian.function(x, 2.0, 1.5, 1.0)[0]
    spectrum = Spectrum(x, y, np.full(x.size, 0.01))
    narrow = {"p.fwhm": change(start=1.0, max=2.0), "p.center": change(start=0.0)}
    result = fit(Problem(spectrum, Gaussian("p"), parameters=narrow))
    assert abs(result.value("p.center")) == pytest.approx(2.0, abs=0.2)


def test_a_fit_that_starts_at_its_minimum_stays_there_with_its_errors() -> None:
    problem, _ = preedge(2)
    first = fit(problem)
    start = {name: first.value(name) for name in first.names}
    changes = {n: c for n, c in problem.parameters.items() if c.start is None}
    again = fit(Problem(problem.data, problem.model, start=start, parameters=changes))
    assert again.flags == (Flag.CONVERGED,)
    assert distance(first, again) < 1e-4
    assert again.evaluations <= first.evaluations


def test_exact_data_of_unknown_noise_have_no_errors_to_estimate() -> None:
    x = np.linspace(0.0, 1.0, 20)
    result = fit(Spectrum(x, 2.0 + 3.0 * x), Polynomial(1, "line"))
    assert result.values == pytest.approx([2.0, 3.0])
    assert set(result.reasons) == {"no residual"}


def test_as_many_points_as_parameters_leave_no_freedom() -> None:
    spectrum = Spectrum([0.0, 1.0, 2.0], [1.0, 3.0, 2.0])
    assert set(fit(spectrum, Polynomial(2, "p")).reasons) == {"no degrees of freedom"}
    known = Spectrum([0.0, 1.0, 2.0], [1.0, 3.0, 2.0], [0.1, 0.1, 0.1])
    assert fit(known, Polynomial(2, "p")).sigma("p.c0") == pytest.approx(0.1)


def test_nothing_free_is_evaluated_and_has_only_fixed_values() -> None:
    spectrum = Spectrum([0.0, 1.0, 2.0], [1.0, 3.0, 2.0], [0.1, 0.1, 0.1])
    held = {"p.c0": change(start=2.0, fixed=True)}
    result = fit(Problem(spectrum, Polynomial(0, "p"), parameters=held))
    assert (result.nvary, result.nfree, result.reasons) == (0, 3, ("fixed",))
    assert result.chi2 == pytest.approx(200.0)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_units_of_y_do_not_matter(scale: float) -> None:
    rng = np.random.default_rng(8)
    x = np.linspace(-5.0, 5.0, 101)
    y = (Gaussian.function(x, 0.4, 1.5, 1.0)[0] + 0.01 * rng.standard_normal(x.size)) * scale
    result = fit(Problem(Spectrum(x, y), Gaussian("p"), start={"p.height": 0.5 * scale}))
    assert result.flags == (Flag.CONVERGED,)
    assert result.values / [1, 1, scale] == pytest.approx([0.4, 1.5, 1.0], abs=0.03)
    error = result.sigma("p.height")
    assert error is not None
    assert error / scale == pytest.approx(0.0043, rel=0.2)


@pytest.mark.parametrize("scale", [1e-9, 1e9])
def test_units_of_x_do_not_matter(scale: float) -> None:
    rng = np.random.default_rng(8)
    x = np.linspace(-5.0, 5.0, 101)
    y = Gaussian.function(x, 0.4, 1.5, 1.0)[0] + 0.01 * rng.standard_normal(x.size)
    start = {"p.center": 0.0, "p.fwhm": scale, "p.height": 1.0}
    result = fit(Problem(Spectrum(x * scale, y), Gaussian("p"), start=start))
    plain = fit(Spectrum(x, y), Gaussian("p"))
    assert result.values / [scale, scale, 1] == pytest.approx(plain.values, rel=1e-7)


def test_a_model_that_is_not_finite_at_its_start_is_refused_by_name() -> None:
    spectrum = Spectrum(np.linspace(7000, 7100, 30), np.ones(30))
    model = Polynomial(0, "base") + Exponential("tail")
    with pytest.raises(FitError, match="tail is not finite at the start values"):
        fit(Problem(spectrum, model, start={"tail.rate": 1.0}))


def test_a_model_that_overflows_on_the_way_is_fitted_all_the_same() -> None:
    x = np.linspace(0.0, 50.0, 60)
    y = 2.0 * np.exp(-0.3 * x)
    spectrum = Spectrum(x, y, np.full(x.size, 0.01))
    for engine in ("scipy", "lmfit"):
        start = {"tail.rate": 5.0, "tail.amplitude": 1e-90}
        result = fit(Problem(spectrum, Exponential("tail"), start=start), engine=engine)
        assert (
            result.converged
            or Flag.CALL_LIMIT in result.flags
            or not any(result.sigma(name) for name in result.names)
        )


def test_a_derivative_that_is_no_number_leaves_no_error() -> None:
    def root(x: FloatArray, a: float, b: float) -> FloatArray:
        return np.sqrt(np.abs(a)) + b * x

    def slopes(x: FloatArray, a: float, b: float) -> tuple[FloatArray, FloatArray]:
        with np.errstate(all="ignore"):
            return np.full_like(x, 0.5 / np.sqrt(np.abs(a))) * np.sign(a), x

    x = np.linspace(-1.0, 1.0, 21)
    spectrum = Spectrum(x, 2 * x, np.full(x.size, 0.1))
    result = fit(Problem(spectrum, Function(root, slopes, name="f"), start={"f.a": 0.0}))
    assert result.sigma("f.a") is None
    assert result.sigma_reason("f.a")


def test_wrong_calls_are_answered() -> None:
    problem, _ = preedge(1)
    with pytest.raises(SettingsError, match="did you mean scipy"):
        fit(problem, engine="scypi")
    with pytest.raises(SettingsError, match="max_evaluations is 0"):
        fit(problem, max_evaluations=0)
    with pytest.raises(FitError, match="without a model"):
        fit(problem.data[0])
    with pytest.raises(FitError, match="has its model"):
        fit(problem, Gaussian("p"))


def test_a_cold_fit_imports_neither_lmfit_nor_pandas() -> None:
    code = (
        "import sys, numpy as np\n"
        "from spectrafit.fit import fit\n"
        "from spectrafit.lines import Gaussian\n"
        "from spectrafit.spectrum import Spectrum\n"
        "assert 'scipy' not in sys.modules\n"
        "x = np.linspace(-3, 3, 50)\n"
        "r = fit(Spectrum(x, np.exp(-x * x)), Gaussian('p'))\n"
        "print(sorted({'lmfit', 'pandas', 'matplotlib'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stdout.strip() == "[]"
