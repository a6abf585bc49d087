"""Changes of bond lengths from a reference structure: their size, and the limit they stay below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable
from spectrafit.rounding import number_text
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.metal_sites import BRIDGE_KINDS, MetalSite
from spectrafit_structure.one_structure import JudgedStructure
from spectrafit_structure.origin import key_part, origin_of
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shells import matched_bonds
from spectrafit_structure.uncertainty import Measured
from spectrafit_structure.unchanged import Change, change_of_bonds, change_of_means

__all__ = ["changes_from", "reference_structure", "structure_label"]

Lengths = Mapping[str, Measured]


def structure_label(one: JudgedStructure) -> str:
    """Return a structure as a reader names it, like ``a.cif at 60 K``."""
    at = "" if one.T is None else f" at {number_text(one.T)} K"
    return f"{one.recording.name}{at}"


def reference_structure(
    rows: Sequence[JudgedStructure], settings: StructureSettings
) -> JudgedStructure:
    """Return the structure that all others are compared with.

    Parameters
    ----------
    rows : sequence of JudgedStructure
        By temperature, all with one.
    settings : StructureSettings

    Returns
    -------
    JudgedStructure

    Raises
    ------
    SettingsError
        When the settings name none of them, or more than one.
    """
    if settings.reference:
        named = [row for row in rows if settings.reference in row.recording.name]
        if len(named) != 1:
            names = ", ".join(row.recording.name for row in rows)
            raise SettingsError(
                f"{len(named)} structures have {settings.reference!r} in their name",
                where="reference", do=f"name one of: {names}",
            )  # fmt: skip
        return named[0]
    wanted = settings.reference_T_K
    if wanted is None:
        return rows[0]
    apart = [abs((row.T or 0.0) - wanted) for row in rows]
    nearest = rows[apart.index(min(apart))]
    if min(apart) > _SAME_T_K:
        known = ", ".join(f"{number_text(row.T or 0.0)} K" for row in rows)
        raise SettingsError(
            f"there is no structure at {wanted:g} K",
            where="reference_T_K",
            do=f"the temperatures are: {known}",
        )
    return nearest


_SAME_T_K = 2.0


def changes_from(
    reference: JudgedStructure, later: JudgedStructure, settings: StructureSettings
) -> tuple[tuple[Observable, ...], tuple[Alert, ...]]:
    """Return what changed between two structures, by metal and kind of bond.

    Parameters
    ----------
    reference, later : JudgedStructure
        Both with a temperature.
    settings : StructureSettings
        Its limit and expected changes.

    Returns
    -------
    items : tuple of Observable
        The change, and the limit that it stays below with 95 % confidence; without s.u. neither
        has a test.
    alerts : tuple of Alert
        Labels that were mapped, and what could not be compared.
    """
    items: list[Observable] = []
    alerts: list[Alert] = []
    where = f"{structure_label(later)} against {structure_label(reference)}"
    pairs, odd = _matched_sites(reference, later, where)
    alerts += odd
    for before, after in pairs:
        try:
            matched = matched_bonds(before.shell, after.shell)
        except SettingsError as error:
            alerts.append(structure_alert("STR-115").alert(where=where, what=error.what))
            continue
        if matched.renamed:
            listed = ", ".join(f"{old} is {new}" for old, new in matched.renamed.items())
            alerts.append(structure_alert("STR-107").alert(where=where, what=listed))
        for kind, bonds in before.kinds().items():
            own = {name: matched.earlier[name] for name in bonds}
            change = change_of_bonds(
                own, {name: matched.later[name] for name in own}, limit=settings.limit_A
            )
            items += _items(kind, change, reference, later, settings)
    for kind in BRIDGE_KINDS:
        if kind not in reference.kinds or kind not in later.kinds:
            continue
        change = _bridge_change(reference.kinds[kind], later.kinds[kind], settings.limit_A)
        items += _items(kind, change, reference, later, settings)
    return tuple(items), tuple(alerts)


def _matched_sites(
    reference: JudgedStructure, later: JudgedStructure, where: str
) -> tuple[list[tuple[MetalSite, MetalSite]], list[Alert]]:
    """Return the metals that are in both structures, by name."""
    after = {site.name: site for site in later.sites}
    pairs = [(site, after[site.name]) for site in reference.sites if site.name in after]
    names = {site.name for site in reference.sites}
    lost = sorted(names ^ set(after))
    if not lost:
        return pairs, []
    what = f"only one of the two structures has {', '.join(lost)}"
    return pairs, [structure_alert("STR-115").alert(where=where, what=what)]


def _bridge_change(earlier: Lengths, later: Lengths, limit: float) -> Change:
    if set(earlier) == set(later):
        return change_of_bonds(earlier, later, limit=limit)
    return change_of_means(tuple(earlier.values()), tuple(later.values()), limit=limit)


def _items(
    kind: str, change: Change, reference: JudgedStructure, later: JudgedStructure,
    settings: StructureSettings,
) -> list[Observable]:  # fmt: skip
    compared = {
        "reference": reference.recording.name,
        "sha256": reference.recording.source.sha256,
        "chi2": change.chi2,
        "freedom": change.freedom,
        "p_value": change.p_value,
        "bonds": {each.bond: each.change.value for each in change.bonds},
    }
    origin = origin_of(later.recording, settings).after(HistoryEntry("compared", compared))
    told: dict[str, Any] = {"reference_T_K": reference.T, "limit_A": settings.limit_A}
    key = key_part(kind)
    verdict = change.verdict.value
    if change.z is not None:
        verdict += f", z = {change.z:.1f}"
    items = [origin.value(f"{key}.change", "A", change.mean, conventions=told, verdict=verdict)]
    if change.below is None:
        return items
    says = f"{change.verdict.value}: {change.statement}"
    if change.reason:
        says = f"{says}; {change.reason}"
    if kind in settings.expected_A:
        expected = settings.expected_A[kind]
        excluded = "is" if change.excludes(expected) else "is not"
        says += f"; a change of {expected:g} Å {excluded} excluded ({settings.expected_source})"
        told |= {"expected_A": expected}
    limit = Observable(
        f"structure.{key}.unchanged", "A", Kind.UPPER_LIMIT, high=change.below, level=0.95,
        verdict=says, conventions=told, conditions=origin.conditions, source=origin.source,
        history=origin.history,
    )  # fmt: skip
    return [*items, limit]
