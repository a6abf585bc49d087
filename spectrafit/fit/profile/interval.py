"""An interval, each end a number or a named reason, and the profile of chi2 that it is read off."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.problem import Noise
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["NOT_ASKED", "Interval", "Profile", "Profiles", "Side"]

Side = Literal["both", "lower", "upper"]
NOT_ASKED = "not asked for: the interval is one-sided"


@dataclass(frozen=True)
class Interval:
    """A confidence interval; an end is a number, or None with the reason.

    Parameters
    ----------
    name : str
        Of the parameter or quantity.
    unit : str
        Of the numbers.
    best : float
        Value at the minimum.
    lower, upper : float or None
        Ends.
    lower_reason, upper_reason : str
        Why an end is no number: ``"open: ..."`` (the data do not exclude anything up to there),
        ``"at the bound ..."`` (the best value lies on it), ``"not asked for ..."``, or what failed;
        empty where it is a number.
    level : float
        Confidence, like 0.683.
    side : str
        ``"both"``, or the one end that holds at this level.
    """

    name: str
    unit: str
    best: float
    lower: float | None
    upper: float | None
    lower_reason: str
    upper_reason: str
    level: float
    side: Side

    def __post_init__(self) -> None:
        for end, reason in ((self.lower, self.lower_reason), (self.upper, self.upper_reason)):
            if (end is None) != bool(reason):
                raise FitError(f"an end of the interval of {self.name} needs a number or a reason")

    @property
    def minus(self) -> float | None:
        """Distance from the best value down to the lower end."""
        return None if self.lower is None else self.best - self.lower

    @property
    def plus(self) -> float | None:
        """Distance from the best value up to the upper end."""
        return None if self.upper is None else self.upper - self.best

    @property
    def asymmetry(self) -> float | None:
        """Difference of both distances over their mean; None where an end is no number."""
        if self.minus is None or self.plus is None:
            return None
        total = self.minus + self.plus
        return 2.0 * abs(self.plus - self.minus) / total if total > 0.0 else 0.0

    def contains(self, value: float) -> bool:
        """Return whether the interval does not exclude a value.

        Parameters
        ----------
        value : float
            In the interval's unit.

        Returns
        -------
        bool
            An end that is no number excludes nothing.
        """
        below = self.lower is not None and value < self.lower
        above = self.upper is not None and value > self.upper
        return not (below or above)

    def __str__(self) -> str:
        parts = [f"{self.name} = {number_text(self.best)}"]
        ends = (("+", self.plus, self.upper_reason), ("−", self.minus, self.lower_reason))
        for sign, size, reason in ends:
            if size is not None:
                parts.append(f"{sign}{number_text(size, 3)}")
            elif reason != NOT_ASKED:
                parts.append(f"({sign} {reason})")
        unit = "" if self.unit in ("", "1") else f" {self.unit}"
        return f"{' '.join(parts)}{unit} ({100.0 * self.level:g} %)"


@dataclass(frozen=True, eq=False)
class Profile:
    """Least chi2 as a function of one number, all else refitted, and the interval.

    Parameters
    ----------
    interval : Interval
        Ends and reasons.
    sigma : float or None
        Standard error of the linear theory, for comparison.
    sigma_reason : str
        Why there is none.
    theta : ndarray, shape (m,)
        Values of the parameter or quantity that were looked at, rising; the best is among them.
    chi2 : ndarray, shape (m,)
        Least chi2 at each.
    values : ndarray, shape (m, P)
        All parameters at each, in the order of `names`.
    names : tuple of str
        Of all parameters.
    noise : str
        ``"known"`` or ``"estimated"``.
    noise_level : float
        Standard deviation of a weighted residual: 1 where the noise is known.
    rise : float
        By how much chi2 rises from its minimum to an end.
    engine : str
        What made the fits.
    refits : int
        How many.
    notes : tuple of str
        What else to know: another minimum, places without a fit.
    """

    interval: Interval
    sigma: float | None
    sigma_reason: str
    theta: FloatArray
    chi2: FloatArray
    values: FloatArray
    names: tuple[str, ...]
    noise: Noise
    noise_level: float
    rise: float
    engine: str
    refits: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("theta", "chi2", "values"):
            object.__setattr__(self, name, read_only(getattr(self, name)))
        count = self.theta.size
        if self.chi2.shape != (count,) or self.values.shape != (count, len(self.names)):
            raise FitError("the columns of a profile do not have one length")

    @property
    def minimum(self) -> int:
        """Place of the best fit among the points."""
        return int(np.argmin(np.abs(self.theta - self.interval.best)))

    @property
    def best_values(self) -> dict[str, float]:
        """All parameters at the minimum, by name."""
        row = self.values[self.minimum]
        return dict(zip(self.names, map(float, row), strict=True))

    @property
    def root(self) -> FloatArray:
        """Signed root of the rise of chi2 in units of the noise, shape (m,).

        A straight line where the linear theory holds: Bates and Watts's profile t.
        """
        least = self.chi2[self.minimum]
        if not self.noise_level > 0.0:
            return np.full(self.theta.size, math.nan)
        rise = np.maximum(self.chi2 - least, 0.0)
        return np.asarray(
            np.sign(self.theta - self.interval.best) * np.sqrt(rise) / self.noise_level
        )


@dataclass(frozen=True, eq=False)
class Profiles:
    """Profiles of the same number in many fits, one a row.

    Parameters
    ----------
    rows : tuple of Profile
        In the order of the fits.
    """

    rows: tuple[Profile, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Profile:
        return self.rows[row]

    def __iter__(self) -> Iterator[Profile]:
        return iter(self.rows)

    @property
    def best(self) -> FloatArray:
        """Values at the minima, shape (N,)."""
        return np.array([row.interval.best for row in self.rows])

    @property
    def lower(self) -> FloatArray:
        """Lower ends, shape (N,); not a number where there is a reason."""
        return np.array(
            [math.nan if r.interval.lower is None else r.interval.lower for r in self.rows]
        )

    @property
    def upper(self) -> FloatArray:
        """Upper ends, shape (N,); not a number where there is a reason."""
        return np.array(
            [math.nan if r.interval.upper is None else r.interval.upper for r in self.rows]
        )
