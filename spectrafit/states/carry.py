"""What a pure state shows at one temperature, from what it is expected to show at another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from spectrafit.errors import SpectrafitError
from spectrafit.observable import ObservableSpec, spec_of
from spectrafit.rounding import number_text
from spectrafit.states.expectation import Expectation
from spectrafit.states.mixing import mixed_value

__all__ = ["Carry", "carrier", "usable"]

CARRIED_SHARE = 0.1  # of the blur, which an expectation without a temperature may be off
ROOM_K = 298.15  # where references that tell no temperature were most likely measured

Carry = Callable[[Expectation, float, float], Expectation | None]
"""``carry(expectation, T_from, T_to)``: what holds at T_from, as it would be at T_to, both in K.

None where it cannot be carried."""


def usable(
    expectation: Expectation, T: float, group: tuple[float, float], sigma: float, carry: Carry
) -> tuple[Expectation | None, str]:
    """Return an expectation at the temperature of a measurement, or why it cannot be used.

    Parameters
    ----------
    expectation : Expectation
        In the unit of the measurement.
    T : float
        Of the measurement, K.
    group : (float, float)
        Lowest and highest temperature of its group, K.
    sigma : float
        Standard uncertainty of the measurement.
    carry : Carry
        How expectations go with temperature.

    Returns
    -------
    expectation : Expectation or None
        At T; None where it has a temperature but cannot be carried, or has none although between
        the ends of the group, or from there to room temperature, it would change by more than a
        tenth of what blurs it (its own scatter and the measured sigma).
    reason : str
        Empty where it is used.
    """
    if expectation.T is not None:
        found = carry(expectation, expectation.T, T)
        start = number_text(expectation.T, 4)
        return found, "" if found else f"cannot be carried from {start} K to {number_text(T, 4)} K"
    limit = CARRIED_SHARE * math.hypot(sigma, expectation.scatter)
    for other in (*group, ROOM_K):
        moved = carry(expectation, T, other)
        if moved is None:
            return None, "has no temperature, and cannot be carried to another"
        change = max(abs(a - b) for a, b in zip(moved.ends, expectation.ends, strict=True))
        if change > limit:
            return None, (
                f"has no temperature, although it changes by {number_text(change, 2)} from "
                f"{number_text(T, 4)} K to {number_text(other, 4)} K"
            )
    return expectation, ""


def carrier(specs: Sequence[ObservableSpec], nuisances: Mapping[str, float]) -> Carry:
    """Return the function that carries expectations from one temperature to another.

    What a pure state shows goes with temperature as the key's mixing rule says for that state
    alone: the number that the rule needs to give the expectation at T_from, put into the rule at
    T_to. For a shift to which the rule adds a term this is the difference of that term at both
    temperatures (second-order Doppler shift), for an area the ratio of a factor. Where the rule knows the pure
    state without its value (spins in place of a moment), it is the difference of what the rule
    gives. A rule that ignores temperature changes nothing, nor does a key without a rule.

    Parameters
    ----------
    specs : sequence of ObservableSpec
        Declarations of the keys, or of patterns of keys.
    nuisances : mapping of str to float
        Numbers that the rules need, like a Debye temperature; without them a rule may ignore the
        temperature.

    Returns
    -------
    Carry
        Gives None for a derivative by temperature, which no pure state has, and where the rule
        fails or is no straight line in the pure-state value.
    """

    def carry(expectation: Expectation, T_from: float, T_to: float) -> Expectation | None:
        spec = spec_of(expectation.key, specs)
        if spec is not None and spec.of_slopes:
            return None
        if spec is None or not spec.additive or T_from == T_to:
            return replace(expectation, T=T_to)
        own = expectation.in_unit(spec.unit)
        try:
            line = _line(spec, own.state, nuisances, T_from, T_to, own.ends)
        except SpectrafitError:
            return None
        return None if line is None else _moved(own, *line, T_to).in_unit(expectation.unit)

    return carry


def _line(
    spec: ObservableSpec,
    state: str,
    nuisances: Mapping[str, float],
    T_from: float,
    T_to: float,
    ends: tuple[float, float],
) -> tuple[float, float] | None:
    """Return offset and slope of the value at T_to by that at T_from; None where it is no line."""

    def shown(member: float, T: float) -> float:
        return mixed_value(spec, {state: 1.0}, {state: member}, nuisances, T)

    before, after = shown(0.0, T_from), shown(0.0, T_to)
    by_before, by_after = shown(1.0, T_from) - before, shown(1.0, T_to) - after
    if by_before == by_after == 0.0:
        return after - before, 1.0
    if by_before == 0.0 or by_after == 0.0:
        return None
    for end in ends:
        member = (end - before) / by_before
        scale = max(abs(end), abs(before), abs(by_before))
        if abs(shown(member, T_from) - end) > 1e-9 * scale:
            return None
        if abs(shown(member, T_to) - after - by_after * member) > 1e-9 * scale:
            return None
    slope = by_after / by_before
    return after - slope * before, slope


def _moved(expectation: Expectation, offset: float, slope: float, T: float) -> Expectation:
    def place(number: float | None) -> float | None:
        return None if number is None else offset + slope * number

    ends = (place(expectation.low), place(expectation.high))
    low, high = ends if slope > 0 else ends[::-1]
    return replace(
        expectation,
        value=place(expectation.value),
        low=low,
        high=high,
        sigma=None if expectation.sigma is None else expectation.sigma * abs(slope),
        width=expectation.width * abs(slope),
        T=T,
    )
