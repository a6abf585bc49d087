"""The laws of all colder and warmer parts of a branch, each fitted once however often it is tried."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spectrafit.spectrum import FloatArray
from spectrafit_ir.regimes.law_fit import LawFit, law_columns, law_fit
from spectrafit_ir.regimes.piece_scores import Sides
from spectrafit_ir.regimes.sigmoid import IntArray
from spectrafit_ir.regimes.smooth_law import FEWEST_ROWS, LAWS, PieceFits, Rows

__all__ = ["SideLaws"]

# of the largest singular value: as of a single fit
_RANK = 1e-13
# of a step: what rounding may change where the question is left to the single fits
_CLOSE = 1e-6


@dataclass(eq=False)
class SideLaws:
    """Laws of the parts of one branch beside every cut.

    Parameters
    ----------
    rows : Rows
        The branch.
    sides : Sides
        Its fits, of one series.
    """

    rows: Rows
    sides: Sides
    _single: dict[tuple[int, int, int], LawFit] = field(default_factory=dict, init=False)
    _all: dict[tuple[int, int], FloatArray] = field(default_factory=dict, init=False)

    def cold(self, piece: int, law: int) -> LawFit:
        """Return a law of the rows before a cut.

        Parameters
        ----------
        piece, law : int
            Numbers of the cut and of the law.

        Returns
        -------
        LawFit
        """
        return self._fit(0, piece, law)

    def warm(self, piece: int, law: int) -> LawFit:
        """Return a law of the rows from a cut on.

        Parameters
        ----------
        piece, law : int
            Numbers of the cut and of the law.

        Returns
        -------
        LawFit
        """
        return self._fit(1, piece, law)

    def steps(self, laws: tuple[int, int], cold: IntArray, warm: IntArray) -> NDArray[np.bool_]:
        """Return for which pairs of cuts the laws differ by more than they change between them.

        It is the first question of `is_transition`, asked of many pairs at once.

        Parameters
        ----------
        laws : tuple of int
            Of the colder and of the warmer part.
        cold, warm : ndarray of int, shape (m,)
            Cuts.

        Returns
        -------
        ndarray of bool, shape (m,)
            Also true where rounding decides.
        """
        cuts = self.sides.cold.spans[:, 1]
        low, high = self.rows.T[cuts[cold] - 1], self.rows.T[cuts[warm]]
        ends = np.stack([low, 0.5 * (low + high), high], axis=1)
        before, after = self._at(0, laws[0], cold, ends), self._at(1, laws[1], warm, ends)
        jump = np.abs(after[:, 1] - before[:, 1])
        drift = np.abs(before[:, 2] - before[:, 0]) + np.abs(after[:, 2] - after[:, 0])
        level = np.abs(before).max(axis=1) + np.abs(after).max(axis=1)
        return np.asarray(jump > drift - _CLOSE * (drift + 1e-6 * level))

    def _side(self, side: int) -> PieceFits:
        return self.sides.warm if side else self.sides.cold

    def _fit(self, side: int, piece: int, law: int) -> LawFit:
        key = side, piece, law
        if key not in self._single:
            fits = self._side(side)
            first, last = map(int, fits.spans[piece])
            shape = tuple(map(float, fits.shape[piece, 0])) if law == 3 else ()
            self._single[key] = law_fit(self.rows, first, last, LAWS[law], shape)
        return self._single[key]

    def _at(self, side: int, law: int, pieces: IntArray, T: FloatArray) -> FloatArray:
        """Return the law of each piece at its own temperatures, shape (m, k)."""
        fits = self._side(side)
        amplitudes = self._amplitudes(side, law)[pieces]
        columns = law_columns(
            LAWS[law], fits.shape[pieces, 0].T[:, :, None], T, self._middle(fits)[pieces][:, None]
        )
        return np.asarray((columns @ amplitudes[:, :, None])[..., 0])

    def _middle(self, fits: PieceFits) -> FloatArray:
        T = self.rows.T
        return np.asarray(0.5 * (T[fits.spans[:, 0]] + T[fits.spans[:, 1] - 1]))

    def _amplitudes(self, side: int, law: int) -> FloatArray:
        """Return the coefficients of a law in every piece; zeros where it was not fitted."""
        key = side, law
        if key not in self._all:
            fits, rows = self._side(side), self.rows
            place = np.arange(rows.T.size)
            inside = (place >= fits.spans[:, :1]) & (place < fits.spans[:, 1:])
            enough = fits.spans[:, 1] - fits.spans[:, 0] >= FEWEST_ROWS[LAWS[law]]
            usable = enough & np.isfinite(fits.chi2[:, 0, law])
            T = np.broadcast_to(rows.T, inside.shape)
            columns = law_columns(
                LAWS[law], fits.shape[:, 0].T[:, :, None], T, self._middle(fits)[:, None]
            )
            weight = np.where(usable[:, None] & inside, 1.0 / rows.sigma, 0.0)
            weighted = np.where(usable[:, None, None], weight[:, :, None] * columns, 0.0)
            inverse = np.linalg.pinv(weighted, rcond=_RANK)
            self._all[key] = (inverse @ (weight * rows.values)[:, :, None])[..., 0]
        return self._all[key]
