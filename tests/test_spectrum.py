"""Spectra: read-only, checked, and the same after a trip to another process."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from spectrafit.errors import SpectrafitError, UnitError
from spectrafit.history import HistoryEntry, Source
from spectrafit.spectrum import Spectrum, finite_conditions, is_finite_number, read_only


@pytest.fixture
def spectrum():
    return Spectrum(
        [1, 2, 3, 4],
        [10, 20, 30, 40],
        [1, 2, 3, 4],
        "eV",
        "counts",
        "counts",
        {"T": 8.0, "branch": "heating"},
        Source("a.dat", "abc"),
        (HistoryEntry("roles", {"x": "energy"}),),
    )


def test_arrays_are_copies_and_read_only():
    x, y = np.arange(3.0), np.ones(3)
    spectrum = Spectrum(x, y, np.ones(3))
    x[0] = -5.0
    assert spectrum.x[0] == 0.0
    for array in (spectrum.x, spectrum.y, spectrum.sigma):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7.0


def test_conditions_are_read_only(spectrum):
    with pytest.raises(TypeError):
        spectrum.conditions["T"] = 9.0


def test_unpickling_keeps_everything_and_freezes_again(spectrum):
    twin = pickle.loads(pickle.dumps(spectrum))
    for name in ("x", "y", "sigma"):
        assert getattr(twin, name).tolist() == getattr(spectrum, name).tolist()
        assert not getattr(twin, name).flags.writeable
    for name in ("x_unit", "y_unit", "sigma_origin", "conditions", "source", "history"):
        assert getattr(twin, name) == getattr(spectrum, name)
    with pytest.raises(TypeError):
        twin.conditions["T"] = 9.0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"x": [1, 2], "y": [1]}, "shape"),
        ({"x": [[1, 2]], "y": [[1, 2]]}, "shape"),
        ({"x": [1, np.nan], "y": [1, 2]}, "point 1 is not a finite number"),
        ({"x": [1, 2], "y": [np.inf, 2]}, "point 0 is not a finite number"),
        ({"x": [1, 1], "y": [1, 2]}, "x does not increase at point 1"),
        ({"x": [1, 3, 2], "y": [1, 2, 3]}, "x does not increase at point 2"),
        ({"x": [1, 2], "y": [1, 2], "sigma": [1, 0]}, "sigma must be positive"),
        ({"x": [1, 2], "y": [1, 2], "sigma": [1, np.nan]}, "sigma must be positive"),
        ({"x": [1, 2], "y": [1, 2], "sigma": [1]}, "as long as y"),
        ({"x": [1, 2], "y": [1, 2], "x_unit": "furlong"}, "furlong"),
        ({"x": [1, 2], "y": [1, 2], "conditions": {"T": np.nan}}, "condition T"),
        ({"x": ["1", "2"], "y": [1, 2]}, "real numbers"),
        ({"x": [1, 2], "y": [1j, 2]}, "real numbers"),
        ({"x": [1, 2], "y": [None, 2]}, "real numbers"),
        ({"x": [[1], [1, 2]], "y": [1, 2]}, "equal length"),
        (
            {"x": [1, 2], "y": np.ma.masked_array([1.0, 2.0], mask=[False, True])},
            "point 1 is not a finite number",
        ),
    ],
)
def test_what_is_no_spectrum_is_refused(given, words):
    with pytest.raises(SpectrafitError, match=words) as caught:
        Spectrum(**given, source=Source("a.dat"))
    assert str(caught.value)


def test_units_are_spelt_as_in_the_table():
    spectrum = Spectrum([1, 2], [1, 2], x_unit="cm^-1", y_unit="arb. units")
    assert (spectrum.x_unit, spectrum.y_unit) == ("cm-1", "1")
    with pytest.raises(UnitError):
        Spectrum([1, 2], [1, 2], x_unit="C")


def test_window_includes_both_ends_and_is_written_down(spectrum):
    part = spectrum.window(2, 3)
    assert part.x.tolist() == [2, 3]
    assert part.y.tolist() == [20, 30]
    assert part.sigma.tolist() == [2, 3]
    assert part.history[:-1] == spectrum.history
    assert part.history[-1] == HistoryEntry("window", {"low": 2, "high": 3, "points": 2})
    assert len(spectrum) == 4


def test_an_empty_window_says_where_the_data_are(spectrum):
    with pytest.raises(SpectrafitError, match=r"no point between 5 and 6 eV.*from 1 to 4"):
        spectrum.window(5, 6)
    with pytest.raises(SpectrafitError, match="empty"):
        Spectrum([], []).window(0, 1)


def test_a_step_is_appended(spectrum):
    moved = spectrum.after(HistoryEntry("shift", {"by_eV": 1.0}), x=spectrum.x + 1)
    assert moved.x.tolist() == [2, 3, 4, 5]
    assert [entry.step for entry in moved.history] == ["roles", "shift"]
    assert [entry.step for entry in spectrum.history] == ["roles"]


def test_the_notebook_sees_escaped_words():
    html = Spectrum([1, 2], [1, 2], source=Source("<b>.dat"))._repr_html_()
    assert "&lt;b&gt;.dat" in html
    assert "empty" in Spectrum([], [])._repr_html_()


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (1, True),
        (1.5, True),
        (np.float32(2.0), True),
        (np.int8(3), True),
        (True, False),
        (np.nan, False),
        (np.float32(np.inf), False),
        ("1", False),
        (None, False),
        (1j, False),
    ],
)
def test_finite_numbers(value, answer):
    assert is_finite_number(value) is answer


def test_conditions_that_are_neither_number_nor_text_are_refused():
    assert dict(finite_conditions({"T": 8, "branch": "up"}, where="a")) == {"T": 8, "branch": "up"}
    with pytest.raises(SpectrafitError, match="a: condition T is None"):
        finite_conditions({"T": None}, where="a")


def test_read_only_takes_what_holds_numbers():
    assert read_only([True, False]).tolist() == [1.0, 0.0]
    assert read_only([]).shape == (0,)
    assert read_only(3).shape == ()
