"""Measured spectrum, calculated sticks and their broadened sum, one panel a state."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.calculated.candidates import Candidates
from spectrafit_ir.calculated.match import Match
from spectrafit_ir.calculated.sticks import KM_PER_MOL, Vibrations
from spectrafit_ir.charts.series_axes import WAVENUMBER

__all__ = ["calculated_chart"]

_ORIGINS = {
    "given": "given",
    "assigned bands": "fitted on assigned bands",
    "best match": "of the best match",
}


def calculated_chart(
    x: FloatArray,
    y: FloatArray,
    found: Candidates,
    states: Sequence[Vibrations],
    *,
    fwhm: float = 12.0,
    measured: str = "measured",
    name: str = "calculated",
    title: str = "",
    simulated: bool,
) -> Chart:
    """Return the measured spectrum with the calculated one of every state below each other.

    A stick is as high as the band that it gives; sticks stand on the lowest measured point.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1, ascending.
    y : ndarray, shape (n,)
        Measured absorbance as compared; not a number where masked.
    found : Candidates
        Of the same window.
    states : sequence of Vibrations
        In the order of its matches.
    fwhm : float, optional
        As compared, cm-1.
    measured : str, optional
        What was measured, for the legend, like ``mean of 10 to 70 K``.
    name : str, optional
        Of the chart.
    title : str, optional
        One line.
    simulated : bool
        Whether the measured data say that they are simulated.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When arrays differ in length, or states are not those that were compared.
    """
    names = [state.name for state in states]
    if names != [one.state for one in found.matches]:
        raise SettingsError("states of the chart are not those that were compared", where=name)
    if y.shape != x.shape or any(one.curve.shape != x.shape for one in found.matches):
        raise SettingsError("measured and calculated spectra differ in length", where=name)
    panels = tuple(
        Panel(
            f"{one.state}: absorbance",
            (
                Trace(measured, x, y, TraceKind.CURVE),
                Trace("calculated", x, one.curve, TraceKind.TOTAL),
                _sticks(x, y, one, state, fwhm),
            ),
        )
        for one, state in zip(found.matches, states, strict=True)
    )
    return Chart(
        name,
        title or f"Calculated vibrations × {found.factor.value:.4f}",
        WAVENUMBER,
        panels,
        _caption(found, fwhm),
        simulated,
        reverse_x=True,
    )


def _sticks(x: FloatArray, y: FloatArray, one: Match, state: Vibrations, fwhm: float) -> Trace:
    """Return the modes in the window as one curve with gaps between them."""
    places = one.factor * state.wavenumbers
    seen = (places >= x[0]) & (places <= x[-1])
    order = np.argsort(places[seen])
    places = places[seen][order]
    peak = 2.0 * KM_PER_MOL / (math.pi * fwhm) * one.height
    heights = peak * state.intensities[seen][order]
    foot = np.full(places.size, float(np.nanmin(y)))
    gap = np.full(places.size, np.nan)
    return Trace(
        "calculated modes",
        np.stack([places, places, places], axis=1).ravel(),
        np.stack([foot, foot + heights, gap], axis=1).ravel(),
        TraceKind.REFERENCE,
    )


def _factor_text(found: Candidates) -> str:
    factor = found.factor
    error = f" ± {factor.sigma:.4f}" if factor.sigma else ""
    return f"{factor.value:.4f}{error} ({_ORIGINS[found.origin]})"


def _caption(found: Candidates, fwhm: float) -> str:
    verdicts = "; ".join(
        f"{one.state}: similarity {one.score:.2f}, with modes elsewhere up to {one.chance:.2f} "
        f"(95 %), {one.verdict}"
        for one in found.matches
    )
    return (
        f"One factor on all calculated wavenumbers: {_factor_text(found)}. Lorentzian modes, FWHM "
        f"{fwhm:g} cm⁻¹; height and a straight line are those of least squares. {verdicts}."
    )
