"""Counts of alpha-iron against the channel: six lines where the drive puts them, and the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from spectrafit.lines.line import Component, Line, LineParameter
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.velocity import Drive

__all__ = ["LEVEL", "baseline_columns", "iron_line"]

LEVEL: Final = "b0"
"""Name of the level of the baseline, in counts."""

# narrower than the natural width of the level is no line, wider no alpha-iron
_NARROWEST, _WIDEST = 0.05, 3.0


def baseline_columns(channel: FloatArray, centre: float, period: int) -> dict[str, FloatArray]:
    """Return the five shapes of the baseline: 1, s, u, s (1 - u^2), u^2.

    s is the sign of the branch, u the distance from the centre, -1 there and +1 half a period away.
    The fourth is the geometry: the source is at opposite displacements in the two branches.

    Parameters
    ----------
    channel : ndarray, shape (n,)
        Channel numbers from 0.
    centre : float
        Channel about which the branches are mirror images.
    period : int
        Channels of a period.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        By the name of their coefficient, ``b0`` to ``b4``.
    """
    distance = (channel - centre + 0.5 * period) % period - 0.5 * period
    s = np.where(distance < 0.0, -1.0, 1.0)
    u = np.abs(distance) / (0.25 * period) - 1.0
    shapes = (np.ones(channel.size), s, u, s * (1.0 - u**2), u**2)
    return {f"b{i}": shape for i, shape in enumerate(shapes)}


def iron_line(
    drive: Drive,
    positions: Sequence[tuple[str, float]],
    columns: Mapping[str, FloatArray],
    origin: str,
) -> Component:
    """Return the component of a whole alpha-iron spectrum on the channel axis.

    Its parameters are those of the drive, then of each pair of lines the distance from the centroid
    in mm/s (held), the dip in counts and the full width in mm/s, then the baseline in counts. All
    derivatives are exact.

    Parameters
    ----------
    drive : Drive
        Where a channel's velocity comes from.
    positions : sequence of (str, float)
        Name and distance from the centroid, in mm/s, of each pair of lines.
    columns : mapping of str to ndarray, shape (n,)
        Shapes of the baseline at the points that are fitted, by the name of their coefficient.
    origin : str
        Name of the convention of the positions.

    Returns
    -------
    Component
        Called ``iron``.
    """
    count = len(drive.names)
    size = count + 3 * len(positions)
    shapes = tuple(columns.values())

    def function(channel: FloatArray, *p: Any) -> tuple[Any, ...]:
        velocity, by_drive = drive.velocity_and_slopes(channel, *p[:count])
        value = sum(level * column for level, column in zip(p[size:], shapes, strict=True))
        by_velocity = np.zeros(velocity.shape)
        by_pair: list[FloatArray] = []
        for begin in range(count, size, 3):
            position, dip, width = p[begin : begin + 3]
            shape, along, apart, wider = _pair(velocity, position, width)
            value = value - dip * shape
            by_velocity -= dip * along
            by_pair += [-dip * apart, -shape, -dip * wider]
        return (value, *(by_velocity * slope for slope in by_drive), *by_pair, *shapes)

    rows = [
        *(
            LineParameter(name, unit, 0.0)
            for name, unit in zip(drive.names, drive.units, strict=True)
        ),
        *(row for name, position in positions for row in _pair_rows(name, position)),
        *(LineParameter(name, "y", 0.0, linear=True) for name in columns),
    ]
    line = Line(
        name="alpha_iron",
        meaning="six Lorentzian lines of alpha-iron on a channel axis, with the baseline",
        function=function,
        parameters=tuple(rows),
        sources=("sum of Lorentzian lines at the velocities of the drive",),
        constants=(
            ("convention", origin),
            ("drive", drive.kind),
            ("term", drive.term or ""),
            ("period", drive.period),
            ("baseline", float(math.fsum(np.abs(np.stack(shapes)).ravel()))),
        ),
    )
    return Component(line, "iron")


def _pair_rows(name: str, position: float) -> tuple[LineParameter, ...]:
    return (
        LineParameter(f"at_{name}", "mm/s", position, meaning="distance, held", fixed=True),
        LineParameter(f"dip_{name}", "y", 0.0, linear=True, meaning="of either line of the pair"),
        LineParameter(f"width_{name}", "mm/s", 0.3, _NARROWEST, _WIDEST, "full width"),
    )


def _pair(velocity: FloatArray, position: float, width: float) -> tuple[FloatArray, ...]:
    """Return two lines of height 1, and their derivatives by velocity, distance and width."""
    value, along, apart, wider = np.zeros((4, *velocity.shape))
    for sign in (-1.0, 1.0):
        offset = 2.0 * (velocity - sign * position) / width
        height = 1.0 / (1.0 + offset**2)
        slope = -4.0 * offset * height**2 / width
        value += height
        along += slope
        apart -= sign * slope
        wider -= 0.5 * offset * slope
    return value, along, apart, wider
