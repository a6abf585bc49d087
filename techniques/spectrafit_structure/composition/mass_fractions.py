"""Molar mass and mass fractions of a formula."""

from __future__ import annotations

import math
from collections.abc import Mapping

from spectrafit_structure.composition.atomic_data import atomic_weight

__all__ = ["mass_percentages", "molar_mass"]


def molar_mass(counts: Mapping[str, float]) -> float:
    """Return the molar mass of a formula.

    Parameters
    ----------
    counts : mapping of str to float
        From `formula_counts`.

    Returns
    -------
    float
        g/mol, with standard atomic weights.
    """
    return math.fsum(count * atomic_weight(element) for element, count in counts.items())


def mass_percentages(counts: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each element in the mass of a formula.

    Parameters
    ----------
    counts : mapping of str to float
        From `formula_counts`.

    Returns
    -------
    dict of str to float
        Percent, by element; they add up to 100.
    """
    whole = molar_mass(counts)
    return {
        element: 100.0 * count * atomic_weight(element) / whole for element, count in counts.items()
    }
