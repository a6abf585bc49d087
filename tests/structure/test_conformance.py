"""The technique `structure` keeps what every technique promises."""

from __future__ import annotations

from typing import ClassVar

import pytest

from spectrafit.reader import Reader
from spectrafit.testing import TechniqueConformance
from spectrafit_structure.readers.bond_table import bond_table_reader
from spectrafit_structure.readers.cif import cif_reader
from spectrafit_structure.technique import structure

pytest.importorskip("gemmi", reason="the extra `formats` is not installed")


class TestStructure(TechniqueConformance):
    technique = structure
    readers: ClassVar[tuple[Reader, ...]] = (cif_reader, bond_table_reader)
    simulated_name: ClassVar[str] = "simulated.cif"
