"""A third party's technique takes part in the joint fit of a study; the core stays as it is."""

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

pytestmark = pytest.mark.xdist_group("plugin-states")

# What the plugin's author changes. The rule is curved in the populations, takes single numbers only
# (math.fsum and a condition on the temperature), and needs a number of its own. The field scale is
# an error that all spectra share.
RULE = '''
def effective_field(x, members, nuisances, temperature):
    """Return the field of the mean square g, moved by an internal field that goes as 1/T."""
    if temperature < 1.0:
        raise ValueError("no rule below 1 K")
    square = math.fsum(share / members[state] ** 2 for state, share in x.items() if share > 0.0)
    return 1.0 / math.sqrt(square) + nuisances["internal_mT_K"] / temperature


@dataclass(frozen=True)
class Epr:'''
SCALE = """            value, sigma, reason = result.propagate(quantity)
            told = {"shape": "Gaussian", "area": "analytic, over all x"}
            budget = {}
            if key == "epr.position" and sigma is not None:
                budget = {"fit": sigma, "field": SCALE_MT}
                sigma = math.hypot(sigma, SCALE_MT)
                told["common"] = "field"
"""
CHANGES = {
    "\n@dataclass(frozen=True)\nclass Epr:": RULE,
    "import numpy as np": "import math\n\nimport numpy as np",
    'LINE = Gaussian("line")': 'LINE = Gaussian("line")\nSCALE_MT = 0.02',
    '"centre of the line", additive=False)': '"centre of the line", mix=effective_field)',
    "            value, sigma, reason = result.propagate(quantity)\n": SCALE,
    'conventions={"shape": "Gaussian", "area": "analytic, over all x"},': (
        "conventions=told,\n                    budget=budget,"
    ),
}

FIELDS = {"A": 331.0, "B": 341.0}
CHI_T = {"A": 0.4, "B": 3.0}
INTERNAL, H, S = 4.0, 8000.0, 60.0
REPORTED = (60.0, 130.0, 220.0)

STUDY = """
[study]
name = "two states"

[[measurement]]
name = "field"
technique = "epr"
files = ["raw/*.dat"]

[measurement.conditions]
T = {{ pattern = "_{{}}K", unit = "K" }}

{typed}
[state.A]
[state.B]

[[step]]
name = "AB"
lower = "A"
upper = "B"

[joint]
keys = ["epr.position", "magnetism.chiT"]
report_T = [60, 130, 220]
replicas = 19
starts = 3

[joint.parameters]
H.AB = {{ value = 7000, min = 1000, max = 20000 }}
S.AB = {{ value = 50, min = 5, max = 150 }}
magnetism.chiT.A = {{ value = 0.4, sigma = 0.02, source = "assumed: a test" }}
magnetism.chiT.B = {{ value = 3.0, sigma = 0.02, source = "assumed: a test" }}
{nuisance}
[report]
figures = "none"
"""
NUISANCE = 'internal_mT_K = { value = 3.5, sigma = 1.0, source = "assumed: a test" }'

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


def share(T):
    return 1.0 / (1.0 + math.exp((H - T * S) / (8.314462618 * T)))


def field(T):
    x = {"A": 1.0 - share(T), "B": share(T)}
    return sum(x[s] / FIELDS[s] ** 2 for s in x) ** -0.5 + INTERNAL / T


def typed():
    rows = []
    for place, T in enumerate((50, 90, 120, 150, 180, 230)):
        value = (1 - share(T)) * CHI_T["A"] + share(T) * CHI_T["B"]
        value += 0.05 * (-1) ** place * (0.5 + 0.1 * place)
        rows.append(
            f'[[typed]]\nkey = "magnetism.chiT"\nT = {T}\nvalue = {value:.4f}\nsigma = 0.05\n'
            'unit = "cm3 K mol-1"\nsource = "assumed: a test"\n'
        )
    return "\n".join(rows)


def digests():
    folder = Path(spectrafit.__file__).parent
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.py")}


