"""One table in every dialect gives the same numbers, or is refused as ambiguous."""

from __future__ import annotations

import pytest

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

from reliability.dialects import AMBIGUOUS, IDENTICAL, cells, tables


def test_every_dialect_is_the_same_table_or_ambiguous():
    found = list(cells(("plain",)))
    assert len(found) == 120 * len(tables())
    assert not [cell for cell in found if cell.outcome not in (IDENTICAL, AMBIGUOUS)]
    # commas as both are the only ones that no reader can tell
    doubtful = {(cell.decimal, cell.separator) for cell in found if cell.outcome == AMBIGUOUS}
    assert doubtful == {("comma", "comma")}
