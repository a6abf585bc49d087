"""No axis or ordinate that cannot be right passes, and a name gives T with a unit only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spectrafit.errors import ReadError
from spectrafit.written_temperature import sample_temperature, temperature_of_name
from spectrafit_ir.readers.gates import checked_axis, checked_ordinate, ordinate_notices
from spectrafit_ir.readers.spectral_file import Block, SpectralFile
from spectrafit_ir.readers.y_kind import kind_of_unit, require_wavenumber

X = np.linspace(1600.0, 1200.0, 41)
Y = 0.1 + 0.5 / (1 + ((X - 1480.0) / 8.0) ** 2)


def changed(values, at, value):
    out = np.array(values)
    out[at] = value
    return out


@pytest.mark.parametrize(
    ("x", "how", "says"),
    [
        (changed(X, 5, np.nan), {}, "point 5 of the axis is no number"),
        (changed(X, 5, 1700.0), {}, "turns back or stands still"),
        (changed(X, 5, X[4]), {}, "turns back or stands still"),
        (np.linspace(2.5, 25.0, 41), {}, "outside 10 to 16000 cm-1"),
        (np.linspace(20000.0, 400.0, 41), {}, "outside 10 to 16000 cm-1"),
        (X[:5], {}, "5 points are no spectrum"),
        (X, {"count": 42}, "41 points where the header says 42"),
        (X, {"first": 1605.1}, "the first x is 1600"),
        (X, {"last": 1194.9}, "the last x is 1200"),
        (X, {"last": np.nan}, "the last x is 1200"),
    ],
)
def test_a_wrong_axis_is_an_error(x, how, says):
    with pytest.raises(ReadError, match=says):
        checked_axis(x, "a.dpt", **how)


def test_an_axis_as_its_header_says_passes_as_it_is():
    assert np.array_equal(checked_axis(X, "a", count=41, first=1604.9, last=1200.0), X)
    points = np.arange(20_000.0)
    assert checked_axis(points, "a", unit="1").size == 20_000


@pytest.mark.parametrize(
    ("y", "how", "says"),
    [
        (changed(Y, 3, np.inf), {}, "value 3 is no number"),
        (Y[:-1], {}, "40 values on an axis of 41 points"),
        (changed(Y, 3, 3.4e38), {}, "are no absorbance"),
        (changed(Y, 3, -1001.0), {}, "are no absorbance"),
        (1.0 + 0.05 * Y, {}, "called absorbance"),
        (100.0 * Y, {"kind": "transmittance"}, "no transmittance; they may be a percentage"),
        (400.0 * Y, {"kind": "transmittance", "percent": True}, "no transmittance; they may be an"),
        (2.0 * Y, {"kind": "transmittance"}, "reaches 120 %, more than 5 % above"),
        (Y, {"highest": 0.61}, "the largest y is 0.6, by the header 0.61"),
        (Y, {"lowest": 0.5}, "the smallest y"),
    ],
)
def test_a_wrong_ordinate_is_an_error(y, how, says):
    with pytest.raises(ReadError, match=says):
        checked_ordinate(y, "a.dpt", **{"kind": "absorbance", "points": X.size, **how})


def test_a_rounded_extreme_of_the_header_is_allowed():
    assert checked_ordinate(
        Y, "a", kind="absorbance", points=41, highest=0.61, slack=0.005
    ) == pytest.approx(Y)


def test_a_transmittance_just_above_all_is_noticed():
    y = checked_ordinate(100 * Y / 0.58, "a", kind="transmittance", points=41, percent=True)
    (found,) = ordinate_notices(y, "a", kind="transmittance", percent=True)
    assert found.code == "READ-002"
    assert "103.4" in found.text
    assert (
        "is it a fraction" in ordinate_notices(Y, "a", kind="transmittance", percent=True)[0].text
    )
    assert not ordinate_notices(Y, "a", kind="transmittance")


@pytest.mark.parametrize(
    ("written", "kind", "percent"),
    [
        ("ABSORBANCE", "absorbance", False),
        ("Absorbance / a.u.", "absorbance", False),
        ("TRANSMITTANCE", "transmittance", False),
        ("% Transmittance", "transmittance", True),
        ("%T", "transmittance", True),
        ("%R", "reflectance", True),
        ("Single Beam", "single beam", False),
        ("KUBELKA-MUNK", "unknown", False),
        ("Log(1/Reflectance)", "unknown", False),
        ("ARBITRARY UNITS", "unknown", False),
        ("", "unknown", False),
    ],
)
def test_the_kind_of_y_comes_from_words(written, kind, percent):
    assert kind_of_unit(written) == (kind, percent)


@pytest.mark.parametrize(
    "unit", ["MICROMETERS", "nm", "um", "NANOMETERS", "SECONDS", "", "Raman shift"]
)
def test_an_axis_that_is_no_wavenumber_is_refused(unit):
    with pytest.raises(ReadError, match="not in wavenumbers"):
        require_wavenumber(unit, "a.jdx")


@pytest.mark.parametrize("unit", ["1/CM", "cm-1", "cm^-1", "cm⁻¹", "Wavenumber (cm-1)"])
def test_spellings_of_the_wavenumber(unit):
    require_wavenumber(unit, "a.jdx")


@pytest.mark.parametrize(
    ("name", "T"),
    [
        ("T50C.csv", 323.15),
        ("T=-20C.csv", 253.15),
        ("feco_80K_heating.0", 80.0),
        ("feco 12.5 K.spa", 12.5),
        ("T100K.spa", 100.0),
        ("a_25degC.csv", 298.15),
        ("a_50C_2.csv", 323.15),
    ],
)
def test_a_name_with_a_unit_gives_the_temperature(name, T):
    conditions, notices = sample_temperature({}, name)
    assert conditions["T"] == pytest.approx(T)
    assert "by the file name" in notices[0].text


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("T50F.csv", "Fahrenheit"),
        ("T50.csv", "no unit"),
        ("feco-20C.0", "minus or a hyphen"),
        ("T-20C.csv", "minus or a hyphen"),
        ("13C_labelled.0", "isotope"),
        ("10K_to_80K.0", "several"),
    ],
)
def test_a_name_without_a_sure_temperature_gives_none_and_says_why(name, why):
    conditions, notices = sample_temperature({}, name)
    assert conditions == {}
    assert notices[0].code == "READ-002"
    assert why in notices[0].text


def test_other_names_give_nothing():
    assert sample_temperature({}, "sample_FeK-edge_12.0") == ({}, ())
    assert temperature_of_name("Fe K-edge.0") == (set(), "")


def test_the_header_goes_before_the_name():
    conditions, (notice,) = sample_temperature({"Temperature": "85 K"}, "f_80K.0")
    assert conditions == {"T": 85.0}
    assert notice.code == "READ-002"
    assert sample_temperature({"TEMPERATURE": "21"}, "f.0") == ({}, ())


@given(
    kelvin=st.floats(1, 1000).map(lambda T: round(T, 2)),
    start=st.sampled_from(["", "feco_", "run 3 "]),
)
def test_every_temperature_that_is_written_is_read(kelvin, start):
    assert temperature_of_name(f"{start}{kelvin:.2f}K.0")[0] == {kelvin}


def test_blocks_of_one_file_keep_their_axes():
    file = SpectralFile(Path("f.0"), b"abc", "opus")
    single = np.linspace(1610.0, 1190.0, 43)
    blocks = [Block("sm", single, np.ones(43), "single beam"), Block("a", X, Y, "absorbance")]
    recording = file.recording(blocks, {})
    assert recording.names == ("wavenumber", "a", "wavenumber of sm", "sm")
    assert recording.roles == {"x": "wavenumber", "y": "a"}
    assert recording.header["y kind"] == "absorbance"
    assert recording.header["y kind of sm"] == "single beam"
    assert np.isnan(recording.column("a").values[-2:]).all()
    spectrum = recording.spectrum()
    assert spectrum.x == pytest.approx(X[::-1])
    assert spectrum.y == pytest.approx(Y[::-1])


def test_a_file_of_an_unknown_kind_proposes_y_and_says_so():
    block = Block("intensity", X, Y, "unknown")
    recording = SpectralFile(Path("f.csv"), b"abc", "text").recording([block], {})
    assert recording.roles["y"] == "intensity"
    assert any(n.code == "READ-003" for n in recording.notices)
