"""The states in a report: who reads it can say what they are, how sure, what contradicts, what next."""

from __future__ import annotations

import copy
import csv
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from reporting.assignments import NAMES, REPORT_T, assigned_outcome, assignment
from reporting.outcomes import HOSTILE, synthetic_outcome

from spectrafit.reporting.content import report_document
from spectrafit.reporting.document import Document, Items, Paragraph, Picture, Section
from spectrafit.reporting.figures import figure_stems
from spectrafit.reporting.html import html_text
from spectrafit.reporting.markdown import markdown_text
from spectrafit.reporting.results import results_dict, results_schema
from spectrafit.reporting.state_answer import state_answer, state_lines
from spectrafit.reporting.state_charts import state_charts
from spectrafit.reporting.state_checks import candidates_table
from spectrafit.reporting.state_left_out import left_out_table
from spectrafit.reporting.state_odds import likelier
from spectrafit.reporting.state_tables import stories_table
from spectrafit.reporting.state_words import population_text, share_range
from spectrafit.reporting.tables import Table, cell_text
from spectrafit.reporting.verify import IN_SIGMA, differences
from spectrafit.reporting.write import write_report
from spectrafit.states.assignment import Assignment, LevelRow, PopulationRow, RateBound
from spectrafit.strict_json import json_text, json_value
from spectrafit.study.outcome import Outcome

OUTCOME = assigned_outcome()
DOCUMENT = report_document(OUTCOME)
PARTS = (
    "Claims", "Populations", "Stories", "Evidence", "Conflicts", "Measured against predicted",
    "Rate of exchange", "What the data cannot decide", "What would decide", "Consistency",
    "Assumptions and anchors",
)  # fmt: skip


def part_of(document: Document, title: str) -> Section:
    return next(one for one in document.sections if one.title == title)


def states_part(title: str) -> Section:
    (found,) = [one for one in part_of(DOCUMENT, "States").sections if one.title == title]
    return found


def words_of(blocks) -> str:
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        if isinstance(block, Items):
            lines += block.texts
        if isinstance(block, Table):
            lines += [" | ".join(map(cell_text, row)) for row in block.rows]
    return "\n".join(lines)


def changed(**fields) -> Outcome:
    return replace(OUTCOME, assignment=replace(assignment(), **fields))


def test_a_reader_finds_states_populations_conflicts_and_the_next_measurement_first():
    answer = part_of(DOCUMENT, "Answer")
    said = words_of(answer.blocks)
    for name, label in assignment().states:
        assert f"{label} (“{name}” in files)" in said
    (table,) = [one for one in answer.blocks if isinstance(one, Table)]
    assert [column.head for column in table.columns] == [
        "T / K", *(label for _, label in assignment().states),
    ]  # fmt: skip
    assert [row[0] for row in table.rows] == list(REPORT_T)
    assert table.rows[-1][1:] == (
        "0.000(20)",
        "0.520(20) [0.52 to 0.75]",
        "0.480(50) [0.25 to 0.48]",
    )
    assert (
        "without it, 0.48 to 0.70 of Fe2+(HS)-dhbq2- at 300 K fit as well (x → a n + b x, with n"
        in said
    )
    assert "Verdict: Undecided." in said
    assert "Which of the stories A and F holds is not decided." in said
    assert "Accepted: stories “F” and “A”. Rejected: story “static”." in said
    against = next(one for one in answer.blocks if isinstance(one, Items)).texts
    assert against[0].startswith("structure.fe_o of pure Fe3+(LS)-dhbq3-: the joint fit makes it")
    assert against[1].startswith(
        "Keys disagree: 0.03 to 0.20 of Fe2+(HS)-dhbq2- by mossbauer.IS at 125 K"
    )
    assert against[2] == (
        "C5 “The third state dominates at 300 K” is contradicted: its population at 300 K is "
        "0.48(5) by story F, 0.25 by story A."
    )
    assert against[4] == "2 more, listed under States."
    assert "What to measure next: Mossbauer spectrum at 300 K" in said
    assert "at least 3.1 standard uncertainties" in said
    assert "theta_D_K: assumed: typical of such a solid" in said
    order = [
        said.index(text)
        for text in ("The states:", "Verdict:", "What to measure", "herfd.fe.preedge.area: 5.10")
    ]
    assert order == sorted(order)
    states = state_answer(OUTCOME)
    lines = sum(
        len(one.rows) if isinstance(one, Table) else len(one.texts) if isinstance(one, Items) else 1
        for one in states
    )
    assert lines <= 25
    assert not any(word in words_of(states) for word in ("nats", "posterior", "lies off"))


