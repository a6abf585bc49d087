"""The answer in at most five lines."""

from __future__ import annotations

from dataclasses import replace

from reporting.outcomes import synthetic_outcome

from spectrafit.alert import Alert, Level
from spectrafit.reporting.answer import MOST_LINES, answer_lines
from spectrafit.reporting.summary import summary_tables

OUTCOME = synthetic_outcome()


def series(count, temperatures):
    """Many results made of three, with the labels and temperatures of a long series."""
    done = OUTCOME.results[:3]
    return replace(
        OUTCOME,
        results=tuple(
            replace(
                done[i % 3],
                label=f"scan_{i}",
                conditions={"T": temperatures[i % len(temperatures)]},
            )
            for i in range(count)
        ),
        truth=(),
    )


def test_a_line_gives_value_uncertainty_condition_and_convention():
    (line,) = answer_lines(OUTCOME)
    assert line.startswith("herfd.fe.preedge.area: 5.10(12) at T = 8 K, 8.20(12) at T = 100 K")
    assert "window 7106 to 7118" in line
    assert "shape Pearson VII, exponent 2" in line


def test_a_long_series_is_told_by_its_ends_and_the_error_of_one_file():
    (line,) = answer_lines(series(30, (8.0, 100.0, 250.0)))
    assert "5.10(12) at T = 8 K (the median one of 10 files)" in line
    assert "8.80(12) at T = 250 K (the median one of 10 files)" in line
    assert "10 files in between" in line


def test_without_a_condition_that_varies_the_extremes_are_told():
    (line,) = answer_lines(series(30, (8.0,)))
    assert "5.10(12) to 8.80(12) in 30 files" in line


def test_two_files_that_nothing_tells_apart_are_named():
    results = tuple(replace(one, conditions={"element": "Fe"}) for one in OUTCOME.results[:2])
    (line,) = answer_lines(replace(OUTCOME, results=results, truth=()))
    assert "5.10(12) at herfd-008K, 8.20(12) at herfd-100K" in line


def test_what_concerns_a_whole_measurement_stands_in_its_line_and_in_its_flags():
    alert = Alert("XAS-122", Level.B, "other backgrounds move the area by 4 %", "")
    whole = replace(OUTCOME, measurement_alerts={"herfd": (alert,)})
    assert "Quote with this sentence (XAS-122): other backgrounds" in answer_lines(whole)[0]
    table = summary_tables(whole)[0]
    assert table.rows[0][-1].startswith("B XAS-122")


def test_what_must_not_be_quoted_says_so_in_its_line():
    alert = Alert("XAS-104", Level.A, "the edge is not told from the pre-edge", "")
    results = tuple(replace(one, alerts=(alert,)) for one in OUTCOME.results[:3])
    (line,) = answer_lines(replace(OUTCOME, results=results))
    assert line.endswith("Do not quote (XAS-104): the edge is not told from the pre-edge.")
    waived = replace(OUTCOME, results=results, waived={"XAS-104 herfd": "seen"})
    assert "Do not quote" not in answer_lines(waived)[0]


def test_more_than_five_measurements_are_five_lines():
    results = tuple(
        replace(OUTCOME.results[0], measurement=f"m{i}", label=f"m{i}") for i in range(9)
    )
    lines = answer_lines(replace(OUTCOME, results=results))
    assert len(lines) == MOST_LINES
    assert lines[-1] == "5 more measurements: see the tables."


def test_files_that_serve_others_are_no_answer():
    study = replace(
        OUTCOME.study, measurement=(replace(OUTCOME.study.measurement[0], role="calibration"),)
    )
    assert answer_lines(replace(OUTCOME, study=study)) == ()
