"""Which columns of unusual names look like the incoming and the transmitted beam."""

from __future__ import annotations

import re

import numpy as np

from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.scans.visible_edge import edge_clarity

__all__ = ["suggested_settings"]

CLEAR = 20.0  # an edge that no one misses
NONE = 10.0  # a smaller step may be noise or the drift of the beam


def suggested_settings(recording: Recording, energy_eV: FloatArray, edges: dict[str, float]) -> str:
    """Return the settings that make mu of two columns, for the user to judge, never used unasked.

    A column that falls at a K edge saw the beam behind an absorber of that element; the first one
    is nearest to the sample. One of the same name but for its number that shows nothing there saw
    the beam before it.

    Parameters
    ----------
    recording : Recording
        All columns of a scan.
    energy_eV : ndarray, shape (n,)
        Its energies.
    edges : dict of str to float
        Elements whose K edge lies in the range, with the edge in eV.

    Returns
    -------
    str
        What was seen and what to type; empty where nothing was.
    """
    for element, edge_eV in edges.items():
        steps = {
            column.name: step
            for column in recording.columns
            if (step := _step(column, energy_eV, edge_eV)) is not None
        }
        for behind in (name for name, step in steps.items() if step < -CLEAR):
            like = [name for name in steps if _stem(name) == _stem(behind)]
            before = [name for name in like if abs(steps[name]) < NONE]
            if before:
                also = f" --set element={element}" if len(edges) > 1 else ""
                return (
                    f"{behind} falls at the K edge of {element} and {before[0]} does not; if they "
                    f"are the beam behind and before the sample, type --set signal=transmission "
                    f"--set 'columns.i0=\"{before[0]}\"' --set 'columns.transmitted=\"{behind}\"'{also}"
                )
    return ""


def _stem(name: str) -> str:
    return re.sub(r"\d+", "", name)


def _step(column: Column, energy_eV: FloatArray, edge_eV: float) -> float | None:
    """Return the step of a column's logarithm at an edge over its scatter; None where it has none."""
    usable = np.isfinite(energy_eV) & np.isfinite(column.values)
    y = column.values[usable]
    if not y.size or y.min() <= 0 or y.min() == y.max():
        return None
    x, first = np.unique(energy_eV[usable], return_index=True)
    return edge_clarity(Spectrum(x, np.log(y[first]), x_unit="eV"), edge_eV)
