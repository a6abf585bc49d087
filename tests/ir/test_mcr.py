"""Curve resolution on request, and what it leaves open."""

from __future__ import annotations

import builtins
import math

import numpy as np
import pytest
from species_case import NOISE, ROWS, WIDE, T, end_members, noisy, two_species

from spectrafit.errors import SettingsError
from spectrafit_ir.species.mcr import AMBIGUOUS, resolved_mixture, share_range

EVERY_FOURTH = slice(None, None, 4)
X = WIDE[EVERY_FOURTH]


def pure_at_the_ends():
    return noisy(two_species(30, last=1.0), 1)[:, EVERY_FOURTH]


def test_pure_end_rows_give_the_species_and_their_shares(capfd):
    pytest.importorskip("pymcr")
    found = resolved_mixture(X, pure_at_the_ends(), NOISE, T)
    # the library reports on the screen how it ended
    assert capfd.readouterr().out == ""
    f = np.linspace(0, 1, ROWS)
    np.testing.assert_allclose(found.shares[:, 1], f, atol=0.01)
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0)
    for spectrum, truth in zip(found.spectra, end_members(30), strict=True):
        np.testing.assert_allclose(spectrum, truth[EVERY_FOURTH], atol=0.006)
    assert found.rms == pytest.approx(NOISE, rel=0.05)
    assert found.converged
    assert found.guesses == (T[0], T[-1])


def test_mixed_end_rows_are_taken_for_pure_and_the_result_says_so():
    pytest.importorskip("pymcr")
    one, other = end_members(30)
    f = np.linspace(0.15, 0.8, ROWS)
    Y = noisy(np.outer(1 - f, one) + np.outer(f, other), 2)[:, EVERY_FOURTH]
    found = resolved_mixture(X, Y, NOISE, T)
    assert found.shares[0, 1] == pytest.approx(0.0, abs=0.02)
    assert found.rms == pytest.approx(NOISE, rel=0.05)
    assert found.statement == AMBIGUOUS
    assert "rotation" in AMBIGUOUS
    assert found.allowed is not None
    # the truth lies in the range that is left open, though not in the answer
    assert (found.allowed.low - 0.005 <= f).all()
    assert (f <= found.allowed.high + 0.005).all()
    assert found.allowed.high[0] > 0.15


def test_rows_may_come_in_any_order():
    pytest.importorskip("pymcr")
    Y = pure_at_the_ends()
    straight = resolved_mixture(X, Y, NOISE, T)
    turned = resolved_mixture(X, Y[::-1], NOISE, T[::-1])
    np.testing.assert_allclose(straight.shares, turned.shares, atol=1e-12)


def test_spectra_that_reach_zero_leave_little_open():
    pure = share_range(WIDE, two_species(71, last=1.0), np.full(ROWS, 1e-6))
    mixed = share_range(WIDE, two_species(71, last=0.5), np.full(ROWS, 1e-6))
    assert mixed.after > pure.after
    # beyond the hottest row of a half-changed series lies another half
    assert mixed.after >= 1.0
    assert (mixed.low <= mixed.high).all()


def test_spectra_that_never_reach_zero_leave_everything_open():
    x = np.arange(10.0)
    Y = 1e3 + np.outer(np.linspace(0, 1, 5), np.linspace(-1, 1, 10))
    found = share_range(x, Y, np.full(5, 1e-3))
    assert math.isinf(found.before)
    assert math.isinf(found.after)
    assert (found.low == 0).all()
    assert (found.high == 1).all()


@pytest.mark.parametrize("guesses", [(1.0, 2.0), (105.0, 105.0), (105.0,)])
def test_a_guess_that_is_no_row_is_refused(guesses):
    with pytest.raises(SettingsError):
        resolved_mixture(WIDE, two_species(30), NOISE, T, guesses=guesses)


def test_without_the_library_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def absent(name, *rest, **more):
        if name.startswith("pymcr"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(SettingsError, match="extra mcr"):
        resolved_mixture(WIDE, two_species(30), NOISE, T)
