"""From a recording to its spectrum: sorted, averaged, gaps left out, and all of it counted."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import ReadError, SettingsError, SpectrafitError
from spectrafit.history import Source
from spectrafit.recording import Column, Recording

NAN = float("nan")


def recording(**columns):
    roles = {role: role for role in ("x", "y", "sigma") if role in columns}
    return Recording(
        "a.dat",
        tuple(Column(name, values) for name, values in columns.items()),
        {"Beamline": "I20"},
        roles,
        {"T": 8.0},
        Source("a.dat", "abc"),
        reader="test",
    )


def counts(spectrum):
    settings = spectrum.history[0].settings
    return {name: settings[name] for name in ("points_left_out", "points_averaged", "sorted")}


def test_points_are_sorted():
    spectrum = recording(x=[3, 1, 2], y=[30, 10, 20]).spectrum()
    assert spectrum.x.tolist() == [1, 2, 3]
    assert spectrum.y.tolist() == [10, 20, 30]
    assert counts(spectrum) == {"points_left_out": 0, "points_averaged": 0, "sorted": True}


def test_points_of_equal_x_are_averaged_with_their_errors():
    spectrum = recording(x=[1, 2, 2, 3], y=[10, 20, 30, 40], sigma=[1, 3, 4, 1]).spectrum()
    assert spectrum.x.tolist() == [1, 2, 3]
    assert spectrum.y.tolist() == [10, 25, 40]
    assert spectrum.sigma.tolist() == [1, 2.5, 1]
    assert counts(spectrum) == {"points_left_out": 0, "points_averaged": 1, "sorted": False}


@pytest.mark.parametrize(
    "columns",
    [
        {"x": [1, 2, NAN, 4], "y": [1, 2, 3, 4]},
        {"x": [1, 2, 3, 4], "y": [1, 2, np.inf, 4]},
        {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4], "sigma": [1, 1, NAN, 1]},
        {"x": [1, 2, 3, 4], "y": [1, 2, 3, 4], "sigma": [1, 1, 0, 1]},
    ],
)
def test_points_without_a_number_are_left_out_and_counted(columns):
    spectrum = recording(**columns).spectrum()
    assert spectrum.x.tolist() == [1, 2, 4]
    assert counts(spectrum)["points_left_out"] == 1


@given(
    st.lists(
        st.tuples(st.sampled_from([1.0, 2.0, 3.0, 4.0, NAN]), st.floats(-1e3, 1e3) | st.just(NAN)),
        min_size=2,
        max_size=30,
    )
)
def test_no_row_is_lost_unnoticed(rows):
    x, y = zip(*rows, strict=True)
    good = [(a, b) for a, b in rows if np.isfinite(a) and np.isfinite(b)]
    if len({a for a, _ in good}) < 2:
        with pytest.raises(ReadError, match="usable points"):
            recording(x=x, y=y).spectrum()
        return
    spectrum = recording(x=x, y=y).spectrum()
    found = counts(spectrum)
    assert len(spectrum) + found["points_left_out"] + found["points_averaged"] == len(rows)
    for at, mean in zip(spectrum.x, spectrum.y, strict=True):
        assert mean == pytest.approx(np.mean([b for a, b in good if a == at]), abs=1e-9)


def test_roles_can_be_chosen_and_are_written_down():
    rec = recording(x=[1, 2], y=[1, 2], mu=[5, 6], err=[1, 1])
    spectrum = rec.spectrum(y="mu", sigma="err", sigma_origin="scans")
    assert spectrum.y.tolist() == [5, 6]
    assert spectrum.sigma_origin == "scans"
    assert spectrum.conditions == {"T": 8.0}
    assert spectrum.source == rec.source
    settings = spectrum.history[0].settings
    assert (settings["x"], settings["y"], settings["sigma"]) == ("x", "mu", "err")


@pytest.mark.parametrize(
    ("roles", "words"),
    [({"y": "nothing"}, "the columns are: x, y"), ({"Y": "mu"}, "the roles are: x, y, sigma")],
)
def test_a_column_or_role_that_is_not_there_is_refused(roles, words):
    with pytest.raises(SettingsError, match=words):
        recording(x=[1, 2], y=[1, 2]).spectrum(**roles)


def test_a_role_nobody_proposed_is_asked_for():
    rec = Recording("a.dat", (Column("a", [1, 2]), Column("b", [1, 2])))
    with pytest.raises(SettingsError, match="which column is x"):
        rec.spectrum()
    assert rec.spectrum(x="a", y="b").x.tolist() == [1, 2]


@pytest.mark.parametrize(("x", "left"), [([1, NAN], 1), ([2, 2], 1), ([NAN, NAN], 0), ([], 0)])
def test_too_few_points_are_refused(x, left):
    with pytest.raises(ReadError, match=f"usable points of different x: {left}"):
        recording(x=x, y=[1] * len(x)).spectrum()


def test_names_may_differ_in_case_unless_two_do():
    rec = Recording("a.dat", (Column("Energy", [1, 2]), Column("mu", [1, 2]), Column("MU", [3, 4])))
    assert rec.column("energy").name == "Energy"
    assert rec.column("MU").values.tolist() == [3, 4]
    with pytest.raises(SettingsError, match="no column 'Mu'"):
        rec.column("Mu")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Recording("a", (Column("x", [1]), Column("x", [2]))), "the same name"),
        (lambda: Recording("a", (Column("x", [1]), Column("y", [1, 2]))), "equally long"),
        (lambda: Recording("a", (), conditions={"T": NAN}), "condition T"),
        (lambda: Column("x", [[1, 2]]), "one dimension"),
        (lambda: Column("x", ["a"]), "real numbers"),
        (lambda: Column("x", [1], "furlong"), "furlong"),
    ],
)
def test_what_is_no_recording_is_refused(make, words):
    with pytest.raises(SpectrafitError, match=words):
        make()


def test_added_columns_take_the_place_of_equal_names():
    rec = recording(x=[1, 2], y=[1, 2])
    new = rec.with_columns(Column("y", [7, 8], made_from="y0/2"), roles={"y": "y"})
    assert new.names == ("x", "y")
    assert new.spectrum().y.tolist() == [7, 8]
    assert new.spectrum().history[0].settings["y_made_from"] == "y0/2"
    assert rec.column("y").values.tolist() == [1, 2]


def test_pickling_keeps_everything_and_freezes_again():
    rec = recording(x=[1, NAN], y=[1, 2])
    twin = pickle.loads(pickle.dumps(rec))
    for mine, other in zip(rec.columns, twin.columns, strict=True):
        assert (mine.name, mine.unit, mine.made_from) == (other.name, other.unit, other.made_from)
        assert np.array_equal(mine.values, other.values, equal_nan=True)
        assert not other.values.flags.writeable
    for name in ("name", "header", "roles", "conditions", "source", "notices", "reader"):
        assert getattr(twin, name) == getattr(rec, name)
    assert len(twin) == 2
    assert len(Recording("empty", ())) == 0
