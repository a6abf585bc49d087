"""Spectra in the order of a condition, and their stack on a grid no finer than any of them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError
from spectrafit.history import Source
from spectrafit.series import SpectrumSeries, Stack
from spectrafit.spectrum import Spectrum


def at(T, x=(1, 2, 3), y=None, sigma=None, name="", **given):
    y = x if y is None else y
    conditions = {} if T is None else {"T": T}
    return Spectrum(x, y, sigma, conditions=conditions, source=Source(name or f"{T}K.dat"), **given)


def test_spectra_are_ordered_by_their_condition():
    series = SpectrumSeries((at(300), at(8), at(90.5)))
    assert [spectrum.source.name for spectrum in series] == ["8K.dat", "90.5K.dat", "300K.dat"]
    assert series.values.tolist() == [8, 90.5, 300]
    assert len(series) == 3
    assert series[0].conditions["T"] == 8


@pytest.mark.parametrize(
    ("spectra", "words"),
    [
        ((), "at least one"),
        ((at(8), at(None, name="b.dat")), "b.dat: condition T is missing"),
        ((at(8), at("cold")), "condition T is 'cold', not a number"),
        ((at(8, name="a"), at(8, name="b")), "a and b both have T = 8"),
        ((at(8), at(9, x_unit="eV", name="b")), "b: x_unit is eV, but 1 in 8K.dat"),
        ((at(8), at(9, y_unit="counts")), "y_unit is counts"),
    ],
)
def test_what_is_no_series_is_refused(spectra, words):
    with pytest.raises(SpectrafitError, match=words):
        SpectrumSeries(spectra)


def test_equal_or_missing_conditions_when_told():
    twice = SpectrumSeries((at(9), at(8, name="a"), at(8, name="b")), equal_allowed=True)
    assert [spectrum.source.name for spectrum in twice] == ["a", "b", "9K.dat"]
    given_order = SpectrumSeries((at(9), at(None, name="b"), at(8)), condition="")
    assert [spectrum.source.name for spectrum in given_order] == ["9K.dat", "b", "8K.dat"]
    assert given_order.values.tolist() == [0, 1, 2]


def test_another_condition_may_order():
    spectra = [
        Spectrum([1, 2], [1, 2], conditions={"T": 8.0, "pressure": p}) for p in (3.0, 1.0, 2.0)
    ]
    assert SpectrumSeries(tuple(spectra), condition="pressure").values.tolist() == [1, 2, 3]


def test_spectra_that_share_their_points_are_not_interpolated():
    x = np.array([1.0, 2.0, 4.0, 7.0])
    stack = SpectrumSeries((at(9, x, x**2, x), at(8, x, x, x))).stack()
    assert stack.x.tolist() == x.tolist()
    assert stack.y.tolist() == [x.tolist(), (x**2).tolist()]
    assert stack.sigma.tolist() == [x.tolist(), x.tolist()]
    assert stack.values.tolist() == [8, 9]
    assert [source.name for source in stack.sources] == ["8K.dat", "9K.dat"]
    assert stack.history[0].settings["interpolated_points_of_each"] == [0, 0]
    assert "nothing was interpolated" in stack.history[0].text
    assert len(stack) == 2


def test_the_grid_is_the_coarsest_of_the_common_range():
    fine = at(8, np.arange(0.0, 10.01, 0.5), name="fine")
    coarse = at(9, np.arange(1.0, 9.01, 2.0), name="coarse")
    stack = SpectrumSeries((fine, coarse)).stack()
    assert stack.x.tolist() == [1, 3, 5, 7, 9]
    assert stack.y[0].tolist() == [1, 3, 5, 7, 9]
    settings = stack.history[0].settings
    assert (settings["low"], settings["high"], settings["points"]) == (1, 9, 5)
    assert settings["points_of_each"] == [21, 5]


def test_where_one_is_locally_coarse_the_grid_is():
    first = at(8, [0, 1, 2, 3, 4, 8, 12], name="coarse at the end")
    second = at(9, [0, 4, 8, 9, 10, 11, 12], name="coarse at the start")
    assert SpectrumSeries((first, second)).stack().x.tolist() == [0, 4, 8, 12]


def test_interpolation_is_linear_carries_errors_and_is_noted():
    first = at(8, [0, 2, 4], [0, 20, 40], [3, 4, 3], name="even")
    second = at(9, [1, 3, 5], [1, 3, 5], [1, 1, 1], name="odd")
    stack = SpectrumSeries((first, second)).stack()
    assert stack.x.tolist() == [1, 3]
    assert stack.y[0].tolist() == [10, 30]
    assert stack.sigma[0].tolist() == [2.5, 2.5]
    assert stack.sigma[1].tolist() == [1, 1]
    assert stack.history[0].settings["interpolated_points_of_each"] == [2, 0]
    assert "linear interpolation" in stack.history[0].text
    assert "correlated" in stack.history[0].text


def test_errors_are_given_only_if_all_have_them():
    assert SpectrumSeries((at(8, sigma=[1, 1, 1]), at(9))).stack().sigma is None


@pytest.mark.parametrize(
    ("other", "named"), [([10, 11], "b, a"), ([3, 4], "b, a"), ([-2, 0], "a, b"), ([], "b, b")]
)
def test_no_common_range_is_refused_naming_who_does_not_reach_whom(other, named):
    with pytest.raises(SpectrafitError, match="no common range") as caught:
        SpectrumSeries((at(8, name="a"), at(9, other, name="b"))).stack()
    assert caught.value.where == named


GRIDS = st.lists(
    st.lists(st.integers(0, 40), min_size=5, max_size=40, unique=True).map(
        lambda points: np.sort(points).astype(float)
    ),
    min_size=1,
    max_size=4,
)


@given(GRIDS)
def test_every_step_of_the_grid_holds_a_point_of_every_spectrum(grids):
    series = SpectrumSeries(
        tuple(at(i, grid, 2 * grid + 1, np.ones(grid.size)) for i, grid in enumerate(grids))
    )
    try:
        stack = series.stack()
    except SpectrafitError:
        low, high = max(g[0] for g in grids), min(g[-1] for g in grids)
        shared = [((g >= low) & (g <= high)).sum() for g in grids]
        assert high <= low or min(shared) < 2
        return
    for grid in grids:
        inside = np.searchsorted(grid, stack.x, side="right")
        assert (np.diff(inside) >= 1).all()
        assert grid[0] <= stack.x[0]
        assert stack.x[-1] <= grid[-1]
    assert set(stack.x) <= {point for grid in grids for point in grid}
    # a straight line is interpolated exactly, and no error grows
    assert stack.y == pytest.approx(np.tile(2 * stack.x + 1, (len(grids), 1)))
    assert (stack.sigma <= 1 + 1e-12).all()


def test_a_stack_is_read_only_and_survives_pickling():
    stack = SpectrumSeries((at(8, sigma=[1, 1, 1]), at(9, sigma=[1, 1, 1]))).stack()
    twin = pickle.loads(pickle.dumps(stack))
    for name in ("x", "y", "sigma", "values"):
        assert getattr(twin, name).tolist() == getattr(stack, name).tolist()
        assert not getattr(stack, name).flags.writeable
        assert not getattr(twin, name).flags.writeable
    assert twin.history == stack.history


@pytest.mark.parametrize("change", [{"y": [[1, 2]]}, {"sigma": [[1, 2]]}, {"values": [1, 2]}])
def test_a_stack_of_the_wrong_shape_is_refused(change):
    fitting = {
        "x": [1, 2, 3],
        "y": [[1, 2, 3]],
        "sigma": None,
        "x_unit": "1",
        "y_unit": "1",
        "condition": "T",
        "values": [8],
        "sources": (Source("a"),),
    }
    assert len(Stack(**fitting)) == 1
    with pytest.raises(SpectrafitError, match="does not fit"):
        Stack(**(fitting | change))
