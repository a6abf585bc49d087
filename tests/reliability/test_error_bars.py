"""Every error bar is a number or a named reason, on every engine and through every technique."""

from __future__ import annotations

import numpy as np
import pytest
from reliability.error_bars import fitted, joint_fits, looked_at_otherwise, through_techniques
from reliability.pathological_data import NAMES, given
from reliability.pathological_fits import Found, told
from reliability.spoilt_recordings import CASES

from spectrafit.errors import FitError
from spectrafit.fit.compiled.engine import is_installed

pytestmark = pytest.mark.xdist_group("compiled")

COMPILED = ("compiled",) if is_installed() else ()
QUICK = ("composition", "ir", "magnetism", "mossbauer", "pyro")


def test_300_pathological_fits_are_sound_or_flagged() -> None:
    found = fitted(range(300), ("scipy", *COMPILED))
    assert found.faults == []
    assert found.looked_at["scipy"] == 300
    assert 0 < found.refused["scipy"] < 100
    assert 0 < found.trusted["scipy"] < 150


def test_the_other_engines_say_the_same() -> None:
    found = fitted(range(300, 300 + len(NAMES)), ("scipy", "lmfit", "batch"))
    assert found.faults == []
    assert found.verdicts["same"] > len(NAMES)


def test_counts_intervals_and_ensembles_hold_it_too() -> None:
    assert looked_at_otherwise(range(len(NAMES)), ("counts",)).faults == []
    quick = [n for n in range(2 * len(NAMES)) if n % len(NAMES) in (1, 9, 11, 13, 16)]
    assert looked_at_otherwise(quick, ("profile", "ensemble")).faults == []


def test_spoilt_examples_are_refused_or_flagged() -> None:
    found = through_techniques([each for each in CASES if each[0] in QUICK][::2])
    assert found.faults == []


def test_joint_fits_of_states_are_refused_or_sound() -> None:
    found = joint_fits()
    assert found.faults == []
    assert 4 < found.refused["joint fit"] < found.looked_at["joint fit"] - 8


def test_a_number_is_always_the_same_fit() -> None:
    for number in (3, 14, 27):
        assert np.array_equal(given(number)[1].y, given(number)[1].y)
    assert given(0)[0] != given(1)[0]


def test_what_breaks_the_promise_is_told() -> None:
    def warns() -> tuple[None, list[str]]:
        np.array([1e300]) * 1e300
        return None, []

    def breaks() -> tuple[None, list[str]]:
        raise ValueError("broken")

    def refuses() -> tuple[None, list[str]]:
        raise FitError("no")

    assert told(warns).faults[0].startswith("warning: RuntimeWarning")
    assert told(breaks) == Found(None, "", ("ValueError: broken",))
    assert told(refuses).faults == ("refused without what to do: no",)
