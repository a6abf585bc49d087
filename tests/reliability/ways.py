"""Ways to run one study by the command line: processes, threads, seeds, places, a scheduler."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reliability.line_runs import Lines, ended, typed, waited_for

from spectrafit.reference import root
from spectrafit.study.toml_writer import toml_text

FEW = {
    "Fe foil": ["raw/foil_fe_before.dat"],
    "xanes-fe": ["raw/xanes_fe_008K.dat", "raw/xanes_fe_250K.dat"],
    "alpha-Fe": ["mossbauer/alphaFe.ws5"],
    "mossbauer": ["mossbauer/0*K.ws5"],
    "ir": ["ir/010K.jdx", "ir/100K.jdx", "ir/300K.jdx"],
}
"""Measurements of the shipped study, and files of them, whose fits take seconds."""
WRITTEN = re.compile(rb'"written": "[^"]*"')


def untimed(file: Path) -> bytes:
    """Return the bytes of a results file, the time of writing apart."""
    content, count = WRITTEN.subn(b'"written": ""', file.read_bytes())
    assert count == 1
    return content


@dataclass(frozen=True)
class Way:
    """How a study is run by the command line."""

    name: str
    words: tuple[object, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    moved: bool = False
    elsewhere: bool = False


def ways(jobs: Sequence[int] = (1, 2, 4)) -> list[Way]:
    """Return the ways that need no scheduler."""
    return [
        *(Way(f"{count} processes", ("--jobs", count)) for count in jobs),
        *(
            Way(f"hash seed {seed}", ("--jobs", 1), (("PYTHONHASHSEED", seed),))
            for seed in ("0", "12345")
        ),
        *(Way(f"{count} BLAS threads", ("--jobs", 1), _threads(count)) for count in ("1", "2")),
        Way("study and raw files elsewhere, written in another order", ("--jobs", 1), moved=True),
        Way("another working directory", ("--jobs", 1), elsewhere=True),
    ]


def _threads(count: str) -> tuple[tuple[str, str], ...]:
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    return tuple((name, count) for name in names)


def by_command(of: Lines, home: Path, chosen: Sequence[Way]) -> dict[str, bytes]:
    """Return the bytes of ``results.json`` of runs of the command line, each in a fresh folder."""
    found = {}
    for number, way in enumerate(chosen):
        study = of.study
        place = home / f"way{number}"
        if way.moved:
            study = copied(of.study.parent, place / "a copy" / "deeper") / of.study.name
        # the results name their study from where they are: it is the same name in each folder
        out = study.parent / f"results{number}"
        runs = replace(of, study=study, environment={**of.environment, **dict(way.variables)})
        place.mkdir(exist_ok=True)
        words: list[object] = ["run", study, *way.words, "--out", out]
        if way.elsewhere:
            (place / "away").mkdir()
            words[1] = Path(os.path.relpath(study, place / "away"))
            runs = replace(runs, study=place / "away" / study.name)
        said = ended(typed(runs, words, place / "log"))
        assert said.code in (0, 1), said.said
        found[way.name] = untimed(out / "results.json")
        shutil.rmtree(out)
    return found


def copied(folder: Path, target: Path) -> Path:
    """Copy a folder of a study, the last file first."""
    for path in sorted((one for one in folder.rglob("*") if one.is_file()), reverse=True):
        place = target / path.relative_to(folder)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return target


@contextmanager
def scheduler(home: Path, variables: Mapping[str, str]) -> Iterator[str]:
    """Hold a dask scheduler with two workers on this machine; give its address."""
    file = home / "scheduler.json"
    python = [sys.executable, "-m"]
    own = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
    started = [_silent([*python, "distributed.cli.dask_scheduler", *own], variables)]
    try:
        assert waited_for(lambda: file.exists() and bool(_address(file)), 120.0)
        more = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(home)]
        worker = [*python, "distributed.cli.dask_worker", _address(file), *more]
        started += [_silent(worker, variables) for _ in range(2)]
        yield _address(file)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _silent(command: Sequence[str], variables: Mapping[str, str]) -> subprocess.Popen[bytes]:
    nothing = subprocess.DEVNULL
    return subprocess.Popen(command, stdout=nothing, stderr=nothing, env=dict(variables))


def _address(file: Path) -> str:
    found = re.search(r'"address": "(tcp://[^"]+)"', file.read_text(encoding="utf-8"))
    return found[1] if found else ""


def some_measurements(folder: Path) -> Lines:
    """Copy the shipped study with a few of its measurements, which are joined to no states."""
    shutil.copytree(root() / "feco", folder)
    document = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    few = {
        "study": {name: document["study"][name] for name in ("name", "title")},
        "sample": document["sample"],
        "report": {"figures": "none"},
        "measurement": [
            {**one, "files": FEW[one["name"]]}
            for one in document["measurement"]
            if one["name"] in FEW
        ],
    }
    study = folder / "few.toml"
    study.write_text(toml_text(few), encoding="utf-8")
    return Lines(study, 0, dict(os.environ))
