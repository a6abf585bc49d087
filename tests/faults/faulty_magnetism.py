"""Faulty files of magnetometers, tables of chi T, and logs of pyroelectric currents."""

from __future__ import annotations

import math

from faults.faulty_file import Corpus

NaN = math.nan

# fmt: off
QD = Corpus("quantum design", "quantum-design")
LABELS = "Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Moment (emu),M. Std. Err. (emu)"
HEAD = f"[Header]\nTITLE,run\nBYAPP,VSM,1.0,1.1\nINFO,10.1,SAMPLE_MASS\n[Data]\n{LABELS}\n"
ROWS = ",10.0,2.0,1000.0,0.011,1e-6\n,20.0,3.0,1000.0,0.008,1e-6\n,30.0,4.0,1000.0,0.006,1e-6\n"
WHOLE = HEAD + ROWS
T, M = "Temperature (K)", "Moment (emu)"
OF_RUN = {"Time Stamp (sec)": (10, 20, 30), T: (2, 3, 4), "Magnetic Field (Oe)": (1000, 1000, 1000), M: (0.011, 0.008, 0.006), "M. Std. Err. (emu)": (1e-6, 1e-6, 1e-6)}
TWO_ROWS = {name: values[:2] for name, values in OF_RUN.items()}
QD.read("crlf.dat", WHOLE.replace("\n", "\r\n"), "", OF_RUN)
QD.read("utf16.dat", WHOLE.encode("utf-16"), "", OF_RUN)
QD.read("utf8_mark.dat", WHOLE.encode("utf-8-sig"), "", OF_RUN)
QD.read("latin1.dat", WHOLE.replace("run", "Küche").encode("latin-1"), "read as cp1252", OF_RUN)
QD.read("blank_moment.dat", WHOLE.replace("0.008", ""), "Moment (emu) holds no number in 1 of 3 rows", OF_RUN | {M: (0.011, NaN, 0.006)})
QD.read("nan_moment.dat", WHOLE.replace("0.008", "nan"), "holds no number in 1 of 3 rows", OF_RUN | {M: (0.011, NaN, 0.006)})
QD.read("stars.dat", WHOLE.replace("0.008", "****"), "holds no number in 1 of 3 rows", OF_RUN | {M: (0.011, NaN, 0.006)})
QD.read("stopped.dat", HEAD + ROWS.rpartition(",30.0")[0] + ",30.0,4.0,10", "line 9, the last, is cut off", TWO_ROWS)
QD.read("cut_in_number.dat", WHOLE[:-2], "line 9, the last, is cut off", TWO_ROWS)
QD.read("no_errors.dat", WHOLE.replace("1e-6", "0"), "the moments have no error", OF_RUN | {"M. Std. Err. (emu)": (0, 0, 0)})
QD.read("tesla.dat", WHOLE.replace("Field (Oe)", "Field (T)"), "no column of a field in Oe", {("Magnetic Field (T)" if name.startswith("Mag") else name): values for name, values in OF_RUN.items()}, units={"Magnetic Field (T)": "T"})
QD.read("memu.dat", WHOLE.replace("Moment (emu)", "Moment (memu)"), "no column of a moment (emu)", {("Moment (memu)" if name == M else name): values for name, values in OF_RUN.items()})
QD.read("celsius.dat", WHOLE.replace("Temperature (K)", "Temperature (C)"), "no column of Temperature (K)", {("Temperature (C)" if name == T else name): values for name, values in OF_RUN.items()})
QD.read("fortran.dat", WHOLE.replace("0.008", "8.0D-03"), "", OF_RUN)
QD.refuse("below_zero.dat", WHOLE.replace("10.0,2.0", "10.0,-271.15"), "must be in K")
QD.refuse("decimal_comma.dat", WHOLE.replace(".", ","), "cells where there are")
QD.refuse("ragged.dat", WHOLE.replace(",20.0,3.0", ",20.0"), "ragged.dat:8: 5 cells where there are 6 labels")
QD.refuse("longer.dat", WHOLE.replace("0.008", "0.008,7"), "longer.dat:8: 7 cells where there are 6 labels")
QD.refuse("word.dat", WHOLE.replace("0.008", "0.0o8"), "word.dat:8: '0.0o8' in the column")
QD.refuse("open_quote.dat", WHOLE.replace(",20.0", '"note,20.0'), "cannot be divided")
QD.refuse("header_only.dat", HEAD, "no row of data below [Data]")
QD.refuse("no_data_line.dat", WHOLE.replace("[Data]\n", ""), "no [Data] line")
QD.refuse("two_data_parts.dat", WHOLE + WHOLE.partition("\n")[2], "2 cells where there are 6 labels")
QD.refuse("utf16_no_mark.dat", WHOLE.encode("utf-16-le"), "UTF-16 without its mark")
QD.refuse("zeros.dat", WHOLE.encode() + bytes(100), "byte 0x00 is no text")
QD.refuse("empty.dat", b"", "the file is empty")
QD.refuse("page.dat", "<html>\n<p>1,2,3</p>\n</html>\n", "no [Data] line")

