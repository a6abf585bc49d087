"""A whole study with ten seeded mistakes: all of them in one answer, each with what was meant."""

from __future__ import annotations

import pytest

from spectrafit.errors import StudyError
from spectrafit.study.load import study_of_text

STUDY = """
[study]
name = "feco"
title = "[FeCo] dinuclear complex: three electronic states"

[sample.FeCo]
formula = "C38H74N8O4F18P3FeCo"

[[measurement]]
name = "foil"
technique = "xanes"
role = "calibration"
files = ["raw/foil/*.dat"]

[[measurement]]
name = "herfd"
technique = "herfd"
sample = "FeCo"
files = ["raw/herfd/*.dat"]
uses = { calibration = "foil" }
[measurement.conditions]
T = { pattern = "_{}K", unit = "K" }
[measurement.settings]
peaks = 3
window_eV = [7108.0, 7118.0]
[measurement.parameters]
"peak1.center" = { start = 7112.3, min = 7111.5, max = 7113.0 }
"peak2.fwhm" = { equals = "peak1.fwhm" }
[[measurement.except]]
files = ["raw/herfd/scan_0117.dat"]
use = false
reason = "beam dump at 7130 eV"

[[waive]]
code = "XAS-100"
measurement = "herfd"
reason = "relative energies only"

[state.FeIII_LS]
label = "Fe3+(LS)-dhbq3-"
[state.FeIII_LS.expect]
"herfd.fe.preedge.area" = { value = 5.1, sigma = 0.8, source = "assumed: the 8 K crystal is this state" }
"""

# What is written instead, where it is found, and the word that helps.
SEEDED = (
    ('title = "[FeCo]', 'titel = "[FeCo]', "$.study.titel", "title"),
    ('role = "calibration"', 'role = "calibraton"', "$.measurement[0].role", "calibration"),
    ('sample = "FeCo"', 'sample = "FeC"', "$.measurement[1].sample", "FeCo"),
    ('calibration = "foil"', 'calibration = "foill"', "$.measurement[1].uses.calibration", "foil"),
    ('"_{}K", unit = "K"', '"_{}K", unit = "Kel"', "$.measurement[1].conditions.T.unit", "K"),
    ("peaks = 3", "peeks = 3", "$.measurement[1].settings.peeks", "peaks"),
    ("[7108.0, 7118.0]", '"7108-7118"', "$.measurement[1].settings.window_eV", "write [ ]"),
    ("min = 7111.5", "min = 7113.5", '$.measurement[1].parameters."peak1.center"', "above"),
    (
        'equals = "peak1',
        'equal = "peak1',
        '$.measurement[1].parameters."peak2.fwhm".equal',
        "equals",
    ),
    ('reason = "beam', 'raeson = "beam', "$.measurement[1].except[0].raeson", "reason"),
)


def test_the_study_without_them_is_right(tmp_path):
    assert study_of_text(STUDY, folder=tmp_path).study.study.name == "feco"


def test_all_ten_are_in_one_answer_each_with_its_place_and_what_was_meant(tmp_path):
    text = STUDY
    for right, wrong, _, _ in SEEDED:
        assert text.count(right) == 1, right
        text = text.replace(right, wrong)
    with pytest.raises(StudyError) as caught:
        study_of_text(text, folder=tmp_path)
    told = {one.where: f"{one.what}; {one.do}" for one in caught.value.mistakes}
    for _, _, place, meant in SEEDED:
        assert place in told, (place, list(told))
        assert meant in told[place], told[place]
    # beside the ten only what follows from one of them: the key without its letters is missing
    assert set(told) - {place for _, _, place, _ in SEEDED} <= {"$.measurement[1].except[0].reason"}


@pytest.mark.parametrize("number", range(len(SEEDED)))
def test_each_of_them_alone_is_the_only_one(tmp_path, number):
    right, wrong, place, _ = SEEDED[number]
    with pytest.raises(StudyError) as caught:
        study_of_text(STUDY.replace(right, wrong), folder=tmp_path)
    assert place in [one.where for one in caught.value.mistakes]
    assert len(caught.value.mistakes) <= 2
