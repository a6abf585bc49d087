"""What a series can say of dH at best: Fisher's information of a two-state law and its ends."""

from __future__ import annotations

import numpy as np

from spectrafit.laws import two_state
from spectrafit.spectrum import FloatArray
from spectrafit_ir.population.anchors import KnownPopulation
from spectrafit_ir.population.van_t_hoff import TwoStateProblem

__all__ = ["expected_error", "fraction_slopes"]


def fraction_slopes(T: FloatArray, dH: float, T_half: float) -> tuple[FloatArray, FloatArray]:
    """Return the slopes of the fraction by both parameters.

    Parameters
    ----------
    T : ndarray
        K.
    dH, T_half : float
        J/mol and K.

    Returns
    -------
    (ndarray, ndarray)
        By dH, per J/mol, and by T_half, per K.
    """
    law = two_state(T, dH, dH / T_half)
    return law.by_H + law.by_S / T_half, -law.by_S * dH / T_half**2


def expected_error(problem: TwoStateProblem, dH: float, T_half: float) -> tuple[float, float]:
    """Return the standard errors of dH and T_half that the series allows at these values.

    Cramér and Rao's bound: square roots of the diagonal of the inverse information matrix, end
    members unknown as declared. Linear theory; where it is not small against dH, the profile of
    chi2 is what holds.

    Parameters
    ----------
    problem : TwoStateProblem
        Temperatures, errors, end members and anchors; of its signals, only what they say of the
        end members at (dH, T_half) counts.
    dH, T_half : float
        J/mol and K.

    Returns
    -------
    (float, float)
        In J/mol and K; infinite where the information matrix is singular.
    """
    series = problem.series
    design, _ = problem.design(np.array([dH]), np.array([T_half]))
    cold, warm = problem.end_members(dH, T_half)
    by_law = np.stack(
        [slope[:, None] * (warm - cold) for slope in fraction_slopes(series.T, dH, T_half)], axis=-1
    )
    signals = series.whitened(by_law)
    rest = np.zeros((design.shape[1] - signals.shape[0], 2))
    jacobian = np.hstack([np.vstack([signals, rest]), design[0]])
    anchored = np.zeros((len(problem.anchors), jacobian.shape[1]))
    for row, anchor in enumerate(problem.anchors):
        if isinstance(anchor, KnownPopulation):
            slopes = fraction_slopes(np.array([anchor.T]), dH, T_half)
            anchored[row, :2] = [float(one[0]) / anchor.sigma for one in slopes]
        else:
            anchored[row, :2] = np.array([1.0 / T_half, -dH / T_half**2]) / anchor.sigma
    jacobian = np.vstack([jacobian, anchored])
    length = np.linalg.norm(jacobian, axis=0)
    if not (length > 0.0).all():
        return float("inf"), float("inf")
    upper = np.linalg.qr(jacobian / length, mode="r")
    if np.abs(np.diagonal(upper)).min() < 1e-12:
        return float("inf"), float("inf")
    spread = np.linalg.norm(np.linalg.inv(upper), axis=1) / length
    return float(spread[0]), float(spread[1])
