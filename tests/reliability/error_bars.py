"""Bad covariance: pathological fits on all engines, and spoilt recordings through all techniques."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.table import table
from reliability.pathological_data import NAMES, given
from reliability.pathological_fits import ENGINES, OTHER, Found, found_by, serves, verdict
from reliability.pathological_states import SPOILT, joined
from reliability.promise import Promise, Section, share_text
from reliability.spoilt_recordings import CASES, believed, observed

FITS = 1_000
# intervals, ensembles and counts look at every so many
EVERY = 5


@dataclass
class Tally:
    """What was found of some fits.

    Parameters
    ----------
    looked_at, refused, trusted : Counter
        Fits by engine.
    verdicts : Counter
        How engines compare with the first.
    faults : list of str
        What breaks the promise, with the number and kind of the fit.
    """

    looked_at: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    trusted: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, what: str, where: str, found: Found) -> None:
        """Count what was found."""
        self.looked_at[what] += 1
        self.refused[what] += bool(found.refusal)
        self.trusted[what] += found.trusted
        self.faults += [f"{where}, {what}: {fault}" for fault in found.faults]

    @property
    def leaks(self) -> list[str]:
        """Warnings and exceptions other than refusals."""
        return [fault for fault in self.faults if _is_leak(fault)]

    @property
    def unflagged(self) -> list[str]:
        """Error bars that are none, and trust in what is not to be trusted."""
        return [fault for fault in self.faults if not _is_leak(fault)]

    @property
    def disagreeing(self) -> int:
        """Pairs of engines of which one refuses or trusts what the other does not."""
        return self.verdicts["one refuses"] + self.verdicts["one trusts"]


def _is_leak(fault: str) -> bool:
    return "warning: " in fault or "Error: " in fault


def fitted(numbers: Iterable[int], engines: Sequence[str] = ENGINES) -> Tally:
    """Return what the engines make of pathological fits.

    Parameters
    ----------
    numbers : iterable of int
        Which fits; each number is always the same fit.
    engines : sequence of str
        The first is the one that others are compared with.
    """
    tally = Tally()
    for number in numbers:
        kind, one = given(number)
        where = f"fit {number} ({kind})"
        found = {engine: found_by(engine, one) for engine in engines if serves(engine, one)}
        for engine, each in found.items():
            tally.add(engine, where, each)
            if engine != engines[0]:
                answer = verdict(one, found[engines[0]], each)
                tally.verdicts[answer] += 1
                if answer.startswith("one "):
                    tally.faults.append(f"{where}, {engine}: {answer}")
    return tally


def looked_at_otherwise(numbers: Iterable[int], names: Iterable[str] = tuple(OTHER)) -> Tally:
    """Return what intervals, ensembles and fits of counts make of pathological fits."""
    tally = Tally()
    for number in numbers:
        kind, one = given(number)
        for name in names:
            tally.add(name, f"fit {number} ({kind})", OTHER[name](one))
    return tally


def through_techniques(cases: Iterable[tuple[str, str]] = CASES) -> Tally:
    """Return what techniques make of their examples, spoilt."""
    tally = Tally()
    for name, how in cases:
        found, items = observed(name, how)
        tally.add(name, how, found)
        if items is not None:
            tally.faults += [f"{how}, {name}: {each}" for each in believed(how, items)]
    return tally


def joint_fits() -> Tally:
    """Return what the joint fit of states makes of spoilt data."""
    tally = Tally()
    for how in SPOILT:
        tally.add("joint fit", how, joined(how))
    return tally


def section() -> Section:
    """Return the promises of error bars, in full size."""
    single = fitted(range(FITS))
    other = looked_at_otherwise(range(0, FITS, EVERY))
    techniques = through_techniques()
    every = (single, other, techniques, joint_fits())
    count = sum(sum(one.looked_at.values()) for one in every)
    pairs = sum(single.verdicts.values())
    unflagged = [fault for one in every for fault in one.unflagged if ": one " not in fault]
    leaks = [fault for one in every for fault in one.leaks]
    failure = "bad covariance"
    return Section(
        (
            Promise(
                failure,
                "of 1,000 pathological fits (at bound, near singular, not positive definite, call "
                "limit, equal to the start, data that are none) 0 with an error bar of 0, NaN or "
                "nothing, or with an error bar that is not to be trusted and not flagged",
                f"{share_text(len(unflagged), count)}, over {len(ENGINES)} engines, intervals, "
                "ensembles, counts, techniques and joint fits of states",
                count,
                not unflagged,
                "; ".join(unflagged[:3]),
            ),
            Promise(
                failure,
                "0 exceptions other than a refusal that says what to do, 0 warnings",
                share_text(len(leaks), count),
                count,
                not leaks,
                "; ".join(leaks[:3]),
            ),
            Promise(
                failure,
                "every engine refuses the same data, and at one minimum none trusts what another "
                "flags",
                f"{share_text(single.disagreeing, pairs)}; {_words(single.verdicts)}",
                pairs,
                not single.disagreeing,
                "; ".join(f for f in single.faults if ": one " in f)[:300],
            ),
        ),
        "\n".join(("## Pathological fits", "", _table(every))),
    )


def _words(verdicts: Counter[str]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in verdicts.most_common())


def _table(every: Sequence[Tally]) -> str:
    head = ("looked at by", "fits", "refused", "nothing said against", "faults")
    return table(head, [row for one in every for row in _rows(one)]) + (
        f"\n{len(NAMES)} kinds of fits take turns. Nothing is said against a fit that has no alert and "
        "an error for every free parameter: some of these data are ordinary to an engine, like a "
        "peak in units of 1e-30. A technique is given its example with its columns spoilt."
    )


def _rows(one: Tally) -> Iterator[tuple[str, ...]]:
    for name, count in one.looked_at.items():
        faults = sum(f", {name}: " in fault for fault in one.faults)
        trusted = f"{one.trusted[name]:,}" if one.trusted else ""
        yield name, f"{count:,}", f"{one.refused[name]:,}", trusted, str(faults)
