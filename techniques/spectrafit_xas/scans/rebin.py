"""Spectra on a coarser grid, by averages over its bins; never on a finer one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum, read_only

__all__ = ["even_grid", "rebinned"]

FEWEST_BINS = 2


def even_grid(spectrum: Spectrum, step: float) -> FloatArray:
    """Return the multiples of a step inside a spectrum.

    Parameters
    ----------
    spectrum : Spectrum
        Any.
    step : float
        In its x unit, positive.

    Returns
    -------
    ndarray

    Raises
    ------
    SettingsError
        When the step is not positive, or fewer than two multiples lie inside.
    """
    if not step > 0:
        raise SettingsError(f"a grid of step {step:g}", do="give a positive step")
    first, last = np.ceil(spectrum.x[0] / step), np.floor(spectrum.x[-1] / step)
    if last - first + 1 < FEWEST_BINS:
        raise SettingsError(
            f"a step of {step:g} leaves fewer than {FEWEST_BINS} points",
            where=spectrum.source.name,
            do="give a smaller step",
        )
    return np.asarray(np.arange(first, last + 1) * step, dtype=np.float64)


def rebinned(spectrum: Spectrum, grid: ArrayLike) -> Spectrum:
    """Return the averages of a spectrum over the bins of a grid.

    Parameters
    ----------
    spectrum : Spectrum
        At least as fine as the grid wherever that reaches.
    grid : array_like, shape (m,)
        Middles of the bins, strictly increasing; a bin ends halfway to the next.

    Returns
    -------
    Spectrum
        y averaged, brought from the mean energy of the bin's points to its middle with the slope
        from bin to bin; sigma that of the mean; no two bins share a point.

    Raises
    ------
    SettingsError
        When the grid does not increase, or a bin holds no point: the data are coarser.
    """
    middles = read_only(grid)
    if middles.size < FEWEST_BINS or not (np.diff(middles) > 0).all():
        raise SettingsError(
            "the grid does not increase", where=spectrum.source.name, do="sort its energies"
        )
    between = 0.5 * (middles[1:] + middles[:-1])
    first = middles[0] - (between[0] - middles[0])
    last = middles[-1] + (middles[-1] - between[-1])
    edges = np.concatenate(([first], between, [last]))
    x, y = spectrum.x, spectrum.y
    bins = np.searchsorted(edges, x, side="right") - 1
    inside = (bins >= 0) & (bins < middles.size)
    counts = np.bincount(bins[inside], minlength=middles.size)
    if (counts == 0).any():
        empty = float(middles[int(np.flatnonzero(counts == 0)[0])])
        raise SettingsError(
            f"no point in the bin at {empty:g} {spectrum.x_unit}: the grid is finer than the data",
            where=spectrum.source.name,
            do="take a coarser grid; points between measured ones would be made up",
        )
    place = np.bincount(bins[inside], x[inside], middles.size) / counts
    mean = np.bincount(bins[inside], y[inside], middles.size) / counts
    mean = mean + np.gradient(mean, place) * (middles - place)
    sigma = None
    if spectrum.sigma is not None:
        squares = np.bincount(bins[inside], spectrum.sigma[inside] ** 2, middles.size)
        sigma = np.sqrt(squares) / counts
    entry = HistoryEntry(
        "rebin",
        {
            "low": float(middles[0]),
            "high": float(middles[-1]),
            "bins": int(middles.size),
            "fewest_points": int(counts.min()),
            "most_points": int(counts.max()),
        },
    )
    return spectrum.after(entry, x=middles, y=mean, sigma=sigma)
