"""Alpha-iron spectra for tests of the velocity drive: simulated ones, and real files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from data import shared_data

from spectrafit.history import Source
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.channels import Channels, channels_of
from spectrafit_mossbauer.drive.conventions import CONVENTIONS
from spectrafit_mossbauer.drive.velocity import Drive

TRIANGLE = Drive("triangle", 512)
SCALE = (0.094, 256.2, 126.85)
LEVEL = 2e5


def real_channels(name: str) -> Channels:
    text = shared_data("mossbauer", *name.split("/")).read_text()
    return channels_with([float(word) for word in text.split()], name)


def channels_with(counts: Sequence[float] | FloatArray, name: str = "simulated") -> Channels:
    column = Column("counts", np.asarray(counts, dtype=float), "counts")
    return channels_of(Recording(name, (column,), source=Source(name)))


def absorbed(
    form: Drive,
    values: Sequence[float],
    lines: Sequence[tuple[float, float]],
    *,
    width: float = 0.26,
    level: float = LEVEL,
    orientation: int = 1,
) -> FloatArray:
    """Return expected counts of Lorentzian lines, each a velocity and a depth, on a real baseline."""
    channel = np.arange(form.period, dtype=float)
    velocity = orientation * form.velocity(channel, *values)
    turn = 2.0 * np.pi * (channel - form.centre(*values)) / form.period
    shape = 1.0 + 2e-3 * np.sin(turn) + 1e-3 * np.cos(2.0 * turn)
    for at, depth in lines:
        shape = shape - depth / (1.0 + 4.0 * ((velocity - at) / width) ** 2)
    return level * shape


def iron(
    form: Drive = TRIANGLE, values: Sequence[float] = SCALE, *, level: float = LEVEL
) -> FloatArray:
    depths = (0.12, 0.09, 0.045)
    pairs = zip(CONVENTIONS["A"].positions, depths, strict=True)
    lines = [(sign * at, depth) for at, depth in pairs for sign in (-1, 1)]
    return absorbed(form, values, lines, level=level)


def counted(expected: FloatArray, seed: int) -> Channels:
    return channels_with(np.random.default_rng(seed).poisson(expected).astype(float))
