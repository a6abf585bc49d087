"""Files that are too large to be read: of 2 GB, and of ten million rows in each kind of format."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

BYTES = 2_000_000_000
ROWS = 10_000_000
LINE = b"7112.1234 0.1234567\n"
_BLOCK = 10_000


def sparse(path: Path, size: int = BYTES) -> Path:
    """Write a file that says to have a size and takes no room on the disk."""
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


def rows(path: Path, count: int = ROWS, line: bytes = LINE, head: bytes = b"") -> Path:
    """Write a text of equal lines; LINE makes a table of an axis and an ordinate."""
    with path.open("wb") as stream:
        stream.write(head)
        for start in range(0, count, _BLOCK):
            stream.write(line * min(_BLOCK, count - start))
    return path


def _athena(count: int) -> bytes:
    numbers = b",".join([b"'7112.12'"] * count)
    return b"# Athena project file\n$old_group = 'a';\n@x = (" + numbers + b");\n[record]\n1;\n"


def _jcamp(count: int) -> bytes:
    wide = 20
    lines = b"".join(b"1800.0" + b" 4711" * wide + b"\n" for _ in range(count // wide))
    head = (
        "##TITLE=simulated data\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n##XUNITS=1/CM\n"
        f"##YUNITS=ABSORBANCE\n##FIRSTX=1800\n##LASTX=400\n##NPOINTS={count}\n##XFACTOR=1\n"
        "##YFACTOR=1e-4\n##XYDATA=(X++(Y..Y))\n"
    )
    return head.encode() + lines + b"##END=\n"


_SHEETS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def _workbook(count: int) -> bytes:
    row = b"<row><c><v>1800.25</v></c><c><v>0.125</v></c></row>"
    links = f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        "</Types>",
        "_rels/.rels": f'{links}Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{links}Type="{_OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        head = f'<worksheet xmlns="{_SHEETS}"><sheetData>'.encode()
        archive.writestr(
            "xl/worksheets/sheet1.xml", head + row * count + b"</sheetData></worksheet>"
        )
    return stream.getvalue()


def _hdf5(count: int) -> bytes:
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        root["scan/energy"] = np.linspace(7000.0, 7300.0, count)
        root["scan/mu"] = np.ones(count, "<f4")
    return stream.getvalue()


def _spectrum(count: int) -> tuple[np.ndarray, np.ndarray]:
    x = np.linspace(4000.0, 400.0, count)
    y = (0.1 + 0.05 * np.sin(np.arange(count) / 50.0)).astype("<f4").astype(float)
    return x, y


def _opus(count: int) -> bytes:
    from faults.infrared_seeds import opus

    x, y = _spectrum(count)
    return opus([("a", x, y)])


def _omnic(count: int) -> bytes:
    from faults.infrared_seeds import omnic

    x, y = _spectrum(count)
    return omnic(x, [y], ["feco_80K"])


def _spc(count: int) -> bytes:
    from faults.infrared_seeds import spc

    x, y = _spectrum(count)
    return spc(x, [y])


def _mcs(count: int) -> bytes:
    from faults.mossbauer_seeds import mcs

    return mcs(np.random.default_rng(1).poisson(20_000, count))


MANY_ROWS: Mapping[str, tuple[str, Callable[[int], bytes]]] = {
    "athena": ("many.prj", _athena),
    "excel": ("many.xlsx", _workbook),
    "hdf5": ("many.h5", _hdf5),
    "jcamp": ("many.jdx", _jcamp),
    "mcs": ("many.mcs", _mcs),
    "omnic": ("many.spa", _omnic),
    "opus": ("many.0", _opus),
    "spc": ("many.spc", _spc),
}
"""Readers of formats that are no lines of text: a file name, and what writes so many rows."""


def packed_projects(count: int) -> Iterator[tuple[str, bytes]]:
    """Yield Athena projects of so many values, packed and as JSON."""
    yield "packed.prj", gzip.compress(_athena(count), compresslevel=1)
    values = ["7112.12"] * count
    one = {"args": {"label": "a"}, "x": values, "y": values[:2]}
    yield "many.json.prj", json.dumps({"_____header1": "# Athena project file", "a": one}).encode()
