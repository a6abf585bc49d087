"""chi T of two exchange-coupled spins: the isotropic (Heisenberg, Dirac, van Vleck) model.

``H = -2J S1.S2``: J above 0 is ferromagnetic. The levels are
``E(S) = -J [S(S+1) - S1(S1+1) - S2(S2+1)]`` for S from ``|S1 - S2|`` to S1 + S2: J. H. van Vleck, *The Theory of Electric and Magnetic
Susceptibilities* (Oxford, 1932); B. Bleaney, K. D. Bowers, Proc. R. Soc. A 214, 451 (1952). One
g value, no zero-field splitting, the limit of a weak field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.lines.line import Component, Line, LineParameter
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.constants import CURIE_UNIT
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.spin_only import checked_spin

__all__ = ["Dimer", "DimerFunction", "dimer_chiT"]

_LARGEST_SPIN = 7.0


@dataclass(frozen=True)
class DimerFunction:
    """chi T of the dimer and its exact derivatives.

    ``chi T = [(1 - rho) C g^2 F(J/T)] T/(T - theta) + rho C g^2 s(s+1) + tip T``, with F the
    thermal mean of S(S+1) over the levels. The mean field theta acts between dimers only; the
    impurity is a Curie paramagnet of spin s.

    Parameters
    ----------
    S1, S2 : float
        The two spins.
    impurity : float
        Spin s of the impurity.
    """

    S1: float
    S2: float
    impurity: float

    def __call__(self, T: Any, g: Any, J: Any, rho: Any, tip: Any, theta: Any) -> tuple[Any, ...]:
        """Return chi T and its derivatives by g, J, rho, tip and theta.

        Parameters
        ----------
        T : ndarray, shape (n,)
            K, above 0.
        g : float
            Common g value.
        J : float
            K.
        rho : float
            Share of the impurity, 0 to 1.
        tip : float
            Temperature-independent paramagnetism, cm3/mol.
        theta : float
            Mean field between dimers, K.

        Returns
        -------
        tuple of ndarray
            cm3 K/mol, and per unit of each parameter.
        """
        mean, by_J = self.mean_square_spin(T, J)
        field = T / (T - theta)
        unit = CURIE_UNIT * g * g
        pair = unit * mean * field
        lone = unit * self.impurity * (self.impurity + 1.0)
        value = (1.0 - rho) * pair + rho * lone + tip * T
        return (
            value,
            2.0 * ((1.0 - rho) * pair + rho * lone) / g,
            (1.0 - rho) * unit * by_J * field,
            lone - pair,
            1.0 * T,
            (1.0 - rho) * pair / (T - theta),
        )

    def mean_square_spin(self, T: Any, J: Any) -> tuple[Any, Any]:
        """Return the thermal mean of S(S+1) and its derivative by J.

        Parameters
        ----------
        T : ndarray, shape (n,)
            K.
        J : float
            K.

        Returns
        -------
        tuple of ndarray
            The mean, and per K.
        """
        squares, degeneracy = self._levels
        exponents = J * np.multiply.outer(squares, 1.0 / T)
        weights = degeneracy.reshape(-1, *(1,) * np.ndim(T)) * np.exp(
            exponents - exponents.max(axis=0)
        )
        weights = weights / weights.sum(axis=0)
        mean = np.tensordot(squares, weights, axes=1)
        square = np.tensordot(squares * squares, weights, axes=1)
        return mean, (square - mean * mean) / T

    @property
    def _levels(self) -> tuple[FloatArray, FloatArray]:
        """S(S+1) and 2S+1 of the levels."""
        total = np.arange(abs(self.S1 - self.S2), self.S1 + self.S2 + 0.5)
        return total * (total + 1.0), 2.0 * total + 1.0


def _refuse_theta(T: FloatArray, *p: float) -> None:
    if not (T > 0.0).all():
        raise SettingsError("a temperature is not above 0 K", where="dimer")
    if p[4] >= T.min():
        raise SettingsError(
            f"theta = {p[4]:g} K is not below the lowest temperature, {T.min():g} K",
            where="dimer",
            do="start at a lower theta, or leave the lowest temperatures out",
        )


def Dimer(S1: float, S2: float, name: str = "dimer", *, impurity: float = 0.5) -> Component:
    """Return chi T of two coupled spins as a component for the fit.

    Parameters
    ----------
    S1, S2 : float
        The two spins, 0.5 to 7.
    name : str, optional
        Name of the component; its parameters are ``name.g``, ``name.J``, ``name.rho``,
        ``name.tip`` and ``name.theta``, the last three held at 0 unless freed.
    impurity : float, optional
        Spin of the impurity.

    Returns
    -------
    Component

    Raises
    ------
    SettingsError
        For a spin that is no half of a whole number, or outside the range.
    """
    for label, spin in (("S1", S1), ("S2", S2), ("impurity", impurity)):
        if not 0.0 < checked_spin(spin, label) <= _LARGEST_SPIN:
            raise SettingsError(f"a spin of {spin:g}", where=label, do="give 0.5 to 7")
    line = Line(
        "dimer",
        "chi T of two exchange-coupled spins, H = -2J S1.S2",
        DimerFunction(S1, S2, impurity),
        (
            LineParameter("g", "1", 2.0, 0.5, 20.0, "common g value"),
            LineParameter("J", "K", -10.0, meaning="exchange constant over k, H = -2J S1.S2"),
            LineParameter("rho", "1", 0.0, 0.0, 1.0, "share of a Curie impurity", fixed=True),
            LineParameter("tip", "cm3 mol-1", 0.0, meaning="temperature-independent", fixed=True),
            LineParameter("theta", "K", 0.0, meaning="mean field between dimers", fixed=True),
        ),
        sources=("J. H. van Vleck (1932)", "B. Bleaney, K. D. Bowers (1952)"),
        constants=(("S1", S1), ("S2", S2), ("impurity", impurity)),
        check=_refuse_theta,
    )
    return Component(line, name)


def dimer_chiT(
    T: ArrayLike,
    S1: float,
    S2: float,
    exchange: Exchange,
    *,
    g: float = 2.0,
    rho: float = 0.0,
    impurity: float = 0.5,
    tip: float = 0.0,
    theta: float = 0.0,
) -> FloatArray:
    """Return chi T of two coupled spins.

    Parameters
    ----------
    T : array_like, shape (n,)
        K, above 0 and above theta.
    S1, S2 : float
        The two spins.
    exchange : Exchange
        J with unit and Hamiltonian.
    g : float, optional
        Common g value.
    rho : float, optional
        Share of a Curie impurity, 0 to 1.
    impurity : float, optional
        Its spin.
    tip : float, optional
        cm3/mol.
    theta : float, optional
        Mean field between dimers, K.

    Returns
    -------
    ndarray, shape (n,)
        cm3 K/mol.

    Raises
    ------
    SettingsError
        For a spin that is none, a temperature that is not above 0 K and theta, or a share outside
        0 to 1.
    """
    component = Dimer(S1, S2, impurity=impurity)
    temperature = np.atleast_1d(np.asarray(T, dtype=float))
    if not 0.0 <= rho <= 1.0:
        raise SettingsError(f"an impurity of {rho:g}", where="rho", do="give 0 to 1")
    p = (g, exchange.kelvin, rho, tip, theta)
    _refuse_theta(temperature, *p)
    return np.asarray(component.line.function(temperature, *p)[0]).reshape(np.shape(T))
