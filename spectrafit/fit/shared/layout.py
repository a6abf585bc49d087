"""The coordinates of a series with shared parameters: own ones of each spectrum, and coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.bounded_step import Walls
from spectrafit.fit.problem import Problem
from spectrafit.fit.shared.law import SharedLaw
from spectrafit.fit.stack import IntArray, Layout, layout_of
from spectrafit.spectrum import FloatArray

__all__ = ["SharedLayout", "check_laws", "shared_layout"]

_ALL = slice(None)


@dataclass(frozen=True, eq=False)
class SharedLayout:
    """How the parameters of all spectra follow from their own ones and the shared coefficients.

    Of the free parameters z of a spectrum, in the form of `layout`, some are its own; the others are
    ``z[shared] = offset[i] + (basis[i] * w) summed over the coefficients of each``. The columns of
    the basis are orthogonal over the series, so that temperatures far from zero do not spoil the
    digits.

    Parameters
    ----------
    layout : Layout
        Of the problem.
    local : ndarray of int, shape (U,)
        Own free parameters.
    shared : ndarray of int, shape (L,)
        Shared ones.
    owner : ndarray of int, shape (K,)
        Which of `shared` a coefficient belongs to.
    basis : ndarray, shape (N, K)
        Factor of each coefficient in each spectrum.
    offset : ndarray, shape (N, L)
        Known part of each shared parameter in each spectrum.
    to_coefficients : ndarray, shape (K, K)
        The user's coefficients are this times w.
    walls : Walls
        Bounds of the shared parameters in terms of w.
    low, high : ndarray, shape (Q,)
        Bounds of the free parameters.
    """

    layout: Layout
    local: IntArray
    shared: IntArray
    owner: IntArray
    basis: FloatArray
    offset: FloatArray
    to_coefficients: FloatArray
    walls: Walls
    low: FloatArray
    high: FloatArray

    def free(self, local: FloatArray, w: FloatArray, rows: slice = _ALL) -> FloatArray:
        """Return the free parameters of some spectra.

        Parameters
        ----------
        local : ndarray, shape (N, U)
            Own ones of all spectra.
        w : ndarray, shape (K,)
            Coefficients.
        rows : slice, optional
            Which spectra.

        Returns
        -------
        ndarray, shape (n, Q)
        """
        z = self.steps(local, w, rows)
        z[:, self.shared] += self.offset[rows]
        return z

    def steps(self, local: FloatArray, w: FloatArray, rows: slice = _ALL) -> FloatArray:
        """Return how far the free parameters of some spectra move.

        Parameters
        ----------
        local : ndarray, shape (N, U)
            Steps of own ones of all spectra.
        w : ndarray, shape (K,)
            Steps of the coefficients.
        rows : slice, optional
            Which spectra.

        Returns
        -------
        ndarray, shape (n, Q)
        """
        own = local[rows]
        z = np.empty((len(own), self.local.size + self.shared.size))
        z[:, self.local] = own
        z[:, self.shared] = self.by_owner(self.basis[rows] * w)
        return z

    def by_owner(self, parts: FloatArray) -> FloatArray:
        """Return the sum over the coefficients of each shared parameter.

        Parameters
        ----------
        parts : ndarray, shape (n, K)
            One column a coefficient.

        Returns
        -------
        ndarray, shape (n, L)
        """
        sums = np.zeros((len(parts), self.shared.size))
        for k, place in enumerate(self.owner):
            sums[:, place] += parts[:, k]
        return sums


def check_laws(problem: Problem, laws: Mapping[str, SharedLaw], count: int) -> None:
    """Refuse laws that do not serve a series.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    laws : mapping of str to SharedLaw
        By full name.
    count : int
        Number of spectra.

    Raises
    ------
    SettingsError
        For a name that is not a free parameter, or a basis for another number of spectra.
    """
    for name, law in laws.items():
        if name not in problem.names:
            advice = nearest(name, problem.free_names, noun="the free parameters")
            raise SettingsError(f"no parameter {name!r} to share", do=advice)
        if name in problem.tied:
            raise SettingsError(f"{name} is tied", where=name, do="share what it is tied to")
        if name not in problem.free_names:
            raise SettingsError(f"{name} is fixed", where=name, do="free it, or leave out its law")
        if len(law.basis) != count:
            raise SettingsError(
                f"the law of {name} is for {len(law.basis)} spectra, not {count}",
                where=name,
                do="give its basis one row a spectrum",
            )


def shared_layout(problem: Problem, laws: Mapping[str, SharedLaw], count: int) -> SharedLayout:
    """Return the coordinates of a series.

    Parameters
    ----------
    problem : Problem
        Of one spectrum.
    laws : mapping of str to SharedLaw
        By full name of a free parameter; checked.
    count : int
        Number of spectra.

    Returns
    -------
    SharedLayout
    """
    names = [name for name in problem.free_names if name in laws]
    free = list(problem.free_names)
    shared = np.array([free.index(name) for name in names], dtype=np.intp)
    local = np.array([j for j in range(len(free)) if j not in set(shared)], dtype=np.intp)
    layout = _loosened(problem, local, shared, [laws[name].basis for name in names])
    sizes = [laws[name].basis.shape[1] for name in names]
    ends = np.cumsum([0, *sizes])
    owner = np.repeat(np.arange(len(names)), sizes)
    basis = np.empty((count, owner.size))
    inverse = np.zeros((owner.size, owner.size))
    walls, low, high = [np.zeros((0, owner.size))], [], []
    for place, name in enumerate(names):
        part = slice(ends[place], ends[place + 1])
        given = laws[name].basis
        basis[:, part], inverse[part, part] = _orthogonal(given)
        free_place = shared[place]
        bounds = problem.free_min[free_place], problem.free_max[free_place]
        if np.isfinite(bounds).any():
            ends_of_law, least, most = _walls(given, basis[:, part], laws[name].known)
            rows = np.zeros((len(ends_of_law), owner.size))
            rows[:, part] = ends_of_law
            walls.append(rows)
            low += list(bounds[0] - least)
            high += list(bounds[1] - most)
    mixed = layout.to_q[np.ix_(shared, shared)]
    index = np.arange(owner.size) - ends[owner]
    mixing = np.where(index[:, None] == index[None, :], mixed[np.ix_(owner, owner)], 0.0)
    known = np.column_stack([laws[name].known for name in names])
    # shared ones are mixed among themselves only: own ones do not enter the mixtures
    offset = known @ layout.from_q[np.ix_(shared, shared)].T
    return SharedLayout(
        layout, local, shared, owner, basis, offset, inverse @ mixing,
        Walls(np.concatenate(walls), np.array(low), np.array(high)),
        problem.free_min, problem.free_max,
    )  # fmt: skip


def _orthogonal(basis: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return orthogonal columns of mean square 1, and what turns theirs into given coefficients."""
    if basis.shape[1] == 1 and (basis == 1.0).all():
        return basis, np.eye(1)
    columns, triangle = np.linalg.qr(basis)
    # numbers that a reader recognises: the first column keeps its sign
    signs = np.where(np.diag(triangle) < 0.0, -1.0, 1.0)
    scale = np.sqrt(len(basis)) * signs
    return columns * scale, np.linalg.inv(triangle) @ np.diag(scale)


