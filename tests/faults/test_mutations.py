"""Damaged files are read with a reason for every number, or refused; nothing else happens."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from faults.beamline_seeds import SSRL_SEEDS, herfd_spec, perl, record
from faults.mossbauer_seeds import (
    COUNTS_SEEDS,
    VELOCITY_SEEDS,
    adt,
    mca,
    mcs,
    simulated_counts,
    velocity_table,
    wissel,
)
from faults.mutations import LARGEST_GROWTH, mutations
from faults.seed_files import COLUMNS_SEEDS, XDI_SEEDS

from spectrafit.encoding import decoded
from spectrafit.errors import ReadError, SpectrafitError
from spectrafit.layout import text_layout
from spectrafit.reader import HEAD_BYTES, Reader
from spectrafit.recording import Recording
from spectrafit.table import reader as columns_reader
from spectrafit_mossbauer import (
    counts_reader,
    exp_reader,
    mca_reader,
    mcs_reader,
    moe_reader,
    velocity_reader,
    wissel_reader,
)
from spectrafit_xas import athena_reader, spec_reader, ssrl_reader, xdi_reader

COUNT = 500
COUNTS = simulated_counts()
CASES = [
    (columns_reader, COLUMNS_SEEDS),
    (xdi_reader, XDI_SEEDS),
    (ssrl_reader, SSRL_SEEDS),
    (spec_reader, {"herfd.spec": herfd_spec()}),
    (athena_reader, {"plain.prj": perl(record("aaaa", "one"))}),
    (counts_reader, COUNTS_SEEDS),
    (velocity_reader, VELOCITY_SEEDS),
    (wissel_reader, {"foil.ws5": wissel(COUNTS)}),
    (mca_reader, {"foil.mca": mca(COUNTS)}),
    (mcs_reader, {"foil.mcs": mcs(COUNTS)}),
    (moe_reader, {"foil.moe": adt(COUNTS)}),
    (exp_reader, {"foil.exp": velocity_table(COUNTS)}),
]
IDS = [
    *("columns", "xdi", "ssrl", "spec", "athena"),
    *("counts", "velocity", "wissel", "mca", "mcs", "moe", "exp"),
]


def read_or_refused(reader: Reader, path: Path) -> tuple[Recording, ...] | ReadError:
    try:
        return tuple(reader.read(path))
    except ReadError as refusal:
        return refusal


@pytest.mark.parametrize("count", [COUNT, pytest.param(10_000, marks=pytest.mark.accept)])
@pytest.mark.parametrize(("reader", "seeds"), CASES, ids=IDS)
def test_damage_is_read_or_refused(reader, seeds, count, tmp_path):
    largest = LARGEST_GROWTH * max(map(len, seeds.values())) + 4096
    read = 0
    for story, content in mutations(seeds, count, seed=1):
        assert len(content) <= largest, story
        path = tmp_path / "damaged.dat"
        path.write_bytes(content)
        assert 0.0 <= reader.sniff(path, content[:HEAD_BYTES]) <= 1.0
        found = read_or_refused(reader, path)
        if isinstance(found, ReadError):
            assert found.what, story
            assert found.do, story
            assert found.where.startswith(path.name), story
            continue
        assert found, story
        read += 1
        for recording in found:
            require_every_row(recording, story)
    assert count / 10 < read < count


def require_every_row(recording: Recording, story: str) -> None:
    """Fail where a number is infinite, or a row is neither a point nor told of."""
    for column in recording.columns:
        assert not np.isinf(column.values).any(), story
    if {"x", "y"} <= set(recording.roles):
        try:
            spectrum = recording.spectrum()
        except SpectrafitError:
            return
        settings = spectrum.history[0].settings
        told = settings["points_left_out"] + settings["points_averaged"]
        assert len(spectrum) + told == len(recording), story


def test_no_line_disappears():
    """Rows of the table and other lines make up all lines that are not empty."""
    counted = 0
    for story, content in mutations(COLUMNS_SEEDS, COUNT, seed=2):
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
    for story, content in mutations(COLUMNS_SEEDS, COUNT, seed=3):
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


def test_mutations_are_the_same_every_time():
    first = list(mutations(XDI_SEEDS, 30, seed=4))
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
    for story, content in mutations(seeds, COUNT // 2, seed=6):
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
