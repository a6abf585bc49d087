"""A written plugin package works: it conforms, is found, is listed, and fits a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from plugin_install import environment, install

from spectrafit.errors import PluginError
from spectrafit.new_technique import write_technique

FIND = """
import json
from spectrafit import registry
from spectrafit.reader import read
from spectrafit.strict_json import json_text

technique = registry.technique("epr")
text = technique.simulated_text(technique.simulation(), 5)
open("try.dat", "w", encoding="utf-8").write(text)
(recording,) = read("try.dat")
found = technique.observe({"sample": recording})
spec = registry.spec_for("epr.area")
print(json_text({
    "names": registry.technique_names(),
    "suits": technique.suits(recording).suits,
    "items": {item.key: [item.value, item.sigma, item.unit] for item in found.items},
    "area": spec.mix({"A": 0.25, "B": 0.75}, {"A": 4.0, "B": 8.0}, {}, 100.0),
    "codes": [spec.code for spec in registry.alert_table()],
    "broken": [str(fault) for fault in registry.broken_plugins()],
}))
"""


def run(arguments, site, folder):
    """Return what a fresh Python with the plugin installed prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(site),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Return the written project and the folder that it is installed in."""
    folder = tmp_path_factory.mktemp("plugin")
    project = write_technique("epr", folder)
    return project, install(project, folder / "site")


def test_the_package_is_complete(installed):
    project, _ = installed
    assert project.name == "spectrafit-epr"
    files = {path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()}
    assert files == {
        "README.md",
        "pyproject.toml",
        "spectrafit_epr/__init__.py",
        "spectrafit_epr/methods.py",
        "spectrafit_epr/settings.py",
        "spectrafit_epr/simulate.py",
        "spectrafit_epr/technique.py",
        "tests/test_conformance.py",
    }
    for path in project.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "$" not in text
            assert "\r" not in path.read_bytes().decode("utf-8")
            if path.suffix == ".py":
                compile(text, str(path), "exec")


def test_the_project_declares_its_entry_point(installed):
    project, _ = installed
    declared = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert declared["project"]["name"] == "spectrafit-epr"
    assert declared["project"]["entry-points"]["spectrafit.techniques"] == {
        "epr": "spectrafit_epr:epr"
    }
    assert declared["build-system"]["build-backend"] == "hatchling.build"


def test_its_own_tests_pass(installed):
    project, site = installed
    printed = run(["-m", "pytest", "-q", "-p", "no:cacheprovider", str(project)], site, project)
    assert "passed" in printed
    assert "skipped" not in printed


def test_it_is_found_and_fits_a_file_that_it_simulated(installed, tmp_path):
    _, site = installed
    found = json.loads(run(["-c", FIND], site, tmp_path))
    assert "epr" in found["names"]
    assert found["suits"]
    assert "EPR-001" in found["codes"]
    assert found["broken"] == []
    assert found["area"] == pytest.approx(7.0)
    position, sigma, unit = found["items"]["epr.position"]
    assert unit == "mT"
    assert abs(position - 336.0) < 4 * sigma
    area, sigma, _ = found["items"]["epr.area"]
    assert abs(area - 2.5 * 4.0 * 1.0644670) < 4 * sigma


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EPR",
        "2d",
        "my technique",
        "my-epr",
        "_epr",
        "epr_",
        "a__b",
        "class",
        "é",
        "../epr",
        "x/y",
    ],
)
def test_what_cannot_be_a_name_is_refused(tmp_path, name):
    with pytest.raises(PluginError, match="cannot name a technique"):
        write_technique(name, tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "words"),
    [("xanes", "installed already"), ("xas", "spectrafit_xas"), ("suite", "spectrafit-suite")],
)
def test_a_name_that_is_taken_is_refused(tmp_path, name, words):
    with pytest.raises(PluginError, match=words):
        write_technique(name, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_never_overwritten(tmp_path):
    project = write_technique("endor", tmp_path)
    settings = project / "spectrafit_endor" / "settings.py"
    settings.write_text("mine", encoding="utf-8")
    with pytest.raises(PluginError, match="already"):
        write_technique("endor", tmp_path)
    assert settings.read_text(encoding="utf-8") == "mine"
    (tmp_path / "spectrafit-nmr").write_text("a file", encoding="utf-8")
    with pytest.raises(PluginError, match="already"):
        write_technique("nmr", tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PluginError, match="name an existing folder"):
        write_technique("epr", tmp_path / "nowhere")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not stop this user")
def test_a_folder_without_rights_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PluginError, match="may write to"):
            write_technique("epr", tmp_path)
    finally:
        tmp_path.chmod(0o700)


def test_half_a_package_is_not_left_behind(tmp_path, monkeypatch):
    written = []

    def full_disk(path, *args, **kwargs):
        if written:
            raise OSError(28, "No space left on device")
        written.append(path)

    monkeypatch.setattr(Path, "write_text", full_disk)
    with pytest.raises(PluginError, match="No space left"):
        write_technique("epr", tmp_path)
    assert written
    assert not list(tmp_path.iterdir())


def test_a_name_of_two_words_makes_a_package_that_compiles(tmp_path):
    project = write_technique("uv_vis2", tmp_path)
    text = (project / "spectrafit_uv_vis2" / "technique.py").read_text(encoding="utf-8")
    compile(text, "technique.py", "exec")
    assert "class UvVis2:" in text
    assert '"UVVIS2-001"' in text
