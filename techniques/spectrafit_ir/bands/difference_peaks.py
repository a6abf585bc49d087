"""Bands of a difference spectrum that are not those already listed, moved, broadened or weakened."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.lines.pseudo_voigt import pseudo_voigt_by_height
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.cluster_fit import BandStart
from spectrafit_ir.bands.first_heights import smooth_ground
from spectrafit_ir.bands.peaks import Peak, PeakList, Search, find_peaks, search_of
from spectrafit_ir.bands.places import band_places

__all__ = ["changes_of_known", "difference_peaks"]

# FWHM from a known band within which a new one cannot be told from its change
_ASIDE = 0.5
# steps, and how many of the strongest new bands join the fit in each
_STEPS, _NEW_A_STEP = 6, 2
# of the squares of known bands' slopes, which may stand in for each other, and of all others
_DAMPING, _SINGULAR = 1e-3, 1e-12
# largest changes in one step: of a position in FWHM, of FWHM and height over themselves, of mixing
_LARGEST = np.array([0.25, 0.3, 0.5, 0.3])


def changes_of_known(
    x: FloatArray, y: FloatArray, known: Sequence[Peak], search: Search
) -> FloatArray:
    """Return the part of a difference that changes of known bands describe.

    The known bands with other positions, widths and heights, less the known bands. A band that
    moves makes two lobes of opposite sign, which as bands of their own would be a wrong description
    of any quality. So that a known band does not stretch to a new one, what stands beyond the
    changes of all known bands is in the fit too, as is a smooth ground: a few damped Gauss-Newton
    steps of all known bands together.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1; difference, absorbance.
    known : sequence of Peak
        Of the mean or of the reference spectrum.
    search : Search
        Filters, limit and noise.

    Returns
    -------
    ndarray, shape (n,)
        Absorbance.
    """
    if not known:
        return np.zeros(x.size)
    now = np.array([[one.position, one.fwhm, one.height, one.mixing] for one in known])
    before = pseudo_voigt_by_height(x, *now.T[:, :, None])[0].sum(axis=0)
    ground = smooth_ground(x, search.widest)
    new: list[BandStart] = []
    for _ in range(_STEPS):
        curves, *slopes = pseudo_voigt_by_height(x, *now.T[:, :, None])
        left = y + before - curves.sum(axis=0)
        columns = np.stack(slopes, axis=1).reshape(-1, x.size).T
        bent = np.gradient(slopes[0], x, axis=1).T
        new += _strongest_beyond(x, left, [columns, bent, ground], new, now, search)
        shapes = [one.curve(x)[:, None] for one in new]
        every = np.concatenate([columns, ground, *shapes], axis=1)
        step = _coefficients(left, every, columns.shape[1], search.errors)[: columns.shape[1]]
        now = _changed(now, step.reshape(-1, 4))
    change = pseudo_voigt_by_height(x, *now.T[:, :, None])[0].sum(axis=0) - before
    return np.asarray(change)


def _strongest_beyond(
    x: FloatArray,
    left: FloatArray,
    columns: Sequence[FloatArray],
    new: Sequence[BandStart],
    now: FloatArray,
    search: Search,
) -> list[BandStart]:
    """Return the strongest bands beyond what there is, away from known ones."""
    every = np.concatenate([*columns, *(one.curve(x)[:, None] for one in new)], axis=1)
    rest = left - every @ _coefficients(left, every, every.shape[1], search.errors)
    places = band_places(x, rest, search.errors, search.bank, search.limit, (1, -1))
    taken = np.array([[*now[:, 0], *(one.position for one in new)],
                      [*now[:, 1], *(one.fwhm for one in new)]])  # fmt: skip
    found = [
        BandStart(float(x[one.index]), one.fwhm, 1.0)
        for one in sorted(places, key=lambda one: -one.z)
        if (np.abs(taken[0] - x[one.index]) > _ASIDE * taken[1]).all()
    ]
    return found[:_NEW_A_STEP]


def _coefficients(y: FloatArray, columns: FloatArray, damped: int, sigma: FloatArray) -> FloatArray:
    """Return the coefficients of least squares, the first ones damped."""
    design = columns / sigma[:, None]
    normal = design.T @ design
    scale = np.maximum(np.diag(normal), 1e-300)
    damping = np.where(np.arange(scale.size) < damped, _DAMPING, _SINGULAR)
    return np.asarray(np.linalg.solve(normal + np.diag(damping * scale), design.T @ (y / sigma)))


def _changed(now: FloatArray, step: FloatArray) -> FloatArray:
    """Return known bands after a step of limited length; each keeps its sign."""
    size = np.stack([now[:, 1], now[:, 1], np.abs(now[:, 2]), np.ones(len(now))], axis=1) * _LARGEST
    changed = now + np.clip(step, -size, size)
    changed[:, 3] = np.clip(changed[:, 3], 0.0, 1.0)
    return np.asarray(changed)


def difference_peaks(
    x: FloatArray,
    y: FloatArray,
    sigma: float,
    known: Sequence[Peak],
    *,
    effective_share: float = 1.0,
    widths_cm: tuple[float, float] | None = None,
) -> PeakList:
    """Return the bands of a difference spectrum beyond the changes of known bands.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Wavenumber, cm-1, ascending, evenly spaced; difference, absorbance.
    sigma : float
        White-noise standard deviation of the difference, absorbance.
    known : sequence of Peak
        Of the mean or of the reference spectrum.
    effective_share : float, optional
        Effective over actual number of points.
    widths_cm : tuple of float, optional
        As of `find_peaks`.

    Returns
    -------
    PeakList
        Of either sign.

    Raises
    ------
    SettingsError
        As of `find_peaks`.
    """
    y = np.asarray(y, dtype=float)
    search = search_of(x, y, sigma, effective_share, "both", widths_cm)
    part = changes_of_known(x, y, known, search)
    return find_peaks(
        x, y - part, sigma, effective_share=effective_share, sign="both", widths_cm=widths_cm
    )
