"""Whether all spectra cross in one point, and what may be claimed from it."""

from __future__ import annotations

import numpy as np
import pytest
from species_case import NARROW, NOISE, ROWS, WIDE, band, crossing, noisy, one_species, two_species

from spectrafit.errors import SettingsError
from spectrafit_ir.species.isosbestic import isosbestic_test
from spectrafit_ir.species.rank import species_rank
from spectrafit_ir.species.species_verdict import SpeciesVerdict, species_verdict

DRAWS = 199


def verdict_of(x, Y, **asked) -> SpeciesVerdict:
    return species_verdict(
        species_rank(x, Y, NOISE), isosbestic_test(x, Y, NOISE, draws=DRAWS, **asked)
    )


@pytest.mark.parametrize(("apart", "within"), [(15, 0.2), (30, 0.3), (71, 1.5)])
def test_two_species_cross_where_the_end_members_do(apart, within):
    claimed = []
    for seed in range(6):
        Y = noisy(two_species(apart), seed)
        (point,) = isosbestic_test(WIDE, Y, NOISE, draws=DRAWS).points
        assert point.position == pytest.approx(crossing(apart), abs=within)
        assert 0.3 < point.chi2_red < 1.7
        claimed.append(verdict_of(WIDE, Y).two_species)
    # one in a hundred fails by the level of the test
    assert sum(claimed) >= 5


def test_a_band_that_moves_makes_no_claim():
    Y = noisy(one_species(3), 1)
    verdict = verdict_of(NARROW, Y)
    assert verdict.word == "shift"
    assert not verdict.two_species
    assert "no species is claimed" in verdict.sentence
    found = isosbestic_test(NARROW, Y, NOISE, draws=DRAWS)
    assert not any(one.statistical for one in found.points)


def test_a_small_shift_crosses_within_the_errors_and_still_makes_no_claim():
    Y = noisy(one_species(1), 1)
    assert isosbestic_test(NARROW, Y, NOISE, draws=DRAWS).all_hold
    assert verdict_of(NARROW, Y).word == "shift"


def test_a_point_may_be_isosbestic_by_eye_and_not_within_the_errors():
    # a little of a third species, far below what the eye sees at the crossing
    f = np.linspace(0, 0.9, ROWS)
    Y = two_species(15) + 0.006 * np.outer(f * (1 - f), band(WIDE, 1493, 10, 1))
    rng = np.random.default_rng(1)
    quiet = 5e-5
    found = isosbestic_test(WIDE, Y + rng.normal(0, quiet, Y.shape), quiet, draws=DRAWS)
    (point,) = found.points
    assert point.visual
    assert not point.statistical
    assert "by eye, but not within the errors" in point.sentence
    # an error of the baseline of that size takes the contradiction away
    mended = isosbestic_test(
        WIDE, Y + rng.normal(0, quiet, Y.shape), quiet, baseline_sigma=1e-3, draws=DRAWS
    )
    assert mended.points[0].statistical


def test_offsets_of_the_baseline_spoil_a_crossing_that_does_not_allow_for_them():
    rng = np.random.default_rng(8)
    Y = noisy(two_species(30), 2) + rng.normal(0, 2e-3, (ROWS, 1))
    assert not isosbestic_test(WIDE, Y, NOISE, draws=DRAWS).all_hold
    assert isosbestic_test(WIDE, Y, NOISE, baseline_sigma=2e-3, draws=DRAWS).all_hold


def test_p_is_even_for_series_that_cross_its_search_in_it():
    p = [
        one.p
        for seed in range(60)
        for one in isosbestic_test(WIDE, noisy(two_species(30), seed), NOISE, draws=DRAWS).points
    ]
    assert len(p) == 60
    assert np.mean(p) == pytest.approx(0.5, abs=0.12)
    assert 0.02 < np.mean(np.array(p) < 0.2) < 0.4


def test_p_is_even_for_smoothed_spectra_whose_correlation_is_given():
    rng = np.random.default_rng(9)
    lag1, rows = 0.7, two_species(30)
    p = []
    for _ in range(60):
        noise = rng.standard_normal(rows.shape)
        for j in range(1, WIDE.size):
            noise[:, j] = lag1 * noise[:, j - 1] + np.sqrt(1 - lag1**2) * noise[:, j]
        found = isosbestic_test(WIDE, rows + NOISE * noise, NOISE, lag1=lag1, draws=DRAWS)
        p += [one.p for one in found.points]
    assert len(p) >= 60
    assert np.mean(p) == pytest.approx(0.5, abs=0.12)


def test_a_static_band_between_two_that_change_is_no_crossing():
    x = np.arange(1300.0, 1700.0)

    def gaussian(center: float, height: float):
        return height * np.exp(-4 * np.log(2) * ((x - center) / 14) ** 2)

    f = np.linspace(0, 0.9, ROWS)
    Y = (
        np.outer(1 - f, gaussian(1400, 0.3))
        + np.outer(f, gaussian(1600, 0.25))
        + gaussian(1500, 0.2)
    )
    Y = noisy(Y, 1)
    found = isosbestic_test(x, Y, NOISE, draws=DRAWS)
    assert not found.points
    assert "do not cross" in found.reason
    assert verdict_of(x, Y).word == "not_decided"


def test_equal_spectra_have_no_crossing():
    found = isosbestic_test(NARROW, noisy(one_species(), 1), NOISE, draws=DRAWS)
    assert not found.points
    assert "do not differ" in found.reason
    assert not found.all_hold
    assert verdict_of(NARROW, noisy(one_species(), 1)).word == "one_species"


def test_draws_of_one_seed_are_the_same():
    Y = noisy(two_species(30), 5)
    one, other = (isosbestic_test(WIDE, Y, NOISE, draws=DRAWS, seed=3) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    "bad", [{"level": 0.0}, {"tolerance": 0.0}, {"draws": 50}, {"baseline_sigma": -1.0}]
)
def test_impossible_settings_are_refused(bad):
    with pytest.raises(SettingsError):
        isosbestic_test(WIDE, two_species(30), NOISE, **bad)


def test_two_rows_always_cross_and_are_refused():
    with pytest.raises(SettingsError, match="two always cross"):
        isosbestic_test(WIDE, two_species(30)[:2], NOISE)
