"""The Boltzmann factor of a molar energy."""

from __future__ import annotations

import math

from spectrafit.constants import GAS_CONSTANT
from spectrafit.errors import SettingsError

__all__ = ["boltzmann_factor"]


def boltzmann_factor(energy: float, temperature: float) -> float:
    """Return ``exp(-E/(R T))``: a population relative to that of a state of no energy.

    Parameters
    ----------
    energy : float
        J/mol.
    temperature : float
        K, above 0.

    Returns
    -------
    float
        Without entropy and degeneracy; infinite where it is beyond the range of numbers.

    Raises
    ------
    SettingsError
        For a temperature that is not above 0 K.
    """
    if not temperature > 0:
        raise SettingsError(f"a temperature of {temperature:g} K", do="give one above 0 K")
    exponent = -energy / (GAS_CONSTANT * temperature)
    return math.exp(exponent) if exponent < 700.0 else math.inf
