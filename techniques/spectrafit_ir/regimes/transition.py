"""What makes rows between two laws one abrupt transition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.law_fit import LawFit
from spectrafit_ir.regimes.smooth_law import ABRUPT_BELOW, Rows

__all__ = ["Change", "change_of", "is_transition"]

_BETWEEN = 3.0  # standard errors that a row inside a transition may lie outside, or turn back


@dataclass(frozen=True)
class Change:
    """Where a transition passes its half, and how wide it is.

    Parameters
    ----------
    half : tuple of float
        Neighbouring temperatures between which half of the change is passed, K.
    width : float or None
        T90 - T10, K, between rows by straight lines; None where no row is inside.
    abrupt : bool
        Whether the width is below a third of T_half, or only one row is inside.
    """

    half: tuple[float, float]
    width: float | None
    abrupt: bool


def change_of(rows: Rows, cold: LawFit, warm: LawFit, first: int, last: int) -> Change:
    """Return where half of a transition is passed, and how wide it is.

    Parameters
    ----------
    rows : Rows
        The branch.
    cold, warm : LawFit
        Of the colder and of the warmer rows.
    first, last : int
        The first row off the colder law, and the first on the warmer.

    Returns
    -------
    Change
    """
    T = rows.T[first - 1 : last + 1]
    if first == last:
        return Change((float(T[0]), float(T[1])), None, abrupt=True)
    step = warm.at(T) - cold.at(T)
    progress = (rows.values[first - 1 : last + 1] - cold.at(T)) / step
    progress[0], progress[-1] = 0.0, 1.0
    passed = np.maximum.accumulate(progress)
    upper = int(np.searchsorted(passed, 0.5))
    ten, middle, ninety = (_crossing(T, passed, share) for share in (0.1, 0.5, 0.9))
    abrupt = T.size == 3 or ninety - ten < ABRUPT_BELOW * middle
    return Change((float(T[upper - 1]), float(T[upper])), ninety - ten, abrupt)


def _crossing(T: FloatArray, passed: FloatArray, share: float) -> float:
    upper = int(np.searchsorted(passed, share))
    low, high = passed[upper - 1], passed[upper]
    return float(T[upper - 1] + (share - low) / (high - low) * (T[upper] - T[upper - 1]))


def is_transition(rows: Rows, laws: tuple[LawFit, LawFit], first: int, last: int) -> bool:
    """Return whether rows leave one law for another abruptly, one way, and by more than these change.

    Parameters
    ----------
    rows : Rows
        The branch.
    laws : tuple of LawFit
        Of the colder and of the warmer rows.
    first, last : int
        The first row off the colder law, and the first on the warmer.

    Returns
    -------
    bool
    """
    low, high = rows.T[first - 1], rows.T[last]
    ends = np.array([low, 0.5 * (low + high), high])
    cold, warm = laws[0].at(ends), laws[1].at(ends)
    jump = warm[1] - cold[1]
    if not abs(jump) > abs(cold[2] - cold[0]) + abs(warm[2] - warm[0]):
        return False
    inner = slice(first, last)
    T = rows.T[inner]
    if not T.size:
        return True
    step = laws[1].at(T) - laws[0].at(T)
    progress = np.concatenate([[0.0], (rows.values[inner] - laws[0].at(T)) / step, [1.0]])
    error = np.concatenate([[0.0], np.abs(rows.sigma[inner] / step), [0.0]])
    turned = np.diff(progress) < -_BETWEEN * np.hypot(error[1:], error[:-1])
    outside = (progress < -_BETWEEN * error) | (progress > 1.0 + _BETWEEN * error)
    # a row that may as well be on a law is not inside
    off = progress[1] > _BETWEEN * error[1] and 1.0 - progress[-2] > _BETWEEN * error[-2]
    if not off or turned.any() or outside.any():
        return False
    return change_of(rows, *laws, first, last).abrupt
