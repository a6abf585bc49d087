"""Sentences of a methods section: templates, the values in them, and what they cite."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from spectrafit.citation import KEY
from spectrafit.errors import SpectrafitError
from spectrafit.history import frozen_mapping
from spectrafit.observable import Observable
from spectrafit.rounding import number_text, range_text, value_text

__all__ = [
    "MethodsFacts",
    "MethodsRule",
    "MethodsSentence",
    "Stated",
    "facts_of",
    "merged_text",
]

_LISTED = 4  # words or whole numbers that are all named; of more, the first or the ends

Stated = int | float | str | tuple[float, float | None]
"""What a sentence states: a number, words, or a value with its standard uncertainty."""


@dataclass(frozen=True)
class MethodsSentence:
    """One sentence of a methods section.

    Sentences of several files that have one template become one sentence, in which each value that
    differs is given as a list or as ``low to high``: word the template so that either may stand
    there (``between {low} and {high}`` does not bear it, ``from ... on`` does).

    Parameters
    ----------
    text : str
        The whole sentence with its full stop; ``{name}`` stands for a value, ``{name:3}`` for a
        number to three significant digits (six without).
    values : mapping of str to int, float, str or (float, float or None)
        Every value of the template: a number, words, or a value with its standard uncertainty.
    cites : tuple of str
        Bibliography keys.

    Raises
    ------
    SpectrafitError
        When the text is no sentence, its fields and the values are not the same, or a key is none.
    """

    text: str
    values: Mapping[str, Stated] = field(default_factory=dict)
    cites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen_mapping(self.values))
        if not self.text.strip().endswith("."):
            raise SpectrafitError("a sentence ends with a full stop", where=repr(self.text))
        named = _names(self.text)
        if named != self.values.keys():
            odd = ", ".join(sorted(named ^ self.values.keys()))
            raise SpectrafitError(f"its text and its values differ in {odd}", where=repr(self.text))
        for name, value in self.values.items():
            pair = isinstance(value, tuple) and len(value) == 2
            if not isinstance(value, int | float | str) and not pair:
                raise SpectrafitError(f"{name} is no number and no text", where=repr(self.text))
        for key in self.cites:
            if not KEY.fullmatch(key):
                raise SpectrafitError(f"{key!r} is no bibliography key", where=repr(self.text))

    def __reduce__(self) -> tuple[object, ...]:
        return (MethodsSentence, (self.text, dict(self.values), self.cites))


@dataclass(frozen=True)
class MethodsFacts:
    """What is on record of one observable: how it was made and what it depends on.

    Parameters
    ----------
    steps : mapping of str to mapping
        Settings of each step of its history, by the name of the step.
    conventions : mapping
        What the number depends on.
    conditions : mapping
        Like ``{"T": 8.0}`` in K.
    budget : tuple of str
        Names of its sources of error.
    """

    steps: Mapping[str, Mapping[str, Any]]
    conventions: Mapping[str, Any]
    conditions: Mapping[str, float | str]
    budget: tuple[str, ...] = ()


def facts_of(observable: Observable) -> MethodsFacts:
    """Return what is on record of an observable.

    Parameters
    ----------
    observable : Observable
        Of any kind.

    Returns
    -------
    MethodsFacts
    """
    return MethodsFacts(
        {entry.step: entry.settings for entry in observable.history},
        observable.conventions,
        observable.conditions,
        tuple(observable.budget),
    )


@dataclass(frozen=True)
class MethodsRule:
    """How a technique says in a sentence what was done.

    Parameters
    ----------
    sentence : callable
        ``sentence(facts)``: the sentence, or None where these facts need none.
    steps, conventions, budget : tuple of str
        Names of the steps, conventions and sources of error that it speaks of. It is asked where
        one of them is on record; without any, always.
    """

    sentence: Callable[[MethodsFacts], MethodsSentence | None]
    steps: tuple[str, ...] = ()
    conventions: tuple[str, ...] = ()
    budget: tuple[str, ...] = ()

    def said(self, facts: MethodsFacts) -> MethodsSentence | None:
        """Return the sentence for an observable.

        Parameters
        ----------
        facts : MethodsFacts
            What is on record of it.

        Returns
        -------
        MethodsSentence or None
            None where nothing of it is on record.
        """
        named = (self.steps, facts.steps), (self.conventions, facts.conventions)
        pairs = (*named, (self.budget, facts.budget))
        always = not any(names for names, _ in pairs)
        if always or any(name in known for names, known in pairs for name in names):
            return self.sentence(facts)
        return None


def merged_text(sentences: Sequence[MethodsSentence]) -> str:
    """Return sentences of one template as one sentence.

    Parameters
    ----------
    sentences : sequence of MethodsSentence
        At least one, all of the same text.

    Returns
    -------
    str
        Where they differ, words and whole numbers are listed and other numbers given as a range;
        rounded as everywhere.
    """
    parts = []
    for literal, name, figures in _pieces(sentences[0].text):
        parts.append(literal)
        if name:
            parts.append(_merged([one.values[name] for one in sentences], figures))
    return "".join(parts)


@lru_cache(maxsize=512)
def _pieces(text: str) -> tuple[tuple[str, str, int], ...]:
    """Return a template as literal texts, each with the value after it and its digits."""
    try:
        parsed = list(string.Formatter().parse(text))
        pieces = tuple((literal, name or "", int(spec or 6)) for literal, name, spec, _ in parsed)
    except ValueError as error:
        raise SpectrafitError(f"no template: {error}", where=repr(text)) from None
    for _, name, _, conversion in parsed:
        if name is not None and (conversion or not name.isidentifier()):
            raise SpectrafitError(f"{name!r} is no name of a value", where=repr(text))
    return pieces


@lru_cache(maxsize=512)
def _names(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _ in _pieces(text) if name)


def _merged(values: Sequence[Stated], figures: int) -> str:
    shown = {_shown(value, figures): value for value in values}
    if len(shown) == 1:
        return next(iter(shown))
    numbers = {text: _number(value) for text, value in shown.items()}
    if any(number is None for number in numbers.values()):
        return _listed(list(shown))
    texts = sorted(numbers, key=lambda text: numbers[text] or 0.0)
    if all(isinstance(value, int) for value in shown.values()) and len(texts) <= _LISTED:
        return _listed(texts)
    low, high = shown[texts[0]], shown[texts[-1]]
    if isinstance(low, int | float) and isinstance(high, int | float):
        return range_text(low, high, figures)
    return f"{texts[0]} to {texts[-1]}"


def _shown(value: Stated, figures: int) -> str:
    match value:
        case str():
            return value
        case (middle, sigma):
            return number_text(middle, figures) if sigma is None else value_text(middle, sigma)
        case _:
            return number_text(value, figures)


def _number(value: Stated) -> float | None:
    if isinstance(value, str):
        return None
    return float(value[0] if isinstance(value, tuple) else value)


def _listed(texts: Sequence[str]) -> str:
    if len(texts) > _LISTED:
        rest = len(texts) - _LISTED + 1
        return f"{', '.join(texts[: _LISTED - 1])} and {rest} others"
    return f"{', '.join(texts[:-1])} and {texts[-1]}"
