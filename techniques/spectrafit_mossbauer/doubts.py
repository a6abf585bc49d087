"""What else could be behind the lines of a spectrum: thickness, texture, relaxation, more sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert
from spectrafit.rounding import value_text
from spectrafit_mossbauer.absorption.fitted import FittedSites, with_asymmetry
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.width_asymmetry import OTHER_CAUSES

__all__ = ["Doubts", "doubts"]

DEEP, WIDE, THICK = 0.10, 0.35, 1.0
NOTABLE = 2.0


@dataclass(frozen=True)
class Doubts:
    """What was fitted beside the asked model, and what it says.

    Parameters
    ----------
    alerts : tuple of Alert
        With the numbers.
    tried : tuple of str
        Models with their chi2, for the words of a rejection.
    """

    alerts: tuple[Alert, ...]
    tried: tuple[str, ...] = ()


def doubts(fitted: FittedSites, settings: MossbauerSettings) -> Doubts:
    """Return what speaks for another reading of the lines.

    Parameters
    ----------
    fitted : FittedSites
        The asked fit.
    settings : MossbauerSettings
        As chosen.

    Returns
    -------
    Doubts
        Of a spectrum with one doublet of equal lines also the fits with free areas and free widths.
    """
    alerts = list(_thickness(fitted, settings))
    tried: list[str] = []
    site = fitted.sites[0]
    plain = len(fitted.sites) == 1 and site.kind == "doublet" and site.shape == "lorentzian"
    if plain and site.asymmetry == "none" and fitted.sigma("site1.QS") is not None:
        for other in (with_asymmetry(fitted, "texture"), with_asymmetry(fitted, "relaxation")):
            reduced = other.result.chi2 / max(1, other.result.nfree)
            tried.append(f"{_WORDS[other.sites[0].asymmetry]} {reduced:.2f}")
            alerts += _asymmetric(other)
    return Doubts(tuple(alerts), tuple(tried))


_WORDS = {"texture": "areas free: reduced chi2", "relaxation": "widths free: reduced chi2"}


def _thickness(fitted: FittedSites, settings: MossbauerSettings) -> Sequence[Alert]:
    """Return what says that the absorber may be thick, unless its thickness is known to be small."""
    reasons = []
    if settings.t_a is not None and settings.t_a > THICK:
        reasons.append(f"t_a = {settings.t_a:g} is above {THICK:g}")
    depth = 1.0 - float(fitted.expected.min()) / fitted.value("b0")
    if depth > DEEP:
        reasons.append(f"the absorption is {100 * depth:.0f} % deep")
    widths = [
        fitted.value(name)
        for name in fitted.names
        if ".width" in name and fitted.sigma(name) is not None
    ]
    if widths and max(widths) > WIDE:
        reasons.append(f"a line is {max(widths):.3f} mm/s wide")
    if not reasons or (settings.t_a is not None and settings.t_a <= THICK):
        return ()
    if settings.non_resonant is None:
        reasons.append(
            "thickness_degenerate: thickness and broadening cannot be told apart without the "
            "non-resonant share (non_resonant)"
        )
    return (
        mossbauer_alert("MOS-106").alert(where=fitted.axis.source_name, why="; ".join(reasons)),
    )


def _asymmetric(other: FittedSites) -> Sequence[Alert]:
    where = other.axis.source_name
    if other.sites[0].asymmetry == "texture":
        ratio, sigma = other.value("site1.r"), other.sigma("site1.r")
        if sigma is None or abs(ratio - 1.0) <= NOTABLE * sigma:
            return ()
        return (mossbauer_alert("MOS-113").alert(where=where, ratio=value_text(ratio, sigma, "")),)
    low, high = "site1.width_low", "site1.width_high"
    if other.sigma(low) is None or other.sigma(high) is None:
        return ()
    places = [other.names.index(name) for name in (low, high)]
    difference = other.value(high) - other.value(low)
    weights = np.array([-1.0, 1.0])
    sigma = float(np.sqrt(weights @ other.covariance[np.ix_(places, places)] @ weights))
    if not abs(difference) > NOTABLE * sigma:
        return ()
    return (
        mossbauer_alert("MOS-114").alert(
            where=where,
            difference=value_text(difference, sigma, ""),
            others="; ".join(OTHER_CAUSES),
        ),
    )