def test_no_posterior_is_read_without_what_stands_against_it():
    every = [
        text
        for section in DOCUMENT.sections
        for text in words_of(blocks_of(section)).split("\n")
        if "posterior of the pure states" in text
    ]
    assert len(every) == 2
    cold, warm = every
    assert "Explained by no pure state: mossbauer.QS" in cold
    assert (
        "mossbauer.QS 1.830(20) mm/s at 125 K speaks against Fe3+(HS)-dhbq3-: about 100 times"
        in warm
    )
    assert "Without mossbauer.IS the largest is Fe2+(HS)-dhbq2-" in warm


def test_conflicts_say_how_many_times_less_likely_and_leave_the_rest_to_the_table():
    last = words_of(states_part("Conflicts").blocks).split("\n")
    (told,) = [text for text in last if text.startswith("Above 100 K")]
    assert told == (
        "Above 100 K, the observables by themselves favour Fe3+(HS)-dhbq3- (0.7412 at equal "
        "priors), but: mossbauer.QS 1.830(20) mm/s at 125 K speaks against Fe3+(HS)-dhbq3-: about "
        "100 times less likely than by Fe2+(HS)-dhbq2-; Fe2+(HS)-dhbq2- is not told apart from "
        "Fe3+(HS)-dhbq3-. No vote: magnetism.chiT."
    )
    evidence = words_of(blocks_of(states_part("Evidence")))
    assert "the value at 125 K stands for 2, of 1.80 to 1.83" in evidence
    assert "No vote: magnetism.chiT (no expectation)" in evidence
    assert "nats" not in evidence
    assert "mossbauer.QS | 125 | 1.830(20) mm/s | supports (1/2.5) | against (1/100)" in evidence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2 nats for A over B", "about 7 times less likely for B than for A"),
        ("X speaks against B: 4.6 nats for A against B; more",
         "X speaks against B: about 100 times less likely than by A; more"),
        ("A and B are not told apart (0.26 nats between them)", "A and B are not told apart"),
        ("4.6 nats below its own best", "a factor of about 100 below its own best"),
        ("30 nats for A against B", "about more than a million times less likely for B than for A"),
        ("1.9 mm/s", "1.9 mm/s"),
    ],
)  # fmt: skip
def test_logarithms_become_ratios(text, said):
    assert likelier(text) == said


def blocks_of(section: Section):
    return [*section.blocks, *(one for below in section.sections for one in blocks_of(below))]


def test_the_parts_stand_in_their_order():
    assert tuple(one.title for one in part_of(DOCUMENT, "States").sections) == PARTS
    assert [one.folded for one in states_part("Claims").sections] == [True]
    assert all(one.folded for one in states_part("Stories").sections)
    titles = [one.title for one in DOCUMENT.sections]
    assert titles.index("States") < titles.index("Results")


def test_states_are_named_by_their_labels_in_every_sentence_of_the_report():
    text = "FeIII_HS gains what FeII_HS loses; mossbauer.IS.FeII_HS is a parameter"
    said = words_of(state_answer(changed(text=text)))
    assert (
        "Fe3+(HS)-dhbq3- gains what Fe2+(HS)-dhbq2- loses; mossbauer.IS.FeII_HS is a parameter"
        in said
    )
    named = replace(assignment(), states=(("A", "alpha"), *assignment().states[1:]), text="1.9 A")
    assert "1.9 A" in words_of(state_answer(replace(OUTCOME, assignment=named)))


