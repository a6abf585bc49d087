"""The reader of SPEC files: several scans, motors, and the layout of SSRL beamline 15-2."""

from __future__ import annotations

import numpy as np
import pytest
from faults.beamline_seeds import ROWS, SPEC_SEEDS, energies, herfd_spec, spec, spec_head, spec_rows

from spectrafit.errors import ReadError
from spectrafit.testing import ReaderConformance
from spectrafit_xas import herfd, spec_reader, xanes
from spectrafit_xas.scans.absorption import absorption_spectrum
from spectrafit_xas.settings import HerfdSettings


class TestConformance(ReaderConformance):
    reader = spec_reader
    samples = SPEC_SEEDS
    mutations = 80


def read(tmp_path, content: bytes):
    path = tmp_path / "made_up.spec"
    path.write_bytes(content)
    return spec_reader.read(path)


def said(recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def test_every_scan_is_a_recording(tmp_path):
    first, second = read(tmp_path, spec())
    assert (first.name, second.name) == ("made_up.spec#1", "made_up.spec#2")
    assert first.names == ("energy", "I0", "I1", "vortDT")
    assert dict(first.roles) == {"x": "energy"}
    assert first.header["command"] == "ascan energy 7095 7155 39 1"
    assert first.header["Sample Z"] == "12.5"
    assert first.header["gap"] == "3"
    np.testing.assert_allclose(second.column("energy").values, energies())


def test_a_number_given_twice_gets_two_names(tmp_path):
    again = spec() + b"\n" + (spec_head(2) + spec_rows()).encode()
    assert [one.name for one in read(tmp_path, again)] == [
        "made_up.spec#1",
        "made_up.spec#2",
        "made_up.spec#2.2",
    ]


def test_the_layout_of_beamline_15_2(tmp_path):
    """name=value pairs in #P; the emission energy is a condition, the scan HERFD."""
    (recording,) = read(tmp_path, herfd_spec())
    assert recording.conditions["emission_eV"] == 6404.52
    assert recording.header["emiss"] == "6404.52"
    assert recording.header["Sx"] == "1.25"
    found = herfd.suits(recording)
    assert found.suits
    assert found.why == "energies hold the K edge of Fe; signal vortDT/I0"
    assert not found.missing
    assert xanes.suits(recording).why == "the header names an emission energy"


def test_detectors_are_chosen_and_summed_in_the_settings(tmp_path):
    (recording,) = read(tmp_path, herfd_spec())
    vort = recording.column("vortDT").values
    for names, factor in (("vortDT2", 0.5), ("vortDT + vortDT2", 1.5)):
        settings = HerfdSettings(columns={"fluorescence": names})
        spectrum, roles, _ = absorption_spectrum(recording, settings)
        expected = factor * vort / recording.column("I0").values
        np.testing.assert_allclose(spectrum.y, expected, rtol=1e-3)
        assert roles.formula == f"{names}/I0"


def test_the_emission_of_a_column_goes_before_that_of_the_motor(tmp_path):
    (recording,) = read(tmp_path, herfd_spec("6404.52", "6404.80"))
    assert recording.conditions["emission_eV"] == 6404.8


def test_an_emission_scan_states_no_emission_energy(tmp_path):
    content = herfd_spec().replace(b" 6404.52 1\n", b" 6390.00 1\n", 1)
    (recording,) = read(tmp_path, content)
    assert "emission_eV" not in recording.conditions
    assert "EMISSION runs from 6390 to 6404.52 eV: an emission scan" in said(recording)


@pytest.mark.parametrize("value", ["0", "nan", "6.4"])
def test_a_motor_that_cannot_be_an_emission_energy_is_none(value, tmp_path):
    (recording,) = read(tmp_path, herfd_spec(value, "0"))
    assert "emission_eV" not in recording.conditions


def test_an_aborted_scan_keeps_its_full_rows(tmp_path):
    first, second = read(tmp_path, spec() + b"7155 1")
    assert len(second) == ROWS
    assert "the last row is short and left out" in said(second)
    assert "short" not in said(first)


def test_spectra_between_the_rows_are_left_out_with_a_notice(tmp_path):
    rows = spec_rows().splitlines(keepends=True)
    rows[3:3] = ["@A 1 2 3 \\\n", "4 5 6 \\\n", "7 8\n"]
    (recording,) = read(tmp_path, (spec_head() + "".join(rows)).encode())
    assert len(recording) == ROWS
    assert "1 lines of detector spectra (@) left out" in said(recording)


def test_scans_without_rows_are_named(tmp_path):
    first, *_ = read(tmp_path, spec_head(7).encode() + spec())
    assert "scans without two rows left out: 7" in said(first)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (spec_head().encode(), "no rows in scan 1"),
        (b"#F a\n#E 1\n", "no scan (#S)"),
        (b"7110 1\n#S 1 a\n", "stands before the first scan"),
        (spec_head().encode() + b"7110 1 2 3\n7111 x 2 3\n", "is no row of 4 numbers"),
        (spec_head().encode() + b"7110 1 2 3\n7111 1 2\n7112 1 2 3\n", "row 2 of scan 1"),
        (spec_head().encode() + b"7110 1 2 3\n7111 1 2 3 4\n", "is no row of 4 numbers"),
        (spec_head().encode() + b"7110 1 2 3\n7111 1e999 2 3\n", "is no row of 4 numbers"),
    ],
)
def test_what_is_refused(content, says, tmp_path):
    with pytest.raises(ReadError) as refusal:
        read(tmp_path, content)
    assert says in str(refusal.value)


def test_labels_that_do_not_fit_are_said(tmp_path):
    (recording,) = read(tmp_path, spec_head(columns="energy  I0").encode() + spec_rows().encode())
    assert recording.names == ("col0", "col1", "col2", "col3")
    assert "2 labels for 4 columns" in said(recording)


@pytest.mark.parametrize("name", ["Fe-foil_EXAFS_23147.dat", "Co-foil_EXAFS_23108.dat"])
def test_real_foils(name, real_data):
    (recording,) = spec_reader.read(real_data("xas", "parseq", name))
    assert len(recording) == 4096
    assert recording.names[1] == recording.roles["x"] == "mono1_energy_acs"
    assert "columns" in xanes.suits(recording).missing
