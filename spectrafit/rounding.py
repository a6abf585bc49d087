"""A value and its uncertainty as text: the one place where numbers are rounded for reading."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, Decimal

__all__ = ["UNCERTAINTY_NOTE", "number_text", "range_text", "value_text"]

UNCERTAINTY_NOTE = "5.10(12) is 5.10 ± 0.12; ± is one standard uncertainty (k = 1)."

_FIGURES = 2
_DIGITS_HELD = 17  # of a 64-bit number


def number_text(value: float, figures: int = 6) -> str:
    """Return a number without an uncertainty, to some significant digits.

    Parameters
    ----------
    value : float
        Finite or not.
    figures : int
        Significant digits.

    Returns
    -------
    str
    """
    if not math.isfinite(value):
        return "not a number"
    text = f"{value:.{figures}g}"
    return _minus(text if float(text) else "0")


def range_text(low: float, high: float, figures: int = 6) -> str:
    """Return ``low to high``, both to the same decimal place.

    Parameters
    ----------
    low, high : float
        Both ends.
    figures : int
        Significant digits of the longer one.

    Returns
    -------
    str
    """
    texts = [number_text(end, figures) for end in (low, high)]
    if any("e" in text or "n" in text for text in texts):
        return " to ".join(texts)
    places = max(len(text.partition(".")[2]) for text in texts)
    return " to ".join(_minus(f"{end:.{places}f}") for end in (low, high))


def value_text(value: float, sigma: float | None, reason: str = "") -> str:
    """Return ``5.10(12)``: the value to the last of two significant digits of its uncertainty.

    Parameters
    ----------
    value : float
        In any unit.
    sigma : float or None
        Standard uncertainty in the same unit.
    reason : str
        Why there is no sigma.

    Returns
    -------
    str
        Like ``5.10(12)``, ``10.3(1.2)``, ``12350(560)``, ``1.20(15)e-07`` or
        ``7112.3 (no uncertainty: held fixed)``; ``1e+30 ± 0.002`` where the sigma lies beyond the
        digits that a value holds.
    """
    if sigma is None or not math.isfinite(sigma) or sigma <= 0 or not math.isfinite(value):
        return f"{number_text(value)} (no uncertainty: {reason or 'not given'})"
    exact, error = Decimal(repr(float(value))), Decimal(repr(float(sigma)))
    largest = max(abs(exact), error)
    if largest.adjusted() - error.adjusted() > _DIGITS_HELD:
        return f"{number_text(value, _DIGITS_HELD)} ± {number_text(sigma, _FIGURES)}"
    exponent = largest.adjusted()
    if not -5 < exponent < 7:
        scale = Decimal(1).scaleb(-exponent)
        return f"{_parenthesised(exact * scale, error * scale)}e{exponent:+03d}"
    return _parenthesised(exact, error)


def _parenthesised(value: Decimal, sigma: Decimal) -> str:
    place = sigma.adjusted() - _FIGURES + 1
    rounded = sigma.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN)
    if rounded.adjusted() > sigma.adjusted():  # 0.0996 becomes 0.10, not 0.100
        place += 1
        rounded = sigma.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN)
    shown = value.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN)
    shown = abs(shown) if shown == 0 else shown
    decimals = max(0, -place)
    if rounded >= 1 or decimals == 0:
        inner = f"{rounded:.{decimals}f}"
    else:
        inner = str(int(rounded.scaleb(decimals)))
    return _minus(f"{shown:.{decimals}f}({inner})")


def _minus(text: str) -> str:
    """Return a text whose leading hyphen is a minus sign; an exponent keeps its hyphen."""
    return f"−{text[1:]}" if text.startswith("-") else text