def test_a_population_without_an_error_says_why_and_an_undetermined_one_that_it_is():
    part = states_part("Populations")
    (other,) = [one for one in part.sections if one.folded]
    (table,) = other.blocks
    last = [cell_text(cell) for cell in table.rows[-1]]
    assert last[0] == "300"
    assert last[2] == "0.25 (no uncertainty: the profile is open below)"
    assert last[3].startswith("below 0.3, open below (")
    assert last[4] == "affine only"
    assert last[5] == "theta_D_K held at 180; step 23 follows an equilibrium"
    said = words_of(part.blocks)
    assert "Fe2+(HS)-dhbq2- at 300 K: theta_D_K held at 180 (assumed: typical of such" in said
    assert "0.440 to 0.530" in said
    caption = state_charts(OUTCOME)[0].caption
    assert caption.endswith(
        "Fixed at 300 K: Fe2+(HS)-dhbq2- by theta_D_K held at 180 and step 23 follows an equilibrium."
    )
    best = changed(best="A")
    assert "0.25 (no uncertainty: the profile is open below), affine only" in words_of(
        state_answer(best)
    )


def test_only_a_population_that_is_surely_small_is_called_so():
    row = replace(assignment().populations[0], value=3e-5, sigma=1e-6)
    assert population_text(row) == "< 0.001"
    assert population_text(replace(row, sigma=0.01)) == "0.000(10)"
    assert "no uncertainty" in population_text(replace(row, sigma=None, low=None, reason="open"))


def test_an_interval_that_is_not_symmetric_is_given_by_its_ends():
    row = PopulationRow(
        "A", "FeII_HS", 300.0, 0.31, None, 0.26, 0.4, 0.22, 0.5, reason="it is not symmetric"
    )
    assert population_text(row) == "0.31 (0.26 to 0.40)"


def test_where_no_story_is_accepted_the_answer_gives_no_population():
    rejected = tuple(replace(one, verdict="rejected") for one in assignment().stories)
    outcome = changed(stories=rejected, verdict="no story accepted", best="")
    answer = state_answer(outcome)
    assert not any(isinstance(one, Table) for one in answer)
    assert "no story of the study is accepted" in words_of(answer)
    chart = state_charts(outcome)[0]
    assert "no story is accepted" in chart.title
    assert all(trace.label.endswith(", rejected") for trace in chart.panels[0].traces)


def test_a_measurement_that_would_not_separate_the_stories_is_not_praised():
    first = replace(assignment().candidates[0], separation=0.8)
    said = words_of(state_answer(changed(candidates=(first, *assignment().candidates[1:]))))
    assert "No candidate separates the accepted stories by 2 standard uncertainties" in said
    assert "no candidate was given" in words_of(state_answer(changed(candidates=())))
    done = words_of(state_answer(changed(candidates=assignment().candidates[::-1])))
    assert "It is measured already. The first that is not: Mossbauer spectrum at 300 K" in done


def test_where_the_stories_say_the_same_what_lowers_the_uncertainty_is_measured_next():
    rows = assignment().candidates
    same = tuple(
        replace(one, separation=1e-8, gain=gain)
        for one, gain in zip(rows, (0.04, 0.31), strict=True)
    )
    outcome = changed(candidates=same)
    said = words_of(state_answer(outcome))
    assert (
        "the accepted stories say the same of every candidate; what would lower the uncertainty of "
        "x(Fe2+(HS)-dhbq2-, 300 K) most is Infrared spectrum at 120 K" in said
    )
    assert ", by 31 %." in said
    table = candidates_table(outcome.assignment)
    assert [row[1] for row in table.rows] == [rows[1].name, rows[0].name]
    assert "least separation / σ" not in [column.head for column in table.columns]
    idle = changed(candidates=tuple(replace(one, separation=None, gain=0.001) for one in rows))
    assert "none lowers the uncertainty" in words_of(state_answer(idle))


