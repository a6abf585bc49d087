"""Weak peaks: intervals by profile and by simulated spectra where linear ones fail."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from reliability.covered import LEVEL, Covered, linear
from reliability.covered_lines import (
    IR,
    MOSSBAUER,
    XANES,
    infrared_problem,
    mossbauer_fits,
    xanes_stack,
)

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.intervals import profile_many
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.calibrated import calibrated_interval, value_test
from spectrafit.fit.weak import WEAK_BELOW
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

# fixed before looking
PEAK_STATE = 20_521
# with 18 simulated spectra a value is excluded at p = 6/19, which is 1 - 68.4 %
DRAWS = 18
# heights over the noise of one point
HEIGHTS = (1.0, 2.0)
_NOISE = 0.1
_X = np.linspace(-4.0, 4.0, 60)
_PEAK = Gaussian("peak") + Polynomial(0, "base")
_TRUTH = {"peak.center": 0.3, "peak.fwhm": 1.6, "base.c0": 0.2}
_BOUNDS = {
    "peak.center": ParameterChange(start=0.1, min=-3.5, max=3.5),
    "peak.fwhm": ParameterChange(start=1.5, min=0.3, max=6.0),
    "peak.height": ParameterChange(start=0.1, min=0.0),
}


def peak_stack(height: float, count: int) -> FitStack:
    """Return fits of a Gaussian on a constant, 12 points a FWHM, found from five places."""
    rng = np.random.default_rng([PEAK_STATE, int(10 * height)])
    clean = _PEAK.evaluate(_X, _TRUTH | {"peak.height": height * _NOISE})
    y = clean + _NOISE * rng.standard_normal((count, _X.size))
    sigma = np.full(_X.size, _NOISE)
    problem = Problem(Spectrum(_X, clean, sigma), _PEAK, parameters=_BOUNDS)
    found = [
        fit_many(problem, y, start={"peak.center": at}, sigma=sigma, engine="batch")
        for at in (-3.0, -1.5, 0.0, 1.5, 3.0)
    ]
    lowest = np.argmin([one.chi2 for one in found], axis=0)
    return FitStack.joined(found).rows(lowest * count + np.arange(count))


def told_of_stack(stack: FitStack, name: str) -> float:
    """Return the share of fits that carry the alert on a weak peak, or give no error."""
    value, sigma = np.abs(stack.value(name)), stack.sigma(name)
    return float((~np.isfinite(sigma) | (value < WEAK_BELOW * sigma)).mean())


def by_tests(
    where: tuple[str, str, str, str], stack: FitStack, name: str, truth: float, engine: str
) -> Covered:
    """Return how often the truth is not excluded by spectra simulated with it."""
    kept = []
    for row in range(len(stack)):
        found = value_test(
            stack.problem_of(row), name, truth, result=stack.result(row), seed=row, draws=DRAWS,
            engine=engine,
        )  # fmt: skip
        kept.append(found.p > 1.0 - LEVEL)
    return _not_linear(where, np.array(kept), "calibrated")


def profiled(where: tuple[str, str, str, str], stack: FitStack, name: str, truth: float) -> Covered:
    """Return how often the profile's interval holds the truth."""
    found = profile_many(stack, name, level=LEVEL, engine="batch")
    return _not_linear(where, np.array([one.interval.contains(truth) for one in found]), "profile")


def _not_linear(where: tuple[str, str, str, str], held: np.ndarray, kind: str) -> Covered:
    share, nan = float(held.mean()), float("nan")
    return Covered(*where, len(held), len(held), share, nan, nan, nan, kind)


def peak_rows(height: float, count: int, tests: int, engine: str) -> list[Covered]:
    """Return position, width and height of a peak by all three kinds of interval."""
    stack = peak_stack(height, count)
    told = told_of_stack(stack, "peak.height")
    truth: Mapping[str, float] = _TRUTH | {"peak.height": height * _NOISE}
    words = f"{height:g} times the noise of a point"
    rows = []
    for name in ("center", "fwhm", "height"):
        where = ("Gaussian", "weak", words, name)
        full = f"peak.{name}"
        rows += [
            linear(where, stack.value(full), stack.sigma(full), truth[full], told),
            profiled(where, stack.rows(slice(0, tests)), full, truth[full]),
            by_tests(where, stack.rows(slice(0, tests)), full, truth[full], engine),
        ]
    return rows


def technique_rows(tests: int, engine: str) -> list[Covered]:
    """Return tests of the truth in weak regimes of the techniques, by the problems they build.

    Fewer of them where one is dear: a third of XANES, half of Mössbauer.
    """
    xanes = next(one for one in XANES if one.name == "weak")
    stack, truth = xanes_stack(xanes, 1e3, max(1, tests // 3))
    rows = [
        by_tests(("xanes", "weak", "1e3 counts", "energy of peak 2"), stack, "peak2.center",
               truth["peak2.center"], "batch")
    ]  # fmt: skip
    site = next(one for one in MOSSBAUER if one.name == "weak" and one.depths == (0.03,))
    _, stack = mossbauer_fits(site, max(1, tests // 2))
    rows.append(
        by_tests(("mossbauer", "weak", "1e4 counts, 3 %", "IS"), stack, "site1.center",
               site.shifts[0], "batch")
    )  # fmt: skip
    weak = next(one for one in IR if one.name == "weak")
    problem, y, values = infrared_problem(weak, 30.0, tests)
    sigma = np.full(y.shape[1], 1.0 / 30.0)
    stack = fit_many(problem, y, sigma=sigma, engine="batch")
    rows += [
        by_tests(("ir", "weak", "1/30 of the first band", quantity), stack, f"1485.{name}",
               values[quantity], engine)
        for quantity, name in (("position", "center"), ("area", "area"))
    ]  # fmt: skip
    return rows


def whole_intervals(count: int) -> tuple[int, int]:
    """Return how many whole intervals of a peak as high as the noise hold its position, and of how many."""
    stack = peak_stack(1.0, count)
    held = 0
    for row in range(count):
        found = calibrated_interval(
            stack.problem_of(row), "peak.center", result=stack.result(row), seed=row, draws=59
        )
        held += found.interval.contains(_TRUTH["peak.center"])
    return held, count
