"""The exchange constant of two spins, with the convention it is written in.

Published constants differ by a factor of 2 or in sign for the same splitting: a number without its
Hamiltonian is no value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from spectrafit.errors import SettingsError, nearest
from spectrafit_magnetism.constants import BOLTZMANN_CM

__all__ = ["Exchange", "Hamiltonian"]

Hamiltonian = Literal["-2J S1.S2", "-J S1.S2", "+J S1.S2", "+2J S1.S2"]
_TO_MINUS_2J = {"-2J S1.S2": 1.0, "-J S1.S2": 0.5, "+J S1.S2": -0.5, "+2J S1.S2": -1.0}
_IN_KELVIN = {"K": 1.0, "cm-1": 1.0 / BOLTZMANN_CM}


@dataclass(frozen=True)
class Exchange:
    """An exchange constant J, its unit and the Hamiltonian that it stands in.

    Parameters
    ----------
    J : float
        In `unit`; of K, J/k.
    unit : str
        ``K`` or ``cm-1``.
    hamiltonian : str
        ``-2J S1.S2``, ``-J S1.S2``, ``+J S1.S2`` or ``+2J S1.S2``.

    Raises
    ------
    SettingsError
        For another unit or Hamiltonian, or a J that is not finite.
    """

    J: float
    unit: str = "K"
    hamiltonian: Hamiltonian = "-2J S1.S2"

    def __post_init__(self) -> None:
        for name, known in ((self.unit, _IN_KELVIN), (self.hamiltonian, _TO_MINUS_2J)):
            if name not in known:
                advice = nearest(name, known, noun="it can be")
                raise SettingsError(f"no {name!r} for an exchange constant", where="J", do=advice)
        if not math.isfinite(self.J):
            raise SettingsError("J is not a finite number", where="J")

    @property
    def kelvin(self) -> float:
        """J/k in K for H = -2J S1.S2, as the formulas of this package use it."""
        return self.J * _IN_KELVIN[self.unit] * _TO_MINUS_2J[self.hamiltonian]

    def written(self, hamiltonian: Hamiltonian, unit: str = "K") -> Exchange:
        """Return the same splitting in another convention.

        Parameters
        ----------
        hamiltonian : str
            One of the four.
        unit : str, optional
            ``K`` or ``cm-1``.

        Returns
        -------
        Exchange

        Raises
        ------
        SettingsError
            For another unit or Hamiltonian.
        """
        blank = Exchange(1.0, unit, hamiltonian)
        return Exchange(self.kelvin / blank.kelvin, unit, hamiltonian)

    def gap(self, S1: float, S2: float) -> float:
        """Return the distance of the first excited level from the ground level.

        Parameters
        ----------
        S1, S2 : float
            The two spins, above 0.

        Returns
        -------
        float
            K; ``2|J| (|S1 - S2| + 1)`` where J is antiferromagnetic, else ``2 J (S1 + S2)``.
        """
        J = self.kelvin
        return 2.0 * J * (S1 + S2) if J > 0.0 else -2.0 * J * (abs(S1 - S2) + 1.0)

    def __str__(self) -> str:
        return f"J = {self.J:.6g} {self.unit} (H = {self.hamiltonian})"
