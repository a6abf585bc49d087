"""Steps, stories, claims and candidates of a study: read as meant, or every mistake named."""

from __future__ import annotations

import json
import pickle
import tomllib
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from study_corpus import READERS, TECHNIQUES

from spectrafit.cli.main import main
from spectrafit.errors import StudyError
from spectrafit.study.json_schema import study_schema
from spectrafit.study.load import LoadedStudy, study_of_text
from spectrafit.study.schema import ClaimTest, ExpectedValue, JointParameter, TypedValue

STUDY = """\
[study]
name = "s"
[sample.one]
[[measurement]]
name = "m"
technique = "mossbauer"
sample = "one"
files = "raw/*.dat"
[state.A]
[state.B]
label = "state B"
[state.C]
[[step]]
name = "12"
lower = "A"
upper = "23"
by_T = true
[[step]]
name = "23"
lower = "B"
upper = "C"
law = "free"
nodes = [100, 200.0]
[joint]
keys = ["mossbauer.IS", "mossbauer.a*"]
sample = "one"
report_T = [125, 300]
groups = { low = [2, 80] }
T_range = { "mossbauer.IS" = [10, 290] }
[joint.parameters]
T.12 = { value = 90, min = 80, max = 100 }
S.12 = { value = 80, sigma = 5, source = "assumed: like others" }
theta_D_K = { value = 180, fixed = true }
mossbauer.IS.C = { equals = "mossbauer.IS.B" }
mossbauer.area.B = { min = 0 }
x.23@100 = { value = 0.1 }
[[story]]
name = "smooth"
meaning = "an equilibrium"
laws = { 23 = "equilibrium" }
parameters = { "G.23" = { value = 0, min = -40e3 } }
[[story.require]]
state = "C"
T = 300
at_least = 0.5
[[story]]
name = "free"
[[candidate]]
name = "QS at 300 K"
key = "mossbauer.QS"
T = 300
sigma = 0.03
unit = "mm/s"
rests_on = "pure-state values that do not change with T"
[[claim]]
name = "C1"
text = "C dominates at room temperature"
[[claim.test]]
state = "C"
T = 300
above = 0.5
supports = "it does"
[[claim.test]]
key = "mossbauer.verdict"
measurement = "m"
is = "averaged"
[[claim.test]]
parameter = "H.23"
below = 1e4
[[rule]]
name = "R1"
text = "it rises"
caveat = "by the end members"
[[rule.test]]
change_of = "C"
from_T = 125
T = 300
within = [0.1, 0.5]
[[consistency]]
text = "step of charge"
expression = "a * b / (2.5 + c)^2"
values = { a = 1, b = 2, c = 3.5 }
low = 0.5
[[typed]]
key = "mossbauer.QS"
value = 1.83
sigma = 0.02
T = 125
unit = "mm/s"
source = "10.1/x"
[[typed]]
key = "mossbauer.area"
low = 2.4
high = 5.0
sigma = 0.1
from_T = 110
T = 300
quantity = "highest"
source = "10.1/x"
"""
STUDY = STUDY.replace("x.23@100", '"x.23@100"')
VALIDATOR = Draft202012Validator(study_schema(TECHNIQUES))


def loaded(text: str) -> LoadedStudy:
    return study_of_text(text, folder=Path(), techniques=TECHNIQUES, readers=READERS)


