"""What a study declares of its states, as the joint fit knows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from spectrafit.errors import StudyError
from spectrafit.observable import ObservableSpec
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.states.model import Law, Parameter, Requirement, Story
from spectrafit.study.load import study_of_text
from spectrafit.study.schema import (
    Joint,
    JointParameter,
    StateDeclaration,
    StepDeclaration,
    StoryDeclaration,
    StoryRequirement,
    Study,
    StudyHead,
)
from spectrafit.study.state_model import nuisance_names, state_model, unfelt_sentences

STATES = {"A": StateDeclaration("state A"), "B": StateDeclaration(), "C": StateDeclaration()}
STEPS = (
    StepDeclaration("12", "A", "23", by_T=True),
    StepDeclaration("23", "B", "C", "free", nodes=(100.0, 200.0)),
)
SPECS = {
    "t.shift": ObservableSpec("t.shift", "mm/s", "a shift"),
    "t.length": ObservableSpec("t.length", "A", "a length"),
}


def study(parameters=None, stories=(), **changes):
    joint = Joint(keys=("t.*",), report_T=(125.0,), parameters=parameters or {})
    given = {"state": STATES, "step": STEPS, "joint": joint, "story": stories} | changes
    return Study(StudyHead("s"), **given)


def model(parameters=None, stories=(), data=None, **changes):
    return state_model(study(parameters, stories, **changes), data, spec_of=SPECS.get)


def test_a_study_without_steps_has_no_model():
    assert model(step=(), joint=None) is None


def test_states_steps_and_one_story_where_none_is_declared():
    found = model()
    assert [(s.name, s.label) for s in found.states] == [("A", "state A"), ("B", "B"), ("C", "C")]
    assert [(s.name, s.law, s.by_T, s.nodes) for s in found.steps] == [
        ("12", Law.EQUILIBRIUM, True, ()),
        ("23", Law.FREE, False, (100.0, 200.0)),
    ]
    assert (found.report_T, len(found.stories)) == ((125.0,), 1)
    assert found.stories[0].parameters == {}


def test_a_story_has_its_own_numbers_laws_and_requirements():
    story = StoryDeclaration(
        "smooth", "an equilibrium", {"G.23": JointParameter(value=0.0, min=-4e4)},
        {"23": "equilibrium"}, (StoryRequirement("C", 300.0, at_least=0.5),),
    )  # fmt: skip
    found = model(stories=(story,))
    assert found.stories == (
        Story(
            "smooth", "an equilibrium", {"G.23": Parameter(0.0, low=-4e4)},
            (Requirement("C", 300.0, at_least=0.5),), {"23": Law.EQUILIBRIUM},
        ),
    )  # fmt: skip
    assert found.steps_of(found.stories[0])[1].law is Law.EQUILIBRIUM


@pytest.mark.parametrize(
    ("name", "given", "meant"),
    [
        ("T.12", {"value": 0.0, "sigma": 2.0, "unit": "degC"}, Parameter(273.15, sigma=2.0)),
        ("S.12", {"value": 80.0, "unit": "J mol-1 K-1"}, Parameter(80.0)),
        ("G.12", {"value": 1.5, "max": 2.0, "unit": "kJ mol-1"}, Parameter(1500.0, high=2000.0)),
        ("x.23@100", {"value": 0.25}, Parameter(0.25)),
        ("t.length.A", {"value": 190.0, "sigma": 1.0, "unit": "pm"}, Parameter(1.9, sigma=0.01)),
        ("t.length.A", {"min": 1.8}, Parameter(low=1.8)),
        ("t.length.A", {"equals": "t.length.B"}, Parameter(equals="t.length.B")),
        ("theta_D_K", {"value": -93.15, "unit": "degC"}, Parameter(180.0)),
        ("g.C", {"value": 2.1, "fixed": True}, Parameter(2.1, fixed=True)),
    ],
)
def test_numbers_are_in_the_units_of_the_joint_fit(name, given, meant):
    found = model({name: JointParameter(**given)}).parameters[name]
    for each in ("value", "low", "high", "sigma"):
        assert getattr(found, each) == pytest.approx(getattr(meant, each)), each
    assert (found.fixed, found.equals) == (meant.fixed, meant.equals)


def test_values_of_pure_states_for_slopes_are_in_the_unit_of_the_curve():
    """The mixing rule of pyro.p takes the polarisation of each state in uC cm-2."""
    joint = Joint(("pyro.p",), parameters={"pyro.p.C": JointParameter(2600.0, unit="nC cm-2")})
    found = state_model(study(joint=joint))
    assert found.parameters["pyro.p.C"].value == pytest.approx(2.6)
    wrong = Joint(("pyro.p",), parameters={"pyro.p.C": JointParameter(1.0, unit="nC cm-2 K-1")})
    with pytest.raises(StudyError, match="it is made of slopes"):
        state_model(study(joint=wrong))


def test_every_fault_of_a_number_is_named_at_once():
    parameters = {
        "H.12": JointParameter(1.0),
        "t.shift.D": JointParameter(1.0),
        "S.12": JointParameter(1.0, unit="eV"),
        "t.shift.A": JointParameter(1.0, min=1.0, max=1.0),
        "t.shift.B": JointParameter(equals="T.13"),
        "theta_D_K": JointParameter(180.0),
    }
    with pytest.raises(StudyError) as caught:
        model(parameters)
    said = {one.where: f"{one.what}; {one.do}" for one in caught.value.mistakes}
    assert {key: words in said[key] for key, words in {
        '$.joint.parameters."H.12"': "T.12",
        '$.joint.parameters."t.shift.D"': "no state",
        '$.joint.parameters."S.12"': "eV is a photon energy",
        '$.joint.parameters."t.shift.A"': "below the upper",
        '$.joint.parameters."t.shift.B"': "T.12",
    }.items()} == dict.fromkeys(said, True)  # fmt: skip


def test_what_the_model_refuses_is_a_mistake_of_the_study():
    with pytest.raises(StudyError, match="do not join the states"):
        model(state={**STATES, "D": StateDeclaration()})
    with pytest.raises(StudyError, match=r"joint: is missing"):
        model(joint=None)


def test_keys_with_a_star_become_those_that_were_measured():
    data = JoinedData((Datum("t.shift", 100.0, 1.0, 0.1),), SPECS)
    assert model().keys == ("t.*",)
    assert model(data=data).keys == ("t.shift",)
    told = {"t.length.A": JointParameter(1.9)}
    assert model(told, data=data).keys == ("t.shift", "t.length")
    written = Joint(("t.shift", "t.length"))
    assert model(joint=written, data=data).keys == ("t.shift", "t.length")


def test_numbers_that_only_mixing_rules_can_know_are_told_apart():
    story = StoryDeclaration("a", parameters={"TIP": JointParameter(0.0)})
    told = {
        name: JointParameter(1.0)
        for name in ("T.12", "x.23@200", "t.shift.B", "theta_D_K", "g.C", "psec_300")
    }
    one = study(told, (story,))
    assert nuisance_names(one) == ("theta_D_K", "g.C", "psec_300", "TIP")
    said = unfelt_sentences(one, {"theta_D_K": True, "g.C": False, "T.12": False})
    assert len(said) == 1
    assert "g.C" in said[0]


def test_a_file_gives_the_same_model_with_and_without_quotes():
    text = (
        '[study]\nname = "s"\n[[typed]]\nkey = "a"\nvalue = 1\nsource = "x"\n[state.A]\n[state.B]\n'
        '[[step]]\nname = "1"\nlower = "A"\nupper = "B"\n[joint]\nkeys = "mossbauer.IS"\n'
        "[joint.parameters]\n"
    )
    rows = "H.1 = { value = 4, unit = 'kJ mol-1' }\nmossbauer.IS.B = { value = 0.5 }\n"
    quoted = rows.replace("H.1", '"H.1"').replace("mossbauer.IS.B", '"mossbauer.IS.B"')
    bare, named = (study_of_text(text + each, folder=Path()).study for each in (rows, quoted))
    assert state_model(bare).parameters["H.1"].value == 4000.0
    assert state_model(bare) == state_model(named)
