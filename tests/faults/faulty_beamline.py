"""Faulty files of beamlines: SSRL, SPEC, Athena projects, HDF5."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
from faults.beamline_seeds import (
    edge,
    energies,
    json_project,
    nxxas,
    packed,
    perl,
    record,
    spec_head,
    spec_rows,
    ssrl,
)
from faults.faulty_file import Corpus

NaN = math.nan
HTML = "<html><p>7110 1</p></html>\n"
E = np.array(energies())


def changed(content: bytes, old: str | bytes, new: str | bytes) -> bytes:
    """Return bytes with one part exchanged, which must be there."""
    was, now = (part.encode() if isinstance(part, str) else part for part in (old, new))
    assert was in content, was
    return content.replace(was, now, 1)


# fmt: off
SSRL = Corpus("ssrl", "ssrl")
SWEEP = ssrl(offsets=(0, 0, 0, 0, 0))
I0 = 150_000.0 - 7 * np.arange(40)
I1 = np.array([float(round(i * math.exp(-0.4 - edge(e)))) for i, e in zip(I0, E, strict=True)])
OF_SWEEP = {"Real time clock": 1.0 + 0.05 * np.arange(40), "Requested Energy": E, "Achieved Energy": np.round(E + 0.01, 3), "I0": I0, "I1": I1}
DIFFERS = "Requested Energy differs by up to 0.01 eV"
SSRL.read("lf.dat", SWEEP.replace(b"\r\n", b"\n"), DIFFERS, OF_SWEEP)
SSRL.read("stopped.dat", SWEEP + b"3.000 7155.0 71", "the last row has 3 of 5 numbers", OF_SWEEP)
SSRL.read("fewer_rows.dat", ssrl(offsets=(0, 0, 0, 0, 0), points=60), "aborted sweep", OF_SWEEP)
SSRL.read("weights.dat", ssrl(weights=(1, 1, 1, 1, 0.5), offsets=(0, 0, 0, 0, 0)), "I1 = 0.5 x (I1)", OF_SWEEP | {"I1": 0.5 * I1})
SSRL.read("more_rows.dat", ssrl(offsets=(0, 0, 0, 0, 0), points=20), "says 20 points, 40 rows are there", OF_SWEEP)
SSRL.refuse("ragged.dat", changed(SWEEP, "149986.000", ""), "4 words where 5 numbers")
SSRL.refuse("word.dat", changed(SWEEP, "149986.000", "14998x"), "words where 5 numbers")
SSRL.refuse("stars.dat", changed(SWEEP, "149986.000", "*******"), "words where 5 numbers")
SSRL.refuse("decimal_comma.dat", SWEEP.replace(b".000", b",000").replace(b".050", b",050"), "words where 5 numbers")
SSRL.refuse("columns.dat", changed(SWEEP, "COLS:          5", "COLS:          6"), "labels below 'Data:'")
SSRL.refuse("binary.dat", SWEEP[:200] + bytes(400), "binary form")
SSRL.refuse("header_only.dat", SWEEP[: SWEEP.index(b"Data:")], "no line 'Data:'")
SSRL.refuse("empty.dat", b"", "no banner")
SSRL.refuse("page.dat", HTML, "no banner")

SPEC = Corpus("spec", "spec")
SPEC_HEAD = "#F made_up\n#E 1621990333\n#D Wed May 26 03:12:13 2021\n\n"
SCAN = (SPEC_HEAD + spec_head() + spec_rows()).encode()
FIRST = np.array([[float(w) for w in line.split()] for line in spec_rows().splitlines()]).T
OF_SCAN = dict(zip(("energy", "I0", "I1", "vortDT"), FIRST, strict=True))
ROW = spec_rows().splitlines()[4]
SPEC.read("crlf.spec", SCAN.replace(b"\n", b"\r\n"), "", OF_SCAN)
SPEC.read("utf16.spec", SCAN.decode().encode("utf-16"), "", OF_SCAN)
SPEC.read("stopped.spec", SCAN + b"7155.00 149\n", "the last row", OF_SCAN)
SPEC.read("nan.spec", changed(SCAN, ROW, ROW.replace(ROW.split()[2], "NaN")), "no number stands for I1 in 1", OF_SCAN | {"I1": np.where(np.arange(40) == 4, NaN, OF_SCAN["I1"])})
SPEC.read("commented.spec", changed(SCAN, ROW, "#C aborted\n" + ROW), "", OF_SCAN)
SPEC.read("two_scans.spec", SCAN + b"\n" + (spec_head(2) + spec_rows()).encode(), "", OF_SCAN, recordings=2)
SPEC.refuse("ragged.spec", changed(SCAN, ROW, ROW.rpartition(" ")[0]), "ragged.spec:16: row 5 of scan 1 is shorter")
SPEC.refuse("word.spec", changed(SCAN, ROW, ROW.replace(ROW.split()[2], "abc")), "word.spec:15")
SPEC.read("labels.spec", changed(SCAN, "#L energy  I0  I1  vortDT", "#L energy  I0  I1"), "3 labels for 4 columns", {f"col{n}": column for n, column in enumerate(FIRST)})
SPEC.read("count.spec", changed(SCAN, "#N 4", "#N 5"), "#N says 5 columns, the rows have 4", OF_SCAN)
SPEC.refuse("decimal_comma.spec", SCAN.replace(b".", b","), "is no row of 4 numbers")
SPEC.refuse("header_only.spec", SPEC_HEAD, "no scan (#S)")
SPEC.refuse("no_rows.spec", SPEC_HEAD + spec_head(), "no rows in scan 1")
SPEC.refuse("binary.spec", SCAN + bytes(50), "is no text")
SPEC.refuse("empty.spec", b"", "the file is empty")
SPEC.refuse("page.spec", HTML, "stands before the first scan")

ATHENA = Corpus("athena", "athena")
XMU = np.array([float(f"{0.1 + edge(e):.8f}") for e in energies()])
PROJECT = perl(record("aaaa", "one"))
OF_PROJECT = {"energy": E, "xmu": XMU}
ATHENA.read("plain.prj", PROJECT, "", OF_PROJECT)
ATHENA.read("two.prj", packed(perl(record("aaaa", "one"), record("bbbb", "two"))), "", OF_PROJECT, recordings=2)
ATHENA.read("shifted.prj", perl(record("aaaa", "one", bkg_eshift="1.5")), "energy = x +1.5 eV", OF_PROJECT | {"energy": E + 1.5, "energy_unshifted": E})
ATHENA.read("normalised.prj", perl(record("aaaa", "one", is_nor="1")), "", {"energy": E, "norm": XMU})
ATHENA.refuse("truncated.prj", packed(PROJECT)[:-40], "the gzip file is cut off")
ATHENA.refuse("cut_text.prj", PROJECT[: len(PROJECT) // 2], "is no Perl value")
ATHENA.refuse("wrong_checksum.prj", packed(PROJECT)[:-8] + b"\0\0\0\0" + packed(PROJECT)[-4:], "incorrect data check")
ATHENA.refuse("wrong_length.prj", packed(PROJECT)[:-4] + b"\1\0\0\0", "incorrect length check")
ATHENA.refuse("bomb.prj", packed(b"# Athena project file -- Demeter version 0.9.20\n" + b"0" * 80_000_000), "unpacks from")
ATHENA.refuse("command.prj", changed(PROJECT, "$old_group", "@x = `id`;\n$old_group"), "is no Perl value")
ATHENA.refuse("unequal.prj", perl({**record("aaaa", "one"), "y": ["1.0", "2.0"]}), "one: 40 energies, 2 values")
ATHENA.refuse("word.prj", changed(PROJECT, "'7095.0000'", "'70x5'"), "is no number")
ATHENA.refuse("decimal_comma.prj", changed(PROJECT, "'7095.0000'", "'7095,0000'"), "is no number")
ATHENA.read("chi.prj", perl(record("aaaa", "one", is_chi="1", is_xmu="0"), record("bbbb", "two")), "one holds chi(k), no absorption", {"k": E, "chi": XMU}, recordings=2)
ATHENA.refuse("json_cut.prj", packed(json_project(record("aaaa", "one"))[:-200]), "no JSON")
ATHENA.refuse("empty.prj", b"", "the file is empty")
ATHENA.refuse("header_only.prj", "# Athena project file -- Demeter version 0.9.20\n", "holds no record")
ATHENA.refuse("page.prj", HTML, "no Athena project")

HDF5 = Corpus("hdf5", "hdf5")
ENTRY = nxxas()


def made(**items: Any) -> bytes:
    """Return an HDF5 file of one entry ``e``; arrays with a unit are pairs."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        for name, item in items.items():
            values, unit = item if isinstance(item, tuple) else (item, "")
            root[f"e/{name}"] = values
            if unit:
                root[f"e/{name}"].attrs["units"] = unit
    return stream.getvalue()


