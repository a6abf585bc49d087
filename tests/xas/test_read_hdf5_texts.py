"""Texts of HDF5 files: one wrong bit in a length costs no memory, and what is left out is told."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

h5py = pytest.importorskip("h5py")

from faults.memory import begun_peak, risen_bytes  # noqa: E402

from spectrafit.errors import ReadError  # noqa: E402
from spectrafit_xas import nexus_reader  # noqa: E402

LONG = struct.pack("<I", 0xFFFF_FFF2)


def scan(libver: str, attributes: int = 0) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w", libver=libver) as root:
        root["scan/energy"] = np.arange(7000.0, 7040.0)
        root["scan/mu"] = np.linspace(0.1, 1.0, 40)
        for number in range(attributes):
            root["scan/energy"].attrs[f"a{number}"] = "x" * (number + 20)
        root["scan/energy"].attrs["units"] = "eV"
        root["scan/mode"] = "transmission"
    return stream.getvalue()


def with_long_text(content: bytes, letters: int) -> bytes:
    """Return a file in which the first text of that many letters says that it has 4 GB."""
    for place in range(len(content) - 15):
        length, heap, index = struct.unpack_from("<IQI", content, place)
        if length == letters and index and content[heap : heap + 4] == b"GCOL":
            return content[:place] + LONG + content[place + 4 :]
    raise AssertionError("no such text")


def read(tmp_path, content):
    path = tmp_path / "scan.h5"
    path.write_bytes(content)
    begun = begun_peak()
    try:
        (recording,) = nexus_reader.read(path)
    finally:
        assert risen_bytes(begun) < 50_000_000
    return recording


@pytest.mark.parametrize("libver", ["earliest", "latest"])
@pytest.mark.parametrize("attributes", [0, 12])
def test_a_unit_that_says_to_be_long_is_refused(libver, attributes, tmp_path):
    content = scan(libver, attributes)
    whole = read(tmp_path, content)
    assert whole.column("energy").unit == "eV"
    assert not any("length" in notice.text for notice in whole.notices)
    with pytest.raises(ReadError, match="length of the text 'units'"):
        read(tmp_path, with_long_text(content, len("eV")))


@pytest.mark.parametrize("libver", ["earliest", "latest"])
def test_a_text_that_says_to_be_long_is_left_out_and_told(libver, tmp_path):
    content = scan(libver)
    assert read(tmp_path, content).header == {"mode": "transmission"}
    damaged = read(tmp_path, with_long_text(content, len("transmission")))
    assert not damaged.header
    assert [notice.code for notice in damaged.notices if "mode" in notice.text] == ["READ-002"]
    assert damaged.column("energy").values.tolist() == np.arange(7000.0, 7040.0).tolist()


def test_a_heap_without_an_end_is_not_followed(tmp_path):
    """A heap whose first object has no size is followed by the library for ever."""
    content = scan("earliest")
    heap = content.find(b"GCOL")
    for size in (0, 2**63, 5000):
        damaged = content[: heap + 24] + struct.pack("<Q", size) + content[heap + 32 :]
        with pytest.raises(ReadError, match="length of the text 'units'"):
            read(tmp_path, damaged)


def test_a_sequence_in_the_place_of_a_text_is_not_read(tmp_path):
    """The library dies of some texts whose type was damaged into that of a sequence."""
    text, sequence = (bytes([0x19, kind, kind, 0, 16, 0, 0, 0]) for kind in (1, 0))
    content = scan("earliest")
    last = content.rfind(text)
    found = read(tmp_path, content[:last] + sequence + content[last + 8 :])
    assert any("mode" in notice.text for notice in found.notices)
    with pytest.raises(ReadError, match="length of the text 'units'"):
        read(tmp_path, content.replace(text, sequence))
