"""Damaged files: 10,000 seeded mutations of the seed files of every reader that is registered."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from benchmarks.table import table
from faults.every_reader import missing_library
from faults.judged import LARGEST_BYTES, LONGEST_SECONDS
from faults.tally import BY_CONTENT, Tally, damaged_files
from faults.watched import Part, watched
from reliability.promise import Promise, Section, share_text

from spectrafit import registry

COUNT = 10_000
PART = 250
MOST_LISTED = 40
PATIENCE = 300.0
"""Seconds of the clock after which a process counts as hung, beyond those of the alarm in it."""
FAILURE = "malformed, truncated, mis-encoded files"


def section() -> Section:
    """Return what 10,000 mutations for every reader come to."""
    return judged_section(every_reader(COUNT), COUNT)


def every_reader(count: int) -> Mapping[str, Tally]:
    """Return what `count` damaged files for every reader come to, read in watched processes."""
    names = [*registry.reader_names(), BY_CONTENT]
    parts = [
        Part(name, start, min(count, start + PART))
        for name in names
        if not missing_library(name)
        for start in range(0, count, PART)
    ]
    return watched(damaged_files, parts, workers=os.cpu_count() or 1, patience=PATIENCE)


def judged_section(found: Mapping[str, Tally], count: int) -> Section:
    """Return the promises and the table of readers."""
    whole = sum(found.values(), Tally())
    return Section(tuple(_promises(found, whole, count)), _table(found))


def _promises(found: Mapping[str, Tally], whole: Tally, count: int) -> Iterator[Promise]:
    names = registry.reader_names()
    left = [name for name in names if found.get(name, Tally()).files != count]
    yield Promise(
        FAILURE,
        f"every registered reader is tried with {count:,} seeded mutations, and the surest reader "
        "of each file with as many",
        f"{len(names) - len(left)} of {len(names)} readers",
        whole.files,
        not left,
        f"not: {', '.join(left)}" if left else "",
    )
    yield Promise(
        FAILURE,
        "0 unhandled exceptions, warnings, crashes or words on the screen; what is read has no "
        "infinite number and every row is told of, what is refused has a code, a file and a remedy",
        share_text(len(whole.faults), whole.files),
        whole.files,
        not whole.faults,
        "; ".join(whole.faults[:3]),
    )
    yield Promise(
        FAILURE,
        f"0 over {LONGEST_SECONDS:g} s of the processor",
        f"{share_text(len(whole.slow), whole.files)}, the longest {whole.seconds:.2f} s",
        whole.files,
        not whole.slow,
        "; ".join(whole.slow[:3]),
    )
    yield Promise(
        FAILURE,
        f"0 over {LARGEST_BYTES / 1e6:.0f} MB of memory",
        f"{share_text(len(whole.large), whole.files)}, the most {whole.rise / 1e6:.1f} MB",
        whole.files,
        not whole.large,
        "; ".join(whole.large[:3]),
    )


def _table(found: Mapping[str, Tally]) -> str:
    head = ("reader", "files", "read", "refused", "with a line", "longest, ms", "most memory, MB")
    rows = [
        (
            name,
            f"{one.files:,}",
            f"{one.read:,}",
            f"{one.refused:,}",
            f"{one.lines:,}",
            f"{1e3 * one.seconds:.0f}",
            f"{one.rise / 1e6:.1f}",
        )
        for name, one in sorted(found.items())
    ]
    words = (
        "Damaged files by reader. Half of the mutations of packed files damage what is inside and "
        "pack it again. Time is that of the processor; memory is by how much the resident memory "
        "rose at its highest while the file was read."
    )
    faults = [text for one in found.values() for text in (*one.faults, *one.slow, *one.large)]
    listed = "".join(f"- {text}\n" for text in faults[:MOST_LISTED])
    return f"### Damaged files\n\n{words}\n\n{table(head, rows)}\n{listed}"
