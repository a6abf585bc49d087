"""Simulated magnetometer's runs through the whole technique, for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from data import shared_data

from spectrafit.recording import Recording
from spectrafit.technique import Observables, SeriesScan
from spectrafit_magnetism.readers.chi_table import chi_table_reader
from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.simulate import MagnetismSimulation, simulated_log
from spectrafit_magnetism.technique import magnetism

ONE = MagnetismSimulation(step_K=2.5)
"""The three-state sample in two branches, with its lag."""
STILL = MagnetismSimulation(step_K=2.5, lag_K=0.0, noise_K=0.0)
"""The same without a lag and without noise of temperature."""
TOLD = MagnetismSettings(mass_error_mg=0.02, chi_dia=-6.3e-4, settle_s=12.0)
"""What a user tells of it."""


@cache
def recorded(
    simulation: MagnetismSimulation = ONE, seed: int = 1, name: str = "s.dat"
) -> Recording:
    return log_of(simulated_log(simulation, seed), name)


def log_of(text: str, name: str = "s.dat") -> Recording:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", newline="\n")
        return quantum_design_reader.read(path)[0]


def table_of(text: str, name: str = "t.csv") -> Recording:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", newline="\n")
        return chi_table_reader.read(path)[0]


def measured(name: str) -> Recording:
    """Return a real file of a magnetometer."""
    return quantum_design_reader.read(shared_data("magnetism", "mpms", name))[0]


def published(name: str) -> Recording:
    """Return real points of chi T, read off a figure."""
    return chi_table_reader.read(shared_data("magnetism", "chit", name))[0]


def observed(
    recording: Recording, settings: MagnetismSettings = TOLD, **more: Recording
) -> Observables:
    return magnetism.observe({"sample": recording, **more}, settings)


def series_of(samples: Sequence[Recording], settings: MagnetismSettings = TOLD) -> Observables:
    scans = [
        SeriesScan(one.name, {"sample": one}, settings, {}, Observables("magnetism", ()))
        for one in samples
    ]
    return magnetism.observe_series(scans)


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}
