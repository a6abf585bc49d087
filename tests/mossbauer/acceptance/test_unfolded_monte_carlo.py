"""Unfolded fits are unbiased, chi2 is one and errors cover, whatever the fraction of the centre."""

from __future__ import annotations

import numpy as np
import pytest
from mossbauer_axes import expected_doublet, simulated_axis, simulated_scale, velocities

from spectrafit_mossbauer.absorption.fitted import site_stack
from spectrafit_mossbauer.absorption.sites import doublets
from spectrafit_mossbauer.absorption.starts import starts_of

TRUTH = {"site1.center": 0.42, "site1.splitting": 1.64, "site1.fwhm_low": 0.28}


def _judge(centre: float, trials: int, seed: int, coverage: tuple[float, float]) -> None:
    scale = simulated_scale(centre)
    expected = expected_doublet(velocities(scale), 1e5, 0.42, 1.64, 0.28, 0.05)
    axes = [simulated_axis(expected, scale, seed + i) for i in range(trials)]
    start = starts_of(axes[0], doublets(1), 1)[0]
    stack, _ = site_stack(axes, doublets(1), [start] * trials)
    assert stack.converged.all()
    assert stack.redchi.mean() == pytest.approx(1.0, abs=0.01)
    for name, truth in TRUTH.items():
        off, sigma = stack.value(name) - truth, stack.sigma(name)
        share = float(np.mean(np.abs(off) < sigma))
        assert coverage[0] <= share <= coverage[1]
        assert abs(off.mean()) < 4.0 * off.std() / np.sqrt(trials)
    # one standard error of a mean of 300 is 0.0004
    assert abs((stack.value("site1.fwhm_low") - 0.28).mean()) < 1e-3


@pytest.mark.parametrize("fraction", [0.5, 0.25, 0.0])
def test_300_trials(fraction: float) -> None:
    _judge(255.0 + fraction, 300, 1000, (0.60, 0.76))


@pytest.mark.accept
@pytest.mark.parametrize("fraction", [0.5, 0.25, 0.0])
def test_3000_trials(fraction: float) -> None:
    # a share of 0.683 from 3,000 has a standard error of 0.0085
    _judge(255.0 + fraction, 3000, 50_000, (0.655, 0.71))
