"""The fit of one spectrum: data, baseline, bands, their sum, and what is left over."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.charts.series_axes import WAVENUMBER

__all__ = ["fit_chart"]

_RESIDUAL_HEIGHT = 0.45


def fit_chart(
    x: FloatArray,
    y: FloatArray,
    bands: Mapping[str, FloatArray],
    baseline: FloatArray,
    *,
    T: float | None = None,
    branch: str = "",
    sigma: float | None = None,
    name: str = "fit",
    title: str = "",
    simulated: bool,
) -> Chart:
    """Return the fit of one spectrum with its bands on their baseline, and the residual.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    y : ndarray, shape (n,)
        Absorbance as fitted; what is masked is not a number.
    bands : mapping of str to ndarray, shape (n,)
        Absorbance of each fitted band by name; not a number outside its window.
    baseline : ndarray, shape (n,)
        Fitted baseline; not a number where nothing was fitted.
    T : float, optional
        K.
    branch : str, optional
        "heating" or "cooling".
    sigma : float, optional
        Standard deviation of the noise; the residual is drawn in its units.
    name : str, optional
        Of the chart.
    title : str, optional
        Instead of temperature and branch.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When arrays differ in length, or the noise is not above zero.
    """
    if any(one.shape != x.shape for one in (y, baseline, *bands.values())):
        raise SettingsError("data, baseline and bands of a fit differ in length", where=title)
    if sigma is not None and not 0.0 < sigma < np.inf:
        raise SettingsError(f"a noise of {sigma:g} scales no residual", where=title)
    on_baseline = {label: baseline + np.nan_to_num(band) for label, band in bands.items()}
    total = baseline + sum((np.nan_to_num(band) for band in bands.values()), np.zeros_like(x))
    errors = None if sigma is None else np.where(np.isfinite(y), sigma, np.nan)
    residual = (y - total) / (1.0 if sigma is None else sigma)
    left_over = [Trace("residual", x, residual, TraceKind.RESIDUAL)]
    at = " ".join(part for part in ("" if T is None else f"{T:g} K", branch) if part)
    return Chart(
        name,
        title or f"Infrared spectrum and fit{', ' + at if at else ''}",
        WAVENUMBER,
        (
            Panel(
                "absorbance",
                (
                    Trace("data", x, y, TraceKind.DATA, errors),
                    Trace("baseline", x, baseline, TraceKind.BACKGROUND),
                    *(
                        Trace(label, x, curve, TraceKind.COMPONENT, base=baseline)
                        for label, curve in on_baseline.items()
                    ),
                    Trace("total", x, total, TraceKind.TOTAL),
                ),
            ),
            Panel(
                "residual" if sigma is None else "residual / σ",
                tuple(left_over),
                _RESIDUAL_HEIGHT,
                zero_line=True,
            ),
        ),
        _caption(residual, sigma),
        simulated,
        reverse_x=True,
    )


def _caption(residual: FloatArray, sigma: float | None) -> str:
    seen = residual[np.isfinite(residual)]
    if not seen.size:
        return "Nothing was fitted."
    rms = float(np.sqrt(np.mean(seen**2)))
    if sigma is None:
        return f"Root mean square of the residual: {rms:.2g}. The noise is not known."
    return f"Root mean square of the residual: {rms:.2f} σ; noise σ = {sigma:.2g} absorbance."
