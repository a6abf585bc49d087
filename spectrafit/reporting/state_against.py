"""What contradicts an assignment, in sentences, the most important first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from spectrafit.reporting.state_odds import likelier
from spectrafit.reporting.state_sentences import disagreements, share_text
from spectrafit.reporting.state_words import joined, label_of
from spectrafit.states.assignment import Assignment, ClaimRow, StateEvidence
from spectrafit.study.sample_evidence import NO_DATA

__all__ = ["contradictions", "posterior_text", "short_conflicts", "short_silent"]

_AGAINST = "against: "
_TIE = re.compile(r"(?P<winner>\S+) and (?P<other>\S+) are not told apart")


def contradictions(found: Assignment) -> tuple[str, ...]:
    """Return what contradicts an assignment, in one sentence each.

    Parameters
    ----------
    found : Assignment
        What the states come to.

    Returns
    -------
    tuple of str
        Pure states that are fitted off what is known of them, keys that disagree, bounds that
        exclude each other, claims and rules that are contradicted, then observables that speak
        against the state that most of them favour.
    """
    return tuple(_contradictions(found))


def posterior_text(found: Assignment, group: StateEvidence) -> str:
    """Return what all observables of a group say together, with everything against it.

    Parameters
    ----------
    found : Assignment
        With the labels.
    group : StateEvidence
        Of one range of temperature.

    Returns
    -------
    str
        Posterior and conflicts in one text, so that neither is read without the other.
    """
    if not group.posterior or not group.winner:
        why = f" No vote: {', '.join(group.silent)}." if group.silent else ""
        return f"{group.group}: no observable has a vote.{why}"
    shares = ", ".join(
        f"{label_of(found, state)} {share_text(share)}" for state, share in group.posterior
    )
    told = "; ".join(short_conflicts(found, group))
    more = [key for key in group.unexplained if key not in told]
    parts = [
        f"{group.group[:1].upper()}{group.group[1:]}: posterior of the pure states, at equal priors: "
        f"{shares}"
    ]
    parts += [f"Against it: {told or 'no observable'}"] if told or not more else []
    parts += [f"Explained by no pure state: {', '.join(more)}"] if more else []
    parts += [
        f"Without {key} the largest is {label_of(found, winner)}"
        for key, winner in group.without
        if winner and winner != group.winner
    ]
    parts += [f"No vote: {', '.join(short_silent(group))}"] if group.silent else []
    return " ".join(f"{part.rstrip('.')}." for part in parts)


def short_conflicts(found: Assignment, group: StateEvidence) -> tuple[str, ...]:
    """Return the conflicts of a group without what belongs to the table of its observables.

    Parameters
    ----------
    found : Assignment
        With the observables.
    group : StateEvidence
        Of one range of temperature.

    Returns
    -------
    tuple of str
        Ratios in place of differences of log likelihood.
    """
    told = [row.text for row in found.evidence if row.group == group.group and "; " in row.text]
    texts = []
    for text in group.conflicts:
        own = next((one for one in told if one in text), "")
        short = text.replace(own, own.split("; ")[0]) if own else text
        texts.append(likelier(short.rstrip(".")))
    ties = [match for text in texts if (match := _TIE.fullmatch(text))]
    same = joined(match["other"] for match in ties if match["winner"] == group.winner)
    told = [text for text in texts if not _TIE.fullmatch(text)]
    word = "is" if len(ties) == 1 else "are"
    return (*told, f"{same} {word} not told apart from {group.winner}") if same else tuple(texts)


def short_silent(group: StateEvidence) -> tuple[str, ...]:
    """Return the keys of a group that have no vote.

    Parameters
    ----------
    group : StateEvidence
        Of one range of temperature.

    Returns
    -------
    tuple of str
        Names without the reasons, but with the technique of which there are no data.
    """
    return tuple(
        dict.fromkeys(text if NO_DATA in text else text.partition(" (")[0] for text in group.silent)
    )


def _contradictions(found: Assignment) -> Iterator[str]:
    yield from (f"{text.rstrip('.')}." for text in found.conflicts)
    yield from disagreements(found)
    rate = found.rate
    if rate is not None and rate.lower and rate.upper and rate.lower > rate.upper:
        yield f"Rate of exchange: {rate.text}"
    yield from (_claim(one, "") for one in found.claims if one.verdict == "contradicted")
    yield from (_claim(one, "Rule ") for one in found.rules if one.verdict == "contradicted")
    for group in found.groups:
        if group.winner and (group.conflicts or group.unexplained):
            yield _group(found, group)


def _claim(one: ClaimRow, kind: str) -> str:
    """Return a contradicted claim with the first line that speaks against it."""
    name = one.name if one.name.lower().startswith(kind.lower()) else f"{kind}{one.name}"
    text = f"{name} “{one.text.rstrip('.')}” is contradicted"
    against = [line for line in one.lines if line.startswith(_AGAINST)] or list(one.lines)
    if not against:
        return f"{text}."
    more = f" (and {len(against) - 1} more)" if len(against) > 1 else ""
    return f"{text}: {against[0].removeprefix(_AGAINST).rstrip('.')}{more}."


def _group(found: Assignment, group: StateEvidence) -> str:
    name = f"{group.group[:1].upper()}{group.group[1:]}"
    share = dict(group.posterior).get(group.winner)
    size = "" if share is None else f" ({share_text(share)} at equal priors)"
    told = "; ".join(short_conflicts(found, group))
    parts = [
        f"{name}, the observables by themselves favour {label_of(found, group.winner)}{size}"
        + (f", but: {told}" if told else "")
    ]
    more = [key for key in group.unexplained if key not in told]
    parts += [f"Explained by no pure state: {', '.join(more)}"] if more else []
    silent = short_silent(group)
    parts += [f"No vote: {joined(silent)}"] if silent else []
    return " ".join(f"{part}." for part in parts)
