"""Results computed again, compared with those on file within stated tolerances."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spectrafit.reporting.seal import is_altered
from spectrafit.reporting.setting_changes import setting_changes
from spectrafit.reporting.verify_digits import unequal
from spectrafit.reporting.verify_states import assignment_pairs
from spectrafit.text import one_line

__all__ = ["Comparison", "Difference", "differences"]

IN_SIGMA = 0.01
RELATIVE = 1e-9
SHARE = 1e-3
TOLERANCES = (
    f"numbers agree within {IN_SIGMA} of their standard uncertainty (of half their interval), "
    f"else within {RELATIVE} relative, shares within {SHARE}, probabilities of states and stories "
    f"within {IN_SIGMA}; words are equal"
)
_MOST_OF_A_FILE = 8
_ALTERED = "results.json has been altered since it was written: its checksum is another"

_SAME = ("kind", "unit", "sigma_reason")
_NUMBERS = ("value", "low", "high", "sigma")

Results = Mapping[str, Any]
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing that is not what it was.

    Parameters
    ----------
    file : str
        Path of the input file, relative to the study; empty for the whole study.
    key : str
        Name of what differs.
    old, new : float, str or None
        Before and now.
    """

    file: str
    key: str
    old: Any
    new: Any

    def __str__(self) -> str:
        place = f"{self.file}: " if self.file else ""
        texts = [_shown(one) for one in (self.old, self.new)]
        if texts[0] == texts[1]:  # they differ in digits that are not shown otherwise
            texts = [repr(one) for one in (self.old, self.new)]
        return one_line(f"{place}{self.key}: was {texts[0]}, is {texts[1]}")


