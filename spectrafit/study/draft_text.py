"""A first study as commented text; it loads and runs as it stands."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from spectrafit.registry import technique
from spectrafit.study.draft import (
    DraftedMeasurement,
    by_reason,
    drafted_measurements,
    short_names,
)
from spectrafit.study.examine import SAMPLE
from spectrafit.study.globs import covering_globs, family_key
from spectrafit.study.listing import fingerprint
from spectrafit.study.measurement_text import (
    MISSING,
    array_lines,
    exception_example,
    file_count,
    measurement_lines,
)
from spectrafit.study.settings import setting_rows
from spectrafit.study.stamp import stamped
from spectrafit.study.survey import LeftOut, Survey
from spectrafit.study.toml_writer import BARE, value_text
from spectrafit.text import one_line

__all__ = ["Draft", "lost_scans", "study_draft", "study_name"]

MOST_NAMES = 12


@dataclass(frozen=True, eq=False)
class Draft:
    """A study that is not written yet.

    Parameters
    ----------
    file : Path
        Where it is meant to be; its paths are relative to that.
    name : str
        Name of the study.
    text : str
        TOML with comments.
    measurements : tuple of DraftedMeasurement
        What is in it.
    survey : Survey
        What it was made from.
    """

    file: Path
    name: str
    text: str
    measurements: tuple[DraftedMeasurement, ...]
    survey: Survey


def study_draft(found: Survey, file: Path, run_line: str) -> Draft:
    """Return a first study of a folder.

    Parameters
    ----------
    found : Survey
        Of the folder.
    file : Path
        Where the study is meant to be.
    run_line : str
        What to type to run it, for its last comment.

    Returns
    -------
    Draft

    Raises
    ------
    SettingsError
        When no technique wants any file.
    """
    measurements = drafted_measurements(found, file.parent)
    name = study_name(found.folder)
    lines = _lines(found, file, name, measurements, run_line)
    text = "\n".join(lines) + "\n"
    lost = len(lost_scans(found, measurements))
    stamp = fingerprint(found.listed)
    return Draft(file, name, stamped(text, stamp, lost), measurements, found)


def lost_scans(found: Survey, measurements: Sequence[DraftedMeasurement]) -> tuple[LeftOut, ...]:
    """Return files that are left out although they may be scans.

    Parameters
    ----------
    found : Survey
        Of the folder.
    measurements : sequence of DraftedMeasurement
        What is made of it.

    Returns
    -------
    tuple of LeftOut
        Those that a reader refused, and those that are named like the files of a measurement or
        matched by its globs.
    """
    strays = {name for each in measurements for name in each.cover.strays}
    families = {family_key(name) for group in found.groups for name in group.files}
    return tuple(
        one
        for one in found.left_out
        if one.refused or one.file in strays or family_key(one.file) in families
    )


def study_name(folder: Path) -> str:
    """Return the name of a folder's study: that of the folder without signs no file may have.

    Parameters
    ----------
    folder : Path
        The folder.

    Returns
    -------
    str
    """
    plain = re.sub(r'[\x00-\x1f\ud800-\udfff/\\:*?"<>|]+', "_", folder.resolve().name)
    return plain.strip(" .") or "study"


def _lines(
    found: Survey,
    file: Path,
    name: str,
    measurements: Sequence[DraftedMeasurement],
    run_line: str,
) -> Iterator[str]:
    start = _start(found.folder, file.parent)
    count = sum(len(each.group.files) for each in measurements)
    yield f"# A first study of the folder {one_line(found.folder.resolve().name)}."
    yield f"# {file_count(count)} in {len(measurements)} measurement(s); left out, with why: {len(found.left_out)}."
    yield '# It runs as it stands. A line "# missing:" waits for you: put in the value, take away the'
    yield "# mark. Other lines that begin with # are defaults and remarks."
    yield ""
    yield "[study]"
    yield f"name = {value_text(name)}"
    yield 'title = ""  # one line for the report'
    if start.startswith("..") or Path(start).is_absolute() or _leads_outside(found, file.parent):
        yield "allow_outside = true  # the files are not below this study"
    names = _sample_names(measurements)
    yield from _sample_tables(names)
    shown: set[str] = set()
    samples = any(each.group.role == SAMPLE for each in measurements)
    first = next((m for m in measurements if m.group.role == SAMPLE), measurements[0])
    excepted = any(each.cover.strays for each in measurements)
    for each in measurements:
        yield ""
        sample = names.get(each.group.sample, "")
        yield from measurement_lines(
            each, found.left_out, start, sample=sample, samples=samples, shown=shown
        )
        if each is first and not excepted:
            yield from exception_example()
    yield from _nearly(found, start)
    yield from _remarks(found, measurements)
    yield ""
    yield "# next:"
    yield f"#   {run_line}"
    yield f"#   spectrafit techniques {measurements[0].group.technique}"


def _start(folder: Path, study_folder: Path) -> str:
    """Return what stands before the path of every file in a study."""
    try:
        relative = Path(os.path.relpath(folder.resolve(), study_folder.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        relative = folder.resolve().as_posix()
    return "" if relative == "." else f"{relative}/"


def _leads_outside(found: Survey, study_folder: Path) -> bool:
    """Return whether a link among the files leads out of the study's folder."""
    root = study_folder.resolve()
    return any(
        not (found.folder / name).resolve().is_relative_to(root)
        for group in found.groups
        for name in group.files
    )


