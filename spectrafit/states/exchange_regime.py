"""Whether exchange averages or resolves the lines of states.

Rates are ``k_ex = k12 + k21``, in s-1, everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum
from itertools import combinations

from spectrafit.errors import SettingsError
from spectrafit.observable import ObservableClass, ObservableSpec
from spectrafit.rounding import number_text
from spectrafit.states.assignment import RateBound
from spectrafit.states.rate_bounds import joined_bounds
from spectrafit.units import unit

__all__ = ["Regime", "coalescence", "joined_bounds", "key_regimes", "regime", "splitting"]

FAST = 20.0  # a choice: times the rate of coalescence above which lines are averaged
SLOW = 0.05  # a choice: times that rate below which they are resolved
_POSITIONS = ("velocity", "wavenumber", "photon energy", "flux density")
_NO_POSITION = ("area", "width")  # words of quantities in the unit of the axis


class Regime(StrEnum):
    """How exchange shows in the lines of two states."""

    AVERAGED = "averaged"
    RESOLVED = "resolved"
    BETWEEN = "in between"
    UNKNOWN = "not known"


def coalescence(dnu: float) -> float:
    """Return the rate at which two equal, narrow lines merge, ``sqrt(2) pi dnu``.

    H. S. Gutowsky and C. H. Holm, J. Chem. Phys. 25, 1228 (1956): equal populations merge at a
    one-way rate of ``pi dnu/sqrt(2)``, of which this is the sum of both.

    Parameters
    ----------
    dnu : float
        Distance of the lines, Hz.

    Returns
    -------
    float
        k_ex, s-1.

    Raises
    ------
    SettingsError
        For a distance below 0 or none.
    """
    if not 0.0 <= dnu < math.inf:
        raise SettingsError(f"{dnu} Hz is no distance of lines", do="give 0 or more")
    return math.sqrt(2.0) * math.pi * dnu


def splitting(spec: ObservableSpec, value_i: float, value_j: float) -> float:
    """Return the distance in frequency of the lines of two states.

    A time scale of a technique is one of two things. For a line-shape key that is a position (its
    unit is one of the axis, and it is no area or width) it belongs to lines one unit of the key
    apart, ``1/(2 pi dnu_unit)``, so that ``dnu = |v_i - v_j|/(2 pi time_scale)``: 1 mm/s of the
    14.4 keV line is 11.6 MHz. For every other key it is the lifetime that resolves the two states,
    ``1/(pi dnu)``, whatever the values are: ``dnu = 1/(pi time_scale)``.

    Parameters
    ----------
    spec : ObservableSpec
        Of a key with a time scale.
    value_i, value_j : float
        Of both pure states, in the unit of the spec.

    Returns
    -------
    float
        Hz.

    Raises
    ------
    SettingsError
        For a key without a time scale, or values that are no numbers.
    """
    if spec.time_scale is None:
        raise SettingsError(
            "a thermodynamic key has no time scale", where=spec.key, do="add it over states"
        )
    if not _is_position(spec):
        return 1.0 / (math.pi * spec.time_scale)
    apart = abs(value_i - value_j)
    if not math.isfinite(apart):
        raise SettingsError("a pure-state value is no finite number", where=spec.key)
    return apart / (2.0 * math.pi * spec.time_scale)


def _is_position(spec: ObservableSpec) -> bool:
    quantity = spec.key.rpartition(".")[2]
    return (
        spec.observable_class is ObservableClass.LINE_SHAPE
        and unit(spec.unit).quantity in _POSITIONS
        and not any(word in quantity for word in _NO_POSITION)
    )


def regime(
    k_low: float | None, k_high: float | None, dnu: float, fast: float = FAST, slow: float = SLOW
) -> Regime:
    """Return how the lines of two states show.

    Parameters
    ----------
    k_low, k_high : float or None
        Bounds of k_ex, s-1; None where nothing bounds it.
    dnu : float
        Distance of the lines, Hz; lines at one place are averaged at any rate.
    fast, slow : float
        Times the rate of coalescence above which the lines are averaged, below which resolved.

    Returns
    -------
    Regime
        ``in between`` where the bounds leave nothing else, ``not known`` where they leave several
        or exclude each other.

    Raises
    ------
    SettingsError
        For limits in the wrong order, or a distance that is none.
    """
    if not 0.0 < slow < fast < math.inf:
        raise SettingsError(f"slow {slow} and fast {fast} are no limits in this order")
    merging = coalescence(dnu)
    low = 0.0 if k_low is None else k_low
    high = math.inf if k_high is None else k_high
    if merging == 0.0:
        return Regime.AVERAGED
    if low > high:
        return Regime.UNKNOWN
    if low > fast * merging:
        return Regime.AVERAGED
    if high < slow * merging:
        return Regime.RESOLVED
    if low >= slow * merging and high <= fast * merging:
        return Regime.BETWEEN
    return Regime.UNKNOWN


def key_regimes(
    specs: Mapping[str, ObservableSpec],
    members: Mapping[str, Mapping[str, float]],
    rate: RateBound,
    fast: float = FAST,
    slow: float = SLOW,
) -> tuple[tuple[str, str, str], ...]:
    """Return for each key whether exchange averages or resolves the states in it.

    A thermodynamic key adds over states at any rate. The lines of one technique are the same in all
    of its line-shape keys, so that two states are as far apart in each as they are in the one where
    they differ most. All pairs of states have to agree.

    Parameters
    ----------
    specs : mapping of str to ObservableSpec
        By key.
    members : mapping of str to (mapping of str to float)
        Key, then the value of each pure state in the unit of the spec.
    rate : RateBound
        Bounds of the rate of exchange.
    fast, slow : float
        Limits as in `regime`.

    Returns
    -------
    tuple of (str, str, str)
        Key, regime, and why; a key in between must not be used for populations.
    """
    return tuple((key, *_regime_of(key, specs, members, rate, fast, slow)) for key in specs)


def _regime_of(
    key: str,
    specs: Mapping[str, ObservableSpec],
    members: Mapping[str, Mapping[str, float]],
    rate: RateBound,
    fast: float,
    slow: float,
) -> tuple[str, str]:
    spec = specs[key]
    if spec.time_scale is None:
        return Regime.AVERAGED.value, "it adds over states at any rate"
    pairs = _distances(key, specs, members)
    if not pairs:
        return Regime.UNKNOWN.value, "no pure-state values tell how far apart the lines are"
    found = {
        pair: regime(rate.lower, rate.upper, dnu, fast, slow)
        for pair, dnu in pairs.items()
        if dnu > 0.0
    }
    if not found:
        return Regime.AVERAGED.value, "the lines of all states are at one place"
    kinds = set(found.values())
    mixed = Regime.BETWEEN not in kinds and kinds >= {Regime.AVERAGED, Regime.RESOLVED}
    if Regime.BETWEEN in kinds or mixed:
        verdict = Regime.BETWEEN
    else:
        verdict = Regime.UNKNOWN if Regime.UNKNOWN in kinds else kinds.pop()
    telling = {pair: pairs[pair] for pair, kind in found.items() if mixed or kind is verdict}
    pick = min if verdict is Regime.RESOLVED else max
    pair = pick(telling, key=lambda pair: telling[pair])
    facts = f"{_limits(pair, telling[pair])}, k12 + k21 is {_range(rate)}"
    crossed = rate.lower is not None and rate.upper is not None and rate.lower > rate.upper
    return verdict.value, {
        Regime.AVERAGED: f"{facts}: fast",
        Regime.RESOLVED: f"{facts}: slow",
        Regime.UNKNOWN: f"{facts}: "
        + ("no rate at one temperature" if crossed else "more than one regime is possible"),
        Regime.BETWEEN: f"refused for populations: {facts}, "
        + (
            "fast for some pairs of states and slow for others"
            if mixed
            else "neither fast nor slow"
        )
        + "; populations and rate by the technique's own exchange fit stand in for it",
    }[verdict]


def _distances(
    key: str,
    specs: Mapping[str, ObservableSpec],
    members: Mapping[str, Mapping[str, float]],
) -> dict[tuple[str, str], float]:
    """Return how far apart the lines of each pair of states are, Hz."""
    own = specs[key]
    technique = key.partition(".")[0]
    family = [
        name
        for name, spec in specs.items()
        if name.partition(".")[0] == technique and _is_position(spec)
    ]
    if own.observable_class is not ObservableClass.LINE_SHAPE or not family:
        return {("one state", "another"): splitting(own, 0.0, 0.0)}
    found: dict[tuple[str, str], float] = {}
    for name in family:
        values = members.get(name, {})
        for i, j in combinations(sorted(values), 2):
            dnu = splitting(specs[name], values[i], values[j])
            found[i, j] = max(dnu, found.get((i, j), 0.0))
    return found


def _limits(pair: tuple[str, str], dnu: float) -> str:
    return (
        f"lines of {pair[0]} and {pair[1]} {number_text(dnu, 3)} Hz apart merge at "
        f"{number_text(coalescence(dnu), 2)} s-1"
    )


def _range(rate: RateBound) -> str:
    low = "" if rate.lower is None else f"above {number_text(rate.lower, 2)} s-1"
    high = "" if rate.upper is None else f"below {number_text(rate.upper, 2)} s-1"
    return " and ".join(part for part in (low, high) if part) or "not bounded"
