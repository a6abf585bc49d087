"""Which of the observables of a range of temperatures have a vote: one a key and measurement."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spectrafit.observable import Kind, Observable
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.units import converted

__all__ = ["Vote", "vote_of", "votes_of"]

SAME_T = 1.0  # K within which two values of a key should agree
DISAGREE = 3.0  # standard uncertainties of their difference


@dataclass(frozen=True)
class Vote:
    """A measured value that stands for all of its key and measurement.

    Parameters
    ----------
    key, unit : str
        Of the observable.
    T : float
        K.
    value, sigma : float
        In `unit`.
    note : str
        What it stands for; empty where for itself alone.
    """

    key: str
    unit: str
    T: float
    value: float
    sigma: float
    note: str = ""

    @property
    def technique(self) -> str:
        """The technique that the key belongs to."""
        return self.key.partition(".")[0]

    def value_in(self, unit: str) -> float:
        """Return its value in another unit.

        Parameters
        ----------
        unit : str
            Of the same quantity.

        Returns
        -------
        float
        """
        return converted(self.value, self.unit, unit)

    def sigma_in(self, unit: str) -> float:
        """Return its standard uncertainty in another unit.

        Parameters
        ----------
        unit : str
            Of the same quantity.

        Returns
        -------
        float
        """
        return converted(self.sigma, self.unit, unit) - converted(0.0, self.unit, unit)


def vote_of(item: Observable) -> Vote | str:
    """Return an observable as a vote, or why it has none.

    Parameters
    ----------
    item : Observable
        Of any kind.

    Returns
    -------
    Vote or str
        The reason: it is no value, or has no temperature or no uncertainty.
    """
    T = item.conditions.get("T")
    if item.kind is not Kind.VALUE or not isinstance(item.value, int | float):
        return "no value"
    if not isinstance(T, int | float):
        return "no temperature is told"
    if item.sigma is None:
        return f"no uncertainty: {item.sigma_reason}"
    return Vote(item.key, item.unit, float(T), float(item.value), item.sigma)


def votes_of(
    observables: Sequence[Observable],
    limits: tuple[float, float],
    measurement_of: Callable[[Observable], str] | None = None,
) -> tuple[tuple[Vote, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the votes within a range of temperatures.

    Twenty spectra of one sample in one regime are not twenty independent votes: of each key and
    measurement the value nearest to the middle of the range votes, of two equally near the one with
    the smaller sigma. It is a value that was measured, at a temperature that expectations can be
    carried to; a mean over a range in which the value changes is neither.

    Parameters
    ----------
    observables : sequence of Observable
        Of any kind, key and temperature.
    limits : (float, float)
        Lowest and highest temperature, K, both included.
    measurement_of : callable, optional
        Name of the measurement of an observable; all values of a key are one unless given.

    Returns
    -------
    votes : tuple of Vote
        In the order of their first observable.
    mute : tuple of str
        Keys that have values but no vote, and why.
    doubles : tuple of str
        Values of one key at one temperature that exclude each other, in words.
    """
    low, high = limits
    found: dict[tuple[str, str], list[Vote]] = {}
    mute: dict[str, str] = {}
    for item in observables:
        T = item.conditions.get("T")
        away = isinstance(T, int | float) and not low <= T <= high
        if away or item.kind is not Kind.VALUE:
            continue
        vote = vote_of(item)
        if isinstance(vote, str):
            mute.setdefault(item.key, vote)
        else:
            name = measurement_of(item) if measurement_of is not None else ""
            found.setdefault((item.key, name), []).append(vote)
    middle = 0.5 * (low + high)
    votes = tuple(_nearest(mine, middle) for mine in found.values())
    voting = {vote.key for vote in votes}
    silent = tuple(f"{key} ({why})" for key, why in mute.items() if key not in voting)
    return votes, silent, _doubles([vote for mine in found.values() for vote in mine])


def _nearest(mine: Sequence[Vote], middle: float) -> Vote:
    chosen = min(mine, key=lambda vote: (abs(vote.T - middle), vote.sigma_in(mine[0].unit)))
    if len(mine) == 1:
        return chosen
    values = [vote.value_in(chosen.unit) for vote in mine]
    spread = range_text(min(values), max(values), figures=4)
    note = f"the value at {number_text(chosen.T, 4)} K stands for {len(mine)}, of {spread}"
    return Vote(chosen.key, chosen.unit, chosen.T, chosen.value, chosen.sigma, note)


def _doubles(votes: Sequence[Vote]) -> tuple[str, ...]:
    """Return for each key the first two values that exclude each other, and how many more do."""
    found: dict[str, list[str]] = {}
    ordered = sorted(votes, key=lambda vote: (vote.key, vote.T))
    for place, one in enumerate(ordered):
        for other in ordered[place + 1 :]:
            if other.key != one.key or other.T - one.T > SAME_T:
                break
            apart = abs(other.value_in(one.unit) - one.value)
            if apart > DISAGREE * math.hypot(one.sigma, other.sigma_in(one.unit)):
                found.setdefault(one.key, []).append(
                    f"two values of {one.key} at {number_text(one.T, 4)} K exclude each other: "
                    f"{value_text(one.value, one.sigma)} and "
                    f"{value_text(other.value_in(one.unit), other.sigma_in(one.unit))}"
                )
    return tuple(
        texts[0] + (f", as {len(texts) - 1} more pairs of it do" if len(texts) > 1 else "")
        for texts in found.values()
    )
