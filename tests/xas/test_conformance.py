"""The suite's own techniques and readers pass the suite that plugins must pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from spectrafit.reader import Reader
from spectrafit.table import reader as columns_reader
from spectrafit.technique import Technique
from spectrafit.testing import ReaderConformance, TechniqueConformance
from spectrafit_xas import herfd, xanes, xdi_reader

XDI = """# XDI/1.0
# Column.1: energy eV
# Column.2: i0
# Column.3: itrans
# Element.symbol: Fe
# Element.edge: K
# Mono.d_spacing: 3.1355
# ///
# a foil
#---
# energy i0 itrans
7000.0 1000.0 900.0
7100.0 1010.0 905.0
7112.0 1005.0 700.0
7200.0 1003.0 500.0
7300.0 1001.0 505.0
"""
COLUMNS = "# energy (eV)\tI0 (counts)\n" + "".join(
    f"{7000 + i}.25\t{1000 + 7 * i}\n" for i in range(20)
)


@pytest.mark.xdist_group("xanes")
class TestXanes(TechniqueConformance):
    technique: ClassVar[Technique] = xanes


@pytest.mark.xdist_group("herfd")
class TestHerfd(TechniqueConformance):
    technique: ClassVar[Technique] = herfd


class TestColumns(ReaderConformance):
    reader: ClassVar[Reader] = columns_reader
    samples: ClassVar[Mapping[str, bytes]] = {
        "scan.dat": COLUMNS.encode(),
        "scan.csv": COLUMNS.replace("\t", ";").replace(".", ",").encode("utf-8-sig"),
    }


class TestXdi(ReaderConformance):
    reader: ClassVar[Reader] = xdi_reader
    samples: ClassVar[Mapping[str, bytes]] = {"foil.xdi": XDI.encode()}
