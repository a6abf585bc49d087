"""From polarisation to a dipole per molecule: V/Z, and the debye."""

from __future__ import annotations

import math

import numpy as np

from spectrafit.constants import LIGHT_SPEED
from spectrafit.errors import SettingsError
from spectrafit_structure.crystal import Crystal
from spectrafit_structure.geometry import cell_matrix
from spectrafit_structure.uncertainty import NO_COVARIANCE, Measured

__all__ = ["DEBYE_CM", "dipole_per_molecule", "volume_per_formula"]

DEBYE_CM = 1e-21 / LIGHT_SPEED
"""C m in one debye, 3.33564e-30: 1e-18 statC cm, with 1 statC = 0.1/c C (c in m/s)."""

_UC_CM2_A3 = 1e-2 * 1e-30 / DEBYE_CM


def volume_per_formula(crystal: Crystal) -> Measured:
    """Return V/Z.

    Parameters
    ----------
    crystal : Crystal

    Returns
    -------
    Measured
        Å3.

    Raises
    ------
    SettingsError
        When Z or the cell is not given.
    """
    if crystal.formula_units is None:
        raise SettingsError(
            "Z is not given", where=crystal.name, do="add _cell_formula_units_Z to the CIF"
        )
    if crystal.cell is None:
        raise SettingsError("there is no cell", where=crystal.name)
    volume = crystal.cell.volume
    if volume is None:
        computed = float(np.linalg.det(cell_matrix(crystal.cell)))
        return Measured(computed / crystal.formula_units, None, NO_COVARIANCE)
    su = None if volume.su is None else volume.su / crystal.formula_units
    return Measured(volume.value / crystal.formula_units, su, volume.reason)


def dipole_per_molecule(polarisation: Measured, volume: Measured) -> Measured:
    """Return the dipole per formula unit, D = P V/Z.

    Parameters
    ----------
    polarisation : Measured
        µC cm-2, or a change of it.
    volume : Measured
        Å3, V/Z from `volume_per_formula`.

    Returns
    -------
    Measured
        Debye; 1 µC cm-2 at 1350 Å3 is 4.047 D.
    """
    value = polarisation.value * volume.value * _UC_CM2_A3
    if polarisation.su is None or volume.su is None:
        return Measured(value, None, polarisation.reason or volume.reason)
    su = math.hypot(polarisation.su * volume.value, polarisation.value * volume.su) * _UC_CM2_A3
    return Measured(value, su)
