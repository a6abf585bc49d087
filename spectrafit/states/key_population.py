"""The share of one state of two that each key gives by itself, side by side, never averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.observable import Observable, ObservableSpec, spec_of
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import KeyPopulation
from spectrafit.states.carry import ROOM_K, Carry
from spectrafit.states.expectation import QUANTILE_95, Expectation, expectation_text
from spectrafit.states.mixing import mixed_value
from spectrafit.states.population_agreement import Consistency, consistent
from spectrafit.states.votes import Vote, vote_of
from spectrafit.units import printed_unit

__all__ = ["Consistency", "consistent", "key_populations"]

NITROGEN_K = 80.0  # where many reference spectra are measured, beside room temperature
SAME_SHARE = 0.005  # two intervals that print alike are one

Ends = tuple[float, float]


@dataclass(frozen=True)
class _Case:
    """One measured value and what two states are expected to show for its key."""

    vote: Vote
    lower: str
    upper: str
    expected: tuple[tuple[Expectation, ...], tuple[Expectation, ...]]

    @property
    def number(self) -> str:
        unit = printed_unit(self.vote.unit)
        return f"{value_text(self.vote.value, self.vote.sigma)} {unit}".rstrip()

    def row(self, ends: Ends | None, text: str) -> KeyPopulation:
        low, high = ends if ends is not None else (None, None)
        return KeyPopulation(
            self.vote.key, self.vote.T, self.lower, self.upper, low, high, f"{self.number}: {text}"
        )


def key_populations(
    observables: Sequence[Observable],
    expectations: Sequence[Expectation],
    pairs: Sequence[tuple[str, str]],
    *,
    carry: Carry,
    specs: Sequence[ObservableSpec] = (),
    nuisances: Mapping[str, float] | None = None,
    readings: Sequence[float] = (NITROGEN_K, ROOM_K),
) -> tuple[KeyPopulation, ...]:
    """Return the share of the upper state of each pair by each measured value alone.

    ``x = (v - lower)/(upper - lower)`` at all corners of the 95 % interval of the measured value v
    and of what the two states are expected to show (ranges as they are, values with their 95 %
    interval, several expectations of a state together), cut to 0 to 1. All that is possible lies
    in it: it is no narrower than an interval of 95 %.

    Expectations are carried to the temperature of the value. Where one that tells no temperature
    changes with it, there is a row for each temperature at which it may hold: that of the value,
    and those of `readings` that give another interval.

    Parameters
    ----------
    observables : sequence of Observable
        Of the keys that no pure state explains, or that are asked for.
    expectations : sequence of Expectation
        Of any states and keys.
    pairs : sequence of (str, str)
        Lower and upper state.
    carry : Carry
        How expectations go with temperature (`carrier`).
    specs : sequence of ObservableSpec
        Declarations of the keys: a key whose rule is no straight line between two states cannot
        tell. Keys without one are taken as weighted means.
    nuisances : mapping of str to float, optional
        Numbers that the rules need.
    readings : sequence of float
        K.

    Returns
    -------
    tuple of KeyPopulation
        One for each observable, pair and reading, where both states have an expectation; without
        ends where the key cannot tell, and why. Observables without a value, a temperature or an
        uncertainty give none.

    Raises
    ------
    SettingsError
        For a pair of one state with itself.
    UnitError
        For an expectation in a unit of another quantity than the observable's.
    """
    rows: list[KeyPopulation] = []
    for item, (lower, upper) in product(observables, pairs):
        if lower == upper:
            raise SettingsError(f"a pair of {lower} with itself", do="name two states")
        vote = vote_of(item)
        if isinstance(vote, str):
            continue
        own = [one.in_unit(vote.unit) for one in expectations if one.key == vote.key]
        below, above = (tuple(one for one in own if one.state == state) for state in (lower, upper))
        if below and above:
            case = _Case(vote, lower, upper, (below, above))
            fault = _no_line(case, specs, nuisances or {})
            rows += [case.row(None, fault)] if fault else _readings(case, carry, readings)
    return tuple(rows)


def _no_line(case: _Case, specs: Sequence[ObservableSpec], nuisances: Mapping[str, float]) -> str:
    """Return why a share is no straight line in the key; empty where it is one."""
    spec = spec_of(case.vote.key, specs)
    if spec is None:
        return ""
    if spec.of_slopes:
        return "a derivative by temperature belongs to no pure state"
    ends = [side[0].in_unit(spec.unit).ends for side in case.expected]
    members = dict(zip((case.lower, case.upper), (sum(e) / 2 for e in ends), strict=True))
    try:
        start, middle, end = (
            mixed_value(spec, {case.lower: 1 - x, case.upper: x}, members, nuisances, case.vote.T)
            for x in (0.0, 0.5, 1.0)
        )
    except SpectrafitError as error:
        return error.what
    if abs(middle - 0.5 * (start + end)) > 1e-6 * max(abs(start), abs(end)):
        return "its mixing rule is no straight line between the two states"
    return ""


def _readings(case: _Case, carry: Carry, readings: Sequence[float]) -> list[KeyPopulation]:
    """Return a row for each temperature at which expectations without one may hold."""
    open_T = any(one.T is None for side in case.expected for one in side)
    found: list[tuple[float, Ends | None, str]] = []
    for T in (case.vote.T, *(readings if open_T else ())):
        ends, text = _share(case, T, carry)
        if not any(_alike(ends, other) for _, other, _ in found):
            found.append((T, ends, text))
    if len(found) == 1:
        return [case.row(found[0][1], found[0][2])]
    return [
        case.row(ends, f"{text}, where no temperature is told taken at {number_text(T, 4)} K")
        for T, ends, text in found
    ]


def _alike(one: Ends | None, other: Ends | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(abs(a - b) < SAME_SHARE for a, b in zip(one, other, strict=True))


def _share(case: _Case, T_open: float, carry: Carry) -> tuple[Ends | None, str]:
    """Return the ends of the share, and its line; T_open is where expectations without T hold."""
    vote = case.vote
    places: list[Ends] = []
    for state, side in zip((case.lower, case.upper), case.expected, strict=True):
        moved = [carry(one, T_open if one.T is None else one.T, vote.T) for one in side]
        kept = [one.ends for one in moved if one is not None]
        if len(kept) < len(side):
            return None, f"what is expected of {state} cannot be carried to {vote.T:g} K"
        places.append((min(low for low, _ in kept), max(high for _, high in kept)))
    below, above = places
    told = " and ".join(
        f"{state} {' or '.join(expectation_text(one) for one in side)}"
        for state, side in zip((case.lower, case.upper), case.expected, strict=True)
    )
    if below[1] >= above[0] and above[1] >= below[0]:
        return None, f"cannot tell, {told} overlap"
    reach = QUANTILE_95 * vote.sigma
    corners = [
        (v - low) / (high - low)
        for v in (vote.value - reach, vote.value + reach)
        for low in below
        for high in above
    ]
    least, most = min(corners), max(corners)
    if most < 0.0 or least > 1.0:
        return None, f"no share of {case.upper} gives it, with {told}"
    ends = (max(0.0, least), min(1.0, most))
    return ends, f"share of {case.upper} {range_text(*ends, figures=2)} with {told}"
