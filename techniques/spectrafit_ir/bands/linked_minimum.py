"""The lowest minimum of a linked series, from several starts.

The core's `fit_shared` first fits every spectrum by itself. Where a band vanishes those fits say
nothing and take most of the time, so the series is started from references instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import FitError
from spectrafit.fit.fit_stack import flag_bit
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import Flag
from spectrafit.fit.shared.coefficients import Coefficients
from spectrafit.fit.shared.errors import shared_errors
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.shared.layout import SharedLayout, check_laws, shared_layout
from spectrafit.fit.shared.minimum import SharedMinimum, shared_minimum
from spectrafit.fit.shared.start import start_on_laws
from spectrafit.fit.shared.work import SharedWork
from spectrafit.fit.stack import Stack, starts_of
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_quantities import FitArrays
from spectrafit_ir.bands.band_values import reason_code

__all__ = ["LinkedMinimum", "linked_minimum"]

_EVALUATIONS = 500
# of chi2: what two ways to one minimum may differ by
_SAME = 1e-6
_WHY: Mapping[Flag, str] = {
    Flag.SINGULAR: "near singular",
    Flag.AT_BOUND: "at bound",
    Flag.NOT_AT_MINIMUM: "not at a minimum",
    Flag.CALL_LIMIT: "call limit",
}


@dataclass(frozen=True, eq=False)
class LinkedMinimum:
    """Where a linked series ended.

    Parameters
    ----------
    arrays : FitArrays
        Values, errors and reasons of every row.
    factor : ndarray, shape (N, Q, m)
        Between two rows the covariance of free parameters is ``factor[i] @ factor[j].T``.
    freedom : ndarray, shape (N,)
        Points of a row less what its own parameters and its share of the laws take.
    coefficients : Coefficients
        Of the laws.
    redchi : float
        Reduced chi2 of the series.
    starts, agreeing : int
        Starts that were tried, and those that led to this minimum.
    """

    arrays: FitArrays
    factor: FloatArray
    freedom: FloatArray
    coefficients: Coefficients
    redchi: float
    starts: int
    agreeing: int

    @property
    def chi2(self) -> float:
        """Of all rows."""
        return float(self.arrays.chi2.sum())

    @property
    def at_bound(self) -> bool:
        """Whether a shared value ended on a bound."""
        return any(
            self.coefficients.sigma_reason(name) == Flag.AT_BOUND.value
            for name in self.coefficients.names
        )


def linked_minimum(
    problem: Problem,
    y: FloatArray,
    sigma: FloatArray,
    laws: Mapping[str, SharedLaw],
    starts: Sequence[Mapping[str, Any]],
    agree: int = 2,
    *,
    fresh: bool = True,
) -> LinkedMinimum:
    """Return the lowest minimum of a series that starts lead to.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    y : ndarray, shape (N, n)
        Finite spectra.
    sigma : ndarray, shape (n,) or (N, n)
        Noise.
    laws : mapping of str to SharedLaw
        By full name of a free parameter.
    starts : sequence of mapping of str to float or ndarray of shape (N,)
        At least one; a start that leads nowhere finite does not count.
    agree : int, optional
        Starts that must lead to the lowest minimum before no more are tried.
    fresh : bool, optional
        Whether the starts are no minima themselves: only then a value that equals its start tells
        that it was not fitted.

    Returns
    -------
    LinkedMinimum

    Raises
    ------
    FitError
        When no start leads anywhere.
    SettingsError
        When the laws do not serve the series.
    """
    check_laws(problem, laws, len(y))
    shared = shared_layout(problem, laws, len(y))
    stack = Stack(problem, y, sigma)
    found: list[tuple[SharedMinimum, tuple[FloatArray, FloatArray], SharedWork]] = []
    refused: FitError | None = None
    same = 0
    for start in starts:
        given, offset = starts_of(problem, start, len(y))
        work = SharedWork(stack, shared, offset)
        begin = start_on_laws(shared, given, np.zeros((*given.shape, given.shape[1])))
        try:
            found.append((shared_minimum(work, *begin, _EVALUATIONS), begin, work))
        except FitError as error:
            refused = error
            continue
        found.sort(key=lambda one: (one[0].end != 1, float(one[0].place.chi2.sum())))
        chi2 = float(found[0][0].place.chi2.sum())
        ends = [float(one[0].place.chi2.sum()) for one in found if one[0].end == 1]
        same = sum(end <= chi2 * (1.0 + _SAME) for end in ends)
        if same >= agree:
            break
    if not found:
        raise refused or FitError("no start for a linked fit")
    best, begin, work = found[0]
    return _finished(problem, laws, work, best, begin, (len(found), same), fresh)


def _finished(
    problem: Problem, laws: Mapping[str, SharedLaw], work: SharedWork, best: SharedMinimum,
    begin: tuple[FloatArray, FloatArray], tried: tuple[int, int], fresh: bool,
) -> LinkedMinimum:  # fmt: skip
    shared, place = work.shared, best.place
    errors = shared_errors(work, best, begin)
    z = shared.free(place.local, place.w)
    free = np.clip(z @ shared.layout.to_q.T, shared.low, shared.high)
    began = np.clip(shared.free(*begin) @ shared.layout.to_q.T, shared.low, shared.high)
    none = errors.flags != 0
    codes = _codes(errors.flags)
    if fresh:
        codes[(free == began) & ~none] = reason_code("equals start")
    covariance = np.where(none[:, :, None] | none[:, None, :], 0.0, errors.covariance)
    values = free @ problem.tie_matrix.T + work.offset
    converged = np.full(len(free), best.end == 1)
    arrays = FitArrays(
        problem.names, values, problem.tie_matrix, covariance, codes, place.chi2, converged,
        problem.free_names,
    )  # fmt: skip
    total = float(place.chi2.sum())
    return LinkedMinimum(
        arrays,
        errors.factor,
        errors.freedom,
        _coefficients(
            problem, laws, shared, place.w, errors.coefficient_factor, errors.coefficient_flags
        ),
        total / max(1, work.freedom),
        *tried,
    )


def _coefficients(
    problem: Problem, laws: Mapping[str, SharedLaw], shared: SharedLayout, w: FloatArray,
    factor: FloatArray, flags: NDArray[np.int64],
) -> Coefficients:  # fmt: skip
    labels: list[tuple[str, str]] = []
    for j in shared.shared:
        name = problem.free_names[j]
        labels += laws[name].labels(name, problem.units[problem.names.index(name)])
    none = flags != 0
    joint = np.where(none[:, None] | none[None, :], 0.0, factor @ factor.T)
    names, units = zip(*labels, strict=True)
    return Coefficients(names, units, shared.to_coefficients @ w, joint, flags)


def _codes(flags: NDArray[np.int64]) -> NDArray[np.int8]:
    codes = np.where(flags != 0, reason_code("near singular"), 0).astype(np.int8)
    for flag, words in _WHY.items():
        codes[flags & flag_bit(flag) != 0] = reason_code(words)
    return codes
