"""Comparisons are kept in the journal: none is computed twice, each is where anything differs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from line_study import STUDY, installed, line_text, write_study

from spectrafit.fit.journal import Journal
from spectrafit.registry import technique
from spectrafit.reporting.results import results_dict
from spectrafit.strict_json import json_text
from spectrafit.study.load import load_study
from spectrafit.study.outcome import Outcome
from spectrafit.study.run import run_study

# The cheap technique, with a comparison of the areas of two lines.
CHANGES = {
    "    def example(self)": '''\
    comparison_settings = property(lambda self: Margins)

    def compare(self, a, b, ends=(), settings=None):
        """Return the difference of each area to that of b."""
        self.compared.append([one.name for one in a])
        chosen = settings or Margins()
        def area(side):
            return self.observe(side.inputs, side.settings, side.parameters)["epr.area"]
        last = area(b)
        found = [area(one) for one in a]
        if any("refuse" in one.label for one in a):
            raise SpectrafitError("these are never compared")
        return Observables("epr", tuple(
            Observable(
                f"epr.difference.{side.name}.{b.name}.area", "mT", value=one.value - last.value,
                sigma=one.sigma, low=-9.0, high=9.0, level=0.9, verdict="equal within margin",
                conventions={"margin": chosen.margin, "smallest_detectable": 0.1 / 3.0},
                source=one.source, history=one.history,
            )
            for side, one in zip(a, found)
        ))

    def example(self)''',
    '    x_unit: str = "mT"\n': '    x_unit: str = "mT"\n    compared = []\n',
    "\n\n@dataclass(frozen=True)\nclass Epr:": '''


@dataclass(frozen=True)
class Margins:
    """Margins of a comparison."""

    margin: float = field(default=1.0, metadata={"meaning": "of the area", "unit": "mT"})


@dataclass(frozen=True)
class Epr:''',
    "from dataclasses import dataclass\n": "from dataclasses import dataclass, field\n",
}
COMPARISON = """
[[comparison]]
name = "two lines"
measurement = "field"
a = { T = 9 }
b = { T = 8 }
settings = { margin = 0.5 }

[[comparison]]
name = "series"
measurement = "field"
along = "T"
b = { T = 8 }
"""


@pytest.fixture(scope="module", autouse=True)
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Hold the technique installed; give the folder it is in."""
    with installed(tmp_path_factory.mktemp("plugin"), CHANGES) as site:
        yield site


@pytest.fixture
def study(tmp_path: Path) -> Path:
    texts = {f"s_{T}K.dat": line_text(seed=T) for T in (8, 9, 10)}
    return write_study(tmp_path, texts, STUDY + COMPARISON)


@pytest.fixture
def compared() -> list[list[str]]:
    """Return what is compared from now on: the names of the spectra of each comparison."""
    calls: list[list[str]] = technique("epr").compared  # type: ignore[attr-defined]
    calls.clear()
    return calls


def run(path: Path, *, fresh: bool = False) -> Outcome:
    journal = Journal(path.parent / "out" / "journal", fresh=fresh)
    return run_study(load_study(path), journal=journal)


def said(outcome: Outcome) -> str:
    return json_text(results_dict(outcome, folder=Path()))


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_second_run_compares_nothing_and_says_the_same(
    study: Path, compared: list[list[str]]
) -> None:
    first = run(study)
    assert compared == [["9K"], ["9K", "10K"]]
    second = run(study)
    assert len(compared) == 2
    assert str(first.reuse).endswith("; 0 of 2 comparisons as before")
    assert str(second.reuse).endswith("0 computed; 2 of 2 comparisons as before")
    assert second.reuse.digest == first.reuse.digest
    assert said(second) == said(first) == said(run_study(load_study(study)))
    assert len(compared) == 4  # without a journal everything is compared
    run(study, fresh=True)
    assert len(compared) == 6


