"""The technique `pyro` keeps what every technique promises."""

from __future__ import annotations

from spectrafit.testing import TechniqueConformance
from spectrafit_pyro.readers.current_log import current_log_reader
from spectrafit_pyro.technique import pyro


class TestPyro(TechniqueConformance):
    technique = pyro
    readers = (current_log_reader,)
    simulated_name = "simulated.csv"
    nuisances = {"P_T0": 0.0}  # noqa: RUF012

    def pure_value(self, key: str, member: float, temperature: float) -> float:
        # for p the numbers stand for slopes of populations: 1000 nC in 1 uC
        return 1e3 * member if key == "pyro.p" else member