def test_the_tables_are_read_as_meant():
    study = loaded(STUDY).study
    assert [(s.name, s.lower, s.upper, s.law, s.by_T, s.nodes) for s in study.step] == [
        ("12", "A", "23", "equilibrium", True, ()),
        ("23", "B", "C", "free", False, (100.0, 200.0)),
    ]
    joint = study.joint
    assert joint.keys == ("mossbauer.IS", "mossbauer.a*")
    assert (joint.starts, joint.replicas, joint.report_T) == (8, 99, (125.0, 300.0))
    assert joint.groups == {"low": (2.0, 80.0)}
    assert joint.parameters["T.12"] == JointParameter(value=90.0, min=80.0, max=100.0)
    assert joint.parameters["mossbauer.IS.C"] == JointParameter(equals="mossbauer.IS.B")
    assert study.story[0].laws == {"23": "equilibrium"}
    assert study.story[0].require[0].at_least == 0.5
    assert study.claim[0].test[1] == ClaimTest(
        key="mossbauer.verdict", measurement="m", is_="averaged"
    )
    assert study.rule[0].test[0].within == (0.1, 0.5)
    assert study.consistency[0].agrees == "agrees"
    assert (study.typed[1].value, study.typed[1].high) == (None, 5.0)
    assert pickle.loads(pickle.dumps(study)) == study
    assert not list(VALIDATOR.iter_errors(tomllib.loads(STUDY)))


def test_an_expectation_of_a_value_is_of_this_compound_and_a_range_of_others():
    assert ExpectedValue("x", value=1.0).kind == "this_compound"
    assert ExpectedValue("x", low=1.0).kind == "reference_range"
    assert ExpectedValue("x", value=1.0, kind="measured_pure").kind == "measured_pure"


# What is written, what instead, where that is found, and the word that helps; then whether an
# editor that knows the JSON Schema sees it too.
SEEDED = (
    ('upper = "C"', 'upper = "CC"', "$.step[1].upper", "did you mean C", False),
    ('name = "12"', 'name = "1.2"', "$.step[0].name", "holds a dot", True),
    ('name = "12"', 'name = "A"', "$.step[0].name", "a state is called", False),
    ('lower = "B"', 'lower = "A"', "$.step", "used twice", False),
    ('law = "free"', 'law = "fre"', "$.step[1].law", "did you mean free", True),
    ("nodes = [100, 200.0]\n", "", "$.step[1].nodes", "needs them", False),
    ("[100, 200.0]", "[200.0, 100]", "$.step[1].nodes", "do not rise", False),
    ("[state.C]", "[state.C]\n[state.D]", "$.state.D", "no step leads", False),
    ('sample = "one"\nreport', 'sample = "on"\nreport', "$.joint.sample", "did you mean one", False),
    ("low = [2, 80]", "low = [80, 2]", "$.joint.groups.low", "does not rise", False),
    ("[10, 290]", "[290, 10]", '$.joint.T_range."mossbauer.IS"', "does not rise", False),
    ('{ "mossbauer.IS" =', '{ "mossbauer.is" =', '$.joint.T_range."mossbauer.is"', "mean mossbauer.IS", False),
    ("report_T", "reportT", "$.joint.reportT", "did you mean report_T", True),
    ("T.12 =", "H.12 =", '$.joint.parameters."H.12"', "or T.12", False),
    ("T.12 =", "T.13 =", '$.joint.parameters."T.13"', "did you mean T.12", False),
    ("IS.C =", "IS.D =", '$.joint.parameters."mossbauer.IS.D"', "no state", False),
    ("mossbauer.area.B =", "mossbauer.QS.B =", '$.joint.parameters."mossbauer.QS.B"', "not joined", False),
    ("theta_D_K", '"m: area"', '$.joint.parameters."m: area"', "data share", False),
    ('equals = "mossbauer.IS.B"', 'equals = "mossbauer.IS.C"', '$.joint.parameters."mossbauer.IS.C".equals', "itself", False),
    ('equals = "mossbauer.IS.B"', 'equals = "theta_K"', '$.joint.parameters."mossbauer.IS.C".equals', "mean theta_D_K", False),
    ("value = 180, fixed = true", "fixed = true", "$.joint.parameters.theta_D_K", "give value", False),
    ("value = 180, fixed = true", "max = 200", "$.joint.parameters.theta_D_K", "to start from", False),
    ("value = 90, min = 80", "value = 70, min = 80", '$.joint.parameters."T.12"', "above value", False),
    (', source = "assumed: like others"', "", '$.joint.parameters."S.12"', "without source", False),
    ('equals = "mossbauer.IS.B"', 'equals = "mossbauer.IS.B", value = 1', '$.joint.parameters."mossbauer.IS.C"', "exclude", True),
    ('{ 23 = "equilibrium" }', '{ 24 = "equilibrium" }', "$.story[0].laws.24", "the names are: 12, 23", False),
    ('{ 23 = "equilibrium" }', '{ 12 = "free" }', "$.story[0].laws.12", "no nodes", False),
    ('"G.23" =', '"G.24" =', '$.story[0].parameters."G.24"', "did you mean G.23", False),
    ('state = "C"\nT = 300\nat_least', 'state = "E"\nT = 300\nat_least', "$.story[0].require[0].state", "no state", False),
    ("at_least = 0.5\n", "", "$.story[0].require[0]", "give at_least/at_most", True),
    ('name = "free"', 'name = "smooth"', "$.story[1].name", "second story", False),
    ("sigma = 0.03", "sigma = 0", "$.candidate[0].sigma", "not above 0", True),
    ("rests_on", "from_T = 100\nrests_on", "$.candidate[0].from_T", "belongs to one", True),
    ('state = "C"\nT = 300\nabove', 'state = "C"\nabove', "$.claim[0].test[0].T", "is missing", False),
    ("above = 0.5\n", "", "$.claim[0].test[0]", "above or below", True),
    ("above = 0.5\n", "above = 0.5\nbelow = 1\n", "$.claim[0].test[0]", "exclude each other", True),
    ('measurement = "m"', 'measurement = "n"', "$.claim[0].test[1].measurement", "the names are: m", False),
    ('parameter = "H.23"', 'parameter = "H.24"', "$.claim[0].test[2].parameter", "mean H.23", False),
    ("from_T = 125", "from_T = 325", "$.rule[0].test[0].from_T", "not below T", False),
    ("within = [0.1, 0.5]", "within = [0.5, 0.1]", "$.rule[0].test[0].within", "does not rise", False),
    ("low = 2.4", "low = 2.4\nvalue = 3", "$.typed[1]", "exclude each other", True),
    ("from_T = 110\n", "", "$.typed[1].quantity", "range of temperatures", False),
)  # fmt: skip


