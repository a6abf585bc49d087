"""Workbooks that are made to harm, seeded: each kind returns the bytes of one file."""

from __future__ import annotations

import io
import random
import stat
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache

Parts = Mapping[str, bytes]
Kind = Callable[[random.Random, str], bytes]
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


@cache
def sound_parts() -> Parts:
    """Return the parts of a sound workbook with a spectrum."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["wavenumber (cm-1)", "absorbance"])
    for number in range(40):
        sheet.append([2000.0 + number, 0.1 + 0.01 * (number % 7)])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Mapping[str, bytes] | Sequence[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """Return parts as an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items() if isinstance(parts, Mapping) else parts:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def with_sheet(rows: str, **more: bytes) -> bytes:
    """Return a workbook whose sheet has other rows."""
    parts = dict(sound_parts())
    text = parts[SHEET].decode()
    start, end = text.index("<sheetData>") + len("<sheetData>"), text.index("</sheetData>")
    parts[SHEET] = (text[:start] + rows + text[end:]).encode()
    return zipped({**parts, **more})


def escaping_names(secret: str) -> tuple[str, ...]:
    """Return names of parts that lead out of where an archive is unpacked."""
    return (
        *("../evil.txt", "../../../../outside/evil.txt", "xl/../../evil.txt", "/evil.txt"),
        *("..\\evil.txt", "C:\\evil.txt", "C:evil.txt", "\\\\server\\share\\evil.txt"),
        *("~/evil.txt", secret, "xl/worksheets/../../../evil.txt", "//evil.txt", ".."),
    )


def _name_leads_out(rng: random.Random, secret: str) -> bytes:
    name = rng.choice(escaping_names(secret))
    parts = [*sound_parts().items()]
    parts.insert(rng.randrange(len(parts) + 1), (name, b"written outside"))
    return zipped(parts)


def _name_with_a_zero_byte(rng: random.Random, secret: str) -> bytes:
    written = rng.choice(("xl/a", "xl/a.txt", "docProps/b", "c" * 200))
    content = zipped([*sound_parts().items(), (f"{written}Z../../evil.txt", b"x")])
    return content.replace(f"{written}Z..".encode(), f"{written}\0..".encode())


def _link(rng: random.Random, secret: str) -> bytes:
    target = rng.choice((secret, "../../..", "/etc/passwd"))
    name = rng.choice((SHEET, STRINGS, "xl/link"))
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    others = [(n, c) for n, c in sound_parts().items() if n != name]
    return zipped([*others, (entry, target.encode())])


