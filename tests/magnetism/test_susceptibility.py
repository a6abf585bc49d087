"""From moments to chi T: known files, corrections beside raw, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from data import shared_data

from spectrafit.errors import SettingsError
from spectrafit_magnetism.header_sample import header_sample
from spectrafit_magnetism.log import MomentLog, moment_log
from spectrafit_magnetism.named_temperature import rise, value_at
from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
from spectrafit_magnetism.sample import (
    Diamagnetism,
    Holder,
    Sample,
    eicosane,
    rule_of_thumb,
)
from spectrafit_magnetism.susceptibility import beyond_linear_range, molar_susceptibility


def measured(name, convention="magnetopy"):
    recording = quantum_design_reader.read(shared_data("magnetism", "mpms", name))[0]
    read = header_sample(recording.header, convention)
    return molar_susceptibility(moment_log(recording), read.sample()), read


@pytest.mark.parametrize(
    ("name", "raw", "matrix", "corrected", "at_100"),
    [
        ("magnetopy_fc11.dat", 11.451, 11.762, 11.858, 11.527),
        ("magnetopy_zfc11.dat", 11.448, 11.760, 11.856, 11.530),
    ],
)
def test_erbium_complex_in_eicosane(name, raw, matrix, corrected, at_100):
    data, _ = measured(name)
    assert data.chiT_raw[-1] == pytest.approx(raw, abs=0.005)
    assert data.chiT_with_matrix[-1] == pytest.approx(matrix, abs=0.005)
    assert data.chiT[-1] == pytest.approx(corrected, abs=0.005)
    assert value_at(data.T, data.chiT, 100.0).value == pytest.approx(at_100, abs=0.005)
    assert data.correction_slope == pytest.approx(1.3577e-3, abs=1e-7)


@pytest.mark.parametrize(
    ("name", "raw", "corrected"),
    [("magnetopy_fc5.dat", 23.383, 24.447), ("magnetopy_zfc5.dat", 23.323, 24.387)],
)
def test_erbium_dimer_in_low_field(name, raw, corrected):
    data, _ = measured(name)
    assert data.chiT_raw[-1] == pytest.approx(raw, abs=0.005)
    assert data.chiT[-1] == pytest.approx(corrected, abs=0.005)


def difference(cooled, uncooled):
    a, b = measured(cooled)[0], measured(uncooled)[0]
    warm = a.T > 50.0
    return 100.0 * (a.chiT[warm] / np.interp(a.T[warm], b.T, b.chiT) - 1.0)


def test_field_cooled_and_zero_field_cooled_differ_by_a_systematic():
    assert np.abs(difference("magnetopy_fc11.dat", "magnetopy_zfc11.dat")).max() < 0.15
    shift = difference("magnetopy_fc5.dat", "magnetopy_zfc5.dat")
    assert shift.mean() == pytest.approx(0.26, abs=0.02)
    assert shift.mean() > 5.0 * shift.std() / np.sqrt(shift.size)


def test_without_a_convention_only_the_raw_column_and_both_fields_are_named():
    data, read = measured("magnetopy_fc11.dat", "none")
    assert np.array_equal(data.corrected, data.raw)
    assert data.correction_slope == 0.0
    unread = next(words for words in read.words if "not read" in words)
    assert "SAMPLE_VOLUME = 17.3" in unread
    assert "SAMPLE_SIZE = -0.000319" in unread
    assert data.words == (
        "matrix: not corrected",
        "holder: not corrected",
        "diamagnetism: not corrected",
    )


@pytest.mark.parametrize("name", ["magnetopy_zfcfc1.dat", "qdsquid_pb6051_ZFC_0p1T.dc.dat"])
def test_missing_molar_mass_refuses_chi(name):
    with pytest.raises(SettingsError, match="molar mass missing"):
        measured(name)


def log(T, moment, H=1000.0, error=None, other=None):
    T = np.asarray(T, float)
    return MomentLog(
        T, np.full(T.size, H), np.asarray(moment, float), error, np.arange(T.size), other=other
    )


def paramagnet(T, sample, chiT):
    """Return the moments that a Curie law gives with everything that is to be corrected."""
    chi = chiT / T + sample.diamagnetism.chi
    return 1000.0 * (chi * sample.moles + sample.matrix.moment_by_field + sample.holder.at(T))


def test_every_correction_is_undone():
    T = np.linspace(10.0, 300.0, 30)
    holder = Holder([5.0, 310.0], [-2e-9, -4e-9], "empty straw")
    dia = Diamagnetism(-4e-4, "a table")
    sample = Sample(5.0, 900.0, matrix=eicosane(20.0), holder=holder, diamagnetism=dia)
    data = molar_susceptibility(log(T, paramagnet(T, sample, 3.5)), sample)
    assert data.chiT == pytest.approx(3.5, abs=1e-12)
    assert (data.chiT_raw < data.chiT_with_matrix).all()
    assert (data.chiT_with_matrix < data.chiT).all()


def test_constant_corrections_add_their_slope_to_chi_t():
    T = np.linspace(10.0, 300.0, 30)
    sample = Sample(5.0, 900.0, matrix=eicosane(20.0), diamagnetism=rule_of_thumb(900.0))
    data = molar_susceptibility(log(T, 1e-3 / T), sample)
    slope = np.polyfit(T, data.chiT - data.chiT_raw, 1)[0]
    assert slope == pytest.approx(data.correction_slope, rel=1e-9)
    assert sample.diamagnetism.chi == -4.5e-4
    assert sample.diamagnetism.is_rule


def test_budget_adds_moment_and_scale_and_keeps_the_centre_apart():
    T = np.array([10.0, 100.0])
    moment = np.array([1e-2, 1e-3])
    sample = Sample(10.0, 500.0, mass_error=0.1, molar_mass_error=5.0)
    data = molar_susceptibility(log(T, moment, error=0.02 * moment, other=1.01 * moment), sample)
    assert data.budget.moment == pytest.approx(0.02 * data.chiT)
    assert data.budget.scale == pytest.approx(0.01 * np.sqrt(2.0))
    assert data.chiT_sigma() == pytest.approx(np.sqrt(0.02**2 + 2e-4) * data.chiT)
    assert data.budget.centre == pytest.approx(0.01 * data.chiT)
    without = molar_susceptibility(log(T, moment), Sample(10.0, 500.0))
    assert without.chiT_sigma() is None
    assert without.budget.scale is None


def test_rise_is_given_raw_and_with_the_diamagnetism_varied():
    T = np.linspace(50.0, 300.0, 126)
    sample = Sample(5.0, 1256.7, diamagnetism=Diamagnetism(-6e-4, "a table"))
    data = molar_susceptibility(log(T, 1000.0 * sample.moles * (3.0 / T - 6e-4)), sample)
    found = rise(data, 120.0, 280.0)
    assert found.value == pytest.approx(0.0, abs=1e-9)
    assert found.raw == pytest.approx(-6e-4 * 160.0)
    assert found.corrections == pytest.approx(6e-4 * 160.0)
    assert found.with_more_dia == pytest.approx(0.2 * 6e-4 * 160.0)
    assert found.with_less_dia == pytest.approx(-0.2 * 6e-4 * 160.0)
    with pytest.raises(SettingsError, match="does not rise"):
        rise(data, 280.0, 120.0)


def test_value_at_a_temperature_is_a_line_not_the_nearest_point():
    T = np.array([96.0, 98.0, 103.0, 104.0, 200.0])
    found = value_at(T, 2.0 + 0.1 * T, 100.0)
    assert (found.value, found.slope, found.points) == pytest.approx((12.0, 0.1, 4))
    with pytest.raises(SettingsError, match="1 temperatures within 5 K"):
        value_at(T, T, 203.0)
    with pytest.raises(SettingsError, match="outside the measured"):
        value_at(T, T, 93.0, half_width=8.0)


def test_error_of_a_value_covers_the_truth():
    rng = np.random.default_rng(3)
    T = np.linspace(94.0, 107.0, 14)
    pulls = []
    for _ in range(400):
        found = value_at(T, 1.0 + 0.02 * T + rng.normal(0.0, 0.01, T.size), 100.0)
        pulls.append((found.value - 3.0) / found.sigma)
    assert abs(np.mean(pulls)) < 0.15
    # Student's t of 9 degrees of freedom has a standard deviation of 1.13
    assert 1.0 < np.std(pulls) < 1.28


def test_saturation_is_told():
    ratio = beyond_linear_range([2.0, 100.0], [10000.0, 10000.0], 2.5)
    assert ratio == pytest.approx([1.679, 0.0], abs=1e-3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Sample(0.0, 500.0), "a mass of 0 mg"),
        (lambda: Sample(5.0, float("nan")), "a molar mass of nan"),
        (lambda: Diamagnetism(3e-4, "a table"), "a diamagnetic susceptibility of 0.0003"),
        (lambda: Diamagnetism(-3e-4, " "), "without a source"),
        (lambda: molar_susceptibility(log([5.0], [1e-3], H=0.0), Sample(5.0, 500.0)), "0 Oe"),
        (lambda: header_sample({}, "quantum"), "no header convention"),
        (lambda: header_sample({"SAMPLE_MASS": "ten"}), "SAMPLE_MASS is 'ten'"),
        (lambda: header_sample({}).sample(), "mass missing"),
        (lambda: Holder([10.0, 20.0], [0.0, 0.0], "x").at(np.array([50.0])), "10 to 20 K only"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(SettingsError, match=words):
        make()
