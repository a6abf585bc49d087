"""Whether the populations that keys give by themselves agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from spectrafit.rounding import number_text, range_text
from spectrafit.states.assignment import KeyPopulation

__all__ = ["Consistency", "consistent"]

SAME_T = 5.0  # K within which populations of two keys are held against each other


@dataclass(frozen=True)
class Consistency:
    """Whether the populations that keys give by themselves agree.

    Parameters
    ----------
    verdict : str
        ``consistent``, ``tension`` or ``cannot tell``.
    text : str
        In words, with both populations where they disagree.
    """

    verdict: str
    text: str


def consistent(rows: Sequence[KeyPopulation]) -> Consistency:
    """Return whether intervals of one population by different keys overlap.

    Each pair of keys is compared at temperatures within 5 K and for the same two states; rows of
    one key are readings of which one may hold. Populations that disagree are both told and never
    averaged.

    Parameters
    ----------
    rows : sequence of KeyPopulation
        Of any keys, temperatures and pairs of states.

    Returns
    -------
    Consistency
        ``tension`` where two keys overlap in no reading; else ``cannot tell`` where two overlap in
        some readings only, or nothing can be compared; else ``consistent``.
    """
    told = [row for row in rows if row.low is not None and row.high is not None]
    compared: dict[tuple[str, ...], list[tuple[bool, str]]] = {}
    for one, other in combinations(told, 2):
        same = (one.lower, one.upper) == (other.lower, other.upper)
        if one.key == other.key or not same or abs(one.T - other.T) > SAME_T:
            continue
        first, second = sorted((one, other), key=lambda row: (row.key, row.T))
        assert one.low is not None
        assert one.high is not None
        assert other.low is not None
        assert other.high is not None
        overlap = one.low <= other.high and other.low <= one.high
        about = (one.lower, one.upper, first.key, f"{first.T:g}", second.key, f"{second.T:g}")
        compared.setdefault(about, []).append((overlap, f"{_words(first)} and {_words(second)}"))
    if not compared:
        return Consistency("cannot tell", "No two keys give one population at one temperature.")
    never = [
        text for found in compared.values() if not any(o for o, _ in found) for _, text in found
    ]
    if never:
        return Consistency("tension", f"Keys disagree: {'; '.join(never)}.")
    partly = [text for found in compared.values() for overlap, text in found if not overlap]
    if partly:
        return Consistency(
            "cannot tell",
            "It depends on the temperature at which the expectations hold: keys disagree by "
            f"{'; '.join(partly)}, and agree otherwise.",
        )
    keys = ", ".join(sorted({key for about in compared for key in (about[2], about[4])}))
    return Consistency("consistent", f"The populations by {keys} overlap.")


def _words(row: KeyPopulation) -> str:
    assert row.low is not None
    assert row.high is not None
    share = range_text(row.low, row.high, figures=2)
    return f"{share} of {row.upper} by {row.key} at {number_text(row.T, 4)} K ({row.text})"
