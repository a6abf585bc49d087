"""Shares of the iron: absorption divided by the recoil-free fraction of its site."""

from __future__ import annotations

import math

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.laws import recoil_free_fraction
from spectrafit.observable import Observable
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.settings import MossbauerSettings

__all__ = ["iron_shares"]


def iron_shares(
    fitted: FittedSites, settings: MossbauerSettings, stated: dict[str, object]
) -> tuple[Observable, ...]:
    """Return the share of the iron in each site, ``(a_i/f_i) / sum (a_k/f_k)``.

    The Debye model gives f (`spectrafit.laws.recoil_free_fraction`); its Debye temperatures are taken
    as declared, without an error.

    Parameters
    ----------
    fitted : FittedSites
        Two sites or more.
    settings : MossbauerSettings
        With the Debye temperature of each site.
    stated : dict of str to object
        Conventions of the spectrum.

    Returns
    -------
    tuple of Observable
        None where no Debye temperatures are declared.

    Raises
    ------
    SettingsError
        When there is not one for each site, or the temperature is not known.
    """
    thetas, labels = settings.site_theta_K, [site.label for site in fitted.sites]
    if not thetas:
        return ()
    spectrum = fitted.axis.spectrum
    T = spectrum.conditions.get("T")
    if len(thetas) != len(labels) or len(labels) < 2:
        raise SettingsError(
            f"{len(thetas)} Debye temperatures for {len(labels)} sites",
            where="site_theta_K",
            do="give one for each of two or more sites; of one site the share is 1",
        )
    if not isinstance(T, int | float):
        raise SettingsError(
            "no temperature for the recoil-free fraction", where=spectrum.source.name
        )
    f = np.array([float(recoil_free_fraction(float(T), theta).value) for theta in thetas])
    places = [fitted.names.index(f"{label}.area") for label in labels]
    amounts = np.array([fitted.value(f"{label}.area") for label in labels]) / f
    total = amounts.sum()
    shares = amounts / total
    # d share_i / d a_k = (delta_ik - share_i) / (f_k total)
    slopes = (np.eye(len(labels)) - shares[:, None]) / (f * total)
    covariance = slopes @ fitted.covariance[np.ix_(places, places)] @ slopes.T
    reasons = [fitted.reason(f"{label}.area") for label in labels]
    missing = next((reason for reason in reasons if reason), "")
    found = []
    for i, label in enumerate(labels):
        sigma = 0.0 if missing else math.sqrt(max(0.0, covariance[i, i]))
        found.append(
            Observable(
                f"mossbauer.{label}.fraction_f", "1", value=float(shares[i]),
                sigma=sigma if sigma > 0.0 else None,
                sigma_reason="" if sigma > 0.0 else missing or "no counts behind it",
                conventions={**stated, "site_theta_K": list(thetas)},
                conditions=spectrum.conditions, source=spectrum.source, history=spectrum.history,
            )
        )  # fmt: skip
    return tuple(found)
