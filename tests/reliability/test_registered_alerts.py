"""The registry of alerts: stable codes, each raised by a test, each with what to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reliability import registered_alerts
from reliability.pathological_data import given
from reliability.pathological_fits import found_by
from reliability.raised_alerts import not_raised, raised_so_far, register
from reliability.registered_alerts import (
    alike,
    declared,
    raised_undeclared,
    unjudged,
    unregistered,
    without_advice,
    without_test,
)

from spectrafit.alert import Alert, AlertSpec, Level
from spectrafit.fit import ParameterChange, Problem, fit
from spectrafit.lines import Gaussian, Polynomial
from spectrafit.spectrum import Spectrum
from spectrafit.study.toml_text import text_of
from spectrafit.table import ColumnsReader
from spectrafit_xas import xanes
from spectrafit_xas.settings import XanesSettings
from spectrafit_xas.simulate import XanesSimulation, simulated_scan


def test_codes_and_levels_are_those_of_the_register() -> None:
    assert unregistered() == []


def test_every_code_has_a_test_that_exists() -> None:
    assert {each.code for each in register()} == set(declared())
    assert without_test() == []


def test_alerts_are_made_from_their_declarations_alone() -> None:
    assert raised_undeclared() == []


def test_codes_that_read_alike_have_a_reason() -> None:
    assert unjudged() == []
    assert 5 < len(alike()) < 40


def test_a_and_b_say_what_to_do_and_b_what_to_quote() -> None:
    assert without_advice() == []


def test_fits_raise_their_alerts() -> None:
    """Fits that are at a bound, at the limit, singular, stuck, off, lost, or without an error."""
    told: set[str] = set()
    for engine, number in (
        ("scipy", 10), ("scipy", 12), ("scipy", 1), ("lmfit", 54), ("scipy", 0), ("scipy", 2),
        ("lmfit", 2),
    ):  # fmt: skip
        result = found_by(engine, given(number)[1]).result
        assert result is not None
        told |= {alert.code for alert in result.alerts()}
    x = np.linspace(-5.0, 5.0, 101)
    model = Gaussian("p") + Polynomial(1, "base")
    tie = {"p.height": ParameterChange(equals="base.c0 - base.c1", min=0.0)}
    start = {"base.c0": 2.0}
    told |= {
        a.code for a in fit(Problem(Spectrum(x, x), model, start=start, parameters=tie)).alerts()
    }
    assert told >= {f"FIT-00{n}" for n in range(1, 9)}


def test_a_study_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text("[study]\n", encoding="utf-16")
    assert [alert.code for alert in text_of(path)[1]] == ["STU-001"]


def test_a_header_of_another_element_is_told() -> None:
    scan = ColumnsReader().recording(
        b"# Element: Co\n" + simulated_scan(XanesSimulation(), 1, herfd=False).encode(),
        Path("a.dat"),
    )
    settings = XanesSettings(peaks=1, element="Fe", method_spread=False)
    found = xanes.observe({"sample": scan}, settings)
    (told,) = [alert for alert in found.alerts if alert.code == "XAS-168"]
    assert "states another element (Co)" in told.do


def test_a_changed_level_a_dropped_code_and_a_sentence_that_asks_are_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = declared()
    first, second = list(kept)[:2]
    spec = AlertSpec(first, Level.A, "text", "")
    asks = AlertSpec("NEW-001", Level.B, "text", "Give more data")
    monkeypatch.setattr(
        registered_alerts,
        "declared",
        lambda: {**kept, first: spec, "NEW-001": asks} | {second: asks},
    )
    found = " ".join(unregistered())
    assert f"{first}: registered as C, declared as A" in found
    assert "NEW-001: registered as nothing, declared as B" in found
    assert [line.partition(":")[0] for line in without_advice()].count("NEW-001") >= 1
    assert f"{first}: nothing to do" in without_advice()


def test_an_alert_that_a_test_makes_itself_is_no_evidence() -> None:
    before = raised_so_far()
    spec = AlertSpec("XYZ-999", Level.G, "text")
    assert spec.alert() == Alert("XYZ-999", Level.G, "text")
    assert raised_so_far() == before
    assert not_raised("tests/no_such_test.py::test_x") == frozenset()
