"""What stands against an assignment and what it rests on, in sentences."""

from __future__ import annotations

from spectrafit.states.assignment import Assignment
from spectrafit.states.population_agreement import consistent
from spectrafit.study.outcome import Outcome

__all__ = ["disagreements", "share_text", "uncited", "units_by_key"]

_ASSUMED = "assumed"


def disagreements(found: Assignment) -> tuple[str, ...]:
    """Return where two keys alone give populations whose 95 % intervals do not meet.

    Parameters
    ----------
    found : Assignment
        With the populations by single keys.

    Returns
    -------
    tuple of str
        Both populations in one text; empty where none disagree in every reading.
    """
    judged = consistent(found.per_key)
    return (judged.text,) if judged.verdict == "tension" else ()


def share_text(share: float) -> str:
    """Return a probability of a state, never as certain.

    Parameters
    ----------
    share : float
        0 to 1.

    Returns
    -------
    str
    """
    if share > 0.9999:
        return "above 0.9999"
    return f"{share:.4f}" if share >= 1e-4 else "below 0.0001"


def uncited(outcome: Outcome) -> tuple[str, ...]:
    """Return every value of an assignment that rests on an assumption, each reason once.

    Parameters
    ----------
    outcome : Outcome
        With its assignment.

    Returns
    -------
    tuple of str
        First what the study declares, then numbers of the stories and ranges of the evidence.
    """
    found = outcome.assignment
    if found is None:
        return outcome.assumed
    named: dict[str, list[str]] = {}
    for story in found.stories:
        for one in story.parameters:
            if one.source.startswith(_ASSUMED):
                named.setdefault(one.source, []).append(one.name)
    for row in found.evidence:
        for source in row.sources:
            if source.startswith(_ASSUMED):
                named.setdefault(source, []).append(row.key)
    more = (
        f"{', '.join(dict.fromkeys(names))}: {source}"
        for source, names in named.items()
        if not any(source in text for text in outcome.assumed)
    )
    return (*outcome.assumed, *more)


def units_by_key(outcome: Outcome) -> dict[str, str]:
    """Return the unit of every key that an outcome gives a unit.

    Parameters
    ----------
    outcome : Outcome
        With its assignment, results and series.

    Returns
    -------
    dict of str to str
    """
    found = outcome.assignment
    every = [
        *(one.observables for one in outcome.results),
        *(one.observables for one in outcome.series),
    ]
    together = [(item.key, item.unit) for one in every if one is not None for item in one.items]
    stated = [(one.key, one.unit) for one in outcome.study.typed]
    ranked = [] if found is None else [(one.key, one.unit) for one in found.candidates]
    weighed = [] if found is None else [(one.key, one.unit) for one in found.evidence]
    return dict([*stated, *together, *ranked, *weighed])
