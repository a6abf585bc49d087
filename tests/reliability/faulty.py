"""Silent misreading: faulty files of every format, each with what must come of it."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.table import table
from data import shared_data
from faults.corpus import Tried, invalid_xdi_faults, tried
from reliability.promise import Promise, Section, share_text

FAILURE = "silent misreading"


def silent(found: Sequence[Tried]) -> int:
    """Return of how many files wrong numbers came without a word."""
    return sum(one.came.silent for one in found)


def families(found: Sequence[Tried]) -> str:
    """Return a table: how many files of each reader are read, refused, not as asked, silent."""
    rows = []
    for name in sorted({one.file.reader for one in found}):
        own = [one for one in found if one.file.reader == name]
        refused = sum(one.came.refusal is not None for one in own)
        odd = sum(bool(one.came.faults) for one in own)
        cells = (len(own), len(own) - refused, refused, odd, silent(own))
        rows.append((name, *map(str, cells)))
    head = ("reader", "faulty files", "read", "refused", "not as asked", "silently wrong")
    return table(head, rows)


def section() -> Section:
    """Return the promises about faulty files."""
    found = tried()
    wrong, odd = silent(found), sum(bool(one.came.faults) for one in found)
    refused = [one.came.refusal for one in found if one.came.refusal is not None]
    whole = sum(bool(r.where and r.do and r.code) for r in refused)
    rows = [
        Promise(
            FAILURE,
            "at least 60 faulty files of every format: 0 silently wrong arrays; right data with a notice, "
            "or an error",
            f"{share_text(wrong, len(found))} silently wrong, {odd} otherwise not as asked",
            len(found),
            len(found) >= 60 and not wrong and not odd,
        ),
        Promise(
            FAILURE,
            "every refusal of them has a code, a place and what to do",
            share_text(whole, len(refused)),
            len(refused),
            whole == len(refused),
        ),
    ]
    return Section((*rows, *_of_others()), f"### Faulty files by reader\n\n{families(found)}")


def _of_others() -> tuple[Promise, ...]:
    try:
        folder = shared_data("xas", "xdi_baddata")
    except BaseException as absent:  # pytest's skip is no Exception
        if type(absent).__name__ != "Skipped":
            raise
        return ()
    faults = invalid_xdi_faults(folder)
    bad = {name: fault for name, fault in faults.items() if fault}
    return (
        Promise(
            FAILURE,
            "the invalid files of the XDI specification give what their keepers ask",
            share_text(len(faults) - len(bad), len(faults)),
            len(faults),
            not bad,
            "; ".join(f"{name}: {fault}" for name, fault in bad.items()),
        ),
    )
