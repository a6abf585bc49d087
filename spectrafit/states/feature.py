"""What of a curve a printed number is: its change, highest or lowest value, or where that lies."""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit.states.datum import Datum, Quantity

__all__ = ["feature_grid", "feature_of"]

_STEP = 0.5  # K, of the grid on which a highest or lowest value is looked for
_MOST = 400


def feature_grid(datum: Datum) -> FloatArray:
    """Return the temperatures at which a curve is needed for a datum.

    Parameters
    ----------
    datum : Datum
        Of any quantity.

    Returns
    -------
    ndarray
        K; its own temperature for a value, both ends for a change, every half kelvin or 400 points
        for what is highest or lowest.
    """
    if datum.quantity is Quantity.VALUE or datum.from_T is None:
        return np.array([datum.T])
    if datum.quantity is Quantity.CHANGE:
        return np.array([datum.from_T, datum.T])
    count = min(_MOST, max(5, int((datum.T - datum.from_T) / _STEP) + 1))
    return np.linspace(datum.from_T, datum.T, count)


def feature_of(quantity: Quantity, T: FloatArray, curve: FloatArray) -> tuple[float, FloatArray]:
    """Return a feature of a curve, and its derivative by each value of the curve.

    Highest and lowest values are those of the parabola through the extreme point and its
    neighbours, which move smoothly as the curve does; at an end of the range those of the end.

    Parameters
    ----------
    quantity : Quantity
        Which feature.
    T : ndarray, shape (n,)
        K, evenly spaced for highest and lowest.
    curve : ndarray, shape (n,)
        Values.

    Returns
    -------
    value : float
        In the unit of the curve, or K.
    slope : ndarray, shape (n,)
    """
    slope = np.zeros(curve.shape)
    if quantity is Quantity.VALUE:
        slope[0] = 1.0
        return float(curve[0]), slope
    if quantity is Quantity.CHANGE:
        slope[0], slope[-1] = -1.0, 1.0
        return float(curve[-1] - curve[0]), slope
    sign = -1.0 if quantity is Quantity.LOWEST else 1.0
    place = int(np.argmax(sign * curve))
    of_T = quantity is Quantity.T_OF_HIGHEST
    if place in (0, curve.size - 1):
        slope[place] = 0.0 if of_T else 1.0
        return float(T[place] if of_T else curve[place]), slope
    a, b, c = curve[place - 1 : place + 2]
    bend = a - 2.0 * b + c
    shift = 0.5 * (a - c) / bend if bend else 0.0
    if of_T:
        width = float(T[place + 1] - T[place])
        if bend:
            slope[place - 1 : place + 2] = (
                width
                * np.array([0.5 * bend - 0.5 * (a - c), a - c, -0.5 * bend - 0.5 * (a - c)])
                / bend**2
            )
        return float(T[place] + shift * width), slope
    # by the envelope theorem: the weights of the parabola at its vertex
    slope[place - 1 : place + 2] = (
        0.5 * shift * (shift - 1.0),
        1.0 - shift**2,
        0.5 * shift * (shift + 1.0),
    )
    return float(b - 0.25 * (a - c) * shift), slope
