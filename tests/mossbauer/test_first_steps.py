"""The first quarter of an hour: what a folder of raw files, and the first line typed, are answered."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from mossbauer_technique_case import ORIENTED

from spectrafit.cli.init import draft_lines
from spectrafit.cli.main import main
from spectrafit.errors import SettingsError
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit.reference import root
from spectrafit.study.draft_text import Draft, study_draft
from spectrafit.study.load import study_of_text
from spectrafit.study.survey import survey
from spectrafit_mossbauer.suitability import suitability
from spectrafit_mossbauer.technique import mossbauer

RAW = root() / "feco" / "mossbauer"


def folder_of(place: Path, *names: str) -> Path:
    for name in names:
        shutil.copy(RAW / name, place / name)
    return place


def drafted(folder: Path) -> Draft:
    return study_draft(survey(folder), folder / "study.toml", "spectrafit run study.toml")


def nameless_iron(folder: Path) -> Path:
    """Return an alpha-iron run that nothing but its lines tells."""
    text = (RAW / "alphaFe.ws5").read_text(encoding="utf-8")
    file = folder / "run01.ws5"
    file.write_text(re.sub(r"<sample>.*</sample>\n", "", text), encoding="utf-8")
    return file


def named(name: str) -> Recording:
    (found,) = read(RAW / "075K.ws5")
    return Recording(
        name, found.columns, {}, found.roles, found.conditions, found.source, (), found.reader
    )


def test_the_shipped_folder_becomes_a_study_that_finds_its_calibration() -> None:
    made = study_draft(survey(RAW), RAW / "study.toml", "spectrafit run study.toml")
    series, iron = study_of_text(made.text, folder=RAW).study.measurement
    assert (series.files, iron.files) == (("*K.ws5",), ("alphaFe.ws5",))
    assert iron.role == "calibration"
    assert dict(series.uses) == {"calibration": (iron.name,)}
    assert "missing: orientation of mossbauer-channels" in list(draft_lines(made))


def test_iron_without_a_name_is_known_by_its_lines_although_it_states_a_temperature(
    tmp_path: Path,
) -> None:
    (recording,) = read(nameless_iron(tmp_path))
    assert recording.conditions["T"] == 295.0
    found = suitability(recording)
    assert (found.role, "six lines" in found.why) == ("calibration", True)
    warm = suitability(read(RAW / "300K.ws5")[0])
    assert warm.role == "sample"
    made = drafted(folder_of(tmp_path, "075K.ws5", "100K.ws5"))
    series, iron = study_of_text(made.text, folder=tmp_path).study.measurement
    assert iron.files == ("run01.ws5",)
    assert dict(series.uses) == {"calibration": (iron.name,)}


@pytest.mark.parametrize("name", ["alphaFe.ws5", "a-Fe_01", "alpha-iron 2024", "Fe foil", "calib2"])
def test_words_for_alpha_iron(name: str) -> None:
    assert suitability(named(name)).role == "calibration"


@pytest.mark.parametrize("name", ["alpha-Fe2O3", "alphaFeOOH", "spectrum of a Fe complex", "cafe"])
def test_oxides_of_iron_are_no_alpha_iron(name: str) -> None:
    assert suitability(named(name)).role == "sample"


def test_a_folder_without_alpha_iron_asks_for_it(tmp_path: Path) -> None:
    made = drafted(folder_of(tmp_path, "075K.ws5", "100K.ws5"))
    said = list(draft_lines(made))
    assert "missing: calibration of mossbauer" in " ".join(said)
    assert "refused" in said[-1]
    assert not any("the study runs" in line for line in said)
    assert "# missing: uses = { calibration =" in made.text
    assert "raw alpha-iron run" in made.text


def test_the_first_line_typed_is_answered_with_the_whole_line() -> None:
    with pytest.raises(SettingsError) as caught:
        mossbauer.observe({"sample": read(RAW / "075K.ws5")[0]}, ORIENTED)
    assert "fit mossbauer 075K.ws5 --calibration" in caught.value.do
    assert "--set orientation=1" in caught.value.do
    assert "second branch" in caught.value.do
    with pytest.raises(SettingsError, match="looks like alpha-iron") as caught:
        mossbauer.observe({"sample": read(RAW / "alphaFe.ws5")[0]}, ORIENTED)
    assert "--calibration alphaFe.ws5" in caught.value.do


def test_a_magnetic_spectrum_fitted_as_a_doublet_gives_one_advice() -> None:
    magnetic = read(RAW / "alphaFe.ws5")[0]
    found = mossbauer.observe({"sample": magnetic, "calibration": magnetic}, ORIENTED)
    assert {"MOS-105", "MOS-104"} <= {alert.code for alert in found.alerts}
    assert "MOS-103" not in {alert.code for alert in found.alerts}
    assert not {"mossbauer.IS", "mossbauer.QS"} & set(found.keys)


def test_what_forbids_quoting_is_printed_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(RAW / name) for name in ("075K.ws5", "125K.ws5")]
    with pytest.raises(SystemExit) as ended:
        main(["fit", "mossbauer", *files, "--calibration", str(RAW / "alphaFe.ws5"), "--jobs", "1"])
    assert ended.value.code == 1
    printed = capsys.readouterr().out.splitlines()
    (line,) = [line for line in printed if line.startswith("MOS-100 A")]
    assert "--set orientation=1" in line
    assert line.endswith("(and 1 more)")
