"""Prepared spectra as a table of text, each on its own energies."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

from spectrafit.errors import SpectrafitError
from spectrafit.files import write_whole
from spectrafit.text import one_line, spreadsheet_text
from spectrafit_xas.preparation import PreparedScan

__all__ = ["convention_text", "write_csv"]


def write_csv(path: Path, scans: Mapping[str, PreparedScan]) -> Path:
    """Write spectra side by side, each with its own energy column.

    Parameters
    ----------
    path : Path
        The file.
    scans : mapping of str to PreparedScan
        By the name that heads their columns.

    Returns
    -------
    Path
        The file: lines that begin with ``#`` say the conventions of each spectrum; then a line of
        heads, and rows: energy / eV, mu, normalised, flattened, and sigma of the normalised where
        it is known. Nothing is interpolated; shorter spectra end in empty cells.

    Raises
    ------
    SpectrafitError
        When there is no spectrum.
    """
    if not scans:
        raise SpectrafitError("no spectrum to write", where=path.name)
    text = io.StringIO()
    for name, scan in scans.items():
        line = f"# {one_line(name)}: {one_line(convention_text(scan))}"
        text.write(f"{spreadsheet_text(line)}\n")
    heads: list[str] = []
    columns: list[list[str]] = []
    for name, scan in scans.items():
        shown = {
            "energy / eV": scan.raw.x,
            "mu": scan.raw.y,
            "normalised": scan.normalised.y,
            "flattened": scan.flat.y,
        }
        if scan.normalised.sigma is not None:
            shown["sigma of normalised"] = scan.normalised.sigma
        for head, values in shown.items():
            heads.append(spreadsheet_text(one_line(f"{name} {head}")))
            columns.append([f"{value:.10g}" for value in values])
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(zip_longest(*columns, fillvalue=""))
    return write_whole(path, text.getvalue())


def convention_text(scan: PreparedScan) -> str:
    """Return what the numbers of a prepared scan depend on, in one line.

    Parameters
    ----------
    scan : PreparedScan
        Any.

    Returns
    -------
    str
    """
    lines = scan.lines
    parts = [
        "simulated data" if scan.raw.source.simulated else "",
        f"{scan.element} K edge, file {scan.raw.source.name}",
        f"mu = {scan.formula}",
        scan.axis,
        f"E0 {lines.e0_eV:.3f} eV, edge step {lines.step:.6g}",
        f"line {lines.pre_eV[0]:.2f} to {lines.pre_eV[1]:.2f} eV, v = {lines.victoreen}",
        f"polynomial of degree {lines.degree}, {lines.post_eV[0]:.2f} to {lines.post_eV[1]:.2f} eV",
        f"ranges {lines.range_rule}, by {lines.method}",
    ]
    if scan.over_absorption is not None:
        parts.append(f"over-absorption taken off, a = {scan.over_absorption.ratio:.3f}")
    emission = scan.raw.conditions.get("emission_eV")
    if isinstance(emission, float):
        parts.append(f"emission {emission:.2f} eV")
    return "; ".join(part for part in parts if part)