def _bomb(rng: random.Random, secret: str) -> bytes:
    size = rng.choice((5, 20, 70)) * 1_000_000
    filling = rng.choice((b" ", b"\0", b"<c/>", b'<c r="A1"><v>1</v></c>', b"<row/>"))
    content = filling * (size // len(filling))
    name = rng.choice((SHEET, STRINGS, "xl/media/picture.png"))
    if name == SHEET:
        return with_sheet(content.decode())
    return zipped({**sound_parts(), name: content})


def _bomb_beside_noise(rng: random.Random, secret: str) -> bytes:
    """The archive as a whole has a small ratio, one part of it has not."""
    noise = rng.randbytes(200_000)
    filling = b"<c/>" * (rng.choice((3, 6)) * 1_000_000 // 4)
    return with_sheet(filling.decode(), **{"xl/media/noise.bin": noise})


def _nested(rng: random.Random, secret: str) -> bytes:
    content = zipped(sound_parts())
    for _ in range(rng.randint(1, 10)):
        content = zipped({**sound_parts(), SHEET: content})
    return content


def _lying_sizes(rng: random.Random, secret: str) -> bytes:
    """The list at the end says another unpacked size than there is."""
    bomb = rng.random() < 0.5
    rows = " " * 10_000_000 if bomb else "<row><c><v>1</v></c><c><v>2</v></c></row>"
    content = bytearray(with_sheet(rows))
    place = -1
    while (place := content.find(b"PK\x01\x02", place + 1)) >= 0:
        length = struct.unpack_from("<H", content, place + 28)[0]
        if content[place + 46 : place + 46 + length] == SHEET.encode():
            lie = rng.choice((0, 1, 100, 60_000, 0x7FFFFFFF, 0xFFFFFFFE))
            struct.pack_into("<I", content, place + 24, lie)
    return bytes(content)


def _many_entries(rng: random.Random, secret: str) -> bytes:
    count = rng.choice((2500, 5000, 8000))
    return zipped([*sound_parts().items(), *((f"xl/{n}.xml", b"") for n in range(count))])


def _one_content_for_many(rng: random.Random, secret: str) -> bytes:
    """Many entries of the list at the end share one packed content."""
    content = zipped({**sound_parts(), "xl/a.xml": bytes(900_000)})
    end = content.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    whole = content[start : start + size]
    last = whole[whole.rfind(b"PK\x01\x02") :]
    copies = rng.choice((100, 500, 1500))
    more = b"".join(last.replace(b"xl/a.xml", b"%08d" % n) for n in range(copies))
    tail = bytearray(content[end:])
    count = struct.unpack_from("<H", tail, 10)[0] + copies
    struct.pack_into("<HHII", tail, 8, count, count, size + len(more), start)
    return content[:start] + whole + more + bytes(tail)


def _cut_off(rng: random.Random, secret: str) -> bytes:
    content = zipped(sound_parts())
    return content[: rng.randrange(30, len(content) - 1)]


def _same_part_twice(rng: random.Random, secret: str) -> bytes:
    import warnings

    name = rng.choice((SHEET, "xl/workbook.xml", "[Content_Types].xml"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile says so when it writes such a thing
        return zipped([*sound_parts().items(), (name, b"<worksheet/>")])


def _growing_entities(rng: random.Random, secret: str) -> bytes:
    depth = rng.randint(5, 30)
    lines = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(depth))
    return _with_type(f'<!DOCTYPE x [<!ENTITY a0 "lol">{lines}]>', f"&a{depth};")


def _file_as_entity(rng: random.Random, secret: str) -> bytes:
    place = rng.choice((f"file://{secret}", secret, "file:///etc/passwd", "http://127.0.0.1:9/x"))
    kind = rng.choice(("<!ENTITY a SYSTEM", "<!ENTITY % p SYSTEM"))
    return _with_type(f'<!DOCTYPE x [{kind} "{place}">]>', "&a;")


def _with_type(declared: str, used: str) -> bytes:
    parts = dict(sound_parts())
    text = parts[SHEET].decode()
    text = text.replace("<worksheet", f"{declared}<worksheet", 1)
    row = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{used}</t></is></c></row>'
    parts[SHEET] = text.replace("<sheetData>", f"<sheetData>{row}").encode()
    return zipped(parts)


def _far_cells(rng: random.Random, secret: str) -> bytes:
    """A few marks stand for millions of empty cells."""
    kind = rng.randrange(3)
    if kind == 0:
        return with_sheet(f'<row r="{rng.choice((10**7, 10**9, 10**12))}"><c><v>1</v></c></row>')
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>{n}</v></c></row>' for n in range(1, 2000))
    if kind == 1:
        return with_sheet(rows)
    return with_sheet(f'<row r="1048576"><c r="A1048576"><v>1</v></c></row>{rows}')


def _long_words(rng: random.Random, secret: str) -> bytes:
    """Many cells name one long word, which stands in the file once."""
    word = "x" * 32_000
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<si><t>{word}</t></si></sst>"
    )
    count = rng.choice((5000, 20_000))
    rows = "".join(f'<row r="{n}"><c t="s"><v>0</v></c></row>' for n in range(1, count))
    types = sound_parts()["[Content_Types].xml"].decode()
    named = (
        f'<Override PartName="/{STRINGS}" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    types = types.replace("</Types>", named)
    return with_sheet(rows, **{STRINGS: strings.encode(), "[Content_Types].xml": types.encode()})


def _locked_or_packed_otherwise(rng: random.Random, secret: str) -> bytes:
    content = bytearray(zipped(sound_parts()))
    for mark, place in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(mark)
        if rng.random() < 0.5:
            content[at + place] |= 1  # locked with a password
        else:
            struct.pack_into("<H", content, at + place + 2, rng.choice((9, 12, 14, 93, 99)))
    return bytes(content)


def _no_workbook(rng: random.Random, secret: str) -> bytes:
    names = rng.sample(escaping_names(secret), 3)
    return zipped({"a.txt": b"no workbook", **dict.fromkeys(names, b"x")})


def _part_elsewhere(rng: random.Random, secret: str) -> bytes:
    """A relation inside names a part outside."""
    parts = dict(sound_parts())
    name = "xl/_rels/workbook.xml.rels"
    target = rng.choice((f"file://{secret}", f"../../../..{secret}", secret, "http://127.0.0.1:9/"))
    text = parts[name].decode().replace("/xl/worksheets/sheet1.xml", target)
    parts[name] = text.encode()
    return zipped(parts)


KINDS: tuple[Kind, ...] = (
    _name_leads_out,
    _name_with_a_zero_byte,
    _link,
    _bomb,
    _bomb_beside_noise,
    _nested,
    _lying_sizes,
    _many_entries,
    _one_content_for_many,
    _cut_off,
    _same_part_twice,
    _growing_entities,
    _file_as_entity,
    _far_cells,
    _long_words,
    _locked_or_packed_otherwise,
    _no_workbook,
    _part_elsewhere,
)
