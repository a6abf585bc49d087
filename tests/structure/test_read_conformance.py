"""The readers of structures keep every rule for readers, on whole and on damaged files."""

from __future__ import annotations

from typing import ClassVar

import pytest

from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_structure.readers.bond_table import bond_table_reader
from spectrafit_structure.readers.cif import cif_reader
from spectrafit_structure.simulate import StructureSimulation, simulated_cif
from tests.structure_cif import OCTAHEDRON, bonds, head, sites

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")

ATOMS = sites({"Fe1": ("Fe", 0.0, 0.0, 0.0), **OCTAHEDRON})
BONDS = bonds([("Fe1", "O1", "1.904(5)"), ("Fe1", "N1", "2.1")])
TABLE = """# simulated data
T;atom_1;atom_2;length
60(2);Fe1;O1;1.904(5)
60(2);Fe1;O2;1.904(5)
100(2);Fe1;O1;1.987(4)
100(2);Fe1;O2;1.991(5)
"""


class TestCif(ReaderConformance):
    reader: ClassVar[Reader] = cif_reader
    samples: ClassVar = {
        "a_060K.cif": simulated_cif(StructureSimulation(T_K=60.0), 1).encode(),
        "two.cif": "\n".join((head("a"), ATOMS, BONDS, head("b"), ATOMS)).encode(),
        "cell.cif": head().encode(),
    }
    mutations: ClassVar[int] = 150


class TestBondTable(ReaderConformance):
    reader: ClassVar[Reader] = bond_table_reader
    samples: ClassVar = {
        "bonds.csv": TABLE.encode(),
        "bonds.txt": TABLE.replace(";", "\t").encode("utf-16"),
    }
    mutations: ClassVar[int] = 100
