"""The least-squares fit of an alpha-iron spectrum with one form of the drive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult
from spectrafit.lines.line import Component
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.conventions import Convention
from spectrafit_mossbauer.drive.counting import deviance
from spectrafit_mossbauer.drive.iron_line import baseline_columns, iron_line
from spectrafit_mossbauer.drive.iron_pairs import PairOfLines, SpacingRatio
from spectrafit_mossbauer.drive.velocity import Drive

__all__ = [
    "PAIRS",
    "IronFit",
    "deviance",
    "fitted_iron",
    "fitted_pairs",
    "iron_on",
    "spacing_ratios",
]

PAIRS = ("outer", "middle", "inner")
"""Names of the pairs of lines, as their positions are ordered in a convention."""


@dataclass(frozen=True, eq=False)
class IronFit:
    """A fitted spectrum: what was asked and what was found.

    Parameters
    ----------
    form : Drive
        Of the velocity.
    convention : Convention
        Positions of the lines.
    problem : Problem
        With the counts.
    result : FitResult
        Parameters ``iron.*``.
    model : ndarray, shape (n,)
        Expected counts.
    """

    form: Drive
    convention: Convention
    problem: Problem
    result: FitResult
    model: FloatArray

    @property
    def residuals(self) -> FloatArray:
        """Differences from the model in its own standard deviations."""
        return (self.problem.data[0].y - self.model) / np.sqrt(self.model)


def fitted_iron(
    channels: Channels,
    form: Drive,
    asked: Convention,
    centre: float,
    start: Sequence[float],
    unit: float = 1.0,
    free: Sequence[str] = (),
) -> IronFit:
    """Return the fit of a whole period on its channels.

    Parameters
    ----------
    channels : Channels
        The spectrum.
    form : Drive
        Of the velocity.
    asked : Convention
        Positions of the lines.
    centre : float
        About which the baseline's shapes are made; it need not be exact.
    start : sequence of float
        Values of the drive's parameters.
    unit : float, optional
        What one count is in the numbers of the spectrum.
    free : sequence of str, optional
        Pairs whose distance from the centroid is fitted too.

    Returns
    -------
    IronFit

    Raises
    ------
    FitError
        When fewer than two pairs of lines are inside the range of velocities.
    """
    numbers = channels.numbers
    counts = channels.counts[channels.used] / unit
    columns = baseline_columns(numbers, centre, form.period)
    data = Spectrum(numbers, counts, x_unit="1", y_unit="counts", source=channels.source)
    return iron_on(data, form, asked, columns, start, free)


def iron_on(
    data: Spectrum,
    form: Drive,
    asked: Convention,
    columns: Mapping[str, FloatArray],
    start: Sequence[float],
    free: Sequence[str] = (),
) -> IronFit:
    """Return the fit of alpha-iron to counts, from given values of the drive.

    Parameters
    ----------
    data : Spectrum
        Counts against channels, or against velocities for the form ``"table"``.
    form : Drive
        Of the velocity.
    asked : Convention
        Positions of the lines.
    columns : mapping of str to ndarray, shape (n,)
        Shapes of the baseline.
    start : sequence of float
        Values of the drive's parameters.
    free : sequence of str, optional
        Pairs whose distance from the centroid is fitted too.

    Returns
    -------
    IronFit

    Raises
    ------
    FitError
        When fewer than two pairs of lines are inside the range of velocities.
    """
    velocity = form.velocity(data.x, *start)
    inside = [
        (name, at)
        for name, at in zip(PAIRS, asked.positions, strict=True)
        if velocity.min() < -at or at < velocity.max()
    ]
    if len(inside) < 2:
        raise FitError(
            "fewer than two pairs of lines of alpha-iron are inside the range of velocities",
            where=data.source.name,
            do="measure alpha-iron over 4 mm/s or more to either side",
        )
    component = iron_line(form, inside, columns, asked.name)
    values = _start_values(component, data, dict(zip(form.names, start, strict=True)))
    problem = Problem(
        data,
        component,
        start={f"iron.{name}": value for name, value in values.items()},
        parameters={f"iron.at_{name}": ParameterChange(fixed=False) for name in free},
    )
    result = fit_many(problem, data.y[None, :], engine="scipy", counts=True).result(0)
    model = component.evaluate(data.x, result.by_name)
    return IronFit(form, asked, problem, result, model)


def _start_values(
    component: Component, data: Spectrum, drive: Mapping[str, float]
) -> dict[str, float]:
    """Return start values; what the counts are linear in, by least squares."""
    rows = component.line.parameters
    values = {row.name: drive.get(row.name, row.default) for row in rows}
    slopes = component.line.function(data.x, *values.values())[1:]
    linear = [i for i, row in enumerate(rows) if row.linear]
    found = np.linalg.lstsq(np.stack([slopes[i] for i in linear], axis=1), data.y, rcond=None)[0]
    return {**values, **{rows[i].name: float(at) for i, at in zip(linear, found, strict=True)}}


def fitted_pairs(fit: IronFit) -> tuple[PairOfLines, ...]:
    """Return depth and width of each pair; an error that the fit does not give is infinite.

    Parameters
    ----------
    fit : IronFit
        The fit.

    Returns
    -------
    tuple of PairOfLines
    """
    result = fit.result
    found = []
    for name, position in zip(PAIRS, fit.convention.positions, strict=True):
        dip, width = f"iron.dip_{name}", f"iron.width_{name}"
        if dip in result.names:
            level, height = result.value("iron.b0"), result.value(dip)
            gradient = {dip: 1.0 / level, "iron.b0": -height / level**2}
            depth, sigma, _ = result.propagate(_ratio_of(dip, "iron.b0"), gradient)
            found.append(
                PairOfLines(
                    name,
                    position,
                    depth,
                    np.inf if sigma is None else sigma,
                    result.value(width),
                    result.sigma(width) or np.inf,
                )
            )
    return tuple(found)


def spacing_ratios(fit: IronFit) -> tuple[SpacingRatio, ...]:
    """Return the distances of the pairs over the inner pair's, when each pair has its own.

    Parameters
    ----------
    fit : IronFit
        One in which the pairs but the outermost were free.

    Returns
    -------
    tuple of SpacingRatio
    """
    result, inner = fit.result, "iron.at_inner"
    found = []
    for name, position in zip(PAIRS[:-1], fit.convention.positions, strict=False):
        at = f"iron.at_{name}"
        if at in result.names:
            value, sigma, _ = result.propagate(_ratio_of(at, inner))
            expected = position / fit.convention.positions[-1]
            found.append(SpacingRatio(name, value, np.inf if sigma is None else sigma, expected))
    return tuple(found)


def _ratio_of(upper: str, lower: str) -> Callable[[Mapping[str, float]], float]:
    return lambda values: values[upper] / values[lower]
