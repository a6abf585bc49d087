"""Values freed of the sample's scale by an internal standard band, or with the scale declared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray

__all__ = ["ScaledValues", "by_standard", "with_declared_scale"]

# of its error: below, the quotient has no mean and its linear error misleads
_LEAST_STANDARD = 5.0


@dataclass(frozen=True, eq=False)
class ScaledValues:
    """Values of some bands in every spectrum, with the part of their error that they share.

    Parameters
    ----------
    values : ndarray, shape (N, B)
        In their own unit; not a number with a reason.
    own_sigma : ndarray, shape (N, B)
        Error of each value by itself.
    row_relative : ndarray, shape (N,)
        Relative error of the factor that all values of one spectrum share.
    series_relative : float
        Relative error of the factor that all values of the series share.
    covariance : ndarray, shape (N, B, B)
        Between the bands of one spectrum, without the factor of the series; the errors of their
        own are taken as independent.
    reasons : tuple of str, length N
        Why a spectrum has no value, empty where it has.
    said : str
        What was done, in words.
    """

    values: FloatArray
    own_sigma: FloatArray
    row_relative: FloatArray
    series_relative: float
    covariance: FloatArray
    reasons: tuple[str, ...]
    said: str

    @property
    def sigma(self) -> FloatArray:
        """Error of each value with the factor of its spectrum, without that of the series."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))

    @property
    def series_sigma(self) -> FloatArray:
        """Part of the error that all values of the series share: no independent noise."""
        return np.abs(self.values) * self.series_relative


def by_standard(
    values: ArrayLike,
    sigma: ArrayLike,
    standard: ArrayLike,
    standard_sigma: ArrayLike,
    *,
    covariance: ArrayLike | None = None,
    reference: float | None = None,
) -> ScaledValues:
    """Return values divided by an internal standard band, kept in their unit.

    ``v' = v s_ref/s``. The reference s_ref is a choice of unit and has no error; the error of s is
    shared by all bands of a spectrum. First-order propagation (JCGM 100:2008, 5.2.2). The standard
    band must not depend on temperature; that is an assumption, not a result.

    Parameters
    ----------
    values : array_like, shape (N,) or (N, B)
        Areas, heights or traces.
    sigma : array_like, shape (N,) or (N, B)
        Their errors.
    standard, standard_sigma : array_like, shape (N,)
        Area of the standard band in the same spectra, and its error.
    covariance : array_like, shape (N,) or (N, B), optional
        Of values and standard, where both are from one fit.
    reference : float, optional
        s_ref; the median of the standard where left out.

    Returns
    -------
    ScaledValues
        A spectrum whose standard is not above five of its errors has no value.

    Raises
    ------
    SettingsError
        When the arrays do not fit together, or no spectrum has a usable standard.
    """
    value, error = _table(values, sigma)
    divisor, divisor_error = (np.asarray(one, dtype=float) for one in (standard, standard_sigma))
    rows = len(value)
    if divisor.shape != (rows,) or divisor_error.shape != (rows,):
        raise SettingsError(
            f"{divisor.size} standards, {divisor_error.size} errors, {rows} spectra"
        )
    joint = np.zeros(value.shape)
    if covariance is not None:
        given = np.asarray(covariance, dtype=float)
        joint = given[:, None] if given.ndim == 1 else given
        if joint.shape != value.shape:
            raise SettingsError(f"covariances of shape {joint.shape} for values {value.shape}")
    known = np.isfinite(divisor) & (divisor_error > 0) & (divisor > _LEAST_STANDARD * divisor_error)
    if not known.any():
        raise SettingsError(
            "the standard band is in no spectrum above five of its errors",
            do="choose another standard band, or declare a scale uncertainty",
        )
    unit = float(np.median(divisor[known])) if reference is None else float(reference)
    if not 0 < unit < np.inf:
        raise SettingsError(f"the reference of the standard is {unit:g}", do="give a positive one")
    factor = np.where(known, unit / np.where(known, divisor, 1.0), np.nan)
    relative = np.where(known, divisor_error / np.where(known, divisor, 1.0), np.nan)
    scaled = value * factor[:, None]
    full = scaled[:, :, None] * scaled[:, None, :] * relative[:, None, None] ** 2
    # derivatives: factor by the value, -slope by the standard
    slope = scaled / divisor[:, None]
    mixed = -(factor[:, None] * joint)[:, :, None] * slope[:, None, :]
    full = full + mixed + mixed.transpose(0, 2, 1)
    return ScaledValues(
        values=scaled,
        own_sigma=error * factor[:, None],
        row_relative=relative,
        series_relative=0.0,
        covariance=_with_own(full, error * factor[:, None]),
        reasons=tuple(
            "" if ok else "the standard band is not above five of its errors" for ok in known
        ),
        said=f"divided by the standard band, 1 at {unit:.4g}",
    )


def with_declared_scale(
    values: ArrayLike, sigma: ArrayLike, *, row: float = 0.0, series: float = 0.0
) -> ScaledValues:
    """Return values with a declared uncertainty of the sample's scale.

    Parameters
    ----------
    values : array_like, shape (N,) or (N, B)
        Areas, heights or traces.
    sigma : array_like, shape (N,) or (N, B)
        Their errors.
    row : float, optional
        Relative standard uncertainty of a factor of each spectrum (place in the beam, ice): shared
        by its bands, independent between spectra.
    series : float, optional
        Relative standard uncertainty of a factor of the whole series (thickness): a common factor.

    Returns
    -------
    ScaledValues
        Values as given.

    Raises
    ------
    SettingsError
        When the arrays do not fit together, or a relative uncertainty is not from 0 to below 1.
    """
    value, error = _table(values, sigma)
    for name, one in (("row", row), ("series", series)):
        if not 0 <= one < 1:
            raise SettingsError(
                f"the scale uncertainty of the {name} is {one:g}", do="write 0.04 for 4 %"
            )
    shared = value[:, :, None] * value[:, None, :] * row**2
    return ScaledValues(
        values=value,
        own_sigma=error,
        row_relative=np.full(len(value), row),
        series_relative=series,
        covariance=_with_own(shared, error),
        reasons=("",) * len(value),
        said=f"scale declared to {100 * row:g} % a spectrum and {100 * series:g} % for the series",
    )


def _with_own(shared: FloatArray, own: FloatArray) -> FloatArray:
    """Return the covariances with the squares of the own errors on their diagonals."""
    return shared + own[:, :, None] ** 2 * np.eye(own.shape[1])


def _table(values: ArrayLike, sigma: ArrayLike) -> tuple[FloatArray, FloatArray]:
    value, error = (np.array(one, dtype=float) for one in (values, sigma))
    value = value[:, None] if value.ndim == 1 else value
    error = error[:, None] if error.ndim == 1 else error
    if value.ndim != 2 or value.shape != error.shape:
        raise SettingsError(f"values of shape {value.shape} with errors of shape {error.shape}")
    if (error < 0).any():
        raise SettingsError("an error is negative")
    return value, error