def test_an_end_by_the_law_of_the_steps_is_told_once_for_all_data_left_out():
    said = words_of(states_part("What the data cannot decide").blocks)
    assert (
        "Fe2+(HS)-dhbq2- is known up to a n + b x by all data. The same without infrared." in said
    )
    assert "Without the infrared bands" not in said
    assert "F | 23 | all data are used, infrared" in said
    assert "0.00 to 0.37" in said
    fixed = tuple(replace(one, verdict="fixed") for one in assignment().axis)
    assert "law of the steps" not in words_of(state_answer(changed(axis=fixed)))


def test_each_technique_left_out_is_one_row_with_the_rest_folded():
    part = states_part("Measured against predicted")
    (table,) = [one for one in part.blocks if isinstance(one, Table) and one.name == "left-out"]
    assert [(row[0], *row[3:]) for row in table.rows] == [
        ("pyro", "0.05", "0.029", "0.036"),
        ("mossbauer", "0.05", "0.037", "0.058"),
        ("xas", "0.05", "not computed", "not computed"),
    ]
    assert "x(Fe2+(HS)-dhbq2-, 300 K)" in table.note
    (full,) = part.sections
    assert full.folded
    lost = replace(assignment().left_out[0], sigma_alone=(("FeII_HS", 300.0, None, "unseen"),))
    (row,) = left_out_table(replace(assignment(), left_out=(lost,))).rows
    assert row[-1] == "not determined"


def test_stories_that_agree_share_one_panel_and_errors_above_the_scatter_are_told():
    curves = tuple(one for one in assignment().curves if one.story != "A")
    curves += tuple(replace(one, story="A") for one in curves if one.story == "F")
    chart = state_charts(changed(curves=curves))[0]
    (panel,) = chart.panels
    assert [trace.label for trace in panel.traces] == [label for _, label in assignment().states]
    assert "The other accepted stories differ by less than 0.01." in chart.caption
    sure = replace(assignment().stories[0], p_value=1.0, p_note="19 of 19 replicas as large")
    row = stories_table(replace(assignment(), stories=(sure,))).rows[0]
    assert (
        "1: the errors are larger than the scatter of the data (19 of 19 replicas as large)" in row
    )


def test_what_lies_beyond_a_high_peak_is_drawn_once_more():
    pyro = state_charts(OUTCOME)[1]
    whole, beyond, _ = pyro.panels
    assert beyond.y_label.startswith(f"{whole.y_label}, from 1")
    assert all(trace.y.max() < 6.0 for trace in beyond.traces)
    assert beyond.traces[0].x[-1] == whole.traces[0].x[-1]


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (0.950618, 0.950712, "0.950618 to 0.950712"),
        (0.511, 0.525, "0.511 to 0.525"),
        (0.25, 0.48, "0.25 to 0.48"),
        (1e-9, 1e-8, "< 0.001"),
        (0.3, 0.3, "0.300000"),
    ],
)
def test_an_interval_of_a_population_has_the_digits_that_tell_its_ends_apart(low, high, text):
    assert share_range(low, high) == text


def test_bounds_that_exclude_each_other_are_a_conflict_and_leave_nothing_allowed():
    rate = replace(assignment().rate, lower=1e12, upper=2e11, text="The bounds exclude each other.")
    outcome = changed(rate=rate)
    assert "Rate of exchange: The bounds exclude each other." in words_of(state_answer(outcome))
    chart = state_charts(outcome)[-1]
    assert not chart.panels[0].y_marks
    assert state_charts(OUTCOME)[-1].panels[0].y_marks
    assert not [
        one for one in state_charts(changed(rate=RateBound(None, None))) if "rate" in one.name
    ]


