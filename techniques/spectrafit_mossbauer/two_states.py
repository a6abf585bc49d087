"""Two declared states between which a nucleus hops, and what a spectrum sees of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError

__all__ = ["HoppingState", "TwoStates"]


@dataclass(frozen=True)
class HoppingState:
    """A state with its declared values at the temperature of the spectrum.

    Parameters
    ----------
    shift : float
        Isomer shift against alpha-Fe, mm/s.
    splitting : float
        Quadrupole splitting, mm/s; negative where Vzz has the sign opposite to the other state's.
    name : str, optional
        Of the state.
    """

    shift: float
    splitting: float
    name: str = ""


@dataclass(frozen=True)
class TwoStates:
    """Two states with the population that the second may have.

    Parameters
    ----------
    first, second : HoppingState
        States 1 and 2.
    p2 : tuple of float
        Range of the population of state 2, both ends equal where it is tied to a value.
    differences : bool
        Whether only the differences between the states are declared: shift and splitting of state 1
        are then free, and so the population must be tied or its range narrow, as no position tells
        it.

    Raises
    ------
    SettingsError
        For a value that is not finite, or a range outside 0 to 1.
    """

    first: HoppingState
    second: HoppingState
    p2: tuple[float, float] = (0.0, 1.0)
    differences: bool = False

    def __post_init__(self) -> None:
        numbers = (self.first.shift, self.first.splitting, self.second.shift, self.second.splitting)
        if not np.isfinite(numbers).all():
            raise SettingsError("a state has a value that is not finite", where="two states")
        low, high = self.p2
        if not 0.0 <= low <= high <= 1.0:
            raise SettingsError(
                f"the population of state 2 from {low:g} to {high:g}",
                where="two states",
                do="give low <= high between 0 and 1",
            )
        if self.differences and (low == 0.0 or high == 1.0):
            raise SettingsError(
                "only differences are declared and the population reaches 0 or 1",
                where="two states",
                do="narrow the population: without exchange partners there is no bound on a rate",
            )

    @property
    def tied(self) -> bool:
        """Whether the population has one value."""
        return self.p2[0] == self.p2[1]

    @property
    def middle(self) -> float:
        """Middle of the range of the population."""
        return 0.5 * (self.p2[0] + self.p2[1])

    @property
    def distances(self) -> tuple[float, float]:
        """How far the low and the high line move from state 1 to state 2, mm/s."""
        shift = self.second.shift - self.first.shift
        splitting = self.second.splitting - self.first.splitting
        return shift - 0.5 * splitting, shift + 0.5 * splitting

    @property
    def text(self) -> str:
        """The declared values, as they stand beside a bound."""
        parts = [
            f"({state.shift:g}, {state.splitting:g}) mm/s" for state in (self.first, self.second)
        ]
        low, high = self.p2
        share = f"p2 = {low:g}" if self.tied else f"p2 between {low:g} and {high:g}"
        what = "differences of" if self.differences else "states"
        return f"{what} {parts[0]} and {parts[1]}, {share}"
