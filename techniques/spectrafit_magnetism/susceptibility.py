"""From moments to the molar susceptibility, raw beside corrected, with its budget.

``chi_raw = M/(H n)``; the matrix and the holder are taken from M/H, the diamagnetism of the
compound from chi. Each correction adds to chi T a term that is linear in T where it does not depend
on temperature itself: `Susceptibility.correction_slope` is that slope, the part of d(chi T)/dT that
comes from the corrections and not from the magnetometer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_magnetism.constants import MAGNETON_OE_OVER_K
from spectrafit_magnetism.log import MomentLog
from spectrafit_magnetism.sample import Sample

__all__ = [
    "LINEAR_LIMIT",
    "Budget",
    "Susceptibility",
    "beyond_linear_range",
    "molar_susceptibility",
]

LINEAR_LIMIT = 0.3
"""Largest muB g S H/(k T) at which M/H is taken for chi. The Brillouin function of S = 5/2 is there
0.9 % below its first term."""


@dataclass(frozen=True, eq=False)
class Budget:
    """The parts of the error of chi T, each of its own kind.

    Parameters
    ----------
    moment : ndarray or None, shape (n,)
        Statistical, from the error of the moment, cm3 K/mol; None where the file gives none.
    scale : float or None
        Relative error of mass and molar mass together: one factor common to every point. None
        where the error of the mass is not known.
    centre : ndarray or None, shape (n,)
        chi T with the other centre (fixed) less chi T with the one that was used, cm3 K/mol: a
        systematic; None where the file has one only.
    """

    moment: FloatArray | None
    scale: float | None
    centre: FloatArray | None


@dataclass(frozen=True, eq=False)
class Susceptibility:
    """Molar susceptibility of a run, in its three stages.

    Parameters
    ----------
    T, H : ndarray, shape (n,)
        K and Oe.
    raw : ndarray, shape (n,)
        ``M/(H n)``, cm3/mol.
    with_matrix : ndarray, shape (n,)
        After matrix and holder, cm3/mol.
    corrected : ndarray, shape (n,)
        After the diamagnetism of the compound too, cm3/mol.
    correction_slope : float
        Mean of corrected less raw, cm3/mol: what the corrections add to d(chi T)/dT.
    chi_dia : float
        What was subtracted last, emu/(mol Oe); 0 where nothing was.
    budget : Budget
        Errors.
    words : tuple of str
        Corrections that were and were not made.
    """

    T: FloatArray
    H: FloatArray
    raw: FloatArray
    with_matrix: FloatArray
    corrected: FloatArray
    correction_slope: float
    chi_dia: float
    budget: Budget
    words: tuple[str, ...]

    @property
    def chiT_raw(self) -> FloatArray:
        """Raw chi T, cm3 K/mol."""
        return self.raw * self.T

    @property
    def chiT_with_matrix(self) -> FloatArray:
        """Chi T after matrix and holder, cm3 K/mol."""
        return self.with_matrix * self.T

    @property
    def chiT(self) -> FloatArray:
        """Corrected chi T, cm3 K/mol."""
        return self.corrected * self.T

    def chiT_sigma(self) -> FloatArray | None:
        """Return moment and scale errors of chi T in quadrature, as the error of one point.

        Returns
        -------
        ndarray or None, shape (n,)
            cm3 K/mol; None where the moments have no error. The scale is common to all points:
            fit with `Budget.moment` and carry the scale beside it.
        """
        if self.budget.moment is None:
            return None
        return np.hypot(self.budget.moment, np.abs(self.chiT) * (self.budget.scale or 0.0))

    def dia_shift(self, share: float = 0.2) -> FloatArray:
        """Return how far chi T moves where chi_dia is larger by a share of itself.

        Parameters
        ----------
        share : float, optional
            0.2 unless told.

        Returns
        -------
        ndarray, shape (n,)
            cm3 K/mol.
        """
        return -self.chi_dia * share * self.T


def molar_susceptibility(log: MomentLog, sample: Sample) -> Susceptibility:
    """Return the molar susceptibility of a run: raw, after matrix and holder, and corrected.

    Parameters
    ----------
    log : MomentLog
        Temperature, field, moment.
    sample : Sample
        Mass, molar mass and what is to be corrected.

    Returns
    -------
    Susceptibility

    Raises
    ------
    SettingsError
        When a field is zero, so that M/H is no susceptibility.
    """
    if (log.H == 0.0).any():
        row = int(np.flatnonzero(log.H == 0.0)[0])
        raise SettingsError(
            f"the field is 0 Oe at {log.T[row]:g} K: M/H is no susceptibility",
            where=log.name,
            do="leave the rows in zero field out",
        )
    n = sample.moles
    by_field = log.moment / log.H
    beside = np.zeros_like(by_field)
    if sample.matrix is not None:
        beside += sample.matrix.moment_by_field
    if sample.holder is not None:
        beside += sample.holder.at(log.T)
    chi_dia = 0.0 if sample.diamagnetism is None else sample.diamagnetism.chi
    raw, with_matrix = by_field / n, (by_field - beside) / n
    corrected = with_matrix - chi_dia
    moment = None if log.error is None else np.abs(log.T * log.error / (log.H * n))
    centre = None if log.other is None else log.T * (log.other - log.moment) / (log.H * n)
    scale = None
    if sample.mass_error is not None:
        relative = sample.mass_error / sample.mass, sample.molar_mass_error / sample.molar_mass
        scale = float(np.hypot(*relative))
    return Susceptibility(
        log.T,
        log.H,
        raw,
        with_matrix,
        corrected,
        float(np.mean(corrected - raw)),
        chi_dia,
        Budget(moment, scale, centre),
        _words(sample),
    )


def _words(sample: Sample) -> tuple[str, ...]:
    matrix, holder, dia = sample.matrix, sample.holder, sample.diamagnetism
    return (
        f"matrix: {matrix.mass:g} mg of {matrix.name}, {matrix.source}"
        if matrix
        else "matrix: not corrected",
        f"holder: {holder.source}" if holder else "holder: not corrected",
        f"diamagnetism: {dia.chi:g} emu/(mol Oe), {dia.source}"
        if dia
        else "diamagnetism: not corrected",
    )


def beyond_linear_range(T: ArrayLike, H: ArrayLike, spin: float, *, g: float = 2.0) -> FloatArray:
    """Return muB g S H/(k T) where it is above the limit of the linear range, else 0.

    Parameters
    ----------
    T, H : array_like, shape (n,)
        K and Oe.
    spin : float
        The largest spin there is.
    g : float, optional
        Its g value.

    Returns
    -------
    ndarray, shape (n,)
        Where above 0, M/H is below chi by saturation and no susceptibility may be read.

    Raises
    ------
    SettingsError
        For a temperature that is not above 0 K.
    """
    temperature, field = np.asarray(T, float), np.asarray(H, float)
    if not (temperature > 0.0).all():
        raise SettingsError("a temperature is not above 0 K", where="linear range")
    ratio = MAGNETON_OE_OVER_K * g * spin * np.abs(field) / temperature
    return np.where(ratio > LINEAR_LIMIT, ratio, 0.0)
