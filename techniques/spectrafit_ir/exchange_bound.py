"""An upper bound on the rate at which an oscillator leaves a state, from how wide its band is.

Two sites that exchange with out-rates k_A and k_B give the line of `spectrafit.exchange`, the rate
in cm-1 being ``(k_A + k_B)/(2 pi c)``. While exchange is slow, band A is wider by ``k_A/(pi c)``.
Dephasing, disorder and heating of other modes widen bands too, so that a width bounds the rate from
above and never measures it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_ir.two_site import RATE_OF_WIDTH, coalescence_rate

__all__ = ["ASSUMPTIONS", "RESOLVED_SHARE", "WidthBound", "width_bound"]

RESOLVED_SHARE: Final = 0.25
"""Of the instrument's resolution: smaller growth of a width is not used. A convention of this
program, not a property of instruments."""

_WHERE = "rate bound"
_SLOW = 0.1  # of the coalescence rate: there the outer half of a band grows 6 % less than the formula says
ASSUMPTIONS: Final = (
    "both bands are the same oscillator in two states",
    "the coldest row of the regime does not exchange",
    "what else widens the band does not shrink as it is warmed",
)
"""What every bound from a width rests on."""


@dataclass(frozen=True, eq=False)
class WidthBound:
    """Upper bounds on the rate out of a band's state, a row each.

    Parameters
    ----------
    band, partner : str
        The band whose width is used, and that of the other state.
    T : ndarray, shape (M,)
        K, rising, without the coldest row.
    coldest : float
        K, the row every width is held against.
    growth, growth_sigma : ndarray, shape (M,)
        Of the full width since the coldest row, cm-1.
    growth_max : ndarray, shape (M,)
        One-sided upper limit, cm-1, not less than the smallest that is used.
    k_max : ndarray, shape (M,)
        1/s, of ``growth_max``.
    k_whole : ndarray, shape (M,)
        1/s, where the whole width were exchange: needs no row that does not exchange.
    least_growth : float
        cm-1, the smallest growth used: a quarter of the resolution.
    level : float
        Confidence.
    resolution : float
        Of the instrument, cm-1.
    separation : float
        Of the two bands, cm-1.
    cautions : tuple of str
        Where the bound rests on the resolution, or the formula of slow exchange ends.
    """

    band: str
    partner: str
    T: FloatArray
    coldest: float
    growth: FloatArray
    growth_sigma: FloatArray
    growth_max: FloatArray
    k_max: FloatArray
    k_whole: FloatArray
    least_growth: float
    level: float
    resolution: float
    separation: float
    cautions: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The bound at the highest temperature with what it rests on."""
        return (
            f"at {self.T[-1]:g} K the rate out of {self.band} towards {self.partner} is at most "
            f"{self.k_max[-1]:.2g} 1/s ({100 * self.level:g} % upper limit of the width above that "
            f"at {self.coldest:g} K, {self.growth_max[-1]:.2g} cm-1, at a resolution of "
            f"{self.resolution:g} cm-1), if {'; '.join(ASSUMPTIONS)}"
        )


def width_bound(
    T: ArrayLike,
    width: ArrayLike,
    sigma: ArrayLike,
    *,
    resolution: float,
    separation: float,
    band: str = "A",
    partner: str = "B",
    level: float = 0.95,
) -> WidthBound:
    """Return the upper bound on the rate out of a band's state at each temperature.

    ``k_A <= pi c dw_max`` with dw_max the upper limit of the width above that of the coldest row.
    Growth is not negative, and the limit is the Bayesian one of a normal error with a flat prior
    on what is not negative: ``dw + s z`` with ``1 - Phi(z) = (1 - level) Phi(dw/s)``. It stays
    positive where the width happened to fall, and is ``dw + 1.645 s`` where it rose clearly.

    Parameters
    ----------
    T : array_like, shape (N,)
        K, rows of one regime and branch in any order.
    width, sigma : array_like, shape (N,)
        Full width at half maximum of the band and its standard error, cm-1.
    resolution : float
        Of the instrument, cm-1.
    separation : float
        Of the bands of both states, cm-1.
    band, partner : str, optional
        Their names.
    level : float, optional
        Confidence, one-sided.

    Returns
    -------
    WidthBound
        Rows by rising temperature.

    Raises
    ------
    SettingsError
        For fewer than two rows, widths without error, or a resolution or separation that is not
        positive.
    """
    from scipy.special import log_ndtr, ndtri, ndtri_exp

    kelvin, fwhm, error = (np.asarray(one, dtype=float) for one in (T, width, sigma))
    if kelvin.ndim != 1 or kelvin.shape != fwhm.shape or kelvin.shape != error.shape:
        raise SettingsError("temperatures, widths and errors of different length", where=_WHERE)
    if kelvin.size < 2 or np.unique(kelvin).size != kelvin.size:
        raise SettingsError(
            f"{kelvin.size} rows at {np.unique(kelvin).size} temperatures", where=_WHERE,
            do="give two or more rows of one regime and one branch",
        )  # fmt: skip
    good = (kelvin > 0) & (fwhm > 0) & (error > 0) & np.isfinite(kelvin + fwhm + error)
    if not good.all():
        raise SettingsError(
            f"{int((~good).sum())} widths without a positive value and error", where=_WHERE,
            do="leave out rows whose width has no error",
        )  # fmt: skip
    if not (0 < resolution < math.inf and 0 < separation < math.inf and 0.5 <= level < 1):
        raise SettingsError(
            f"resolution {resolution:g} cm-1, separation {separation:g} cm-1, level {level:g}",
            where=_WHERE,
            do="positive cm-1, and a level from 0.5 to below 1",
        )
    order = np.argsort(kelvin)
    kelvin, fwhm, error = kelvin[order], fwhm[order], error[order]
    growth, spread = fwhm[1:] - fwhm[0], np.hypot(error[1:], error[0])
    # by logarithms of the tail, as Phi(dw/s) may be 1e-30 for a width that fell
    tail = math.log1p(-level) + log_ndtr(growth / spread)
    limit = growth - spread * ndtri_exp(tail)
    least = RESOLVED_SHARE * resolution
    growth_max = np.maximum(limit, least)
    k_max = RATE_OF_WIDTH * growth_max
    return WidthBound(
        band, partner, kelvin[1:], float(kelvin[0]), growth, spread, growth_max, k_max,
        RATE_OF_WIDTH * (fwhm[1:] + float(ndtri(level)) * error[1:]),
        least, level, resolution, separation,
        _cautions(limit, least, k_max, separation),
    )  # fmt: skip


def _cautions(
    limit: FloatArray, least: float, k_max: FloatArray, separation: float
) -> tuple[str, ...]:
    found = []
    if (limit < least).any():
        found.append(
            f"{int((limit < least).sum())} of {limit.size} bounds are those of the resolution: "
            f"growth below {least:g} cm-1 is not used"
        )
    merged = coalescence_rate(separation)
    if (k_max > _SLOW * merged).any():
        found.append(
            f"bounds above {_SLOW * merged:.2g} 1/s leave slow exchange: the bands would draw "
            f"together too, and become one near {merged:.2g} 1/s"
        )
    return tuple(found)
