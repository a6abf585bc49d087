"""Small infrared files in the layouts of instruments, written here; every spectrum is simulated."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HEADER = "##TITLE=simulated data\n##JCAMP-DX=4.24\n##DATA TYPE=INFRARED SPECTRUM\n"


def simulated_absorbance(points: int = 64) -> tuple[Floats, Floats]:
    """Return a falling axis in cm-1 and the absorbance of two bands, as 32-bit numbers hold it."""
    x = np.linspace(1800.0, 1170.0, points)
    y = 0.02 + 0.3 / (1 + ((x - 1485) / 20) ** 2) + 0.2 / (1 + ((x - 1556) / 12) ** 2)
    return x, y.astype("<f4").astype(float)


# JCAMP-DX ------------------------------------------------------------------------------------


def squeezed(value: int) -> str:
    digits = str(abs(value))
    return ("@ABCDEFGHI" if value >= 0 else "@abcdefghi")[int(digits[0])] + digits[1:]


def difference(value: int) -> str:
    digits = str(abs(value))
    return ("%JKLMNOPQR" if value >= 0 else "%jklmnopqr")[int(digits[0])] + digits[1:]


def repeat(count: int) -> str:
    digits = str(count)
    return " STUVWXYZs"[int(digits[0])] + digits[1:]


def counted(tokens: Sequence[str]) -> str:
    """Return tokens with equal neighbours as one and their number."""
    out, at = "", 0
    while at < len(tokens):
        run = 1
        while at + run < len(tokens) and tokens[at + run] == tokens[at]:
            run += 1
        out += tokens[at] + (repeat(run) if run > 1 else "")
        at += run
    return out


def table(values: Sequence[int], form: str, first: float, step: float, per_line: int = 9) -> str:
    """Return the lines of (X++(Y..Y)) in one of the forms AFFN, PAC, SQZ, DIF, SQZDUP, DIFDUP."""
    lines = []
    for start in range(0, len(values), per_line):
        part = [int(v) for v in values[start : start + per_line]]
        x = f"{first + step * start:.3f}"
        if form == "AFFN":
            text = " " + " ".join(map(str, part))
        elif form == "PAC":
            text = "".join(f"{v:+d}" for v in part)
        elif form in ("SQZ", "SQZDUP"):
            tokens = [squeezed(v) for v in part]
            text = counted(tokens) if form == "SQZDUP" else "".join(tokens)
        else:
            # the first value of a line repeats the last of the line before, as its check
            if start:
                part = [int(values[start - 1]), *part]
                x = f"{first + step * (start - 1):.3f}"
            tokens = [difference(b - a) for a, b in pairwise(part)]
            text = squeezed(part[0]) + (counted(tokens) if form == "DIFDUP" else "".join(tokens))
        lines.append(x + text)
    if form in ("DIF", "DIFDUP"):
        lines.append(f"{first + step * (len(values) - 1):.3f}{squeezed(int(values[-1]))}")
    return "\n".join(lines) + "\n"


def jcamp(
    values: Sequence[int],
    form: str = "DIFDUP",
    *,
    first: float = 1800.0,
    last: float = 1170.0,
    factor: float = 1e-4,
    units: str = "ABSORBANCE",
    more: str = "",
    points: int | None = None,
    comment: bool = False,
) -> bytes:
    """Return a file of one spectrum; a comment, where asked for, ends every second line."""
    n = len(values)
    rows = table(values, form, first, (last - first) / (n - 1))
    if comment:
        kept = rows.splitlines()
        rows = "$$ at the start\n" + "".join(
            f"{line} $$ 99 ABC %%\n" if i % 2 else f"{line}\n" for i, line in enumerate(kept)
        )
    y = np.array(values) * factor
    text = (
        f"{HEADER}##XUNITS=1/CM\n##YUNITS={units}\n{more}"
        f"##FIRSTX={first}\n##LASTX={last}\n##NPOINTS={points or n}\n"
        f"##XFACTOR=1\n##YFACTOR={factor!r}\n##MAXY={y.max():.6f}\n##MINY={y.min():.6f}\n"
        f"##FIRSTY={y[0]:.6f}\n##XYDATA=(X++(Y..Y))\n{rows}##END=\n"
    )
    return text.encode()


# SPC -----------------------------------------------------------------------------------------


def spc(
    x: Floats,
    spectra: Sequence[Floats],
    *,
    axis: str = "even",
    version: int = 0x4B,
    exponent: int = -128,
    own_exponent: int | None = None,
    y_type: int = 2,
    x_type: int = 1,
    temperatures: Sequence[float] = (),
    log: str = "",
) -> bytes:
    """Return a new SPC file: an even axis, one written for all, or one with each spectrum."""
    several = len(spectra) > 1 or axis == "own"
    flags = (4 if several else 0) | {"even": 0, "common": 128, "own": 192}[axis]
    size = 512 + (4 * x.size if axis == "common" else 0)
    size += len(spectra) * (32 + 4 * x.size * (2 if axis == "own" else 1))
    head = struct.pack(
        "<BBBbIddIBBBBI9s9sH8f130s30sIIBBHf48sfIfB187s",
        flags, version, 0, exponent, 0 if axis == "own" else x.size, x[0], x[-1], len(spectra),
        x_type, y_type, 21 if temperatures else 0, 0, (2024 << 20) | (5 << 16) | (17 << 11) | (9 << 6),
        b"4 cm-1", b"", 0, *[0.0] * 8, b"simulated data", b"", size if log else 0,
        0, 0, 0, 0, 0.0, b"", 0.0, 0, 0.0, 0, b"",
    )  # fmt: skip
    body = x.astype("<f4").tobytes() if axis == "common" else b""
    for number, y in enumerate(spectra):
        T = temperatures[number] if temperatures else 0.0
        step = temperatures[1] - temperatures[0] if len(temperatures) > 1 else 0.0
        own = exponent if own_exponent is None else own_exponent
        count = x.size if axis == "own" else 0
        body += struct.pack("<BbHfffIIf4s", 0, own, number, T, T + step, 0, count, 0, 0, b"")
        body += x.astype("<f4").tobytes() if axis == "own" else b""
        if exponent == -128:
            body += y.astype("<f4").tobytes()
        else:
            body += np.round(np.ldexp(y, 32 - exponent)).astype("<i4").tobytes()
    text = log.encode("latin-1") + b"\0"
    tail = struct.pack("<5I44x", 64 + len(text), 4096, 64, 0, 0) + text if log else b""
    return head + body + tail


# OMNIC ---------------------------------------------------------------------------------------


def omnic(
    x: Floats,
    spectra: Sequence[Floats],
    titles: Sequence[str],
    *,
    group: bool = False,
    y_key: int = 17,
    x_key: int = 1,
    history: str = "Final format: Absorbance\nResolution: 4.000\nsimulated",
) -> bytes:
    """Return an SPA, or an SPG of several, with the offsets that the library documents."""
    keys = 4
    lines = keys * len(spectra)
    at = 304 + 16 * (lines + 1)
    table_, body = b"", b""
    for title, y in zip(titles, spectra, strict=True):
        head = bytearray(256)
        struct.pack_into("<I", head, 4, y.size)
        head[8], head[12] = x_key, y_key
        struct.pack_into("<ff", head, 16, x[0], x[-1])
        struct.pack_into("<I", head, 36, 32)
        struct.pack_into("<I", head, 52, 64)
        named = title.encode().ljust(256, b"\0") + struct.pack("<I", 3_900_000_000)
        said = history.encode() + b"\0"
        data = y.astype("<f4").tobytes()
        for key, part in ((2, bytes(head)), (3, data), (27, said), (107, named)):
            table_ += struct.pack("<BBII6x", key, 0, at + len(body), len(part))
            body += part
    start = bytearray(304)
    start[: len(b"Spectral Data File")] = b"Spectral Data File"
    name = titles[0].encode() if not group else b"group"
    start[30 : 30 + len(name)] = name
    struct.pack_into("<H", start, 294, lines)
    if not group:
        struct.pack_into("<I", start, 296, 3_900_000_000)
    return bytes(start) + table_ + bytes(16) + body


SRS_MARKS = {
    kind: bytes.fromhex("02000000180000000000" + rest)
    for kind, rest in {
        "rapid scan": "484300504347",
        "high-speed real time": "484300c8af47",
        "GC or TGA": "484300004040",
    }.items()
}


def omnic_series(
    x: Floats,
    spectra: Sequence[Floats],
    titles: Sequence[str],
    kind: str = "rapid scan",
    *,
    times: tuple[float, float] = (0.0, 5.0),
    y_key: int = 17,
    x_key: int = 1,
    background_scans: int = 64,
    state: int = 39,
    history: str = "Final format: Absorbance\nResolution: 4.000",
) -> bytes:
    """Return an SRS with the positions that the library documents; no real one was at hand."""
    common = bytearray(212)
    struct.pack_into("<I", common, 4, x.size)
    common[8], common[12] = x_key, y_key
    struct.pack_into("<ff", common, 16, x[0], x[-1])
    struct.pack_into("<I", common, 36, 32)
    struct.pack_into("<I", common, 52, background_scans)
    common[152:168] = SRS_MARKS[kind]
    head = bytearray(1200)
    head[:212] = common
    name = b"simulated data"
    head[938 : 938 + len(name)] = name
    struct.pack_into("<3f", head, 1002, 0.05, times[1], times[0])
    struct.pack_into("<I", head, 1026, len(spectra))
    start = bytearray(512)
    start[: len(b"Spectral Exte File")] = b"Spectral Exte File"
    start[292] = state
    said = history.encode() + b"\0"
    out = bytes(start) + bytes(head) + (said if (kind, state) == ("rapid scan", 39) else b"\0")
    out += bytes(common) + np.full(x.size, 0.5, "<f4").tobytes()
    if kind == "high-speed real time":
        out += bytes(common) + bytes(40)
    out += bytes(common)
    out += bytes(16).join(
        title.encode().ljust(84, b"\0") + y.astype("<f4").tobytes()
        for title, y in zip(titles, spectra, strict=True)
    )
    if kind == "high-speed real time":
        out += bytes.fromhex("0000000010000000000000000000ffff") + said
    if (kind, state) == ("rapid scan", 15):
        out += b"\xff" * 16 + said
    return out


# OPUS ----------------------------------------------------------------------------------------


def _parameters(**values: float | str) -> bytes:
    out = b""
    for key, value in values.items():
        if isinstance(value, int):
            out += key.encode() + b"\0" + struct.pack("<2hi", 0, 2, value)
        elif isinstance(value, float):
            out += key.encode() + b"\0" + struct.pack("<2hd", 1, 4, value)
        else:
            raw = value.encode() + b"\0"
            raw += b"\0" * (len(raw) % 2)
            out += key.encode() + b"\0" + struct.pack("<2h", 2, len(raw) // 2) + raw
    out += b"END\0" + bytes(4)
    return out + b"\0" * (-len(out) % 4)


_CODES = {
    "a": (3, 3, 4),
    "t": (3, 3, 5),
    "r": (3, 3, 12),
    "sm": (3, 1, 1),
    "rf": (3, 2, 1),
    "match": (3, 3, 22),
}


def opus(
    blocks: Sequence[tuple[str, Floats, Floats]],
    *,
    unit: str = "WN",
    accessory: str = "Transmission",
    derivative: int = 0,
) -> bytes:
    """Return an OPUS file of blocks (name, x, y) with their status and one block of parameters."""
    parts = [((0, 0, 6, 0, 0), _parameters(ACC=accessory, SNM="simulated data", RES=4.0))]
    for name, x, y in blocks:
        first, second, kind = _CODES[name]
        status = _parameters(
            DPF=1, NPT=int(x.size), FXV=float(x[0]), LXV=float(x[-1]), CSF=1.0,
            MXY=float(y.max()), MNY=float(y.min()), DAT="06/11/2015",
            TIM="14:38:14.100 (GMT+1)", DXU=unit,
        )  # fmt: skip
        parts.append(((first, second, 0, kind, derivative), y.astype("<f4").tobytes()))
        parts.append(((first, second, 1, kind, derivative), status))
    count = len(parts) + 1
    size = 12 * (count + 1)
    at = 24 + size
    entries, body = [((0, 0, 0, 13, 0), size, 24)], b""
    for type_, raw in parts:
        entries.append((type_, len(raw), at + len(body)))
        body += raw
    directory = b""
    for (a, b, c, d, e), length, start in entries:
        directory += struct.pack("<3i", a | b << 2 | c << 4 | d << 10 | e << 17, length // 4, start)
    head = b"\n\n\xfe\xfe" + struct.pack("<d3i", 920622.0, 24, count + 1, count)
    return head + directory + bytes(12) + body
