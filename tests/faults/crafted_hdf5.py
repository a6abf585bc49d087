"""HDF5 files that are made to harm, seeded: links out, declared sizes, packed pieces."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

from faults.beamline_seeds import ROWS, edge, energies, nxxas

Kind = Callable[[random.Random, str], bytes]


def made(fill: Callable[[Any], None]) -> bytes:
    """Return a file with a sound entry and what else is put into it."""
    import h5py

    stream = io.BytesIO()
    with h5py.File(stream, "w") as root:
        root["e/energy"] = energies()
        root["e/energy"].attrs["units"] = "eV"
        root["e/mu"] = [0.4 + edge(energy) for energy in energies()]
        fill(root)
    return stream.getvalue()


def _link_out(rng: random.Random, secret: str) -> bytes:
    import h5py

    place = rng.choice((secret, f"../{secret.rpartition('/')[2]}", secret.rpartition("/")[2]))
    within = rng.choice(("/data", "/", "/e/data", "../data"))

    def fill(root: Any) -> None:
        kind = rng.randrange(3)
        root["e/out"] = h5py.ExternalLink(place, within)
        if kind == 1:
            root["e/round"] = h5py.SoftLink("/e/out/data")
        if kind == 2:
            root["f"] = h5py.ExternalLink(place, "/")

    return made(fill)


def _virtual(rng: random.Random, secret: str) -> bytes:
    import h5py

    def fill(root: Any) -> None:
        layout = h5py.VirtualLayout((ROWS,), "f8")
        layout[:] = h5py.VirtualSource(secret, "data", (ROWS,))
        root.create_virtual_dataset(rng.choice(("e/virtual", "e/i0/data")), layout)

    return made(fill)


def _stored_elsewhere(rng: random.Random, secret: str) -> bytes:
    import h5py

    def fill(root: Any) -> None:
        place = [(secret, rng.choice((0, 8)), h5py.h5f.UNLIMITED)]
        root.create_dataset("e/outside", (ROWS,), rng.choice(("f8", "u1")), external=place)

    return made(fill)


def _declared_only(rng: random.Random, secret: str) -> bytes:
    """Numbers are declared and none is stored: the library makes them up as zeros."""
    size = rng.choice((200_000, 7_000_000, 10**9, 10**12))
    chunks = rng.choice((None, (10_000,)))

    def fill(root: Any) -> None:
        root.create_dataset("e/i0", (size,), "f8", chunks=chunks)

    return made(fill)


@cache
def _zeros(size: int) -> bytes:
    return zlib.compress(bytes(size), 1 if size > 10**8 else 9)


def _packed_bomb(rng: random.Random, secret: str) -> bytes:
    """Every piece is what it says, and all are zeros."""
    pieces, length = rng.choice(((8, 1_000_000), (40, 100_000), (500, 1_000_000)))

    def fill(root: Any) -> None:
        item = root.create_dataset(
            "e/i0", (pieces * length,), "f8", chunks=(length,), compression="gzip"
        )
        for number in range(pieces):
            item.id.write_direct_chunk((number * length,), _zeros(8 * length))

    return made(fill)


def _piece_longer_than_said(rng: random.Random, secret: str) -> bytes:
    size = rng.choice((3000, 5_000_000, 250_000_000))
    shuffle = rng.random() < 0.5

    def fill(root: Any) -> None:
        item = root.create_dataset(
            "e/i0", (ROWS,), "f8", chunks=(ROWS,), compression="gzip", shuffle=shuffle
        )
        item.id.write_direct_chunk((0,), _zeros(size))

    return made(fill)


def _wide_piece(rng: random.Random, secret: str) -> bytes:
    """Few numbers in a piece that is declared for many."""
    length = rng.choice((9_000_000, 60_000_000, 500_000_000))

    def fill(root: Any) -> None:
        item = root.create_dataset(
            "e/i0", (ROWS,), "f8", maxshape=(None,), chunks=(length,), compression="gzip"
        )
        item.id.write_direct_chunk((0,), _zeros(1_000_000))

    return made(fill)


def _many_nodes(rng: random.Random, secret: str) -> bytes:
    """Groups that lead back into themselves, and more groups than a scan has."""
    kind, count = rng.randrange(3), rng.choice((20, 300))

    def fill(root: Any) -> None:
        group = root["e"]
        for number in range(count):
            if kind == 0:
                root[f"e/h{number}"] = root["e"]
            elif kind == 1:
                group = group.create_group("g")
                group["loop"] = root["e"]
                group["again"] = group
            else:
                for name in range(60):
                    root.create_group(f"e/g{number}/{name}")

    return made(fill)


def _cut_off(rng: random.Random, secret: str) -> bytes:
    content = nxxas()
    return content[: rng.randrange(9, len(content) - 1)]


def _long_texts(rng: random.Random, secret: str) -> bytes:
    import numpy as np

    def fill(root: Any) -> None:
        size = rng.choice((100_000, 3_000_000))
        root["e/title"] = np.bytes_(b"x" * size)
        root["e/sample/name"] = "y" * size
        root["e/mu"].attrs.create("units", "z" * 30_000)

    return made(fill)


HDF5_KINDS: tuple[Kind, ...] = (
    _link_out,
    _virtual,
    _stored_elsewhere,
    _declared_only,
    _packed_bomb,
    _piece_longer_than_said,
    _wide_piece,
    _many_nodes,
    _cut_off,
    _long_texts,
)
