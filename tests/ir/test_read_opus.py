"""OPUS: every block is kept, one absorbance is proposed, and damage never gives a part."""

from __future__ import annotations

import builtins
import struct
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from faults.infrared_seeds import opus, simulated_absorbance

from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.opus import opus_reader

pytest.importorskip("brukeropus")
X, Y = simulated_absorbance()
FILE = opus([("a", X, Y), ("sm", X, 0.3 * Y)])


class TestConformance(ReaderConformance):
    reader: ClassVar[Reader] = opus_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        "feco_80K.0": FILE,
        "two.1": opus([("a", X, Y), ("a", X, 2 * Y)]),
        "t.0": opus([("t", X, Y)]),
    }
    mutations: ClassVar[int] = 150


def read(tmp_path, content, name="feco_80K.0"):
    path = tmp_path / name
    path.write_bytes(content)
    (recording,) = opus_reader.read(path)
    return recording


def test_one_absorbance_is_proposed(tmp_path):
    recording = read(tmp_path, FILE)
    assert recording.roles == {"x": "wavenumber", "y": "a"}
    assert np.array_equal(recording.column("a").values, Y)
    assert recording.column("wavenumber").values == pytest.approx(X, abs=1e-9)
    assert recording.conditions == {"T": 80.0}
    assert recording.header["resolution"] == "4 cm-1"
    assert recording.header["acquisition time"] == "2015-11-06T14:38:14.100+01:00"
    assert recording.source.simulated


def test_two_absorbances_are_left_to_the_user(tmp_path):
    recording = read(tmp_path, opus([("a", X, Y), ("a", X, 2 * Y)]))
    assert "y" not in recording.roles
    # the last in the file is named first, as OPUS does
    assert np.array_equal(recording.column("a").values, 2 * Y)
    assert np.array_equal(recording.column("a_2").values, Y)
    (notice,) = [n for n in recording.notices if n.code == "READ-003"]
    assert "a and a_2" in notice.text
    assert "--set block=a" in notice.text


@pytest.mark.parametrize("name", ["r", "sm", "match"])
def test_what_is_no_absorbance_is_never_called_one(tmp_path, name):
    recording = read(tmp_path, opus([(name, X, Y)]))
    assert "y" not in recording.roles or recording.header["y kind"] == "unknown"
    assert recording.header["y kind"] != "absorbance"
    assert any(n.code == "READ-003" for n in recording.notices)


def test_a_derivative_is_no_absorbance(tmp_path):
    assert read(tmp_path, opus([("a", X, Y)], derivative=1)).header["y kind"] == "unknown"


def test_atr_is_said(tmp_path):
    recording = read(tmp_path, opus([("a", X, Y)], accessory="Platinum ATR"))
    assert recording.header["technique"] == "ATR"


def test_an_absorbance_against_micrometres_is_refused(tmp_path):
    with pytest.raises(ReadError, match="micrometres"):
        read(tmp_path, opus([("a", X, Y)], unit="MI"))


def test_a_series_in_one_block_is_refused(tmp_path):
    with pytest.raises(ReadError, match="series of spectra"):
        read(tmp_path, with_type(FILE, 3 | 3 << 2 | 4 << 10 | 2 << 19))


def with_type(content, code):
    """Return the file with another type of its first data block."""
    data = bytearray(content)
    for at in range(24, 24 + 12 * 6, 12):
        if struct.unpack_from("<i", data, at)[0] == 3 | 3 << 2 | 4 << 10:
            struct.pack_into("<i", data, at, code)
    return bytes(data)


def changed(content, old, new):
    assert content.count(old) >= 1
    return content.replace(old, new, 1)


def test_values_behind_the_last_point_are_left_out_only_where_the_extremes_agree(tmp_path):
    old, new = (b"NPT\0" + struct.pack("<2hi", 0, 2, n) for n in (64, 63))
    inside = Y.copy()
    inside[-1] = Y[-2]
    for block in (Y, inside):
        whole = opus([("a", X, block), ("sm", X, 0.3 * block)])
        says = "extremes are not those" if block is Y else "differ as if a point were missing"
        with pytest.raises(ReadError, match=says):
            read(tmp_path, changed(whole, old, new))


def test_integers_are_refused_and_not_read_as_floats(tmp_path):
    other = changed(
        FILE, b"DPF\0" + struct.pack("<2hi", 0, 2, 1), b"DPF\0" + struct.pack("<2hi", 0, 2, 2)
    )
    with pytest.raises(ReadError, match="number format 2"):
        read(tmp_path, other)


def test_a_parameter_that_leads_nowhere_does_not_hang(tmp_path):
    loop = changed(FILE, b"ACC\0" + struct.pack("<h", 2), b"ACC\0" + struct.pack("<h", 2))
    at = loop.index(b"ACC\0") + 6
    with pytest.raises(ReadError, match=f"byte {at - 6}: no parameter"):
        read(tmp_path, loop[:at] + struct.pack("<h", -4) + loop[at + 2 :])


@pytest.mark.parametrize("share", range(50))
def test_a_file_that_was_cut_is_refused_with_its_byte(tmp_path, share):
    cut = FILE[: len(FILE) * share // 50]
    with pytest.raises(ReadError) as caught:
        read(tmp_path, cut)
    if share:
        assert f"byte {len(cut)}" in str(caught.value)


def test_a_changed_byte_changes_one_value_or_is_told(tmp_path):
    rng = np.random.default_rng(3)
    silent = 0
    for _ in range(200):
        damaged = bytearray(FILE)
        damaged[int(rng.integers(len(FILE)))] ^= 1 << int(rng.integers(8))
        try:
            recording = read(tmp_path, bytes(damaged))
        except ReadError:
            continue
        told = any(n.code == "READ-002" for n in recording.notices) or "a" not in recording.names
        if told or recording.column("a").values.size != 64:
            continue
        silent += int((recording.column("a").values != Y).sum() > 1)
    assert silent == 0


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    whole = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("brukeropus"):
            raise ImportError(name)
        return whole(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ReadError, match=r"pip install 'spectrafit-suite\[formats\]'"):
        read(tmp_path, FILE)
