"""Problems: starts, bounds, fixed, tied and shared parameters; what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit import ParameterChange, Problem, fit
from spectrafit.lines import Gaussian, Lorentzian, Pearson7, Polynomial, Template
from spectrafit.spectrum import Spectrum

X = np.linspace(-3.0, 3.0, 61)
SIGMA = np.full(X.size, 0.05)
MODEL = Gaussian("p1") + Gaussian("p2") + Polynomial(1, "base")


def spectrum(sigma: bool = True, **changes: object) -> Spectrum:
    y = Gaussian.function(X, 0.5, 1.2, 2.0)[0] + 0.3
    return Spectrum(X, y, SIGMA if sigma else None, **changes)  # type: ignore[arg-type]


def change(**fields: object) -> ParameterChange:
    return ParameterChange(**fields)  # type: ignore[arg-type]


def test_starts_are_default_then_start_then_change() -> None:
    problem = Problem(
        spectrum(),
        MODEL,
        start={"p1.center": 0.4, "p2.center": -1.0},
        parameters={"p2.center": change(start=-1.5)},
    )
    start = dict(zip(problem.names, problem.start_values, strict=True))
    assert start["p1.fwhm"] == 1.0
    assert start["p1.center"] == 0.4
    assert start["p2.center"] == -1.5


def test_bounds_and_fixed_come_from_the_table_unless_changed() -> None:
    model = Pearson7("p")
    plain = Problem(spectrum(), model)
    assert "p.exponent" not in plain.free_names
    assert plain.free_min[plain.free_names.index("p.fwhm")] == 0.0
    freed = Problem(
        spectrum(),
        model,
        parameters={
            "p.exponent": change(fixed=False, max=9.0),
            "p.fwhm": change(fixed=True),
            "p.height": change(min=-1.0, max=8.0),
        },
    )
    assert freed.free_names == ("p.center", "p.height", "p.exponent")
    assert freed.free_max.tolist() == [np.inf, 8.0, 9.0]


def test_a_tie_removes_a_parameter_and_follows_its_source() -> None:
    ties = {"p2.fwhm": change(equals="2*p1.fwhm - 0.5"), "p2.center": change(equals="p1.center+1")}
    problem = Problem(spectrum(), MODEL, start={"p2.fwhm": 99.0}, parameters=ties)
    assert {"p2.fwhm", "p2.center"}.isdisjoint(problem.free_names)
    q = np.array(problem.free_start)
    q[problem.free_names.index("p1.fwhm")] = 3.0
    values = dict(zip(problem.names, problem.values(q), strict=True))
    assert values["p2.fwhm"] == 5.5
    assert values["p2.center"] == 1.0
    # the tied width must stay above zero too: 2 w - 0.5 >= 0
    assert problem.free_min[problem.free_names.index("p1.fwhm")] == 0.25


def test_a_tie_to_a_fixed_parameter_is_fixed() -> None:
    problem = Problem(
        spectrum(),
        MODEL,
        start={"p1.fwhm": 1.5},
        parameters={"p1.fwhm": change(fixed=True), "p2.fwhm": change(equals="p1.fwhm")},
    )
    assert "p2.fwhm" not in problem.free_names
    result = fit(problem)
    assert result.value("p2.fwhm") == 1.5
    assert result.sigma_reason("p2.fwhm") == "fixed"


def test_the_jacobian_agrees_with_differences_also_through_ties_and_sharing() -> None:
    other = Gaussian("p1") + Lorentzian("own") + Polynomial(0, "base")
    problem = Problem(
        [spectrum(), spectrum()],
        [MODEL, other],
        parameters={
            "p2.fwhm": change(equals="p1.fwhm*2"),
            "own.height": change(equals="p2.height"),
        },
    )
    rng = np.random.default_rng(1)
    q = problem.free_start + rng.uniform(0.05, 0.3, len(problem.free_names))
    jacobian = problem.jacobian(q)
    assert jacobian.shape == (2 * X.size, len(problem.free_names))
    for j in range(q.size):
        step = np.zeros(q.size)
        step[j] = 1e-6
        difference = (problem.residuals(q + step) - problem.residuals(q - step)) / 2e-6
        assert jacobian[:, j] == pytest.approx(difference, rel=1e-6, abs=1e-6)


def test_equal_names_are_shared_across_spectra() -> None:
    models = [Gaussian("band") + Polynomial(0, f"base{i}") for i in range(3)]
    problem = Problem([spectrum()] * 3, models)
    assert problem.names == (
        "band.center",
        "band.fwhm",
        "band.height",
        "base0.c0",
        "base1.c0",
        "base2.c0",
    )
    result = fit(problem)
    assert result.ndata == 3 * X.size
    assert result.value("band.center") == pytest.approx(0.5)
    one = fit(Problem(spectrum(), models[0]))
    alone, shared = one.sigma("band.center"), result.sigma("band.center")
    assert alone is not None
    assert shared == pytest.approx(alone / np.sqrt(3))


def test_residuals_are_weighted_and_without_sigma_they_are_plain() -> None:
    known, unknown = Problem(spectrum(), MODEL), Problem(spectrum(sigma=False), MODEL)
    assert (known.noise, unknown.noise) == ("known", "estimated")
    q = known.free_start
    assert known.residuals(q) * 0.05 == pytest.approx(unknown.residuals(q))


def test_log_likelihood_is_the_gaussian_one() -> None:
    from scipy.stats import norm

    for has_sigma in (True, False):
        problem = Problem(spectrum(sigma=has_sigma), MODEL)
        q = problem.free_start
        residuals = problem.residuals(q) * (0.05 if has_sigma else 1.0)
        width = 0.05 if has_sigma else np.sqrt(np.mean(residuals**2))
        assert problem.log_likelihood(q) == pytest.approx(norm.logpdf(residuals, 0, width).sum())


def test_units_are_those_of_the_axes() -> None:
    problem = Problem(spectrum(x_unit="eV", y_unit="counts"), MODEL)
    units = dict(zip(problem.names, problem.units, strict=True))
    assert units["p1.center"] == "eV"
    assert units["base.c1"] == "counts/eV"


def test_the_digest_knows_everything_that_matters() -> None:
    base = {"data": spectrum(), "model": MODEL}
    variants = [
        Problem(spectrum(), MODEL),
        Problem(spectrum(sigma=False), MODEL),
        Problem(spectrum(x_unit="eV"), MODEL),
        Problem(spectrum().window(-2, 2), MODEL),
        Problem(spectrum(), Gaussian("p1") + Lorentzian("p2") + Polynomial(1, "base")),
        Problem(spectrum(), Gaussian("p1") + Gaussian("p2") + Polynomial(1, "base", origin=1.0)),
        Problem(spectrum(), MODEL + Template(X, X, "t")),
        Problem(spectrum(), MODEL + Template(X, X**2, "t")),
        Problem(spectrum(), MODEL, start={"p1.center": 0.1}),
        Problem(spectrum(), MODEL, parameters={"p1.center": change(min=-2.0)}),
        Problem(spectrum(), MODEL, parameters={"p1.center": change(fixed=True)}),
        Problem(spectrum(), MODEL, parameters={"p1.fwhm": change(equals="p2.fwhm")}),
    ]
    digests = [problem.digest for problem in variants]
    assert len(set(digests)) == len(digests)
    assert Problem(**base).digest == digests[0]  # type: ignore[arg-type]
    assert Problem(spectrum(), MODEL, start={"p1.center": 0.0}).digest == digests[0]


def test_a_problem_is_frozen_and_crosses_a_process_boundary() -> None:
    problem = Problem(spectrum(), MODEL, parameters={"p2.fwhm": change(equals="p1.fwhm")})
    with pytest.raises(AttributeError):
        problem.names = ()  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        problem.free_start[0] = 1.0
    assert pickle.loads(pickle.dumps(problem)).digest == problem.digest


@pytest.mark.parametrize(
    ("start", "parameters", "words"),
    [
        ({"p1.centre": 1.0}, {}, "did you mean p1.center"),
        ({}, {"p1.widht": change(start=1.0)}, "no parameter 'p1.widht'"),
        ({"p1.fwhm": -1.0}, {}, "outside its bounds"),
        ({}, {"p1.center": change(start=3.0, max=2.0)}, "outside its bounds"),
        ({}, {"p1.center": change(min=2.0, max=1.0)}, "bounds of p1.center"),
        ({}, {"p1.center": change(min=float("nan"))}, "bounds of p1.center"),
        ({}, {"p1.center": change(min=0.0, max=0.0)}, "fixed = true"),
        ({"p1.center": float("nan")}, {}, "start of p1.center is nan"),
        ({}, {"p1.fwhm": change(equals="p1.fwhm")}, "circle"),
        ({}, {"p1.fwhm": change(equals="p2.fwhm", start=2.0)}, "both a tie and a start"),
        ({}, {"p1.fwhm": change(equals="p2.fwhm", fixed=True)}, "both a tie and fixed"),
        ({}, {"p1.fwhm": change(equals="p2.fwhm - 5")}, "outside its bounds"),
        ({}, {"p1.fwhm": change(equals="p2.fwhm*p2.height")}, "multiplies two"),
        ({}, {"p1.fwhm": change(equals="p3.fwhm")}, "did you mean"),
    ],
)
def test_impossible_settings_are_refused(
    start: dict[str, float], parameters: dict[str, ParameterChange], words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Problem(spectrum(), MODEL, start=start, parameters=parameters)
    assert words in str(caught.value)


def test_data_that_do_not_serve_are_refused() -> None:
    with pytest.raises(FitError, match="3 points and 8 free"):
        Problem(Spectrum([0, 1, 2], [0, 1, 2]), MODEL)
    with pytest.raises(FitError, match="some spectra have a sigma"):
        Problem([spectrum(), spectrum(sigma=False)], MODEL)
    with pytest.raises(FitError, match="2 spectra and 3 models"):
        Problem([spectrum()] * 2, [MODEL] * 3)
    with pytest.raises(FitError, match="0 spectra"):
        Problem([], MODEL)
    with pytest.raises(FitError, match=r"p1.center is shared but is in eV and in mm/s"):
        Problem([spectrum(x_unit="eV"), spectrum(x_unit="mm/s")], MODEL)
    with pytest.raises(FitError, match="template runs from"):
        Problem(spectrum(), Template([0.0, 1.0], [0.0, 1.0]))
    with pytest.raises(FitError, match=r"two parameters are called a\.b\.center"):
        Problem(spectrum(), Gaussian("a.b") + _named("a", "b.center"))


def _named(name: str, parameter: str):  # type: ignore[no-untyped-def]
    from spectrafit.lines import Function

    return Function(lambda x, a: a * x, parameters=(parameter,), name=name)


def test_shared_parameters_obey_both_tables() -> None:
    from spectrafit.lines import Line, LineParameter

    rows = Gaussian.parameters
    narrow = Line(
        "narrow",
        "a Gaussian of bounded width",
        Gaussian.function,
        (rows[0], LineParameter("fwhm", "x", 1.0, 0.5, 2.0), rows[2]),
    )
    problem = Problem([spectrum(), spectrum()], [Gaussian("p"), narrow("p")])
    at = problem.free_names.index("p.fwhm")
    assert (problem.free_min[at], problem.free_max[at]) == (0.5, 2.0)
