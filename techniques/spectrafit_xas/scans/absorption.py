"""From detector columns to mu with its point errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import ReadError, SettingsError
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit.table import axis_notices
from spectrafit.units import converted
from spectrafit_xas.alerts import xas_alert
from spectrafit_xas.k_edges import K_EDGES_EV
from spectrafit_xas.readers.detector_elements import VARIANCE, fluorescence_sum
from spectrafit_xas.readers.made_columns import (
    DEAD_PERCENT,
    LIVE,
    dead_time_misfit,
    live_fluorescence,
    with_made_columns,
)
from spectrafit_xas.settings import XanesSettings

__all__ = [
    "ROLE_NAMES",
    "AbsorptionRoles",
    "absorber",
    "absorption_roles",
    "absorption_spectrum",
    "absorption_ways",
    "column_suggestion",
    "edges_inside",
    "stated_element",
    "tabulated_edge",
]

ROLE_NAMES: Mapping[str, tuple[str, ...]] = {
    "energy": ("energy", "enc_energy", "e", "energy_ev", "mono_energy", "mono1_energy_acs"),
    "i0": ("i0", "io", "i_0", "monitor"),
    "transmitted": ("itrans", "it", "i1", "i_t"),
    "fluorescence": ("fy_c", "ifluor", "fluor", "fluo", "if", "iff", "fy", "vortdt"),
    "dead_time": ("deadtime", "dead_time"),
    "time": ("sec", "seconds", "count_time", "dwell_time", "integration_time"),
    "mu": ("mu", "xmu", "mutrans", "mufluor", "norm", "mu_trans", "mu_fluor"),
}
DEAD_TIME_LIMIT = 30.0
DEAD_TIME_MISFIT = 1e-4  # LUCIA writes six digits
KEV_BELOW = 200.0
NEAR_EDGE_EV = 30.0
# Al to Pr: what a beamline for hard X-rays reaches
HARD_XRAY_ELEMENTS = tuple(K_EDGES_EV)[10:57]


@dataclass(frozen=True)
class AbsorptionRoles:
    """Which columns make mu, and how.

    Parameters
    ----------
    signal : str
        ``transmission``, ``fluorescence`` or ``mu``.
    columns : mapping of str to str
        Column name by role.
    formula : str
        In the file's own column names.
    """

    signal: str
    columns: Mapping[str, str]
    formula: str


def _found(recording: Recording, settings: XanesSettings) -> dict[str, str]:
    unknown = sorted(set(settings.columns) - set(ROLE_NAMES))
    if unknown:
        raise SettingsError(
            f"no role {unknown[0]!r} in columns",
            where=recording.name,
            do=f"the roles are: {', '.join(ROLE_NAMES)}",
        )
    found = {role: recording.column(name).name for role, name in settings.columns.items()}
    lower = {name.lower(): name for name in reversed(recording.names)}
    for role, names in ROLE_NAMES.items():
        if role not in found:
            usable = _present if role in ("dead_time", "time") else _usable
            match = next((lower[name] for name in names if usable(recording, lower, name)), None)
            if match is not None:
                found[role] = match
    if "fluorescence" not in found:
        element = settings.element or str(recording.conditions.get("element", ""))
        found |= {"fluorescence": name} if (name := fluorescence_sum(recording, element)) else {}
    if "energy" not in found and "x" in recording.roles:
        found["energy"] = recording.roles["x"]
    if "mu" not in found and "y" in recording.roles and "i0" not in found:
        found["mu"] = recording.roles["y"]
    return found


def _present(recording: Recording, lower: Mapping[str, str], name: str) -> bool:
    """Return whether a column holds a number; dead time may be the same in every row."""
    return name in lower and bool(np.isfinite(recording.column(lower[name]).values).any())


def _usable(recording: Recording, lower: Mapping[str, str], name: str) -> bool:
    if name not in lower:
        return False
    values = recording.column(lower[name]).values
    return bool(np.isfinite(values).any() and np.nanmax(values) != np.nanmin(values))


def absorption_ways(recording: Recording, settings: XanesSettings) -> Mapping[str, AbsorptionRoles]:
    """Return every way in which the columns make mu, by signal.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    settings : XanesSettings
        `columns` decides where names do not.

    Returns
    -------
    mapping of str to AbsorptionRoles
        Of ``transmission``, ``fluorescence`` and ``mu`` those that there are.

    Raises
    ------
    SettingsError
        When no energy is found, or `columns` names what is not there.
    """
    recording = with_made_columns(recording, settings.columns)
    found = _found(recording, settings)
    if "energy" not in found:
        raise SettingsError(
            "which column is the energy?",
            where=recording.name,
            do=f'--set columns.energy="NAME"; {_listed(recording)}',
        )
    ways: dict[str, AbsorptionRoles] = {}
    energy = found["energy"]
    if "i0" in found and "transmitted" in found:
        i0, it = found["i0"], found["transmitted"]
        ways["transmission"] = AbsorptionRoles(
            "transmission", {"energy": energy, "i0": i0, "transmitted": it}, f"ln({i0}/{it})"
        )
    if "i0" in found and "fluorescence" in found:
        i0, fluorescence = found["i0"], found["fluorescence"]
        kept = {key: found[key] for key in ("dead_time", "time") if key in found}
        times = ""
        if settings.dead_time_s is not None:
            times = f" k/{i0}, k = 1/(1 - rate x {settings.dead_time_s:g} s)"
        sum_of = f"({fluorescence})" if times and " + " in fluorescence else fluorescence
        ways["fluorescence"] = AbsorptionRoles(
            "fluorescence",
            {"energy": energy, "i0": i0, "fluorescence": fluorescence} | kept,
            f"{sum_of}{times or f'/{i0}'}",
        )
    if "mu" in found:
        ways["mu"] = AbsorptionRoles("mu", {"energy": energy, "mu": found["mu"]}, found["mu"])
    return ways


def absorption_roles(recording: Recording, settings: XanesSettings) -> AbsorptionRoles:
    """Return which columns make mu, refusing where more than one way is open.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    settings : XanesSettings
        `signal` and `columns` decide where names do not.

    Returns
    -------
    AbsorptionRoles

    Raises
    ------
    SettingsError
        When no energy or no signal is found, or several signals could be meant.
    """
    ways = absorption_ways(recording, settings)
    listed = _listed(recording)
    if settings.signal != "auto":
        if settings.signal not in ways:
            raise SettingsError(
                f"no columns for signal = {settings.signal!r}",
                where=recording.name,
                do=f'name them with --set columns.ROLE="NAME"; {listed}',
            )
        return ways[settings.signal]
    if "mu" in ways and len(ways) == 2 and ways["mu"].formula.lower() in ("mutrans", "mufluor"):
        return ways["mu"]
    if len(ways) > 1:
        options = " or ".join(f"--set signal={name} ({way.formula})" for name, way in ways.items())
        raise SettingsError(
            "more than one signal could be meant", where=recording.name, do=f"choose {options}"
        )
    if not ways:
        raise SettingsError(
            "which columns make mu?",
            where=recording.name,
            do=column_suggestion(recording, settings)
            or f'name i0 and transmitted or fluorescence, or mu: --set columns.mu="NAME"; {listed}',
        )
    return next(iter(ways.values()))


def column_suggestion(recording: Recording, settings: XanesSettings) -> str:
    """Return the settings that make mu of columns without usual names, for the user to judge.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    settings : XanesSettings
        `element` decides where the range holds several edges.

    Returns
    -------
    str
        What was seen and what to type; empty where no two columns look like it.
    """
    from spectrafit_xas.scans.suggested_columns import suggested_settings

    column = recording.column(_found(recording, settings)["energy"])
    energy = converted(column.values, _energy_unit(column), "eV")
    finite = energy[np.isfinite(energy)]
    element = settings.element or str(recording.conditions.get("element", ""))
    inside = edges_inside(float(finite.min()), float(finite.max())) if finite.size else ()
    elements = (element,) if element else inside
    return suggested_settings(recording, energy, {one: tabulated_edge(one) for one in elements})


def _listed(recording: Recording) -> str:
    return f"the columns are: {', '.join(recording.names)}"


def absorption_spectrum(
    recording: Recording, settings: XanesSettings
) -> tuple[Spectrum, AbsorptionRoles, tuple[Alert, ...]]:
    """Return mu against energy with its point errors where the detectors count.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    settings : XanesSettings
        Signal, columns and whether they are counts.

    Returns
    -------
    spectrum : Spectrum
        Energy in eV, mu without unit.
    roles : AbsorptionRoles
        What was used.
    alerts : tuple of Alert
        Rows left out, dead time, and an axis that was sorted or averaged.

    Raises
    ------
    SettingsError
        When the columns are not known.
    ReadError
        When I0 is not positive, or too few rows are usable.

    Notes
    -----
    Transmission: mu = ln(I0/I1), sigma^2 = 1/N0 + 1/N1. Fluorescence: mu = F/I0,
    sigma^2 = F/I0^2 + mu^2/N0 with the raw counts F; both are Poisson propagation.
    """
    recording = with_made_columns(recording, settings.columns)
    roles = absorption_roles(recording, settings)
    if roles.signal == "fluorescence" and settings.dead_time_s is not None:
        recording, roles = _live(recording, roles, settings.dead_time_s)
    energy_column = recording.column(roles.columns["energy"])
    unit = _energy_unit(energy_column)
    energy = converted(energy_column.values, unit, "eV")
    if roles.signal == "mu":
        mu = recording.column(roles.columns["mu"]).values
        sigma, origin = None, "mu was recorded without its counts"
    else:
        mu, sigma, origin = _from_detectors(recording, roles, settings)
    bad = ~np.isfinite(mu) | ~np.isfinite(energy)
    if sigma is not None:
        bad |= ~np.isfinite(sigma)
    alerts = _dead_time_alerts(recording, roles)
    if unit == "keV" and energy_column.unit == "1":
        alerts += (xas_alert("XAS-141").alert(where=recording.name, name=energy_column.name),)
    if bad.any():
        alerts += (xas_alert("XAS-105").alert(where=recording.name, rows=int(bad.sum())),)
    if (~bad).sum() < 2:
        raise ReadError(
            f"{int((~bad).sum())} usable rows of {roles.formula}",
            where=recording.name,
            do="choose another signal with --set signal=...",
        )
    columns = [
        Column("energy", energy, "eV", made_from=energy_column.name),
        Column("mu", np.where(bad, np.nan, mu), "1", made_from=roles.formula),
    ]
    chosen = {"x": "energy", "y": "mu"}
    if sigma is not None:
        columns.append(Column("sigma", np.where(bad, np.nan, sigma), "1", made_from="counts"))
        chosen["sigma"] = "sigma"
    derived = replace(recording, columns=tuple(columns), roles=chosen)
    spectrum = derived.spectrum(sigma_origin=origin)
    # a reader that proposes no axis has not looked at it
    told = {notice.text for notice in recording.notices}
    of_axis = axis_notices(energy_column, recording.name)
    return spectrum, roles, alerts + tuple(one for one in of_axis if one.text not in told)


def _live(
    recording: Recording, roles: AbsorptionRoles, dead_time_s: float
) -> tuple[Recording, AbsorptionRoles]:
    """Return the scan with its fluorescence corrected by its rate, and the columns of that."""
    if "time" not in roles.columns:
        raise SettingsError(
            "which column is the counting time?",
            where=recording.name,
            do=f'dead_time_s needs it: --set columns.time="NAME"; {_listed(recording)}',
        )
    name = roles.columns["fluorescence"]
    live = live_fluorescence(recording, name, roles.columns["time"], dead_time_s)
    columns = {"fluorescence": name + LIVE, "dead_time": name + LIVE + DEAD_PERCENT}
    return live, replace(roles, columns={**roles.columns, **columns})


def _energy_unit(column: Column) -> str:
    """Return the unit of an energy; where the file gives none, keV below 200, else eV.

    No K edge that a scan can show lies below 200 eV, none above 200 keV.
    """
    if column.unit != "1":
        return column.unit
    finite = column.values[np.isfinite(column.values)]
    called = "energy" in column.name.lower() or column.name.lower() in ROLE_NAMES["energy"]
    return "keV" if called and finite.size and finite.max() < KEV_BELOW else "eV"


def _from_detectors(
    recording: Recording, roles: AbsorptionRoles, settings: XanesSettings
) -> tuple[FloatArray, FloatArray | None, str]:
    i0_column = recording.column(roles.columns["i0"])
    partner = recording.column(
        roles.columns["transmitted" if roles.signal == "transmission" else "fluorescence"]
    )
    i0, signal = i0_column.values, partner.values
    wrong = np.flatnonzero(np.isfinite(i0) & (i0 <= 0))
    if wrong.size:
        raise ReadError(
            f"{i0_column.name} is {i0[wrong[0]]:g} in row {wrong[0] + 1}",
            where=recording.name,
            do="I0 must be positive; leave such rows out of the file or choose another column",
        )
    counts = settings.counts
    if counts is None:
        counts = i0_column.unit == "counts" and partner.unit == "counts"
    positive = np.where(signal > 0, signal, np.nan)
    # a row whose squares no double holds has no variance, and is left out as such
    with np.errstate(over="ignore", invalid="ignore"):
        if roles.signal == "transmission":
            mu = np.log(i0 / positive)
            variance = 1.0 / i0 + 1.0 / positive
        else:
            mu = signal / i0
            variance = _counting_variance(recording, partner, positive) / i0**2 + mu**2 / i0
    if not counts:
        return mu, None, f"{i0_column.name} and {partner.name} are not declared to be counts"
    return mu, np.asarray(np.sqrt(variance), dtype=np.float64), "counts"


def _counting_variance(recording: Recording, signal: Column, positive: FloatArray) -> FloatArray:
    """Return the variance of fluorescence: k^2 F of the raw counts F, not the corrected ones."""
    made = signal.name + VARIANCE
    if made in recording.names:
        return recording.column(made).values
    lower = {column.name.lower(): column for column in recording.columns}
    if signal.name.lower() == "fy_c" and "fy" in lower:
        raw = lower["fy"].values
        return np.asarray(positive**2 / np.where(raw > 0, raw, np.nan), dtype=np.float64)
    return positive


def _dead_time_alerts(recording: Recording, roles: AbsorptionRoles) -> tuple[Alert, ...]:
    if "dead_time" not in roles.columns:
        return ()
    misfit = dead_time_misfit(recording)
    if misfit > DEAD_TIME_MISFIT:
        found = (xas_alert("XAS-142").alert(where=recording.name, percent=100 * misfit),)
        return found + _high_dead_time(recording, roles)
    return _high_dead_time(recording, roles)


def _high_dead_time(recording: Recording, roles: AbsorptionRoles) -> tuple[Alert, ...]:
    worst = float(np.nanmax(recording.column(roles.columns["dead_time"]).values))
    if worst <= DEAD_TIME_LIMIT:
        return ()
    return (xas_alert("XAS-117").alert(where=recording.name, percent=worst),)


def tabulated_edge(element: str) -> float:
    """Return the tabulated K-edge energy of an element.

    Parameters
    ----------
    element : str
        Symbol.

    Returns
    -------
    float
        In eV, from `K_EDGES_EV`.

    Raises
    ------
    SettingsError
        When there is no such element.
    """
    try:
        return K_EDGES_EV[element.capitalize()]
    except KeyError:
        raise SettingsError(f"no element {element!r}", do="give its symbol, like Fe") from None


def edges_inside(low_eV: float, high_eV: float) -> tuple[str, ...]:
    """Return the elements whose K edge lies well inside a range of energies.

    Parameters
    ----------
    low_eV, high_eV : float
        Ends of a scan.

    Returns
    -------
    tuple of str
        Symbols in the order of their edges.
    """
    margin = min(NEAR_EDGE_EV, (high_eV - low_eV) / 4)
    low, high = low_eV + margin / 3, high_eV - margin
    return tuple(symbol for symbol in HARD_XRAY_ELEMENTS if low < K_EDGES_EV[symbol] < high)


def absorber(recording: Recording, energy: FloatArray, settings: XanesSettings) -> str:
    """Return the absorbing element: as set, as in the header, or the one edge in range.

    Parameters
    ----------
    recording : Recording
        For its header.
    energy : ndarray
        In eV.
    settings : XanesSettings
        `element` decides.

    Returns
    -------
    str
        Symbol.

    Raises
    ------
    SettingsError
        When the range holds no K edge or several, or the scan does not reach the element's edge.
    """
    element = settings.element or str(recording.conditions.get("element", ""))
    low, high = float(energy.min()), float(energy.max())
    inside = edges_inside(low, high)
    if not element and not inside:
        element = stated_element(recording)
    if element:
        edge = tabulated_edge(element)
        if high <= edge:
            raise SettingsError(
                f"the scan ends at {high:.1f} eV, before the K edge of {element} at {edge:.1f} eV",
                where=recording.name,
                do="leave the scan out if it broke off, else correct the element or the energy "
                "column and its unit",
            )
        if edge <= low:
            raise SettingsError(
                f"the scan runs from {low:.1f} to {high:.1f} eV and does not hold the K edge of "
                f"{element} at {edge:.1f} eV",
                where=recording.name,
                do="correct the element or the energy column and its unit",
            )
        return element
    if len(inside) != 1:
        found = ", ".join(inside) or "none"
        raise SettingsError(
            f"K edges between {low:.1f} and {high:.1f} eV: {found}",
            where=recording.name,
            do="name the absorber: --set element=Fe",
        )
    return inside[0]


def stated_element(recording: Recording) -> str:
    """Return the element that a recording states, as its reader or a header entry says.

    Parameters
    ----------
    recording : Recording
        Of a scan; an entry is like ``Element: Fe``.

    Returns
    -------
    str
        Symbol, empty where none is stated.
    """
    if told := str(recording.conditions.get("element", "")):
        return told
    for key, text in recording.header.items():
        words = re.findall(r"[a-z]+", key.lower())
        symbol = next(iter(re.findall(r"[A-Za-z]+", text)), "").capitalize()
        if "element" in words and "detector" not in words and symbol in K_EDGES_EV:
            return symbol
    return ""
