"""A third party's technique joins a study with a mixing rule of its own; the core stays as it is."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from line_study import write_project
from plugin_install import environment, install

import spectrafit

pytestmark = pytest.mark.xdist_group("plugin-study")

# What the plugin's author changes: the line is at h nu / (g mu_B), and g^2 is what populations
# average (an effective g), so the field is not their weighted mean.
RULE = '''
def effective_field(x, members, nuisances, temperature):
    """Return the field of the mean square g: 1/sqrt(sum x / B^2)."""
    return sum(share / members[state] ** 2 for state, share in x.items()) ** -0.5


@dataclass(frozen=True)
class Epr:'''
CHANGES = {
    "\n@dataclass(frozen=True)\nclass Epr:": RULE,
    '"centre of the line", additive=False)': '"centre of the line", mix=effective_field)',
}

FIELDS = {"A": 330.0, "B": 342.0}
SHARES = {8: (0.75, 0.25), 90: (0.5, 0.5), 250: (0.1, 0.9)}

STUDY = """
[study]
name = "third-party"
truth = "truth.toml"

[[measurement]]
name = "field"
technique = "epr"
files = ["raw/*.dat"]

[measurement.conditions]
T = { pattern = "_{}K", unit = "K" }

[state.A.expect]
"epr.position" = { value = 330.0, sigma = 0.5, unit = "mT", source = "assumed: a test" }

[report]
figures = "none"
"""

SIMULATE = """
import json, sys
from pathlib import Path
from spectrafit.registry import technique

epr = technique("epr")
Path("raw").mkdir()
for T, center in json.loads(sys.argv[1]).items():
    text = epr.simulated_text(epr.simulation(center=center), int(T))
    Path(f"raw/scan_{T}K.dat").write_text(text, encoding="utf-8")
"""


def effective(shares):
    return 1.0 / math.sqrt(sum(x / FIELDS[s] ** 2 for x, s in zip(shares, "AB", strict=True)))


def digests(folder):
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".json", ".toml", ".html", ".css", ".js"}
    }


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """Return the project with the author's rule, and where it is installed."""
    folder = tmp_path_factory.mktemp("third-party")
    project = write_project(folder, CHANGES)
    return project, install(project, folder / "site")


def run(words, plugin, folder, code=0):
    """Return what a fresh Python that has the plugin prints."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment(plugin[1]) | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def results(plugin, tmp_path_factory):
    """Return the folder of results of a study of the plugin's files."""
    folder = tmp_path_factory.mktemp("study")
    fields = {T: effective(shares) for T, shares in SHARES.items()}
    run(["-c", SIMULATE, json.dumps(fields)], plugin, folder)
    truth = ['[truth]\nname = "declared"\nsimulated = true\nstates = ["A", "B"]']
    truth += [f"[[population]]\nT = {T}.0\nx = {list(x)}" for T, x in SHARES.items()]
    truth += ['[member."epr.position"]\nA = 330.0\nB = 342.0\nunit = "mT"\n']
    (folder / "truth.toml").write_text("\n".join(truth), encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    core = digests(Path(spectrafit.__file__).parent)
    printed = run(["-m", "spectrafit.cli", "run", "study.toml", "--jobs", "1"], plugin, folder)
    assert printed.splitlines()[-1] == "third-party-results"
    assert digests(Path(spectrafit.__file__).parent) == core
    return folder / "third-party-results"


def test_it_conforms(plugin):
    project, _ = plugin
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "TestEpr", str(project)]
    printed = run(words, plugin, project)
    assert "passed" in printed
    assert "failed" not in printed


def test_it_is_listed_like_our_own(plugin, tmp_path):
    printed = run(["-m", "spectrafit.cli", "techniques"], plugin, tmp_path)
    assert [line.split()[0] for line in printed.splitlines()[:-1]] == [
        "composition",
        "epr",
        "herfd",
        "ir",
        "magnetism",
        "mossbauer",
        "pyro",
        "structure",
        "xanes",
    ]


def test_its_non_linear_rule_makes_the_truth_and_not_the_weighted_mean(results):
    found = json.loads((results / "results.json").read_text(encoding="utf-8"))
    rows = [row for row in found["truth"] if row["key"] == "epr.position"]
    assert [row["label"] for row in rows] == ["scan_8K", "scan_90K", "scan_250K"]
    for row, shares in zip(rows, SHARES.values(), strict=True):
        mean = sum(x * FIELDS[s] for x, s in zip(shares, "AB", strict=True))
        assert row["truth"] == pytest.approx(effective(shares), rel=1e-12)
        assert abs(row["truth"] - mean) > 5 * row["sigma"]
        assert abs(row["recovered"] - row["truth"]) < 4 * row["sigma"]
        assert row["pull"] == pytest.approx((row["recovered"] - row["truth"]) / row["sigma"])


def test_its_keys_are_known_and_its_version_is_on_record(results):
    found = json.loads((results / "results.json").read_text(encoding="utf-8"))
    assert "STU-002" not in [alert["code"] for alert in found["alerts"]]
    assert found["silent_keys"] == ["epr.area"]
    assert found["versions"]["spectrafit-epr"] == "0.1.0"
    assert {row["technique"] for row in found["results"]} == {"epr"}


def test_its_charts_and_trends_are_in_the_report(results):
    text = (results / "report.html").read_text(encoding="utf-8")
    for stem in ("scan_90K-line", "field-epr.position"):
        assert f'data-stem="{stem}"' in text


def test_its_methods_are_in_the_methods_section(results):
    text = (results / "methods.md").read_text(encoding="utf-8")
    assert "3 simulated scans at T = 8, 90 and 250 K (measurement field) were evaluated" in text
    assert "Each spectrum was described by one Gaussian line over a polynomial" in text
    assert "The area of the line is analytic, over all x." in text
    assert "spectrafit-epr 0.1.0" in text
    assert "Without a sentence" not in text
