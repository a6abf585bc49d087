"""A velocity axis that a file brings, checked with a spectrum of alpha-iron on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_mossbauer.drive.conventions import Convention
from spectrafit_mossbauer.drive.conventions import convention as convention_of
from spectrafit_mossbauer.drive.iron_fit import fitted_pairs, iron_on
from spectrafit_mossbauer.drive.iron_pairs import PairOfLines
from spectrafit_mossbauer.drive.iron_start import coarse_scale
from spectrafit_mossbauer.drive.velocity import Drive

__all__ = ["AxisCheck", "checked_axis"]

# widths of a line that a velocity range must hold on either side of it
_ROOM = 1.0


@dataclass(frozen=True)
class AxisCheck:
    """What alpha-iron gives on an axis: its own field and no shift where the axis is right.

    Parameters
    ----------
    field, field_sigma : float
        Hyperfine field on the axis, with its standard error, in T.
    expected_field : float
        By the convention, in T.
    isomer_shift, isomer_shift_sigma : float
        Of the centroid on the axis, in mm/s.
    scale, scale_sigma : float
        What the axis must be multiplied by.
    pairs : tuple of PairOfLines
        As fitted.
    cut : tuple of int
        Lines, from 1 at the lowest velocity to 6, that the axis ends on or before.
    reduced_chi2 : float
        By the statistics of counts.
    convention : str
        "A" or "B".
    """

    field: float
    field_sigma: float
    expected_field: float
    isomer_shift: float
    isomer_shift_sigma: float
    scale: float
    scale_sigma: float
    pairs: tuple[PairOfLines, ...]
    cut: tuple[int, ...]
    reduced_chi2: float
    convention: str


def checked_axis(spectrum: Spectrum, convention: str = "A") -> AxisCheck:
    """Return the field and the shift of alpha-iron on the velocity axis of a spectrum.

    Parameters
    ----------
    spectrum : Spectrum
        Counts of one branch, or folded, against velocity in mm/s.
    convention : str, optional
        Positions of the lines, "A" or "B".

    Returns
    -------
    AxisCheck

    Raises
    ------
    SettingsError
        For an unknown convention.
    FitError
        When fewer than two pairs of lines are inside, or the fit does not determine the axis.
    """
    asked = convention_of(convention)
    middle = 0.5 * float(spectrum.x[0] + spectrum.x[-1])
    half = 0.5 * float(spectrum.x[-1] - spectrum.x[0])
    u = (spectrum.x - middle) / half
    largest, shift = coarse_scale(u, spectrum.y, asked.positions)
    scale = largest / half
    columns = {"b0": np.ones(u.size), "b2": u, "b4": u**2}
    fit = iron_on(spectrum, Drive("table", 0), asked, columns, (scale, scale * middle + shift))
    result = fit.result
    field = result.propagate(_over_scale(asked.field, ""))
    centroid = result.propagate(_over_scale(1.0, "iron.shift"))
    scale_sigma = result.sigma("iron.scale")
    if field[1] is None or centroid[1] is None or scale_sigma is None:
        raise FitError(
            f"alpha-iron does not determine the axis: {field[2] or centroid[2]}",
            where=spectrum.source.name,
        )
    pairs = fitted_pairs(fit)
    return AxisCheck(
        field[0],
        field[1],
        asked.field,
        centroid[0],
        centroid[1],
        result.value("iron.scale"),
        scale_sigma,
        pairs,
        _cut(spectrum.x, asked, pairs, result.value("iron.scale"), result.value("iron.shift")),
        result.redchi,
        asked.name,
    )


def _over_scale(factor: float, name: str) -> Callable[[Mapping[str, float]], float]:
    return lambda p: factor * (p[name] if name else 1.0) / p["iron.scale"]


def _cut(
    axis: FloatArray,
    asked: Convention,
    pairs: tuple[PairOfLines, ...],
    scale: float,
    shift: float,
) -> tuple[int, ...]:
    width = max(pair.width for pair in pairs)
    outer, inner = asked.positions, asked.positions[::-1]
    lines = [*(-at for at in outer), *inner]
    low, high = scale * axis[0] - shift, scale * axis[-1] - shift
    room = _ROOM * width
    return tuple(i for i, at in enumerate(lines, start=1) if not low + room <= at <= high - room)
