"""The reader of SSRL's ascii files: offsets, weights, aborted sweeps, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from faults.beamline_seeds import ROWS, SSRL_SEEDS, energies, ssrl

from spectrafit.errors import ReadError
from spectrafit.testing import ReaderConformance
from spectrafit_xas import ssrl_reader, xanes


class TestConformance(ReaderConformance):
    reader = ssrl_reader
    samples = SSRL_SEEDS
    mutations = 80


def read(tmp_path, content: bytes):
    path = tmp_path / "sweep.dat"
    path.write_bytes(content)
    (recording,) = ssrl_reader.read(path)
    return recording


def said(recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def test_offsets_are_subtracted_once(tmp_path):
    """Whole counters less 100.25 a second: the same numbers, whoever subtracted."""
    raw, done = read(tmp_path, ssrl()), read(tmp_path, ssrl(subtracted=True))
    clock = 1.0 + 0.05 * np.arange(ROWS)
    expected = 150_000 - 7 * np.arange(ROWS) - 100.25 * clock
    np.testing.assert_allclose(raw.column("I0").values, expected, atol=1e-9)
    np.testing.assert_allclose(done.column("I0").values, expected, atol=1e-3)
    assert raw.column("I0").made_from == "I0 - 100.25 x clock"
    assert done.column("I0").made_from == ""
    assert "I0: its offset 100.25 was subtracted before" in said(done)


def test_offsets_that_cannot_be_told_are_left_and_said(tmp_path):
    """An offset of whole counts on a clock of whole seconds looks the same before and after."""
    content = ssrl(offsets=(0, 0, 0, 0, 0)).replace(b"0 0 0 0 0", b"0 0 0 37 0")
    lines = content.decode().split("\r\n")
    start = next(n for n, line in enumerate(lines) if line.startswith("1.000"))
    lines[start:] = [" ".join(["2.000", *line.split()[1:]]) for line in lines[start:] if line]
    recording = read(tmp_path, "\r\n".join(lines).encode())
    assert "whether its offset 37 a second was subtracted before cannot be told" in said(recording)
    np.testing.assert_allclose(recording.column("I0").values, 150_000 - 7 * np.arange(ROWS))


def test_weights_are_applied_and_said(tmp_path):
    recording = read(tmp_path, ssrl(weights=(1, 1, 1, 1, 0.5), offsets=(0, 0, 0, 0, 0)))
    plain = read(tmp_path, ssrl(offsets=(0, 0, 0, 0, 0)))
    np.testing.assert_allclose(
        recording.column("I1").values, 0.5 * plain.column("I1").values, rtol=1e-12
    )
    assert "I1 = 0.5 x (I1)" in said(recording)
    assert not any("I1 =" in notice.text for notice in plain.notices)


def test_an_aborted_sweep_keeps_its_full_rows(tmp_path):
    recording = read(tmp_path, ssrl(points=60, tail="3.000 7155.0 71"))
    assert len(recording) == ROWS
    assert "the last row has 3 of 5 numbers and is left out" in said(recording)
    assert "the header says 60 points, 40 full rows are there: aborted sweep" in said(recording)


def test_the_achieved_energy_is_proposed_and_the_other_is_named(tmp_path):
    recording = read(tmp_path, ssrl())
    assert dict(recording.roles) == {"x": "Achieved Energy"}
    assert recording.column("Achieved Energy").unit == "eV"
    assert "Requested Energy differs by up to 0.01 eV" in said(recording)
    np.testing.assert_allclose(recording.column("Requested Energy").values, energies())
    assert xanes.suits(recording).why.endswith("signal ln(I0/I1)")


@pytest.mark.parametrize(
    ("content", "says", "do"),
    [
        (ssrl()[:200] + bytes(400), "binary form", "write it as ascii"),
        (ssrl().replace(b"Data:", b"Dada:"), "no line 'Data:'", "cut off"),
        (ssrl().replace(b"Weights:", b"Weight:"), "no line 'Weights:'", "cut off"),
        (ssrl().replace(b"COLS:          5", b"COLS:          6"), "labels below 'Data:'", "mend"),
        (ssrl(weights=(1, 1, 1)), "3 numbers below 'Weights:' for 5 columns", "mend"),
        (ssrl().replace(b"149986.000", b"14998x.000"), "words where 5 numbers", "mend the row"),
        (ssrl().replace(b"149986.000", b""), "4 words where 5 numbers", "mend the row"),
        (ssrl().replace(b"149986.000", b"1e999"), "a number is too large", "mend the row"),
        (b"SSRL   EXAFS Data Collector 1.3\n", "no line 'PTS", "damaged"),
        (b"7110 1\n7111 2\n", "no banner", "--reader columns"),
    ],
)
def test_what_is_refused(content, says, do, tmp_path):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, content)
    assert says in str(refusal.value)
    assert do in refusal.value.do


def test_real_sweeps(real_data):
    """Of 2006: offsets taken off before it was written; of 2008: one of 32 elements is dead."""
    (silver,) = ssrl_reader.read(real_data("xas", "larch_examples", "SSRL1_2006.dat"))
    assert len(silver) == 455
    assert said(silver).count("was subtracted before") == 3
    assert silver.column("I0").values[0] == 147360.797
    (micro,) = ssrl_reader.read(real_data("xas", "larch_examples", "SSRLmicro_2008.dat"))
    assert (len(micro), len(micro.columns)) == (296, 69 + 2)
    assert "next to none, in channel 13" in said(micro)
    total = sum(micro.column(f"SCA1.{n}").values for n in range(1, 33) if n != 13)
    np.testing.assert_array_equal(micro.column("SCA1_sum").values, total)
