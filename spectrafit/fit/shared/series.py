"""The fit of the rows of a series that can be fitted: starts, minimum, weights of counts, errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import REWEIGHTED, count_weights, fit_many
from spectrafit.fit.shared.errors import SharedErrors, shared_errors
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.shared.layout import shared_layout
from spectrafit.fit.shared.minimum import SharedMinimum, shared_minimum
from spectrafit.fit.shared.start import start_on_laws
from spectrafit.fit.shared.work import SharedWork
from spectrafit.fit.stack import Stack, starts_of
from spectrafit.spectrum import FloatArray

__all__ = ["Series", "SeriesFit"]

# chi2 over that of the independent fits that is worth another start
_MISFIT = 1.5

Start = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class SeriesFit:
    """What the rows of a series gave.

    Parameters
    ----------
    work : SharedWork
        The series with the last sigma.
    minimum : SharedMinimum
        Where it ended.
    errors : SharedErrors
        Errors there.
    independent : FitStack
        Fits of the same rows with the same sigma, each by itself.
    starts, evaluations : int
        Starts that were tried, and calls of the model for every spectrum.
    """

    work: SharedWork
    minimum: SharedMinimum
    errors: SharedErrors
    independent: FitStack
    starts: int
    evaluations: int

    @property
    def free_values(self) -> FloatArray:
        """Free parameters, shape (N, Q)."""
        shared, place = self.work.shared, self.minimum.place
        z = shared.free(place.local, place.w)
        return np.clip(z @ shared.layout.to_q.T, shared.low, shared.high)


@dataclass(frozen=True, eq=False)
class Series:
    """Rows that can all be fitted.

    Parameters
    ----------
    stack : Stack
        Points, values and sigma.
    laws : mapping of str to SharedLaw
        By full name of a free parameter, for these rows.
    start : mapping of str to float or ndarray of shape (N,)
        As for `fit_many`.
    counts : bool
        Whether the values are counts.
    limit : int
        Most evaluations of a start.
    """

    stack: Stack
    laws: Mapping[str, SharedLaw]
    start: Mapping[str, ArrayLike]
    counts: bool
    limit: int

    def fitted(self) -> SeriesFit:
        """Return the fit."""
        given, offset = starts_of(self.stack.problem, self.start, len(self.stack))
        shared = shared_layout(self.stack.problem, self.laws, len(self.stack))
        alone = self._independent(self.start, self.stack.sigma, counts=self.counts)
        stack = replace(self.stack, sigma=alone.y_sigma) if self.counts else self.stack
        work = SharedWork(stack, shared, offset)
        starts = self._starts(work, alone, given)
        found, begin, tried, calls = _lowest(work, starts, float(alone.chi2.sum()), self.limit)
        for _ in range(REWEIGHTED if self.counts else 0):
            weights = count_weights(work.models(found.place))
            work = replace(work, stack=replace(stack, sigma=1.0 / weights))
            found = shared_minimum(work, found.place.local, found.place.w, self.limit)
            calls += found.evaluations
        errors = shared_errors(work, found, begin)
        made = SeriesFit(work, found, errors, alone, tried, calls)
        return replace(made, independent=self._lowest_alone(made))

    def _lowest_alone(self, made: SeriesFit) -> FitStack:
        """Return independent fits that are nowhere above the fit with the laws."""
        sigma, alone = made.work.stack.sigma, made.independent
        beside = self._independent(self._from(made.free_values), sigma, warm=True)
        if self.counts:
            alone = self._independent(self._from(alone.free_values), sigma, warm=True)
        lower = (beside.chi2 < alone.chi2) & (beside.converged >= alone.converged)
        lower |= beside.converged & ~alone.converged
        rows = np.arange(len(alone)) + len(alone) * lower
        return FitStack.joined((alone, beside)).rows(rows)

    def _from(self, free: FloatArray) -> Mapping[str, ArrayLike]:
        return {**self.start, **dict(zip(self.stack.problem.free_names, free.T, strict=True))}

    def _independent(
        self,
        start: Mapping[str, ArrayLike],
        sigma: Any,
        *,
        counts: bool = False,
        warm: bool = False,
    ) -> FitStack:
        return fit_many(
            self.stack.problem, self.stack.y, start=start, sigma=sigma, counts=counts,
            engine="batch", warm=warm, restarts=0 if warm else 4,
        )  # fmt: skip

    def _starts(self, work: SharedWork, alone: FitStack, given: FloatArray) -> Iterator[Start]:
        """Yield starts: the independent fits, those asked for, and a mixture."""
        reached = np.isfinite(alone.chi2)
        free = np.where(reached[:, None], alone.free_values, given)
        own, w = start_on_laws(work.shared, free, alone.free_covariance * reached[:, None, None])
        yield own, w
        asked = start_on_laws(work.shared, given, np.zeros_like(alone.free_covariance))
        yield asked
        yield asked[0], w


def _lowest(
    work: SharedWork, starts: Iterator[Start], alone: float, limit: int
) -> tuple[SharedMinimum, Start, int, int]:
    """Return the lowest minimum, where it began, how many starts were tried, and all calls."""
    found: list[tuple[SharedMinimum, Start]] = []
    for start in starts:
        found.append((shared_minimum(work, *start, limit), start))
        found.sort(key=lambda one: (one[0].end != 1, one[0].place.chi2.sum()))
        best = found[0][0]
        if best.end == 1 and float(best.place.chi2.sum()) <= _MISFIT * alone:
            break
    return *found[0], len(found), sum(one.evaluations for one, _ in found)
