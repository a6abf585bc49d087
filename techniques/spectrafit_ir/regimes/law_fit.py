"""One law through one regime: its parameters with errors, and its values anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.constants import GAS_CONSTANT
from spectrafit.history import frozen_mapping
from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.sigmoid import TEN_TO_NINETY
from spectrafit_ir.regimes.smooth_law import Law, Rows

__all__ = ["LawFit", "LawParameter", "law_columns", "law_fit"]


@dataclass(frozen=True)
class LawParameter:
    """A parameter of a law.

    Parameters
    ----------
    value : float
        In ``unit``.
    sigma : float or None
        Standard error; None with a reason.
    unit : str
        ``value`` stands for the unit of the observable.
    reason : str, optional
        Why there is no error.
    """

    value: float
    sigma: float | None
    unit: str
    reason: str = ""


@dataclass(frozen=True)
class LawFit:
    """A law fitted to one piece of a series.

    Parameters
    ----------
    law : str
        Its name.
    amplitudes : ndarray
        Coefficients of its linear columns.
    shape : tuple of float
        c and b (K) of a two-state law; empty for others.
    T_ref : float
        K; powers of T are those of T - T_ref.
    chi2 : float
        Of the rows of the piece.
    parameters : mapping of str to LawParameter
        With their standard errors.
    covariance : ndarray or None
        Of the amplitudes, then dH and T_half; None where the rows do not determine them.
    """

    law: Law
    amplitudes: FloatArray
    shape: tuple[float, ...]
    T_ref: float
    chi2: float
    parameters: Mapping[str, LawParameter]
    covariance: FloatArray | None

    def at(self, T: ArrayLike) -> FloatArray:
        """Return the values of the law, also beyond its piece.

        Parameters
        ----------
        T : array_like
            K.

        Returns
        -------
        ndarray
            In the unit of the observable.
        """
        T = np.atleast_1d(np.asarray(T, dtype=float))
        return np.asarray(law_columns(self.law, self.shape, T, self.T_ref) @ self.amplitudes)

    def sigma_at(self, T: float) -> float | None:
        """Return the standard error of the value at T (K); None where it is not determined."""
        slopes = _tangents(self.law, self.shape, self.amplitudes, np.array([float(T)]), self.T_ref)[
            0
        ]
        return self._sigma(slopes)

    def sigma_of_change(self, T: float) -> float | None:
        """Return the standard error of the distance of the end members at T (K), or None."""
        ends = self.amplitudes.size // 2
        away = np.asarray(T - self.T_ref) ** np.arange(ends)
        return self._sigma(np.concatenate([-away, away, [0.0, 0.0]]))

    def _sigma(self, slopes: FloatArray) -> float | None:
        if self.covariance is None:
            return None
        return float(np.sqrt(max(float(slopes @ self.covariance @ slopes), 0.0)))

    @property
    def T_half(self) -> float | None:
        """Temperature of half the change of a two-state law, K; None for others."""
        if not self.shape or self.shape[0] <= 0.0:
            return None
        return self.shape[1] / self.shape[0]

    @property
    def ten_to_ninety(self) -> tuple[float, float] | None:
        """Temperatures, K, at 10 and 90 % of the change of a two-state law; None for others."""
        if not self.shape:
            return None
        c, b = self.shape
        half = 0.5 * TEN_TO_NINETY
        return b / (c + half), b / (c - half) if c > half else float("inf")


def law_columns(law: Law, shape: Any, T: FloatArray, T_ref: Any) -> FloatArray:
    """Return what the amplitudes of a law are factors of.

    Parameters
    ----------
    law : str
        One of the laws.
    shape : tuple of float, or ndarray of shape (2, ...)
        c and b (K) of a two-state law.
    T : ndarray, shape (..., n)
        K.
    T_ref : float or ndarray
        K.

    Returns
    -------
    ndarray, shape (..., n, k)
    """
    one, away = np.ones_like(T), T - T_ref
    if law in ("constant", "line", "quadratic"):
        degree = {"constant": 0, "line": 1, "quadratic": 2}[law]
        return np.stack([away**power for power in range(degree + 1)], axis=-1)
    f = 0.5 * (1.0 + np.tanh(0.5 * (shape[0] - shape[1] / T)))
    if law == "two_state":
        return np.stack([one - f, f], axis=-1)
    return np.stack([one - f, (one - f) * away, f, f * away], axis=-1)


_NAMES: Mapping[Law, tuple[tuple[str, str], ...]] = {
    "constant": (("value", "value"),),
    "line": (("value", "value"), ("slope", "value/K")),
    "quadratic": (("value", "value"), ("slope", "value/K"), ("curvature", "value/K^2")),
    "two_state": (("low", "value"), ("high", "value"), ("dH", "kJ/mol"), ("T_half", "K")),
    "two_state_linear_ends": (
        ("low", "value"), ("low_slope", "value/K"), ("high", "value"), ("high_slope", "value/K"),
        ("dH", "kJ/mol"), ("T_half", "K"),
    ),
}  # fmt: skip


def law_fit(rows: Rows, first: int, last: int, law: Law, shape: tuple[float, ...] = ()) -> LawFit:
    """Return a law fitted to the rows ``first`` to ``last - 1``.

    Parameters
    ----------
    rows : Rows
        The whole branch.
    first, last : int
        First row, and the one after the last.
    law : str
        One of the laws.
    shape : tuple of float, optional
        c and b (K) of a two-state law, at its minimum.

    Returns
    -------
    LawFit
        Errors are those of all parameters together, at the minimum of chi2.
    """
    T, y, w = rows.T[first:last], rows.values[first:last], 1.0 / rows.sigma[first:last]
    T_ref = float(0.5 * (T[0] + T[-1]))
    columns = law_columns(law, shape, T, T_ref)
    found = np.asarray(
        np.linalg.lstsq(w[:, None] * columns, w * y, rcond=1e-13)[0], dtype=np.float64
    )
    rest = w * (y - columns @ found)
    values = list(found)
    if shape:
        c, b = shape
        values += [b * GAS_CONSTANT * 1e-3, b / c if c > 0.0 else np.inf]
    covariance = _covariance(w[:, None] * _tangents(law, shape, found, T, T_ref))
    sigma = np.full(len(values), np.nan) if covariance is None else np.sqrt(np.diag(covariance))
    named = {
        name: _parameter(float(value), float(error), unit)
        for (name, unit), value, error in zip(_NAMES[law], values, sigma, strict=True)
    }
    return LawFit(law, found, shape, T_ref, float(rest @ rest), frozen_mapping(named), covariance)


def _tangents(
    law: Law, shape: tuple[float, ...], amplitudes: FloatArray, T: FloatArray, T_ref: float
) -> FloatArray:
    """Return the slopes of the values along the amplitudes, then along dH and T_half."""
    columns = law_columns(law, shape, T, T_ref)
    if not shape:
        return columns
    c, b = shape
    f = 0.5 * (1.0 + np.tanh(0.5 * (c - b / T)))
    ends = amplitudes.size // 2
    away = (T - T_ref)[:, None] ** np.arange(ends)
    change = f * (1.0 - f) * (away @ (amplitudes[ends:] - amplitudes[:ends]))
    # f depends on dH and T_half through (dH/R) (1/T_half - 1/T)
    by_dH = change * (c / b - 1.0 / T) * 1e3 / GAS_CONSTANT
    by_half = -change * c * c / b
    return np.column_stack([columns, by_dH, by_half])


def _covariance(weighted: FloatArray) -> FloatArray | None:
    length = np.linalg.norm(weighted, axis=0)
    if (length == 0.0).any() or not np.isfinite(length).all():
        return None
    _, values, turned = np.linalg.svd(weighted / length, full_matrices=False)
    if values.size < length.size or values[-1] < 1e-10 * values[0]:
        return None
    root = (turned.T / values) / length[:, None]
    return np.asarray(root @ root.T)


def _parameter(value: float, sigma: float, unit: str) -> LawParameter:
    if not np.isfinite(sigma):
        return LawParameter(value, None, unit, "not determined by the rows of this regime")
    if unit in ("kJ/mol", "K") and sigma > abs(value):
        return LawParameter(value, None, unit, "larger than the value: not determined here")
    return LawParameter(value, sigma, unit)
