"""Alerts: counted, gravest first, waived ones with their reason."""

from __future__ import annotations

from dataclasses import replace

from reporting.outcomes import synthetic_outcome

from spectrafit.alert import Alert, Level
from spectrafit.reporting.alerts import (
    alert_counts,
    alerts_table,
    counts_text,
    raised_alerts,
    waived_counts,
)
from spectrafit.reporting.observed import flags_text

OUTCOME = synthetic_outcome()


def test_levels_are_counted_in_words():
    assert counts_text(OUTCOME) == "1 A “do not quote”, 4 C “look”, 3 G “note”; 3 waived."
    nothing = replace(OUTCOME, alerts=(), results=())
    assert counts_text(nothing) == "no alert stands."


def test_equal_alerts_are_one_row_with_a_count():
    rows = alert_counts(OUTCOME).rows
    assert [(row[1], row[2]) for row in rows] == [
        ("STA-001", 1),
        ("FIT-001", 3),
        ("RUN-002", 1),
        ("RUN-003", 3),
    ]
    assert rows[0][0] == "A “do not quote”"
    assert rows[1][5] == "herfd-008K, herfd-100K, herfd-250K"


def test_one_code_is_one_row_unless_its_sentence_is_to_be_quoted():
    def alerts(level):
        raised = tuple(Alert("XAS-110", level, f"{n} of 15 fits") for n in (9, 11, 9))
        return alert_counts(replace(OUTCOME, results=(), alerts=raised)).rows

    assert [(row[2], row[3]) for row in alerts(Level.G)] == [
        (3, "9 of 15 fits (and 1 like it, see the files)")
    ]
    assert [(row[2], row[3]) for row in alerts(Level.B)] == [
        (2, "9 of 15 fits"),
        (1, "11 of 15 fits"),
    ]


def test_a_waived_alert_stands_apart_with_its_reason():
    (row,) = waived_counts(OUTCOME).rows
    assert row[1:3] == ("XAS-100", 3)
    assert row[4] == "relative energies only"


def test_a_waiver_of_another_measurement_waives_nothing():
    other = replace(OUTCOME, waived={"XAS-100 xanes": "no"})
    assert waived_counts(other).rows == ()
    everywhere = replace(OUTCOME, waived={"XAS-100": "yes"})
    assert waived_counts(everywhere).rows[0][2] == 3


def test_the_csv_lists_each_alert_of_each_file():
    table = alerts_table(OUTCOME)
    assert len(table.rows) == len(raised_alerts(OUTCOME)) == 11


def test_flags_leave_out_notes_and_what_is_waived():
    assert flags_text(OUTCOME, OUTCOME.results[0]) == "C FIT-001"


def test_many_files_are_named_in_part():
    results = tuple(replace(OUTCOME.results[0], label=f"f{i}") for i in range(9))
    row = alert_counts(replace(OUTCOME, results=results, alerts=())).rows[0]
    assert row[2] == 9
    assert row[5] == "f0, f1, f2, f3 and 5 more"


def test_the_gravest_come_first():
    grave = Alert("XAS-900", Level.A, "sign not determined")
    results = (replace(OUTCOME.results[0], alerts=(grave,)),)
    assert raised_alerts(replace(OUTCOME, results=results, alerts=()))[0].alert is grave
