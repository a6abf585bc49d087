"""A series with a law that is not linear in one number, like a Debye temperature.

The number is found by profiling: at each value the law is linear in its coefficients, and the
series is fitted with the weights held. The last fit has the law's slope by the number as a further
column, so that errors of all else include that of the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.fit.problem import Problem
from spectrafit.fit.profile.along import Along, profile_along
from spectrafit.fit.profile.interval import Interval
from spectrafit.fit.shared.fit_shared import fit_shared
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.shared.layout import SharedLayout, shared_layout
from spectrafit.fit.shared.minimum import shared_minimum
from spectrafit.fit.shared.shared_fit import SharedFit
from spectrafit.fit.shared.start import start_on_laws
from spectrafit.fit.shared.work import SharedWork
from spectrafit.fit.stack import Stack, starts_of
from spectrafit.spectrum import FloatArray

__all__ = ["CurvedFit", "CurvedLaw", "fit_curved"]

# of the range of the number: step of central differences
_STEP = 1e-4


@dataclass(frozen=True, eq=False)
class CurvedLaw:
    """A law with one number in it that is not a coefficient.

    Parameters
    ----------
    at : callable
        ``at(number) -> SharedLaw`` for all spectra.
    name, unit : str
        Of the number.
    places : array_like, shape (m,)
        Where to look for it first, rising, at least five; the ends are its bounds.
    """

    at: Callable[[float], SharedLaw]
    name: str
    unit: str
    places: ArrayLike

    def with_slope(self, number: float, coefficients: FloatArray, unit: str) -> SharedLaw:
        """Return the law near a number, the number itself being a coefficient more.

        Parameters
        ----------
        number : float
            Where the law is linearised.
        coefficients : ndarray, shape (k,)
            Of the law there.
        unit : str
            Of the parameter.

        Returns
        -------
        SharedLaw

        Raises
        ------
        SettingsError
            When the slope cannot be told from the law's other columns.
        """
        ends = np.asarray(self.places, dtype=float)[[0, -1]]
        step = _STEP * float(ends[1] - ends[0])
        low, high = max(ends[0], number - step), min(ends[1], number + step)
        both = self.at(float(high)).values(coefficients) - self.at(float(low)).values(coefficients)
        slope, law = both / (high - low), self.at(number)
        return SharedLaw(
            np.column_stack([law.basis, slope]),
            (*law.names, self.name),
            (*law.per, f"{unit}/{self.unit}"),
            law.known - number * slope,
        )


@dataclass(frozen=True, eq=False)
class CurvedFit:
    """A series with a curved law.

    Parameters
    ----------
    fit : SharedFit
        At the best number; the number is one of its coefficients where it lies inside its bounds.
    name : str
        Of the parameter that follows the curved law.
    along : Along
        Chi2 along the number, all else refitted, and the interval of the number.
    """

    fit: SharedFit
    name: str
    along: Along

    @property
    def interval(self) -> Interval:
        """The number with its interval; an end is a number or a named reason."""
        return self.along.interval


def fit_curved(
    problem: Problem,
    y: Any,
    name: str,
    curved: CurvedLaw,
    *,
    laws: Mapping[str, SharedLaw] | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    sigma: Any = None,
    counts: bool = False,
    level: float = 0.683,
    max_evaluations: int = 1000,
) -> CurvedFit:
    """Return the fit of a series in which one law has a free number that it is not linear in.

    Parameters
    ----------
    problem : Problem
        Of one spectrum: points, model, bounds, ties and starts serve all.
    y : array_like, shape (N, n)
        One spectrum a row.
    name : str
        Full name of the parameter that follows the curved law.
    curved : CurvedLaw
        The law.
    laws : mapping of str to SharedLaw, optional
        Of other parameters.
    start, sigma, counts, max_evaluations
        As of `fit_shared`. Of counts, sigma is held at that of the fit with the middle number.
    level : float, optional
        Confidence of the number's interval, both ends together.

    Returns
    -------
    CurvedFit

    Raises
    ------
    FitError
        As `fit_shared`, or when no number gives a fit.
    SettingsError
        As `fit_shared`, or when the parameter has two laws.
    """
    others = dict(laws or {})
    if name in others:
        raise SettingsError(f"{name} has two laws", where=name, do="leave out one of them")
    places = np.asarray(curved.places, dtype=float)
    middle = curved.at(float(places[places.size // 2]))
    first = fit_shared(
        problem, y, {**others, name: middle}, start=start, sigma=sigma, counts=counts,
        max_evaluations=max_evaluations,
    )  # fmt: skip
    chi2 = _Chi2(first, name, curved, others, start, max_evaluations)
    freedom = None if first.noise == "known" else max(1, first.nfree - 1)
    along = profile_along(
        chi2, places, name=curved.name, unit=curved.unit, level=level, freedom=freedom
    )
    best = along.interval.best
    again = {
        n: np.where(first.used, first.value(n), problem.start_values[problem.names.index(n)])
        for n in problem.free_names
    }
    held = {n: value for n, value in (start or {}).items() if n not in problem.free_names}
    inside = places[0] < best < places[-1]
    law = curved.at(best)
    if inside:
        coefficients = np.linalg.lstsq(law.basis, first.value(name) - law.known, rcond=None)[0]
        unit = problem.units[problem.names.index(name)]
        law = curved.with_slope(best, np.asarray(coefficients), unit)
    fitted = fit_shared(
        problem, y, {**others, name: law}, start={**held, **again}, sigma=first.y_sigma,
        max_evaluations=max_evaluations,
    )  # fmt: skip
    return CurvedFit(fitted, name, along)


class _Chi2:
    """Least chi2 of the series at some numbers, the weights held."""

    def __init__(
        self, first: SharedFit, name: str, curved: CurvedLaw, others: Mapping[str, SharedLaw],
        start: Mapping[str, ArrayLike] | None, limit: int,
    ) -> None:  # fmt: skip
        self.curved, self.name, self.limit = curved, name, limit
        rows = np.flatnonzero(first.used)
        sigma = first.y_sigma[rows] if np.ndim(first.y_sigma) == 2 else first.y_sigma
        self.rows, self.others = rows, {n: law.rows(rows) for n, law in others.items()}
        self.stack = Stack(first.problem, first.y[rows], sigma)
        self.offset = starts_of(first.problem, start, len(first))[1][rows]
        self.free = np.column_stack([first.value(n)[rows] for n in first.problem.free_names])
        self.covariance = first.free_covariance[rows]
        self.reached: dict[float, tuple[FloatArray, FloatArray]] = {}

    def __call__(self, numbers: FloatArray) -> FloatArray:
        return np.array([self._one(float(number)) for number in numbers])

    def _one(self, number: float) -> float:
        laws = {**self.others, self.name: self.curved.at(number).rows(self.rows)}
        shared = shared_layout(self.stack.problem, laws, len(self.stack))
        work = SharedWork(self.stack, shared, self.offset)
        found = shared_minimum(work, *self._start(shared, number), self.limit)
        if found.end != 1:
            return np.inf
        self.reached[number] = found.place.local, found.place.w
        return float(found.place.chi2.sum())

    def _start(self, shared: SharedLayout, number: float) -> tuple[FloatArray, FloatArray]:
        if not self.reached:
            return start_on_laws(shared, self.free, self.covariance)
        local, w = self.reached[min(self.reached, key=lambda other: abs(other - number))]
        return local, shared.walls.inside(w)
