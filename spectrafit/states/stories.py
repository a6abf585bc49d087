"""The stories of a study, each fitted, tested by replicas of its own, and held against the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from spectrafit.errors import SpectrafitError
from spectrafit.rounding import number_text
from spectrafit.states.datum import JoinedData
from spectrafit.states.joint import JointFit
from spectrafit.states.model import StateModel, Story
from spectrafit.states.objective import objective_of
from spectrafit.states.replicas import LEAST_TAIL, Replicas, replicas_of
from spectrafit.states.widened import fit_widened

__all__ = ["StoryFit", "accepted", "judged", "told_stories"]

LEAST_P = 0.01
"""Of the bootstrap: below it a story does not fit."""
FARTHEST = 9.0
"""In chi2 above the best accepted story: three standard uncertainties of one number."""

Task = tuple[StateModel, Story, JoinedData, int, int, int]
Mapped = Callable[[Callable[[Task], "StoryFit"], Sequence[Task]], Iterable["StoryFit"]]
"""Like ``map``: of one function and the things it is called with, one after another or at once."""


@dataclass(frozen=True, eq=False)
class StoryFit:
    """What came of one story.

    Parameters
    ----------
    story : Story
        The story.
    fit : JointFit or None
        Its minimum; None where it could not be fitted.
    replicas : Replicas or None
        The bootstrap of its chi2.
    widened : tuple of str
        Numbers of steps whose bounds were made wider because they held the fit.
    set_by_bound : tuple of str
        Those of them that lie on the wider bound as well.
    verdict : str
        ``accepted``, ``rejected`` or ``not fitted``.
    why : str
        The reason, in words.
    """

    story: Story
    fit: JointFit | None
    replicas: Replicas | None = None
    widened: tuple[str, ...] = ()
    set_by_bound: tuple[str, ...] = ()
    verdict: str = "not fitted"
    why: str = ""


def told_stories(
    model: StateModel,
    data: JoinedData,
    *,
    starts: int = 8,
    replicas: int = 99,
    seed: int = 0,
    map: Mapped = map,
) -> tuple[StoryFit, ...]:
    """Return what came of every story of a model.

    Parameters
    ----------
    model : StateModel
        With its stories.
    data : JoinedData
        What they are held against.
    starts : int, optional
        Of each fit, at least 1.
    replicas : int, optional
        Of the bootstrap of each, at most.
    seed : int, optional
        Of starts and replicas.
    map : callable, optional
        ``map`` of an executor, to fit stories in processes of their own; the result is the same.

    Returns
    -------
    tuple of StoryFit
        In the order of the model.
    """
    tasks = [(model, story, data, starts, replicas, seed) for story in model.stories]
    return judged(tuple(map(_told, tasks)))


def _told(task: Task) -> StoryFit:
    model, story, data, starts, replicas, seed = task
    try:
        found = fit_widened(objective_of(model, story, data), starts=starts, seed=seed)
    except SpectrafitError as error:
        return StoryFit(story, None, why=str(error))
    tested = replicas_of(found.fit, most=replicas, seed=seed)
    return StoryFit(story, found.fit, tested, found.widened, found.set_by_bound)


def judged(fits: Sequence[StoryFit]) -> tuple[StoryFit, ...]:
    """Return stories with their verdicts.

    A story is accepted where its p is above 0.01 and its chi2 lies within 9 of the least among
    those. One without a p is judged by its chi2 alone.

    Parameters
    ----------
    fits : sequence of StoryFit
        Fitted and tested.

    Returns
    -------
    tuple of StoryFit
        In the same order.
    """
    fitting = [one for one in fits if one.fit is not None and _is_likely(one)]
    best = min(fitting, key=_chi2, default=None)
    return tuple(one if one.fit is None else _judged(one, best) for one in fits)


def _judged(one: StoryFit, best: StoryFit | None) -> StoryFit:
    p = None if one.replicas is None else one.replicas.p
    if best is None or not _is_likely(one):
        size = (
            f"of {number_text(p or 0.0, 2)}" if (p or 0.0) > LEAST_TAIL else f"below {LEAST_TAIL:g}"
        )
        why = f"where it is true, so large a chi2 has a probability {size}"
        return replace(one, verdict="rejected", why=why)
    alone = "" if p is not None else "; by its chi2 alone, as there is no p"
    if one is best:
        return replace(one, verdict="accepted", why=f"it has the least chi2{alone}")
    above = _chi2(one) - _chi2(best)
    where = f"its chi2 lies {number_text(above, 3)} above that of {best.story.name}"
    own = _of_priors(one) - _of_priors(best)
    if above > FARTHEST and own > 0.5 * above:
        where += f", {number_text(own, 3)} of it by what it states itself as priors"
    verdict = "accepted" if above <= FARTHEST else "rejected"
    return replace(one, verdict=verdict, why=f"{where}{alone}")


def _of_priors(one: StoryFit) -> float:
    """Return the part of chi2 that the priors make up."""
    if one.fit is None:
        return 0.0
    counts = one.fit.objective.counts
    own = one.fit.residuals[counts.data : counts.data + counts.priors]
    return float(own @ own)


def _chi2(one: StoryFit) -> float:
    assert one.fit is not None
    return one.fit.chi2


def _is_likely(one: StoryFit) -> bool:
    return one.replicas is None or one.replicas.p is None or one.replicas.p > LEAST_P


def accepted(fits: Sequence[StoryFit]) -> tuple[StoryFit, ...]:
    """Return the accepted stories, in order.

    Parameters
    ----------
    fits : sequence of StoryFit
        Of a study.

    Returns
    -------
    tuple of StoryFit
    """
    return tuple(one for one in fits if one.verdict == "accepted")
