"""Faulty infrared files: JCAMP-DX, SPC, OPUS, OMNIC, text, two-dimensional tables, Excel, vibrations.

The whole files are made by `infrared_seeds`; what is wrong with each is done to it here.
"""

from __future__ import annotations

import io
import struct
import zipfile

import numpy as np
from faults.faulty_file import Corpus
from faults.infrared_seeds import jcamp, omnic, omnic_series, opus, simulated_absorbance, spc

X, Y = simulated_absorbance()
COUNTS = tuple(round(float(y) / 1e-4) for y in Y)
JX = np.linspace(1800.0, 1170.0, 64)
JY = np.array(COUNTS) * 1e-4
HTML = "<!DOCTYPE html>\n<html><body><p>404 1 2 3</p></body></html>\n"


def spoiled(content: bytes, old: str | bytes, new: str | bytes) -> bytes:
    """Return bytes with one part exchanged, which must be there."""
    was, now = (part.encode() if isinstance(part, str) else part for part in (old, new))
    assert was in content, was
    return content.replace(was, now, 1)


def packed_at(content: bytes, form: str, at: int, value: float) -> bytes:
    """Return bytes with one number of a binary header exchanged."""
    raw = bytearray(content)
    struct.pack_into(form, raw, at, value)
    return bytes(raw)


