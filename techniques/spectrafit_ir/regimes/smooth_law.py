"""Smooth laws of an observable in temperature, through every piece of a series at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from spectrafit.errors import FitError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.sigmoid import TEN_TO_NINETY, IntArray, SigmoidRange, sigmoid_fits

__all__ = [
    "ABRUPT_BELOW",
    "FEWEST_ROWS",
    "LAWS",
    "PARAMETERS",
    "Law",
    "PieceFits",
    "STEEPEST",
    "Rows",
    "abrupt_range",
    "gradual_range",
    "piece_fits",
]

Law = Literal["constant", "line", "quadratic", "two_state", "two_state_linear_ends"]

LAWS: Final[tuple[Law, ...]] = ("constant", "line", "quadratic", "two_state")
"""Laws that a regime beside a step may have."""

PARAMETERS: Final[dict[Law, int]] = {
    "constant": 1,
    "line": 2,
    "quadratic": 3,
    "two_state": 4,
    "two_state_linear_ends": 6,
}
FEWEST_ROWS: Final[dict[Law, int]] = {law: count + 1 for law, count in PARAMETERS.items()}
"""One more than the parameters, so that no regime fits without being tested."""

ABRUPT_BELOW: Final = 1.0 / 3.0
"""Largest (T90 - T10)/T_half of a change that is called abrupt: a convention, not a law.

