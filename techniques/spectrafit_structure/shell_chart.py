"""The bonds of every shell of one structure, shortest first, with the cited ranges of states."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spectrafit.conditions import conditions_text
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.metal_sites import MetalSite
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shell_items import windows_of
from spectrafit_structure.spin_state import LengthWindow

__all__ = ["cited", "shell_chart", "window_bands"]


def window_bands(
    windows: Sequence[LengthWindow], x: Sequence[float], *, named: bool
) -> tuple[Trace, ...]:
    """Return ranges of states as filled bands over the width of a panel.

    Parameters
    ----------
    windows : sequence of LengthWindow
    x : sequence of float
        Of the points that are drawn.
    named : bool
        Whether each says its kind of bond, too.

    Returns
    -------
    tuple of Trace
    """
    ends = np.array([min(x), max(x)], dtype=float)
    return tuple(
        Trace(
            f"range of {each.state}{f' {each.bond}' if named else ''}", ends,
            np.full(2, each.high), TraceKind.COMPONENT, base=np.full(2, each.low),
        )
        for each in windows
    )  # fmt: skip


def cited(windows: Sequence[LengthWindow]) -> str:
    """Return the sentence that cites ranges; empty without any."""
    told = dict.fromkeys(
        f"{each.state} {each.bond} {each.low:g} to {each.high:g} Å ({each.source})"
        for each in windows
    )
    return f" Ranges of states: {'; '.join(told)}." if told else ""


def shell_chart(
    recording: CrystalRecording, sites: Sequence[MetalSite], settings: StructureSettings
) -> Chart:
    """Return the chart of the shells of one structure.

    Parameters
    ----------
    recording : CrystalRecording
    sites : sequence of MetalSite
        One panel each.
    settings : StructureSettings
        Its windows.

    Returns
    -------
    Chart
    """
    used: list[LengthWindow] = []
    panels = []
    for site in sites:
        own = windows_of(site, settings.windows)
        used += own
        traces: list[Trace] = []
        for kind in site.kinds():
            element = kind.rpartition("-")[2]
            places = [
                k for k, each in enumerate(site.shell.ligands) if each.atom.element == element
            ]
            lengths = [site.shell.ligands[k].length for k in places]
            x = np.array(places) + 1.0
            ranges = [each for each in own if each.bond.rpartition("-")[2] == element]
            traces += window_bands(ranges, (float(x[0]) - 0.3, float(x[-1]) + 0.3), named=True)
            su = [np.nan if each.su is None else each.su for each in lengths]
            bars = np.array(su) if np.isfinite(su).all() else None
            traces.append(Trace(kind, x, np.array([each.value for each in lengths]), sigma=bars))
        panels.append(Panel(f"{site.name}: length / Å", tuple(traces)))
    conditions = conditions_text(recording.conditions)
    bare = any(each.length.su is None for site in sites for each in site.shell.ligands)
    errors = "s.u. of the structure refinement" + (", where there is one" if bare else "")
    return Chart(
        "shells",
        f"First shells of {recording.name}" + (f", {conditions}" if conditions else ""),
        "bond, shortest first",
        tuple(panels),
        f"Bars are one standard uncertainty (k = 1): {errors}.{cited(used)}",
        simulated=recording.source.simulated,
        whole_x=True,
    )
