"""Tables of one file."""

from __future__ import annotations

import pytest
from reporting.outcomes import synthetic_outcome

from spectrafit.reporting.file_detail import budget_table, convention_table, file_table, keys_text

OUTCOME = synthetic_outcome()


def test_every_observable_is_a_row_in_its_own_words():
    rows = file_table(OUTCOME.results[0]).rows
    assert rows[0] == ("herfd.fe.preedge.area", "5.10(12)", "1", "")
    assert rows[4][3] == "two peaks; three are not excluded"
    assert rows[5][1] == "< 0.05 (95 %)"


def test_the_budget_names_its_sources_and_the_total():
    table = budget_table(OUTCOME.results[0])
    assert [row[1] for row in table.rows] == [0.08, 0.02]
    assert [row[-2] for row in table.rows] == [0.12, 0.034]
    assert budget_table(OUTCOME.results[3]) is None


def test_a_convention_of_all_is_said_once():
    rows = convention_table(OUTCOME.results[0]).rows
    assert ("window_eV", "7106 to 7118", "all") in rows
    assert ("area_convention", "x 100, edge step 1", "herfd.fe.preedge.area") in rows
    assert convention_table(OUTCOME.results[3]) is None


EVERY = ("x.p.a", "x.p.b", "x.p.c.d", "x.e.a", "x.e.b", "y.a")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (EVERY, "all"),
        (EVERY[:3], "x.p.*"),
        (EVERY[:5], "x.*"),
        (EVERY[:1], "x.p.a"),
        (EVERY[1:], "all but x.p.a"),
        ((*EVERY[:3], "y.a"), "all but x.e.*"),
        (("x.p.a", "x.e.a"), "x.p.a, x.e.a"),
    ],
)
def test_keys_are_named_in_the_fewest_words(keys, text):
    assert keys_text(keys, EVERY) == text
