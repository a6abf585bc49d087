"""Populations of an accepted story over all temperatures, with their band."""

from __future__ import annotations

import numpy as np

from spectrafit.states.assignment import CurvePoint
from spectrafit.states.stories import StoryFit

__all__ = ["story_curves"]

_POINTS = 121
_STEEP = 40  # of them, where populations change most
_Z95 = 1.96


def story_curves(one: StoryFit) -> tuple[CurvePoint, ...]:
    """Return populations with their 95 % band, by the covariance, over the measured temperatures.

    Parameters
    ----------
    one : StoryFit
        A fitted story.

    Returns
    -------
    tuple of CurvePoint
        Rising temperatures, closer where populations change most; empty without a fit.
    """
    if one.fit is None:
        return ()
    fit = one.fit
    measured = [datum.T for datum in fit.objective.data.data]
    even = np.linspace(min(measured), max(measured), _POINTS - _STEEP)
    change = np.abs(fit.objective.populations(fit.theta, even).dx).max(axis=0)
    steepest = float(even[int(np.argmax(change))])
    width = 0.15 * (even[-1] - even[0])
    close = np.linspace(max(even[0], steepest - width), min(even[-1], steepest + width), _STEEP)
    T = np.unique(np.concatenate([even, close]))
    x = fit.objective.populations(fit.theta, T).x
    slopes = fit.objective.population_slopes(fit.theta, T)
    variance = np.einsum("pkn,pq,qkn->kn", slopes, fit.covariance, slopes)
    half = _Z95 * np.sqrt(np.maximum(variance, 0.0))
    low, high = np.clip(x - half, 0.0, 1.0), np.clip(x + half, 0.0, 1.0)
    return tuple(
        CurvePoint(
            one.story.name, float(T[n]), tuple(x[:, n].tolist()), tuple(low[:, n].tolist()),
            tuple(high[:, n].tolist()),
        )
        for n in range(T.size)
    )  # fmt: skip
