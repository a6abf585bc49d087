"""The fit of one spectrum as the settings ask for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.errors import FitError, SettingsError
from spectrafit.fit.parameters import ParameterChange
from spectrafit.recording import Recording
from spectrafit_mossbauer.absorption.fitted import FittedSites, fit_sites
from spectrafit_mossbauer.absorption.sites import Site
from spectrafit_mossbauer.drive.folding import mirrored_residuals
from spectrafit_mossbauer.preparation import PreparedSpectrum, prepared_spectrum
from spectrafit_mossbauer.settings import MossbauerSettings

__all__ = ["UNLIKE", "asked_sites", "fitted_spectrum"]

UNLIKE = 3.0
"""Mean square of the differences between mirrored residuals from which branches are no mirror images."""


def asked_sites(settings: MossbauerSettings) -> tuple[Site, ...]:
    """Return the sites that the settings name.

    Parameters
    ----------
    settings : MossbauerSettings
        As chosen.

    Returns
    -------
    tuple of Site

    Raises
    ------
    SettingsError
        When there is none.
    """
    if not settings.sites:
        raise SettingsError("no sites", where="sites", do='name one at least: sites = ["doublet"]')
    return tuple(
        Site(
            kind,
            f"site{i}",
            "lorentzian" if kind == "sextet" else settings.line,
            settings.asymmetry if kind == "doublet" else "none",
        )
        for i, kind in enumerate(settings.sites, 1)
    )


def fitted_spectrum(
    samples: Sequence[Recording],
    irons: Sequence[Recording],
    settings: MossbauerSettings,
    parameters: Mapping[str, ParameterChange] | None = None,
    references: Sequence[Recording] = (),
) -> tuple[PreparedSpectrum, FittedSites]:
    """Return a prepared spectrum with the fit of its sites.

    Parameters
    ----------
    samples, irons : sequence of Recording
        As `prepared_spectrum` takes them.
    settings : MossbauerSettings
        As chosen.
    parameters : mapping of str to ParameterChange, optional
        Changed fit parameters, by full name.
    references : sequence of Recording, optional
        As `prepared_spectrum` takes them.

    Returns
    -------
    PreparedSpectrum
    FittedSites

    Raises
    ------
    SpectrafitError
        For data or settings that allow no result.
    """
    prepared = prepared_spectrum(samples, irons, settings, references)
    fitted = fit_sites(prepared.axis, asked_sites(settings), parameters=parameters)
    _refuse_unlike_branches(fitted)
    return prepared, fitted


def _refuse_unlike_branches(fitted: FittedSites) -> None:
    """Refuse counts whose branches are no mirror images about the calibration's centre."""
    axis, scale = fitted.axis, fitted.axis.calibration
    if scale is None or axis.not_counts:
        return
    mirrored = mirrored_residuals(axis.numbers, fitted.residuals, scale.centre, scale.form.period)
    if mirrored > UNLIKE:
        raise FitError(
            f"not two branches: they differ about channel {scale.centre:.1f} of the calibration, "
            f"chi2 {mirrored:.1f} where chance gives 1",
            where=axis.source_name,
            do="calibrate with alpha-iron of the same drive; a single branch needs velocities of its own",
        )
