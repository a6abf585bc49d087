"""Spectra of many points in bins, on which a fit looks for its minimum first.

Far from the minimum a step needs no more than the shape of the spectrum, which a quarter of the
values gives as well; what follows on all points starts within an error or so of the minimum. Lines
that are narrow beside a bin could fall between two of them: those are looked for on all points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit import lines
from spectrafit.fit.stack import Layout, by_row
from spectrafit.lines.exponential import ExponentialFunction
from spectrafit.spectrum import FloatArray

__all__ = ["PER_BIN", "Bins", "bins_of", "broadening"]

PER_BIN = 4
# fewer bins than that, in all or a parameter, are no faster or too coarse
_BINS = 100
_BINS_A_PARAMETER = 8
# least width of a line, in bins, where the search on bins starts and where it ends
_LEAST_WIDTH = 3.0
# of a column's square, what may be lost in bins: one that goes up and down from point to point, as
# the baselines of a spectrum on both ways of a drive do, would be next to nothing there
_LOST = 1e-2
# whose value at a point depends on no other points, and whose widths are called so
_OF_POINTS = frozenset(
    line.function
    for line in (
        lines.ArctanStep,
        lines.AsymmetricDoublet,
        lines.Doublet,
        lines.ErfStep,
        lines.Gaussian,
        lines.Lorentzian,
        lines.Pearson7,
        lines.PseudoVoigtByArea,
        lines.PseudoVoigtByHeight,
        lines.Sextet,
        lines.Voigt,
    )
)


@dataclass(frozen=True, eq=False)
class Bins:
    """Neighbouring points in bins of `PER_BIN`; what is left over at the end goes into none.

    Parameters
    ----------
    x : ndarray, shape (m,)
        Their mean points.
    columns : ndarray, shape (C, m)
        The layout's columns there.
    widths : ndarray of int
        Places of the widths of lines among the parameters of the moving components.
    least_width : float
        Of a line that is safe on bins, where the search starts and where it ends.
    """

    x: FloatArray
    columns: FloatArray
    widths: NDArray[np.intp]
    least_width: float

    def spectra(self, y: FloatArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the weighted values amid the bins, and the weights of the bins.

        Parameters
        ----------
        y, w : ndarray, shape (N, n)
            Values, and weights 1/sigma.

        Returns
        -------
        values : ndarray, shape (N, m)
            Means, sharpened by what the width of a bin takes off a curved line.
        weights : ndarray, shape (N, m)
        """
        last = PER_BIN * self.x.size
        values, squares = np.zeros((len(y), self.x.size)), np.zeros((len(y), self.x.size))
        for k in range(PER_BIN):
            own = w[:, k:last:PER_BIN] ** 2
            squares += own
            values += own * y[:, k:last:PER_BIN]
        values /= squares
        bent = values[:, 2:] - 2.0 * values[:, 1:-1] + values[:, :-2]
        values[:, 1:-1] -= broadening(PER_BIN) * bent
        return values, np.sqrt(squares)

    def narrowest(self, layout: Layout, z: FloatArray, offset: FloatArray) -> FloatArray:
        """Return the least width of each spectrum's lines; infinite where no line has one.

        Parameters
        ----------
        layout : Layout
            Of the problem.
        z : ndarray, shape (N, Q)
            Free parameters, in the layout's form.
        offset : ndarray, shape (N, M)
            Constants of the moving components' parameters.

        Returns
        -------
        ndarray, shape (N,)
        """
        every = by_row(layout.matrix[self.widths], z) + offset[:, self.widths]
        return np.asarray(every.min(axis=1, initial=np.inf))


def bins_of(layout: Layout, x: FloatArray) -> Bins | None:
    """Return the bins; None where points are few, or bins would not show the model.

    The lines have to be the core's, and what the model is linear in has to be smooth.

    Parameters
    ----------
    layout : Layout
        Of the problem.
    x : ndarray, shape (n,)
        Points, increasing.

    Returns
    -------
    Bins or None
    """
    if x.size < PER_BIN * max(_BINS, _BINS_A_PARAMETER * layout.to_q.shape[0]):
        return None
    widths: list[int] = []
    for component, begin in zip(layout.moving, layout.starts, strict=True):
        line = component.line
        if not (line.function in _OF_POINTS or isinstance(line.function, ExponentialFunction)):
            return None
        widths += [
            begin + k
            for k, row in enumerate(line.parameters)
            if row.name.startswith(("fwhm", "width"))
        ]
    columns = _means(layout.columns)
    used = layout.columns[:, : PER_BIN * columns.shape[1]]
    kept = PER_BIN * (columns**2).sum(axis=1)
    if (kept < (1.0 - _LOST) * (used**2).sum(axis=1)).any():
        return None
    return Bins(
        _means(x),
        columns,
        np.array(widths, dtype=np.intp),
        _LEAST_WIDTH * PER_BIN * float(np.diff(x).max()),
    )


def broadening(per: int) -> float:
    """Return how much of its second difference a row of bins differs from the values amid the bins.

    Parameters
    ----------
    per : int
        Points of a bin.

    Returns
    -------
    float
        ``(k^2 - 1)/(24 k^2)``: the mean of a parabola over k even points less its value amid them,
        in units of the second difference of neighbouring bins.
    """
    return (per * per - 1) / (24.0 * per * per)


def _means(rows: FloatArray) -> FloatArray:
    count = rows.shape[-1] // PER_BIN
    used = rows[..., : PER_BIN * count]
    return np.asarray(used.reshape(*rows.shape[:-1], count, PER_BIN).mean(axis=-1))
