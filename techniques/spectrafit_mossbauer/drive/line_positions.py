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
from spectrafit_mossbauer.drive.iron_line import baseline_columns
from spectrafit_mossbauer.drive.iron_pairs import PairOfLines
from spectrafit_mossbauer.drive.scale import Calibration

__all__ = ["LinePosition", "PlacedLines", "placed_lines"]

# the variance is the model's, so weights follow it; after the second round they rest
_ROUNDS = 3


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
    """A calibration spectrum with its model, and its lines one by one.

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

    The scale and the widths are those of the calibration. One Gauss-Newton step from there, in which
    every line of each branch may move and depths, widths and baseline follow, gives the offsets.

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
    numbers = channels.numbers
    counts = channels.counts[channels.used] / count_unit(channels)
    velocity = calibration.form.velocity(numbers, *calibration.values)
    shapes = baseline_columns(numbers, calibration.centre, calibration.form.period)
    pairs = calibration.pairs
    lines = [
        _height(velocity, -pair.position, pair.width) + _height(velocity, pair.position, pair.width)
        for pair in pairs
    ]
    linear = [*shapes.values(), *(-one for one in lines)]
    model = np.maximum(counts, 1.0)
    for _ in range(_ROUNDS):
        values, _ = _weighted(linear, counts, np.maximum(model, 1.0))
        model = np.asarray(values @ np.stack(linear))
    level = values[: len(shapes)] @ np.stack(list(shapes.values()))
    branch, dips = shapes["b1"], values[len(shapes) :]
    moved = [
        (
            calibration.sign * at,
            half,
            np.where(branch == half, -dip * _moved(velocity, at, pair.width), 0.0),
        )
        for pair, dip in zip(pairs, dips, strict=True)
        for at in (-pair.position, pair.position)
        for half in (-1, 1)
        if _is_inside(velocity[branch == half], at, pair.width)
    ]
    wider = [-dip * _wider(velocity, pair) for pair, dip in zip(pairs, dips, strict=True)]
    columns = [*linear, *wider, *(column for *_, column in moved)]
    steps, errors = _weighted(columns, counts - model, np.maximum(model, 1.0))
    first = len(columns) - len(moved)
    placed = tuple(
        LinePosition(at, half, float(calibration.sign * steps[i]), float(errors[i]))
        for i, (at, half, _) in enumerate(moved, first)
    )
    return PlacedLines(numbers, counts, model, np.asarray(level), branch, placed)


def _height(velocity: FloatArray, at: float, width: float) -> FloatArray:
    return np.asarray(1.0 / (1.0 + (2.0 * (velocity - at) / width) ** 2))


def _moved(velocity: FloatArray, at: float, width: float) -> FloatArray:
    """Return the derivative of a line of height 1 by its position."""
    away = 2.0 * (velocity - at) / width
    return np.asarray(4.0 * away / (width * (1.0 + away**2) ** 2))


def _wider(velocity: FloatArray, pair: PairOfLines) -> FloatArray:
    """Return the derivative of a pair of lines of height 1 by their width."""
    return np.asarray(
        sum(
            (velocity - at) * _moved(velocity, at, pair.width) / pair.width
            for at in (-pair.position, pair.position)
        )
    )


def _is_inside(velocity: FloatArray, at: float, width: float) -> bool:
    """Return whether a branch shows a line's middle with both flanks."""
    return bool(velocity.size and velocity.min() < at - width and at + width < velocity.max())


def _weighted(
    columns: Sequence[FloatArray], values: FloatArray, variance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the coefficients of columns with the least chi2, and their standard errors."""
    weight = 1.0 / np.sqrt(variance)
    rows = np.stack(columns, axis=1) * weight[:, None]
    scale = np.sqrt((rows**2).sum(axis=0))
    rows = rows / scale
    covariance = np.linalg.inv(rows.T @ rows)
    found = covariance @ (rows.T @ (values * weight))
    return found / scale, np.sqrt(np.diag(covariance)) / scale
