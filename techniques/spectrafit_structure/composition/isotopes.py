"""Isotope patterns of ions, one peak for each nominal mass, and which ions overlap."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit_structure.composition.atomic_data import natural_isotopes
from spectrafit_structure.composition.formula import formula_text
from spectrafit_structure.composition.mass_fractions import molar_mass

__all__ = [
    "ELECTRON_MASS_U",
    "IsotopePattern",
    "IsotopePeak",
    "Overlap",
    "isotope_pattern",
    "overlaps",
]

ELECTRON_MASS_U = 5.485799090441e-4
"""u; CODATA 2022."""
_NEGLIGIBLE = 1e-12  # of all ions, below what any instrument sees

# nominal mass -> abundance, and abundance times mass
_Distribution = dict[int, tuple[float, float]]


@dataclass(frozen=True)
class IsotopePeak:
    """All isotopologues of one nominal mass.

    Parameters
    ----------
    nominal : int
        Sum of the nucleon numbers.
    mz : float
        u per charge, centroid.
    share : float
        Of all ions, 0 to 1.
    of_base : float
        Percent of the highest peak.
    """

    nominal: int
    mz: float
    share: float
    of_base: float


@dataclass(frozen=True)
class IsotopePattern:
    """The isotope pattern of one ion.

    Parameters
    ----------
    formula : str
    charge : int
    peaks : tuple of IsotopePeak
        Lightest first.
    average : float
        u per charge, from standard atomic weights.
    """

    formula: str
    charge: int
    peaks: tuple[IsotopePeak, ...]
    average: float

    @property
    def base(self) -> IsotopePeak:
        """The highest peak: the most abundant nominal mass."""
        return max(self.peaks, key=lambda each: each.share)


def isotope_pattern(
    counts: Mapping[str, float], charge: int, *, smallest: float = 0.01
) -> IsotopePattern:
    """Return the isotope pattern of an ion.

    Parameters
    ----------
    counts : mapping of str to float
        Whole numbers of atoms, from `formula_counts`.
    charge : int
        With its sign, not 0.
    smallest : float
        Percent of the highest peak; lower ones are left out.

    Returns
    -------
    IsotopePattern
        By convolution of the isotopes' abundances on nominal mass; each peak lies at the centroid
        of its isotopologues, less the mass of an electron for each positive charge.

    Raises
    ------
    SettingsError
        When a count is not whole, or the charge is 0.
    """
    odd = next((each for each, n in counts.items() if n != round(n) or n < 0), None)
    if odd is not None or not counts:
        raise SettingsError(
            f"an ion needs whole numbers of atoms, not {formula_text(counts) or 'none'}",
            do="leave solvent out of the formula of the ion",
        )
    if charge == 0:
        raise SettingsError("an ion needs a charge", do="give it with its sign, like 1 or -1")
    found: _Distribution = {0: (1.0, 0.0)}
    for element, count in counts.items():
        single = {
            each.nucleons: (each.abundance, each.abundance * each.mass)
            for each in natural_isotopes(element)
        }
        found = _convolved(found, _power(single, round(count)))
    highest = max(share for share, _ in found.values())
    size = abs(charge)
    peaks = tuple(
        IsotopePeak(
            nominal,
            (weighted / share - charge * ELECTRON_MASS_U) / size,
            share,
            100.0 * share / highest,
        )
        for nominal, (share, weighted) in sorted(found.items())
        if 100.0 * share >= smallest * highest
    )
    average = (molar_mass(counts) - charge * ELECTRON_MASS_U) / size
    return IsotopePattern(formula_text(counts), charge, peaks, average)


def _power(single: _Distribution, count: int) -> _Distribution:
    result: _Distribution = {0: (1.0, 0.0)}
    square = single
    while count:
        if count & 1:
            result = _convolved(result, square)
        count >>= 1
        if count:
            square = _convolved(square, square)
    return result


def _convolved(first: _Distribution, second: _Distribution) -> _Distribution:
    sums: dict[int, tuple[list[float], list[float]]] = {}
    for a, (share_a, mass_a) in first.items():
        for b, (share_b, mass_b) in second.items():
            shares, masses = sums.setdefault(a + b, ([], []))
            shares.append(share_a * share_b)
            masses.append(share_a * mass_b + share_b * mass_a)
    summed = {each: (math.fsum(pair[0]), math.fsum(pair[1])) for each, pair in sums.items()}
    return {each: pair for each, pair in summed.items() if pair[0] > _NEGLIGIBLE}


@dataclass(frozen=True)
class Overlap:
    """A peak of another ion that lies on one of the ion looked for.

    Parameters
    ----------
    other : str
        Name of the other ion.
    peak : IsotopePeak
        Of the ion looked for.
    on : IsotopePeak
        Of the other ion.
    """

    other: str
    peak: IsotopePeak
    on: IsotopePeak


def overlaps(
    pattern: IsotopePattern,
    others: Mapping[str, IsotopePattern],
    *,
    width: float,
    smallest: float = 1.0,
) -> tuple[Overlap, ...]:
    """Return which peaks of other ions cannot be told from those of an ion.

    Parameters
    ----------
    pattern : IsotopePattern
        Of the ion looked for.
    others : mapping of str to IsotopePattern
        By name.
    width : float
        u per charge, what the instrument resolves.
    smallest : float
        Percent of each base peak; lower peaks are left out.

    Returns
    -------
    tuple of Overlap

    Raises
    ------
    SettingsError
        When the width is not above 0.
    """
    if not (math.isfinite(width) and width > 0):
        raise SettingsError(f"a width of {width} u is not above 0")
    return tuple(
        Overlap(name, peak, on)
        for name, other in others.items()
        for peak in pattern.peaks
        for on in other.peaks
        if min(peak.of_base, on.of_base) >= smallest and abs(peak.mz - on.mz) < width
    )
