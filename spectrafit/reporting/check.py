"""The alerts of results for a console, in the manner of checkCIF, from ``results.json`` alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from spectrafit.alert import Alert, Level
from spectrafit.reporting.alerts import RaisedAlert, grouped_alerts
from spectrafit.text import one_line

__all__ = ["check_lines", "stands"]

Results = Mapping[str, Any]

# reasons for the lack of an error that are told one by one
_REASONS = 3


def check_lines(results: Results) -> list[str]:
    """Return what a check of results prints: what was checked, alerts, waivers, what was not checked.

    Parameters
    ----------
    results : mapping
        Content of ``results.json``.

    Returns
    -------
    list of str
        The last one is the verdict.
    """
    raised = _raised(results)
    lines = [
        *_head(results),
        *_checked(results),
        *_standing(raised),
        *_waived(raised),
        *_files(results, "refused"),
        *_files(results, "left out"),
        *_listed("values that are assumed", results["assumed"]),
        *_listed(
            "checks not performed", [*results["checks_not_performed"], *_refused_sides(results)]
        ),
        *_silent(results),
        _verdict(results, raised),
    ]
    return [f"{' ' * (len(line) - len(line.lstrip()))}{one_line(line)}" for line in lines]


def stands(results: Results) -> bool:
    """Return whether something stands against results: an alert of level A or a refused file.

    Parameters
    ----------
    results : mapping
        Content of ``results.json``.

    Returns
    -------
    bool
    """
    grave = any(one.alert.level is Level.A and not one.waived for one in _raised(results))
    return grave or bool(_of_status(results, "refused"))


def _raised(results: Results) -> list[RaisedAlert]:
    return [
        RaisedAlert(
            Alert(row["code"], Level(row["level"]), row["text"], row["do"], row["where"]),
            row["measurement"],
            row["label"],
            row["waived"],
        )
        for row in results["alerts"]
    ]


def _head(results: Results) -> Iterator[str]:
    head = results["study"]["study"]
    yield (
        f"check of {head['name']}: {head['title']}" if head["title"] else f"check of {head['name']}"
    )
    if results["simulated"]:
        yield "simulated data: nothing here is a measurement"


def _checked(results: Results) -> Iterator[str]:
    """Tell what was looked at: per measurement its files, its numbers, and why some have no error."""
    names = dict.fromkeys(row["measurement"] for row in results["results"])
    yield f"checked: {_count([1] * len(names))}"
    for name in names:
        rows = [row for row in results["results"] if row["measurement"] == name]
        items = [item for row in rows for item in row["observables"]]
        status = Counter(row["status"] for row in rows)
        files = ", ".join(f"{number} {word}" for word, number in status.items())
        numbers = _numbers(items)
        yield f"  {name} ({rows[0]['technique']}): files: {files}{f'; {numbers}' if numbers else ''}"


def _numbers(items: Sequence[Mapping[str, Any]]) -> str:
    values = [item for item in items if item["kind"] == "value"]
    # what follows a colon or semicolon is of one number
    reasons = (
        re.split("[:;]", item["sigma_reason"])[0] for item in values if item["sigma"] is None
    )
    without = Counter(reasons)
    parts = (
        [f"{len(values)} numbers, {len(values) - without.total()} with an error"] if values else []
    )
    if without:
        common = [f"{number} {why}" for why, number in without.most_common(_REASONS)]
        rest = without.total() - sum(number for _, number in without.most_common(_REASONS))
        common += [f"{rest} for other reasons"] if rest else []
        parts.append(f"without: {', '.join(common)}")
    other = len(items) - len(values)
    parts += [f"{other} limits, intervals and words"] if other else []
    return "; ".join(parts)


def _refused_sides(results: Results) -> list[str]:
    rows = results.get("comparisons", ())
    return [f"comparison {row['name']}: {row['why']}" for row in rows if row["status"] != "done"]


def _silent(results: Results) -> Iterator[str]:
    """Tell how many keys no state speaks of, by technique; nothing where there are no states."""
    if results["states"]:
        keys = Counter(key.partition(".")[0] for key in results["silent_keys"])
        told = ", ".join(f"{name} {number}" for name, number in keys.items())
        yield f"keys that no state speaks of: {keys.total() or 'none'}{f' ({told})' if told else ''}"


def _standing(raised: Sequence[RaisedAlert]) -> Iterator[str]:
    for level in Level:
        own = [one for one in raised if one.alert.level is level]
        groups = grouped_alerts(own, waived=False)
        yield f'{level.value} "{level.words}": {_count([len(one.raised) for one in groups])}'
        for group in groups:
            first = group.first.alert
            yield f"  {first.code} {len(group.raised)}x {group.found} [{group.places}]"
            if first.do:
                yield f"    {first.do}"


def _waived(raised: Sequence[RaisedAlert]) -> Iterator[str]:
    groups = grouped_alerts(raised, waived=True)
    yield f"waived: {_count([len(one.raised) for one in groups])}"
    for group in groups:
        first = group.first.alert
        yield f"  {first.code} {first.level.value} {len(group.raised)}x {group.found} [{group.places}]"
        yield f"    reason: {group.first.waived}"


def _files(results: Results, status: str) -> Iterator[str]:
    rows = _of_status(results, status)
    if rows:
        yield from _listed(f"files {status}", [f"{row['file']}: {row['why']}" for row in rows])


def _listed(title: str, texts: Sequence[str]) -> Iterator[str]:
    yield f"{title}: {_count([1] * len(texts))}"
    for text in texts:
        yield f"  {text}"


def _verdict(results: Results, raised: Sequence[RaisedAlert]) -> str:
    standing = [one.alert.level for one in raised if not one.waived]
    grave, refused = standing.count(Level.A), len(_of_status(results, "refused"))
    reasons = [f"{grave} of level A"] if grave else []
    reasons += [f"{refused} refused {'file' if refused == 1 else 'files'}"] if refused else []
    rest = ", ".join(
        f"{standing.count(level)} of level {level.value}" for level in Level if level in standing
    )
    head = f"not clean: {' and '.join(reasons)}" if reasons else "clean: no alert of level A stands"
    return f"verdict: {head} (alerts: {rest or 'none'}; waived: {len(raised) - len(standing)})"


def _of_status(results: Results, status: str) -> list[Mapping[str, Any]]:
    return [row for row in results["results"] if row["status"] == status]


def _count(counts: Sequence[int]) -> str:
    return str(sum(counts) or "none")
