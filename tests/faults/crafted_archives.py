"""Archives and containers that are made to harm, seeded: what every reader is asked to refuse."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from faults.crafted_hdf5 import HDF5_KINDS
from faults.crafted_projects import OTHER_KINDS, PROJECT_KINDS
from faults.crafted_workbooks import KINDS

Kind = Callable[[random.Random, str], bytes]
MARK = 42.424242
"""The number that stands in the file outside."""


@dataclass(frozen=True)
class Crafted:
    """One file that is made to harm.

    Parameters
    ----------
    story : str
        What is wrong with it, with its number.
    name : str
        File name.
    reader : str
        Reader of its format; empty for a format that none reads.
    content : bytes
        The file.
    """

    story: str
    name: str
    reader: str
    content: bytes


def _families() -> list[tuple[str, tuple[str, ...], tuple[Kind, ...]]]:
    families = [
        ("athena", (".prj",), PROJECT_KINDS),
        ("", (".dat", ".csv", ".gz", ".zip", ".prj", ".xlsx", ".h5", ".spc"), OTHER_KINDS),
    ]
    if find_spec("openpyxl"):
        families.append(("excel", (".xlsx", ".xlsx", ".xlsm"), KINDS))
    if find_spec("h5py"):
        families.append(("hdf5", (".h5", ".nxs", ".hdf5"), HDF5_KINDS))
    return families


def crafted_archives(count: int, seed: int, secret: Path) -> Iterator[Crafted]:
    """Yield `count` files, each kind in turn; always the same for the same place of the secret."""
    kinds = [(reader, endings, kind) for reader, endings, every in _families() for kind in every]
    for number in range(count):
        reader, endings, kind = kinds[number % len(kinds)]
        rng = random.Random(f"{seed} {number}")
        content = kind(rng, secret.as_posix())
        ending = rng.choice(endings)
        story = f"{kind.__name__.strip('_').replace('_', ' ')}, file {number}"
        yield Crafted(f"{story} ({reader or 'no reader'})", f"f{number}{ending}", reader, content)


def secret_file(place: Path) -> Path:
    """Write the file that lies outside, HDF5 where that can be written; return it."""
    if find_spec("h5py"):
        import h5py
        import numpy as np

        with h5py.File(place, "w") as root:
            root["data"] = np.full(40, MARK)
    else:
        place.write_text(f"{MARK}\n" * 40, encoding="utf-8")
    return place
