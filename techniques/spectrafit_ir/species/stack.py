"""What every test of a series asks of its rows before a number is made of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["checked_axis_step", "checked_noise", "checked_rows", "checked_temperatures"]

EVEN = 0.01  # of the step: header-made axes are even to far better, a masked gap is not


def checked_rows(x: ArrayLike, Y: ArrayLike, where: str) -> tuple[FloatArray, FloatArray]:
    """Return the axis and the rows once they fit each other.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending.
    Y : array_like, shape (N, n)
        Absorbance, a row a spectrum.
    where : str
        What is asked for, for the error.

    Returns
    -------
    x : ndarray, shape (n,)
        cm-1.
    Y : ndarray, shape (N, n)
        Absorbance.

    Raises
    ------
    SettingsError
        For fewer than two rows or five points, values that are not finite, lengths that differ or
        an axis that does not ascend.
    """
    axis, rows = np.asarray(x, dtype=float), np.asarray(Y, dtype=float)
    if axis.ndim != 1 or rows.ndim != 2 or rows.shape[1] != axis.size:
        raise SettingsError(f"rows of shape {rows.shape} for {axis.size} wavenumbers", where=where)
    if rows.shape[0] < 2 or axis.size < 5:
        raise SettingsError(
            f"{rows.shape[0]} spectra of {axis.size} points",
            where=where,
            do="give two rows or more of five points or more",
        )
    if not (np.isfinite(axis).all() and np.isfinite(rows).all()):
        raise SettingsError(
            "values that are not finite", where=where, do="choose a window without masked points"
        )
    if not (np.diff(axis) > 0).all():
        raise SettingsError("wavenumbers that do not ascend", where=where)
    return axis, rows


def checked_noise(sigma: ArrayLike, rows: int, where: str) -> FloatArray:
    """Return the noise of each row once there is one.

    Parameters
    ----------
    sigma : array_like, shape (N,) or ()
        White-noise standard deviation, absorbance.
    rows : int
        N.
    where : str
        What is asked for, for the error.

    Returns
    -------
    ndarray, shape (N,)
        Absorbance.

    Raises
    ------
    SettingsError
        For noise that is not positive and finite or not one for each row.
    """
    noise = np.asarray(sigma, dtype=float)
    if noise.shape not in ((), (rows,)):
        raise SettingsError(f"noise of shape {noise.shape} for {rows} rows", where=where)
    noise = np.broadcast_to(noise, (rows,)).copy()
    if not ((noise > 0) & np.isfinite(noise)).all():
        raise SettingsError(
            "noise that is not positive and finite", where=where, do="give the noise of each row"
        )
    return noise


def checked_temperatures(T: ArrayLike, rows: int, where: str) -> FloatArray:
    """Return the temperatures once each row has its own.

    Parameters
    ----------
    T : array_like, shape (N,)
        K.
    rows : int
        N.
    where : str
        What is asked for, for the error.

    Returns
    -------
    ndarray, shape (N,)
        K, in the order given.

    Raises
    ------
    SettingsError
        For a temperature that is missing, not positive, or stands twice, as where heating and
        cooling are mixed.
    """
    kelvin = np.asarray(T, dtype=float)
    if kelvin.shape != (rows,):
        raise SettingsError(f"{kelvin.size} temperatures for {rows} rows", where=where)
    if not ((kelvin > 0) & np.isfinite(kelvin)).all():
        raise SettingsError("temperatures must be positive numbers in K", where=where)
    found, times = np.unique(kelvin, return_counts=True)
    if (times > 1).any():
        twice = ", ".join(f"{one:g} K" for one in found[times > 1][:5])
        raise SettingsError(
            f"two rows at {twice}", where=where, do="give one branch (heating or cooling) at a time"
        )
    return kelvin


def checked_axis_step(x: FloatArray, where: str) -> float:
    """Return the step of an even axis.

    Parameters
    ----------
    x : ndarray, shape (n,)
        cm-1, ascending.
    where : str
        What is asked for, for the error.

    Returns
    -------
    float
        cm-1.

    Raises
    ------
    SettingsError
        For steps that differ by more than 1 % from their median.
    """
    steps = np.diff(x)
    step = float(np.median(steps))
    if not (np.abs(steps - step) <= EVEN * step).all():
        raise SettingsError(
            f"wavenumbers in steps of {steps.min():.4g} to {steps.max():.4g} cm-1",
            where=where,
            do="choose a window without a gap: derivatives need an even axis",
        )
    return step
