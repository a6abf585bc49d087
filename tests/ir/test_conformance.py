"""The technique `ir` keeps what every technique promises."""

from __future__ import annotations

from spectrafit.testing import TechniqueConformance
from spectrafit_ir.technique import infrared


class TestInfrared(TechniqueConformance):
    technique = infrared
