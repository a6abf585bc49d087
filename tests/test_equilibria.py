"""Trees of equilibria against Boltzmann's law, known answers and finite differences."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spectrafit.constants import GAS_CONSTANT as R
from spectrafit.equilibria import (
    Fraction,
    Pair,
    PairValues,
    leaves,
    tree_populations,
)
from spectrafit.errors import SettingsError
from spectrafit.laws import ThreeStateLaw, three_state, two_state
from spectrafit.mean_field import Branch, mixture, stable_logit

CHAIN = (Pair("n", "1", "y"), Pair("y", "2", "3"))
BALANCED = (Pair("top", "ab", "cd"), Pair("ab", "a", "b"), Pair("cd", "c", "d"))


def h0(G12=962.0, rho=0.045):
    return {
        "n": PairValues(H=79.1 * 91.0, S=79.1, G=G12, rho=rho),
        "y": PairValues(H=4070.0, S=4.43),
    }


def random_tree(rng, states):
    """Return pairs in any order and values with changes between 60 and 400 K."""
    branches = [f"state{i}" for i in range(states)]
    pairs = []
    while len(branches) > 1:
        i = int(rng.integers(len(branches) - 1))
        pair = Pair(f"pair{len(pairs)}", branches[i], branches[i + 1])
        branches[i : i + 2] = [pair.name]
        pairs.append(pair)
    values = {}
    for pair in pairs:
        S = rng.uniform(10, 90) * rng.choice([-1, 1, 1])
        values[pair.name] = PairValues(
            H=S * rng.uniform(60, 400), S=S, G=rng.uniform(-6000, 3500), rho=rng.uniform(0, 0.2)
        )
    return [pairs[i] for i in rng.permutation(len(pairs))], values


def differences(function, x, step):
    """Return a derivative to sixth order in the step."""
    weights = ((1, 3 / 4), (2, -3 / 20), (3, 1 / 60))
    parts = [w * (function(x + k * step) - function(x - k * step)) for k, w in weights]
    return sum(parts) / step


def assert_derivative(found, function, x, step):
    """Assert agreement to 1e-6 of the largest where differences of two steps agree, most often."""
    wide, narrow = differences(function, x, step), differences(function, x, step / 2)
    scale = np.median(np.abs(narrow)) + 1e-2 * np.abs(narrow).max()
    resolved = np.abs(wide - narrow) <= 3e-7 * scale
    # a jump, or nearly one, within the steps has no derivative by differences
    assert resolved.mean() > 0.75
    assert found[resolved] == pytest.approx(narrow[resolved], rel=1e-6, abs=1e-6 * scale)


def with_value(values, name, value):
    field, pair = name.split(".")
    row = {key: getattr(values[pair], key) for key in ("H", "S", "G", "rho")}
    return {**values, pair: PairValues(**{**row, field: value})}


class TestKnownAnswers:
    @pytest.mark.parametrize(
        ("T", "x1", "x2", "x3"),
        [
            (60, 0.95398, 0.04600, 0.00002),
            (75, 0.92638, 0.07343, 0.00018),
            (90, 0.54211, 0.45453, 0.00336),
            (100, 0.15328, 0.83606, 0.01066),
            (125, 0.02821, 0.93989, 0.03190),
            (200, 0.00262, 0.86927, 0.12811),
            (300, 0.00064, 0.74957, 0.24979),
        ],
    )
    def test_three_states(self, T, x1, x2, x3):
        found = tree_populations([T], CHAIN, h0()).x[:, 0]
        assert found == pytest.approx((x1, x2, x3), rel=3e-3, abs=6e-6)

    @pytest.mark.parametrize(
        ("H", "S", "G", "expected"),
        [
            (4070, 4.43, 0, (0.02802, 0.12845, 0.24995)),
            (12000, 38.67, -4762, (0.04567, 0.24685, 0.47955)),
            (26478, 151.74, -40000, (0.40161, 0.54465, 0.71012)),
        ],
    )
    def test_one_pair(self, H, S, G, expected):
        pair = [Pair("y", "2", "3")]
        found = tree_populations([120, 200, 300], pair, {"y": PairValues(H, S, G)})
        assert found.x[1] == pytest.approx(expected, abs=1.5e-5)

    @pytest.mark.parametrize(
        ("G12", "up", "down"), [(1800, 91.85, 89.83), (2500, 95.89, 84.11), (3000, 99.35, 78.61)]
    )
    def test_loop(self, G12, up, down):
        T = np.arange(70.0, 110.0, 0.01)
        for branch, jump in (("heating", up), ("cooling", down)):
            x1 = tree_populations(T, CHAIN, h0(G12, 0.0), branch=branch).x[0]
            place = int(np.argmax(np.abs(np.diff(x1))))
            assert abs(x1[place + 1] - x1[place]) > 0.2
            assert T[place] == pytest.approx(jump, abs=0.05)

    def test_no_loop_without_enough_interaction(self):
        T = np.linspace(70, 110, 401)
        heating, cooling = (
            tree_populations(T, CHAIN, h0(1200.0), branch=b).x for b in ("heating", "cooling")
        )
        assert heating == pytest.approx(cooling, abs=1e-12)

    # as the law of three states gave them before it was a tree
    @pytest.mark.parametrize(
        ("law", "branch", "T", "expected"),
        [
            (
                ThreeStateLaw(79.1, 91.0, 962, 4070, 4.43, 0, 0.045),
                "heating",
                90.0,
                (
                    0.5421067999979444,
                    0.4545293509952506,
                    0.00336384900680486,
                    -0.06940141106853986,
                    0.06868976865733223,
                    0.0007116424112076416,
                ),
            ),
            (
                ThreeStateLaw(93.6, 90.53, 835, 28371, 97.18, -14577, 0.0488),
                "heating",
                200.0,
                (
                    0.0005121517233569763,
                    0.7448675553986889,
                    0.2546202928779541,
                    -1.863265715297214e-05,
                    -0.002783336439336413,
                    0.002801969096489385,
                ),
            ),
            (
                ThreeStateLaw(79.1, 91.0, 2500, 4070, 4.43),
                "heating",
                90.0,
                (
                    0.9596835987025094,
                    0.04002022243643331,
                    0.0002961788610573411,
                    -0.007381148485868835,
                    0.007309156372538413,
                    7.199211333042237e-05,
                ),
            ),
            (
                ThreeStateLaw(79.1, 91.0, 2500, 4070, 4.43),
                "cooling",
                90.0,
                (
                    0.05259265120521323,
                    0.9404473518582334,
                    0.006959996936553465,
                    -0.005535497254288207,
                    0.005077306963183857,
                    0.0004581902911043507,
                ),
            ),
        ],
    )
    def test_the_law_of_three_states(self, law, branch, T, expected):
        assert three_state(T, law, branch=branch) == pytest.approx(expected, rel=1e-12)


class TestLimits:
    def test_one_pair_is_the_two_state_law(self):
        T = np.linspace(1, 600, 100)
        found = tree_populations(
            T, [Pair("p", "low", "high")], {"p": PairValues(9000, 60)}, derivatives=True
        )
        law = two_state(T, 9000.0, 60.0)
        for row, expected in (
            (found.x[1], law.value),
            (found.dx[1], law.by_T),
            (found.by[0, 1], law.by_H),
            (found.by[1, 1], law.by_S),
        ):
            assert row == pytest.approx(expected, rel=1e-12, abs=1e-300)

    @pytest.mark.parametrize(
        "pairs",
        [
            BALANCED,
            (Pair("top", "a", "b+"), Pair("b+", "b", "c+"), Pair("c+", "c", "d")),
            (Pair("top", "c-", "d"), Pair("b-", "a", "b"), Pair("c-", "b-", "c")),
        ],
    )
    def test_without_interaction_a_tree_is_boltzmann(self, pairs):
        H, S = {"a": 0, "b": 2e3, "c": 5e3, "d": 9e3}, {"a": 0, "b": 15, "c": 12, "d": 40}
        first = {"ab": "a", "cd": "c", "b+": "b", "c+": "c", "b-": "a", "c-": "a"}
        values = {}
        for pair in pairs:
            low, high = (first.get(name, name) for name in (pair.lower, pair.upper))
            values[pair.name] = PairValues(H[high] - H[low], S[high] - S[low])
        T = np.linspace(20, 600, 30)
        found = tree_populations(T, pairs, values)
        weights = np.array([np.exp(S[k] / R - H[k] / (R * T)) for k in leaves(pairs)])
        assert found.x == pytest.approx(weights / weights.sum(axis=0), rel=1e-12)
        mean = np.array([H[k] for k in leaves(pairs)]) @ found.x
        van_t_hoff = found.x * (np.array([[H[k]] for k in leaves(pairs)]) - mean) / (R * T**2)
        assert found.dx == pytest.approx(van_t_hoff, rel=1e-9, abs=1e-15)

    def test_a_trapped_share_stays(self):
        values = {"n": PairValues(9000, 60, 0, 0.3), "y": PairValues(4000, 5, 0, 0.2)}
        assert tree_populations([0.0], CHAIN, values).x[:, 0] == pytest.approx((0.7, 0.24, 0.06))

    def test_strong_repulsion_reaches_the_root(self):
        # between the plateaus of tanh plain Newton's steps go back and forth for ever
        T = np.linspace(20, 400, 300)
        energy, thermal = 5591.08 - 137.616 * T, R * T
        for G in (-32936.0, -14577.0, -500.0, 3000.0):
            w = stable_logit(energy, G, thermal, Branch.HEATING)
            u = mixture(w)
            rest = thermal * w + energy + G * (u.lower - u.upper)
            assert np.abs(rest).max() < 1e-8


class TestDerivatives:
    @pytest.mark.parametrize("branch", list(Branch))
    @pytest.mark.parametrize("states", [2, 3, 4])
    @pytest.mark.parametrize("seed", range(4))
    def test_of_random_trees(self, seed, states, branch):
        rng = np.random.default_rng([seed, states])
        pairs, values = random_tree(rng, states)
        T = np.linspace(60, 400, 35)
        found = tree_populations(T, pairs, values, branch=branch, derivatives=True)
        assert len(found.parameters) == len(found.by) == len(found.dby) == 4 * len(pairs)

        def at(t, changed=values):
            return tree_populations(t, pairs, changed, branch=branch)

        assert_derivative(found.dx, lambda t: at(t).x, T, 0.2)
        steps = {"H": 5.0, "S": 0.05, "G": 5.0, "rho": 1e-3}
        for i, name in enumerate(found.parameters):
            field, pair = name.split(".")
            value = getattr(values[pair], field) + (0.01 if field == "rho" else 0.0)
            base = with_value(values, name, value)
            here = tree_populations(T, pairs, base, branch=branch, derivatives=True)
            for rows, key in ((here.by, "x"), (here.dby, "dx")):

                def changed(number, key=key, name=name, base=base):
                    return getattr(at(T, with_value(base, name, number)), key)

                assert_derivative(rows[i], changed, value, steps[field])

    @pytest.mark.parametrize("prescribed", ["top", "ab", "cd"])
    def test_with_a_prescribed_fraction(self, prescribed):
        T = np.linspace(60, 400, 35)
        rng = np.random.default_rng(5)
        _, values = random_tree(rng, 4)
        values = dict(zip(("top", "ab", "cd"), values.values(), strict=True))

        def fraction(t, a=0.2, b=0.6):
            s = t / 400.0
            u = a + b * s * s
            by = np.array([np.ones_like(t), s * s])
            return Fraction(u, 2 * b * s / 400, by, np.array([0 * t, 2 * s / 400]), ("a", "b"))

        def at(t=T, a=0.2, b=0.6, v=values):
            return tree_populations(
                t, BALANCED, v, fractions={prescribed: fraction(t, a, b)}, derivatives=True
            )

        found = at()
        assert_derivative(found.dx, lambda t: at(t).x, T, 0.2)
        for i, name in enumerate(found.parameters):
            for rows, key in ((found.by, "x"), (found.dby, "dx")):
                if name in ("a", "b"):
                    assert_derivative(
                        rows[i],
                        lambda v, name=name, key=key: getattr(at(**{name: v}), key),
                        {"a": 0.2, "b": 0.6}[name],
                        1e-3,
                    )
                    continue
                field, pair = name.split(".")
                assert_derivative(
                    rows[i],
                    lambda v, name=name, key=key: getattr(at(v=with_value(values, name, v)), key),
                    getattr(values[pair], field),
                    {"H": 5.0, "S": 0.05, "G": 5.0, "rho": 1e-4}[field],
                )

    def test_rows_follow_the_order_of_pairs(self):
        T = np.linspace(70, 300, 5)
        given_, turned = (
            tree_populations(T, pairs, h0(), derivatives=True) for pairs in (CHAIN, CHAIN[::-1])
        )
        assert given_.parameters[:4] == ("H.n", "S.n", "G.n", "rho.n")
        assert turned.parameters[:4] == ("H.y", "S.y", "G.y", "rho.y")
        for i, name in enumerate(turned.parameters):
            j = given_.parameters.index(name)
            assert (turned.by[i] == given_.by[j]).all()
            assert (turned.dby[i] == given_.dby[j]).all()

    def test_cost_less_than_half_of_one_sided_differences(self):
        T = np.linspace(5, 300, 560)

        def spent(derivatives):
            start = time.perf_counter()
            found = tree_populations(T, CHAIN, h0(), derivatives=derivatives)
            return time.perf_counter() - start, len(found.parameters)

        plain = min(spent(False) for _ in range(40))
        exact = min(spent(True) for _ in range(40))
        # differences need one evaluation more than there are parameters
        assert exact[0] < 0.5 * (1 + exact[1]) * plain[0]


class TestPrescribed:
    def test_share_is_the_population(self):
        u = np.array([0.0, 0.25, 1.0])
        found = tree_populations(
            [10, 100, 300], CHAIN, h0(rho=0.0), fractions={"y": Fraction(u, np.zeros(3))}
        )
        assert found.x[2] == pytest.approx(u * found.x[1:].sum(axis=0))

    def test_the_root_needs_no_values(self):
        found = tree_populations(
            [50, 100],
            CHAIN,
            {"y": PairValues(4070, 4.43)},
            fractions={"n": Fraction(np.array([0.3, 0.9]), np.array([0.0, 0.1]))},
        )
        assert found.x[0] == pytest.approx((0.7, 0.1))
        assert found.dx[0] == pytest.approx((0.0, -0.1))

    def test_of_the_equilibrium_changes_nothing_above_it(self):
        T = np.linspace(60, 300, 20)
        law = two_state(T, 4070.0, 4.43)
        free = tree_populations(T, CHAIN, h0())
        held = tree_populations(T, CHAIN, h0(), fractions={"y": Fraction(law.value, law.by_T)})
        assert held.x == pytest.approx(free.x, rel=1e-12)
        assert held.dx == pytest.approx(free.dx, rel=1e-9, abs=1e-14)

    def test_ends_are_finite(self):
        u, slope = np.array([0.0, 1.0]), np.array([0.01, -0.01])
        rows = np.ones((1, 2))
        found = tree_populations(
            [100.0, 200.0],
            CHAIN,
            h0(),
            fractions={"y": Fraction(u, slope, rows, rows, ("share",))},
            derivatives=True,
        )
        assert found.parameters[-1] == "share"
        assert all(np.isfinite(part).all() for part in found[:4])

    @pytest.mark.parametrize(
        ("rows", "word"),
        [
            ({"u": [1.2], "du": [0.0]}, "outside 0 to 1"),
            ({"u": [-0.1], "du": [0.0]}, "outside 0 to 1"),
            ({"u": [np.nan], "du": [0.0]}, "not a finite"),
            ({"u": [0.5], "du": [0.0, 1.0]}, "shape"),
            ({"u": [0.5], "du": [0.0], "names": ("a",)}, "shape"),
        ],
    )
    def test_impossible_fractions_are_refused(self, rows, word):
        arrays = {key: np.array(row) if key != "names" else row for key, row in rows.items()}
        with pytest.raises(SettingsError, match=word):
            Fraction(**arrays)


@st.composite
def trees(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    pairs, _ = random_tree(rng, draw(st.integers(2, 5)))
    size = draw(st.sampled_from([1.0, 30.0]))
    values = {
        pair.name: PairValues(
            H=size * draw(st.floats(-4e4, 4e4)),
            S=draw(st.floats(-200, 200)),
            G=size * draw(st.floats(-4e4, 1e4)),
            rho=draw(st.floats(0, 1)),
        )
        for pair in pairs
    }
    return pairs, values


class TestAnyTree:
    @settings(max_examples=60)
    @given(trees(), st.sampled_from(list(Branch)))
    def test_populations(self, tree, branch):
        pairs, values = tree
        T = np.array([0.0, 1e-9, 0.1, 1.0, 4.2, 30.0, 77.0, 120.0, 200.0, 300.0, 1000.0])
        found = tree_populations(T, pairs, values, branch=branch, derivatives=True)
        assert all(np.isfinite(part).all() for part in found[:4])
        assert (found.x >= 0).all()
        assert (found.x <= 1).all()
        assert found.x.sum(axis=0) == pytest.approx(np.ones(T.size), abs=1e-12)
        for rows in (found.dx, *found.by, *found.dby):
            size = 1e-12 * np.abs(rows).max(axis=0) + 1e-300
            assert (np.abs(rows.sum(axis=0)) <= size * len(rows)).all()

    @given(trees())
    def test_heating_lags_behind_cooling_in_a_single_pair(self, tree):
        (pair, *_), values = tree
        T = np.linspace(10, 500, 40)
        one = [Pair(pair.name, "low", "high")]
        x = {
            b: tree_populations(T, one, {pair.name: values[pair.name]}, branch=b).x[1]
            for b in Branch
        }
        assert (x[Branch.HEATING] <= x[Branch.MAXWELL] + 1e-12).all()
        assert (x[Branch.MAXWELL] <= x[Branch.COOLING] + 1e-12).all()


class TestTrees:
    def test_states_in_order(self):
        assert leaves(BALANCED) == leaves(BALANCED[::-1]) == ("a", "b", "c", "d")
        assert leaves(CHAIN) == ("1", "2", "3")

    @pytest.mark.parametrize(
        ("pairs", "word"),
        [
            ([], "no pair"),
            ([Pair("p", "a", "a")], "twice"),
            ([Pair("p", "a", "q"), Pair("q", "a", "b")], "twice"),
            ([Pair("p", "a", "b"), Pair("p", "c", "d")], "twice"),
            ([Pair("p", "a", "b"), Pair("q", "c", "d")], "not one tree"),
            ([Pair("p", "a", "p")], "within itself"),
            ([Pair("p", "q", "b"), Pair("q", "p", "c")], "within itself"),
            ([Pair("t", "x", "z"), Pair("p", "q", "b"), Pair("q", "p", "c")], "within itself"),
        ],
    )
    def test_what_is_no_tree_is_refused(self, pairs, word):
        with pytest.raises(SettingsError, match=word):
            leaves(pairs)

    @pytest.mark.parametrize(
        ("T", "change", "word"),
        [
            ([-1.0], {}, "below 0 K"),
            ([np.nan], {}, "finite"),
            (100.0, {}, "one row"),
            ([100.0], {"values": {"n": PairValues(1, 1)}}, "'y' has no values"),
            ([100.0], {"values": {**h0(), "z": PairValues(1, 1)}}, "no pair 'z'"),
            ([100.0], {"fractions": {"y": Fraction(np.ones(2), np.ones(2))}}, "2 values at 1"),
            ([100.0], {"branch": "warming"}, "heating, cooling, maxwell"),
        ],
    )
    def test_bad_input_is_refused(self, T, change, word):
        change = {"values": h0(), **change}
        with pytest.raises(SettingsError, match=word):
            tree_populations(T, CHAIN, **change)

    @pytest.mark.parametrize("values", [{"rho": 1.1}, {"rho": -0.1}, {"G": np.inf}])
    def test_impossible_values_are_refused(self, values):
        with pytest.raises(SettingsError):
            PairValues(**({"H": 1.0, "S": 1.0} | values))