def test_every_chart_says_that_it_is_simulated_and_one_story_has_one_colour():
    stems = [one for one in figure_stems(OUTCOME) if one.states]
    assert [one.stem for one in stems] == [
        "states-populations", "states-pyro.p", "states-pyro.dP", "states-mossbauer.QS",
        "states-rate",
    ]  # fmt: skip
    assert all(one.chart.simulated for one in stems)
    assert not any(
        one.chart.simulated for one in figure_stems(replace(OUTCOME, simulated=False)) if one.states
    )
    populations, pyro, *_ = [one.chart for one in stems]
    assert [panel.y_label for panel in populations.panels] == [
        f"population of {label}" for _, label in assignment().states
    ]
    assert [trace.label for trace in populations.panels[0].traces] == ["story A", "story F"]
    measured, *predicted = pyro.panels[0].traces
    assert pyro.panels[0].y_label == "pyro.p / nC cm⁻² K⁻¹"
    assert measured.sigma is not None
    assert measured.x.size == 56
    assert [trace.label for trace in predicted] == [
        f"predicted by story {name}, heating" for name in "AF"
    ]
    assert all(
        (trace.low95 < trace.y).all() and (trace.y < trace.high95).all() for trace in predicted
    )


def test_the_band_of_a_chart_is_told_as_what_it_is(tmp_path: Path):
    write_report(assigned_outcome(formats=("svg",)), tmp_path, written="2025-01-01")
    with (tmp_path / "figures" / "states-populations.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    last = rows[-1]
    assert (float(last["y_low95"]), float(last["y"]), float(last["y_high95"])) == pytest.approx(
        (0.40, 0.48, 0.56)
    )
    assert "simulated data" in (tmp_path / "figures" / "states-rate.svg").read_text(
        encoding="utf-8"
    )


def test_the_tables_of_the_states_have_every_row_and_digit(tmp_path: Path):
    write_report(assigned_outcome(formats=()), tmp_path, written="2025-01-01")
    found = {}
    for name in ("populations", "evidence"):
        with (tmp_path / f"{name}.csv").open(encoding="utf-8-sig") as file:
            found[name] = list(csv.DictReader(file))
    rows = found["populations"]
    assert list(rows[0]) == [
        "story", "accepted", "T_K", "state", "label", "x", "sigma", "low68", "high68", "low95",
        "high95", "verdict", "anchored_by", "reason",
    ]  # fmt: skip
    assert len(rows) == len(assignment().populations) == 27
    assert [float(row["x"]) for row in rows] == [one.value for one in assignment().populations]
    assert {row["story"] for row in rows if row["accepted"] in ("True", "yes", "true")} == {
        "A",
        "F",
    }
    evidence = found["evidence"]
    assert [key for key in evidence[0] if key.startswith("log_L")] == [f"log_L_{n}" for n in NAMES]
    assert len(evidence) == 6


def test_without_an_assignment_nothing_of_it_is_written(tmp_path: Path):
    outcome = synthetic_outcome(formats=())
    written = {path.name for path in write_report(outcome, tmp_path, written="2025-01-01")}
    assert not written & {"populations.csv", "evidence.csv"}
    document = report_document(outcome)
    assert "States" not in [one.title for one in document.sections]
    assert state_answer(outcome) == []
    assert state_charts(outcome) == ()
    assert results_dict(outcome)["assignment"] is None


def test_an_assignment_of_nothing_is_told_without_a_fault():
    bare = Assignment(assignment().states, "not addressed", "No datum lies above 80 K.")
    outcome = replace(OUTCOME, assignment=bare)
    said = markdown_text(report_document(outcome))
    assert "The data do not address the states. No datum lies above 80 K." in said
    assert not [one for one in figure_stems(outcome) if one.states]
    jsonschema.validate(json_value(json_text(results_dict(outcome))), results_schema())


def test_hostile_words_of_an_assignment_stay_text():
    found = assignment()
    outcome = changed(
        text=" ".join(HOSTILE),
        undecided=tuple(LevelRow(text) for text in HOSTILE),
        states=tuple((name, HOSTILE[place]) for place, name in enumerate(NAMES)),
        stories=(replace(found.stories[0], meaning=HOSTILE[0]), *found.stories[1:]),
        anchors=HOSTILE,
        claims=tuple(replace(found.claims[0], text=text, lines=(text,)) for text in HOSTILE),
    )
    page = html_text(report_document(outcome))
    assert "<script>document" not in page
    assert "<img src=x" not in page
    assert markdown_text(report_document(outcome))


def test_results_hold_the_assignment_as_the_schema_says():
    found = json_value(json_text(results_dict(OUTCOME)))
    jsonschema.validate(found, results_schema())
    assert list(found["states"]) == ["HT"]
    assert found["assignment"]["populations"][0]["value"] == assignment().populations[0].value
    del found["assignment"]["groups"][0]["conflicts"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, results_schema())


RESULTS = json_value(json_text(results_dict(OUTCOME)))


def told(change) -> list[str]:
    new = copy.deepcopy(RESULTS)
    change(new["assignment"])
    return [one.key for one in differences(RESULTS, new).differences]


@pytest.mark.parametrize(
    ("kind", "row", "name", "tolerance"),
    [
        ("populations", 3, "value", IN_SIGMA * 0.02),
        ("populations", 3, "high95", IN_SIGMA * 0.02),
        ("stories", 0, "chi2", IN_SIGMA**2 * 21),
        ("stories", 0, "p_value", IN_SIGMA),
    ],
)
def test_numbers_of_states_may_move_by_a_hundredth_of_their_error(kind, row, name, tolerance):
    def moved(share):
        def change(found):
            found[kind][row][name] += share * tolerance

        return told(change)

    assert moved(0.9) == []
    (key,) = moved(1.1)
    assert key.startswith(kind)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda a: a.update(verdict="decided"), "assignment, verdict"),
        (lambda a: a["stories"][0].update(verdict="rejected"), "stories A, verdict"),
        (lambda a: a["groups"][0].update(conflicts=["new"]), "groups below 80 K, conflicts"),
        (lambda a: a["populations"].pop(), "populations static FeII_HS 300"),
        (lambda a: a["stories"][0]["parameters"][0].update(value=95.0),
         "stories A, parameters S.12, value"),
        (lambda a: a["rate"].update(lower=2e9), "rate, lower bound"),
        (lambda a: a["candidates"].reverse(), "candidates"),
    ],
)  # fmt: skip
def test_what_differs_between_two_assignments_is_named(change, key):
    assert told(change) == [key]