# fmt: off
JCAMP = Corpus("jcamp", "jcamp")
AFFN, DIF = jcamp(COUNTS, "AFFN"), jcamp(COUNTS, "DIFDUP")
OF_JCAMP = {"wavenumber": JX, "absorbance": JY}
SECOND_LINE = DIF.split(b"XYDATA=(X++(Y..Y))\n")[1].split(b"\n")[1]
JCAMP.read("utf16.jdx", AFFN.decode().encode("utf-16"), "falls from row to row", OF_JCAMP)
JCAMP.read("old_mac.jdx", AFFN.replace(b"\n", b"\r"), "falls from row to row", OF_JCAMP)
JCAMP.read("latin1.jdx", spoiled(AFFN, "simulated data", "simulated data, Küche".encode("latin-1")), "read as cp1252", OF_JCAMP)
JCAMP.read("comments.jdx", jcamp(COUNTS, "AFFN", comment=True), "falls from row to row", OF_JCAMP)
JCAMP.read("no_yunits.jdx", spoiled(AFFN, "##YUNITS=ABSORBANCE\n", ""), "does not say whether y is absorbance", {"wavenumber": JX, "intensity": JY})
JCAMP.read("arbitrary_yunits.jdx", jcamp(COUNTS, "AFFN", units="ARBITRARY UNITS"), "does not say whether y is absorbance", {"wavenumber": JX, "intensity": JY})
JCAMP.read("celsius.jdx", jcamp(COUNTS, "AFFN", more="##TEMPERATURE=-23.15 C\n"), "falls", OF_JCAMP, T=250.0)
JCAMP.read("temperature_no_unit.jdx", jcamp(COUNTS, "AFFN", more="##$TEMPERATURE=250\n"), "falls", OF_JCAMP, T=np.nan)
JCAMP.refuse("micrometres.jdx", spoiled(AFFN, "1/CM", "MICROMETERS"), "not in wavenumbers")
JCAMP.refuse("nanometres.jdx", spoiled(AFFN, "1/CM", "NANOMETERS"), "not in wavenumbers")
JCAMP.refuse("no_xunits.jdx", spoiled(AFFN, "##XUNITS=1/CM\n", ""), "an unnamed unit")
JCAMP.refuse("wrong_firstx.jdx", spoiled(AFFN, "##FIRSTX=1800.0", "##FIRSTX=1810.0"), "the line begins at 1800")
JCAMP.refuse("wrong_lastx.jdx", spoiled(AFFN, "##LASTX=1170.0", "##LASTX=1160.0"), "the line begins at")
JCAMP.refuse("wrong_deltax.jdx", jcamp(COUNTS, "AFFN", more="##DELTAX=-9\n"), "DELTAX is -9")
JCAMP.refuse("more_points.jdx", jcamp(COUNTS, "AFFN", points=63), "the line begins at")
JCAMP.refuse("fewer_points.jdx", AFFN[: AFFN.rindex(b"\n1")] + b"\n##END=\n", "63 values where the header says 64")
JCAMP.refuse("wrong_check.jdx", spoiled(DIF, SECOND_LINE, SECOND_LINE.replace(SECOND_LINE[SECOND_LINE.index(b".") + 4:][:1], b"I", 1)), "the check value is")
JCAMP.refuse("lost_line.jdx", spoiled(DIF, SECOND_LINE + b"\n", b""), "the line begins at")
JCAMP.refuse("wrong_maxy.jdx", spoiled(AFFN, "##MAXY=0.", "##MAXY=3."), "the largest y is")
JCAMP.refuse("wrong_firsty.jdx", spoiled(AFFN, "##FIRSTY=0.", "##FIRSTY=1."), "FIRSTY is 1.")
JCAMP.refuse("wrong_yfactor.jdx", spoiled(AFFN, "##YFACTOR=0.0001", "##YFACTOR=0.001"), "FIRSTY is 0.0217")
JCAMP.refuse("decimal_comma.jdx", spoiled(AFFN, "##FIRSTX=1800.0", "##FIRSTX=1800,0"), "with a point as decimal sign")
JCAMP.refuse("fortran_exponent.jdx", spoiled(AFFN, "##FIRSTX=1800.0", "##FIRSTX=1.8D3"), "no number")
JCAMP.refuse("nan.jdx", spoiled(AFFN, f" {COUNTS[3]} ", " NaN "), "the line begins at")
JCAMP.refuse("stars.jdx", spoiled(AFFN, f" {COUNTS[3]} ", " *** "), "is no number")
JCAMP.refuse("no_end.jdx", spoiled(AFFN, "##END=\n", ""), "without ##END=")
JCAMP.refuse("cut.jdx", DIF[:-150], "without ##END=")
JCAMP.refuse("twice.jdx", spoiled(AFFN, "##NPOINTS=64\n", "##NPOINTS=64\n##NPOINTS=64\n"), "comes twice")
JCAMP.refuse("percent_as_fraction.jdx", jcamp([c * 100 for c in COUNTS], "AFFN", units="TRANSMITTANCE"), "no transmittance")
JCAMP.refuse("mass_spectrum.jdx", spoiled(AFFN, "INFRARED SPECTRUM", "MASS SPECTRUM"), "no infrared spectrum")
JCAMP.refuse("peaks.jdx", spoiled(AFFN, "##XYDATA=(X++(Y..Y))", "##PEAKTABLE=(XY..XY)"), "no spectrum of infrared")
JCAMP.refuse("empty.jdx", b"", "the file is empty")
JCAMP.refuse("header_only.jdx", AFFN[: AFFN.index(b"##XYDATA")] + b"##END=\n", "holds no spectrum")
JCAMP.refuse("page.jdx", HTML, "without its label")

