"""The bonds of every shell of one structure, shortest first, with the cited ranges of states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from spectrafit.conditions import conditions_text
from spectrafit.heat_map import Mark
from spectrafit.panel import Chart, Panel, Trace
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.metal_sites import MetalSite
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.shell_items import windows_of
from spectrafit_structure.spin_state import LengthWindow

__all__ = ["cited", "shell_chart"]


def cited(windows: Iterable[LengthWindow]) -> str:
    """Return the sentence that cites ranges; empty without any."""
    sources = dict.fromkeys(each.source for each in windows)
    return f" Ranges of states: {'; '.join(sources)}." if sources else ""


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
        number = {id(each): k + 1.0 for k, each in enumerate(site.shell.ligands)}
        traces = []
        for kind in site.kinds():
            element = kind.rpartition("-")[2]
            bonds = [each for each in site.shell.ligands if each.atom.element == element]
            x = np.array([number[id(each)] for each in bonds])
            y = np.array([each.length.value for each in bonds])
            su = [np.nan if each.length.su is None else each.length.su for each in bonds]
            bars = np.array(su) if np.isfinite(su).all() else None
            traces.append(Trace(kind, x, y, sigma=bars))
        marks = tuple(Mark(each.low, each.high, f"{each.state} {each.bond}") for each in own)
        panels.append(Panel(f"{site.name}: length / Å", tuple(traces), y_marks=marks))
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
