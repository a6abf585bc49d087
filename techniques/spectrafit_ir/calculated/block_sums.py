"""Cosines of calculated and measured curves as sums over blocks of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.score import Score
from spectrafit_ir.calculated.stick_groups import Sticks
from spectrafit_ir.calculated.sticks import Vibrations

__all__ = ["BlockSums", "block_sums"]

_BLOCK_WIDTHS = 2.0  # length of a resampled block in widths of a mode: most of a band stays whole
_FEWEST_BLOCKS = 5


@dataclass(frozen=True, eq=False)
class BlockSums:
    """What a weighted cosine is made of, by block of the window.

    Parameters
    ----------
    shared : ndarray, shape (states, m, N, b)
        Products of calculated and measured, at each of m scale factors and for each spectrum.
    calculated : ndarray, shape (states, m, b)
        Squares of the calculated curves.
    measured : ndarray, shape (N, b)
        Squares of the measured ones.
    """

    shared: FloatArray
    calculated: FloatArray
    measured: FloatArray

    def scores(self, blocks: FloatArray, rows: FloatArray) -> FloatArray:
        """Return the weighted mean over spectra of the cosine with weighted blocks.

        Parameters
        ----------
        blocks : ndarray, shape (b,)
            Weights of the blocks.
        rows : ndarray, shape (N,)
            Weights of the spectra.

        Returns
        -------
        ndarray, shape (states, m)
        """
        shared = self.shared @ blocks
        size = np.sqrt((self.calculated @ blocks)[..., None] * (self.measured @ blocks))
        cosine = np.where(size > 0, shared / np.where(size > 0, size, 1.0), 0.0)
        return np.asarray(cosine @ rows / rows.sum())

    def parts(self, place: int) -> FloatArray:
        """Return what each block adds to the score of each state at one scale factor.

        Parameters
        ----------
        place : int
            Of the factor.

        Returns
        -------
        ndarray, shape (states, b)
        """
        calculated = self.calculated[:, place].sum(axis=-1)
        size = np.sqrt(calculated[:, None] * self.measured.sum(axis=-1))
        share = self.shared[:, place] / np.where(size > 0, size, 1.0)[..., None]
        return np.asarray(share.mean(axis=1))


def block_sums(score: Score, states: Sequence[Vibrations], factors: FloatArray) -> BlockSums:
    """Return the sums of several states over blocks two widths of a mode long.

    Parameters
    ----------
    score : Score
        Several measured spectra.
    states : sequence of Vibrations
        Calculated states.
    factors : ndarray, shape (m,)
        Scale factors, ascending.

    Returns
    -------
    BlockSums
    """
    length = max(1, int(_BLOCK_WIDTHS * score.fwhm / float(np.median(np.diff(score.x)))))
    length = max(1, min(length, score.x.size // _FEWEST_BLOCKS))
    starts = np.arange(0, score.x.size - length // 2, length)
    shapes = np.stack(
        [score.shapes(Sticks.of(state, score.window, factors), factors) for state in states]
    )
    shared = [
        [np.add.reduceat(shape * score.target, starts, axis=-1) for shape in of_state]
        for of_state in shapes
    ]
    return BlockSums(
        np.array(shared),
        np.add.reduceat(shapes**2, starts, axis=-1),
        np.add.reduceat(score.target**2, starts, axis=-1),
    )
