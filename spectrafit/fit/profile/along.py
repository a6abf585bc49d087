"""The profile of chi2 along one number whose least chi2 a function gives, and its interval.

For numbers that no parameter of a problem stands for, like one in the laws of a series, and for
those along which chi2 has several minima or none. Ends are where chi2 has risen as in
`fit/intervals.py`; they are found between the places looked at, not on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.profile.interval import NOT_ASKED, Interval, Side
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["Along", "profile_along"]

# of the range: an end and a minimum are found to this
_CLOSE = 1e-7
# minima between the places that are looked at more closely
_MINIMA = 3

Chi2 = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class Along:
    """Least chi2 along a number, and the interval read off it.

    Parameters
    ----------
    interval : Interval
        Ends and reasons.
    number : ndarray, shape (m,)
        Places that were looked at, rising; the best is among them.
    chi2 : ndarray, shape (m,)
        Least chi2 at each; infinite where there is no fit.
    rise : float
        By how much chi2 rises from its minimum to an end.
    notes : tuple of str
        What else to know: an interval of several pieces, places without a fit.
    """

    interval: Interval
    number: FloatArray
    chi2: FloatArray
    rise: float
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("number", "chi2"):
            object.__setattr__(self, name, read_only(getattr(self, name)))


def profile_along(
    chi2: Chi2,
    places: ArrayLike,
    *,
    name: str,
    unit: str = "1",
    level: float = 0.683,
    side: Side = "both",
    freedom: int | None = None,
) -> Along:
    """Return the profile of chi2 along a number and its interval.

    Parameters
    ----------
    chi2 : callable
        ``chi2(numbers) -> least chi2 at each``, both of shape (m,), the weights always the same.
    places : array_like, shape (m,)
        Where to look first, rising, at least five; their ends are the ends of the range.
    name, unit : str
        Of the number.
    level : float, optional
        Confidence, of both ends together or of the one end.
    side : str, optional
        ``"both"``, or the end that is wanted by itself, ``"lower"`` or ``"upper"``.
    freedom : int, optional
        Degrees of freedom where the noise is estimated from the least chi2; None where it is known.

    Returns
    -------
    Along

    Raises
    ------
    SettingsError
        For places that do not rise, or an unknown side or level.
    FitError
        When chi2 is finite nowhere.
    """
    grid = np.asarray(places, dtype=float)
    if grid.ndim != 1 or grid.size < 5 or not (np.diff(grid) > 0.0).all():
        raise SettingsError(f"the places along {name} do not rise", do="give five or more")
    if side not in ("both", "lower", "upper") or not 0.5 < level < 1.0:
        raise SettingsError(
            f"side is {side!r}, level is {level}",
            do="give both, lower or upper, and a level between 0.5 and 1",
        )
    walk = _Walk(chi2, grid)
    best = walk.lowest()
    least = walk.at(best)
    rise = _rise(level, side, least, freedom)
    ends: dict[int, tuple[float | None, str]] = {-1: (None, NOT_ASKED), 1: (None, NOT_ASKED)}
    for sign in {"both": (-1, 1), "lower": (-1,), "upper": (1,)}[side]:
        ends[sign] = walk.end(best, least + rise, sign)
    (lower, lower_reason), (upper, upper_reason) = ends[-1], ends[1]
    found = Interval(name, unit, best, lower, upper, lower_reason, upper_reason, level, side)
    number, values = walk.looked
    return Along(found, number, values, rise, walk.notes(least + rise, unit))


def _rise(level: float, side: Side, least: float, freedom: int | None) -> float:
    from scipy.special import ndtri, stdtrit

    quantile = 0.5 * (1.0 + level) if side == "both" else level
    if freedom is None:
        return float(ndtri(quantile)) ** 2
    return float(stdtrit(freedom, quantile)) ** 2 * least / max(1, freedom)


class _Walk:
    """Places along a number and chi2 there; every new place is kept."""

    def __init__(self, chi2: Chi2, grid: FloatArray) -> None:
        self.chi2, self.grid = chi2, grid
        self.known: dict[float, float] = {}
        self._look(grid)
        if not np.isfinite(list(self.known.values())).any():
            raise FitError("chi2 is finite nowhere along the range")

    def _look(self, numbers: FloatArray) -> None:
        found = np.asarray(self.chi2(numbers), dtype=float)
        self.known |= dict(
            zip(numbers.tolist(), np.where(np.isfinite(found), found, np.inf).tolist(), strict=True)
        )

    def at(self, number: float) -> float:
        if number not in self.known:
            self._look(np.array([number]))
        return self.known[number]

    @property
    def looked(self) -> tuple[FloatArray, FloatArray]:
        pairs = sorted(self.known.items())
        return np.array([one for one, _ in pairs]), np.array([value for _, value in pairs])

    def lowest(self) -> float:
        """Return where chi2 is least, between the places too."""
        from scipy.optimize import minimize_scalar

        number, values = self.looked
        padded = np.concatenate([[np.inf], values, [np.inf]])
        valley = np.flatnonzero((values <= padded[:-2]) & (values <= padded[2:]))
        valley = valley[np.isfinite(values[valley])]
        for place in valley[np.argsort(values[valley], kind="stable")][:_MINIMA]:
            low, high = number[max(0, place - 1)], number[min(number.size - 1, place + 1)]
            minimize_scalar(
                lambda x: min(self.at(float(x)), 1e300), bounds=(low, high), method="bounded",
                options={"xatol": _CLOSE * (self.grid[-1] - self.grid[0])},
            )  # fmt: skip
        number, values = self.looked
        return float(number[int(np.argmin(values))])

    def end(self, best: float, goal: float, sign: int) -> tuple[float | None, str]:
        """Return the outermost place where chi2 reaches its goal, or why there is none."""
        from scipy.optimize import brentq

        number, values = self.looked
        inside = number[values <= goal]
        outer = float(inside.min() if sign < 0 else inside.max())
        limit = float(self.grid[0] if sign < 0 else self.grid[-1])
        if outer == limit:
            word = "at the bound" if best == limit else "open: not excluded down to"
            word = word.replace("down", "up") if sign > 0 else word
            return None, f"{word} {number_text(limit)}"
        beyond = number[number < outer].max() if sign < 0 else number[number > outer].min()
        if not np.isfinite(self.at(float(beyond))):
            return None, f"no fit at {number_text(float(beyond))}"
        tolerance = _CLOSE * float(self.grid[-1] - self.grid[0])
        found = brentq(lambda x: self.at(float(x)) - goal, outer, float(beyond), xtol=tolerance)
        return float(found), ""

    def notes(self, goal: float, unit: str) -> tuple[str, ...]:
        number, values = self.looked
        told = []
        inside = np.flatnonzero(values <= goal)
        gaps = inside[:-1][np.diff(inside) > 1]
        if gaps.size:
            where = number_text(float(number[gaps[0]]))
            word = "" if unit == "1" else f" {unit}"
            told.append(f"the interval has several pieces: the first ends near {where}{word}")
        without = int(np.count_nonzero(np.isinf(values)))
        if without:
            told.append(f"no fit at {without} of {values.size} places")
        return tuple(told)
