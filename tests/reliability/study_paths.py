"""A study reads below its own folder: every field of the schema that names a file is led astray."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from line_study import installed, line_text
from reliability.archives import said
from reliability.code_in_data import text_places
from reliability.promise import Promise, Section, share_text

from spectrafit import registry
from spectrafit.study.patterns import PATH
from spectrafit.study.schema import Study

FILES = ("study.truth", "measurement[].files", "measurement[].conditions{}.table")
FILES += ("measurement[].except[].files",)
"""The places that the studies here lead astray; a new one in the schema fails a test."""
WORDS_OF_FILES = ("file", "glob", "folder", "path")
NO_FILES = frozenset(
    ("report.draw",)
    + tuple(f"measurement[].conditions{{}}.{name}" for name in ("pattern", "header", "column"))
    + ("measurement[].conditions{}.value",)
)
"""Texts whose meaning speaks of files and that name none: parts of names, headers, formats."""
SETTINGS_OF_FILES = frozenset(("ir.block",))
"""Settings whose meaning speaks of files and that name none: what is in the file itself."""
SECRET = "secret 31415.9"


@dataclass(frozen=True)
class Strayed:
    """What came of one study that names a file elsewhere."""

    story: str
    code: int
    words: str

    @property
    def is_kept(self) -> bool:
        """Whether it was refused, and nothing of the file elsewhere was told."""
        return self.code == 2 and "31415" not in self.words and "internal" not in self.words


def fields_of_files() -> set[str]:
    """Return the places of the schema whose pattern is that of a path."""
    return {place for place, rules in _places() if rules.get("pattern") is PATH}


def fields_that_speak_of_files() -> set[str]:
    """Return the places whose words say file, glob, folder or path."""
    return {
        place
        for place, rules in _places()
        if any(word in str(rules["meaning"]).lower() for word in WORDS_OF_FILES)
    }


def settings_that_speak_of_files() -> set[str]:
    """Return the texts among the settings of techniques whose meaning speaks of a path or file."""
    found = set()
    for name in registry.technique_names():
        kind = registry.technique(name).settings
        for each in fields(kind):
            meaning = str(each.metadata.get("meaning", "")).lower()
            of_texts = "str" in str(each.type)
            if of_texts and any(word in meaning.split() for word in WORDS_OF_FILES):
                found.add(f"{name}.{each.name}")
    return found


def _places() -> Iterator[tuple[str, dict[str, Any]]]:
    for steps in text_places(Study):
        kind: Any = Study
        for step in steps:
            plain = step.removesuffix("[]").removesuffix("{}")
            each = next(f for f in fields(kind) if (f.metadata.get("toml") or f.name) == plain)
            rules = dict(each.metadata)
            kind = _inner(kind, each.name)
        yield ".".join(steps), rules


def _inner(kind: Any, name: str) -> Any:
    from dataclasses import is_dataclass
    from typing import get_args, get_type_hints

    hint = get_type_hints(kind)[name]
    parts = [hint, *get_args(hint)]
    return next((part for part in parts if is_dataclass(part)), kind)


def escapes(outside: Path, name: str) -> tuple[str, ...]:
    """Return ways to name a file in a folder beside the study's, and ways that only look so."""
    there = outside.as_posix()
    return (
        *(f"../{outside.name}/{name}", f"raw/../../{outside.name}/{name}", f"{there}/{name}"),
        *(f"..\\{outside.name}\\{name}", f"raw\\..\\..\\{outside.name}\\{name}"),
        *(f"./../{outside.name}/{name}", f"raw/./../../{outside.name}/{name}", f"//{there}/{name}"),
        *(f"C:{there}/{name}", f"C:\\{name}", f"\\\\server\\share\\{name}", f"\\\\?\\C:\\{name}"),
        *(f"~/{name}", f"$OUTSIDE/{name}", f"${{OUTSIDE}}/{name}", f"%OUTSIDE%\\{name}"),
        *(f"file://{there}/{name}", f"http://127.0.0.1:9/{name}", f"link/{name}", f"link-{name}"),
        *(f"raw/link/{name}", f"deep/back/../../../{outside.name}/{name}", f"{name}::$DATA"),
        *("/dev/stdin", "/proc/self/environ", "/etc/passwd"),
    )


def globs(outside: Path) -> tuple[str, ...]:
    """Return globs that would find a file elsewhere."""
    return (
        *(f"../{outside.name}/*", "../*/*.dat", "raw/../../*/*", f"{outside.as_posix()}/*"),
        *("link/*", "**/link/**", "*/../../*/*.dat", "raw/link/*", "lin[k]/*", "?ink/*"),
    )


