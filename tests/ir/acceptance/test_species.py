"""How many species, by the figures that the method must give."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from species_case import NARROW, NOISE, WIDE, crossing, noisy, one_species, two_species

from spectrafit_ir.exchange_bound import width_bound
from spectrafit_ir.species.correlation import correlation_maps
from spectrafit_ir.species.isosbestic import isosbestic_test
from spectrafit_ir.species.rank import species_rank
from spectrafit_ir.species.species_verdict import species_verdict
from spectrafit_ir.two_site import RATE_OF_WIDTH, two_site_line

pytestmark = pytest.mark.accept

DRAWS = 200


def ranks(shift: float, broadening: float = 0.0) -> Counter[int]:
    rows = one_species(shift, broadening)
    return Counter(species_rank(NARROW, noisy(rows, seed), NOISE).rank for seed in range(DRAWS))


@pytest.mark.parametrize(
    ("shift", "broadening", "rank", "least"),
    [(0, 0, 1, 0.99), (1, 0, 2, 0.99), (3, 0, 3, 0.99), (5, 0, 3, 0.8), (0, 0.2, 2, 0.99)],
)
def test_the_rank_of_one_species_that_moves(shift, broadening, rank, least):
    found = ranks(shift, broadening)
    assert found[rank] >= least * DRAWS
    if shift == 5:
        assert found[3] + found[4] == DRAWS
        assert 0.03 * DRAWS < found[4] < 0.2 * DRAWS


@pytest.mark.parametrize(("shift", "broadening"), [(1, 0), (3, 0), (0, 0.2)])
def test_one_species_that_moves_is_a_shift_and_claims_nothing(shift, broadening):
    rows = one_species(shift, broadening)
    words = Counter()
    for seed in range(DRAWS):
        Y = noisy(rows, seed)
        verdict = species_verdict(
            species_rank(NARROW, Y, NOISE), isosbestic_test(NARROW, Y, NOISE, draws=199)
        )
        words[verdict.word] += 1
    assert words["shift"] >= 0.95 * DRAWS
    assert words["two_species"] == 0


@pytest.mark.parametrize("apart", [15, 30, 71])
def test_two_species_are_claimed_where_the_end_members_cross(apart):
    rows = two_species(apart)
    held, places = 0, []
    for seed in range(DRAWS):
        Y = noisy(rows, seed)
        rank = species_rank(WIDE, Y, NOISE)
        assert (rank.rank, rank.verdict) == (2, "species")
        found = isosbestic_test(WIDE, Y, NOISE, draws=199)
        held += species_verdict(rank, found).two_species
        places += [one.position for one in found.points]
    # the level of the test, 1 in 100, and what 199 draws add to it
    assert held >= 0.95 * DRAWS
    assert np.mean(places) == pytest.approx(crossing(apart), abs=0.3)


def test_p_of_a_true_crossing_is_even():
    rows = two_species(30)
    p = np.array(
        [
            isosbestic_test(WIDE, noisy(rows, seed), NOISE, draws=199).points[0].p
            for seed in range(500)
        ]
    )
    for level in (0.01, 0.05, 0.1, 0.5):
        assert np.mean(p <= level) == pytest.approx(level, abs=3 * np.sqrt(level / 500) + 0.02)


def test_the_known_answer_of_two_dimensional_correlation():
    Y = np.zeros((4, 5))
    Y[:, 0], Y[:, 1] = (0, 1, 2, 3), (0, 0, 1, 3)
    found = correlation_maps(np.arange(5.0), Y, [10, 20, 30, 40])
    np.testing.assert_allclose(
        found.synchronous[:2, :2], [[1.666667, 1.666667], [1.666667, 2]], rtol=0, atol=1e-6
    )
    assert found.asynchronous[0, 1] == pytest.approx(0.265258, abs=1e-6)


@pytest.mark.parametrize(("growth", "rate"), [(0.5, 4.7e10), (1.0, 9.4e10), (2.0, 1.9e11)])
def test_the_bound_of_a_growth_of_the_width(growth, rate):
    # so small an error that the upper limit is the growth
    bound = width_bound([105, 300], [12, 12 + growth], [1e-6, 1e-6], resolution=0.5, separation=71)
    assert bound.k_max[0] == pytest.approx(rate, rel=0.01)


@pytest.mark.parametrize("k", [1e10, 5e11, 5e12])
def test_the_line_of_two_states_keeps_its_area_and_has_the_known_maxima(k):
    x = np.linspace(1520.5 - 1e5, 1520.5 + 1e5, 2_000_001)
    assert np.trapezoid(two_site_line(x, (1485, 1556), k, k, 12), x) == pytest.approx(1, abs=1e-3)
    near = np.linspace(1450, 1590, 140_001)
    y = two_site_line(near, (1485, 1556), k, k, 12)
    top = near[1:-1][(y[1:-1] > y[:-2]) & (y[1:-1] > y[2:])]
    known = {5e11: (1485.45, 1555.55), 5e12: (1520.5,)}
    if k in known:
        np.testing.assert_allclose(top, known[k], atol=0.02)


def test_a_bound_of_simulated_exchange_holds():
    # band A of a line that exchanges at 1e11: the width of its half maximum bounds the rate
    x = np.linspace(1400, 1640, 240_001)
    rng = np.random.default_rng(1)
    held = 0
    widths = []
    for k in (1e6, 1e11):
        y = two_site_line(x, (1485, 1556), k, k, 12)
        left = x < 1520
        above = x[left & (y > y[left].max() / 2)]
        widths.append(np.ptp(above))
    for _ in range(DRAWS):
        drawn = rng.normal(widths, 0.1)
        bound = width_bound([105, 300], drawn, [0.1, 0.1], resolution=0.5, separation=71)
        held += bound.k_max[0] >= 1e11
    assert widths[1] - widths[0] == pytest.approx(1e11 / RATE_OF_WIDTH, abs=0.1)
    assert held >= 0.94 * DRAWS
