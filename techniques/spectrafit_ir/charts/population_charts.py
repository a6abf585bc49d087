"""What the bands say of a two-state equilibrium: chi2 along dH, and the fractions they allow."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray
from spectrafit_ir.population.profile_dh import DHProfile
from spectrafit_ir.population.progress import Progress
from spectrafit_ir.population.van_t_hoff import fraction
from spectrafit_ir.population.verdict import REJECTED, VantHoff

__all__ = ["dH_chart", "fraction_chart"]

# of the rise of chi2 at the ends of the interval: what is drawn
_DRAWN = 3.0
_POINTS = 81
_CURVES = 5


def dH_chart(
    found: VantHoff, *, title: str = "χ² along ΔH of a two-state equilibrium", simulated: bool
) -> Chart:
    """Return the rise of chi2 along dH, with constant and with linear end members.

    Parameters
    ----------
    found : VantHoff
        Analysis of one regime.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
        With the rise that bounds the 95 % interval; the caption holds the verdict.
    """
    traces, rises = [], []
    for label, kind, profile in (
        ("constant end members", TraceKind.TOTAL, found.constant),
        ("linear end members", TraceKind.BACKGROUND, found.linear),
    ):
        if profile is not None:
            x, y = _rise_curve(profile)
            rejected = profile.p_value is not None and profile.p_value < REJECTED
            label = f"{label}, rejected" if rejected else label
            traces.append(Trace(label, x / 1000.0, y, kind))
            rises.append(profile.rise)
    ends = [trace.x[[0, -1]] for trace in traces]
    span = np.array([min(end[0] for end in ends), max(end[1] for end in ends)])
    rise = max(rises)
    traces.append(Trace(f"rise of {rise:.2f}: 95 %", span, np.full(2, rise), TraceKind.REFERENCE))
    return Chart(
        "ir-dH-profile",
        f"{title}: {found.verdict.value.replace('_', ' ')}",
        "ΔH / kJ mol⁻¹",
        (Panel("χ² − least χ²", tuple(traces), zero_line=True),),
        f"T½ and all end members refitted at each ΔH. {found.sentence}. "
        f"Drawn where χ² is less than {_DRAWN * rise:.3g} above its least.",
        simulated,
    )


def fraction_chart(
    found: VantHoff,
    progress: Progress,
    *,
    curves: int = _CURVES,
    title: str = "Fractions of the warm state that the bands allow",
    simulated: bool,
) -> Chart:
    """Return fractions against temperature that fit within 95 %, and how alike they look.

    Parameters
    ----------
    found : VantHoff
        Analysis of one regime.
    progress : Progress
        Of one of its bands.
    curves : int, optional
        How many fractions for each kind of end members.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart
        Above the fractions, below the same with constant ends as progress, over the measured one.

    Raises
    ------
    SettingsError
        When the progress has no numbers.
    """
    if progress.reason:
        raise SettingsError(f"nothing to draw: {progress.sentence}")
    T = np.linspace(float(progress.T.min()), float(progress.T.max()), _POINTS)
    above, below = [], [
        Trace(
            f"{progress.band}, measured", progress.T, progress.value, TraceKind.DATA,
            progress.sigma,
        )
    ]  # fmt: skip
    for label, kind, profile in (
        ("linear end members", TraceKind.BACKGROUND, found.linear),
        ("constant end members", TraceKind.CURVE, found.constant),
    ):
        if profile is None:
            continue
        for dH, T_half in zip(*profile.allowed(curves), strict=True):
            above.append(Trace(label, T, fraction(T, dH, T_half), kind))
            if profile is found.constant:
                below.append(Trace(label, T, _progress_of_law(progress, T, dH, T_half), kind))
    return Chart(
        "ir-fraction",
        title,
        "T / K",
        (
            Panel("fraction of the warm state", tuple(above)),
            Panel(f"progress of {progress.band}", tuple(below)),
        ),
        f"{found.sentence}. {progress.sentence}. Each curve fits within 95 %; those with constant "
        "end members are drawn again as progress, where they can hardly be told apart. "
        "Bars are one standard error.",
        simulated,
    )


def _rise_curve(profile: DHProfile) -> tuple[FloatArray, FloatArray]:
    """Return dH in J/mol and the rise of chi2 there, smooth, up to what is drawn."""
    top = _DRAWN * profile.rise
    rise = profile.chi2_along - profile.chi2
    inside = np.flatnonzero(rise <= top)
    low = profile.dH[max(0, int(inside[0]) - 1)]
    high = profile.dH[min(profile.dH.size - 1, int(inside[-1]) + 1)]
    x = np.unique(np.append(np.geomspace(low, high, 2 * _POINTS), profile.interval.best))
    y = profile.problem.least(x).chi2 - profile.chi2
    return x[y <= top], y[y <= top]


def _progress_of_law(progress: Progress, T: FloatArray, dH: float, T_half: float) -> FloatArray:
    """Return the progress of a law, its end members constant, fitted to the measured one.

    Not through its own 0 and 1: the measured progress has its errors there too.
    """
    f = fraction(progress.T, dH, T_half)
    design = np.column_stack([np.ones_like(f), f])
    # the rows at 0 and 1 have no error in the progress: plain least squares, for the eye only
    offset, factor = np.linalg.lstsq(design, progress.value, rcond=None)[0]
    return np.asarray(offset + factor * fraction(T, dH, T_half))