def pointing(kind: str) -> bytes:
    """Return an entry whose signal lies in another file."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        root["e/energy"] = E
        root["e/energy"].attrs["units"] = "eV"
        root["e/i0"] = I0
        if kind == "link":
            root["e/mu"] = h5py.ExternalLink("/etc/passwd", "/mu")
        else:
            root.create_dataset("e/mu", (40,), "f8", external=[("../../outside.bin", 0, 320)])
    return stream.getvalue()


MU = np.array([edge(e) for e in energies()])
HDF5.read("keV.h5", made(energy=(E / 1000, "keV"), mu=MU), "keV", {"energy": E, "mu": MU}, units={"energy": "eV"})
HDF5.read("no_unit.h5", made(energy=E, mu=MU), "energy has no unit in the file", {"energy": E, "mu": MU})
HDF5.read("keV_as_eV.h5", made(energy=(E / 1000, "eV"), mu=MU), "where no X-ray edge lies", {"energy": E / 1000, "mu": MU})
HDF5.read("nan.h5", made(energy=(E, "eV"), mu=np.where(np.arange(40) == 4, np.nan, MU)), "no number stands for mu in 1", {"energy": E, "mu": np.where(np.arange(40) == 4, NaN, MU)})
HDF5.read("infinite.h5", made(energy=(E, "eV"), mu=np.where(np.arange(40) == 4, np.inf, MU)), "no number stands for mu in 1", {"energy": E, "mu": np.where(np.arange(40) == 4, NaN, MU)})
HDF5.read("unequal.h5", made(energy=(E, "eV"), mu=MU, long=np.arange(77.0)), "long", {"energy": E, "mu": MU})
HDF5.read("unsorted.h5", made(energy=(np.roll(E, 3), "eV"), mu=MU), "runs back", {"energy": np.roll(E, 3), "mu": MU})
HDF5.read("link_outside.h5", pointing("link"), "lies in another file: /e/mu", {"energy": E, "i0": I0})
HDF5.read("data_outside.h5", pointing("data"), "lies in another file: /e/mu", {"energy": E, "i0": I0})
HDF5.refuse("truncated.h5", ENTRY[:-600], "truncated file")
HDF5.refuse("header_only.h5", ENTRY[:96], "truncated file")
HDF5.refuse("signature_only.h5", ENTRY[:8], "HDF5 cannot read it")
HDF5.refuse("no_columns.h5", made(energy=7112.0, mu="words"), "no entry holds columns")
HDF5.refuse("empty.h5", b"", "no HDF5 file")
HDF5.refuse("page.h5", HTML, "no HDF5 file")
# fmt: on

FILES = [file for corpus in (SSRL, SPEC, ATHENA, HDF5) for file in corpus.files]
