"""Calculated vibrations: tables, outputs of programs, and what is refused with a reason."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from faults.calculation_seeds import CO2, WATER, gaussian, orca
from faults.calculation_seeds import VIBRATION_TABLE as TABLE

from spectrafit.errors import ReadError, SettingsError
from spectrafit_ir.calculated.sticks import vibrations_of
from spectrafit_ir.readers.calculation_output import expected_modes
from spectrafit_ir.readers.spectrum_text import spectrum_reader
from spectrafit_ir.readers.vibrations import vibrations_reader


def read(tmp_path, text, name="state.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (recording,) = vibrations_reader.read(path)
    return recording


def test_a_table_gives_columns_with_units_labels_state_and_method(tmp_path):
    found = read(tmp_path, TABLE)
    assert found.column("frequency").values.tolist() == [1402.5, 1515.0, 1611.75]
    assert found.column("intensity").values.tolist() == [120.5, 33.25, 7.0]
    assert [one.unit for one in found.columns] == ["cm-1", "km mol-1"]
    assert found.header["state"] == "high spin"
    assert found.header["method"] == "BP86/def2-TZVP"
    modes = vibrations_of(found)
    assert modes.name == "high spin"
    assert modes.labels == ("C-O stretch, sym.", "", "ring")
    assert not found.notices


@pytest.mark.parametrize(
    "text",
    [
        "frequency (cm-1);intensity (km/mol)\n1402,5;120,5\n1515,0;33,25\n",
        "intensity / km mol-1\tFrequency / cm-1\n120.5\t1402.5\n33.25\t1515\n",
        "# wavenumber (cm^-1)  IR intensity (km/mol)  label\n1402.5 120.5 a b\n1515 33.25\n",
        "# frequency (cm-1) IR intensity (km mol⁻¹) label\n\n1402.5 120.5 a\n# more\n1515 33.25 b\n",
        "label, frequency (cm**-1), intensity (km/mol)\r\n7, 1402.5, 120.5\r\n8, 1515, 33.25\r\n",
    ],
)
def test_tables_of_all_separators_give_the_same_numbers(tmp_path, text):
    found = read(tmp_path, text)
    assert found.column("frequency").values.tolist() == [1402.5, 1515.0]
    assert found.column("intensity").values.tolist() == [120.5, 33.25]
    assert found.header["state"] == "state"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("frequency,intensity\n1400,10\n", "no line names"),
        ("frequency (THz),intensity (km/mol)\n42,10\n", "in cm-1"),
        ("frequency (cm-1),intensity (km/mol)\n1400,\n", "intensity is missing"),
        ("frequency (cm-1),intensity (km/mol)\n1400,ten\n", "'ten', no number"),
        ("frequency (cm-1),intensity (km/mol)\n1400,-3\n", "-3 km/mol"),
        ("frequency (cm-1),intensity (km/mol)\n1400,5,3\n", "3 cells under 2 labels"),
        ("frequency (cm-1),intensity (km/mol)\n42000,5\n", "no vibration"),
        ("frequency (cm-1),intensity (km/mol)\n0,0\n", "no row"),
        ("# atoms: 3\nfrequency (cm-1),intensity (km/mol)\n1600,5\n3600,5\n", "incomplete"),
    ],
)
def test_tables_that_leave_a_doubt_are_refused(tmp_path, text, reason):
    with pytest.raises(ReadError, match=reason) as caught:
        read(tmp_path, text)
    assert "state.csv" in str(caught.value)


def test_imaginary_modes_are_negative_and_refused_unless_allowed(tmp_path):
    text = "frequency (cm-1),intensity (km/mol),label\n-120.5,3,a\n88i,1,b\n0,0,c\n1500,20,d\n"
    found = read(tmp_path, text)
    assert found.column("frequency").values.tolist() == [-120.5, -88.0, 1500.0]
    assert found.header["imaginary modes"] == "2"
    assert any("imaginary" in str(notice) for notice in found.notices)
    assert any("are 0" in str(notice) for notice in found.notices)
    with pytest.raises(SettingsError, match="2 imaginary modes"):
        vibrations_of(found)
    modes = vibrations_of(found, allow_imaginary=True)
    assert modes.wavenumbers.tolist() == [1500.0]
    assert modes.labels == ("d",)


def test_a_simulated_table_says_so(tmp_path):
    found = read(tmp_path, "# simulated data\n" + TABLE)
    assert found.source.simulated
    assert any(notice.code == "RUN-003" for notice in found.notices)


@pytest.mark.parametrize(
    "text",
    [
        "wavenumber (cm-1),absorbance\n400,0.1\n401,0.1\n",
        "frequency (cm-1),intensity\n400,0.1\n401,0.1\n",
        "frequency (THz),amplitude\n1,0.1\n2,0.1\n",
        "##TITLE=calculated, frequency (cm-1), intensity (km/mol)\n##JCAMP-DX=4.24\n",
        "# Gaussian, Inc. made the calculation\nwavenumber (cm-1),absorbance\n400,0.1\n401,0.1\n",
        "energy (eV),mu\n7000,0.1\n7001,0.2\n",
    ],
)
def test_files_of_other_readers_are_left_to_them(tmp_path, text):
    assert vibrations_reader.sniff(tmp_path / "a.csv", text.encode()) == 0.0


def test_the_sniffer_is_surer_than_that_of_spectra(tmp_path):
    for text in (TABLE, gaussian([1600.0], [1.0]), orca([1600.0, 3600.0, 3700.0], [1.0] * 3)):
        own = vibrations_reader.sniff(tmp_path / "a.csv", text.encode()[:4096])
        assert own > spectrum_reader.sniff(tmp_path / "a.csv", text.encode()[:4096])


def test_number_of_vibrations():
    assert expected_modes(3, WATER) == 3
    assert expected_modes(3, CO2) == 4
    assert expected_modes(2) == 1
    assert expected_modes(30) == 84
    bent = ((0.0, 0.0, 0.0), (0.0, 0.02, 1.16), (0.0, 0.0, -1.16))
    assert expected_modes(3, bent) == 3


def test_gaussian_output(tmp_path):
    pytest.importorskip("cclib")
    text = gaussian([1713.2, 3727.4, 3849.5], [75.9, 1.7, 19.3], symmetries=["A1", "A1", "B2"])
    found = read(tmp_path, text, "low spin.log")
    assert found.column("frequency").values.tolist() == [1713.2, 3727.4, 3849.5]
    assert found.column("intensity").values.tolist() == [75.9, 1.7, 19.3]
    assert found.header["labels"].split("\n") == ["A1", "A1", "B2"]
    assert found.header["state"] == "low spin"
    assert found.header["atoms"] == "3"
    assert "Gaussian" in found.header["program"]


def test_gaussian_output_of_a_linear_molecule_needs_one_mode_more(tmp_path):
    pytest.importorskip("cclib")
    four = gaussian([640.0, 640.0, 1370.0, 2400.0], [30.0, 30.0, 0.0, 550.0], CO2, (6, 8, 8))
    assert len(read(tmp_path, four, "a.log")) == 4
    three = gaussian([640.0, 1370.0, 2400.0], [30.0, 0.0, 550.0], CO2, (6, 8, 8))
    with pytest.raises(ReadError, match="3 frequencies where 3 atoms have 4"):
        read(tmp_path, three, "b.log")


def test_a_cut_or_frozen_calculation_is_refused(tmp_path):
    pytest.importorskip("cclib")
    with pytest.raises(ReadError, match="2 frequencies where 3 atoms have 3"):
        read(tmp_path, gaussian([1713.2, 3727.4], [75.9, 1.7]), "a.log")
    cut = gaussian([1713.2, 3727.4, 3849.5], [75.9, 1.7, 19.3]).split(" IR Inten")[0]
    with pytest.raises(ReadError, match="0 infrared intensities for 3"):
        read(tmp_path, cut, "b.log")
    with pytest.raises(ReadError, match="no vibrations"):
        read(tmp_path, cut.split(" Harmonic")[0], "c.log")


@pytest.mark.parametrize("version", ["4.0.1.2", "4.2.1", "5.0.4"])
def test_orca_output(tmp_path, version):
    pytest.importorskip("cclib")
    text = orca([1639.47, 3825.36, 3937.6], [62.5, 3.25, 41.5], version)
    found = read(tmp_path, text, "HS.out")
    assert found.column("frequency").values.tolist() == [1639.47, 3825.36, 3937.6]
    assert found.column("intensity").values.tolist() == [62.5, 3.25, 41.5]
    assert found.header["program"].startswith("ORCA")


def test_orca_output_with_an_imaginary_mode_and_a_factor_of_its_own(tmp_path):
    pytest.importorskip("cclib")
    found = read(
        tmp_path, orca([-52.3, 1639.47, 3937.6], [0.0, 62.5, 41.5], scaling="0.97"), "a.out"
    )
    assert found.column("frequency").values.tolist() == [-52.3, 1639.47, 3937.6]
    assert found.header["scale factor applied"] == "0.97"
    assert any("already multiplied" in str(notice) for notice in found.notices)
    assert vibrations_of(found, allow_imaginary=True).intensities.tolist() == [62.5, 41.5]


def test_output_without_intensities_is_refused(tmp_path):
    pytest.importorskip("cclib")
    with pytest.raises(ReadError, match="no infrared intensity"):
        read(tmp_path, orca([1639.47, 3825.36, 3937.6], [0.0, 0.0, 0.0]), "a.out")


def test_without_cclib_the_command_to_install_it_is_told(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "cclib", None)
    monkeypatch.setitem(sys.modules, "cclib.io.ccio", None)
    with pytest.raises(ReadError, match=r"pip install 'spectrafit-suite\[calc\]'"):
        read(tmp_path, orca([1639.47, 3825.36, 3937.6], [62.5, 3.25, 41.5]), "a.out")
    assert len(read(tmp_path, TABLE)) == 3


def test_a_recording_of_something_else_holds_no_vibrations(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "wavenumber (cm-1),absorbance\n" + "".join(f"{k},0.1\n" for k in range(400, 480))
    )
    (spectrum,) = spectrum_reader.read(path)
    with pytest.raises(SettingsError, match="no calculated vibrations"):
        vibrations_of(spectrum)
    assert np.isfinite(spectrum.columns[0].values).all()
