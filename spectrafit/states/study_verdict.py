"""What all stories of a study together say of the populations: decided, undecided, or not asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from spectrafit.rounding import number_text, range_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.joint import JointFit
from spectrafit.states.model import StateModel
from spectrafit.states.stories import StoryFit, accepted

__all__ = ["study_verdict"]

APART = 0.1
_ALIKE = 0.01
"""Of a population: accepted stories that differ by more are not the same answer."""
_POPULATED = 0.5
"""Of both branches of a step together: where data reach less, they lie before the change."""


def study_verdict(
    model: StateModel, fits: Sequence[StoryFit], report_T: Sequence[float] = ()
) -> tuple[str, str]:
    """Return the verdict of a study and its words.

    ``no story accepted`` where it is so. ``not addressed`` where, by every accepted story, the two
    branches of a step together never hold half of the molecules at any temperature of the data: no
    datum then tells between them. ``undecided`` where accepted stories differ by more than 0.1 in
    the population of any state at any reported temperature; else ``decided``.

    Parameters
    ----------
    model : StateModel
        The model.
    fits : sequence of StoryFit
        Judged.
    report_T : sequence of float, optional
        K; those of the model when empty.

    Returns
    -------
    verdict : str
    text : str
        One or two sentences.
    """
    kept = [(one, one.fit) for one in accepted(fits) if one.fit is not None]
    if not kept:
        return "no story accepted", _why_none(fits)
    missing = list(_not_addressed(model, [fit for _, fit in kept]))
    if missing:
        return "not addressed", " ".join(missing)
    T = np.array(tuple(report_T) or model.report_T or _ends(kept[0][1]))
    x = np.array([_shares(fit, T) for _, fit in kept])
    names = [one.story.name for one, _ in kept]
    if len(kept) == 1:
        return "decided", f"One story is accepted: {names[0]}."
    spread = np.ptp(x, axis=0)
    state, place = np.unravel_index(int(np.argmax(spread)), spread.shape)
    own = x[:, state, place]
    low, high = int(np.argmin(own)), int(np.argmax(own))
    ends = range_text(round(float(own[low]), 2), round(float(own[high]), 2))
    words = (
        f"the population of {model.names[state]} at {number_text(float(T[place]), 4)} K is {ends} "
        f"({names[low]} and {names[high]})"
    )
    count = f"{len(kept)} stories are accepted"
    if spread[state, place] > APART:
        return "undecided", f"{count}, and {words}."
    if spread[state, place] < _ALIKE:
        return "decided", f"{count}, and their populations differ by less than {_ALIKE:g}."
    return "decided", f"{count}, and they differ little: at most, {words}."


def _shares(fit: JointFit, T: FloatArray) -> FloatArray:
    return fit.objective.populations(fit.theta, T).x


def _ends(fit: JointFit) -> tuple[float, float]:
    T = [datum.T for datum in fit.objective.data.data]
    return min(T), max(T)


def _why_none(fits: Sequence[StoryFit]) -> str:
    told = "; ".join(f"{one.story.name}: {one.why or one.verdict}" for one in fits)
    return f"No story fits the data ({told})." if told else "There is no story."


def _not_addressed(model: StateModel, fits: Sequence[JointFit]) -> Iterator[str]:
    """Yield a sentence for each step that no datum lies within."""
    T = np.unique([
        end
        for datum in fits[0].objective.data.data
        for end in (datum.T, datum.T if datum.from_T is None else datum.from_T)
    ])  # fmt: skip
    below = {step.name: (step.lower, step.upper) for step in model.steps}
    for step in model.steps:
        own = [model.names.index(state) for state in _states(step.name, below)]
        most = max(float(_shares(fit, T)[own].sum(axis=0).max()) for fit in fits)
        if most < _POPULATED:
            both = " and ".join(" or ".join(_states(branch, below)) for branch in below[step.name])
            yield (
                f"What lies between {both} is not addressed: the data end at "
                f"{number_text(float(T[-1]), 4)} K, where both together are at most "
                f"{number_text(most, 2)} of all."
            )


def _states(branch: str, below: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    if branch not in below:
        return (branch,)
    lower, upper = below[branch]
    return (*_states(lower, below), *_states(upper, below))
