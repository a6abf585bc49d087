"""Fe and Co scans on different grids, exported in every way, and read back."""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from reliability.fitted_files import Asked, simulated
from reliability.scale_cases import changed

from spectrafit.cli.main import main
from spectrafit.reader import read

Floats = NDArray[np.float64]
CO_MINUS_FE = 597.37  # eV, so that no energy of one grid is one of the other
GRIDS = {"fe_1": 0.15, "fe_2": 0.21, "co_1": 0.4}
APART = """[study]
name = "both"
[report]
figures = "all"
[[measurement]]
name = "iron"
technique = "xanes"
files = ["fe_*.dat"]
settings = { element = "Fe", peaks = 1, method_spread = false }
[[measurement]]
name = "cobalt"
technique = "xanes"
files = ["co_*.dat"]
settings = { element = "Co", peaks = 1, method_spread = false }
"""
TOGETHER = """[study]
name = "both"
[report]
figures = "all"
[[measurement]]
name = "scans"
technique = "xanes"
files = ["*.dat"]
settings = { peaks = 1, method_spread = false }
"""
EXPORTS = {"csv": ".csv", "athena": ".prj", "nxxas": ".h5", "nxfit": ".h5"}


@dataclass(frozen=True)
class Kept:
    """One spectrum in one export.

    Parameters
    ----------
    export : str
        Which.
    spectrum : str
        Whose.
    points : int
        How many energies the export has of it.
    strange : int
        How many of them are none of its own.
    """

    export: str
    spectrum: str
    points: int
    strange: int


def scans() -> dict[str, bytes]:
    """Return simulated scans over the K edges of Fe and Co, each on a grid of its own."""
    made = {}
    for seed, (name, step) in enumerate(GRIDS.items()):
        asked = Asked("xanes", name, simulated("xanes", seed, step_eV=step))
        if name.startswith("co"):
            labels = {"old": "# Element: Fe", "new": "# Element: Co"}
            asked = changed(asked, 0, lambda e: e + CO_MINUS_FE, "{:.3f}", **labels)
        made[name] = asked.content
    return made


STUDIES = {"two measurements": APART, "one measurement": TOGETHER}


def exported(studies: Sequence[str] = tuple(STUDIES)) -> list[Kept]:
    """Return every spectrum of every export.

    Parameters
    ----------
    studies : sequence of str
        Of `STUDIES`: Fe and Co in two measurements, or in one.

    Returns
    -------
    list of Kept
    """
    found: list[Kept] = []
    for study, text in ((name, STUDIES[name]) for name in studies):
        with TemporaryDirectory() as name:
            folder = Path(name)
            own = {}
            for scan, content in scans().items():
                (folder / f"{scan}.dat").write_bytes(content)
                (recording,) = read(folder / f"{scan}.dat")
                own[scan] = recording.columns[0].values
            (folder / "study.toml").write_text(text, encoding="utf-8")
            found += [
                replace(kept, export=f"{kept.export}, {study}") for kept in _of_study(folder, own)
            ]
    return found


def _of_study(folder: Path, own: Mapping[str, Floats]) -> Iterator[Kept]:
    study, out = str(folder / "study.toml"), folder / "out"
    _command("run", study, "--out", str(out), "--jobs", "1")
    for kind, suffix in EXPORTS.items():
        if kind == "athena" and importlib.util.find_spec("larch") is None:
            continue
        file = folder / f"{kind}_export{suffix}"
        _command("export", study, "--to", kind, "--out", str(file))
        axes = dict(_WAYS[kind](file))
        assert set(axes) == set(own), (kind, set(axes))
        for name, x in axes.items():
            kept = _kept(f"export {kind}", name, x, own)
            lost = 0 if kind == "nxfit" else abs(own[name].size - kept.points)
            yield replace(kept, strange=kept.strange + lost)
    figures = sorted((out / "figures").glob("*.csv"))
    assert figures
    for file in figures:
        yield from _of_figure(file, own)
    yield from _of_table(out / "observables.csv")


def _command(*words: str) -> None:
    """Run a command; its words go nowhere, its exit code must be 0."""
    told = StringIO()
    with pytest.raises(SystemExit) as ended, redirect_stdout(told), redirect_stderr(told):
        main(list(words))
    assert ended.value.code in (0, None), told.getvalue()


def _kept(export: str, name: str, x: Sequence[float] | Floats, own: Mapping[str, Floats]) -> Kept:
    axis = np.asarray(x, dtype=float)
    near = np.abs(axis[:, None] - own[name][None, :]).min(axis=1)
    return Kept(export, name, axis.size, int((near > 1e-6).sum()))


def _csv_axes(file: Path) -> Iterator[tuple[str, list[float]]]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(line for line in stream if not line.startswith("#")))
    for place, label in enumerate(rows[0]):
        name, is_energy, _ = label.partition(" energy / eV")
        if is_energy:
            yield name, [float(row[place]) for row in rows[1:] if row[place]]


def _athena_axes(file: Path) -> Iterator[tuple[str, Floats]]:
    for recording in read(file):
        yield str(recording.header["label"]), recording.column("energy").values


def _nexus_axes(file: Path) -> Iterator[tuple[str, Floats]]:
    import h5py

    with h5py.File(file, "r") as root:
        for name in root:
            entry: Any = root[name]
            path = "energy" if "energy" in entry else "fit/data/input_independent"
            yield name, np.asarray(entry[path][()], dtype=float)


_WAYS = {"csv": _csv_axes, "athena": _athena_axes, "nxxas": _nexus_axes, "nxfit": _nexus_axes}


def _of_figure(file: Path, own: Mapping[str, Floats]) -> Iterator[Kept]:
    """Yield the measured curves of a figure's numbers; a smooth line is drawn between the points."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    axis = next((name for name in rows[0] if name.startswith("energy / eV")), None)
    if axis is None:
        return
    for curve in dict.fromkeys(row["curve"] for row in rows):
        spectrum = curve if curve in own else next((n for n in own if file.name.startswith(n)), "")
        if not spectrum:
            continue
        of_curve = [row for row in rows if row["curve"] == curve]
        x = [float(row[axis]) for row in of_curve]
        if curve in own or of_curve[0]["kind"] == "data":
            yield _kept("figures' CSV", spectrum, x, own)
        else:
            low, high = own[spectrum].min(), own[spectrum].max()
            outside = sum(not low <= value <= high for value in x)
            yield Kept("figures' CSV, drawn lines", spectrum, len(x), outside)


def _of_table(file: Path) -> Iterator[Kept]:
    """Yield the energies of a table of observables: each within 60 eV of its element's edge."""
    edges = {"fe": 7112.0, "co": 7112.0 + CO_MINUS_FE}
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["unit"] == "eV" and row["value"]]
    for name in dict.fromkeys(row["label"] for row in rows):
        values = [float(row["value"]) for row in rows if row["label"] == name]
        absolute = [value for value in values if value > 1000.0]
        far = sum(abs(value - edges[name[:2]]) > 60.0 for value in absolute)
        wrong = sum(row["key"].split(".")[1] != name[:2] for row in rows if row["label"] == name)
        yield Kept("observables.csv", name, len(absolute), far + wrong)
