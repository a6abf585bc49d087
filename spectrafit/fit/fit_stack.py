"""What a batch of fits found: arrays of values, errors and flags, one row a spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.problem import Noise, Problem
from spectrafit.fit.result import FIXED, FitResult, Flag
from spectrafit.spectrum import FloatArray

__all__ = ["FitStack", "flag_bit"]

BoolArray = NDArray[np.bool_]


def flag_bit(flag: Flag) -> int:
    """Return the bit of a flag in `FitStack.flags`.

    Parameters
    ----------
    flag : Flag
        The flag.

    Returns
    -------
    int
    """
    return 1 << list(Flag).index(flag)


@dataclass(frozen=True, eq=False)
class FitStack:
    """Fits of many spectra with one problem.

    An error is a number or NaN with the reason in the flags. `result` gives the verdict of the
    single fit on one row, which looks closer (saddles, what the softest direction does).

    Parameters
    ----------
    problem : Problem
        Model, bounds and ties, of one spectrum.
    values : ndarray, shape (N, P)
        Every parameter, in the order of `names`.
    free_covariance : ndarray, shape (N, Q, Q)
        Of the free parameters; rows and columns of those without an error are 0.
    without_error : ndarray of bool, shape (N, Q)
        Free parameters that have none: at a bound, undetermined, or no minimum found.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals.
    flags : ndarray of int, shape (N,)
        Bits of `flag_bit`.
    evaluations : ndarray of int, shape (N,)
        Calls of the model, restarts included.
    restarts : ndarray of int, shape (N,)
        How often the spectrum was fitted again from elsewhere.
    noise : str
        ``"known"`` or ``"estimated"`` (the covariance is scaled by each reduced chi2).
    engine : str
        What found the minima.
    y, y_sigma : array_like
        What was fitted, for `result`; y_sigma None where the noise is not known.
    """

    problem: Problem
    values: FloatArray
    free_covariance: FloatArray
    without_error: BoolArray
    chi2: FloatArray
    flags: NDArray[np.int64]
    evaluations: NDArray[np.int64]
    restarts: NDArray[np.int64]
    noise: Noise
    engine: str
    y: Any
    y_sigma: Any

    def __len__(self) -> int:
        return len(self.chi2)

    @property
    def names(self) -> tuple[str, ...]:
        """Full names of all parameters."""
        return self.problem.names

    @property
    def free_names(self) -> tuple[str, ...]:
        """Full names of the free parameters."""
        return self.problem.free_names

    @property
    def units(self) -> tuple[str, ...]:
        """Units of all parameters."""
        return self.problem.units

    @property
    def ndata(self) -> int:
        """Points of a spectrum."""
        return self.problem.ndata

    @property
    def nvary(self) -> int:
        """Free parameters of a spectrum."""
        return len(self.problem.free_names)

    @property
    def redchi(self) -> FloatArray:
        """Reduced chi2 of every spectrum."""
        return self.chi2 / max(1, self.ndata - self.nvary)

    @property
    def free_values(self) -> FloatArray:
        """Free parameters, shape (N, Q)."""
        index = [self.names.index(name) for name in self.free_names]
        return self.values[:, index]

    @property
    def covariance(self) -> FloatArray:
        """Covariance of all parameters, shape (N, P, P); tied ones propagated, fixed ones 0."""
        matrix = self.problem.tie_matrix
        return np.asarray(matrix @ self.free_covariance @ matrix.T)

    def flag(self, flag: Flag) -> BoolArray:
        """Return which spectra have a flag.

        Parameters
        ----------
        flag : Flag
            The flag.

        Returns
        -------
        ndarray of bool, shape (N,)
        """
        return np.asarray(self.flags & flag_bit(flag) != 0)

    @property
    def converged(self) -> BoolArray:
        """Which spectra reached a minimum."""
        return self.flag(Flag.CONVERGED)

    def value(self, name: str) -> FloatArray:
        """Return a parameter of every spectrum.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        ndarray, shape (N,)

        Raises
        ------
        SettingsError
            When there is no such parameter.
        """
        return self.values[:, self._place(name)].copy()

    def sigma(self, name: str) -> FloatArray:
        """Return the standard error of a parameter of every spectrum, NaN where there is none.

        Parameters
        ----------
        name : str
            Full name.

        Returns
        -------
        ndarray, shape (N,)
        """
        row = self.problem.tie_matrix[self._place(name)]
        parts = np.flatnonzero(row)
        block = self.free_covariance[:, parts[:, None], parts[None, :]]
        variance = np.einsum("nab,a,b->n", block, row[parts], row[parts])
        usable = (variance > 0.0) & ~self.without_error[:, parts].any(axis=1)
        return np.sqrt(np.where(usable, variance, np.nan))

    def result(self, row: int) -> FitResult:
        """Return one row as a fit's result, judged by the rule of the single fit.

        Parameters
        ----------
        row : int
            Which spectrum.

        Returns
        -------
        FitResult

        Raises
        ------
        FitError
            When the row was not fitted.
        """
        from spectrafit.fit.solution import Solution, fit_result

        row = range(len(self))[row]
        if self.flags[row] & flag_bit(Flag.NOT_FINITE):
            raise FitError(
                "it was not fitted: a value, a sigma or the sum of squares is not a finite number",
                where=f"row {row}",
                do="ask the rows without the flag",
            )
        problem = self.problem_of(row)
        q = self.free_values[row]
        on = (q == problem.free_min) | (q == problem.free_max)
        limited = bool(self.flag(Flag.CALL_LIMIT)[row])
        solution = Solution(q, int(self.evaluations[row]), limited, self.engine, "", on)
        return fit_result(problem, solution)

    def problem_of(self, row: int) -> Problem:
        """Return the problem of one row: its own data, starts and fixed values.

        Parameters
        ----------
        row : int
            Which spectrum.

        Returns
        -------
        Problem
        """
        spectrum = self.problem.data[0]
        sigma = self.y_sigma
        if sigma is not None:
            sigma = np.array(sigma if np.ndim(sigma) == 1 else sigma[row], dtype=float)
        own = replace(spectrum, y=np.array(self.y[row], dtype=float), sigma=sigma)
        fixed = {
            name: float(self.values[row, i])
            for i, name in enumerate(self.names)
            if name not in self.problem.tied and name not in self.free_names
        }
        start = {**self.problem.start, **fixed}
        changes = {
            name: replace(change, start=None) if name in fixed else change
            for name, change in self.problem.parameters.items()
        }
        return Problem(own, self.problem.model[0], start=start, parameters=changes)

    def rows(self, some: slice | Sequence[int] | NDArray[Any]) -> FitStack:
        """Return some of the spectra.

        Parameters
        ----------
        some : slice, or sequence of int or bool
            Which.

        Returns
        -------
        FitStack
        """
        which: Any = some if isinstance(some, slice) else np.asarray(some)
        sigma = self.y_sigma
        own: dict[str, Any] = {name: getattr(self, name)[which] for name in _PER_ROW}
        return replace(
            self,
            **own,
            y=self.y[which],
            y_sigma=sigma[which] if np.ndim(sigma) == 2 else sigma,
        )

    @staticmethod
    def per_row() -> tuple[str, ...]:
        """Return the names of the arrays that have a row for each spectrum."""
        return _PER_ROW

    @staticmethod
    def joined(parts: Sequence[FitStack]) -> FitStack:
        """Return the stacks of one problem, one after another.

        Parameters
        ----------
        parts : sequence of FitStack
            At least one.

        Returns
        -------
        FitStack

        Raises
        ------
        FitError
            When there is none.
        """
        if not parts:
            raise FitError("no stacks to join")
        first = parts[0]
        sigma = first.y_sigma
        if np.ndim(sigma) == 2:
            sigma = np.concatenate([part.y_sigma for part in parts])
        own: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts]) for name in _PER_ROW
        }
        return replace(
            first,
            **own,
            y=None if first.y is None else np.concatenate([part.y for part in parts]),
            y_sigma=sigma,
        )

    def _place(self, name: str) -> int:
        if name not in self.names:
            raise SettingsError(
                f"no parameter {name!r} in the fits",
                do=nearest(name, self.names, noun="the parameters"),
            )
        return self.names.index(name)

    def reason(self, name: str, row: int) -> str:
        """Return why a parameter of a spectrum has no error, empty where it has one.

        Parameters
        ----------
        name : str
            Full name.
        row : int
            Which spectrum.

        Returns
        -------
        str
        """
        if np.isfinite(self.sigma(name)[row]):
            return ""
        if not self.problem.tie_matrix[self._place(name)].any():
            return FIXED
        if self.flags[row] & flag_bit(Flag.NOT_FINITE):
            return Flag.NOT_FINITE.value
        return self.result(row).sigma_reason(name) or Flag.SINGULAR.value


_PER_ROW = tuple(
    one.name
    for one in fields(FitStack)
    if one.name not in ("problem", "noise", "engine", "y", "y_sigma")
)
