"""The technique `composition` and its readers keep every rule for techniques and readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest

from spectrafit.reader import Reader
from spectrafit.technique import Technique
from spectrafit.testing import ReaderConformance, TechniqueConformance
from spectrafit_structure.composition import (
    composition,
    elemental_analysis_reader,
    mass_spectrum_reader,
)
from spectrafit_structure.composition.simulate import CompositionSimulation

pytest.importorskip("periodictable", reason="the extra `calc` is not installed")

LINES = b"""# formula: C38H74N8O4F18P3FeCo
element;found %;su;calculated
C;36,41;0,1;36.2
H;5,94;;5.8
N;8,92(5);0.1;8.65
"""
COLUMNS = b"""sample,weight (mg),C %,H %,N %
1,1.234,36.41,5.94,8.92
2,1.402,36.35,5.90,
mean,,36.38,5.92,8.92
calc.,,36.32,5.94,8.92
"""


class TestComposition(TechniqueConformance):
    technique: ClassVar[Technique] = composition
    readers: ClassVar[Sequence[Reader] | None] = (elemental_analysis_reader, mass_spectrum_reader)
    simulated_name: ClassVar[str] = "analysis.csv"


class TestElementalAnalysis(ReaderConformance):
    reader: ClassVar[Reader] = elemental_analysis_reader
    samples: ClassVar = {
        "simulated.csv": composition.simulated_text(CompositionSimulation(), 1).encode(),
        "lines.csv": LINES,
        "columns.csv": COLUMNS,
        "bare.txt": b"C 36.41\nH 5.94\nN 8.92\n",
    }


class TestMassSpectrum(ReaderConformance):
    reader: ClassVar[Reader] = mass_spectrum_reader
    samples: ClassVar = {
        "list.csv": composition.simulated_text(
            CompositionSimulation(kind="mass-spectrum"), 1
        ).encode(),
        "profile.txt": composition.simulated_text(
            CompositionSimulation(kind="mass-spectrum", fwhm_mz=0.2), 2
        ).encode(),
        "tabs.txt": b"m/z (Th)\trel. intensity\n1109.384\t6.3\n1111.379\t100\n1112.382\t47\n",
    }
