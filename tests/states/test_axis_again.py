"""What all data fix of a step is asked for again without each technique that may fix it."""

from __future__ import annotations

import math

from spectrafit.reporting.state_answer import state_lines
from spectrafit.reporting.state_axis import law_sentence
from spectrafit.study.load import study_of_text
from spectrafit.study.run import run_study

CHI_T = {"A": 0.4, "B": 3.0}
LENGTH = {"A": 1.90, "B": 2.02}
STUDY = """
[study]
name = "two states"

{typed}
[state.A]
[state.B]

[[step]]
name = "AB"
lower = "A"
upper = "B"

[joint]
keys = ["magnetism.chiT", "structure.Fe-O"]
report_T = [60, 130, 220]
replicas = 19
starts = 2

[joint.parameters]
H.AB = {{ value = 7000, min = 1000, max = 20000 }}
S.AB = {{ value = 50, min = 5, max = 150 }}
magnetism.chiT.A = {{ value = 0.4, sigma = 0.005, source = "assumed: a test" }}
magnetism.chiT.B = {{ value = 3.0, sigma = 0.005, source = "assumed: a test" }}
{anchor}
[report]
figures = "none"
"""
ANCHOR = "\n".join(
    f'"structure.Fe-O.{state}" = {{ value = {value}, sigma = 0.0003, source = "assumed: a test" }}'
    for state, value in LENGTH.items()
)


def share(T: float) -> float:
    return 1.0 / (1.0 + math.exp((8000.0 - 60.0 * T) / (8.314462618 * T)))


def typed() -> str:
    rows = []
    for place, T in enumerate((50, 80, 100, 120, 140, 160, 190, 230)):
        for key, ends, sigma, unit in (
            ("magnetism.chiT", CHI_T, 0.008, "cm3 K mol-1"),
            ("structure.Fe-O", LENGTH, 0.0004, "A"),
        ):
            value = (1.0 - share(T)) * ends["A"] + share(T) * ends["B"]
            value += 0.3 * sigma * (-1) ** place
            rows.append(
                f'[[typed]]\nkey = "{key}"\nT = {T}\nvalue = {value:.5f}\nsigma = {sigma}\n'
                f'unit = "{unit}"\nsource = "assumed: a test"\n'
            )
    return "\n".join(rows)


def checks(tmp_path, anchor: str):
    text = STUDY.format(typed=typed(), anchor=anchor)
    found = run_study(study_of_text(text, folder=tmp_path)).assignment
    assert found is not None
    return {row.left_out: row.verdict for row in found.axis}


def test_without_the_only_technique_with_known_states_a_population_is_not_fixed(tmp_path):
    assert checks(tmp_path, "") == {"": "fixed", "magnetism": "known up to a n + b x"}


def test_each_of_two_techniques_with_known_states_fixes_it_alone(tmp_path):
    assert checks(tmp_path, ANCHOR) == {"": "fixed", "magnetism": "fixed", "structure": "fixed"}


def test_what_is_not_fixed_is_not_asked_for_again_and_an_anchor_would_fix_it(tmp_path):
    text = STUDY.format(typed=typed(), anchor="")
    lines = [line for line in text.splitlines() if not line.startswith("magnetism.chiT.")]
    outcome = run_study(study_of_text("\n".join(lines), folder=tmp_path))
    found = outcome.assignment
    assert found is not None
    assert [(row.left_out, row.verdict) for row in found.axis] == [("", "known up to a n + b x")]
    assert "an anchor, like one pure-state value" in law_sentence(outcome, found)


def test_where_an_anchor_is_given_a_closer_one_is_asked_for(tmp_path):
    text = STUDY.format(typed=typed(), anchor="").replace("sigma = 0.005", "sigma = 0.05")
    outcome = run_study(study_of_text(text, folder=tmp_path))
    assert outcome.assignment is not None
    sentence = law_sentence(outcome, outcome.assignment)
    assert "closer values than those given of magnetism.chiT.B would narrow it" in sentence
    assert "an anchor" not in sentence


def test_a_typed_number_that_is_not_joined_is_told_in_the_terminal(tmp_path):
    bare = '[[typed]]\nkey = "magnetism.chiT"\nT = 210\nvalue = 2.8\nunit = "cm3 K mol-1"\nsource = "x"\n'
    text = STUDY.format(typed=typed() + bare, anchor="")
    lines = state_lines(run_study(study_of_text(text, folder=tmp_path)))
    told = [line for line in lines if line.startswith("states, not joined: ")]
    assert told == [
        "states, not joined: magnetism.chiT of typed numbers: 1 value left out, no standard "
        "uncertainty is typed"
    ]
