"""Which calculated mode belongs to which measured band, one to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit_ir.calculated.sticks import Vibrations

__all__ = ["Assigned", "Assignment", "assignment", "assignment_rows"]

TOLERANCE = 15.0
"""cm-1: pairs further apart are none."""


@dataclass(frozen=True)
class Assigned:
    """One pair.

    Parameters
    ----------
    band : str
        Name of the measured band.
    measured : float
        Its position, cm-1.
    calculated : float
        Without the factor, cm-1.
    scaled : float
        With it, cm-1.
    intensity : float
        Calculated, km/mol.
    label : str
        From the input; empty where it has none.
    """

    band: str
    measured: float
    calculated: float
    scaled: float
    intensity: float
    label: str = ""


@dataclass(frozen=True)
class Assignment:
    """All pairs, and what has none.

    Parameters
    ----------
    pairs : tuple of Assigned
        In the order of measured positions.
    unmatched : tuple of str
        Measured bands without a mode.
    rms : float or None
        Of measured minus scaled, cm-1; None without pairs.
    """

    pairs: tuple[Assigned, ...]
    unmatched: tuple[str, ...]
    rms: float | None


def assignment(
    names: Sequence[str],
    positions: ArrayLike,
    vibrations: Vibrations,
    *,
    factor: float,
    tolerance: float = TOLERANCE,
    least_intensity: float = 0.05,
) -> Assignment:
    """Return the one-to-one assignment with the smallest sum of squared distances.

    As many bands as possible are paired, then the squares are least (H. W. Kuhn, Naval Research
    Logistics Quarterly 2, 83 (1955), as scipy solves it).

    Parameters
    ----------
    names : sequence of str, length m
        Of the measured bands.
    positions : array_like, shape (m,)
        Their positions, cm-1.
    vibrations : Vibrations
        Calculated modes.
    factor : float
        Scale factor.
    tolerance : float, optional
        Largest distance of a pair, cm-1.
    least_intensity : float, optional
        Modes weaker than this share of the strongest within the tolerance of a band are left out.

    Returns
    -------
    Assignment

    Raises
    ------
    SettingsError
        When names and positions differ in number, or a number is not above zero.
    """
    from scipy.optimize import linear_sum_assignment

    measured = np.asarray(positions, dtype=float)
    if measured.shape != (len(names),) or not (factor > 0 and tolerance > 0):
        raise SettingsError("one position for each band, factor and tolerance above zero")
    if not measured.size:
        return Assignment((), (), None)
    scaled_all = factor * vibrations.wavenumbers
    near = np.abs(measured[:, None] - scaled_all[None, :]).min(axis=0) <= tolerance
    strongest = float(vibrations.intensities[near].max(initial=0.0))
    places = np.flatnonzero(near & (vibrations.intensities >= least_intensity * strongest))
    scaled = scaled_all[places]
    far = np.abs(measured[:, None] - scaled[None, :])
    # a pair that is too far apart costs more than all allowed ones together
    cost = np.where(far <= tolerance, far**2, (measured.size + 1.0) * tolerance**2)
    rows, columns = linear_sum_assignment(cost)
    pairs = [
        Assigned(
            names[int(row)],
            float(measured[row]),
            float(vibrations.wavenumbers[places[column]]),
            float(scaled[column]),
            float(vibrations.intensities[places[column]]),
            vibrations.labels[places[column]] if vibrations.labels else "",
        )
        for row, column in zip(rows, columns, strict=True)
        if far[row, column] <= tolerance
    ]
    pairs.sort(key=lambda pair: pair.measured)
    paired = {pair.band for pair in pairs}
    rest = [pair.measured - pair.scaled for pair in pairs]
    rms = float(np.sqrt(np.mean(np.square(rest)))) if rest else None
    return Assignment(tuple(pairs), tuple(name for name in names if name not in paired), rms)


def assignment_rows(found: Assignment) -> tuple[tuple[str, ...], ...]:
    """Return the assignment as rows of text: band, measured, calculated, scaled, km/mol, label.

    Parameters
    ----------
    found : Assignment
        Pairs and what has none.

    Returns
    -------
    tuple of tuple of str
    """
    paired = [
        (
            pair.band,
            f"{pair.measured:.1f}",
            f"{pair.calculated:.1f}",
            f"{pair.scaled:.1f}",
            f"{pair.intensity:.0f}",
            pair.label,
        )
        for pair in found.pairs
    ]
    return (
        *paired,
        *((name, "", "no mode within the tolerance", "", "", "") for name in found.unmatched),
    )
