"""Constants of molar magnetism in cgs units, each with its source."""

from __future__ import annotations

from typing import Final

from spectrafit.constants import AVOGADRO, BOLTZMANN, LIGHT_SPEED, PLANCK

__all__ = [
    "BOHR_MAGNETON",
    "BOLTZMANN_CM",
    "CURIE_UNIT",
    "EICOSANE_CHI",
    "EICOSANE_MOLAR_MASS",
    "MAGNETON_OE_OVER_K",
]

BOHR_MAGNETON: Final = 9.2740100657e-24
"""J/T; P. J. Mohr et al., CODATA 2022, Rev. Mod. Phys. 97, 025002 (2025)."""

_MAGNETON_CGS = BOHR_MAGNETON * 1e3
_BOLTZMANN_CGS = BOLTZMANN * 1e7

CURIE_UNIT: Final = AVOGADRO * _MAGNETON_CGS**2 / (3.0 * _BOLTZMANN_CGS)
"""cm3 K/mol, N_A muB^2/(3 k) = 0.1250494: chi T of one mole of spins is this times g^2 S(S+1)."""

MAGNETON_OE_OVER_K: Final = _MAGNETON_CGS / _BOLTZMANN_CGS
"""K/Oe, muB/k = 6.71714e-5: the energy of one Bohr magneton in a field, over the Boltzmann constant."""

BOLTZMANN_CM: Final = BOLTZMANN / (PLANCK * LIGHT_SPEED * 100.0)
"""cm-1 per K, 0.695035; from the constants of the SI."""

EICOSANE_CHI: Final = -2.4306e-4
"""emu/(mol Oe), molar susceptibility of eicosane as MagnetoPy 0.3 has it (doi
10.5281/zenodo.8319969)."""

EICOSANE_MOLAR_MASS: Final = 282.55
"""g/mol, of C20H42; MagnetoPy as above."""
