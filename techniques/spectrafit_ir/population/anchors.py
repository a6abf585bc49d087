"""What else is known of a two-state equilibrium: a population at one temperature, an entropy.

Without such an anchor, or an end member known from elsewhere, the signal of a band in a narrow
window gives the fraction up to an affine map only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.laws import two_state
from spectrafit.spectrum import FloatArray

__all__ = ["Anchor", "KnownEntropy", "KnownPopulation", "anchors_chi2"]


@dataclass(frozen=True)
class KnownPopulation:
    """The fraction of the warm state at one temperature, from another technique.

    Parameters
    ----------
    T : float
        Temperature, K.
    value : float
        Fraction, 0 to 1.
    sigma : float
        Its standard uncertainty.
    source : str, optional
        Where it is from.

    Raises
    ------
    SettingsError
        For a fraction outside 0 to 1, a temperature that is not positive, or an uncertainty that
        is not.
    """

    T: float
    value: float
    sigma: float
    source: str = ""

    def __post_init__(self) -> None:
        if not (self.T > 0.0 and math.isfinite(self.T) and 0.0 <= self.value <= 1.0):
            raise SettingsError(
                f"a known population is {self.value} at {self.T} K",
                do="give a fraction from 0 to 1 and a temperature above 0 K",
            )
        _checked_sigma(self.sigma, "population")

    @property
    def text(self) -> str:
        """The anchor in words."""
        return (
            f"population {self.value:g} ± {self.sigma:g} at {self.T:g} K "
            f"({self.source or 'declared'})"
        )

    def pull(self, dH: FloatArray, T_half: FloatArray) -> FloatArray:
        """Return by how many standard uncertainties a law misses it.

        Parameters
        ----------
        dH : ndarray
            J/mol.
        T_half : ndarray
            K.

        Returns
        -------
        ndarray
        """
        return (two_state(self.T, dH, dH / T_half).value - self.value) / self.sigma


@dataclass(frozen=True)
class KnownEntropy:
    """The entropy of the warm state over the cold one, from elsewhere.

    Parameters
    ----------
    value : float
        dS = dH/T_half, J/(mol K).
    sigma : float
        Its standard uncertainty, J/(mol K).
    source : str, optional
        Where it is from.

    Raises
    ------
    SettingsError
        For a number that is not finite, or an uncertainty that is not positive.
    """

    value: float
    sigma: float
    source: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise SettingsError("a known entropy is not a finite number")
        _checked_sigma(self.sigma, "entropy")

    @property
    def text(self) -> str:
        """The anchor in words."""
        return f"entropy {self.value:g} ± {self.sigma:g} J/(mol K) ({self.source or 'declared'})"

    def pull(self, dH: FloatArray, T_half: FloatArray) -> FloatArray:
        """Return by how many standard uncertainties a law misses it.

        Parameters
        ----------
        dH : ndarray
            J/mol.
        T_half : ndarray
            K.

        Returns
        -------
        ndarray
        """
        return (dH / T_half - self.value) / self.sigma


Anchor: TypeAlias = KnownPopulation | KnownEntropy


def anchors_chi2(anchors: tuple[Anchor, ...], dH: FloatArray, T_half: FloatArray) -> FloatArray:
    """Return what the anchors add to chi2.

    Parameters
    ----------
    anchors : tuple of KnownPopulation or KnownEntropy
        All of them.
    dH : ndarray, shape (G,)
        J/mol.
    T_half : ndarray, shape (G,)
        K.

    Returns
    -------
    ndarray, shape (G,)
    """
    total = np.zeros(dH.shape)
    for anchor in anchors:
        total = total + anchor.pull(dH, T_half) ** 2
    return total


def _checked_sigma(sigma: float, what: str) -> None:
    if not (sigma > 0.0 and math.isfinite(sigma)):
        raise SettingsError(
            f"the uncertainty of a known {what} is {sigma}", do="give a number above 0"
        )