CHANGED: dict[str, tuple[Callable[[Path], None], list[list[str]]]] = {
    "a margin": (
        lambda study: edited(study, "margin = 0.5", "margin = 0.6"),
        [["9K"]],
    ),
    "a scan of one comparison": (
        lambda study: edited(study.parent / "raw" / "s_10K.dat", "# SIM", "#  SIM"),
        [["9K", "10K"]],
    ),
    "a scan of both": (
        lambda study: edited(study.parent / "raw" / "s_8K.dat", "# SIM", "#  SIM"),
        [["9K"], ["9K", "10K"]],
    ),
    "a setting of the fit": (
        lambda study: edited(
            study, "[measurement.conditions]", "settings = { degree = 2 }\n[measurement.conditions]"
        ),
        [["9K"], ["9K", "10K"]],
    ),
    "a parameter of the fit": (
        lambda study: edited(
            study,
            "[measurement.conditions]",
            'parameters = { "line.fwhm" = { start = 3.9 } }\n[measurement.conditions]',
        ),
        [["9K"], ["9K", "10K"]],
    ),
    "a further scan of the series": (
        lambda study: (
            study.parent.joinpath("raw", "s_11K.dat").write_text(
                line_text(seed=3), encoding="utf-8"
            )
            and None
        ),
        [["9K", "10K", "11K"]],
    ),
    "which is held against which": (
        lambda study: edited(study, "a = { T = 9 }\nb = { T = 8 }", "a = { T = 8 }\nb = { T = 9 }"),
        [["8K"]],
    ),
    "end members": (
        lambda study: edited(study, "a = { T = 9 }", "a = { T = 9 }\nends = [{T = 8}, {T = 10}]"),
        [["9K"]],
    ),
    "its name alone": (lambda study: edited(study, '"two lines"', '"a pair"'), []),
}


@pytest.mark.parametrize("change", CHANGED)
def test_what_depends_on_a_change_is_compared_again_and_nothing_else(
    change: str, study: Path, compared: list[list[str]]
) -> None:
    run(study)
    compared.clear()
    edit, expected = CHANGED[change]
    edit(study)
    found = run(study)
    assert compared == expected
    assert said(found) == said(run_study(load_study(study)))


def test_a_changed_technique_compares_again(
    study: Path, compared: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(study)
    compared.clear()
    monkeypatch.setattr(
        "spectrafit.study.code_version.environment_versions", lambda _: (("numpy", "9.9"),)
    )
    run(study)
    assert len(compared) == 2


def test_a_refused_comparison_is_tried_again(study: Path, compared: list[list[str]]) -> None:
    edited(study, 'name = "field"', 'name = "refuse"')
    text = study.read_text(encoding="utf-8").replace(
        'measurement = "field"', 'measurement = "refuse"'
    )
    study.write_text(text, encoding="utf-8")
    for _ in range(2):
        outcome = run(study)
        assert [one.status for one in outcome.comparisons] == ["refused"] * 2
        assert outcome.reuse.comparisons == 0
    assert len(compared) == 4


def test_a_damaged_entry_is_computed_again(study: Path, compared: list[list[str]]) -> None:
    first = run(study)
    for file in (study.parent / "out" / "journal").glob("*.jsonl"):
        file.write_bytes(file.read_bytes().replace(b'"smallest_detectable"', b'"smallest"'))
    compared.clear()
    again = run(study)
    assert len(compared) == 2
    assert any("checksum" in fault for fault in again.reuse.faults)
    assert said(again) == said(first)


def test_observables_without_an_exact_form_are_compared_each_time(
    study: Path, compared: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    module = sys.modules["spectrafit_epr.technique"]
    real: Any = module.Epr.compare  # type: ignore[attr-defined]

    def odd(*given: Any) -> Any:
        found = real(*given)
        items = tuple(replace(one, conventions={"odd": object()}) for one in found.items)
        return replace(found, items=items)

    monkeypatch.setattr(module.Epr, "compare", odd)  # type: ignore[attr-defined]
    run(study)
    outcome = run(study)
    assert len(compared) == 4
    assert "comparisons of epr cannot be kept" in outcome.reuse.faults[0]
