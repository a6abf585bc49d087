"""Whether a chi T can be one: the check that units of header and settings go through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit_magnetism.alerts import magnetism_alert
from spectrafit_magnetism.curve import BranchCurve
from spectrafit_magnetism.settings import MagnetismSettings
from spectrafit_magnetism.spin_only import spin_only_chiT
from spectrafit_magnetism.susceptibility import beyond_linear_range

__all__ = ["plausibility"]

_LEAST_CHIT = 0.1
"""cm3 K/mol at 100 K and above; one unpaired electron has 0.375, so that a sample with less is all but
diamagnetic, or a unit is wrong (field in A/m or T, moment in A m2, mass in ug)."""
_WARM_K = 100.0
_OVER_SPINS = 3.0
"""chi T at the highest temperature over that of the declared spins: orbital moments and coupling make
less; a factor of 4 pi, 10 or 1000 makes more."""


def plausibility(
    branches: Sequence[BranchCurve], settings: MagnetismSettings, where: str, *, H: float | None
) -> tuple[Alert, ...]:
    """Return what speaks against a curve of chi T.

    Parameters
    ----------
    branches : sequence of BranchCurve
        At least one.
    settings : MagnetismSettings
        With the declared spins.
    where : str
        File name.
    H : float or None
        Field, Oe.

    Returns
    -------
    tuple of Alert

    Raises
    ------
    SettingsError
        Where the size of chi T cannot be: a unit is wrong.
    """
    T = np.concatenate([one.T for one in branches])
    chiT = np.concatenate([one.chiT for one in branches])
    hottest = float(np.median(chiT[T.max() - 5.0 <= T]))
    largest = float(np.median(np.sort(chiT)[-3:]))
    units = "check the units: mass in mg, molar mass in g/mol, field in Oe, moment in emu"
    if largest > settings.most_chiT:
        # fourteen free Gd3+, Tb3+ or Dy3+ ions have 110 to 198 cm3 K/mol; the default is twice that
        raise SettingsError(
            f"a chi_m T of {largest:.4g} cm3 K/mol",
            where=where,
            do=f"{units}; of a ferromagnet, type: --set most_chiT={1.2 * largest:.2g}",
        )
    alerts = []
    if settings.high_spins:
        expected = spin_only_chiT(*settings.high_spins, g=settings.g_high)
        ratio = hottest / expected if expected > 0.0 else 1.0
        words = (
            f"chi_m T of {hottest:.4g} cm3 K/mol at {T.max():.0f} K is {ratio:.3g} times that of the "
            f"declared spins, {expected:.4g}"
        )
        if ratio > _OVER_SPINS:
            raise SettingsError(words, where=where, do=units)
        if ratio < 1.0 / _OVER_SPINS:
            alerts.append(magnetism_alert("MAG-100").alert(where=where, why=words))
    elif 0.0 <= hottest < _LEAST_CHIT and T.max() >= _WARM_K:
        words = f"chi_m T is {hottest:.3g} cm3 K/mol at {T.max():.0f} K, where one unpaired electron has 0.375"
        alerts.append(magnetism_alert("MAG-100").alert(where=where, why=words))
    if hottest < 0.0:
        words = f"chi_m T is {hottest:.3g} cm3 K/mol at the highest temperature, below 0"
        alerts.append(magnetism_alert("MAG-100").alert(where=where, why=words))
    spins = settings.high_spins or ((settings.S1 + settings.S2,) if settings.S1 else ())
    if H is not None and spins:
        beyond = beyond_linear_range(T, H, max(spins), g=settings.g_high)
        worst = int(np.argmax(beyond))
        if beyond[worst] > 0.0:
            alerts.append(
                magnetism_alert("MAG-107").alert(
                    where=where, ratio=float(beyond[worst]), T=float(T[worst]), S=max(spins)
                )
            )
    return tuple(alerts)
