"""What else could be behind the lines of a spectrum: thickness, texture, relaxation, more sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert
from spectrafit.rounding import value_text
from spectrafit_mossbauer.absorption.candidates import compare_sites
from spectrafit_mossbauer.absorption.fitted import FittedSites, with_asymmetry
from spectrafit_mossbauer.absorption.thickness import THICKNESS_LIMIT, thickness_warnings
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.width_asymmetry import OTHER_CAUSES

__all__ = ["Doubts", "doubts"]

NOTABLE = 2.0
_LEAST_SHIFT = -0.3
"""mm/s against alpha-iron: nitroprusside, the lowest of iron(II), has -0.26, and iron(VI) -0.9 (P. Gütlich,
E. Bill, A. X. Trautwein, Mössbauer Spectroscopy and Transition Metal Chemistry, Springer 2011)."""


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


def doubts(fitted: FittedSites, settings: MossbauerSettings, *, changed: bool = False) -> Doubts:
    """Return what speaks for another reading of the lines.

    Parameters
    ----------
    fitted : FittedSites
        The asked fit.
    settings : MossbauerSettings
        As chosen.
    changed : bool, optional
        Whether parameters were changed by hand: other models are then not fitted beside.

    Returns
    -------
    Doubts
        Of a spectrum with one doublet of equal lines also the fits with free areas and free widths.
    """
    alerts = [*_thickness(fitted, settings), *_negative_shifts(fitted)]
    tried: list[str] = []
    if settings.compare_sites and not changed:
        told, more = _candidates(fitted)
        tried.append(told)
        alerts += more
    site = fitted.sites[0]
    plain = len(fitted.sites) == 1 and site.kind == "doublet" and site.shape == "lorentzian"
    if plain and not changed and site.asymmetry == "none" and fitted.sigma("site1.QS") is not None:
        for other in (with_asymmetry(fitted, "texture"), with_asymmetry(fitted, "relaxation")):
            reduced = other.result.chi2 / max(1, other.result.nfree)
            tried.append(f"{_WORDS[other.sites[0].asymmetry]} {reduced:.2f}")
            alerts += _asymmetric(other)
    return Doubts(tuple(alerts), tuple(tried))


_WORDS = {"texture": "areas free: reduced chi2", "relaxation": "widths free: reduced chi2"}


def _negative_shifts(fitted: FittedSites) -> Sequence[Alert]:
    """Return which isomer shifts lie, by twice their error, where those of iron(II) and (III) do not."""
    found = []
    for number in range(1, len(fitted.sites) + 1):
        value, sigma = fitted.value(f"site{number}.IS"), fitted.sigma(f"site{number}.IS")
        if sigma is not None and value + NOTABLE * sigma < _LEAST_SHIFT:
            found.append(
                mossbauer_alert("MOS-123").alert(
                    where=fitted.axis.source_name, site=f"site{number}",
                    value=value_text(value, sigma), limit=_LEAST_SHIFT,
                )
            )  # fmt: skip
    return found


def _thickness(fitted: FittedSites, settings: MossbauerSettings) -> Sequence[Alert]:
    """Return what says that the absorber may be thick, unless its thickness is known to be small."""
    reasons = list(thickness_warnings(fitted, settings.t_a))
    if not reasons or (settings.t_a is not None and settings.t_a <= THICKNESS_LIMIT):
        return ()
    if settings.non_resonant is None:
        reasons.append(
            "thickness_degenerate: thickness and broadening cannot be told apart without the "
            "non-resonant share (non_resonant)"
        )
    return (
        mossbauer_alert("MOS-106").alert(where=fitted.axis.source_name, why="; ".join(reasons)),
    )


def _candidates(fitted: FittedSites) -> tuple[str, Sequence[Alert]]:
    """Return the other models within 10 of the best, for a rejection and as an alert."""
    found = compare_sites(fitted.axis)
    told = "; ".join(
        f"{one.name}: BIC {one.bic - found.best.bic:+.1f}, AICc "
        f"{one.aicc - min(each.aicc for each in found.candidates):+.1f}"
        for one in found.candidates
        if one.fitted is not None
    )
    asked = " + ".join(site.kind for site in fitted.sites)
    near = ", ".join(one.name for one in found.near)
    text = f"{told} (above the best); within 10: {near}; fitted: {asked}"
    return told, (mossbauer_alert("MOS-116").alert(where=fitted.axis.source_name, candidates=text),)


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
