"""Tables of files and observables."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reporting.outcomes import synthetic_outcome

from spectrafit.conditions import conditions_text
from spectrafit.reporting.answer import answer_lines
from spectrafit.reporting.main_keys import MAIN_COLUMNS, key_families, main_keys
from spectrafit.reporting.observed import fits_table, inputs_table, observables_table, truth_table
from spectrafit.reporting.summary import summary_tables
from spectrafit.reporting.tables import Measured, Table
from spectrafit.study.outcome import FileResult
from spectrafit.study.schema import Measurement

OUTCOME = synthetic_outcome()


def column(table: Table, name: str) -> list:
    names = [one.name for one in table.columns]
    return [row[names.index(name)] for row in table.rows]


def test_the_summary_has_a_row_a_file_and_the_main_observables():
    (table,) = summary_tables(OUTCOME)
    assert column(table, "label") == [result.label for result in OUTCOME.results]
    assert column(table, "T")[:3] == [8.0, 100.0, 250.0]
    heads = [one.head for one in table.columns]
    assert heads == [
        "file",
        "T / K",
        "area",
        "centroid / eV",
        "ratio",
        "count_best",
        "shift / eV",
        "flags",
    ]
    assert column(table, "herfd.fe.preedge.area")[0] == Measured(5.1, 0.123)
    assert column(table, "flags")[3].startswith("refused: 300K.dat:12")


def test_what_a_state_speaks_of_is_a_main_observable():
    last = "herfd.fe.preedge.shift"
    state = OUTCOME.study.state["HT"]
    expect = {last: state.expect["herfd.fe.preedge.area"]}
    study = replace(OUTCOME.study, state={"HT": replace(state, expect=expect)})
    (table,) = summary_tables(replace(OUTCOME, study=study, truth=()))
    names = [one.name for one in table.columns]
    assert last in names
    assert sum(name.startswith("herfd.") for name in names) == MAIN_COLUMNS


def test_an_observable_with_an_uncertainty_in_one_file_is_still_a_main_one():
    first = OUTCOME.results[0]
    width = replace(first.observables["herfd.fe.preedge.fwhm"], sigma=0.1, sigma_reason="")
    items = tuple(width if one.key == width.key else one for one in first.observables.items)
    changed = replace(first, observables=replace(first.observables, items=items))
    assert width.key not in main_keys(OUTCOME, OUTCOME.results)
    results = (changed, *OUTCOME.results[1:])
    assert width.key in main_keys(OUTCOME, results)


def test_a_value_that_lacks_one_part_of_its_uncertainty_keeps_its_place():
    """As p does where the area has no standard uncertainty: only what nothing is known of is last."""
    first = OUTCOME.results[0]
    width = replace(first.observables["herfd.fe.preedge.fwhm"], budget={"noise": 0.1})
    assert width.sigma is None
    items = tuple(width if one.key == width.key else one for one in first.observables.items)
    changed = replace(first, observables=replace(first.observables, items=items))
    assert width.key in main_keys(OUTCOME, (changed, *OUTCOME.results[1:]))


def of_manganese(result):
    """The same file with the keys of another element."""
    items = tuple(
        replace(item, key=item.key.replace(".fe.", ".mn.")) for item in result.observables.items
    )
    found = replace(result.observables, items=items, covariance=None, covariance_keys=())
    return replace(result, label=f"mn-{result.label}", observables=found)


def test_files_of_two_elements_in_one_measurement_have_a_table_each():
    iron, other = OUTCOME.results[0], of_manganese(OUTCOME.results[1])
    both = replace(OUTCOME, results=(other, iron, OUTCOME.results[3]), truth=())
    manganese, fe = summary_tables(both)
    assert manganese.title == "herfd (herfd, herfd.mn)"
    assert fe.title == "herfd (herfd, herfd.fe)"
    assert [row[0] for row in manganese.rows] == [other.label, OUTCOME.results[3].label]
    assert [row[0] for row in fe.rows] == [iron.label]
    for table in (manganese, fe):
        area = [column.title for column in table.columns].index("area")
        assert isinstance(table.rows[0][area], Measured)
    assert len(answer_lines(both)) == 2


def test_files_that_share_an_observable_stay_together():
    families = key_families([OUTCOME.results[0], OUTCOME.results[3], OUTCOME.results[1]])
    assert [[one.label for one in family] for family in families] == [
        ["herfd-008K", "herfd-300K", "herfd-100K"]
    ]


def test_files_that_serve_others_share_one_table():
    foil = Measurement("foil", "xanes", ("foil.dat",), role="calibration")
    study = replace(OUTCOME.study, measurement=(*OUTCOME.study.measurement, foil))
    served = FileResult("foil", "xanes", "foil.dat", "foil-a", "done")
    refused = FileResult("foil", "xanes", "b.dat", "foil-b", "refused", why="empty file")
    results = (served, refused, *OUTCOME.results)
    samples, serving = summary_tables(replace(OUTCOME, study=study, results=results))
    assert len(samples.rows) == 5
    assert serving.rows == (
        ("foil-a", "foil", "calibration", ""),
        ("foil-b", "foil", "calibration", "refused: empty file"),
    )


def test_observables_are_one_row_each_with_every_number():
    table = observables_table(OUTCOME)
    assert len(table.rows) == 18
    assert column(table, "standard_uncertainty")[:3] == [0.123, 0.034, None]
    assert column(table, "uncertainty_reason")[2] == "at bound"
    assert column(table, "low")[3] == 0.2
    assert column(table, "T_K")[6] == 100.0


def test_files_are_one_wide_row_each_with_parameters():
    table = fits_table(OUTCOME)
    assert len(table.rows) == 5
    assert column(table, "fit.peak1.exponent")[0] == Measured(2.0, None, "fixed")
    assert column(table, "herfd.fe.preedge.area")[3] is None
    assert column(table, "status")[3:] == ["refused", "left out"]
    assert column(table, "why")[4] == "beam dump at 7130 eV"


def test_the_paper_gets_a_difference_and_the_truth_a_pull():
    table = truth_table(OUTCOME)
    assert column(table, "pull") == [0.81, -0.57, 0.0]
    assert column(table, "recovered_minus_paper") == [0.0, None, 0.0]


def test_inputs_carry_their_checksums_once():
    doubled = replace(OUTCOME, results=(*OUTCOME.results, OUTCOME.results[0]))
    assert column(inputs_table(doubled), "sha256")[0] == "0" * 64
    assert len(inputs_table(doubled).rows) == 5


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ({"T": 8.0}, "T = 8 K"),
        ({"T": 8.25, "branch": "cooling"}, "T = 8.25 K, branch = cooling"),
        ({}, ""),
    ],
)
def test_conditions_read_as_they_are_written(conditions, text):
    assert conditions_text(conditions) == text
