"""The technique `composition` and its readers keep every rule for techniques and readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest
from faults.composition_seeds import elemental_analysis_seeds, mass_spectrum_seeds

from spectrafit.reader import Reader
from spectrafit.technique import Technique
from spectrafit.testing import ReaderConformance, TechniqueConformance
from spectrafit_structure.composition import (
    composition,
    elemental_analysis_reader,
    mass_spectrum_reader,
)

pytest.importorskip("periodictable", reason="the extra `calc` is not installed")


class TestComposition(TechniqueConformance):
    technique: ClassVar[Technique] = composition
    readers: ClassVar[Sequence[Reader] | None] = (elemental_analysis_reader, mass_spectrum_reader)
    simulated_name: ClassVar[str] = "analysis.csv"


class TestElementalAnalysis(ReaderConformance):
    reader: ClassVar[Reader] = elemental_analysis_reader
    samples: ClassVar = elemental_analysis_seeds()


class TestMassSpectrum(ReaderConformance):
    reader: ClassVar[Reader] = mass_spectrum_reader
    samples: ClassVar = mass_spectrum_seeds()
