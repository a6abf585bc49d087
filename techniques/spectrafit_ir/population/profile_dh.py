"""The profile of chi2 along dH, T_half and all end members refitted, and its interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.constants import GAS_CONSTANT
from spectrafit.errors import SettingsError
from spectrafit.fit.problem import Noise
from spectrafit.fit.profile.along import profile_along
from spectrafit.fit.profile.interval import Interval
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_ir.population.fisher import expected_error
from spectrafit_ir.population.van_t_hoff import TwoStateProblem

__all__ = ["DHProfile", "dH_places", "profile_dH"]

# change of the law's logit over the window below which f is a line in 1/T, whatever the noise
_FLATTEST = 0.05
_PLACES = 60


@dataclass(frozen=True, eq=False)
class DHProfile:
    """Least chi2 along dH.

    Parameters
    ----------
    problem : TwoStateProblem
        What was fitted.
    interval : Interval
        Of dH, J/mol, at 95 %: where chi2 has risen by 3.84 (known noise).
    T_half : float
        At the least chi2, K.
    chi2 : float
        Least.
    p_value : float or None
        Of the least chi2; None where the noise was estimated from it.
    sigma : float
        Standard error of dH in linear theory, J/mol, for comparison; infinite where it has none.
    rise : float
        By how much chi2 rises to the ends of the interval.
    dH, chi2_along, T_half_along : ndarray, shape (m,)
        Places that were looked at, J/mol, rising, least chi2 there, and T_half there, K.
    notes : tuple of str
        What else to know.
    """

    problem: TwoStateProblem
    interval: Interval
    T_half: float
    chi2: float
    p_value: float | None
    sigma: float
    rise: float
    dH: FloatArray
    chi2_along: FloatArray
    T_half_along: FloatArray
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("dH", "chi2_along", "T_half_along"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def T_half_in_window(self) -> bool:
        """Whether the window holds the best T_half."""
        T = self.problem.series.T
        return bool(T.min() <= self.T_half <= T.max())

    @property
    def ratio(self) -> float | None:
        """Upper over lower end; None where an end is no number."""
        lower, upper = self.interval.lower, self.interval.upper
        return None if lower is None or upper is None else upper / lower

    @property
    def T_half_range(self) -> tuple[float, float]:
        """Smallest and largest T_half along the allowed part of the profile, K."""
        inside = self.T_half_along[self.chi2_along <= self.chi2 + self.rise * (1 + 1e-9)]
        return float(inside.min()), float(inside.max())

    def allowed(self, count: int = 7) -> tuple[FloatArray, FloatArray]:
        """Return pairs that the data allow, evenly spread in log dH over the interval.

        Parameters
        ----------
        count : int, optional
            How many.

        Returns
        -------
        (ndarray, ndarray), each shape (count,)
            dH in J/mol, rising, and T_half in K. An end that is no number stands at the end of
            the range that was looked at.
        """
        low = float(self.dH[0]) if self.interval.lower is None else self.interval.lower
        high = float(self.dH[-1]) if self.interval.upper is None else self.interval.upper
        dH = np.geomspace(low, high, count)
        return dH, self.problem.least(dH).T_half


def dH_places(T: ArrayLike) -> FloatArray:
    """Return the enthalpies to look at first: all that a window can tell apart.

    Parameters
    ----------
    T : array_like, shape (N,)
        Temperatures, K.

    Returns
    -------
    ndarray
        J/mol, rising in equal ratios: from a fraction that is a line in 1/T over the window to
        one that changes between two neighbouring temperatures (its width in T is
        4 R T_half^2/dH, the inverse of its steepest slope).
    """
    different = np.unique(np.asarray(T, dtype=float))
    if different.size < 2:
        raise SettingsError("one temperature tells no enthalpy")
    span = 1.0 / different[0] - 1.0 / different[-1]
    low = _FLATTEST * GAS_CONSTANT / span
    high = 4.0 * GAS_CONSTANT * different[-1] ** 2 / float(np.median(np.diff(different)))
    return np.geomspace(low, max(high, 1e3 * low), _PLACES)


def profile_dH(
    problem: TwoStateProblem, *, noise: Noise = "known", places: ArrayLike | None = None
) -> DHProfile:
    """Return the profile of chi2 along dH and its 95 % interval.

    Parameters
    ----------
    problem : TwoStateProblem
        What is fitted.
    noise : str, optional
        ``"known"``, or ``"estimated"`` from the least chi2 where the errors are relative only.
    places : array_like, optional
        Enthalpies to look at first, J/mol, rising; their ends are the ends of the range.

    Returns
    -------
    DHProfile
    """
    from scipy.stats import chi2 as chi2_law

    grid = dH_places(problem.series.T) if places is None else np.asarray(places, dtype=float)
    if not (grid > 0.0).all():
        raise SettingsError(
            "an enthalpy is not above 0", do="name the state that prevails in the warm the warm one"
        )
    halves: dict[float, float] = {}

    def least(dH: FloatArray) -> FloatArray:
        found = problem.least(dH)
        halves.update(zip(dH.tolist(), found.T_half.tolist(), strict=True))
        return found.chi2

    freedom = problem.freedom if noise == "estimated" else None
    along = profile_along(least, grid, name="dH", unit="J/mol", level=0.95, freedom=freedom)
    best = along.interval.best
    lowest = float(along.chi2.min())
    return DHProfile(
        problem,
        along.interval,
        halves[best],
        lowest,
        float(chi2_law.sf(lowest, problem.freedom)) if noise == "known" else None,
        expected_error(problem, best, halves[best])[0],
        along.rise,
        along.number,
        along.chi2,
        np.array([halves[one] for one in along.number.tolist()]),
        along.notes,
    )
