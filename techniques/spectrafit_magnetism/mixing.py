"""How populations make chi T."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit_magnetism.pure_state import PureState, pure_state_chiT

__all__ = ["chiT_mix"]

_SPINS = {"S1": 0.0, "S2": 0.0, "g": 2.0, "gap_K": 0.0}


def chiT_mix(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return chi T of a mixture: populations times pure-state values, and TIP times T.

    The mean magnetisation of a mixture is the sum of its parts, however fast the states exchange.

    Parameters
    ----------
    x : mapping of state to float
        Populations.
    members : mapping of state to float
        chi T of each pure state, cm3 K/mol, where no spins are given for it.
    nuisances : mapping of str to float
        For a state, ``S1.<state>``, ``S2.<state>``, ``g.<state>`` and ``gap_K.<state>`` (first
        excited above ground level of the two spins, K, above 0 antiferromagnetic): where S1 is
        given the state shows the chi T of these spins (S of 0, g of 2 and no gap where left out).
        A ``g.<state>`` without spins scales the member by ``(g/g_ref)^2`` and needs
        ``g_ref.<state>``, the g value that the member is for. ``TIP`` in cm3/mol.
    temperature : float
        K.

    Returns
    -------
    float
        cm3 K/mol.

    Raises
    ------
    SpectrafitError
        When a populated state has neither a value nor spins, or spins that are none.
    """
    total = nuisances.get("TIP", 0.0) * temperature
    for state, share in x.items():
        if np.any(share):
            total = total + share * _pure(state, members, nuisances, temperature)
    return total


def _pure(
    state: str, members: Mapping[str, float], nuisances: Mapping[str, float], T: float
) -> float:
    own = {name: nuisances[f"{name}.{state}"] for name in _SPINS if f"{name}.{state}" in nuisances}
    if "S1" in own:
        value = pure_state_chiT(T, PureState(**{**_SPINS, **own}))
        return float(value) if value.ndim == 0 else value  # type: ignore[return-value]
    if own.keys() - {"g"}:
        raise SpectrafitError(
            f"{' and '.join(sorted(own))} of {state} without its first spin", do=f"give S1.{state}"
        )
    if state not in members:
        raise SpectrafitError(
            f"no pure-state value for {state}", do="give one for every populated state"
        )
    if not own:
        return members[state]
    if f"g_ref.{state}" not in nuisances:
        raise SpectrafitError(
            f"g of {state}, and not for which g its value is",
            do=f"give S1.{state}, or g_ref.{state}",
        )
    return members[state] * (own["g"] / nuisances[f"g_ref.{state}"]) ** 2
