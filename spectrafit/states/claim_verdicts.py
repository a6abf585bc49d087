"""Claims and rules of inference held against the results of a study and its accepted stories."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

from spectrafit.observable import Observable
from spectrafit.rounding import number_text, range_text
from spectrafit.states.assignment import ClaimRow, ParameterValue, PopulationRow
from spectrafit.states.claims import Claim, ClaimTest, PopulationChange, StoryNumbers
from spectrafit.states.measured import Z95, Reading, number_reading, readings
from spectrafit.units import converted

__all__ = ["Verdict", "claim_rows"]

_ENOUGH = 0.95
"""Share of a word among those of a category."""

_OPEN_WORDS = ("undecided", "not decided", "not testable", "cannot tell")
"""How a category begins that decides nothing."""

_PRIOR_SHARE = 0.9
"""An uncertainty above this share of its prior's is the prior's, not the data's."""

_MOST_LINES = 3
"""Of one test; of more data only the closest to the condition is written."""


class Verdict(StrEnum):
    """What one test says."""

    SUPPORTS = "supports"
    AGAINST = "against"
    CANNOT_TELL = "cannot tell"
    SILENT = "silent"


def claim_rows(
    claims: Sequence[Claim],
    observables: Mapping[str, Sequence[Observable]],
    accepted: Sequence[StoryNumbers],
) -> tuple[ClaimRow, ...]:
    """Return what became of each claim.

    A test supports when its condition is met beyond 95 %: by every datum of its key, or in every
    accepted story. It is against when the opposite is, beyond 95 %. Data or stories that disagree,
    a number without an uncertainty, a word that decides nothing, a population known only up to
    a n + b x, a parameter that is fixed, on a bound or as wide as its prior: cannot tell. No datum,
    or no accepted story: silent. A claim is supported when a test supports and none is against,
    contradicted when a test is against and none supports, silent when all tests are, and otherwise
    nobody can tell.

    Parameters
    ----------
    claims : sequence of Claim
        Claims or rules.
    observables : mapping of str to sequence of Observable
        All results, of files, series and comparisons, by measurement; typed ones under any name.
    accepted : sequence of StoryNumbers
        Of the accepted stories.

    Returns
    -------
    tuple of ClaimRow
        In the order of the claims.

    Raises
    ------
    UnitError
        For a limit in a unit of another quantity.
    """
    return tuple(_row(claim, observables, accepted) for claim in claims)


def _row(
    claim: Claim, observables: Mapping[str, Sequence[Observable]], accepted: Sequence[StoryNumbers]
) -> ClaimRow:
    verdicts: list[Verdict] = []
    lines: list[str] = []
    for test in claim.tests:
        one, said = _tested(test, observables, accepted)
        verdicts.append(one)
        lines += said
    supports, against = Verdict.SUPPORTS in verdicts, Verdict.AGAINST in verdicts
    if supports is not against:
        verdict = "supported" if supports else "contradicted"
    else:
        silent = all(one is Verdict.SILENT for one in verdicts)
        verdict = "silent" if silent else "cannot tell"
    return ClaimRow(claim.name, claim.text, verdict, tuple(lines), claim.caveat)


def _tested(
    test: ClaimTest,
    observables: Mapping[str, Sequence[Observable]],
    accepted: Sequence[StoryNumbers],
) -> tuple[Verdict, list[str]]:
    if test.key:
        data = [
            one
            for measurement, some in observables.items()
            if test.measurement in ("", measurement)
            for one in some
        ]
        found = readings(data, test.key, test.T, test.from_T, test.quantity)
        if not found:
            return Verdict.SILENT, [f"silent: no datum of {test.key}{test.when}"]
        judged = [(_judged(test, one), one) for one in found]
        return _common([verdict for verdict, _ in judged]), _key_lines(test, judged)
    if not accepted:
        return Verdict.SILENT, [f"silent: {test.subject}{test.when}: no story is accepted"]
    told = [(story.story, _of_story(test, story)) for story in accepted]
    known = [(name, one) for name, one in told if one is not None]
    if not known:
        return Verdict.SILENT, [f"silent: no {test.subject}{test.when} in the accepted stories"]
    verdict = _common(
        [Verdict.CANNOT_TELL if one is None else _judged(test, one) for _, one in told]
    )
    numbers = ", ".join(
        f"{name}: not in it" if one is None else f"{name}: {_with_reason(one)}"
        for name, one in told
    )
    return verdict, [_line(test, verdict, f"{test.subject}{test.when} ({numbers})")]


def _common(verdicts: Sequence[Verdict]) -> Verdict:
    first = verdicts[0]
    return first if all(one is first for one in verdicts) else Verdict.CANNOT_TELL


def _line(test: ClaimTest, verdict: Verdict, what: str) -> str:
    meaning = {Verdict.SUPPORTS: test.supports, Verdict.AGAINST: test.against}.get(verdict, "")
    known = {Verdict.SUPPORTS: "", Verdict.AGAINST: "not "}.get(verdict, "cannot be told to be ")
    line = f"{verdict}: {what}, {known}{test.condition}"
    return f"{line}: {meaning}" if meaning else line


