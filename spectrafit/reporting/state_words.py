"""Words and cells that the parts of a report on states have in common."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from spectrafit.reporting.tables import Measured
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import Assignment, PopulationRow

__all__ = [
    "accepted_stories",
    "drawn_stories",
    "hottest",
    "interval_text",
    "joined",
    "label_of",
    "labelled",
    "measured_cell",
    "population_text",
    "rounded",
    "share_range",
]

_SHORT = 2
_TINY = 5e-4  # of a population: nobody reads further
_FINEST = 6  # decimals of a population


def label_of(found: Assignment, state: str) -> str:
    """Return how a state is written for a reader.

    Parameters
    ----------
    found : Assignment
        With the labels.
    state : str
        Short name.

    Returns
    -------
    str
        The short name where there is no label.
    """
    return next((label for name, label in found.states if name == state and label), state)


def accepted_stories(found: Assignment) -> tuple[str, ...]:
    """Return the names of the accepted stories, that of the reported populations first.

    Parameters
    ----------
    found : Assignment
        With its stories.

    Returns
    -------
    tuple of str
    """
    names = [story.name for story in found.stories if story.verdict == "accepted"]
    return tuple(sorted(names, key=lambda name: name != found.best))


def drawn_stories(found: Assignment) -> tuple[str, ...]:
    """Return the accepted stories, else all, in the order of the study: a story has one colour.

    Parameters
    ----------
    found : Assignment
        With its stories.

    Returns
    -------
    tuple of str
    """
    accepted = accepted_stories(found)
    return tuple(one.name for one in found.stories if one.name in accepted or not accepted)


def hottest(found: Assignment) -> tuple[PopulationRow, ...]:
    """Return the populations of the best story at its highest temperature.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    tuple of PopulationRow
        Empty without a best story.
    """
    own = [row for row in found.populations if row.story == found.best]
    highest = max((row.T for row in own), default=0.0)
    return tuple(row for row in own if highest == row.T)


def labelled(found: Assignment, text: str) -> str:
    """Return a text in which states are written as a reader knows them.

    Parameters
    ----------
    found : Assignment
        With the labels.
    text : str
        A sentence that may hold short names; names of parameters, like ``KEY.STATE``, stay.

    Returns
    -------
    str
    """
    # a name of one or two letters could be any word, unit or number of the sentence
    labels = {name: label for name, label in found.states if label and len(name) > _SHORT}
    if not any(name in text for name in labels):
        return text
    every = sorted((*labels.values(), *labels), key=len, reverse=True)
    known = "|".join(map(re.escape, every))
    return re.sub(rf"(?<![\w.])(?:{known})(?!\w)", lambda m: labels.get(m[0], m[0]), text)


def joined(words: Iterable[str], last: str = "and") -> str:
    """Return words as a list in a sentence.

    Parameters
    ----------
    words : iterable of str
        In order.
    last : str
        Before the last one.

    Returns
    -------
    str
        Empty for none.
    """
    *first, end = list(words) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end


def rounded(value: float | None, figures: int = 3) -> float | None:
    """Return a number that a table prints to so many significant digits.

    Parameters
    ----------
    value : float or None
        Any.
    figures : int
        Significant digits.

    Returns
    -------
    float or None
    """
    return None if value is None else float(f"{value:.{figures}g}")


def measured_cell(value: float, sigma: float | None, reason: str) -> Measured:
    """Return a value with its uncertainty; without one it is not printed finer than it is known.

    Parameters
    ----------
    value : float
        The number.
    sigma : float or None
        One standard uncertainty.
    reason : str
        Why there is none.

    Returns
    -------
    Measured
    """
    return Measured(value if sigma else float(f"{value:.4g}"), sigma, "" if sigma else reason)


def interval_text(low: float | None, high: float | None, reason: str = "") -> str:
    """Return an interval in words, an open end with the reason.

    Parameters
    ----------
    low, high : float or None
        Ends; None where open.
    reason : str
        Why one is open.

    Returns
    -------
    str
    """
    why = f" ({reason})" if reason else ""
    if low is not None and high is not None:
        return range_text(low, high, 2)
    if high is not None:
        return f"below {number_text(high, 2)}, open below{why}"
    if low is not None:
        return f"above {number_text(low, 2)}, open above{why}"
    return f"none{why}"


def share_range(low: float, high: float) -> str:
    """Return an interval of a population, with so many decimals that both ends differ.

    Parameters
    ----------
    low, high : float
        Ends.

    Returns
    -------
    str
        With both ends of its 68 % interval where that is not symmetric; ``< 0.001`` where both ends are below 0.0005.
    """
    if high < _TINY:
        return "< 0.001"
    width = high - low
    places = _FINEST if width <= 0.0 else math.floor(-math.log10(width)) + 2
    places = min(max(places, 2), _FINEST)
    ends = dict.fromkeys(f"{end:.{places}f}" for end in (low, high))
    return " to ".join(ends)


def population_text(row: PopulationRow, *, with_verdict: bool = True) -> str:
    """Return a population with its uncertainty, or with the reason why there is none.

    Parameters
    ----------
    row : PopulationRow
        Of one story, temperature and state.
    with_verdict : bool, optional
        Whether its verdict is added where it is not determined.

    Returns
    -------
    str
        With both ends of its 68 % interval where that is not symmetric; ``< 0.001`` where it is smaller than 0.0005, and two standard uncertainties more are below
        0.001.
    """
    if not row.sigma and row.low is not None and row.high is not None:
        text = f"{number_text(row.value, 2)} ({share_range(row.low, row.high)})"
    elif not row.sigma:
        text = f"{number_text(row.value, 2)} (no uncertainty: {row.reason or row.verdict})"
    elif row.value < _TINY and row.value + 2.0 * row.sigma < 2.0 * _TINY:
        text = "< 0.001"
    else:
        text = value_text(row.value, row.sigma)
    return text if row.verdict == "determined" or not with_verdict else f"{text}, {row.verdict}"