def test_every_seed_is_in_the_study_once():
    for right, *_ in SEEDED:
        assert STUDY.count(right) == 1, right


@pytest.mark.parametrize("seed", SEEDED, ids=[f"{row[2]} {row[1][:20]}" for row in SEEDED])
def test_a_mistake_is_named_with_its_place(seed):
    right, wrong, place, words, seen_by_schema = seed
    text = STUDY.replace(right, wrong)
    with pytest.raises(StudyError) as caught:
        loaded(text)
    said = [f"{one.what}; {one.do}" for one in caught.value.mistakes if one.where == place]
    assert any(words in each for each in said), str(caught.value)
    assert VALIDATOR.is_valid(tomllib.loads(text)) is not seen_by_schema


def test_mistakes_of_several_tables_are_in_one_answer():
    text = STUDY
    for number in (0, 4, 8, 11, 24, 29, 34):
        text = text.replace(SEEDED[number][0], SEEDED[number][1])
    with pytest.raises(StudyError) as caught:
        loaded(text)
    told = {one.where for one in caught.value.mistakes}
    assert {SEEDED[number][2] for number in (0, 4, 8, 24, 29, 34)} <= told


@pytest.mark.parametrize("key", ["joint", "story", "candidate"])
def test_what_needs_steps_says_so(key):
    head = '[study]\nname = "s"\n[[typed]]\nkey = "a"\nvalue = 1\nsource = "x"\n'
    table = {
        "joint": '[joint]\nkeys = "mossbauer.IS"\n',
        "story": '[[story]]\nname = "a"\n',
        "candidate": '[[candidate]]\nname = "a"\nkey = "mossbauer.QS"\nT = 9\nsigma = 1\n',
    }[key]
    with pytest.raises(StudyError, match=rf"{key}: there are no steps between the states"):
        loaded(head + table)
    assert loaded(head).study.measurement == ()


