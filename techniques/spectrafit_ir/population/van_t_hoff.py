"""A two-state equilibrium fitted to bands jointly, the end members eliminated exactly.

``f = 1/(1 + exp[(dH/R)(1/T - 1/T_half)])`` and ``I = I_A (1 - f) + I_B f``. Each I is linear in
the end members, so that they are solved for at every (dH, T_half) (variable projection: G. H. Golub
and V. Pereyra, SIAM J. Numer. Anal. 10, 413 (1973)); along T_half, the only number left at a given
dH, chi2 is searched on a grid as fine as the law can vary. No start, no local minimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.constants import GAS_CONSTANT
from spectrafit.errors import FitError, SettingsError
from spectrafit.laws import two_state
from spectrafit.spectrum import FloatArray
from spectrafit_ir.population.anchors import Anchor, anchors_chi2
from spectrafit_ir.population.band_series import BandSeries
from spectrafit_ir.population.end_members import FREE_ENDS, BandEnds, EndColumns, end_columns

__all__ = ["LeastChi2", "TwoStateProblem", "fraction", "two_state_problem"]

# logit of f at the near end of the window where the last T_half that is looked at lies: f is then
# an exponential to 1e-5, and a T_half still further out changes nothing but the end members
_BEYOND = 12.0
_AROUND = np.array([-8.0, -4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0, 8.0])
_ROUNDS = 5
# of a column's length: what is left of it that the other columns do not explain
_DEPENDENT = 1e-10
# numbers in one batch of designs
_BATCH = 2_000_000


def fraction(T: ArrayLike, dH: ArrayLike, T_half: ArrayLike) -> FloatArray:
    """Return the fraction of the warm state.

    Parameters
    ----------
    T : array_like
        Temperature, K.
    dH : array_like
        Enthalpy of the warm over the cold state, J/mol.
    T_half : array_like
        Temperature of equal populations, K.

    Returns
    -------
    ndarray
        0 to 1.
    """
    H = np.asarray(dH, dtype=float)
    return two_state(T, H, H / np.asarray(T_half, dtype=float)).value


@dataclass(frozen=True, eq=False)
class LeastChi2:
    """Least chi2 at given enthalpies.

    Parameters
    ----------
    chi2 : ndarray, shape (m,)
        All else refitted.
    T_half : ndarray, shape (m,)
        K, where it is least.
    """

    chi2: FloatArray
    T_half: FloatArray


@dataclass(frozen=True, eq=False)
class TwoStateProblem:
    """Bands of one regime, what is known of their ends, and the anchors.

    Parameters
    ----------
    series : BandSeries
        Signals with their errors.
    ends : tuple of BandEnds
        One a band.
    anchors : tuple of KnownPopulation or KnownEntropy
        What else is known.
    drift : bool
        Whether free end members are linear in T.
    """

    series: BandSeries
    ends: tuple[BandEnds, ...]
    anchors: tuple[Anchor, ...] = ()
    drift: bool = False

    @cached_property
    def columns(self) -> tuple[tuple[EndColumns, EndColumns], ...]:
        """Cold and warm end of each band."""
        T = self.series.T
        return tuple(
            (end_columns(one.cold, T, drift=self.drift), end_columns(one.warm, T, drift=self.drift))
            for one in self.ends
        )

    @cached_property
    def unknowns(self) -> int:
        """How many unknowns the end members are."""
        return sum(end.columns.shape[1] for pair in self.columns for end in pair)

    @cached_property
    def _known(self) -> list[tuple[int, float, float]]:
        known, first = [], 0
        for pair in self.columns:
            for end in pair:
                known += [(first + place, value, sigma) for place, value, sigma in end.known]
                first += end.columns.shape[1]
        return known

    @property
    def measurements(self) -> int:
        """How many values there are: signals, known end members, anchors."""
        return self.series.values.size + len(self._known) + len(self.anchors)

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the fit of dH, T_half and the end members."""
        return self.measurements - self.unknowns - 2

    def design(self, dH: FloatArray, T_half: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the linear problem of the end members at each pair, in units of the errors.

        Parameters
        ----------
        dH, T_half : ndarray, shape (G,)
            J/mol and K.

        Returns
        -------
        (ndarray, ndarray), shapes (G, M, P) and (G, M)
            Columns of the P unknowns and what they must explain; M counts the signals and the
            known end members.
        """
        series = self.series
        rows, bands = series.values.shape
        H, T_h = dH[:, None], T_half[:, None]
        warm = fraction(series.T, H, T_h)
        cold = fraction(series.T, -H, T_h)  # 1 - f without cancellation
        columns = np.zeros((dH.size, rows, bands, self.unknowns + 1))
        columns[..., -1] = series.values
        first = 0
        for band, pair in enumerate(self.columns):
            for share, end in zip((cold, warm), pair, strict=True):
                last = first + end.columns.shape[1]
                columns[:, :, band, first:last] = share[:, :, None] * end.columns
                columns[:, :, band, -1] -= share * end.offset
                first = last
        whole = series.whitened(columns)
        if self._known:
            extra = np.zeros((len(self._known), self.unknowns + 1))
            for row, (place, value, sigma) in enumerate(self._known):
                extra[row, place], extra[row, -1] = 1.0 / sigma, value / sigma
            spread = np.broadcast_to(extra, (dH.size, *extra.shape))
            whole = np.concatenate([whole, spread], axis=1)
        return whole[..., :-1], whole[..., -1]

    def chi2(self, dH: ArrayLike, T_half: ArrayLike) -> FloatArray:
        """Return chi2 at each pair, the end members solved for.

        Parameters
        ----------
        dH, T_half : array_like, shape (G,)
            J/mol and K.

        Returns
        -------
        ndarray, shape (G,)
        """
        H, T_h = np.asarray(dH, dtype=float), np.asarray(T_half, dtype=float)
        size = max(1, _BATCH // (self.series.values.size * (self.unknowns + 1)))
        parts = [
            _unexplained(*self.design(H[one : one + size], T_h[one : one + size]))
            for one in range(0, H.size, size)
        ]
        return np.concatenate(parts) + anchors_chi2(self.anchors, H, T_h)

    def least(self, dH: ArrayLike) -> LeastChi2:
        """Return the least chi2 over T_half and the end members at each enthalpy.

        Parameters
        ----------
        dH : array_like, shape (m,)
            J/mol, above 0.

        Returns
        -------
        LeastChi2
        """
        found = [self._least_one(float(H)) for H in np.atleast_1d(np.asarray(dH, dtype=float))]
        return LeastChi2(np.array([one[0] for one in found]), np.array([one[1] for one in found]))

    def solution(self, dH: float, T_half: float) -> FloatArray:
        """Return the unknowns of the end members at a pair.

        Parameters
        ----------
        dH, T_half : float
            J/mol and K.

        Returns
        -------
        ndarray, shape (P,)
            Cold end of the first band first; value at the middle of the window, then the change
            over half of it where the end is linear in T.
        """
        design, target = self.design(np.array([dH]), np.array([T_half]))
        found: FloatArray = np.linalg.lstsq(design[0], target[0], rcond=None)[0]
        return found

    def signals(self, dH: float, T_half: float) -> FloatArray:
        """Return the fitted signals at a pair.

        Parameters
        ----------
        dH, T_half : float
            J/mol and K.

        Returns
        -------
        ndarray, shape (N, B)
        """
        cold, warm = self.end_members(dH, T_half)
        T = self.series.T
        return fraction(T, -dH, T_half)[:, None] * cold + fraction(T, dH, T_half)[:, None] * warm

    def end_members(self, dH: float, T_half: float) -> tuple[FloatArray, FloatArray]:
        """Return the fitted end members at a pair.

        Parameters
        ----------
        dH, T_half : float
            J/mol and K.

        Returns
        -------
        (ndarray, ndarray), each shape (N, B)
            Cold and warm, at the temperature of each row.
        """
        unknown, first = self.solution(dH, T_half), 0
        found: tuple[list[FloatArray], list[FloatArray]] = ([], [])
        for pair in self.columns:
            for side, end in zip(found, pair, strict=True):
                last = first + end.columns.shape[1]
                side.append(end.offset + end.columns @ unknown[first:last])
                first = last
        return np.column_stack(found[0]), np.column_stack(found[1])

    def _least_one(self, dH: float) -> tuple[float, float]:
        """Search 1/T_half on the grid, then closer around the least."""
        inverse = _inverse_grid(self.series.T, GAS_CONSTANT / dH)
        for _ in range(_ROUNDS):
            chi2 = self._chi2_inverse(dH, inverse)
            best = int(np.argmin(chi2))
            near = inverse[[max(0, best - 1), min(inverse.size - 1, best + 1)]]
            inverse = np.linspace(near[0], near[1], 9)
        chi2 = self._chi2_inverse(dH, inverse)
        best = int(np.argmin(chi2))
        if 0 < best < inverse.size - 1:
            before, least, after = chi2[best - 1 : best + 2]
            bend = before - 2.0 * least + after
            if bend > 0.0:
                step = float(inverse[1] - inverse[0])
                refined = float(inverse[best]) + 0.5 * step * (before - after) / bend
                value = float(self._chi2_inverse(dH, np.array([refined]))[0])
                if value < least:
                    return value, 1.0 / refined
        return float(chi2[best]), 1.0 / float(inverse[best])

    def _chi2_inverse(self, dH: float, inverse: FloatArray) -> FloatArray:
        return self.chi2(np.full(inverse.shape, dH), 1.0 / inverse)


def two_state_problem(
    series: BandSeries,
    ends: BandEnds | Sequence[BandEnds] = FREE_ENDS,
    *,
    anchors: Sequence[Anchor] = (),
    drift: bool = False,
) -> TwoStateProblem:
    """Return the problem of one equilibrium for all bands of a series.

    Parameters
    ----------
    series : BandSeries
        Signals of one regime.
    ends : BandEnds or sequence of BandEnds, optional
        Of all bands, or one a band; free unless told.
    anchors : sequence of KnownPopulation or KnownEntropy, optional
        What else is known.
    drift : bool, optional
        Whether free end members are linear in T.

    Returns
    -------
    TwoStateProblem

    Raises
    ------
    SettingsError
        When the number of ends is not that of the bands.
    FitError
        When there are not more values than unknowns.
    """
    bands = series.values.shape[1]
    each = (ends,) * bands if isinstance(ends, BandEnds) else tuple(ends)
    if len(each) != bands:
        raise SettingsError(f"{len(each)} pairs of end members for {bands} bands")
    problem = TwoStateProblem(series, each, tuple(anchors), drift)
    if problem.freedom < 1:
        raise FitError(
            f"{problem.measurements} values for {problem.unknowns + 2} unknowns",
            do="give more temperatures, or declare end members",
        )
    return problem


def _inverse_grid(T: FloatArray, step: float) -> FloatArray:
    """Return values of 1/T_half, rising, as fine as the law can vary.

    `step`, R/dH, changes its logit by 1. Where neighbouring temperatures lie many such steps
    apart, the law varies only where T_half is within a few of one of them.
    """
    rows = np.unique(1.0 / T)
    # T_half is positive: below the smallest 1/T_half the law does not change any more
    low = max(rows[0] - _BEYOND * step, 1e-6 * step)
    high = rows[-1] + _BEYOND * step
    count = 2 + int((high - low) / step)
    if count <= rows.size * _AROUND.size:
        return np.linspace(low, high, count)
    around = (rows[:, None] + step * _AROUND).ravel()
    inside = around[(around > low) & (around < high)]
    return np.unique(np.concatenate([[low, high], inside]))


def _unexplained(design: FloatArray, target: FloatArray) -> FloatArray:
    """Return the squared length of what the columns do not explain, dependent columns left out."""
    if design.shape[2] == 0:
        return np.asarray((target**2).sum(axis=1))
    length = np.linalg.norm(design, axis=1, keepdims=True)
    basis, upper = np.linalg.qr(design / np.where(length > 0.0, length, 1.0))
    kept = np.abs(np.diagonal(upper, axis1=1, axis2=2)) > _DEPENDENT
    basis = basis * kept[:, None, :]
    for _ in range(2):  # the second time takes out what rounding left
        target = target - (basis @ (np.swapaxes(basis, 1, 2) @ target[..., None]))[..., 0]
    return np.asarray((target**2).sum(axis=1))
