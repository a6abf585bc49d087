"""Small infrared tables, simulated: columns, maps over a condition, and a workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

import numpy as np

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
    return _dated_alike(stream.getvalue())


def _dated_alike(content: bytes) -> bytes:
    """Return a workbook without the time at which it was written: damage must find equal bytes."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in made.namelist():
            part = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2024-05-17T09:00:00Z", made.read(name))
            written.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


SPECTRUM_TEXT_SEEDS: Mapping[str, bytes] = {
    "T50C.dpt": rows(",").encode(),
    "a_80K.csv": f"# simulated data\nwavenumber (cm-1);absorbance\n{rows(';')}".encode(),
    "b.txt": f"{LABSPEC}{rows(chr(9))}".encode(),
    "comma.csv": ("wavenumber (cm-1)\tabsorbance\n" + rows("\t").replace(".", ",")).encode(),
}
CONDITION_TABLE_SEEDS: Mapping[str, bytes] = {
    "map.txt": grid("T (K)").encode(),
    "labspec.txt": f"{LABSPEC}{grid('')}".encode(),
}


def excel_seeds() -> Mapping[str, bytes]:
    """Return a workbook of one sheet; openpyxl writes it."""
    return {"a_80K.xlsx": workbook()}
