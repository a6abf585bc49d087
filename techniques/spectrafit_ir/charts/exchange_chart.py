"""The line of two bands that exchange at the bound, over the measured spectrum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.exchange_bound import WidthBound
from spectrafit_ir.species.stack import checked_noise, checked_rows
from spectrafit_ir.two_site import two_site_line

__all__ = ["exchange_chart"]

_WHERE = "exchange chart"
_FASTER = 10.0


def exchange_chart(
    x: ArrayLike,
    y: ArrayLike,
    sigma: float,
    bound: WidthBound,
    *,
    T: float,
    positions: tuple[float, float],
    areas: tuple[float, float],
    width: float,
    background: ArrayLike | None = None,
    title: str = "Exchange at the bound",
    simulated: bool,
) -> Chart:
    """Return measured absorbance with the lines of slow exchange, of the bound and ten times it.

    Both states are taken to absorb equally strongly, so that the areas are populations, and both
    bands to be as wide as the first: what is seen is the shape that a rate makes, not a fit.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, ascending.
    y : array_like, shape (n,)
        Absorbance of the row at T.
    sigma : float
        White-noise standard deviation of y.
    bound : WidthBound
        Bounds of the series.
    T : float
        K, of the row; one of the temperatures of the bound.
    positions : tuple of float
        Of both bands without exchange, cm-1; the first is the bound's.
    areas : tuple of float
        Of both bands, absorbance cm-1.
    width : float
        Full width at half maximum of the coldest row, cm-1.
    background : array_like, shape (n,), optional
        Absorbance under the bands; 0 where not given.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
        Absorbance above, residuals below.

    Raises
    ------
    SettingsError
        For arrays that do not fit each other, areas that are not positive, or a temperature the
        bound does not have.
    """
    under = np.zeros(np.shape(y)) if background is None else background
    axis, (measured, below) = checked_rows(x, np.array([y, under]), _WHERE)
    noise = checked_noise(sigma, 1, _WHERE)
    if not min(areas) > 0:
        raise SettingsError("areas must be positive", where=_WHERE, do="a band is missing")
    found = np.flatnonzero(np.isclose(bound.T, T, rtol=0, atol=1e-6))
    if found.size != 1:
        raise SettingsError(
            f"no bound at {T:g} K",
            where=_WHERE,
            do=f"there are bounds from {bound.T[0]:g} to {bound.T[-1]:g} K",
        )
    k_max = float(bound.k_max[found[0]])
    ratio = areas[0] / areas[1]

    def line(k_a: float) -> FloatArray:
        exchanging = two_site_line(axis, positions, k_a, ratio * k_a, width)
        return np.asarray(below + sum(areas) * exchanging, dtype=np.float64)

    # slower than 1e-6 of the bound nothing is seen of exchange
    slow, at, faster = line(1e-6 * k_max), line(k_max), line(_FASTER * k_max)
    upper = (
        Trace("measured", axis, measured, TraceKind.DATA),
        Trace("no exchange", axis, slow, TraceKind.REFERENCE),
        Trace(f"k = {k_max:.2g} s⁻¹, the bound", axis, at, TraceKind.TOTAL),
        Trace(
            f"k = {_FASTER * k_max:.2g} s⁻¹, ten times the bound",
            axis,
            faster,
            TraceKind.BACKGROUND,
        ),
    )
    lower = (
        Trace(
            "measured − bound",
            axis,
            measured - at,
            TraceKind.RESIDUAL,
            np.full(axis.size, noise[0]),
        ),
    )
    cautions = f" {'; '.join(bound.cautions)}." if bound.cautions else ""
    return Chart(
        "exchange",
        title,
        "wavenumber / cm⁻¹",
        (Panel("absorbance", upper, 3.0), Panel("residual", lower, 1.0, True)),
        f"{T:g} K. An upper bound on the rate out of {bound.band} towards {bound.partner}: "
        f"{100 * bound.level:g} %, from the full width above that at {bound.coldest:g} K, at a "
        f"resolution of {bound.resolution:g} cm⁻¹. Both bands are taken to be the same oscillator, to "
        "absorb equally strongly in both states and to be equally wide without exchange; dephasing "
        f"and disorder widen bands too.{cautions}",
        simulated,
        reverse_x=True,
    )
