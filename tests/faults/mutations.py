"""Damage to files, seeded: what disks, networks, editors and exports do to them."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import NamedTuple

LARGEST_GROWTH = 4
"""No damaged copy is longer than this times its seed file, and some bytes."""


def _bits_flipped(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def _bytes_replaced(data: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def _cut_off(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(len(data))]


def _beginning_lost(data: bytes, rng: random.Random) -> bytes:
    return data[rng.randrange(len(data)) :]


def _lines_lost(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    for _ in range(min(len(lines), rng.randint(1, 4))):
        del lines[rng.randrange(len(lines))]
    return b"".join(lines)


def _lines_swapped(data: bytes, rng: random.Random) -> bytes:
    lines = data.splitlines(keepends=True)
    first, second = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def _part_doubled(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randint(1, 400))
    return data[:end] + data[start:end] + data[end:]


def _whole_doubled(data: bytes, rng: random.Random) -> bytes:
    return data + data


def _part_moved(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    end = min(len(data), start + rng.randint(1, 100))
    rest = data[:start] + data[end:]
    place = rng.randrange(len(rest) + 1)
    return rest[:place] + data[start:end] + rest[place:]


def _zeros_inside(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + bytes(rng.randint(1, 512)) + data[start:]


def _words_inside(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    words = (
        *(b"NaN", b"***", b"1e999", b"-", b'"', b"'", b";", b",", b"\t", b"  ", b"#", b"%", b"//"),
        *(b"\xff", b"\xc3\xa4", b"\xe2\x88\x92", b"\xc2\xa0", b"1_0", b"0x10", b"1D5", b"=cmd()"),
        *(b"9" * 300, b"." * 50, b"{}", b"<script>", b"\n\n", b"\r", b"\n# ", b"\x1a", b"#S 2\n"),
    )
    return data[:start] + rng.choice(words) + data[start:]


def _cell_lost(data: bytes, rng: random.Random) -> bytes:
    cells = data.split()
    if not cells:
        return data
    return data.replace(rng.choice(cells), b"", 1)


def _sign_exchanged(data: bytes, rng: random.Random) -> bytes:
    old, new = rng.choice(
        ((b".", b","), (b",", b"."), (b"\t", b" "), (b" ", b"\t"), (b";", b","), (b",", b";"))
        + ((b" ", b";"), (b"\t", b";"), (b"e", b"D"), (b"0", b"O"), (b"-", b"\xe2\x88\x92"))
    )
    return data.replace(old, new, rng.choice((1, 3, -1)))


def _line_ends_changed(data: bytes, rng: random.Random) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", rng.choice((b"\r\n", b"\r", b"\r\r\n")))


def _coding_changed(data: bytes, rng: random.Random) -> bytes:
    text = data.decode("latin-1")
    coding = rng.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32", "cp037", "utf-8"))
    return text.encode(coding, "replace")


KINDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _bits_flipped,
    _bytes_replaced,
    _cut_off,
    _beginning_lost,
    _lines_lost,
    _lines_swapped,
    _part_doubled,
    _whole_doubled,
    _part_moved,
    _zeros_inside,
    _words_inside,
    _cell_lost,
    _sign_exchanged,
    _line_ends_changed,
    _coding_changed,
)


def mutated(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Return a damaged copy and what was done to it: one kind of damage, or up to three."""
    if content.startswith(_PACKED) and rng.random() < 0.5:
        return _damaged_inside(content, rng)
    done = []
    limit = LARGEST_GROWTH * len(content) + 4096
    for kind in rng.choices(KINDS, k=rng.choice((1, 1, 1, 2, 3))):
        damaged = kind(content, rng) if content else content
        if len(damaged) <= limit:
            content = damaged
            done.append(kind.__name__.strip("_").replace("_", " "))
    return ", ".join(done), content


_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_PACKED = (_ZIP, _GZIP)


def _damaged_inside(content: bytes, rng: random.Random) -> tuple[str, bytes]:
    """Return a packed file with one part damaged and packed again, its checksums right."""
    if content.startswith(_GZIP):
        done, text = mutated(gzip.decompress(content), rng)
        return f"inside: {done}", gzip.compress(text, mtime=0)
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as made,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        chosen = rng.choice(made.namelist())
        for name in made.namelist():
            part = made.read(name)
            if name == chosen:
                done, part = mutated(part, rng)
            written.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return f"inside {chosen}: {done}", stream.getvalue()


class Mutation(NamedTuple):
    """A damaged copy: its number, a file name with the ending of its seed, its story, its bytes."""

    number: int
    file: str
    story: str
    content: bytes


def mutations(
    seeds: Mapping[str, bytes], count: int, seed: int, start: int = 0
) -> Iterator[Mutation]:
    """Yield the damaged copies `start` to `count` of some files in turn.

    They are always the same, whatever the start.
    """
    names = sorted(seeds)
    for number in range(start, count):
        name = names[number % len(names)]
        done, content = mutated(seeds[name], random.Random(f"{seed} {number}"))
        file = f"damaged{PurePath(name).suffix}"
        yield Mutation(number, file, f"{name}, mutation {number}: {done}", content)
