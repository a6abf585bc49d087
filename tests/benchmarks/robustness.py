"""How often fits from far starts reach the best minimum that is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from benchmarks.cases import Case, pre_edge
from benchmarks.speed import SAME

# fixed before looking; none of them served to tune the engines
STATES = (20_311, 20_312, 20_313)
PEAKS = (3, 4)


@dataclass(frozen=True)
class Robustness:
    """Shares of fits at the best minimum known of each spectrum.

    Parameters
    ----------
    peaks, state, count : int
        Of the case.
    first : float
        Without other starts.
    restarted : float
        After flagging and starting again.
    again : float
        Share of the fits that were started again.
    away : float
        How far the starts lie, 1 is usual.
    """

    peaks: int
    state: int
    count: int
    away: float
    first: float
    restarted: float
    again: float


def robustness(peaks: int, state: int, count: int, engine: str, away: float = 1.0) -> Robustness:
    """Return how often pre-edge fits end at the best minimum.

    `away` multiplies the usual distance of the starts from the truth. The best is the lowest chi2
    that any run of the engine finds, from the truth or from the starts.
    """
    case: Case = pre_edge(count, state, peaks=peaks, away=away)
    first = case.fitted(engine, restarts=0)
    restarted = case.fitted(engine)
    truth = case.from_truth().fitted(engine)
    best = np.min([first.chi2, restarted.chi2, truth.chi2], axis=0) * (1.0 + SAME)
    return Robustness(
        peaks=peaks,
        state=state,
        count=count,
        away=away,
        first=float((first.chi2 <= best).mean()),
        restarted=float((restarted.chi2 <= best).mean()),
        again=float((restarted.restarts > 0).mean()),
    )
