"""Faulty crystal structures, tables of bonds, elemental analyses and mass spectra."""

from __future__ import annotations

import math

from faults.faulty_file import Corpus
from structure_cif import bonds, head, sites

NaN = math.nan
HTML = "<html>\n<p>1.9</p>\n</html>\n"
ATOMS = {"Fe1": ("Fe", 0.0, 0.0, 0.0), "N1": ("N", 0.0, 2.1, 0.0), "O1": ("O", 2.0, 0.0, 0.0)}
SITES = sites(ATOMS)
BONDS = bonds([("Fe1", "O1", "2.000(5)"), ("Fe1", "N1", "2.100(5)")])
WHOLE = head() + SITES + BONDS
BOND = {"length": (2.0, 2.1), "s.u.": (0.005, 0.005), "bond": (1, 2)}
BY_NAME = "symmetry operations by the name"
SYMOPS = "loop_\n_symmetry_equiv_pos_as_xyz\n'x, y, z'\n'-x, y+1/2, -z'\n"

# fmt: off
CIF = Corpus("structure", "cif")


def changed(old: str, new: str, text: str = WHOLE) -> str:
    """Return a CIF with one part exchanged, which must be there."""
    assert old in text, old
    return text.replace(old, new, 1)


CIF.read("good.cif", head() + SYMOPS + SITES + BONDS, "", BOND, units={"length": "A"}, T=100.0)
CIF.read("crlf.cif", WHOLE.replace("\n", "\r\n"), BY_NAME, BOND, T=100.0)
CIF.read("old_mac.cif", WHOLE.replace("\n", "\r"), BY_NAME, BOND, T=100.0)
CIF.read("utf16.cif", WHOLE.encode("utf-16"), BY_NAME, BOND, T=100.0)
CIF.read("latin1.cif", ("# Küche\n" + WHOLE).encode("latin-1"), "read as cp1252", BOND)
CIF.read("symmetry_missing.cif", changed("_space_group_name_H-M_alt 'P 1 21 1'", ""), "no symmetry operations and no space group", BOND)
CIF.read("group_unknown.cif", changed("'P 1 21 1'", "'P 9 9 9'"), "'P 9 9 9' is not known", BOND)
CIF.read("no_temperature.cif", changed("100(2)", "?"), "no temperature: the CIF gives no temperature", BOND, T=NaN)
CIF.read("room_temperature.cif", changed("100(2)", "'room'"), "is written as 'room'", BOND, T=NaN)
CIF.read("two_temperatures.cif", changed("100(2)", "100(2)\n_cell_measurement_temperature 293(2)"), "which one holds?", BOND, T=NaN)
CIF.read("unknown_length.cif", changed("2.100(5)", "?"), BY_NAME, {"length": (2.0,), "s.u.": (0.005,), "bond": (1,)})
CIF.read("no_esd.cif", changed("2.100(5)", "2.1"), BY_NAME, BOND | {"s.u.": (0.005, NaN)})
CIF.read("exponent.cif", changed("2.100(5)", "0.2100e1(5)"), BY_NAME, BOND)
CIF.refuse("exponent_behind.cif", changed("2.100(5)", "0.2100(5)e1"), "is no number")
CIF.refuse("cell_missing.cif", changed("_cell_length_b 20.000(2)\n", ""), "the cell is not complete")
CIF.refuse("angle_missing.cif", changed("_cell_angle_beta 90\n", ""), "the cell is not complete")
CIF.refuse("no_cell.cif", "data_a\n_publ_section_title 'x'\n", "no data block holds a cell")
CIF.refuse("esd_open.cif", changed("2.100(5)", "2.100(5"), "is no number")
CIF.refuse("esd_word.cif", changed("2.100(5)", "2.100(x)"), "is no number")
CIF.refuse("esd_comma.cif", changed("2.100(5)", "2,100(5)"), "is no number")
CIF.refuse("plus_minus.cif", changed("2.100(5)", "2.100+-0.005"), "is no number")
CIF.refuse("fortran.cif", changed("2.100(5)", "0.21D+01"), "is no number")
CIF.refuse("cell_comma.cif", changed("10.000(2)", "10,000(2)"), "is no number")
CIF.refuse("celsius.cif", changed("100(2)", "-173(2)"), "write it in kelvin")
CIF.refuse("volume.cif", changed("2000.0(8)", "1900.0(8)"), "the cell has 2000")
CIF.refuse("nanometres.cif", changed("10.000(2)", "1.0000(2)"), "the cell has 200")
CIF.refuse("radians.cif", changed("_cell_angle_beta 90", "_cell_angle_beta 1.5708"), "the cell has")
CIF.refuse("wrong_symmetry.cif", changed("'P 1 21 1'\n", "'P 1 21/c 1'\n" + SYMOPS), "not those of the space group")
CIF.refuse("odd_operation.cif", head() + SYMOPS.replace("-x, y+1/2, -z", "-x, q, -z") + SITES, "a symmetry operation cannot be read")
CIF.refuse("two_labels.cif", changed("O1 O 0.2", "N1 O 0.2"), "two atoms have the label 'N1'")
CIF.refuse("no_element.cif", changed("O1 O 0.2", "Q1 ? 0.2"), "names no element")
CIF.refuse("negative_length.cif", changed("2.100(5)", "-2.100(5)"), "has a length of")
CIF.refuse("ragged_loop.cif", changed("0.105000 0.000000 .", "0.105000 0.000000"), "this is no CIF")
CIF.refuse("open_quote.cif", changed("'P 1 21 1'", "'P 1 21 1"), "this is no CIF")
CIF.refuse("z_zero.cif", changed("units_Z 2", "units_Z 0"), "no count of formula units")
CIF.refuse("picometres.cif", changed("2.100(5)", "210.0(5)"), "Fe1-N1 has a length of 210 Å")
CIF.refuse("empty.cif", b"", "the file is empty")
CIF.refuse("header_only.cif", "data_a\n", "no data block holds a cell")
CIF.refuse("page.cif", HTML, "this is no CIF")

