"""The folding centre from the counts alone, and the fold of residuals."""

from __future__ import annotations

import numpy as np
import pytest
from drive_case import SCALE, absorbed, channels_with, counted, iron

from spectrafit.errors import FitError
from spectrafit_mossbauer.drive.folding import folding_centre, mirrored_residuals
from spectrafit_mossbauer.drive.velocity import Drive


@pytest.mark.parametrize("centre", [252.0, 255.5, 256.25, 259.9])
def test_the_centre_of_iron_is_found_to_a_fraction_of_a_channel(centre):
    found = folding_centre(counted(iron(values=(0.094, centre, 126.9)), 4))
    assert found.channel == pytest.approx(centre, abs=0.15)
    assert found.chi2 < 1.5
    assert found.pairs > 240


def test_a_broad_doublet_is_folded_too():
    form = Drive("triangle", 512)
    lines = [(0.0, 0.03), (0.9, 0.03)]
    found = folding_centre(counted(absorbed(form, SCALE, lines, width=0.8), 7))
    assert found.channel == pytest.approx(SCALE[1], abs=0.5)


def test_a_sine_that_starts_at_zero_turns_at_a_quarter():
    expected = iron(Drive("sine", 512), (12.0, 1.3, -0.1))
    with pytest.raises(FitError, match="not two branches"):
        folding_centre(counted(expected, 8))
    found = folding_centre(counted(expected, 8), at_quarter=True)
    assert found.channel == pytest.approx(129.3, abs=0.15)


def test_a_single_branch_is_refused_with_what_to_say():
    # alpha-iron is symmetric and would fold with itself; this doublet is not
    one = absorbed(Drive("triangle", 512), SCALE, [(0.3, 0.05), (2.0, 0.08)])[256:]
    with pytest.raises(FitError, match="table of velocity") as caught:
        folding_centre(counted(np.repeat(one, 2), 5))
    assert "not two branches" in str(caught.value)


def test_residuals_of_chance_fold_to_one_and_a_bad_branch_does_not():
    rng = np.random.default_rng(2)
    numbers = np.arange(3.0, 509.0)
    residuals = rng.standard_normal(numbers.size)
    assert mirrored_residuals(numbers, residuals, 255.7, 512) == pytest.approx(1.0, abs=0.25)
    # what both branches lack cancels, what one lacks does not
    both = residuals + 3.0 * np.cos((numbers - 255.5) / 9.0)
    one = residuals + np.where(numbers > 256.0, 3.0, 0.0)
    assert mirrored_residuals(numbers, both, 255.5, 512) < 1.3
    assert mirrored_residuals(numbers, one, 255.5, 512) > 4.0


def test_edges_do_not_pull_the_centre():
    counts = np.array(counted(iron(), 3).counts)
    counts[:2] = 0.0
    counts[2] *= 0.5
    assert folding_centre(channels_with(counts)).channel == pytest.approx(SCALE[1], abs=0.15)
