"""A coupled pair fitted to chi T, and judged.

The best fit of a wrong model has a J and a standard error like any other, so a fit is accepted or
rejected by its residuals before its numbers are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.problem import ParameterChange, Problem
from spectrafit.fit.result import FitResult
from spectrafit.fit.single import fit
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_magnetism.dimer import Dimer
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.gap_bound import GapBound, gap_bound
from spectrafit_magnetism.points import points_spectrum

__all__ = [
    "G_RANGE",
    "LEAST_P",
    "MOST_RMS",
    "MOST_SYSTEMATIC",
    "READ_OFF",
    "DimerFit",
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

G_RANGE = (1.7, 2.8)
"""Bounds of g: first-row ions and radicals; a g outside mostly means that the spins are others."""

_FAR_WORSE = 30.0
"""Ratio of chi2 of two starts above which the worse is not followed."""

_FREED = ("rho", "tip", "theta")
_START_SHARES = np.geomspace(0.003, 3.0, 25)
"""|J| over the highest temperature where the fit is looked for first."""


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
    bound = gap_bound(problem, result, S1, S2)
    return DimerFit(S1, S2, problem, result, rms, bound, _rejected(result, data, rest))


def _starts(
    data: Spectrum, model: Component, g_range: tuple[float, float]
) -> list[dict[str, float]]:
    """Return the best start of each sign of J, or of one where the other is far worse.

    Without impurity, mean field and tip, chi T is g^2 times a curve of J alone.
    """
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
        made.append(min(found))
    least = min(made)[0]
    kept = [(g, J) for chi2, g, J in made if chi2 <= _FAR_WORSE * least]
    return [{"dimer.g": g, "dimer.J": J} for g, J in kept]


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
