"""The reader of Athena projects: Perl, JSON, packed or not; tokenised, never evaluated."""

from __future__ import annotations

import gzip
import zlib

import numpy as np
import pytest
from faults.beamline_seeds import ATHENA_SEEDS, ROWS, energies, json_project, packed, perl, record

from spectrafit.errors import ReadError
from spectrafit.testing import ReaderConformance
from spectrafit_xas import athena_reader, xanes
from spectrafit_xas.readers import athena


class TestConformance(ReaderConformance):
    reader = athena_reader
    samples = ATHENA_SEEDS
    mutations = 80


def read(tmp_path, content: bytes):
    path = tmp_path / "study.prj"
    path.write_bytes(content)
    return athena_reader.read(path)


def said(recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


@pytest.mark.parametrize("kind", [perl, json_project])
@pytest.mark.parametrize("wrap", [bytes, packed])
def test_both_kinds_read_alike(kind, wrap, tmp_path):
    one, two = read(tmp_path, wrap(kind(record("aaaa", "one"), record("bbbb", "it's two"))))
    assert (one.name, two.name) == ("study.prj#1_one", "study.prj#2_it_s_two")
    assert dict(two.conditions) == {"sample": "it's two", "element": "Fe", "edge": "K"}
    assert dict(one.roles) == {"x": "energy", "y": "xmu"}
    np.testing.assert_allclose(one.column("energy").values, energies())
    assert one.header["bkg_z"] == "Fe"
    assert xanes.suits(two).why == "energies hold the K edge of Fe; signal xmu"


def test_the_shift_of_a_project_is_applied_and_said(tmp_path):
    (recording,) = read(tmp_path, perl(record("aaaa", "one", bkg_eshift="-0.35")))
    np.testing.assert_allclose(recording.column("energy").values, np.array(energies()) - 0.35)
    np.testing.assert_allclose(recording.column("energy_unshifted").values, energies())
    assert "energy = x -0.35 eV (bkg_eshift)" in said(recording)


def test_normalised_records_are_called_so(tmp_path):
    (recording,) = read(tmp_path, perl(record("aaaa", "one", is_nor="1")))
    assert recording.roles["y"] == "norm"


def test_chi_is_no_absorption(tmp_path):
    (recording,) = read(tmp_path, perl(record("aaaa", "one", is_chi="1", is_xmu="0")))
    assert recording.names == ("k", "chi")
    assert not recording.roles
    assert not xanes.suits(recording).suits


def test_code_in_a_project_is_text(tmp_path):
    """A project that would run a command if it were evaluated is refused, and nothing runs."""
    marker = tmp_path / "ran"
    attack = f"$old_group = system('touch {marker}');\n".encode()
    content = perl(record("aaaa", "one")).replace(b"$old_group", attack + b"$old_group", 1)
    with pytest.raises(ReadError):
        read(tmp_path, content)
    label = f"'; system('touch {marker}'); '"
    (recording,) = read(tmp_path, perl(record("aaaa", label)))
    assert recording.header["label"] == label
    assert not marker.exists()


def test_a_bomb_is_refused_before_it_unpacks(tmp_path):
    """A file of 60 kB that would unpack to 64 MB and more."""
    head = b"# Athena project file -- Demeter version 0.9.20\n"
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    content = machine.compress(head)
    block = b" " * 1_000_000
    for _ in range(athena.UNPACKED_LIMIT // len(block) + 1):
        content += machine.compress(block)
    content += machine.flush()
    assert len(content) < 100_000
    with pytest.raises(ReadError, match=r"unpacks from .* to more than"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (packed(perl(record("a", "one")))[:-20], "cut off"),
        (gzip.compress(b"words", mtime=0), "no Athena project"),
        (perl(), "holds no record"),
        (json_project(), "holds no record"),
        (perl(record("a", "one")).replace(b"7095.0000", b"7095,0000"), "is no number"),
        (perl(record("a", "one")).replace(b"'7095.0000',", b""), "39 energies, 40 values"),
        (perl(record("a", "one")).replace(b"[record]", b"[recrd]"), "the last record does not end"),
        (perl(record("a", "one")).replace(b"7095.0000", b"1e999"), "too large"),
        (perl(record("a", "one")).replace(b"@args = (", b"@args = (" + b"[" * 5000), "expected"),
        (b"# Athena project file\n@x = `ls`;\n", "is no Perl value"),
        (b'{"_____header1": "# Athena project file", "a": ' + b"[" * 100_000, "no JSON"),
    ],
)
def test_what_is_refused(content, says, tmp_path):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, content)
    assert says in str(refusal.value)
    assert refusal.value.do


def test_columns_of_another_length_are_left_out_with_a_notice(tmp_path):
    one = {**record("aaaa", "one"), "i0": ["1", "2"]}
    (recording,) = read(tmp_path, perl(one))
    assert recording.names == ("energy", "xmu")
    assert f"i0 has 2 numbers, x has {ROWS}: left out" in said(recording)
