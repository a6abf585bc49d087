"""The share of high-spin molecules at low temperature, with declared spins."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit_magnetism.curve import MeasuredCurve
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.items import curve_item, sigma_fields
from spectrafit_magnetism.named_items import value_on_branch
from spectrafit_magnetism.residual import LEAST_T_WITHOUT_ZFS, residual_share
from spectrafit_magnetism.settings import MagnetismSettings

__all__ = ["add_residual"]


def add_residual(curve: MeasuredCurve, settings: MagnetismSettings, found: Findings) -> None:
    """Add the residual share where the spins of the high-temperature form are declared.

    Parameters
    ----------
    curve : MeasuredCurve
        As measured.
    settings : MagnetismSettings
        Spins, g values and temperature.
    found : Findings
        What is added to.

    Raises
    ------
    SettingsError
        When the temperature was not measured, or the spins of both forms do not differ.
    """
    if not settings.high_spins:
        return
    branch = curve.main
    T = settings.residual_K or _lowest_without_splitting(branch.T)
    at = value_on_branch(curve, branch, T, settings)
    share = residual_share(
        T, at["value"], high_spins=settings.high_spins, low_spins=settings.low_spins,
        g_high=settings.g_high, g_low=settings.g_low, sigma=at["sigma"],
    )  # fmt: skip
    width = share.high - share.low
    if share.doubt:
        found.warn("MAG-113", why=share.doubt)
    found.items.append(
        curve_item(
            curve, "residual", "1", step="residual share",
            step_settings={"branch": branch.name, "T_K": T},
            conventions={
                "T_K": float(T), "high_spins": list(settings.high_spins),
                "low_spins": list(settings.low_spins) or "diamagnetic",
                "g_high": settings.g_high, "g_low": settings.g_low, "branch": branch.name,
            },
            conditions={"T": float(T)}, value=share.share, verdict=share.doubt,
            budget={name: part / width for name, part in at["budget"].items()},
            **sigma_fields(share.sigma, at.get("sigma_reason", "")),
        )
    )  # fmt: skip


def _lowest_without_splitting(T: np.ndarray) -> float:
    above = T[T >= LEAST_T_WITHOUT_ZFS]
    if not above.size:
        raise SettingsError(
            f"no temperature from {LEAST_T_WITHOUT_ZFS:g} K on",
            do="name one: --set residual_K=KELVIN",
        )
    return float(above.min())
