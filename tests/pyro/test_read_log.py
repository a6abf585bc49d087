"""Logs of an electrometer: units by the label, other layouts, and every refusal by its line."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pytest
from pyro_case import AREA, branch_log

from spectrafit.errors import ReadError, SettingsError
from spectrafit.recording import Column, Recording
from spectrafit.testing.reader_conformance import ReaderConformance
from spectrafit_pyro.coefficient import branch_coefficient
from spectrafit_pyro.readers.current_log import current_log_reader, log_of
from spectrafit_pyro.readers.log_labels import label_of
from spectrafit_pyro.simulate import log_text
from spectrafit_pyro.sweeps import found_sweeps

LOG = branch_log(80.0, 100.0, seed=4)
CSV = log_text(LOG)


def text(labels="Time (s),Temperature (K),Current (A)", scale=(1.0, 1.0, 1.0), shift=0.0, sep=","):
    columns = LOG.time * scale[0], LOG.temperature * scale[1] + shift, LOG.current * scale[2]
    rows = (sep.join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True))
    return "\n".join([labels, *rows, ""])


def reading(tmp_path, content, name="run.csv"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    (recording,) = current_log_reader.read(path)
    return recording


def recording_rows(columns):
    return [",".join(f"{value:.9g}" for value in row) for row in zip(*columns, strict=True)]


class TestConformance(ReaderConformance):
    reader = current_log_reader
    samples: ClassVar = {
        "run.csv": log_text(LOG.part(slice(0, 60))).encode(),
        "run.dat": text("t (min)\tT (degC)\tI (pA)", (1 / 60, 1.0, 1e12), -273.15, "\t").encode(),
    }
    mutations = 60


def test_a_simulated_log_comes_back_and_says_so(tmp_path):
    recording = reading(tmp_path, CSV)
    assert recording.source.simulated
    assert [column.unit for column in recording.columns] == ["s", "K", "ampere"]
    log = log_of(recording)
    assert log.name == "run.csv"
    np.testing.assert_allclose(log.current, LOG.current, rtol=1e-6)
    np.testing.assert_allclose(log.temperature, LOG.temperature, atol=1e-4)
    (sweep,) = found_sweeps(log)
    found = branch_coefficient(sweep, AREA, polarity=1)
    assert 25.0 < found.p.max() < 33.0


@pytest.mark.parametrize(
    ("labels", "scale", "shift", "sep"),
    [
        ("Time (s),Temperature (K),Current (A)", (1, 1, 1), 0, ","),
        ("Elapsed time [min];Sample temp [K];Reading (nA)", (1 / 60, 1, 1e9), 0, ";"),
        ("t/s\tT/K\tI/pA", (1, 1, 1e12), 0, "\t"),
        ("time_s\ttemperature_K\tcurrent_fA", (1, 1, 1e15), 0, "\t"),
        ("Time (h),T (C),I (uA)", (1 / 3600, 1, 1e6), -273.15, ","),
    ],
)
def test_units_are_those_of_the_labels(labels, scale, shift, sep, tmp_path):
    content = text(labels, scale, shift, sep)
    assert current_log_reader.sniff(tmp_path / "run.csv", content.encode()[:4096]) > 0.5
    recording = reading(tmp_path, content)
    log = log_of(recording)
    np.testing.assert_allclose(log.time, LOG.time, atol=1e-4)
    np.testing.assert_allclose(log.temperature, LOG.temperature, atol=1e-5)
    np.testing.assert_allclose(log.current, LOG.current, rtol=1e-6)
    said = " ".join(notice.text for notice in recording.notices)
    assert ("made ampere" in said) == (scale[2] != 1)


def test_further_columns_stay_and_the_sample_is_preferred(tmp_path):
    extra = np.arange(len(LOG))
    columns = LOG.time, LOG.temperature, LOG.temperature + 3.0, LOG.current, extra
    rows = recording_rows(columns)
    head = "Sample,crystal 3\nTime (s),T sample (K),T stage (K),Current (A),Voltage (V)"
    recording = reading(tmp_path, "\n".join([head, *rows, ""]))
    np.testing.assert_allclose(log_of(recording).temperature, LOG.temperature, rtol=1e-8)
    assert "Voltage" in recording.names
    twice = head.replace("T sample", "T crystal").replace("T stage", "Temp")
    with pytest.raises(ReadError, match="which column is temperature: T crystal, Temp"):
        reading(tmp_path, "\n".join([twice, *recording_rows(columns), ""]))


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        ("Time (s),Temperature (K),Current", "the unit of 'Current' is not told"),
        ("Time (s),Temperature (K),Current (V)", "the unit of 'Current.*' is not told"),
        ("Time,Temperature (K),Current (A)", "the unit of 'Time' is not told"),
        ("Time (s),Temperature,Current (A)", "the unit of 'Temperature' is not told"),
        ("Time (s),Temperature (K),Counts", "no column of current"),
        ("Time (s),Setpoint (K),Current (A)", "no column of temperature"),
        ("Time (s),Current (nA),Current (A)", "no column of temperature"),
        ("Current 1 (A),Temperature (K),Current 2 (A)", "no column of time"),
    ],
)
def test_a_column_or_unit_that_is_not_told_is_refused(labels, what, tmp_path):
    with pytest.raises(ReadError, match=what) as refusal:
        reading(tmp_path, text(labels))
    assert refusal.value.where == "run.csv:2"


def test_a_table_without_labels_is_refused(tmp_path):
    with pytest.raises(ReadError, match="no line names the columns"):
        reading(tmp_path, text().split("\n", 1)[1])


def changed(row, cell, value):
    lines = text().split("\n")
    cells = lines[row].split(",")
    cells[cell] = value
    lines[row] = ",".join(cells)
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (changed(9, 0, "1.0"), "the time does not rise", 10),
        (changed(9, 1, "-183.1"), r"a temperature below 0 K \(unit K\)", 10),
        (changed(9, 2, "0.2"), r"a current above 0\.1 A", 10),
        (text(scale=(1, 1, 1e12)), r"a current above 0\.1 A \(\d+ rows\)", 2),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_line(content, what, line, tmp_path):
    with pytest.raises(ReadError, match=what) as refusal:
        reading(tmp_path, content)
    assert refusal.value.where == f"run.csv:{line}"


@pytest.mark.parametrize(("cell", "role"), [(2, "current"), (1, "temperature"), (0, "time")])
def test_a_row_without_a_number_is_left_out_and_counted(cell, role, tmp_path):
    recording = reading(tmp_path, changed(9, cell, "NaN"))
    assert len(log_of(recording)) == len(LOG) - 1
    (notice,) = [one for one in recording.notices if "left out" in one.text]
    assert notice.text == f"1 of {len(LOG)} rows left out: 1 without {role}"
    assert notice.where == "run.csv:10"


def test_a_file_that_lacks_more_than_one_row_in_twenty_is_refused(tmp_path):
    lines = text().split("\n")
    for row in range(20, 20 + len(LOG) // 15):
        lines[row] = lines[row].rsplit(",", 1)[0] + ",NaN"
    with pytest.raises(ReadError, match=r"rows lack a number: \d+ without current") as refusal:
        reading(tmp_path, "\n".join(lines))
    assert refusal.value.where == "run.csv:21"


def keithley(labels="Time,Temperature (K),Reading", status="N", at=10):
    rows = zip(LOG.time, LOG.temperature, LOG.current, strict=True)
    lines = [
        f"{t:+012.3f}secs,{T:.4f},{current:+.6E}{status if k == at else 'N'}ADC,{k:+06d}RDNG#"
        for k, (t, T, current) in enumerate(rows)
    ]
    return "\n".join([f"{labels},Number", *lines, ""])


def test_readings_with_units_and_status_behind_them_are_read(tmp_path):
    recording = reading(tmp_path, keithley())
    log = log_of(recording)
    np.testing.assert_allclose(log.current, LOG.current, rtol=1e-6)
    np.testing.assert_allclose(log.time, LOG.time, atol=1e-3)
    bare = "\n".join(
        [
            "Time (s),Temperature (K),Current",
            *(
                f"{t:.3f},{T:.4f},{i:+.4E}A"
                for t, T, i in zip(LOG.time, LOG.temperature, LOG.current, strict=True)
            ),
            "",
        ]
    )
    np.testing.assert_allclose(log_of(reading(tmp_path, bare)).current, LOG.current, rtol=1e-4)


def test_a_reading_whose_status_is_not_normal_is_left_out_and_named(tmp_path):
    recording = reading(tmp_path, keithley(status="O"))
    assert len(log_of(recording)) == len(LOG) - 1
    assert any("1 without current (1 of status O)" in one.text for one in recording.notices)


def test_a_label_that_contradicts_its_cells_is_refused(tmp_path):
    with pytest.raises(ReadError, match="says pA, its cells say ampere"):
        reading(tmp_path, keithley("Time,Temperature (K),Current (pA)"))


def test_magnetometer_files_and_others_are_not_recognised(tmp_path):
    head = b"[Header]\nINFO,x,y\n[Data]\nTime Stamp (sec),Temperature (K),AC Current (A)\n1,2,3\n"
    assert current_log_reader.sniff(tmp_path / "a.dat", head) == 0.0
    assert current_log_reader.sniff(tmp_path / "a.dat", b"Energy (eV),mu\n7100,0.1\n") == 0.0


def test_a_recording_of_another_kind_is_no_log():
    with pytest.raises(SettingsError, match="no column 'time'"):
        log_of(Recording("spectrum.dat", (Column("energy", np.arange(3.0), "eV"),)))


@pytest.mark.parametrize(
    ("label", "role", "unit"),
    [
        ("Current (A)", "current", "ampere"),
        ("I / pA", "current", "pA"),
        ("T (K)", "temperature", "K"),
        ("t (s)", "time", "s"),
        ("Temperature Setpoint (K)", "", ""),
        ("Heating rate (K/min)", "", ""),
        ("Time stamp", "time", ""),
        ("Voltage (V)", "", ""),
    ],
)
def test_labels(label, role, unit):
    found = label_of(label)
    assert (found.role, found.unit) == (role, unit)
