"""The alpha-iron spectrum behind a velocity scale, and how far each of its lines lies off it."""

from __future__ import annotations

import numpy as np

from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.rounding import value_text
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.line_positions import LinePosition, placed_lines
from spectrafit_mossbauer.drive.scale import Calibration

__all__ = ["calibration_chart"]

_MICRO = 1e3
_HALVES = (("first branch", -1), ("second branch", 1))


def calibration_chart(
    calibration: Calibration,
    channels: Channels,
    *,
    title: str = "",
    simulated: bool | None = None,
) -> Chart | None:
    """Return the alpha-iron spectrum with its fit, and how far each line lies off the scale.

    Parameters
    ----------
    calibration : Calibration
        The scale.
    channels : Channels
        The spectrum of alpha-iron that it was made from.
    title : str, optional
        Instead of the file's name.
    simulated : bool, optional
        As for `spectrum_chart`.

    Returns
    -------
    Chart or None
        None for a scale that is a table of velocities.
    """
    if calibration.drive == "table":
        return None
    placed = placed_lines(channels, calibration)
    velocity = calibration.velocity(placed.numbers)
    share, model = placed.counts / placed.level, placed.model / placed.level
    traces: list[Trace] = []
    for name, half in _HALVES:
        own = placed.branch == half
        order = np.argsort(velocity[own])
        traces.append(Trace(name, velocity[own][order], share[own][order], TraceKind.DATA))
    order = np.argsort(velocity)
    traces.append(Trace("six lines", velocity[order], model[order], TraceKind.TOTAL))
    rest = (placed.counts - placed.model) / np.sqrt(placed.model)
    panels = (
        Panel("counts / baseline", tuple(traces), 1.6),
        Panel("residual / σ", (Trace("counts − fit", velocity[order], rest[order], TraceKind.RESIDUAL),), 0.5, True),
        Panel("offset / µm s⁻¹", _offset_traces(placed.lines), 0.8, True),
    )  # fmt: skip
    sign = ", sign not determined" if calibration.orientation is None else ""
    return Chart(
        "calibration",
        title or f"α-Fe, {channels.name}: velocity scale, not folded",
        f"velocity / mm s⁻¹ (against α-Fe, convention {calibration.convention}{sign})",
        panels,
        _calibration_caption(calibration),
        channels.source.simulated if simulated is None else simulated,
    )


def _offset_traces(lines: tuple[LinePosition, ...]) -> tuple[Trace, ...]:
    traces = []
    for name, half in _HALVES:
        own = sorted((one for one in lines if one.branch == half), key=lambda one: one.velocity)
        x, y, sigma = (
            np.array([(one.velocity, one.offset, one.sigma) for one in own]).reshape(-1, 3).T
        )
        traces.append(Trace(name, x, _MICRO * y, TraceKind.DATA, sigma=_MICRO * sigma))
    return tuple(traces)


def _calibration_caption(calibration: Calibration) -> str:
    values = ", ".join(
        f"{name} {value_text(calibration.value(name), calibration.sigma(name))}"
        for name in calibration.names
    )
    far = ", ".join(str(number) for number, _ in calibration.outliers)
    return (
        f"{calibration.source.name}: drive {calibration.drive}, {values}; positions of convention "
        f"{calibration.convention}; reduced χ² {calibration.reduced_chi2:.3f}, mirrored "
        f"{calibration.fold_chi2:.3f}"
        + (f"; channels beyond 4σ: {far}" if far else "")
        + ". Below, each line of each branch free to move on the scale that all of them made."
    )
