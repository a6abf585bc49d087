"""What a fitted story says of data, with the band that its numbers leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.assignment import PredictionRow
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.further_keys import with_keys
from spectrafit.states.identify import estimable
from spectrafit.states.information import information_of
from spectrafit.states.joint import JointFit
from spectrafit.states.measured import Z95

__all__ = [
    "Foretold",
    "foretold",
    "predicted",
    "prediction_rows",
    "sigmas_of",
    "total_sigmas",
    "with_keys",
]

_NO_SHARE = 1e-8  # of a gradient: rounding; what is above is looked at more closely


@dataclass(frozen=True, eq=False)
class Foretold:
    """What a fit says of data.

    Parameters
    ----------
    fit : JointFit
        With a number for all that the data need.
    values : ndarray, shape (N,)
        In the units of the data, without what shared errors move.
    slopes : ndarray, shape (N, P)
        Derivatives of them by the free numbers of `fit`.
    sigmas : tuple of float or None, length N
        Standard uncertainty of each; None where the fit does not determine it.
    reasons : tuple of str, length N
        Why there is none.
    """

    fit: JointFit
    values: FloatArray
    slopes: FloatArray
    sigmas: tuple[float | None, ...]
    reasons: tuple[str, ...]


def predicted(fit: JointFit, data: JoinedData, story: str = "") -> tuple[PredictionRow, ...]:
    """Return measured beside fitted values of data.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    data : JoinedData
        Of any keys of the model; they need not be the data of the fit.
    story : str, optional
        Name in the rows; that of the fit's story when empty.

    Returns
    -------
    tuple of PredictionRow
        One a datum, with `left_out` False: the curve without what shared errors move, so that sigma
        holds these; the band is 95 % by the covariance of all numbers. Limits have no pull. A datum
        that the fit does not determine has no row.

    Raises
    ------
    SpectrafitError
        When a key without a datum in the fit lacks a pure-state value.
    """
    told = foretold(fit, data)
    return prediction_rows(data, story or fit.objective.story.name, told.values, told.sigmas)


def foretold(fit: JointFit, data: JoinedData) -> Foretold:
    """Return what a fit says of data, of its own or others.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    data : JoinedData
        Of any keys.

    Returns
    -------
    Foretold

    Raises
    ------
    SpectrafitError
        When a key without a datum in the fit lacks a pure-state value.
    """
    whole = with_keys(fit, data)
    there = replace(whole.objective, data=data, shifts=None)
    values = there.model_values(whole.theta, systematics=False)
    slopes = there.model_slopes(whole.theta)
    return Foretold(whole, values, slopes, *sigmas_of(whole, slopes))


def sigmas_of(
    fit: JointFit, slopes: FloatArray
) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    """Return the standard uncertainties of quantities, by the covariance of all numbers of a fit.

    Parameters
    ----------
    fit : JointFit
        Of a story.
    slopes : ndarray, shape (N, P)
        Derivatives of the quantities by the free numbers.

    Returns
    -------
    tuple of float or None, length N
        None where the fit does not determine a quantity.
    tuple of str, length N
        Why there is none.
    """
    held = np.isin(fit.names, fit.bounds_hit)
    told = information_of(fit.jacobian, held)
    sigmas: list[float | None] = []
    reasons = []
    for slope, sigma in zip(slopes, np.linalg.norm(slopes @ told.root, axis=1), strict=True):
        clear = bool(np.any(slope[~held])) and told.null_share(slope) < _NO_SHARE
        found = None if clear else estimable(fit, slope)
        sigmas.append(float(sigma) if found is None else found.sigma)
        reasons.append(found.reason if found is not None and found.sigma is None else "")
    return tuple(sigmas), tuple(reasons)


def prediction_rows(
    data: JoinedData,
    story: str,
    values: FloatArray,
    sigmas: Sequence[float | None],
    *,
    left_out: bool = False,
) -> tuple[PredictionRow, ...]:
    """Return measured beside predicted values.

    Parameters
    ----------
    data : JoinedData
        N of them.
    story : str
        Name.
    values : ndarray, shape (N,)
        Predicted, in the units of the data.
    sigmas : sequence of float or None, length N
        Standard uncertainty of each; a datum without one has no row.
    left_out : bool, optional
        Whether their technique had no part in the populations.

    Returns
    -------
    tuple of PredictionRow
    """
    totals = total_sigmas(data)
    rows = []
    for datum, total, value, sigma in zip(data.data, totals, values, sigmas, strict=True):
        if sigma is None:
            continue
        measured = datum.value
        rows.append(
            PredictionRow(
                story, datum.technique, _named(datum), left_out, datum.T, datum.branch,
                measured, None if measured is None else float(total), float(value),
                float(value - Z95 * sigma), float(value + Z95 * sigma),
                None if measured is None else float((measured - value) / np.hypot(total, sigma)),
            )
        )  # fmt: skip
    return tuple(rows)


def total_sigmas(data: JoinedData) -> FloatArray:
    """Return the standard uncertainty of each datum with all of its errors, shared ones included.

    Parameters
    ----------
    data : JoinedData
        N of them.

    Returns
    -------
    ndarray, shape (N,)
        In the units of the data.
    """
    variance = np.array([datum.sigma**2 for datum in data.data])
    for group, covariance in data.covariances.items():
        places = [place for place, datum in enumerate(data.data) if datum.group == group]
        variance[places] = np.diag(covariance)
    shared = [sum(moved**2 for moved in datum.shared.values()) for datum in data.data]
    return np.asarray(np.sqrt(variance + np.array(shared)))


def _named(datum: Datum) -> str:
    """Return the key, and what of its curve a datum is: another curve, in another unit even."""
    if datum.quantity is Quantity.VALUE or datum.from_T is None:
        return datum.key
    return f"{datum.key}, {datum.quantity.value} from {number_text(datum.from_T, 4)} K"
