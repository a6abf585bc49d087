"""The lowest of the fits of many spectra from several starts, and random starts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import FitError
from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.row_fits import stack_fits
from spectrafit.fit.result import FitResult
from spectrafit.spectrum import FloatArray

__all__ = ["Found", "best_of_starts", "deviances", "model_curves", "random_starts"]

Start = Mapping[str, ArrayLike]

# of the logarithm: the spread of random starts of a parameter that is positive and open
_LOG_SPREAD = 0.5


@dataclass(frozen=True, eq=False)
class Found:
    """The lowest fits of some spectra.

    Parameters
    ----------
    stacks : tuple of FitStack
        The fits from each start.
    chosen : ndarray of int, shape (N,)
        Which start led to the lowest.
    misfit : ndarray, shape (N,)
        Its chi2, or the deviance of counts.
    faults : tuple of str
        Why a fit is no minimum, empty where it is one.
    """

    stacks: tuple[FitStack, ...]
    chosen: NDArray[np.intp]
    misfit: FloatArray
    faults: tuple[str, ...]

    @property
    def values(self) -> FloatArray:
        """All parameters, shape (N, P)."""
        every = np.stack([stack.values for stack in self.stacks])
        return np.asarray(every[self.chosen, np.arange(len(self.chosen))])

    def result(self, row: int) -> FitResult:
        """Return a fit as a result of its own.

        Parameters
        ----------
        row : int
            Of which spectrum.

        Returns
        -------
        FitResult
        """
        return self.stacks[int(self.chosen[row])].result(row)

    def start(self, problem: Problem) -> dict[str, ArrayLike]:
        """Return the fits as starts of another model.

        Parameters
        ----------
        problem : Problem
            The other model.

        Returns
        -------
        dict of str to ndarray of shape (N,)
            Free parameters that both have; numbers where there is one fit.
        """
        columns = dict(zip(self.stacks[0].names, self.values.T, strict=True))
        return {
            name: columns[name] if columns[name].size > 1 else float(columns[name][0])
            for name in problem.free_names
            if name in columns
        }


def best_of_starts(
    problem: Problem,
    y: FloatArray,
    sigma: FloatArray | None,
    starts: Sequence[Start],
    *,
    counts: bool,
    engine: str,
    threads: int,
) -> Found:
    """Return the lowest of the fits from several starts for every spectrum.

    Parameters
    ----------
    problem : Problem
        Of one spectrum; its own start serves for names left out of a start.
    y : ndarray, shape (N, n)
        Values.
    sigma : ndarray, shape (n,), or None
        Standard deviations.
    starts : sequence of mapping of str to float or ndarray of shape (N,)
        By full name, moved inside the bounds.
    counts : bool
        Whether y are counts: the deviance decides, not chi2.
    engine : str
        Of `fit_many`.
    threads : int
        Of the compiled engine.

    Returns
    -------
    Found
    """
    stacks, misfits, faults = [], [], []
    for start in starts:
        inside = {
            name: np.clip(start[name], low, high)
            for name, low, high in zip(
                problem.free_names, problem.free_min, problem.free_max, strict=True
            )
            if name in start
        }
        stack = fit_many(
            problem, y, sigma=sigma, start=inside, counts=counts, threads=threads, restarts=0,
            engine=engine if problem.free_names else "scipy",
        )  # fmt: skip
        stacks.append(stack)
        faults.append(stack_fits(stack).faults)
        misfits.append(deviances(y, model_curves(problem, stack.values)) if counts else stack.chi2)
    rank = np.array(misfits)
    rank[np.array([[bool(fault) for fault in row] for row in faults])] = np.inf
    rank[~np.isfinite(rank)] = np.inf
    chosen = np.argmin(rank, axis=0)
    rows = range(len(y))
    return Found(
        tuple(stacks),
        chosen,
        np.array([misfits[chosen[row]][row] for row in rows]),
        tuple(faults[chosen[row]][row] for row in rows),
    )


def model_curves(problem: Problem, values: FloatArray) -> FloatArray:
    """Return the models of some fits.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    values : ndarray, shape (N, P)
        All parameters.

    Returns
    -------
    ndarray, shape (N, n)
    """
    x, model = problem.data[0].x, problem.model[0]
    with np.errstate(all="ignore"):
        return np.array(
            [model.evaluate(x, dict(zip(problem.names, row, strict=True))) for row in values]
        )


def deviances(counts: FloatArray, models: FloatArray) -> FloatArray:
    """Return twice the log-likelihood that Poisson models lack to perfect ones.

    Parameters
    ----------
    counts : ndarray, shape (N, n)
        Not negative.
    models : ndarray, shape (N, n)
        Expected counts.

    Returns
    -------
    ndarray, shape (N,)
        Infinite where a model is not positive.

    Raises
    ------
    FitError
        When a count is negative.

    Notes
    -----
    Baker, Cousins, Nucl. Instrum. Methods 221, 437 (1984), the Poisson likelihood chi2.
    """
    if (counts < 0.0).any():
        raise FitError("a count is negative", do="leave out counts=True")
    positive = models > 0.0
    safe = np.where(positive, models, 1.0)
    ratio = np.where(counts > 0.0, counts, 1.0) / safe
    terms = safe - counts + np.where(counts > 0.0, counts * np.log(ratio), 0.0)
    return np.asarray(np.where(positive.all(axis=1), 2.0 * terms.sum(axis=1), math.inf))


def random_starts(
    null: Problem, alternative: Problem, count: int, rng: np.random.Generator
) -> list[dict[str, float]]:
    """Return random starts of the parameters that a model has more than another.

    Parameters
    ----------
    null, alternative : Problem
        The models, of one spectrum each.
    count : int
        How many starts.
    rng : numpy.random.Generator
        Random numbers.

    Returns
    -------
    list of dict of str to float
        Each parameter's values are spread evenly over its range, one in each of as many parts: its
        bounds; the data's range of x for a place between open bounds; half to twice its start for
        what is positive and open. Others keep their start.
    """
    x, unit = alternative.data[0].x, alternative.data[0].x_unit
    units = dict(zip(alternative.names, alternative.units, strict=True))
    starts: list[dict[str, float]] = [{} for _ in range(count)]
    rows = zip(
        alternative.free_names, alternative.free_start, alternative.free_min,
        alternative.free_max, strict=True,
    )  # fmt: skip
    for name, begin, low, high in rows:
        if name in null.free_names:
            continue
        share = (rng.permutation(count) + rng.uniform(size=count)) / max(1, count)
        if np.isfinite(high - low):
            places = low + share * (high - low)
        elif np.isinf(low) and np.isinf(high) and units[name] == unit:
            places = x[0] + share * (x[-1] - x[0])
        elif low >= 0.0 and begin > 0.0:
            places = np.maximum(low, begin * np.exp(_LOG_SPREAD * (2.0 * share - 1.0)))
        else:
            continue
        for start, place in zip(starts, places.tolist(), strict=True):
            start[name] = place
    return starts
