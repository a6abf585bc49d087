"""Whether engines give the same fits: of simulated spectra, and of real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from benchmarks.cases import Case, infrared, moessbauer, pre_edge
from benchmarks.real_spectra import real_problems
from benchmarks.speed import SAME, engines

from spectrafit.errors import FitError
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import engine_of, fit_many
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import Flag
from spectrafit.lines import ArctanStep, PseudoVoigtByHeight
from spectrafit.spectrum import FloatArray

# the states are fixed before looking
SIMULATED: Mapping[str, Callable[[int], Case]] = {
    "pre-edge": lambda count: pre_edge(count, 20_701),
    "pre-edge-pv": lambda count: pre_edge(count, 20_702, line=PseudoVoigtByHeight, edge=ArctanStep),
    "doublets-1": lambda count: moessbauer(count, 20_703, doublets=1, points=256),
    "doublets-2": lambda count: moessbauer(count, 20_704),
    "doublets-3": lambda count: moessbauer(count, 20_705, doublets=3),
    "infrared": lambda count: infrared(count, 20_706),
}
# of several minima almost equally deep, each engine may find another from the same start
SEVERAL_MINIMA = ("doublets-2", "doublets-3")
BACKGROUNDS = ("lorentzian", "erf", "arctan", "exponential")


@dataclass(frozen=True, eq=False)
class Agreement:
    """How a stack of fits differs from another of the same spectra.

    Parameters
    ----------
    chi2 : ndarray, shape (N,)
        Relative difference, positive where the first is higher.
    same : ndarray of bool, shape (N,)
        Which ended at the same minimum by chi2.
    values, errors : ndarray, shape (N, P)
        Difference of the values in standard errors, and of the errors relative; not a number where
        there is no error or the minima differ.
    reasons : ndarray of bool, shape (N, P)
        Where one has an error and the other has none, at the same minimum.
    bounds : ndarray of bool, shape (N,)
        Where one is at a bound and the other is not, at the same minimum.
    """

    chi2: FloatArray
    same: FloatArray
    values: FloatArray
    errors: FloatArray
    reasons: FloatArray
    bounds: FloatArray

    @property
    def farthest(self) -> float:
        """Largest difference of a value in standard errors, at the same minimum."""
        return _largest(self.values)

    @property
    def apart(self) -> FloatArray:
        """Which are the same minimum by chi2 but not in every value, error and bound."""
        with np.errstate(invalid="ignore"):
            far = (self.values > 0.01).any(axis=1) | (self.errors > 0.01).any(axis=1)
        return self.same & (far | self.reasons.any(axis=1) | self.bounds)


def agreement(first: FitStack, second: FitStack) -> Agreement:
    """Return how two stacks of fits differ.

    Errors from known noise are widened by the root of the second's reduced chi2 where that is above
    1, as a misfit widens them in a result: both engines stop at a share of chi2.
    """
    chi2 = first.chi2 / second.chi2 - 1.0
    same = np.abs(chi2) <= SAME
    ours = np.array([first.sigma(name) for name in first.names]).T
    theirs = np.array([second.sigma(name) for name in first.names]).T
    misfit = np.sqrt(np.maximum(second.redchi, 1.0)) if second.noise == "known" else 1.0
    with np.errstate(invalid="ignore"):
        unit = np.fmin(ours, theirs) * np.reshape(misfit, (-1, 1))
        values = np.abs(first.values - second.values) / unit
        errors = np.abs(ours / theirs - 1.0)
    apart = ~same[:, None]
    return Agreement(
        chi2=chi2,
        same=same,
        values=np.where(apart, np.nan, values),
        errors=np.where(apart, np.nan, errors),
        reasons=(np.isfinite(ours) != np.isfinite(theirs)) & ~apart,
        bounds=(first.flag(Flag.AT_BOUND) != second.flag(Flag.AT_BOUND)) & same,
    )


def of_case(key: str, count: int) -> dict[str, tuple[Agreement, Agreement]]:
    """Return how each engine differs from the single fit, from the starts and from its minima."""
    case = SIMULATED[key](count)
    single = case.fitted("scipy")
    return {
        engine: (
            agreement(case.fitted(engine), single),
            agreement(from_minima(case, single).fitted(engine, restarts=0), single),
        )
        for engine in engines()
    }


def from_minima(case: Case, found: FitStack) -> Case:
    """Return the same spectra, to be fitted from where other fits ended."""
    return replace(case, start={name: found.value(name) for name in case.start})


@dataclass(frozen=True, eq=False)
class RealAgreement:
    """How an engine differs from the single fits of real spectra.

    Parameters
    ----------
    spectra : tuple of str
        Those on which the single fit converged.
    left_out : int
        How many more there are.
    refused : str
        Why the engine does not take the model, empty where it does.
    beside, minima : list of Agreement
        From starts beside the minimum, and from the minimum of the single fit.
    """

    spectra: tuple[str, ...]
    left_out: int
    refused: str
    beside: list[Agreement]
    minima: list[Agreement]


def of_real_spectra(
    engine: str, count: int, background: str, most: int | None = None
) -> RealAgreement:
    """Return how an engine differs on every real spectrum, or on the first of them."""
    names: list[str] = []
    left_out, refused = 0, ""
    beside: list[Agreement] = []
    minima: list[Agreement] = []
    for name, problem in real_problems(count, background):
        if most is not None and len(names) == most:
            break
        single = _alone(problem, "scipy")
        if not single.converged[0]:
            left_out += 1
            continue
        names.append(name)
        refused = refusal(problem, engine)
        if not refused:
            at = {free: float(single.value(free)[0]) for free in problem.free_names}
            beside.append(agreement(_alone(problem, engine), single))
            minima.append(agreement(_alone(problem, engine, start=at, restarts=0), single))
    return RealAgreement(tuple(names), left_out, refused, beside, minima)


def refusal(problem: Problem, engine: str) -> str:
    """Return why an engine does not take a model; empty where it does."""
    try:
        engine_of(problem, 1, engine)
    except FitError as error:
        return str(error)
    return ""


def _alone(problem: Problem, engine: str, **options: object) -> FitStack:
    spectrum = problem.data[0]
    return fit_many(problem, spectrum.y[None], sigma=spectrum.sigma, engine=engine, **options)  # type: ignore[arg-type]


def _largest(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else 0.0
