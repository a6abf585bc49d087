"""The two-state line: known answers, derivatives, limits, and fits by the engines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spectrafit.errors import FitError
from spectrafit.fit import ParameterChange, Problem, fit, fit_many
from spectrafit.lines import Doublet, Line, Polynomial
from spectrafit.spectrum import Spectrum
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.exchange import exchange_line
from spectrafit_mossbauer.hopping import HoppingDoublet, HoppingLine
from spectrafit_mossbauer.hopping_limits import extra_width, merging_rate

Array = NDArray[np.float64]
X = np.linspace(-4.0, 4.0, 201)
LINES = [HoppingLine, HoppingDoublet]


def matrix_line(v: Array, v1: float, v2: float, p2: float, k: float, w1: float, w2: float) -> Array:
    """Return the line as ``Re p (M - W)^-1 1 / pi`` with the 2 x 2 matrix of jumps W."""
    p1 = 1.0 - p2
    jumps = k / KAPPA * np.array([[-p2, p2], [p1, -p1]])
    place, width = np.array([v1, v2]), np.array([w1, w2])
    found = [
        np.array([p1, p2])
        @ np.linalg.solve(np.diag(1j * (x - place) + 0.5 * width) - jumps, np.ones(2))
        for x in v
    ]
    return np.real(np.array(found)) / np.pi


def line(v: Array, v1: float, v2: float, p1: float, k: float, w: float) -> Array:
    return np.asarray(HoppingLine.function(v, v1, v2, 1.0 - p1, np.log10(k), w, w, 1.0)[0])


@pytest.mark.parametrize("shape", LINES, ids=lambda one: one.name)
def test_derivatives_agree_with_central_differences(shape: Line) -> None:
    assert shape.draw is not None
    rng = np.random.default_rng(2)
    for _ in range(20):
        p = shape.draw(rng)
        _, *slopes = shape.function(X, *p)
        assert len(slopes) == len(shape.parameters)
        for j, slope in enumerate(slopes):
            step = 1e-5 * max(1.0, abs(p[j]))
            up = shape.function(X, *p[:j], p[j] + step, *p[j + 1 :])[0]
            down = shape.function(X, *p[:j], p[j] - step, *p[j + 1 :])[0]
            difference = (up - down) / (2 * step)
            assert np.abs(slope - difference).max() <= 1e-6 * max(1.0, np.abs(difference).max())


@pytest.mark.parametrize("shape", LINES, ids=lambda one: one.name)
def test_known_answers(shape: Line) -> None:
    for known in shape.known:
        found = shape.function(np.array([known.x]), *known.parameters)[0][0]
        assert found == pytest.approx(known.value, rel=1e-7), known.source


@given(
    v2=st.floats(-2.0, 2.0),
    p2=st.floats(0.02, 0.98),
    log_k=st.floats(3.0, 9.5),
    w1=st.floats(0.1, 1.0),
    w2=st.floats(0.1, 1.0),
)
def test_the_closed_form_is_the_matrix(
    v2: float, p2: float, log_k: float, w1: float, w2: float
) -> None:
    v = np.linspace(-3.0, 3.0, 13)
    closed = HoppingLine.function(v, 0.3, v2, p2, log_k, w1, w2, 1.0)[0]
    other = matrix_line(v, 0.3, v2, p2, 10.0**log_k, w1, w2)
    assert np.abs(closed - other).max() <= 1e-11 * max(1.0, np.abs(other).max())


def test_it_is_the_line_of_many_states_for_two() -> None:
    for log_k in (6.0, 8.0, 9.0, 11.0):
        other = exchange_line(X, [0.1, 1.45], [0.3, 0.7], 10.0**log_k, 0.27)
        assert np.abs(line(X, 0.1, 1.45, 0.3, 10.0**log_k, 0.27) - other).max() < 1e-11


def test_a_doublet_of_one_state_is_a_plain_doublet() -> None:
    for p2, log_k in ((0.0, 8.0), (1.0, 9.0)):
        hopped = HoppingDoublet.function(X, 0.4, 1.2, 1.1, 2.4, p2, log_k, 0.3, 1.0)[0]
        center, splitting = (0.4, 1.2) if p2 == 0.0 else (1.1, 2.4)
        height = 0.5 * 2.0 / (np.pi * 0.3)
        plain = Doublet.function(X, center, splitting, 0.3, height)[0]
        assert np.allclose(hopped, plain, rtol=1e-12)


def test_opposite_signs_pair_the_other_lines() -> None:
    p = (1.0 - 0.6, 9.0, 0.25, 1.0)
    opposite = HoppingDoublet.function(X, 0.5, 1.0, 1.1, -2.5, *p)[0]
    pairs = [(0.0, 1.1 + 1.25), (1.0, 1.1 - 1.25)]
    by_hand = 0.5 * sum(line(X, v1, v2, 0.6, 1e9, 0.25) for v1, v2 in pairs)
    assert np.allclose(opposite, by_hand, rtol=1e-12)
    same = HoppingDoublet.function(X, 0.5, 1.0, 1.1, 2.5, *p)[0]
    assert np.abs(opposite - same).max() > 0.1 * same.max()


def test_fast_hopping_adds_the_width_of_the_formula() -> None:
    for k, distance in ((1e9, 1.35), (3e9, 1.35), (1e9, 0.15)):
        v = np.linspace(-3.0, 5.0, 400_001)
        shape = line(v, 0.0, distance, 0.5, k, 0.25)
        above = v[shape >= 0.5 * shape.max()]
        extra = float(extra_width(k, distance, 0.5))
        assert above[-1] - above[0] - 0.25 == pytest.approx(extra, rel=0.02, abs=4e-5)


def test_two_equal_lines_merge_at_the_merging_rate() -> None:
    """The curvature midway changes its sign there; zero width is approached, not reached."""
    rate = float(merging_rate(1.35))
    assert rate == pytest.approx(7.0e7, rel=5e-3)
    v = np.array([0.675 - 1e-3, 0.675, 0.675 + 1e-3])
    for share, sign in ((0.98, 1.0), (1.02, -1.0)):
        low, middle, high = line(v, 0.0, 1.35, 0.5, share * rate, 1e-6)
        assert np.sign(low + high - 2.0 * middle) == sign


def simulated(count: int, log_k: float) -> tuple[Problem, Array]:
    x = np.linspace(-4.0, 4.0, 300)
    model = HoppingDoublet("site1") + Polynomial(0, name="base")
    names = {"center1": 0.5, "splitting1": 1.0, "center2": 1.1, "splitting2": 2.5}
    truth = {f"site1.{n}": v for n, v in names.items()}
    truth |= {"site1.p2": 0.4, "site1.log_k": log_k, "site1.fwhm": 0.26, "site1.area": -4e4}
    truth["base.c0"] = 1e6
    y = np.random.default_rng(1).poisson(model.evaluate(x, truth), (count, x.size))
    start = truth | {"site1.p2": 0.5, "site1.log_k": 9.0, "site1.fwhm": 0.3}
    held = {f"site1.{n}": ParameterChange(fixed=True) for n in names}
    problem = Problem(
        Spectrum(x, y[0], np.sqrt(y[0]), x_unit="mm/s"), model, start=start, parameters=held
    )
    return problem, y.astype(float)


def test_single_and_batch_engines_fit_it_alike_and_the_rate_comes_back() -> None:
    problem, y = simulated(40, 8.7)
    batch = fit_many(problem, y, engine="batch", counts=True)
    single = fit_many(problem, y[:3], engine="scipy", counts=True)
    assert batch.converged.all()
    for name in problem.free_names:
        apart = np.abs(batch.value(name)[:3] - single.value(name)) / single.sigma(name)
        assert apart.max() < 1e-3
    pulls = (batch.value("site1.log_k") - 8.7) / batch.sigma("site1.log_k")
    assert abs(pulls.mean()) < 3.0 / np.sqrt(40)
    assert abs(pulls.std() - 1.0) < 3.0 / np.sqrt(80)
    assert fit(problem).chi2 > 0.0


def test_the_compiled_engine_names_the_line_it_lacks() -> None:
    pytest.importorskip("numba")
    problem, y = simulated(2, 8.7)
    with pytest.raises(FitError, match="hopping"):
        fit_many(problem, y, engine="compiled", counts=True)
