"""Physical constants in SI units, each with its source.

CODATA is P. J. Mohr, D. B. Newell, B. N. Taylor and E. Tiesinga, *CODATA recommended values of
the fundamental physical constants: 2022*, Rev. Mod. Phys. 97, 025002 (2025). Exact ones are exact
by the definition of the SI of 2019.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ATOMIC_MASS",
    "AVOGADRO",
    "BOLTZMANN",
    "ELEMENTARY_CHARGE",
    "FE57_MASS",
    "FE57_RECOIL_TEMPERATURE",
    "FE57_TRANSITION_ENERGY",
    "GAS_CONSTANT",
    "HC_EV_ANGSTROM",
    "LIGHT_SPEED",
    "PLANCK",
]

BOLTZMANN: Final = 1.380649e-23
"""J/K; CODATA 2022, exact."""

AVOGADRO: Final = 6.02214076e23
"""1/mol; CODATA 2022, exact."""

GAS_CONSTANT: Final = BOLTZMANN * AVOGADRO
"""J/(mol K), 8.314462618...; CODATA 2022, exact."""

LIGHT_SPEED: Final = 299792458.0
"""m/s; CODATA 2022, exact."""

ELEMENTARY_CHARGE: Final = 1.602176634e-19
"""C, and J/eV; CODATA 2022, exact."""

PLANCK: Final = 6.62607015e-34
"""J s; CODATA 2022, exact."""

HC_EV_ANGSTROM: Final = PLANCK * LIGHT_SPEED / ELEMENTARY_CHARGE * 1e10
"""eV angstrom, 12398.41984332: photon energy times wavelength; from the above, exact."""

ATOMIC_MASS: Final = 1.66053906892e-27
"""kg, the unified atomic mass unit; CODATA 2022."""

FE57_MASS: Final = 56.93539
"""u, the atom 57Fe; M. Wang et al., *The AME 2020 atomic mass evaluation*, Chin. Phys. C 45,
030003 (2021). Not natural iron (55.845), which is 1.9 % off in the second-order Doppler shift."""

FE57_TRANSITION_ENERGY: Final = 14412.5
"""eV, the Mössbauer transition of 57Fe; Yu. V. Shvyd'ko et al., Phys. Rev. Lett. 85, 495 (2000)
give 14412.497(3) eV."""

FE57_RECOIL_TEMPERATURE: Final = (
    FE57_TRANSITION_ENERGY**2
    * ELEMENTARY_CHARGE**2
    / (2.0 * FE57_MASS * ATOMIC_MASS * LIGHT_SPEED**2 * BOLTZMANN)
)
"""K, the recoil energy of that transition over the Boltzmann constant, 22.73; from the above."""
