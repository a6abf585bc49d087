"""Packed files other than workbooks that are made to harm, seeded."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zlib
from collections.abc import Callable

from faults.beamline_seeds import json_project, packed, perl, record
from faults.crafted_workbooks import escaping_names

Kind = Callable[[random.Random, str], bytes]
HEAD = b"# Athena project file -- Demeter version 0.9.20\n"


def _packed_in_pieces(head: bytes, piece: bytes, count: int) -> bytes:
    machine = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(
        (machine.compress(head), *(machine.compress(piece) for _ in range(count)), machine.flush())
    )


def _bomb(rng: random.Random, secret: str) -> bytes:
    filling = rng.choice((b" ", b"\0", b"\n", b"#", b"'1',", b"@x = ('1');\n", b"()"))
    size = rng.choice((3, 20, 70)) * 1_000_000
    piece = filling * (1_000_000 // len(filling))
    return _packed_in_pieces(HEAD, piece, size // len(piece))


def _nested(rng: random.Random, secret: str) -> bytes:
    content = perl(record("aaaa", "one"))
    for _ in range(rng.choice((2, 3, 20, 50))):
        content = packed(content)
    return content


def _cut_off(rng: random.Random, secret: str) -> bytes:
    content = packed(perl(record("aaaa", "one")))
    return content[: rng.randrange(3, len(content) - 1)]


def _more_behind(rng: random.Random, secret: str) -> bytes:
    more = rng.choice((packed(perl(record("bbbb", "two"))), b"#!/bin/sh\n", b"PK\x03\x04"))
    return packed(perl(record("aaaa", "one"))) + more


def _lying_trailer(rng: random.Random, secret: str) -> bytes:
    content = packed(perl(record("aaaa", "one")))
    lie = rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF))
    if rng.random() < 0.5:
        return content[:-4] + struct.pack("<I", lie)
    return content[:-8] + struct.pack("<I", lie) + content[-4:]


def _deep(rng: random.Random, secret: str) -> bytes:
    depth = rng.choice((50, 5000, 200_000))
    if rng.random() < 0.5:
        text = perl(record("aaaa", "one"))
        mark = rng.choice((b"[", b"(", b"{"))
        return packed(text.replace(b"@args = (", b"@args = (" + mark * depth))
    mark = rng.choice((b"[", b'{"a":'))
    head = b'{"_____header1": "# Athena project file", "a": '
    return packed(head + mark * depth)


def _commands(rng: random.Random, secret: str) -> bytes:
    command = rng.choice(
        ("system('id > ran')", "`id > ran`", "do { unlink 'x' }", "open(F,'>ran')")
    )
    text = perl(record("aaaa", "one"))
    return packed(text.replace(b"$old_group =", f"$old_group = {command};\n$x =".encode(), 1))


def _name_leads_out(rng: random.Random, secret: str) -> bytes:
    """A sound project whose gzip header names a place outside."""
    name = rng.choice(escaping_names(secret)).encode()
    body = packed(perl(record("aaaa", "one")))
    return body[:3] + bytes([body[3] | 8]) + body[4:10] + name + b"\0" + body[10:]


def _tar(rng: random.Random, secret: str) -> bytes:
    stream = io.BytesIO()
    coding = rng.choice(("w", "w:gz", "w:bz2", "w:xz"))
    with tarfile.open(fileobj=stream, mode=coding) as archive:  # type: ignore[call-overload]
        for name in rng.sample(escaping_names(secret), 3):
            member = tarfile.TarInfo(name)
            member.size = 4
            archive.addfile(member, io.BytesIO(b"evil"))
        link = tarfile.TarInfo("link")
        link.type = rng.choice((tarfile.SYMTYPE, tarfile.LNKTYPE))
        link.linkname = rng.choice((secret, "../../..", "/"))
        archive.addfile(link)
    return stream.getvalue()


def _other_packing(rng: random.Random, secret: str) -> bytes:
    content = rng.choice((perl(record("aaaa", "one")), bytes(5_000_000)))
    made = (bz2.compress, lzma.compress, zlib.compress, gzip.compress)
    return rng.choice(made)(content)


def _json_of_many_names(rng: random.Random, secret: str) -> bytes:
    project = json_project(record("aaaa", "one"))
    twice = project.replace(b'"aaaa":', b'"aaaa": 1, "aaaa":')
    return packed(twice if rng.random() < 0.5 else project.replace(b"7095", b"1e999"))


PROJECT_KINDS: tuple[Kind, ...] = (
    _bomb,
    _nested,
    _cut_off,
    _more_behind,
    _lying_trailer,
    _deep,
    _commands,
    _name_leads_out,
    _json_of_many_names,
)
OTHER_KINDS: tuple[Kind, ...] = (_tar, _other_packing)
