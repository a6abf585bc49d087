"""Simulated spectra of a doublet that hops between two states, on both branches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit_mossbauer.absorption.unfolded import Unfolded, unfolded
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.drive.velocity import Drive
from spectrafit_mossbauer.simulate import MossbauerSimulation, channel_velocity, expected_counts
from spectrafit_mossbauer.two_states import HoppingState, TwoStates

Array = NDArray[np.float64]
CHANNELS, EDGE, T, THETA = 512, 3, 100.0, 180.0
SHIFT = float(second_order_doppler(T, THETA).value)

# depth 5 % of each line, FWHM 0.28 mm/s, +-4 mm/s
SIMULATION = MossbauerSimulation(
    channels=CHANNELS,
    step_mm_s=8.0 / 255.0,
    T_K=T,
    theta_D_K=THETA,
    populations=(0.5, 0.5),
    isomer_shifts_mm_s=(0.50 - SHIFT, 1.10 - SHIFT),
    splittings_mm_s=(1.00, 2.50),
    width_mm_s=0.28,
    area_mm_s=0.044 / float(recoil_free_fraction(T, THETA).value),
)
STATES = TwoStates(HoppingState(0.50, 1.00), HoppingState(1.10, 2.50), (0.5, 0.5))


def calibration(one: MossbauerSimulation, orientation: int | None) -> Calibration:
    """Return the calibration that the simulated drive has."""
    d0 = one.channels / 4 + one.orientation * one.source_shift_mm_s / one.step_mm_s
    values = np.array([one.step_mm_s, one.centre_channel, d0])
    drive = Drive("triangle", one.channels)
    return Calibration(drive, values, np.zeros((3, 3)), "A", orientation, one.channels)


def hopping_spectrum(
    k_ex: float,
    seed: int,
    *,
    counts: float = 1e6,
    orientation: int | None = 1,
    texture: float = 0.0,
    one: MossbauerSimulation = SIMULATION,
) -> Unfolded:
    """Return a spectrum with Poisson noise; `texture` is the share of area in a further high line."""
    made = replace(one, k_ex_per_s=k_ex, counts=counts, orientation=orientation or 1)
    expected = expected_counts(made)
    if texture:
        place, width = 0.5 * (1.00 + 2.35), 0.28
        t = 2.0 * (channel_velocity(made) - place) / width
        area = 0.022 * texture
        expected = expected - counts * area * 2.0 / (np.pi * width) / (1.0 + t * t)
    y = np.random.default_rng(seed).poisson(expected).astype(float)
    used = np.ones(made.channels, dtype=bool)
    used[:EDGE] = used[-EDGE:] = False
    return unfolded(Channels(y, used, (), "simulated"), calibration(made, orientation))
