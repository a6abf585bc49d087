"""Faulty Mössbauer files: counts in text, WissEl, .mca, .mcs, .moe, .exp, and velocity tables."""

from __future__ import annotations

import numpy as np
from faults.faulty_file import Corpus
from faults.mossbauer_seeds import (
    adt,
    mca,
    mcs,
    named_csv,
    simulated_counts,
    velocity_table,
    wissel,
)

N = simulated_counts()
CHANNEL = np.arange(128.0)
OF_COUNTS = {"channel": CHANNEL, "counts": N}
SAMPLE = "no measured sample"
HTML = "<html><p>12</p></html>\n"


def changed(at: int, count: int) -> np.ndarray:
    """Return the counts with another one in a channel."""
    made = np.array(N)
    made[at] = count
    return made


# fmt: off
COUNTS = Corpus("mossbauer counts", "counts")
LINES = adt(N)
SIXTH = f"{N[5]:12d}\r\n".encode()
assert SIXTH in LINES
COUNTS.read("old_mac.adt", LINES.replace(b"\r\n", b"\r"), "", OF_COUNTS)
COUNTS.read("utf16.adt", LINES.decode().encode("utf-16"), "", OF_COUNTS)
COUNTS.read("one_fewer.adt", LINES[14:], "127 counts, one fewer than 128", {"channel": CHANNEL[:-1], "counts": N[1:]})
COUNTS.read("odd_channels.adt", b"".join(LINES.splitlines(keepends=True)[:100]), "100 counts: no usual number of channels", {"channel": CHANNEL[:100], "counts": N[:100]})
COUNTS.read("wrapped_16_bits.adt", adt((N + 46_000) % 65_536), "jump by about 65536", {"channel": CHANNEL, "counts": (N + 46_000) % 65_536})
COUNTS.read("wrapped_million.adt", adt((N + 980_500) % 1_000_000), "jump by about 1e+06", {"channel": CHANNEL, "counts": (N + 980_500) % 1_000_000})
COUNTS.read("spike.adt", adt(changed(60, 65_535)), "channel stands far apart from both neighbours: 60 (65535)", {"channel": CHANNEL, "counts": changed(60, 65_535)})
COUNTS.refuse("negative.adt", LINES.replace(SIXTH, b"-1\r\n"), "negative.adt:6: a negative count")
COUNTS.refuse("fraction.adt", LINES.replace(SIXTH, b"20123.5\r\n"), "no whole number")
COUNTS.refuse("stars.adt", LINES.replace(SIXTH, b"******\r\n"), "stars.adt:6: no count")
COUNTS.refuse("nan.adt", LINES.replace(SIXTH, b"nan\r\n"), "nan.adt:6: no count")
COUNTS.refuse("decimal_comma.adt", LINES.replace(b"\r\n", b",5\r\n"), "128 lines of 2 numbers")
COUNTS.refuse("stated_more.adt", b"channels: 256\r\n" + LINES, "128 counts where the header says 256")
COUNTS.refuse("twice.adt", LINES + LINES, "repeat the first 128")
COUNTS.refuse("zeros.adt", adt(N * 0), "all 128 counts are zero")
COUNTS.refuse("few.adt", LINES[:140], "10 counts are no spectrum")
COUNTS.refuse("fused.adt", LINES.replace(b"\r\n", b"", 4).replace(b"     ", b"     ", 1).replace(b" ", b"", 40), "too large")
COUNTS.refuse("lost_channel.txt", "".join(f"{n} {c}\n" for n, c in enumerate(N) if n != 7), "channel 8 where channel 7 is expected")
COUNTS.refuse("two_columns.txt", "".join(f"{a} {b}\n" for a, b in zip(N, N[::-1], strict=True)), "columns of several spectra")
COUNTS.refuse("binary.adt", N.astype("<u4").tobytes(), "is no text")
COUNTS.refuse("empty.adt", b"", "the file is empty")
COUNTS.refuse("header_only.adt", "# a foil\n", "no counts")
COUNTS.refuse("page.adt", HTML, "no counts")

