"""What to look at: the pre-edge as in the field's papers, the normalisation, and all of a scan."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.normalisation.normalize import Normalization
from spectrafit_xas.observables import shape_words
from spectrafit_xas.preedge.chart import corner_chart, ensemble_chart
from spectrafit_xas.preedge.count_chart import count_chart
from spectrafit_xas.preedge.ensemble import PreedgeEnsemble
from spectrafit_xas.preedge.model import SMOOTHING_SHARE, PreedgeFit
from spectrafit_xas.preedge.peak_count import PeakCount
from spectrafit_xas.preparation import PreparedScan
from spectrafit_xas.scans.damage_chart import damage_chart
from spectrafit_xas.scans.foil_chart import foil_chart
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.smoothing import local_cubic

__all__ = ["normalization_chart", "preedge_chart", "scan_charts", "second_derivative"]


def second_derivative(found: PreedgeFit) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return the smoothed second derivative of data and fit, and the band of the data's.

    The same smoother, a local cubic of half-width 0.6 FWHM, acts on both on the data's grid.

    Parameters
    ----------
    found : PreedgeFit
        A fit.

    Returns
    -------
    data, fit : ndarray, shape (n,)
    band : ndarray, shape (n,), or None
        One standard uncertainty; None without point errors.
    """
    values, spectrum = found.values, found.spectrum
    width = min(values[f"{name}.fwhm"] for name in found.peaks)
    maps = local_cubic(spectrum.x, spectrum.x, SMOOTHING_SHARE * width)
    data = maps.derivative(2, spectrum.y)
    model = maps.derivative(2, found.model.evaluate(spectrum.x, values))
    band = None if spectrum.sigma is None else maps.band(2, spectrum.sigma)
    return data, model, band


def _between_ends(found: PreedgeFit) -> NDArray[np.bool_]:
    """Return where the smoother has points on both sides; at the ends its curvature runs away."""
    x = found.spectrum.x
    width = min(found.values[f"{name}.fwhm"] for name in found.peaks)
    reach = min(SMOOTHING_SHARE * width, (x[-1] - x[0]) / 4.0)
    return np.asarray((x >= x[0] + reach) & (x <= x[-1] - reach))


def preedge_chart(
    found: PreedgeFit, *, title: str, axis: str, caption: str, simulated: bool
) -> Chart:
    """Return data, rising edge, peaks and total; the residual; the second derivative.

    Parameters
    ----------
    found : PreedgeFit
        A fit.
    title : str
        One line.
    axis : str
        Label of the energy axis with its convention.
    caption : str
        Model, window and conventions.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
    """
    spectrum, values = found.spectrum, found.values
    fine = np.linspace(spectrum.x[0], spectrum.x[-1], 401)
    background = found.background_curve(fine)
    traces = [
        Trace("data", spectrum.x, spectrum.y, TraceKind.DATA),
        Trace("rising edge", fine, background, TraceKind.BACKGROUND),
    ]
    for i, name in enumerate(found.peaks, start=1):
        peak = found.model.component(name).evaluate(fine, values)
        label = f"peak {i}: {values[f'{name}.center']:.2f} eV"
        traces.append(Trace(label, fine, background + peak, TraceKind.COMPONENT, base=background))
    total = found.model.evaluate(fine, values)
    traces.append(Trace("fit", fine, total, TraceKind.TOTAL))
    if spectrum.sigma is None:
        residual = Panel(
            "residual × 10³",
            (Trace("data − fit", spectrum.x, 1e3 * found.residual, TraceKind.RESIDUAL),),
            0.5,
            True,
        )
    else:
        scaled = found.residual / spectrum.sigma
        residual = Panel(
            "residual / σ",
            (Trace("data − fit", spectrum.x, scaled, TraceKind.RESIDUAL),),
            0.5,
            True,
        )
    data2, fit2, band = second_derivative(found)
    inner = _between_ends(found)
    bend = Panel(
        "second derivative / eV⁻²",
        (
            Trace(
                "data",
                spectrum.x[inner],
                data2[inner],
                TraceKind.DATA,
                sigma=None if band is None else band[inner],
            ),
            Trace("fit", spectrum.x[inner], fit2[inner], TraceKind.TOTAL),
        ),
        0.8,
        True,
    )
    top = Panel("normalised absorption", tuple(traces), 1.6)
    return Chart("preedge", title, axis, (top, residual, bend), caption, simulated)


