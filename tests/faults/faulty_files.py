"""Faulty files in columns and in XDI, with what must come of each; the others stand beside this.

Every file is written here in full, so that the numbers beside it can be checked by eye.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from faults.faulty_file import FaultyFile
from faults.seed_files import xdi

NaN = math.nan
GOOD = "E mu\n7110 0.125\n7111.5 -0.25\n7112.25 1.5\n7113.75 2.0\n"
E = (7110.0, 7111.5, 7112.25, 7113.75)
MU = (0.125, -0.25, 1.5, 2.0)

FILES: list[FaultyFile] = []


def read(name: str, content: str | bytes, says: str, **columns: Sequence[float]) -> None:
    raw = content.encode() if isinstance(content, str) else content
    FILES.append(FaultyFile(name, raw, says, columns or {"E": E, "mu": MU}))


def refuse(name: str, content: str | bytes, says: str) -> None:
    raw = content.encode() if isinstance(content, str) else content
    FILES.append(FaultyFile(name, raw, says))


def read_xdi(
    name: str, content: bytes, says: str, units: Mapping[str, str], **columns: Sequence[float]
) -> None:
    FILES.append(FaultyFile(name, content, says, columns, units, "xdi", "xdi"))


def refuse_xdi(name: str, content: bytes, says: str) -> None:
    FILES.append(FaultyFile(name, content, says, reader="xdi", family="xdi"))


# fmt: off
# Decimal commas and separators
COMMA = GOOD.replace(".", ",")
read("comma_blank.dat", COMMA, "")
read("comma_semicolon.csv", COMMA.replace(" ", ";"), "")
read("comma_tab.dat", COMMA.replace(" ", "\t"), "")
read("comma_blanks_around.csv", COMMA.replace(" ", " ; "), "")
refuse("comma_comma.csv", "E,mu\n7110,5,0,125\n7111,5,0,250\n", "ambiguous")
refuse("comma_comma_bare.csv", "7110,5,0,125\n7111,5,0,250\n", "ambiguous")
refuse("comma_comma_blank.csv", "7110,5, 0,125\n7111,5, 0,250\n", "ambiguous")
refuse("comma_one_column.dat", "7110,5\n7111,5\n", "ambiguous")
refuse("whole_numbers.csv", "1,2345\n2,2350\n", "ambiguous")
read("whole_numbers_labelled.csv", "ch,N\n1,2345\n2,2350\n", "", ch=(1, 2), N=(2345, 2350))
refuse("point_and_comma.dat", "E\tmu\n7110.5\t0,125\n7111.5\t0,250\n", "ambiguous")
refuse("points_then_commas.dat", "E\tmu\n7110.5\t0.125\n7111,5\t0,250\n", "ambiguous")
refuse("comma_begins_number.dat", "7110,5 ,125\n7111,5 ,250\n", "ambiguous")
read("comma_quoted.csv", 'E,mu\n"7110,5","0,25"\n"7111,5","1"\n', "", E=(7110.5, 7111.5), mu=(0.25, 1))
read("points_quoted.csv", 'E;mu\n"7110.5";"0.25"\n7111.5;1\n', "", E=(7110.5, 7111.5), mu=(0.25, 1))
read("comma_exponent.dat", "E;mu\n7,11E+03;2,5e-1\n7,12E+03;3,5e-1\n", "", E=(7110, 7120), mu=(0.25, 0.35))
# Thousands
read("thousands.csv", "E;mu\n7,110.5;1.5\n7,111.5;-2\n", "thousands", E=(7110.5, 7111.5), mu=(1.5, -2))
read("thousands_de.csv", "E;mu\n7.110,5;1,5\n7.111,5;-2\n", "thousands", E=(7110.5, 7111.5), mu=(1.5, -2))
read("thousands_blank.csv", "E;mu\n7 110,5;1,5\n7 111,5;-2\n", "thousands", E=(7110.5, 7111.5), mu=(1.5, -2))
read("thousands_ch.dat", "E mu\n7'110.5 1.5\n7'111.5 -2\n", "thousands", E=(7110.5, 7111.5), mu=(1.5, -2))
read("thousands_long.csv", "N;mu\n1,234,567;5\n1,234,568;6\n", "thousands", N=(1234567, 1234568), mu=(5, 6))
refuse("thousands_or_decimals.dat", "7,112 1,234\n7,113 1,250\n", "ambiguous")
refuse("thousands_comma.csv", "E,mu\n7,110.5,0.125\n7,111.5,0.250\n", "ambiguous")
refuse("thousands_comma_bare.csv", "7,110.5,0.125\n7,111.5,0.250\n", "ambiguous")
refuse("hard_blank.dat", "E\tmu\n7\u00a0110,5\t1,5\n7\u00a0111,5\t2,5\n", "ambiguous")
refuse("blank_in_tabs.dat", "E\tmu\n7 110,5\t1,5\n7 111,5\t2,5\n", "ambiguous")
refuse("thousands_here_and_there.csv", "E;mu\n7 110,5;1,5\n7111,5;2,5\n", "others have none")
refuse("quote_inside.csv", '"7110.5","1.5"9,"2"\n"7111.5","1.5","2"\n', "quotation marks")
refuse("thousands_mixed.csv", "1,234,567;5,5\n1,234,568;6,5\n", "ambiguous")
# Gaps
read("stars.dat", GOOD.replace("1.5\n", "***\n"), "1 cell holds no number", E=E, mu=(0.125, -0.25, NaN, 2))
read("stars_in_x.dat", GOOD.replace("7112.25", "*******"), "'*******' in column 0", E=(7110, 7111.5, NaN, 7113.75), mu=MU)
read("nan_inf.dat", GOOD.replace("0.125", "NaN").replace("2.0", "-inf"), "2 cells hold", E=E, mu=(NaN, -0.25, 1.5, NaN))
read("too_large.dat", GOOD.replace("2.0", "1e999"), "1 cell holds", E=E, mu=(0.125, -0.25, 1.5, NaN))
read("empty_cells.csv", "E;a;b\n7110;;1\n7111;2;\n", "2 cells hold", E=(7110, 7111), a=(NaN, 2), b=(1, NaN))
read("empty_first_cell.csv", "E;a;b\n7110;5;1\n;6;2\n7112;7;3\n", "'' in column 0", E=(7110, NaN, 7112), a=(5, 6, 7), b=(1, 2, 3))
read("windows_nan.dat", GOOD.replace("1.5\n", "1.#QNAN\n"), "1 cell holds", E=E, mu=(0.125, -0.25, NaN, 2))
read("garbled_cell.dat", GOOD.replace("7112.25", "71x2.25"), "'71x2.25'", E=(7110, 7111.5, NaN, 7113.75), mu=MU)
read("letter_o.dat", GOOD.replace("2.0", "2.O"), "'2.O'", E=E, mu=(0.125, -0.25, 1.5, NaN))
read("underscore.dat", GOOD.replace("7110", "71_10"), "'71_10'", E=(NaN, 7111.5, 7112.25, 7113.75), mu=MU)
read("fortran.dat", "E mu\n7.11D+03 1.5D+00\n7.12d+03 -2.0D-01\n", "", E=(7110, 7120), mu=(1.5, -0.2))
read("minus_sign.dat", GOOD.replace("-0.25", "\u22120.25"), "")
# Rows
read("stopped.dat", GOOD + "7115.0\n", "the last row has 1 of 2 cells")
read("cut_in_number.dat", "E mu\n7110.00 1.250\n7111.00 1.500\n7112.00 1.750\n7113.00 1.8", "inside a number", E=(7110, 7111, 7112, 7113), mu=(1.25, 1.5, 1.75, NaN))
read("no_last_line_end.dat", GOOD.rstrip("\n"), "ends without a line end")
refuse("ragged.dat", "E a b\n7110 1 2\n7111 1\n7112 1 2\n", "ragged.dat:3: the row has 2 cells where others have 3")
refuse("ragged_longer.dat", GOOD + "7115 1 2\n", "the row has 3 cells where others have 2")
refuse("fused.dat", "7112.5-0.12\n7113.5-0.25\n", "no table of numbers")
refuse("count_line.dat", "4\n7110 1\n7111 2\n7112 3\n", "count_line.dat:1: the row has 1 cell")
refuse("words_between.dat", "E mu\n7110 1\n7111 2\nbeam dump\n7112 3\n7113 4\n", "again in line 5")
refuse("two_scans.dat", "#S 1\n#L E  mu\n7110 1\n7111 2\n#S 2\n#L E  mu\n7110 1\n7111 2\n", "a second scan begins")
refuse("two_headers.dat", "# E mu\n7110 1\n7111 2\n# E mu\n7110 1\n7111 2\n", "a second scan begins")
read("two_blocks.dat", "E mu\n7110 1\n7111 2\n\n7110 3\n7111 4\n", "2 blocks", E=(7110, 7111, 7110, 7111), mu=(1, 2, 3, 4))
read("double_spaced.dat", GOOD.replace("\n", "\n\n"), "")
read("row_commented.dat", GOOD.replace("7112.25", "#7112.25"), "1 comment line between the rows", E=(7110, 7111.5, 7113.75), mu=(0.125, -0.25, 2))
read("footer.dat", GOOD + "end of scan\n", "1 line of words below the rows")
read("unsorted.dat", "E mu\n1 1\n2 2\n3 3\n4 4\n5 5\n6 6\n7 7\n8 8\n9 9\n10 10\n12 12\n11 11\n13 13\n", "runs back at 1 of 12", E=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 11, 13), mu=(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 11, 13))
read("falling.dat", "E mu\n7113 3\n7112 2\n7111 1\n", "falls from row to row", E=(7113, 7112, 7111), mu=(3, 2, 1))
read("doubled_x.dat", "E mu\n7110 1\n7110 3\n7111 2\n", "repeats 1 earlier value;", E=(7110, 7110, 7111), mu=(1, 3, 2))
# Labels
read("double_labels.dat", "E I0 I0\n7110 1 2\n7111 3 4\n", "several columns are labelled I0", E=(7110, 7111), col1=(1, 3), col2=(2, 4))
read("too_few_labels.dat", "E mu\n7110 1 2\n7111 3 4\n", "does not label 3 columns", col0=(7110, 7111), col1=(1, 3), col2=(2, 4))
read("too_many_labels.dat", "E a b\n7110 1\n7111 3\n", "does not label 2 columns", col0=(7110, 7111), col1=(1, 3))
read("no_labels.dat", GOOD[5:], "no line of labels", col0=E, col1=MU)
read("empty_label.csv", ",E,mu\n0,7110.5,1\n1,7111.5,2\n", "without a label", col0=(0, 1), E=(7110.5, 7111.5), mu=(1, 2))
read("ampere_or_angstrom.dat", "E (eV)\tI0 (A)\n7110\t1\n7111\t2\n", "not read as units: A", E=(7110, 7111), **{"I0 (A)": (1, 2)})
read("text_column.csv", "t;E;mu\n2021-05-26 12:00:01;7110;1\n2021-05-26 12:00:02;7111;2\n", "column 0 (counted from 0) holds text", E=(7110, 7111), mu=(1, 2))
read("percent.dat", "E mu\n7110 5%\n7111 6%\n", "holds text, like '5%'", E=(7110, 7111))
# Bytes
read("utf16.dat", GOOD.encode("utf-16"), "")
read("utf8_mark.dat", GOOD.encode("utf-8-sig"), "")
read("cp1252.dat", "# Probe: Küche\n# E mu\n".encode("cp1252") + GOOD[5:].encode(), "read as cp1252")
read("old_mac.dat", GOOD.replace("\n", "\r"), "")
read("mixed_line_ends.dat", GOOD.replace("\n", "\r\n", 2), "")
read("dos_end.dat", GOOD + "\x1a", "")
refuse("utf16_no_mark.dat", GOOD.encode("utf-16-le"), "UTF-16 without its mark")
refuse("utf16_cut.dat", GOOD.encode("utf-16")[:-1], "does not fit")
refuse("binary.dat", bytes(range(256)) * 4, "is no text")
refuse("zeros.dat", GOOD.encode() + bytes(64), "byte 0x00 is no text")
refuse("empty.dat", b"", "the file is empty")
refuse("only_blanks.dat", b" \r\n\t\n", "the file is empty")
refuse("prose.txt", "Dear colleague,\nthe sample arrived.\n", "no rows of numbers")
refuse("one_number.txt", "5\n", "no table of numbers")
refuse("jcamp.dx", "##TITLE=a\n##XYDATA=(X++(Y..Y))\n400 1 2 3\n403 4 5 6\n##END=\n", "JCAMP-DX")
refuse("quote_open.csv", 'E,mu\n"7110,1\n7111,2\n', "quotation mark")
refuse("page.html", "<html><td>1</td><td>2</td></html>\n", "no rows of numbers")

# XDI
EV = {"energy": "eV", "i0": "1", "itrans": "1"}
ROWS = "7110.5 10 5\n7111.5 20 15\n"
COLS = {"energy": (7110.5, 7111.5), "i0": (10, 20), "itrans": (5, 15)}
read_xdi("good.xdi", xdi(rows=ROWS), "", EV, **COLS)
read_xdi("kev.xdi", xdi(("energy eV", "energy keV"), rows="7.1105 10 5\n7.1115 20 15\n"), "converted from keV", EV, **COLS)
read_xdi("kev_as_ev.xdi", xdi(rows="7.1105 10 5\n7.1115 20 15\n"), "where no X-ray edge lies", EV, energy=(7.1105, 7.1115), i0=(10, 20), itrans=(5, 15))
read_xdi("ev_as_kev.xdi", xdi(("energy eV", "energy keV"), rows=ROWS), "where no X-ray edge lies", EV, energy=(7110500, 7111500), i0=(10, 20), itrans=(5, 15))
read_xdi("edge_elsewhere.xdi", xdi(("# Element.edge: K\n", "# Element.edge: K\n# Scan.edge_energy: 25514 eV\n"), rows=ROWS), "edge energy 25514 eV", EV, **COLS)
read_xdi("no_unit.xdi", xdi(("energy eV", "energy"), rows=ROWS), "no unit in the header", EV | {"energy": "1"}, **COLS)
read_xdi("pixel.xdi", xdi(("energy eV", "energy pixel"), rows="1 10 5\n2 20 15\n"), "no axis proposed", EV | {"energy": "1"}, energy=(1, 2), i0=(10, 20), itrans=(5, 15))
read_xdi("angle_no_spacing.xdi", xdi(("energy eV", "angle degrees"), ("# Mono.d_spacing: 3.13553\n", ""), rows="16.1 10 5\n16.0 20 15\n"), "needs its unit and Mono.d_spacing", {"angle": "deg", "i0": "1", "itrans": "1"}, angle=(16.1, 16.0), i0=(10, 20), itrans=(5, 15))
read_xdi("falling.xdi", xdi(rows="7111.5 20 15\n7110.5 10 5\n"), "falls from row to row", EV, energy=(7111.5, 7110.5), i0=(20, 10), itrans=(15, 5))
read_xdi("decimal_commas.xdi", xdi(rows=ROWS.replace(".", ",")), "XDI does not allow", EV, **COLS)
read_xdi("stars.xdi", xdi(rows=ROWS.replace(" 15", " ***")), "1 cell holds no number", EV, energy=(7110.5, 7111.5), i0=(10, 20), itrans=(5, NaN))
read_xdi("stopped.xdi", xdi(rows=ROWS + "7112.5 30\n"), "the last row has 2 of 3", EV, **COLS)
read_xdi("room_temperature.xdi", xdi(("10 K", "room temperature"), rows=ROWS), "T is not set", EV, **COLS)
read_xdi("temperature_no_unit.xdi", xdi(("10 K", "10"), rows=ROWS), "T is not set", EV, **COLS)
read_xdi("temperature_negative.xdi", xdi(("10 K", "-10 K"), rows=ROWS), "T is not set", EV, **COLS)
read_xdi("field_twice.xdi", xdi(("# Sample.name: nothing\n", "# Sample.name: a\n# sample.Name: b\n"), rows=ROWS), "given twice", EV, **COLS)
read_xdi("double_column.xdi", xdi(("itrans", "i0"), rows=ROWS, labels="energy i0 i0"), "several columns", {"energy": "eV", "col2": "1", "col3": "1"}, energy=(7110.5, 7111.5), col2=(10, 20), col3=(5, 15))
refuse_xdi("ragged.xdi", xdi(rows="7110.5 10 5\n7111.5 20\n7112.5 30 25\n"), "the row has 2 cells where others have 3")
refuse_xdi("no_rows.xdi", xdi(rows="\n"), "no rows of numbers")
refuse_xdi("zeros.xdi", xdi(rows=ROWS) + bytes(9), "byte 0x00")
