"""Every rule for techniques, on `magnetism`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from spectrafit.reader import Reader
from spectrafit.technique import Technique
from spectrafit.testing import TechniqueConformance
from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
from spectrafit_magnetism.technique import magnetism


class TestTechniqueSuite(TechniqueConformance):
    technique: ClassVar[Technique] = magnetism
    readers: ClassVar[Sequence[Reader] | None] = (quantum_design_reader,)
    nuisances: ClassVar[Mapping[str, float]] = {}
