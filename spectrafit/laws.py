"""Laws of temperature that several techniques share, each with its exact slopes.

Second-order Doppler shift and recoil-free fraction of a Debye solid, the two-state equilibrium,
and the cooperative three-state equilibrium. Temperatures are in K, molar energies in J/mol, molar
entropies in J/(mol K). Every function takes scalars or arrays of equal (or broadcastable) shape.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.constants import (
    ATOMIC_MASS,
    BOLTZMANN,
    FE57_MASS,
    FE57_RECOIL_TEMPERATURE,
    GAS_CONSTANT,
    LIGHT_SPEED,
)
from spectrafit.equilibria import Pair, PairValues, tree_populations
from spectrafit.errors import SettingsError
from spectrafit.mean_field import Branch, branch_named, kelvin, mixture
from spectrafit.spectrum import FloatArray

__all__ = [
    "Branch",
    "DebyeValue",
    "ThreeStateLaw",
    "ThreeStatePopulations",
    "TwoStateFraction",
    "limits_of_stability",
    "recoil_free_fraction",
    "second_order_doppler",
    "three_state",
    "two_state",
]

_THREE_STATES = (Pair("12", lower="1", upper="23"), Pair("23", lower="2", upper="3"))
"""State 1 with the pair of states 2 and 3."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_NODES, _WEIGHTS = 0.5 * (_NODES + 1.0), 0.5 * _WEIGHTS
_THERMAL_END = 60.0
"""Upper end of the Debye integrals: what lies beyond is below 1e-20 of them."""


class DebyeValue(NamedTuple):
    """A Debye law and its slopes.

    Parameters
    ----------
    value : ndarray
        The law.
    by_T : ndarray
        Derivative by temperature, per K.
    by_theta : ndarray
        Derivative by Debye temperature, per K.
    """

    value: FloatArray
    by_T: FloatArray
    by_theta: FloatArray


class TwoStateFraction(NamedTuple):
    """The fraction in the upper state and its slopes.

    Parameters
    ----------
    value : ndarray
        Fraction, 0 to 1.
    by_T : ndarray
        Derivative by temperature, per K.
    by_H : ndarray
        Derivative by enthalpy, per J/mol.
    by_S : ndarray
        Derivative by entropy, per J/(mol K).
    """

    value: FloatArray
    by_T: FloatArray
    by_H: FloatArray
    by_S: FloatArray


@dataclass(frozen=True)
class ThreeStateLaw:
    """Parameters of the cooperative equilibrium of states 1, 2 and 3.

    With n = x2 + x3 and y = x3/n the molar free energy is
    ``n[(1-y) g2 + y g3 + G23 y(1-y)] + G12 n(1-n) + R T {n ln n + (1-n) ln(1-n)
    + n [y ln y + (1-y) ln(1-y)]}``, with g1 = 0, ``g2 = S12 (T12 - T)`` and
    ``g3 = g2 + H23 - T S23``: regular solutions (Slichter and Drickamer, J. Chem. Phys. 56, 2142
    (1972)) of state 1 with the pair 2, 3, and of states 2 and 3 with each other, the latter
    weighted by n.

    Parameters
    ----------
    S12 : float
        Entropy of state 2 over state 1, J/(mol K).
    T12 : float
        Temperature of equal energy of the bare states 1 and 2, K; not that of n = 1/2.
    G12 : float
        Interaction of state 1 with 2 and 3, J/mol; above 2 R T there is hysteresis.
    H23 : float
        Enthalpy of state 3 over state 2, J/mol.
    S23 : float
        Entropy of state 3 over state 2, J/(mol K).
    G23 : float
        Interaction of states 2 and 3, J/mol; negative spreads their change over T.
    rho : float
        Fraction that is always in states 2 and 3, trapped or impurity, 0 to 1.

    Raises
    ------
    SettingsError
        For a number that is not finite, a T12 that is not positive, or a rho outside 0 to 1.
    """

    S12: float
    T12: float
    G12: float
    H23: float
    S23: float
    G23: float = 0.0
    rho: float = 0.0

    def __post_init__(self) -> None:
        for row in fields(self):
            if not np.isfinite(getattr(self, row.name)):
                raise SettingsError(f"{row.name} is not a finite number", where="three-state law")
        if not self.T12 > 0:
            raise SettingsError("T12 must be above 0 K", where="three-state law")
        if not 0.0 <= self.rho <= 1.0:
            raise SettingsError("rho must lie between 0 and 1", where="three-state law")


class ThreeStatePopulations(NamedTuple):
    """Populations of the three states and their slopes by temperature.

    Parameters
    ----------
    x1, x2, x3 : ndarray
        Populations; they sum to 1.
    dx1, dx2, dx3 : ndarray
        Their derivatives by temperature, per K; they sum to 0.
    """

    x1: FloatArray
    x2: FloatArray
    x3: FloatArray
    dx1: FloatArray
    dx2: FloatArray
    dx3: FloatArray


