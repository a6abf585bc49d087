"""Figures of a run: p of both branches with the plateau enlarged and I0, dP, the reference, the log."""

from __future__ import annotations

import numpy as np

from spectrafit.heat_map import Mark
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.change_items import dP_of
from spectrafit_pyro.coefficient import Coefficient
from spectrafit_pyro.origin import Origin
from spectrafit_pyro.reference import reference_share
from spectrafit_pyro.run import Run

__all__ = ["change_chart", "coefficient_chart", "log_chart", "reference_chart"]

_T = "temperature / K"
_ENLARGED = 1.5  # times the largest magnitude of the plateau
_P = "nC cm⁻² K⁻¹"


def _names(origin: Origin) -> str:
    return ", ".join(recording.name for recording in origin.run.recordings)


def _symbol(origin: Origin) -> str:
    return "|p|" if origin.run.electrode.polarity is None else "p"


def _within(curve: FloatArray, low: float, high: float) -> FloatArray:
    return np.where((curve >= low) & (curve <= high), curve, np.nan)


def coefficient_chart(origin: Origin) -> Chart:
    """Return p(T): whole, enlarged to the plateau, and the current that does not follow the rate.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Chart
    """
    run, symbol = origin.run, _symbol(origin)
    T = run.best.temperature
    low, high = run.settings.plateau_K
    peak = Mark(*run.settings.peak_K, "peak")
    flat = Mark(low, high, "plateau")
    curves: list[tuple[str, Coefficient, TraceKind]] = []
    if run.joint is not None:
        curves += [
            ("both", run.best, TraceKind.CURVE),
            ("heating", run.joint.heating, TraceKind.CURVE),
            ("cooling", run.joint.cooling, TraceKind.CURVE),
        ]
    else:
        curves.append((f"{run.branch} only: offset not testable", run.best, TraceKind.DATA))
    whole = [
        Trace(name, T, curve.p, kind, curve.sigma if curve is run.best else None)
        for name, curve, kind in curves
    ]
    panels = [
        Panel(f"{symbol} / {_P}", tuple(whole), 1.6, zero_line=True, x_marks=(peak, flat)),
    ]
    inside = (low <= T) & (high >= T)
    if inside.any():
        reach = float(np.ceil(_ENLARGED * np.abs(run.best.p[inside]).max()))
        level = float(run.best.p[inside].mean())
        ends = (0.0, reach) if level > 0.0 else (-reach, 0.0)
        near = [Trace(name, T, _within(curve.p, *ends), kind) for name, curve, kind in curves]
        panels.append(
            Panel(f"{symbol}, {ends[0]:g} to {ends[1]:g}", tuple(near), 1.2, x_marks=(peak, flat))
        )
    if run.joint is not None:
        even = Trace("I₀", T, run.joint.even_current, TraceKind.CURVE, run.joint.even_sigma)
        panels.append(Panel("I₀ / pA", (even,), 0.8, zero_line=True, x_marks=(peak, flat)))
    return Chart(
        "p", f"Pyroelectric coefficient of {_names(origin)}", _T, tuple(panels), _caption(origin),
        simulated=run.simulated,
    )  # fmt: skip


def _caption(origin: Origin) -> str:
    run = origin.run
    rates = " and ".join(f"{60.0 * sweep.nominal:+.2f} K/min" for sweep in run.pair or (run.sweep,))
    words = [
        f"{rates}; electrode {run.electrode.stated_mm2:g} mm², "
        + (
            "polarity not told, magnitudes only"
            if run.electrode.polarity is None
            else f"polarity {run.electrode.polarity:+d}, positive p grows along +u on heating"
        )
    ]
    if run.joint is not None:
        how = f"aligned by a lag of {run.lag_s:.1f} s" if run.lag_s else "not aligned"
        words.append(
            "Both: p = (I_h − I_c)/[A(r_h − r_c)], in which a current that does not follow the rate cancels"
        )
        words.append(f"Branches are {how}; lag and hysteresis are not told apart with one rate")
        words.append(
            "I₀ is the current that does not follow the rate, with the electrometer's sign"
        )
    words.append(
        "The middle panel is the first, enlarged to the plateau"
        if run.joint is not None
        else "The lower panel is the upper, enlarged to the plateau"
    )
    words.append("Bands are one standard uncertainty (k = 1) by noise, without the area's")
    return ". ".join(words) + "."


