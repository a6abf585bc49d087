"""The command line as a user types it, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from line_study import installed, line_text, write_study

from spectrafit.cli import check as cli_check
from spectrafit.cli import fit as cli_fit
from spectrafit.cli import main
from spectrafit.cli import run as cli_run


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line on standard output."""
        return self.out.rstrip("\n").split("\n")[-1]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Said]:
    """Return a function that runs a command in this process, and in others only where asked."""
    for module in (cli_run, cli_fit, cli_check):
        monkeypatch.setattr(module, "processors", lambda: 1)

    def run(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert isinstance(stop.value.code, int)
        return Said(stop.value.code, out, err)

    return run


def spawned(*words: object, folder=None, **variables: str) -> Said:
    """Run a command in a process of its own, with variables of the environment."""
    done = subprocess.run(
        [sys.executable, "-m", "spectrafit.cli", *map(str, words)],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        check=False,
    )
    out, err = (stream.decode("latin-1") for stream in (done.stdout, done.stderr))
    return Said(done.returncode, out, err)


@pytest.fixture(scope="module")
def epr(tmp_path_factory):
    """Hold the cheap technique installed; return the folder it is installed in."""
    with installed(tmp_path_factory.mktemp("plugin")) as site:
        yield site


@pytest.fixture
def study(epr, tmp_path, monkeypatch):
    """Return a study of three lines, in the current folder."""
    monkeypatch.chdir(tmp_path)
    texts = {f"s_{T}K.dat": line_text(seed=seed) for seed, T in enumerate((8, 20, 90))}
    return write_study(tmp_path, texts)
