"""A journal that is cut anywhere."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from spectrafit.fit.journal import Journal


def every_cut(folder: Path, step: int = 1) -> tuple[int, int]:
    """Return at how many bytes the only file of a journal was cut, and how often that did harm.

    Harm is a value of a whole line that is not given, or any other one that is.
    """
    (file,) = folder.glob("*.jsonl")
    raw = file.read_bytes()
    rows = [json.loads(line) for line in raw.splitlines()[1:]]
    keys = [row["key"] for row in rows]
    cases = wrong = 0
    with tempfile.TemporaryDirectory() as name:
        cut = Path(name) / file.name
        for length in range(0, len(raw), step):
            cut.write_bytes(raw[:length])
            journal = Journal(Path(name))
            whole = max(0, raw[:length].count(b"\n") - 1)
            expected = [row["value"] for row in rows[:whole]] + [None] * (len(rows) - whole)
            wrong += [journal.get(key) for key in keys] != expected
            cases += 1
    return cases, wrong
