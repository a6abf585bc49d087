"""The section of a report on states: claims, populations, stories, evidence, what is not decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from spectrafit.reporting.document import Block, Items, Paragraph, Picture, Section
from spectrafit.reporting.figures import FigureStem
from spectrafit.reporting.state_against import contradictions, posterior_text
from spectrafit.reporting.state_axis import axis_sentences, axis_table
from spectrafit.reporting.state_checks import candidates_table, consistency_table
from spectrafit.reporting.state_evidence import (
    claims_table,
    evidence_matrix,
    evidence_words,
    per_key_table,
)
from spectrafit.reporting.state_population_chart import POPULATIONS
from spectrafit.reporting.state_populations import anchors_in_full, printed_populations
from spectrafit.reporting.state_predictions import predicted_section
from spectrafit.reporting.state_rate import RATE, bounds_table, regimes_table
from spectrafit.reporting.state_sentences import uncited
from spectrafit.reporting.state_tables import parameters_table, stories_table
from spectrafit.reporting.state_words import accepted_stories, labelled
from spectrafit.reporting.tables import Table
from spectrafit.rounding import number_text
from spectrafit.states.assignment import Assignment, StoryRow
from spectrafit.states.population_agreement import consistent
from spectrafit.study.outcome import Outcome

__all__ = ["populations_picture", "states_section"]


def states_section(
    outcome: Outcome, stems: Sequence[FigureStem], files: Mapping[str, str]
) -> Section | None:
    """Return everything that the states of a study come to.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    stems : sequence of FigureStem
        Its charts.
    files : mapping of str to str
        Drawn figure by stem.

    Returns
    -------
    Section or None
        None where no states were assigned.
    """
    found = outcome.assignment
    if found is None:
        return None
    pictures = {
        one.chart.name: Picture(one.chart, one.stem, files.get(one.stem, ""))
        for one in stems
        if one.states
    }
    parts = (
        _claims(found),
        _populations(found, pictures),
        _stories(found),
        _evidence(found),
        _conflicts(found),
        predicted_section(found, pictures),
        _rate(found, pictures),
        _undecided(found),
        _candidates(found),
        _consistency(found),
        _assumptions(outcome, found),
    )
    shown = (_labelled(found, one) for one in parts if one.blocks or one.sections)
    return Section("States", sections=tuple(shown))


def populations_picture(
    stems: Sequence[FigureStem], files: Mapping[str, str]
) -> tuple[Picture, ...]:
    """Return the chart of the populations, for the answer.

    Parameters
    ----------
    stems : sequence of FigureStem
        Charts of an outcome.
    files : mapping of str to str
        Drawn figure by stem.

    Returns
    -------
    tuple of Picture
        One, or none where no states were assigned.
    """
    return tuple(
        Picture(one.chart, one.stem, files.get(one.stem, ""), small=True)
        for one in stems
        if one.states and one.chart.name == POPULATIONS
    )


def _claims(found: Assignment) -> Section:
    rules = Section("Rules of inference", (claims_table(found.rules, "rules"),), folded=True)
    blocks = (claims_table(found.claims, "claims"),) if found.claims else ()
    return Section("Claims", blocks, (rules,) if found.rules else ())


def _populations(found: Assignment, pictures: Mapping[str, Picture]) -> Section:
    blocks: list[Block] = [pictures[POPULATIONS]] if POPULATIONS in pictures else []
    if not found.populations:
        return Section("Populations", tuple(blocks))
    accepted = accepted_stories(found)
    stories = accepted or tuple(story.name for story in found.stories)
    shown = stories[:1] if found.best in accepted else stories
    if shown != stories:
        blocks.append(Paragraph(f"By story “{found.best}”:"))
    blocks.append(printed_populations(found, shown))
    if full := anchors_in_full(found):
        blocks += [Paragraph("What fixes them, in full:"), Items(full)]
    others = stories[len(shown) :]
    more = Section(
        "By the other accepted stories", (printed_populations(found, others),), folded=True
    )
    return Section("Populations", tuple(blocks), (more,) if others else ())


def _stories(found: Assignment) -> Section:
    if not found.stories:
        return Section("Stories")
    note = "A story is one model that competes with others; each was fitted to the same data."
    meanings = tuple(f"{one.name}: {one.meaning}" for one in found.stories if one.meaning)
    blocks: list[Block] = [Paragraph(note, "note"), stories_table(found)]
    blocks += [Items(meanings)] if meanings else []
    return Section("Stories", tuple(blocks), tuple(map(_story, found.stories)))


def _story(story: StoryRow) -> Section:
    second = (
        "All starts ended in one minimum."
        if story.second_chi2 is None
        else f"The second-best minimum has χ² {number_text(story.second_chi2, 4)}."
    )
    blocks: list[Block] = [Paragraph(second)] if story.chi2 is not None else []
    if story.tensions:
        blocks += [Paragraph("Residuals above 2 σ:"), Items(story.tensions)]
    if story.dipoles:
        blocks += [Paragraph("Change of the dipole of a molecule:"), Items(story.dipoles)]
    blocks += [parameters_table(story)] if story.parameters else []
    return Section(f"Story {story.name}: its numbers", tuple(blocks), folded=True)


def _evidence(found: Assignment) -> Section:
    parts = []
    for group in found.groups:
        matrix = evidence_matrix(found, group.group)
        blocks: list[Block] = [Paragraph(posterior_text(found, group))]
        blocks += [matrix] if matrix.rows else []
        mute = tuple(f"No vote: {text}" for text in group.silent if "(" in text)
        words = Section(
            "Why, and by which sources",
            (evidence_words(found, group.group), *([Items(mute)] if mute else [])),
            folded=True,
        )
        parts.append(Section(group.group, tuple(blocks), (words,) if matrix.rows else ()))
    note = (
        "Each observable by itself against what a pure state is expected to show. A posterior adds "
        "them as if they were independent: it is worth no more than what stands against it."
    )
    blocks = [Paragraph(note, "note")] if parts else []
    return Section("Evidence", tuple(blocks), tuple(parts))


def _conflicts(found: Assignment) -> Section:
    texts = contradictions(found)
    blocks: list[Block] = [Items(texts)] if texts else []
    if not texts and (found.groups or found.claims):
        blocks = [Paragraph("No observable, claim or rule is in conflict with the assignment.")]
    if found.per_key:
        note = "Populations that single keys give for two states, never averaged where they differ:"
        blocks += [Paragraph(note), per_key_table(found)]
        judged = consistent(found.per_key)
        blocks += [Paragraph(judged.text)] if judged.verdict != "tension" else []
    return Section("Conflicts", tuple(blocks))


def _rate(found: Assignment, pictures: Mapping[str, Picture]) -> Section:
    rate = found.rate
    if rate is None:
        return Section("Rate of exchange")
    blocks: list[Block] = [Paragraph(rate.text)] if rate.text else []
    blocks += [pictures[RATE]] if RATE in pictures else []
    blocks += [bounds_table(found)] if rate.bounds else []
    if rate.regimes:
        blocks += [Paragraph("What each key shows at such a rate:"), regimes_table(found)]
    return Section("Rate of exchange", tuple(blocks))


def _undecided(found: Assignment) -> Section:
    texts = [one.text for one in found.undecided]
    texts += [
        f"Story {one.story}, hardly seen by the data: {one.text.rstrip('.')} "
        f"(singular value {number_text(one.share, 2)} of the largest)."
        for one in found.weak
    ]
    texts += axis_sentences(found)
    blocks: list[Block] = [Items(tuple(dict.fromkeys(texts)))] if texts else []
    blocks += [axis_table(found)] if found.axis else []
    return Section("What the data cannot decide", tuple(blocks))


def _candidates(found: Assignment) -> Section:
    return Section("What would decide", (candidates_table(found),) if found.candidates else ())


def _consistency(found: Assignment) -> Section:
    return Section("Consistency", (consistency_table(found),) if found.consistency else ())


def _assumptions(outcome: Outcome, found: Assignment) -> Section:
    lists = (
        ("Values without a source to cite", uncited(outcome)),
        ("Anchors and assumptions that were used", found.anchors),
        ("Anchors that would help and were not there", found.unused),
        ("Keys that were refused", found.refused),
    )
    blocks: list[Block] = []
    for title, texts in lists:
        blocks += [Paragraph(f"{title}:"), Items(texts)] if texts else []
    quiet = Section("Keys that took no part", (Paragraph(", ".join(found.silent)),), folded=True)
    return Section("Assumptions and anchors", tuple(blocks), (quiet,) if found.silent else ())


def _labelled(found: Assignment, section: Section) -> Section:
    """Return a section in whose sentences and cells states have their labels."""

    def words(text: str) -> str:
        return labelled(found, text)

    return replace(
        section,
        blocks=tuple(_block(one, words) for one in section.blocks),
        sections=tuple(_labelled(found, one) for one in section.sections),
    )


def _block(block: Block, words: Callable[[str], str]) -> Block:
    match block:
        case Paragraph():
            return replace(block, text=words(block.text))
        case Items():
            return Items(tuple(map(words, block.texts)))
        case Table():
            rows = tuple(
                tuple(words(cell) if isinstance(cell, str) else cell for cell in row)
                for row in block.rows
            )
            return replace(block, rows=rows)
        case _:
            return block
