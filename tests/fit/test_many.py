"""Many fits at once: the same answers as single fits, whatever the engine, the order or the block."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from engine_cases import Case, edge_case

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import fit, many
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import engine_of, fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import Flag
from spectrafit.lines import (
    ArctanStep,
    AsymmetricDoublet,
    Doublet,
    Exponential,
    Function,
    Gaussian,
    Lorentzian,
    Polynomial,
    PseudoVoigtByArea,
    PseudoVoigtByHeight,
    Sextet,
    Template,
    Voigt,
)
from spectrafit.lines.line import Component, Model
from spectrafit.spectrum import Spectrum

pytestmark = pytest.mark.xdist_group("compiled")

COMPILED = pytest.param(
    "compiled",
    marks=pytest.mark.skipif(find_spec("numba") is None, reason="the extra fast is not installed"),
)
ENGINES = ["scipy", "batch", COMPILED]
BATCHES = ["batch", COMPILED]


@pytest.fixture(scope="module")
def case() -> Case:
    return edge_case(60)


def fitted(case: Case, engine: str, rows: slice = slice(None), **more: object) -> FitStack:
    start = {name: values[rows] for name, values in case.start.items()}
    return fit_many(
        case.problem, case.y[rows], sigma=case.sigma[rows], start=start, engine=engine, **more
    )


def assert_agree(one: FitStack, other: FitStack) -> None:
    assert np.allclose(one.chi2, other.chi2, rtol=1e-6)
    for name in one.free_names:
        sigma = other.sigma(name)
        assert (np.isfinite(one.sigma(name)) == np.isfinite(sigma)).all()
        seen = np.isfinite(sigma)
        assert (np.abs(one.value(name) - other.value(name))[seen] < 0.01 * sigma[seen]).all()
        assert np.allclose(one.sigma(name)[seen], sigma[seen], rtol=5e-3)


@pytest.mark.parametrize("engine", BATCHES)
def test_engines_agree_with_single_fits(case: Case, engine: str) -> None:
    single = fitted(case, "scipy", slice(0, 12))
    assert single.engine == "scipy"
    found = fitted(case, engine)
    assert found.engine == engine
    assert found.converged.all()
    assert_agree(found.rows(slice(0, 12)), single)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_row_does_not_depend_on_its_neighbours(
    case: Case, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = slice(0, 60) if engine != "scipy" else slice(0, 6)
    whole = fitted(case, engine, rows)
    some = np.array([5, 3, 2])
    start = {name: values[some] for name, values in case.start.items()}
    alone = fit_many(case.problem, case.y[some], sigma=case.sigma[some], start=start, engine=engine)
    assert np.array_equal(alone.values, whole.values[some])
    assert np.array_equal(alone.free_covariance, whole.free_covariance[some])
    monkeypatch.setattr(many, "_BLOCK", 120 * 7)
    chunked = fitted(case, engine, rows, threads=3)
    assert np.array_equal(chunked.values, whole.values)
    assert np.array_equal(chunked.flags, whole.flags)


@pytest.mark.parametrize("engine", BATCHES)
def test_pulls_of_known_truth(engine: str) -> None:
    case = edge_case(1500, seed=5)
    found = fitted(case, engine)
    assert found.converged.all()
    usable = ~found.flag(Flag.AT_BOUND)
    assert usable.mean() > 0.99
    for name, truth in case.truth.items():
        pull = ((found.value(name) - truth) / found.sigma(name))[usable]
        assert abs(pull.mean()) < 3 / np.sqrt(pull.size)
        assert abs(pull.std() - 1.0) < max(0.03, 3 / np.sqrt(2 * pull.size))


def stack_of(
    component: Component | Model, truth: dict[str, float], count: int = 8, noise: float = 0.01
) -> tuple[Problem, np.ndarray, np.ndarray]:
    """Return a problem that starts off the truth, and data of it."""
    x = np.linspace(-6.0, 6.0, 90)
    model = Model((component,)) if isinstance(component, Component) else component
    rng = np.random.default_rng(3)
    values = {name: model.parameter(name).default for name in model.parameter_names} | truth
    y = model.evaluate(x, values) + noise * rng.standard_normal((count, x.size))
    sigma = np.full(x.size, noise)
    start = {name: 1.15 * value + 0.05 for name, value in truth.items()}
    return Problem(Spectrum(x, y[0], sigma), model, start=start), y, sigma


LINES = [
    (Gaussian("a"), {"a.center": 0.4, "a.fwhm": 2.0, "a.height": 1.0}),
    (Lorentzian("a"), {"a.center": 0.4, "a.fwhm": 2.0, "a.height": 1.0}),
    (PseudoVoigtByHeight("a"), {"a.center": 0.4, "a.fwhm": 2.0, "a.height": 1.0}),
    (PseudoVoigtByArea("a"), {"a.center": 0.4, "a.fwhm": 2.0, "a.area": 1.0}),
    (ArctanStep("a"), {"a.center": 0.4, "a.width": 1.0, "a.height": 1.0}),
    (Doublet("a"), {"a.center": 0.4, "a.splitting": 3.0, "a.fwhm": 1.0, "a.height": -1.0}),
    (
        AsymmetricDoublet("a"),
        {
            "a.center": 0.4,
            "a.splitting": 3.0,
            "a.fwhm_low": 1.0,
            "a.fwhm_high": 1.4,
            "a.area": -3.0,
        },
    ),
    (
        Sextet("a"),
        {
            "a.center": 0.1,
            "a.splitting": 7.0,
            "a.shift": 0.2,
            "a.area": -6.0,
            "a.fwhm_outer": 1.0,
            "a.fwhm_middle": 0.9,
            "a.fwhm_inner": 0.8,
        },
    ),
    (Exponential("a", origin=1.0), {"a.amplitude": 1.0, "a.rate": 0.2}),
    (Polynomial(3, "a", origin=0.5), {"a.c0": 1.0, "a.c1": 0.2, "a.c2": 0.1, "a.c3": 0.01}),
    (
        Template([-9.0, 0.0, 9.0], [0.0, 1.0, 0.5], "a") + Gaussian("b"),
        {"a.scale": 2.0, "b.center": 0.4, "b.fwhm": 2.0, "b.height": 1.0},
    ),
]


@pytest.mark.parametrize("engine", BATCHES)
@pytest.mark.parametrize(("model", "truth"), LINES, ids=lambda value: str(value)[:20])
def test_every_line_agrees_with_the_single_fit(
    model: Component | Model, truth: dict[str, float], engine: str
) -> None:
    problem, y, sigma = stack_of(model, truth)
    found = fit_many(problem, y, sigma=sigma, engine=engine)
    assert_agree(found, fit_many(problem, y, sigma=sigma, engine="scipy"))


@pytest.mark.parametrize("engine", BATCHES)
def test_a_freed_shape_parameter_is_fitted(engine: str) -> None:
    problem, y, sigma = stack_of(
        PseudoVoigtByHeight("a"), {"a.center": 0.4, "a.fwhm": 2.0, "a.height": 1.0}, noise=1e-3
    )
    free = Problem(
        problem.data,
        problem.model,
        start=dict(problem.start),
        parameters={"a.fraction": ParameterChange(start=0.3, fixed=False)},
    )
    found = fit_many(free, y, sigma=sigma, engine=engine)
    assert np.allclose(found.value("a.fraction"), 0.5, atol=0.05)
    assert_agree(found, fit_many(free, y, sigma=sigma, engine="scipy"))


def test_lines_that_only_two_engines_have() -> None:
    def bump(x: np.ndarray, a: float, b: float) -> np.ndarray:
        return a * np.exp(-((x - b) ** 2))

    for component, truth in (
        (Voigt("a"), {"a.center": 0.4, "a.fwhm_gauss": 1.0, "a.fwhm_lorentz": 1.0, "a.area": 2.0}),
        (Function(bump, parameters=("a", "b"), name="f"), {"f.a": 1.0, "f.b": 0.3}),
    ):
        problem, y, sigma = stack_of(component, truth)
        found = fit_many(problem, y, sigma=sigma, engine="batch")
        assert_agree(found, fit_many(problem, y, sigma=sigma, engine="scipy"))
        if find_spec("numba") is not None:
            with pytest.raises(FitError, match=component.line.name):
                fit_many(problem, y, sigma=sigma, engine="compiled")
        assert engine_of(problem, 1_000_000) == "batch"


@pytest.mark.parametrize("engine", BATCHES)
def test_ties_are_obeyed_and_their_errors_propagated(engine: str) -> None:
    case = edge_case(10)
    changes = dict(case.problem.parameters)
    changes["p2.fwhm"] = ParameterChange(equals="p1.fwhm")
    changes["p2.center"] = ParameterChange(equals="p1.center + 2.0")
    changes["p2.height"] = ParameterChange(equals="0.5*p1.height + 0.01", max=1.0)
    tied = Problem(case.problem.data, case.problem.model, parameters=changes)
    truth = {name: float(values[0]) for name, values in case.truth.items()}
    truth |= {
        "p2.fwhm": truth["p1.fwhm"],
        "p2.center": truth["p1.center"] + 2.0,
        "p2.height": 0.5 * truth["p1.height"] + 0.01,
        "p1.exponent": 1.91,
        "p2.exponent": 1.91,
    }
    noise = case.sigma * np.random.default_rng(2).standard_normal(case.y.shape)
    y = tied.model[0].evaluate(tied.data[0].x, truth) + noise
    found = fit_many(tied, y, sigma=case.sigma, engine=engine)
    assert np.allclose(found.value("p2.center"), found.value("p1.center") + 2.0, atol=1e-12)
    assert np.allclose(found.value("p2.height"), 0.5 * found.value("p1.height") + 0.01)
    assert np.allclose(found.sigma("p2.height"), 0.5 * found.sigma("p1.height"))
    assert_agree(found, fit_many(tied, y, sigma=case.sigma, engine="scipy"))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_fixed_parameter_is_held_at_each_rows_value(case: Case, engine: str) -> None:
    changes = dict(case.problem.parameters)
    changes["p1.center"] = ParameterChange(start=1.8, fixed=True)
    held = Problem(case.problem.data, case.problem.model, parameters=changes)
    centers = np.array([1.6, 1.8, 2.0])
    y = np.tile(case.y[0], (3, 1))
    found = fit_many(held, y, sigma=case.sigma[:3], start={"p1.center": centers}, engine=engine)
    assert np.array_equal(found.value("p1.center"), centers)
    for row, center in enumerate(centers):
        changes["p1.center"] = ParameterChange(start=float(center), fixed=True)
        alone = Problem(
            Spectrum(case.problem.data[0].x, case.y[0], case.sigma[0]),
            case.problem.model,
            parameters=changes,
        )
        assert np.isclose(fit(alone).chi2, found.chi2[row], rtol=1e-6)
        assert found.result(row).value("p1.center") == center


@pytest.mark.parametrize("engine", ENGINES)
def test_absolute_energies_do_not_spoil_an_unbounded_background(engine: str) -> None:
    rng = np.random.default_rng(8)
    x = np.linspace(7105.0, 7120.0, 100)
    model = Gaussian("p") + Polynomial(2, "base")
    truth = {
        "p.center": 7113.0, "p.fwhm": 1.5, "p.height": 0.5,
        "base.c0": 7112.0**2 * 1e-3, "base.c1": -2e-3 * 7112.0, "base.c2": 1e-3,
    }  # fmt: skip
    y = model.evaluate(x, truth) + 0.01 * rng.standard_normal((6, x.size))
    start = {"p.center": 7112.6, "p.fwhm": 1.2, "p.height": 0.4}
    problem = Problem(Spectrum(x, y[0], np.full(x.size, 0.01)), model, start=start)
    found = fit_many(problem, y, sigma=np.full(x.size, 0.01), engine=engine)
    assert found.converged.all()
    assert (np.abs(found.redchi - 1.0) < 0.6).all()
    assert (np.abs(found.value("p.center") - 7113.0) < 5 * found.sigma("p.center")).all()
    assert np.isfinite(found.sigma("base.c2")).all()


@pytest.mark.parametrize("engine", BATCHES)
def test_an_absent_peak_ends_on_its_bound_and_says_so(engine: str) -> None:
    case = edge_case(12, peaks=1, seed=4)
    more = edge_case(1, peaks=2)
    found = fit_many(more.problem, case.y, sigma=case.sigma, engine=engine)
    on = found.flag(Flag.AT_BOUND)
    assert on.any()
    row = int(np.flatnonzero(on)[0])
    names = [name for name in found.free_names if not np.isfinite(found.sigma(name)[row])]
    assert names
    assert found.result(row).at_bound


@pytest.mark.parametrize("engine", BATCHES)
def test_estimated_noise_scales_the_errors(case: Case, engine: str) -> None:
    known = fitted(case, engine)
    start = dict(case.start)
    unknown = fit_many(case.problem, case.y, start=start, engine=engine)
    assert unknown.noise == "estimated"
    ratio = unknown.sigma("p1.height") / known.sigma("p1.height")
    assert np.allclose(ratio, np.sqrt(known.redchi), rtol=1e-3)


@pytest.mark.parametrize("engine", ENGINES)
def test_counts_are_reweighted_by_the_model(engine: str) -> None:
    rng = np.random.default_rng(11)
    x = np.linspace(-4.0, 4.0, 128)
    model = Doublet("d") + Polynomial(0, "base")
    truth = {
        "d.center": 0.4,
        "d.splitting": 1.2,
        "d.fwhm": 0.4,
        "d.height": -30.0,
        "base.c0": 100.0,
    }
    count = 6 if engine == "scipy" else 400
    y = rng.poisson(model.evaluate(x, truth), (count, x.size)).astype(float)
    start = {"d.center": 0.3, "d.splitting": 1.0, "d.fwhm": 0.5, "d.height": -20.0, "base.c0": 90.0}
    found = fit_many(x, y, model, start=start, counts=True, engine=engine)
    assert found.noise == "known"
    pull = (found.value("base.c0") - 100.0) / found.sigma("base.c0")
    assert abs(pull.mean()) < 3 / np.sqrt(count) + 0.05
    if engine != "scipy":
        data_weights = fit_many(x, y, model, start=start, sigma=np.sqrt(np.maximum(y, 1.0)))
        biased = (data_weights.value("base.c0") - 100.0) / data_weights.sigma("base.c0")
        assert biased.mean() < -0.8


def test_counts_without_a_known_noise_only(case: Case) -> None:
    with pytest.raises(SettingsError, match="counts and sigma"):
        fit_many(case.problem, case.y, sigma=case.sigma, counts=True)


@pytest.mark.parametrize("engine", BATCHES)
def test_memory_mapped_and_read_only_values(case: Case, engine: str, tmp_path: Path) -> None:
    np.save(tmp_path / "y.npy", case.y)
    mapped = np.load(tmp_path / "y.npy", mmap_mode="r")
    found = fit_many(
        case.problem, mapped, sigma=case.sigma[0], start=dict(case.start), engine=engine
    )
    assert np.array_equal(found.values, fitted(case, engine).values)
    assert np.array_equal(case.y, np.load(tmp_path / "y.npy"))


def test_the_engine_is_chosen_by_the_problem_alone(case: Case) -> None:
    assert engine_of(case.problem, 49) == "scipy"
    assert engine_of(case.problem, 50) == "batch"
    assert engine_of(case.problem, 99_999) == "batch"
    chosen = engine_of(case.problem, 100_000)
    assert chosen == ("compiled" if find_spec("numba") is not None else "batch")
    with pytest.raises(SettingsError, match="did you mean batch"):
        engine_of(case.problem, 10, "batc")


def test_what_does_not_fit_together_is_refused(case: Case) -> None:
    x = case.problem.data[0].x
    with pytest.raises(FitError, match="one row"):
        fit_many(case.problem, case.y[0])
    with pytest.raises(FitError, match="sigma of shape"):
        fit_many(case.problem, case.y, sigma=case.sigma[:, :5])
    with pytest.raises(FitError, match="positive"):
        fit_many(case.problem, case.y, sigma=np.zeros(x.size))
    broken = case.y.copy()
    broken[7, 3] = np.nan
    with pytest.raises(FitError, match="not finite") as caught:
        fit_many(case.problem, broken, sigma=case.sigma)
    assert "row 7" in str(caught.value)
    with pytest.raises(SettingsError, match=r"p1\.centre"):
        fit_many(case.problem, case.y, start={"p1.centre": 2.0})
    with pytest.raises(SettingsError, match="outside its bounds"):
        fit_many(case.problem, case.y, start={"p1.center": 20.0})
    with pytest.raises(FitError, match="without a model"):
        fit_many(x, case.y)
    with pytest.raises(SettingsError, match="max_evaluations"):
        fit_many(case.problem, case.y, max_evaluations=0)


@pytest.mark.parametrize("engine", BATCHES)
def test_a_fit_that_is_cut_short_says_so(case: Case, engine: str) -> None:
    found = fitted(case, engine, max_evaluations=2, restarts=0)
    assert found.flag(Flag.CALL_LIMIT).all()
    assert not found.converged.any()
    assert np.isnan(found.sigma("p1.height")).all()
    assert found.result(0).sigma("p1.height") is None


@pytest.mark.parametrize("engine", BATCHES)
def test_other_starts_mend_what_far_starts_miss(engine: str) -> None:
    case = edge_case(150, peaks=3, seed=21, far=2.0)
    once = fitted(case, engine, restarts=0)
    more = fitted(case, engine)
    near = fit_many(
        case.problem, case.y, sigma=case.sigma, start=case.truth, engine=engine, warm=True
    )
    best = np.minimum(more.chi2, near.chi2)
    assert (more.chi2 <= best * 1.0001).mean() >= 0.99
    assert (more.chi2 <= once.chi2 * (1 + 1e-6)).all()
    assert (more.restarts > 0).sum() < 40


@pytest.mark.parametrize("engine", BATCHES)
def test_one_row_as_a_result_is_the_single_fits_verdict(case: Case, engine: str) -> None:
    found = fitted(case, engine, slice(0, 3))
    result = found.result(1)
    assert result.engine == engine
    assert result.converged
    assert np.isclose(result.chi2, found.chi2[1], rtol=1e-6)
    assert np.isclose(result.sigma("p1.height"), found.sigma("p1.height")[1], rtol=1e-3)
    assert found.result(-1).value("p1.center") == found.value("p1.center")[2]


def test_no_row_and_one_row() -> None:
    case = edge_case(1)
    none = fit_many(case.problem, np.zeros((0, 120)), sigma=case.sigma[0], engine="batch")
    assert len(none) == 0
    assert none.values.shape == (0, len(case.problem.names))
    assert len(fit_many(case.problem, case.y, sigma=case.sigma, engine="batch")) == 1


def test_few_fits_start_where_each_is_told() -> None:
    centres = [-6.0, 0.0, 6.0]
    x = np.linspace(-10.0, 10.0, 101)
    y = np.array([Gaussian.function(x, centre, 0.8, 1.0)[0] for centre in centres])
    found = fit_many(x, y, Gaussian("p"), start={"p.center": np.array(centres)}, engine="scipy")
    assert found.converged.all()
    assert np.allclose(found.value("p.center"), centres, atol=1e-6)


@pytest.mark.parametrize("engine", ["scipy", "batch", COMPILED])
def test_a_row_whose_squares_overflow_is_marked_and_the_others_fitted(engine: str) -> None:
    x = np.linspace(-5.0, 5.0, 40)
    y = np.tile(Gaussian.function(x, 0.2, 2.0, 1.0)[0], (2, 1))
    y[0, 3] = 1e200
    found = fit_many(x, y, Gaussian("p"), engine=engine)
    assert found.flag(Flag.NOT_FINITE).tolist() == [True, False]
    assert np.isnan(found.sigma("p.center")[0])
    assert found.reason("p.center", 0) == Flag.NOT_FINITE.value
    assert found.value("p.center")[1] == pytest.approx(0.2)
    with pytest.raises(FitError, match="row 0: it was not fitted"):
        found.result(0)
    with pytest.raises(FitError):
        fit_many(x, y[:1], Gaussian("p"), engine="scipy")
