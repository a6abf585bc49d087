"""Small Mössbauer files, made up, in the manner of real ones; every spectrum is simulated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

CHANNELS = 128


def simulated_counts(
    level: float = 20_000.0, channels: int = CHANNELS, seed: int = 7
) -> NDArray[np.int64]:
    """Return counts of a doublet in both branches of a triangular drive."""
    velocity = 8.0 / channels * (np.abs(np.arange(channels) - channels / 2) * 2 - channels / 2)
    dips = sum(0.08 / (1 + ((velocity - v) / 0.15) ** 2) for v in (-0.4, 1.2))
    return np.random.default_rng(seed).poisson(level * (1 - dips))


def adt(counts: NDArray[np.int64]) -> bytes:
    """Return counts as an ADT file: one a line, to the right, DOS line ends."""
    return "".join(f"{count:12d}\r\n" for count in counts).encode()


def wissel(counts: NDArray[np.int64], channels: int | str | None = None) -> bytes:
    """Return counts in the tags of WissEl; the stated number of channels may be another one."""
    stated = len(counts) if channels is None else channels
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n<wissoft version="1.1">\n'
        f'<comment>a foil, 12 mm/s</comment>\n<data channels="{stated}" time="0">\n'
    )
    body = "".join(f"{count}\n" for count in counts)
    return (head + body + "</data>\n</wissoft>\n").encode()


def mcs(counts: NDArray[np.int64]) -> bytes:
    """Return counts behind 256 bytes of header."""
    head = b"\x02\x00MCS  a foil\x00\x01".ljust(256, b"\0")
    return head + np.asarray(counts, dtype="<u4").tobytes()


def mca(*blocks: NDArray[np.int64], wide: int = 16, stated: int | None = None) -> bytes:
    """Return blocks ``@A`` with backslashes."""
    text = "#F foil.mca\n#D Sat May 01 10:00:00 2021\n"
    if stated is not None:
        text += f"#@CHANN {stated} 0 {stated - 1} 1\n"
    for block in blocks:
        rows = [block[start : start + wide] for start in range(0, len(block), wide)]
        text += "@A " + "\\\n ".join(" ".join(map(str, row)) for row in rows) + "\n"
    return text.encode()


def several_a_line(counts: NDArray[np.int64], wide: int = 8, *, numbered: bool = True) -> bytes:
    """Return several counts a line, with or without the number of the first channel."""
    lines = []
    for start in range(0, len(counts), wide):
        front = [f"{start:5d}"] if numbered else []
        lines.append(" ".join([*front, *(f"{c:8d}" for c in counts[start : start + wide])]))
    return ("Live time: 3600 s\nReal time: 3612.5 s\n" + "\n".join(lines) + "\n").encode()


def velocity_table(counts: NDArray[np.int64], *, label: str = "#\tsin\t0\t1023\n") -> bytes:
    """Return velocity and counts on an axis that falls and is not uniform."""
    x = np.linspace(0.0, np.pi, len(counts))
    rows = "".join(
        f"{v!r}\t{float(c)}\n" for v, c in zip((6.2 * np.cos(x)).tolist(), counts, strict=True)
    )
    return (label + rows).encode()


def named_csv(counts: NDArray[np.int64]) -> bytes:
    """Return a table with named columns, and an error for each count."""
    v = np.linspace(-4.0, 4.0, len(counts))
    rows = "".join(
        f"{a:.5f},{c},{max(c, 1) ** 0.5:.3f}\n" for a, c in zip(v, counts.tolist(), strict=True)
    )
    return ("velocity (mm/s),counts,sigma\n" + rows).encode()


COUNTS_SEEDS: Mapping[str, bytes] = {
    "foil.adt": adt(simulated_counts()),
    "many.txt": several_a_line(simulated_counts(900.0)),
}
VELOCITY_SEEDS: Mapping[str, bytes] = {
    "falling.dat": velocity_table(simulated_counts()),
    "named.csv": named_csv(simulated_counts(5000.0)),
}