def normalization_chart(
    spectrum: Spectrum, found: Normalization, *, title: str, axis: str, simulated: bool
) -> Chart:
    """Return mu with the lines below and above the edge, and where they were fitted.

    Parameters
    ----------
    spectrum : Spectrum
        mu before normalisation.
    found : Normalization
        Lines and step.
    title : str
        One line.
    axis : str
        Label of the energy axis with its convention.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
    """
    x = spectrum.x
    above = x[x >= found.e0_eV - 5.0]
    below = x[x <= found.e0_eV + 5.0]
    traces = (
        Trace("μ", x, spectrum.y, TraceKind.DATA),
        Trace("line below the edge", below, found.pre_line(below), TraceKind.BACKGROUND),
        Trace(
            "polynomial above the edge" if found.has_step else "highest point",
            above,
            found.post_curve(above),
            TraceKind.REFERENCE,
        ),
    )
    caption = (
        f"Line fitted from {found.pre_eV[0]:.1f} to {found.pre_eV[1]:.1f} eV; no range above the edge, "
        "so that the edge step is not known and the highest point was set to one."
        if not found.has_step
        else f"Line fitted from {found.pre_eV[0]:.1f} to {found.pre_eV[1]:.1f} eV, polynomial of degree "
        f"{found.degree} from {found.post_eV[0]:.1f} to {found.post_eV[1]:.1f} eV; edge step "
        f"{found.step:.4g} at E0 = {found.e0_eV:.2f} eV."
    )
    return Chart("normalisation", title, axis, (Panel("μ", traces),), caption, simulated)


_AREA_CHARTS = 2  # the first of `_ensemble_charts`


def scan_charts(
    technique: str,
    prepared: PreparedScan,
    settings: XanesSettings,
    counted: PeakCount,
    spread: PreedgeEnsemble | None,
) -> tuple[Chart, ...]:
    """Return everything to look at of one spectrum, in the order in which it is read.

    Parameters
    ----------
    technique : str
        ``xanes`` or ``herfd``.
    prepared : PreparedScan
        The normalised scan, its foil record and its test for damage.
    settings : XanesSettings
        Shape, rising edge and margin.
    counted : PeakCount
        The fits of the settings' own form.
    spread : PreedgeEnsemble or None
        The fits under every choice.

    Returns
    -------
    tuple of Chart
        Pre-edge and normalisation; ensemble, corner and number of peaks where several forms were
        fitted; the foil where there is one; damage where repeats were tested.
    """
    source = prepared.raw.source
    temperature = prepared.raw.conditions.get("T")
    at = f", {temperature:g} K" if isinstance(temperature, float) else ""
    head = f"{prepared.element} K edge, {technique.upper()}{at}"
    peaks = "1 peak" if counted.best == 1 else f"{counted.best} peaks"
    caption = (
        f"{source.name}: {peaks}, {shape_words(settings)}, over {settings.background}; window "
        f"{prepared.window_eV[0]:g} to {prepared.window_eV[1]:g} eV; "
        + ("edge step 1." if prepared.lines.has_step else "highest point 1, no edge step.")
    )
    simulated, axis = source.simulated, prepared.axis
    found: list[Chart | None] = [
        preedge_chart(
            counted.fit, title=f"{head}: pre-edge", axis=axis, caption=caption, simulated=simulated
        ),
        normalization_chart(
            prepared.raw,
            prepared.lines,
            title=f"{head}: normalisation",
            axis=axis,
            simulated=simulated,
        ),
    ]
    if spread is not None:
        charts = _ensemble_charts(spread, prepared, settings, counted, head)
        # without an edge step there are no areas to show
        found += charts if prepared.lines.has_step else charts[_AREA_CHARTS:]
    if prepared.calibration is not None:
        title = f"{prepared.element} foil of {source.name}"
        found.append(
            foil_chart(
                prepared.calibration, prepared.tabulated_eV, title=title, simulated=simulated
            )
        )
    if prepared.damage is not None:
        found.append(
            damage_chart(prepared.damage, title=f"{head}: repeated scans", simulated=simulated)
        )
    return tuple(one for one in found if one is not None)


def _ensemble_charts(
    spread: PreedgeEnsemble,
    prepared: PreparedScan,
    settings: XanesSettings,
    counted: PeakCount,
    head: str,
) -> tuple[Chart | None, ...]:
    simulated = prepared.raw.source.simulated
    return (
        ensemble_chart(
            spread,
            title=f"{head}: area by combination",
            window_eV=prepared.window_eV,
            simulated=simulated,
        ),
        corner_chart(
            spread,
            title=f"{head}: area and centroid by combination",
            axis=prepared.axis,
            simulated=simulated,
        ),
        count_chart(
            spread,
            known=counted.fit.spectrum.sigma is not None,
            margin=settings.bic_margin,
            title=f"{head}: number of peaks",
            simulated=simulated,
        ),
    )
