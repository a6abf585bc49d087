"""A spectrum as a sum of measured spectra, every one of them with its own error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError, SpectrafitError
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["Combination", "NoisyCurve", "fitted_combination", "linear_combination"]

STEP = 1e-4
ROUNDS = 25
SMALL = 1e-9


@dataclass(frozen=True, eq=False)
class NoisyCurve:
    """A curve on a common grid with the covariance of its points.

    Parameters
    ----------
    y : array_like, shape (n,)
        Values.
    covariance : array_like, shape (n, n)
        Of the points: counting noise, and what the scale and the axis add.
    name : str
        For messages.
    """

    y: FloatArray
    covariance: FloatArray
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "y", read_only(self.y))
        object.__setattr__(self, "covariance", read_only(self.covariance))
        if self.covariance.shape != (self.y.size, self.y.size):
            raise SpectrafitError("a covariance of another size than its curve", where=self.name)


@dataclass(frozen=True, eq=False)
class Combination:
    """Shares that describe a curve by others, and what they leave over.

    Parameters
    ----------
    shares : ndarray, shape (k,)
        The fitted numbers.
    covariance : ndarray, shape (k, k)
        Of them.
    residual : ndarray, shape (n,)
        What is left over.
    residual_covariance : ndarray, shape (n, n)
        Of the points left over, at these shares.
    chi2 : float
        Of the residual.
    degrees : int
        Points less fitted numbers.
    """

    shares: FloatArray
    covariance: FloatArray
    residual: FloatArray
    residual_covariance: FloatArray
    chi2: float
    degrees: int

    @property
    def sigma(self) -> FloatArray:
        """Standard uncertainties of the shares, shape (k,)."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def p(self) -> float:
        """Chance of so large a residual where the combination is right."""
        from scipy.special import chdtrc

        return float(chdtrc(self.degrees, self.chi2))


def fitted_combination(
    curves: Sequence[NoisyCurve], fixed: FloatArray, free: FloatArray, start: FloatArray
) -> Combination:
    """Return the numbers t for which the sum of (fixed + free t) times the curves vanishes best.

    Parameters
    ----------
    curves : sequence of NoisyCurve
        m curves on one grid, with independent errors; a spectrum that serves twice is given once.
    fixed : ndarray, shape (m,)
        Coefficients that do not depend on t.
    free : ndarray, shape (m, k)
        What each t adds to them.
    start : ndarray, shape (k,)
        Where the search begins.

    Returns
    -------
    Combination

    Raises
    ------
    FitError
        Where the curves do not determine t.

    Notes
    -----
    All curves are noisy, so plain least squares is drawn towards zero, and by noise that two of
    them share to either side. Minimised is r' V(t)^-1 r with V(t) the covariance of r at these
    coefficients, the effective-variance form of W. E. Deming, Statistical Adjustment of Data
    (1943), and D. York, Can. J. Phys. 44 (1966) 1079: with known errors it has no such bias. The
    covariance is the inverse of half its curvature.
    """
    y = np.array([one.y for one in curves])
    parts = np.array([one.covariance for one in curves])
    count = start.size

    def value(t: FloatArray) -> float:
        return _residual(y, parts, fixed + free @ t)[1]

    t = np.array(start, dtype=np.float64)
    slope, bend = _derivatives(value, t)
    for _ in range(ROUNDS):
        step = -_solved(bend, slope)
        here, reach = value(t), 1.0
        while value(t + reach * step) > here + SMALL * abs(here) and reach > SMALL:
            reach /= 2.0
        t = t + reach * step
        slope, bend = _derivatives(value, t)
        if 0.5 * float(slope @ _solved(bend, slope)) < SMALL:
            break
    covariance: FloatArray = np.asarray(2.0 * np.linalg.inv(bend), dtype=np.float64)
    if not (np.isfinite(covariance).all() and (np.diag(covariance) > 0).all()):
        raise FitError("the spectra do not determine the shares", do="give spectra that differ")
    coefficients = fixed + free @ t
    residual, chi2 = _residual(y, parts, coefficients)
    total = np.einsum("j,jab->ab", coefficients**2, parts)
    return Combination(t, covariance, residual, total, chi2, y.shape[1] - count)


def _residual(
    y: FloatArray, parts: FloatArray, coefficients: FloatArray
) -> tuple[FloatArray, float]:
    from scipy.linalg import cho_factor, cho_solve

    residual = coefficients @ y
    total = np.tensordot(coefficients**2, parts, axes=1)
    solved = cho_solve(cho_factor(total, lower=True, check_finite=False), residual)
    return residual, float(residual @ solved)


def _derivatives(
    value: Callable[[FloatArray], float], t: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return gradient and curvature by central differences; the function is smooth and exact."""
    count = t.size
    unit = STEP * np.eye(count)
    here = value(t)
    forward = np.array([value(t + unit[i]) for i in range(count)])
    backward = np.array([value(t - unit[i]) for i in range(count)])
    slope = (forward - backward) / (2.0 * STEP)
    bend = np.diag((forward - 2.0 * here + backward) / STEP**2)
    for i in range(count):
        for j in range(i):
            both = value(t + unit[i] + unit[j]) - forward[i] - forward[j] + here
            back = value(t - unit[i] - unit[j]) - backward[i] - backward[j] + here
            bend[i, j] = bend[j, i] = 0.5 * (both + back) / STEP**2
    return slope, bend


def _solved(bend: FloatArray, slope: FloatArray) -> FloatArray:
    """Return the Newton step downhill; a curvature that is not positive is turned round."""
    values, vectors = np.linalg.eigh(bend)
    top = float(np.abs(values).max())
    if top < SMALL or float(np.abs(values).min()) < SMALL * top:
        raise FitError("the spectra do not determine the shares", do="give spectra that differ")
    return np.asarray(vectors @ ((vectors.T @ slope) / np.abs(values)))


def linear_combination(curve: NoisyCurve, members: Sequence[NoisyCurve]) -> Combination:
    """Return the shares of end members in a curve; they sum to one.

    Parameters
    ----------
    curve : NoisyCurve
        What is described.
    members : sequence of NoisyCurve
        Two end members at least, on the same grid, none of them the curve itself.

    Returns
    -------
    Combination
        `shares` has one entry a member, the last being one less the others; a share outside 0 to 1
        by more than its error says that the members are no end members.

    Raises
    ------
    SpectrafitError
        With fewer than two members.
    FitError
        Where the members do not differ.
    """
    if len(members) < 2:
        raise SpectrafitError("a linear combination needs two end members at least")
    count = len(members)
    fixed = np.array([1.0, *([0.0] * (count - 1)), -1.0])
    free = np.vstack((np.zeros(count - 1), -np.eye(count - 1), np.ones(count - 1)))
    start = np.full(count - 1, 1.0 / count)
    found = fitted_combination((curve, *members), fixed, free, start)
    to_all = np.vstack((np.eye(count - 1), -np.ones(count - 1)))
    shares = np.append(found.shares, 1.0 - found.shares.sum())
    return Combination(
        shares,
        to_all @ found.covariance @ to_all.T,
        found.residual,
        found.residual_covariance,
        found.chi2,
        found.degrees,
    )
