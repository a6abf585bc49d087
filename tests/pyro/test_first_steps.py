"""The first quarter of an hour: a folder of two logs, and no editor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pyro_technique_case import COARSE

from spectrafit.cli.main import main
from spectrafit.reference import root
from spectrafit.study.draft import drafted_measurements
from spectrafit.study.survey import survey
from spectrafit_pyro.readers.current_log import current_log_reader
from spectrafit_pyro.simulation import PyroSimulation, simulated_run_text
from spectrafit_pyro.suitability import suitability

Cli = Callable[..., tuple[int, str, str]]
TELL = ("--set", "area_mm2=0.3036", "--set", "area_error_mm2=0.015", "--set", "polarity=1")


def written(path: Path, settings: PyroSimulation = COARSE, seed: int = 1) -> Path:
    path.write_text(simulated_run_text(settings, seed), encoding="utf-8")
    return path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def test_a_log_is_recognised_and_drawn_without_an_area(tmp_path: Path, cli: Cli) -> None:
    file = written(tmp_path / "run.csv")
    code, out, _ = cli("read", file)
    assert code == 0
    assert "pyro: suits: a current while the temperature runs from 10 to 300 K" in out
    code, out, _ = cli("plot", file, "--out", tmp_path / "raw.svg")
    assert code == 0
    assert (tmp_path / "raw.svg").is_file()


def test_a_fit_without_settings_answers_with_what_to_type_which_then_works(
    tmp_path: Path, cli: Cli
) -> None:
    file = written(tmp_path / "run.csv")
    code, out, _ = cli("fit", "pyro", file, "--jobs", "1")
    assert code == 2
    assert "--set area_mm2=0.30 --set area_error_mm2=0.02 --set polarity=1" in out
    code, out, err = cli("fit", "pyro", file, "--jobs", "1", *TELL)
    assert code == 0, out + err
    for shown in ("peak_height / nC cm-2 K-1", "plateau_mean", "dP_total"):
        assert shown in out


def test_two_files_of_one_branch_each_are_joined(tmp_path: Path, cli: Cli) -> None:
    up = written(tmp_path / "up.csv", replace(COARSE, branches="heating", offset_pA=0.2))
    down = written(tmp_path / "down.csv", replace(COARSE, branches="cooling", offset_pA=0.2), 2)
    out_folder = tmp_path / "o"
    code, out, err = cli("fit", "pyro", up, down, "--jobs", "1", *TELL, "--out", out_folder)
    assert code == 0, out + err
    assert "PYRO-106" in out
    text = (out_folder / "series.csv").read_text(encoding="utf-8")
    assert "pyro.I0" in text
    assert "branch = both" in text


def test_a_folder_becomes_a_study_that_asks_for_area_and_polarity(tmp_path: Path, cli: Cli) -> None:
    written(tmp_path / "crystal.csv")
    written(tmp_path / "reference.csv", replace(COARSE, reference_crystal=True, area_mm2=0.5), 3)
    code, out, _ = cli("init", tmp_path)
    assert code == 0
    assert "missing: area_mm2" in out
    study = tmp_path / "study.toml"
    text = study.read_text(encoding="utf-8")
    for lacking, given in (
        ("# missing: area_mm2 = NUMBER", "area_mm2 = 0.3036"),
        ("# missing: polarity = 1", "polarity = 1"),
        ("# missing: reference_area_mm2 = NUMBER", "reference_area_mm2 = 0.5"),
        ("# missing: reference_polarity = 1", "reference_polarity = 1"),
        ("# missing: uses", "uses"),
    ):
        assert lacking in text
        text = text.replace(lacking, given)
    study.write_text(text, encoding="utf-8")
    code, out, err = cli("run", study, "--out", tmp_path / "o", "--jobs", "1")
    assert code == 0, out + err
    assert "PYRO-114" in out
    assert any("reference" in file.name for file in (tmp_path / "o" / "figures").iterdir())


def test_a_header_that_states_area_and_polarity_asks_for_nothing(tmp_path: Path) -> None:
    file = written(tmp_path / "run.csv", replace(COARSE, header_states=True))
    (recording,) = current_log_reader.read(file)
    assert suitability(recording).missing == {}


def test_a_current_at_one_temperature_is_no_run(tmp_path: Path) -> None:
    rows = "".join(f"{k},100.0,1e-12\n" for k in range(100))
    file = tmp_path / "still.csv"
    file.write_text(f"Time (s),Temperature (K),Current (A)\n{rows}", encoding="utf-8")
    (recording,) = current_log_reader.read(file)
    assert not suitability(recording).suits


def test_simulate_writes_a_run_that_is_read_back(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "sim.csv"
    code, out, err = cli(
        "simulate",
        "pyro",
        "--seed",
        "1",
        "--out",
        file,
        "--set",
        "offset_pA=0.9",
        "--set",
        "cooling_rate=2",
    )
    assert code == 0, out + err
    assert "SIMULATED DATA" in file.read_text(encoding="utf-8")
    code, out, err = cli("fit", "pyro", file, "--jobs", "1")
    assert code == 0, out + err
    assert "from_header: area 0.3036 mm2" in out


def test_a_first_study_asks_for_no_temperature_of_a_log_that_runs_through_them() -> None:
    folder = root() / "feco" / "pyro"
    (one,) = drafted_measurements(survey(folder), folder)
    assert one.temperature is None
    assert "T" not in one.asks
