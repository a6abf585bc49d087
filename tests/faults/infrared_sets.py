"""Sets of small infrared files for each reader of an instrument's format; all are simulated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from faults.infrared_seeds import (
    HEADER,
    SRS_MARKS,
    jcamp,
    omnic,
    omnic_series,
    opus,
    simulated_absorbance,
    spc,
)

X, Y = simulated_absorbance()
VALUES = np.round(Y * 1e4).astype(int)
VALUES[20:40] = VALUES[20]  # more than nine equal ones: counts of two digits
VALUES[50:53] = [-7, 0, -1]


def pairs(values=VALUES, last=True):
    rows = "".join(
        f"{x:.1f}, {v}; " + ("\n" if i % 3 == 2 else "")
        for i, (x, v) in enumerate(zip(X, values, strict=True))
    )
    return (
        f"{HEADER}##XUNITS=1/CM\n##YUNITS=ABSORBANCE\n##FIRSTX=1800\n##LASTX=1170\n"
        f"##NPOINTS=64\n##XFACTOR=1.0\n##YFACTOR=0.0001\n##XYPOINTS= (XY..XY)\n{rows}\n"
        + ("##END=\n" if last else "")
    ).encode()


def link(count=2):
    inner = jcamp(VALUES, "SQZ") + pairs()
    return (
        f"##TITLE=simulated data\n##JCAMP-DX=4.24\n##DATA TYPE=LINK\n##BLOCKS={count}\n".encode()
        + inner
        + b"##END=\n"
    )


JCAMP_SEEDS: Mapping[str, bytes] = {
    "feco_80K.jdx": jcamp(VALUES),
    "affn.dx": jcamp(VALUES, "AFFN"),
    "xy.jdx": pairs(),
    "link.jdx": link(),
}
OPUS_SEEDS: Mapping[str, bytes] = {
    "feco_80K.0": opus([("a", X, Y), ("sm", X, 0.3 * Y)]),
    "two.1": opus([("a", X, Y), ("a", X, 2 * Y)]),
    "t.0": opus([("t", X, Y)]),
}
OMNIC_SEEDS: Mapping[str, bytes] = {
    "feco_80K.spa": omnic(X, [Y], ["feco_80K"]),
    "feco.spg": omnic(X, [Y, 2 * Y], ["feco 80 K", "feco 90 K"], group=True),
}
_SHORT_X, _SHORT_Y = simulated_absorbance(16)
TITLES = [f"Linked spectrum at {time} min." for time in (0.0, 2.5, 5.0)]
OMNIC_SERIES_SEEDS: Mapping[str, bytes] = {
    f"{kind}.srs": omnic_series(_SHORT_X, [_SHORT_Y, 2 * _SHORT_Y, 3 * _SHORT_Y], TITLES, kind)
    for kind in SRS_MARKS
}
SPC_SEEDS: Mapping[str, bytes] = {
    "feco_80K.spc": spc(X, [Y], log="ACC = none\r\nSAMPLE = simulated data"),
    "common.spc": spc(X, [Y], axis="common"),
    "own.spc": spc(X, [Y, 2 * Y], axis="own"),
}