def test_an_assignment_that_is_gone_or_new_is_a_difference_and_older_results_have_none():
    new = copy.deepcopy(RESULTS)
    new["assignment"] = None
    assert [one.key for one in differences(RESULTS, new).differences] == ["assignment"]
    del new["assignment"]
    older = copy.deepcopy(new)
    del older["content_sha256"]
    assert not differences(older, new).differ


def test_pictures_of_the_states_are_in_their_parts():
    def names(section):
        return [one.stem for one in blocks_of(section) if isinstance(one, Picture)]

    assert names(states_part("Populations")) == ["states-populations"]
    assert names(states_part("Rate of exchange")) == ["states-rate"]
    assert names(states_part("Measured against predicted")) == [
        "states-pyro.p", "states-pyro.dP", "states-mossbauer.QS",
    ]  # fmt: skip
    single = [one for one in blocks_of(states_part("Measured against predicted"))
              if isinstance(one, Table) and one.name == "single-predictions"]  # fmt: skip
    assert {row[0] for row in single[0].rows} == {"herfd.fe.preedge.area", "pyro.p_peak"}


def test_a_console_gets_the_verdict_and_the_populations():
    lines = state_lines(changed(best="A"))
    assert lines[0].startswith("states: Verdict: ")
    assert any(line.startswith("states at 100 K: ") and "dhbq" in line for line in lines)
    assert state_lines(replace(changed(best="A"), assignment=None)) == ()