CHI = Corpus("table of chi T", "chi-table")
GOOD = "T (K)\tchiT (cm3 K/mol)\n10\t1.5\n20\t2.25\n30\t3.0\n"
LABEL = "chiT (cm3 K/mol)"
OF_CHI = {"T": (10, 20, 30), LABEL: (1.5, 2.25, 3.0)}
UNITS = {"T": "K", LABEL: "cm3 K mol-1"}
CHI.read("decimal_comma.csv", GOOD.replace(".", ",").replace("\t", ";"), "", OF_CHI, units=UNITS)
CHI.read("utf16.csv", GOOD.encode("utf-16"), "", OF_CHI, units=UNITS)
CHI.read("celsius.csv", GOOD.replace("T (K)", "T (degC)"), "", {"T": (283.15, 293.15, 303.15), LABEL: (1.5, 2.25, 3.0)}, units=UNITS)
CHI.read("no_unit.csv", GOOD.replace(" (cm3 K/mol)", ""), "chiT has no unit: taken for cm3 K/mol", {"T": (10, 20, 30), "chiT": (1.5, 2.25, 3.0)}, units={"T": "K", "chiT": "cm3 K mol-1"})
CHI.read("no_unit_of_T.csv", GOOD.replace("T (K)", "T"), "T has no unit: taken for K", OF_CHI, units=UNITS)
CHI.read("no_labels.csv", GOOD.partition("\n")[2], "no labels: columns taken for", {"col0": (10, 20, 30), "col1": (1.5, 2.25, 3.0)})
CHI.read("blank_cell.csv", GOOD.replace("2.25", ""), "1 cell holds no number", {"T": (10, 20, 30), LABEL: (1.5, NaN, 3.0)})
CHI.read("stars.csv", GOOD.replace("2.25", "***"), "1 cell holds no number", {"T": (10, 20, 30), LABEL: (1.5, NaN, 3.0)})
CHI.read("unsorted.csv", "T (K)\tchiT (cm3 K/mol)\n20\t2.25\n10\t1.5\n30\t3.0\n", "runs back", {"T": (20, 10, 30), LABEL: (2.25, 1.5, 3.0)})
CHI.read("duplicate.csv", GOOD + "30\t3.5\n", "repeats 1 earlier value", {"T": (10, 20, 30, 30), LABEL: (1.5, 2.25, 3.0, 3.5)})
CHI.read("fortran.csv", GOOD.replace("2.25", "2.25D+00"), "", OF_CHI)
CHI.read("stopped.csv", GOOD + "40\n", "the last row has 1 of 2 cells", OF_CHI)
CHI.read("si.csv", GOOD.replace("cm3 K/mol", "m3 K/mol"), "", {"T": (10, 20, 30), "chiT (m3 K/mol)": tuple(v * 1e6 / (4 * math.pi) for v in (1.5, 2.25, 3.0))})
CHI.refuse("memu.csv", GOOD.replace("cm3 K/mol", "memu K/mol"), "chi T in 'memu K/mol'")
CHI.refuse("chi_only.csv", GOOD.replace("chiT (cm3 K/mol)", "chi (cm3/mol)"), "which columns are T and chi T")
CHI.refuse("mu_eff.csv", GOOD.replace("chiT (cm3 K/mol)", "mu_eff (muB)"), "which columns are T and chi T")
CHI.refuse("below_zero.csv", GOOD.replace("10\t", "-263.15\t"), "must be in K")
CHI.refuse("fahrenheit.csv", GOOD.replace("T (K)", "T (F)"), "which columns are T and chi T")
CHI.refuse("ragged.csv", GOOD.replace("20\t2.25", "20"), "ragged.csv:3")
CHI.refuse("two_chi.csv", "T (K)\tchiT\tchi T\n10\t1\t2\n20\t1\t2\n", "two columns may be chi T")
CHI.refuse("comma_comma.csv", GOOD.replace(".", ",").replace("\t", ","), "ambiguous")
CHI.refuse("empty.csv", b"", "the file is empty")
CHI.refuse("header_only.csv", "T (K)\tchiT (cm3 K/mol)\n", "no rows of numbers")
CHI.refuse("page.csv", "<html><td>1</td></html>\n", "no rows of numbers")