def second_order_doppler(T: ArrayLike, theta: ArrayLike, *, mass: float = FE57_MASS) -> DebyeValue:
    """Return the second-order Doppler shift of a Debye solid.

    ``-(9 k theta)/(16 M c) [1 + 8 (T/theta)^4 Int_0^{theta/T} u^3/(e^u - 1) du]``: R. V. Pound and
    G. A. Rebka, Phys. Rev. Lett. 4, 274 (1960), with the mean square velocity of a Debye solid.

    Parameters
    ----------
    T : array_like
        Temperature, K, from 0 on.
    theta : array_like
        Debye temperature, K, above 0.
    mass : float, optional
        Mass of the nucleus' atom in u; 57Fe unless told.

    Returns
    -------
    DebyeValue
        Shift in mm/s (negative), and its slopes in mm/s per K.

    Raises
    ------
    SettingsError
        For a temperature below 0 K or a Debye temperature that is not positive.
    """
    T, theta, x = _debye_arguments(T, theta)
    scale = -1e3 * 9.0 * BOLTZMANN / (16.0 * mass * ATOMIC_MASS * LIGHT_SPEED)
    thermal, bose = _mean_bose(x, 3), _bose(x)
    value = scale * (theta + 8.0 * T * thermal)
    by_T = scale * 8.0 * (4.0 * thermal - bose)
    with np.errstate(divide="ignore", invalid="ignore"):
        cold = 1.0 + 8.0 * (bose - 3.0 * thermal) / x
    u = np.minimum(x, 0.25)
    hot = u * (8.0 / 30.0 - u**2 * (8.0 / 1260.0 - u**2 * (8.0 / 45360.0 - u**2 * 64.0 / 13305600)))
    return DebyeValue(value, by_T, scale * np.where(x < 0.25, hot, cold))


def recoil_free_fraction(
    T: ArrayLike, theta: ArrayLike, *, recoil: float = FE57_RECOIL_TEMPERATURE
) -> DebyeValue:
    """Return the recoil-free fraction (Lamb-Mössbauer factor) of a Debye solid.

    ``exp{-(6 E_R)/(k theta) [1/4 + (T/theta)^2 Int_0^{theta/T} u/(e^u - 1) du]}``:
    R. L. Mössbauer and W. H. Wiedemann, Z. Phys. 159, 33 (1960).

    Parameters
    ----------
    T : array_like
        Temperature, K, from 0 on.
    theta : array_like
        Debye temperature, K, above 0.
    recoil : float, optional
        Recoil energy over the Boltzmann constant, K; 14.4 keV of 57Fe unless told.

    Returns
    -------
    DebyeValue
        Fraction, 0 to 1, and its slopes per K.

    Raises
    ------
    SettingsError
        For a temperature below 0 K or a Debye temperature that is not positive.
    """
    T, theta, x = _debye_arguments(T, theta)
    thermal, bose = _mean_bose(x, 1), _bose(x)
    ratio = T / theta
    exponent = -6.0 * recoil / theta * (0.25 + ratio * thermal)
    value = np.exp(exponent)
    by_T = -6.0 * recoil / theta / theta * (2.0 * thermal - bose)
    by_theta = 6.0 * recoil / theta / theta * (0.25 + ratio * (3.0 * thermal - bose))
    return DebyeValue(value, _product(value, by_T), _product(value, by_theta))


def two_state(T: ArrayLike, H: ArrayLike, S: ArrayLike) -> TwoStateFraction:
    """Return the fraction in the upper of two states in thermal equilibrium.

    ``1/(1 + exp[H/(R T) - S/R])``, the van 't Hoff equilibrium; one half at T = H/S.

    Parameters
    ----------
    T : array_like
        Temperature, K, from 0 on.
    H : array_like
        Enthalpy of the upper over the lower state, J/mol.
    S : array_like
        Entropy of the upper over the lower state, J/(mol K).

    Returns
    -------
    TwoStateFraction

    Raises
    ------
    SettingsError
        For a temperature below 0 K, or a number that is not finite.
    """
    T, H, S = _finite(T=T, H=H, S=S)
    T = kelvin(T)
    shares = mixture(S / GAS_CONSTANT - H / (GAS_CONSTANT * T))
    spread = shares.spread
    return TwoStateFraction(
        shares.upper,
        spread * H / (GAS_CONSTANT * T * T),
        -spread / (GAS_CONSTANT * T),
        spread / GAS_CONSTANT + 0.0 * T,
    )


