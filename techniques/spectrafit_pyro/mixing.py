"""How populations of states make p and the change of polarisation."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.observable import linear_mix
from spectrafit_pyro.primary import EinsteinSecondary, einstein_heat_capacity

__all__ = ["mixed_change", "mixed_coefficient", "mixed_secondary"]

_ASSUMED_THETA = 150.0
_MILLI = 1e-3  # uC in nC


def mixed_coefficient(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return ``1000 sum (dx_i/dT) P_i + psec_300 c_E(T)/c_E(300 K)``.

    Parameters
    ----------
    x : mapping of state to float
        Slopes of the populations by temperature, 1/K; they sum to 0.
    members : mapping of state to float
        Polarisation of each pure state, uC cm-2.
    nuisances : mapping of str to float
        ``psec_300`` (nC cm-2 K-1, 0 when left out) and ``theta_E_K`` (K, 150 assumed).
    temperature : float
        K.

    Returns
    -------
    float
        nC cm-2 K-1.
    """
    primary = linear_mix(x, members, nuisances, temperature) / _MILLI
    if not nuisances.get("psec_300", 0.0):
        return primary
    return primary + mixed_secondary(x, {}, nuisances, temperature)


def mixed_secondary(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return ``psec_300 c_E(T)/c_E(300 K)``, and what populations add where that is given.

    Parameters
    ----------
    x : mapping of state to float
        Populations; they sum to 1.
    members : mapping of state to float
        What a state adds, nC cm-2 K-1; 0 where left out: the reference crystal moves no charge.
    nuisances : mapping of str to float
        ``psec_300`` (nC cm-2 K-1, 0 when left out) and ``theta_E_K`` (K, 150 assumed).
    temperature : float
        K.

    Returns
    -------
    float
        nC cm-2 K-1.
    """
    model = EinsteinSecondary(
        nuisances.get("psec_300", 0.0), nuisances.get("theta_E_K", _ASSUMED_THETA)
    )
    secondary = model.p(temperature)
    own = sum(share * members[state] for state, share in x.items() if state in members)
    return own + (float(secondary) if np.ndim(temperature) == 0 else secondary)  # type: ignore[return-value]


def mixed_change(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return ``sum x_i P_i - P_T0 + integral of the secondary part from T0``.

    Parameters
    ----------
    x : mapping of state to float
        Populations; they sum to 1.
    members : mapping of state to float
        Polarisation of each pure state, uC cm-2.
    nuisances : mapping of str to float
        ``P_T0``: what the first sum is at T0, uC cm-2; ``psec_300`` and ``theta_E_K`` as for p,
        and ``T0_K`` with them.
    temperature : float
        K.

    Returns
    -------
    float
        uC cm-2.

    Raises
    ------
    SpectrafitError
        Without ``P_T0``, or without ``T0_K`` where there is a secondary part.
    """
    needed = ("P_T0", "T0_K") if nuisances.get("psec_300") else ("P_T0",)
    for name in needed:
        if name not in nuisances:
            raise SpectrafitError(
                f"the change of polarisation needs the nuisance {name}", where="pyro.dP"
            )
    change = linear_mix(x, members, nuisances, temperature) - nuisances["P_T0"]
    psec = nuisances.get("psec_300", 0.0)
    if not psec:
        return change
    theta = nuisances.get("theta_E_K", _ASSUMED_THETA)
    # c_E is the derivative of theta/(exp(theta/T) - 1)
    energy = _energy(temperature, theta) - _energy(nuisances["T0_K"], theta)
    return change + _MILLI * psec * energy / float(einstein_heat_capacity(300.0, theta))


def _energy(T: float, theta: float) -> float:
    """Return the mean energy of an Einstein oscillator over k, K."""
    if np.ndim(T):
        return np.array([_energy(one, theta) for one in np.asarray(T)])  # type: ignore[return-value]
    if not T > 0.0:
        return 0.0
    ratio = theta / T
    return 0.0 if ratio > 700.0 else theta / math.expm1(ratio)
