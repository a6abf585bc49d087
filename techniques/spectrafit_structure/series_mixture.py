"""The displacement along a bond that a mixture of two states adds, against that of the file."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit.observable import Kind, Observable
from spectrafit.rounding import value_text
from spectrafit_structure.alerts import structure_alert
from spectrafit_structure.displacement import excess_along_bonds
from spectrafit_structure.mixture_displacement import mixture_displacement
from spectrafit_structure.one_structure import JudgedStructure
from spectrafit_structure.origin import key_part, origin_of
from spectrafit_structure.series_slopes import plain_mean
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.uncertainty import Measured

__all__ = ["mixture_items"]

_TWO_SIDED_95 = 1.959963984540054


def mixture_items(
    rows: Sequence[JudgedStructure], settings: StructureSettings
) -> tuple[tuple[Observable, ...], tuple[Alert, ...]]:
    """Return the displacement along a bond that a mixture of two pure states adds.

    Parameters
    ----------
    rows : sequence of JudgedStructure
        All with a temperature.
    settings : StructureSettings
        Its lengths of the pure states.

    Returns
    -------
    items : tuple of Observable
        The root of x(1 - x)(dL)^2 with x by the mean length between the two; to be compared with
        the difference of the displacements of the two atoms along the bond.
    alerts : tuple of Alert
        Lengths outside the pure states, of which there is none.
    """
    items: list[Observable] = []
    alerts: list[Alert] = []
    for kind, (low, high) in settings.mixture_ends_A.items():
        if low == high:
            raise SettingsError(
                "the two pure states have one length", where=f"mixture_ends_A {kind}"
            )
        for row in rows:
            lengths = row.kinds.get(kind)
            if not lengths:
                continue
            mean = plain_mean(tuple(lengths.values()))
            share = (mean.value - low) / (high - low)
            item, why = _mixture(kind, share, mean, (low, high), row, settings)
            if item is not None:
                items.append(item)
            else:
                what = f"the displacement of a mixture along {kind} at {row.T:g} K"
                alert = structure_alert("STR-112")
                alerts.append(alert.alert(where=row.recording.name, what=what, why=why))
    return tuple(items), tuple(alerts)


def _mixture(
    kind: str, share: float, mean: Measured, ends: tuple[float, float], row: JudgedStructure,
    settings: StructureSettings,
) -> tuple[Observable | None, str]:  # fmt: skip
    span = abs(ends[1] - ends[0])
    su = None if mean.su is None else mean.su / span
    near = 0.0 if su is None else _TWO_SIDED_95 * su
    if not -near <= share <= 1.0 + near:
        return None, f"the length {mean.value:.4f} Å lies outside the pure states"

    def rms(x: float) -> float:
        typed = Measured(span, None, "typed")
        return math.sqrt(mixture_displacement(min(max(x, 0.0), 1.0), typed).value)

    origin = origin_of(row.recording, settings)
    told = {"mixture_ends_A": list(ends), "share": round(share, 4)}
    key = f"{key_part(kind)}.mixture_rms"
    verdict = _against_file(kind, rms(share) ** 2, row)
    if su is None:
        bare = Measured(rms(share), None, mean.reason)
        return origin.value(key, "A", bare, conventions=told, verdict=verdict), ""
    # largest at equal shares, so that the ends of the share need not be the ends of the range
    at = [share - near, share + near, *([0.5] if abs(share - 0.5) <= near else [])]
    item = Observable(
        f"structure.{key}", "A", Kind.INTERVAL, rms(share), low=min(map(rms, at)),
        high=max(map(rms, at)), level=0.95, verdict=verdict, conventions=told, conditions=origin.conditions,
        source=origin.source, history=origin.history,
    )  # fmt: skip
    return item, ""


def _against_file(kind: str, expected: float, row: JudgedStructure) -> str:
    """Return the sentence that holds the displacement of a mixture against that of the file."""
    said = f"a mixture adds {expected:.4f} Å2 along the bonds"
    metal, _, element = kind.rpartition("-")
    site = next((each for each in row.sites if each.name == metal), None)
    if site is None or row.crystal.cell is None:
        return said
    bonds = [each for each in site.shell.ligands if each.atom.element == element]
    excess = excess_along_bonds(site.shell.metal, bonds, row.crystal.cell)
    if excess is None:
        return f"{said}; the file has no anisotropic displacements to hold it against"
    text = value_text(excess.value, excess.su, excess.reason)
    return f"{said}; {element} moves by {text} Å2 more than {metal} along them"
