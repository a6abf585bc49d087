"""The text and Excel readers keep every rule for readers, on whole and on damaged files."""

from __future__ import annotations

import io
from typing import ClassVar

import numpy as np

from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_ir.readers.condition_table import condition_table_reader
from spectrafit_ir.readers.excel import excel_reader
from spectrafit_ir.readers.spectrum_text import spectrum_reader

X = np.round(np.arange(2000.25, 1400.0, -7.5), 2)
Y = np.round(0.05 + 0.4 / (1 + ((X - 1700.3) / 30) ** 2), 5)
LABSPEC = "#Title=\tsimulated data\n#AxisUnit[0]=\tAbsorbance\n#AxisUnit[1]=\t1/cm\n"


def rows(between: str) -> str:
    return "".join(f"{x:.2f}{between}{y:.5f}\n" for x, y in zip(X, Y, strict=True))


def grid(corner: str) -> str:
    lines = ["\t".join([corner, *(f"{x:.2f}" for x in X)])]
    lines += ["\t".join([f"{T}.0", *(f"{T / 100 * y:.6f}" for y in Y)]) for T in (10, 50, 80)]
    return "".join(f"{line}\n" for line in lines)


def workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["wavenumber (cm-1)", "absorbance"])
    for x, y in zip(X, Y, strict=True):
        sheet.append([float(x), float(y)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


class TestSpectrumText(ReaderConformance):
    reader: ClassVar[Reader] = spectrum_reader
    samples: ClassVar = {
        "T50C.dpt": rows(",").encode(),
        "a_80K.csv": f"# simulated data\nwavenumber (cm-1);absorbance\n{rows(';')}".encode(),
        "b.txt": f"{LABSPEC}{rows(chr(9))}".encode(),
        "comma.csv": ("wavenumber (cm-1)\tabsorbance\n" + rows("\t").replace(".", ",")).encode(),
    }
    mutations: ClassVar[int] = 100


class TestConditionTable(ReaderConformance):
    reader: ClassVar[Reader] = condition_table_reader
    samples: ClassVar = {
        "map.txt": grid("T (K)").encode(),
        "labspec.txt": f"{LABSPEC}{grid('')}".encode(),
    }
    mutations: ClassVar[int] = 100


class TestExcel(ReaderConformance):
    reader: ClassVar[Reader] = excel_reader
    samples: ClassVar = {"a_80K.xlsx": workbook()}
    mutations: ClassVar[int] = 100
