"""A series in the report: a long curve by a few rows, a typed energy at its own temperature."""

from __future__ import annotations

from dataclasses import replace

from reporting.outcomes import synthetic_outcome

from spectrafit.observable import Observable
from spectrafit.reporting.document import Paragraph
from spectrafit.reporting.tables import Table
from spectrafit.reporting.typed_values import typed_section
from spectrafit.reporting.whole_series import series_section, series_table
from spectrafit.study.outcome import SeriesResult
from spectrafit.study.schema import TypedValue
from spectrafit.technique import Observables

OUTCOME = synthetic_outcome()


def with_curve(count: int, branches: tuple[str, ...] = ("heating", "cooling")):
    items = tuple(
        Observable("t.y", "1", value=1.0, sigma=0.1, conditions={"T": float(T + 1), "branch": one})
        for one in branches
        for T in range(count)
    )
    found = Observables("t", (*items, Observable("t.whole", "1", value=2.0, sigma=0.1)))
    return replace(OUTCOME, series=(SeriesResult("m", "done", observables=found),))


def blocks_of(outcome, kind):
    (part,) = series_section(outcome, (), {}).sections
    return [block for block in part.blocks if isinstance(block, kind)]


def test_a_long_curve_is_told_by_rows_from_end_to_end_of_each_branch() -> None:
    long = with_curve(100)
    (table,) = blocks_of(long, Table)
    assert len(table.rows) == 2 * 12 + 1
    shown = [row[0] for row in table.rows]
    for branch in ("heating", "cooling"):
        assert sum(branch in text for text in shown) == 12
    assert "T = 1 K" in shown[0]
    assert "T = 100 K" in shown[11]
    assert any("the other 176 are in series.csv" in one.text for one in blocks_of(long, Paragraph))
    assert len(series_table(long).rows) == 201


def test_a_short_curve_is_told_in_full() -> None:
    short = with_curve(40)
    (table,) = blocks_of(short, Table)
    assert len(table.rows) == 81
    assert not blocks_of(short, Paragraph)


def test_an_energy_is_told_at_its_own_temperature_else_at_the_ends() -> None:
    gap = TypedValue("dft.gap", "assumed: a test", 7.99, unit="kJ mol-1")
    other = TypedValue("g", "assumed: a test", 2.0, sigma=0.1)
    study = replace(OUTCOME.study, typed=(gap, replace(gap, key="at", T=70.0), other))
    section = typed_section(replace(OUTCOME, study=study))
    texts = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    # exp(-961 K/T) at 8 and at 250 K
    told = "dft.gap: exp(-E/RT) is 6.8e-53 at 8 K and 0.021 at 250 K"
    assert any(text.startswith(told) for text in texts)
    assert any(text.startswith("at: exp(-E/RT) is 1.1e-06 at 70 K,") for text in texts)
    assert not any(text.startswith("g:") for text in texts)
    (table,) = [block for block in section.blocks if isinstance(block, Table)]
    assert [row[-1].partition(":")[0] for row in table.rows] == [
        "silent",
        "silent",
        "with a standard uncertainty",
    ]
    assert typed_section(OUTCOME) is None
