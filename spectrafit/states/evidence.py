"""Which pure state each key speaks for, against, or not at all, and all keys of a group together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError, nearest
from spectrafit.observable import Observable
from spectrafit.rounding import number_text, value_text
from spectrafit.states.assignment import EvidenceRow, StateEvidence
from spectrafit.states.carry import Carry, usable
from spectrafit.states.expectation import Expectation
from spectrafit.states.likelihood import OUTLIER, broad_span, log_likelihood
from spectrafit.states.votes import Vote, votes_of
from spectrafit.units import printed_unit

__all__ = ["evidence"]

NEAR = 1.0  # nats to the best state of a key within which the key supports the winner
FAR = 3.0  # nats below it from which the key speaks against the winner
FLAT = 1.0  # nats between the states of a key below which it is silent
UNEXPLAINED = 1.5  # nats over the broad outlier that a state must reach to explain a key


@dataclass(frozen=True)
class _Scored:
    """One vote with the log likelihood of each state that has an expectation."""

    vote: Vote
    known: Mapping[str, float]
    span: float
    refused: tuple[str, ...]
    sources: tuple[str, ...]

    def by_state(self, states: Sequence[str]) -> dict[str, float]:
        """Return it for all states: of one without an expectation any value of the span goes."""
        return {state: self.known.get(state, -math.log(self.span)) for state in states}

    @property
    def unexplained(self) -> bool:
        return max(self.known.values()) < math.log(OUTLIER / self.span) + UNEXPLAINED


def evidence(
    observables: Sequence[Observable],
    expectations: Sequence[Expectation],
    states: Sequence[str],
    groups: Mapping[str, tuple[float, float]],
    *,
    carry: Carry,
    measurement_of: Callable[[Observable], str] | None = None,
) -> tuple[tuple[EvidenceRow, ...], tuple[StateEvidence, ...]]:
    """Return what each key says of the pure states, and what the keys of each group say together.

    A key has one vote in a group and independent measurement, whatever the number of spectra: that
    of the value nearest to the middle of the group (`votes_of`). The log likelihoods of all
    votes are added, with equal priors of the states. Several expectations of one state for one key
    are alternatives, their densities averaged. A state without an expectation for a key may show
    any value of the span, which neither favours nor excludes it by more than the span does.

    Verdict of a key about the winner of its group: **explained by no state**, where the best state
    that has an expectation stays within 1.5 nats of the broad outlier; **silent**, where the states
    differ by less than 1 nat; **supports** within 1 nat of the key's own best state; **against**
    more than 3 nats below it; else **weak**. A key of which nothing is expected of the winner is
    weak at best.

    Parameters
    ----------
    observables : sequence of Observable
        Of any techniques. Only values with a sigma at a known temperature vote.
    expectations : sequence of Expectation
        Of any states and keys, in any unit of the key.
    states : sequence of str
        Names, in the order of tables.
    groups : mapping of str to (float, float)
        Name of each group, its lowest and its highest temperature, K.
    carry : Carry
        How expectations go with temperature (`carrier`).
    measurement_of : callable, optional
        Name of the measurement that an observable comes from: those of one name are not
        independent. Unless given, all values of one key are one measurement.

    Returns
    -------
    rows : tuple of EvidenceRow
        One for each vote for whose key something is expected.
    groups : tuple of StateEvidence
        One for each group; without a winner where nothing votes.

    Raises
    ------
    SettingsError
        For an expectation of an unknown state, no state, or a group without a range.
    UnitError
        For an expectation in a unit of another quantity than the observable's.
    """
    _check(expectations, states, groups)
    rows: list[EvidenceRow] = []
    found: list[StateEvidence] = []
    for name, limits in groups.items():
        votes, mute, doubles = votes_of(observables, limits, measurement_of)
        scored, lacking = _scored(votes, expectations, limits, carry)
        sums = _sums([one.by_state(states) for one in scored], states)
        winner = max(states, key=lambda state: sums[state]) if scored else ""
        own = [_row(one, name, states, winner) for one in scored]
        rows += own
        found.append(
            StateEvidence(
                name,
                _posterior(sums) if scored else (),
                winner,
                (*_conflicts(own, winner), *_ties(sums, winner), *doubles),
                _keys(own, "explained by no state"),
                (*_keys(own, "silent"), *lacking, *mute),
                _without(scored, states),
            )
        )
    return tuple(rows), tuple(found)


def _check(
    expectations: Sequence[Expectation],
    states: Sequence[str],
    groups: Mapping[str, tuple[float, float]],
) -> None:
    if not states:
        raise SettingsError("no state to hold observables against", do="name the pure states")
    for one in expectations:
        if one.state not in states:
            raise SettingsError(
                f"no state {one.state!r}",
                where=f"expectation of {one.key}",
                do=nearest(one.state, states, noun="the states"),
            )
    for name, (low, high) in groups.items():
        if not 0.0 <= low <= high:
            raise SettingsError(
                f"{low} to {high} K is no range of temperatures", where=f"group {name}"
            )


def _scored(
    votes: Sequence[Vote],
    expectations: Sequence[Expectation],
    limits: tuple[float, float],
    carry: Carry,
) -> tuple[list[_Scored], tuple[str, ...]]:
    """Return the votes with what the states say, and a line a key that nothing is expected of."""
    scored: list[_Scored] = []
    lacking: list[str] = []
    for vote in votes:
        own = [one.in_unit(vote.unit) for one in expectations if one.key == vote.key]
        kept: dict[str, list[Expectation]] = {}
        refused = []
        for one in own:
            usual, reason = usable(one, vote.T, limits, vote.sigma, carry)
            if usual is None:
                refused.append(f"{one.state} not used: {reason}")
            else:
                kept.setdefault(one.state, []).append(usual)
        if not kept:
            why = f"every expectation refused, {'; '.join(refused)}" if own else "no expectation"
            lacking.append(f"{vote.key} ({why})")
            continue
        every = [one for mine in kept.values() for one in mine]
        same = [(v.value_in(vote.unit), v.sigma_in(vote.unit)) for v in votes if v.key == vote.key]
        span = broad_span(every, same)
        known = {state: _averaged(vote, mine, span) for state, mine in kept.items()}
        sources = tuple(dict.fromkeys(one.source for one in every))
        scored.append(_Scored(vote, known, span, tuple(refused), sources))
    return scored, tuple(dict.fromkeys(lacking))


def _averaged(vote: Vote, alternatives: Sequence[Expectation], span: float) -> float:
    densities = [
        math.exp(log_likelihood(vote.value, vote.sigma, one, span)) for one in alternatives
    ]
    return math.log(sum(densities) / len(densities))


def _sums(votes: Sequence[Mapping[str, float]], states: Sequence[str]) -> dict[str, float]:
    return {state: math.fsum(vote[state] for vote in votes) for state in states}


def _posterior(sums: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    largest = max(sums.values())
    weights = {state: math.exp(total - largest) for state, total in sums.items()}
    whole = sum(weights.values())
    return tuple((state, weight / whole) for state, weight in weights.items())


def _verdict(one: _Scored, likelihood: Mapping[str, float], winner: str) -> str:
    if one.unexplained:
        return "explained by no state"
    best = max(likelihood.values())
    if best - min(likelihood.values()) < FLAT:
        return "silent"
    behind = best - likelihood[winner]
    if behind > FAR:
        return "against"
    return "supports" if behind <= NEAR and winner in one.known else "weak"


def _row(one: _Scored, group: str, states: Sequence[str], winner: str) -> EvidenceRow:
    likelihood = one.by_state(states)
    verdict = _verdict(one, likelihood, winner)
    vote = one.vote
    best = max(states, key=lambda state: likelihood[state])
    words = {
        "supports": f"agrees with {winner}",
        "weak": f"{number_text(likelihood[best] - likelihood[winner], 2)} nats for {best} over {winner}",
        "silent": "does not tell the states apart",
        "against": f"{number_text(likelihood[best] - likelihood[winner], 2)} nats for {best} against {winner}",
        "explained by no state": "as far from every expectation as an outlier",
    }[verdict]
    if winner not in one.known and verdict == "weak":
        words = f"nothing is expected of {winner}"
    unknown = [state for state in states if state not in one.known and state != winner]
    if unknown:
        words += f"; nothing is expected of {', '.join(unknown)}"
    text = "; ".join((words, *(note for note in (vote.note,) if note), *one.refused))
    return EvidenceRow(
        vote.key, vote.technique, vote.T, group, vote.value, vote.sigma, vote.unit,
        tuple(likelihood.items()), verdict, text, one.sources,
        tuple(state for state in states if state in one.known),
    )  # fmt: skip


def _keys(rows: Sequence[EvidenceRow], verdict: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.key for row in rows if row.verdict == verdict))


def _conflicts(rows: Sequence[EvidenceRow], winner: str) -> tuple[str, ...]:
    found = []
    for row in rows:
        if row.verdict not in ("against", "explained by no state"):
            continue
        number = f"{value_text(row.value, row.sigma)} {printed_unit(row.unit)}".rstrip()
        claim = f"speaks against {winner}" if row.verdict == "against" else "fits no pure state"
        found.append(f"{row.key} {number} at {number_text(row.T or 0.0, 4)} K {claim}: {row.text}")
    return tuple(found)


def _ties(sums: Mapping[str, float], winner: str) -> tuple[str, ...]:
    return tuple(
        f"{winner} and {state} are not told apart "
        f"({number_text(abs(sums[winner] - total), 2)} nats between them)"
        for state, total in sums.items()
        if winner and state != winner and sums[winner] - total < FLAT
    )


def _without(scored: Sequence[_Scored], states: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return for each key the winner of the others; empty where there are none."""
    found = []
    for key in dict.fromkeys(one.vote.key for one in scored):
        rest = [one.by_state(states) for one in scored if one.vote.key != key]
        sums = _sums(rest, states)
        found.append((key, max(states, key=lambda state: sums[state]) if rest else ""))
    return tuple(found)
