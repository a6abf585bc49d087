"""How many independent spectra a series holds, and what the second one is."""

from __future__ import annotations

import numpy as np
import pytest
from species_case import NARROW, NOISE, ROWS, WIDE, band, noisy, one_species, two_species

from spectrafit.errors import SettingsError
from spectrafit_ir.species.isosbestic import isosbestic_test
from spectrafit_ir.species.rank import EDGE_FACTOR, noise_edge, species_rank
from spectrafit_ir.species.species_verdict import species_verdict


@pytest.mark.parametrize(
    ("shift", "broadening", "rank"), [(0, 0, 1), (1, 0, 2), (3, 0, 3), (0, 0.2, 2)]
)
def test_one_species_has_the_rank_of_the_table(shift, broadening, rank):
    for seed in range(5):
        found = species_rank(NARROW, noisy(one_species(shift, broadening), seed), NOISE)
        assert found.rank == rank
        assert found.verdict == ("one" if rank == 1 else "shift")


def test_five_wavenumbers_give_three_or_four():
    ranks = [species_rank(NARROW, noisy(one_species(5), seed), NOISE).rank for seed in range(20)]
    assert set(ranks) <= {3, 4}
    assert ranks.count(3) > ranks.count(4)


@pytest.mark.parametrize("apart", [15, 30, 71])
def test_two_species_have_rank_two_and_no_shift(apart):
    found = species_rank(WIDE, noisy(two_species(apart), 1), NOISE)
    assert (found.rank, found.verdict) == (2, "species")
    assert "rank 2" in found.sentence
    assert found.vectors[0].share < 0.5


def test_bands_closer_than_half_a_width_are_not_told_from_a_shift():
    found = species_rank(WIDE, noisy(two_species(5), 1), NOISE)
    assert (found.rank, found.verdict) == (2, "shift")


def test_species_that_move_too_are_not_called_three():
    f = np.linspace(0, 0.9, ROWS)
    Y = np.array(
        [
            (1 - s) * band(WIDE, 1485 + 2 * s, 14, 0.3) + s * band(WIDE, 1525 + 2 * s, 14, 0.25)
            for s in f
        ]
    )
    Y = noisy(Y, 4)
    found = species_rank(WIDE, Y, NOISE)
    assert found.rank > 2
    assert [one.verdict for one in found.vectors[:2]] == ["species", "shift"]
    verdict = species_verdict(found, isosbestic_test(WIDE, Y, NOISE, draws=199))
    assert verdict.word == "not_decided"
    assert not verdict.two_species


def test_a_third_species_is_seen():
    f = np.linspace(0, 0.9, ROWS)
    bands = (band(WIDE, 1485, 14, 0.3), band(WIDE, 1510, 14, 0.2), band(WIDE, 1540, 14, 0.25))
    Y = noisy(sum(map(np.outer, ((1 - f) ** 2, 2 * f * (1 - f), f**2), bands)), 1)
    verdict = species_verdict(
        species_rank(WIDE, Y, NOISE), isosbestic_test(WIDE, Y, NOISE, draws=199)
    )
    assert verdict.word == "more_than_two"


def test_rows_of_noise_hold_nothing():
    found = species_rank(NARROW, noisy(np.zeros((ROWS, NARROW.size)), 1), NOISE)
    assert (found.rank, found.verdict) == (0, "nothing")


def test_a_row_of_more_noise_does_not_count_as_a_species():
    rng = np.random.default_rng(6)
    sigma = np.full(ROWS, NOISE)
    sigma[3] = 10 * NOISE
    Y = one_species() + sigma[:, None] * rng.standard_normal((ROWS, NARROW.size))
    assert species_rank(NARROW, Y, sigma).rank == 1
    assert species_rank(NARROW, Y, np.full(ROWS, NOISE)).rank == 2


def correlated(rows: int, points: int, lag1: float, rng: np.random.Generator):
    noise = rng.standard_normal((rows, points + 60))
    for j in range(1, points + 60):
        noise[:, j] = lag1 * noise[:, j - 1] + np.sqrt(1 - lag1**2) * noise[:, j]
    return noise[:, 60:]


@pytest.mark.parametrize("lag1", [0.0, 0.4, 0.8])
def test_the_edge_is_where_noise_ends(lag1):
    rng = np.random.default_rng(2)
    largest = [
        np.linalg.svd(correlated(40, 800, lag1, rng), compute_uv=False)[0] for _ in range(10)
    ]
    assert np.mean(largest) == pytest.approx(noise_edge(40, 800, lag1), rel=0.05)
    assert max(largest) < EDGE_FACTOR * noise_edge(40, 800, lag1)


def test_smoothed_spectra_are_not_given_species_by_their_noise():
    rng = np.random.default_rng(3)
    x = np.arange(1200.0, 1600.0)
    Y = band(x, 1485, 15, 0.1) + NOISE * correlated(ROWS, x.size, 0.7, rng)
    assert species_rank(x, Y, NOISE).rank > 1
    assert species_rank(x, Y, NOISE, lag1=0.7).rank == 1


def test_correlation_of_one_has_no_edge():
    with pytest.raises(SettingsError):
        noise_edge(30, 400, 1.0)
