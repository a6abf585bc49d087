"""Exit codes, unknown commands, faults, consoles that lack letters, closed pipes, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import warnings

import pytest
from cli.conftest import spawned

from spectrafit import __version__
from spectrafit.cli import lists, main
from spectrafit.cli.main import BLAS_THREADS, commands


def raises(error):
    def stand_in(*args):
        raise error

    return stand_in


def test_help_names_every_command_and_the_main_job(cli):
    said = cli("--help")
    assert said.code == 0
    assert "spectrafit run study.toml" in said.out
    for name in commands.list_commands(None):
        assert re.search(rf"^  {name} +\S", said.out, re.MULTILINE)
    assert "..." not in said.out.split("Commands:")[1]


def test_every_command_has_help_of_its_own(cli):
    for name in commands.list_commands(None):
        assert cli(name, "--help").code == 0


def test_version(cli):
    assert cli("--version").out.strip().endswith(__version__)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["rnu", "study.toml"], "type: spectrafit run study.toml"),
        (["study.toml", "--jobs", "2"], "type: spectrafit run study.toml --jobs 2"),
        (["Techniques"], "type: spectrafit techniques"),
        (["quantise"], "the commands are: check, compare, doctor, export, fit, init"),
    ],
)
def test_an_unknown_command_is_answered_with_the_line_to_type(cli, words, line):
    said = cli(*words)
    assert (said.code, said.out) == (2, "")
    assert line in said.err


def test_a_file_instead_of_a_command_is_answered_with_fit(cli, tmp_path):
    file = tmp_path / "my scan.dat"
    file.write_text("1 2\n", encoding="utf-8")
    assert f'type: spectrafit fit TECHNIQUE "{file}"' in cli(file).err


@pytest.mark.parametrize(
    ("words", "example"),
    [(["run"], "spectrafit run study.toml"), (["fit", "x", "--bad"], "spectrafit fit xanes scan")],
)
def test_wrong_usage_is_answered_with_an_example(cli, words, example):
    said = cli(*words)
    assert said.code == 2
    assert f"Example: {example}" in said.err


def test_a_fault_of_the_program_is_said_in_one_line_with_its_place(cli, monkeypatch):
    monkeypatch.setattr(lists, "loadable_techniques", raises(KeyError("oops")))
    said = cli("techniques")
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith("internal error: KeyError: 'oops' (test_main.py:")
    assert "please report it" in said.err
    assert said.err.count("\n") == 1


def test_where_it_happened_is_printed_on_demand(monkeypatch, capsys):
    monkeypatch.setattr(lists, "loadable_techniques", raises(KeyError("oops")))
    monkeypatch.setenv("SPECTRAFIT_TRACEBACK", "1")
    with pytest.raises(SystemExit):
        main(["techniques"])
    assert "Traceback" in capsys.readouterr().err


def test_a_file_system_error_is_no_fault_of_the_program(cli, monkeypatch):
    error = PermissionError(13, "Permission denied", "scan.dat")
    monkeypatch.setattr(lists, "loadable_techniques", raises(error))
    said = cli("techniques")
    assert said.code == 2
    assert said.err == "scan.dat: Permission denied; check the path and rights\n"


def test_ctrl_c_says_how_to_go_on(cli, monkeypatch):
    monkeypatch.setattr(lists, "loadable_techniques", raises(KeyboardInterrupt()))
    said = cli("techniques")
    assert said.code == 130
    assert "type the same line to run it again" in said.err


def test_warnings_of_libraries_do_not_reach_the_user(cli, monkeypatch):
    def warned():
        warnings.warn("overflow encountered in exp", RuntimeWarning, stacklevel=1)
        return {}, {}

    monkeypatch.setattr(lists, "loadable_techniques", warned)
    before = os.environ.get("PYTHONWARNINGS")
    said = cli("techniques")
    assert (said.code, said.err) == (0, "")
    assert os.environ.get("PYTHONWARNINGS") == before


def test_names_that_steer_a_terminal_are_shown_harmless(cli, tmp_path):
    said = cli("read", tmp_path / "a\x1b[31mb.dat")
    assert said.code == 2
    assert "\x1b" not in said.err


def test_a_console_that_lacks_letters_gets_replacements(tmp_path):
    file = tmp_path / "鉄 µ.dat"
    file.write_text("# energy(eV) µ_Å\n1 2\n2 3\n3 4\n", encoding="utf-8")
    said = spawned("read", file, PYTHONIOENCODING="cp1252")
    assert (said.code, said.err) == (0, "")
    assert "? µ.dat: 3 rows" in said.out
    missing = spawned("read", tmp_path / "鉄.dat", PYTHONIOENCODING="cp1252")
    assert missing.code == 2
    assert "?.dat: No such file" in missing.err


def test_a_closed_pipe_is_quiet():
    words = [sys.executable, "-m", "spectrafit.cli", "techniques", "xanes"]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    running.stdout.close()
    errors = running.stderr.read()
    running.stderr.close()
    assert running.wait() == 0
    assert errors == b""


SLOW = """
import sys
from spectrafit.reader import read
from spectrafit.study import tasks

def observed(task):
    import time
    print("begun", file=sys.__stdout__, flush=True)
    time.sleep(30)

tasks._results_of = observed
from spectrafit.cli import main
main(["run", sys.argv[1], "--jobs", "1"])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
def test_ctrl_c_during_a_run_says_what_was_kept(study):
    words = [sys.executable, "-c", SLOW, str(study)]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as running:
        begun = running.stdout.readline()
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert begun == "begun\n"
    assert running.returncode == 130
    assert out == ""
    line = f"type the same line to go on: spectrafit run {study} --jobs 1"
    assert err == f"stopped; lines-results is as it was; {line}\n"


def test_linear_algebra_uses_one_thread_unless_told_otherwise(monkeypatch):
    for name in BLAS_THREADS:
        monkeypatch.setenv(name, "7")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    with pytest.raises(SystemExit):
        main(["--version"])
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["MKL_NUM_THREADS"] == "7"
