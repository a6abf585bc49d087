"""Point errors of a single scan, from third differences of neighbouring points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum

__all__ = ["FINEST_SHARE", "one_scan_sigma", "third_differences", "with_one_scan_sigma"]

MAD_OF_NORMAL = 1.4826
FINEST_SHARE = 7.0
LOCAL_POINTS = 41
FEWEST = 12
STENCIL = 4
# a made-up point lies on the line or cubic through its neighbours: its differences nearly vanish
INTERPOLATED_STEPS = ("stack", "merge", "rebin")


def third_differences(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return third differences of unit variance for white noise of unit variance.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Increasing; steps need not be equal.
    y : ndarray, shape (n,)
        Values.

    Returns
    -------
    ndarray, shape (n - 3,)
        The combination of four neighbours that is zero for any parabola, over the root of the sum
        of its squared weights; for equal steps (1, -3, 3, -1)/sqrt(20).
    """
    places = np.arange(x.size - STENCIL + 1)[:, None] + np.arange(STENCIL)
    at = x[places]
    apart = at[:, :, None] - at[:, None, :] + np.eye(STENCIL)
    weights = 1.0 / apart.prod(axis=2)
    return np.asarray(np.sum(weights * y[places], axis=1) / np.sqrt(np.sum(weights**2, axis=1)))


def one_scan_sigma(
    spectrum: Spectrum, fwhm_eV: float, near_eV: tuple[float, float]
) -> tuple[FloatArray | None, str]:
    """Return the point errors that one scan shows, or why it shows none.

    Parameters
    ----------
    spectrum : Spectrum
        Energy in eV.
    fwhm_eV : float
        Width of the narrowest feature.
    near_eV : tuple of float
        Range that the errors are wanted for; points outside get those of the nearest point.

    Returns
    -------
    sigma : ndarray, shape (n,), or None
        1.4826 times the median of the third differences over 41 points.
    why : str
        ``one scan``, or the reason for none.

    Notes
    -----
    A feature whose FWHM holds fewer than seven steps raises third differences itself, and points
    that were interpolated lower them: there is no answer in either case.
    """
    made = [entry.step for entry in spectrum.history if entry.step in INTERPOLATED_STEPS]
    if made:
        return None, f"no errors from one scan after the step {made[0]}"
    inside = np.flatnonzero((spectrum.x >= near_eV[0]) & (spectrum.x <= near_eV[1]))
    if inside.size < FEWEST:
        return None, f"{inside.size} points are too few for errors from one scan"
    x, y = spectrum.x[inside], spectrum.y[inside]
    coarsest = float(np.diff(x).max())
    if coarsest > fwhm_eV / FINEST_SHARE * (1.0 + 1e-6):
        return None, (
            f"steps of {coarsest:.2g} eV are too coarse for errors from one scan, which need "
            f"{fwhm_eV / FINEST_SHARE:.2g} eV"
        )
    size = np.abs(third_differences(x, y))
    reach = min(LOCAL_POINTS, size.size)
    windows = np.lib.stride_tricks.sliding_window_view(size, reach)
    local = MAD_OF_NORMAL * np.median(windows, axis=1)
    if not (local > 0).all():
        return None, "neighbouring points are equal: no noise is seen in one scan"
    middles = x[(reach + STENCIL - 2) // 2 :][: local.size]
    return np.interp(spectrum.x, middles, local), "one scan"


def with_one_scan_sigma(
    spectrum: Spectrum, fwhm_eV: float, near_eV: tuple[float, float]
) -> Spectrum:
    """Return a spectrum that has point errors from its own noise where it had none.

    Parameters
    ----------
    spectrum : Spectrum
        Energy in eV; one whose errors are known comes back as it is.
    fwhm_eV : float
        Width of the narrowest feature.
    near_eV : tuple of float
        Range that the errors are wanted for.

    Returns
    -------
    Spectrum
        Without errors, and with the reason added, where one scan cannot give them.
    """
    if spectrum.sigma is not None:
        return spectrum
    sigma, why = one_scan_sigma(spectrum, fwhm_eV, near_eV)
    if sigma is None:
        reasons = [text for text in (spectrum.sigma_origin, why) if text]
        return replace(spectrum, sigma_origin="; ".join(reasons))
    entry = HistoryEntry(
        "point errors",
        {
            "from": "third differences of one scan",
            "fwhm_eV": fwhm_eV,
            "near_eV": list(near_eV),
            "median": float(np.median(sigma)),
        },
    )
    return spectrum.after(entry, sigma=sigma, sigma_origin=why)
