"""Infrared text and Excel: every way to write a table gives the same numbers, or is refused."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from data import shared_data
from faults.mossbauer_seeds import simulated_counts, velocity_table

from spectrafit.errors import ReadError
from spectrafit.reader import HEAD_BYTES, read_with
from spectrafit.recording import Recording
from spectrafit.table import reader as columns_reader
from spectrafit_ir.absorbance import absorbance_of
from spectrafit_ir.readers.condition_table import condition_table_reader
from spectrafit_ir.readers.excel import excel_reader
from spectrafit_ir.readers.spectrum_text import spectrum_reader
from spectrafit_mossbauer import counts_reader, velocity_reader
from spectrafit_xas import xdi_reader

X = np.round(np.arange(3999.25, 3400.0, -1.5), 2)
Y = np.round(0.05 + 0.4 / (1 + ((X - 3700.3) / 12.7) ** 2), 6)
READERS = (
    columns_reader,
    xdi_reader,
    velocity_reader,
    counts_reader,
    spectrum_reader,
    condition_table_reader,
    excel_reader,
)


def reading(tmp_path: Path, content: bytes | str, name: str = "a_80K.csv") -> Recording:
    (recording,) = readings(tmp_path, content, name)
    return recording


def readings(tmp_path: Path, content: bytes | str, name: str) -> tuple[Recording, ...]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_with(path, READERS)


def said(recording: Recording) -> str:
    return "\n".join(notice.text for notice in recording.notices)


def rows(x=X, y=Y, between: str = ",", decimal: str = ".", end: str = "\n") -> str:
    pairs = (f"{a:.2f}{between}{b:.6f}" for a, b in zip(x, y, strict=True))
    return "".join(pair.replace(".", decimal) + end for pair in pairs)


CODES = ("utf-8", "utf-8-sig", "utf-16", "cp1252")


@pytest.mark.parametrize(("end", "code"), [*product(["\n", "\r\n", "\r"], CODES)])
def test_every_separator_and_decimal_mark_gives_the_same_or_is_ambiguous(end, code, tmp_path):
    ambiguous = []
    for between, decimal in product(["\t", ";", " ", ","], ".,"):
        label = f"wavenumber (cm-1){between}absorbance{end}"
        content = (label + rows(between=between, decimal=decimal, end=end)).encode(code)
        try:
            found = reading(tmp_path, content)
        except ReadError as refusal:
            ambiguous.append((between, decimal, "ambiguous" in refusal.what))
            continue
        assert found.reader == "spectrum"
        np.testing.assert_array_equal(found.column("wavenumber").values, X)
        np.testing.assert_array_equal(found.column("absorbance").values, Y)
    assert ambiguous == [(",", ",", True)]


def test_exponents_of_three_digits_blank_lines_and_a_rising_axis(tmp_path):
    lines = [f"{a:.6e},{b:.6e}" for a, b in zip(X[::-1], Y[::-1], strict=True)]
    text = "\r\n".join(lines).replace("e+0", "e+00").replace("e-0", "e-00") + "\r\n\r\n"
    found = reading(tmp_path, text, "T50C.dpt")
    np.testing.assert_allclose(found.column("wavenumber").values, X[::-1])
    np.testing.assert_allclose(found.column("absorbance").values, Y[::-1])
    assert found.conditions["T"] == pytest.approx(323.15)


@pytest.mark.parametrize("mark", ["# at the edge", "; at the edge", "  # 12", "\t; detector off"])
@pytest.mark.parametrize("between", [",", "\t"])
def test_comments_behind_rows_of_a_data_point_table(mark, between, tmp_path):
    lines = rows(between=between).splitlines()
    lines[3] += mark
    lines[70] += mark
    found = reading(tmp_path, "\n".join([*lines, "# end", ""]), "a.dpt")
    np.testing.assert_array_equal(found.column("wavenumber").values, X)
    np.testing.assert_array_equal(found.column("absorbance").values, Y)
    assert "comments behind 2 rows left out" in said(found)


def test_a_gap_word_is_no_comment_and_no_absorbance(tmp_path):
    lines = rows(between=";").splitlines()
    lines[3] = lines[3].partition(";")[0] + ";NaN"
    with pytest.raises(ReadError, match="value 3 is no number"):
        reading(tmp_path, "\n".join([*lines, ""]), "a.dpt")


def test_a_row_that_is_cut_off_is_never_a_short_number(tmp_path):
    text = rows()
    with pytest.raises(ReadError, match="is no number"):
        reading(tmp_path, text[:-4], "a.dpt")


@pytest.mark.parametrize(
    ("label", "factor", "kind", "unit"),
    [
        ("wavenumber (cm-1),absorbance", 1.0, "absorbance", "1"),
        ("Wavenumbers [1/cm],Abs", 1.0, "absorbance", "1"),
        ("cm-1,%T", 100.0, "transmittance", "%"),
        ("wavenumber (cm-1),Transmittance (%)", 100.0, "transmittance", "%"),
        ("wavenumber (cm-1),transmittance", 1.0, "transmittance", "1"),
        ("wavenumber (cm-1),single beam", 1.0, "single beam", "1"),
        ("wavenumber (cm-1),reflectance", 1.0, "reflectance", "1"),
    ],
)
def test_the_label_says_the_kind(label, factor, kind, unit, tmp_path):
    y = factor * (10.0**-Y if kind == "transmittance" else Y)
    found = reading(tmp_path, f"{label}\n" + rows(y=y))
    assert found.header["y kind"] == kind
    assert found.columns[1].unit == unit
    if kind in ("absorbance", "transmittance"):
        np.testing.assert_allclose(absorbance_of(found).spectrum.y, Y[::-1], atol=2e-6)


def test_pairs_without_a_label_are_absorbance_only_where_they_can_be_nothing_else(tmp_path):
    found = reading(tmp_path, rows())
    assert found.reader == "spectrum"
    assert found.header["y kind"] == "absorbance"
    assert "y has no label: taken as absorbance" in said(found)
    for y in (10.0**-Y, 100 * 10.0**-Y):
        other = spectrum_reader.read(_written(tmp_path, rows(y=y)))[0]
        assert other.header["y kind"] == "unknown"
        assert "does not say whether y is absorbance or transmittance" in said(other)


def _written(tmp_path: Path, text: str, name: str = "b.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "label", ["wavelength (nm),absorbance", "nm,Abs", "Wavelength/um,Abs", "Raman shift (cm-1),I"]
)
def test_another_axis_is_refused_and_never_converted(label, tmp_path):
    path = _written(tmp_path, f"{label}\n" + rows(x=X / 4))
    with pytest.raises(ReadError, match="is not in wavenumbers"):
        spectrum_reader.read(path)


@pytest.mark.parametrize(
    "x", [np.arange(800.0, 200, -1), np.arange(2500.0, 350, -2), np.arange(350.0, 1100, 0.5)]
)
def test_an_axis_without_a_unit_that_may_be_in_nm_is_asked_for(x, tmp_path):
    path = _written(tmp_path, rows(x=x, y=np.linspace(0.1, 0.5, x.size)))
    with pytest.raises(ReadError, match="without a unit may be in nm"):
        spectrum_reader.read(path)
    assert len(spectrum_reader.read(path.rename(tmp_path / "b.dpt"))) == 1


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda x: x - 3395, "outside 10 to 16000"),
        (lambda x: x * 10, "outside 10 to 16000"),
        (lambda x: np.where(np.arange(x.size) == 7, x[5], x), "turns back or stands still"),
    ],
)
def test_an_axis_that_cannot_be_one_is_refused(change, what, tmp_path):
    path = _written(tmp_path, "wavenumber (cm-1),absorbance\n" + rows(x=change(X)))
    with pytest.raises(ReadError, match=what):
        spectrum_reader.read(path)


def test_several_ordinates_are_blocks_to_choose_from(tmp_path):
    table = "".join(f"{x:.2f}\t{y:.6f}\t{2 * y:.6f}\n" for x, y in zip(X, Y, strict=True))
    found = reading(tmp_path, "wavenumber (cm-1)\tabsorbance a\tabsorbance b\n" + table)
    assert "y" not in found.roles
    assert "--set block=absorbance a" in said(found)
    chosen = absorbance_of(found, "absorbance b")
    np.testing.assert_allclose(chosen.spectrum.y, 2 * Y[::-1], atol=1e-6)


def test_columns_named_by_temperature_are_a_series(tmp_path):
    table = "".join(f"{x:.2f}\t{y:.6f}\t{2 * y:.6f}\n" for x, y in zip(X, Y, strict=True))
    header = "y units: absorbance\nwavenumber (cm-1)\t10 K\t-20 °C\n"
    cold, warm = readings(tmp_path, header + table, "a_300K.txt")
    assert (cold.name, warm.name) == ("a_300K.txt#10 K", "a_300K.txt#-20 degC")
    assert [one.conditions["T"] for one in (cold, warm)] == pytest.approx([10, 253.15])
    np.testing.assert_allclose(absorbance_of(warm).spectrum.y, 2 * Y[::-1], atol=1e-6)


def test_several_pairs_are_never_paired_up(tmp_path):
    table = "".join(f"{x:.2f}\t{y:.6f}\t{x:.2f}\t{y:.6f}\n" for x, y in zip(X, Y, strict=True))
    label = "wavenumber a (cm-1)\tA\twavenumber b (cm-1)\tB\n"
    with pytest.raises(ReadError, match="several axes") as refusal:
        reading(tmp_path, label + table)
    assert "--reader columns" in str(refusal.value)


LABSPEC = (
    "#Title=\tsample\n#Acq. time (s)=\t10\n#AxisType[0]=\tIntens\n#AxisUnit[0]=\t{y}\n"
    "#AxisType[1]=\tSpectr\n#AxisUnit[1]=\t{x}\n"
)


def test_labspec_text_says_its_axis_in_the_header(tmp_path):
    found = reading(
        tmp_path, LABSPEC.format(x="1/cm", y="Absorbance") + rows(between="\t"), "a.txt"
    )
    assert found.reader == "spectrum"
    assert found.header["Acq. time (s)"] == "10"
    assert found.header["y kind"] == "absorbance"
    path = _written(tmp_path, LABSPEC.format(x="nm", y="Absorbance") + rows(between="\t"))
    with pytest.raises(ReadError, match="the axis is in 'nm'"):
        spectrum_reader.read(path)


def grid(
    corner: str,
    between: str = "\t",
    decimal: str = ".",
    start: str = "",
    values=(10.0, 80.5, 300.0),
) -> str:
    lines = [between.join([corner, *(f"{x:.2f}" for x in X)])]
    lines += [between.join([f"{T}", *(f"{T / 1e3 * y:.6f}" for y in Y)]) for T in values]
    return start + "".join(line.replace(".", decimal) + "\n" for line in lines)


@pytest.mark.parametrize(
    ("between", "decimal"), [("\t", "."), ("\t", ","), (";", "."), (";", ","), (",", ".")]
)
@pytest.mark.parametrize(
    ("corner", "first"), [("T (K)", 10.0), ("T/K", 10.0), ("K", 10.0), ("T (degC)", 283.15)]
)
def test_a_table_with_temperatures_in_front_is_a_series(corner, first, between, decimal, tmp_path):
    found = readings(tmp_path, grid(corner, between, decimal), "map_5K.txt")
    assert [one.name for one in found] == ["map_5K.txt#1", "map_5K.txt#2", "map_5K.txt#3"]
    assert {one.reader for one in found} == {"conditions"}
    steps = np.diff([one.conditions["T"] for one in found])
    assert found[0].conditions["T"] == pytest.approx(first)
    np.testing.assert_allclose(steps, [70.5, 219.5])
    for one, T in zip(found, (10.0, 80.5, 300.0), strict=True):
        np.testing.assert_array_equal(one.column("wavenumber").values, X)
        np.testing.assert_allclose(one.columns[1].values, T / 1e3 * Y, atol=6e-7)


def test_labspec_tables_have_an_empty_first_cell_and_no_temperature(tmp_path):
    start = LABSPEC.format(x="1/cm", y="Absorbance")
    found = readings(tmp_path, grid("", start=start), "map_5K.txt")
    assert "write 'T (K)'" in said(found[0])
    assert [dict(one.conditions) for one in found] == [
        {"condition": 10.0},
        {"condition": 80.5},
        {"condition": 300.0},
    ]
    assert found[0].header["Acq. time (s)"] == "10"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (grid("T (K)").replace("\n80.5\t", "\n\t"), "no condition"),
        (grid("T (K)").replace("\n80.5\t0", "\n80.5\t0\t0"), "cells where others have"),
        ("\t" + grid("").replace("\n10.0", "\n1\t10.0").replace("\n80.5", "\n1\t80.5")
         .replace("\n300.0", "\n1\t300.0"), "a map over two"),
        (grid("T (K)")[:-5] , "is no number"),
    ],
)  # fmt: skip
def test_a_damaged_table_is_refused_with_its_line(text, what, tmp_path):
    with pytest.raises(ReadError) as refusal:
        readings(tmp_path, text, "map.txt")
    assert what in str(refusal.value)


def workbook(tmp_path: Path, **sheets: list[list[object]]) -> Path:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, cells in sheets.items():
        sheet = book.create_sheet(title)
        for row in cells:
            sheet.append(row)
    path = tmp_path / "b_120K.xlsx"
    book.save(path)
    return path


def cells(*labels: str, scale: float = 1.0) -> list[list[object]]:
    count = len(labels) - 1
    return [list(labels)] + [
        [float(x), *(scale * (k + 1) * float(y) for k in range(count))]
        for x, y in zip(X, Y, strict=True)
    ]


def test_an_excel_sheet_of_two_columns(tmp_path):
    path = workbook(tmp_path, one=[["sample: A"], *cells("wavenumber (cm-1)", "absorbance")])
    (found,) = read_with(path, READERS)
    assert found.reader == "excel"
    assert found.conditions["T"] == 120
    np.testing.assert_array_equal(found.column("wavenumber").values, X)
    np.testing.assert_array_equal(found.column("absorbance").values, Y)


def test_excel_columns_are_chosen_by_name_and_sheets_are_scans(tmp_path):
    many = cells("wavenumber (cm-1)", "absorbance cold", "absorbance warm")
    path = workbook(tmp_path, one=many, two=cells("wavenumber (cm-1)", "absorbance", scale=2.0))
    first, second = read_with(path, READERS)
    assert (first.name, second.name) == ("b_120K.xlsx#one", "b_120K.xlsx#two")
    assert "--set block=absorbance cold" in said(first)
    warm = absorbance_of(first, "absorbance warm")
    np.testing.assert_allclose(warm.spectrum.y, 2 * Y[::-1])


def test_a_workbook_that_is_cut_off_or_a_bomb_is_refused(tmp_path):
    path = workbook(tmp_path, one=cells("wavenumber (cm-1)", "absorbance"))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ReadError, match="cut off at byte 2000"):
        read_with(path, READERS)
    import zipfile

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 10_000_000)
    with pytest.raises(ReadError, match="unpacks from"):
        read_with(path, READERS)


def table_of(x: np.ndarray, y: np.ndarray, label: str = "") -> bytes:
    return (label + "".join(f"{a:.6g}\t{b:.6g}\n" for a, b in zip(x, y, strict=True))).encode()


ENERGY = np.concatenate([np.arange(6912, 7100, 5.0), np.arange(7100, 7200, 0.25)])
FOREIGN = {
    "photon energy": table_of(ENERGY, 1 / (1 + np.exp(7120 - ENERGY))),
    "even photon energy": table_of(np.arange(7000.0, 7300), np.linspace(0, 1, 300)),
    "soft x-rays": table_of(np.arange(700.0, 740, 0.1), np.linspace(0, 1, 400)),
    "velocity": velocity_table(simulated_counts(channels=256)),
    "counts": "".join(f"{c}\n" for c in simulated_counts(channels=256)).encode(),
    "diffraction": table_of(np.arange(5, 90, 0.02), np.full(4250, 5.0)),
    "chi T": table_of(np.arange(10.0, 300, 2), np.linspace(1, 4, 145)),
    "visible light, nm": table_of(np.arange(800.0, 200, -1), np.linspace(0.1, 2, 600)),
    "labelled energy": table_of(
        np.arange(2400.0, 2900), np.linspace(0, 1, 500), "energy (eV)\tmu\n"
    ),
    "columns of a scan": b"".join(b"%d %d %d\n" % (7000 + n, 900 - n, 3 * n) for n in range(200)),
    "uneven": table_of(np.geomspace(400, 4000, 300), np.linspace(0, 1, 300)),
    "JCAMP": b"##TITLE= a\n##JCAMP-DX= 4.24\n",
    "binary": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("content", FOREIGN.values(), ids=FOREIGN.keys())
def test_files_of_others_are_left_to_them(content):
    for reader in (spectrum_reader, condition_table_reader, excel_reader):
        assert reader.sniff(Path("f.dat"), content[:HEAD_BYTES]) == 0


def head_of(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD_BYTES)


@pytest.mark.parametrize("folder", ["mossbauer", "xas", "formats", "magnetism", "nist"])
def test_no_real_file_of_another_technique_is_taken(folder):
    files = [path for path in shared_data(folder).rglob("*") if path.is_file()]
    taken = [
        path.name
        for path in files
        if any(
            reader.sniff(path, head_of(path)) > 0
            for reader in (spectrum_reader, condition_table_reader, excel_reader)
        )
    ]
    assert files
    assert taken == []
