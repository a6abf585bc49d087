"""How many components a series of spectra has above its noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray

__all__ = ["Rank", "changing_components"]

DRAWS = 200
LEVEL = 0.99
SEED = 20230


@dataclass(frozen=True, eq=False)
class Rank:
    """Components of change of a series, against noise.

    Parameters
    ----------
    count : int
        Components above the noise; spectra of that many plus one states mix.
    singular_values : ndarray, shape (k,)
        Of the spectra less their mean, each point divided by its error, falling.
    noise_levels : ndarray, shape (k,)
        What errors alone stay below in 99 % of the draws, at each place.
    components : ndarray, shape (count, n)
        Right singular vectors times the error of the points, in units of the spectra.
    """

    count: int
    singular_values: FloatArray
    noise_levels: FloatArray
    components: FloatArray


def changing_components(
    y: FloatArray,
    covariances: FloatArray,
    nuisances: FloatArray | None = None,
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = SEED,
) -> Rank:
    """Return how many components of change a series has above its errors.

    Parameters
    ----------
    y : ndarray, shape (m, n)
        Spectra on one grid.
    covariances : ndarray, shape (m, n, n)
        Of the points of each spectrum.
    nuisances : ndarray, shape (q, n), optional
        Curves whose multiples do not count: the mean spectrum (a scale) and its slope (a shift).
    draws : int
        Noise-only series.
    level : float
        Share of them that the noise level is not passed by.
    seed : int
        Of the draws.

    Returns
    -------
    Rank

    Raises
    ------
    SpectrafitError
        With fewer than two spectra, or arrays that do not fit together.

    Notes
    -----
    Parallel analysis (J. L. Horn, Psychometrika 30 (1965) 179) one component after the other: what
    the components before have taken is taken out of the noise too, so that a strong first component
    does not hide a weak second one.
    """
    if y.ndim != 2 or covariances.shape != (*y.shape, y.shape[-1]) or y.shape[0] < 2:
        raise SpectrafitError("a rank needs two spectra on one grid at least")
    pooled = np.sqrt(np.einsum("maa->ma", covariances).mean(axis=0))
    out = _outside(nuisances / pooled if nuisances is not None else np.zeros((0, y.shape[1])))
    left, values, right = np.linalg.svd(_centred(y / pooled) @ out, full_matrices=False)
    rng = np.random.default_rng(seed)
    roots = np.linalg.cholesky(covariances)
    noise = np.einsum("mab,dmb->dma", roots, rng.standard_normal((draws, *y.shape))) / pooled
    noise = (noise - noise.mean(axis=1, keepdims=True)) @ out
    most = min(y.shape[0] - 1, y.shape[1])
    levels, count = [], 0
    for k in range(most):
        if k:
            u, v = left[:, k - 1 : k], right[k - 1 : k]
            noise = noise - u @ (u.T @ noise)
            noise = noise - (noise @ v.T) @ v
        squares = noise @ noise.transpose(0, 2, 1)
        largest = np.sqrt(np.linalg.eigvalsh(squares)[:, -1].clip(0.0))
        levels.append(float(np.quantile(largest, level)))
        if count == k and values[k] > levels[-1]:
            count = k + 1
    return Rank(count, values[:most], np.array(levels), right[:count] * pooled)


def _centred(y: FloatArray) -> FloatArray:
    return np.asarray(y - y.mean(axis=0))


def _outside(curves: FloatArray) -> FloatArray:
    """Return the projector that takes multiples of some curves away."""
    size = curves.shape[1]
    if not curves.shape[0]:
        return np.eye(size)
    basis, _ = np.linalg.qr(curves.T)
    return np.asarray(np.eye(size) - basis @ basis.T, dtype=np.float64)
