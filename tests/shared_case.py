"""Simulated series whose parameters follow laws, and one big fit of all their residuals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from spectrafit.fit import Problem, SharedLaw, constant_law, linear_law
from spectrafit.fit.parameters import ParameterChange
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum

Array = NDArray[np.float64]

X = np.linspace(-4.0, 4.0, 40)
MODEL = Gaussian("p") + Polynomial(1, name="base")
START = {"p.center": 0.0, "p.fwhm": 1.2, "p.height": 1.0}
NOISE = 0.03


@dataclass(frozen=True)
class SharedCase:
    """A series: centre and width linear in temperature, one slope of the base, heights free."""

    T: Array
    truth: dict[str, Array]
    y: Array

    @property
    def laws(self) -> dict[str, SharedLaw]:
        """The laws the data were made with."""
        linear = linear_law(self.T, unit="K")
        return {"p.center": linear, "p.fwhm": linear, "base.c1": constant_law(len(self.T))}


def series(count: int, seed: int = 1, noise: float = NOISE) -> SharedCase:
    """Return simulated spectra."""
    rng = np.random.default_rng(seed)
    T = np.linspace(50.0, 300.0, count)
    truth = {
        "p.center": 0.2 + 0.002 * (T - 175.0),
        "p.fwhm": 1.5 + 0.001 * (T - 175.0),
        "p.height": rng.uniform(0.5, 2.0, count),
        "base.c0": rng.uniform(0.0, 0.3, count),
        "base.c1": np.full(count, 0.02),
    }
    return SharedCase(T, truth, curves(truth) + noise * rng.standard_normal((count, X.size)))


def curves(values: dict[str, Array]) -> Array:
    """Return the model of every spectrum."""
    count = len(values["p.height"])
    return np.array(
        [MODEL.evaluate(X, {name: v[i] for name, v in values.items()}) for i in range(count)]
    )


def problem(
    sigma: float | None = NOISE, changes: dict[str, ParameterChange] | None = None
) -> Problem:
    """Return the problem of one spectrum."""
    error = None if sigma is None else np.full(X.size, sigma)
    return Problem(Spectrum(X, np.zeros(X.size), error), MODEL, start=START, parameters=changes)


@dataclass(frozen=True)
class BigFit:
    """All spectra as one least-squares problem, parameters in one long vector.

    First centre and width at the two end temperatures, then the base's slope, then heights, then
    the base of each spectrum.
    """

    q: Array
    covariance: Array
    chi2: float


def big_fit(
    case: SharedCase,
    sigma: float | None,
    low: Array | float = -np.inf,
    high: Array | float = np.inf,
) -> BigFit:
    """Return the fit of the concatenated residuals by scipy, finished with Newton's steps."""
    count = len(case.T)
    late = (case.T - case.T[0]) / (case.T[-1] - case.T[0])
    weight = 1.0 if sigma is None else 1.0 / sigma
    bound_low, bound_high = np.full(5 + 2 * count, low), np.full(5 + 2 * count, high)

    def both(q: Array) -> tuple[Array, Array]:
        residuals, jacobian = np.empty((count, X.size)), np.zeros((count, X.size, q.size))
        for i in range(count):
            t = late[i]
            center, fwhm = (1 - t) * q[0] + t * q[1], (1 - t) * q[2] + t * q[3]
            own = {"p.center": center, "p.fwhm": fwhm, "p.height": q[5 + i]}
            own |= {"base.c0": q[5 + count + i], "base.c1": q[4]}
            p = np.array([own[name] for name in MODEL.parameter_names])
            value, slopes = MODEL.value_and_derivatives(X, p)
            by = dict(zip(MODEL.parameter_names, slopes, strict=True))
            residuals[i] = value - case.y[i]
            jacobian[i, :, 0], jacobian[i, :, 1] = (1 - t) * by["p.center"], t * by["p.center"]
            jacobian[i, :, 2], jacobian[i, :, 3] = (1 - t) * by["p.fwhm"], t * by["p.fwhm"]
            jacobian[i, :, 4] = by["base.c1"]
            jacobian[i, :, 5 + i], jacobian[i, :, 5 + count + i] = by["p.height"], by["base.c0"]
        return weight * residuals.ravel(), weight * jacobian.reshape(-1, q.size)

    start = np.concatenate([[0.0, 0.0, 1.2, 1.2, 0.0], np.ones(count), np.full(count, 0.1)])
    start = np.clip(start, bound_low + 1e-3, bound_high - 1e-3)
    found = least_squares(
        lambda q: both(q)[0], start, jac=lambda q: both(q)[1], bounds=(bound_low, bound_high),
        xtol=1e-11, ftol=1e-11, gtol=1e-11, x_scale="jac",
    )  # fmt: skip
    q = found.x
    on = (np.abs(q - bound_low) < 1e-6) | (np.abs(q - bound_high) < 1e-6)
    q = np.where(on, np.where(np.abs(q - bound_low) < 1e-6, bound_low, bound_high), q)
    for _ in range(8):
        residuals, jacobian = both(q)
        q[~on] -= np.linalg.lstsq(jacobian[:, ~on], residuals, rcond=None)[0]
    residuals, jacobian = both(q)
    chi2 = float(residuals @ residuals)
    scale = 1.0 if sigma is not None else chi2 / (residuals.size - q.size)
    covariance = np.zeros((q.size, q.size))
    some = np.flatnonzero(~on)
    root = np.linalg.qr(jacobian[:, some])[1]
    inverse = np.linalg.inv(root)
    covariance[np.ix_(some, some)] = scale * inverse @ inverse.T
    return BigFit(q, covariance, chi2)
