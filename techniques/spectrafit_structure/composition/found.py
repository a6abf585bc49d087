"""What an elemental analysis or a mass spectrum found, against the formula."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from spectrafit.errors import SettingsError
from spectrafit_structure.composition.atomic_data import atomic_weight
from spectrafit_structure.composition.isotopes import IsotopePattern
from spectrafit_structure.composition.mass_fractions import mass_percentages
from spectrafit_structure.uncertainty import Measured

__all__ = [
    "CUSTOMARY_LIMIT",
    "AnalysisLine",
    "FoundMass",
    "MassMatch",
    "atom_ratio",
    "compared_analysis",
    "compared_mass",
]

CUSTOMARY_LIMIT = 0.4
"""Percent absolute; the deviation that journals customarily accept, a custom and no law."""


@dataclass(frozen=True)
class AnalysisLine:
    """One element of an elemental analysis.

    Parameters
    ----------
    element : str
    found, expected : float
        Percent of the mass.
    deviation : float
        Percent absolute, found minus expected.
    beyond : bool
        Whether it is larger than the limit.
    """

    element: str
    found: float
    expected: float
    deviation: float
    beyond: bool


def compared_analysis(
    counts: Mapping[str, float], found: Mapping[str, float], *, limit: float = CUSTOMARY_LIMIT
) -> tuple[AnalysisLine, ...]:
    """Return the deviation of each element that was analysed.

    Parameters
    ----------
    counts : mapping of str to float
        From `formula_counts`.
    found : mapping of str to float
        Percent of the mass, by element.
    limit : float
        Percent absolute.

    Returns
    -------
    tuple of AnalysisLine

    Raises
    ------
    SettingsError
        When an element is not in the formula, a value is no percentage, they add up to more than
        100, or the limit is not above 0.
    """
    if not (math.isfinite(limit) and limit > 0):
        raise SettingsError(f"a limit of {limit} % is not above 0")
    for element, value in found.items():
        if element not in counts:
            raise SettingsError(f"{element} was found, but the formula holds none")
        _percentage(element, value)
    # each value may be off by the limit, and all are rounded
    if math.fsum(found.values()) > 100.0 + limit * len(found):
        raise SettingsError("the found percentages add up to more than 100")
    expected = mass_percentages(counts)
    lines = []
    for element, value in found.items():
        deviation = value - expected[element]
        # 36.72 - 36.32 is not above 0.4 for the rounding of its last bit
        beyond = abs(deviation) > limit * (1.0 + 1e-9)
        lines.append(AnalysisLine(element, value, expected[element], deviation, beyond))
    return tuple(lines)


def _percentage(element: str, value: float) -> None:
    if not (math.isfinite(value) and 0.0 <= value <= 100.0):
        raise SettingsError(
            f"{value:g} % {element} is no percentage",
            where=element,
            do="give percent of the mass, from 0 to 100",
        )


def atom_ratio(first: str, second: str, found: Mapping[str, float | Measured]) -> Measured:
    """Return the ratio of the numbers of two kinds of atoms.

    Parameters
    ----------
    first, second : str
        Elements, like ``Co`` and ``Fe``.
    found : mapping of str to float or Measured
        Percent of the mass, by element.

    Returns
    -------
    Measured
        (%first/weight)/(%second/weight).

    Raises
    ------
    SettingsError
        When one was not found, or is not above 0.
    """
    amounts = []
    for element in (first, second):
        given = found.get(element)
        if given is None:
            raise SettingsError(
                f"there is no percentage of {element}", do="ask for elements that were found"
            )
        each = given if isinstance(given, Measured) else Measured(given)
        _percentage(element, each.value)
        if each.value <= 0:
            raise SettingsError(f"{each.value} % {element} gives no ratio", where=element)
        amounts.append(each)
    upper, lower = amounts
    ratio = upper.value / atomic_weight(first) / (lower.value / atomic_weight(second))
    if upper.su is None or lower.su is None:
        return Measured(ratio, None, upper.reason or lower.reason)
    return Measured(ratio, ratio * math.hypot(upper.su / upper.value, lower.su / lower.value))


class MassMatch(StrEnum):
    """Which mass of an ion a printed m/z is."""

    ISOTOPOLOGUE = "the most abundant isotopologue"
    AVERAGE = "the average mass"
    BOTH = "both the most abundant isotopologue and the average mass"
    NEITHER = "neither the most abundant isotopologue nor the average mass"


@dataclass(frozen=True)
class FoundMass:
    """An observed or printed m/z against an ion.

    Parameters
    ----------
    observed : float
        u per charge.
    from_isotopologue, from_average : float
        u per charge, observed minus calculated.
    tolerance : float
        u per charge.
    match : MassMatch
    """

    observed: float
    from_isotopologue: float
    from_average: float
    tolerance: float
    match: MassMatch


def compared_mass(observed: float, pattern: IsotopePattern, *, tolerance: float) -> FoundMass:
    """Return which mass of an ion an m/z agrees with.

    Parameters
    ----------
    observed : float
        u per charge.
    pattern : IsotopePattern
        Of the ion.
    tolerance : float
        u per charge, the accuracy of the instrument or of the last printed digit.

    Returns
    -------
    FoundMass

    Raises
    ------
    SettingsError
        When a number is not above 0.
    """
    if not all(math.isfinite(each) and each > 0 for each in (observed, tolerance)):
        raise SettingsError(f"m/z {observed} within {tolerance} is no mass with a tolerance")
    single, average = observed - pattern.base.mz, observed - pattern.average
    near, near_average = (abs(each) <= tolerance for each in (single, average))
    match = {
        (True, True): MassMatch.BOTH,
        (True, False): MassMatch.ISOTOPOLOGUE,
        (False, True): MassMatch.AVERAGE,
        (False, False): MassMatch.NEITHER,
    }[near, near_average]
    return FoundMass(observed, single, average, tolerance, match)
