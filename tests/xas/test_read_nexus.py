"""The reader of HDF5 files: NXxas, plain entries; nothing outside the file is opened."""

from __future__ import annotations

import io

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")

from faults.beamline_seeds import ROWS, energies, nxxas  # noqa: E402

from spectrafit.errors import ReadError  # noqa: E402
from spectrafit.testing import ReaderConformance  # noqa: E402
from spectrafit_xas import herfd, nexus_reader, xanes  # noqa: E402
from spectrafit_xas.readers import nexus  # noqa: E402


class TestConformance(ReaderConformance):
    reader = nexus_reader
    samples = {"feo.h5": nxxas()}  # noqa: RUF012
    mutations = 80


def read(tmp_path, content: bytes):
    path = tmp_path / "scan.h5"
    path.write_bytes(content)
    return nexus_reader.read(path)


def said(recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def made(fill) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        fill(root)
    return stream.getvalue()


def test_an_nxxas_entry(tmp_path):
    (recording,) = read(tmp_path, nxxas())
    assert set(recording.names) == {"energy", "intensity", "i0", "itrans"}
    assert dict(recording.roles) == {"x": "energy", "y": "intensity"}
    assert dict(recording.conditions) == {"element": "Fe", "edge": "K"}
    assert recording.column("energy").unit == "eV"
    np.testing.assert_allclose(recording.column("energy").values, energies())
    assert xanes.suits(recording).why.endswith("signal ln(i0/itrans)")


def test_emission_energy_and_temperature_become_conditions(tmp_path):
    def fill(root):
        root["e/energy"] = energies()
        root["e/ifluor"] = np.arange(float(ROWS))
        root["e/emission_line/energy"] = 6.4045
        root["e/emission_line/energy"].attrs["units"] = "keV"
        root["e/sample/temperature"] = -23.15
        root["e/sample/temperature"].attrs["units"] = "degC"

    (recording,) = read(tmp_path, made(fill))
    assert recording.conditions["emission_eV"] == pytest.approx(6404.5)
    assert recording.conditions["T"] == pytest.approx(250.0)


def test_herfd_without_an_emission_energy_is_said(tmp_path):
    content = nxxas(**{"instrument/mode": "HERFD"})
    (recording,) = read(tmp_path, content)
    assert "mode says HERFD, but no emission energy is in the file" in said(recording)
    assert herfd.suits(recording).missing == {
        "emission_eV": "the emission energy in eV; the header names none"
    }


def test_energies_in_keV_are_converted_and_said(tmp_path):
    def fill(root):
        root["e/energy"] = np.array(energies()) / 1000
        root["e/energy"].attrs["units"] = "keV"
        root["e/mu"] = np.arange(float(ROWS))

    (recording,) = read(tmp_path, made(fill))
    np.testing.assert_allclose(recording.column("energy").values, energies())
    assert "energy was converted from keV to eV" in said(recording)


def test_links_out_of_the_file_are_named_and_never_followed(tmp_path):
    """A file beside it that a link names, straight or through a link inside, is not opened."""
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as root:
        root["data"] = np.full(ROWS, 42.0)

    def fill(root):
        root["e/energy"] = energies()
        root["e/mu"] = np.arange(float(ROWS))
        root["e/straight"] = h5py.ExternalLink(str(secret), "/data")
        root["e/folder"] = h5py.ExternalLink(str(secret), "/")
        root["e/round"] = h5py.SoftLink("/e/folder/data")
        root["e/circle"] = h5py.SoftLink("/e/circle")
        root["e/up"] = h5py.SoftLink("/e")

    (recording,) = read(tmp_path, made(fill))
    assert set(recording.names) == {"energy", "mu"}
    assert "left out, as it lies in another file" in said(recording)
    assert "/e/straight" in said(recording)


def test_virtual_and_external_data_are_not_opened(tmp_path):
    source = tmp_path / "raw.bin"
    source.write_bytes(np.full(ROWS, 42.0).tobytes())

    def fill(root):
        root["e/energy"] = energies()
        root["e/mu"] = np.arange(float(ROWS))
        root.create_dataset(
            "e/outside", (ROWS,), "f8", external=[(str(source), 0, h5py.h5f.UNLIMITED)]
        )
        layout = h5py.VirtualLayout((ROWS,), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "data", (ROWS,))
        root.create_virtual_dataset("e/virtual", layout)

    (recording,) = read(tmp_path, made(fill))
    assert set(recording.names) == {"energy", "mu"}
    assert "/e/outside" in said(recording)
    assert "/e/virtual" in said(recording)


def test_a_declared_size_beyond_reason_is_refused(tmp_path):
    """A file of a few kB that declares 10^12 numbers."""

    def fill(root):
        root["e/energy"] = energies()
        root.create_dataset("e/huge", (10**12,), "f8", chunks=(1000,), compression="gzip")

    content = made(fill)
    assert len(content) < 100_000
    with pytest.raises(ReadError, match="declares 1000000000000 numbers"):
        read(tmp_path, content)


def test_many_entries_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(nexus, "_MOST_NODES", 50)

    def fill(root):
        for n in range(60):
            root[f"e/{n}"] = 1.0

    with pytest.raises(ReadError, match="more than 50 entries"):
        read(tmp_path, made(fill))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (nxxas()[:900], "HDF5 cannot read it"),
        (b"\x89HDF\r\n\x1a\n" + bytes(200), "HDF5 cannot read it"),
        (made(lambda root: root.create_group("e")), "no entry holds columns"),
        (b"7110 1\n", "no HDF5 file"),
    ],
)
def test_what_is_refused(content, says, tmp_path):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, content)
    assert says in str(refusal.value)
    assert refusal.value.do


def test_real_entries(real_data):
    found = nexus_reader.read(real_data("xas", "nxxas", "Fe_XDIFiles.h5"))
    assert [len(one) for one in found] == [348, 348, 412]
    assert [one.conditions["sample"] for one in found] == ["Fe2O3", "Fe metal foil", "FeO"]
    herfd_scans = nexus_reader.read(real_data("xas", "parseq", "20230318.h5"))
    assert [len(one) for one in herfd_scans] == [601, 526]
    assert herfd_scans[0].roles["x"] == "mono1_energy_acs"
    assert "eiger_streaming" in said(herfd_scans[0])
    assert "columns make mu" in herfd.suits(herfd_scans[0]).why
