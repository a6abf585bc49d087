"""Where each line of alpha-iron lies on the scale that all of them made: how true the drive is.

A scale has three parameters and twelve lines, six in each branch. What a line is off it shows
departures from the drive's form, velocity by velocity, that a reduced chi2 only sums up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.drive.calibration import count_unit
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.conventions import convention
from spectrafit_mossbauer.drive.iron_fit import PAIRS, IronFit, fitted_iron
from spectrafit_mossbauer.drive.scale import Calibration

__all__ = ["LinePosition", "PlacedLines", "placed_lines"]


@dataclass(frozen=True)
class LinePosition:
    """A line of alpha-iron in one branch.

    Parameters
    ----------
    velocity : float
        Where the convention puts it, in mm/s, by the calibration's orientation.
    branch : int
        +1 beyond the folding centre, -1 before it.
    offset : float
        Where it lies less where it should, in mm/s.
    sigma : float
        Standard error of the offset, from the counts, in mm/s.
    """

    velocity: float
    branch: int
    offset: float
    sigma: float


@dataclass(frozen=True, eq=False)
class PlacedLines:
    """The fit of a calibration spectrum, and its lines one by one.

    Parameters
    ----------
    numbers : ndarray, shape (n,)
        Channels in use, from 0.
    counts, model : ndarray, shape (n,)
        Counted and expected, in counts.
    level : ndarray, shape (n,)
        The model without lines.
    branch : ndarray, shape (n,)
        +1 beyond the folding centre, -1 before it.
    lines : tuple of LinePosition
        Those inside the range of velocities.
    """

    numbers: FloatArray
    counts: FloatArray
    model: FloatArray
    level: FloatArray
    branch: FloatArray
    lines: tuple[LinePosition, ...]


def placed_lines(channels: Channels, calibration: Calibration) -> PlacedLines:
    """Return the position of each line of alpha-iron on a scale made from the same spectrum.

    The scale is held; one Gauss-Newton step from its fit, in which every line of each branch may
    move and depths, widths and baseline follow, gives the offsets.

    Parameters
    ----------
    channels : Channels
        The spectrum of alpha-iron.
    calibration : Calibration
        Made from it.

    Returns
    -------
    PlacedLines

    Raises
    ------
    FitError
        When the calibration is of another number of channels, or of a table of velocities.
    """
    if calibration.channels != len(channels) or calibration.drive == "table":
        raise FitError(
            f"a calibration of {calibration.channels} channels ({calibration.drive}) was not made "
            f"from these {len(channels)} channels",
            where=channels.name,
            do="give the spectrum of alpha-iron that the calibration was made from",
        )
    fit = fitted_iron(
        channels,
        calibration.form,
        convention(calibration.convention),
        calibration.centre,
        list(calibration.values),
        count_unit(channels),
    )
    data, shapes = fit.problem.data[0], _shapes(fit)
    level = sum(
        fit.result.value(f"iron.{name}") * column
        for name, column in shapes.items()
        if name in ("b0", "b1", "b2", "b3", "b4")
    )
    branch = shapes["b1"]
    return PlacedLines(
        data.x,
        data.y,
        fit.model,
        np.asarray(level),
        branch,
        _offsets(fit, shapes, branch, calibration.sign),
    )


def _shapes(fit: IronFit) -> dict[str, FloatArray]:
    """Return the derivatives of the model by each parameter, by its name."""
    result, data = fit.result, fit.problem.data[0]
    line = fit.problem.model[0].components[0].line
    values = [result.by_name[f"iron.{row.name}"] for row in line.parameters]
    slopes = line.function(data.x, *values)[1:]
    return {row.name: np.asarray(slope) for row, slope in zip(line.parameters, slopes, strict=True)}


def _offsets(
    fit: IronFit, shapes: dict[str, FloatArray], branch: FloatArray, sign: int
) -> tuple[LinePosition, ...]:
    result, data = fit.result, fit.problem.data[0]
    held = {*fit.form.names, *(f"at_{name}" for name in PAIRS)}
    columns = [column for name, column in shapes.items() if name not in held]
    drive = [result.value(f"iron.{name}") for name in fit.form.names]
    velocity = fit.form.velocity(data.x, *drive)
    named: list[tuple[float, int]] = []
    for name, position in zip(PAIRS, fit.convention.positions, strict=True):
        if f"iron.dip_{name}" not in result.names:
            continue
        dip, width = result.value(f"iron.dip_{name}"), result.value(f"iron.width_{name}")
        for at in (-position, position):
            away = 2.0 * (velocity - at) / width
            moved = -dip * 4.0 * away / (width * (1.0 + away**2) ** 2)
            for half in (-1, 1):
                part = np.where(branch == half, moved, 0.0)
                if _is_inside(velocity[branch == half], at, width):
                    columns.append(part)
                    named.append((sign * at, half))
    steps, errors = _weighted_steps(columns, data.y - fit.model, fit.model)
    first = len(columns) - len(named)
    return tuple(
        LinePosition(at, half, float(sign * steps[i]), float(errors[i]))
        for i, (at, half) in enumerate(named, first)
    )


def _is_inside(velocity: FloatArray, at: float, width: float) -> bool:
    """Return whether a branch shows a line's middle with both flanks."""
    return bool(velocity.size and velocity.min() < at - width and at + width < velocity.max())


def _weighted_steps(
    columns: Sequence[FloatArray], rest: FloatArray, variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the changes that lower chi2 most, and their standard errors."""
    weight = 1.0 / np.sqrt(variance)
    rows = np.stack(columns, axis=1) * weight[:, None]
    scale = np.sqrt((rows**2).sum(axis=0))
    rows = rows / scale
    covariance = np.linalg.inv(rows.T @ rows)
    steps = covariance @ (rows.T @ (rest * weight))
    return steps / scale, np.sqrt(np.diag(covariance)) / scale
