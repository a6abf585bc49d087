"""Simulated infrared spectra through the whole technique, one or a series, for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.recording import Recording
from spectrafit.technique import Observables, SeriesScan
from spectrafit_ir.readers.jcamp import jcamp_reader
from spectrafit_ir.settings import InfraredSettings
from spectrafit_ir.simulate import InfraredSimulation, simulated_spectrum
from spectrafit_ir.technique import infrared

ONE = InfraredSimulation(
    T_K=120.0, positions_cm=(1485.0,), fwhm_cm=(14.0,), heights=((0.3,),), range_cm=(1400.0, 1570.0)
)
"""One band on a sloping baseline."""
NAMED = InfraredSettings(bands={"1485": (1475.0, 1495.0)})


def recorded(settings: InfraredSimulation, name: str = "s.jdx", seed: int = 1) -> Recording:
    text = simulated_spectrum(settings, seed).encode("ascii")
    return jcamp_reader.recordings(text, Path(name))[0]


def with_y(recording: Recording, y: np.ndarray) -> Recording:
    """Return a recording with another absorbance."""
    columns = tuple(
        replace(column, values=np.asarray(y, dtype=float))
        if column.name == recording.roles["y"]
        else column
        for column in recording.columns
    )
    return replace(recording, columns=columns)


def axes(recording: Recording) -> tuple[np.ndarray, np.ndarray]:
    """Return wavenumbers and ordinate as in the file."""
    x, y = (recording.column(recording.roles[role]).values for role in "xy")
    return x, y


def series_of(
    samples: Sequence[Recording],
    settings: InfraredSettings = NAMED,
    *,
    alone: bool = False,
    **more: Sequence[Recording],
) -> Observables:
    """Return what a series shows; spectra are observed one by one only where a test needs that."""
    scans = []
    for sample in samples:
        inputs = {"sample": sample, **more}
        own = infrared.observe(inputs, settings) if alone else Observables("ir", ())
        scans.append(SeriesScan(sample.name, inputs, settings, {}, own))
    return infrared.observe_series(scans)


def codes(found: Observables) -> set[str]:
    return {alert.code for alert in found.alerts}


def alert_of(found: Observables, code: str) -> Alert:
    """Return the one alert of a code."""
    (alert,) = [alert for alert in found.alerts if alert.code == code]
    return alert


def of(found: Observables, key: str, **conditions: object) -> object:
    """Return the one observable of a key with these conditions among its own."""
    (item,) = [
        item
        for item in found.items
        if item.key == key
        and all(item.conditions.get(name) == value for name, value in conditions.items())
    ]
    return item
