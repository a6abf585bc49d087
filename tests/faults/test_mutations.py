"""Damaged files are read with a reason for every number, or refused; nothing else happens."""

from __future__ import annotations

import ast
import itertools
import re
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import faults.judged
import numpy as np
import pytest
from faults.every_reader import SEEDS, missing_library
from faults.judged import judged
from faults.mossbauer_seeds import adt, mca, simulated_counts, wissel
from faults.mutations import LARGEST_GROWTH, mutations
from faults.seed_files import COLUMNS_SEEDS, XDI_SEEDS
from faults.stuck_case import stuck
from faults.tally import BY_CONTENT, damaged_files
from faults.watched import Part, watched

import spectrafit
import spectrafit_xas
from spectrafit import registry
from spectrafit.encoding import decoded
from spectrafit.errors import ReadError
from spectrafit.layout import text_layout
from spectrafit.recording import Column, Recording
from spectrafit_mossbauer import counts_reader, mca_reader, wissel_reader

SOURCES = [Path(spectrafit.__file__).parent, Path(spectrafit_xas.__file__).parents[1]]
COUNT = 500
COUNTS = simulated_counts()
FEWEST_READ = 0.02  # packed files mostly fail their checksums


def test_every_reader_has_seeds():
    assert set(SEEDS) == set(registry.reader_names())


@pytest.mark.parametrize("name", [*SEEDS, BY_CONTENT])
def test_damage_is_read_or_refused(name, tmp_path):
    if missing_library(name):
        pytest.skip(f"{missing_library(name)} is not installed")
    found = damaged_files(name, 0, COUNT, tmp_path)
    assert found.files == COUNT
    assert not found.faults
    assert not found.slow
    assert not found.large
    assert FEWEST_READ * COUNT < found.read < COUNT


def test_every_refusal_in_the_source_says_what_to_do():
    """A refusal without place or remedy cannot even be written."""
    lacking = []
    for path in sorted(file for folder in SOURCES for file in folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "ReadError(" in text else ():
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "ReadError":
                continue
            given = {one.arg for one in node.keywords}
            # a result that is read back from text has no file
            needed = {"do"} if path.parent.name in ("fit", "study") else {"where", "do"}
            if None not in given and not needed <= given:
                lacking.append(f"{path.name}:{node.lineno}")
    assert not lacking


class Careless:
    """A reader that does with a file what its first byte says."""

    name, title, extensions = "careless", "does what a file says", (".dat",)

    def sniff(self, path, head):
        return 1.0

    def read(self, path):
        match path.read_bytes()[:1]:
            case b"e":
                raise ValueError("not a ReadError")
            case b"w":
                warnings.warn("a library warns", UserWarning, stacklevel=1)
                raise ReadError("no table", where=path.name, do="leave it out")
            case b"d":
                raise ReadError("no table", where=path.name)
            case b"p":
                raise ReadError("no table", do="leave it out")
            case b"m":
                np.ones(30_000_000)
            case b"s":
                end = time.process_time() + 0.15
                while time.process_time() < end:
                    pass
            case b"h":
                time.sleep(60.0)
            case b"i":
                values = np.array([1.0, np.inf])
                return (Recording(path.name, (Column("a", values),), reader=self.name),)
        raise ReadError("no table", where=f"{path.name}:1", do="leave it out")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"e", "ValueError: not a ReadError"),
        (b"w", "warns: UserWarning"),
        (b"d", "without words or remedy"),
        (b"p", "a refusal at ''"),
        (b"m", "240 MB"),
        (b"s", r"0\.1\d* s"),
        (b"h", "Hung: stopped"),
        (b"i", "the source is named|is infinite"),
        (b"r", None),
    ],
)
def test_what_must_not_be_is_found(content, words, tmp_path, monkeypatch):
    monkeypatch.setattr(faults.judged, "HANGS_AFTER", 0.5 if content == b"h" else 60.0)
    monkeypatch.setattr(faults.judged, "LONGEST_SECONDS", 0.1 if content == b"s" else 60.0)
    found = judged(Careless(), tmp_path / "damaged.dat", content, "a file")
    if words is None:
        assert not found.broken
        assert found.line
    else:
        assert re.search(words, found.broken)


def test_a_process_that_hangs_or_dies_is_told_and_the_rest_is_done():
    parts = [Part("one", 0, 5), Part("two", 5, 15)]
    found = watched(stuck, parts, workers=2, patience=2.0)
    assert {name: one.read for name, one in found.items()} == {"one": 4, "two": 9}
    (hung,) = found["one"].faults
    assert hung == "one, mutation 3: the process hung for 2 s"
    died, said = found["two"].faults
    assert died == "two, mutation 7: the process died with 3"
    assert said.endswith("written to the screen: a library speaks")


