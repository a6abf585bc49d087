"""Values of bands in every row: position, FWHM, height and area, each with an error or a reason."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError, nearest
from spectrafit.spectrum import FloatArray
from spectrafit_ir.bands.band_model import BASELINE, BandModel
from spectrafit_ir.bands.misfit import Misfit

__all__ = ["REASONS", "BandFits", "BandQuantity", "reason_code"]

# in the order of gravity; the first says that there is an error
REASONS = (
    "",
    "not finite",
    "call limit",
    "not at a minimum",
    "near singular",
    "equals start",
    "band not seen in this row",
    "at bound",
    "fixed",
)


def reason_code(words: str) -> int:
    """Return the code of a reason.

    Parameters
    ----------
    words : str
        One of `REASONS`.

    Returns
    -------
    int
    """
    return REASONS.index(words)


@dataclass(frozen=True, eq=False)
class BandQuantity:
    """A quantity of every band in every row.

    Parameters
    ----------
    unit : str
        Of values and errors.
    values : ndarray, shape (N, B)
        NaN where there is none.
    sigma : ndarray, shape (N, B)
        Standard error by noise alone; NaN where there is none.
    codes : ndarray of int, shape (N, B)
        Places in `REASONS`: why there is no error, 0 where there is one.
    """

    unit: str
    values: FloatArray
    sigma: FloatArray
    codes: NDArray[np.int8]

    def reason(self, row: int, band: int) -> str:
        """Return why a value has no error, empty where it has one.

        Parameters
        ----------
        row, band : int
            Which.

        Returns
        -------
        str
        """
        return REASONS[int(self.codes[row, band])]


@dataclass(frozen=True, eq=False)
class BandFits:
    """Bands of a series, one row a spectrum.

    Errors are those of the noise; `misfit` has the factor for rows that the model misses. Of a band
    that is not seen in a row, position and FWHM are a reason; its area and height are those at the
    position and FWHM it has elsewhere, and may be negative.

    Parameters
    ----------
    model : BandModel
        Bands, line and baseline.
    position, fwhm, height, area : BandQuantity
        cm-1, cm-1, absorbance and absorbance cm-1.
    mixing : BandQuantity
        Lorentzian share by area; of a Voigt line, of the sum of its two widths.
    area_covariance : ndarray, shape (N, B, B)
        Of the areas of one row, by noise; NaN where there is no error.
    at_bound : tuple of ndarray of bool, shape (N, B)
        Whether position, FWHM or mixing is at a bound, in this order.
    equals_start : ndarray of bool, shape (N, B)
        Whether a free parameter of the band has not moved from its start.
    seen : ndarray of bool, shape (N, B)
        Whether the area differs from zero, by three errors.
    misfit : Misfit
        Reduced chi2.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals.
    converged : ndarray of bool, shape (N,)
        Whether a minimum was found.
    parameters : ndarray, shape (N, P)
        Of the model, as `parameter_names`.
    parameter_names : tuple of str
        Full names.
    """

    model: BandModel
    position: BandQuantity
    fwhm: BandQuantity
    height: BandQuantity
    area: BandQuantity
    mixing: BandQuantity
    area_covariance: FloatArray
    at_bound: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]
    equals_start: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    misfit: Misfit
    chi2: FloatArray
    converged: NDArray[np.bool_]
    parameters: FloatArray
    parameter_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.chi2)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands."""
        return self.model.names

    def place(self, band: str) -> int:
        """Return the column of a band.

        Parameters
        ----------
        band : str
            Its name.

        Returns
        -------
        int

        Raises
        ------
        SettingsError
            When there is none.
        """
        if band not in self.names:
            raise SettingsError(f"no band {band!r}", do=nearest(band, self.names, noun="the bands"))
        return self.names.index(band)

    def flags(self, row: int, band: str) -> tuple[str, ...]:
        """Return what is to be known of a band in a row before its numbers are used.

        Parameters
        ----------
        row : int
            Which row.
        band : str
            Its name.

        Returns
        -------
        tuple of str
            Like ``("mixing at bound", "misfit")``.
        """
        place = self.place(band)
        bounds = zip(("position", "FWHM", "mixing"), self.at_bound, strict=True)
        found = [f"{what} at bound" for what, on in bounds if on[row, place]]
        found += ["equals start"] if self.equals_start[row, place] else []
        found += [] if self.seen[row, place] else ["not seen"]
        found += [] if self.converged[row] else ["not at a minimum"]
        found += ["misfit"] if self.misfit.rows[row] else []
        return tuple(found)

    def area_across(self, band: str, other: str = "") -> FloatArray:
        """Return the covariance of a band's area between rows, by noise.

        Parameters
        ----------
        band : str
            Of the first index.
        other : str, optional
            Of the second index; the same band when left out.

        Returns
        -------
        ndarray, shape (N, N)
            Rows of a free fit are independent. NaN where there is no error.
        """
        a, b = self.place(band), self.place(other or band)
        across = np.diag(self.area_covariance[:, a, b])
        none = np.isnan(self.area.sigma[:, a]), np.isnan(self.area.sigma[:, b])
        return np.where(none[0][:, None] | none[1][None, :], np.nan, across)

    def curves(self, row: int) -> dict[str, FloatArray]:
        """Return each band and the baseline of a row on the points of the fit.

        Parameters
        ----------
        row : int
            Which row.

        Returns
        -------
        dict of str to ndarray of shape (n,)
            By name of the band, and ``"baseline"`` where one was fitted.
        """
        values = dict(zip(self.parameter_names, map(float, self.parameters[row]), strict=True))
        model, x = self.model.components, self.model.x
        return {part.name: part.evaluate(x, values) for part in model.components}

    def total(self, row: int) -> FloatArray:
        """Return the model of a row on the points of the fit.

        Parameters
        ----------
        row : int
            Which row.

        Returns
        -------
        ndarray, shape (n,)
        """
        return np.asarray(np.sum(list(self.curves(row).values()), axis=0))

    def baseline(self, row: int) -> FloatArray:
        """Return the baseline of a row on the points of the fit; zeros where none was fitted.

        Parameters
        ----------
        row : int
            Which row.

        Returns
        -------
        ndarray, shape (n,)
        """
        return self.curves(row).get(BASELINE, np.zeros(self.model.x.size))
