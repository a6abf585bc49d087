"""The ensemble of one prepared scan, and what it says of the scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from spectrafit.alert import Alert
from spectrafit.fit.problem import ParameterChange
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.preedge.ensemble import FEWEST_MEMBERS, PreedgeEnsemble, preedge_ensemble
from spectrafit_xas.preedge.peak_count import PeakCount
from spectrafit_xas.preparation import PreparedScan, fit_region
from spectrafit_xas.settings import XanesSettings

__all__ = ["agreed_count", "asked_words", "ensemble_alerts", "scan_ensemble"]


def scan_ensemble(
    prepared: PreparedScan,
    counted: PeakCount,
    settings: XanesSettings,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> PreedgeEnsemble:
    """Return the ensemble of a scan, over the settings' windows or the usual ones.

    Parameters
    ----------
    prepared : PreparedScan
        The normalised scan.
    counted : PeakCount
        Fits of the settings' own form.
    settings : XanesSettings
        Choices.
    parameters : mapping of str to ParameterChange, optional
        What the user changes.

    Returns
    -------
    PreedgeEnsemble
    """
    ends = (prepared.window_eV, *settings.windows_eV)
    hull = (min(low for low, _ in ends), max(high for _, high in ends))
    region = fit_region(replace(prepared, window_eV=hull), settings)
    return preedge_ensemble(
        region, counted, settings, prepared.window_eV, prepared.tabulated_eV, parameters
    )


def agreed_count(counted: PeakCount, spread: PreedgeEnsemble) -> PeakCount:
    """Return the number of peaks that the ensemble asks for, with its shares.

    Parameters
    ----------
    counted : PeakCount
        Of the settings' own form.
    spread : PreedgeEnsemble
        Of all forms.

    Returns
    -------
    PeakCount
        Unchanged where the number was set, or no member has one.
    """
    if counted.chosen_by != "BIC" or spread.evidence is None:
        return counted
    return replace(counted, best=spread.count, shares=spread.evidence.shares)


def asked_words(spread: PreedgeEnsemble | None) -> str:
    """Return what the shares of the numbers of peaks are averages over.

    Parameters
    ----------
    spread : PreedgeEnsemble or None
        None where only the settings' own form was fitted.

    Returns
    -------
    str
    """
    if spread is None or spread.evidence is None:
        return "for one window, rising edge and shape"
    windows = sum(spread.evidence.votes.values())
    return f"averaged over {windows} windows, each over its best rising edge and shape"


def ensemble_alerts(spread: PreedgeEnsemble, where: str) -> tuple[Alert, ...]:
    """Return how many members count, which choice moves the area most, and whether that is enough.

    Parameters
    ----------
    spread : PreedgeEnsemble
        Of a scan.
    where : str
        Name of its file.

    Returns
    -------
    tuple of Alert
    """
    alerts: tuple[Alert, ...] = ()
    kept, tried = spread.kept, spread.tried
    if spread.is_narrow:
        wide = kept >= FEWEST_MEMBERS
        words = ", and their areas spread by more than 25 %" if wide else ""
        alerts += (xas_alert("XAS-111").alert(where=where, kept=kept, tried=tried, spread=words),)
    if spread.found is None:
        return alerts
    moved = spread.found.estimates["area"]
    choice = spread.dominant
    dominant = (
        f"; the choice of the {choice} moves the area most, by {moved.budget[choice]:.2g}"
        if choice
        else ""
    )
    told = xas_alert("XAS-110").alert(where=where, kept=kept, tried=tried, dominant=dominant)
    return (*alerts, told)
