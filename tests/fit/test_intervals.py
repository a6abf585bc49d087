"""Profile-likelihood intervals: known answers, bounds, open ends, other minima, engines, coverage."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from scipy import optimize, stats

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import ParameterChange, Problem, fit, fit_many
from spectrafit.fit.intervals import Profile, profile, profile_many
from spectrafit.fit.quantity import Quantity
from spectrafit.lines import Function, Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

X = np.linspace(-4.0, 4.0, 60)
PEAK = Gaussian("p") + Polynomial(0, "base")
TRUTH = {"p.center": 0.3, "p.fwhm": 1.6, "p.height": 1.0, "base.c0": 0.2}
BOUNDS = {
    "p.center": ParameterChange(start=0.1, min=-3.5, max=3.5),
    "p.fwhm": ParameterChange(start=1.5, min=0.3, max=6.0),
    "p.height": ParameterChange(start=0.8, min=0.0),
}
AREA = Quantity(
    lambda problem, v: v["p.height"] * v["p.fwhm"],
    gradient=lambda problem, v: {"p.height": v["p.fwhm"], "p.fwhm": v["p.height"]},
)
# Bates and Watts 1988, A1.4: biochemical oxygen demand, mg/l, against days
DAYS = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 7.0])
DEMAND = np.array([8.3, 10.3, 19.0, 16.0, 15.6, 19.8])


def saturation(x, A, k):
    return A * (1.0 - np.exp(-k * x))


def saturation_slopes(x, A, k):
    fall = np.exp(-k * x)
    return 1.0 - fall, A * x * fall


RISE = Function(saturation, saturation_slopes, {"A": 20.0, "k": 0.35}, name="rise")


def peak_problem(noise: float, height: float = 1.0, seed: int = 1, known: bool = True) -> Problem:
    rng = np.random.default_rng(seed)
    y = PEAK.evaluate(X, TRUTH | {"p.height": height}) + noise * rng.standard_normal(X.size)
    sigma = np.full(X.size, noise) if known else None
    return Problem(Spectrum(X, y, sigma), PEAK, parameters=BOUNDS)


def best_of_k(x, y, k):
    """Return the best amplitude of the saturation for a rate, and chi2: both in closed form."""
    column = 1.0 - np.exp(-k * x)
    amplitude = (column @ y) / (column @ column)
    return amplitude, float(((y - amplitude * column) ** 2).sum())


@pytest.mark.parametrize("engine", ["scipy", "batch"])
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(("side", "level"), [("both", 0.683), ("lower", 0.95), ("upper", 0.9)])
def test_of_a_linear_model_it_is_the_z_or_t_interval(engine, known, side, level):
    x = np.linspace(0.0, 1.0, 12)
    y = 1.0 + 2.0 * x + 0.1 * np.random.default_rng(1).standard_normal(x.size)
    problem = Problem(Spectrum(x, y, np.full(12, 0.1) if known else None), Polynomial(1, "b"))
    result = fit(problem)
    law = stats.norm() if known else stats.t(10)
    z = law.ppf(0.5 * (1.0 + level) if side == "both" else level)
    middle = Quantity(lambda problem, v: v["b.c0"] + 0.5 * v["b.c1"], "mV")
    value, error, _ = result.propagate(lambda v: v["b.c0"] + 0.5 * v["b.c1"])
    for of, best, sigma in (
        ("b.c1", result.value("b.c1"), result.sigma("b.c1")),
        (middle, value, error),
    ):
        found = profile(problem, of, level=level, side=side, engine=engine)
        assert found.sigma == pytest.approx(sigma, rel=1e-6)
        interval = found.interval
        assert interval.best == pytest.approx(best, rel=1e-9)
        for end, sign, reason in (
            (interval.lower, -1.0, interval.lower_reason),
            (interval.upper, 1.0, interval.upper_reason),
        ):
            if side in ("both", "lower" if sign < 0 else "upper"):
                assert end == pytest.approx(best + sign * z * sigma, abs=1e-6 * sigma)
            else:
                assert end is None
                assert reason.startswith("not asked for")
        # a straight line is what the root of a linear model's profile is
        assert found.root == pytest.approx((found.theta - interval.best) / sigma, abs=1e-5)


@pytest.mark.parametrize("level", [0.683, 0.9, 0.95])
def test_rate_of_bates_and_watts_against_explicit_refits(level):
    """Where the rate is held, the amplitude has a closed form: roots of that chi2 are the ends."""
    problem = Problem(Spectrum(DAYS, DEMAND), RISE)

    def chi2(k):
        return best_of_k(DAYS, DEMAND, k)[1]

    best = optimize.minimize_scalar(chi2, bounds=(0.1, 2.0), method="bounded")
    limit = best.fun * (1.0 + stats.t(4).ppf(0.5 * (1.0 + level)) ** 2 / 4.0)
    lower = optimize.brentq(lambda k: chi2(k) - limit, 1e-3, best.x)
    upper = optimize.brentq(lambda k: chi2(k) - limit, best.x, 50.0)
    found = profile(problem, "rise.k", level=level)
    sigma = found.sigma
    assert sigma == pytest.approx(0.203, abs=0.001)
    assert found.interval.lower == pytest.approx(lower, abs=1e-5 * sigma)
    assert found.interval.upper == pytest.approx(upper, abs=1e-5 * sigma)
    assert found.interval.asymmetry > 0.3
    # as a function of the parameter it is the same interval, for the logarithm its logarithm
    log = profile(problem, Quantity(lambda problem, v: np.log10(v["rise.k"])), level=level)
    assert log.interval.lower == pytest.approx(np.log10(lower), abs=1e-5)
    assert log.interval.upper == pytest.approx(np.log10(upper), abs=1e-5)


def test_amplitude_of_bates_and_watts_against_explicit_refits():
    problem = Problem(Spectrum(DAYS, DEMAND), RISE)

    def chi2(amplitude):
        return optimize.minimize_scalar(
            lambda k: ((DEMAND - saturation(DAYS, amplitude, k)) ** 2).sum(),
            bounds=(0.02, 5.0),
            method="bounded",
            options={"xatol": 1e-10},
        ).fun

    interval = profile(problem, "rise.A").interval
    rise = stats.t(4).ppf(0.8415) ** 2 / 4.0
    limit = chi2(interval.best) * (1.0 + rise)
    for end in (interval.lower, interval.upper):
        assert chi2(end) == pytest.approx(limit, rel=1e-5)


@pytest.mark.parametrize("known", [True, False])
def test_agrees_with_lmfit_conf_interval(known):
    import lmfit

    problem = peak_problem(0.15, known=known)
    result = fit(problem)
    names = [name.replace(".", "_") for name in problem.free_names]
    parameters = lmfit.Parameters()
    for name, ours in zip(names, problem.free_names, strict=True):
        parameters.add(name, value=result.value(ours))

    def residuals(values):
        return problem.residuals(np.array([values[name].value for name in names]))

    minimizer = lmfit.Minimizer(residuals, parameters, scale_covar=not known)
    found = lmfit.conf_interval(minimizer, minimizer.leastsq(), sigmas=[0.95], p_names=["p_fwhm"])
    theirs = [value for _, value in found["p_fwhm"]]
    # lmfit takes F of the reduced chi2 whether sigma is known or not: a t times its root
    t = stats.t(result.nfree).ppf(0.975) * (np.sqrt(result.redchi) if known else 1.0)
    level = 2.0 * stats.norm.cdf(t) - 1.0 if known else 0.95
    ours = profile(problem, "p.fwhm", result=result, level=level)
    assert ours.interval.lower == pytest.approx(theirs[0], abs=2e-3 * ours.sigma)
    assert ours.interval.upper == pytest.approx(theirs[2], abs=2e-3 * ours.sigma)


@pytest.mark.parametrize("engine", ["scipy", "batch"])
def test_a_height_on_its_bound_has_an_upper_limit(engine):
    """All is linear here: chi2 as a function of the height is a parabola cut off at 0."""
    shape = Gaussian.function(X, 0.0, 1.5, 1.0)[0]
    y = -0.05 * shape + 0.1 * np.random.default_rng(3).standard_normal(X.size)
    changes = {
        "p.center": ParameterChange(start=0.0, fixed=True),
        "p.fwhm": ParameterChange(start=1.5, fixed=True),
        "p.height": ParameterChange(start=0.1, min=0.0),
    }
    problem = Problem(Spectrum(X, y, np.full(X.size, 0.1)), PEAK, parameters=changes)
    result = fit(problem)
    assert result.sigma_reason("p.height") == "at bound"

    def chi2(height):
        rest = y - height * shape
        return float(((rest - rest.mean()) ** 2).sum() / 0.01)

    found = profile(problem, "p.height", result=result, level=0.95, side="upper", engine=engine)
    limit = optimize.brentq(lambda h: chi2(h) - chi2(0.0) - 1.6448536**2, 0.0, 1.0)
    assert found.interval.best == 0.0
    assert found.interval.upper == pytest.approx(limit, abs=1e-6)
    assert (found.sigma, found.sigma_reason) == (None, "at bound")
    both = profile(problem, "p.height", engine=engine).interval
    assert both.lower_reason == "at the bound 0"
    assert both.contains(0.0)
    assert "at the bound 0" in str(both)


def test_a_rate_beyond_what_the_data_resolve_has_a_lower_limit():
    """The data are level: any fast rate fits, and the fit gives no error."""
    x = np.linspace(1.0, 10.0, 20)
    y = 1.0 + 0.05 * np.random.default_rng(5).standard_normal(x.size)
    y[0] = 1.06
    spectrum = Spectrum(x, y, np.full(x.size, 0.05))

    def chi2(k):
        return best_of_k(x, y, k)[1] / 0.05**2

    limit = optimize.brentq(lambda k: chi2(k) - chi2(60.0) - 1.6448536**2, 0.5, 20.0)
    for high in (1e4, np.inf):
        changes = {"rise.k": ParameterChange(start=2.0, min=0.0, max=high)}
        problem = Problem(spectrum, RISE, start={"rise.A": 1.0}, parameters=changes)
        found = profile(problem, "rise.k", level=0.95, side="lower")
        assert found.sigma is None
        assert found.interval.lower == pytest.approx(limit, rel=1e-3)
        log = profile(
            problem,
            Quantity(lambda problem, v: np.log10(v["rise.k"])),
            level=0.95,
            side="lower",
        )
        assert log.interval.lower == pytest.approx(np.log10(limit), abs=1e-3)
        reason = profile(problem, "rise.k").interval.upper_reason
        assert reason.startswith("open: chi2 rises by ")
        assert ("up to the bound 10000" in reason) == (high == 1e4)


def test_a_position_that_the_data_do_not_hold_is_open_up_to_its_bounds():
    problem = peak_problem(0.1, height=0.02, seed=4)
    interval = profile(problem, "p.center", level=0.999).interval
    assert interval.lower is None
    assert interval.upper is None
    assert interval.lower_reason.startswith("open: chi2 rises by ")
    assert interval.lower_reason.endswith("up to the bound -3.5")
    assert interval.asymmetry is None
    assert interval.contains(3.0)


@pytest.mark.parametrize("engine", ["scipy", "batch"])
def test_a_lower_minimum_on_the_way_becomes_the_new_start(engine):
    rng = np.random.default_rng(3)
    y = 0.2 * Gaussian.function(X, -2.0, 1.0, 1.0)[0] + 0.3 * Gaussian.function(X, 2.0, 1.0, 1.0)[0]
    changes = {
        "p.center": ParameterChange(start=-2.0, min=-4.0, max=4.0),
        "p.fwhm": ParameterChange(start=1.0, fixed=True),
        "p.height": ParameterChange(start=0.5, min=0.0),
    }
    spectrum = Spectrum(X, y + 0.1 * rng.standard_normal(X.size), np.full(X.size, 0.1))
    problem = Problem(spectrum, PEAK, parameters=changes)
    near = profile(problem, "p.center", engine=engine)
    assert near.interval.best == pytest.approx(-2.0, abs=0.3)
    assert near.notes == ()
    far = profile(problem, "p.center", level=1.0 - 1e-9, engine=engine)
    told = profile(problem, "p.center", engine=engine, starts=[{"p.center": 1.5}])
    for found in (far, told):
        assert found.interval.best == pytest.approx(2.0, abs=0.2)
        assert "another minimum" in found.notes[0]
        assert found.chi2.min() == found.chi2[found.minimum]
        assert found.best_values["p.height"] == pytest.approx(0.3, abs=0.1)


def test_a_quantity_ends_where_a_constrained_minimum_has_risen():
    """An independent optimiser holds the area at the ends: the rise of chi2 is that of the level."""
    problem = peak_problem(0.2)
    found = profile(problem, AREA, name="area", level=0.9)
    assert found.interval.name == "area"
    start = np.array([found.best_values[name] for name in problem.free_names])
    i, j = (problem.free_names.index(name) for name in ("p.fwhm", "p.height"))
    for end in (found.interval.lower, found.interval.upper):
        held = optimize.minimize(
            lambda q: float(problem.residuals(q) @ problem.residuals(q)),
            start,
            jac=lambda q: 2.0 * problem.jacobian(q).T @ problem.residuals(q),
            constraints={"type": "eq", "fun": lambda q, end=end: q[i] * q[j] - end},
            method="SLSQP",
            options={"ftol": 1e-12},
        )
        rise = held.fun - found.chi2[found.minimum]
        assert rise == pytest.approx(stats.norm.ppf(0.95) ** 2, rel=1e-4)
    # central differences in the place of the gradient change nothing
    other = profile(problem, Quantity(AREA.function), level=0.9)
    assert other.interval.upper == pytest.approx(found.interval.upper, abs=1e-5 * found.sigma)


def test_a_shared_parameter_and_a_quantity_of_several_spectra():
    rng = np.random.default_rng(8)
    peaks = [height * Gaussian.function(X, 0.2, 1.2, 1.0)[0] for height in (1.0, 0.6, 0.2)]
    spectra = [Spectrum(X, y + 0.1 * rng.standard_normal(X.size)) for y in peaks]
    models = [Gaussian(f"p{i}") + Polynomial(0, f"b{i}") for i in range(3)]
    ties = {"p0.center": "p{}.center", "p0.fwhm": "p{}.fwhm"}
    changes = {
        name.format(i): ParameterChange(equals=first)
        for first, name in ties.items()
        for i in (1, 2)
    }
    start = {"p0.fwhm": 1.0} | {f"p{i}.height": 0.5 for i in range(3)}
    problem = Problem(spectra, models, start=start, parameters=changes)
    result = fit(problem)
    shared = profile(problem, "p0.center", result=result)
    tied = profile(problem, "p1.center", result=result)
    assert shared.sigma == pytest.approx(result.sigma("p0.center"))
    assert tied.interval.upper == pytest.approx(shared.interval.upper)
    moved = Quantity(lambda problem, v: 1.0 - 2.0 * v["p0.center"])
    as_quantity = profile(problem, moved, result=result)
    assert as_quantity.interval.lower == pytest.approx(1.0 - 2.0 * shared.interval.upper, abs=1e-6)
    with pytest.raises(FitError, match="one spectrum"):
        profile(problem, "p0.center", engine="batch")


def stack_of(count: int, noise: float = 0.2, height: float = 1.0, known: bool = True):
    rng = np.random.default_rng(6)
    truth = TRUTH | {"p.height": height}
    y = PEAK.evaluate(X, truth) + noise * rng.standard_normal((count, X.size))
    sigma = np.full(X.size, noise) if known else None
    problem = Problem(Spectrum(X, y[0], sigma), PEAK, parameters=BOUNDS)
    return fit_many(problem, y, sigma=sigma)


@pytest.mark.parametrize("known", [True, False])
def test_many_profiles_are_those_of_the_single_fits_on_every_engine(known):
    stack = stack_of(5, known=known)
    single = [profile(stack.problem_of(row), "p.fwhm") for row in range(5)]
    for engine in ("scipy", "batch"):
        found = profile_many(stack, "p.fwhm", engine=engine)
        assert len(found) == 5
        for row, one in enumerate(single):
            assert found[row].engine == engine
            assert found.lower[row] == pytest.approx(one.interval.lower, abs=1e-4 * one.sigma)
            assert found.upper[row] == pytest.approx(one.interval.upper, abs=1e-4 * one.sigma)
    # a row does not depend on its neighbours
    alone = profile_many(stack.rows([3]), "p.fwhm", engine="batch")
    both = profile_many(stack, "p.fwhm", engine="batch")
    assert alone[0].interval == both[3].interval
    area = profile_many(stack, AREA, engine="batch")
    by_one = profile(stack.problem_of(2), AREA)
    assert area.upper[2] == pytest.approx(by_one.interval.upper, abs=1e-4 * by_one.sigma)


@pytest.mark.xdist_group("compiled")
def test_the_compiled_engine_makes_the_same_profiles():
    pytest.importorskip("numba", reason="the extra fast is not installed")
    stack = stack_of(5)
    batch, compiled = (profile_many(stack, "p.fwhm", engine=e) for e in ("batch", "compiled"))
    width = batch.upper - batch.lower
    assert np.abs(compiled.lower - batch.lower).max() < 1e-5 * width.min()
    assert np.abs(compiled.upper - batch.upper).max() < 1e-5 * width.min()
    with pytest.raises(FitError, match="functions of several"):
        profile_many(stack, AREA, engine="compiled")


def test_values_held_differently_by_row_stay_so():
    changes = BOUNDS | {
        "p.fwhm": ParameterChange(start=1.6, fixed=True),
        "p.center": ParameterChange(equals="0.5*p.fwhm + base.c0"),
    }
    problem = Problem(Spectrum(X, np.zeros(X.size)), PEAK, parameters=changes)
    widths = np.array([1.2, 1.6, 2.0])
    truths = [TRUTH | {"p.fwhm": w, "p.center": 0.5 * w + 0.2} for w in widths]
    rng = np.random.default_rng(9)
    y = np.array([PEAK.evaluate(X, t) for t in truths]) + 0.1 * rng.standard_normal((3, X.size))
    stack = fit_many(problem, y, start={"p.fwhm": widths}, engine="batch")
    many = profile_many(stack, "p.center", engine="batch")
    for row in range(3):
        assert (many[row].values[:, problem.names.index("p.fwhm")] == widths[row]).all()
        one = profile(stack.problem_of(row), "p.center").interval
        assert many[row].interval.upper == pytest.approx(one.upper, abs=1e-6)
        # the tie has a part that is fixed: the error is that of the base line
        base = profile(stack.problem_of(row), "base.c0").interval
        assert one.plus == pytest.approx(base.plus, rel=1e-6)


def covered(found, truth: float) -> float:
    return float(np.mean([one.interval.contains(truth) for one in found]))


def linearly_covered(found, truth: float, z: float) -> float:
    inside = [one.sigma is not None and truth < one.interval.best + z * one.sigma for one in found]
    return float(np.mean(inside))


def test_upper_limits_of_a_weak_peak_cover_as_often_as_they_say():
    """A peak twice as high as the noise: the linear limit of its area fails, the profile's holds."""
    count = 600
    stack = stack_of(count, noise=0.1, height=0.2)
    found = profile_many(stack, AREA, level=0.95, side="upper")
    error = np.sqrt(0.95 * 0.05 / count)
    truth = 0.2 * TRUTH["p.fwhm"]
    assert abs(covered(found, truth) - 0.95) < 3.0 * error
    assert linearly_covered(found, truth, 1.6448536) < 0.95 - 3.0 * error


