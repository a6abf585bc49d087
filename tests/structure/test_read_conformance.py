"""The readers of structures keep every rule for readers, on whole and on damaged files."""

from __future__ import annotations

from typing import ClassVar

import pytest
from faults.structure_seeds import BOND_TABLE_SEEDS, cif_seeds

from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_structure.readers.bond_table import bond_table_reader
from spectrafit_structure.readers.cif import cif_reader

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")


class TestCif(ReaderConformance):
    reader: ClassVar[Reader] = cif_reader
    samples: ClassVar = cif_seeds()
    mutations: ClassVar[int] = 150


class TestBondTable(ReaderConformance):
    reader: ClassVar[Reader] = bond_table_reader
    samples: ClassVar = BOND_TABLE_SEEDS
    mutations: ClassVar[int] = 100
