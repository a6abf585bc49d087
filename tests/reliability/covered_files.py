"""Simulated files of weak and strong peaks through the techniques, as a user gives them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from spectrafit.recording import Recording
from spectrafit.registry import technique
from spectrafit.table import ColumnsReader
from spectrafit.technique import Observables
from spectrafit_ir.readers.jcamp import jcamp_reader
from spectrafit_ir.simulate import InfraredSimulation
from spectrafit_mossbauer.readers.wissel import wissel_reader
from spectrafit_mossbauer.simulate import MossbauerSimulation
from spectrafit_xas.simulate import XanesSimulation

# fixed before looking
FILE_STATE = 20_531
_ALERTS = frozenset({"FIT-009", "MOS-102"})


def _infrared(height: float, seed: int) -> Observables:
    kind = technique("ir")
    simulated = InfraredSimulation(heights=((height,),), range_cm=(1440.0, 1530.0))
    text = kind.simulated_text(simulated, seed)
    sample = jcamp_reader.recordings(text.encode("ascii"), Path("band.jdx"))[0]
    return kind.observe({"sample": sample}, kind.settings(bands={"1485": (1475.0, 1495.0)}))


def _mossbauer(area: float, seed: int) -> Observables:
    kind = technique("mossbauer")
    iron = MossbauerSimulation(
        absorber="alpha-Fe", channels=256, step_mm_s=0.1, centre_channel=127.6
    )
    sample = replace(iron, absorber="sample", T_K=120.0, area_mm_s=area, counts=1e5)

    def run(settings: Any, own: int, name: str) -> Recording:
        text = kind.simulated_text(settings, own)
        return wissel_reader.recordings(text.encode("utf-8"), Path(name))[0]

    given = {"sample": run(sample, seed, "run.ws5"), "calibration": run(iron, 1, "iron.ws5")}
    return kind.observe(given, kind.settings(orientation=1))


def _xanes(counts: float, seed: int) -> Observables:
    kind = technique("xanes")
    simulated = replace(XanesSimulation(), share_high=1.0, counts=counts)
    text = kind.simulated_text(simulated, seed).encode("utf-8")
    sample = ColumnsReader().recording(text, Path("scan.dat"))
    return kind.observe({"sample": sample}, kind.settings(peaks=2, method_spread=False))


# what makes a peak weak, and strong
_FILES = {
    "ir": (_infrared, 1.2e-3, 0.1),
    "mossbauer": (_mossbauer, 2.5e-3, 0.1),
    "xanes": (_xanes, 3e3, 6e6),
}


def told_by_files(count: int) -> tuple[list[str], int]:
    """Return which results are silent on a weak peak or warn of a strong one, and how many were asked."""
    wrong = []
    for name, (observed, weak, strong) in _FILES.items():
        for i in range(count):
            for size, should in ((weak, True), (strong, False)):
                found = observed(size, FILE_STATE + i)
                told = bool(_ALERTS & {alert.code for alert in found.alerts})
                if told != should:
                    wrong.append(f"{name} {size:g}, seed {FILE_STATE + i}")
    return wrong, 2 * count * len(_FILES)
