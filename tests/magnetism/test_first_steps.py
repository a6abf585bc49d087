"""The first quarter of an hour: a folder of raw files, and what the first line typed is answered."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from data import shared_data
from magnetism_case import ONE, log_of, measured, observed, recorded, table_of

from spectrafit.cli.main import main
from spectrafit.reader import read
from spectrafit.reference import root
from spectrafit.study.draft_text import study_draft
from spectrafit.study.load import study_of_text
from spectrafit.study.survey import survey
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.simulate import simulated_log
from spectrafit_magnetism.suitability import suitability


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def run(*words: object) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        return out + err

    return run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "squid.dat"
    path.write_text(simulated_log(ONE, 1), encoding="utf-8")
    return path


def test_file_is_known_and_its_curve_is_fitted_without_a_setting(said, file):
    assert "magnetism: suits" in said("read", file)
    answer = said("fit", "magnetism", file, "--jobs", "1")
    for line in ("--set mass_error_mg=", "--set chi_dia=", "--set settle_s="):
        assert line in answer
    told = ("--set", "mass_error_mg=0.02", "--set", "chi_dia=-6.3e-4", "--set", "settle_s=12")
    answer = said("fit", "magnetism", file, "--jobs", "1", *told)
    assert "MAG-102" not in answer
    assert "MAG-104" not in answer
    assert "MAG-108" not in answer


def test_file_without_a_mass_says_what_to_type(said, tmp_path):
    text = simulated_log(ONE, 1)
    for entry in ("INFO,9.84,", "INFO,1256.73,"):
        text = text.replace(entry, "INFO,,")
    path = tmp_path / "bare.dat"
    path.write_text(text, encoding="utf-8")
    answer = said("fit", "magnetism", path, "--jobs", "1")
    assert "--set mass_mg=MILLIGRAMS --set molar_mass=GRAMS_PER_MOL" in answer
    asked = suitability(read(path)[0]).missing
    assert {"mass_mg", "molar_mass", "chi_dia"} <= asked.keys()
    assert "plot.svg" in said("plot", path, "--out", tmp_path / "plot.svg")


def test_folder_becomes_a_study_that_asks_for_what_only_the_user_knows(tmp_path, file):
    shutil.copy(shared_data("magnetism", "mpms", "magnetopy_fc11.dat"), tmp_path)
    made = study_draft(survey(tmp_path), tmp_path / "study.toml", "spectrafit run study.toml")
    assert "# missing: chi_dia" in made.text
    assert "# missing: header_convention" in made.text
    study = study_of_text(made.text, folder=tmp_path).study
    assert {one.technique for one in study.measurement} == {"magnetism"}
    assert len(study.measurement) == 2


def test_roles_and_kinds_are_told():
    assert suitability(measured("magnetopy_Pd_std1.dat")).conditions["curve"] == "M(H)"
    assert suitability(recorded()).conditions["curve"] == "chi T"
    assert suitability(recorded(name="empty_holder.dat")).role == "background"
    table = suitability(table_of("T (K),chiT (cm3 K mol-1)\n10,1\n20,1\n30,1\n"))
    assert table.suits
    assert "scale_error" in table.missing


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("(emu)", "(A m2)", "units of temperature and moment are not known"),
        ("Temperature (K)", "Temperature (C)", "units of temperature and moment are not known"),
        ("(Oe)", "(T)", "a field in another unit"),
    ],
)
def test_labels_in_another_unit_are_told_what_is_read(old, new, told):
    answer = suitability(log_of(simulated_log(ONE, 1).replace(old, new)))
    assert not answer.suits
    assert told in answer.why
    assert "Oe" in answer.why


def test_run_without_the_usual_temperatures_is_told_at_its_ends():
    run = measured("qdsquid_pb6051_ZFC_0p1T.dc.dat")
    found = observed(run, MagnetismSettings(molar_mass=2000.0))
    assert {"magnetism.2K.chiT", "magnetism.15K.chiT"} <= {one.key for one in found.items}


@pytest.mark.parametrize("name", ["ir/110K.jdx", "mossbauer/075K.ws5"])
def test_files_of_other_techniques_do_not_suit(name):
    (recording,) = read(root() / "feco" / name)
    assert not suitability(recording).suits