def read_or_refused(reader, path):
    try:
        return tuple(reader.read(path))
    except ReadError as refusal:
        return refusal


def test_no_line_disappears():
    """Rows of the table and other lines make up all lines that are not empty."""
    counted = 0
    for _, _, story, content in mutations(COLUMNS_SEEDS, COUNT, seed=2):
        try:
            text = decoded(content, "f")
            layout = text_layout(text, "f")
        except ReadError:
            continue
        filled = sum(1 for line in text.lines if line.strip())
        stopped = any("a stopped scan" in notice.text for notice in layout.notices)
        assert len(layout.block.lines) + len(layout.others) + stopped == filled, story
        counted += 1
    assert counted > COUNT / 5


NUMBER = re.compile(r"[+\-\u2212]?(?:\d[\d., '\u2019]*|[.,]\d+)(?:[eEdD][+-]?\d+)?")


def readings(line: str) -> list[set[float]]:
    """Return what each number in a line may mean, by rules of its own."""
    found = []
    for token in re.split(r"[\s;\x1f]+", line.replace('"', " ")):
        parts = {token, *token.split(",")}
        meant = set()
        for part in parts:
            plain = part.replace("\u2212", "-").replace("D", "E").replace("d", "e")
            plain = re.sub(r"['\u2019]", "", plain)
            for text in (plain, plain.replace(",", "."), plain.replace(",", "")):
                for form in (text, text.replace(".", "", text.count(".") - 1)):
                    try:
                        meant.add(float(form))
                    except ValueError:
                        continue
        found.append(meant)
    return found


def stands_in(values: Sequence[float], line: str) -> bool:
    """Return whether numbers stand in a line in their order."""
    meant = readings(line)
    place = 0
    for value in values:
        while place < len(meant) and value not in meant[place]:
            place += 1
        if place == len(meant):
            return False
    return True


def test_every_number_stands_in_its_line():
    """No number is made up: each is written in the line that its row is said to come from."""
    checked = 0
    for _, _, story, content in mutations(COLUMNS_SEEDS, COUNT, seed=3):
        try:
            text = decoded(content, "f")
            block = text_layout(text, "f").block
        except ReadError:
            continue
        step = max(1, len(block.values) // 8)
        for values, number in itertools.islice(
            zip(block.values, block.lines, strict=True), 0, None, step
        ):
            line = text.lines[number - 1]
            assert stands_in([v for v in values.tolist() if v == v], line), (story, line, values)
            checked += 1
    assert checked > COUNT


def test_mutations_are_the_same_every_time_and_do_not_grow():
    first = list(mutations(XDI_SEEDS, 30, seed=4))
    assert first[10:] == list(mutations(XDI_SEEDS, 30, seed=4, start=10))
    largest = LARGEST_GROWTH * max(map(len, XDI_SEEDS.values())) + 4096
    assert all(len(one.content) <= largest for one in mutations(XDI_SEEDS, COUNT, seed=4))
    assert first == list(mutations(XDI_SEEDS, 30, seed=4))
    assert first != list(mutations(XDI_SEEDS, 30, seed=5))


TEXT_READERS = [
    (counts_reader, {"foil.adt": adt(COUNTS)}),
    (wissel_reader, {"foil.ws5": wissel(COUNTS)}),
    (mca_reader, {"foil.mca": mca(COUNTS, stated=len(COUNTS))}),
]


@pytest.mark.parametrize(("reader", "seeds"), TEXT_READERS, ids=["counts", "wissel", "mca"])
def test_no_count_is_made_up_or_lost_in_silence(reader, seeds, tmp_path):
    """Each count that is read stands in the file; with fewer or more of them, a notice says so."""
    ((_, seed),) = seeds.items()
    path = tmp_path / "damaged.dat"
    path.write_bytes(seed)
    (whole,) = reader.read(path)
    usual = {notice.text for notice in whole.notices}
    checked = 0
    for _, _, story, content in mutations(seeds, COUNT // 2, seed=6):
        path.write_bytes(content)
        found = read_or_refused(reader, path)
        if isinstance(found, ReadError):
            continue
        text = "\n".join(decoded(content, "f").lines)
        written = {float(word) for word in re.findall(r"\d+(?:\.\d*)?", text)}
        for recording in found:
            counts = recording.column("counts").values
            assert set(counts.tolist()) <= written, story
            said = {notice.text for notice in recording.notices} - usual
            assert len(counts) == len(COUNTS) or said or len(found) > 1, story
            checked += 1
    assert checked > 10
