"""The digest of a package changes with its lines, and with nothing else."""

from __future__ import annotations

import sys

import pytest

from spectrafit import code_digest
from spectrafit.code_digest import code_changed, environment_versions, package_digest


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return the folder of an import package that is on the search path."""
    folder = tmp_path / "some_lines"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("A = 1\n", encoding="utf-8")
    (folder / "inner" / "deep.py").write_text("B = 1\n", encoding="utf-8")
    (folder / "table.csv").write_text("1,2\n", encoding="utf-8")
    monkeypatch.setattr(code_digest, "_FIRST", {})
    monkeypatch.syspath_prepend(tmp_path)
    return folder


@pytest.mark.parametrize("name", ["__init__.py", "inner/deep.py", "table.csv", "new.py"])
def test_an_edited_line_changes_it(package, name):
    before = package_digest("some_lines")
    assert package_digest("some_lines") == before
    (package / name).write_text("A = 2\n", encoding="utf-8")
    assert package_digest("some_lines") != before


def test_compiled_files_and_parts_left_out_do_not(package):
    before = package_digest("some_lines", ["inner"])
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "x.pyc").write_bytes(b"1")
    (package / "inner" / "deep.py").write_text("B = 2\n", encoding="utf-8")
    assert package_digest("some_lines", ["inner"]) == before


def test_a_renamed_module_is_another_package(package):
    before = package_digest("some_lines")
    (package / "table.csv").rename(package / "other.csv")
    assert package_digest("some_lines") != before


def test_a_single_module_has_a_digest(package):
    file = package.parent / "one_module.py"
    file.write_text("A = 1\n", encoding="utf-8")
    before = package_digest("one_module")
    file.write_text("A = 2\n", encoding="utf-8")
    assert package_digest("one_module") != before
    assert package_digest("no_such_module") == package_digest("sys")


def test_lines_that_change_under_a_running_process_are_noticed(package):
    first = package_digest("some_lines")
    assert not code_changed("some_lines", first)
    (package / "__init__.py").write_text("A = 22\n", encoding="utf-8")
    assert code_changed("some_lines", package_digest("some_lines"))
    (package / "__init__.py").write_text("A = 1\n", encoding="utf-8")
    assert not code_changed("some_lines", package_digest("some_lines"))


def test_versions_name_python_the_machine_and_what_computes():
    versions = dict(environment_versions(["spectrafit-suite", "no-such-distribution"]))
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"numpy", "scipy", "spectrafit-suite", sys.platform} <= versions.keys()
    assert not {"ruff", "sphinx", "mypy"} & versions.keys()
