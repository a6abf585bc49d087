"""The public conformance suite: what every technique and every reader must do.

A contributor's whole test of the house's rules is a subclass::

    from spectrafit.testing import TechniqueConformance
    from spectrafit_epr import epr

    class TestEpr(TechniqueConformance):
        technique = epr

pytest is needed here and nowhere else in the package.
"""

from __future__ import annotations

from spectrafit.testing.reader_conformance import FOREIGN_FILES, ReaderConformance
from spectrafit.testing.technique_conformance import FOREIGN_RECORDINGS, TechniqueConformance

__all__ = ["FOREIGN_FILES", "FOREIGN_RECORDINGS", "ReaderConformance", "TechniqueConformance"]