SPC = Corpus("spc", "spc")
WHOLE_SPC = spc(X, [Y])
OF_SPC = {"wavenumber": X, "absorbance": Y}
SPC.read("arbitrary_y.spc", spc(X, [Y], y_type=0), "does not say whether y is absorbance", {"wavenumber": X, "intensity": Y})
SPC.read("two.spc", spc(X, [Y, Y / 2]), "falls from row to row", OF_SPC, recordings=2)
SPC.read("temperatures_that_repeat.spc", spc(X, [Y, Y / 2], temperatures=(100.0, 100.0)), "are not usable: T is not set", OF_SPC, recordings=2, T=np.nan)
SPC.refuse("truncated.spc", WHOLE_SPC[:-40], "the file at byte")
SPC.refuse("one_byte_short.spc", WHOLE_SPC[:-1], "the file at byte")
SPC.refuse("header_only.spc", WHOLE_SPC[:512], "the file at byte 512")
SPC.refuse("half_header.spc", WHOLE_SPC[:200], "the header")
SPC.refuse("old.spc", packed_at(WHOLE_SPC, "<B", 1, 0x4D), "0x4d (old (before 1996))")
SPC.refuse("big_endian.spc", packed_at(WHOLE_SPC, "<B", 1, 0x4C), "big-endian")
SPC.refuse("nanometres.spc", spc(X, [Y], x_type=3), "the axis is in 'nm'")
SPC.refuse("micrometres.spc", spc(X, [Y], x_type=2), "the axis is in 'um'")
SPC.refuse("raman.spc", spc(X, [Y], x_type=13), "Raman shift")
SPC.refuse("unnamed_x.spc", spc(X, [Y], x_type=0), "arbitrary units")
SPC.refuse("more_points.spc", packed_at(WHOLE_SPC, "<I", 4, 65), "the file at byte")
SPC.refuse("billion_points.spc", packed_at(WHOLE_SPC, "<I", 4, 2**31), "the file at byte")
SPC.refuse("million_spectra.spc", packed_at(WHOLE_SPC, "<I", 24, 10**6), "1000000 spectra")
SPC.refuse("fewer_points.spc", packed_at(WHOLE_SPC, "<I", 4, 60), "what follows them begins at byte 800")
SPC.refuse("nan.spc", spc(X, [np.where(np.arange(64) == 5, np.nan, Y)]), "value 5 is no number")
SPC.refuse("wrong_exponent.spc", packed_at(spc(X, [Y], exponent=0), "<b", 3, 60), "no absorbance")
SPC.refuse("equal_ends.spc", packed_at(WHOLE_SPC, "<d", 16, 1800.0), "stands still")
SPC.refuse("empty.spc", b"", "the file")
SPC.refuse("page.spc", HTML, "the version byte is")

OPUS = Corpus("opus", "opus")
WHOLE_OPUS = opus([("a", X, Y)])
OF_OPUS = {"wavenumber": X, "a": Y}
OPUS.read("two_absorbances.0", opus([("a", X, Y), ("a", X, Y / 2)]), "name one with --set block=a", {"wavenumber": X, "a": Y / 2, "a_2": Y})
OPUS.read("single_beams.0", opus([("sm", X, Y), ("rf", X, Y / 2)]), "no block of absorbance or transmittance", {"wavenumber": X, "rf": Y / 2, "sm": Y})
OPUS.read("other_extremes.0", spoiled(WHOLE_OPUS, b"MXY\0" + struct.pack("<2hd", 1, 4, Y.max()), b"MXY\0" + struct.pack("<2hd", 1, 4, Y.max() * 1.001)), "extremes of block a are not those", OF_OPUS)
OPUS.refuse("micrometres.0", opus([("a", X, Y)], unit="MI"), "micrometres")
OPUS.refuse("unknown_unit.0", opus([("a", X, Y)], unit="XX"), "not in wavenumbers")
OPUS.refuse("truncated.0", WHOLE_OPUS[:-300], "ends at byte 412, the file at 288")
OPUS.refuse("header_only.0", WHOLE_OPUS[:24], "the file at byte 24")
OPUS.refuse("directory_only.0", WHOLE_OPUS[:72], "the file at 72")
OPUS.refuse("wrong_count.0", spoiled(WHOLE_OPUS, b"NPT\0" + struct.pack("<2hi", 0, 2, 64), b"NPT\0" + struct.pack("<2hi", 0, 2, 60)), "64 values, 60 points")
OPUS.refuse("equal_ends.0", spoiled(WHOLE_OPUS, b"LXV\0" + struct.pack("<2hd", 1, 4, 1170.0), b"LXV\0" + struct.pack("<2hd", 1, 4, 1800.0)), "stands still")
OPUS.refuse("nan_scale.0", spoiled(WHOLE_OPUS, b"CSF\0" + struct.pack("<2hd", 1, 4, 1.0), b"CSF\0" + struct.pack("<2hd", 1, 4, np.nan)), "value 0 is no number")
OPUS.refuse("wavelengths.0", opus([("a", 1e4 / X, Y)]), "outside 10 to 16000 cm-1")
OPUS.refuse("percent.0", opus([("t", X, Y * 100)]), "no transmittance")
OPUS.refuse("empty.0", b"", "this is no OPUS file")
OPUS.refuse("page.0", HTML, "this is no OPUS file")

