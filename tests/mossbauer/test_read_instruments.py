"""Files of instruments: WissEl, binary .mcs, .moe, SPEC's @A blocks, .exp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faults.mossbauer_seeds import adt, mca, mcs, simulated_counts, velocity_table, wissel

from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES, read
from spectrafit.recording import Recording
from spectrafit_mossbauer import mca_reader, mcs_reader, wissel_reader

COUNTS = simulated_counts(channels=512)


def reading(tmp_path: Path, content: bytes, name: str) -> tuple[Recording, ...]:
    path = tmp_path / name
    path.write_bytes(content)
    return read(path)


def said(recording: Recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("foil.ws5", wissel(COUNTS), "wissel"),
        ("foil.w98", wissel(COUNTS), "wissel"),
        ("foil.mcs", mcs(COUNTS), "mcs"),
        ("foil.MCS", mcs(COUNTS), "mcs"),
        ("foil.moe", adt(COUNTS), "moe"),
        ("foil.moe", b"".join(b"%d.0\n" % count for count in COUNTS), "moe"),
        ("foil.mca", mca(COUNTS), "mca"),
        ("foil.exp", velocity_table(COUNTS, label="<foil>\n"), "exp"),
        # the ending does not make a WissEl file: some are plain counts
        ("foil.ws5", adt(COUNTS), "counts"),
    ],
)
def test_each_format_gives_the_counts_and_says_when_it_is_untried(name, content, reader, tmp_path):
    (recording,) = reading(tmp_path, content, name)
    assert recording.reader == reader
    np.testing.assert_array_equal(recording.column("counts").values, COUNTS)
    untried = "no measured sample of" in said(recording)
    assert untried == (reader in ("mcs", "moe", "mca", "exp") or name.endswith(".w98"))


def test_wissel_header_is_kept(tmp_path):
    (recording,) = reading(tmp_path, wissel(COUNTS), "foil_80K.ws5")
    assert recording.header["data.channels"] == "512"
    assert recording.header["data.time"] == "0"
    assert recording.header["wissoft.version"] == "1.1"
    assert recording.header["comment"] == "a foil, 12 mm/s"
    assert recording.conditions["T"] == 80.0


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (wissel(COUNTS[:-1], 512), "511 counts where the header says 512", 515),
        (wissel(COUNTS, "5l2"), "data.channels is '5l2', no number", None),
        (wissel(COUNTS).replace(b'"512"', b"512"), "an odd tag", 4),
        (wissel(-COUNTS), "a negative count", 5),
        (wissel(0 * COUNTS), "all 512 counts are zero", 5),
        (wissel(COUNTS).replace(b"\n%d\n" % COUNTS[9], b"\nabc\n", 1), "no count: 'abc'", 14),
        (wissel(COUNTS).replace(b"</data>\n", b"</data>\n7\n"), "numbers outside of <data>", 518),
        (wissel(COUNTS)[:2000], "counts where the header says 512", None),
        (b'<wissoft version="1.1">\n</wissoft>\n', "no tag <data channels=...>", None),
    ],
)
def test_damaged_wissel_files_are_refused_with_their_line(content, what, line, tmp_path):
    with pytest.raises(ReadError) as refusal:
        reading(tmp_path, content, "foil.ws5")
    assert what in refusal.value.what
    assert refusal.value.do
    if line:
        assert refusal.value.where == f"foil.ws5:{line}"


def test_several_blocks_are_several_recordings(tmp_path):
    first, second = COUNTS[:256], COUNTS[256:]
    two = wissel(first).replace(b"</wissoft>\n", b"") + wissel(second).partition(b"</comment>\n")[2]
    for content, name in ((two, "foils.ws5"), (mca(first, second), "foils.mca")):
        recordings = reading(tmp_path, content, name)
        assert [each.name for each in recordings] == [f"{name}#1", f"{name}#2"]
        for recording, counts in zip(recordings, (first, second), strict=True):
            np.testing.assert_array_equal(recording.column("counts").values, counts)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (mcs(COUNTS)[:-1], "are not 256 of header and 4 for each channel"),
        (mcs(COUNTS)[:200], "are not 256 of header"),
        (mcs(0 * COUNTS), "all 512 counts are zero"),
        (mcs(COUNTS[:8]), "8 counts are no spectrum"),
        (mcs(COUNTS)[:256] + b"\0" + mcs(COUNTS)[256:-1], "do not scatter like counts"),
    ],
)
def test_damaged_mcs_files_are_refused(content, what, tmp_path):
    path = tmp_path / "foil.mcs"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=what):
        read(path, reader="mcs")


def test_other_binary_files_are_not_taken():
    assert mcs_reader.sniff(Path("spectrum.0"), mcs(COUNTS)[:HEAD_BYTES]) == 0
    floats = mcs(COUNTS)[:256] + np.linspace(0, 1, 500, dtype="<f4").tobytes()
    assert mcs_reader.sniff(Path("f.mcs"), floats) == 0
    assert wissel_reader.sniff(Path("f.ws5"), b"<html>\n<data>\n") == 0


def test_mca_blocks_by_their_backslashes(tmp_path):
    (recording,) = reading(tmp_path, mca(COUNTS, stated=512), "foil.mca")
    assert recording.header["D"] == "Sat May 01 10:00:00 2021"
    assert recording.header["channels"] == "512"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (mca(COUNTS[:-1], stated=512), "511 counts where the header says 512"),
        (mca(COUNTS).rpartition(b"\n ")[0], "ends with a backslash"),
        (mca(COUNTS).replace(b"\\\n", b"\\\n#\n", 1), "ends with a backslash"),
        (mca(COUNTS).replace(b"@A 1", b"@A x1").replace(b"@A 2", b"@A x2"), "no counts: 'x"),
        (b"1 2 3\n" + mca(COUNTS), "a line before '@A'"),
    ],
)
def test_damaged_mca_files_are_refused(content, what, tmp_path):
    path = tmp_path / "foil.mca"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=what):
        mca_reader.read(path)


def test_an_empty_channel_at_an_edge_is_told(tmp_path):
    counts = COUNTS.copy()
    counts[-1] = 0
    (recording,) = reading(tmp_path, mca(counts), "foil.cmca")
    assert "the last channel is empty" in said(recording)
    np.testing.assert_array_equal(recording.column("counts").values, counts)


def test_a_lost_backslash_is_told(tmp_path):
    (recording,) = reading(tmp_path, mca(COUNTS).replace(b"\\\n", b"\n", 1), "foil.mca")
    assert "counts go on in a line that no backslash announces" in said(recording)
    np.testing.assert_array_equal(recording.column("counts").values, COUNTS)


def test_spec_scans_stay_with_their_reader(tmp_path):
    scan = b"#F f\n#E 1\n#S 1 ascan\n#L Energy  I0\n@A 1 2 3\n7100 5\n7101 6\n"
    assert mca_reader.sniff(Path("f.mca"), scan) == 0
