"""Wrong unit, element or orientation: an alert of level A or B, or a refusal; each on its own axis."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.table import table
from reliability.fitted_files import Answer, Asked, answer
from reliability.own_axes import Kept, exported
from reliability.promise import Promise, Section, share_text
from reliability.scale_cases import MAKERS

FAILURE = "wrong unit or element"
REFUSED, ALERT, SILENT = "refused", "alert", "silent"


@dataclass(frozen=True)
class Judged:
    """One file with something wrong, and what the public path says of it.

    Parameters
    ----------
    technique, kind : str
        What is wrong.
    outcome : str
        ``refused``, ``alert`` (of level A or B, which the file without the fault has not) or
        ``silent``.
    codes : tuple of str
        Of these alerts.
    """

    technique: str
    kind: str
    outcome: str
    codes: tuple[str, ...] = ()


@cache
def _whole(
    technique: str, name: str, content: bytes, reader: str, keys: str, foil: bytes
) -> Answer:
    return answer(_WHOLE[(technique, name, content, reader, keys, foil)])


_WHOLE: dict[tuple[str, str, bytes, str, str, bytes], Asked] = {}


def _answer_without(asked: Asked) -> Answer:
    """Return the answer to the file without its fault, worked out once for each."""
    key = (
        asked.technique, asked.name, asked.content, asked.reader, repr(sorted(asked.settings.items())),
        asked.calibration or b"",
    )  # fmt: skip
    _WHOLE[key] = asked
    return _whole(*key)


def judged(technique: str, count: int, seed: int = 1) -> Iterator[Judged]:
    """Yield what is said of files with something wrong, each kind in turn.

    Parameters
    ----------
    technique : str
        Of `MAKERS`.
    count : int
        How many.
    seed : int
        Of what is drawn.

    Yields
    ------
    Judged

    Raises
    ------
    AssertionError
        When the file without the fault is refused, so that nothing would be shown.
    """
    makers = MAKERS[technique]
    for number in range(count):
        wrong = makers[number % len(makers)](random.Random(f"{seed} {technique} {number}"))
        before = _answer_without(wrong.whole)
        if before.status != "done":
            raise AssertionError(f"{wrong.kind}: refused before: {before.why}")
        found = answer(wrong.asked)
        if found.status == "refused":
            yield Judged(technique, wrong.kind, REFUSED)
            continue
        codes = found.loud(usual=before.said)
        yield Judged(technique, wrong.kind, ALERT if codes else SILENT, codes)


def outcomes(found: Sequence[Judged]) -> str:
    """Return a table: a row for each kind of fault, what came of it and by which alerts."""
    rows = []
    for technique, kind in dict.fromkeys((one.technique, one.kind) for one in found):
        own = [one for one in found if (one.technique, one.kind) == (technique, kind)]
        counts = [sum(one.outcome == word for one in own) for word in (REFUSED, ALERT, SILENT)]
        codes = ", ".join(sorted({code for one in own for code in one.codes}))
        rows.append((technique, kind, *map(str, counts), codes))
    return table(("technique", "what is wrong", REFUSED, "alert A or B", SILENT, "alerts"), rows)


def axes_promise(found: Sequence[Kept]) -> Promise:
    """Return the promise that every export keeps each spectrum on its own axis."""
    ways = sorted({one.export.partition(",")[0] for one in found})
    strange = sum(one.strange for one in found)
    points = sum(one.points for one in found)
    return Promise(
        "Fe data on a Co axis",
        "every export keeps each spectrum on its own axis",
        f"{share_text(strange, points)} energies are not those of their spectrum",
        len(found),
        not strange,
        f"Fe and Co on three grids, read back: {', '.join(ways)}",
    )


def section(count: int = 120) -> Section:
    """Return the promises about scales and axes.

    Parameters
    ----------
    count : int
        Files with something wrong, of each technique.
    """
    found = [one for technique in MAKERS for one in judged(technique, count)]
    promises = []
    for technique in MAKERS:
        own = [one for one in found if one.technique == technique]
        silent = [one for one in own if one.outcome == SILENT]
        kinds = len({one.kind for one in own})
        promises.append(
            Promise(
                FAILURE,
                f"{technique}: a wrong or undeclared unit, element or sign is an alert of level A or B, or "
                "a refusal",
                f"{share_text(len(silent), len(own))} silent",
                len(own),
                not silent,
                "; ".join(sorted({one.kind for one in silent})) or f"{kinds} kinds",
            )
        )
    promises.append(axes_promise(exported()))
    return Section(tuple(promises), f"### Wrong scales, one by one\n\n{outcomes(found)}")
