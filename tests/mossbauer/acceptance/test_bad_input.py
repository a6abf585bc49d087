"""What a user gets for files and settings that allow no result: an error that says what to do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mossbauer_technique_case import IRON, ORIENTED, SAMPLE, codes, iron, recorded

from spectrafit.errors import ReadError, SpectrafitError
from spectrafit.reader import read
from spectrafit.recording import Recording
from spectrafit_mossbauer.drive.channels import channels_of
from spectrafit_mossbauer.drive.folding import folding_centre
from spectrafit_mossbauer.simulate import (
    MossbauerSimulation,
    channel_velocity,
    expected_counts,
    simulated_run,
)
from spectrafit_mossbauer.technique import mossbauer

COUNTS = np.random.default_rng(1).poisson(expected_counts(SAMPLE))
RUN = simulated_run(SAMPLE, 1)


def lines(*counts: object) -> str:
    return "".join(f"{count}\n" for count in counts)


def changed(row: int, word: str) -> str:
    counts = [str(count) for count in COUNTS]
    counts[row] = word
    return lines(*counts)


@pytest.mark.parametrize(
    ("name", "text", "what"),
    [
        ("empty.dat", "", "empty|no "),
        ("zeros.dat", lines(*[0] * 512), "all 512 counts are zero"),
        ("negative.dat", changed(99, "-5"), r"negative\.dat:100"),
        ("letters.dat", changed(99, "12x"), r"letters\.dat:100"),
        ("header.ws5", RUN.replace('channels="512"', 'channels="many"'), r"header\.ws5"),
        ("short.ws5", RUN.replace(f"{RUN.splitlines()[20]}\n", "", 1), "511 counts where the header says 512"),
    ],
    ids=["empty", "zeros", "negative", "letters", "odd header", "511 of 512"],
)  # fmt: skip
def test_files_are_refused_with_their_place(
    name: str, text: str, what: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReadError, match=what) as refusal:
        read(path)
    assert name in str(refusal.value)


HALF = slice(256, None)
VELOCITY = channel_velocity(SAMPLE)[HALF]


def table(velocity: np.ndarray, counts: np.ndarray, path: Path, unit: str = "mm/s") -> Path:
    rows = (f"{v:.5f}\t{c:.7g}\n" for v, c in zip(velocity, counts, strict=True))
    path.write_text(f"# velocity ({unit})\tcounts\n{''.join(rows)}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("velocity", "unit", "what"),
    [
        (0.1 * VELOCITY, "cm/s", "the velocity is in cm/s"),
        (np.arange(256.0), "mm/s", r"\|velocity\| reaches 255: in which unit"),
    ],
    ids=["cm/s", "channels"],
)
def test_a_velocity_in_another_unit_is_asked_for(
    velocity: np.ndarray, unit: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(ReadError, match=what) as refusal:
        read(table(velocity, COUNTS[HALF], tmp_path / "v_120K.dat", unit))
    assert "mm/s" in refusal.value.do


def test_normalised_counts_are_alerted_and_have_no_chi2_statement(tmp_path: Path) -> None:
    (scaled,) = read(table(VELOCITY, COUNTS[HALF] / 1e6, tmp_path / "n_120K.dat"))
    (counted,) = read(table(VELOCITY, COUNTS[HALF], tmp_path / "c_120K.dat"))
    assert "no Poisson errors" in " ".join(notice.text for notice in scaled.notices)
    found, with_counts = (mossbauer.observe({"sample": one}, ORIENTED) for one in (scaled, counted))
    assert "MOS-110" in codes(found)
    assert "MOS-110" not in codes(with_counts)
    assert not {"MOS-104", "MOS-111"} & codes(found)
    # the errors are those of the scatter, which is that of the counts
    assert found["mossbauer.QS"].sigma == pytest.approx(with_counts["mossbauer.QS"].sigma, rel=0.2)


def test_a_calibration_of_another_number_of_channels_is_refused() -> None:
    wide = replace(SAMPLE, channels=1024, step_mm_s=0.025, centre_channel=511.5)
    with pytest.raises(SpectrafitError, match="1024 channels, but the calibration has 512"):
        mossbauer.observe({"sample": recorded(wide, "s.ws5"), "calibration": iron()}, ORIENTED)


def single_branch(one: MossbauerSimulation, seed: int) -> Recording:
    """Return the second branch alone, each of its channels drawn twice."""
    expected = np.repeat(expected_counts(one)[HALF], 2)
    counts = np.random.default_rng(seed).poisson(expected).astype(float)
    run = recorded(one, "one_120K.ws5")
    columns = tuple(
        replace(each, values=counts) if each.name == "counts" else each for each in run.columns
    )
    return replace(run, columns=columns)


def test_an_iron_run_of_a_single_branch_is_refused() -> None:
    inputs = {"sample": recorded(SAMPLE, "s.ws5"), "calibration": single_branch(IRON, 5)}
    with pytest.raises(SpectrafitError, match=r"alpha-iron|not two branches"):
        mossbauer.observe(inputs, ORIENTED)


def test_a_sample_whose_branches_do_not_mirror_is_refused() -> None:
    with pytest.raises(SpectrafitError, match="not two branches"):
        mossbauer.observe({"sample": single_branch(SAMPLE, 5), "calibration": iron()}, ORIENTED)


def test_folding_tells_a_single_branch_of_a_doublet_from_two() -> None:
    with pytest.raises(SpectrafitError, match="not two branches") as refusal:
        folding_centre(channels_of(single_branch(SAMPLE, 5)))
    assert "single branch" in refusal.value.do
    assert folding_centre(channels_of(recorded(SAMPLE, "s.ws5"))).chi2 < 1.3
