"""Tables of T and chi T: labelled and not, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest
from data import shared_data
from faults.magnetism_seeds import LABELLED

from spectrafit.errors import ReadError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_magnetism.readers.chi_table import chi_table_reader


class TestReaderSuite(ReaderConformance):
    mutations: ClassVar[int] = 60
    reader: ClassVar[Reader] = chi_table_reader
    samples: ClassVar[Mapping[str, bytes]] = {"labelled.csv": LABELLED}


def read(tmp_path, content):
    path = tmp_path / "one.csv"
    path.write_bytes(content)
    return chi_table_reader.read(path)[0]


def test_labels_give_the_roles(tmp_path):
    recording = read(tmp_path, LABELLED)
    x, y, sigma = (recording.column(recording.roles[role]) for role in ("x", "y", "sigma"))
    assert (x.unit, y.unit, sigma.unit) == ("K", "cm3 K mol-1", "cm3 K mol-1")
    assert y.values.tolist() == [0.5, 0.75, 0.9]


def test_columns_in_the_other_order_are_told_by_their_labels(tmp_path):
    recording = read(tmp_path, b"chiT\tT\n0.5\t10.0\n0.75\t20.0\n0.9\t30.0\n")
    assert recording.column(recording.roles["x"]).values.tolist() == [10.0, 20.0, 30.0]


def test_published_points_are_read_in_the_order_of_the_file():
    recording = chi_table_reader.read(shared_data("magnetism", "chit", "spinner_3d-nit2.exp"))[0]
    assert len(recording) == 32
    assert recording.columns[0].values[:4].tolist() == [295.135, 284.865, 275.135, 47.568]
    assert any("no labels" in str(notice) for notice in recording.notices)
    assert [column.unit for column in recording.columns] == ["K", "cm3 K mol-1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"-10.0 0.5\n20.0 0.6\n30.0 0.7\n", "a temperature of -10"),
        (b"1.0 2.0 3.0 4.0\n2.0 3.0 4.0 5.0\n3.0 4.0 5.0 6.0\n", "which columns"),
        (b"field,moment\n1.0,2.0\n2.0,3.0\n3.0,4.0\n", "which columns"),
        (b"no numbers here\n", "no|table"),
    ],
)
def test_other_tables_are_refused(tmp_path, content, words):
    with pytest.raises(ReadError, match=words):
        read(tmp_path, content)
