"""An elemental analysis against a formula, as a user sees it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from spectrafit.errors import ReadError, SettingsError
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_structure.composition import composition, elemental_analysis_reader
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.composition.simulate import CompositionSimulation

pytest.importorskip("periodictable", reason="the extra `calc` is not installed")

FORMULA = "C38H74N8O4F18P3FeCo"
SALT = CompositionSettings(formula=FORMULA)
PAPER = """element,found %,calculated
C,36.41,36.2
H,5.94,5.8
N,8.92,8.65
Fe,4.48,4.44
Co,4.72,4.69
"""


def analysis(text: str, name: str = "analysis.csv") -> Recording:
    return elemental_analysis_reader.recording(text.encode(), Path(name))


def observed(text: str, settings: CompositionSettings = SALT) -> Observables:
    return composition.observe({"sample": analysis(text)}, settings)


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}


def text_of(found: Observables, code: str) -> str:
    return next(str(alert) for alert in found.alerts if alert.code == code)


def test_the_printed_analysis_agrees_with_the_formula() -> None:
    found = observed(PAPER)
    expected = {"C": 36.32, "H": 5.94, "N": 8.92, "Fe": 4.44, "Co": 4.69}
    for element, value in expected.items():
        assert found[f"composition.{element}.expected"].value == pytest.approx(value, abs=0.005)
        assert found[f"composition.{element}.verdict"].value == "within the limit"
    assert found["composition.C.deviation"].value == pytest.approx(0.092, abs=0.001)
    assert found["composition.formula.molar_mass"].value == pytest.approx(1256.73, abs=0.005)
    assert "COMP-100" not in codes(found)
    assert found["composition.C.found"].conventions["formula"] == "C38H74CoF18FeN8O4P3"


def test_calculated_values_that_are_not_the_formulas_are_told() -> None:
    said = text_of(observed(PAPER), "COMP-103")
    for part in ("C 36.2 for 36.32 %", "H 5.8", "N 8.65", "found H and N equal", "exchanged"):
        assert part in said
    assert "Fe" not in said.split("are not those of")[1].split(": ")[1]
    right = PAPER.replace("36.2\n", "36.3\n").replace("5.8\n", "5.94\n").replace("8.65", "8.91")
    assert "COMP-103" not in codes(observed(right))


def test_ratio_of_the_two_metals_without_an_error_says_so() -> None:
    found = observed(PAPER)
    ratio = found["composition.Co_Fe"]
    assert ratio.value == pytest.approx(0.998, abs=5e-4)
    assert ratio.sigma is None
    assert "one determination" in ratio.sigma_reason
    assert ratio.verdict == "not testable without an error"
    assert "--set su_percent" in text_of(found, "COMP-102")


def test_ratio_with_the_error_of_the_laboratory() -> None:
    found = observed(PAPER, replace(SALT, su_percent=0.02))
    ratio = found["composition.Co_Fe"]
    assert ratio.sigma == pytest.approx(ratio.value * np.hypot(0.02 / 4.72, 0.02 / 4.48))
    assert set(ratio.budget) == {"Co", "Fe"}
    assert np.hypot(*ratio.budget.values()) == pytest.approx(ratio.sigma)
    assert ratio.verdict.startswith("agrees")
    assert "mixture" in ratio.verdict
    assert not {"COMP-102", "COMP-108"} & codes(found)
    off = observed(PAPER.replace("4.72", "5.02"), replace(SALT, su_percent=0.02))
    assert off["composition.Co_Fe"].verdict == "differs from the formula"
    assert "from 1 of the formula" in text_of(off, "COMP-108")


def test_other_ratios_are_asked_for() -> None:
    found = observed(PAPER, replace(SALT, ratios=("C/N", "Co/S")))
    assert found["composition.C_N"].value == pytest.approx(38 / 8, rel=0.01)
    assert "composition.Co_Fe" not in found.keys
    assert "Co/S: there is no percentage of S" in text_of(found, "COMP-111")
    for wrong in ("Co", "Co/Co", "Co/Xx"):
        with pytest.raises(SettingsError, match="no ratio of elements"):
            observed(PAPER, replace(SALT, ratios=(wrong,)))


def test_deviations_beyond_the_limit_and_foreign_elements() -> None:
    found = observed("element,found\nC,36.80\nN,8.92\nS,1.2\n")
    assert found["composition.C.verdict"].value == "beyond the limit"
    assert found["composition.S.verdict"].value == "not in the formula"
    assert found["composition.S.expected"].value == 0.0
    assert "C +0.48 %" in text_of(found, "COMP-100")
    assert "S 1.2 %" in text_of(found, "COMP-101")
    near = observed("element,found,su\nC,36.80,0.1\n")
    assert near["composition.C.verdict"].value == "beyond the limit by less than its error"
    assert "COMP-100" not in codes(observed(PAPER, replace(SALT, limit_percent=0.5)))
    assert "COMP-100" in codes(observed(PAPER, replace(SALT, limit_percent=0.05)))


def test_solvent_is_weighed_and_told() -> None:
    wet = replace(SALT, solvent="2H2O")
    dry, found = observed(PAPER), observed(PAPER, wet)
    assert found["composition.formula.molar_mass"].value == pytest.approx(
        dry["composition.formula.molar_mass"].value + 36.03, abs=0.01
    )
    assert found["composition.C.deviation"].value > 0.9
    assert "2H2O" in text_of(found, "COMP-112")


def test_several_determinations() -> None:
    three = "element,found\nC,36.30\nC,36.40\nC,36.50\n"
    item = observed(three)["composition.C.found"]
    assert item.value == pytest.approx(36.4)
    # Student's factor for two degrees of freedom and 68 %
    assert item.sigma == pytest.approx(1.3213 * 0.1 / np.sqrt(3), rel=1e-3)
    assert item.budget == {"scatter": item.sigma}
    assert item.conventions["determinations"] == 3
    told = observed(three, replace(SALT, su_percent=0.2))["composition.C.found"]
    assert told.sigma == 0.2
    same = observed("element,found\nC,36.30\nC,36.30\n")["composition.C.found"]
    assert same.sigma is None
    assert "agree to the last digit" in same.sigma_reason


def test_errors_of_determinations_cover_the_truth() -> None:
    pulls = []
    for seed in range(60):
        text = composition.simulated_text(CompositionSimulation(determinations=4), seed)
        found = observed(text)
        for element in ("C", "N", "Co"):
            item = found[f"composition.{element}.deviation"]
            pulls.append(item.value / item.sigma)
    inside = np.mean(np.abs(pulls) < 1.0)
    assert inside == pytest.approx(0.683, abs=4 * np.sqrt(0.683 * 0.317 / len(pulls)))


def test_the_formula_is_needed_and_may_stand_in_the_file() -> None:
    with pytest.raises(SettingsError, match="formula is missing") as refused:
        observed(PAPER, CompositionSettings())
    assert "--set formula=" in refused.value.do
    found = observed(f"# formula: {FORMULA}\n{PAPER}", CompositionSettings())
    assert found["composition.C.expected"].value == pytest.approx(36.318, abs=0.001)
    other = observed(f"# formula: C6H6\n{PAPER}", SALT)
    assert other["composition.C.expected"].value == pytest.approx(36.318, abs=0.001)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        (CompositionSettings(formula="C38H74Xx"), "no formula"),
        (replace(SALT, su_percent=-1.0), "no error of a percentage"),
        (replace(SALT, limit_percent=0.0), "not above 0"),
    ],
)
def test_impossible_settings_are_refused(settings: CompositionSettings, match: str) -> None:
    with pytest.raises(SettingsError, match=match):
        observed(PAPER, settings)


def test_without_periodictable_the_error_names_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = analysis(PAPER)
    monkeypatch.setitem(sys.modules, "periodictable", None)
    with pytest.raises(SettingsError, match="periodictable") as refused:
        composition.observe({"sample": sample}, SALT)
    assert "pip install 'spectrafit-suite[calc]'" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert composition.suits(sample).suits


# what is read ------------------------------------------------------------------------------------


def test_lines_columns_and_bare_pairs_say_the_same() -> None:
    forms = (
        "element;found %;su\nC;36,41(2);\nH;5,94;0,02\n",
        "Element\tFound (wt%)\ts.u.\nC\t36.41%\t0.02\nH\t5.94\t0.02\n",
        "C 36.41(2)\nH 5.94(2)\n",
    )
    for text in forms:
        recording = analysis(text)
        assert recording.names == ("C", "C s.u.", "H", "H s.u.")
        values = [column.values[0] for column in recording.columns]
        assert values == pytest.approx([36.41, 0.02, 5.94, 0.02])


def test_a_table_of_runs_keeps_determinations_and_leaves_summaries_out() -> None:
    recording = analysis(
        "run,mass,C %,H %\n1,1.2,36.41,5.94\n2,1.4,36.35,\nMean,,36.38,5.94\ncalc.,,36.2,5.8\n"
    )
    assert recording.column("C").values.tolist() == [36.41, 36.35]
    assert np.isnan(recording.column("H").values[1])
    assert recording.column("C calculated").values[0] == 36.2
    said = " ".join(notice.text for notice in recording.notices)
    assert "run, mass" in said
    assert "lines left out, which sum others up: 4" in said


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("element,found\nC,36.4\nH,<0.3\n", "'<0.3' is no percentage"),
        ("element,found\nC,136.4\n", "no percentage"),
        ("element,found\nC,-1\n", "no percentage"),
        ("element,found\nC,36.4\nQ,5\n", "'Q' is no element"),
        ("element,found\nC,36,41\n", "commas may be decimal marks"),
        ("C,H,N\n36.4,5.9\n", "too few for the columns"),
        ("C,36.41,0.1\nH,5.94,0.1\n", "no table of elements"),
        ("element,found\nC,\n", "no table of elements"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, match: str) -> None:
    with pytest.raises(ReadError, match=match):
        analysis(text)


def test_more_than_the_whole_is_refused() -> None:
    with pytest.raises(SettingsError, match="more than 100"):
        observed("element,found\nC,70\nH,40\n")


# figures and sentences ---------------------------------------------------------------------------


def test_the_chart_shows_each_deviation_against_the_limit() -> None:
    found = observed(PAPER, replace(SALT, su_percent=0.1))
    (chart,) = found.charts
    data = chart.panels[0].traces[0]
    assert data.y[0] == found["composition.C.deviation"].value
    assert data.sigma is not None
    assert set(data.sigma) == {0.1}
    assert [mark.label for mark in chart.panels[0].x_marks] == ["C", "H", "N", "Fe", "Co"]
    limits = [trace.y[0] for trace in chart.panels[0].traces[1:]]
    assert limits == [0.4, -0.4]
    assert not chart.simulated
    assert observed(PAPER).charts[0].panels[0].traces[0].sigma is None


def test_suits_asks_for_what_is_missing() -> None:
    judged = composition.suits(analysis(PAPER))
    assert judged.suits
    assert set(judged.missing) == {"formula"}
    assert not composition.suits(analysis(f"# formula: {FORMULA}\n{PAPER}")).missing