def _walls(
    given: FloatArray, basis: FloatArray, known: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the rows that bound a law, and the least and the most of the known parts of each."""
    _, first, which = np.unique(given, axis=0, return_index=True, return_inverse=True)
    which = which.ravel()
    least, most = np.full(first.size, np.inf), np.full(first.size, -np.inf)
    np.minimum.at(least, which, known)
    np.maximum.at(most, which, known)
    rows = basis[first]
    if np.ptp(known) > 0.0:
        return rows, least, most
    ends = _extremes(rows)
    return ends, np.full(len(ends), known[0]), np.full(len(ends), known[0])


def _extremes(basis: FloatArray) -> FloatArray:
    """Return the rows whose bounds imply those of the others."""
    rows = basis
    spread = rows - rows[0]
    values = np.linalg.svd(spread, compute_uv=False)
    if len(rows) < 3 or (values.size > 1 and values[1] > 1e-12 * np.abs(rows).max()):
        return rows
    # all on one line, like those of a law linear in temperature: its two ends
    along = spread @ spread[np.argmax((spread**2).sum(axis=1))]
    return rows[[int(np.argmin(along)), int(np.argmax(along))]]


def _loosened(
    problem: Problem, local: IntArray, shared: IntArray, bases: list[FloatArray]
) -> Layout:
    """Return the problem's layout with own and shared columns made orthogonal apart.

    Shared ones are freed of what own ones can do; among themselves they are mixed only where they
    follow the same law, so that the law still holds for the mixtures.
    """
    layout = layout_of(problem)
    own = np.zeros(len(problem.free_names), dtype=bool)
    own[local] = True
    acts = (layout.matrix != 0.0).any(axis=0)
    open_ends = np.isinf(problem.free_min) & np.isinf(problem.free_max)
    columns = (problem.tie_matrix[layout.constant_places].T @ layout.constants)[layout.column_of]
    places = np.flatnonzero((open_ends & ~acts)[layout.column_of])
    places = places[np.argsort(~own[layout.column_of[places]], kind="stable")]
    order = layout.column_of[places]
    to_q = np.eye(own.size)
    if order.size > 1:
        scale = np.sqrt(columns.shape[1])
        first = np.linalg.qr(columns[places].T)[1]
        if np.abs(np.diag(first)).min() > 1e-14 * np.abs(np.diag(first)).max():
            # twice: one pass leaves the columns of an ill-conditioned block visibly oblique
            second = np.linalg.qr(np.linalg.solve(first.T, columns[places]).T)[1]
            from_q = second @ first / scale
            count = int(own[order].sum())
            loose = [bases[int(np.flatnonzero(shared == place)[0])] for place in order[count:]]
            if any(not np.array_equal(one, loose[0]) for one in loose):
                from_q[count:, count:] = np.eye(len(loose))
            to_q[np.ix_(order, order)] = np.linalg.inv(from_q)
    block = to_q[np.ix_(layout.column_of, layout.column_of)]
    return replace(
        layout,
        columns=np.asarray(block.T @ columns, dtype=float),
        to_q=to_q,
        from_q=np.asarray(np.linalg.inv(to_q), dtype=float),
    )
