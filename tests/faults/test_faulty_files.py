"""No faulty file is misread in silence: its numbers are right and it is noticed, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from faults.faulty_files import FILES, FaultyFile

from spectrafit.errors import ReadError
from spectrafit.table import reader as columns_reader
from spectrafit_xas import xdi_reader

READERS = {"columns": columns_reader, "xdi": xdi_reader}


def test_the_corpus_is_large_and_its_names_are_unique():
    assert len(FILES) >= 60
    assert len({(file.reader, file.name) for file in FILES}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.reader}-{file.name}")
def test_faulty_file(file: FaultyFile, tmp_path: Path):
    path = tmp_path / file.name
    path.write_bytes(file.content)
    if file.refused:
        with pytest.raises(ReadError) as refusal:
            READERS[file.reader].read(path)
        assert file.says in str(refusal.value)
        assert refusal.value.where.partition(":")[0] == file.name
        assert refusal.value.do
        assert refusal.value.code.startswith("SPF-")
        return
    (recording,) = READERS[file.reader].read(path)
    assert recording.names == tuple(file.columns)
    for name, expected in file.columns.items():
        np.testing.assert_array_equal(recording.column(name).values, expected)
    for name, unit in file.units.items():
        assert recording.column(name).unit == unit
    said = "\n".join(notice.text for notice in recording.notices)
    if file.says:
        assert file.says in said
    else:
        assert not recording.notices
    assert all(notice.where.partition(":")[0] == file.name for notice in recording.notices)