def study_naming(field: str, path: str) -> str:
    """Return a study that is sound but for the path at one of its places."""
    from spectrafit.study.toml_writer import value_text

    text = value_text(path)
    truth = f"truth = {text}\n" if field == "study.truth" else ""
    files = text if field == "measurement[].files" else '"raw/*.dat"'
    table = (
        f'[measurement.conditions]\nT = {{ table = {text}, column = "T", unit = "K" }}\n'
        if field.endswith("table")
        else ""
    )
    other = (
        f'[[measurement.except]]\nfiles = {text}\nreason = "r"\nuse = false\n'
        if "except" in field
        else ""
    )
    return (
        f'[study]\nname = "s"\n{truth}\n[[measurement]]\nname = "m"\ntechnique = "epr"\n'
        f"files = {files}\n{table}{other}"
    )


def prepared(folder: Path) -> tuple[Path, Path]:
    """Return a folder of a study and one beside it with files that the study may not read."""
    home, outside = folder / "study", folder / "outside"
    for place in (home / "raw", home / "deep" / "back", outside):
        place.mkdir(parents=True)
    (home / "raw" / "s_8K.dat").write_text(line_text(seed=1), encoding="utf-8")
    (outside / "s_9K.dat").write_text(f"# {SECRET}\n{line_text(seed=2)}", encoding="utf-8")
    (outside / "truth.toml").write_text(f'[truth]\nname = "{SECRET}"\n', encoding="utf-8")
    (outside / "T.csv").write_text("file,T\ns_8K.dat,31415.9\n", encoding="utf-8")
    if sys.platform != "win32":  # links need rights there
        (home / "link").symlink_to(outside)
        (home / "raw" / "link").symlink_to(outside)
        for name in ("s_9K.dat", "truth.toml", "T.csv"):
            (home / f"link-{name}").symlink_to(outside / name)
    return home, outside


def strays(folder: Path, *, every: int = 1) -> Iterator[Strayed]:
    """Give what comes of studies that name a file elsewhere, at every place that names one."""
    names = {"study.truth": "truth.toml", "measurement[].conditions{}.table": "T.csv"}
    (folder / "plugin").mkdir(parents=True)
    with installed(folder / "plugin"):
        home, outside = prepared(folder)
        os.environ["OUTSIDE"] = outside.as_posix()
        try:
            number = 0
            for field in FILES:
                paths = escapes(outside, names.get(field, "s_9K.dat"))
                for path in (*paths, *(globs(outside) if field.endswith("files") else ())):
                    number += 1
                    if number % every:
                        continue
                    study = home / "study.toml"
                    study.write_text(study_naming(field, path), encoding="utf-8")
                    code, words = said("run", study, "--out", folder / "results", "--jobs", "1")
                    told = words if path not in words else words.replace(path, "")
                    report = folder / "results" / "results.json"
                    told += report.read_text(encoding="utf-8") if report.exists() else ""
                    yield Strayed(f"{field} = {path}", code, told)
        finally:
            del os.environ["OUTSIDE"]


def reads_when_allowed(folder: Path) -> bool:
    """Return whether the same file is read once the study allows it, so that it was there."""
    (folder / "again").mkdir()
    with installed(folder / "again"):
        study = folder / "study" / "study.toml"
        text = study_naming("measurement[].files", "../outside/s_9K.dat")
        study.write_text(text.replace("[study]", "[study]\nallow_outside = true"), encoding="utf-8")
        code, _ = said("run", study, "--out", folder / "allowed", "--jobs", "1")
        report = folder / "allowed" / "results.json"
        return code == 0 and "s_9K.dat" in report.read_text(encoding="utf-8")


def section() -> Section:
    """Lead every field that names a file astray in every way."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        found = list(strays(folder))
        allowed = reads_when_allowed(folder)
    bad = [one for one in found if not one.is_kept]
    covered = fields_of_files() == set(FILES)
    return Section(
        (
            Promise(
                "study paths",
                "a study reads only below its own folder unless allow_outside = true",
                f"{share_text(len(bad), len(found))} led outside, in {len(FILES)} fields",
                len(found),
                not bad and allowed and covered,
                "; ".join(f"{one.story}: {one.code}" for one in bad[:3])
                or ("" if allowed and covered else "not all fields are covered, or none is read"),
            ),
        )
    )
