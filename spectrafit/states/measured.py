"""What the results state of a key near a temperature, each with the ends of its 95 % range."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

from spectrafit.observable import Kind, Observable, observable_text
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.datum import Quantity
from spectrafit.units import printed_unit

__all__ = ["Z95", "Reading", "number_reading", "readings"]

Z95 = NormalDist().inv_cdf(0.975)
"""Standard uncertainties between the middle and an end of a two-sided 95 % range, 1.96."""

_NEAR_K = 1.5
"""How far from the asked temperature a datum may lie: a sweep is sampled every 1 to 3 K."""


@dataclass(frozen=True)
class Reading:
    """One number, or word, that results state, and how far it is known.

    Parameters
    ----------
    text : str
        As it is written, with uncertainty, unit and temperature.
    low, high : float
        Ends of its 95 % range in the unit of the key; infinite on an open side.
    value, sigma : float or None
        Middle and standard uncertainty, where it has them.
    T : float or None
        K.
    unit : str
        Of the numbers.
    source : str
        File, or where it is printed.
    words : mapping of str to float
        Of a category: the share of each word.
    reason : str
        Why it says nothing at 95 %; empty where it does.
    """

    text: str
    low: float = -math.inf
    high: float = math.inf
    value: float | None = None
    sigma: float | None = None
    T: float | None = None
    unit: str = "1"
    source: str = ""
    words: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""


def number_reading(
    value: float, sigma: float | None, unit: str, *, reason: str = "", source: str = ""
) -> Reading:
    """Return the reading of a number with a standard uncertainty.

    Parameters
    ----------
    value : float
        In `unit`.
    sigma : float or None
        In `unit`; without it there is no 95 % range.
    unit : str
        Of the table.
    reason : str
        Why there is no sigma.
    source : str
        Where it comes from.

    Returns
    -------
    Reading
    """
    text = f"{value_text(value, sigma, reason)} {printed_unit(unit)}".rstrip()
    if sigma is None:
        return Reading(text, value=value, unit=unit, source=source, reason="no uncertainty")
    low, high = value - Z95 * sigma, value + Z95 * sigma
    return Reading(text, low, high, value, sigma, unit=unit, source=source)


def readings(
    observables: Sequence[Observable],
    key: str,
    T: float | None = None,
    from_T: float | None = None,
    quantity: Quantity = Quantity.VALUE,
) -> tuple[Reading, ...]:
    """Return what results state of a key.

    Parameters
    ----------
    observables : sequence of Observable
        All results.
    key : str
        A full key.
    T : float or None
        K; the nearest datum within 1.5 K of each file and branch. All data of the key when None.
    from_T : float or None
        K; lower end of the range of a quantity that is no value.
    quantity : Quantity
        The value at `T`, or what of the data from `from_T` to `T`. A change takes the errors of its
        ends as independent: a common scale makes it a little too wide. The highest and lowest are
        those of the data, noise included; the temperature of the highest lies between the
        neighbours of all points that are not below the highest beyond 95 %.

    Returns
    -------
    tuple of Reading
        Empty where there is no datum.
    """
    known = [one for one in observables if one.key == key]
    if T is None:
        return tuple(_reading(one) for one in known)
    if quantity is Quantity.VALUE or from_T is None:
        return tuple(_reading(one) for one in _near(known, T))
    if quantity is Quantity.CHANGE:
        return tuple(
            _change(_reading(first), _reading(last))
            for first in _near(known, from_T)
            for last in _near(known, T)
            if _branch(first) == _branch(last) and first.unit == last.unit
        )
    found: list[Reading] = []
    for branch in dict.fromkeys(map(_branch, known)):
        inside = [
            one
            for one in sorted(known, key=lambda one: _temperature(one) or 0.0)
            if _branch(one) == branch and from_T <= (_temperature(one) or -1.0) <= T
        ]
        found += _extreme([_reading(one) for one in inside], quantity)
    return tuple(found)


def _temperature(observable: Observable) -> float | None:
    T = observable.conditions.get("T")
    return float(T) if isinstance(T, int | float) else None


def _branch(observable: Observable) -> str:
    return str(observable.conditions.get("branch", ""))


def _near(observables: Sequence[Observable], T: float) -> list[Observable]:
    nearest: dict[tuple[str, str], tuple[float, Observable]] = {}
    for one in observables:
        at = _temperature(one)
        if at is None or abs(at - T) > _NEAR_K:
            continue
        group = (one.source.name, _branch(one))
        if group not in nearest or abs(at - T) < nearest[group][0]:
            nearest[group] = (abs(at - T), one)
    return [one for _, one in nearest.values()]


def _reading(observable: Observable) -> Reading:
    T, branch = _temperature(observable), _branch(observable)
    text = f"{observable_text(observable)} {printed_unit(observable.unit)}".rstrip()
    if T is not None:
        text = f"{text} at {number_text(T, 4)} K"
    if branch and branch != "both":
        text = f"{text}, {branch}"
    low, high, reason = _ends(observable)
    value = observable.value if isinstance(observable.value, int | float) else None
    words = {}
    if observable.kind is Kind.CATEGORY:
        words = dict(observable.shares) or {str(observable.value): 1.0}
    return Reading(
        text,
        low,
        high,
        value,
        observable.sigma,
        T,
        observable.unit,
        observable.source.name,
        words,
        reason,
    )


def _ends(observable: Observable) -> tuple[float, float, str]:
    """Return both ends of the 95 % range, and why there is none."""
    low, high, level = observable.low, observable.high, observable.level
    value = observable.value if isinstance(observable.value, int | float) else None
    kind = observable.kind
    if kind is Kind.CATEGORY:
        return -math.inf, math.inf, ""
    if kind in (Kind.LOWER_LIMIT, Kind.UPPER_LIMIT):
        if level is not None and level < 0.95:
            return -math.inf, math.inf, f"a limit at {number_text(100 * level, 3)} % only"
        below = kind is Kind.UPPER_LIMIT
        return (-math.inf, high or 0.0, "") if below else (low or 0.0, math.inf, "")
    if low is not None and high is not None and (level is not None or kind is Kind.INTERVAL):
        if level is None or level >= 0.95:
            return low, high, ""
        middle = 0.5 * (low + high) if value is None or not low <= value <= high else value
        wider = Z95 / NormalDist().inv_cdf(0.5 * (1.0 + level))
        return middle - wider * (middle - low), middle + wider * (high - middle), ""
    if value is None or observable.sigma is None:
        return -math.inf, math.inf, "no uncertainty"
    return value - Z95 * observable.sigma, value + Z95 * observable.sigma, ""


def _change(first: Reading, last: Reading) -> Reading:
    unit = last.unit
    source = ", ".join(dict.fromkeys((first.source, last.source)))
    over = f"from {number_text(first.T or 0.0, 4)} to {number_text(last.T or 0.0, 4)} K"
    reason = first.reason or last.reason or ("a word has no change" if first.words else "")
    if reason:
        return Reading(f"{first.text}, {last.text}", unit=unit, source=source, reason=reason)
    if first.value is None or last.value is None or first.sigma is None or last.sigma is None:
        low, high = last.low - first.high, last.high - first.low
        text = f"between the limits {first.text} and {last.text}"
        return Reading(text, low, high, T=last.T, unit=unit, source=source)
    value, sigma = last.value - first.value, math.hypot(first.sigma, last.sigma)
    below = math.hypot(last.value - last.low, first.high - first.value)
    above = math.hypot(last.high - last.value, first.value - first.low)
    text = f"{value_text(value, sigma)} {printed_unit(unit)}".rstrip()
    low, high = value - below, value + above
    return Reading(f"{text} {over}", low, high, value, sigma, last.T, unit, source)


def _extreme(curve: Sequence[Reading], quantity: Quantity) -> list[Reading]:
    """Return the highest or lowest of points in the order of T, or where the highest is."""
    numbers = [one for one in curve if one.value is not None]
    if not numbers:
        return []
    lowest = quantity is Quantity.LOWEST
    best = (min if lowest else max)(numbers, key=lambda one: one.value or 0.0)
    if quantity is not Quantity.T_OF_HIGHEST:
        return [best]
    if any(one.reason for one in numbers):
        return [Reading(best.text, unit="K", source=best.source, reason="no uncertainty")]
    rivals = [i for i, one in enumerate(numbers) if not _is_below(one, best)]
    first, last = max(0, rivals[0] - 1), min(len(numbers) - 1, rivals[-1] + 1)
    # a highest point at the end of the data may lie beyond it
    low = -math.inf if rivals[0] == 0 else numbers[first].T or 0.0
    high = math.inf if rivals[-1] == len(numbers) - 1 else numbers[last].T or 0.0
    ends = range_text(numbers[first].T or 0.0, numbers[last].T or 0.0, 4)
    return [Reading(f"{ends} K", low, high, best.T, None, best.T, "K", best.source)]


def _is_below(one: Reading, best: Reading) -> bool:
    assert one.value is not None
    assert best.value is not None
    sigma = math.hypot(one.sigma or 0.0, best.sigma or 0.0)
    return best.value - one.value > Z95 * sigma
