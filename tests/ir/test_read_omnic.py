"""OMNIC: SPA and SPG with the offsets that the library documents; every cut is refused.

No measured SPA, SPG or SRS may be shared: these files are written here, and simulated.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from faults.infrared_seeds import omnic, simulated_absorbance

from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.omnic import omnic_reader

pytest.importorskip("spectrochempy_omnic")
X, Y = simulated_absorbance()
SPA = omnic(X, [Y], ["feco_80K"])
SPG = omnic(X, [Y, 2 * Y], ["feco 80 K", "feco 90 K"], group=True)


class TestConformance(ReaderConformance):
    reader: ClassVar[Reader] = omnic_reader
    samples: ClassVar[Mapping[str, bytes]] = {"feco_80K.spa": SPA, "feco.spg": SPG}
    mutations: ClassVar[int] = 150


def read(tmp_path, content, name="feco_80K.spa"):
    path = tmp_path / name
    path.write_bytes(content)
    return omnic_reader.read(path)


def test_one_spectrum(tmp_path):
    (recording,) = read(tmp_path, SPA)
    assert np.array_equal(recording.column("absorbance").values, Y)
    assert recording.column("wavenumber").values == pytest.approx(X, abs=1e-4)
    assert recording.roles == {"x": "wavenumber", "y": "absorbance"}
    assert recording.conditions == {"T": 80.0}
    assert recording.header["resolution"] == "4.000 cm-1"
    assert recording.header["scans"] == "32"


def test_a_group_gives_every_spectrum_with_the_temperature_of_its_title(tmp_path):
    first, second = read(tmp_path, SPG, "feco.spg")
    assert (first.conditions, second.conditions) == ({"T": 80.0}, {"T": 90.0})
    assert np.array_equal(second.column("absorbance").values, (2 * Y).astype("<f4"))
    assert second.name == "feco.spg#2"


def test_a_title_without_a_temperature_is_noticed(tmp_path):
    rows = read(tmp_path, omnic(X, [Y, Y], ["one", "two"], group=True), "feco.spg")
    assert all("T" not in row.conditions for row in rows)
    assert any("gives no temperature" in n.text for n in rows[0].notices)


@pytest.mark.parametrize(
    ("key", "kind", "unit"),
    [
        (17, "absorbance", "1"),
        (16, "transmittance", "%"),
        (15, "single beam", "1"),
        (11, "reflectance", "%"),
        (20, "unknown", "1"),
        (22, "interferogram", "1"),
    ],
)
def test_the_kind_of_y_is_the_file_s(tmp_path, key, kind, unit):
    (recording,) = read(tmp_path, omnic(X, [Y], ["a"], y_key=key))
    assert recording.header["y kind"] == kind
    assert recording.columns[1].unit == unit


@pytest.mark.parametrize(
    ("key", "name"), [(2, "data points"), (3, "nm"), (4, "um"), (32, "Raman"), (9, "unit 9")]
)
def test_other_axes_are_refused(tmp_path, key, name):
    with pytest.raises(ReadError, match=name):
        read(tmp_path, omnic(X, [Y], ["a"], x_key=key))


def test_atr_of_one_file_does_not_stay_for_the_next(tmp_path):
    (one,) = read(tmp_path, omnic(X, [Y], ["a"], history="Smart ATR, Resolution: 2"))
    (two,) = read(tmp_path, omnic(X, [Y], ["a"], history="none"))
    assert one.header["technique"] == "ATR"
    assert "technique" not in two.header
    assert "resolution" not in two.header


@pytest.mark.parametrize(("content", "name"), [(SPA, "a.spa"), (SPG, "a.spg")])
def test_a_file_that_was_cut_is_refused_with_its_byte(tmp_path, content, name):
    for share in range(50):
        cut = content[: len(content) * share // 50]
        with pytest.raises(ReadError) as caught:
            read(tmp_path, cut, name)
        assert len(cut) < 18 or f"byte {len(cut)}" in str(caught.value)


def test_points_other_than_the_intensities_are_refused(tmp_path):
    damaged = bytearray(SPA)
    place = int.from_bytes(SPA[306:310], "little") + 4
    damaged[place] = 63
    with pytest.raises(ReadError, match="256 bytes of intensities for 63 points"):
        read(tmp_path, bytes(damaged))


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    whole = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("spectrochempy_omnic"):
            raise ImportError(name)
        return whole(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ReadError, match=r"pip install 'spectrafit-suite\[formats\]'"):
        read(tmp_path, SPA)
