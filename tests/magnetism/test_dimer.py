"""The coupled pair: known values of chi T, limits, exact derivatives, conventions of J."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.errors import SettingsError
from spectrafit_magnetism.constants import BOLTZMANN_CM, CURIE_UNIT
from spectrafit_magnetism.dimer import Dimer, dimer_chiT
from spectrafit_magnetism.exchange import Exchange
from spectrafit_magnetism.residual import residual_share
from spectrafit_magnetism.spin_only import effective_moment, spin_only_chiT

SPINS = st.sampled_from([0.5, 1.0, 1.5, 2.0, 2.5])


def test_curie_unit_and_spin_only_values():
    assert pytest.approx(0.1250494, abs=5e-8) == CURIE_UNIT
    known = {0.5: 0.3751, 1.0: 1.0004, 2.0: 3.0012, 2.5: 4.3767, 3.0: 6.0024}
    for spin, chiT in known.items():
        assert spin_only_chiT(spin) == pytest.approx(chiT, abs=5e-5)
    assert spin_only_chiT(2.5, 0.5, g=2.1) == pytest.approx(1.05**2 * 4.751876, abs=1e-5)
    assert effective_moment(spin_only_chiT(2.5)) == pytest.approx(np.sqrt(35.0))


@pytest.mark.parametrize(
    ("spins", "J", "known"),
    [
        ((0.5, 0.5), -50.0, (1.3624e-4, 0.497072, 0.682768)),
        ((2.5, 0.5), -200.0, (3.001185, 3.001192, 3.076217)),
    ],
)
def test_known_values_of_the_pair(spins, J, known):
    found = dimer_chiT([10.0, 90.0, 300.0], *spins, Exchange(J))
    rounding = np.array([5e-9 if value < 1e-3 else 5e-7 for value in known])
    assert (np.abs(found - known) <= rounding).all()


def test_known_limit_and_rise():
    assert dimer_chiT(1e12, 2.5, 0.5, Exchange(-200.0)) == pytest.approx(4.751876, abs=1e-6)
    low, high = dimer_chiT([120.0, 300.0], 2.5, 0.5, Exchange(-175.47))
    assert high - low == pytest.approx(0.1200, abs=5e-5)
    assert Exchange(-175.47).gap(2.5, 0.5) == pytest.approx(1052.8, abs=0.05)


def hamiltonian_chiT(T, S1, S2, J, g):
    """Return chi T from the matrix of -2J S1.S2 by van Vleck's sum over its eigenvectors."""

    def matrices(S):
        m = np.arange(S, -S - 1.0, -1.0)
        up = np.diag(np.sqrt(S * (S + 1.0) - m[1:] * (m[1:] + 1.0)), 1)
        return 0.5 * (up + up.T), -0.5j * (up - up.T), np.diag(m)

    one, two = (np.eye(round(2.0 * S + 1.0)) for S in (S1, S2))
    a = [np.kron(m, two) for m in matrices(S1)]
    b = [np.kron(one, m) for m in matrices(S2)]
    energy, vectors = np.linalg.eigh(-2.0 * J * sum(x @ y for x, y in zip(a, b, strict=True)))
    weight = np.exp(-(energy - energy[0]) / T)
    square = np.einsum("ij,ij->j", vectors.conj(), (a[2] + b[2]) @ (a[2] + b[2]) @ vectors).real
    # total Sz commutes with H, so that chi T = 3 C g^2 <Sz^2>
    return 3.0 * CURIE_UNIT * g * g * float(weight @ square / weight.sum())


