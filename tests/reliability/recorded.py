"""NaN, unsorted and doubled x: nothing is left out, sorted or merged without a word."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from benchmarks.table import table
from faults.infrared_seeds import simulated_absorbance
from faults.mossbauer_seeds import named_csv
from reliability.fitted_files import Answer, Asked, answer, simulated
from reliability.promise import Promise, Section, share_text

from spectrafit.errors import ReadError
from spectrafit.recording import Column, Recording

FAILURE = "NaN, unsorted, duplicate x"
KINDS = ("a gap in y", "a gap in x", "two rows exchanged", "a row twice")
_NUMBERS = re.compile(rb"[\d.+\-eE,\s]*\d[\d.+\-eE,\s]*")


def reconciled(rows: list[tuple[float, float, float]]) -> str:
    """Return in what the spectrum of some rows is not theirs; empty where it is.

    Parameters
    ----------
    rows : list of (float, float, float)
        x, y and sigma, each perhaps no number; sigma perhaps zero.

    Returns
    -------
    str
        Points, those left out and those averaged must make up the rows; the history must say so;
        every value must be the mean of its rows.
    """
    x, y, sigma = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    columns = (Column("x", x), Column("y", y), Column("sigma", sigma))
    recording = Recording("rows.dat", columns, roles={"x": "x", "y": "y", "sigma": "sigma"})
    good = np.isfinite(x) & np.isfinite(y) & np.isfinite(sigma) & (sigma > 0)
    distinct = np.unique(x[good])
    try:
        spectrum = recording.spectrum()
    except ReadError:
        return "" if distinct.size < 2 else "refused"
    settings = spectrum.history[0].settings
    left, merged = int((~good).sum()), int(good.sum()) - distinct.size
    if (settings["points_left_out"], settings["points_averaged"]) != (left, merged):
        return f"the history says {dict(settings)}, not {left} left out and {merged} averaged"
    if len(spectrum) + left + merged != len(rows):
        return f"{len(spectrum)} points, {left} left out, {merged} averaged of {len(rows)} rows"
    if settings["sorted"] != bool((np.diff(x[good]) < 0).any()):
        return "the history does not say whether rows were sorted"
    for at, value, error in zip(spectrum.x, spectrum.y, spectrum.sigma, strict=True):
        own = good & (x == at)
        wanted = math.sqrt(float((sigma[own] ** 2).sum())) / int(own.sum())
        if not (math.isclose(value, y[own].mean(), rel_tol=1e-9, abs_tol=1e-9)):
            return f"y at {at} is {value}"
        if not math.isclose(error, wanted, rel_tol=1e-9):
            return f"sigma at {at} is {error}"
    return ""


def random_rows(rng: random.Random) -> list[tuple[float, float, float]]:
    """Return 2 to 40 rows with gaps, equal x and no order."""
    nan = math.nan
    return [
        (
            rng.choice((nan, math.inf, *map(float, range(12)), *map(float, range(12)))),
            rng.choice((nan, rng.uniform(-5, 5), rng.uniform(-5, 5), rng.uniform(-5, 5))),
            rng.choice((0.0, nan, 0.5, 1.0, 2.0, 3.0)),
        )
        for _ in range(rng.randint(2, 40))
    ]


def spectra(count: int, seed: int = 1) -> list[str]:
    """Return the faults of some random recordings; empty texts where there is none."""
    return [reconciled(random_rows(random.Random(f"{seed} {n}"))) for n in range(count)]


@dataclass(frozen=True)
class Source:
    """A whole file of one technique, and which of its columns are x and y.

    Parameters
    ----------
    name : str
        What it is.
    asked : Asked
        The file and its settings.
    x, y : int
        Columns, counted from 0.
    rows_in_history : tuple of str
        Keys of a history entry that make up the rows of the file; empty where the history keeps
        none.
    own_points : bool
        Whether these counts are of single rows beside those that became points, so that they must
        be the one row that was spoiled.
    """

    name: str
    asked: Asked
    x: int
    y: int
    rows_in_history: tuple[str, ...] = ()
    own_points: bool = False


@cache
def sources() -> tuple[Source, ...]:
    """Return one simulated text file for each technique whose data are rows."""
    rng = np.random.default_rng(1)
    x, absorbance = simulated_absorbance(200)
    infrared = "# simulated data\nwavenumber (cm-1)\tabsorbance\n" + "".join(
        f"{a:.3f}\t{b:.5f}\n" for a, b in zip(x, absorbance, strict=True)
    )
    v = np.linspace(-4.0, 4.0, 256)
    dips = sum(0.08 / (1 + ((v - c) / 0.15) ** 2) for c in (-0.4, 1.2))
    doublet = b"# simulated data\n" + named_csv(rng.poisson(40_000 * (1 - dips)))
    T = np.linspace(10.0, 300.0, 120)
    chiT = 3.0 + 3.0 / (1.0 + np.exp(-(T - 150.0) / 8.0)) + rng.normal(0.0, 0.005, T.size)
    curve = "# simulated data\nT (K)\tchiT (cm3 K/mol)\n" + "".join(
        f"{a:.2f}\t{b:.4f}\n" for a, b in zip(T, chiT, strict=True)
    )
    quick: dict[str, Any] = {"peaks": 1, "method_spread": False}
    return (
        Source(
            "xanes, columns",
            Asked("xanes", "scan.dat", simulated("xanes", 1), quick),
            0,
            2,
            ("points_left_out", "points_averaged"),
            own_points=True,
        ),
        Source("ir, columns", Asked("ir", "band.csv", infrared.encode(), reader="spectrum"), 0, 1),
        Source("mossbauer, velocity", Asked("mossbauer", "doublet.csv", doublet), 0, 1),
        Source(
            "magnetism, MPMS3",
            Asked("magnetism", "run.dat", simulated("magnetism", 1)),
            2,
            12,
            ("rows", "rows_left_out"),
        ),
        Source(
            "magnetism, chi T",
            Asked("magnetism", "curve.csv", curve.encode(), reader="chi-table"),
            0,
            1,
            ("rows", "rows_left_out"),
        ),
        Source("pyro, log", Asked("pyro", "run.csv", simulated("pyro", 1, interval_s=4.0)), 0, 2),
    )


def spoiled(content: bytes, kind: str, place: Source, rng: random.Random) -> bytes:
    """Return a file with one of its rows spoiled."""
    lines = content.splitlines()
    comma = b"," in lines[-1]
    cells = [line.split(b",") if comma else line.split() for line in lines]
    rows = [
        i
        for i, line in enumerate(lines)
        if _NUMBERS.fullmatch(line) and len(cells[i]) == len(cells[-1]) > 1
    ]
    at = rng.choice(rows[3:-5])
    if kind == "two rows exchanged":
        lines[at], lines[at + 2] = lines[at + 2], lines[at]
    elif kind == "a row twice":
        lines.insert(at, lines[at])
    else:
        cells[at][place.y if kind == "a gap in y" else place.x] = b"NaN"
        lines[at] = (b"," if comma else b"\t").join(cells[at])
    return b"\n".join(lines) + b"\n"


def row_count(content: bytes) -> int:
    """Return how many lines of a file are rows of numbers, gaps included."""
    lines = content.splitlines()
    comma = b"," in lines[-1]
    widths = [len(line.split(b",") if comma else line.split()) for line in lines]
    return sum(
        bool(_NUMBERS.fullmatch(line.replace(b"NaN", b"0"))) and width == widths[-1] > 1
        for line, width in zip(lines, widths, strict=True)
    )


@dataclass(frozen=True)
class Spoiled:
    """One spoiled file of one technique, and what results.json says of it."""

    source: str
    kind: str
    outcome: str
    fault: str = ""


def through_techniques(count: int, seed: int = 1) -> Iterator[Spoiled]:
    """Yield what the public path says of spoiled files: each source, each kind, some times.

    Parameters
    ----------
    count : int
        How many of each kind.
    seed : int
        Of the row that is spoiled.

    Yields
    ------
    Spoiled
        ``refused``, ``told`` (a new alert in results.json) or ``silent``.
    """
    for source in sources():
        whole = answer(source.asked)
        if whole.status != "done":
            raise AssertionError(f"{source.name}: {whole.why}")
        for kind in KINDS:
            for number in range(count):
                rng = random.Random(f"{seed} {source.name} {kind} {number}")
                content = spoiled(source.asked.content, kind, source, rng)
                found = answer(replace(source.asked, content=content))
                if found.status == "refused":
                    yield Spoiled(source.name, kind, "refused")
                    continue
                told = any(
                    code.startswith(("READ-", "XAS-105", "MAG-118")) for code in _new(found, whole)
                )
                rows = row_count(content)
                fault = _rows_fault(found, source, rows)
                yield Spoiled(source.name, kind, "told" if told else "silent", fault)


def _new(found: Answer, whole: Answer) -> frozenset[str]:
    return found.said - whole.said


def _rows_fault(found: Answer, source: Source, rows: int) -> str:
    """Return in what the history's counts do not make up the rows of the file."""
    if not source.rows_in_history:
        return ""
    entries: list[Mapping[str, Any]] = [one["settings"] for one in found.result["history"]]
    held = [one for one in entries if all(key in one for key in source.rows_in_history)]
    if not held:
        return "the history keeps no counts"
    counted = sum(int(held[0][key]) for key in source.rows_in_history)
    if source.own_points:
        return "" if counted == 1 or held[0]["sorted"] else f"{dict(held[0])}"
    return "" if counted == rows else f"{counted} of {rows} rows"


