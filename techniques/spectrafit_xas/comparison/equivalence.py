"""Equivalence within a margin that was set before looking, and the power of the test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError

__all__ = [
    "DIFFERENT",
    "EQUAL",
    "INSIDE",
    "UNDECIDED",
    "Equivalence",
    "equivalence",
    "overall_verdict",
    "rms_equivalence",
]

EQUAL = "equal within margin"
DIFFERENT = "different"
INSIDE = "different but inside the margin"
UNDECIDED = "undecided: power too low"


@dataclass(frozen=True)
class Equivalence:
    """A difference against zero and against its margin.

    Parameters
    ----------
    value : float
        The difference.
    sigma : float or None
        Its standard uncertainty; None where the interval is not symmetric (an rms).
    low, high : float
        Interval at `level`.
    margin : float
        Largest difference that does not matter, chosen before looking; positive.
    smallest_detectable : float
        Difference that this measurement finds different from zero with the chance `power`.
    p_zero : float
        Chance of a difference at least as large where there is none.
    level : float
        Confidence of the interval; ``1 - level`` is the rate of false differences.
    power : float
        Of `smallest_detectable`.
    """

    value: float
    sigma: float | None
    low: float
    high: float
    margin: float
    smallest_detectable: float
    p_zero: float
    level: float
    power: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the difference is told from zero."""
        return self.p_zero < 1.0 - self.level

    @property
    def inside(self) -> bool:
        """Whether the whole interval lies inside the margin."""
        return -self.margin < self.low and self.high < self.margin

    @property
    def verdict(self) -> str:
        """One of the four words."""
        if self.inside:
            return INSIDE if self.excludes_zero else EQUAL
        return DIFFERENT if self.excludes_zero else UNDECIDED

    @property
    def beyond(self) -> bool:
        """Whether the whole interval lies beyond the margin."""
        return self.low > self.margin or self.high < -self.margin


def _checked(margin: float, level: float, power: float) -> None:
    if not margin > 0:
        raise SettingsError(f"a margin of {margin:g}", do="give a positive one, before looking")
    for name, share in (("level", level), ("power", power)):
        if not 0.5 < share < 1.0:
            raise SettingsError(f"{name} = {share:g}", do="give a share between 0.5 and 1")


def equivalence(
    value: float, sigma: float, margin: float, *, level: float = 0.90, power: float = 0.80
) -> Equivalence:
    """Return a normally distributed difference against zero and its margin.

    Parameters
    ----------
    value : float
        The difference.
    sigma : float
        Its standard uncertainty, positive.
    margin : float
        In the unit of the difference.
    level : float
        Of the interval.
    power : float
        Of the smallest detectable difference.

    Returns
    -------
    Equivalence

    Raises
    ------
    SettingsError
        For a margin, level, power or sigma that allows no test.

    Notes
    -----
    Two one-sided tests: the interval at level 1 - 2 alpha lies inside the margin where both reject
    at alpha (D. J. Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657). The smallest detectable
    difference is (z_alpha + z_power) sigma with the same alpha.
    """
    from statistics import NormalDist

    _checked(margin, level, power)
    if not sigma > 0:
        raise SettingsError("a difference without an uncertainty cannot be judged")
    normal = NormalDist()
    z = normal.inv_cdf(0.5 * (1.0 + level))
    p_zero = 2.0 * normal.cdf(-abs(value) / sigma)
    smallest = (z + normal.inv_cdf(power)) * sigma
    return Equivalence(
        value, sigma, value - z * sigma, value + z * sigma, margin, smallest, p_zero, level, power
    )


def rms_equivalence(
    mean_square: float,
    noise: float,
    noise_variance: float,
    along: float,
    margin: float,
    *,
    level: float = 0.90,
    power: float = 0.80,
) -> Equivalence:
    """Return a root mean square, freed from its noise, against zero and its margin.

    Parameters
    ----------
    mean_square : float
        Mean of the squared difference over the points, noise included.
    noise : float
        What noise alone gives on average: trace(V)/n.
    noise_variance : float
        Variance of the mean square from noise alone: 2 trace(V V)/n^2.
    along : float
        Variance that a true mean square of one adds to it: 4 d'Vd/(n^2 mean d^2).
    margin : float
        Largest root mean square that does not matter.
    level : float
        Of the interval.
    power : float
        Of the smallest detectable root mean square.

    Returns
    -------
    Equivalence
        `value` is the root of the mean square less its noise, zero where that is negative.

    Notes
    -----
    Mean and variance of a quadratic form in normal variables, which is then taken as normal: with
    tens of points it is. A root mean square has one side only: it is told from zero at
    ``1 - level`` by the upper tail, as is the test that it lies inside its margin.
    """
    from statistics import NormalDist

    _checked(margin, level, power)
    normal = NormalDist()
    # One tail has the whole of 1 - level in the test of zero; half of it at each end otherwise.
    z_zero, z = normal.inv_cdf(level), normal.inv_cdf(0.5 * (1.0 + level))
    true = mean_square - noise
    spread = math.sqrt(noise_variance + along * max(true, 0.0))
    null = math.sqrt(noise_variance)
    low, high = (math.sqrt(max(0.0, true + side * z * spread)) for side in (-1.0, 1.0))
    needed = z_zero * null
    z_power = normal.inv_cdf(power)
    # smallest m with m - z_power sqrt(noise_variance + along m) = needed
    half = needed + 0.5 * z_power**2 * along
    smallest = half + math.sqrt(max(0.0, half**2 - needed**2 + z_power**2 * noise_variance))
    value = math.sqrt(max(true, 0.0))
    return Equivalence(
        value,
        None,
        min(low, value),
        max(high, value),
        margin,
        math.sqrt(smallest),
        normal.cdf(-true / null),
        level,
        power,
    )


def overall_verdict(parts: Sequence[Equivalence]) -> str:
    """Return one verdict for several quantities of one pair of spectra.

    Parameters
    ----------
    parts : sequence of Equivalence
        At least one, of the same level.

    Returns
    -------
    str
        Different where a quantity that is not inside its margin is told from zero after Holm's
        correction for their number; equal only where every one is equal.

    Raises
    ------
    SettingsError
        Where there is none.

    Notes
    -----
    S. Holm, Scand. J. Stat. 6 (1979) 65: the chance of one false difference among all stays
    ``1 - level``.
    """
    if not parts:
        raise SettingsError("there is nothing to judge")
    ordered = sorted(parts, key=lambda one: one.p_zero)
    told: list[Equivalence] = []
    for i, one in enumerate(ordered):
        if one.p_zero >= (1.0 - one.level) / (len(ordered) - i):
            break
        told.append(one)
    if any(not one.inside for one in told):
        return DIFFERENT
    if any(not one.inside for one in parts):
        return UNDECIDED
    return INSIDE if told else EQUAL
