"""Debye, two-state and cooperative three-state laws against known answers and their own limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants as codata
from scipy import integrate

from spectrafit import constants
from spectrafit.errors import SettingsError
from spectrafit.laws import (
    Branch,
    ThreeStateLaw,
    limits_of_stability,
    recoil_free_fraction,
    second_order_doppler,
    three_state,
    two_state,
)

# The reference study's parameters, and a plain variant without interaction of states 2 and 3.
H0 = ThreeStateLaw(S12=79.1, T12=91.0, G12=962, H23=4070, S23=4.43, G23=0, rho=0.045)
P = ThreeStateLaw(S12=93.6, T12=90.53, G12=835, H23=28371, S23=97.18, G23=-14577, rho=0.0488)
LOOP = ThreeStateLaw(S12=79.1, T12=91.0, G12=2500, H23=4070, S23=4.43)

R = constants.GAS_CONSTANT
# N_A mu_B^2/(3 k) in cm3 K mol-1, the spin-only Curie constant per g^2 S(S+1)
CURIE = (
    constants.AVOGADRO
    * (codata.value("Bohr magneton") * 1e3) ** 2
    / (3 * constants.BOLTZMANN * 1e7)
)


def by_differences(function, x, step):
    """Return a derivative by central differences, with the error of the step removed once."""
    wide = (function(x + step) - function(x - step)) / (2 * step)
    narrow = (function(x + step / 2) - function(x - step / 2)) / step
    return (4 * narrow - wide) / 3


def einstein(T, theta):
    u = theta / T
    return u**2 * np.exp(-u) / (1 - np.exp(-u)) ** 2


def chi_t(T, x2, x3, g2, g3, tip, gap):
    b = np.exp(-gap / T)
    return x2 * CURIE * g2**2 * (30 + 84 * b) / (5 + 7 * b) + x3 * 6 * CURIE * g3**2 + tip * T


@pytest.mark.parametrize(
    ("name", "codata_name"),
    [
        ("BOLTZMANN", "Boltzmann constant"),
        ("AVOGADRO", "Avogadro constant"),
        ("GAS_CONSTANT", "molar gas constant"),
        ("LIGHT_SPEED", "speed of light in vacuum"),
        ("ELEMENTARY_CHARGE", "elementary charge"),
        ("ATOMIC_MASS", "atomic mass constant"),
    ],
)
def test_constants_are_codata(name, codata_name):
    # scipy may carry an earlier CODATA set; the mass unit moved by 1.4e-10 since
    assert getattr(constants, name) == pytest.approx(codata.value(codata_name), rel=1e-9)


class TestSecondOrderDoppler:
    @pytest.mark.parametrize(
        ("theta", "shifts"),
        [
            (150, (-0.0411, -0.0683, -0.2219)),
            (200, (-0.0548, -0.0755, -0.2240)),
            (300, (-0.0822, -0.0941, -0.2300)),
            (470, (-0.1288, -0.1336, -0.2454)),
        ],
    )
    def test_printed_table(self, theta, shifts):
        found = second_order_doppler([4.2, 80, 300], theta).value
        assert found == pytest.approx(shifts, abs=5e-5)

    def test_at_180_K(self):
        found = second_order_doppler([75, 125, 300], 180.0).value
        assert found == pytest.approx((-0.06960, -0.10058, -0.22313), abs=5e-6)

    def test_zero_point_and_classical_limits(self):
        assert second_order_doppler(0.0, 1.0).value == pytest.approx(-2.7400e-4, rel=1e-4)
        assert second_order_doppler(0.0, 1.0).by_T == pytest.approx(0.0, abs=1e-300)
        hot = second_order_doppler(1e4, 1.0)
        assert hot.by_T == pytest.approx(-7.3067e-4, rel=1e-4)

    @pytest.mark.parametrize("T", [3.0, 20.0, 77.0, 300.0, 2000.0])
    @pytest.mark.parametrize("theta", [30.0, 180.0, 470.0])
    def test_against_quadrature(self, T, theta):
        integral, _ = integrate.quad(
            lambda u: u**3 / np.expm1(u), 0, theta / T, epsabs=0, epsrel=1e-12, limit=200
        )
        mass = constants.FE57_MASS * constants.ATOMIC_MASS
        expected = (
            -9 * constants.BOLTZMANN * theta / (16 * mass * constants.LIGHT_SPEED) * 1e3
        ) * (1 + 8 * (T / theta) ** 4 * integral)
        assert second_order_doppler(T, theta).value == pytest.approx(expected, rel=1e-11)

    @given(st.floats(1.0, 900.0), st.floats(20.0, 900.0))
    def test_slopes(self, T, theta):
        law = second_order_doppler(T, theta)
        step = 1e-2 * T
        by_T = by_differences(lambda t: second_order_doppler(t, theta).value, T, step)
        by_theta = by_differences(lambda d: second_order_doppler(T, d).value, theta, 1e-2 * theta)
        # what differences can resolve: rounding of the value over the step
        assert law.by_T == pytest.approx(by_T, rel=1e-6, abs=1e-13 * abs(law.value) / step + 1e-13)
        assert law.by_theta == pytest.approx(by_theta, rel=1e-6, abs=1e-13)

    def test_slope_by_theta_joins_where_the_series_takes_over(self):
        T = 100.0
        below, above = (
            second_order_doppler(T, T * x).by_theta for x in (0.25 * (1 - 1e-9), 0.25 * (1 + 1e-9))
        )
        assert below == pytest.approx(above, rel=1e-7)

    def test_other_nuclei(self):
        light = second_order_doppler(300, 200, mass=57.0)
        heavy = second_order_doppler(300, 200, mass=114.0)
        assert light.value == pytest.approx(2 * heavy.value, rel=1e-12)


class TestRecoilFreeFraction:
    @pytest.mark.parametrize(
        ("theta", "fractions"),
        [
            (150, (0.588, 0.160)),
            (200, (0.728, 0.355)),
            (300, (0.849, 0.627)),
            (470, (0.917, 0.821)),
        ],
    )
    def test_printed_table(self, theta, fractions):
        assert recoil_free_fraction([80, 300], theta).value == pytest.approx(fractions, abs=5e-4)

    def test_recoil_temperature(self):
        six_recoils = 6 * constants.FE57_RECOIL_TEMPERATURE
        assert six_recoils == pytest.approx(136.35, abs=5e-3)

    @given(st.floats(1.0, 900.0), st.floats(60.0, 900.0))
    def test_slopes(self, T, theta):
        law = recoil_free_fraction(T, theta)
        step = 1e-3 * T
        by_T = by_differences(lambda t: recoil_free_fraction(t, theta).value, T, step)
        by_theta = by_differences(lambda d: recoil_free_fraction(T, d).value, theta, 1e-3 * theta)
        assert law.by_T == pytest.approx(by_T, rel=1e-6, abs=1e-14 * law.value / step + 1e-300)
        assert law.by_theta == pytest.approx(by_theta, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("law", [second_order_doppler, recoil_free_fraction])
class TestDebyeExtremes:
    @pytest.mark.parametrize("T", [0.0, 1e-300, 1e-3, 300.0, 1e6])
    @pytest.mark.parametrize("theta", [1e-3, 1.0, 180.0, 1e6, 1e300])
    def test_finite(self, law, T, theta):
        assert np.isfinite(np.array(law(T, theta))).all()

    def test_cold_equals_zero_point(self, law):
        assert law(1e-6, 180.0).value == pytest.approx(law(0.0, 180.0).value, rel=1e-14)

    @pytest.mark.parametrize(
        ("T", "theta", "word"),
        [(-1.0, 100.0, "0 K"), (10.0, 0.0, "Debye"), (np.nan, 100.0, "T"), (10.0, np.inf, "theta")],
    )
    def test_impossible_arguments_are_refused(self, law, T, theta, word):
        with pytest.raises(SettingsError, match=word):
            law(T, theta)

    def test_shapes_are_kept(self, law):
        for field in law(np.ones((3, 1)), np.ones(4)):
            assert field.shape == (3, 4)


class TestTwoState:
    def test_half_at_the_ratio(self):
        assert two_state(100.0, 5000.0, 50.0).value == pytest.approx(0.5, abs=1e-15)

    @pytest.mark.parametrize(("T", "y"), [(120, 0.02802), (200, 0.12845), (300, 0.24995)])
    def test_known_answers(self, T, y):
        assert two_state(T, 4070.0, 4.43).value == pytest.approx(y, abs=5e-6)

    @given(st.floats(30, 500), st.floats(-2e4, 2e4), st.floats(-100, 100))
    def test_slopes(self, T, H, S):
        law = two_state(T, H, S)
        for found, function, x, step in (
            (law.by_T, lambda t: two_state(t, H, S).value, T, 1e-3 * T),
            (law.by_H, lambda h: two_state(T, h, S).value, H, 1.0),
            (law.by_S, lambda s: two_state(T, H, s).value, S, 1e-2),
        ):
            assert found == pytest.approx(by_differences(function, x, step), rel=1e-6, abs=1e-12)

    @pytest.mark.parametrize(("H", "limit"), [(4000.0, 0.0), (-4000.0, 1.0)])
    def test_absolute_zero(self, H, limit):
        law = two_state(0.0, H, 10.0)
        assert law.value == limit
        assert np.isfinite(np.array(law)).all()

    def test_below_zero_is_refused(self):
        with pytest.raises(SettingsError, match="below 0 K"):
            two_state(-5.0, 1.0, 1.0)


class TestThreeStates:
    @pytest.mark.parametrize(
        ("T", "x1", "x2", "x3", "chi", "shift", "splitting"),
        [
            (60, 0.95398, 0.04600, 0.00002, 0.1501, 0.4125, 1.6383),
            (75, 0.92638, 0.07343, 0.00018, 0.2360, 0.4133, 1.6434),
            (90, 0.54211, 0.45453, 0.00336, 1.3933, 0.5253, 1.7147),
            (100, 0.15328, 0.83606, 0.01066, 2.5644, 0.6434, 1.7898),
            (125, 0.02821, 0.93989, 0.03190, 2.9513, 0.6769, 1.8269),
            (200, 0.00262, 0.86927, 0.12811, 3.0727, 0.6825, 1.8979),
            (300, 0.00064, 0.74957, 0.24979, 3.1361, 0.6741, 1.9822),
        ],
    )
    def test_without_interaction_of_2_and_3(self, T, x1, x2, x3, chi, shift, splitting):
        x = three_state(T, H0)
        assert (x.x1, x.x2, x.x3) == pytest.approx((x1, x2, x3), rel=3e-3, abs=6e-6)
        sod = second_order_doppler(T, 180.0).value
        assert 0.46 * x.x1 + 0.77 * x.x2 + 1.28 * x.x3 + sod == pytest.approx(shift, rel=3e-3)
        assert 1.63 * x.x1 + 1.81 * x.x2 + 2.5 * x.x3 == pytest.approx(splitting, rel=3e-3)
        assert chi_t(T, x.x2, x.x3, 2.0, 2.1, 2e-4, 4000) == pytest.approx(chi, rel=3e-3)

    @pytest.mark.parametrize(
        ("H", "S", "G", "expected"),
        [
            (4070, 4.43, 0, (0.02802, 0.12845, 0.24995)),
            (12000, 38.67, -4762, (0.04567, 0.24685, 0.47955)),
            (26478, 151.74, -40000, (0.40161, 0.54465, 0.71012)),
        ],
    )
    def test_share_of_3_in_2_and_3(self, H, S, G, expected):
        law = ThreeStateLaw(S12=79.1, T12=91.0, G12=962, H23=H, S23=S, G23=G)
        x = three_state([120, 200, 300], law)
        assert x.x3 / (x.x2 + x.x3) == pytest.approx(expected, abs=1.5e-5)

    @pytest.mark.parametrize(
        ("T", "x1", "x2", "x3", "p", "change", "chi", "shift", "splitting"),
        [
            (8, 0.9512, 0.0488, 0.0000, 0.000, None, 0.1500, 0.4325, 1.6356),
            (60, 0.9506, 0.0494, 0.0000, 0.235, 0.0037, 0.1518, 0.4202, 1.6357),
            (75, 0.9259, 0.0741, 0.0000, 2.485, 0.0171, 0.2279, 0.4200, 1.6400),
            (90, 0.5105, 0.4889, 0.0006, 29.99, 0.2026, 1.5046, 0.5393, 1.7118),
            (100, 0.1361, 0.8587, 0.0052, 7.730, 0.3746, 2.6556, 0.6504, 1.7794),
            (110, 0.0531, 0.9295, 0.0174, 4.225, 0.4287, 2.9119, 0.6751, 1.8022),
            (120, 0.0249, 0.9383, 0.0368, 3.798, 0.4680, 3.0004, 0.6859, 1.8207),
            (125, 0.0178, 0.9340, 0.0483, 3.780, 0.4870, 3.0233, 0.6900, 1.8300),
            (135, 0.0096, 0.9170, 0.0734, 3.811, 0.5249, 3.0506, 0.6970, 1.8490),
            (200, 0.0005, 0.7449, 0.2546, 3.830, 0.7758, 3.0947, 0.7358, 1.9775),
            (250, 0.0001, 0.6083, 0.3916, 3.650, 0.9632, 3.1081, 0.7615, 2.0736),
            (300, 0.0000, 0.4800, 0.5200, 3.399, 1.1396, 3.1197, 0.7830, 2.1636),
        ],
    )
    def test_the_reference_study(self, T, x1, x2, x3, p, change, chi, shift, splitting):
        x = three_state(T, P)
        assert (x.x1, x.x2, x.x3) == pytest.approx((x1, x2, x3), abs=1e-4)
        p12, p23, lattice = 0.438, 1.277, 0.25
        found = 1e3 * (p12 * (x.dx2 + x.dx3) + p23 * x.dx3)
        found += lattice * einstein(T, 150.0) / einstein(300.0, 150.0)
        # 30 nC cm-2 K-1 at the step carries the rounding of the printed parameters
        assert found == pytest.approx(p, rel=2e-3, abs=1e-3)
        if change is not None:
            cold = three_state(20.0, P)
            rise = p12 * (cold.x1 - x.x1) + p23 * (x.x3 - cold.x3)
            phonons, _ = integrate.quad(lambda t: einstein(t, 150.0), 20.0, T)
            rise += 1e-3 * lattice * phonons / einstein(300.0, 150.0)
            assert rise == pytest.approx(change, abs=1e-4)
        assert chi_t(T, x.x2, x.x3, 2.024, 2.053, 0, 4000) == pytest.approx(chi, abs=6e-4)
        sod = second_order_doppler(T, 180.0).value
        iron = 0.4668 * x.x1 + 0.7745 * x.x2 + 1.22 * x.x3 + sod
        assert iron == pytest.approx(shift, abs=1e-4)
        assert 1.6272 * x.x1 + 1.7992 * x.x2 + 2.5 * x.x3 == pytest.approx(splitting, abs=1e-4)

    @pytest.mark.parametrize(
        ("G12", "up", "down"), [(1800, 91.85, 89.83), (2500, 95.89, 84.11), (3000, 99.35, 78.61)]
    )
    def test_loop(self, G12, up, down):
        law = ThreeStateLaw(S12=79.1, T12=91.0, G12=G12, H23=4070, S23=4.43)
        assert limits_of_stability(law) == pytest.approx((up, down), abs=0.05)

    def test_no_loop_without_enough_interaction(self):
        law = ThreeStateLaw(S12=79.1, T12=91.0, G12=1200, H23=4070, S23=4.43)
        assert limits_of_stability(law) is None

    def test_branches_agree_outside_the_loop_and_part_inside(self):
        T = np.array([60.0, 80.0, 90.0, 100.0, 200.0])
        heating, cooling = (three_state(T, LOOP, branch=b).x1 for b in ("heating", "cooling"))
        assert (np.abs(heating - cooling) > 0.5).tolist() == [False, False, True, False, False]
        assert (heating >= cooling - 1e-12).all()

    def test_maxwell_takes_the_lowest_free_energy(self):
        T = np.linspace(84.5, 95.5, 45)
        g = free_energy(LOOP, T, *(three_state(T, LOOP, branch=b) for b in Branch))
        heating, cooling, maxwell = g
        assert maxwell == pytest.approx(np.minimum(heating, cooling), abs=1e-8)

    @pytest.mark.parametrize("law", [H0, P, LOOP])
    @pytest.mark.parametrize("branch", list(Branch))
    def test_every_root_is_stationary(self, law, branch):
        T = np.linspace(40, 400, 61)
        x = three_state(T, law, branch=branch)
        n = (x.x2 + x.x3 - law.rho) / (1 - law.rho)
        y = x.x3 / (x.x2 + x.x3)
        drive = law.H23 - T * law.S23
        inner = R * T * np.log(y / (1 - y)) + drive + law.G23 * (1 - 2 * y)
        assert np.abs(inner).max() < 1e-6
        energy = (
            law.S12 * (law.T12 - T)
            + y * drive
            + law.G23 * y * (1 - y)
            + R * T * (y * np.log(y) + (1 - y) * np.log(1 - y))
        )
        inside = (n > 1e-6) & (n < 1 - 1e-6)
        outer = (R * T * np.log(n / (1 - n)) + energy + law.G12 * (1 - 2 * n))[inside]
        assert np.abs(outer).max() < 1e-5

    @pytest.mark.parametrize("law", [H0, P, LOOP])
    @pytest.mark.parametrize("branch", list(Branch))
    def test_slopes(self, law, branch):
        T = np.array([30.0, 60.0, 75.0, 88.0, 93.0, 100.0, 125.0, 200.0, 300.0])
        x = three_state(T, law, branch=branch)
        for found, index in ((x.dx1, 0), (x.dx2, 1), (x.dx3, 2)):

            def population(t, index=index):
                return three_state(t, law, branch=branch)[index]

            differences = by_differences(population, T, 1e-2)
            assert found == pytest.approx(differences, rel=1e-6, abs=1e-11)

    @given(
        st.builds(
            ThreeStateLaw,
            S12=st.floats(10, 150),
            T12=st.floats(20, 400),
            G12=st.floats(-5e3, 8e3),
            H23=st.floats(-1e4, 3e4),
            S23=st.floats(-50, 200),
            G23=st.floats(-4e4, 8e3),
            rho=st.floats(0, 1),
        ),
        st.sampled_from(list(Branch)),
    )
    def test_populations_for_any_law(self, law, branch):
        T = np.concatenate([[0.0, 1e-9, 0.1], np.linspace(1, 1000, 50)])
        x = three_state(T, law, branch=branch)
        assert np.isfinite(np.array(x)).all()
        assert (np.array(x[:3]) >= 0).all()
        assert x.x1 + x.x2 + x.x3 == pytest.approx(np.ones(T.size), abs=1e-12)
        assert x.dx1 + x.dx2 + x.dx3 == pytest.approx(np.zeros(T.size), abs=1e-9)
        assert (x.x1 <= 1 - law.rho + 1e-12).all()

    @pytest.mark.parametrize(
        ("change", "word"),
        [({"rho": 1.2}, "rho"), ({"T12": 0.0}, "T12"), ({"G12": np.nan}, "G12")],
    )
    def test_impossible_parameters_are_refused(self, change, word):
        with pytest.raises(SettingsError, match=word):
            ThreeStateLaw(**({"S12": 1.0, "T12": 1.0, "G12": 0.0, "H23": 1.0, "S23": 1.0} | change))

    def test_unknown_branch_is_answered_with_the_known(self):
        with pytest.raises(SettingsError, match="heating, cooling, maxwell"):
            three_state(100.0, H0, branch="warming")

    def test_below_zero_is_refused(self):
        with pytest.raises(SettingsError, match="below 0 K"):
            three_state([-1.0, 10.0], H0)

    def test_range_must_rise(self):
        with pytest.raises(SettingsError, match="rising"):
            limits_of_stability(H0, low=300, high=100)


def free_energy(law, T, *populations):
    """Return the molar free energy of each set of populations, J/mol."""
    energies = []
    for x in populations:
        n, y = x.x2 + x.x3, x.x3 / (x.x2 + x.x3)
        g2 = law.S12 * (law.T12 - T)
        g3 = g2 + law.H23 - T * law.S23
        inner = y * np.log(y) + (1 - y) * np.log(1 - y)
        energies.append(
            n * ((1 - y) * g2 + y * g3 + law.G23 * y * (1 - y))
            + law.G12 * n * (1 - n)
            + R * T * (n * np.log(n) + (1 - n) * np.log(1 - n) + n * inner)
        )
    return energies
