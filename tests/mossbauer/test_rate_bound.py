"""The one-sided bound on the hopping rate: what it rests on and where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hopping_case import SIMULATION, STATES, hopping_spectrum

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.rate_bound import UNINFORMED, rate_bound
from spectrafit_mossbauer.two_states import HoppingState, TwoStates
from spectrafit_mossbauer.width_asymmetry import (
    OTHER_CAUSES,
    WidthAsymmetry,
    quick_bound,
    width_asymmetry,
)

ONE_SIDED = 1.6448536


@pytest.mark.parametrize(
    ("p2", "bounds"), [(0.5, (2.2e9, 1.3e9, 6.7e8)), (0.7, (1.9e9, 1.1e9, 5.6e8))]
)
def test_the_quick_formula_has_the_values_of_its_table(
    p2: float, bounds: tuple[float, ...]
) -> None:
    """For dv 1.35 and 0 mm/s, which the table is for."""
    states = TwoStates(HoppingState(0.5, 1.0), HoppingState(1.175, 2.35))
    assert states.distances == pytest.approx((0.0, 1.35))
    for most, bound in zip((0.03, 0.05, 0.10), bounds, strict=True):
        widths = WidthAsymmetry(0.28, 0.28, most - ONE_SIDED * 0.01, 0.01, 1.0, 0.01)
        found, reason = quick_bound(widths, states, p2)
        assert found == pytest.approx(bound, rel=0.03)
        assert reason == ""


def test_the_quick_formula_has_a_reason_where_it_has_no_value() -> None:
    opposite = WidthAsymmetry(0.30, 0.28, -0.02, 0.005, 1.0, 0.01)
    assert "narrower" in quick_bound(opposite, STATES, 0.5)[1]
    blind = WidthAsymmetry(0.28, 0.28, 0.0, None, 1.0, None)
    assert "standard error" in quick_bound(blind, STATES, 0.5)[1]
    assert "empty" in quick_bound(opposite, STATES, 1.0)[1]


def test_a_bound_lies_below_a_rate_that_is_seen_and_near_the_formula() -> None:
    found = rate_bound(hopping_spectrum(3e9, 1), STATES)
    assert found.along is not None
    assert found.k_ex_min is not None
    assert found.quick is not None
    assert 0.5 * 3e9 < found.k_ex_min < 3e9
    assert found.k_ex_min == pytest.approx(found.quick, rel=0.15)
    assert found.fast_excluded
    assert found.widths.seen
    assert any("paramagnetic" in caution for caution in found.cautions)
    assert "(0.5, 1) mm/s and (1.1, 2.5) mm/s, p2 = 0.5" in found.sentence


def test_far_in_the_fast_limit_there_is_a_bound_and_nothing_is_seen() -> None:
    found = rate_bound(hopping_spectrum(1e12, 2), STATES)
    assert found.k_ex_min is not None
    assert 5e9 < found.k_ex_min < 1e12
    assert not found.fast_excluded
    assert found.cautions == ()
    assert found.p_value is not None
    assert found.p_value > 1e-3


def test_the_bound_does_not_lie_on_the_places_looked_at() -> None:
    spectrum = hopping_spectrum(3e8, 4)
    coarse = rate_bound(spectrum, STATES, places=np.linspace(5.0, 13.0, 17))
    fine = rate_bound(spectrum, STATES, places=np.linspace(6.1, 12.9, 60))
    assert coarse.k_ex_min == pytest.approx(fine.k_ex_min, rel=1e-4)


def test_a_population_in_its_range_gives_no_higher_bound_than_a_known_one() -> None:
    spectrum = hopping_spectrum(3e9, 5)
    tied = rate_bound(spectrum, STATES)
    free = rate_bound(spectrum, replace(STATES, p2=(0.0, 1.0)))
    assert free.k_ex_min is not None
    assert tied.k_ex_min is not None
    assert free.best is not None
    assert free.best.p2 == pytest.approx(0.5, abs=0.01)
    assert free.k_ex_min < 1.05 * tied.k_ex_min
    assert free.k_ex_min == pytest.approx(tied.k_ex_min, rel=0.1)


def test_differences_alone_do_with_a_narrow_population() -> None:
    spectrum = hopping_spectrum(3e9, 5)
    moved = TwoStates(HoppingState(0.3, 0.8), HoppingState(0.9, 2.3), (0.5, 0.5), differences=True)
    found, known = rate_bound(spectrum, moved), rate_bound(spectrum, STATES)
    assert known.k_ex_min is not None
    assert found.k_ex_min == pytest.approx(known.k_ex_min, rel=0.1)
    with pytest.raises(SettingsError, match="population reaches 0 or 1"):
        replace(moved, p2=(0.0, 1.0))


def test_states_that_do_not_move_the_lines_tell_no_rate() -> None:
    alike = TwoStates(HoppingState(0.80, 1.75), HoppingState(0.815, 1.76))
    assert alike.distances == pytest.approx((0.01, 0.02))
    found = rate_bound(hopping_spectrum(1e12, 3), alike)
    assert found.k_ex_min is None
    assert found.reason.startswith(UNINFORMED)
    assert found.along is None
    assert "no bound" in found.sentence


def test_the_orientation_decides_which_line_is_broad_and_must_be_declared() -> None:
    with pytest.raises(SettingsError, match="orientation"):
        rate_bound(hopping_spectrum(3e9, 1, orientation=None), STATES)
    mirrored = rate_bound(hopping_spectrum(3e9, 1, orientation=-1), STATES)
    assert mirrored.k_ex_min is not None
    assert 0.5 * 3e9 < mirrored.k_ex_min < 3e9
    assert mirrored.widths.difference > 0.0


def test_unequal_areas_are_told_to_be_texture_perhaps() -> None:
    found = rate_bound(hopping_spectrum(1e12, 6, texture=0.2), STATES)
    assert found.best is not None
    assert not found.best.texture_excluded
    assert found.best.ratio == pytest.approx(1.2, abs=0.04)
    assert any("texture is not excluded" in caution for caution in found.cautions)


def test_opposite_signs_move_the_lines_otherwise() -> None:
    opposite = TwoStates(HoppingState(0.5, 1.0), HoppingState(1.1, -2.5), (0.5, 0.5))
    assert opposite.distances == pytest.approx((2.35, -1.15))
    one = replace(SIMULATION, splittings_mm_s=(1.0, -2.5))
    found = rate_bound(hopping_spectrum(3e9, 7, one=one), opposite)
    assert found.k_ex_min is not None
    assert 0.5 * 3e9 < found.k_ex_min < 3e9
    assert found.widths.difference < 0.0 or found.best is not None


def test_a_wrong_pair_of_states_is_rejected() -> None:
    wrong = TwoStates(HoppingState(0.2, 1.0), HoppingState(0.8, 2.5))
    found = rate_bound(hopping_spectrum(1e12, 8), wrong)
    assert any(caution.startswith("model_rejected") for caution in found.cautions)


def test_numbers_that_are_no_counts_have_an_estimated_noise() -> None:
    spectrum = replace(hopping_spectrum(3e9, 9), not_counts="scaled")
    found = rate_bound(spectrum, STATES)
    counted = rate_bound(hopping_spectrum(3e9, 9), STATES)
    assert found.p_value is None
    assert counted.k_ex_min is not None
    assert found.k_ex_min == pytest.approx(counted.k_ex_min, rel=0.05)


def test_errors_of_the_width_difference_are_those_of_the_scatter() -> None:
    found = [
        width_asymmetry(hopping_spectrum(1e14, seed), shift=0.8, splitting=1.75)
        for seed in range(24)
    ]
    pulls = np.array([one.difference / one.sigma for one in found if one.sigma is not None])
    assert pulls.size == 24
    assert abs(pulls.mean()) < 3.0 / np.sqrt(24)
    assert abs(pulls.std() - 1.0) < 3.0 / np.sqrt(48)
    assert np.median([one.sigma for one in found]) == pytest.approx(0.0029, rel=0.1)
    assert found[0].other_causes == OTHER_CAUSES


@pytest.mark.parametrize("p2", [(-0.1, 0.5), (0.6, 0.5), (0.5, 1.2)])
def test_a_population_outside_0_to_1_is_refused(p2: tuple[float, float]) -> None:
    with pytest.raises(SettingsError, match="population of state 2"):
        replace(STATES, p2=p2)
