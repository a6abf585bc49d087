"""Over-absorption as the settings ask for it, and the alert where they should."""

from __future__ import annotations

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.normalisation.normalize import Normalization
from spectrafit_xas.normalisation.over_absorption import OverAbsorption, composition_ratio
from spectrafit_xas.settings import XanesSettings

__all__ = ["asked_correction", "damping_alerts"]

JUMP_LIMIT = 20.0
DILUTE_RATIO = 10.0  # a pre-edge is damped by less than 10 % above it


def asked_correction(
    signal: str, element: str, settings: XanesSettings, where: str
) -> OverAbsorption | None:
    """Return the over-absorption that is to be taken off, as the settings ask for it.

    Parameters
    ----------
    signal : str
        ``transmission``, ``fluorescence`` or ``mu``.
    element : str
        Absorber.
    settings : XanesSettings
        `over_absorption`, `composition`, `angles_deg`, `over_absorption_ratio`.
    where : str
        The scan's name.

    Returns
    -------
    OverAbsorption or None
        None where the settings do not ask for it.

    Raises
    ------
    SettingsError
        For transmission, or settings that give no ratio of at least 0.3.
    """
    if settings.over_absorption == "off":
        return None
    if signal == "transmission":
        raise SettingsError(
            "over-absorption is of fluorescence only, and the signal is transmission",
            where=where,
            do="leave over_absorption out",
        )
    if settings.over_absorption == "composition":
        return composition_ratio(settings.composition, element, settings.angles_deg)
    if settings.over_absorption_ratio is None:
        raise SettingsError(
            'over_absorption = "ratio" without a ratio',
            where="$.settings.over_absorption_ratio",
            do="give the ratio and its standard uncertainty, like [1.01, 0.05]",
        )
    return OverAbsorption(*settings.over_absorption_ratio, "the settings")


def damping_alerts(
    signal: str, element: str, lines: Normalization, settings: XanesSettings, where: str
) -> tuple[Alert, ...]:
    """Return the alert of a fluorescence scan that is likely to be damped.

    Parameters
    ----------
    signal : str
        ``transmission``, ``fluorescence`` or ``mu``.
    element : str
        Absorber.
    lines : Normalization
        What the scan was normalised with.
    settings : XanesSettings
        `composition` and `angles_deg`, where they are given.
    where : str
        The scan's name.

    Returns
    -------
    tuple of Alert
        By the composition where there is one: a below 10. Else by the rise at the edge: more than
        20 times the signal below it, which a dilute sample's scatter does not allow.
    """
    if signal != "fluorescence":
        return ()
    why = ""
    if settings.composition:
        try:
            ratio = composition_ratio(settings.composition, element, settings.angles_deg).ratio
        except SettingsError as error:
            why = error.what
        else:
            if ratio < DILUTE_RATIO:
                why = f"the composition gives a = {ratio:.2f}"
    else:
        below = float(lines.pre_line(np.array([lines.e0_eV]))[0])
        if below > 0.0 and lines.step > JUMP_LIMIT * below:
            why = (
                f"the signal rises {1.0 + lines.step / below:.0f}-fold at the edge, as that of a "
                "concentrated sample does"
            )
    return (xas_alert("XAS-108").alert(where=where, why=why),) if why else ()
