"""A declared truth is read strictly, and says nothing between its temperatures."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from spectrafit.errors import SpectrafitError, StudyError
from spectrafit.study.truth import Truth, load_truth

TEXT = """\
[truth]
name = "truth P"
simulated = true
note = "one of a family"
states = ["LS", "HS"]

[[population]]
T = 8
x = [0.9512, 0.0488]
[[population]]
T = 300.0
x = [0, 1]

[member."xanes.fe.preedge.area"]
LS = 4.9102
HS = 8.8
unit = "1"
convention = "trapezoid"

[member.mossbauer.QS]
LS = 1
HS = 2.5
unit = "mm/s"

[nuisances]
theta_D_K = 180

[[paper]]
key = "xanes.fe.preedge.area"
T = 8.0
value = 5.1
source = "Fig. 5a"
[[paper]]
key = "magnetism.g"
value = 2.0
sigma = 0.03
source = "text"
"""


@pytest.fixture
def truth(tmp_path: Path) -> Truth:
    return loaded(tmp_path, TEXT)


def loaded(folder: Path, text: str) -> Truth:
    file = folder / "truth.toml"
    file.write_text(text, encoding="utf-8")
    return load_truth(file)


def test_it_is_read_as_written(truth: Truth) -> None:
    assert truth.states == ("LS", "HS")
    assert truth.temperatures == (8.0, 300.0)
    assert truth.populations(8.0) == {"LS": 0.9512, "HS": 0.0488}
    area = truth.member("xanes.fe.preedge.area")
    assert area is not None
    assert (area.values, area.unit, area.convention) == (
        {"LS": 4.9102, "HS": 8.8},
        "1",
        "trapezoid",
    )
    assert truth.members["mossbauer.QS"].values == {"LS": 1.0, "HS": 2.5}
    assert truth.member("ir.1556.area") is None
    assert truth.nuisances == {"theta_D_K": 180.0}
    assert pickle.loads(pickle.dumps(truth)) == truth


def test_nothing_is_interpolated(truth: Truth) -> None:
    assert truth.populations(8.009) == truth.populations(7.991) == truth.populations(8.0)
    for temperature in (8.02, 100.0, 300.5, float("nan")):
        with pytest.raises(SpectrafitError, match=r"declares no populations at .*8, 300 K"):
            truth.populations(temperature)


def test_printed_numbers_are_found_by_key_and_temperature(truth: Truth) -> None:
    assert truth.paper_value("xanes.fe.preedge.area", 8.005) == 5.1
    assert truth.paper_value("xanes.fe.preedge.area", 300.0) is None
    assert truth.paper_value("xanes.fe.preedge.area", None) is None
    assert truth.paper_value("magnetism.g", None) == 2.0
    assert truth.paper_value("magnetism.g", 8.0) is None


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ("simulated = true\n", "", "$.truth.simulated", "is missing"),
        ("simulated = true", "simulated = false", "$.truth.simulated", "no choice"),
        ('name = "truth P"', 'nam = "truth P"', "$.truth.nam", "did you mean name"),
        ('["LS", "HS"]', '["LS", "LS"]', "$.truth.states[1]", "twice"),
        ('["LS", "HS"]', '["LS", "unit"]', "$.truth.states[1]", "a key's name"),
        ("0.9512, 0.0488", "0.9512, 0.1488", "$.population[0].x", "sum to 1.1"),
        ("0.9512, 0.0488", "1.0488, -0.0488", "$.population[0].x[1]", "not above"),
        ("0.9512, 0.0488", "1.0", "$.population[0].x", "1 shares for 2 states"),
        ("0.9512, 0.0488", '0.9512, "0.0488"', "$.population[0].x[1]", "without quotes"),
        ("T = 300.0", "T = 8.005", "$.population[1].T", "a second row for 8.005 K"),
        ("T = 300.0", "T = 0", "$.population[1].T", "not above 0"),
        ("LS = 4.9102", "LS = true", '$.member."xanes.fe.preedge.area".LS', "number is meant"),
        ("LS = 4.9102", "LSS = 4.9", '$.member."xanes.fe.preedge.area".LSS', "did you mean LS?"),
        ("HS = 8.8\n", "", '$.member."xanes.fe.preedge.area".HS', "every state"),
        ('unit = "mm/s"', 'unit = "mm"', "$", ""),
        ('unit = "mm/s"', 'unit = "furlong"', '$.member."mossbauer.QS".unit', "not known"),
        ('"trapezoid"', "3", '$.member."xanes.fe.preedge.area".convention', "quotes"),
        ("theta_D_K = 180", "theta_D_K = nan", "$.nuisances.theta_D_K", "finite"),
        ("value = 5.1", 'value = "5.1"', "$.paper[0].value", "without quotes"),
        ("value = 5.1", 'value = 5.1\nunit = "%"', "$.paper[0].unit", "printed in %"),
        ('source = "text"', "", "$.paper[1].source", "is missing"),
        ("sigma = 0.03", "sigma = 0", "$.paper[1].sigma", "not above 0"),
        ('"magnetism.g"', '"xanes.fe.preedge.area"\nT = 8', "$.paper[1]", "a second number"),
        ("[nuisances]", "[nuisance]", "$.nuisance", "did you mean nuisances"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, where: str, words: str
) -> None:
    assert TEXT.count(old) >= 1
    text = TEXT.replace(old, new, 1)
    if where == "$":  # another unit of the table is no mistake
        assert loaded(tmp_path, text).members["mossbauer.QS"].unit == "mm"
        return
    with pytest.raises(StudyError) as caught:
        loaded(tmp_path, text)
    at_place = [str(m) for m in caught.value.mistakes if m.where == where]
    assert any(words in told for told in at_place), str(caught.value)


def test_the_shipped_truth_is_read() -> None:
    file = Path(__file__).parents[2] / "reference_spectra" / "feco" / "truth.toml"
    truth = load_truth(file)
    assert len(truth.states) == 3
    for temperature in truth.temperatures:
        assert sum(truth.populations(temperature).values()) == pytest.approx(1, abs=1e-3)
    assert set(truth.populations(8.0)) == set(truth.states)


LAW = """
[law]
S12 = 93.6
T12 = 90.53
G12 = 835.0
H23 = 28371.0
S23 = 97.18
G23 = -14577.0
rho = 0.0488
"""


def test_a_law_says_what_is_between_the_rows_and_the_slopes(tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "reference_spectra" / "feco" / "truth.toml"
    truth = load_truth(shipped)
    assert truth.law is not None
    around = [truth.populations(T) for T in (87.4999, 87.5001)]
    for state, slope in truth.slopes(87.5).items():
        assert (around[1][state] - around[0][state]) / 2e-4 == pytest.approx(slope, rel=1e-4)
    # two rows of the truth's table: p = 1000 sum(slope P) of the primary part
    assert truth.populations(90.0)["FeIII_LS"] == 0.5105
    assert sum(truth.slopes(90.0).values()) == pytest.approx(0.0, abs=1e-15)


def test_slopes_without_a_law_are_refused(truth: Truth) -> None:
    with pytest.raises(SpectrafitError, match="no slopes"):
        truth.slopes(8.0)


def test_a_law_that_contradicts_the_rows_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="a law of three states, but 2"):
        loaded(tmp_path, TEXT + LAW)
    three = """
[truth]
name = "t"
simulated = true
states = ["a", "b", "c"]
[[population]]
T = 90.0
x = [0.6, 0.3994, 0.0006]
"""
    with pytest.raises(StudyError, match=r"population\[0\].*the law gives shares at 90 K"):
        loaded(tmp_path, three + LAW)