OMNIC = Corpus("omnic", "omnic")
WHOLE_OMNIC = omnic(X, [Y], ["one"])
OF_OMNIC = {"wavenumber": X, "absorbance": Y}
OMNIC.read("group_without_T.spg", omnic(X, [Y, Y / 2], ["one", "two"], group=True), "gives no temperature", OF_OMNIC, recordings=2)
OMNIC.read("single_beam.spa", omnic(X, [Y], ["one"], y_key=15), "no block of absorbance", {"wavenumber": X, "single beam": Y})
OMNIC.refuse("raman.spa", omnic(X, [Y], ["one"], x_key=32), "not in wavenumbers")
OMNIC.refuse("nanometres.spa", omnic(X, [Y], ["one"], x_key=4), "not in wavenumbers")
OMNIC.refuse("truncated.spa", WHOLE_OMNIC[:-700], "the file at byte 509")
OMNIC.refuse("header_only.spa", WHOLE_OMNIC[:304], "the key table ends at byte 320")
OMNIC.refuse("nan.spa", omnic(X, [np.where(np.arange(64) == 5, np.nan, Y)], ["one"]), "two ways of reading give different numbers")
OMNIC.refuse("wavelengths.spa", omnic(1e4 / X, [Y], ["one"]), "outside 10 to 16000")
OMNIC.refuse("percent_called_absorbance.spa", omnic(X, [1.0 - Y * 0.1], ["one"]), "called absorbance")
OMNIC.refuse("cut_series.srs", omnic_series(X, [Y, Y], ["a", "b"])[:-100], "the last spectrum ends at byte 3131")
OMNIC.refuse("empty.spa", b"", "this is no OMNIC file")
OMNIC.refuse("page.spa", HTML, "no OMNIC file")

