"""Figures of structures through temperature: bond lengths with cited ranges of states, and V/Z."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace
from spectrafit_structure.dipole import volume_per_formula
from spectrafit_structure.metal_sites import BRIDGE_KINDS
from spectrafit_structure.one_structure import JudgedStructure
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shell_chart import cited, window_bands
from spectrafit_structure.spin_state import LengthWindow
from spectrafit_structure.uncertainty import Measured, weighted_mean

__all__ = ["series_charts"]

_BARS = "Bars are one standard uncertainty (k = 1)"


def series_charts(
    rows: Sequence[JudgedStructure], settings: StructureSettings
) -> tuple[Chart, ...]:
    """Return lengths of the shells, lengths of the bridge, and V/Z against temperature.

    Parameters
    ----------
    rows : sequence of JudgedStructure
        By temperature, all with one.
    settings : StructureSettings
        Its windows.

    Returns
    -------
    tuple of Chart
        Those for which there is something to draw.
    """
    simulated = any(row.recording.source.simulated for row in rows)
    kinds = dict.fromkeys(kind for row in rows for kind in row.kinds)
    shells = [kind for kind in kinds if kind not in BRIDGE_KINDS]
    bridge = [kind for kind in kinds if kind in BRIDGE_KINDS]
    charts = [
        _lengths(
            rows, settings, shells, "bonds", "Bond lengths to the metals against temperature",
            simulated=simulated,
        )
    ]  # fmt: skip
    if bridge:
        title = "Bond lengths of the bridge against temperature"
        charts.append(_lengths(rows, settings, bridge, "bridge", title, simulated=simulated))
    volumes = _volumes(rows)
    if len(volumes) > 1:
        charts.append(
            Chart(
                "volume", "Volume of the cell for each formula unit", "temperature / K",
                (Panel("V/Z / Å³", _with_bars("V/Z", volumes)),),
                f"{_BARS}: s.u. of the cell's volume over Z.", simulated=simulated,
            )
        )  # fmt: skip
    return tuple(charts)


def _lengths(
    rows: Sequence[JudgedStructure], settings: StructureSettings, kinds: Sequence[str], name: str,
    title: str, *, simulated: bool,
) -> Chart:  # fmt: skip
    panels, used = [], []
    elements = {site.name: site.element for row in rows for site in row.sites}
    for kind in kinds:
        windows = _windows(kind, elements, settings.windows)
        used += windows
        singles = [
            (row.T or 0.0, length) for row in rows for length in row.kinds.get(kind, {}).values()
        ]
        means = [
            (row.T or 0.0, weighted_mean(tuple(row.kinds[kind].values())).mean)
            for row in rows
            if row.kinds.get(kind)
        ]
        bands = window_bands(windows, [T for T, _ in singles], named=False)
        traces = (*bands, *_with_bars("single bonds", singles), *_with_bars("mean", means))
        panels.append(Panel(f"{kind} / Å", traces))
    caption = (
        f"{_BARS}: of single bonds the s.u. of the structure refinement, of means that of the "
        f"inverse-variance mean with the scatter of the bonds.{cited(used)}"
    )
    return Chart(name, title, "temperature / K", tuple(panels), caption, simulated=simulated)


def _windows(
    kind: str, elements: dict[str, str], windows: Sequence[LengthWindow]
) -> list[LengthWindow]:
    """Return the ranges of a kind of bond, given by the label of its metal or by the element."""
    metal, _, ligand = kind.rpartition("-")
    names = {kind, f"{elements.get(metal, metal)}-{ligand}"}
    return [each for each in windows if each.bond in names]


def _with_bars(label: str, points: Sequence[tuple[float, Measured]]) -> tuple[Trace, ...]:
    """Return points with their s.u.; those without one are a curve of their own."""
    traces = []
    parts = ((True, label), (False, f"{label} (no s.u.)"))
    for known, words in parts:
        own = [(T, each) for T, each in points if (each.su is not None) is known]
        if own:
            sigma = np.array([each.su for _, each in own], dtype=float) if known else None
            traces.append(
                Trace(
                    words, np.array([T for T, _ in own]), np.array([each.value for _, each in own]),
                    sigma=sigma,
                )
            )  # fmt: skip
    return tuple(traces)


def _volumes(rows: Sequence[JudgedStructure]) -> list[tuple[float, Measured]]:
    found = []
    for row in rows:
        if row.crystal.cell is None:
            continue
        try:
            found.append((row.T or 0.0, volume_per_formula(row.crystal)))
        except SettingsError:
            # its own observables say why it has none
            continue
    return found
