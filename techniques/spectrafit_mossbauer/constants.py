"""Constants of the 14.4 keV transition of 57Fe in the units of the field, each with its source."""

from __future__ import annotations

import math
from typing import Final

from spectrafit.constants import (
    ELEMENTARY_CHARGE,
    FE57_MASS,
    FE57_RECOIL_TEMPERATURE,
    FE57_TRANSITION_ENERGY,
    LIGHT_SPEED,
    PLANCK,
)

__all__ = [
    "FE57_MASS",
    "FE57_RECOIL_TEMPERATURE",
    "HALF_LIFE",
    "KAPPA",
    "MM_PER_S_IN_MHZ",
    "MM_PER_S_IN_NEV",
    "NATURAL_FWHM",
    "THIN_FWHM",
    "TRANSITION_ENERGY",
]

TRANSITION_ENERGY: Final = FE57_TRANSITION_ENERGY
"""eV, 14412.5; see `spectrafit.constants`."""

HALF_LIFE: Final = 97.81e-9
"""s, of the 14.4 keV level: the value behind the natural width of 0.0970 mm/s that is usual in the
field. M. R. Bhat, Nucl. Data Sheets 85, 415 (1998) gives 98.3(3) ns, a width 0.5 % smaller."""

MM_PER_S_IN_NEV: Final = TRANSITION_ENERGY / LIGHT_SPEED * 1e-3 * 1e9
"""neV per mm/s, 48.075: the Doppler shift E v/c."""

MM_PER_S_IN_MHZ: Final = (
    TRANSITION_ENERGY * ELEMENTARY_CHARGE / (PLANCK * LIGHT_SPEED) * 1e-3 * 1e-6
)
"""MHz per mm/s, 11.625: the Doppler shift over h."""

KAPPA: Final = 2.0 * math.pi * 1e6 * MM_PER_S_IN_MHZ
"""rad/s per mm/s, 7.3039e7: the Doppler shift over hbar, which turns a width into a rate."""

NATURAL_FWHM: Final = math.log(2.0) / HALF_LIFE / KAPPA
"""mm/s, 0.0970: full width of the level, hbar ln 2 over its half-life."""

THIN_FWHM: Final = 2.0 * NATURAL_FWHM
"""mm/s, 0.194: the least full width of an absorption line, natural source and thin absorber."""
