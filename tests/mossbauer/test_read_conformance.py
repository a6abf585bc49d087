"""The readers of counts pass the suite that plugins must pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from faults.mossbauer_seeds import (
    COUNTS_SEEDS,
    VELOCITY_SEEDS,
    adt,
    mca,
    mcs,
    simulated_counts,
    velocity_table,
    wissel,
)

from spectrafit.reader import Reader
from spectrafit.testing import ReaderConformance
from spectrafit_mossbauer import (
    counts_reader,
    exp_reader,
    mca_reader,
    mcs_reader,
    moe_reader,
    velocity_reader,
    wissel_reader,
)

COUNTS = simulated_counts()


class Quick(ReaderConformance):
    mutations: ClassVar[int] = 60
    __test__ = False


class TestWissel(Quick):
    __test__ = True
    reader: ClassVar[Reader] = wissel_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        "foil.ws5": wissel(COUNTS),
        "foil.w98": wissel(COUNTS).replace(b"\n", b"\r\n"),
    }


class TestMcs(Quick):
    __test__ = True
    reader: ClassVar[Reader] = mcs_reader
    samples: ClassVar[Mapping[str, bytes]] = {"foil.mcs": mcs(COUNTS)}


class TestMoe(Quick):
    __test__ = True
    reader: ClassVar[Reader] = moe_reader
    samples: ClassVar[Mapping[str, bytes]] = {"foil.moe": b"# a foil\n" + adt(COUNTS)}


class TestMca(Quick):
    __test__ = True
    reader: ClassVar[Reader] = mca_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        "foil.mca": mca(COUNTS, stated=len(COUNTS)),
        "foils.cmca": mca(COUNTS, simulated_counts(seed=8)),
    }


class TestExp(Quick):
    __test__ = True
    reader: ClassVar[Reader] = exp_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        "foil.exp": velocity_table(COUNTS, label="<a foil>\n# v counts\n")
    }


class TestCounts(Quick):
    __test__ = True
    reader: ClassVar[Reader] = counts_reader
    samples: ClassVar[Mapping[str, bytes]] = COUNTS_SEEDS


class TestVelocity(Quick):
    __test__ = True
    reader: ClassVar[Reader] = velocity_reader
    samples: ClassVar[Mapping[str, bytes]] = VELOCITY_SEEDS
