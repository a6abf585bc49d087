"""What one structure says of its metals: lengths, distortions, spin states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.observable import Observable
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.distortion import shell_distortion
from spectrafit_structure.metal_sites import MetalSite
from spectrafit_structure.origin import Origin, key_part
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shells import SHELL_SIZE
from spectrafit_structure.spin_state import LengthWindow, StateReading, state_reading
from spectrafit_structure.uncertainty import Measured, weighted_mean

__all__ = ["distortion_items", "length_items", "spin_state_items", "windows_of"]

_SIX = {"shell": SHELL_SIZE}


def length_items(
    kinds: Mapping[str, Mapping[str, Measured]], origin: Origin
) -> tuple[Observable, ...]:
    """Return the mean of every kind of bond and the length of every bond.

    Parameters
    ----------
    kinds : mapping of str to mapping
        Å by bond, by kind.
    origin : Origin

    Returns
    -------
    tuple of Observable
        Means first.
    """
    means = [
        origin.mean(kind, lengths, weighted_mean(tuple(lengths.values())))
        for kind, lengths in kinds.items()
    ]
    single: dict[str, Observable] = {}
    for lengths in kinds.values():
        for bond, length in lengths.items():
            name = key_part(bond)
            while name in single:
                name += "_"
            single[name] = origin.value(f"{name}.length", "A", length)
    return (*means, *single.values())


def distortion_items(
    sites: Sequence[MetalSite], origin: Origin, where: str
) -> tuple[tuple[Observable, ...], tuple[Alert, ...]]:
    """Return Delta, Sigma and the elongation of every shell of six.

    Parameters
    ----------
    sites : sequence of MetalSite
    origin : Origin
    where : str
        Name of the structure, for alerts.

    Returns
    -------
    items : tuple of Observable
    alerts : tuple of Alert
        Why Sigma is not given.
    """
    items, alerts = [], []
    for site in sites:
        if len(site.shell.ligands) != SHELL_SIZE:
            continue
        found = shell_distortion(site.shell)
        name = key_part(site.name)
        noise = found.delta_of_noise
        verdict = "" if noise is None else f"six equal lengths would show {noise:.2g}"
        items.append(
            origin.value(f"{name}.Delta", "1", found.delta, conventions=_SIX, verdict=verdict)
        )
        if found.sigma is not None:
            items.append(origin.value(f"{name}.Sigma", "deg", found.sigma, conventions=_SIX))
        if found.elongation is not None:
            items.append(origin.value(f"{name}.elongation", "A", found.elongation))
        if found.reason:
            what = f"Sigma of {site.name}" if found.sigma is None else f"elongation of {site.name}"
            alert = structure_alert("STR-112")
            alerts.append(alert.alert(where=where, what=what, why=found.reason))
    return tuple(items), tuple(alerts)


def windows_of(site: MetalSite, windows: Sequence[LengthWindow]) -> tuple[LengthWindow, ...]:
    """Return the ranges that are of a metal: by its element or its label.

    Parameters
    ----------
    site : MetalSite
    windows : sequence of LengthWindow

    Returns
    -------
    tuple of LengthWindow
    """
    own = (f"{site.element}-", f"{site.shell.metal.label}-")
    return tuple(each for each in windows if each.bond.startswith(own))


def spin_state_items(
    sites: Sequence[MetalSite], settings: StructureSettings, origin: Origin, where: str
) -> tuple[tuple[Observable, ...], tuple[Alert, ...]]:
    """Return the likelihood of the states of which ranges were given.

    Parameters
    ----------
    sites : sequence of MetalSite
    settings : StructureSettings
        Its windows.
    origin : Origin
    where : str
        Name of the structure, for alerts.

    Returns
    -------
    items : tuple of Observable
        Categories with shares; never a state as a label.
    alerts : tuple of Alert
        Where there is no reading, or it must not be trusted.
    """
    items, alerts = [], []
    for site in sites:
        windows = windows_of(site, settings.windows)
        if not windows:
            continue
        means = {
            bond: weighted_mean(tuple(lengths.values())).mean
            for kind, lengths in site.kinds().items()
            for bond in (kind, f"{site.element}-{kind.partition('-')[2]}")
        }
        used = {
            bond: length for bond, length in means.items() if any(w.bond == bond for w in windows)
        }
        try:
            reading = state_reading(used, windows)
        except SettingsError as error:
            alert = structure_alert("STR-112")
            why = f"{error.what}; {error.do}" if error.do else error.what
            alerts.append(alert.alert(where=where, what=f"spin state of {site.name}", why=why))
            continue
        if reading.states:
            items.append(_reading(site, reading, windows, origin))
        if reading.reason:
            alert = structure_alert("STR-111")
            alerts.append(alert.alert(where=where, what=f"{site.name}: {reading.reason}"))
    return tuple(items), tuple(alerts)


def _reading(
    site: MetalSite, reading: StateReading, windows: Sequence[LengthWindow], origin: Origin
) -> Observable:
    best = reading.states[0]
    word = f"likeliest {best.state}" if best.fits else "none of the given states"
    outside = ", ".join(f"{each.state} {each.outside:.1f} s.u." for each in reading.states)
    cited = [
        f"{each.state} {each.bond} {each.low:g} to {each.high:g} Å ({each.source})"
        for each in windows
    ]
    return origin.category(
        f"{key_part(site.name)}.spin_state", word,
        shares={each.state: each.share for each in reading.states},
        conventions={"windows": cited, "bonds_read": list(reading.bonds)},
        verdict=f"outside the ranges by: {outside}",
    )  # fmt: skip