def _with_reason(one: Reading) -> str:
    return f"{one.text} [{one.reason}]" if one.reason and one.reason not in one.text else one.text


def _key_lines(test: ClaimTest, judged: Sequence[tuple[Verdict, Reading]]) -> list[str]:
    """Return a line a datum; of many data the one closest to the condition for each verdict."""
    lines = []
    for verdict in dict.fromkeys(one for one, _ in judged):
        alike = sorted(
            (reading for one, reading in judged if one is verdict),
            key=lambda reading: _distance(test, reading),
        )
        few = len(judged) <= _MOST_LINES
        for reading in alike if few else alike[:1]:
            source = f" ({reading.source})" if reading.source else ""
            more = "" if few else f", the closest of {len(alike)}"
            what = f"{test.subject} {_with_reason(reading)}{source}{more}"
            lines.append(_line(test, verdict, what))
    return lines


def _distance(test: ClaimTest, reading: Reading) -> float:
    ends = [end for end in (test.above, test.below, *(test.within or ())) if end is not None]
    return min((abs(own - end) for end in ends for own in (reading.low, reading.high)), default=0.0)


def _judged(test: ClaimTest, reading: Reading) -> Verdict:
    """Return what one reading says of the condition."""
    if reading.reason:
        return Verdict.CANNOT_TELL
    if reading.words:
        return _judged_words(test, reading)
    least, most = _limits(test, reading.unit)
    if test.is_:  # a number is no word
        return Verdict.CANNOT_TELL
    if least <= reading.low and reading.high <= most:
        return Verdict.SUPPORTS
    outside = reading.high <= least or most <= reading.low
    return Verdict.AGAINST if outside else Verdict.CANNOT_TELL


def _limits(test: ClaimTest, unit: str) -> tuple[float, float]:
    """Return the ends of what is asked for, in a unit."""
    least, most = test.within or (test.above, test.below)
    ends = (-math.inf if least is None else least, math.inf if most is None else most)
    if test.unit in ("", unit):
        return ends
    return converted(ends[0], test.unit, unit), converted(ends[1], test.unit, unit)


def _judged_words(test: ClaimTest, reading: Reading) -> Verdict:
    if any(word.replace("_", " ").startswith(_OPEN_WORDS) for word in reading.words):
        return Verdict.CANNOT_TELL
    if test.is_:
        share = reading.words.get(test.is_, 0.0)
    else:
        least, most = _limits(test, reading.unit)
        try:
            share = sum(part for word, part in reading.words.items() if least < float(word) < most)
        except ValueError:  # a word is no number
            return Verdict.CANNOT_TELL
    if share >= _ENOUGH:
        return Verdict.SUPPORTS
    return Verdict.AGAINST if share <= 1.0 - _ENOUGH else Verdict.CANNOT_TELL


def _of_story(test: ClaimTest, story: StoryNumbers) -> Reading | None:
    if test.parameter:
        return next(
            (_parameter_reading(p) for p in story.parameters if p.name == test.parameter), None
        )
    if test.state:
        same = [p for p in story.populations if p.state == test.state and _alike(p.T, test.T)]
        return _population_reading(same[0], 0.0) if same else None
    changes = [
        p
        for p in story.changes
        if p.state == test.change_of and _alike(p.T, test.T) and _alike(p.from_T, test.from_T)
    ]
    return _population_reading(changes[0], -1.0) if changes else None


def _alike(first: float, second: float | None) -> bool:
    return second is not None and math.isclose(first, second, abs_tol=1e-6)


def _population_reading(row: PopulationRow | PopulationChange, least: float) -> Reading:
    """Return a population, or its change, which lies between `least` and 1 whatever is open."""
    plain = number_reading(row.value, row.sigma, "1", reason=row.reason)
    if row.verdict != "determined":
        return Reading(plain.text, reason=row.verdict)
    if row.low95 is None and row.high95 is None and not row.reason:
        return plain
    low = least if row.low95 is None else row.low95
    high = 1.0 if row.high95 is None else row.high95
    ends = f"{number_text(row.value, 3)}, 95 %: {range_text(low, high, 3)}"
    text = f"{ends} ({row.reason})" if row.reason else ends
    return Reading(text, low, high, row.value, row.sigma)


def _parameter_reading(row: ParameterValue) -> Reading:
    plain = number_reading(row.value, row.sigma, row.unit, reason=row.reason)
    if row.status in ("fixed", "at bound", "set by bound"):
        return Reading(plain.text, reason=row.status)
    wide = row.prior_sigma is not None and row.sigma is not None
    if wide and (row.sigma or 0.0) >= _PRIOR_SHARE * (row.prior_sigma or 0.0):
        return Reading(plain.text, reason="as wide as its prior: not from these data")
    if row.low is None and row.high is None:
        return plain if not row.reason else Reading(plain.text, reason=row.reason)
    low = -math.inf if row.low is None else row.value - Z95 * (row.value - row.low)
    high = math.inf if row.high is None else row.value + Z95 * (row.high - row.value)
    return Reading(plain.text, low, high, row.value, row.sigma, unit=row.unit)
