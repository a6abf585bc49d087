"""How populations make chi T: pure values, spins of a state, TIP, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from spectrafit.errors import SpectrafitError
from spectrafit.laws import ThreeStateLaw, three_state
from spectrafit_magnetism.mixing import chiT_mix
from spectrafit_magnetism.simulate import MagnetismSimulation, expected_chiT

SPINS = {
    "S1.2": 2.5, "S2.2": 0.5, "g.2": 2.024, "gap_K.2": 4000.0,
    "S1.3": 2.0, "g.3": 2.053,
}  # fmt: skip


def test_mix_of_spins_is_the_simulated_curve():
    truth = MagnetismSimulation()
    law = ThreeStateLaw(93.6, 90.53, 835.0, 28371.0, 97.18, -14577.0, 0.0488)
    for T in (8.0, 90.0, 125.0, 300.0):
        x = three_state(T, law)
        shares = {"1": float(x.x1), "2": float(x.x2), "3": float(x.x3)}
        found = chiT_mix(shares, {"1": 0.0}, {**SPINS, "TIP": 1e-4}, T)
        expected = expected_chiT(truth, np.array([T]), "heating")[0] + 1e-4 * T
        assert found == pytest.approx(expected, rel=1e-12)


def test_values_mix_linearly_and_an_empty_state_needs_none():
    assert chiT_mix({"a": 0.25, "b": 0.75, "c": 0.0}, {"a": 1.0, "b": 3.0}, {}, 50.0) == 2.5


def test_g_alone_scales_a_value_only_with_the_g_that_it_is_for():
    members, x = {"a": 3.0012}, {"a": 1.0}
    scaled = chiT_mix(x, members, {"g.a": 2.2, "g_ref.a": 2.0}, 100.0)
    assert scaled == pytest.approx(3.0012 * 1.21)
    with pytest.raises(SpectrafitError, match="not for which g"):
        chiT_mix(x, members, {"g.a": 2.2}, 100.0)


@pytest.mark.parametrize(
    ("members", "nuisances", "words"),
    [
        ({}, {}, "no pure-state value for a"),
        ({}, {"S2.a": 0.5}, "without its first spin"),
        ({}, {"S1.a": 2.5, "gap_K.a": 100.0}, "without two spins"),
        ({}, {"S1.a": 0.7}, "spin"),
    ],
)
def test_what_cannot_be_is_refused(members, nuisances, words):
    with pytest.raises(SpectrafitError, match=words):
        chiT_mix({"a": 1.0}, members, nuisances, 100.0)
