"""A pre-edge fit with emphasis on the second derivative, and honest errors for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray
from spectrafit_xas.smoothing import local_cubic

__all__ = ["EmphasisedFit", "emphasised_fit"]

_TOLERANCE = 1e-12
# of the largest curvature: directions below it are not determined
_SINGULAR = 1e-14


@dataclass(frozen=True, eq=False)
class EmphasisedFit:
    """Parameters of a fit to the data and their smoothed second derivative together.

    Parameters
    ----------
    values : dict of str to float
        Every parameter.
    names : tuple of str
        Free parameters, in the order of the covariance.
    covariance : ndarray, shape (Q, Q)
        Sandwich covariance; the weights are no inverse variances.
    """

    values: dict[str, float]
    names: tuple[str, ...]
    covariance: FloatArray


def emphasised_fit(problem: Problem, emphasis: float, half_width_eV: float) -> EmphasisedFit:
    """Return the minimum of ``(1 - e) |r|^2 + e |S r|^2``, with r the weighted residual.

    S is the second derivative of a local cubic, a linear map of the data: it adds no information,
    it damps what varies slowly, like the rising edge. Its rows are scaled so that white noise
    contributes as much to either term. Do not read chi2, AICc or BIC off such a fit.

    Parameters
    ----------
    problem : Problem
        Of one spectrum, started near the minimum.
    emphasis : float
        e, from 0 (the ordinary fit) to 1 (the second derivative only).
    half_width_eV : float
        Of the smoother.

    Returns
    -------
    EmphasisedFit

    Raises
    ------
    SettingsError
        When the emphasis is not between 0 and 1.

    Notes
    -----
    Covariance ``B J'M M J B`` with ``B = (J'MJ)^-1`` and M the matrix of the two terms, for
    independent errors of the weighted residual (White, Econometrica 50, 1 (1982)); their size is
    1 where sigma is known, else the root of the reduced chi2.
    """
    from scipy.optimize import least_squares

    if not 0.0 <= emphasis <= 1.0:
        raise SettingsError(f"emphasis is {emphasis:g}", do="give a number from 0 to 1")
    spectrum = problem.data[0]
    maps = local_cubic(spectrum.x, spectrum.x, half_width_eV)
    smoother = np.zeros((len(spectrum), len(spectrum)))
    np.add.at(smoother, (np.arange(len(spectrum))[:, None], maps.columns), maps.weights[2])
    sigma = np.ones(len(spectrum)) if spectrum.sigma is None else np.asarray(spectrum.sigma)
    bent = smoother * sigma
    bent *= np.sqrt(len(spectrum) / np.sum(bent**2))
    root = np.concatenate([
        np.sqrt(1.0 - emphasis) * np.eye(len(spectrum)), np.sqrt(emphasis) * bent
    ])  # fmt: skip

    def residuals(q: FloatArray) -> FloatArray:
        return np.asarray(root @ problem.residuals_and_jacobian(q)[0])

    def jacobian(q: FloatArray) -> FloatArray:
        return np.asarray(root @ problem.residuals_and_jacobian(q)[1])

    found = least_squares(
        residuals, problem.free_start, jacobian, bounds=(problem.free_min, problem.free_max),
        x_scale="jac", ftol=_TOLERANCE, xtol=_TOLERANCE, gtol=_TOLERANCE,
    )  # fmt: skip
    rest, slopes = problem.residuals_and_jacobian(found.x)
    noise = 1.0
    if spectrum.sigma is None:
        noise = float(rest @ rest) / max(1, len(spectrum) - len(problem.free_names))
    weighted = root.T @ (root @ slopes)
    inverse = np.linalg.pinv(slopes.T @ weighted, rcond=_SINGULAR, hermitian=True)
    covariance = noise * inverse @ (weighted.T @ weighted) @ inverse
    values = dict(zip(problem.names, map(float, problem.values(found.x)), strict=True))
    return EmphasisedFit(values, problem.free_names, np.asarray(covariance))
