"""Files of Quantum Design magnetometers: labels, both orders of the header, and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from data import shared_data
from faults.magnetism_seeds import NEW, OLD, QUANTUM_DESIGN_SEEDS

from spectrafit.errors import ReadError, SettingsError
from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_magnetism.log import moment_log
from spectrafit_magnetism.readers.quantum_design import quantum_design_reader
from spectrafit_magnetism.readers.quantum_design_header import header_entries


class TestReaderSuite(ReaderConformance):
    mutations: ClassVar[int] = 60
    reader: ClassVar[Reader] = quantum_design_reader
    samples: ClassVar[Mapping[str, bytes]] = QUANTUM_DESIGN_SEEDS


def read(tmp_path, text, name="one.dat"):
    path = tmp_path / name
    path.write_bytes(text.encode("latin-1"))
    return quantum_design_reader.read(path)[0]


def measured(name):
    return quantum_design_reader.read(shared_data("magnetism", "mpms", name))[0]


def test_newer_header_has_the_value_before_the_key(tmp_path):
    recording = read(tmp_path, NEW)
    assert recording.header["SAMPLE_MASS"] == "10.1"
    assert recording.header["APPNAME"] == "MPMS3 Measurement Release 1.1, MultiVu Release 2.3"
    assert recording.header["SAMPLE_MATERIAL"] == "(FeCo)\xb5 complex"
    assert recording.header["comments of rows"] == "line 12: a note, quoted"


def test_older_header_has_the_key_first_with_comma_or_colon(tmp_path):
    header = read(tmp_path, OLD).header
    assert header["WEIGHT"] == "48.400"
    assert header["NAME"] == "PB6051"
    assert header["SEQUENCE FILE"] == "pb6051.seq"
    assert header["APPNAME"] == "MPMS MultiVu Application, Revision 1.60,  Build 081"


def test_order_that_cannot_be_told_leaves_the_lines_whole():
    assert header_entries(["INFO, one, two"]) == {"INFO": "one, two"}


def test_empty_moment_of_dc_mode_is_not_taken(tmp_path):
    recording = read(tmp_path, NEW)
    assert recording.roles == {
        "x": "Temperature (K)",
        "y": "DC Moment Free Ctr (emu)",
        "sigma": "DC Moment Err Free Ctr (emu)",
    }
    assert recording.column("DC Moment Free Ctr (emu)").unit == "emu"
    log = moment_log(recording, moment="fixed")
    assert log.moment.tolist() == [0.011, 0.008, 0.006]
    assert log.other.tolist() == [0.012, 0.009, 0.007]
    with pytest.raises(ReadError, match="no moment column for 'vsm'"):
        moment_log(recording, moment="vsm")
    with pytest.raises(SettingsError, match="no moment 'fre'"):
        moment_log(recording, moment="fre")


@pytest.mark.parametrize(
    ("app", "labels", "key"),
    [
        ("VSM", "Moment (emu),M. Std. Err. (emu)", "vsm"),
        ("ACMS", "M-DC (emu),M-Std.Dev. (emu)", "acms"),
    ],
)
def test_options_of_the_ppms(tmp_path, app, labels, key):
    text = (
        f"[Header]\nBYAPP,{app},1.0,1.1\nINFO,4.2,SAMPLE_MASS\n[Data]\n"
        f"Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),{labels}\n"
        ",1.0,5.0,1000.0,1e-3,1e-6\n,2.0,6.0,1000.0,9e-4,1e-6\n"
    )
    recording = read(tmp_path, text)
    log = moment_log(recording, moment=key)
    assert log.moment.tolist() == [1e-3, 9e-4]
    assert log.error.tolist() == [1e-6, 1e-6]
    assert recording.header["SAMPLE_MASS"] == "4.2"


def test_errors_that_are_all_zero_are_none(tmp_path):
    recording = read(tmp_path, OLD)
    assert "sigma" not in recording.roles
    log = moment_log(recording)
    assert log.error is None
    assert log.why_no_error


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[Data]", "[Daten]", r"no \[Data\]"),
        ("30.0,4.0,", "30.0,4.0.0,", "'4.0.0' in the column"),
        ("20.0,3.0,1000.0,,,0.008", "20.0,3.0,1000.0,,,,0.008", "11 cells where there are 10"),
    ],
)
def test_damaged_file_is_refused_with_its_place(tmp_path, old, new, words):
    with pytest.raises(ReadError, match=words) as caught:
        read(tmp_path, NEW.replace(old, new))
    assert caught.value.where.startswith("one.dat")


def test_celsius_is_refused(tmp_path):
    with pytest.raises(ReadError, match=r"one\.dat:12: a temperature of -3 K"):
        moment_log(read(tmp_path, NEW.replace(",3.0,1000.0", ",-3.0,1000.0")))


def test_rows_without_numbers_are_left_out_and_counted(tmp_path):
    recording = read(tmp_path, NEW.replace(",3.0,1000.0", ",NaN,1000.0"))
    with pytest.raises(ReadError, match="1 of 3 rows") as refusal:
        moment_log(recording)
    assert "most_left_out=1" in refusal.value.do
    log = moment_log(recording, most_left_out=0.5)
    assert (len(log), log.left_out, log.row.tolist()) == (2, 1, [0, 2])


def test_moments_in_another_unit_are_refused(tmp_path):
    with pytest.raises(ReadError, match="MOMENT_UNITS"):
        moment_log(read(tmp_path, NEW.replace("[Data]", "INFO,1,MOMENT_UNITS\n[Data]")))


def test_file_without_any_moment_is_refused(tmp_path):
    recording = read(tmp_path, OLD.replace("Long Moment (emu)", "Voltage (V)"))
    assert recording.roles == {}
    with pytest.raises(ReadError, match="no moment column"):
        moment_log(recording)


@pytest.mark.parametrize(
    ("name", "rows", "low", "high", "field"),
    [
        ("magnetopy_fc11.dat", 193, 2.0, 299.9, 1000.0),
        ("magnetopy_zfc11.dat", 193, 2.0, 299.9, 1000.0),
        ("magnetopy_fc5.dat", 151, 2.0, 299.9, 200.0),
        ("magnetopy_zfc5.dat", 151, 2.0, 299.9, 200.0),
        ("magnetopy_zfcfc1.dat", 504, 5.0, 299.9, 100.0),
        ("qdsquid_pb6051_ZFC_0p1T.dc.dat", 42, 2.0, 15.0, 1000.0),
    ],
)
def test_measured_files_have_their_rows(name, rows, low, high, field):
    log = moment_log(measured(name))
    assert len(log) == rows
    assert log.left_out == 0
    assert log.T.min() == pytest.approx(low, abs=0.01)
    assert log.T.max() == pytest.approx(high, abs=0.05)
    assert np.abs(log.H - field).max() < 0.5


def test_older_file_has_weight_and_first_moment():
    recording = measured("qdsquid_pb6051_ZFC_0p1T.dc.dat")
    assert recording.header["WEIGHT"] == "48.400"
    assert moment_log(recording).moment[0] == 5.397742e-2
    assert "Using ABS" in recording.names


@pytest.mark.parametrize("centre", ["free", "fixed"])
def test_palladium_standard_has_its_mass_susceptibility(centre):
    recording = measured("magnetopy_Pd_std1.dat")
    log = moment_log(recording, moment=centre)
    assert recording.roles["x"] == "Magnetic Field (Oe)"
    assert (len(log), recording.header["SAMPLE_MASS"]) == (445, "260.4")
    assert log.T.min() > 299.89
    assert log.T.max() < 300.41
    assert np.abs(log.H).max() == pytest.approx(70000, rel=1e-3)
    slope = np.polyfit(log.H, log.moment, 1)[0] / 0.2604
    assert slope == pytest.approx(5.269e-6, abs=1e-9)
