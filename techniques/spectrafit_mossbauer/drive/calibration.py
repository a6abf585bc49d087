"""The velocity scale from an unfolded spectrum of alpha-iron, fitted with the statistics of counts."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import FitError, SettingsError, nearest
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.conventions import Convention
from spectrafit_mossbauer.drive.conventions import convention as convention_of
from spectrafit_mossbauer.drive.counting import counting, deviance
from spectrafit_mossbauer.drive.folding import folding_centre, mirrored_residuals
from spectrafit_mossbauer.drive.iron_fit import (
    IronFit,
    fitted_iron,
    fitted_pairs,
    spacing_ratios,
)
from spectrafit_mossbauer.drive.iron_start import coarse_scale
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.drive.velocity import DRIVES, Drive, period_of

__all__ = ["OUTLIER", "Calibration", "calibrated", "count_unit"]

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
    unit = count_unit(channels)
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
        unit,
    )


def count_unit(channels: Channels) -> float:
    """Return what one count is in the numbers of a spectrum: 1 where they are counts.

    Numbers a N of N counts have the variance a^2 N, so the square of their scatter over that of
    counts is a.

    Parameters
    ----------
    channels : Channels
        The spectrum.

    Returns
    -------
    float
    """
    found = counting(channels)
    return 1.0 if found.poisson else found.scatter**2


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
) -> IronFit:
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
    return fitted_iron(channels, form, asked, centre, drive_start, unit)


def _refuse_other_than_iron(fit: IronFit, name: str) -> None:
    faults = []
    for pair in fitted_pairs(fit):
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


def _calibration(
    fit: IronFit,
    channels: Channels,
    orientation: int | None,
    date: str,
    other_chi2: dict[str, float],
    unit: float,
) -> Calibration:
    result, residuals = fit.result, fit.residuals
    names = [f"iron.{name}" for name in fit.form.names]
    values = np.array([result.value(name) for name in names])
    centre = float(fit.form.centre(*values))
    pairs = fitted_pairs(fit)
    own = [pair.name for pair in pairs[1:]]
    uneven = fitted_iron(channels, fit.form, fit.convention, centre, list(values), unit, own)
    data = fit.problem.data[0]
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
        pairs=pairs,
        chi2=result.chi2,
        deviance=deviance(data.y, fit.model),
        freedom=result.nfree,
        outliers=tuple((int(data.x[i]), float(residuals[i])) for i in far),
        fold_chi2=mirrored_residuals(data.x, residuals, centre, fit.form.period),
        other_chi2=other_chi2,
        ratios=spacing_ratios(uneven),
        not_counts=counting(channels).reason,
    )
