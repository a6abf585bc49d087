"""A hundred fits that ought to fail: each error is right, or it is a named reason."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pathological_case import KINDS, Random, faults, no_effect, product, two_constants

from spectrafit.errors import SpectrafitError
from spectrafit.fit import Flag, Problem, fit


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_no_bad_error_is_unflagged(kind: Callable[[Random], Problem]) -> None:
    refusals: list[SpectrafitError] = []
    for seed in range(7):
        problem = kind(np.random.default_rng(seed))
        try:
            result = fit(problem, max_evaluations=150)
        except SpectrafitError as error:
            refusals.append(error)
            continue
        assert faults(problem, result) == [], (seed, result.flags, result.reasons)
        if result.flags == (Flag.CONVERGED,):
            assert not {r for r in result.reasons if r not in ("", "fixed")}
    assert all(refusal.do for refusal in refusals)
    assert len(refusals) < 7


@pytest.mark.parametrize("kind", [two_constants, no_effect, product])
def test_what_cannot_be_determined_has_no_error(kind: Callable[[Random], Problem]) -> None:
    for seed in range(8):
        result = fit(kind(np.random.default_rng(seed)), max_evaluations=150)
        assert any(why not in ("", "fixed") for why in result.reasons), (seed, result.flags)
        assert result.flags != (Flag.CONVERGED,)