def test_steps_without_joint_say_what_is_needed():
    text = (
        '[study]\nname = "s"\n[[typed]]\nkey = "a"\nvalue = 1\nsource = "x"\n[state.A]\n[state.B]\n'
    )
    step = '[[step]]\nname = "1"\nlower = "A"\nupper = "B"\n'
    with pytest.raises(StudyError, match=r"joint: is missing; add \[joint\]"):
        loaded(text + step)


def test_joined_keys_that_no_technique_declares_are_noticed():
    text = STUDY.replace('"mossbauer.IS", ', '"mossbauer.IS", "muon.rate", ')
    assert [(n.code, n.where) for n in loaded(text).notices] == [("STU-002", "$.joint.keys[1]")]


def test_a_typed_number_that_cannot_be_joined_is_noticed():
    """It would be left out of the joint fit, though its key and pure states are written."""
    text = STUDY.replace('"mossbauer.IS", ', '"mossbauer.IS", "muon.rate", ')
    typed = '[[typed]]\nkey = "muon.rate"\nT = 10\nvalue = 2.7\nsigma = 0.1\nsource = "x"\n'
    (notice,) = loaded(text + typed).notices
    assert (notice.code, notice.where) == ("STU-002", "$.joint.keys[1]")
    assert "no value of it is compared or joined" in notice.do


def test_a_claim_about_a_typed_number_is_no_notice():
    test = '[[claim.test]]\nkey = "film.p"\nabove = 3\n[[rule]]'
    typed = '[[typed]]\nkey = "film.p"\nvalue = 2.7\nsource = "x"\n'
    text = STUDY.replace("[[rule]]", test)
    assert [n.code for n in loaded(text).notices] == ["STU-002"]
    assert loaded(text + typed).notices == ()


def test_a_unit_of_another_quantity_is_a_mistake_of_the_study():
    text = STUDY.replace(
        "T.12 = { value = 90, min = 80, max = 100 }", 'T.12 = { value = 90, unit = "eV" }'
    )
    with pytest.raises(
        StudyError, match=r'parameters\."T\.12": eV is a photon energy, K a temperature'
    ):
        loaded(text)


def test_a_study_of_typed_numbers_alone_is_run_and_reported(tmp_path):
    study = tmp_path / "printed.toml"
    study.write_text(
        '[study]\nname = "printed"\n[[typed]]\nkey = "mossbauer.QS"\nvalue = 1.83\nsigma = 0.02\n'
        'T = 125\nunit = "mm/s"\nsource = "10.1/x"\n[[typed]]\nkey = "pyro.p"\nlow = 2.4\n'
        'high = 5.0\nsigma = 0.1\nfrom_T = 110\nT = 300\nquantity = "highest"\n'
        'unit = "nC cm-2 K-1"\nsource = "10.1/x"\n[[typed]]\nkey = "pyro.p"\nhigh = 0.3\nT = 60\n'
        'unit = "nC cm-2 K-1"\nsource = "10.1/x"\n'
    )
    with pytest.raises(SystemExit) as ended:
        main(["run", str(study), "--out", str(tmp_path / "out"), "--jobs", "1"])
    assert ended.value.code == 0
    report = (tmp_path / "out" / "report.md").read_text()
    assert "pyro.p, highest from 110 K" in report
    assert "2.4 to 5" in report
    assert "< 0.3" in report
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [one["high"] for one in results["typed"]] == [None, 5.0, 0.3]


def test_a_typed_number_without_a_source_is_refused():
    text = '[study]\nname = "s"\n[[typed]]\nkey = "a"\nvalue = 1\n'
    with pytest.raises(StudyError, match=r"typed\[0\]\.source: is missing"):
        loaded(text)
    assert TypedValue("a", "x", 1.0).value == 1.0