def test_intervals_of_a_rate_cover_as_often_as_they_say():
    """Few points of a saturation: 68 % within the Monte Carlo error, where the linear upper end fails."""
    count = 400
    rng = np.random.default_rng(12)
    y = saturation(DAYS, 19.0, 0.5) + 1.5 * rng.standard_normal((count, DAYS.size))
    sigma = np.full(DAYS.size, 1.5)
    changes = {
        "rise.k": ParameterChange(start=0.5, min=0.0, max=1e3),
        "rise.A": ParameterChange(start=19.0, min=0.0, max=1e3),
    }
    problem = Problem(Spectrum(DAYS, y[0], sigma), RISE, parameters=changes)
    stack = fit_many(problem, y, sigma=sigma)
    both = profile_many(stack, "rise.k", level=0.683)
    assert abs(covered(both, 0.5) - 0.683) < 3.0 * np.sqrt(0.683 * 0.317 / count)
    upper = profile_many(stack, "rise.k", level=0.95, side="upper")
    error = np.sqrt(0.95 * 0.05 / count)
    assert abs(covered(upper, 0.5) - 0.95) < 3.0 * error
    assert linearly_covered(upper, 0.5, 1.6448536) < 0.95 - 3.0 * error


def test_without_noise_there_is_no_interval_but_a_reason():
    exact = Problem(Spectrum(X[:2], 1.0 + X[:2]), Polynomial(1, "b"))
    assert "no degrees of freedom" in profile(exact, "b.c1").interval.lower_reason
    zeros = Problem(Spectrum(X, np.zeros(X.size)), Polynomial(1, "b"))
    assert "no residual" in profile(zeros, "b.c1").interval.upper_reason


