"""Simulated runs through the whole technique, one spectrum or a series, for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from spectrafit.laws import second_order_doppler
from spectrafit.recording import Recording
from spectrafit.technique import Observables, SeriesScan
from spectrafit_mossbauer.readers.wissel import wissel_reader
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.simulate import MossbauerSimulation, simulated_run
from spectrafit_mossbauer.technique import mossbauer

IRON = MossbauerSimulation(absorber="alpha-Fe", date="2024-03-01T09:00:00")
SAMPLE = MossbauerSimulation(T_K=120.0, date="2024-03-02T09:00:00")
ORIENTED = MossbauerSettings(orientation=1)


def recorded(settings: MossbauerSimulation, name: str, seed: int = 1) -> Recording:
    text = simulated_run(settings, seed).encode("utf-8")
    return wissel_reader.recordings(text, Path(name))[0]


@cache
def iron(orientation: int = 1) -> Recording:
    """Return an alpha-iron run; the same object each time, so that it is fitted once."""
    return recorded(replace(IRON, orientation=orientation), "alphaFe.ws5", 99)


def at(T: float, shift: float, splitting: float, **changed: object) -> MossbauerSimulation:
    """Return a simulation whose isomer shift at T, its second-order Doppler part included, is given."""
    one = replace(SAMPLE, **changed)  # type: ignore[arg-type]
    still = shift - float(second_order_doppler(T, one.theta_D_K).value)
    return replace(one, T_K=T, isomer_shifts_mm_s=(still,), splittings_mm_s=(splitting,))


def series(
    samples: Sequence[Recording], iron_run: Recording, settings: MossbauerSettings = ORIENTED
) -> tuple[list[Observables], Observables]:
    """Return what each spectrum shows and what the series does."""
    inputs = [{"sample": sample, "calibration": iron_run} for sample in samples]
    single = [mossbauer.observe(one, settings) for one in inputs]
    scans = [
        SeriesScan(sample.name, one, settings, {}, found)
        for sample, one, found in zip(samples, inputs, single, strict=True)
    ]
    return single, mossbauer.observe_series(scans)


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}
