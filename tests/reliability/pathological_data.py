"""Data that no fit can do justice to, by kind: absent lines, empty windows, numbers far off scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from pathological_case import KINDS, Random, change

from spectrafit.fit import ParameterChange, Problem
from spectrafit.lines import (
    ErfStep,
    Exponential,
    Gaussian,
    Lorentzian,
    Polynomial,
    PseudoVoigtByArea,
    Voigt,
)
from spectrafit.lines.line import Component, Model
from spectrafit.spectrum import FloatArray, Spectrum

X = np.linspace(-5.0, 5.0, 40)


@dataclass(frozen=True, eq=False)
class Given:
    """What a user gives: it may be refused.

    Parameters
    ----------
    x, y : ndarray
        Points and values, as they come.
    sigma : ndarray or None
        Standard deviations.
    model : Model or Component
        What is fitted.
    start, parameters : mapping
        Of a problem.
    limit : int
        Calls of the model.
    undetermined : tuple of str
        Parameters of which at least one can have no error, whatever the engine.
    """

    x: FloatArray
    y: FloatArray
    sigma: FloatArray | None
    model: Model | Component
    start: Mapping[str, float] = field(default_factory=dict)
    parameters: Mapping[str, ParameterChange] = field(default_factory=dict)
    limit: int = 250
    undetermined: tuple[str, ...] = ()

    def problem(self) -> Problem:
        """Return the problem; what cannot be one is refused here."""
        data = Spectrum(self.x, self.y, self.sigma)
        return Problem(data, self.model, start=self.start, parameters=self.parameters)


def _of(problem: Problem) -> Given:
    data = problem.data[0]
    arrays = (np.array(data.x), np.array(data.y))
    sigma = None if data.sigma is None else np.array(data.sigma)
    return Given(*arrays, sigma, problem.model[0], dict(problem.start), dict(problem.parameters))


def _peak(rng: Random, model: Model | Component | None = None) -> Given:
    """Return an ordinary peak on a constant, to be spoilt."""
    height, noise = 10 ** rng.uniform(-1, 2), 0.02
    y = height * np.exp(-4 * np.log(2) * ((X - rng.uniform(-2, 2)) / rng.uniform(1, 3)) ** 2)
    y = y + 0.3 * height + noise * height * rng.standard_normal(X.size)
    sigma = np.full(X.size, noise * height) if rng.random() < 0.6 else None
    return Given(X, y, sigma, model or Gaussian("p") + Polynomial(0, "base"))


def _sigma(one: Given) -> FloatArray:
    return np.full(one.x.size, 0.1) if one.sigma is None else np.array(one.sigma)


def absent(rng: Random) -> Given:
    model = rng.choice([Gaussian, Lorentzian, Voigt, PseudoVoigtByArea])("p")
    one = _peak(rng, model + Polynomial(0, "base"))
    y = 0.3 + 0.02 * rng.standard_normal(X.size)
    return replace(one, y=y, parameters={"p.center": change(min=-5.0, max=5.0)})


def identical(rng: Random) -> Given:
    """Two lines a little or nothing apart, of which only the sum is determined."""
    apart = rng.choice([0.0, 0.0, 1e-15, 1e-9])
    model = Gaussian("a") + Gaussian("b")
    start = {"a.center": 0.1, "b.center": 0.1 + apart}
    fixed = {f"{name}.{part}": change(fixed=True) for name in "ab" for part in ("center", "fwhm")}
    lost = ("a.height", "b.height") if apart < 1e-12 else ()
    return replace(_peak(rng, model), start=start, parameters=fixed, undetermined=lost)


def all_zero(rng: Random) -> Given:
    return replace(_peak(rng), y=np.zeros(X.size), undetermined=("p.center", "p.fwhm"))


def constant(rng: Random) -> Given:
    return replace(
        _peak(rng), y=np.full(X.size, rng.uniform(-3, 3)), undetermined=("p.center", "p.fwhm")
    )


def one_point(rng: Random) -> Given:
    one = _peak(rng, Polynomial(int(rng.integers(0, 2)), "base"))
    sigma = None if one.sigma is None else one.sigma[:1]
    return replace(one, x=X[:1], y=one.y[:1], sigma=sigma)


def weights_zero(rng: Random) -> Given:
    return replace(_peak(rng), sigma=np.full(X.size, np.inf))


def sigma_spoilt(rng: Random) -> Given:
    one = _peak(rng)
    sigma = _sigma(one)
    sigma[rng.integers(0, X.size)] = rng.choice([np.inf, np.nan, 0.0, -1.0, 1e-320])
    return replace(one, sigma=sigma)


def values_spoilt(rng: Random) -> Given:
    one = _peak(rng)
    y = np.array(one.y)
    y[rng.integers(0, X.size)] = rng.choice([np.inf, np.nan, 1e200, -1e308])
    return replace(one, y=y)


def sigma_from_end_to_end(rng: Random) -> Given:
    return replace(_peak(rng), sigma=10 ** rng.uniform(-12, 12, X.size))


def beyond_bound(rng: Random) -> Given:
    """The data want a value outside of the range."""
    one = _peak(rng)
    bounds = {
        "p.height": change(start=-0.1, max=0.0),
        "p.center": change(min=-5.0, max=5.0),
        "p.fwhm": change(start=1.0, max=float(10 ** rng.uniform(0.1, 2))),
    }
    return replace(one, parameters=bounds)


def thin_range(rng: Random) -> Given:
    """A range of hardly more than a number, or of less."""
    width = rng.choice([0.0, 1e-300, 1e-16, 1e-9])
    bounds = {"p.center": change(start=0.0, min=-width, max=width)}
    return replace(_peak(rng), parameters=bounds)


def collinear(rng: Random) -> Given:
    """Two straight lines, or an exponential so slow that it is one."""
    if rng.random() < 0.5:
        model = Polynomial(1, "one") + Polynomial(int(rng.integers(0, 3)), "two")
        lost: tuple[str, ...] = ("one.c0", "two.c0")
    else:
        model = Exponential("slow") + Polynomial(1, "base")
        lost = ()
    start = {"slow.rate": float(10 ** rng.uniform(-18, -6))} if not lost else {}
    return replace(_peak(rng, model), start=start, undetermined=lost)


def call_limit(rng: Random) -> Given:
    return replace(
        _peak(rng),
        limit=int(rng.integers(1, 3)),
        start={"p.center": 2.5, "p.fwhm": 0.5},
        undetermined=("p.center",),
    )


def starts_at_minimum(rng: Random) -> Given:
    """Data without noise and a start at their minimum, sigma told or not."""
    one = _peak(rng)
    start = {"p.center": 0.5, "p.fwhm": 1.5, "p.height": 2.0, "base.c0": 1.0}
    y = Gaussian.function(X, 0.5, 1.5, 2.0)[0] + 1.0
    sigma = np.full(X.size, 0.1) if rng.random() < 0.5 else None
    return replace(one, y=y, sigma=sigma, start=start)


def scaled(rng: Random) -> Given:
    """An ordinary peak in units that make its numbers huge or tiny."""
    one = _peak(rng)
    by_x, by_y = (float(10 ** rng.uniform(-30, 30)) for _ in "xy")
    sigma = None if one.sigma is None else one.sigma * by_y
    start = {"p.center": 0.0, "p.fwhm": 2.0 * by_x, "p.height": by_y, "base.c0": by_y}
    return replace(one, x=X * by_x, y=one.y * by_y, sigma=sigma, start=start)


def off_scale(rng: Random) -> Given:
    """Numbers whose squares no double holds, or that are hardly numbers any more."""
    one = _peak(rng)
    by = float(rng.choice([1e160, 1e300, 1e-170, 1e-310]))
    sigma = None if one.sigma is None else one.sigma * by
    return replace(one, y=one.y * by, sigma=sigma, start={"p.height": by, "base.c0": by})


def far_origin(rng: Random) -> Given:
    """Absolute energies, and a polynomial about their far origin."""
    model = Gaussian("p") + Polynomial(int(rng.integers(1, 4)), "base")
    far = float(10 ** rng.uniform(3, 9))
    return replace(_peak(rng, model), x=X + far, start={"p.center": far, "p.fwhm": 2.0})


def x_twice(rng: Random) -> Given:
    one = _peak(rng)
    x = np.array(X)
    i = rng.integers(1, X.size)
    x[i] = x[i - 1]
    return replace(one, x=x)


def few_points(rng: Random) -> Given:
    one = _peak(rng)
    some = slice(0, int(rng.integers(1, 6)))
    sigma = None if one.sigma is None else one.sigma[some]
    return replace(one, x=X[some], y=one.y[some], sigma=sigma)


def empty_window(rng: Random) -> Given:
    one = _peak(rng)
    sigma = None if one.sigma is None else one.sigma[:0]
    return replace(one, x=X[:0], y=one.y[:0], sigma=sigma)


def all_fixed(rng: Random) -> Given:
    names = ("p.center", "p.fwhm", "p.height", "base.c0")
    return replace(_peak(rng), parameters={name: change(fixed=True) for name in names})


def ties_collapse(rng: Random) -> Given:
    """Two lines tied so that they are one, or nothing."""
    ties = {"b.center": change(equals="a.center"), "b.fwhm": change(equals="a.fwhm")}
    lost: tuple[str, ...] = ("a.height", "b.height")
    if rng.random() < 0.5:
        ties |= {"b.height": change(equals="-1*a.height")}
        lost = ("a.height",)
    return replace(_peak(rng, Gaussian("a") + Gaussian("b")), parameters=ties, undetermined=lost)


def no_counts(rng: Random) -> Given:
    """Counts of zero, or next to none, with the errors that counts have."""
    counts = rng.poisson(rng.choice([0.0, 0.02]), X.size).astype(float)
    bounds = {"p.height": change(min=0.0), "p.center": change(min=-5.0, max=5.0)}
    sigma = np.sqrt(np.maximum(counts, 1.0))
    return replace(_peak(rng), y=counts, sigma=sigma, parameters=bounds)


def step_outside(rng: Random) -> Given:
    model = ErfStep("s") + Polynomial(1, "base")
    return replace(_peak(rng, model), start={"s.center": float(rng.uniform(6, 1000))})


def between_points(rng: Random) -> Given:
    """A line so narrow that no point sees it."""
    start = {"p.center": float(rng.uniform(-4, 4)), "p.fwhm": float(10 ** rng.uniform(-300, -3))}
    return replace(_peak(rng), start=start)


def start_spoilt(rng: Random) -> Given:
    name = str(rng.choice(["p.center", "p.fwhm", "p.height"]))
    return replace(_peak(rng), start={name: float(rng.choice([np.nan, np.inf, -1e300, 0.0]))})


OWN: tuple[Callable[[Random], Given], ...] = (
    absent,
    identical,
    all_zero,
    constant,
    one_point,
    weights_zero,
    sigma_spoilt,
    values_spoilt,
    sigma_from_end_to_end,
    beyond_bound,
    thin_range,
    collinear,
    call_limit,
    starts_at_minimum,
    scaled,
    off_scale,
    far_origin,
    x_twice,
    few_points,
    empty_window,
    all_fixed,
    ties_collapse,
    no_counts,
    step_outside,
    between_points,
    start_spoilt,
)
NAMES = (*(kind.__name__ for kind in OWN), *(f"{kind.__name__} (problem)" for kind in KINDS))


def given(number: int) -> tuple[str, Given]:
    """Return one of the fits by its number, with the name of its kind; kinds take turns."""
    place = number % len(NAMES)
    rng = np.random.default_rng([20, number])
    if place < len(OWN):
        return NAMES[place], OWN[place](rng)
    return NAMES[place], _of(KINDS[place - len(OWN)](rng))
