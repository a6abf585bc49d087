"""Acceptance 7 and 8: the shared OPUS and JCAMP-DX files give the numbers of their provenance."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import ReadError
from spectrafit_ir.readers.jcamp import jcamp_reader
from spectrafit_ir.readers.opus import opus_reader

pytestmark = pytest.mark.accept

# of PROVENANCE.tsv: file, block, points, ends, x of the maximum; y with as many digits as there
OPUS = [
    ("or2_BF_lo_01_soil_cal.1", "a", 1716, 3997.3968, 499.6746, None, 1.46685, 813.7558),
    ("or2_BF_lo_01_soil_cal.1", "a_2", 1716, 3997.3968, 499.6746, None, 1.46693, None),
    ("or2_MMP_2107_Test1.001", "a", 1899, 11540.0, 3948.0, 0.0706135, 0.807212, 3984.0),
    ("or2_issue82_Opus_test.0", "a", 1112, 12488.0, 3600.0, 0.28133, 1.99141, 3600.0),
]
OTHER_BLOCKS = {
    "or2_BF_lo_01_soil_cal.1": {"rf": 1722, "sm": 1716},
    "or2_MMP_2107_Test1.001": {
        "match": 1862, "match_2ch": 1862, "rf": 1868, "sm": 1862, "igrf": 15044, "igsm": 15044,
    },
    "or2_issue82_Opus_test.0": {"match": 1112, "match_2ch": 1112, "rf": 1118, "sm": 1112},
}  # fmt: skip


def block(recording, name):
    """Return x and y of one block, its own axis where it has one."""
    y = recording.column(name).values
    before = recording.names[: recording.names.index(name)]
    axes = [n for n in before if n.startswith(("wavenumber", "point"))]
    same = [
        n for n in axes if np.isfinite(recording.column(n).values).sum() == np.isfinite(y).sum()
    ]
    keep = np.isfinite(y)
    return recording.column(same[0]).values[keep], y[keep]


@pytest.mark.parametrize(("file", "name", "points", "first", "last", "low", "high", "at"), OPUS)
def test_opus_numbers(file, name, points, first, last, low, high, at):
    (recording,) = opus_reader.read(shared_data("formats", "opus", file))
    x, y = block(recording, name)
    assert x.size == points
    assert (x[0], x[-1]) == pytest.approx((first, last), abs=1e-4)
    assert y.max() == pytest.approx(high, abs=1e-5)
    assert low is None or y.min() == pytest.approx(low, abs=1e-5)
    assert at is None or x[y.argmax()] == pytest.approx(at, abs=1e-4)


@pytest.mark.parametrize("file", OTHER_BLOCKS)
def test_other_opus_blocks_are_kept_and_never_absorbance(file):
    (recording,) = opus_reader.read(shared_data("formats", "opus", file))
    for name, points in OTHER_BLOCKS[file].items():
        assert np.isfinite(recording.column(name).values).sum() == points
        kind = recording.header[f"y kind of {name}"]
        wanted = (
            "unknown" if "match" in name else "interferogram" if name[0] == "i" else "single beam"
        )
        assert kind == wanted


def test_two_absorbances_refuse_until_one_is_named():
    (recording,) = opus_reader.read(shared_data("formats", "opus", "or2_BF_lo_01_soil_cal.1"))
    assert "y" not in recording.roles
    (ambiguous,) = [n for n in recording.notices if n.code == "READ-003"]
    assert "--set block=a" in ambiguous.text
    chosen = recording.spectrum(y="a_2")
    assert len(chosen) == 1716
    assert chosen.y.max() == pytest.approx(1.46693, abs=1e-5)
    for file in ("or2_MMP_2107_Test1.001", "or2_issue82_Opus_test.0"):
        (one,) = opus_reader.read(shared_data("formats", "opus", file))
        assert one.roles["y"] == "a"


def test_compressed_jcamp():
    (recording,) = jcamp_reader.read(shared_data("formats", "jcamp", "isopropanol_ASDF.jdx"))
    x, y = recording.column("wavenumber").values, recording.column("absorbance").values
    assert x.size == 9541
    assert (x[0], x[-1]) == pytest.approx((400.1963, 5000.0420), abs=1e-4)
    assert (y.min(), y.max()) == pytest.approx((-0.085526, 0.368917), abs=1e-6)
    assert recording.roles["y"] == "absorbance"


def test_linked_jcamp():
    rows = jcamp_reader.read(shared_data("formats", "jcamp", "example_compound_file.jdx"))
    ends = [(0.032037, 0.529274), (0.190318, 1.205558)]
    assert len(rows) == 2
    for recording, (low, high) in zip(rows, ends, strict=True):
        x, y = recording.column("wavenumber").values, recording.column("absorbance").values
        assert x.size == 2074
        assert (x[0], x[-1]) == pytest.approx((11995.21, 3999.691), abs=1e-4)
        assert (y.min(), y.max()) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize("file", ["isopropanol_ASDF.jdx", "example_compound_file.jdx"])
def test_another_program_reads_the_shared_jcamp_the_same(file):
    jcamp = pytest.importorskip("jcamp")
    path = shared_data("formats", "jcamp", file)
    whole = jcamp.readfile(str(path))
    for ours, peer in zip(jcamp_reader.read(path), whole.get("children", [whole]), strict=True):
        assert np.array_equal(ours.columns[0].values, peer["x"])
        assert np.array_equal(ours.columns[1].values, peer["y"])


@pytest.mark.parametrize(
    ("folder", "file", "reader"),
    [("opus", name, opus_reader) for name in OTHER_BLOCKS]
    + [
        ("jcamp", "isopropanol_ASDF.jdx", jcamp_reader),
        ("jcamp", "example_compound_file.jdx", jcamp_reader),
    ],
)
def test_a_shared_file_cut_anywhere_is_refused(tmp_path, folder, file, reader):
    content = shared_data("formats", folder, file).read_bytes()
    path = tmp_path / file
    for share in range(50):
        path.write_bytes(content[: len(content) * share // 50])
        with pytest.raises(ReadError):
            reader.read(path)


@pytest.mark.parametrize("file", OTHER_BLOCKS)
def test_a_changed_byte_of_a_shared_opus_file_changes_one_number_at_most(tmp_path, file):
    """OPUS has no checksum: a byte of a value changes that value, one of an axis end that end."""
    content = shared_data("formats", "opus", file).read_bytes()
    path = tmp_path / file
    path.write_bytes(content)
    (whole,) = opus_reader.read(path)
    rng = np.random.default_rng(11)
    for _ in range(150):
        damaged = bytearray(content)
        damaged[int(rng.integers(len(content)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(damaged))
        try:
            (recording,) = opus_reader.read(path)
        except ReadError:
            continue
        if any(n.code == "READ-002" for n in recording.notices):
            continue
        axes, values = 0, 0
        for column in recording.columns:
            if column.name not in whole.names:
                continue  # a block of another name
            before = whole.column(column.name)
            if column.values.size != before.values.size:
                continue
            differ = ~np.isclose(column.values, before.values, rtol=0, atol=1e-9, equal_nan=True)
            if column.name.startswith(("wavenumber", "point")):
                axes += int(differ.any())
            else:
                values += int(differ.sum())
        assert values <= 1
        assert axes + values <= 1
