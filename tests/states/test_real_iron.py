"""Nothing is special to one complex: evidence and populations from real files of others.

Real here: alpha-iron by X-ray absorption and Mössbauer, goethite and magnetite by X-ray absorption
(one scan of magnetite, so its edge has no error), ferrihydrite by Mössbauer, chi T of a diradical.
Missing, so that only their expectations are in the study: hematite by either technique with an
error, goethite and magnetite by Mössbauer, ferrihydrite by X-ray absorption.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from data import shared_data
from iron_case import CHI_T, GAP_J, diradical_text, study_text

from spectrafit.executor import executor
from spectrafit.reporting.write import write_report
from spectrafit.study.assigned import assigned
from spectrafit.study.load import load_study
from spectrafit.study.run import run_study
from spectrafit.study.state_schema import Joint

pytestmark = pytest.mark.xdist_group("real-iron")


def run_in(folder, text):
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return run_study(load_study(folder / "study.toml"))


@pytest.fixture(scope="module")
def iron(tmp_path_factory):
    folder = tmp_path_factory.mktemp("iron")
    return run_in(folder, study_text(folder))


@pytest.fixture(scope="module")
def report(iron, tmp_path_factory):
    folder = tmp_path_factory.mktemp("iron-report")
    write_report(iron, folder)
    return (folder / "report.md").read_text(encoding="utf-8")


def groups_of(found):
    return {one.group.partition(",")[0]: one for one in found.groups}


def rows_of(found, sample):
    return {one.key: one for one in found.evidence if one.group.startswith(f"{sample},")}


def test_alpha_iron_is_assigned_to_itself_by_both_techniques(iron):
    group = groups_of(iron.assignment)["alpha-Fe"]
    assert group.winner == "alpha-Fe"
    assert dict(group.posterior)["alpha-Fe"] > 0.999
    assert group.conflicts == group.unexplained == ()
    rows = rows_of(iron.assignment, "alpha-Fe")
    assert {key: row.verdict for key, row in rows.items()} == {
        "xanes.fe.edge.e_infl": "supports", "mossbauer.IS": "supports", "mossbauer.B": "supports"
    }  # fmt: skip
    # each technique alone says the same
    assert {winner for _, winner in group.without} == {"alpha-Fe"}
    for row in rows.values():
        likelihood = dict(row.log_likelihood)
        assert likelihood["alpha-Fe"] == max(likelihood.values())
        assert likelihood["alpha-Fe"] - likelihood["hematite"] > 3.0


def test_what_cannot_be_told_apart_is_a_conflict_beside_the_posterior(iron):
    group = groups_of(iron.assignment)["goethite"]
    shares = dict(group.posterior)
    assert shares["alpha-Fe"] < 0.01
    assert 0.05 < shares["hematite"] < shares["goethite"] < 0.95
    assert any("goethite and hematite are not told apart" in text for text in group.conflicts)


def test_a_value_without_an_error_has_no_vote_and_says_why(iron):
    group = groups_of(iron.assignment)["magnetite"]
    assert group.winner == ""
    assert group.posterior == ()
    assert "xanes.fe.edge.e_infl (no uncertainty: no point errors)" in group.silent


@pytest.mark.parametrize(
    ("sample", "missing", "technique"),
    [("goethite", "mossbauer.B", "mossbauer"), ("magnetite", "mossbauer.IS", "mossbauer"),
     ("ferrihydrite", "xanes.fe.edge.e_infl", "xanes")],
)  # fmt: skip
def test_the_technique_whose_data_are_missing_is_named(iron, sample, missing, technique):
    (told,) = (text for text in groups_of(iron.assignment)[sample].silent if missing in text)
    assert told.endswith(f"(no data here of {technique})")


def test_a_key_that_is_missing_from_data_of_its_technique_is_told(iron):
    silent = groups_of(iron.assignment)["ferrihydrite"].silent
    assert "mossbauer.B (not among the data)" in silent
    assert groups_of(iron.assignment)["ferrihydrite"].winner == "ferrihydrite"


def test_populations_are_not_addressed(iron):
    found = iron.assignment
    assert found.verdict == "not addressed"
    assert found.text == "The study declares no steps between states."
    assert found.populations == found.stories == found.per_key == ()


def reassigned(iron, study):
    return assigned(study, iron.results, iron.series, iron.comparisons, executor(1))


def test_swapped_expectations_swap_the_winner(iron):
    states = dict(iron.study.state)
    states["alpha-Fe"], states["hematite"] = (
        replace(states["alpha-Fe"], expect=states["hematite"].expect),
        replace(states["hematite"], expect=states["alpha-Fe"].expect),
    )
    found = reassigned(iron, replace(iron.study, state=states))
    assert groups_of(found)["alpha-Fe"].winner == "hematite"


def test_a_foil_that_is_an_oxide_is_contradicted(iron):
    """The scans of goethite and of the foil under each other's name."""
    swap = {"foils": "goethite", "goethite": "alpha-Fe"}
    named = tuple(
        replace(one, sample=swap.get(one.name, one.sample)) for one in iron.study.measurement
    )
    found = reassigned(iron, replace(iron.study, measurement=named))
    group = groups_of(found)["alpha-Fe"]
    assert group.winner == "alpha-Fe"  # two keys of the Mössbauer spectrum against one
    (told,) = group.conflicts
    assert re.match(
        r"xanes\.fe\.edge\.e_infl 7126\.\d+\(\d+\) eV at 20 K speaks against alpha-Fe", told
    )
    assert groups_of(found)["goethite"].winner == "alpha-Fe"


