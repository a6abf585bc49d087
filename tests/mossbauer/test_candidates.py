"""How many sites: the comparison finds what was simulated and shows what comes near."""

from __future__ import annotations

import numpy as np
import pytest
from mossbauer_axes import (
    expected_doublet,
    lorentzian,
    measured_axis,
    simulated_axis,
    simulated_scale,
    velocities,
)

from spectrafit.errors import SettingsError
from spectrafit_mossbauer.absorption.candidates import NEAR, compare_sites
from spectrafit_mossbauer.absorption.sites import Site, doublets

SCALE = simulated_scale()
V = velocities(SCALE)
ONE = expected_doublet(V, 1e5, 0.45, 0.8, 0.3, 0.04)
SECOND = 1e5 - expected_doublet(V, 1e5, 1.2, 2.4, 0.3, 0.03)


def test_one_doublet_is_not_split_in_two() -> None:
    found = compare_sites(simulated_axis(ONE, SCALE, 1))
    assert found.best.name == "one doublet"
    assert min(one.test.p for one in found.ratios) > 1e-3


@pytest.mark.parametrize(
    ("extra", "name"),
    [(SECOND, "two doublets"), (4e3 * lorentzian(V, -0.9, 0.3), "doublet and singlet")],
)
def test_a_second_site_is_found(extra: np.ndarray, name: str) -> None:
    found = compare_sites(simulated_axis(ONE - extra, SCALE, 2))
    assert found.best.name == name
    assert found.best.fitted is not None
    assert found.best.fitted.p_value > 1e-3
    ratio = next(one for one in found.ratios if one.simple == "one doublet" and one.rich == name)
    assert ratio.test.p < 1e-10


def test_whatever_is_within_ten_of_the_best_is_reported() -> None:
    found = compare_sites(simulated_axis(ONE, SCALE, 3))
    near = {one.name for one in found.near}
    least = min(one.aicc for one in found.candidates)
    for one in found.candidates:
        close = one.bic - found.best.bic <= NEAR or one.aicc - least <= NEAR
        assert (one.name in near) == close
    assert len(near) > 1


def test_ferrihydrite_is_more_than_one_doublet() -> None:
    found = compare_sites(
        measured_axis("grigg/2L_Fh/95.0K_0.0h30.0m.dat"),
        {"one doublet": doublets(1), "two doublets": doublets(2)},
    )
    assert found.best.name == "two doublets"
    assert [one.name for one in found.near] == ["two doublets"]


def test_a_model_that_cannot_be_fitted_is_listed_with_its_reason() -> None:
    models = {"one doublet": doublets(1), "sextet": [Site("sextet")]}
    found = compare_sites(simulated_axis(ONE, SCALE, 4), models)
    sextet = next(one for one in found.candidates if one.name == "sextet")
    assert sextet.fitted is not None or "full Hamiltonian" in sextet.refused
    assert found.best.name == "one doublet"
    with pytest.raises(SettingsError, match="no models"):
        compare_sites(simulated_axis(ONE, SCALE, 4), {})
