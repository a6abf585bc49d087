"""The bounds that observables give for the rate of exchange, joined."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spectrafit.errors import SettingsError
from spectrafit.rounding import number_text
from spectrafit.states.assignment import Bound, RateBound

__all__ = ["joined_bounds"]


def joined_bounds(bounds: Sequence[Bound]) -> RateBound:
    """Return the largest lower and the smallest upper bound of the rate of exchange.

    The rate is taken to rise with temperature or stay: a lower bound above an upper one excludes
    it only where it was found at the same or a lower temperature, or where one of the temperatures
    is not told.

    Parameters
    ----------
    bounds : sequence of Bound
        Of k12 + k21; one-way rates are to be converted before.

    Returns
    -------
    RateBound
        Its text names where both come from, and a conflict.

    Raises
    ------
    SettingsError
        For a bound that is no positive number.
    """
    for one in bounds:
        for number in (one.lower, one.upper):
            if number is not None and not 0.0 < number < math.inf:
                raise SettingsError(
                    f"{number} is no bound of a rate", where=one.key, do="give a rate in s-1"
                )
    lower = [(one.lower, one) for one in bounds if one.lower is not None]
    upper = [(one.upper, one) for one in bounds if one.upper is not None]
    low = max(lower, key=lambda found: found[0], default=None)
    high = min(upper, key=lambda found: found[0], default=None)
    clashes = [
        f"{_words(a[1], '>')} and {_words(b[1], '<')}"
        for a in lower
        for b in upper
        if a[0] > b[0] and not _rises(a[1].T, b[1].T)
    ]
    if clashes:
        text = f"The bounds exclude each other: {'; '.join(clashes)}."
    elif low is None and high is None:
        text = "Nothing bounds the rate of exchange."
    else:
        ends = [_words(low[1], ">")] if low is not None else []
        ends += [_words(high[1], "<")] if high is not None else []
        text = f"k12 + k21 {' and '.join(ends)}."
        if low is not None and high is not None and low[0] > high[0]:
            text += " It rises with temperature between the two."
        if any(found is not None and found[1].T is not None for found in (low, high)):
            text += " A lower bound holds at higher temperatures too, an upper one at lower."
    return RateBound(low[0] if low else None, high[0] if high else None, tuple(bounds), text)


def _rises(T_lower: float | None, T_upper: float | None) -> bool:
    """Return whether a rate that rises with temperature can meet a lower above an upper bound."""
    return T_lower is not None and T_upper is not None and T_lower > T_upper


def _words(bound: Bound, sign: str) -> str:
    number = bound.lower if sign == ">" else bound.upper
    assert number is not None
    place = "" if bound.T is None else f" at {number_text(bound.T, 4)} K"
    return f"{sign} {number_text(number, 2)} s-1 by {bound.key}{place}"
