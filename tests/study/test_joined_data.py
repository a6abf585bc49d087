"""Observables, series and typed numbers as the data of a joint fit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import SpectrafitError, StudyError
from spectrafit.history import Source
from spectrafit.observable import Kind, Observable, ObservableSpec
from spectrafit.states.datum import Quantity
from spectrafit.study.joined_data import joined_data
from spectrafit.study.measured_points import Point
from spectrafit.study.outcome import FileResult, SeriesResult
from spectrafit.study.schema import Joint, Measurement, Study, StudyHead, TypedValue
from spectrafit.study.shared_errors import own_sigma, shared_errors
from spectrafit.technique import Observables

SPECS = {
    "t.p": ObservableSpec("t.p", "nC cm-2 K-1", "a coefficient", of_slopes=True),
    "t.shift": ObservableSpec("t.shift", "mm/s", "a shift"),
    "t.split": ObservableSpec("t.split", "mm/s", "a splitting"),
    "t.peak_T": ObservableSpec("t.peak_T", "K", "of the peak", additive=False),
}


def item(key, value, sigma, T=None, *, branch="", unit=None, file="a.dat", **more):
    conditions = ({"T": T} if T is not None else {}) | ({"branch": branch} if branch else {})
    return Observable(
        key, unit or SPECS[key].unit, value=value, sigma=sigma, conditions=conditions,
        source=Source(file), sigma_reason="" if sigma else "not known", **more,
    )  # fmt: skip


def file_result(*items, measurement="m", file="a.dat", T=None, covariance=None, **more):
    keys = tuple(one.key for one in items) if covariance is not None else ()
    return FileResult(
        measurement, "t", file, file.partition(".")[0], "done", source=Source(file),
        conditions={} if T is None else {"T": T},
        observables=Observables("t", tuple(items), covariance, keys), **more,
    )  # fmt: skip


def together(*items, measurement="m"):
    return SeriesResult(measurement, "done", observables=Observables("t", tuple(items)))


def study(keys=("t.*",), sample="", measurements=None, typed=()):
    default = (Measurement("m", "t", ("*.dat",)), Measurement("n", "t", ("*.dat",)))
    return Study(
        StudyHead("s"), measurements or default, joint=Joint(keys, sample=sample), typed=typed
    )


def joined(results=(), series=(), **changes):
    return joined_data(study(**changes), results, series, spec_of=SPECS.get)


def test_values_of_files_have_their_temperature_from_either_condition():
    found = joined([
        file_result(item("t.shift", 0.4, 0.01), T=75.0),
        file_result(item("t.shift", 0.7, 0.02, 125.0, branch="heating_2", file="b.dat"), file="b.dat"),
    ])  # fmt: skip
    assert [(d.T, d.value, d.sigma, d.branch, d.source, d.technique) for d in found.data.data] == [
        (75.0, 0.4, 0.01, "", "a.dat", "t"),
        (125.0, 0.7, 0.02, "heating", "b.dat", "t"),
    ]
    assert found.left_out == found.notices == ()
    assert set(found.data.specs) == {"t.shift"}


def test_units_are_those_of_the_declaration():
    part = {"noise": 0.6, "area": 0.8}
    one = item(
        "t.p", 30.0, 1.0, 90.0, unit="uC m-2 K-1", budget=part, conventions={"common": "area"}
    )
    two = item(
        "t.p", 60.0, 1.0, 91.0, unit="uC m-2 K-1", budget=part, conventions={"common": "area"}
    )
    (first, _) = joined([file_result(one, two)]).data.data
    assert (first.value, first.sigma) == (pytest.approx(3.0), pytest.approx(0.06))
    assert first.shared == {"m: area": pytest.approx(0.08)}


def test_what_cannot_be_joined_is_said_with_its_reason():
    wrong = Observable("t.split", "K", value=1.0, sigma=0.1, conditions={"T": 9.0})
    found = joined([
        file_result(
            item("t.shift", 0.4, 0.01), item("t.split", 0.4, None, 9.0),
            item("t.peak_T", 90.0, 0.1, 90.0), wrong,
            Observable("t.p", "nC cm-2 K-1", Kind.UPPER_LIMIT, high=1.0, conditions={"T": 9.0}),
        ),
        file_result(item("t.shift", 0.4, 0.01, 75.0), measurement="n"),
    ], measurements=(
        Measurement("m", "t", ("*",)), Measurement("n", "t", ("*",), role="reference"),
    ))  # fmt: skip
    assert found.data.data == ()
    assert list(found.left_out) == [
        "t.shift of m: 1 value left out, it has no temperature",
        "t.split of m: 1 value left out, no standard uncertainty: not known",
        "t.peak_T of m: 1 value left out, populations do not make this key",
        "t.split of m: 1 value left out, in K, declared in mm/s",
        "t.p of m: 1 value left out, it states a upper limit, no value",
        "t.shift of n: 1 value left out, the measurement is a reference",
        "t.*: no datum of it",
    ]


def test_only_the_named_sample_is_joined():
    rows = (Measurement("m", "t", ("*",), sample="x"), Measurement("n", "t", ("*",), sample="y"))
    results = [
        file_result(item("t.shift", 0.4, 0.01, 75.0), measurement=name) for name in ("m", "n")
    ]
    found = joined(results, measurements=rows, sample="x")
    assert len(found.data.data) == 1
    assert found.left_out == ("t.shift of n: 1 value left out, the measurement is of y",)
    assert len(joined(results, measurements=rows).data.data) == 2


def test_a_shared_area_scales_every_value_with_its_sign_and_an_offset_lifts_them():
    said = {"common": "area, offset, rate", "common_of_branch": "lag"}
    values = [3.0, -2.0, 10.0]
    items = [
        item(
            "t.p", value, math.sqrt(0.05**2 + (0.05 * value) ** 2 + 0.02**2 + 0.1**2),
            100.0 + i, branch="heating", conventions=said,
            budget={"noise": 0.05, "area": abs(0.05 * value), "offset": 0.02, "lag": 0.1},
        )
        for i, value in enumerate(values)
    ]  # fmt: skip
    data = joined([file_result(*items)]).data.data
    for datum, value in zip(data, values, strict=True):
        assert dict(datum.shared) == {
            "m: area": pytest.approx(0.05 * value), "m: offset": 0.02, "m: lag, heating": 0.1,
        }  # fmt: skip
        assert datum.sigma == pytest.approx(0.05)


def test_a_lag_of_the_sample_is_told_as_kelvin_and_what_it_does_beside():
    said = {"common_of_branch": "lag", "sample_T_off": {"part": "lag", "K": 0.5, "beside": 0.01}}
    rows = [
        item("t.shift", 1.0, 0.13, T, branch="heating", budget={"noise": 0.05, "lag": 0.12}, conventions=said)
        for T in (90.0, 91.0)
    ]  # fmt: skip
    for datum in joined([file_result(*rows)]).data.data:
        assert dict(datum.delays) == {"m: lag, heating": 0.5}
        assert dict(datum.shared) == {"m: lag, heating": 0.01}
        assert datum.sigma == pytest.approx(0.05)


def test_an_error_that_scales_is_one_for_all_keys_and_another_is_each_keys_own():
    def values(key, sizes):
        budget = {"noise": 0.1, "area": 0.2, "baseline": 0.3}
        return [
            item(
                key, size, math.sqrt(0.1**2 + (0.02 * size) ** 2 + 0.3**2), T,
                budget=budget | {"area": 0.02 * size}, conventions={"common": "area, baseline"},
            )
            for size, T in zip(sizes, (90.0, 100.0), strict=True)
        ]  # fmt: skip

    found = joined([file_result(*values("t.shift", (1, 2)), *values("t.split", (3, 1)))])
    assert {name for d in found.data.data if d.key == "t.shift" for name in d.shared} == {
        "m: area", "m: baseline, t.shift",
    }  # fmt: skip
    assert {name for d in found.data.data if d.key == "t.split" for name in d.shared} == {
        "m: area", "m: baseline, t.split",
    }  # fmt: skip


def test_an_error_that_no_second_datum_has_stays_its_own():
    one = item(
        "t.p", 3.0, 0.5, 90.0, budget={"area": 0.3, "noise": 0.4}, conventions={"common": "area"}
    )
    (datum,) = joined([file_result(one)]).data.data
    assert (datum.sigma, dict(datum.shared)) == (0.5, {})


def test_a_value_all_of_whose_error_is_shared_is_left_out_with_words():
    said = {"common": "area"}
    rows = [item("t.p", 3.0, 0.3, T, budget={"area": 0.3}, conventions=said) for T in (9.0, 10.0)]
    found = joined([file_result(*rows)])
    assert found.data.data == ()
    assert found.left_out[0] == (
        "t.p of m: 2 values left out, all of its error is shared with other data, none is its own"
    )


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.floats(0.01, 5), st.floats(0, 5), st.floats(0, 0.2)),
        min_size=2, max_size=6,
    )
)  # fmt: skip
def test_own_and_shared_errors_make_the_whole(rows):
    points = [
        Point(
            "m", "t", "a", "a", "t.p", 10.0 + i, "", value,
            math.sqrt(noise**2 + offset**2 + (area * value) ** 2),
            {"noise": noise, "offset": offset, "area": abs(area * value)}, ("offset", "area"),
        )
        for i, (value, noise, offset, area) in enumerate(rows)
    ]  # fmt: skip
    for point, shared in zip(points, shared_errors(points), strict=True):
        own = own_sigma(point.sigma, shared)
        whole = math.sqrt(own**2 + sum(part**2 for part in shared.values()))
        assert whole == pytest.approx(point.sigma, rel=1e-6)
        assert own >= point.budget["noise"] * (1 - 1e-6) or own == 0.0


def test_values_of_one_file_keep_their_covariance_without_what_they_share():
    said, noise = {"common": "scale"}, np.array([[0.04, 0.03], [0.03, 0.09]])
    results = []
    for T, size in ((90.0, 1.0), (100.0, 2.0)):
        shift = np.array([0.1, 0.2]) * size
        whole = noise + np.outer(shift, shift)
        items = [
            item(
                key, value * size, math.sqrt(whole[i, i]), conventions=said,
                budget={"noise": math.sqrt(noise[i, i]), "scale": shift[i]},
            )
            for i, (key, value) in enumerate((("t.shift", 1.0), ("t.split", 2.0)))
        ]  # fmt: skip
        results.append(file_result(*items, T=T, file=f"f{T:g}.dat", covariance=whole))
    data = joined(results).data
    assert [d.group for d in data.data] == ["m: f90"] * 2 + ["m: f100"] * 2
    for matrix in data.covariances.values():
        assert matrix == pytest.approx(noise)
    assert [d.sigma for d in data.data] == pytest.approx([0.2, 0.3] * 2)
    alone = joined(results, keys=("t.shift",)).data
    assert dict(alone.covariances) == {}


def test_a_covariance_in_another_unit_is_that_of_the_declaration():
    noise = np.array([[0.04, 0.03], [0.03, 0.09]])
    specs = SPECS | {
        "t.a": ObservableSpec("t.a", "A", "a"),
        "t.b": ObservableSpec("t.b", "pm", "b"),
    }
    items = [
        Observable("t.a", "pm", value=200.0, sigma=0.2), Observable("t.b", "pm", value=1.0, sigma=0.3),
    ]  # fmt: skip
    result = file_result(*items, T=90.0, covariance=noise)
    data = joined_data(study(("t.a", "t.b")), [result], spec_of=specs.get).data
    (matrix,) = data.covariances.values()
    assert matrix == pytest.approx(np.array([[4e-6, 3e-4], [3e-4, 0.09]]))
    assert data.data[0].value == pytest.approx(2.0)


def test_independent_values_are_no_group_and_a_singular_covariance_is_said():
    pair = [item("t.shift", 1.0, 0.2, 90.0), item("t.split", 2.0, 0.3, 90.0)]
    assert joined([file_result(*pair, covariance=np.diag([0.04, 0.09]))]).data.covariances == {}
    one = np.array([[0.04, 0.06], [0.06, 0.09]])
    found = joined([file_result(*pair, covariance=one)])
    assert found.data.covariances == {}
    assert [d.group for d in found.data.data] == ["", ""]
    assert "m: a: t.shift and t.split are taken as independent" in found.notices[0]


def test_the_series_goes_before_single_files_and_says_so():
    results = [
        file_result(item("t.shift", 0.4, 0.1, T), item("t.split", 1.0, 0.1, T), file=f"{T:g}.dat")
        for T in (75.0, 90.0)
    ]
    found = joined(results, [together(item("t.shift", 0.41, 0.02, 75.0))])
    assert [(d.key, d.value) for d in found.data.data] == [
        ("t.split", 1.0), ("t.split", 1.0), ("t.shift", 0.41),
    ]  # fmt: skip
    assert found.notices == (
        "t.shift of m is taken from what its scans gave together, not from the 2 values of single files",
    )
    other = joined(results, [together(item("t.shift", 0.41, 0.02, 75.0), measurement="n")])
    assert len(other.data.data) == 5


def test_merged_spectra_go_before_their_scans():
    merging = (Measurement("m", "t", ("*",), merge_by=("T",)),)
    scans = [
        file_result(item("t.shift", 0.4, 0.1), T=75.0, file="1.dat"),
        file_result(item("t.shift", 0.4, 0.1), T=75.0, file="2.dat"),
        file_result(item("t.shift", 0.5, 0.1), T=90.0, file="3.dat"),
        file_result(item("t.shift", 0.4, 0.07), T=75.0, file="merged", scans=2),
    ]
    found = joined(scans, measurements=merging)
    assert [(d.T, d.sigma) for d in found.data.data] == [(90.0, 0.1), (75.0, 0.07)]
    assert found.left_out == ("t.shift of m: 2 values left out, its scan is in a merged spectrum",)


def test_repeated_measurements_stay_and_contradictions_are_told():
    first = file_result(item("t.shift", 0.4, 0.01, 75.0))
    near = file_result(item("t.shift", 0.43, 0.01, 75.0, file="b.dat"), file="b.dat")
    far = file_result(item("t.shift", 0.5, 0.01, 75.0, file="b.dat"), file="b.dat", measurement="n")
    assert (len(joined([first, near]).data.data), joined([first, near]).notices) == (2, ())
    found = joined([first, far])
    assert len(found.data.data) == 2
    assert found.notices == (
        "t.shift at 75 K differs by 7.1 standard uncertainties between a.dat of m and b.dat of n;"
        " both are taken",
    )


def test_a_file_that_gives_a_key_twice_is_refused():
    twice = [item("t.shift", value, 0.01, 75.0) for value in (0.4, 0.5)]
    with pytest.raises(SpectrafitError, match=r"m, a: 2 values of t\.shift at T = 75 K"):
        joined([file_result(*twice)])
    branches = [item("t.shift", 0.4, 0.01, 75.0, branch=name) for name in ("heating", "cooling")]
    assert [d.branch for d in joined([file_result(*branches)]).data.data] == ["heating", "cooling"]
    (both,) = joined([file_result(item("t.shift", 0.4, 0.01, 75.0, branch="both"))]).data.data
    assert both.branch == ""


def test_typed_numbers_are_data_of_their_own():
    typed = (
        TypedValue("t.p", "x", 38.0, "uC m-2 K-1", 2.5, T=120.0),
        TypedValue("t.p", "x", None, "nC cm-2 K-1", 0.1, T=300.0, low=2.4, high=5.0, from_T=110.0,
                   quantity="highest", branch="heating"),
        TypedValue("t.p", "x", -183.15, "degC", 1.0, T=100.0, from_T=80.0, quantity="T of highest"),
        TypedValue("t.p", "x", 1.0, "nC cm-2 K-1", T=120.0),
        TypedValue("t.p", "x", 1.0, "mm/s", 0.1, T=120.0),
        TypedValue("t.peak_T", "x", 90.0, "K", 0.1, T=120.0),
        TypedValue("t.shift", "x", 0.4, "mm/s", 0.1),
        TypedValue("dft.gap", "x", 8.0, "kJ mol-1"),
    )  # fmt: skip
    found = joined(typed=typed)
    value, band, place = found.data.data
    assert (value.value, value.sigma, value.technique, value.source) == (
        pytest.approx(3.8), pytest.approx(0.25), "t", "x",
    )  # fmt: skip
    assert (band.low, band.high, band.value, band.from_T, band.quantity, band.branch) == (
        2.4, 5.0, None, 110.0, Quantity.HIGHEST, "heating",
    )  # fmt: skip
    assert (place.value, place.sigma, place.T) == (pytest.approx(90.0), 1.0, 100.0)
    assert [text.partition(", ")[2] for text in found.left_out] == [
        "no standard uncertainty is typed", "in mm/s, needed in nC cm-2 K-1",
        "populations do not make this key", "it has no temperature",
    ]  # fmt: skip


def test_a_study_without_joint_is_told_what_it_needs():
    with pytest.raises(StudyError, match="add \\[joint\\]"):
        joined_data(replace(study(), joint=None), [], spec_of=SPECS.get)


@pytest.mark.xdist_group("feco")
def test_the_shipped_files_give_curves_with_what_all_their_points_share(feco_outcome):
    keys = (
        "pyro.p",
        "magnetism.chiT",
        "mossbauer.?S",
        "ir.15*.linked_area",
        "xanes.fe.preedge.area",
    )
    asked = replace(feco_outcome.study, joint=Joint(keys, sample="FeCo"))
    found = joined_data(asked, feco_outcome.results, feco_outcome.series)
    by_key = {key: [d for d in found.data.data if d.key == key] for key in found.data.keys}
    assert {key: len(data) for key, data in by_key.items()} == {
        "xanes.fe.preedge.area": 3, "mossbauer.IS": 20, "mossbauer.QS": 20,
        "ir.1514.linked_area": 21, "ir.1556.linked_area": 21, "magnetism.chiT": 238, "pyro.p": 283,
    }  # fmt: skip
    assert found.left_out == ()
    for datum in by_key["pyro.p"]:
        assert datum.shared["pyro: area"] == pytest.approx(0.0494 * datum.value, rel=0.02)
        assert datum.branch == ""
    names = {name for d in by_key["magnetism.chiT"] for name in d.shared}
    assert names == {"squid: mass", "squid: chi_dia", "squid: lag, heating", "squid: lag, cooling"}
    peak = min(by_key["pyro.p"], key=lambda d: abs(d.T - 90.0))
    assert peak.sigma < 0.2 < peak.shared["pyro: area"]
    groups = {d.group for d in by_key["mossbauer.IS"]}
    assert len(groups) == 20
    assert groups == {d.group for d in by_key["mossbauer.QS"]}


def test_temperatures_of_one_measurement_are_off_together():
    results = [
        file_result(item("t.shift", 0.4, 0.01, 75.0)),
        file_result(item("t.shift", 0.5, 0.01, 80.0), measurement="n"),
    ]
    told = study()
    told = replace(told, joint=replace(told.joint, T_error_K=0.3))
    found = joined_data(told, results, (), spec_of=SPECS.get)
    assert [dict(one.delays) for one in found.data.data] == [
        {"m: temperature": 0.3}, {"n: temperature": 0.3},
    ]  # fmt: skip
    assert all(not one.delays for one in joined(results).data.data)


def test_a_range_of_temperature_keeps_data_out_and_says_so():
    results = [file_result(item("t.shift", 0.4, 0.01, T)) for T in (5.0, 19.9, 20.0, 75.0)]
    told = study()
    told = replace(told, joint=replace(told.joint, T_range={told.joint.keys[0]: (20.0, 60.0)}))
    found = joined_data(told, results, (), spec_of=SPECS.get)
    assert [one.T for one in found.data.data] == [20.0]
    assert any("3 values left out, beyond the 20 to 60 K" in text for text in found.left_out)