def three_state(
    T: ArrayLike, law: ThreeStateLaw, *, branch: Branch | str = Branch.HEATING
) -> ThreeStatePopulations:
    """Return the populations of a cooperative three-state equilibrium.

    Where G12 > 2 R T several populations can be stable. Heating takes the smallest stable n and
    cooling the largest, which is the widest loop there can be; ``maxwell`` takes the one of
    lowest free energy, which has no loop. The same choice is made for y where G23 > 2 R T.

    Parameters
    ----------
    T : array_like
        Temperature, K, from 0 on.
    law : ThreeStateLaw
        The parameters.
    branch : Branch or str, optional
        ``heating``, ``cooling`` or ``maxwell``.

    Returns
    -------
    ThreeStatePopulations
        Slopes are those of the branch; at a limit of stability, where they diverge, they are
        large and finite.

    Raises
    ------
    SettingsError
        For a temperature below 0 K, or an unknown branch.
    """
    temperature = kelvin(T)
    found = tree_populations(
        temperature.ravel(), _THREE_STATES, _values(law), branch=branch_named(branch)
    )
    shape = (3, *temperature.shape)
    return ThreeStatePopulations(*found.x.reshape(shape), *found.dx.reshape(shape))


def limits_of_stability(
    law: ThreeStateLaw, *, low: float = 1.0, high: float = 1000.0
) -> tuple[float, float] | None:
    """Return where a cooperative law leaves its lower branch on heating and its upper on cooling.

    Parameters
    ----------
    law : ThreeStateLaw
        The parameters.
    low, high : float, optional
        Temperatures between which to look, K.

    Returns
    -------
    (float, float) or None
        Temperature of the jump on heating and on cooling, K: the widest loop there can be. None
        where heating and cooling agree everywhere between `low` and `high`.

    Raises
    ------
    SettingsError
        When `low` and `high` are not two rising temperatures above 0 K.
    """
    if not 0.0 < low < high < np.inf:
        raise SettingsError("low and high must be two rising temperatures above 0 K")
    grid = np.geomspace(low, high, 4001)

    def loop(T: FloatArray) -> FloatArray:
        heated, cooled = (three_state(T, law, branch=b) for b in (Branch.HEATING, Branch.COOLING))
        return np.asarray(heated.x1 - cooled.x1 > 1e-6)

    inside = np.flatnonzero(loop(grid))
    if inside.size == 0:
        return None
    first, last = inside[0], inside[-1]
    ends = []
    for within, without in ((last, last + 1), (first, first - 1)):
        if not 0 <= without < grid.size:
            ends.append(float(grid[within]))
            continue
        a, b = grid[within], grid[without]
        for _ in range(40):
            middle = 0.5 * (a + b)
            a, b = (middle, b) if loop(np.array(middle)) else (a, middle)
        ends.append(float(a))
    return ends[0], ends[1]


def _values(law: ThreeStateLaw) -> dict[str, PairValues]:
    return {
        "12": PairValues(H=law.S12 * law.T12, S=law.S12, G=law.G12, rho=law.rho),
        "23": PairValues(H=law.H23, S=law.S23, G=law.G23),
    }


def _finite(**values: ArrayLike) -> tuple[FloatArray, ...]:
    arrays = []
    for name, value in values.items():
        array = np.asarray(value, dtype=np.float64)
        if not np.isfinite(array).all():
            raise SettingsError(f"{name} is not a finite number")
        arrays.append(array)
    return tuple(arrays)


def _debye_arguments(T: ArrayLike, theta: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return T, theta and theta/T, the last infinite at T = 0."""
    temperature, debye = np.broadcast_arrays(*_finite(T=T, theta=theta))
    if (temperature < 0).any():
        raise SettingsError("a temperature lies below 0 K", do="give temperatures in K")
    if not (debye > 0).all():
        raise SettingsError("the Debye temperature must be above 0 K")
    with np.errstate(divide="ignore", over="ignore"):
        return temperature, debye, debye / temperature


def _bose(u: FloatArray) -> FloatArray:
    """Return u/(e^u - 1), which is 1 at 0 and 0 at infinity."""
    u = np.asarray(np.minimum(u, 700.0))
    positive = np.where(u > 0, u, 1.0)
    return np.where(u > 0, positive / np.expm1(positive), 1.0)


def _mean_bose(x: FloatArray, power: int) -> FloatArray:
    """Return ``x^-power Int_0^x u^power/(e^u - 1) du`` by Gauss and Legendre, to 1e-15."""
    end = np.minimum(x, _THERMAL_END)
    u = end[..., None] * _NODES
    with np.errstate(invalid="ignore"):
        share = np.where(x > end, end / x, 1.0)
    mean: FloatArray = share**power * (_WEIGHTS * _NODES ** (power - 1) * _bose(u)).sum(axis=-1)
    return mean


def _product(value: FloatArray, slope: FloatArray) -> FloatArray:
    """Return value times slope, zero where the value has vanished."""
    with np.errstate(invalid="ignore", over="ignore"):
        return np.where(value == 0, 0.0, value * slope)