@dataclass(frozen=True)
class Comparison:
    """What came of comparing results with those computed again.

    Parameters
    ----------
    changed : tuple of Difference
        Study text, its settings and input files that are not what they were; a difference of numbers
        is no wonder then.
    differences : tuple of Difference
        Everything else that is not what it was.
    compared : int
        How many numbers and words were compared.
    notes : tuple of str
        What may explain a difference, without being one.
    altered : bool
        Whether the results on file are not what was written there.
    digits : tuple of Difference
        Of altered ones everything else in which they differ, in any digit.
    """

    changed: tuple[Difference, ...]
    differences: tuple[Difference, ...]
    compared: int
    notes: tuple[str, ...] = ()
    altered: bool = False
    digits: tuple[Difference, ...] = ()

    @property
    def differ(self) -> bool:
        """Whether anything is not what it was."""
        return bool(self.changed or self.differences or self.altered)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is printed: changed inputs first, then what differs, then one sentence."""
        lines = [str(one) for one in self.changed]
        files = dict.fromkeys(one.file for one in self.differences)
        for file in files:
            own = [one for one in self.differences if one.file == file]
            lines += [str(one) for one in own[:_MOST_OF_A_FILE]]
            if len(own) > _MOST_OF_A_FILE:
                lines.append(one_line(f"{file}: and {len(own) - _MOST_OF_A_FILE} more"))
        if self.altered:
            lines.append(_ALTERED)
            lines += [f"in its digits: {one}" for one in self.digits[:_MOST_OF_A_FILE]]
            if len(self.digits) > _MOST_OF_A_FILE:
                lines.append(f"in its digits: and {len(self.digits) - _MOST_OF_A_FILE} more")
        lines += self.notes
        lines.append(f"tolerances: {TOLERANCES}")
        return (*lines, self._verdict())

    def _verdict(self) -> str:
        if not self.differ:
            return f"verdict: the same; {self.compared} numbers and words compared"
        changed = len(self.changed)
        words = f"{changed} {'input' if changed == 1 else 'inputs'} changed, " if changed else ""
        words += "the file was altered, " if self.altered else ""
        return (
            f"verdict: not the same; {words}{len(self.differences)} of {self.compared} numbers "
            "and words differ"
        )


def differences(old: Results, new: Results) -> Comparison:
    """Return what differs between results on file and the same computed again.

    Parameters
    ----------
    old : mapping
        Content of ``results.json``.
    new : mapping
        The same, computed again.

    Returns
    -------
    Comparison
        Times and versions are no differences; other versions are noted. Where the checksum of the
        old ones says that they were altered, every digit counts.
    """
    pairs = list(_pairs(old, new))
    differ = tuple(
        Difference(file, key, before, now)
        for file, key, before, now, tolerance in pairs
        if not _agree(before, now, tolerance)
    )
    altered = bool(is_altered(old))
    digits = [Difference("", *found) for found in (unequal(old, new) if altered else ())]
    return Comparison(
        tuple(_changed(old, new)),
        differ,
        len(pairs),
        tuple(_notes(old, new)),
        altered,
        tuple(digits),
    )


def _changed(old: Results, new: Results) -> Iterator[Difference]:
    texts = [
        hashlib.sha256(one["study"]["text"].encode("utf-8", "backslashreplace")).hexdigest()
        for one in (old, new)
    ]
    if texts[0] != texts[1]:
        yield Difference("", "sha256 of the study's text", *texts)
        for one in setting_changes(old, new):
            place = f"setting {one.setting}"
            place += f" of {one.measurement}" if one.measurement else ""
            yield Difference("", place, one.before or "not set", one.after or "not set")
    before, now = _sums(old), _sums(new)
    for file in dict.fromkeys((*before, *now)):
        if before.get(file) != now.get(file):
            yield Difference(
                file, "sha256", before.get(file, "no input"), now.get(file, "no input")
            )


def _sums(results: Results) -> dict[str, str]:
    """Return the checksums by file; two files of one name have them side by side."""
    sums: dict[str, str] = {}
    for row in results["inputs"]:
        known = sums.get(row["file"])
        own = row["sha256"] or "not read"
        sums[row["file"]] = f"{known} {own}" if known else own
    return sums


def _notes(old: Results, new: Results) -> Iterator[str]:
    if is_altered(old) is None:
        yield "written without a checksum: a change within the tolerances is not seen"
    for name in dict.fromkeys((*old["versions"], *new["versions"])):
        before, now = (one["versions"].get(name, "none") for one in (old, new))
        if before != now:
            yield one_line(f"computed then with {name} {before}, now with {now}")


Pair = tuple[str, str, Any, Any, float]


def _pairs(old: Results, new: Results) -> Iterator[Pair]:
    """Yield file, key, old, new and absolute tolerance of all that is compared."""
    before, now = _by_place(old), _by_place(new)
    for place in dict.fromkeys((*before, *now)):
        if place in before and place in now:
            yield from _pairs_of_result(before[place], now[place])
        else:
            row = before.get(place) or now[place]
            words = ("a result", "none") if place in before else ("none", "a result")
            yield row["file"], f"result of {row['measurement']}", *words, 0.0
    for key in ("silent_keys", "assumed"):
        yield "", key, ", ".join(old[key]), ", ".join(new[key]), 0.0
    yield "", "alerts", _codes(old["alerts"]), _codes(new["alerts"]), 0.0
    for key, one, other in _matched(
        {f"{row['key']} of {row['label']}": row["truth"] for row in old["truth"]},
        {f"{row['key']} of {row['label']}": row["truth"] for row in new["truth"]},
    ):
        yield "", f"truth of {key}", one, other, 0.0
    yield from _pairs_together(old, new)
    states = [one.get("assignment") for one in (old, new)]
    for key, one, other, tolerance in assignment_pairs(states[0], states[1], IN_SIGMA):
        yield "", key, one, other, tolerance


def _pairs_together(old: Results, new: Results) -> Iterator[Pair]:
    """Yield what scans show together: the series of measurements, and comparisons."""
    for kind, word in (("series", "measurement"), ("comparisons", "name")):
        rows = [{row[word]: row for row in one.get(kind, ())} for one in (old, new)]
        for name, one, other in _matched(rows[0], rows[1]):
            place = f"{kind} {name}"
            if one is None or other is None:
                yield "", place, _told(one), _told(other), 0.0
                continue
            yield "", f"{place}, status", one["status"], other["status"], 0.0
            yield from _pairs_of_items("", f"{place}, ", _keyed(one), _keyed(other))


def _by_place(results: Results) -> dict[tuple[str, str, int], Row]:
    """Return the results by measurement, file and number of the scan in it."""
    found: dict[tuple[str, str, int], Row] = {}
    for row in results["results"]:
        number = 0
        while (place := (row["measurement"], row["file"], number)) in found:
            number += 1
        found[place] = row
    return found


def _pairs_of_result(old: Row, new: Row) -> Iterator[Pair]:
    file = old["file"]
    for key in ("status", "technique", "engine", "ndata", "nfree"):
        yield file, key, old[key], new[key], 0.0
    for key, one, other in _matched(old["conditions"], new["conditions"]):
        yield file, f"condition {key}", one, other, 0.0
    # one parameter moved by 0.01 sigma raises chi2 by 1e-4 of the points' variance
    yield file, "chi2", old["chi2"], new["chi2"], IN_SIGMA**2 * (old["redchi"] or 0.0)
    yield file, "alerts", _codes(old["alerts"]), _codes(new["alerts"]), 0.0
    for name, one, other in _matched(old["parameters"], new["parameters"]):
        if one is None or other is None:
            yield file, f"parameter {name}", _told(one), _told(other), 0.0
            continue
        for key in ("unit", "fixed", "at_bound", "sigma_reason"):
            yield file, f"parameter {name}, {key}", one[key], other[key], 0.0
        for key in ("value", "sigma"):
            tolerance = IN_SIGMA * (one["sigma"] or 0.0)
            yield file, f"parameter {name}, {key}", one[key], other[key], tolerance
    yield from _pairs_of_items(file, "", _keyed(old), _keyed(new))
    yield from _pairs_of_covariance(file, old["covariance"], new["covariance"])


def _pairs_of_items(
    file: str, place: str, old: Mapping[str, Row], new: Mapping[str, Row]
) -> Iterator[Pair]:
    for name, one, other in _matched(old, new):
        if one is None or other is None:
            yield file, f"{place}{name}", _told(one), _told(other), 0.0
        else:
            yield from _pairs_of_observable(file, f"{place}{name}", one, other)


def _pairs_of_observable(file: str, name: str, old: Row, new: Row) -> Iterator[Pair]:
    width = 0.0 if None in (old["low"], old["high"]) else 0.5 * (old["high"] - old["low"])
    tolerance = IN_SIGMA * (old["sigma"] or width)
    for key in _SAME:
        yield file, f"{name}, {key}", old[key], new[key], 0.0
    for key in _NUMBERS:
        yield file, f"{name}, {key}", old[key], new[key], tolerance
    # numbers within a sentence are those that are compared by themselves
    words = [_without_numbers(one["verdict"]) for one in (old, new)]
    yield file, f"{name}, verdict", words[0], words[1], 0.0
    for key, one, other in _matched(old["budget"], new["budget"]):
        yield file, f"{name}, budget of {key}", one, other, tolerance
    for key, one, other in _matched(old["shares"], new["shares"]):
        yield file, f"{name}, share of {key}", one or 0.0, other or 0.0, SHARE


def _pairs_of_covariance(file: str, old: Row | None, new: Row | None) -> Iterator[Pair]:
    if old is None or new is None:
        yield file, "covariance", _told(old), _told(new), 0.0
        return
    yield file, "covariance, keys", ", ".join(old["keys"]), ", ".join(new["keys"]), 0.0
    if old["keys"] != new["keys"]:
        return
    sigma = [math.sqrt(max(row[i], 0.0)) for i, row in enumerate(old["matrix"])]
    for i, name in enumerate(old["keys"]):
        for j, other in enumerate(old["keys"][: i + 1]):
            tolerance = 2.0 * IN_SIGMA * sigma[i] * sigma[j]
            entries = [one["matrix"][i][j] for one in (old, new)]
            yield file, f"covariance of {name} and {other}", entries[0], entries[1], tolerance


def _keyed(result: Row) -> dict[str, Row]:
    """Return the observables by key; of a key at several conditions the later ones are numbered."""
    found: dict[str, Row] = {}
    for item in result["observables"]:
        name, number = item["key"], 1
        while name in found:
            number += 1
            name = f"{item['key']} ({number})"
        found[name] = item
    return found


def _matched(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Any | None, Any | None]]:
    for key in dict.fromkeys((*old, *new)):
        yield key, old.get(key), new.get(key)


def _codes(alerts: Sequence[Row]) -> str:
    codes = [row["code"] for row in alerts]
    return ", ".join(f"{code} {codes.count(code)}x" for code in sorted(set(codes))) or "none"


def _told(value: Any) -> str:
    return "none" if value is None else "given"


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+(\.\d+)?(e[-+]?\d+)?", "#", text)


def _agree(old: Any, new: Any, tolerance: float) -> bool:
    numbers = [isinstance(one, int | float) and not isinstance(one, bool) for one in (old, new)]
    if not all(numbers):
        return bool(old == new)
    return bool(abs(new - old) <= max(tolerance, RELATIVE * max(abs(old), abs(new))))


def _shown(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else "none" if value is None else str(value)