@settings(max_examples=25, deadline=None)
@given(SPINS, SPINS, st.floats(-300.0, 300.0), st.floats(2.0, 400.0))
def test_levels_agree_with_the_matrix_of_the_hamiltonian(S1, S2, J, T):
    found = float(dimer_chiT(T, S1, S2, Exchange(J), g=2.1))
    assert found == pytest.approx(hamiltonian_chiT(T, S1, S2, J, 2.1), rel=1e-9, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(SPINS, SPINS, st.floats(-500.0, 500.0))
def test_hot_limit_is_that_of_free_spins_and_cold_that_of_the_ground_level(S1, S2, J):
    hot, cold = dimer_chiT([1e9, 1e-3], S1, S2, Exchange(J))
    assert hot == pytest.approx(spin_only_chiT(S1, S2), rel=1e-5)
    if abs(J) > 1.0:
        ground = S1 + S2 if J > 0.0 else abs(S1 - S2)
        assert cold == pytest.approx(spin_only_chiT(ground), rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(
    SPINS,
    SPINS,
    st.tuples(
        st.floats(1.8, 2.3),
        st.floats(-200.0, 200.0),
        st.floats(0.0, 0.3),
        st.floats(0.0, 1e-3),
        st.floats(-20.0, 3.0),
    ),
)
def test_derivatives_are_exact(S1, S2, p):
    T = np.array([5.0, 40.0, 300.0])
    function = Dimer(S1, S2).line.function
    _, *slopes = function(T, *p)
    for k, slope in enumerate(slopes):
        step = 1e-4 * max(1e-3, abs(p[k]))
        up, down = ((*p[:k], p[k] + s, *p[k + 1 :]) for s in (step, -step))
        numeric = (function(T, *up)[0] - function(T, *down)[0]) / (2.0 * step)
        assert slope == pytest.approx(numeric, rel=1e-4, abs=1e-6)


def test_impurity_tip_and_mean_field():
    T = np.array([20.0, 300.0])
    J = Exchange(-400.0)
    pure = dimer_chiT(T, 0.5, 0.5, J)
    dirty = dimer_chiT(T, 0.5, 0.5, J, rho=0.1, tip=1e-4)
    assert dirty == pytest.approx(0.9 * pure + 0.1 * spin_only_chiT(0.5) + 1e-4 * T)
    assert dimer_chiT(T, 0.5, 0.5, J, theta=-10.0) == pytest.approx(pure * T / (T + 10.0))


def test_one_splitting_in_every_convention():
    written = Exchange(-100.0)
    assert pytest.approx(-200.0) == written.written("-J S1.S2").J
    assert pytest.approx(200.0) == written.written("+J S1.S2").J
    assert pytest.approx(100.0 * BOLTZMANN_CM) == written.written("+2J S1.S2", "cm-1").J
    assert pytest.approx(0.695035, abs=5e-7) == BOLTZMANN_CM
    assert str(written) == "J = -100 K (H = -2J S1.S2)"
    for first, second in itertools.permutations(("-2J S1.S2", "-J S1.S2", "+J S1.S2"), 2):
        there = Exchange(-37.0, "cm-1", first)
        back = there.written(second, "K").written(first, "cm-1")
        assert pytest.approx(-37.0) == back.J
        assert dimer_chiT(90.0, 1.0, 0.5, back) == pytest.approx(dimer_chiT(90.0, 1.0, 0.5, there))


def test_gap_of_either_sign():
    assert Exchange(-10.0).gap(0.5, 0.5) == pytest.approx(20.0)
    assert Exchange(-10.0).gap(2.5, 0.5) == pytest.approx(60.0)
    assert Exchange(10.0).gap(2.5, 2.0) == pytest.approx(90.0)


def test_residual_share_of_declared_spins():
    found = residual_share(60.0, 0.30, high_spins=(2.0,), sigma=0.03)
    assert found.share == pytest.approx(0.1, abs=1e-4)
    assert found.sigma == pytest.approx(0.01, abs=1e-5)
    assert found.doubt == ""
    assert "zero-field splitting" in residual_share(5.0, 0.3, high_spins=(2.0,)).doubt
    assert "outside 0 to 1" in residual_share(60.0, 4.0, high_spins=(2.0,)).doubt
    mixed = residual_share(80.0, 2.0, high_spins=(2.5, 0.5), low_spins=(0.5, 0.5))
    assert mixed.share == pytest.approx((2.0 - 0.750296) / (4.751876 - 0.750296), abs=1e-6)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Dimer(0.3, 0.5), "a spin of 0.3"),
        (lambda: Dimer(0.5, 0.0), "a spin of 0"),
        (lambda: dimer_chiT(-5.0, 0.5, 0.5, Exchange(-5.0)), "not above 0 K"),
        (lambda: dimer_chiT(5.0, 0.5, 0.5, Exchange(-5.0), theta=5.0), "theta = 5 K"),
        (lambda: dimer_chiT(5.0, 0.5, 0.5, Exchange(-5.0), rho=1.5), "an impurity of 1.5"),
        (lambda: Exchange(-5.0, "meV"), "no 'meV'"),
        (lambda: Exchange(-5.0, "K", "-2J"), "no '-2J'"),
        (lambda: Exchange(float("inf")), "not a finite number"),
        (lambda: spin_only_chiT(0.5, g=0.0), "a g value of 0"),
        (lambda: residual_share(50.0, 1.0, high_spins=(0.5,), low_spins=(0.5,)), "high-spin form"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(SettingsError, match=words):
        make()
