"""The velocity scale from an unfolded spectrum of alpha-iron, fitted with the statistics of counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.result import FitResult
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.conventions import Convention
from spectrafit_mossbauer.drive.conventions import convention as convention_of
from spectrafit_mossbauer.drive.counting import counting
from spectrafit_mossbauer.drive.folding import folding_centre, mirrored_residuals
from spectrafit_mossbauer.drive.iron_line import BASELINE, baseline_columns, iron_line
from spectrafit_mossbauer.drive.iron_start import coarse_scale
from spectrafit_mossbauer.drive.scale import Calibration, PairOfLines, SpacingRatio
from spectrafit_mossbauer.drive.velocity import DRIVES, Drive, period_of

__all__ = ["Calibration", "calibrated", "fitted_with"]

PAIRS = ("outer", "middle", "inner")
OUTLIER = 4.0
"""Standard deviations beyond which a channel is named."""

# mm/s: what the width of a line of alpha-iron can be, from below the thin limit of 0.194 up
_IRON_WIDTHS = (0.15, 0.6)
_SIGNIFICANT = 3.0


def calibrated(
    channels: Channels,
    convention: str = "A",
    orientation: int | None = None,
    drive: str = "auto",
    *,
    date: str = "",
) -> Calibration:
    """Return the velocity scale of a drive from its spectrum of alpha-iron.

    All channels of both branches are fitted as they were counted, by least squares with the variance
    of the model, refreshed until it rests, which is Poisson's maximum likelihood. Free are the
    drive's parameters, depth and width of each pair of lines, and five terms of the baseline.

    Parameters
    ----------
    channels : Channels
        The spectrum of alpha-iron at room temperature.
    convention : str, optional
        Positions of its lines, "A" or "B".
    orientation : int or None, optional
        +1 or -1, None where it is not known.
    drive : str, optional
        ``"triangle"``, ``"sine"``, or ``"auto"``: the one with the lower chi2.
    date : str, optional
        When it was measured, in ISO 8601; that of the file when left out.

    Returns
    -------
    Calibration

    Raises
    ------
    SettingsError
        For an unknown convention, drive or orientation.
    FitError
        When the counts do not show two branches, or not the lines of alpha-iron.
    """
    asked = convention_of(convention)
    if drive not in ("auto", *DRIVES):
        raise SettingsError(
            f"no drive {drive!r}", do=nearest(drive, ("auto", *DRIVES), noun="the drives")
        )
    not_counts = counting(channels)
    # of numbers a N the variance is a^2 N: over a^2 N/(a N) they scatter as counts do
    unit = 1.0 if not_counts.poisson else not_counts.scatter**2
    at_quarter, centre = _centre(channels)
    fits = []
    for kind in DRIVES:
        if drive in ("auto", kind) and (kind == "sine" or not at_quarter):
            form = Drive(kind, period_of(len(channels)))
            fits.append(_from_counts(channels, form, asked, centre, unit))
    if not fits:
        raise FitError(
            "the branches turn at a quarter of the period, which no triangle from its end does",
            where=channels.name,
            do='write drive = "sine"',
        )
    best = min(fits, key=lambda one: one.result.chi2)
    _refuse_other_than_iron(best, channels.name)
    return _calibration(
        best,
        channels,
        orientation,
        date or channels.date,
        {one.form.kind: one.result.chi2 for one in fits if one is not best},
        not_counts.reason,
    )


@dataclass(frozen=True, eq=False)
class _Fitted:
    """A fitted spectrum: what was asked and what was found."""

    form: Drive
    convention: Convention
    centre: float
    unit: float
    problem: Problem
    result: FitResult
    model: FloatArray

    @property
    def residuals(self) -> FloatArray:
        return (self.problem.data[0].y - self.model) / np.sqrt(self.model)


def _centre(channels: Channels) -> tuple[bool, float]:
    try:
        return False, folding_centre(channels).channel
    except FitError as error:
        try:
            return True, folding_centre(channels, at_quarter=True).channel
        except FitError:
            raise error from None


def _from_counts(
    channels: Channels, form: Drive, asked: Convention, centre: float, unit: float
) -> _Fitted:
    """Return the fit from a start that the counts give."""
    numbers = channels.numbers
    counts = channels.counts[channels.used] / unit
    quarter = 0.25 * form.period
    if form.kind == "triangle":
        share = np.abs(numbers - centre) / quarter - 1.0
        largest, shift = coarse_scale(share, counts, asked.positions)
        k = largest / quarter
        drive_start = (k, centre, (largest + shift) / k)
    else:
        # about the middle a sine turns at its least velocity, as a triangle does
        phi = centre + quarter if centre > 1.5 * quarter else centre - quarter
        share = np.sin(0.5 * np.pi * (numbers - phi) / quarter)
        largest, shift = coarse_scale(share, counts, asked.positions)
        drive_start = (largest, phi, shift)
    return fitted_with(channels, form, asked, centre, drive_start, unit)


def fitted_with(
    channels: Channels,
    form: Drive,
    asked: Convention,
    centre: float,
    start: tuple[float, ...],
    unit: float = 1.0,
    free: tuple[str, ...] = (),
) -> _Fitted:
    """Return the fit of alpha-iron with a given form of the drive from given values of it.

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
    start : tuple of float
        Values of the drive's parameters.
    unit : float, optional
        What one count is in the numbers of the spectrum.
    free : tuple of str, optional
        Pairs whose distance from the centroid is fitted too.

    Returns
    -------
    _Fitted

    Raises
    ------
    FitError
        When fewer than two pairs of lines are inside the range of velocities.
    """
    numbers = channels.numbers
    counts = channels.counts[channels.used] / unit
    velocity = form.velocity(numbers, *start)
    inside = [
        (name, at)
        for name, at in zip(PAIRS, asked.positions, strict=True)
        if velocity.min() < -at or at < velocity.max()
    ]
    if len(inside) < 2:
        raise FitError("fewer than two pairs of lines of alpha-iron", where=channels.name)
    columns = baseline_columns(numbers, centre, form.period)
    component = iron_line(form, inside, columns, asked.name)
    names = [row.name for row in component.line.parameters]
    values = dict(zip(names, (row.default for row in component.line.parameters), strict=True))
    values.update(zip(form.names, start, strict=True))
    linear = [name for name in names if name.startswith("dip_") or name in BASELINE]
    slopes = dict(zip(names, component.line.function(numbers, *values.values())[1:], strict=True))
    rows = np.stack([slopes[name] for name in linear], axis=1)
    values.update(zip(linear, np.linalg.lstsq(rows, counts, rcond=None)[0], strict=True))
    problem = Problem(
        Spectrum(numbers, counts, x_unit="1", y_unit="counts", source=channels.source),
        component,
        start={f"iron.{name}": float(value) for name, value in values.items()},
        parameters={f"iron.at_{name}": ParameterChange(fixed=False) for name in free},
    )
    found = fit_many(problem, counts[None, :], engine="scipy", counts=True)
    result = found.result(0)
    model = component.evaluate(numbers, result.by_name)
    return _Fitted(form, asked, centre, unit, problem, result, model)


def _refuse_other_than_iron(fit: _Fitted, name: str) -> None:
    faults = []
    for pair in _pairs(fit):
        if not pair.depth > _SIGNIFICANT * pair.depth_sigma:
            faults.append(f"the {pair.name} lines have a depth of {pair.depth:.2g}")
        elif not _IRON_WIDTHS[0] < pair.width < _IRON_WIDTHS[1]:
            faults.append(f"the {pair.name} lines are {pair.width:.2f} mm/s wide")
    if not fit.result.converged:
        faults.append("the fit does not converge")
    if faults:
        raise FitError(
            f"not a spectrum of alpha-iron: {'; '.join(faults)}",
            where=name,
            do="calibrate with a spectrum of alpha-iron at room temperature",
        )


def _pairs(fit: _Fitted) -> tuple[PairOfLines, ...]:
    """Return depth and width of each pair; an error that the fit does not give is infinite."""
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


def _calibration(
    fit: _Fitted,
    channels: Channels,
    orientation: int | None,
    date: str,
    other_chi2: dict[str, float],
    not_counts: str,
) -> Calibration:
    result, residuals = fit.result, fit.residuals
    names = [f"iron.{name}" for name in fit.form.names]
    values = np.array([result.value(name) for name in names])
    numbers = fit.problem.data[0].x
    far = np.flatnonzero(np.abs(residuals) > OUTLIER)
    return Calibration(
        form=fit.form,
        values=values,
        covariance=result.covariance_of(names),
        convention=fit.convention.name,
        orientation=orientation,
        channels=len(channels),
        date=date,
        source=channels.source,
        pairs=_pairs(fit),
        chi2=result.chi2,
        deviance=_deviance(fit.problem.data[0].y, fit.model),
        freedom=result.nfree,
        outliers=tuple((int(numbers[i]), float(residuals[i])) for i in far),
        fold_chi2=mirrored_residuals(
            numbers, residuals, float(fit.form.centre(*values)), fit.form.period
        ),
        other_chi2=other_chi2,
        ratios=_ratios(fit, channels, tuple(map(float, values))),
        not_counts=not_counts,
    )


def _ratio_of(upper: str, lower: str) -> Callable[[Mapping[str, float]], float]:
    return lambda values: values[upper] / values[lower]


def _deviance(counts: FloatArray, model: FloatArray) -> float:
    ratio = np.where(counts > 0.0, counts / model, 1.0)
    return float(2.0 * np.sum(counts * np.log(ratio) - (counts - model)))


def _ratios(fit: _Fitted, channels: Channels, start: tuple[float, ...]) -> tuple[SpacingRatio, ...]:
    """Return the distances over the inner pair's, each pair but the first having its own."""
    present = [pair.name for pair in _pairs(fit)]
    free = tuple(present[1:])
    own = fitted_with(channels, fit.form, fit.convention, fit.centre, start, fit.unit, free).result
    inner = "iron.at_inner"
    found = []
    for name, position in zip(PAIRS[:-1], fit.convention.positions, strict=False):
        at = f"iron.at_{name}"
        if at in own.names:
            value, sigma, _ = own.propagate(_ratio_of(at, inner))
            expected = position / fit.convention.positions[-1]
            found.append(SpacingRatio(name, value, np.inf if sigma is None else sigma, expected))
    return tuple(found)
