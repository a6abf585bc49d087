"""Tables of velocity and counts: any order of the axis, named columns, and the unit asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data import shared_data
from faults.mossbauer_seeds import named_csv, simulated_counts, velocity_table

from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES, read
from spectrafit.recording import Recording
from spectrafit_mossbauer import velocity_reader

COUNTS = simulated_counts(channels=256)


def reading(tmp_path: Path, content: bytes, name: str = "foil.dat") -> Recording:
    path = tmp_path / name
    path.write_bytes(content)
    (recording,) = read(path)
    assert recording.reader == "velocity"
    return recording


def said(recording: Recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def table(velocity, counts, label: str = "# velocity (mm/s)\tcounts\n") -> bytes:
    rows = "".join(f"{v:.6g}\t{c:.10g}\n" for v, c in zip(velocity, counts, strict=True))
    return (label + rows).encode()


def test_an_axis_that_falls_unevenly_is_kept_as_it_is(tmp_path):
    recording = reading(tmp_path, velocity_table(COUNTS))
    velocity = recording.column("velocity")
    assert velocity.unit == "mm/s"
    np.testing.assert_allclose(velocity.values, 6.2 * np.cos(np.linspace(0, np.pi, 256)))
    np.testing.assert_array_equal(recording.column("counts").values, COUNTS)
    assert "falls from row to row" in said(recording)
    assert "no unit of the velocity: taken as mm/s" in said(recording)
    spectrum = recording.spectrum()
    np.testing.assert_array_equal(spectrum.y, COUNTS[::-1])


def test_named_columns_in_any_order_and_a_sigma(tmp_path):
    recording = reading(tmp_path, named_csv(COUNTS), "foil.csv")
    assert dict(recording.roles) == {"x": "velocity", "y": "counts", "sigma": "sigma"}
    rows = np.column_stack([COUNTS, np.linspace(-4, 4, 256)])
    turned = "Counts;Velocity\n" + "".join(f"{c:.0f};{v:.4f}\n".replace(".", ",") for c, v in rows)
    other = reading(tmp_path, turned.encode(), "turned.csv")
    np.testing.assert_array_equal(other.column("counts").values, COUNTS)
    np.testing.assert_allclose(other.column("velocity").values, rows[:, 1], atol=1e-4)


def test_named_channels_give_channels_from_zero(tmp_path):
    text = "channel,counts\n" + "".join(f"{n + 1},{c}\n" for n, c in enumerate(COUNTS))
    recording = reading(tmp_path, text.encode(), "foil.csv")
    np.testing.assert_array_equal(recording.column("channel").values, np.arange(256))
    assert "the file counts channels from 1" in said(recording)
    lost = text.replace(f"101,{COUNTS[100]}\n", "")
    with pytest.raises(ReadError, match="the channels do not rise by one") as refusal:
        reading(tmp_path, lost.encode(), "foil.csv")
    assert refusal.value.where == "foil.csv:102"


@pytest.mark.parametrize(
    ("velocity", "label", "what"),
    [
        (np.linspace(-400, 400, 256), "# velocity counts\n", r"reaches 400: in which unit\?"),
        (np.linspace(-400, 400, 256), "# velocity (mm/s)\tcounts\n", r"reaches 400: in which"),
        (np.linspace(-0.004, 0.004, 256), "# velocity counts\n", r"spans 0.008: in which unit\?"),
    ],
)
def test_a_velocity_that_cannot_be_mm_s_is_asked_for(velocity, label, what, tmp_path):
    with pytest.raises(ReadError, match=what) as refusal:
        reading(tmp_path, table(velocity, COUNTS, label))
    assert refusal.value.where.startswith("foil.dat:")


@pytest.mark.parametrize(
    ("row", "value", "what"),
    [(40, "-3", "a negative count"), (40, "NaN", "no number"), (0, "1e300", "too large")],
)
def test_what_is_no_count_is_refused_with_its_line(row, value, what, tmp_path):
    rows = table(np.linspace(-4, 4, 256), COUNTS).decode().splitlines()
    rows[row + 1] = rows[row + 1].partition("\t")[0] + "\t" + value
    with pytest.raises(ReadError, match=what) as refusal:
        reading(tmp_path, "\n".join([*rows, ""]).encode())
    assert refusal.value.where == f"foil.dat:{row + 2}"


def test_scaled_counts_are_read_and_sigma_is_asked_for(tmp_path):
    recording = reading(tmp_path, table(np.linspace(-4, 4, 256), COUNTS / 20_000))
    notices = [notice for notice in recording.notices if notice.code == "READ-003"]
    assert "no Poisson errors" in notices[0].text


def test_columns_that_are_not_named_are_asked_for(tmp_path):
    rows = [f"{v:.4f} {c} {c + 1}\n" for v, c in zip(np.linspace(-4, 4, 256), COUNTS, strict=True)]
    path = tmp_path / "foil.dat"
    path.write_text("".join(rows), encoding="utf-8")
    with pytest.raises(ReadError, match="which column is the velocity"):
        velocity_reader.read(path)


FOREIGN = {
    "energies": table(np.linspace(7000, 7200, 300), COUNTS[0] + np.arange(300), ""),
    "diffraction": table(np.linspace(5.01, 49.9, 256), COUNTS, ""),
    "edge": table(np.linspace(-20.03, 40, 256), 0.01 + np.linspace(0, 1, 256) ** 2, ""),
    "labelled energy": table(np.linspace(-4.1, 4, 256), COUNTS / 2e4, "# energy mu\n"),
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN.keys())
def test_other_columns_are_left_to_others(content):
    assert velocity_reader.sniff(Path("f.dat"), content[:HEAD_BYTES]) == 0


def test_the_real_synchrotron_calibration():
    """Acceptance 9: descending, not uniform, 512 points."""
    (recording,) = read(shared_data("mossbauer", "syncmoss", "Calibration.dat"))
    velocity = recording.column("velocity").values
    assert recording.reader == "velocity"
    assert len(recording) == 512
    assert (np.diff(velocity) < 0).all()
    assert np.ptp(np.diff(velocity)) > 0.01
    assert (velocity[0], velocity[-1]) == pytest.approx((6.278469, -5.025374), abs=1e-6)
    assert recording.column("counts").values[0] == 17312
