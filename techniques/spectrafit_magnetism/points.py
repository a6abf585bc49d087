"""Points of chi or chi T against temperature as the spectrum that the fit takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import Spectrum

__all__ = ["points_spectrum"]


def points_spectrum(
    T: ArrayLike, y: ArrayLike, sigma: ArrayLike | None, name: str, unit: str
) -> Spectrum:
    """Return points sorted by temperature, equal temperatures averaged.

    Parameters
    ----------
    T : array_like, shape (n,)
        K, above 0, in any order.
    y : array_like, shape (n,)
        In `unit`.
    sigma : array_like or None, shape (n,)
        Standard errors in `unit`; None where there are none.
    name : str
        Of the quantity.
    unit : str
        Of the table of units.

    Returns
    -------
    Spectrum

    Raises
    ------
    SettingsError
        For a temperature that is not above 0 K, or an error that is not positive.
    """
    temperature, values = np.asarray(T, float), np.asarray(y, float)
    if not (temperature > 0.0).all() or not np.isfinite(temperature + values).all():
        raise SettingsError(
            "a temperature that is not above 0 K, or a value that is no number", where=name
        )
    columns = [Column("T", temperature, "K"), Column(name, values, unit)]
    roles = {"x": "T", "y": name}
    if sigma is not None:
        errors = np.asarray(sigma, float)
        if not ((errors > 0.0) & np.isfinite(errors)).all():
            raise SettingsError("a standard error that is not positive", where=name)
        columns.append(Column("sigma", errors, unit))
        roles["sigma"] = "sigma"
    recording = Recording(name, tuple(columns), roles=roles)
    return recording.spectrum(sigma_origin="given with the points" if sigma is not None else "")
