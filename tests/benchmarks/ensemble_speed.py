"""How long one spectrum's ensemble takes: 60 combinations of choices with 200 resamples each.

``python -m benchmarks.ensemble_speed ROUNDS`` prints one measurement as JSON. lmfit's Model fits a
sample: each combination and a few of its resamples a round; its time is that of the sample times what it stands
for.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
from benchmarks.cases import Case
from benchmarks.lean import LeanModel
from benchmarks.speed import engines
from ensemble_case import CHOICES, QUANTITIES, Recipe, spectrum

from spectrafit.fit.ensemble import ensemble
from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray

RESAMPLES = 200
_SAMPLED = 2
_STATE = 20_801


@dataclass(frozen=True)
class EnsembleSpeed:
    """CPU seconds of the fits of an ensemble, round by round.

    Parameters
    ----------
    fits : int
        Of all combinations, with their resamples.
    sampled : int
        Fits that lmfit made, all rounds.
    lmfit : list of float
        Of all fits, by arithmetic.
    lmfit_mean_calls, lmfit_median_calls, lmfit_median_seconds : float
        Of one of its fits: calls of the model, and time.
    ours : dict of str to list of float
        Of all fits, by engine.
    kept : int
        Fits that `ensemble` makes, which resamples only what counts.
    lmfit_kept : list of float
        Of those, by arithmetic.
    ensemble : dict of str to list of float
        Of a call of `ensemble`, everything in it, by engine.
    """

    fits: int
    sampled: int
    lmfit: list[float]
    lmfit_mean_calls: float
    lmfit_median_calls: float
    lmfit_median_seconds: float
    ours: dict[str, list[float]]
    kept: int
    lmfit_kept: list[float]
    ensemble: dict[str, list[float]]


@dataclass(frozen=True)
class LmfitFit:
    """CPU seconds and calls of the model of one fit by lmfit."""

    seconds: float
    calls: int


def ensemble_speed(rounds: int) -> EnsembleSpeed:
    """Return how long the ensemble takes."""
    recipe = Recipe(spectrum())
    labels = [dict(zip(CHOICES, each, strict=True)) for each in product(*CHOICES.values())]
    problems = [recipe(**{k: CHOICES[k][v] for k, v in each.items()}) for each in labels]
    rng = np.random.default_rng(_STATE)
    drawn = [_resampled(problem, RESAMPLES, rng) for problem in problems]
    lmfit, lmfit_kept = [], []
    made: list[LmfitFit] = []
    ours: dict[str, list[float]] = {engine: [] for engine in engines()}
    whole: dict[str, list[float]] = {engine: [] for engine in engines()}
    for engine in engines():
        _all_fits(problems[:2], drawn[:2], engine)
    found = ensemble(recipe, CHOICES, QUANTITIES, resamples=RESAMPLES, engine="batch")
    counted = [bool(member.samples.size) for member in found.members]
    for k in range(rounds):
        begin = k * _SAMPLED
        fits = [
            _lmfit_fits(problem, (y[begin : begin + _SAMPLED], best))
            for problem, (y, best) in zip(problems, drawn, strict=True)
        ]
        made += [one for each in fits for one in each[1:]]
        times = [
            (each[0].seconds, float(np.mean([one.seconds for one in each[1:]]))) for each in fits
        ]
        lmfit.append(sum(base + RESAMPLES * one for base, one in times))
        pairs = zip(times, counted, strict=True)
        lmfit_kept.append(sum(base + RESAMPLES * one * there for (base, one), there in pairs))
        for engine in engines():
            start = time.thread_time()
            _all_fits(problems, drawn, engine)
            ours[engine].append(time.thread_time() - start)
            start = time.thread_time()
            found = ensemble(recipe, CHOICES, QUANTITIES, resamples=RESAMPLES, engine=engine)
            whole[engine].append(time.thread_time() - start)
    return EnsembleSpeed(
        fits=len(problems) * (1 + RESAMPLES),
        sampled=rounds * len(problems) * (1 + _SAMPLED),
        lmfit=lmfit,
        lmfit_mean_calls=float(np.mean([one.calls for one in made])),
        lmfit_median_calls=float(np.median([one.calls for one in made])),
        lmfit_median_seconds=float(np.median([one.seconds for one in made])),
        ours=ours,
        kept=found.fits,
        lmfit_kept=lmfit_kept,
        ensemble=whole,
    )


def _resampled(
    problem: Problem, count: int, rng: np.random.Generator
) -> tuple[FloatArray, Mapping[str, float]]:
    """Return new data about the best fit, and its free parameters."""
    data = problem.data[0]
    best = fit_many(problem, data.y[None], sigma=data.sigma, engine="scipy")
    values = {name: float(best.value(name)[0]) for name in best.names}
    curve = problem.model[0].evaluate(data.x, values)
    y = curve + data.sigma * rng.standard_normal((count, data.x.size))
    return y, {name: values[name] for name in problem.free_names}


def _all_fits(
    problems: list[Problem], drawn: list[tuple[FloatArray, Mapping[str, float]]], engine: str
) -> None:
    """Fit every combination from its starts, and its resamples from its minimum."""
    for problem, (y, best) in zip(problems, drawn, strict=True):
        data = problem.data[0]
        # one fit is quickest alone
        base = "scipy" if engine == "batch" else engine
        fit_many(problem, data.y[None], sigma=data.sigma, engine=base)
        fit_many(
            problem, y, sigma=data.sigma, start=best, engine=engine, warm=True, restarts=0
        )  # fmt: skip


def _lmfit_fits(problem: Problem, drawn: tuple[FloatArray, Mapping[str, float]]) -> list[LmfitFit]:
    """Return lmfit's fit from the starts, and those of resamples from the minimum."""
    data = problem.data[0]
    y, best = drawn
    start = {}
    for i, name in enumerate(problem.free_names):
        low, high = problem.free_min[i], problem.free_max[i]
        # from a bound lmfit would not move
        aside = 1e-6 * (high - low) if np.isfinite(high - low) else 0.0
        near = np.clip(best[name], low + aside, high - aside)
        start[name] = np.array([problem.free_start[i], *[near] * len(y)])
    sigma = np.broadcast_to(np.asarray(data.sigma), (1 + len(y), data.x.size))
    case = Case("", problem, {}, start, np.vstack([data.y, y]), sigma)
    lean = LeanModel(case)
    return [_timed(lean, row) for row in range(len(case))]


def _timed(lean: LeanModel, row: int) -> LmfitFit:
    begin = time.thread_time()
    result = lean.fit(row)
    return LmfitFit(time.thread_time() - begin, int(result.nfev))


if __name__ == "__main__":
    print(json.dumps(asdict(ensemble_speed(int(sys.argv[1])))))
