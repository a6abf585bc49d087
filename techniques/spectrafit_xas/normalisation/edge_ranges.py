"""Which points below and above an edge its lines are fitted to."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = [
    "LONG_POST_EV",
    "default_degree",
    "ends_at_the_edge",
    "points_inside",
    "post_range",
    "pre_range",
]

PRE_EV = (-150.0, -30.0)
POST_START_EV = 50.0
LEAST_POST_EV = 15.0  # the end of a scan that stops nearer to E0 is still the white line
LONG_POST_EV = 300.0


def points_inside(x: FloatArray, low: float, high: float, rule: str) -> slice:
    """Return the points of a range.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Energies in eV.
    low, high : float
        Ends in eV.
    rule : str
        ``closed``: both ends belong to it. ``larch``: from the last point at or below the start
        up to, but without, the point nearest the end.

    Returns
    -------
    slice
    """
    if rule == "closed":
        return slice(int(np.searchsorted(x, low)), int(np.searchsorted(x, high, side="right")))
    start = max(int(np.searchsorted(x, low, side="right")) - 1, 0)
    stop = int(np.argmin(np.abs(x - high)))
    return slice(start, max(stop, start + 2))


def default_degree(length_eV: float) -> int:
    """Return the degree of the post-edge polynomial for a range of some length.

    Parameters
    ----------
    length_eV : float
        Length of the range.

    Returns
    -------
    int
        2 above 300 eV, 1 above 80 eV, else 0.
    """
    return 2 if length_eV > LONG_POST_EV else 1 if length_eV > 80 else 0


def pre_range(spectrum: Spectrum, e0_eV: float) -> tuple[float, float]:
    """Return the range of the line below the edge, as far as the data allow.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    e0_eV : float
        Where the step is taken.

    Returns
    -------
    tuple of float
        Relative to E0: [-150, -30], cut to the data; shorter scans have their lower half.
    """
    low, high = max(PRE_EV[0], float(spectrum.x[0]) - e0_eV), PRE_EV[1]
    return (low, low + 0.5 * abs(low + 10.0)) if low > high - 10.0 else (low, high)


def ends_at_the_edge(spectrum: Spectrum, e0_eV: float) -> bool:
    """Return whether a scan ends so near to E0 that it has no range above the edge.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    e0_eV : float
        Where the step is taken.

    Returns
    -------
    bool
        True within 15 eV, which is still the white line.
    """
    return float(spectrum.x[-1]) - e0_eV < LEAST_POST_EV


def post_range(spectrum: Spectrum, e0_eV: float) -> tuple[float, float]:
    """Return the range of the polynomial above the edge, as far as the data allow.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    e0_eV : float
        Where the step is taken.

    Returns
    -------
    tuple of float
        Relative to E0: [50, end]; the upper half of a scan that ends before 80.

    Raises
    ------
    SpectrafitError
        When the scan ends within 15 eV of E0: there is no range above the edge.
    """
    last = float(spectrum.x[-1]) - e0_eV
    if ends_at_the_edge(spectrum, e0_eV):
        raise SpectrafitError(
            f"no range above the edge: the scan ends {last:.1f} eV above E0 at {e0_eV:.1f} eV, so "
            "that no edge step, and no area, is known",
            where=spectrum.source.name,
            do="measure to 100 eV above the edge, or set post_eV",
        )
    return (POST_START_EV if last > POST_START_EV + 30.0 else last / 2.0, last)
