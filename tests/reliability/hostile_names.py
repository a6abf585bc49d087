"""Names as attacks: a report whose every text is hostile, and a real study of hostile names."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path

from faults.hostile_texts import hostile_texts
from line_study import installed, line_text
from reliability.archives import said
from reliability.browser import browser, listening, requests_of, without_policy
from reliability.promise import Promise, Section
from reporting.assignments import assignment
from reporting.outcomes import hostile_outcome

from spectrafit.reporting.write import write_report
from spectrafit.states.assignment import LevelRow
from spectrafit.study.files import study_files
from spectrafit.study.load import load_study
from spectrafit.study.outcome import Outcome
from spectrafit.study.toml_writer import value_text

PRINTED = "2025-01-01T00:00:00+00:00"
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
COMMANDS = re.compile(
    r"\\(?:input|include|write|immediate|openout|read|catcode|csname|usepackage)\b"
)


def outcome(texts: tuple[str, ...]) -> Outcome:
    """Return an outcome in which every text from outside is hostile, the words of states too."""
    found = assignment()
    words = replace(
        found,
        text=" ".join(texts),
        undecided=tuple(LevelRow(text) for text in texts),
        states=tuple((name, texts[n % len(texts)]) for n, (name, _) in enumerate(found.states)),
        stories=(replace(found.stories[0], meaning=texts[0]), *found.stories[1:]),
        anchors=texts,
        claims=tuple(replace(found.claims[0], text=text, lines=(text,)) for text in texts),
        candidates=tuple(replace(found.candidates[0], name=text) for text in texts),
    )
    base = hostile_outcome(texts)
    return replace(base, assignment=words, waived=dict.fromkeys(texts, texts[0]))


def hostile_names(texts: Sequence[str]) -> tuple[str, ...]:
    """Return those of the texts that are names of files here, with a temperature in each."""
    names = []
    for number, text in enumerate(texts):
        name = f"{text.replace('/', '∕')[:120]}_{10 + number}K.dat"
        if text and "\0" not in name and len(name.encode("utf-8", "surrogateescape")) < 250:
            names.append(name)
    return tuple(names)


def written_names(folder: Path, texts: Sequence[str]) -> list[str]:
    """Write a spectrum under every hostile name; return the names that the system took."""
    taken = []
    (folder / "raw").mkdir(parents=True)
    for name in hostile_names(texts):
        try:
            (folder / "raw" / name).write_text(line_text(seed=1), encoding="utf-8")
        except (OSError, ValueError):  # another system takes fewer names
            continue
        taken.append(name)
    return taken


def can_be_named(name: str) -> bool:
    """Return whether a study can name a file: others are left out, with the reason."""
    steered = any("\ud800" <= sign <= "\udfff" or sign < " " for sign in name)
    return not steered and "\\" not in name and not name.startswith(".")


@dataclass(frozen=True)
class Drafted:
    """What init and run made of a folder of hostile names."""

    names: int
    listed: int
    lost: tuple[str, ...]
    code: int
    words: str

    @property
    def is_whole(self) -> bool:
        """Whether the study loads and names exactly the files there are."""
        return self.names == self.listed and not self.lost and self.code in (0, 1)


def drafted(folder: Path, place: str, *, every: int = 1) -> Drafted:
    """Return what a draft of a folder names, and run it with hostile words of its own."""
    names = written_names(folder, hostile_texts(place)[::every])
    code, words = said("init", folder, "--jobs", "1")
    study = folder / "study.toml"
    if code not in (0, 1):
        return Drafted(len(names), 0, (), code, words)
    loaded = load_study(study)
    found = {
        path.name
        for m in loaded.study.measurement
        for path in study_files(m, loaded.folder, loaded.study.study.allow_outside)
    }
    nameable = {name for name in names if can_be_named(name)}
    text = " ".join(hostile_texts(place)).replace("\udcff", "")
    changed = study.read_text(encoding="utf-8").replace(
        'title = ""', f"title = {value_text(text)}\npreface = {value_text(text)}"
    )
    study.write_text(
        changed + f"\n[sample.x]\nlabel = {value_text(text)}\nnote = {value_text(text)}\n"
        f'[[waive]]\ncode = "FIT-001"\nreason = {value_text(text)}\n',
        encoding="utf-8",
    )
    code, words = said("run", study, "--out", folder / "results", "--jobs", "1")
    lost = tuple(sorted(nameable ^ found))
    return Drafted(len(nameable), len(found), lost, code, words)


class Markup(HTMLParser):
    """What of a page could run or load something, apart from the project's own."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.scripts = 0
        self._script: dict[str, str | None] | None = None
        self.own = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag."""
        given = dict(attrs)
        self._script = given if tag == "script" else None
        if tag in ("iframe", "object", "embed", "base", "form", "link", "video", "audio"):
            self.found.append(f"<{tag}>")
        policy = re.search(r"script-src '(sha256-[^']+)'", given.get("content") or "")
        if tag == "meta" and given.get("http-equiv") == "Content-Security-Policy" and policy:
            self.own = policy[1]
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "refresh":
            self.found.append("<meta refresh>")
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on"):
                self.found.append(f"{tag} {name}")
            elif name in ("href", "src", "xlink:href", "action", "poster", "srcset") and (
                address.startswith(("javascript:", "vbscript:", "//", "data:text"))
                or (address.startswith(("http", "ftp", "ws")) and tag != "a")
            ):
                self.found.append(f"{tag} {name}={address[:40]}")

    def handle_data(self, data: str) -> None:
        """Look at a script."""
        if self._script is None or self._script.get("type") == "application/json":
            return
        self.scripts += 1
        digest = base64.b64encode(hashlib.sha256(data.encode()).digest()).decode()
        if f"sha256-{digest}" != self.own:
            self.found.append(f"script {data[:40]}")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        self._script = None


def foreign_markup(folder: Path) -> list[str]:
    """Return what could run or load something in the pages, drawings and Markdown of a report."""
    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark", {"html": True}).enable("table")
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".html", ".svg", ".md"):
            text = path.read_text(encoding="utf-8")
            markup = Markup(shown.render(text) if path.suffix == ".md" else text)
            found += [f"{path.name}: {one}" for one in markup.found]
            if path.suffix == ".html" and markup.scripts != 1:
                found.append(f"{path.name}: {markup.scripts} scripts")
    return found


def formulas(folder: Path) -> list[str]:
    """Return cells of the tables that a spreadsheet would run, under any usual separator."""
    found = []
    for path in sorted(folder.rglob("*.csv")):
        for delimiter in ",;\t":
            with path.open(encoding="utf-8", newline="") as stream:
                for row in csv.reader(stream, delimiter=delimiter):
                    cells = [cell.strip() for cell in row]
                    if delimiter == ",":  # with another one, a whole row of numbers is one cell
                        cells = [cell for cell in cells if not NUMBER.fullmatch(cell)]
                    else:
                        cells = [c for c in cells if not NUMBER.match(c) or c[:1] in "=@"]
                    found += [f"{path.name}: {c[:40]}" for c in cells if c[:1] in tuple("=+-@")]
    if find_spec("openpyxl"):
        from openpyxl import load_workbook

        for path in sorted(folder.rglob("*.xlsx")):
            for sheet in load_workbook(path).worksheets:
                for row in sheet.iter_rows():
                    found += [f"{path.name} {c.coordinate}" for c in row if c.data_type == "f"]
    return found


def tex_commands(folder: Path) -> list[str]:
    """Return commands of TeX in tables and bibliography that read or write files or run things."""
    return [
        f"{path.name}: {match[0]}"
        for path in sorted([*folder.rglob("*.tex"), *folder.rglob("*.bib")])
        for match in COMMANDS.finditer(path.read_text(encoding="utf-8"))
    ]


def pages_of(folder: Path) -> list[Path]:
    """Return the pages and drawings of a report."""
    return sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".svg"))


def unprotected(folder: Path, copy: Path) -> list[Path]:
    """Return copies of the pages without their policy."""
    copies = []
    for path in pages_of(folder):
        place = copy / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        text = without_policy(text) if path.suffix == ".html" else text
        place.write_text(text, encoding="utf-8")
        copies.append(place)
    return copies


@dataclass(frozen=True)
class Looked:
    """What was found in the reports of hostile names."""

    markup: tuple[str, ...]
    formulas: tuple[str, ...]
    tex: tuple[str, ...]
    requests: tuple[str, ...] | None
    pages: int
    drafted: Drafted | None


def looked_at(folder: Path, *, real: bool, every: int = 1) -> Looked:
    """Return what is found in the reports: of made-up results, and of a study that was run.

    Parameters
    ----------
    folder : Path
        Empty.
    real : bool
        Whether a study of hostile file names is drafted and run besides.
    every : int, optional
        Of how many hostile texts the made-up results have one.
    """
    (folder / "browser").mkdir()
    with listening() as listener:
        texts = hostile_texts(listener.place)[::every]
        write_report(outcome(texts), folder / "made-up", written=PRINTED)
        reports, draft = [folder / "made-up"], None
        if real:
            (folder / "plugin").mkdir()
            with installed(folder / "plugin"):
                draft = drafted(folder / "real", listener.place)
            reports.append(folder / "real" / "results")
        asked: tuple[str, ...] | None = None
        opened: list[Path] = []
        if browser():
            for number, one in enumerate(reports):
                bare = unprotected(one, folder / f"bare-{number}")
                opened += [*pages_of(one), *bare]
            asked = tuple(requests_of(opened, listener, folder / "browser"))
    return Looked(
        tuple(_all(foreign_markup, reports)),
        tuple(_all(formulas, reports)),
        tuple(_all(tex_commands, reports)),
        asked,
        len(opened),
        draft,
    )


def _all(look: object, reports: Sequence[Path]) -> Iterator[str]:
    for one in reports:
        yield from look(one)  # type: ignore[operator]


def section() -> Section:
    """Write and run reports of hostile names, and open every page of them."""
    with tempfile.TemporaryDirectory() as name:
        found = looked_at(Path(name).resolve(), real=True)
    count = len(hostile_texts(""))
    asked, draft = found.requests, found.drafted
    assert draft is not None
    first = "; ".join((*found.markup, *(asked or ()))[:3])
    return Section(
        (
            Promise(
                "names as attacks",
                "no script but the project's own runs in headless Chromium, no request is sent",
                f"{len(found.markup)} foreign scripts or addresses, "
                + (f"{len(asked)} requests" if asked is not None else "no browser here"),
                found.pages,
                not found.markup and asked == (),
                first or "each page also without its policy, so that escaping alone protects it",
            ),
            Promise(
                "names as attacks",
                "cells that begin with = + - @ become text",
                f"{len(found.formulas)} formulas in csv and xlsx under the separators comma, "
                f"semicolon and tab, {len(found.tex)} commands in tex and bib",
                count,
                not found.formulas and not found.tex,
                "; ".join((*found.formulas, *found.tex)[:3]),
            ),
            Promise(
                "names as attacks",
                "a study drafted from hostile file names loads and names them",
                f"{draft.listed} of {draft.names} names",
                draft.names,
                draft.is_whole,
                "; ".join(draft.lost[:2]) if draft.lost else "",
            ),
        )
    )
