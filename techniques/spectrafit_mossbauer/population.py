"""Populations of two states in fast exchange, from the isomer shift and from the splitting.

Isomer shifts average in proportion to the populations; splittings average as tensors, so that the
linear population from the splitting is a lower bound (`tensor.tensor_average`). State values are declared
as ranges: an interval here spans the ranges of the references and 95 % of the fit errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.debye import ThetaRange, carried_shift

__all__ = [
    "Population",
    "Range",
    "ReferenceShift",
    "population_from_shift",
    "population_from_splitting",
]

NORMAL_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


@dataclass(frozen=True)
class Range:
    """Values that a state may have.

    Parameters
    ----------
    low, high : float
        In the unit of the quantity.
    source : str, optional
        Where they are from, for the report.

    Raises
    ------
    SettingsError
        When they do not rise or are not finite.
    """

    low: float
    high: float
    source: str = ""

    def __post_init__(self) -> None:
        if not -np.inf < self.low <= self.high < np.inf:
            raise SettingsError(
                f"a range from {self.low:g} to {self.high:g}", do="give low <= high, both finite"
            )


@dataclass(frozen=True)
class ReferenceShift:
    """Isomer shifts that a state may have at one temperature.

    Parameters
    ----------
    low, high : float
        mm/s against alpha-Fe at room temperature.
    T : float or None
        Temperature at which they hold, K. None is refused: the second-order Doppler shift between
        80 and 300 K is as large as what tells the states apart.
    theta : ThetaRange, optional
        Debye temperature of the reference; that of the sample if left out.
    source : str, optional
        Where they are from, for the report.

    Raises
    ------
    SettingsError
        When there is no temperature, or they do not rise.
    """

    low: float
    high: float
    T: float | None
    theta: ThetaRange | None = None
    source: str = ""

    def __post_init__(self) -> None:
        if self.T is None or not 0.0 <= self.T < np.inf:
            raise SettingsError(
                f"the reference shifts {self.low:g} to {self.high:g} mm/s have no temperature",
                do="write the temperature of their measurement, like T = 80",
            )
        Range(self.low, self.high)

    def carried(self, T_ref: float, theta: ThetaRange) -> Range:
        """Return the shifts at another temperature, over the range of the Debye temperature.

        Parameters
        ----------
        T_ref : float
            K.
        theta : ThetaRange
            Debye temperature where the reference has none of its own.

        Returns
        -------
        Range
            mm/s.
        """
        assert self.T is not None
        own = self.theta or theta
        low = carried_shift(self.low, self.T, T_ref, own).low
        high = carried_shift(self.high, self.T, T_ref, own).high
        return Range(low, high, self.source)


@dataclass(frozen=True)
class Population:
    """Population of state 2.

    Parameters
    ----------
    kind : str
        ``"x_IS"``, or ``"x_QS_min"``, a lower bound.
    value : float
        With the middles of the references.
    low, high : float
        95 %: over the ranges of the references and the fit error. Not cut at 0 and 1.
    sigma : float
        Standard error from the fit alone.
    excluded : bool
        Whether the references cannot give the measured value: no population between 0 and 1 lies
        within 2 standard errors for any values in their ranges. A splitting below that of both
        states excludes nothing: turned axes lower it.
    """

    kind: str
    value: float
    low: float
    high: float
    sigma: float
    excluded: bool

    @property
    def verdict(self) -> str:
        """``"reference values excluded"``, or empty."""
        return "reference values excluded" if self.excluded else ""


def population_from_shift(
    shift: float,
    sigma: float,
    T: float,
    first: ReferenceShift,
    second: ReferenceShift,
    *,
    T_ref: float,
    theta: ThetaRange,
) -> Population:
    """Return ``x_IS = (IS_ref - IS_1)/(IS_2 - IS_1)``, everything carried to one temperature.

    Parameters
    ----------
    shift, sigma : float
        Of the sample at T, mm/s.
    T : float
        Temperature of the sample, K.
    first, second : ReferenceShift
        Of states 1 and 2.
    T_ref : float
        Temperature to which all are carried, K.
    theta : ThetaRange
        Debye temperature of the sample, and of references that have none of their own.

    Returns
    -------
    Population

    Raises
    ------
    SettingsError
        When the ranges of the states overlap at T_ref, or sigma is not positive.
    """
    sample = carried_shift(shift, T, T_ref, theta)
    ranges = first.carried(T_ref, theta), second.carried(T_ref, theta)
    return _population("x_IS", (sample.low, sample.value, sample.high), sigma, *ranges)


def population_from_splitting(
    splitting: float, sigma: float, first: Range, second: Range
) -> Population:
    """Return ``x_QS = (QS - QS_1)/(QS_2 - QS_1)``, a lower bound on the state of larger splitting.

    Parameters
    ----------
    splitting, sigma : float
        Of the sample, mm/s.
    first, second : Range
        Splittings of states 1 and 2, without sign, mm/s; state 2 has the larger.

    Returns
    -------
    Population
        Kind ``x_QS_min``: the true population is at least this for any axes, signs and eta.

    Raises
    ------
    SettingsError
        When state 2 does not have the larger splitting, one is negative, or sigma is not positive.
    """
    if first.low < 0.0 or second.low < first.high:
        raise SettingsError(
            f"splittings of {first.low:g} to {first.high:g} and {second.low:g} to {second.high:g}",
            where="x_QS",
            do="give them without sign, the state of the larger splitting second",
        )
    return _population("x_QS_min", (splitting,) * 3, sigma, first, second)


def _population(
    kind: str, sample: tuple[float, float, float], sigma: float, first: Range, second: Range
) -> Population:
    if not 0.0 < sigma < np.inf:
        raise SettingsError(f"the error of the sample is {sigma:g} mm/s", where=kind)
    if first.high >= second.low and second.high >= first.low:
        raise SettingsError(
            f"the states overlap: {first.low:.3f} to {first.high:.3f} and {second.low:.3f} to "
            f"{second.high:.3f} mm/s",
            where=kind,
            do="narrow the reference ranges: states that do not differ have no populations",
        )
    ends = [(first.low, first.high), (second.low, second.high)]

    def spanned(widths: float) -> tuple[float, float]:
        # monotonic in each of the three where the states do not overlap: extremes lie on corners
        measured = (sample[0] - widths * sigma, sample[2] + widths * sigma)
        corners = [(x - a) / (b - a) for x, a, b in product(measured, *ends)]
        return min(corners), max(corners)

    middle = [0.5 * (low + high) for low, high in ends]
    apart = middle[1] - middle[0]
    low, high = spanned(NORMAL_95)
    least, most = spanned(2.0)
    return Population(
        kind, (sample[1] - middle[0]) / apart, low, high, sigma / abs(apart),
        least > 1.0 or (kind == "x_IS" and most < 0.0),
    )  # fmt: skip
