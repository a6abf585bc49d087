"""Several determinations of one element become one percentage with its standard uncertainty."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from spectrafit.recording import Recording
from spectrafit_structure.uncertainty import Measured, weighted_mean

__all__ = ["CALCULATED", "SU", "Determined", "determined"]

SU = " s.u."
"""Ends the name of a column of standard uncertainties."""
CALCULATED = " calculated"
"""Ends the name of a column of percentages that the file says are the formula's."""
_ONE_SIGMA = 0.8413447460685429  # the normal distribution below one standard deviation


@dataclass(frozen=True)
class Determined:
    """What was found of one element.

    Parameters
    ----------
    element : str
    found : Measured
        Percent of the mass.
    source : str
        Where the standard uncertainty comes from; empty without one.
    count : int
        Of determinations.
    printed : float or None
        Percent that the file says is the formula's.
    """

    element: str
    found: Measured
    source: str
    count: int
    printed: float | None


def determined(recording: Recording, *, su_percent: float = 0.0) -> tuple[Determined, ...]:
    """Return what an elemental analysis found, element by element.

    Parameters
    ----------
    recording : Recording
        A column an element, a row a determination.
    su_percent : float
        Standard uncertainty of one determination where the file has none, percent absolute; 0 for
        not known. It is the laboratory's, common to its determinations, which do not lower it.

    Returns
    -------
    tuple of Determined
        With standard uncertainties in the file: their inverse-variance mean, taken as independent,
        s.u. times sqrt(max(1, chi2_red)). Without: the plain mean; its s.u. is `su_percent`, else,
        of several, the standard error of the mean times Student's factor for 68 %, else there is
        none.
    """
    found = []
    for column in recording.columns:
        if column.name.endswith((SU, CALCULATED)):
            continue
        rows = np.flatnonzero(np.isfinite(column.values))
        su = _beside(recording, column.name + SU)
        values = [
            Measured(float(column.values[i]), None if su is None else _positive(su[i]))
            for i in rows
        ]
        if not values:
            continue
        mean, source = _mean(values, su_percent)
        printed = _beside(recording, column.name + CALCULATED)
        told = [] if printed is None else [float(each) for each in printed if np.isfinite(each)]
        found.append(Determined(column.name, mean, source, len(values), told[0] if told else None))
    return tuple(found)


def _beside(recording: Recording, name: str) -> list[float] | None:
    return recording.column(name).values.tolist() if name in recording.names else None


def _positive(value: float) -> float | None:
    return value if math.isfinite(value) and value > 0 else None


def _mean(values: list[Measured], su_percent: float) -> tuple[Measured, str]:
    mean = weighted_mean(values).mean
    if mean.su is not None:
        return mean, "of the file"
    if su_percent > 0:
        return Measured(mean.value, su_percent), "as told"
    if len(values) == 1:
        return Measured(mean.value, None, "one determination without s.u."), ""
    spread = weighted_mean(values).spread
    if spread == 0:
        why = f"{len(values)} determinations that agree to the last digit"
        return Measured(mean.value, None, why), ""
    from scipy.special import stdtrit

    factor = float(stdtrit(len(values) - 1, _ONE_SIGMA))
    return Measured(mean.value, factor * spread / math.sqrt(len(values))), "scatter"