VELOCITY = Corpus("mossbauer velocity", "velocity")
CSV = named_csv(N)
V = np.array([float(f"{v:.5f}") for v in np.linspace(-4.0, 4.0, 128)])
SIGMA = np.array([float(f"{max(c, 1) ** 0.5:.3f}") for c in N])
OF_CSV = {"velocity": V, "counts": N, "sigma": SIGMA}
ROW = CSV.splitlines(keepends=True)[6]
VELOCITY.read("decimal_comma.csv", CSV.replace(b",", b";").replace(b".", b","), "", OF_CSV)
VELOCITY.read("utf16.csv", CSV.decode().encode("utf-16"), "", OF_CSV)
VELOCITY.read("no_unit.csv", CSV.replace(b" (mm/s)", b""), "no unit of the velocity: taken as mm/s", OF_CSV)
VELOCITY.read("doubled_row.csv", CSV.replace(ROW, ROW + ROW), "repeats 1 earlier value", {name: np.insert(np.asarray(values, dtype=float), 5, values[5]) for name, values in OF_CSV.items()})
VELOCITY.read("unsorted.csv", CSV.replace(ROW, b"") + ROW, "runs back at 1", {name: np.append(np.delete(np.asarray(values, dtype=float), 5), values[5]) for name, values in OF_CSV.items()})
VELOCITY.read("scaled.csv", CSV.replace(f",{N[5]},".encode(), f",{N[5]}.5,".encode()), "no Poisson errors", OF_CSV | {"counts": np.where(np.arange(128) == 5, N + 0.5, N)})
VELOCITY.read("falling.dat", velocity_table(N), "falls from row to row", {"velocity": 6.2 * np.cos(np.linspace(0.0, np.pi, 128)), "counts": N})
VELOCITY.read("stopped.csv", CSV + b"4.1\n", "the last row has 1 of 3 cells", OF_CSV)
VELOCITY.refuse("cm_per_s.csv", CSV.replace(b"mm/s", b"cm/s"), "the velocity is in cm/s")
VELOCITY.refuse("metres.csv", CSV.replace(b"mm/s", b"m/s"), "the velocity is in m/s")
VELOCITY.refuse("volts.csv", CSV.replace(b"mm/s", b"V"), "the velocity is in V")
VELOCITY.refuse("um_per_s.csv", b"".join([b"velocity (mm/s),counts\n", *(f"{1e3 * v:.2f},{c}\n".encode() for v, c in zip(V, N, strict=True))]), "it is not mm/s")
VELOCITY.refuse("m_per_s_unlabelled.csv", b"".join([b"velocity,counts\n", *(f"{1e-3 * v:.8f},{c}\n".encode() for v, c in zip(V, N, strict=True))]), "It is not mm/s")
VELOCITY.refuse("swapped.csv", CSV.replace(b"velocity (mm/s),counts", b"counts,velocity (mm/s)"), "a negative count")
VELOCITY.refuse("gap_in_v.csv", CSV.replace(ROW, b"***" + ROW[ROW.index(b","):]), "gap_in_v.csv:7: no velocity")
VELOCITY.refuse("gap_in_counts.csv", CSV.replace(f",{N[5]},".encode(), b",***,"), "channel 5")
VELOCITY.refuse("two_counts.csv", CSV.replace(b"sigma", b"left counts"), "which column is the velocity")
VELOCITY.refuse("ragged.csv", CSV.replace(ROW, ROW[: ROW.rindex(b",")] + b"\n"), "ragged.csv:7")
VELOCITY.refuse("header_only.csv", CSV.splitlines(keepends=True)[0], "no rows of numbers")
VELOCITY.refuse("page.csv", HTML, "no rows of numbers")

