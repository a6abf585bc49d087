"""Hysteresis: the difference of the brackets of a step on heating and on cooling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Bracketed", "Hysteresis", "hysteresis_of"]


class Bracketed(Protocol):
    """Anything with the bracket of a step, K: `StepBracket` or `JointStep`."""

    @property
    def low(self) -> float | None:
        """Lower end, K."""

    @property
    def high(self) -> float | None:
        """Upper end, K."""


@dataclass(frozen=True)
class Hysteresis:
    """Temperature of the step on heating less that on cooling.

    Parameters
    ----------
    low, high : float or None
        Interval that holds the difference, K; None where a branch has no step.
    verdict : str
        ``resolved``, ``reversed`` (the step on cooling is the warmer one: a lag of the sample's
        temperature or a fault, not hysteresis), ``none resolved`` where the brackets overlap or
        touch, or ``no step``.
    reason : str
        In words.
    """

    low: float | None
    high: float | None
    verdict: Literal["resolved", "reversed", "none resolved", "no step"]
    reason: str


def hysteresis_of(heating: Bracketed | None, cooling: Bracketed | None) -> Hysteresis:
    """Return the hysteresis between two brackets of one step.

    Parameters
    ----------
    heating, cooling : StepBracket, JointStep or None
        The step on each branch; None where it has none.

    Returns
    -------
    Hysteresis
        An interval: the step itself is known no better on either branch.
    """
    ends = {
        name: (one.low, one.high)
        for name, one in (("heating", heating), ("cooling", cooling))
        if one is not None and one.low is not None and one.high is not None
    }
    missing = [name for name in ("heating", "cooling") if name not in ends]
    if missing:
        return Hysteresis(None, None, "no step", f"no step on {' and '.join(missing)}")
    (h_low, h_high), (c_low, c_high) = ends["heating"], ends["cooling"]
    low, high = h_low - c_high, h_high - c_low
    said = f"heating {h_low:g}-{h_high:g} K, cooling {c_low:g}-{c_high:g} K"
    if low <= 0.0 <= high:
        return Hysteresis(low, high, "none resolved", f"the brackets overlap: {said}")
    if high < 0.0:
        return Hysteresis(low, high, "reversed", f"the step on cooling is the warmer one: {said}")
    return Hysteresis(low, high, "resolved", said)