def _sample_tables(samples: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for (label, formula), key in samples.items():
        yield ""
        yield f"[sample.{key if BARE.fullmatch(key) else value_text(key)}]"
        yield f"label = {value_text(label)}"
        if formula:
            yield f"formula = {value_text(formula)}"


def _sample_names(measurements: Sequence[DraftedMeasurement]) -> Mapping[tuple[str, str], str]:
    """Return the name of a table for each sample, label and formula, that the headers give."""
    names: dict[tuple[str, str], str] = {}
    for each in measurements:
        sample = each.group.sample
        if not sample[0] or sample in names:
            continue
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", sample[0]).strip("_") or sample[0]
        taken = set(names.values())
        number = 2
        name = plain
        while name in taken:
            name, number = f"{plain}_{number}", number + 1
        names[sample] = name
    return names


def _nearly(found: Survey, start: str) -> Iterator[str]:
    """Give measurements that lack something, as comments, one for each folder."""
    waiting: dict[tuple[str, str], list[LeftOut]] = {}
    for one in found.left_out:
        if one.nearly:
            above = one.file.rpartition("/")[0]
            waiting.setdefault((one.nearly, above), []).append(one)
    for (name, above), part in waiting.items():
        globs = covering_globs([one.file for one in part], [], found.folder).globs
        rows = {row.name: row for row in setting_rows(technique(name).settings)}
        yield ""
        names = short_names([one.file for one in part], MOST_NAMES)
        yield f"# left out: {one_line(names)}: {part[0].why} {name} would take them with:"
        yield f"{MISSING}[[measurement]]"
        yield f"{MISSING}name = {value_text('-'.join(filter(None, (name, above.replace('/', '_')))))}"
        yield f"{MISSING}technique = {value_text(name)}"
        yield from array_lines("files", [f"{glob.escape(start)}{each}" for each in globs], MISSING)
        yield f"{MISSING}[measurement.settings]"
        for key, sentence in part[0].missing.items():
            shape = rows[key].shape if key in rows else '"..."'
            yield f"{MISSING}{key} = {shape}  # {one_line(sentence)}"


def _remarks(found: Survey, measurements: Sequence[DraftedMeasurement]) -> Iterator[str]:
    excepted = {name for each in measurements for name in each.cover.strays}
    others = [one for one in found.left_out if one.file not in excepted and not one.nearly]
    if others:
        yield ""
    for why, part in by_reason(others).items():
        yield f"# left out: {one_line(short_names([one.file for one in part], MOST_NAMES))}: {why}"
    if found.copies:
        yield ""
    for copies in found.copies:
        yield f"# same content: {one_line(', '.join(copies))}"
    if found.passed:
        yield ""
        by_why: dict[str, list[str]] = {}
        for passed in found.passed:
            by_why.setdefault(passed.why, []).append(passed.name)
        for why, names in by_why.items():
            yield f"# passed over ({why}): {one_line(short_names(names, MOST_NAMES))}"
    if found.faults:
        yield ""
        for name, fault in found.faults.items():
            yield f"# fault of {name}, for its authors: {one_line(fault)}"
