"""Fits of a long series or a map: in chunks, each spectrum started at its neighbour's minimum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.errors import FitError, SettingsError
from spectrafit.executor import Executor, LocalExecutor
from spectrafit.fit.fit_stack import FitStack, flag_bit
from spectrafit.fit.many import engine_of, fit_many
from spectrafit.fit.problem import Noise, Problem
from spectrafit.fit.result import Flag
from spectrafit.fit.series_data import Rows, rows_of
from spectrafit.fit.series_store import SeriesStore
from spectrafit.fit.stack import starts_of
from spectrafit.spectrum import FloatArray

__all__ = ["Chunk", "fit_series", "fitted_chunk"]

# Both depend on the index of a spectrum alone, so that no result depends on who computes it.
_CHUNK = 5_000
_ANCHOR_EVERY = 16
# reduced chi2 beyond which the fit from a neighbour is compared with one from the usual start
_MISFIT = 1.5

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Chunk:
    """A piece of a series, as a worker is handed it.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    y : Rows
        Spectra.
    sigma : ndarray of shape (n,), Rows or None
        Standard deviations.
    start : mapping of str to float or ndarray
        Starts of these spectra.
    engine : str
        Of `fit_many`, not ``"auto"``.
    counts : bool
        Whether y are counts.
    max_evaluations, restarts : int
        Of `fit_many`.
    """

    problem: Problem
    y: Rows
    sigma: Any
    start: Mapping[str, ArrayLike]
    engine: str
    counts: bool
    max_evaluations: int
    restarts: int

    @property
    def noise(self) -> Noise:
        """Whether sigma is known."""
        return "known" if self.counts or self.sigma is not None else "estimated"


def fit_series(
    problem: Problem,
    y: ArrayLike | str | Path | Rows,
    *,
    sigma: ArrayLike | str | Path | Rows | None = None,
    start: Mapping[str, ArrayLike] | None = None,
    engine: str = "auto",
    counts: bool = False,
    max_evaluations: int = 2000,
    restarts: int = 4,
    executor: Executor | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
) -> FitStack:
    """Return the fits of a series or a map with one model, read and fitted in chunks of 5,000.

    In each chunk every 16th spectrum is fitted from the start values, the others from the minimum
    of the one before them in this way; a fit from there that ends on a bound, without a minimum or
    with a misfit is tried from the start values, too. What a spectrum becomes depends on its place
    in the series and on its chunk, not on the executor. A spectrum with a value that is not finite
    keeps its row, without numbers, and has the flag ``"not finite"``.

    Parameters
    ----------
    problem : Problem
        Of one spectrum: points, model, bounds, ties and starts.
    y : array_like, str, Path or Rows
        Spectra, the points along the last axis: an array; ``"map.npy"``;
        ``"scan.h5::/entry/data"``. Files are read chunk by chunk, by the workers themselves. A map
        of shape (rows, columns, n) becomes rows x columns spectra.
    sigma : array_like, str, Path or Rows, optional
        Standard deviations, of shape (n,) or as y; the noise is estimated where there are none.
    start : mapping of str to float or ndarray of shape (N,), optional
        Start values by full name; of a fixed parameter the value at which each row holds it.
    engine : str, optional
        As in `fit_many`, by the number of spectra in the whole series.
    counts : bool, optional
        Whether y are counts.
    max_evaluations, restarts : int, optional
        As in `fit_many`.
    executor : Executor, optional
        What does the work; this process if left out.
    out : str or Path, optional
        Folder for the results as .npy files, written chunk by chunk; what an earlier call has put
        there from the same data, settings and code is not computed again. The arrays of the result
        are mapped from these files.
    progress : callable, optional
        ``progress(spectra done, all)``.

    Returns
    -------
    FitStack
        One row a spectrum.

    Raises
    ------
    FitError
        When shapes do not fit together or the compiled engine lacks a line.
    ReadError
        When a file cannot be read.
    SettingsError
        For an unknown engine, name or number.
    SpectrafitError
        When a worker ends before its work does, or the folder cannot be written.
    """
    points = problem.data[0].x.size
    rows = rows_of(y, points)
    total = rows.shape[0]
    if counts and sigma is not None:
        raise SettingsError("counts and sigma are both given", do="leave out one of them")
    errors = _sigma_of(sigma, points, rows.shape)
    starts_of(problem, start, total)
    whole = Chunk(
        problem, rows, errors, dict(start or {}), engine_of(problem, total, engine), counts,
        max_evaluations, restarts,
    )  # fmt: skip
    chosen = executor or LocalExecutor()
    pieces = [slice(b, min(b + _CHUNK, total)) for b in range(0, total, _CHUNK)]
    store = SeriesStore(whole, total, None if out is None else Path(out))
    missing = [piece for piece in pieces if not store.has(_part(whole, piece), piece)]
    done = total - sum(piece.stop - piece.start for piece in missing)
    if progress is not None and done:
        progress(done, total)
    lazily = _Parts(whole, missing)
    with closing(store), closing(chosen.completed(fitted_chunk, lazily)) as stream:
        for one in stream:
            piece = missing[one.number]
            if one.value is None:
                raise one.error or FitError(f"spectra {piece.start} to {piece.stop}: no result")
            store.put(lazily[one.number], piece, one.value)
            done += piece.stop - piece.start
            if progress is not None:
                progress(done, total)
    return store.result(rows, errors)


class _Parts(Sequence[Chunk]):
    """The chunks of a series, each made when it is asked for: not all are in memory at once."""

    def __init__(self, whole: Chunk, pieces: Sequence[slice]) -> None:
        self._whole, self._pieces = whole, pieces

    def __len__(self) -> int:
        return len(self._pieces)

    def __getitem__(self, number: Any) -> Any:
        return _part(self._whole, self._pieces[number])


def _part(whole: Chunk, piece: slice) -> Chunk:
    start = {
        name: np.asarray(value)[piece] if np.ndim(value) else value
        for name, value in whole.start.items()
    }
    sigma = whole.sigma
    if sigma is not None and np.ndim(sigma) != 1:
        sigma = sigma.piece(piece.start, piece.stop)
    return replace(whole, y=whole.y.piece(piece.start, piece.stop), sigma=sigma, start=start)


def _sigma_of(sigma: Any, points: int, shape: tuple[int, int]) -> Any:
    if sigma is None:
        return None
    if not isinstance(sigma, str | Path) and np.shape(sigma) == (points,):
        return np.asarray(sigma, dtype=float)
    rows = rows_of(sigma, points)
    if rows.shape != shape:
        raise FitError(
            f"sigma of {rows.shape[0]} spectra for {shape[0]}",
            do="give one a point, or one a value",
        )
    return rows


def fitted_chunk(chunk: Chunk) -> FitStack:
    """Return the fits of a piece of a series, without the data.

    Parameters
    ----------
    chunk : Chunk
        The piece.

    Returns
    -------
    FitStack
    """
    y = np.asarray(chunk.y[:])
    sigma = chunk.sigma if chunk.sigma is None or np.ndim(chunk.sigma) == 1 else chunk.sigma[:]
    usable = np.isfinite(y).all(axis=1)
    if np.ndim(sigma) == 2:
        usable &= np.isfinite(sigma).all(axis=1) & (sigma > 0.0).all(axis=1)
    good = np.flatnonzero(usable)
    work = _Work(chunk, y, sigma)
    blank = _blank(chunk, len(y))
    if not good.size:
        return blank
    groups = good // _ANCHOR_EVERY
    anchors = good[np.flatnonzero(np.diff(groups, prepend=-1))]
    cold = work.fitted(anchors)
    place = np.searchsorted(anchors, good, side="right") - 1
    trusted = ~work.doubtful(cold)[place]
    rest = np.setdiff1d(good, anchors)
    near = np.isin(rest, good[trusted])
    found = [(anchors, cold)]
    if rest[~near].size:
        found.append((rest[~near], work.fitted(rest[~near])))
    if rest[near].size:
        from_row = place[np.searchsorted(good, rest[near])]
        warm = work.fitted(rest[near], cold.free_values[from_row])
        again = np.flatnonzero(work.doubtful(warm))
        if again.size:
            warm = _better(warm, again, work.fitted(rest[near][again]))
        found.append((rest[near], warm))
    return _placed(blank, found)


@dataclass(frozen=True, eq=False)
class _Work:
    chunk: Chunk
    y: FloatArray
    sigma: Any

    def fitted(self, rows: NDArray[np.intp], at: FloatArray | None = None) -> FitStack:
        """Return the fits of some rows, from the start values or from near their minima."""
        chunk = self.chunk
        start = {
            name: np.asarray(value)[rows] if np.ndim(value) else value
            for name, value in chunk.start.items()
        }
        if at is not None:
            start |= dict(zip(chunk.problem.free_names, at.T, strict=True))
        sigma = self.sigma[rows] if np.ndim(self.sigma) == 2 else self.sigma
        return fit_many(
            chunk.problem, self.y[rows], sigma=sigma, start=start, engine=chunk.engine,
            counts=chunk.counts, warm=at is not None, max_evaluations=chunk.max_evaluations,
            restarts=chunk.restarts,
        )  # fmt: skip

    def doubtful(self, found: FitStack) -> NDArray[np.bool_]:
        misfit = (found.noise == "known") & (found.redchi > _MISFIT)
        return np.asarray(~found.converged | found.flag(Flag.AT_BOUND) | misfit)


def _better(warm: FitStack, again: NDArray[np.intp], cold: FitStack) -> FitStack:
    """Return the fits, those replaced that are lower, or at last a minimum, from the usual start."""
    before = warm.rows(again)
    lower = cold.chi2 < before.chi2 * (1.0 - 1e-7)
    better = cold.converged & (lower | ~before.converged)
    return _placed(warm, [(again[better], cold.rows(better))]) if better.any() else warm


def _placed(whole: FitStack, parts: Sequence[tuple[NDArray[np.intp], FitStack]]) -> FitStack:
    """Return a stack with some rows replaced."""
    own: dict[str, Any] = {name: np.array(getattr(whole, name)) for name in FitStack.per_row()}
    sigma = None if whole.y_sigma is None else np.array(whole.y_sigma)
    for rows, part in parts:
        for name, values in own.items():
            values[rows] = getattr(part, name)
        if sigma is not None and sigma.ndim == 2 and np.ndim(part.y_sigma) == 2:
            sigma[rows] = part.y_sigma
    return replace(whole, **own, y_sigma=sigma)


def _blank(chunk: Chunk, count: int) -> FitStack:
    problem = chunk.problem
    size, points = len(problem.free_names), problem.data[0].x.size
    zeros = np.zeros(count, dtype=np.int64)
    return FitStack(
        problem, np.full((count, len(problem.names)), np.nan), np.zeros((count, size, size)),
        np.ones((count, size), dtype=bool), np.full(count, np.nan),
        np.full(count, flag_bit(Flag.NOT_FINITE)), zeros, zeros.copy(), chunk.noise, chunk.engine, None,
        np.full((count, points), np.nan) if chunk.counts else None,
    )  # fmt: skip
