"""Small files, made up, in the manner of beamlines: SSRL, SPEC, Athena, HDF5."""

from __future__ import annotations

import gzip
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

ROWS = 40


def edge(energy: float) -> float:
    return 1.0 / (1.0 + math.exp(-(energy - 7120.0) / 2.0))


def energies(rows: int = ROWS) -> list[float]:
    return [7095.0 + 1.5 * n for n in range(rows)]


def ssrl(
    *,
    subtracted: bool = False,
    weights: Sequence[float] = (1, 1, 1, 1, 1),
    offsets: Sequence[float] = (0, 0, 0, 100.25, 20.5),
    labels: Sequence[str] = (
        "Real time clock", "Requested Energy", "Achieved Energy", "I0", "I1",
    ),
    points: int = ROWS,
    tail: str = "",
) -> bytes:  # fmt: skip
    """Return a sweep of counters in whole numbers, the offsets taken off or not."""
    words = [f"{w:g}" for w in weights], [f"{o:g}" for o in offsets]
    head = ["SSRL   EXAFS Data Collector 1.3", "Sun May 21 00:13:57 2006"]
    head += [
        f"PTS:        {points} COLS:          {len(labels)}",
        "TRANS.DET",
        "Made up, no sample",
    ]
    head += ["", "Weights: ", " ".join(words[0]), "Offsets: ", " ".join(words[1]), "Data: "]
    lines = [*head, *labels, ""]
    for n, energy in enumerate(energies()):
        clock = 1.0 + 0.05 * n
        i0 = 150_000 - 7 * n
        i1 = round(i0 * math.exp(-0.4 - edge(energy)))
        taken = clock if subtracted else 0.0
        counters = (i0 - offsets[3] * taken, i1 - offsets[4] * taken)
        row = (clock, energy, energy + 0.01, *counters)
        lines.append(" ".join(f"{value:.3f}" for value in row))
    return ("\r\n".join(lines) + "\r\n" + tail).encode()


def spec_head(number: int = 1, columns: str = "energy  I0  I1  vortDT", count: int = 4) -> str:
    return (
        f"#S {number} ascan energy 7095 7155 39 1\n#D Wed May 26 03:12:13 2021\n#T 1  (Seconds)\n"
        f"#P0 7095 12.5 3\n#N {count}\n#L {columns}\n"
    )


def spec_rows(count: int = ROWS) -> str:
    rows = ""
    for n, energy in enumerate(energies(count)):
        i0 = 150_000 - 7 * n
        i1 = i0 * math.exp(-0.4 - edge(energy))
        rows += f"{energy:.2f} {i0} {i1:.1f} {400 + 9000 * edge(energy):.1f}\n"
    return rows


def spec() -> bytes:
    head = "#F made_up\n#E 1621990333\n#D Wed May 26 03:12:13 2021\n#C made up\n#O0 energy  Sample Z  gap\n\n"
    return (head + spec_head() + spec_rows() + "\n" + spec_head(2) + spec_rows()).encode()


def herfd_spec(emission: str = "6404.52", column: str = "") -> bytes:
    """Return a scan in the layout of SSRL 15-2; the numbers are made up."""
    names = "energy  I0  I1  I2  I3  vortDT  vortDT2  vortDT3  vortDT4  absev  EMISSION  sec"
    head = (
        "#F made_up\n#D Wed May 26 03:12:13 2021\n\n#S 3 gscan energy 7095 7155 1\n"
        f"#D Wed May 26 03:12:13 2021\n#P0 energy=7095.0 emiss={emission} Sx=1.25 Sy=-3\n#P1 gap=12.5\n"
        f"#N 12\n#L {names}\n"
    )
    rows = ""
    for n, energy in enumerate(energies()):
        i0, vort = 150_000 - 7 * n, 100 + 9000 * edge(energy)
        emitted = column or emission
        rows += (
            f"{energy:.2f} {i0} 10 11 12 {vort:.1f} {vort / 2:.1f} 0 0 {energy:.2f} {emitted} 1\n"
        )
    return (head + rows).encode()


def record(name: str, label: str, **args: Any) -> dict[str, Any]:
    given = {"label": label, "bkg_z": "Fe", "fft_edge": "k", "is_xmu": "1", "is_nor": "0"}
    x = energies()
    y = [f"{0.1 + edge(energy):.8f}" for energy in x]
    return {"name": name, "args": {**given, **args}, "x": [f"{e:.4f}" for e in x], "y": y}


def perl(*records: Mapping[str, Any]) -> bytes:
    def quoted(value: Any) -> str:
        text = str(value).replace("\\", "\\\\").replace("'", "\\'")
        return f"'{text}'"

    text = "# Athena project file -- Demeter version 0.9.20\n# This file created at 2014-03-05\n\n"
    for one in records:
        text += f"$old_group = {quoted(one['name'])};\n"
        pairs = ",".join(f"{quoted(k)},{quoted(v)}" for k, v in one["args"].items())
        text += f"@args = ({pairs},'titles',['a','b'],'xdi_mono',{{}},'epsk',undef);\n"
        for key in ("x", "y", "i0"):
            if key in one:
                text += f"@{key} = ({','.join(map(quoted, one[key]))});\n"
        text += "[record]   # create object and set arrays in ifeffit\n\n"
    text += "@journal = ();\n%plot_features = ('kmax' => '15','kw' => '2');\n@indicator = (0,['',' ']);\n"
    return (text + "\n1;\n\n# Local Variables:\n# End:\n").encode()


def json_project(*records: Mapping[str, Any]) -> bytes:
    table: dict[str, Any] = {"_____header1": "# Athena project file -- Demeter version 0.9.26"}
    for one in records:
        table[one["name"]] = {key: value for key, value in one.items() if key != "name"}
    return json.dumps(table).encode()


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def nxxas(name: str = "feo", **extra: Any) -> bytes:
    """Return an NXxas entry; further datasets by path."""
    import h5py
    import numpy as np

    stream = io.BytesIO()
    x = np.array(energies())
    mu = np.array([0.4 + edge(energy) for energy in x])
    with h5py.File(stream, "w", track_order=True) as root:
        entry = root.create_group(name)
        entry.attrs["NX_class"] = "NXentry"
        entry["definition"] = "NXxas"
        entry["mode"] = "transmission"
        entry["element/symbol"] = "Fe"
        entry["edge/name"] = "K"
        entry["energy"] = x
        entry["energy"].attrs["units"] = "eV"
        entry["intensity"] = mu
        i0 = np.linspace(1.1e5, 1e5, x.size)
        entry["instrument/i0/data"] = i0
        entry["instrument/itrans/data"] = i0 * np.exp(-mu)
        entry["plot/energy"] = h5py.SoftLink(f"/{name}/energy")
        for path, value in extra.items():
            entry[path] = value
    return stream.getvalue()


SSRL_SEEDS: Mapping[str, bytes] = {"sweep.dat": ssrl(), "done.dat": ssrl(subtracted=True)}
SPEC_SEEDS: Mapping[str, bytes] = {"two.spec": spec(), "herfd.dat": herfd_spec()}
ATHENA_SEEDS: Mapping[str, bytes] = {
    "plain.prj": perl(record("aaaa", "one")),
    "packed.prj": packed(perl(record("aaaa", "one"), record("bbbb", "it's two"))),
    "json.prj": packed(json_project(record("aaaa", "one"), record("bbbb", "two"))),
}
