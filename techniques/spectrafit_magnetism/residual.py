"""The share of high-spin molecules that is left at low temperature."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit_magnetism.spin_only import spin_only_chiT

__all__ = ["LEAST_T_WITHOUT_ZFS", "Residual", "residual_share"]

LEAST_T_WITHOUT_ZFS = 20.0
"""K; below it zero-field splitting of a few cm-1 lowers chi T, and a share read from chi T is low."""


@dataclass(frozen=True)
class Residual:
    """The share of high-spin molecules at a temperature.

    Parameters
    ----------
    T : float
        K.
    share : float
        ``(chi T - low)/(high - low)``.
    sigma : float or None
        Standard error; None where chi T has none.
    low, high : float
        chi T of the low-spin and of the high-spin form, cm3 K/mol.
    doubt : str
        Why the share may be wrong; empty where nothing is known.
    """

    T: float
    share: float
    sigma: float | None
    low: float
    high: float
    doubt: str = ""


def residual_share(
    T: float,
    chiT: float,
    *,
    high_spins: tuple[float, ...],
    low_spins: tuple[float, ...] = (),
    g_high: float = 2.0,
    g_low: float = 2.0,
    sigma: float | None = None,
) -> Residual:
    """Return the share of high-spin molecules that a chi T stands for, with declared spins.

    Parameters
    ----------
    T : float
        K.
    chiT : float
        At T, cm3 K/mol.
    high_spins, low_spins : tuple of float
        Independent spins of the two forms; none for a diamagnetic one.
    g_high, g_low : float, optional
        Their g values.
    sigma : float, optional
        Standard error of chi T, cm3 K/mol.

    Returns
    -------
    Residual

    Raises
    ------
    SettingsError
        When the two forms do not differ, or a spin or g value is none.
    """
    high = spin_only_chiT(*high_spins, g=g_high)
    low = spin_only_chiT(*low_spins, g=g_low)
    if not high > low:
        raise SettingsError(
            f"chi T of the high-spin form is {high:g}, of the low-spin form {low:g} cm3 K/mol",
            where="residual",
            do="declare a larger spin for the high-spin form",
        )
    width = high - low
    share = (chiT - low) / width
    doubts = []
    if T < LEAST_T_WITHOUT_ZFS:
        doubts.append(
            f"{T:g} K is below {LEAST_T_WITHOUT_ZFS:g} K: zero-field splitting lowers chi T there,"
            " which only a fit at several fields can tell from fewer high-spin molecules"
        )
    slack = 2.0 * (sigma or 0.0) / width
    if not -slack <= share <= 1.0 + slack:
        doubts.append("the share lies outside 0 to 1: the declared spins, g or corrections are off")
    return Residual(
        T, share, None if sigma is None else sigma / width, low, high, "; ".join(doubts)
    )