WISSEL = Corpus("wissel", "wissel")
FOIL = wissel(N)
WISSEL.read("old_mac.ws5", FOIL.replace(b"\n", b"\r"), "", OF_COUNTS)
WISSEL.refuse("wrong_channels.ws5", wissel(N, 256), "128 counts where")
WISSEL.refuse("channels_no_number.ws5", wissel(N, "many"), "no number")
WISSEL.refuse("truncated.ws5", FOIL[:-60], "counts where the header says 128")
WISSEL.refuse("word.ws5", FOIL.replace(f"\n{N[5]}\n".encode(), b"\nabc\n"), "word.ws5:")
WISSEL.refuse("negative.ws5", FOIL.replace(f"\n{N[5]}\n".encode(), b"\n-4\n"), "negative.ws5:")
WISSEL.refuse("header_only.ws5", FOIL[: FOIL.index(f"{N[0]}\n".encode())] + b"</data>\n", "0 counts are no spectrum")
WISSEL.read("entity.ws5", FOIL.replace(b"<wissoft", b'<!DOCTYPE a [<!ENTITY b "bbbb">]><wissoft').replace(b"a foil", b"&b;"), "", OF_COUNTS)
WISSEL.refuse("page.ws5", HTML, "no tag <data")

MCA = Corpus("mca", "mca")
BLOCK = mca(N)
MCA.read("no_backslash.mca", BLOCK.replace(b"\\\n", b"\n", 1), "that no backslash announces", OF_COUNTS)
MCA.read("two_blocks.mca", mca(N, N[::-1]), SAMPLE, OF_COUNTS, recordings=2)
MCA.refuse("wrong_channels.mca", mca(N, stated=256), "128 counts where the header says 256")
MCA.refuse("cut.mca", BLOCK[: BLOCK.rindex(b"\\") + 2], "ends with a backslash")
MCA.refuse("word.mca", BLOCK.replace(str(N[5]).encode(), b"abc"), "no counts")
MCA.refuse("negative.mca", BLOCK.replace(str(N[5]).encode(), b"-4"), "a negative count")
MCA.refuse("header_only.mca", b"#F foil.mca\n", "no line begins with '@A'")

MCS = Corpus("mcs", "mcs")
MCS.read("good.mcs", mcs(N), SAMPLE, OF_COUNTS)
MCS.refuse("truncated.mcs", mcs(N)[:-3], "765 bytes are not 256 of header")
MCS.refuse("header_only.mcs", mcs(N)[:256], "256 bytes are not")
MCS.refuse("big_endian.mcs", mcs(N)[:256] + N.astype(">u4").tobytes(), "do not scatter like counts")
MCS.refuse("sixteen_bits.mcs", mcs(N)[:256] + N.astype("<u2").tobytes(), "do not scatter like counts")
MCS.refuse("floats.mcs", mcs(N)[:256] + N.astype("<f4").tobytes(), "do not scatter like counts")
MCS.refuse("page.mcs", HTML, "bytes are not")

MOE = Corpus("moe", "moe")
MOE.read("decimals.moe", b"".join(f"{c}.0\n".encode() for c in N), SAMPLE, OF_COUNTS)
MOE.refuse("negative.moe", LINES.replace(SIXTH, b"-1\r\n"), "negative")
MOE.refuse("word.moe", LINES.replace(SIXTH, b"abc\r\n"), "no count")
MOE.refuse("twice.moe", LINES + LINES, "repeat the first 128")
MOE.refuse("few.moe", LINES[:140], "10 counts are no spectrum")

EXP = Corpus("exp", "exp")
EXP.read("falling.exp", velocity_table(N), "falls from row to row", {"velocity": 6.2 * np.cos(np.linspace(0.0, np.pi, 128)), "counts": N})
EXP.refuse("channels.exp", b"".join(f"{n}\t{c}\n".encode() for n, c in enumerate(N)), "it is not mm/s")
EXP.refuse("gap.exp", velocity_table(N).replace(f"{float(N[5])}".encode(), b"***"), "channel 5")
EXP.refuse("negative.exp", velocity_table(N).replace(f"{float(N[5])}".encode(), b"-5.0"), "a negative count")
EXP.refuse("ragged.exp", velocity_table(N).replace(f"\t{float(N[5])}".encode(), b""), "ragged.exp:7")
# fmt: on

FILES = [file for corpus in (COUNTS, VELOCITY, WISSEL, MCA, MCS, MOE, EXP) for file in corpus.files]