def run(words, site, folder):
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=environment(site) | {"PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def run_study(site, folder):
    return run(["-m", "spectrafit.cli", "run", "study.toml", "--jobs", "1"], site, folder)


def assignment(site, folder, name, nuisance):
    text = STUDY.format(typed=typed(), nuisance=nuisance).replace("two states", name)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    done = run_study(site, folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    results = (folder / f"{name}-results" / "results.json").read_text(encoding="utf-8")
    return json.loads(results)["assignment"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("third-party-states")
    return install(write_project(folder, CHANGES), folder / "site")


@pytest.fixture(scope="module")
def folder(site, tmp_path_factory):
    """Return a folder with the plugin's raw files."""
    folder = tmp_path_factory.mktemp("states-of-a-plugin")
    fields = {T: field(T) for T in range(40, 260, 20)}
    done = run(["-c", SIMULATE, json.dumps(fields)], site, folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def found(site, folder):
    before = digests()
    found = assignment(site, folder, "two states", NUISANCE)
    assert digests() == before
    return found


def numbers_of(found):
    (story,) = found["stories"]
    return {one["name"]: one for one in story["parameters"]}


def test_its_pure_states_and_its_own_number_are_recovered(found):
    numbers = numbers_of(found)
    true = {
        "epr.position.A": FIELDS["A"], "epr.position.B": FIELDS["B"], "internal_mT_K": INTERNAL,
        "H.AB": H, "S.AB": S,
    }  # fmt: skip
    for name, value in true.items():
        assert abs(numbers[name]["value"] - value) < 3 * numbers[name]["sigma"], name
    # its data determine the number that its rule alone knows
    assert numbers["internal_mT_K"]["sigma"] < 0.5
    # the error that all spectra share stays in the pure states, although the fits know them better
    assert numbers["field: field"]["sigma"] == pytest.approx(1.0, abs=0.05)
    for state in "AB":
        assert numbers[f"epr.position.{state}"]["sigma"] > 0.019


def test_the_populations_rest_on_its_rule_and_not_on_a_weighted_mean(found):
    rows = {(row["state"], row["T"]): row for row in found["populations"]}
    for T in REPORTED:
        row = rows["B", T]
        assert abs(row["value"] - share(T)) < 3 * row["sigma"]
    x = share(130.0)
    mean = (1 - x) * FIELDS["A"] + x * FIELDS["B"] + INTERNAL / 130.0
    by_mean = x + (field(130.0) - mean) / (FIELDS["B"] - FIELDS["A"])
    assert abs(by_mean - x) > 5 * rows["B", 130.0]["sigma"]


def test_without_its_data_the_populations_are_known_less(found):
    (row,) = (one for one in found["left_out"] if one["technique"] == "epr")
    assert row["count"] == len(range(40, 260, 20))
    whole = {(one["state"], one["T"]): one["sigma"] for one in found["populations"]}
    for state, T, sigma, _ in row["sigma_without"]:
        assert sigma > 10 * whole[state, T]
    assert row["verdict"] == "shape predicted"


def test_its_key_is_named_wherever_populations_meet_it(found):
    assert {row["technique"] for row in found["left_out"]} == {"epr", "magnetism"}
    of_key = [row for row in found["predictions"] if row["key"] == "epr.position"]
    assert {row["left_out"] for row in of_key} == {True, False}
    assert "epr.position" in {row["key"] for row in found["candidates"]}
    assert any("epr.position of A" in row["text"] for row in found["weak"])
    # with all data the axis is free already, so that it is not asked for again with fewer
    assert [(row["left_out"], row["verdict"]) for row in found["axis"]] == [
        ("", "known up to a n + b x")
    ]
    assert found["silent"] == ["epr.area"]
    regimes = {key for key, *_ in found["rate"]["regimes"]}
    assert "epr.position" in regimes


def test_a_pure_state_that_is_typed_anchors_the_populations(site, folder):
    """Fixed pure states of its key are what the populations are said to rest on."""
    fixed = "".join(
        f"\nepr.position.{s} = {{ value = {B}, fixed = true, source = 'assumed: a test' }}"
        for s, B in FIELDS.items()
    )
    found = assignment(site, folder, "anchored", NUISANCE + fixed)
    texts = [text for row in found["populations"] for text in row["anchored_by"]]
    assert any("epr.position" in text for text in texts)


def test_a_rule_that_fails_is_told_with_its_key(site, folder):
    """Its rule asks for a number that the study does not give."""
    found = assignment(site, folder, "fails", "")
    (story,) = found["stories"]
    assert story["verdict"] == "not fitted"
    told = "epr.position: the mixing rule failed: KeyError: 'internal_mT_K'"
    assert told in found["text"]
    assert told in (folder / "fails-results" / "report.md").read_text(encoding="utf-8")
    assert found["populations"] == []
