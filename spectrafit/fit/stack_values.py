"""Models of many spectra at once in NumPy, with their derivatives."""

from __future__ import annotations

import numpy as np

from spectrafit.fit.stack import Layout, by_row
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray

__all__ = ["values_and_rows"]


def values_and_rows(
    layout: Layout, x: FloatArray, z: FloatArray, offset: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the models of some spectra and their derivatives by the free parameters.

    Parameters
    ----------
    layout : Layout
        Lines, ties and columns.
    x : ndarray, shape (n,)
        Points.
    z : ndarray, shape (N, Q)
        Free parameters, in the layout's form.
    offset : ndarray, shape (N, M)
        Constants of the moving components' parameters.

    Returns
    -------
    values : ndarray, shape (N, n)
        Without what is fixed of the constant components.
    rows : ndarray, shape (N, Q, n)
    """
    count, size = z.shape
    p = by_row(layout.matrix, z) + offset
    values = np.zeros((count, x.size))
    for place, column in zip(layout.column_of, layout.columns, strict=True):
        values += z[:, place, None] * column
    rows = np.empty((count, size, x.size))
    rows[:, layout.column_of] = layout.columns
    written = np.zeros(size, dtype=bool)
    written[layout.column_of] = True
    for component, begin in zip(layout.moving, layout.starts, strict=True):
        end = begin + len(component.line.parameters)
        held = not layout.matrix[end - 1].any()
        value, slopes = _component(component, x, p[:, begin:end], held)
        values += value
        for k, slope in enumerate(slopes):
            factors = layout.matrix[begin + k]
            for j in np.flatnonzero(factors):
                part = slope if factors[j] == 1.0 else factors[j] * slope
                if written[j]:
                    rows[:, j] += part
                else:
                    rows[:, j] = part
                    written[j] = True
    return values, rows


def _component(
    component: Component, x: FloatArray, p: FloatArray, held: bool
) -> tuple[FloatArray, tuple[FloatArray, ...]]:
    """Return value and derivatives; row by row where a user's function may want single numbers."""
    function = component.line.function
    if held and component.line.held is not None:
        function = component.line.held
    if component.line.name != "function":
        value, *slopes = function(x, *p.T[:, :, None])
        return value, tuple(slopes)
    each = [function(x, *row) for row in p]
    parts = [
        np.array([np.broadcast_to(one[k], x.shape) for one in each]) for k in range(len(each[0]))
    ]
    return parts[0], tuple(parts[1:])
