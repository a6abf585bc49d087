"""The Curie-Weiss law in a declared window."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import FitError, SettingsError
from spectrafit_magnetism.curie_weiss import curie_weiss_fit

TRUE = {"C": 4.376, "theta": -12.0, "tip": 2e-4}


def law(T, tip=0.0):
    return TRUE["C"] / (T - TRUE["theta"]) + tip


@pytest.mark.parametrize("tip", [False, True])
def test_exact_points_give_the_exact_law(tip):
    T = np.linspace(50.0, 300.0, 26)
    chi = law(T, TRUE["tip"] if tip else 0.0)
    found = curie_weiss_fit(T, chi, (100.0, 300.0), sigma=0.01 * chi, tip=tip)
    assert len(found.results) == 2
    for result in found.results:
        assert result.value("curie_weiss.C") == pytest.approx(TRUE["C"], rel=1e-6)
        assert result.value("curie_weiss.theta") == pytest.approx(TRUE["theta"], rel=1e-5)
        expected = TRUE["tip"] if tip else 0.0
        assert result.value("curie_weiss.tip") == pytest.approx(expected, rel=1e-4)
        assert result.ndata == 21


def test_pulls_of_the_weighted_fit():
    rng = np.random.default_rng(8)
    T = np.linspace(80.0, 300.0, 45)
    sigma = 0.004 * law(T)
    pulls = []
    for _ in range(60):
        chi = law(T) + sigma * rng.normal(size=T.size)
        result = curie_weiss_fit(T, chi, (80.0, 300.0), sigma=sigma).weighted
        pulls.append(
            [
                (result.value(f"curie_weiss.{k}") - TRUE[k]) / result.sigma(f"curie_weiss.{k}")
                for k in ("C", "theta")
            ]
        )
    spread = np.std(pulls, axis=0)
    assert np.abs(np.mean(pulls, axis=0)).max() < 0.4
    assert (spread > 0.75).all()
    assert (spread < 1.25).all()


def test_without_errors_there_is_no_weighted_fit():
    T = np.linspace(50.0, 300.0, 26)
    assert curie_weiss_fit(T, law(T), (100.0, 300.0)).weighted is None


def test_bad_windows_are_refused():
    T = np.linspace(50.0, 300.0, 26)
    with pytest.raises(SettingsError, match="a window from 200 to 100"):
        curie_weiss_fit(T, law(T), (200.0, 100.0))
    with pytest.raises(SettingsError, match="0 points"):
        curie_weiss_fit(T, law(T), (301.0, 400.0))
    with pytest.raises(FitError, match="3 free parameters"):
        curie_weiss_fit(T, law(T), (50.0, 60.0), tip=True)
