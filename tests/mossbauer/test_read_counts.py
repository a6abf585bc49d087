"""Counts as text: every layout gives the same counts, and what is missing is asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from data import shared_data
from faults.mossbauer_seeds import adt, several_a_line, simulated_counts

from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES, read
from spectrafit.recording import Recording
from spectrafit_mossbauer import counts_reader

COUNTS = simulated_counts(channels=512)


def reading(tmp_path: Path, content: bytes, name: str = "foil.dat") -> Recording:
    path = tmp_path / name
    path.write_bytes(content)
    (recording,) = read(path)
    assert recording.reader == "counts"
    return recording


def said(recording: Recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def lines(counts=COUNTS) -> list[str]:
    return [f"{count}" for count in counts]


@pytest.mark.parametrize(
    "content",
    [
        adt(COUNTS),
        several_a_line(COUNTS, 8),
        several_a_line(COUNTS, 10),
        several_a_line(COUNTS, 8, numbered=False),
        "".join(f"{n + 1}, {count}\n" for n, count in enumerate(COUNTS)).encode(),
        "".join(f"{n}\t{count}\r\n" for n, count in enumerate(COUNTS)).encode("utf-16"),
        b"# a foil\n\n" + adt(COUNTS) + b"# end\n",
    ],
    ids=["one", "eight", "ten, last short", "no number", "from 1", "utf-16", "comments"],
)
def test_every_layout_gives_the_counts(content, tmp_path):
    recording = reading(tmp_path, content)
    assert recording.names == ("channel", "counts")
    np.testing.assert_array_equal(recording.column("counts").values, COUNTS)
    np.testing.assert_array_equal(recording.column("channel").values, np.arange(512))
    assert dict(recording.roles) == {"x": "channel", "y": "counts"}


def test_header_is_kept_word_for_word(tmp_path):
    recording = reading(tmp_path, several_a_line(COUNTS))
    assert recording.header["Live time"] == "3600 s"
    assert recording.header["Real time"] == "3612.5 s"
    assert "no measured sample of text with several counts a line" in said(recording)


def test_bare_live_and_real_time_are_no_counts(tmp_path):
    recording = reading(tmp_path, b"3600\n3612\n" + adt(COUNTS))
    np.testing.assert_array_equal(recording.column("counts").values, COUNTS)
    assert recording.header["values above the counts"] == "3600\n3612"
    assert "header values, not counts: 3600, 3612" in said(recording)


def test_times_in_a_line_of_their_own_are_no_counts(tmp_path):
    recording = reading(tmp_path, b"3600 3612\n" + adt(COUNTS))
    np.testing.assert_array_equal(recording.column("counts").values, COUNTS)
    assert recording.header["values above the counts"] == "3600 3612"


def test_a_header_value_that_could_be_a_count_is_asked_for(tmp_path):
    level = int(np.median(COUNTS))
    content = f"{level}\n".encode() + adt(COUNTS)
    with pytest.raises(ReadError, match="512 channels below 1 header value, or 513 channels") as no:
        reading(tmp_path, content)
    assert no.value.where == "foil.dat:1"
    stated = reading(tmp_path, b"channels = 513\n" + content)
    assert len(stated) == 513


def test_two_counts_in_the_first_line_are_asked_for(tmp_path):
    content = adt(COUNTS).replace(b"\r\n", b" ", 1)
    with pytest.raises(ReadError, match=r"header values or counts\?") as refusal:
        reading(tmp_path, content)
    assert refusal.value.where == "foil.dat:1"


def test_a_half_filled_first_channel_is_a_count(tmp_path):
    """As in the calibration of the shared data: 0.503 of the level."""
    counts = COUNTS.copy()
    counts[0] //= 2
    recording = reading(tmp_path, adt(counts))
    np.testing.assert_array_equal(recording.column("counts").values, counts)


def test_511_of_512_are_refused_by_the_header_and_told_without(tmp_path):
    with pytest.raises(ReadError, match="511 counts where the header says 512") as refusal:
        reading(tmp_path, b"channels: 512\n" + adt(COUNTS[:-1]))
    assert refusal.value.where == "foil.dat:512"
    recording = reading(tmp_path, adt(COUNTS[:-1]))
    assert len(recording) == 511
    assert "511 counts, one fewer than 512; none in the header" in said(recording)
    assert "no usual number" in said(reading(tmp_path, adt(COUNTS[:400])))


@pytest.mark.parametrize(
    ("change", "what", "line"),
    [
        ((99, "2o123"), "no count: '2o123'", 100),
        ((99, "-5"), "a negative count", 100),
        ((99, "201.5"), "a count that is no whole number", 100),
        ((99, "NaN"), "no count: 'NaN'", 100),
        ((99, "20123 20124"), "2 numbers where other lines have 1", 100),
        ((0, "foil 12 mm/s"), "an odd header line", 1),
    ],
)
def test_what_is_no_count_is_refused_with_its_line(change, what, line, tmp_path):
    text = lines()
    text[change[0]] = change[1]
    with pytest.raises(ReadError, match=what) as refusal:
        reading(tmp_path, "\n".join([*text, ""]).encode())
    assert refusal.value.where == f"foil.dat:{line}"
    assert refusal.value.do


def test_only_zeros_are_refused(tmp_path):
    with pytest.raises(ReadError, match="all 512 counts are zero"):
        reading(tmp_path, adt(np.zeros(512, dtype=np.int64)))


def test_a_file_that_was_written_twice_is_refused(tmp_path):
    with pytest.raises(ReadError, match="the second 512 counts repeat the first 512") as refusal:
        reading(tmp_path, 2 * adt(COUNTS))
    assert refusal.value.where == "foil.dat:513"


def test_a_header_that_states_no_number_is_refused(tmp_path):
    with pytest.raises(ReadError, match="channels is 'many', no number"):
        reading(tmp_path, b"# channels: many\n" + adt(COUNTS))


def test_a_lost_line_of_numbered_rows_is_named(tmp_path):
    rows = several_a_line(COUNTS).decode().splitlines(keepends=True)
    with pytest.raises(ReadError, match="channel 88 where channel 80 is expected") as refusal:
        reading(tmp_path, "".join(rows[:12] + rows[13:]).encode())
    assert refusal.value.where == "foil.dat:13"


def test_columns_of_several_spectra_are_asked_for(tmp_path):
    counts = np.stack([simulated_counts(channels=256, seed=seed) for seed in range(4)], axis=1)
    content = "".join(" ".join(map(str, row)) + "\n" for row in counts.tolist()).encode()
    with pytest.raises(ReadError, match="columns of several spectra, or one spectrum of 1024"):
        reading(tmp_path, content)


@pytest.mark.parametrize(
    ("name", "header", "T"),
    [
        ("foil_4.2K_1h.dat", b"", 4.2),
        ("foil 295 K.dat", b"", 295.0),
        ("foil_4.2K.dat", b"# Temperature: 5 K\n", 5.0),
        ("foil.dat", b"Sample temperature = -40 degC\n", 233.15),
        ("foil.dat", b"# Temperature: 5\n", None),
        ("foil_77K_to_4K.dat", b"", None),
        ("foil_K.dat", b"", None),
    ],
)
def test_temperature_by_header_or_name(name, header, T, tmp_path):
    conditions = reading(tmp_path, header + adt(COUNTS), name).conditions
    assert conditions.get("T") == (None if T is None else pytest.approx(T))


FOREIGN = {
    "energies": "".join(f"{7000 + n}\n" for n in range(300)),
    "columns of a scan": "".join(f"{7000 + n} {20000 - n} {300 + n}\n" for n in range(100)),
    "counters": "".join(f"{n} {20000 - n} {300 + 40 * n} {5 * n}\n" for n in range(100)),
    "numbers": "".join(f"{np.sin(n):.5f}\n" for n in range(300)),
    "few": "1\n2\n5\n3\n",
    "noise of any size": "".join(f"{(n * 7919**2) % 10007}\n" for n in range(300)),
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN.keys())
def test_numbers_that_are_no_counts_are_left_to_others(text):
    assert counts_reader.sniff(Path("f.dat"), text.encode()[:HEAD_BYTES]) == 0


def test_real_files_are_read_with_the_sums_of_the_bytes():
    names = [
        "grigg/2L_Fh/105.0K_0.0h30.0m.dat",
        "grigg/6L_Fh/55.0K.dat",
        "fitbauer/calibration.adt",
    ]
    for name, T in zip(names, (105.0, 55.0, None), strict=True):
        path = shared_data("mossbauer", *name.split("/"))
        (recording,) = read(path)
        counts = np.array(path.read_text(encoding="ascii").split(), dtype=float)
        assert recording.reader == "counts"
        np.testing.assert_array_equal(recording.column("counts").values, counts)
        assert recording.conditions.get("T") == T
