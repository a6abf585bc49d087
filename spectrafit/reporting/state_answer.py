"""What the states of a study come to, said before everything else in a report."""

from __future__ import annotations

from collections.abc import Iterator

from spectrafit.reporting.document import Block, Items, Paragraph
from spectrafit.reporting.state_against import contradictions, posterior_text
from spectrafit.reporting.state_axis import anchor_sentence, law_sentence
from spectrafit.reporting.state_checks import by_gain, predicted_text, tells_none_apart
from spectrafit.reporting.state_left_out import least_known
from spectrafit.reporting.state_populations import answer_populations
from spectrafit.reporting.state_sentences import uncited
from spectrafit.reporting.state_words import (
    accepted_stories,
    joined,
    label_of,
    labelled,
    population_text,
)
from spectrafit.rounding import number_text
from spectrafit.states.assignment import Assignment, CandidateRow
from spectrafit.study.outcome import Outcome
from spectrafit.units import printed_unit

__all__ = ["state_answer", "state_lines"]

_APART = 2.0  # standard uncertainties between two stories that a measurement tells apart
_MOST_AGAINST = 5
_MOST_ASSUMED = 3
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
        else Paragraph(f"No populations are given here: {_why_no_populations(found)}.")
    )
    if not found.stories:  # what the observables favour is then the whole answer
        texts = tuple(labelled(found, posterior_text(found, group)) for group in found.groups)
        blocks += [Items(texts)] if texts else []
    law = law_sentence(outcome, found)
    blocks += [Paragraph(law)] if law and table is not None else []
    blocks += [Paragraph(labelled(found, text)) for text in _verdict(found, bool(law))]
    blocks += _against(found)
    anchor = anchor_sentence(outcome, found) if law else ""
    blocks.append(Paragraph(labelled(found, _next(found, anchor))))
    assumed = uncited(outcome)
    blocks += [Paragraph(labelled(found, _assumed(found, assumed)))] if assumed else []
    return blocks


def state_lines(outcome: Outcome) -> tuple[str, ...]:
    """Return the verdict on the states and their populations, a line each, for a console.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of str
        Empty where no story of the states was fitted.
    """
    found = outcome.assignment
    if found is None or not found.stories:
        return ()
    law = law_sentence(outcome, found)
    lines = [f"states: {text}" for text in _verdict(found, bool(law))]
    rows = [row for row in found.populations if row.story == found.best]
    for T in dict.fromkeys(row.T for row in rows):
        shares = (
            f"{label_of(found, row.state)} {population_text(row)}" for row in rows if row.T == T
        )
        lines.append(f"states at {number_text(T, 4)} K: {', '.join(shares)}")
    lines += [f"states: {law}"] if law and rows else []
    lines += [f"states, contradicted: {text}" for text in found.conflicts]
    lines += [f"states, not joined: {text}" for text in found.refused]
    # a console of cp1252 has no arrow
    return tuple(labelled(found, line).replace("\N{RIGHTWARDS ARROW}", "->") for line in lines)


def _why_no_populations(found: Assignment) -> str:
    if found.stories:
        return "no story of the study is accepted"
    return "no story of how the states change was fitted"


def _states(found: Assignment) -> str:
    named = joined(
        f"{label} (“{name}” in files)" if label and label != name else name
        for name, label in found.states
    )
    return f"The states: {named}."


def _verdict(found: Assignment, rests_on_law: bool) -> Iterator[str]:
    stories = accepted_stories(found)
    rejected = [one.name for one in found.stories if one.verdict == "rejected"]
    verdict = _VERDICTS.get(found.verdict, f"{found.verdict}.")
    if rests_on_law and found.verdict == "decided":
        verdict = "Decided, as far as the steps follow their law."
    yield f"Verdict: {verdict} {found.text}".rstrip()
    if found.undecided:
        yield "Not decided: " + " ".join(one.text for one in found.undecided)
    parts = [f"Accepted: {_named(stories)}."] if stories else []
    parts += [f"Rejected: {_named(rejected)}."] if rejected else []
    if parts:
        yield " ".join(parts)


