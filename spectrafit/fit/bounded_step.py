"""The least of a small parabola between linear walls: primal active sets.

Nocedal, Wright, *Numerical Optimization* (2006), algorithm 16.3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["Walls"]

# of a wall's own reach: what rounding makes of a way along the wall
_ALONG = 1e-12


@dataclass(frozen=True, eq=False)
class Walls:
    """Bounds of linear combinations, ``low <= matrix @ w <= high``.

    Parameters
    ----------
    matrix : ndarray, shape (R, K)
        One wall a row.
    low, high : ndarray, shape (R,)
        Infinite where open.
    """

    matrix: FloatArray
    low: FloatArray
    high: FloatArray

    def shares(self, w: FloatArray, share: float) -> Walls:
        """Return the walls of a step from w that goes at most a share of each distance.

        Parameters
        ----------
        w : ndarray, shape (K,)
            Between the walls.
        share : float
            1 for all of the distance.

        Returns
        -------
        Walls
        """
        at = self.matrix @ w
        low, high = np.minimum(self.low - at, 0.0), np.maximum(self.high - at, 0.0)
        return Walls(self.matrix, share * low, share * high)

    def of(self, some: NDArray[np.intp]) -> Walls:
        """Return the walls in terms of some coefficients, the others held.

        Parameters
        ----------
        some : ndarray of int
            Which.

        Returns
        -------
        Walls
        """
        return Walls(self.matrix[:, some], self.low, self.high)

    def least(self, square: FloatArray, slope: FloatArray) -> FloatArray:
        """Return the step that makes ``step @ square @ step / 2 - slope @ step`` least.

        Parameters
        ----------
        square : ndarray, shape (K, K)
            Positive definite.
        slope : ndarray, shape (K,)
            In any case the step 0 must be inside.

        Returns
        -------
        ndarray, shape (K,)

        Raises
        ------
        LinAlgError
            When the matrix is singular.
        """
        step = np.zeros(slope.size)
        if not slope.size:
            return step
        root = np.sqrt(np.diag(square))
        small = _ALONG * float(np.abs(slope / root).max())
        on: list[tuple[int, float]] = []
        reach = np.abs(self.matrix).sum(axis=1)
        for _ in range(20 + 10 * slope.size):
            way, force = self._way(square, slope - square @ step, [row for row, _ in on])
            if float(np.abs(way * root).max()) <= small:
                pulls = [side * f for (_, side), f in zip(on, force, strict=True)]
                if not pulls or min(pulls) >= 0.0:
                    break
                on.pop(int(np.argmin(pulls)))
                continue
            moved = self.matrix @ way
            moved[np.abs(moved) <= _ALONG * reach * np.abs(way).max()] = 0.0
            moved[[row for row, _ in on]] = 0.0
            at = self.matrix @ step
            room = np.where(moved > 0.0, self.high - at, self.low - at)
            far = np.full(len(moved), np.inf)
            np.divide(room, moved, out=far, where=moved != 0.0)
            far = np.maximum(far, 0.0)
            row = int(np.argmin(far)) if far.size else -1
            if row < 0 or far[row] >= 1.0:
                step = step + way
                if not on:
                    break
            else:
                step = step + far[row] * way
                on.append((row, float(np.sign(moved[row]))))
        return step

    def _way(
        self, square: FloatArray, slope: FloatArray, rows: list[int]
    ) -> tuple[FloatArray, FloatArray]:
        """Return the way to the least value along the walls touched, and their forces."""
        size, walls = slope.size, self.matrix[rows]
        # comparable rows: the walls of one parameter may be 1e-3 where the parabola is 1e12
        root = np.sqrt(np.diag(square))
        scaled = walls / root
        length = np.sqrt((scaled**2).sum(axis=1, keepdims=True))
        scaled = scaled / length
        matrix = np.zeros((size + len(rows), size + len(rows)))
        matrix[:size, :size] = square / np.outer(root, root)
        matrix[:size, size:] = scaled.T
        matrix[size:, :size] = scaled
        found = np.linalg.solve(matrix, np.concatenate([slope / root, np.zeros(len(rows))]))
        return found[:size] / root, found[size:]

    def inside(self, w: FloatArray) -> FloatArray:
        """Return w where it lies between the walls, else a place between them near to it.

        Parameters
        ----------
        w : ndarray, shape (K,)
            Anywhere.

        Returns
        -------
        ndarray, shape (K,)

        Raises
        ------
        SettingsError
            When there is nothing between the walls.
        """
        at = self.matrix @ w
        if ((at >= self.low) & (at <= self.high)).all():
            return w
        middle = self._middle()
        bounded = self.shares(middle, 1.0)
        return np.asarray(middle + bounded.least(np.eye(w.size), w - middle))

    def _middle(self) -> FloatArray:
        """Return a place as far from the walls as can be, in shares of their distances."""
        from scipy.optimize import linprog

        width = np.where(np.isfinite(self.high - self.low), self.high - self.low, 1.0)
        rows, limits = [], []
        for sign, wall in ((1.0, self.high), (-1.0, -self.low)):
            real = np.isfinite(wall)
            rows.append(np.column_stack([sign * self.matrix[real], width[real]]))
            limits.append(wall[real])
        size = self.matrix.shape[1]
        # no farther than half of the width: the middle of two walls, any place beside a single one
        open_ends = [(None, None)] * size + [(0.0, 0.5)]
        found = linprog(
            np.append(np.zeros(size), -1.0),
            A_ub=np.concatenate(rows),
            b_ub=np.concatenate(limits),
            bounds=open_ends,
        )
        if found.status != 0 or found.x is None:
            raise SettingsError(
                "no coefficients of the laws keep the parameters of all spectra inside their bounds",
                do="widen the bounds, or add a column of ones to the basis",
            )
        return np.asarray(found.x[:size], dtype=float)
