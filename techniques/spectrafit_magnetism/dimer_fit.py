"""A coupled pair fitted to chi T, compared without and with a mean field, and judged.

The best fit of a wrong model has a J and a standard error like any other, so a fit is accepted or
rejected by its residuals before its numbers are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.compare import akaike_weights, ratio_test
from spectrafit.fit.intervals import profile
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.profile.interval import Side
from spectrafit.fit.result import FitResult
from spectrafit.fit.single import fit
from spectrafit.lines.line import Component
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_magnetism.dimer import Dimer
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.points import points_spectrum

__all__ = [
    "G_RANGE",
    "LEAST_P",
    "LEAST_WEIGHT",
    "MOST_RMS",
    "MOST_SYSTEMATIC",
    "READ_OFF",
    "DimerComparison",
    "DimerFit",
    "GapBound",
    "compared_dimers",
    "fitted_dimer",
]

LEAST_P = 1e-3
"""Probability of chi2 below which a fit to points with known errors is rejected."""

MOST_RMS = 0.05
"""Root mean square residual over the largest chi T above which a fit to points without errors is
rejected, whatever their scatter."""

READ_OFF = 0.01
"""Share of the largest chi T to which a point read off a printed figure is good: residuals below it
reject no model."""

MOST_SYSTEMATIC = 3.0
"""Root mean square residual over the scatter from point to point above which the residuals are a
curve and not noise; of white noise the ratio is 1, and 1.8 at p = 0.001 for 30 points."""

LEAST_WEIGHT = 0.95
"""Akaike weight that one of two models needs to be preferred."""

G_RANGE = (1.7, 2.8)
"""Bounds of g: first-row ions and radicals; a g outside mostly means that the spins are others."""

_BEYOND = 5.0
"""A gap of more than this many times the highest temperature is no value: less than 1 % of the upper
level is populated anywhere."""

_DOUBTFUL = 2.0
"""A gap of more than this many times the highest temperature is a value only where the data exclude
one that is larger without limit."""

_FREED = ("rho", "tip", "theta")
_START_SHARES = np.geomspace(0.003, 3.0, 25)
"""|J| over the highest temperature where the fit is looked for first."""


@dataclass(frozen=True)
class GapBound:
    """A gap that the data bound from below only.

    Parameters
    ----------
    low : float or None
        K; None where the data do not bound it either.
    level : float
        Confidence, one-sided.
    reason : str
        Why there is no bound; empty where there is one.
    """

    low: float | None
    level: float
    reason: str = ""

    def __str__(self) -> str:
        if self.low is None:
            return f"gap not bounded: {self.reason}"
        return f"gap > {number_text(self.low, 3)} K ({100.0 * self.level:g} %)"


@dataclass(frozen=True, eq=False)
class DimerFit:
    """A pair of spins fitted to chi T.

    Parameters
    ----------
    S1, S2 : float
        The two spins.
    problem : Problem
        What was fitted.
    result : FitResult
        Parameters ``dimer.g``, ``dimer.J`` (K, H = -2J S1.S2), ``.rho``, ``.tip``, ``.theta``.
    rms : float
        Root mean square residual, cm3 K/mol.
    gap_bound : GapBound or None
        Where the gap is beyond what the temperatures can tell; J is then no value.
    rejected : str
        Why the model does not describe the data; empty where it does.
    """

    S1: float
    S2: float
    problem: Problem
    result: FitResult
    rms: float
    gap_bound: GapBound | None
    rejected: str

    @property
    def exchange(self) -> Exchange:
        """The best J with its convention; see `gap_bound` and `rejected` before it is quoted."""
        return Exchange(self.result.value("dimer.J"))

    @property
    def gap(self) -> float:
        """First excited above ground level at the best J, K."""
        return self.exchange.gap(self.S1, self.S2)


def fitted_dimer(
    T: ArrayLike,
    chiT: ArrayLike,
    S1: float,
    S2: float,
    *,
    sigma: ArrayLike | None = None,
    free: Sequence[str] = (),
    impurity: float = 0.5,
    g_range: tuple[float, float] = G_RANGE,
) -> DimerFit:
    """Return g and J of a coupled pair, the lowest of fits from several starts of either sign.

    Parameters
    ----------
    T, chiT : array_like, shape (n,)
        K and cm3 K/mol, in any order.
    S1, S2 : float
        The two spins.
    sigma : array_like, optional
        Standard errors of chi T, cm3 K/mol.
    free : sequence of str, optional
        Which of ``rho``, ``tip``, ``theta`` are fitted too; held at 0 else.
    impurity : float, optional
        Spin of the impurity.
    g_range : (float, float), optional
        Bounds of g. Without them a chi T that hardly changes is described as well by free spins of
        another g as by a pair in its ground level.

    Returns
    -------
    DimerFit

    Raises
    ------
    SettingsError
        For an unknown parameter, a spin that is none, or a temperature that is not above 0 K.
    FitError
        When the points are fewer than the parameters.
    """
    for name in free:
        if name not in _FREED:
            advice = nearest(name, _FREED, noun="these can be freed")
            raise SettingsError(f"no parameter {name!r} of a dimer", do=advice)
    data = points_spectrum(T, chiT, sigma, "chiT", "cm3 K mol-1")
    model = Dimer(S1, S2, impurity=impurity)
    if not 0.0 < g_range[0] < g_range[1]:
        raise SettingsError(f"g from {g_range[0]:g} to {g_range[1]:g}", where="g_range")
    changes = {f"dimer.{name}": ParameterChange(fixed=False) for name in free}
    changes["dimer.g"] = ParameterChange(min=g_range[0], max=g_range[1])
    if "theta" in free:
        limit = float(data.x[0]) * (1.0 - 1e-6)
        changes["dimer.theta"] = ParameterChange(fixed=False, max=limit)
    if "rho" in free:
        changes["dimer.rho"] = ParameterChange(start=0.01, fixed=False)
    hottest = float(data.x[-1])
    best: tuple[Problem, FitResult] | None = None
    for start in _starts(data, model, g_range):
        problem = Problem(data, model, start=start, parameters=changes)
        result = fit(problem)
        if best is None or result.chi2 < best[1].chi2:
            best = problem, result
    assert best is not None
    problem, result = best
    weighted = problem.residuals(result.values[[n in problem.free_names for n in problem.names]])
    rest = weighted if data.sigma is None else weighted * data.sigma
    rms = float(np.sqrt(rest @ rest / rest.size))
    gap = Exchange(result.value("dimer.J")).gap(S1, S2)
    bound = None
    if gap > _BEYOND * hottest or (gap > _DOUBTFUL * hottest and _is_open(problem, result)):
        bound = _gap_bound(problem, result, S1, S2)
    return DimerFit(S1, S2, problem, result, rms, bound, _rejected(result, data, rest))


def _starts(
    data: Spectrum, model: Component, g_range: tuple[float, float]
) -> list[dict[str, float]]:
    """Return the best start of each sign of J: chi T is g^2 times a curve of J alone."""
    weight = 1.0 if data.sigma is None else 1.0 / data.sigma
    y = data.y * weight
    made = []
    for sign in (-1.0, 1.0):
        found = []
        for J in sign * _START_SHARES * float(data.x[-1]):
            curve = model.line.function(data.x, 1.0, J, 0.0, 0.0, 0.0)[0] * weight
            square = float(curve @ y) / max(float(curve @ curve), 1e-300)
            g = float(np.clip(np.sqrt(max(square, 0.0)), *g_range))
            rest = y - g * g * curve
            found.append((float(rest @ rest), g, float(J)))
        _, g, J = min(found)
        made.append({"dimer.g": g, "dimer.J": J})
    return made


def _is_open(problem: Problem, result: FitResult) -> bool:
    """Return whether the data exclude no J of the same sign beyond the best, however large."""
    antiferro = result.value("dimer.J") < 0.0
    side: Side = "lower" if antiferro else "upper"
    found = profile(problem, "dimer.J", result=result, level=0.95, side=side).interval
    return (found.lower if antiferro else found.upper) is None


def _gap_bound(problem: Problem, result: FitResult, S1: float, S2: float) -> GapBound:
    antiferro = result.value("dimer.J") < 0.0
    side: Side = "upper" if antiferro else "lower"
    found = profile(problem, "dimer.J", result=result, level=0.95, side=side).interval
    end = found.upper if antiferro else found.lower
    if end is None:
        return GapBound(None, 0.95, found.upper_reason if antiferro else found.lower_reason)
    if (end < 0.0) != antiferro:
        return GapBound(None, 0.95, "the sign of J is not determined")
    return GapBound(Exchange(end).gap(S1, S2), 0.95)


def _rejected(result: FitResult, data: Spectrum, rest: FloatArray) -> str:
    """Return why residuals, in cm3 K/mol by rising temperature, speak against the model."""
    if "dimer.g" in result.at_bound:
        return f"g = {result.value('dimer.g'):.3g} is at the end of its range"
    if result.noise == "known":
        from scipy.special import chdtrc

        p = float(chdtrc(max(result.nfree, 1), result.chi2))
        if p < LEAST_P:
            return f"chi2 = {result.chi2:.4g} of {result.nfree} degrees of freedom (p = {p:.1e})"
        return ""
    rms = float(np.sqrt(rest @ rest / rest.size))
    share = rms / float(np.abs(data.y).max())
    # half the mean square of successive differences: J. von Neumann, Ann. Math. Stat. 12, 367 (1941)
    scatter = float(np.sqrt(0.5 * np.mean(np.diff(rest) ** 2)))
    if share > MOST_RMS:
        return (
            f"the residuals are {100.0 * share:.1f} % of the largest chi T,"
            f" the limit is {100.0 * MOST_RMS:g} %"
        )
    if share > READ_OFF and rms > MOST_SYSTEMATIC * scatter:
        return (
            f"the residuals are a curve: {100.0 * share:.1f} % of the largest chi T and"
            f" {rms / scatter:.1f} times the scatter from point to point"
        )
    return ""


@dataclass(frozen=True, eq=False)
class DimerComparison:
    """A pair without and with a mean field between pairs.

    Parameters
    ----------
    without, with_theta : DimerFit
        The two fits, of the same data.
    weight : float
        Akaike weight of the one with theta.
    p : float
        Of the ratio test: probability of this gain where theta is 0.
    preferred : str
        ``"with theta"``, ``"without theta"`` or ``"undecided"``.
    """

    without: DimerFit
    with_theta: DimerFit
    weight: float
    p: float
    preferred: str


def compared_dimers(
    T: ArrayLike, chiT: ArrayLike, S1: float, S2: float, *, sigma: ArrayLike | None = None
) -> DimerComparison:
    """Return a coupled pair fitted without and with a mean field, and which the data prefer.

    Parameters
    ----------
    T, chiT : array_like, shape (n,)
        K and cm3 K/mol.
    S1, S2 : float
        The two spins.
    sigma : array_like, optional
        Standard errors of chi T, cm3 K/mol.

    Returns
    -------
    DimerComparison
        With theta is preferred by an Akaike weight of 0.95 and more. Without theta is preferred
        where its own weight is larger than that of the other: it is the simpler.

    Raises
    ------
    SettingsError
        As `fitted_dimer`.
    """
    plain = fitted_dimer(T, chiT, S1, S2, sigma=sigma)
    rich = fitted_dimer(T, chiT, S1, S2, sigma=sigma, free=("theta",))
    weight = float(akaike_weights({"without": plain.result, "with": rich.result})["with"])
    p = ratio_test(plain.result, rich.result).p
    if weight >= LEAST_WEIGHT:
        preferred = "with theta"
    else:
        preferred = "without theta" if weight < 0.5 else "undecided"
    return DimerComparison(plain, rich, weight, p, preferred)
