"""chi T of a pure state: nothing, free spins, or two spins with a gap between their levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.dimer import dimer_chiT
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.spin_only import checked_spin, spin_only_chiT

__all__ = ["PureState", "exchange_of_gap", "pure_state_chiT"]


@dataclass(frozen=True)
class PureState:
    """The spins of a pure state.

    Parameters
    ----------
    S1, S2 : float
        Spins, 0 where there is none.
    g : float
        Common g value.
    gap_K : float
        First excited above ground level of the two spins, K; above 0 where they are antiparallel
        in the ground level, below 0 where parallel, 0 where they are free.

    Raises
    ------
    SettingsError
        For a spin that is none, a g that is not positive, or a gap of fewer than two spins.
    """

    S1: float = 0.0
    S2: float = 0.0
    g: float = 2.0
    gap_K: float = 0.0

    def __post_init__(self) -> None:
        spin_only_chiT(self.S1, self.S2, g=self.g)
        if not np.isfinite(self.gap_K):
            raise SettingsError("a gap that is no number", where="pure state")
        if self.gap_K != 0.0 and not (self.S1 and self.S2):
            raise SettingsError(
                f"a gap of {self.gap_K:g} K without two spins",
                where="pure state",
                do="give S1 and S2, both above 0",
            )


def exchange_of_gap(gap_K: float, S1: float, S2: float) -> Exchange:
    """Return the exchange constant whose first excited level lies a gap above the ground level.

    Parameters
    ----------
    gap_K : float
        K; above 0 for an antiferromagnetic, below 0 for a ferromagnetic pair.
    S1, S2 : float
        The two spins, above 0.

    Returns
    -------
    Exchange
        H = -2J S1.S2. Of levels ``-J S(S+1)`` the lowest two are ``2|J|(|S1 - S2| + 1)`` apart
        where J is below 0, else ``2J(S1 + S2)``.

    Raises
    ------
    SettingsError
        For a spin that is none or 0.
    """
    if not min(checked_spin(S1, "S1"), checked_spin(S2, "S2")) > 0.0:
        raise SettingsError("a gap needs two spins above 0", where="pair")
    if gap_K < 0.0:
        return Exchange(-gap_K / (2.0 * (S1 + S2)))
    return Exchange(-gap_K / (2.0 * (abs(S1 - S2) + 1.0)))


def pure_state_chiT(T: ArrayLike, state: PureState) -> FloatArray:
    """Return chi T of a pure state.

    Parameters
    ----------
    T : array_like, shape (n,)
        K, above 0.
    state : PureState
        Its spins.

    Returns
    -------
    ndarray, shape (n,)
        cm3 K/mol.

    Raises
    ------
    SettingsError
        For a temperature that is not above 0 K.
    """
    temperature = np.asarray(T, dtype=float)
    if not (temperature > 0.0).all():
        raise SettingsError("a temperature is not above 0 K", where="pure state")
    if state.gap_K == 0.0:
        return np.full_like(temperature, spin_only_chiT(state.S1, state.S2, g=state.g))
    exchange = exchange_of_gap(state.gap_K, state.S1, state.S2)
    return dimer_chiT(temperature, state.S1, state.S2, exchange, g=state.g)
