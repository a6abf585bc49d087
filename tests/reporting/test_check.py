"""The check of results: alerts by level, waivers, what was not checked, a verdict."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reporting.outcomes import hostile_outcome, synthetic_outcome

from spectrafit.alert import Alert, Level
from spectrafit.reporting.check import check_lines, stands
from spectrafit.reporting.results import results_dict
from spectrafit.strict_json import json_text, json_value


def checked(outcome):
    results = json_value(json_text(results_dict(outcome)))
    return check_lines(results), stands(results)


def clean_outcome():
    base = synthetic_outcome()
    return replace(base, results=base.results[:3], alerts=())


def test_everything_that_a_reader_must_know_is_listed():
    lines, grave = checked(synthetic_outcome())
    assert lines[:2] == [
        "check of feco: [FeCo] dinuclear complex: three states",
        "simulated data: nothing here is a measurement",
    ]
    assert 'A "do not quote": 1' in lines
    assert "  STA-001 1x x3(300 K) is not determined [x3]" in lines
    assert "    measure 1556 cm-1" in lines
    assert 'B "quote with this sentence": none' in lines
    assert 'C "look": 4' in lines
    assert 'G "note": 3' in lines
    assert "waived: 3" in lines
    assert "    reason: relative energies only" in lines
    assert "files refused: 1" in lines
    assert "  raw/300K.dat: 300K.dat:12: 3 columns where 4 are named; repair the line" in lines
    assert "files left out: 1" in lines
    assert "  raw/120K.dat: beam dump at 7130 eV" in lines
    assert "values that are assumed: 1" in lines
    assert "checks not performed: 1" in lines
    assert lines[-1] == (
        "verdict: not clean: 1 of level A and 1 refused file "
        "(alerts: 1 of level A, 4 of level C, 3 of level G; waived: 3)"
    )
    assert grave


def test_what_was_checked_is_counted_with_why_errors_are_missing():
    lines, _ = checked(synthetic_outcome())
    place = lines.index("checked: 1")
    assert lines[place + 1].startswith("  herfd (herfd): files: 3 done, 1 refused, 1 left out; ")
    assert "with an error" in lines[place + 1]
    base = clean_outcome()
    first = base.results[0]
    area, other = first.observables.items[:2]
    bare = replace(first.observables, items=(
        replace(area, sigma=None, sigma_reason="at bound: of 3"),
        replace(other, sigma=None, sigma_reason="at bound: of 4"),
    ), covariance=None, covariance_keys=())  # fmt: skip
    lines, _ = checked(replace(base, results=(replace(first, observables=bare),)))
    assert (
        "  herfd (herfd): files: 1 done; 2 numbers, 0 with an error; without: 2 at bound" in lines
    )
    assert "keys that no state speaks of: 2 (herfd 2)" in lines


def test_levels_come_in_their_order():
    lines, _ = checked(synthetic_outcome())
    heads = [line[0] for line in lines if line[1:3] == ' "']
    assert heads == ["A", "B", "C", "G"]


def test_nothing_stands_against_clean_results():
    lines, grave = checked(clean_outcome())
    assert not grave
    assert lines[-1].startswith("verdict: clean: no alert of level A stands (alerts: 3 of level C")


def test_a_refused_file_alone_stands():
    base = clean_outcome()
    lines, grave = checked(replace(base, results=synthetic_outcome().results[:4]))
    assert grave
    assert "not clean: 1 refused file (" in lines[-1]


@pytest.mark.parametrize("waived", [True, False])
def test_an_alert_of_level_a_stands_unless_it_is_waived(waived):
    grave = Alert("XAS-999", Level.A, "no sign", "measure again", "x")
    reasons = {"XAS-999": "known, see the notebook"} if waived else {}
    lines, found = checked(replace(clean_outcome(), alerts=(grave,), waived=reasons))
    assert found is not waived
    assert ("    reason: known, see the notebook" in lines) is waived


def test_no_text_from_outside_breaks_a_line():
    lines, _ = checked(hostile_outcome())
    for line in lines:
        assert line.isprintable()
        assert "\x1b" not in line