An ideal two-state equilibrium as narrow has dH/(R T_half) = 13, that is dS = 110 J/(mol K).
"""

STEEPEST: Final = TEN_TO_NINETY / ABRUPT_BELOW
"""Largest c = dH/(R T_half) of a gradual change."""


@dataclass(frozen=True)
class Rows:
    """Rows of one branch.

    Parameters
    ----------
    T : ndarray, shape (n,)
        K, strictly rising.
    values : ndarray, shape (n,)
        In the unit of the observable.
    sigma : ndarray, shape (n,)
        Their standard errors.
    """

    T: FloatArray
    values: FloatArray
    sigma: FloatArray

    def __post_init__(self) -> None:
        sizes = {self.T.shape, self.values.shape, self.sigma.shape}
        if len(sizes) != 1 or self.T.ndim != 1:
            raise FitError("temperatures, values and errors differ in number")
        if not all(np.isfinite(one).all() for one in (self.T, self.values, self.sigma)):
            raise FitError(
                "a temperature, value or error of the series is not a finite number",
                do="leave the rows without a value out",
            )
        if (self.T <= 0.0).any() or (self.sigma <= 0.0).any():
            raise FitError(
                "a temperature or a standard error of the series is not above zero",
                do="give temperatures in K and the standard error of every value",
            )


@dataclass(frozen=True)
class PieceFits:
    """Best fit of every law to pieces of series.

    Parameters
    ----------
    spans : ndarray of int, shape (S, 2)
        First row of each piece, and the one after its last.
    chi2 : ndarray, shape (S, B, 4)
        Of each piece, series and law, in the order of `LAWS`; inf where the piece is too short.
    score : ndarray, shape (S, B)
        Lowest ``chi2 + k ln n`` of any law, n the rows of the whole series.
    law : ndarray of int, shape (S, B)
        The law that has it.
    shape : ndarray, shape (S, B, 2)
        c and b of the two-state law.
    """

    spans: IntArray
    chi2: FloatArray
    score: FloatArray
    law: IntArray
    shape: FloatArray

    @property
    def best(self) -> FloatArray:
        """Chi2 of the law with the lowest score, shape (S, B)."""
        return np.asarray(np.take_along_axis(self.chi2, self.law[..., None], axis=2)[..., 0])


def gradual_range(T: FloatArray, ends: int = 1) -> SigmoidRange:
    """Return the two-state curves that count as gradual: a tail beside a step is one of them.

    Parameters
    ----------
    T : ndarray, shape (n,)
        K, rising.
    ends : int, optional
        1 for constant end members, 2 for linear ones.

    Returns
    -------
    SigmoidRange
    """
    half = np.geomspace(max(T[0], 0.05 * T[-1]), 3.0 * T[-1], 12)
    return SigmoidRange(0.0, STEEPEST, _nodes(np.array([0.5, 2.0, 4.0, 7.0, 11.0]), half), ends)


def abrupt_range(T: FloatArray, ends: int = 1) -> SigmoidRange:
    """Return the two-state curves that count as abrupt, up to half of the narrowest gap.

    Parameters
    ----------
    T : ndarray, shape (n,)
        K, rising.
    ends : int, optional
        1 for constant end members, 2 for linear ones.

    Returns
    -------
    SigmoidRange
    """
    steepest = max(2.0 * TEN_TO_NINETY * T[-1] / float(np.diff(T).min()), 1.5 * STEEPEST)
    half = np.geomspace(T[0], T[-1], min(2 * T.size, 60))
    c = np.geomspace(1.1 * STEEPEST, steepest, 7)
    return SigmoidRange(STEEPEST, steepest, _nodes(c, half), ends)


def _nodes(c: FloatArray, half: FloatArray) -> FloatArray:
    across, along = np.meshgrid(c, half, indexing="ij")
    return np.stack([across.ravel(), (across * along).ravel()], axis=1)


def _polynomials(rows: Rows, y: FloatArray, weight: FloatArray) -> FloatArray:
    """Return chi2 of constant, line and quadratic, shape (S, B, 3)."""
    place = 2.0 * (rows.T - rows.T.mean()) / float(np.ptp(rows.T))
    powers = place[:, None] ** np.arange(3)
    basis, _ = np.linalg.qr(weight[:, :, None] * powers)
    pieces, n, _ = basis.shape
    # a level far above the noise would cost digits in the difference of squares
    near = y - y.mean(axis=1, keepdims=True)
    projector = (basis * weight[:, :, None]).transpose(0, 2, 1).reshape(pieces * 3, n)
    shares = (projector @ near.T).reshape(pieces, 3, y.shape[0]) ** 2
    whole = (weight**2) @ (near**2).T
    left = np.maximum(whole[:, None] - np.cumsum(shares, axis=1), 0.0)
    return np.asarray(left.transpose(0, 2, 1))


def piece_fits(
    rows: Rows,
    y: FloatArray,
    spans: IntArray,
    limits: SigmoidRange,
    most: FloatArray | None = None,
) -> PieceFits:
    """Return the best fit of every law to every piece of every series.

    Parameters
    ----------
    rows : Rows
        Temperatures and errors that all series share.
    y : ndarray, shape (B, n)
        The series.
    spans : ndarray of int, shape (S, 2)
        First row of each piece, and the one after its last.
    limits : SigmoidRange
        Two-state curves that are looked for.
    most : ndarray, shape (S, B), optional
        The two-state law is left out where even a perfect one has a score above this.

    Returns
    -------
    PieceFits
    """
    n = rows.T.size
    place = np.arange(n)
    inside = (place >= spans[:, :1]) & (place < spans[:, 1:])
    weight = inside / rows.sigma
    chi2 = np.full((spans.shape[0], y.shape[0], len(LAWS)), np.inf)
    chi2[..., :3] = _polynomials(rows, y, weight)
    count = spans[:, 1] - spans[:, 0]
    for number, law in enumerate(LAWS):
        chi2[count < FEWEST_ROWS[law], :, number] = np.inf
    penalty = np.log(n) * np.array([PARAMETERS[law] for law in LAWS])
    # the two-state law is fitted only where it could have the lowest score
    bar = (chi2[..., :3] + penalty[:3]).min(axis=2)
    wanted = (count >= FEWEST_ROWS["two_state"])[:, None] & (bar > penalty[3])
    if most is not None:
        wanted &= most > penalty[3]
    found = sigmoid_fits(rows.T, weight, y, limits, wanted)
    chi2[..., 3] = found.chi2
    score = chi2 + penalty
    law_of = score.argmin(axis=2)
    lowest = np.take_along_axis(score, law_of[..., None], axis=2)[..., 0]
    return PieceFits(spans, chi2, lowest, law_of, found.shape)
