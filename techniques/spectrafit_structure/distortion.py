"""How far a six-coordinate shell is from an octahedron: Delta, Sigma and axial elongation.

Delta and Sigma are defined as by R. Ketkaew, Y. Tantirungrotechai, P. Harding, G. Chastanet,
P. Guionneau, M. Marchivie and D. J. Harding, Dalton Trans. 50, 1086 (2021),
doi:10.1039/D0DT03988H.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_structure.shells import SHELL_SIZE, Shell
from spectrafit_structure.uncertainty import NO_COVARIANCE, Measured

__all__ = [
    "Distortion",
    "angular_distortion",
    "axial_elongation",
    "length_distortion",
    "shell_distortion",
]


@dataclass(frozen=True)
class Distortion:
    """The distortion of one shell.

    Parameters
    ----------
    delta : Measured
        Length distortion, no unit.
    delta_of_noise : float or None
        What Delta would be on average for six equal lengths with these s.u.; a Delta near it is
        no distortion. None without s.u.
    sigma : Measured or None
        Degrees, angular distortion; None where the places of the atoms are not known.
    elongation : Measured or None
        Å; None as for sigma.
    reason : str
        Why sigma and elongation are None.
    """

    delta: Measured
    delta_of_noise: float | None
    sigma: Measured | None
    elongation: Measured | None
    reason: str = ""


def length_distortion(lengths: Sequence[Measured]) -> Measured:
    """Return Delta = (1/n) sum ((d - <d>)/<d>)^2.

    Parameters
    ----------
    lengths : sequence of Measured
        Å.

    Returns
    -------
    Measured
        No unit; its s.u. by first-order propagation, which vanishes at Delta = 0.

    Raises
    ------
    SettingsError
        When there are none.
    """
    if not lengths:
        raise SettingsError("there is no length in the shell")
    d = np.array([each.value for each in lengths])
    mean = float(d.mean())
    delta = float(np.mean((d / mean - 1.0) ** 2))
    missing = next((each for each in lengths if each.su is None), None)
    if missing is not None:
        return Measured(delta, None, missing.reason)
    slopes = 2.0 / (len(d) * mean) * (d / mean - np.mean(d**2) / mean**2)
    su = float(np.sqrt(np.sum((slopes * np.array([each.su for each in lengths])) ** 2)))
    # equal lengths leave rounding of 1e-17 as slopes
    if su < 1e-12:
        return Measured(delta, None, "the lengths are equal: Delta has no first-order s.u.")
    return Measured(delta, su)


def angular_distortion(vectors: FloatArray) -> float:
    """Return Sigma, the sum of ``|90 - phi|`` over the 12 cis angles.

    Parameters
    ----------
    vectors : ndarray, shape (6, 3)
        Å, from the metal to its six neighbours.

    Returns
    -------
    float
        Degrees. The cis angles are the 12 smallest of the 15.
    """
    return float(sum(abs(90.0 - angle) for angle in sorted(_angles(vectors))[:12]))


def axial_elongation(vectors: FloatArray) -> float:
    """Return the mean length along the longest axis minus that of the other four bonds.

    Parameters
    ----------
    vectors : ndarray, shape (6, 3)
        Å.

    Returns
    -------
    float
        Å; 0 for a regular octahedron, never negative. The axes are the three pairs of atoms that
        face each other.

    Raises
    ------
    SettingsError
        When the atoms do not face each other in three pairs.
    """
    pairs = _facing_pairs(vectors)
    lengths = np.linalg.norm(vectors, axis=1)
    axes = sorted(float(lengths[list(pair)].mean()) for pair in pairs)
    return axes[2] - (axes[0] + axes[1]) / 2.0


def shell_distortion(shell: Shell) -> Distortion:
    """Return the distortion of a shell of six.

    Parameters
    ----------
    shell : Shell

    Returns
    -------
    Distortion

    Raises
    ------
    SettingsError
        When the shell does not hold six atoms.
    """
    if len(shell.ligands) != SHELL_SIZE:
        raise SettingsError(
            f"the distortion of {shell.metal.label} cannot be given: {shell.reason}",
            do="check the bonds or the coordinates of its neighbours",
        )
    lengths = [each.length for each in shell.ligands]
    delta = length_distortion(lengths)
    known = [each.vector for each in shell.ligands if each.vector is not None]
    noise = _delta_of_noise(lengths)
    if len(known) < SHELL_SIZE:
        reason = next(each.reason for each in shell.ligands if each.vector is None)
        return Distortion(delta, noise, None, None, reason)
    vectors = np.stack(known)
    sigma = Measured(angular_distortion(vectors), None, NO_COVARIANCE)
    try:
        elongation = Measured(axial_elongation(vectors), None, NO_COVARIANCE)
    except SettingsError as error:
        return Distortion(delta, noise, sigma, None, error.what)
    return Distortion(delta, noise, sigma, elongation)


def _delta_of_noise(lengths: Sequence[Measured]) -> float | None:
    variances = [each.su**2 for each in lengths if each.su is not None]
    if len(variances) < len(lengths):
        return None
    n = len(lengths)
    mean = math.fsum(each.value for each in lengths) / n
    return (n - 1) / n * math.fsum(variances) / n / mean**2


def _cosines(vectors: FloatArray) -> FloatArray:
    if vectors.shape != (SHELL_SIZE, 3):
        raise SettingsError(f"six bonds are needed, not {len(vectors)}")
    lengths = np.linalg.norm(vectors, axis=1)
    if not (lengths > 0).all():
        raise SettingsError("two atoms lie on one place")
    unit = vectors / lengths[:, None]
    return np.asarray(np.clip(unit @ unit.T, -1.0, 1.0), dtype=float)


def _angles(vectors: FloatArray) -> list[float]:
    cosines = _cosines(vectors)
    return [math.degrees(math.acos(cosines[i, j])) for i, j in combinations(range(SHELL_SIZE), 2)]


def _facing_pairs(vectors: FloatArray) -> list[tuple[int, int]]:
    cosines = _cosines(vectors)
    partner = [int(each) for each in cosines.argmin(axis=1)]
    if any(partner[partner[i]] != i for i in range(SHELL_SIZE)):
        raise SettingsError("the six atoms do not face each other in pairs: no octahedron")
    return [(i, j) for i, j in enumerate(partner) if i < j]
