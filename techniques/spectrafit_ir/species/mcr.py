"""Curve resolution of a mixture on request, with what is left open by it."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.species.stack import checked_noise, checked_rows, checked_temperatures

__all__ = ["AMBIGUOUS", "Mixture", "ShareRange", "resolved_mixture", "share_range"]

AMBIGUOUS = (
    "The spectra and shares of curve resolution are ambiguous by a rotation: other spectra describe "
    "the rows as well. Here the first guesses are measured rows, which fixes the answer there: "
    "these rows are taken for pure species, whatever they hold."
)
"""What stands beside every result of curve resolution."""

_WHERE = "curve resolution"
_FARTHEST = 100.0  # of the measured change: a limit beyond is none
_BELOW_ZERO = 4.0  # standard deviations: noise alone goes beyond once in 30,000 points


@dataclass(frozen=True, eq=False)
class ShareRange:
    """Shares of the second species that closed, non-negative mixtures of two allow.

    Parameters
    ----------
    low, high : ndarray, shape (N,)
        Ends of the range of each row, coldest first.
    before, after : float
        How far beyond the coldest and the hottest end pure spectra may lie, in units of the
        measured change; infinite where no absorbance falls below zero.
    """

    low: FloatArray
    high: FloatArray
    before: float
    after: float


@dataclass(frozen=True, eq=False)
class Mixture:
    """Spectra and shares of a curve resolution.

    Parameters
    ----------
    T : ndarray, shape (N,)
        K, rising.
    spectra : ndarray, shape (k, n)
        Absorbance of each species alone.
    shares : ndarray, shape (N, k)
        Sum 1 in each row.
    rms : float
        Of what is left over, absorbance.
    iterations : int
        Until nothing better was found.
    converged : bool
        Whether that was before the limit of iterations.
    guesses : tuple of float
        K, of the rows the spectra started from.
    allowed : ShareRange or None
        For two species.
    statement : str
        `AMBIGUOUS`.
    """

    T: FloatArray
    spectra: FloatArray
    shares: FloatArray
    rms: float
    iterations: int
    converged: bool
    guesses: tuple[float, ...]
    allowed: ShareRange | None
    statement: str = AMBIGUOUS


def resolved_mixture(
    x: ArrayLike,
    Y: ArrayLike,
    sigma: ArrayLike,
    T: ArrayLike,
    *,
    guesses: Sequence[float] = (),
    iterations: int = 500,
) -> Mixture:
    """Return non-negative spectra and shares whose products are the rows.

    Alternating non-negative least squares by pyMCR (C. H. Camp Jr., J. Res. Natl. Inst. Stand.
    Technol. 124, 124018 (2019)), which the extra ``mcr`` brings; shares sum to one.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending.
    Y : array_like, shape (N, n)
        Absorbance of one regime and branch, the baseline taken off.
    sigma : array_like, shape (N,)
        White-noise standard deviation of each row, absorbance.
    T : array_like, shape (N,)
        K, in any order.
    guesses : sequence of float, optional
        K, of the rows to start from, one a species; the coldest and the hottest where not given.
    iterations : int, optional
        At most so many.

    Returns
    -------
    Mixture
        Spectra, shares, and the statement of what is left open.

    Raises
    ------
    SettingsError
        Where pyMCR is not installed, a guess is no row's temperature, or the rows do not fit.
    """
    axis, rows = checked_rows(x, Y, _WHERE)
    noise = checked_noise(sigma, rows.shape[0], _WHERE)
    kelvin = checked_temperatures(T, rows.shape[0], _WHERE)
    order = np.argsort(kelvin)
    kelvin, rows, noise = kelvin[order], rows[order], noise[order]
    wanted = tuple(guesses) or (float(kelvin[0]), float(kelvin[-1]))
    chosen = [_row_at(kelvin, one) for one in wanted]
    if not 2 <= len(set(chosen)) == len(chosen) <= rows.shape[0]:
        raise SettingsError("guesses must be two or more different rows", where=_WHERE)
    try:
        from pymcr.constraints import ConstraintNorm
        from pymcr.mcr import McrAR
        from pymcr.regressors import NNLS
    except ImportError as missing:
        raise SettingsError(
            "curve resolution needs pyMCR", where=_WHERE, do="install the extra mcr"
        ) from missing
    # the error may rise for a few steps, as shares are made to sum to one after each
    solver = McrAR(
        c_regr=NNLS(), st_regr=NNLS(), c_constraints=[ConstraintNorm()], st_constraints=[],
        max_iter=iterations, tol_increase=None, tol_n_increase=None, tol_n_above_min=20,
    )  # fmt: skip
    with _quiet("pymcr.mcr"):
        solver.fit(rows, ST=np.clip(rows[chosen], 0.0, None))
    spectra, shares = np.asarray(solver.ST_opt_), np.asarray(solver.C_opt_)
    two = len(chosen) == 2
    return Mixture(
        kelvin,
        spectra,
        shares,
        math.sqrt(float(np.mean((rows - shares @ spectra) ** 2))),
        int(solver.n_iter_opt),
        bool(solver.exit_tol_n_above_min),
        tuple(float(kelvin[one]) for one in chosen),
        share_range(axis, rows, noise) if two else None,
    )


def share_range(x: ArrayLike, Y: ArrayLike, sigma: ArrayLike) -> ShareRange:
    """Return the shares that two non-negative species with shares of sum one may have.

    Rows on a straight line between two spectra, ``y(f)`` with f 0 at the coldest end and 1 at the
    hottest, may be mixtures of any ``y(-a)`` and ``y(1 + b)`` that are nowhere below zero beyond
    noise: W. H. Lawton and E. A. Sylvestre, Technometrics 13, 617 (1971). The share of the second
    in a row is then ``(f + a)/(1 + a + b)``.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending.
    Y : array_like, shape (N, n)
        Absorbance, coldest row first, the baseline taken off.
    sigma : array_like, shape (N,)
        White-noise standard deviation of each row, absorbance.

    Returns
    -------
    ShareRange
        For each row.

    Raises
    ------
    SettingsError
        For rows that do not fit each other.
    """
    _, rows = checked_rows(x, Y, _WHERE)
    noise = float(np.sqrt(np.mean(checked_noise(sigma, rows.shape[0], _WHERE) ** 2)))
    centred = rows - rows.mean(axis=0)
    score = np.linalg.svd(centred, full_matrices=False)[0][:, 0]
    score = score if score[-1] >= score[0] else -score
    f = (score - score.min()) / np.ptp(score)
    about = f - f.mean()
    slope = about @ centred / (about @ about)
    middle = rows.mean(axis=0)

    def allowed(place: float) -> bool:
        far = place - float(f.mean())
        error = noise * math.sqrt(1.0 / f.size + far**2 / float(about @ about))
        return bool((middle + far * slope > -_BELOW_ZERO * error).all())

    steps = np.concatenate([[0.0], np.geomspace(1e-3, _FARTHEST, 600)])
    before, after = (
        _last_allowed(steps, [allowed(place) for place in places])
        for places in (-steps, 1.0 + steps)
    )
    low = f / (1.0 + after)
    high = np.ones_like(f) if math.isinf(before) else (f + before) / (1.0 + before)
    return ShareRange(low, high, before, after)


def _last_allowed(steps: FloatArray, allowed: list[bool]) -> float:
    if all(allowed):
        return math.inf
    first = allowed.index(False)
    return float(steps[max(first - 1, 0)])


def _row_at(kelvin: FloatArray, wanted: float) -> int:
    found = np.flatnonzero(np.isclose(kelvin, wanted, rtol=0, atol=1e-6))
    if found.size != 1:
        raise SettingsError(
            f"no row at {wanted:g} K",
            where=_WHERE,
            do=f"rows are at {', '.join(f'{one:g}' for one in kelvin[:10])} K"
            + (" and more" if kelvin.size > 10 else ""),
        )
    return int(found[0])


@contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a library's remarks on how it ended from the screen: they are in the result."""
    # the library sets the level itself, at every call
    logger = logging.getLogger(name)
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
