"""How likely a measured value is by what is expected of a pure state."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spectrafit.states.expectation import Expectation

__all__ = ["OUTLIER", "broad_span", "log_likelihood"]

OUTLIER = 0.02
"""Probability that a value is a broad outlier, so that no technique alone can rule a state out."""
BEYOND = 1.5  # times the extent of all that is known of a key: interval of the broad outlier


def log_likelihood(value: float, sigma: float, expectation: Expectation, span: float) -> float:
    """Return the logarithm of the density of a measured value by one expectation.

    A range: ``0.98 [Phi((high-v)/t) - Phi((low-v)/t)]/(high-low) + 0.02/span`` with
    ``t = sqrt(sigma^2 + width^2)``, a value anywhere in the range with a Gaussian blur. A value:
    ``0.98 N(v; value, s) + 0.02/span`` with ``s = sqrt(sigma^2 + width^2 + sigma_value^2)``. Both
    integrate to the same over the measured value, so a range and a value can be compared.

    Parameters
    ----------
    value, sigma : float
        Measured, in the unit of the expectation.
    expectation : Expectation
        Of one state.
    span : float
        Width of the interval of the broad outlier, same unit.

    Returns
    -------
    float
        Natural logarithm of a density per unit.
    """
    blur = math.hypot(sigma, expectation.scatter)
    if expectation.low is not None and expectation.high is not None:
        inside = _below((expectation.high - value) / blur) - _below(
            (expectation.low - value) / blur
        )
        density = inside / (expectation.high - expectation.low)
    else:
        assert expectation.value is not None
        away = (value - expectation.value) / blur
        density = math.exp(-0.5 * away**2) / (blur * math.sqrt(2.0 * math.pi))
    return math.log((1.0 - OUTLIER) * density + OUTLIER / span)


def _below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def broad_span(
    expectations: Sequence[Expectation], measured: Sequence[tuple[float, float]]
) -> float:
    """Return the width of the interval over which a broad outlier of one key lies.

    The largest that an expectation gives. Where none gives one: 1.5 times the distance from the
    least to the largest of all ends of ranges, of values plus and minus three times their scatter,
    and of measured values plus and minus three sigma. All states share it, so that it favours none.

    Parameters
    ----------
    expectations : sequence of Expectation
        All of the key, in one unit.
    measured : sequence of (float, float)
        Values and standard uncertainties, same unit.

    Returns
    -------
    float
        In that unit, above 0.
    """
    given = [one.span for one in expectations if one.span is not None]
    if given:
        return max(given)
    places = [value + side * 3.0 * sigma for value, sigma in measured for side in (-1, 1)]
    for one in expectations:
        reach = 3.0 * one.scatter
        low, high = (one.low, one.high) if one.low is not None else (one.value, one.value)
        assert low is not None
        assert high is not None
        places += [low - reach, high + reach]
    return BEYOND * (max(places) - min(places))
