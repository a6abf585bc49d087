"""Whether isomer shift and splitting agree on a population, and what could cure a tension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.population import Population

__all__ = ["CURES", "NO_CURES", "Agreement", "agreement", "refuse_between_limits"]

CURES = (
    "a larger splitting of state 1, itself a mixture or not",
    "a state 2 that is itself mixed, with a smaller splitting or a smaller isomer shift",
    "a third state",
    "other reference isomer shifts, or another temperature of the references",
)
"""What can bring both populations together."""

NO_CURES = (
    "opposite signs of the field gradients",
    "axes of the field gradients that turn between the states",
)
"""What cannot: either lowers the observed splitting, and raises the population it asks for."""

Verdict = Literal["agree", "tension", "reference values excluded"]


@dataclass(frozen=True)
class Agreement:
    """Both populations side by side.

    Parameters
    ----------
    shift, splitting : Population
        x_IS and x_QS_min.
    verdict : str
        ``"agree"``, ``"tension"`` or ``"reference values excluded"``.
    joint : tuple of float or None
        Where both hold, cut at 0 and 1; None without agreement: nothing is averaged.
    cures, no_cures : tuple of str
        What can and what cannot cure a tension; empty where both agree.
    """

    shift: Population
    splitting: Population
    verdict: Verdict
    joint: tuple[float, float] | None
    cures: tuple[str, ...] = ()
    no_cures: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """``"population_tension"`` where they do not agree, else empty."""
        return "population_tension" if self.verdict == "tension" else ""

    @property
    def sentence(self) -> str:
        """The verdict with its numbers, for a report."""
        one = f"x from the isomer shift {self.shift.low:.2f} to {self.shift.high:.2f}"
        other = f"from the splitting at least {self.splitting.low:.2f} (95 %)"
        if self.joint is None:
            return f"{one}, {other}: {self.verdict}"
        low, high = self.joint
        return f"{one}, {other}: both hold for x between {low:.2f} and {high:.2f}"


def agreement(shift: Population, splitting: Population) -> Agreement:
    """Return whether the population from the shift reaches the lower bound from the splitting.

    Parameters
    ----------
    shift, splitting : Population
        Of the same state 2, of kinds ``x_IS`` and ``x_QS_min``.

    Returns
    -------
    Agreement

    Raises
    ------
    SettingsError
        When the kinds are others.
    """
    if (shift.kind, splitting.kind) != ("x_IS", "x_QS_min"):
        raise SettingsError(
            f"populations {shift.kind} and {splitting.kind}", do="give x_IS first, then x_QS_min"
        )
    if shift.excluded or splitting.excluded:
        return Agreement(shift, splitting, "reference values excluded", None, CURES[1:], NO_CURES)
    low, high = max(0.0, shift.low, splitting.low), min(1.0, shift.high)
    if low > high:
        return Agreement(shift, splitting, "tension", None, CURES, NO_CURES)
    return Agreement(shift, splitting, "agree", (low, high))


def refuse_between_limits(k_ex: float, widest: float) -> None:
    """Refuse populations from averages where the exchange is not fast.

    Parameters
    ----------
    k_ex : float
        Exchange rate or its lower bound, 1/s.
    widest : float
        Largest distance of a line between the states, mm/s.

    Raises
    ------
    SettingsError
        Unless k_ex is above kappa dv, where the lines have merged.
    """
    averaging = KAPPA * abs(widest)
    if not k_ex > averaging:
        raise SettingsError(
            f"k_ex {k_ex:.2g} 1/s is not above {averaging:.2g} 1/s, where lines "
            f"{abs(widest):g} mm/s apart average",
            where="population",
            do="fit the two-state line; in the slow limit, areas divided by f",
        )
