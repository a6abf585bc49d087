"""The compiled engine's way in: arrays of spectra to arrays of minima, on threads."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.fit.minima import Minima, Settings
from spectrafit.fit.stack import Layout
from spectrafit.lines.exponential import ExponentialFunction, exponential
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray

__all__ = ["compiled_inverses", "compiled_minima", "is_installed", "not_compiled"]

# spectra a thread takes at a time; and points that a vector register divides
_SHARE = 512
_PAD = 8


def is_installed() -> bool:
    """Return whether numba is there, without importing it.

    Returns
    -------
    bool
    """
    from importlib.util import find_spec

    return find_spec("numba") is not None


@lru_cache(maxsize=1)
def _code() -> tuple[ModuleType, ModuleType]:
    """Return the compiled modules, imported with their own cache folder."""
    if not is_installed():
        raise SettingsError(
            "the compiled engine needs numba", do='pip install "spectrafit-suite[fast]"'
        )
    from spectrafit.fit.compiled.cache import caching

    with caching():
        from spectrafit.fit.compiled import lines, minimum
    return lines, minimum


def not_compiled(layout: Layout) -> tuple[str, ...]:
    """Return the names of the lines that the compiled engine does not have.

    Parameters
    ----------
    layout : Layout
        Of the problem.

    Returns
    -------
    tuple of str
    """
    known = _known()
    return tuple(dict.fromkeys(c.line.name for c in layout.moving if _text(c) not in known))


def _text(component: Component) -> Any:
    function = component.line.function
    return exponential if isinstance(function, ExponentialFunction) else function


@lru_cache(maxsize=1)
def _known() -> frozenset[Any]:
    """Return the lines that can be compiled, without importing numba."""
    from spectrafit.lines import (
        asymmetric_doublet,
        doublet,
        gaussian,
        lorentzian,
        pearson7,
        pseudo_voigt,
        sextet,
        step,
    )

    return frozenset({
        gaussian.gaussian, lorentzian.lorentzian, step.erf_step, step.arctan_step, doublet.doublet,
        exponential, pearson7.pearson7, pseudo_voigt.pseudo_voigt_by_height,
        pseudo_voigt.pseudo_voigt_by_area, asymmetric_doublet.asymmetric_doublet, sextet.sextet,
    })  # fmt: skip


def compiled_minima(
    layout: Layout, x: FloatArray, y: FloatArray, w: FloatArray, offset: FloatArray,
    start: FloatArray, low: FloatArray, high: FloatArray, settings: Settings, threads: int = 1,
) -> Minima:  # fmt: skip
    """Return the minima of some spectra.

    Parameters
    ----------
    layout : Layout
        Lines, ties and columns.
    x : ndarray, shape (n,)
        Points.
    y : ndarray, shape (N, n)
        Values less what is fixed.
    w : ndarray, shape (n,) or (N, n)
        Weights.
    offset : ndarray, shape (N, M)
        Constants of the moving components' parameters.
    start : ndarray, shape (N, Q)
        Starts in z.
    low, high : ndarray, shape (Q,)
        Bounds.
    settings : Settings
        Limit, tolerance and damping.
    threads : int, optional
        Threads that share the spectra; the minima do not depend on it.

    Returns
    -------
    Minima
    """
    _, minimum = _code()
    count, size = start.shape
    n = x.size
    padded = n + (-n) % _PAD
    points = np.concatenate([x, np.full(padded - n, x[-1])])
    values, weights = _own(y), _own(np.atleast_2d(w))
    columns = np.zeros((len(layout.columns), padded))
    columns[:, :n] = layout.columns
    bins, on_bins = _bins(layout, offset, start, settings)
    coded = _lines(layout)
    ties, used = _ties(layout, size)
    z = np.array(start)
    chi2 = np.empty(count)
    normals = np.empty((count, size, size))
    evaluations = np.empty(count, dtype=np.int64)
    ends = np.empty(count, dtype=np.int64)
    neighbours = np.empty(count)
    numbers = (
        settings.limit, settings.tolerance, settings.damping, settings.share, settings.careful
    )  # fmt: skip
    lower, upper = np.array(low), np.array(high)
    offsets = np.ascontiguousarray(offset)

    def one(begin: int) -> None:
        part = slice(begin, begin + _SHARE)
        own = weights[part] if len(weights) == count else weights
        minimum.minima(
            points, values[part], own, offsets[part], columns, bins, on_bins[part], z[part],
            lower, upper, coded, ties, used, numbers, settings.neighbours, chi2[part],
            normals[part], evaluations[part], ends[part], neighbours[part],
        )  # fmt: skip

    _shared(one, range(0, count, _SHARE), threads)
    return Minima(z, chi2, normals, evaluations, ends, neighbours)


def compiled_inverses(normals: FloatArray, held: Any) -> tuple[FloatArray, FloatArray]:
    """Return the inverse normal matrices and how correlation inflates each variance.

    Parameters
    ----------
    normals : ndarray, shape (N, Q, Q)
        Normal matrices.
    held : ndarray of bool, shape (N, Q)
        Parameters that are left out.

    Returns
    -------
    inverse : ndarray, shape (N, Q, Q)
    inflation : ndarray, shape (N, Q)
        Infinite where there is no inverse, 0 for what is held.
    """
    _, minimum = _code()
    out = np.empty_like(normals)
    inflation = np.empty(held.shape)
    minimum.inverses(np.ascontiguousarray(normals), np.ascontiguousarray(held), out, inflation)
    return out, inflation


def _own(array: FloatArray) -> FloatArray:
    """Return an array of the one kind that is compiled for, itself where it is that already."""
    if array.flags.c_contiguous and array.flags.writeable:
        return array
    return np.array(array, order="C")


def _bins(
    layout: Layout, offset: FloatArray, start: FloatArray, settings: Settings
) -> tuple[tuple[Any, ...], Any]:
    """Return what `minima` is told of the bins, and which spectra are looked at on them."""
    bins, first = settings.bins, settings.on_bins
    if bins is None:
        nothing = np.zeros(_PAD), np.zeros((len(layout.columns), _PAD))
        none = (0, *nothing, first.limit, first.tolerance, np.zeros(0, dtype=np.int64), 0.0)
        return none, np.zeros(len(start), dtype=bool)
    count = bins.x.size
    padded = count + (-count) % _PAD
    x, columns = np.full(padded, bins.x[-1]), np.zeros((len(bins.columns), padded))
    x[:count], columns[:, :count] = bins.x, bins.columns
    widths = bins.widths.astype(np.int64)
    told = (count, x, columns, first.limit, first.tolerance, widths, bins.least_width)
    return told, bins.narrowest(layout, start, offset) >= bins.least_width


def _shared(work: Any, parts: Iterable[int], threads: int) -> None:
    if threads <= 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, parts):
            pass


@lru_cache(maxsize=8)
def _lines(layout: Layout) -> tuple[Any, ...]:
    codes = _code()[0].CODES
    numbers, origins = [], []
    for component, begin in zip(layout.moving, layout.starts, strict=True):
        code = codes[_text(component)]
        rows = component.line.parameters
        last = begin + len(rows) - 1
        if rows[-1].fixed and not layout.matrix[last].any():
            code += 1
        numbers.append(code)
        function = component.line.function
        origins.append(function.origin if isinstance(function, ExponentialFunction) else 0.0)
    return (
        np.array(numbers, dtype=np.int64),
        np.array(origins, dtype=float),
        np.array(layout.starts, dtype=np.int64),
    )


@lru_cache(maxsize=8)
def _ties(layout: Layout, size: int) -> tuple[tuple[Any, ...], Any]:
    """Return owners, matrices and columns; rows in use."""
    count = len(layout.places)
    matrix = np.array(layout.matrix).reshape(count, size)
    owners = np.full(count, -1, dtype=np.int64)
    for k in layout.used:
        places = np.flatnonzero(matrix[k])
        plain = places.size == 1 and matrix[k, places[0]] == 1.0
        owners[k] = places[0] if plain else -2
    rows = [*layout.used.tolist(), *range(count, count + len(layout.columns))]
    combine = np.zeros((len(rows), size))
    for a, row in enumerate(rows):
        if row < count:
            combine[a] = matrix[row]
        else:
            combine[a, layout.column_of[row - count]] = 1.0
    single = (combine != 0.0).sum(axis=0) == 1
    direct = single.all() and len(rows) == size and (owners[layout.used] >= 0).all()
    if direct:
        rows = [rows[int(np.flatnonzero(combine[:, j])[0])] for j in range(size)]
        combine = np.zeros((0, size))
    residual = count + len(layout.columns)
    used = np.array([*rows, residual, residual + 1, residual + 1], dtype=np.int64)
    columns_of = np.array(layout.column_of, dtype=np.int64)
    return (owners, matrix, combine, columns_of), used