def change_chart(origin: Origin) -> Chart:
    """Return dP(T) from T0 with its band.

    Parameters
    ----------
    origin : Origin
        Of the run, with polarity.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        For a T0 that the data do not cover.
    """
    run = origin.run
    change = dP_of(origin)
    trace = Trace("ΔP", change.temperature, change.value, TraceKind.CURVE, change.sigma)
    T0 = run.settings.T0_K
    area = run.electrode.area.relative
    parts = "noise" + (f", area ({area:.1%}, common to all points)" if area else "")
    parts += ", rate (common)" if run.settings.rate_error else ""
    parts += ", offset (common)" if run.settings.offset_error_pA else ""
    missing = "" if area else " The area has no standard uncertainty, so its part is missing."
    branch = (
        "" if run.joint is not None else f" {run.branch.capitalize()} only: offset not testable."
    )
    return Chart(
        "dP", f"Change of polarisation of {_names(origin)} from {T0:g} K", _T,
        (Panel("ΔP / µC cm⁻²", (trace,), zero_line=True, x_marks=(Mark(T0, T0, "T₀"),)),),
        f"Integral of p along +u from T₀ = {T0:g} K. The band is one standard uncertainty (k = 1): "
        f"{parts}.{missing}{branch}",
        simulated=run.simulated,
    )  # fmt: skip


def reference_chart(origin: Origin, reference: Run) -> Chart:
    """Return p of sample and reference, and their ratio where it is testable.

    Parameters
    ----------
    origin : Origin
        Of the run.
    reference : Run
        Of the reference crystal.

    Returns
    -------
    Chart
    """
    run, symbol = origin.run, _symbol(origin)
    share = reference_share(run.best, reference.best, least_signal=run.settings.least_signal)
    names = ", ".join(recording.name for recording in reference.recordings)
    top = Panel(
        f"{symbol} / {_P}",
        (
            Trace("sample", run.best.temperature, run.best.p, TraceKind.DATA),
            Trace(f"reference: {names}", reference.best.temperature, reference.best.p, TraceKind.REFERENCE),
        ),
        1.4,
        zero_line=True,
    )  # fmt: skip
    known = share.testable
    panels: tuple[Panel, ...] = (top,)
    if known.any():
        ratio = Trace(
            "ratio",
            share.temperature[known],
            share.ratio[known],
            TraceKind.DATA,
            share.sigma[known],
        )
        panels += (Panel("p of reference / p", (ratio,), zero_line=True),)
    upper = (
        "nowhere testable" if share.upper is None
        else f"at most {share.upper:.0%} (95 %), largest at {share.upper_at:g} K"
    )  # fmt: skip
    return Chart(
        "reference", f"Share of the reference crystal in {_names(origin)}", _T, panels,
        f"Ratio {upper}. {share.reason[0].upper()}{share.reason[1:]}. Bars are one standard uncertainty (k = 1).",
        simulated=run.simulated or reference.simulated,
    )  # fmt: skip


def log_chart(origin: Origin) -> Chart:
    """Return current and temperature against time, as recorded.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Chart
    """
    from spectrafit_pyro.readers.current_log import log_of

    currents, temperatures = [], []
    for recording in origin.run.recordings:
        log = log_of(recording)
        hours = log.time / 3600.0
        currents.append(
            Trace(f"current, {recording.name}", hours, log.current * 1e12, TraceKind.CURVE)
        )
        temperatures.append(
            Trace(f"temperature, {recording.name}", hours, log.temperature, TraceKind.CURVE)
        )
    return Chart(
        "log", f"Current and temperature of {_names(origin)}", "time / h",
        (
            Panel("I / pA", tuple(currents), zero_line=True),
            Panel("T / K", tuple(temperatures), 0.7),
        ),
        "As recorded, with the electrometer's sign.",
        simulated=origin.run.simulated,
    )  # fmt: skip
