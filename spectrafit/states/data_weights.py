"""How much each datum of a joint fit weighs, what it allows, and what shared errors move."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray
from spectrafit.states.datum import Datum, JoinedData

__all__ = ["Whitening", "allowed_ends", "shared_shift", "whitening"]

_FEW = 3  # data that show whether an error is a share of the value
_SAME = 0.02  # spread of that share


class Whitening(NamedTuple):
    """What makes residuals independent and of unit variance.

    Parameters
    ----------
    diagonal : ndarray, shape (N,)
        One over each standard uncertainty.
    grouped : ndarray of int, shape (G,)
        Places of the data that have a covariance.
    matrix : ndarray, shape (G, G)
        What their residuals are multiplied by.
    """

    diagonal: FloatArray
    grouped: NDArray[np.intp]
    matrix: FloatArray


def allowed_ends(data: Sequence[Datum]) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper end of what each datum allows; both its value where it has one.

    Parameters
    ----------
    data : sequence of Datum, N of them
        The data.

    Returns
    -------
    low, high : ndarray, shape (N,)
    """
    ends = [_ends(datum) for datum in data]
    return np.array([low for low, _ in ends]), np.array([high for _, high in ends])


def _ends(datum: Datum) -> tuple[float, float]:
    if datum.value is not None:
        return datum.value, datum.value
    return (
        -np.inf if datum.low is None else datum.low,
        np.inf if datum.high is None else datum.high,
    )


def shared_shift(data: Sequence[Datum], name: str) -> tuple[FloatArray, FloatArray]:
    """Return what a systematic moves each datum by: an amount, and a share of the model.

    An error that is one share of all values of a key (an area, a mass) is taken as that share of
    the model: as a share of the data it would draw the fit towards zero (R. W. Peelle's puzzle;
    G. D'Agostini, Nucl. Instrum. Methods A 346, 306 (1994)).

    Parameters
    ----------
    data : sequence of Datum, N of them
        The data.
    name : str
        Of the systematic.

    Returns
    -------
    amount, share : ndarray, shape (N,)
    """
    amount = np.array([datum.shared.get(name, 0.0) for datum in data])
    share = np.zeros(amount.size)
    value = np.array([0.0 if datum.value is None else datum.value for datum in data])
    for key in {datum.key for datum in data if name in datum.shared}:
        own = np.array([datum.key == key for datum in data]) & (amount != 0.0) & (value != 0.0)
        if own.sum() < _FEW:
            continue
        ratio = amount[own] / value[own]
        if np.ptp(ratio) <= _SAME * abs(ratio.mean()):
            share[own], amount[own] = ratio.mean(), 0.0
    return amount, share


def whitening(data: JoinedData) -> Whitening:
    """Return what makes the residuals of data independent and of unit variance.

    Parameters
    ----------
    data : JoinedData
        The data.

    Returns
    -------
    Whitening

    Raises
    ------
    SpectrafitError
        For a covariance that is none.
    """
    diagonal = np.array([1.0 / datum.sigma for datum in data.data])
    groups: dict[str, list[int]] = {}
    for place, datum in enumerate(data.data):
        if datum.group in data.covariances:
            groups.setdefault(datum.group, []).append(place)
    places = [place for rows in groups.values() for place in rows]
    matrix = np.zeros((len(places), len(places)))
    first = 0
    for group, rows in groups.items():
        own = slice(first, first + len(rows))
        matrix[own, own] = _inverse_root(data.covariances[group], group)
        first += len(rows)
    return Whitening(diagonal, np.array(places, dtype=int), matrix)


def _inverse_root(covariance: FloatArray, where: str) -> FloatArray:
    try:
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        raise SpectrafitError(
            "a covariance that is none: not positive definite",
            where=where,
            do="leave the covariance out, or look at what the technique gave",
        ) from None
    return np.asarray(np.linalg.inv(root))
