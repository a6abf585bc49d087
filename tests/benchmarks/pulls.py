"""Whether errors are those of the scatter about the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from benchmarks.cases import Case, clean, moessbauer, pre_edge

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many

# fixed before looking
PRE_EDGE_STATE = 20_401
COUNTS_STATE = 20_402
MANY_COUNTS_STATE = 20_403
EXACT_STATE = 20_404


@dataclass(frozen=True)
class Pulls:
    """Mean and standard deviation of (value - truth)/error, by free parameter.

    Parameters
    ----------
    count : int
        Spectra.
    without : int
        Errors that are not given, at a bound for one; left out.
    mean, deviation : dict of str to float
        By full name.
    """

    count: int
    without: int
    mean: dict[str, float]
    deviation: dict[str, float]

    @property
    def worst_mean(self) -> float:
        return max(abs(value) for value in self.mean.values())

    @property
    def worst_deviation(self) -> float:
        return max((value for value in self.deviation.values()), key=lambda value: abs(value - 1))


def pulls(case: Case, found: FitStack) -> Pulls:
    """Return the pulls of a fitted case."""
    every = {
        name: (found.value(name) - case.truth[name]) / found.sigma(name)
        for name in found.free_names
    }
    return Pulls(
        count=len(found),
        without=sum(int(np.isnan(one).sum()) for one in every.values()),
        mean={name: float(np.nanmean(one)) for name, one in every.items()},
        deviation={name: float(np.nanstd(one)) for name, one in every.items()},
    )


def pre_edge_pulls(engine: str, count: int, noise: str) -> Pulls:
    """Return the pulls of pre-edge fits; the noise is known, or estimated from each fit."""
    case = pre_edge(count, PRE_EDGE_STATE)
    if noise == "known":
        return pulls(case, case.fitted(engine))
    problem = case.problem
    start = {name: case.start[name] for name in problem.free_names}
    return pulls(
        case,
        fit_many(
            case.x, case.y, problem.model[0], parameters=problem.parameters, start=start,
            engine=engine,
        ),
    )  # fmt: skip


def counts_pulls(engine: str, count: int, counts: float) -> Pulls:
    """Return the pulls of a doublet in spectra of so many counts a channel, weighted by the model."""
    case = few_counts(count) if counts < 1e4 else many_counts(count)
    found = fit_many(case.problem, case.y, start=case.start, engine=engine, counts=True)
    return pulls(case, found)


def many_counts(count: int) -> Case:
    """Return a doublet on a million counts a channel."""
    return moessbauer(count, MANY_COUNTS_STATE, doublets=1, points=256)


def few_counts(count: int) -> Case:
    """Return a doublet on a thousand counts a channel; sigma is the root of the counts."""
    return moessbauer(count, COUNTS_STATE, doublets=1, points=256, counts=1e3, depth=(0.2, 0.4))


def of_exact_noise(case: Case, state: int) -> Case:
    """Return spectra of the same truth with normal noise whose sigma is known exactly.

    What is left of their pulls is the curvature of the model, whatever the weights.
    """
    curves = clean(case.problem.model[0], case.x, case.truth)
    sigma = np.sqrt(curves)
    noise = np.random.default_rng(state).standard_normal(curves.shape)
    return replace(case, y=curves + sigma * noise, sigma=sigma)
