"""SPC of the new kind: even, common and own axes; older kinds and every cut are refused."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from faults.infrared_seeds import simulated_absorbance, spc

from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.spc import spc_reader

X, Y = simulated_absorbance()
PLAIN = spc(X, [Y], log="ACC = none\r\nSAMPLE = simulated data")


class TestConformance(ReaderConformance):
    reader: ClassVar[Reader] = spc_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        "feco_80K.spc": PLAIN,
        "common.spc": spc(X, [Y], axis="common"),
        "own.spc": spc(X, [Y, 2 * Y], axis="own"),
    }
    mutations: ClassVar[int] = 150


def read(tmp_path, content, name="feco.spc"):
    path = tmp_path / name
    path.write_bytes(content)
    return spc_reader.read(path)


@pytest.mark.parametrize("axis", ["even", "common", "own"])
def test_round_trip(tmp_path, axis):
    (recording,) = read(tmp_path, spc(X, [Y], axis=axis))
    assert np.array_equal(recording.column("absorbance").values, Y)
    assert recording.column("wavenumber").values == pytest.approx(X, abs=1e-4)
    assert recording.roles == {"x": "wavenumber", "y": "absorbance"}
    assert recording.header["resolution"] == "4 cm-1"
    assert recording.header["acquisition time"] == "2024-05-17T09:00"


@pytest.mark.parametrize("axis", ["even", "common", "own"])
def test_another_program_reads_the_same_file_the_same(tmp_path, axis):
    SPC = pytest.importorskip("spc_io").SPC
    content = spc(X, [Y], axis=axis)
    (peer,) = SPC.from_bytes_io(io.BytesIO(content))
    (ours,) = read(tmp_path, content)
    assert np.array_equal(ours.columns[0].values, peer.xarray)
    assert np.array_equal(ours.columns[1].values, peer.yarray)


def test_whole_numbers_take_the_exponent_of_the_file(tmp_path):
    for own in (None, 0):
        (recording,) = read(tmp_path, spc(X, [Y], exponent=3, own_exponent=own))
        assert recording.column("absorbance").values == pytest.approx(Y, abs=2.0**-29)
    with pytest.raises(ReadError, match=r"2\^3 in the file's header, 2\^5"):
        read(tmp_path, spc(X, [Y], exponent=3, own_exponent=5))


@pytest.mark.parametrize("axis", ["even", "own"])
def test_a_series_carries_its_temperatures(tmp_path, axis):
    rows = read(tmp_path, spc(X, [Y, 2 * Y, 3 * Y], axis=axis, temperatures=[80.0, 90.0, 100.0]))
    assert [row.conditions["T"] for row in rows] == [80.0, 90.0, 100.0]
    assert [row.name for row in rows] == ["feco.spc#1", "feco.spc#2", "feco.spc#3"]
    assert np.array_equal(rows[2].column("absorbance").values, (3 * Y).astype("<f4"))


def test_temperatures_that_are_not_even_as_stated_are_not_taken(tmp_path):
    rows = read(tmp_path, spc(X, [Y, Y, Y], temperatures=[80.0, 90.0, 95.0]))
    assert all("T" not in row.conditions for row in rows)
    assert any("not the even ones" in n.text for n in rows[0].notices)


@pytest.mark.parametrize(
    ("version", "kind"),
    [(0x4D, "old"), (0x4C, "big-endian"), (0xCF, "Shimadzu"), (0x00, "not known")],
)
def test_other_versions_are_refused_with_their_byte(tmp_path, version, kind):
    with pytest.raises(ReadError, match=rf"0x{version:02x} \({kind}|0x{version:02x} \(.*{kind}"):
        read(tmp_path, spc(X, [Y], version=version))


@pytest.mark.parametrize(
    ("x_type", "name"), [(3, "nm"), (2, "um"), (13, "Raman shift"), (0, "arbitrary")]
)
def test_other_axes_are_refused(tmp_path, x_type, name):
    with pytest.raises(ReadError, match=name):
        read(tmp_path, spc(X, [Y], x_type=x_type))


@pytest.mark.parametrize(
    ("y_type", "kind"),
    [
        (2, "absorbance"),
        (128, "transmittance"),
        (129, "reflectance"),
        (0, "unknown"),
        (3, "unknown"),
    ],
)
def test_the_kind_of_y_is_the_file_s(tmp_path, y_type, kind):
    (recording,) = read(tmp_path, spc(X, [Y], y_type=y_type))
    assert recording.header["y kind"] == kind


@pytest.mark.parametrize(
    "content", [PLAIN, spc(X, [Y]), spc(X, [Y], axis="common"), spc(X, [Y, Y], axis="own")]
)
def test_a_file_that_was_cut_is_refused_with_its_byte(tmp_path, content):
    for share in range(50):
        cut = content[: len(content) * share // 50]
        with pytest.raises(ReadError, match=rf"byte {len(cut)}\b"):
            read(tmp_path, cut)


def test_a_wrong_number_of_points_is_refused(tmp_path):
    for wrong in (63, 65):
        damaged = bytearray(spc(X, [Y]))
        damaged[4] = wrong
        with pytest.raises(ReadError, match="byte"):
            read(tmp_path, bytes(damaged))
