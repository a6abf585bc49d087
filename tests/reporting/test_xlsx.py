"""Workbooks: numbers, texts that cannot run, the same bytes every time."""

from __future__ import annotations

import math
import re
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting.outcomes import HOSTILE

from spectrafit.errors import SpectrafitError
from spectrafit.reporting.table_xlsx import can_write_xlsx, write_xlsx
from spectrafit.reporting.tables import Column, Measured, Table

openpyxl = pytest.importorskip("openpyxl", reason="the extra `formats` is not installed")

TABLE = Table(
    "fits",
    (Column("file"), Column("T_K"), Column("area", unit="eV", measured=True), Column("fixed")),
    (
        ("a", 8.0, Measured(5.1, 0.123), True),
        ("=1+1", -1.5, Measured(-1.5, None, "at bound"), False),
        ("#N/A", None, None, math.nan),
    ),
    title="Fits",
)


def written(tmp_path, *tables, about=None):
    return openpyxl.load_workbook(write_xlsx(tables, tmp_path / "t.xlsx", about))


def test_values_stay_values_and_measured_columns_are_three(tmp_path):
    sheet = written(tmp_path, TABLE)["fits"]
    assert list(sheet.values) == [
        ("file", "T_K", "area", "area_standard_uncertainty", "area_uncertainty_reason", "fixed"),
        ("a", 8.0, 5.1, 0.123, None, True),
        ("=1+1", -1.5, -1.5, None, "at bound", False),
        ("#N/A", None, None, None, None, None),
    ]
    assert sheet["A3"].data_type == "s"
    assert sheet["A3"].quotePrefix
    assert sheet["A4"].data_type == "s"
    assert sheet["B2"].data_type == "n"


def test_the_head_stands_still_and_columns_are_as_wide_as_their_texts(tmp_path):
    sheet = written(tmp_path, TABLE)["fits"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["D"].width > sheet.column_dimensions["A"].width


def test_the_sheet_about_says_what_the_numbers_are(tmp_path):
    book = written(tmp_path, TABLE, about={"study": "feco", "simulated": "yes"})
    assert book.sheetnames == ["fits", "about"]
    rows = dict(book["about"].values)
    assert rows["study"] == "feco"
    assert rows["simulated"] == "yes"
    assert "one standard uncertainty (k = 1)" in rows["uncertainties"]
    assert rows["unit of area"] == "eV"


def test_equal_tables_are_equal_bytes_whenever_they_are_written(tmp_path):
    first, second = (write_xlsx([TABLE], tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as book:
        assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = book.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z?", properties)) == {"1980-01-01T00:00:00Z"}


@settings(max_examples=20)
@given(st.text(max_size=30))
def test_no_text_is_a_formula(tmp_path_factory, text):
    table = Table("t", (Column(text or "-"), Column("b")), ((text, "=" + text),))
    sheet = written(tmp_path_factory.mktemp("x"), table)["t"]
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.value is None or cell.data_type == "s"


def test_hostile_texts_and_names_of_sheets(tmp_path):
    tables = [Table(text, (Column("a"),), ((text,),)) for text in HOSTILE]
    book = written(tmp_path, *tables)
    assert len(book.sheetnames) == len(HOSTILE) + 1
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)


def test_a_text_too_long_for_a_cell_says_that_it_is_cut(tmp_path):
    sheet = written(tmp_path, Table("t", (Column("a"),), (("x" * 40_000,),)))["t"]
    assert len(sheet["A2"].value) == 32_767
    assert sheet["A2"].value.endswith("…")


def test_without_openpyxl_the_line_to_type_is_given(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    assert not can_write_xlsx()
    with pytest.raises(
        SpectrafitError, match=r'fits.xlsx needs openpyxl: pip install "spectrafit-su'
    ):
        write_xlsx([TABLE], tmp_path / "fits.xlsx")
