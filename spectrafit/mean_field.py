"""The mean-field equation of two branches that share a mole, solved in ln(u/(1 - u)).

With the fraction u in the upper branch, the free energy that the branches differ by, D, and their
interaction G, the equation is ``R T ln(u/(1-u)) + D + G (1-2u) = 0``: a regular solution
(C. P. Slichter and H. G. Drickamer, J. Chem. Phys. 56, 2142 (1972)). Energies are in J/mol.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Branch", "Mixture", "branch_named", "kelvin", "mixture", "softness", "stable_logit"]

_COLDEST = 1e-6
"""K; below it the populations are their limits at T = 0 to every digit, and 1/T^2 stays finite."""

_LEAST_SOFTNESS = 1e-12
"""Where a branch loses its stability slopes diverge; this keeps them finite."""


class Branch(StrEnum):
    """Which root is taken where a cooperative law has several."""

    HEATING = "heating"
    COOLING = "cooling"
    MAXWELL = "maxwell"


class Mixture(NamedTuple):
    """Two branches in the ratio exp(w), without cancellation at either end.

    Parameters
    ----------
    upper, lower : ndarray
        Fractions u and 1 - u, with u = 1/(1 + exp(-w)).
    spread : ndarray
        u(1 - u), which is du/dw.
    mixing : ndarray
        u ln u + (1 - u) ln(1 - u).
    """

    upper: FloatArray
    lower: FloatArray
    spread: FloatArray
    mixing: FloatArray


def mixture(w: FloatArray) -> Mixture:
    """Return the fractions of two branches, their product and their mixing term.

    Parameters
    ----------
    w : ndarray
        ln(u/(1 - u)) of the fraction u in the upper branch.

    Returns
    -------
    Mixture
    """
    size = np.abs(w)
    small = np.exp(-size)
    larger = 1.0 / (1.0 + small)
    smaller = small * larger
    up = w >= 0
    return Mixture(
        np.where(up, larger, smaller),
        np.where(up, smaller, larger),
        larger * smaller,
        -np.log1p(small) - size * smaller,
    )


def softness(spread: FloatArray, interaction: float, thermal: FloatArray) -> FloatArray:
    """Return ``1 - 2 G u(1-u)/(R T)``, which vanishes where a branch loses its stability.

    Parameters
    ----------
    spread : ndarray
        u(1 - u).
    interaction : float
        G, J/mol.
    thermal : ndarray
        R T, J/mol.

    Returns
    -------
    ndarray
        At least 1e-12, so that slopes at a limit of stability are large and finite.
    """
    return np.maximum(1.0 - (2.0 * interaction) * spread / thermal, _LEAST_SOFTNESS)


def stable_logit(
    energy: FloatArray,
    interaction: float,
    thermal: FloatArray,
    branch: Branch | NDArray[np.int8],
) -> FloatArray:
    """Return the stable root w = ln(u/(1-u)) of ``R T w + D + G (1-2u) = 0``.

    Up to G = 2 R T there is one root. Above, up to two are stable, one on each side of u = 1/2.
    Heating takes the smallest stable u, cooling the largest, ``maxwell`` the one of lowest free
    energy.

    Parameters
    ----------
    energy : ndarray
        D, free energy of the upper over the lower branch, J/mol.
    interaction : float
        G, J/mol.
    thermal : ndarray
        R T, J/mol, above 0, of the same shape.
    branch : Branch or ndarray of int, shape of energy
        Which root is taken where there are several; for each temperature of its own 1 for heating,
        -1 for cooling, 0 for ``maxwell``.

    Returns
    -------
    ndarray
    """
    drive = -energy / thermal
    if interaction == 0.0:
        return drive
    coupling = interaction / thermal
    upper, floor = drive >= 0.0, np.zeros_like(drive)
    cooperative = coupling > 2.0
    if cooperative.any():
        strong, pull = coupling[cooperative], drive[cooperative]
        turn = 2.0 * np.arccosh(np.sqrt(0.5 * strong))
        height = strong * np.sqrt(1.0 - 2.0 / strong) - turn
        floor[cooperative] = turn
        if isinstance(branch, np.ndarray):
            sign = branch[cooperative]
            upper[cooperative] = np.where(sign > 0, pull > height, pull >= sign * height)
        elif branch is Branch.HEATING:
            upper[cooperative] = pull > height
        elif branch is Branch.COOLING:
            upper[cooperative] = pull >= -height
    root = _root_on_one_side(np.where(upper, drive, -drive), coupling, floor, interaction > 0.0)
    return np.where(upper, root, -root)


def branch_named(name: Branch | str) -> Branch:
    """Return the branch of a name.

    Parameters
    ----------
    name : Branch or str
        ``heating``, ``cooling`` or ``maxwell``.

    Returns
    -------
    Branch

    Raises
    ------
    SettingsError
        For any other name.
    """
    try:
        return Branch(name)
    except ValueError:
        raise SettingsError(
            f"no branch {name!r}", do=f"use one of: {', '.join(branch.value for branch in Branch)}"
        ) from None


def kelvin(T: ArrayLike) -> FloatArray:
    """Return temperatures, with absolute zero raised to where divisions by T stay finite.

    Parameters
    ----------
    T : array_like
        Temperature, K, from 0 on.

    Returns
    -------
    ndarray
        K, at least 1e-6.

    Raises
    ------
    SettingsError
        For a temperature below 0 K or one that is not finite.
    """
    temperature = np.asarray(T, dtype=np.float64)
    if not np.isfinite(temperature).all():
        raise SettingsError("T is not a finite number")
    if (temperature < 0).any():
        raise SettingsError("a temperature lies below 0 K", do="give temperatures in K")
    return np.maximum(temperature, _COLDEST)


def _root_on_one_side(
    drive: FloatArray, coupling: FloatArray, floor: FloatArray, falling: bool
) -> FloatArray:
    """Return the root v >= floor of ``v - coupling tanh(v/2) = drive``.

    For v > 0 the left side is convex where coupling > 0 and concave where coupling < 0, so that
    Newton's steps from a bound beyond the root, or before it, approach it from one side only.
    Bounds: tanh(v/2) is below both 1 and v/2.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        linear = drive / (1.0 - 0.5 * coupling)
    if falling:
        v = np.where(coupling < 2.0, np.minimum(drive + coupling, linear), drive + coupling)
    else:
        v = np.maximum(drive + coupling, linear)
    v = np.maximum(v, floor)
    half, curvature = 0.5 * coupling, 0.1 * np.abs(coupling).max(initial=0.0)
    for _ in range(200):
        tanh = np.tanh(0.5 * v)
        slope = np.maximum(1.0 - half * (1.0 - tanh * tanh), _LEAST_SOFTNESS)
        step = (v - coupling * tanh - drive) / slope
        step = np.maximum(step, 0.0) if falling else np.minimum(step, 0.0)
        new = np.maximum(v - step, floor)
        reach = np.abs(new - v).max(initial=0.0)
        # half the second derivative stays below 0.1 |coupling|, so this bounds the next step
        if curvature * reach * reach <= 1e-16 * slope.min(initial=1.0):
            return new
        v = new
    return v
