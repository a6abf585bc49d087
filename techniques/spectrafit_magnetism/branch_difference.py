"""How far heating and cooling differ away from the transition: a systematic of the run."""

from __future__ import annotations

import numpy as np

from spectrafit.alert import Alert
from spectrafit_magnetism.alerts import magnetism_alert
from spectrafit_magnetism.curve import MeasuredCurve
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.transition_items import Transitions, lag_of_branch

__all__ = ["branch_difference"]

_AWAY_K = 20.0
_FEWEST = 5
_TIMES = 3.0


def branch_difference(
    curve: MeasuredCurve, transitions: Transitions, settings: MagnetismSettings
) -> tuple[Alert, ...]:
    """Return the alert of two branches that differ by more than the scatter.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    transitions : Transitions
        20 K about each are left out.
    settings : MagnetismSettings
        With the lag, which makes branches differ.

    Returns
    -------
    tuple of Alert
        Empty where they agree, or there is one branch.
    """
    if len(curve.branches) < 2 or any(one.stat is None for one in curve.branches[:2]):
        return ()
    first, second = curve.branches[:2]
    order = np.argsort(second.T, kind="stable")
    inside = (second.T.min() <= first.T) & (second.T.max() >= first.T)
    places = [one.T for one in transitions.steepest.values()] if transitions.present else []
    for place in places:
        inside &= np.abs(first.T - place) > _AWAY_K
    if inside.sum() < _FEWEST:
        return ()
    T = first.T[inside]
    between = np.interp(T, second.T[order], second.chiT[order])
    difference = between - first.chiT[inside]
    assert first.stat is not None
    assert second.stat is not None
    lags = [lag_of_branch(one, settings) or 0.0 for one in (first, second)]
    slope = np.array([first.slope_at(one) for one in T])
    late = sum(lags) * np.abs(slope - first.chiT[inside] / T)
    noise = np.hypot(first.stat[inside], float(np.median(second.stat)))
    times = float(np.median(np.abs(difference) / np.hypot(noise, late)))
    percent = 100.0 * float(np.median(np.abs(difference / first.chiT[inside])))
    if times > _TIMES:
        return (magnetism_alert("MAG-111").alert(where=curve.where, percent=percent, times=times),)
    return ()
