"""No faulty file is misread in silence: its numbers are right and it is noticed, or refused."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
from data import shared_data
from faults.corpus import FILES, invalid_xdi_faults
from faults.faulty_file import FaultyFile, came_of

from spectrafit import registry

NEEDS = {"hdf5": "h5py", "opus": "brukeropus", "omnic": "spectrochempy_omnic", "cif": "gemmi"}
NEEDS |= {"excel": "openpyxl", "bond-table": "gemmi"}


def test_the_corpus_holds_every_reader_and_its_names_are_unique():
    assert len(FILES) >= 60
    assert len({(file.reader, file.name) for file in FILES}) == len(FILES)
    counted = Counter(file.reader for file in FILES)
    assert set(counted) == set(registry.reader_names())
    assert min(counted.values()) >= 4


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.reader}-{file.name}")
def test_faulty_file(file: FaultyFile, tmp_path: Path):
    needed = NEEDS.get(file.reader)
    if needed and importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    came = came_of(file, tmp_path)
    assert not came.faults
    assert not came.silent


def test_the_invalid_xdi_files_of_others_are_treated_as_their_keepers_ask():
    faults = invalid_xdi_faults(shared_data("xas", "xdi_baddata"))
    assert len(faults) == 20
    assert not any(faults.values()), faults
