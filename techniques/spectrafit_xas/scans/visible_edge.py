"""How clearly an edge stands out of the scatter of a scan."""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["edge_clarity", "rise_clarity", "steepest_rise"]

BELOW_EV = (-150.0, -10.0)
ABOVE_EV = (15.0, 150.0)
FEWEST = 3
END_SHARE = 0.2
HALF_EV = 5.0


def edge_clarity(spectrum: Spectrum, edge_eV: float) -> float | None:
    """Return the step at an edge over the scatter of the points below it.

    The step is that between two straight lines, below and above, at the edge. The scatter is the
    larger of the residual of the line below and the scatter of neighbouring points.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    edge_eV : float
        Where the edge is expected.

    Returns
    -------
    float or None
        Negative where mu falls; None where the scan holds too few points on one side.
    """
    below = _part(spectrum, edge_eV, BELOW_EV)
    above = _part(spectrum, edge_eV, ABOVE_EV)
    if below is None or above is None:
        return None
    low, high = np.polyfit(*below, 1), np.polyfit(*above, 1)
    residual = below[1] - np.polyval(low, below[0])
    spread = float(np.sqrt(np.sum(residual**2) / max(residual.size - 2, 1)))
    return _ratio(float(high[-1] - low[-1]), max(spread, _scatter(spectrum.y)))


def steepest_rise(spectrum: Spectrum, range_eV: tuple[float, float]) -> tuple[float, float]:
    """Return where mu rises most over 10 eV, and the share of that which a range holds.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    range_eV : tuple of float
        Where the edge is expected.

    Returns
    -------
    energy_eV : float
        Middle of the steepest 10 eV.
    share : float
        The steepest rise inside the range over that of the whole scan; 1 where nothing rises.
    """
    middle = np.arange(spectrum.x[0] + HALF_EV, spectrum.x[-1] - HALF_EV, 1.0)
    inside = (middle >= range_eV[0]) & (middle <= range_eV[1])
    if not inside.any():
        return float(np.mean(spectrum.x)), 1.0
    high = np.interp(middle + HALF_EV, spectrum.x, spectrum.y)
    rises = high - np.interp(middle - HALF_EV, spectrum.x, spectrum.y)
    most = float(rises.max())
    return float(middle[np.argmax(rises)]), float(rises[inside].max()) / most if most > 0 else 1.0


def rise_clarity(spectrum: Spectrum) -> float:
    """Return the rise from the first to the last fifth of a scan over the scatter of its points.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy, a short scan over an edge.

    Returns
    -------
    float
    """
    count = max(1, int(END_SHARE * len(spectrum)))
    rise = float(np.mean(spectrum.y[-count:]) - np.mean(spectrum.y[:count]))
    return _ratio(rise, _scatter(spectrum.y))


def _part(
    spectrum: Spectrum, edge_eV: float, range_eV: tuple[float, float]
) -> tuple[FloatArray, FloatArray] | None:
    x = spectrum.x - edge_eV
    inside = (x >= range_eV[0]) & (x <= range_eV[1])
    return (x[inside], spectrum.y[inside]) if inside.sum() >= FEWEST else None


def _scatter(y: FloatArray) -> float:
    """Return the scatter of neighbours: the median absolute second difference, as of a Gaussian."""
    if y.size < FEWEST:
        return 0.0
    # a second difference of independent points has six times their variance; the median absolute
    # value of a Gaussian is 0.6745 of its standard deviation
    return float(np.median(np.abs(np.diff(y, 2))) / (0.6745 * np.sqrt(6.0)))


def _ratio(step: float, noise: float) -> float:
    if noise > 0.0:
        return step / noise
    return float(np.sign(step)) * np.inf if step else 0.0
