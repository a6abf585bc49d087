"""Prepared spectra for xraylarch and Athena."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.files import write_whole
from spectrafit_xas.export.table import convention_text
from spectrafit_xas.optional_larch import larch_module
from spectrafit_xas.preparation import PreparedScan

__all__ = ["to_larch", "write_athena"]


def to_larch(scan: PreparedScan, name: str = "") -> Any:
    """Return a prepared scan as a group of xraylarch.

    Parameters
    ----------
    scan : PreparedScan
        Any.
    name : str
        Label; the file's name when empty.

    Returns
    -------
    larch.Group
        With energy, mu, norm, flat, pre_edge, post_edge, e0, edge_step, and the ranges where
        ``pre_edge`` of larch puts them. Where over-absorption was taken off, mu is that of the
        corrected spectrum, so that larch and Athena normalise it alike.

    Raises
    ------
    SettingsError
        Where xraylarch is not installed.
    """
    larch = larch_module("larch", "a group of larch")
    lines = scan.lines
    x = np.array(scan.raw.x)
    pre = np.array(lines.pre_line(x))
    label = name or scan.raw.source.name
    details = larch.Group(
        e0=lines.e0_eV,
        pre1=lines.pre_eV[0] - lines.e0_eV,
        pre2=lines.pre_eV[1] - lines.e0_eV,
        norm1=lines.post_eV[0] - lines.e0_eV,
        norm2=lines.post_eV[1] - lines.e0_eV,
        nnorm=lines.degree,
        nvict=lines.victoreen,
        edge_step=lines.step,
    )
    mu = scan.raw.y if scan.over_absorption is None else pre + lines.step * scan.normalised.y
    return larch.Group(
        label=label,
        filename=label,
        groupname=label,
        datatype="xas",
        energy=x,
        mu=np.array(mu),
        norm=np.array(scan.normalised.y),
        flat=np.array(scan.flat.y),
        pre_edge=pre,
        post_edge=np.array(lines.post_curve(x)),
        e0=lines.e0_eV,
        edge_step=lines.step,
        atsym=scan.element,
        edge="K",
        pre_edge_details=details,
        notes=convention_text(scan),
    )


def write_athena(path: Path, scans: Mapping[str, PreparedScan]) -> Path:
    """Write spectra as an Athena project, by xraylarch.

    Parameters
    ----------
    path : Path
        Like ``iron.prj``.
    scans : mapping of str to PreparedScan
        By the label they get.

    Returns
    -------
    Path
        The file: mu on the calibrated energies, with E0, ranges, degree and edge step as they were
        used.

    Raises
    ------
    SettingsError
        Where xraylarch is not installed.
    SpectrafitError
        When there is no spectrum.

    Notes
    -----
    Athena fits its line to mu itself: spectra normalised with ``victoreen`` come out with another
    line there.
    """
    if not scans:
        raise SpectrafitError("no spectrum to write", where=path.name)
    project = larch_module("larch.io", "an Athena project").create_athena()
    for name, scan in scans.items():
        group = to_larch(scan, name)
        project.add_group(group)
        written = next(reversed(project.groups.values()))
        written.args["label"] = name
        written.args["bkg_z"] = scan.element
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / "project.prj"
        # it writes names in the encoding of the screen, which may have none
        with redirect_stdout(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")):
            project.save(str(aside))
        return write_whole(path, aside.read_bytes())
