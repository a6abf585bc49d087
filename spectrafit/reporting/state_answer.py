"""What the states of a study come to, said before everything else in a report."""

from __future__ import annotations

from collections.abc import Iterator

from spectrafit.reporting.document import Block, Items, Paragraph
from spectrafit.reporting.state_checks import predicted_text
from spectrafit.reporting.state_sentences import disagreements, posterior_text, uncited
from spectrafit.reporting.state_tables import answer_populations
from spectrafit.reporting.state_words import accepted_stories, joined, labelled
from spectrafit.rounding import number_text
from spectrafit.states.assignment import Assignment, CandidateRow
from spectrafit.study.outcome import Outcome
from spectrafit.units import printed_unit

__all__ = ["state_answer"]

_APART = 2.0  # standard uncertainties between two stories that a measurement tells apart
_MOST_ASSUMED = 6
_VERDICTS = {
    "decided": "Decided.",
    "undecided": "Undecided.",
    "no story accepted": "No story is accepted.",
    "not addressed": "The data do not address the states.",
}


def state_answer(outcome: Outcome) -> list[Block]:
    """Return the answer on the states, for a reader who knows neither the program nor the study.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    list of Block
        The states by their labels, their populations, the verdict, what contradicts it, what to
        measure next and what was assumed; empty where no states were assigned.
    """
    found = outcome.assignment
    if found is None:
        return []
    blocks: list[Block] = [Paragraph(_states(found))]
    table = answer_populations(found)
    blocks.append(
        table
        if table is not None
        else Paragraph("No populations are given here: no story of the study is accepted.")
    )
    blocks += [Paragraph(labelled(found, text)) for text in _verdict(found)]
    against = [labelled(found, text) for text in _against(found)]
    blocks.append(
        Paragraph("What the observables say together, and what contradicts:")
        if against
        else Paragraph("No observable, claim or rule contradicts it.")
    )
    blocks += [Items(tuple(against))] if against else []
    blocks.append(Paragraph(labelled(found, _next(found))))
    assumed = uncited(outcome)
    blocks += [Paragraph(_assumed(assumed))] if assumed else []
    return blocks


def _states(found: Assignment) -> str:
    named = joined(
        f"{label} (“{name}” in files)" if label and label != name else name
        for name, label in found.states
    )
    return f"The states: {named}."


def _verdict(found: Assignment) -> Iterator[str]:
    stories = accepted_stories(found)
    rejected = [one.name for one in found.stories if one.verdict == "rejected"]
    yield f"Verdict: {_VERDICTS.get(found.verdict, f'{found.verdict}.')} {found.text}".rstrip()
    if found.undecided:
        yield "Not decided: " + " ".join(one.text for one in found.undecided)
    parts = [f"Accepted: {joined(_meant(found, stories))}."] if stories else []
    parts += [f"Rejected: {joined(_meant(found, rejected))}."] if rejected else []
    if parts:
        yield " ".join(parts)


def _meant(found: Assignment, names: list[str] | tuple[str, ...]) -> Iterator[str]:
    meanings = {one.name: one.meaning.rstrip(".") for one in found.stories}
    for name in names:
        yield f"story {name} ({meanings[name]})" if meanings.get(name) else f"story {name}"


def _against(found: Assignment) -> Iterator[str]:
    """Yield every posterior with its conflicts, then what else does not fit."""
    for group in found.groups:
        yield posterior_text(found, group)
    yield from disagreements(found)
    for one in (*found.claims, *found.rules):
        if one.verdict == "contradicted":
            told = "; ".join(one.lines)
            yield f"{one.name} “{one.text.rstrip('.')}” is contradicted" + (
                f": {told}." if told else "."
            )
    for story in found.stories:
        if story.name == found.best and story.tensions:
            yield f"Story {story.name} lies off: {'; '.join(story.tensions)}."
    rate = found.rate
    if rate is not None and rate.lower and rate.upper and rate.lower > rate.upper:
        yield f"Rate of exchange: {rate.text}"


def _next(found: Assignment) -> str:
    if not found.candidates:
        return "What to measure next: no candidate was given or could be ranked."
    first = found.candidates[0]
    text = f"What to measure next: {_measurement(first)}."
    if first.separation is not None:
        apart = number_text(first.separation, 2)
        text += (
            f" It would separate the accepted stories by at least {apart} standard uncertainties"
            if first.separation >= _APART
            else f" No candidate separates the accepted stories by {_APART:g} standard "
            f"uncertainties; this one does by {apart}"
        )
        text += f" ({predicted_text(first)})." if first.predicted else "."
    if first.gain is not None:
        text += f" It would lower the uncertainty of the population by {100 * first.gain:.0f} %."
    if first.rests_on:
        text += f" It rests on: {first.rests_on.rstrip('.')}."
    if first.exists:
        text += " It is measured already."
        other = next((one for one in found.candidates if not one.exists), None)
        text += f" The first that is not: {_measurement(other)}." if other is not None else ""
    return text


def _measurement(one: CandidateRow) -> str:
    unit = "" if one.unit in ("", "1") else f" {printed_unit(one.unit)}"
    return f"{one.name} ({one.key} at {number_text(one.T, 4)} K, to ± {number_text(one.sigma, 2)}{unit})"


def _assumed(assumed: tuple[str, ...]) -> str:
    shown = "; ".join(text.rstrip(".") for text in assumed[:_MOST_ASSUMED])
    more = len(assumed) - _MOST_ASSUMED
    rest = f"; and {more} more, listed under States" if more > 0 else ""
    count = "one assumption" if len(assumed) == 1 else f"{len(assumed)} assumptions"
    return f"The assignment rests on {count} without a source to cite: {shown}{rest}."
