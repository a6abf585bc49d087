"""What was done in a measurement, told by the rules of its technique and of the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, facts_of
from spectrafit.observable import Observable
from spectrafit.reporting.core_sentences import fit_sentence
from spectrafit.reporting.main_keys import items_of
from spectrafit.step_sentences import STEP_RULES
from spectrafit.study.outcome import FileResult

__all__ = ["Told", "told_of"]


@dataclass(frozen=True)
class Told:
    """What was done in a measurement.

    Parameters
    ----------
    sentences : tuple of MethodsSentence
        In reading order, as often as there are observables.
    unsaid : tuple of str
        Steps and conventions that no rule speaks of, and rules that failed.
    """

    sentences: tuple[MethodsSentence, ...]
    unsaid: tuple[str, ...]


def told_of(
    results: Sequence[FileResult],
    own: Sequence[MethodsRule],
    together: Sequence[Observable] = (),
) -> Told:
    """Return what rules say of the observables of a measurement.

    Parameters
    ----------
    results : sequence of FileResult
        Of one measurement.
    own : sequence of MethodsRule
        Those of its technique, in reading order; those of the core and the texts of steps speak
        where it has none. What the fit was stands before the rules on errors.
    together : sequence of Observable, optional
        What the scans of the measurement gave as a whole.

    Returns
    -------
    Told
    """
    said_steps = {step for rule in own for step in rule.steps}
    core = [rule for rule in STEP_RULES if said_steps.isdisjoint(rule.steps)]
    model = [rule for rule in own if rule.steps or rule.conventions or not rule.budget]
    errors = [rule for rule in own if rule not in model]
    items = [item for result in results for item in _different(items_of(result))]
    items += _different(together)
    facts = [facts_of(item) for item in items]
    known = {*said_steps, *(step for rule in core for step in rule.steps)}
    free = {
        (entry.step, entry.text): entry
        for item in items
        for entry in item.history
        if entry.step not in known
    }
    fits = [one.observables.fit for one in results if one.observables is not None]
    faults: dict[str, None] = {}
    sentences = [
        *_applied(core, facts, faults),
        *(_free_sentence(one.text, one.cites) for one in free.values() if one.text.strip()),
        *_applied(model, facts, faults),
        *(fit_sentence(fit) for fit in fits if fit is not None),
        *_applied(errors, facts, faults),
    ]
    conventions = {name for rule in own for name in rule.conventions}
    unsaid = dict.fromkeys(f"step {step}" for step, text in free if not text.strip())
    unsaid |= dict.fromkeys(
        f"convention {name}"
        for fact in facts
        for name in fact.conventions
        if name not in conventions
    )
    return Told(tuple(sentences), (*unsaid, *faults))


def _different(items: Sequence[Observable]) -> list[Observable]:
    """Return one observable for each record of how it was made and what it depends on."""
    return list(
        {
            (id(item.history), repr(item.conventions), tuple(item.budget)): item for item in items
        }.values()
    )


def _applied(
    rules: Sequence[MethodsRule], facts: Sequence[MethodsFacts], faults: dict[str, None]
) -> Iterator[MethodsSentence]:
    """Yield what rules say; one that fails costs its sentence, and is named among the faults."""
    for rule in rules:
        for fact in facts:
            try:
                sentence = rule.said(fact)
            except Exception as error:  # whatever a third party's code raises
                names = ", ".join((*rule.steps, *rule.conventions, *rule.budget)) or "its own"
                faults[f"{names}: {type(error).__name__}"] = None
                continue
            if sentence is not None:
                yield sentence


def _free_sentence(text: str, cites: tuple[str, ...]) -> MethodsSentence:
    """Return the text of a history's entry as a sentence."""
    whole = text.strip()
    whole = f"{whole[:1].upper()}{whole[1:].rstrip('.')}.".replace("{", "{{").replace("}", "}}")
    return MethodsSentence(whole, {}, cites)