def test_the_joint_fits_sample_is_the_only_one_with_a_vote(iron):
    joint = Joint(keys=("mossbauer.IS",), sample="ferrihydrite")
    found = reassigned(iron, replace(iron.study, joint=joint))
    (group,) = found.groups
    assert group.group == "all temperatures"
    assert group.winner == "ferrihydrite"
    assert {row.T for row in found.evidence} == {135.0}


def test_the_report_says_so(report):
    answer = report.partition("## Alerts")[0]
    assert "no story of how the states change was fitted" in answer
    assert "The study declares no steps between states." in answer
    assert re.search(r"alpha-Fe, all temperatures: posterior .*: α-Fe above 0\.9999", answer, re.I)
    assert "magnetite, all temperatures: no observable has a vote." in answer
    for words in ("(no data here of mossbauer)", "(no data here of xanes)", "not told apart"):
        assert words in answer
    assert "SYNCmoss/Library/Hematite_mineral_test.mdl" in report


@pytest.fixture(scope="module")
def diradical(tmp_path_factory):
    text = shared_data("magnetism", "chit", CHI_T).read_text(encoding="utf-8")
    points = [tuple(map(float, line.split())) for line in text.splitlines() if line.strip()]
    return run_in(tmp_path_factory.mktemp("diradical"), diradical_text(points))


def story(outcome, name):
    (found,) = (one for one in outcome.assignment.stories if one.name == name)
    return found, {one.name: one for one in found.parameters}


def test_a_real_series_gives_the_published_gap(diradical):
    _, free = story(diradical, "free")
    assert abs(free["H.ST"].value - GAP_J) < 2 * free["H.ST"].sigma
    assert free["H.ST"].sigma < 0.05 * GAP_J
    assert abs(free["S.ST"].value - 9.134) < 2 * free["S.ST"].sigma  # R ln 3
    # a triplet of g 1.984: 0.12505 cm3 K/mol g^2 S(S + 1)
    triplet = free["magnetism.chiT.triplet"]
    assert abs(triplet.value - 0.12505 * 1.984**2 * 2) < 2 * triplet.sigma


def test_with_free_pure_states_it_is_known_up_to_a_line(diradical):
    (check,) = (one for one in diradical.assignment.axis if one.story == "free")
    assert "known up to a n + b x" in check.verdict
    rows = [row for row in diradical.assignment.populations if row.state == "triplet"]
    assert len(rows) == 3
    for row in rows:
        assert any("assumed shape in temperature" in text for text in row.anchored_by)