def _named(stories: list[str] | tuple[str, ...]) -> str:
    names = joined(f"“{name}”" for name in stories)
    return f"{'story' if len(stories) == 1 else 'stories'} {names}"


def _against(found: Assignment) -> Iterator[Block]:
    """Yield what contradicts, shortened to what is read at once."""
    texts = contradictions(found)
    if not texts:
        yield Paragraph("No observable, claim or rule contradicts it.")
        return
    shown = texts[:_MOST_AGAINST] if len(texts) <= _MOST_AGAINST else texts[: _MOST_AGAINST - 1]
    more = len(texts) - len(shown)
    lines = (*shown, f"{more} more, listed under States.") if more else shown
    yield Paragraph("What contradicts:")
    yield Items(tuple(labelled(found, text) for text in lines))


def _next(found: Assignment, anchor: str) -> str:
    head = f"What to measure next: {anchor}"
    if not found.candidates:
        return head + ("" if anchor else "no candidate was given or could be ranked.")
    if tells_none_apart(found):
        return _most_gained(found, anchor)
    first = found.candidates[0]
    text = f"{head}{' Then: ' if anchor else ''}{_measurement(first)}."
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
    return text + _limits(found, first)


def _most_gained(found: Assignment, anchor: str) -> str:
    """Return what would lower the uncertainty most, where no story is told from another."""
    first = by_gain(found)[0]
    one = len(accepted_stories(found)) == 1
    same = (
        "only one story is accepted"
        if one
        else "the accepted stories say the same of every candidate"
    )
    row = least_known(found)
    about = (
        "the population"
        if row is None
        else f"x({label_of(found, row.state)}, {number_text(row.T, 4)} K)"
    )
    percent = 100.0 * (first.gain or 0.0)
    head = f"What to measure next: {anchor}{' For the rest, ' if anchor else ''}"
    text = f"{head}{same}; what would lower the uncertainty of {about} most is "
    if round(percent) < 1:
        return f"{head}{same}, and none lowers the uncertainty of {about} by 1 %."
    return f"{text}{_measurement(first)}, by {percent:.0f} %.{_limits(found, first)}"


def _limits(found: Assignment, first: CandidateRow) -> str:
    """Return what a measurement rests on, and which would be new where it is not."""
    text = f" It rests on: {first.rests_on.rstrip('.')}." if first.rests_on else ""
    if first.exists:
        text += " It is measured already."
        other = next((one for one in found.candidates if not one.exists), None)
        text += f" The first that is not: {_measurement(other)}." if other is not None else ""
    return text


def _measurement(one: CandidateRow) -> str:
    unit = "" if one.unit in ("", "1") else f" {printed_unit(one.unit)}"
    return f"{one.name} ({one.key} at {number_text(one.T, 4)} K, to ± {number_text(one.sigma, 2)}{unit})"


def _assumed(found: Assignment, assumed: tuple[str, ...]) -> str:
    """Return how many assumptions there are, and those that fix the populations first."""
    anchors = [
        text
        for row in sorted(found.populations, key=lambda row: -row.T)
        if row.story == found.best
        for text in row.anchored_by
    ]

    own = {
        one.source
        for story in found.stories
        if story.name == found.best
        for one in story.parameters
    }

    def place(text: str) -> tuple[int, bool]:
        names, _, reason = text.partition(": assumed")
        source = f"assumed{reason}"
        starts = tuple(f"{name} " for name in names.split(", "))
        at = [i for i, one in enumerate(anchors) if one.startswith(starts) or source in one]
        return min(at, default=len(anchors)), source not in own

    shown = sorted(assumed, key=place)[:_MOST_ASSUMED]
    told = "; ".join(text.rstrip(".") for text in shown)
    more = len(assumed) - len(shown)
    rest = f"; and {more} more, listed under States" if more > 0 else ""
    count = "one assumption" if len(assumed) == 1 else f"{len(assumed)} assumptions"
    return f"The assignment rests on {count} without a source to cite: {told}{rest}."