def test_a_row_that_was_not_fitted_has_a_reason():
    stack = stack_of(3)
    y, values, chi2 = np.array(stack.y), stack.values.copy(), stack.chi2.copy()
    y[1], values[1], chi2[1] = np.nan, np.nan, np.nan
    torn = replace(stack, y=y, values=values, chi2=chi2)
    for starts in ([], [{"p.center": 0.2}]):
        found = profile_many(torn, "p.center", starts=starts, engine="batch")
        assert found[1].interval.lower_reason == "it was not fitted"
        assert np.isnan(found.upper[1])
        assert found[2].interval.upper > found[2].interval.best
    lacking = Quantity(lambda problem, v: np.full(v["p.center"].shape, np.nan))
    assert "quantity" in profile(stack.problem_of(0), lacking).interval.upper_reason


def test_a_profile_cannot_be_changed():
    found = profile(peak_problem(0.1), "p.center")
    assert isinstance(found, Profile)
    with pytest.raises(FrozenInstanceError):
        found.refits = 0
    with pytest.raises(ValueError, match="read-only"):
        found.theta[0] = 0.0
    assert (np.diff(found.theta) >= 0.0).all()
    with pytest.raises(FitError, match="number or a reason"):
        replace(found.interval, lower=None)


def test_what_cannot_be_profiled_is_refused():
    problem = peak_problem(0.1)
    with pytest.raises(SettingsError, match="no parameter"):
        profile(problem, "p.centre")
    held = Problem(
        problem.data, PEAK, parameters=BOUNDS | {"p.fwhm": ParameterChange(start=1.0, fixed=True)}
    )
    with pytest.raises(SettingsError, match="fixed"):
        profile(held, "p.fwhm")
    with pytest.raises(FitError, match="another problem"):
        profile(problem, "p.center", result=fit(held))
    with pytest.raises(FitError, match="needs the data"):
        profile(fit(problem), "p.center")
    for wrong in ({"level": 1.0}, {"level": 0.4, "side": "lower"}, {"side": "left"}, {"steps": 0}):
        with pytest.raises(SettingsError):
            profile(problem, "p.center", **wrong)
    with pytest.raises(SettingsError, match="no engine"):
        profile(problem, "p.center", engine="fast")
    with pytest.raises(SettingsError, match="no parameter"):
        profile(problem, "p.center", starts=[{"q": 1.0}])
