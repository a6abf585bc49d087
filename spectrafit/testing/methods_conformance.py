"""What a technique that describes its methods must say."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.bibliography import CORE_CITATIONS
from spectrafit.citation import Citation
from spectrafit.methods import MethodsFacts, MethodsRule, MethodsSentence, facts_of
from spectrafit.observable import Observable
from spectrafit.step_sentences import STEP_RULES
from spectrafit.technique import DescribesMethods
from spectrafit.testing.judgement import repeated, require

__all__ = ["require_methods"]


def require_methods(technique: DescribesMethods, items: Sequence[Observable]) -> None:
    """Fail unless every step and convention has a sentence, and every cited key a work.

    Parameters
    ----------
    technique : DescribesMethods
        What is tested.
    items : sequence of Observable
        What it observes in its example.

    Raises
    ------
    AssertionError
        With what is missing.
    """
    known = _known_keys(technique)
    for rule in technique.methods:
        require(isinstance(rule, MethodsRule), f"{rule!r} among its methods is no MethodsRule")
    facts = [facts_of(item) for item in items]
    told: set[str] = set()
    for rule in technique.methods:
        for fact in facts:
            sentence = _said(rule, fact)
            if sentence is None:
                continue
            strange = [key for key in sentence.cites if key not in known]
            require(not strange, f"it cites {', '.join(strange)}, which is in no bibliography")
            told |= {f"step {name}" for name in rule.steps}
            told |= {f"convention {name}" for name in rule.conventions}
    own = {f"step {name}" for rule in STEP_RULES for name in rule.steps}
    for item in items:
        for name in item.conventions:
            require(f"convention {name}" in told, f"no sentence for the convention {name}")
        for entry in item.history:
            has_text = bool(entry.text.strip()) or f"step {entry.step}" in told | own
            require(has_text, f"no sentence for the step {entry.step}, and it has no text")
            strange = [key for key in entry.cites if key not in known]
            require(
                not strange, f"step {entry.step} cites {', '.join(strange)}, in no bibliography"
            )


def _known_keys(technique: DescribesMethods) -> set[str]:
    own = technique.citations
    for one in own:
        require(isinstance(one, Citation), f"{one!r} among its citations is no Citation")
    twice = repeated(one.key for one in own)
    require(not twice, f"the key {', '.join(twice)} is given twice")
    core = {one.key: one for one in CORE_CITATIONS}
    clash = [one.key for one in own if core.get(one.key, one) != one]
    require(not clash, f"the key {', '.join(clash)} is that of another work in the core")
    return {*core, *(one.key for one in own)}


def _said(rule: MethodsRule, facts: MethodsFacts) -> MethodsSentence | None:
    names = ", ".join((*rule.steps, *rule.conventions, *rule.budget)) or "every observable"
    try:
        sentence = rule.said(facts)
    except Exception as error:
        raise AssertionError(
            f"the rule of {names} raises {type(error).__name__}: {error}"
        ) from error
    require(
        sentence is None or isinstance(sentence, MethodsSentence),
        f"the rule of {names} gives {type(sentence).__name__}",
    )
    return sentence