PYRO = Corpus("pyro log", "pyro-log")
LOG = "Time (s),Temperature (K),Current (A)\n" + "".join(f"{10 * n}.5,{100 + n}.25,{n}.5e-12\n" for n in range(30))
OF_LOG = {"time": tuple(10 * n + 0.5 for n in range(30)), "temperature": tuple(100.25 + n for n in range(30)), "current": tuple((n + 0.5) * 1e-12 for n in range(30))}
LEFT = {name: values[:5] + values[6:] for name, values in OF_LOG.items()}
IN = {"time": "s", "temperature": "K", "current": "ampere"}
PYRO.read("decimal_comma.csv", LOG.replace(",", ";").replace(".", ","), "", OF_LOG, units=IN)
PYRO.read("utf16.csv", LOG.encode("utf-16"), "", OF_LOG, units=IN)
PYRO.read("old_mac.csv", LOG.replace("\n", "\r"), "", OF_LOG, units=IN)
PYRO.read("fortran.csv", LOG.replace("e-12", "D-12"), "", OF_LOG, units=IN)
PYRO.read("picoampere.csv", LOG.replace("(A)", "(pA)").replace("e-12", ""), "pA made ampere", OF_LOG, units=IN)
PYRO.read("celsius.csv", LOG.replace("(K)", "(degC)"), "degC made K", OF_LOG | {"temperature": tuple(373.4 + n for n in range(30))}, units=IN)
PYRO.read("gap.csv", LOG.replace("5.5e-12", "***", 1), "1 of 30 rows left out: 1 without current", LEFT, units=IN)
PYRO.read("nan.csv", LOG.replace("5.5e-12", "NaN", 1), "1 of 30 rows left out", LEFT, units=IN)
PYRO.read("stopped.csv", LOG + "300.5,130.25\n", "the last row has 2 of 3 cells", OF_LOG, units=IN)
PYRO.read("footer.csv", LOG + "end of run\n", "words below the rows", OF_LOG, units=IN)
PYRO.refuse("no_unit_of_current.csv", LOG.replace("Current (A)", "Current").replace("e-12", "e-3"), "the unit of 'Current' is not told")
PYRO.refuse("nanoampere_called_ampere.csv", LOG.replace("e-12", ""), "a current above 0.1 A")
PYRO.refuse("volts.csv", LOG.replace("(A)", "(V)"), "is not told")
PYRO.refuse("no_unit_of_T.csv", LOG.replace("Temperature (K)", "Temperature"), "the unit of 'Temperature' is not told")
PYRO.refuse("no_unit_of_time.csv", LOG.replace("Time (s)", "Time"), "the unit of 'Time' is not told")
PYRO.refuse("milliseconds.csv", LOG.replace("Time (s)", "Time (ms)"), "the unit of 'Time (ms)' is not told")
PYRO.refuse("no_labels.csv", LOG.partition("\n")[2], "no line names the columns")
PYRO.refuse("below_zero.csv", LOG.replace(",105.25", ",-5.25"), "below 0 K")
PYRO.refuse("time_twice.csv", LOG.replace("\n50.5,", "\n40.5,"), "time_twice.csv:7: the time does not rise")
PYRO.refuse("two_runs.csv", LOG + LOG.partition("\n")[2], "the time does not rise")
PYRO.refuse("many_gaps.csv", LOG.replace("1.5e-12", "***"), "rows lack a number")
PYRO.refuse("ragged.csv", LOG.replace(",105.25", ""), "ragged.csv:7")
PYRO.refuse("comma_comma.csv", LOG.replace(".", ","), "ambiguous")
PYRO.refuse("zeros.csv", LOG.encode() + bytes(20), "byte 0x00 is no text")
PYRO.refuse("empty.csv", b"", "the file is empty")
PYRO.refuse("header_only.csv", LOG.partition("\n")[0] + "\n", "no rows of numbers")
PYRO.refuse("page.csv", "<html><td>1</td></html>\n", "no rows of numbers")
# fmt: on

FILES = [file for corpus in (QD, CHI, PYRO) for file in corpus.files]
