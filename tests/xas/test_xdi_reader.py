"""The reader of XDI files, by its specification, the published bad files, and real ones."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from faults.seed_files import XDI_SEEDS, xdi

from spectrafit.alert import Level
from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES, read_with
from spectrafit.table import reader as columns_reader
from spectrafit.testing import FOREIGN_FILES, ReaderConformance
from spectrafit_xas import xdi_reader

ROWS = "7110.5 10 5\n7111.5 20 15\n7112.5 30 25\n"


FOREIGN = {**FOREIGN_FILES, "only_called.xdi": b"# PETRA III P65\n# E mu\n1 2\n3 4\n"}


class TestConformance(ReaderConformance):
    reader = xdi_reader
    samples = XDI_SEEDS
    foreign = FOREIGN
    mutations = 60


def read(tmp_path: Path, content: bytes):
    path = tmp_path / "scan.xdi"
    path.write_bytes(content)
    (recording,) = xdi_reader.read(path)
    return recording


def said(recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def test_everything_of_a_plain_file(tmp_path):
    recording = read(tmp_path, xdi(rows=ROWS))
    assert recording.names == ("energy", "i0", "itrans")
    assert recording.column("energy").unit == "eV"
    np.testing.assert_array_equal(recording.column("itrans").values, [5, 15, 25])
    assert dict(recording.roles) == {"x": "energy"}
    assert dict(recording.conditions) == {"element": "Fe", "edge": "K", "T": 10.0}
    assert recording.header["XDI"] == "1.0 Made/1.0"
    assert recording.header["Sample.name"] == "nothing"
    assert recording.header["comments"] == "a comment\n\n and more"
    assert recording.reader == "xdi"
    assert not recording.notices


@pytest.mark.parametrize(
    ("written", "kelvin"),
    [("10 K", 10.0), ("10K", 10.0), ("20 C", 293.15), ("-20.5 °C", 252.65), ("77 degrees K", 77.0)],
)
def test_temperatures_with_a_unit_become_conditions(written, kelvin, tmp_path):
    recording = read(tmp_path, xdi(("10 K", written), rows=ROWS))
    assert recording.conditions["T"] == pytest.approx(kelvin, rel=1e-12)
    assert recording.header["Sample.temperature"] == written


@pytest.mark.parametrize(
    "written", ["room temperature", "10", "8-10 K", "10 eV", "0 K", "-10 K", "about 10 K", "10 foo"]
)
def test_temperatures_without_a_number_and_unit_stay_text(written, tmp_path):
    recording = read(tmp_path, xdi(("10 K", written), rows=ROWS))
    assert "T" not in recording.conditions
    assert recording.header["Sample.temperature"] == written
    assert "T is not set" in said(recording)


def test_names_of_fields_have_no_case(tmp_path):
    upper = xdi(("Element.symbol: Fe", "ELEMENT.Symbol: fe"), ("Column.1", "cOLUMN.1"), rows=ROWS)
    recording = read(tmp_path, upper)
    assert recording.conditions["element"] == "Fe"
    assert recording.names[0] == "energy"
    assert recording.header["ELEMENT.Symbol"] == "fe"


def test_angles_become_energies_by_braggs_law(tmp_path):
    """Fe foil: 7112.0 eV on Si(111) of d = 3.13553 angstrom is at 16.1404 degrees."""
    angle = math.degrees(math.asin(12398.419843320026 / (2 * 3.13553 * 7112.0)))
    rows = f"{angle!r} 10 5\n90 20 15\n-1 30 25\n"
    recording = read(tmp_path, xdi(("energy eV", "angle degrees"), rows=rows))
    energy = recording.column("energy")
    assert energy.unit == "eV"
    assert energy.made_from.startswith("hc / (2 d sin(angle))")
    np.testing.assert_allclose(
        energy.values[:2], [7112.0, 12398.419843320026 / 6.27106], rtol=1e-14
    )
    assert np.isnan(energy.values[2])
    assert recording.column("angle").unit == "deg"
    assert recording.roles["x"] == "energy"
    assert "1 angles are not between 0 and 90 degrees" in said(recording)


def test_angles_in_radians(tmp_path):
    degrees = read(tmp_path, xdi(("energy eV", "angle degrees"), rows="16 10 5\n15 20 15\n"))
    rows = f"{math.radians(16)!r} 10 5\n{math.radians(15)!r} 20 15\n"
    radians = read(tmp_path, xdi(("energy eV", "angle radians"), rows=rows))
    np.testing.assert_allclose(
        radians.column("energy").values, degrees.column("energy").values, rtol=1e-14
    )


@pytest.mark.parametrize("spacing", ["", "unknown", "0", "-3.1", "nan", "3_1"])
def test_no_energy_is_computed_without_a_spacing(spacing, tmp_path):
    content = xdi(("energy eV", "angle degrees"), ("3.13553", spacing), rows="16 10 5\n15 20 15\n")
    recording = read(tmp_path, content)
    assert recording.names == ("angle", "i0", "itrans")
    assert dict(recording.roles) == {}
    assert any(notice.level is Level.B for notice in recording.notices)


def test_kiloelectronvolts_are_converted_and_noticed(tmp_path):
    rows = "7.1105 10 5\n7.1115 20 15\n"
    recording = read(tmp_path, xdi(("energy eV", "E keV || 13IDE:En.VAL"), rows=rows))
    column = recording.column("E")
    assert (column.unit, column.made_from) == ("eV", "1000 E (keV in the file)")
    np.testing.assert_allclose(column.values, [7110.5, 7111.5], rtol=1e-15)
    assert recording.roles["x"] == "E"


def test_mu_is_proposed_where_one_column_holds_it(tmp_path):
    one = read(tmp_path, xdi(("itrans", "mutrans"), rows=ROWS, labels="energy i0 mutrans"))
    assert dict(one.roles) == {"x": "energy", "y": "mutrans"}
    two = xdi(
        ("Column.2: i0", "Column.2: mufluor"), ("itrans", "mutrans"), rows=ROWS, labels="a b c"
    )
    assert dict(read(tmp_path, two).roles) == {"x": "energy"}


def test_an_ampere_is_no_angstrom(tmp_path):
    recording = read(tmp_path, xdi(("Column.2: i0", "Column.2: i0 A"), rows=ROWS))
    assert recording.column("i0").unit == "1"
    assert "not read as a unit: A of i0" in said(recording)


def test_simulated_files_say_so(tmp_path):
    recording = read(tmp_path, xdi(("nothing", "nothing\n# Scan.simulated: true"), rows=ROWS))
    assert recording.source.simulated
    assert "RUN-003" in [notice.code for notice in recording.notices]


def test_the_scan_parameters_stand_in_for_a_missing_element(tmp_path):
    content = xdi(("Element.symbol", "ScanParameters.element"), rows=ROWS)
    recording = read(tmp_path, content)
    assert recording.conditions["element"] == "Fe"
    assert "no Element.symbol, ScanParameters.element (Fe) stands in" in said(recording)


def test_a_file_that_is_only_called_xdi_goes_to_the_columns(tmp_path):
    path = tmp_path / "p65.xdi"
    path.write_bytes(b"# PETRA III P65\n# E mu\n7110 1\n7111 2\n")
    (recording,) = read_with(path, (xdi_reader, columns_reader))
    assert recording.reader == "columns"
    with pytest.raises(ReadError, match="--reader columns"):
        xdi_reader.read(path)


def test_sniff_reads_every_coding_and_a_missing_blank():
    plain = xdi()
    assert xdi_reader.sniff(Path("a.txt"), plain[:HEAD_BYTES]) == 1.0
    assert xdi_reader.sniff(Path("a.xdi"), plain.decode().encode("utf-16")[:HEAD_BYTES]) == 1.0
    assert xdi_reader.sniff(Path("a.xdi"), b"#XDI/1.1  GSE/1.0\n# Column.1: energy eV\n") == 1.0
    assert xdi_reader.sniff(Path("a.xdi"), b"#\n" + plain) == 0.0


BAD_COLUMNS = {
    "bad_07": ("col1", "col2", "col3", "col4"),
    "bad_08": ("energy", "i0", "itrans", "col4"),
}
BAD_COMMENTS = {"bad_26", "bad_27"}
GOOD = ("energy", "i0", "itrans", "mutrans")


def test_published_bad_files_end_as_published(real_data):
    folder = real_data("xas", "xdi_baddata")
    with (folder / "expected.tsv").open(encoding="utf-8", newline="") as stream:
        expected = list(csv.DictReader(stream, delimiter="\t"))
    assert len(expected) == 20
    for row in expected:
        path = folder / row["file"]
        if row["outcome"] == "refused with a message":
            with pytest.raises(ReadError) as refusal:
                xdi_reader.read(path)
            assert refusal.value.where == f"{path.name}:{1 if path.stem == 'bad_01' else 8}"
            continue
        (recording,) = xdi_reader.read(path)
        assert len(recording) == 12, row
        assert recording.names == BAD_COLUMNS.get(path.stem, GOOD), row
        assert recording.columns[3].values[-1] == -1.3312944, row
        assert bool(recording.notices) == ("warning" in row["outcome"] or "label" in row["outcome"])
        assert ("comments" in recording.header) == (path.stem not in BAD_COMMENTS), row
        assert recording.header["XDI"] == ("1.0" if path.stem == "bad_25" else "1.0 GSE/1.0"), row
        assert ("edge" in recording.conditions) == (path.stem not in ("bad_02", "bad_04")), row
        assert ("element" in recording.conditions) == (path.stem not in ("bad_03", "bad_05")), row
        if path.stem == "bad_23":
            assert recording.header["Family.00key"] == "Value"


REAL = {
    "larch_examples/fe_xanes_8ch.xdi": (100, 39, "Fe"),
    "larch_examples/feo_rt1.xdi": (412, 3, "Fe"),
    "larch_examples/fexanes_a.001": (449, 36, "Fe"),
    "nxxas/V_XANES_ap1.001": (367, 25, "V"),
    "nxxas/V_XANES_ap2.001": (367, 25, "V"),
    "nxxas/V_XANES_ap3.001": (367, 25, "V"),
    "xdi/Fe2O3_rt_01.xdi": (412, 3, "Fe"),
    "xdi/Fe3C_rt_01.xdi": (348, 3, "Fe"),
    "xdi/Fe3O4_rt_01.xdi": (348, 3, "Fe"),
    "xdi/FeN_rt_01.xdi": (348, 3, "Fe"),
    "xdi/FeO_rt_01.xdi": (412, 3, "Fe"),
    "xdi/FeS2_rt_01.xdi": (353, 3, "Fe"),
    "xdi/Fe_Foil_rt_2016Foils.xdi": (532, 3, "Fe"),
    "xdi/Fe_metal_rt_01.xdi": (348, 3, "Fe"),
    "xdi/Fe_metal_rt_02.xdi": (412, 3, "Fe"),
    "xdi/Hansel2001_Fe_foil_xanes_001.xdi": (125, 3, "Fe"),
    "xdi/Hansel2001_goethite_xanes_003.xdi": (125, 3, "Fe"),
    "xdi/Hansel2001_goethite_xanes_004.xdi": (125, 3, "Fe"),
    "xdi/Hansel2001_greenrust_Cl_xanes_001.xdi": (125, 3, "Fe"),
    "xdi/Hansel2001_greenrust_Cl_xanes_002.xdi": (125, 3, "Fe"),
    "xdi/Hansel2001_magnetite_xanes_001.xdi": (125, 3, "Fe"),
    "xdi/Hansel2001_siderite_xanes_001.xdi": (125, 3, "Fe"),
    "xdi/Mn2O3_rt_01.xdi": (217, 4, "Mn"),
    "xdi/Mn2O3_rt_02.xdi": (217, 4, "Mn"),
    "xdi/V_foil.xdi": (463, 4, "V"),
    "xdi/co_metal_rt.xdi": (417, 3, "Co"),
}


@pytest.mark.parametrize("name", REAL)
def test_real_files(name, real_data):
    path = real_data("xas", *name.split("/"))
    assert xdi_reader.sniff(path, path.read_bytes()[:HEAD_BYTES]) == 1.0
    (recording,) = xdi_reader.read(path)
    rows, columns, element = REAL[name]
    own = [column for column in recording.columns if not column.made_from]
    assert (len(recording), len(own)) == (rows, columns)
    assert dict(recording.conditions) == {"element": element, "edge": "K"}
    axis = recording.column(recording.roles["x"])
    assert axis.unit == "eV"
    assert (np.diff(axis.values) > 0).all()
    assert all(notice.level is Level.G for notice in recording.notices)
    signal = recording.column(recording.names[1])
    spectrum = recording.spectrum(y=signal.name)
    np.testing.assert_array_equal(spectrum.y, signal.values)
    assert spectrum.conditions["element"] == element


def test_real_numbers(real_data):
    """Cells copied by eye from the files."""
    (foil,) = xdi_reader.read(real_data("xas", "xdi", "V_foil.xdi"))
    assert foil.column("itrans").values[[0, -1]].tolist() == [197514.0, 70537.0]
    assert foil.column("i0").unit == "counts"
    assert foil.header["Beamline.I0_sensitivity_value"] == "nA/V || 13BMD:A3sens_unit.VAL"
    assert "before it stood Beamline.I0_sensitivity_value: 1 || 13BMD:A3sens_num.VAL" in said(foil)
    (oxide,) = xdi_reader.read(real_data("xas", "larch_examples", "feo_rt1.xdi"))
    assert oxide.spectrum().y[0] == -0.03599259
    assert oxide.header["comments"] == " data from NXS school, 2001"
    (channels,) = xdi_reader.read(real_data("xas", "larch_examples", "fe_xanes_8ch.xdi"))
    assert channels.names[-3:] == ("DTFactor_mca8", "Fe_Ka_sum", "Fe_Ka_sum_variance")
    assert channels.column("I0").values[0] == 118317.0
