"""Runs as the technique `pyro` is given them: simulated text, read back."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from spectrafit.observable import Observable
from spectrafit.recording import Recording
from spectrafit.technique import Observables, SeriesScan
from spectrafit_pyro.readers.current_log import current_log_reader
from spectrafit_pyro.settings import PyroSettings
from spectrafit_pyro.simulation import PyroSimulation, simulated_run_text
from spectrafit_pyro.technique import pyro

TOLD = PyroSettings(area_mm2=0.3036, area_error_mm2=0.015, polarity=1)
# the declared populations of the case table, with their lattice part
CASE = PyroSimulation(
    S12=79.1, T12=91.0, G12=962.0, H23=4070.0, S23=4.43, G23=0.0, rho=0.045, P12=0.413, P23=2.611,
    psec_300=0.29, header_states=False, interval_s=3.0,
)  # fmt: skip
COARSE = PyroSimulation(interval_s=6.0, header_states=False)


@cache
def recorded(settings: PyroSimulation, seed: int = 1, name: str = "run.csv") -> Recording:
    content = simulated_run_text(settings, seed).encode("utf-8")
    return current_log_reader.recordings(content, Path(name))[0]


@cache
def observed(settings: PyroSimulation, chosen: PyroSettings = TOLD, seed: int = 1) -> Observables:
    return pyro.observe({"sample": recorded(settings, seed)}, chosen)


def scan(recording: Recording, chosen: PyroSettings = TOLD, **more: Recording) -> SeriesScan:
    inputs = {"sample": recording, **more}
    return SeriesScan(recording.name, inputs, chosen, {}, pyro.observe(inputs, chosen))


def reference(**changes: object) -> Recording:
    settings = replace(COARSE, reference_crystal=True, area_mm2=0.5, **changes)  # type: ignore[arg-type]
    return recorded(settings, 5, "reference.csv")


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}


def text_of(found: Observables, code: str) -> str:
    (alert,) = [one for one in found.alerts if one.code == code]
    return f"{alert.text}; {alert.do}"


def value(found: Observables, quantity: str) -> float:
    number = found[f"pyro.{quantity}"].value
    assert isinstance(number, float)
    return number


def curve(found: Observables, key: str) -> dict[float, Observable]:
    return {float(item.conditions["T"]): item for item in found.items if item.key == key}
