"""The first quarter of an hour: a folder of instrument files named by temperature, and no editor."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from data import shared_data
from faults.infrared_seeds import opus

from spectrafit.cli.main import main
from spectrafit.study.draft_text import Draft, study_draft
from spectrafit.study.load import study_of_text
from spectrafit.study.survey import survey
from spectrafit_ir.simulate import InfraredSimulation, expected_absorbance

pytest.importorskip("brukeropus")

SAMPLE = InfraredSimulation(
    populations=(1.0, 0.0),
    positions_cm=(1329.0, 1380.0, 1440.0, 1514.0),
    fwhm_cm=(14.0, 14.0, 12.0, 13.0),
    heights=((0.10, 0.0), (0.15, 0.15), (0.15, 0.15), (0.0, 0.06)),
    range_cm=(1290.0, 1560.0),
)
TEMPERATURES = (25, 50, 75, 90, 150)
Cli = Callable[..., tuple[int, str, str]]


def spectrum(T: float, *, factor: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return a falling axis and absorbance, as an instrument writes them."""
    shares = (1.0, 0.0) if T < 80 else (0.0, 1.0)
    x, y = expected_absorbance(replace(SAMPLE, T_K=float(T), populations=shares))
    noise = np.random.default_rng(int(T)).normal(0.0, 5e-4, x.size)
    return x[::-1].copy(), (factor * (y + noise))[::-1].copy()


def folder_of(place: Path, *, twice: bool = False, fewest: int = 0) -> Path:
    """Write OPUS files called by their temperatures; with two absorbances in each where asked."""
    for T in TEMPERATURES[fewest:]:
        x, y = spectrum(T)
        blocks = [("a", x, spectrum(T, factor=1.01)[1]), ("a", x, y)] if twice else [("a", x, y)]
        blocks.append(("sm", x, 10.0**-y))
        (place / f"FeCo_{T:03d}K.0").write_bytes(opus(blocks))
    return place


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


def drafted(folder: Path) -> Draft:
    return study_draft(survey(folder), folder / "study.toml", "spectrafit run study.toml")


def test_a_file_says_its_blocks_and_its_temperature(tmp_path: Path, cli: Cli) -> None:
    code, out, _ = cli("read", folder_of(tmp_path) / "FeCo_090K.0")
    assert code == 0
    assert "T = 90 K" in out
    assert "ir: suits" in out
    assert all(f"{name} [" in out for name in ("wavenumber", "a", "sm"))


def test_one_file_gives_its_peak_list_with_the_table_to_paste(tmp_path: Path, cli: Cli) -> None:
    code, out, _ = cli("fit", "ir", folder_of(tmp_path) / "FeCo_025K.0", "--jobs", "1")
    assert code == 0
    line = next(line for line in out.splitlines() if line.startswith("IR-100"))
    table = tomllib.loads(re.search(r"bands = \{.*?\] \}", line)[0])["bands"]  # type: ignore[index]
    for position in (1329, 1380, 1440):
        assert min(abs(float(name) - position) for name in table) < 2.0
    # and the table can be typed after --set as it stands
    bands = "bands=" + line.split("To paste: bands = ")[1].split("; paste")[0]
    typed = ("--jobs", "1", "--set", bands, "--set", "window_cm=[1290,1560]")
    code, out, err = cli("fit", "ir", tmp_path / "FeCo_025K.0", *typed)
    assert code == 0, out + err
    assert "IR-100" not in out
    assert "1380.trace" in out


def test_a_folder_becomes_a_study_that_gives_map_and_trends(tmp_path: Path, cli: Cli) -> None:
    folder = folder_of(tmp_path)
    made = drafted(folder)
    (series,) = study_of_text(made.text, folder=folder).study.measurement
    assert series.technique == "ir"
    assert "bands" in made.text
    code, out, _ = cli("init", folder)
    assert code == 0
    code, out, err = cli("run", folder / "study.toml", "--out", tmp_path / "o", "--jobs", "1")
    assert code == 0, out + err
    assert "IR-100" in out
    files = {file.name for file in (tmp_path / "o").rglob("*") if file.is_file()}
    for figure in ("map", "traces", "positions"):
        assert any(figure in name for name in files), (figure, sorted(files))
    (table,) = (tmp_path / "o").rglob("series.csv")
    text = table.read_text(encoding="utf-8")
    assert text.count(",ir.1380.linked_area,") == len(TEMPERATURES)
    assert "ir.step" in text


def test_two_blocks_are_answered_with_the_line_to_type_which_then_works(
    tmp_path: Path, cli: Cli
) -> None:
    file = folder_of(tmp_path, twice=True) / "FeCo_090K.0"
    code, out, _ = cli("fit", "ir", file, "--jobs", "1")
    assert code == 2
    assert "it holds: a (absorbance), a_2 (absorbance), sm (single beam)" in out
    assert "--set block=a" in out
    code, out, err = cli("fit", "ir", file, "--jobs", "1", "--set", "block=a")
    assert code == 0, out + err
    assert "IR-100" in out


def test_the_study_of_a_folder_asks_for_the_block(tmp_path: Path, cli: Cli) -> None:
    folder = folder_of(tmp_path, twice=True, fewest=3)
    code, out, _ = cli("init", folder)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    assert code == 0
    assert "missing: block of ir-wavenumber" in out
    assert "refuses files" in out
    chosen = text.replace('# missing: block = "a"', 'block = "a"')
    assert chosen != text
    (folder / "study.toml").write_text(chosen, encoding="utf-8")
    code, out, err = cli("run", folder / "study.toml", "--out", tmp_path / "o", "--jobs", "1")
    assert code == 0, out + err
    assert "IR-100" in out


def test_a_real_file_of_two_absorbances_asks_and_then_works(tmp_path: Path, cli: Cli) -> None:
    real = shared_data("formats", "opus", "or2_BF_lo_01_soil_cal.1")
    file = tmp_path / "FeCo_090K.0"
    file.write_bytes(real.read_bytes())
    code, out, _ = cli("fit", "ir", file, "--jobs", "1")
    assert code == 2
    assert "--set block=a" in out
    code, out, err = cli(
        "fit", "ir", file, "--jobs", "1", "--set", "block=a", "--set", "window_cm=[2700,3100]"
    )
    assert code == 0, out + err


def test_a_name_in_fahrenheit_asks_for_the_table(tmp_path: Path, cli: Cli) -> None:
    file = tmp_path / "FeCo_90F.0"
    file.write_bytes(opus([("a", *spectrum(90))]))
    code, out, _ = cli("read", file)
    assert code == 0
    assert "T = 90" not in out
    assert "T = { table = ..., column = ..., unit = ... }" in out


def test_two_files_of_one_temperature_are_not_taken_together(tmp_path: Path, cli: Cli) -> None:
    folder = folder_of(tmp_path, fewest=3)
    (folder / "again_090K.0").write_bytes(opus([("a", *spectrum(90))]))
    code, out, err = cli("fit", "ir", *sorted(folder.glob("*.0")), "--jobs", "1")
    assert code == 0, out + err
    assert "again_090K and FeCo_090K both have T = 90 K" in out
    assert "not taken together" in out


def test_a_window_outside_the_data_is_answered_with_their_range(tmp_path: Path, cli: Cli) -> None:
    file = folder_of(tmp_path) / "FeCo_090K.0"
    code, out, _ = cli("fit", "ir", file, "--jobs", "1", "--set", "window_cm=[2000,2100]")
    assert code == 2
    assert "the data run from 1290.0 to 1560.0 cm-1" in out
