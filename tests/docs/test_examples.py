"""What the documentation shows is accepted by the code, and what it prints is what is printed."""

from __future__ import annotations

import re
import shutil
import tomllib

import click
import pytest
from docs_pages import ROOT, Block, blocks, each

from spectrafit.cli import main
from spectrafit.cli.main import commands
from spectrafit.registry import TECHNIQUES, technique
from spectrafit.study.load import study_of_text
from spectrafit.study.toml_writer import toml_text
from spectrafit.study.truth import load_truth

NOT_HERE = ("spectrafit_epr", "spectrafit-epr", "epr", "low-spin.csv")


def as_study(text: str) -> str:
    """Return a block of TOML as a whole study.

    Settings alone become those of one measurement; comparisons get the measurements they name, and
    measurements a study.
    """
    document = tomllib.loads(text)
    if "study" in document:
        return text
    if "comparison" in document:
        names = dict.fromkeys(one["measurement"] for one in document["comparison"])
        rows = [{"name": name, "technique": "xanes", "files": ["scan.dat"]} for name in names]
        return toml_text({"study": {"name": "one"}, "measurement": rows, **document})
    if "measurement" in document:
        return toml_text({"study": {"name": "one"}, **document})
    parameters = document.pop("parameters", {})
    row = {"name": "scan", "technique": "xanes", "files": ["scan.dat"], "settings": document}
    return toml_text({"study": {"name": "one"}, "measurement": [{**row, "parameters": parameters}]})


@each("toml")
def test_toml_is_accepted(block: Block, tmp_path):
    document = tomllib.loads(block.text)
    if "truth" in document:
        (tmp_path / "truth.toml").write_text(block.text, encoding="utf-8")
        assert load_truth(tmp_path / "truth.toml").states
    elif "project" in document:
        assert TECHNIQUES in document["project"]["entry-points"]
    elif document:
        loaded = study_of_text(as_study(block.text), folder=tmp_path)
        assert not loaded.notices
        for measurement in loaded.study.measurement:
            known = {row.name for row in technique(measurement.technique).parameters}
            named = {re.sub(r"peak\d", "peak<i>", name) for name in measurement.parameters}
            assert named <= known
    else:
        assert block.text.startswith("#:schema")


def test_the_example_of_the_study_file_uses_every_table():
    (study, *_) = (block for block in blocks("toml") if block.page == "reference/study-file.md")
    document = tomllib.loads(study.text)
    assert {"study", "sample", "measurement", "waive", "state"} <= set(document)
    used = {key for table in document["measurement"] for key in table}
    assert {"conditions", "settings", "parameters", "except", "uses", "role"} <= used


def lines() -> list[tuple[str, list[str]]]:
    """Return every line of a console block that calls this program, with its place."""
    found = []
    for block in blocks("console"):
        assert block.commands, f"{block.page}:{block.line} shows no line to type"
        for words, _ in block.commands:
            if words[0].endswith("spectrafit"):
                found.append((f"{block.page}-{' '.join(words[1:3])}", words[1:]))
    return found


@pytest.mark.parametrize("words", [w for _, w in lines()], ids=[name for name, _ in lines()])
def test_commands_and_their_options_exist(words: list[str]):
    command = commands.commands[words[0]]
    context = command.make_context(words[0], list(words[1:]))
    assert isinstance(context, click.Context)


@pytest.fixture
def scans(tmp_path, monkeypatch):
    """Work in a folder that holds the scan and foil that a page tells to copy."""
    copied = 0
    for block in blocks("console"):
        for words, _ in block.commands:
            if words[0] == "cp":
                shutil.copy(ROOT / words[1], tmp_path / words[2])
                copied += 1
    assert copied == 2
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what a command prints to either stream."""
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(list(words))
    return "".join(capsys.readouterr())


def shown(start: list[str]) -> str:
    """Return the output shown below the first line that begins with some words."""
    for block in blocks("console"):
        for words, output in block.commands:
            if words[: len(start)] == start and output:
                return output
    raise AssertionError(f"no output is shown for {' '.join(start)}")


def test_read_prints_what_is_shown(scans, capsys):
    assert printed(capsys, "read", "scan.dat").strip() == shown(["spectrafit", "read"]).strip()


def test_fit_prints_the_columns_that_are_shown(scans, capsys):
    quick = ["--set", "max_peaks=1", "--set", "method_spread=false"]
    found = printed(capsys, "fit", "xanes", "scan.dat", *quick)
    expected = shown(["spectrafit", "fit", "xanes"]).splitlines()
    head = next(line for line in found.splitlines() if line.startswith("file"))
    assert head.split() == next(line for line in expected if line.startswith("file")).split()
    row = next(line for line in expected if line.startswith("scan"))
    (alert,) = re.findall(r"[A-Z]+-\d{3}", row)
    assert alert in found


def test_an_ambiguous_signal_is_answered_as_shown(scans, capsys):
    text = (scans / "scan.dat").read_text(encoding="utf-8")
    rows = [row.split() for row in text.splitlines() if not row.startswith("#")]
    both = "# energy (eV) I0 (counts) I1 (counts) IF (counts)\n"
    both += "".join(f"{e} {i0} {int(i0) // 3} {i1}\n" for e, i0, i1 in rows)
    (scans / "both.dat").write_text(both, encoding="utf-8")
    (answer,) = (
        block.text.strip() for block in blocks("text") if block.text.startswith("both.dat")
    )
    assert answer in printed(capsys, "fit", "xanes", "both.dat", "--set", "element=Fe")


@each("python")
def test_python_runs(block: Block, tmp_path, monkeypatch):
    code = compile(block.text, f"{block.page}:{block.line}", "exec")
    if not any(name in block.text for name in NOT_HERE):
        # a folder that looks like the project's, so that what an example writes is left there
        for path in ROOT.iterdir():
            (tmp_path / path.name).symlink_to(path)
        monkeypatch.chdir(tmp_path)
        exec(code, {"__name__": "example"})