TEXT = Corpus("infrared text", "spectrum")
ROWS = "wavenumber (cm-1)\tabsorbance\n" + "".join(f"{x:.1f}\t{y:.4f}\n" for x, y in zip(JX, JY, strict=True))
OF_TEXT = {"wavenumber": JX, "absorbance": JY}
SIX = f"{JX[5]:.1f}\t{JY[5]:.4f}\n"
TEXT.read("decimal_comma.csv", ROWS.replace(".", ",").replace("\t", ";"), "falls from row to row", OF_TEXT)
TEXT.read("utf16.csv", ROWS.encode("utf-16"), "falls from row to row", OF_TEXT)
TEXT.read("fortran.csv", ROWS.replace("0.", "0.").replace("1800.0", "1.8D+03"), "falls from row to row", OF_TEXT)
TEXT.read("no_y_label.dpt", ROWS.partition("\n")[2], "y has no label: taken as absorbance", OF_TEXT)
TEXT.read("per_cent.csv", ROWS.replace("absorbance", "transmittance (%)"), "is it a fraction, not per cent", {"wavenumber": JX, "transmittance": JY}, units={"transmittance": "%"})
TEXT.read("comments_behind.csv", ROWS.replace("\n", " # ok\n").replace("absorbance # ok", "absorbance"), "comments behind 64 rows left out", OF_TEXT)
TEXT.read("footer.csv", ROWS + "end of file\n", "words below the rows", OF_TEXT)
TEXT.refuse("nanometres.csv", ROWS.replace("wavenumber (cm-1)", "wavelength (nm)"), "is not in wavenumbers")
TEXT.refuse("micrometres.csv", ROWS.replace("wavenumber (cm-1)", "wavelength (um)"), "is not in wavenumbers")
TEXT.refuse("raman.csv", ROWS.replace("wavenumber (cm-1)", "Raman shift (cm-1)"), "is not in wavenumbers")
TEXT.refuse("values_in_um.csv", "wavenumber (cm-1)\tabsorbance\n" + "".join(f"{1e4 / x:.5f}\t{y:.4f}\n" for x, y in zip(JX, JY, strict=True)), "outside 10 to 16000")
TEXT.refuse("swapped.csv", "absorbance\twavenumber (cm-1)\n" + ROWS.partition("\n")[2], "turns back or stands still")
TEXT.refuse("stars.csv", ROWS.replace(SIX, f"{JX[5]:.1f}\t***\n"), "no number")
TEXT.refuse("nan_in_x.csv", ROWS.replace(SIX, f"NaN\t{JY[5]:.4f}\n"), "no number")
TEXT.refuse("unsorted.csv", ROWS.replace(SIX, "") + SIX, "turns back or stands still")
TEXT.refuse("duplicate.csv", ROWS.replace(SIX, SIX + SIX), "turns back or stands still")
TEXT.refuse("ragged.csv", ROWS.replace(SIX, f"{JX[5]:.1f}\n"), "ragged.csv:7")
TEXT.refuse("transmittance_called_absorbance.csv", "wavenumber (cm-1)\tabsorbance\n" + "".join(f"{x:.1f}\t{0.99 - y / 10:.4f}\n" for x, y in zip(JX, JY, strict=True)), "called absorbance")
TEXT.refuse("comma_comma.csv", ROWS.replace(".", ",").replace("\t", ","), "ambiguous")
TEXT.refuse("page.csv", HTML, "1 points are no spectrum")
TEXT.refuse("header_only.csv", "wavenumber (cm-1)\tabsorbance\n", "no rows of numbers")

TABLE = Corpus("infrared table of conditions", "conditions")
HEAD = "T (K)\t" + "\t".join(f"{x:.1f}" for x in JX) + "\n"
TWO = HEAD + "".join(f"{T}\t" + "\t".join(f"{y * T / 100:.4f}" for y in JY) + "\n" for T in (100, 200))
TABLE.read("decimal_comma.csv", TWO.replace(".", ","), "falls", {"wavenumber": JX, "absorbance": JY}, recordings=2, T=100.0)
TABLE.read("celsius.csv", TWO.replace("T (K)", "T (degC)"), "falls", {"wavenumber": JX, "absorbance": JY}, recordings=2, T=373.15)
TABLE.read("no_label.csv", TWO.replace("T (K)", ""), "T is not set", {"wavenumber": JX, "absorbance": JY}, recordings=2, T=np.nan)
TABLE.read("stopped.csv", TWO.rpartition("\t")[0] + "\n", "the last row has 64 of 65 cells", {"wavenumber": JX, "absorbance": JY}, T=100.0)
TABLE.read("latin1.csv", ("# Küche\n" + TWO).encode("latin-1"), "read as cp1252", {"wavenumber": JX, "absorbance": JY}, recordings=2)
TABLE.refuse("stars.csv", TWO.replace(f"\t{JY[5]:.4f}", "\t***", 1), "value 5 is no number")
TABLE.refuse("falling_back.csv", TWO.replace("1790.0", "1700.0", 1), "turns back or stands still")
TABLE.read("temperature_twice.csv", TWO.replace("\n200\t", "\n100\t"), "falls", {"wavenumber": JX, "absorbance": JY}, recordings=2, T=100.0)
TABLE.read("fahrenheit.csv", TWO.replace("T (K)", "T (F)"), "write 'T (K)'", {"wavenumber": JX, "absorbance": JY}, recordings=2, T=np.nan)


