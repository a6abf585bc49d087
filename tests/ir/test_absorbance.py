"""Absorbance of a recording: what is converted, what is left out, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import ReadError, SettingsError
from spectrafit.recording import Column, Recording
from spectrafit_ir.absorbance import absorbance_of
from spectrafit_ir.series_rows import checked_temperatures, too_few_temperatures
from spectrafit_ir.unusable_points import is_clipped

X = np.arange(4000.0, 400.0, -2.0)
A = 0.05 + 0.8 / (1 + ((X - 1500) / 15) ** 2)


def recording(y, *, kind="absorbance", unit="1", x=X, x_unit="cm-1", header=()) -> Recording:
    columns = (Column("wavenumber", x, x_unit), Column("a", y, unit))
    roles = {"x": "wavenumber", "y": "a"}
    return Recording("one.csv", columns, {"y kind": kind, **dict(header)}, roles, {"T": 80.0})


def blocks(**kinds: str) -> Recording:
    columns = [Column("wavenumber", X, "cm-1")]
    columns += [Column(name, A + number) for number, name in enumerate(kinds)]
    header = {"y kind": "unknown"} | {f"y kind of {name}": kind for name, kind in kinds.items()}
    return Recording("one.0", tuple(columns), header, {"x": "wavenumber"})


def test_absorbance_is_taken_as_it_is_by_rising_wavenumber():
    found = absorbance_of(recording(A))
    np.testing.assert_array_equal(found.spectrum.x, X[::-1])
    np.testing.assert_array_equal(found.spectrum.y, A[::-1])
    assert (found.kind, found.masked, found.notices, found.atr) == ("absorbance", (), (), False)
    assert found.spectrum.conditions["T"] == 80.0
    assert found.spectrum.history[-1].settings["block"] == "a"


@given(st.lists(st.integers(0, 2400), min_size=8, max_size=40, unique=True))
def test_transmittance_and_per_cent_give_the_same_absorbance(values):
    x = np.arange(1000.0, 1000.0 + len(values))
    absorbance = np.array(values) / 1000
    T = 10.0**-absorbance
    fraction = absorbance_of(recording(T, kind="transmittance", x=x))
    percent = absorbance_of(recording(100 * T, kind="transmittance", unit="%", x=x))
    kept = fraction.spectrum.x
    np.testing.assert_allclose(fraction.spectrum.y, absorbance[np.isin(x, kept)], atol=1e-12)
    np.testing.assert_allclose(percent.spectrum.y, fraction.spectrum.y, atol=1e-12)


def test_no_light_is_left_out_and_told():
    T = 10.0**-A
    T[100:103] = (0.0, -0.001, 0.0)
    found = absorbance_of(recording(T, kind="transmittance"))
    (masked,) = found.masked
    assert (masked.points, masked.reason) == (3, "transmittance not above zero")
    assert (masked.low, masked.high) == (X[102], X[100])
    assert "3 points from 3796 to 3800 cm-1 left out" in found.notices[0].text
    assert len(found.spectrum) == X.size - 3


@pytest.mark.parametrize(
    ("highest", "unit", "what"),
    [
        (1.06, "1", "106 %"),
        (106.0, "%", "106 %"),
        (1.6, "1", "no transmittance"),
        (60, "1", "no tr"),
    ],
)
def test_a_transmittance_well_above_one_is_an_error(highest, unit, what):
    T = 10.0**-A * (100 if unit == "%" else 1)
    T[5] = highest
    with pytest.raises(ReadError, match=what):
        absorbance_of(recording(T, kind="transmittance", unit=unit))


def test_a_transmittance_a_little_above_one_is_told():
    T = 10.0**-A
    T[5] = 1.04
    found = absorbance_of(recording(T, kind="transmittance"))
    assert "the transmittance reaches 104 %" in found.notices[0].text


def test_zeros_at_the_ends_are_padding_and_zeros_inside_are_not():
    y = A.copy()
    y[-131:] = 0.0
    y[0] = 0.0
    y[500:510] = 0.0
    found = absorbance_of(recording(y))
    assert [(one.points, one.reason) for one in found.masked] == [
        (131, "zero padding"),
        (1, "zero padding"),
    ]
    assert 0.0 in found.spectrum.y


def test_saturated_points_are_left_out_and_their_area_is_refused():
    y = A * 4
    found = absorbance_of(recording(y))
    (masked,) = found.masked
    assert masked.reason == "saturated"
    assert masked.low > 1480
    assert masked.high < 1520
    assert found.spectrum.y.max() <= 2.5
    assert found.saturated_in(1400, 1600) == masked
    assert found.saturated_in(2000, 2100) is None
    assert found.notices[0].level == "C"


@pytest.mark.parametrize("ceiling", [0.5, 2.0, 6.0])
def test_a_constant_maximum_is_saturation(ceiling):
    scale = 1 if ceiling < 1 else 10
    noisy = scale * A + np.random.default_rng(1).normal(0, 1e-3, X.size)
    found = absorbance_of(recording(np.minimum(noisy, ceiling)))
    assert [one.reason for one in found.masked] == ["saturated"]
    assert found.spectrum.y.max() < min(ceiling, 2.5)


def test_the_flat_top_of_a_band_with_few_digits_is_no_saturation():
    y = np.round(0.3 / (1 + ((np.arange(1200.0) - 600) / 80) ** 2), 3)
    assert (y == y.max()).sum() >= 3
    assert not is_clipped(y).any()


def test_which_block_is_fitted_is_asked_for_with_the_words_to_type():
    with pytest.raises(SettingsError, match="which block is fitted") as refusal:
        absorbance_of(blocks(a="absorbance", a_2="absorbance", match="unknown"))
    assert "--set block=a;" in str(refusal.value)
    assert "a_2 (absorbance), match (unknown)" in str(refusal.value)
    named = absorbance_of(blocks(a="absorbance", a_2="absorbance"), "a_2")
    np.testing.assert_array_equal(named.spectrum.y, A[::-1] + 1)
    with pytest.raises(SettingsError, match="no column 'b'"):
        absorbance_of(blocks(a="absorbance", a_2="absorbance"), "b")
    with pytest.raises(SettingsError, match="is an axis, not a block"):
        absorbance_of(blocks(a="absorbance", a_2="absorbance"), "wavenumber")


@pytest.mark.parametrize("kind", ["reflectance", "single beam", "interferogram", "unknown"])
def test_what_is_neither_absorbance_nor_transmittance_is_refused_with_the_blocks(kind):
    with pytest.raises(SettingsError, match="only absorbance and transmittance") as refusal:
        absorbance_of(blocks(sm=kind, rf="single beam"), "sm")
    assert f"sm ({kind}), rf (single beam)" in str(refusal.value)


def test_a_kind_is_given_by_the_user_only_where_the_file_says_none():
    assert absorbance_of(recording(A, kind="unknown"), kind="absorbance").kind == "absorbance"
    with pytest.raises(SettingsError, match="is absorbance by the file, transmittance by the"):
        absorbance_of(recording(A), kind="transmittance")
    with pytest.raises(SettingsError, match="only absorbance"):
        absorbance_of(recording(A, kind="reflectance"), kind="absorbance")
    with pytest.raises(SettingsError, match="kind 'mirror'"):
        absorbance_of(recording(A, kind="unknown"), kind="mirror")


@pytest.mark.parametrize("unit", ["nm", "um"])
def test_a_wavelength_is_never_converted(unit):
    with pytest.raises(SettingsError, match=f"is in {unit}, not in cm-1"):
        absorbance_of(recording(A, x_unit=unit))


def test_a_shorter_block_on_its_own_axis():
    n = 900
    short = np.concatenate([X[:n], np.full(X.size - n, np.nan)])
    y = np.concatenate([A[:n], np.full(X.size - n, np.nan)])
    columns = (
        Column("wavenumber", X, "cm-1"),
        Column("sm", A),
        Column("wavenumber of a", short, "cm-1"),
        Column("a", y),
    )
    header = {"y kind": "absorbance", "y kind of sm": "single beam", "y kind of a": "absorbance"}
    found = absorbance_of(Recording("b.0", columns, header, {"x": "wavenumber", "y": "a"}))
    np.testing.assert_array_equal(found.spectrum.x, X[:n][::-1])


def test_a_gap_inside_a_block_is_refused():
    y = A.copy()
    y[40] = np.nan
    with pytest.raises(ReadError, match="value 40 is no number"):
        absorbance_of(recording(y))


def test_a_window_outside_the_data_names_their_range():
    found = absorbance_of(recording(A))
    assert found.window(1400, 1600).x[0] == 1400
    with pytest.raises(SettingsError, match="1400 to 4500 cm-1 is not inside the data") as refusal:
        found.window(1400, 4500)
    assert "the data run from 402.0 to 4000.0 cm-1" in str(refusal.value)
    with pytest.raises(SettingsError, match="not inside"):
        found.window(1600, 1400)


def test_attenuated_total_reflection_is_flagged():
    assert absorbance_of(recording(A, header={"ACC": "Platinum ATR"}.items())).atr
    assert not absorbance_of(recording(A, header={"ACC": "STRATOS"}.items())).atr


def test_a_spectrum_of_nothing_but_padding_is_refused():
    y = np.zeros(X.size)
    y[7] = 0.1
    with pytest.raises(SettingsError, match="usable points left: 1"):
        absorbance_of(recording(y))


def test_two_rows_of_one_temperature_and_branch_are_both_named():
    names = ("a.0", "b.0", "c.0")
    both = ("heating", "cooling", "heating")
    assert checked_temperatures(names, (80, 80, 90), both) == (80, 80, 90)
    with pytest.raises(SettingsError, match=r"a.0 and c.0 both have T = 80 K in the heating br"):
        checked_temperatures(names, (80, 80, 80), both)
    with pytest.raises(SettingsError, match=r"1 file states no temperature: b.0") as refusal:
        checked_temperatures(names, (80, None, 90), both)
    assert "T = { table = " in str(refusal.value)


def test_fewer_than_five_temperatures_are_too_few_for_regimes():
    assert too_few_temperatures((10, 20, 30, 40, 40)) == "4 temperatures, 5 are needed"
    assert too_few_temperatures((10, 20, 30, 40, 50)) == ""
