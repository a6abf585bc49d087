"""Spectra in velocity for several tests: shared measured ones, and simulated ones (Poisson)."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from data import shared_data

from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.unfolded import Unfolded, unfolded
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.drive.velocity import Drive, period_of

# k, c0, d0 of the shared calibration 250624_v12, convention A, and of the simulated ADT files
_GRIGG = (0.046981, 510.654, 253.758)
_ADT = (12.007 / 127.5, 255.5, 128.0)
# alpha-iron against the source on the scale of the simulated ADT files
SOURCE_SHIFT = 0.1092


def peer_values() -> dict[str, Any]:
    text = shared_data("mossbauer", "peer_values.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def triangle(values: tuple[float, float, float], channels: int) -> Calibration:
    form = Drive("triangle", period_of(channels))
    return Calibration(form, np.array(values), np.zeros((3, 3)), "A", 1, channels)


def measured_axis(name: str) -> Unfolded:
    text = shared_data("mossbauer", *name.split("/")).read_text(encoding="utf-8")
    counts = np.array(text.split(), dtype=float)
    adt = name.endswith(".adt")
    edge = 1 if adt else 3
    used = np.ones(counts.size, dtype=np.bool_)
    used[:edge] = used[-edge:] = False
    channels = Channels(counts, used, name=name)
    return unfolded(channels, triangle(_ADT if adt else _GRIGG, counts.size))


def lorentzian(v: FloatArray, at: float, width: float) -> FloatArray:
    return np.asarray(1.0 / (1.0 + 4.0 * ((v - at) / width) ** 2))


def expected_doublet(
    v: FloatArray, level: float, shift: float, splitting: float, width: float, depth: float
) -> FloatArray:
    low = lorentzian(v, shift - splitting / 2, width)
    return level * (1.0 - depth * (low + lorentzian(v, shift + splitting / 2, width)))


def simulated_scale(
    centre: float = 255.25, channels: int = 512, fastest: float = 4.0
) -> Calibration:
    quarter = channels / 4
    return triangle((fastest / (quarter - 0.5), centre, quarter - 0.25), channels)


def simulated_axis(expected: FloatArray, scale: Calibration, seed: int) -> Unfolded:
    drawn = np.random.default_rng(seed).poisson(expected).astype(float)
    return unfolded(Channels(drawn, np.ones(drawn.size, dtype=np.bool_)), scale)


def velocities(scale: Calibration) -> FloatArray:
    return scale.velocity(np.arange(scale.channels, dtype=float))
