"""How well measured lengths fit the cited ranges of spin states: a likelihood, never a label."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit_structure.uncertainty import Measured

__all__ = ["LengthWindow", "StateLikelihood", "StateReading", "state_reading"]

_FAR = 3.0
"""A length that is more s.u. outside a window does not fit it."""


@dataclass(frozen=True)
class LengthWindow:
    """The range of a mean bond length in one state, from the literature.

    Parameters
    ----------
    state : str
        Like ``Fe LS``.
    bond : str
        Like ``Fe-O``.
    low, high : float
        Å; equal for a single reported value.
    source : str
        Where the range is from, with the temperature; never empty.
    """

    state: str
    bond: str
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        where = f"{self.state} {self.bond}"
        if not (math.isfinite(self.high) and 0.0 < self.low <= self.high):
            raise SettingsError(f"{self.low} to {self.high} Å is no range", where=where)
        if not self.source.strip():
            raise SettingsError(
                "a range of lengths without a source", where=where, do="cite where it is from"
            )


@dataclass(frozen=True)
class StateLikelihood:
    """How well one state fits.

    Parameters
    ----------
    state : str
    log_likelihood : float
        Natural logarithm, of lengths in Å.
    share : float
        Likelihood over the sum of all states that were given: a probability only if these are all
        there are, none is favoured beforehand, and the crystal holds one state.
    outside : float
        By how many s.u. the worst length lies outside its window; 0 inside.
    """

    state: str
    log_likelihood: float
    share: float
    outside: float

    @property
    def fits(self) -> bool:
        """Whether every length is within three s.u. of its window."""
        return self.outside <= _FAR


@dataclass(frozen=True)
class StateReading:
    """What mean lengths say about the state of a metal.

    Parameters
    ----------
    states : tuple of StateLikelihood
        Most likely first; empty where there is no reading.
    bonds : tuple of str
        The bonds that were used.
    reason : str
        Why there is no reading, or why it must not be trusted; else empty.
    """

    states: tuple[StateLikelihood, ...]
    bonds: tuple[str, ...]
    reason: str = ""


def state_reading(lengths: Mapping[str, Measured], windows: Sequence[LengthWindow]) -> StateReading:
    """Return the likelihood of each state for the mean lengths of one metal.

    Parameters
    ----------
    lengths : mapping of str to Measured
        Å, by bond, like ``Fe-O``.
    windows : sequence of LengthWindow
        The cited ranges; one for each state and bond.

    Returns
    -------
    StateReading
        Each length is a draw from its window (uniform) blurred by its s.u. (normal):
        [Phi((L - low)/s) - Phi((L - high)/s)] / (high - low). Used are the bonds that were
        measured and have a window in every state.

    Raises
    ------
    SettingsError
        When no bond can be used, or a state has two windows for a bond.
    """
    table = _by_state(windows)
    bonds = tuple(
        bond for bond in lengths if table and all(bond in ranges for ranges in table.values())
    )
    if not bonds:
        raise SettingsError(
            "no bond was measured and has a range in every state",
            do=f"give ranges of {', '.join(lengths) or 'the measured bonds'}",
        )
    bare = next((bond for bond in bonds if lengths[bond].su is None), None)
    if bare is not None:
        return StateReading((), bonds, f"{bare}: {lengths[bare].reason}")
    logs = {
        state: math.fsum(_log_density(lengths[bond], ranges[bond]) for bond in bonds)
        for state, ranges in table.items()
    }
    best = max(logs.values())
    total = math.fsum(math.exp(each - best) for each in logs.values())
    states = [
        StateLikelihood(
            state,
            log,
            math.exp(log - best) / total,
            max(_outside(lengths[bond], table[state][bond]) for bond in bonds),
        )
        for state, log in logs.items()
    ]
    states.sort(key=lambda each: -each.log_likelihood)
    none = "" if any(each.fits for each in states) else "the lengths fit none of the given states"
    return StateReading(tuple(states), bonds, none)


def _by_state(windows: Sequence[LengthWindow]) -> dict[str, dict[str, LengthWindow]]:
    table: dict[str, dict[str, LengthWindow]] = {}
    for window in windows:
        ranges = table.setdefault(window.state, {})
        if window.bond in ranges:
            raise SettingsError(f"{window.state} has two ranges of {window.bond}", do="give one")
        ranges[window.bond] = window
    return table


def _su(length: Measured) -> float:
    if length.su is None:
        raise SettingsError(f"a length without s.u. has no likelihood: {length.reason}")
    return length.su


def _log_density(length: Measured, window: LengthWindow) -> float:
    from scipy.special import log_ndtr

    su = _su(length)
    if window.low == window.high:
        z = (length.value - window.low) / su
        return -0.5 * z**2 - math.log(su * math.sqrt(2.0 * math.pi))
    upper, lower = (length.value - window.low) / su, (length.value - window.high) / su
    # on the side where both probabilities are small, their logarithms stay exact
    if lower > 0:
        upper, lower = -lower, -upper
    large, small = float(log_ndtr(upper)), float(log_ndtr(lower))
    return large + math.log1p(-math.exp(small - large)) - math.log(window.high - window.low)


def _outside(length: Measured, window: LengthWindow) -> float:
    return max(window.low - length.value, length.value - window.high, 0.0) / _su(length)
