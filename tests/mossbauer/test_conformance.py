"""The technique `mossbauer` keeps what every technique promises."""

from __future__ import annotations

from spectrafit.testing import TechniqueConformance
from spectrafit_mossbauer.technique import mossbauer


class TestMossbauer(TechniqueConformance):
    technique = mossbauer
