"""Small files, made up, in the manner of real ones: what the mutations start from."""

from __future__ import annotations

import math
from collections.abc import Mapping


def _rows(count: int) -> list[tuple[float, float, float]]:
    rows = []
    for number in range(count):
        energy = 7100.0 + 1.25 * number
        edge = 1.0 / (1.0 + math.exp(-(energy - 7120.0) / 2.0))
        rows.append((energy, 13000.0 - 2 * number, 400.0 + 9000.0 * edge))
    return rows


def _lucia() -> bytes:
    head = (
        "# XAS / LUCIA / SOLEIL : \r\n# Date : mer. 26 mai 2021\r\n#\r\n# Scan N°0 : 1\r\n"
        "# Coordinates : \r\n#               Horizontal : -8367.1\r\n"
        "# Start of this scan : 03:12:13\r\n#\r\n# Energy\tIo\t\tFY\t\tDeadTime\r\n"
    )
    rows = "".join(f"{e:g}\t\t{i:.0f}\t\t{f:.0f}\t\t7.5\r\n" for e, i, f in _rows(30))
    return (head + rows).encode("latin-1")


def _blanks() -> bytes:
    head = (
        "# PETRA III Extension Beamline P65\n# Scan started at 22-11-2020 01:47:54\n"
        "# Channel 1: gain 1E07V/A^M\r\n# M1 Theta(p64/motor/oh.01) = 1.9998 mrad\n"
        "#enc_energy VFC01 VFC02 T1\n"
    )
    return (head + "".join(f"{e} {i} {f} 20.0 \n" for e, i, f in _rows(30))).encode()


def _semicolons() -> bytes:
    rows = "".join(f"{e:.2f};{i:.1f};{f:.4f}\n".replace(".", ",") for e, i, f in _rows(30))
    return ("Energie (eV);I0 (counts);FY\n" + rows).encode()


def _quoted() -> bytes:
    rows = "".join(f'"{e:.2f}","{i:.1f}","{f:.4f}","good"\n' for e, i, f in _rows(25))
    return ('"energy","i0","fy","remark"\n' + rows).encode()


def _bare() -> bytes:
    return "".join(f"  {e:10.3f}  {f / i:15.8E}\n" for e, i, f in _rows(40)).encode()


def _fortran() -> bytes:
    rows = "".join(f" {e:14.6E} {f:14.6E}\n".replace("E", "D") for e, _, f in _rows(30))
    return ("% made by a program\n% E mu\n" + rows).encode()


COLUMNS_SEEDS: Mapping[str, bytes] = {
    "lucia.dat": _lucia(),
    "blanks.dat": _blanks(),
    "semicolons.csv": _semicolons(),
    "quoted.csv": _quoted(),
    "bare.xy": _bare(),
    "fortran.dat": _fortran(),
}

XDI_HEAD = """# XDI/1.0 Made/1.0
# Column.1: energy eV
# Column.2: i0
# Column.3: itrans
# Element.symbol: Fe
# Element.edge: K
# Mono.d_spacing: 3.13553
# Scan.start_time: 2021-05-26T03:12:13
# Sample.name: nothing
# Sample.temperature: 10 K
"""


def xdi(*changes: tuple[str, str], rows: str = "", labels: str = "energy i0 itrans") -> bytes:
    """Return an XDI file with parts of its header exchanged."""
    text = XDI_HEAD + f"# ///\n# a comment\n#\n#  and more\n#---\n# {labels}\n"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    rows = rows or "".join(f"  {e:9.3f}  {i:12.2f}  {f:12.2f}\n" for e, i, f in _rows(30))
    return (text + rows).encode()


XDI_SEEDS: Mapping[str, bytes] = {
    "plain.xdi": xdi(),
    "angle.xdi": xdi(
        ("energy eV", "angle degrees"),
        rows="".join(f"{16.2 - 0.01 * n:.4f} {1000 + n} {2000 - n}\n" for n in range(25)),
    ),
    "kev.xdi": xdi(
        ("energy eV", "Energy keV  ||  13IDE:En:Energy.VAL"),
        rows="".join(f"{e / 1000:.6f}\t{i:.1f}\t{f:.1f}\n" for e, i, f in _rows(25)),
    ),
    "bare.xdi": b"#XDI/1.1\n#----\n" + _bare(),
}
