"""No reader of counts takes the files of other techniques, and every Mössbauer file is read."""

from __future__ import annotations

import pytest
from data import shared_data
from faults.corpus import FILES

from spectrafit import registry
from spectrafit.reader import HEAD_BYTES, chosen_reader

OURS = {"counts", "exp", "mca", "mcs", "moe", "velocity", "wissel"}
READERS = registry.readers()


def test_all_seven_readers_are_installed():
    assert set(registry.reader_names()) >= OURS


@pytest.mark.parametrize("folder", ["xas", "formats", "nist"])
def test_files_of_other_techniques_are_left_alone(folder):
    taken = {
        path.name: [r.name for r in READERS if r.name in OURS and r.sniff(path, head) > 0]
        for path in shared_data(folder).rglob("*")
        if path.is_file() and (head := path.read_bytes()[:HEAD_BYTES])
    }
    assert len(taken) > 5
    assert not {name: ours for name, ours in taken.items() if ours}


def test_faulty_tables_are_left_alone(tmp_path):
    for file in (one for one in FILES if one.reader not in OURS):
        path = tmp_path / file.name
        assert not [
            r for r in READERS if r.name in OURS and r.sniff(path, file.content[:HEAD_BYTES])
        ]


def test_every_moessbauer_file_has_its_reader():
    root = shared_data("mossbauer")
    spectra = [p for p in root.rglob("*") if p.suffix in (".dat", ".adt")]
    found = {p.name: chosen_reader(p, p.read_bytes()[:HEAD_BYTES], READERS).name for p in spectra}
    assert len(spectra) > 30
    assert found.pop("Calibration.dat") == "velocity"
    assert set(found.values()) == {"counts"}