TABLE = Corpus("bond table", "bond-table")
TYPED = "T,atom_1,atom_2,length\n100,Fe1,O1,1.904(5)\n100,Fe1,N1,1.987(4)\n"
OF_TYPED = {"length": (1.904, 1.987), "s.u.": (0.005, 0.004), "bond": (1, 2)}
TABLE.read("semicolons.csv", TYPED.replace(",", ";"), "", OF_TYPED, T=100.0)
TABLE.read("utf16.csv", TYPED.encode("utf-16"), "", OF_TYPED, T=100.0)
TABLE.read("latin1.csv", ("# Küche\n" + TYPED).encode("latin-1"), "read as cp1252", OF_TYPED)
TABLE.refuse("decimal_comma.csv", TYPED.replace("1.987", "1,987"), "5 cells for 4 columns")
TABLE.read("decimal_comma_semicolon.csv", TYPED.replace(",", ";").replace(".", ","), "", OF_TYPED)
TABLE.refuse("points_and_commas.csv", TYPED.replace(",", ";").replace("1.987", "1,987"), "ambiguous: both decimal points")
TABLE.refuse("picometres.csv", TYPED.replace("length", "length (pm)"), "the column 'length' is missing")
TABLE.refuse("picometres_unlabelled.csv", TYPED.replace("1.904(5)", "190.4(5)").replace("1.987(4)", "198.7(4)"), "190.4")
TABLE.refuse("celsius.csv", TYPED.replace("100", "-173"), "no T above 0")
TABLE.refuse("celsius_label.csv", TYPED.replace("T,", "T (C),"), "the column 'T' is missing")
TABLE.refuse("twice.csv", TYPED + "100,O1,Fe1,1.904(5)\n", "stands twice")
TABLE.refuse("ragged.csv", TYPED.replace(",1.987(4)", ""), "3 cells for 4 columns")
TABLE.refuse("stars.csv", TYPED.replace("1.987(4)", "***"), "is no number")
TABLE.refuse("header_only.csv", "T,atom_1,atom_2,length\n", "no rows")
TABLE.refuse("empty.csv", b"", "the file is empty")
TABLE.refuse("page.csv", HTML, "is missing")

ANALYSIS = Corpus("elemental analysis", "elemental-analysis")
FOUND = "element,found %\nC,36.41\nH,5.94\nN,8.92\n"
OF_FOUND = {"C": (36.41,), "H": (5.94,), "N": (8.92,)}
ANALYSIS.read("semicolon_comma.csv", FOUND.replace(",", ";").replace(".", ","), "", OF_FOUND)
ANALYSIS.read("utf16.csv", FOUND.encode("utf-16"), "", OF_FOUND)
ANALYSIS.refuse("over_hundred.csv", FOUND.replace("36.41", "136.41"), "136.41")
ANALYSIS.refuse("negative.csv", FOUND.replace("36.41", "-36.41"), "36.41")
ANALYSIS.refuse("word.csv", FOUND.replace("36.41", "abc"), "abc")
ANALYSIS.refuse("no_element.csv", FOUND.replace("C,", "Qq,"), "'Qq' is no element")
ANALYSIS.refuse("comma_comma.csv", FOUND.replace("36.41", "36,41"), "commas may be decimal marks")
ANALYSIS.refuse("header_only.csv", "element,found %\n", "no table of elements")
ANALYSIS.refuse("page.csv", HTML, "no table of elements")

MASS = Corpus("mass spectrum", "mass-spectrum")
PEAKS = "m/z,intensity\n1110.4,20\n1111.4,100\n1112.4,60\n"
OF_PEAKS = {"m/z": (1110.4, 1111.4, 1112.4), "intensity": (20, 100, 60)}
MASS.read("semicolon_comma.csv", PEAKS.replace(",", ";").replace(".", ","), "", OF_PEAKS)
MASS.read("stars.csv", PEAKS.replace("100", "***"), "1 cell holds no number", OF_PEAKS | {"intensity": (20, NaN, 60)})
MASS.read("doubled.csv", PEAKS + "1112.4,61\n", "repeats 1 earlier value", {"m/z": (1110.4, 1111.4, 1112.4, 1112.4), "intensity": (20, 100, 60, 61)})
MASS.refuse("negative.csv", PEAKS.replace("1110.4", "-1110.4"), "is not above 0")
MASS.refuse("no_labels.csv", PEAKS.partition("\n")[2], "no labels say which columns")
MASS.refuse("comma_comma.csv", PEAKS.replace(".", ","), "ambiguous")
MASS.refuse("empty.csv", b"", "the file is empty")
# fmt: on

FILES = [file for corpus in (CIF, TABLE, ANALYSIS, MASS) for file in corpus.files]