def workbook(*rows: tuple[object, ...]) -> bytes:
    from openpyxl import Workbook

    book, stream = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(stream)
    return stream.getvalue()


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return stream.getvalue()


EXCEL = Corpus("excel", "excel")
LABELS = ("wavenumber (cm-1)", "absorbance")
CELLS = tuple(zip(JX.tolist(), JY.tolist(), strict=True))
WHOLE_BOOK = workbook(LABELS, *CELLS)
EXCEL.read("numbers_as_text.xlsx", workbook(LABELS, *((str(x), str(y)) for x, y in CELLS)), "falls", OF_TEXT)
EXCEL.refuse("nanometres.xlsx", workbook(("wavelength (nm)", "absorbance"), *CELLS), "is not in wavenumbers")
EXCEL.refuse("gap.xlsx", workbook(LABELS, *CELLS[:5], (CELLS[5][0], None), *CELLS[6:]), "the row has 1 cell where others have 2")
EXCEL.refuse("error_cell.xlsx", workbook(LABELS, *CELLS[:5], (CELLS[5][0], "#DIV/0!"), *CELLS[6:]), "no number")
EXCEL.refuse("formula.xlsx", workbook(LABELS, *CELLS[:5], (CELLS[5][0], "=1+1"), *CELLS[6:]), "no number")
EXCEL.refuse("date.xlsx", workbook(LABELS, *CELLS[:5], ("2024-05-17", 0.1), *CELLS[6:]), "point 5 of the axis is no number")
EXCEL.refuse("truncated.xlsx", WHOLE_BOOK[:-600], "damaged or cut off")
EXCEL.refuse("bomb.xlsx", archive(**{"xl/worksheets/sheet1.xml": b"0" * 80_000_000}), "unpacks from")
EXCEL.refuse("no_workbook.xlsx", archive(**{"../../outside.txt": b"text"}), "leaves the workbook")
EXCEL.refuse("header_only.xlsx", workbook(LABELS), "no rows of numbers")
EXCEL.refuse("page.xlsx", HTML, "damaged or cut off")

VIBRATIONS = Corpus("vibrations", "vibrations")
MODES = "# state: high spin\nfrequency (cm-1),intensity (km/mol)\n1402.5,120.5\n1515.0,33.25\n1611.75,7\n"
OF_MODES = {"frequency": (1402.5, 1515.0, 1611.75), "intensity": (120.5, 33.25, 7.0)}
VIBRATIONS.read("imaginary.csv", MODES.replace("1402.5", "-1402.5"), "1 mode is imaginary", {**OF_MODES, "frequency": (-1402.5, 1515.0, 1611.75)})
VIBRATIONS.read("imaginary_i.csv", MODES.replace("1402.5", "1402.5i"), "1 mode is imaginary", {**OF_MODES, "frequency": (-1402.5, 1515.0, 1611.75)})
VIBRATIONS.read("semicolons.csv", MODES.replace(",", ";").replace(".", ","), "", OF_MODES)
VIBRATIONS.refuse("hartree.csv", MODES.replace("1402.5", "14025"), "no vibration")
VIBRATIONS.refuse("incomplete.csv", "# atoms: 4\n" + MODES, "the list is incomplete")
VIBRATIONS.refuse("no_intensity.csv", MODES.replace("1515.0,33.25", "1515.0,"), "the intensity is missing")
VIBRATIONS.refuse("stars.csv", MODES.replace("33.25", "***"), "no number")
VIBRATIONS.refuse("negative_intensity.csv", MODES.replace("33.25", "-33.25"), "an intensity of -33.25")
VIBRATIONS.refuse("other_unit.csv", MODES.replace("km/mol", "D2/A2"), "no line names a frequency")
VIBRATIONS.refuse("header_only.csv", MODES.partition("1402")[0], "no row holds a vibration")
# fmt: on

FILES = [
    file
    for corpus in (JCAMP, SPC, OPUS, OMNIC, TEXT, TABLE, EXCEL, VIBRATIONS)
    for file in corpus.files
]