def outcomes(found: list[Spoiled]) -> str:
    """Return a table: a row for each source, a column for each kind."""
    rows = []
    for name in dict.fromkeys(one.source for one in found):
        row = [name]
        for kind in KINDS:
            own = [one.outcome for one in found if (one.source, one.kind) == (name, kind)]
            row.append(", ".join(f"{own.count(word)} {word}" for word in dict.fromkeys(own)))
        rows.append(tuple(row))
    return table(("file", *KINDS), rows)


def section(spectra_count: int = 20_000, files_count: int = 10) -> Section:
    """Return the promises about gaps, order and doubled x."""
    faults = [fault for fault in spectra(spectra_count) if fault]
    found = list(through_techniques(files_count))
    silent = sum(one.outcome == "silent" for one in found)
    uneven = sum(bool(one.fault) for one in found)
    return Section(
        (
            Promise(
                FAILURE,
                "points + left out + averaged = rows, in the spectrum and in its history",
                f"{share_text(len(faults), spectra_count)} random recordings do not reconcile",
                spectra_count,
                not faults,
            ),
            Promise(
                FAILURE,
                "masked, sorted or merged only with a notice in results.json, by every technique",
                f"{share_text(silent, len(found))} spoiled files without one, {uneven} whose rows do not "
                "reconcile",
                len(found),
                not silent and not uneven,
            ),
        ),
        f"### One spoiled row, through each technique\n\n{outcomes(found)}",
    )
