"""Runs of the command line over a folder of simulated lines: begun, killed, gone on with, compared."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from line_study import STUDY, installed, line_text, write_study
from plugin_install import environment

from spectrafit.strict_json import json_text, json_value

BEGUN = "LINES_BEGUN"
# Every spectrum is noted as its observation begins, by a single write to a file.
NOTED = {
    "        chosen = checked_settings(": f"""\
        import os

        if note := os.environ.get("{BEGUN}"):
            (one,) = inputs_of(inputs, self.inputs, where=self.name)["sample"]
            descriptor = os.open(note, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, f"{{one.name}}\\n".encode())
            os.close(descriptor)
        chosen = checked_settings(""",
}
NO_FIGURES = (
    STUDY.replace('technique = "epr"', 'technique = "epr"\nreader = "columns"')
    + '\n[report]\nfigures = "none"\n'
)
FIGURES = f'{STUDY}\n[report]\nformats = ["svg", "pdf"]\n'


@dataclass(frozen=True)
class Lines:
    """A study of simulated lines, and the environment in which its technique is installed."""

    study: Path
    count: int
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Ended:
    """How a run has ended: its exit code (negative where a signal ended it), and all it has said."""

    code: int
    said: str


class Running(Protocol):
    """A run that has begun."""

    def wait(self, seconds: float | None = None) -> Ended | None:
        """Return how it has ended; None where it has not within the time."""
        ...

    def kill(self) -> Ended:
        """Kill it by the signal that no process can answer; return how it has ended."""
        ...


Begin = Callable[[Lines, Sequence[object], Path], Running]
"""Begins ``spectrafit`` with words, in the folder of a study; a file holds what it says."""


@contextmanager
def lines(home: Path, count: int, text: str = NO_FIGURES) -> Iterator[Lines]:
    """Hold a study of so many simulated spectra of one line, its technique installed."""
    (home / "plugin").mkdir(parents=True)
    with installed(home / "plugin", NOTED) as site:
        texts = {f"s_{T}K.dat": line_text(seed=T) for T in range(1, count + 1)}
        study = write_study(home / "study", texts, text)
        yield Lines(study, count, environment(site))


@dataclass(frozen=True)
class _Typed:
    process: subprocess.Popen[bytes]
    log: Path

    def wait(self, seconds: float | None = None) -> Ended | None:
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        return Ended(code, self.log.read_text(encoding="utf-8"))

    def kill(self) -> Ended:
        self.process.kill()
        return Ended(self.process.wait(), self.log.read_text(encoding="utf-8"))


def typed(of: Lines, words: Sequence[object], log: Path) -> Running:
    """Begin a run as a shell does, in a process that loads the program anew."""
    command = [sys.executable, "-m", "spectrafit.cli", *map(str, words)]
    variables = {**of.environment, "PYTHONIOENCODING": "utf-8"}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=of.study.parent, env=variables, stdout=stream, stderr=stream
        )
    return _Typed(process, log)


@dataclass(frozen=True)
class _Warm:
    process: Any
    log: Path

    def wait(self, seconds: float | None = None) -> Ended | None:
        self.process.join(seconds)
        if self.process.exitcode is None:
            return None
        return Ended(self.process.exitcode, self.log.read_text(encoding="utf-8"))

    def kill(self) -> Ended:
        self.process.kill()
        ended = self.wait()
        assert ended is not None
        return ended


def warm(
    of: Lines,
    words: Sequence[object],
    log: Path,
    before: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> Running:
    """Begin a run in a process that is split off one that has loaded the program already.

    A function at the top of a module may be called in it before, with arguments.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["reliability.loaded"])
    arguments = ([*map(str, words)], of.study.parent, log, dict(of.environment), before, given)
    process = context.Process(target=_run, args=arguments)
    process.start()
    return _Warm(process, log)


def _run(
    words: list[str],
    folder: Path,
    log: Path,
    variables: Mapping[str, str],
    before: Callable[..., None] | None,
    given: tuple[Any, ...],
) -> None:
    from spectrafit.cli.main import main

    with log.open("wb") as stream:
        for descriptor in (1, 2):
            os.dup2(stream.fileno(), descriptor)
    # what was there before is of the process that this one was split off
    sys.stdout, sys.stderr = (
        os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2)
    )
    os.environ.update(variables)
    os.chdir(folder)
    if before is not None:
        before(*given)
    try:
        main(words)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def ended(running: Running) -> Ended:
    """Return how a run ends that is left alone."""
    found = running.wait(3600.0)
    assert found is not None
    return found


def sums(folder: Path) -> dict[str, str]:
    """Return the checksum of every final file of a results folder, the time of writing apart.

    Final is what is no line of the journal and not written aside.
    """
    return {
        path.relative_to(folder).as_posix(): _sum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _is_apart(path.relative_to(folder))
    }


def _is_apart(path: Path) -> bool:
    return path.parts[0] in ("journal", ".writing") or any(
        part.startswith(".part-") or part.endswith(".part") for part in path.parts
    )


def _sum(path: Path) -> str:
    content = path.read_bytes()
    if path.name == "results.json":
        found = json_value(content.decode("utf-8"))
        content = json_text({**found, "written": ""}).encode()
    return hashlib.sha256(content).hexdigest()


def foreign(folder: Path, whole: Mapping[str, str]) -> list[str]:
    """Return the final files that are not as whole results have them, here and in the history.

    A file of the history is named by its place there; the text of the study is there as well.
    """
    found = []
    for name, digest in sums(folder).items():
        parts = name.split("/")
        own = "/".join(parts[2:]) if parts[0] == "history" else name
        if own != "study.toml" and whole.get(own) != digest:
            found.append(name)
    return found


def kept_names(folder: Path) -> list[str]:
    """Return the files of whole journal lines, each as often as it is there."""
    names = []
    for file in sorted((folder / "journal").glob("*.jsonl")):
        for line in file.read_bytes().splitlines(keepends=True)[1:]:
            if line.endswith(b"}\n"):
                value = json.loads(line)["value"]
                names += [Path(row["file"]).name for row in value if "file" in row]
    return names


def waited_for(found: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Return whether something becomes true within a time."""
    until = time.monotonic() + seconds
    while not found():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True
