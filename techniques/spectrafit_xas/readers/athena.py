"""The reader of Athena projects: every record is a recording.

A project is a text of Perl assignments (``@x = ('7010.7', ...);``) or, since Demeter 0.9.26, JSON;
either may be packed with gzip. The text is cut into tokens and never evaluated. Layout: B. Ravel,
Athena users' guide, and projects of both kinds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.cell import is_number
from spectrafit.encoding import decoded, file_content
from spectrafit.errors import ReadError
from spectrafit.recording import Column, Recording
from spectrafit.size_limits import require_rows
from spectrafit.spectrum import FloatArray
from spectrafit.strict_json import json_value
from spectrafit_xas.readers.scan_file import ScanFile, notice, plain_number
from spectrafit_xas.readers.xdi_header import ELEMENT_SYMBOLS

__all__ = ["UNPACKED_LIMIT", "AthenaReader", "athena_reader"]

UNPACKED_LIMIT = 64_000_000  # bytes; the projects at hand hold 0.1 million
LARGEST_RATIO = 40.0  # of unpacked to packed; projects have 2 to 6
SMALL_PROJECT = 1_000_000  # bytes below which any ratio is taken
_GZIP = b"\x1f\x8b"
_MARK = re.compile(rb"Athena (?:project|record) file", re.IGNORECASE)
_DEPTH = 8
_MOST_TOKENS = 8_000_000
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<comment>\#[^\n]*)
    | '(?P<single>(?:[^'\\]|\\.)*)'
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | (?P<variable>[$@%][A-Za-z_]\w*)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<sign>=>|[=,;()\[\]{}])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ARRAYS = ("x", "y", "i0", "signal", "stddev", "std")
_WRONG = "the file is damaged, or no Athena project: save it again with Athena"


def _unpacked(content: bytes, where: str) -> bytes:
    """Return the text of a project, refusing one that unpacks to more than a limit."""
    if not content.startswith(_GZIP):
        return content
    limit = min(UNPACKED_LIMIT, max(SMALL_PROJECT, int(LARGEST_RATIO * len(content))))
    machine = zlib.decompressobj(wbits=31)
    try:
        text = machine.decompress(content, limit + 1)
    except zlib.error as error:
        raise ReadError(f"the gzip file is damaged: {error}", where=where, do=_WRONG) from error
    if len(text) > limit:
        raise ReadError(
            f"the file unpacks from {len(content)} to more than {limit} bytes",
            where=where,
            do="split the project, or export its records as columns",
        )
    if not machine.eof:
        raise ReadError("the gzip file is cut off", where=where, do=_WRONG)
    if machine.unused_data.strip(b"\0"):
        raise ReadError("there is more behind the end of the gzip file", where=where, do=_WRONG)
    return text


def _tokens(text: str, where: str) -> Iterator[tuple[str, str]]:
    place, count, end = 0, 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        count += 1
        if match is None or match.end() == place or count > _MOST_TOKENS:
            line = text.count("\n", 0, place) + 1
            raise ReadError(
                f"{text[place : place + 30].strip()!r} is no Perl value",
                where=f"{where}:{line}",
                do=_WRONG,
            )
        place = match.end()
        kind = match.lastgroup or ""
        if kind != "comment":
            yield kind, match[kind]


def _value(
    token: tuple[str, str], tokens: Iterator[tuple[str, str]], where: str, depth: int
) -> Any:
    """Return a string, None, or a list; a hash comes as the list of its keys and values."""
    kind, text = token
    if kind in ("single", "double"):
        return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
    if kind == "number":
        return text
    if kind == "word":
        return None if text == "undef" else text
    if kind == "sign" and text in "([{" and depth < _DEPTH:
        found: list[Any] = []
        for each in tokens:
            if each[0] == "sign" and each[1] in (")", "]", "}"):
                return found
            if each[0] == "sign" and each[1] in (",", "=>"):
                continue
            found.append(_value(each, tokens, where, depth + 1))
    raise ReadError(f"{text[:30]!r} where a value is expected", where=where, do=_WRONG)


def _perl_records(text: str, where: str) -> list[dict[str, Any]]:
    """Return name, args and arrays of each record; other variables are read and left out."""
    records: list[dict[str, Any]] = []
    current: dict[str, Any] = {}
    tokens = _tokens(text, where)
    for kind, name in tokens:
        if kind == "variable":
            if next(tokens, ("", "")) != ("sign", "="):
                raise ReadError(f"no value of {name}", where=where, do=_WRONG)
            value = _value(next(tokens, ("", "")), tokens, where, 0)
            if next(tokens, ("", "")) != ("sign", ";"):
                raise ReadError(f"more than one value of {name}", where=where, do=_WRONG)
            if name == "$old_group":
                current = {"name": value}
            elif name[1:] in (*_ARRAYS, "args"):
                current[name[1:]] = value
        elif (kind, name) == ("word", "record"):
            records.append(current)
            current = {}
    if current.get("x"):
        raise ReadError("the last record does not end", where=where, do=_WRONG)
    for record in records:
        args = record.get("args") or []
        keys = [str(key) for key in args[::2]] if isinstance(args, list) else []
        record["args"] = dict(zip(keys, args[1::2], strict=False))
    return records


def _json_records(text: str, where: str) -> list[dict[str, Any]]:
    try:
        table = json_value(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"no JSON: {error}", where=where, do=_WRONG) from error
    if not isinstance(table, dict):
        raise ReadError("no records", where=where, do=_WRONG)
    records = []
    for name, entry in table.items():
        if isinstance(entry, dict) and "x" in entry:
            args = entry.get("args")
            if isinstance(args, list):
                args = dict(zip(map(str, args[::2]), args[1::2], strict=False))
            kept = {key: entry[key] for key in _ARRAYS if key in entry}
            records.append({"name": name, **kept, "args": args if isinstance(args, dict) else {}})
    return records


def _numbers(values: Any, what: str, where: str) -> FloatArray:
    words = [str(value).strip() for value in values] if isinstance(values, list) else [""]
    bad = next((word for word in words if not is_number(word, ".")), None)
    if bad is not None:
        raise ReadError(f"{bad[:30]!r} in {what} is no number", where=where, do=_WRONG)
    numbers = np.array([plain_number(word) for word in words])
    if not np.isfinite(numbers).all():
        raise ReadError(f"a number in {what} is too large", where=where, do=_WRONG)
    return numbers


def _truth(value: Any) -> bool:
    return str(value).strip() not in ("", "0", "None", "False")


def _columns(
    record: Mapping[str, Any], where: str
) -> tuple[list[Column], dict[str, str], list[Alert]]:
    """Return columns, roles and notices of a record."""
    args = record["args"]
    label = str(args.get("label") or record.get("name"))
    x = _numbers(record.get("x"), f"x of {label}", where)
    y = _numbers(record.get("y"), f"y of {label}", where)
    chi = _truth(args.get("is_chi", "0")) or args.get("datatype") == "chi"
    normal = _truth(args.get("is_nor", "0")) or args.get("datatype") == "norm"
    notices = []
    written = str(args.get("bkg_eshift") or "0").strip()
    shift = plain_number(written) if is_number(written, ".") else 0.0
    if chi:
        notices.append(notice(where, f"{label} holds chi(k), no absorption", "READ-002"))
        columns = [Column("k", x), Column("chi", y)]
    else:
        made = f"x {shift:+g} eV (bkg_eshift)" if shift else ""
        columns = [Column("energy", x + shift, "eV", made), Column("norm" if normal else "xmu", y)]
        if shift:
            columns.append(Column("energy_unshifted", x, "eV"))
            notices.append(notice(where, f"{label}: energy = {made}, the shift of the project"))
    for name in ("i0", "signal", "stddev", "std"):
        given = record.get(name)
        if not isinstance(given, list) or all(value in (None, "None", "") for value in given):
            continue
        values = _numbers(given, f"{name} of {label}", where)
        if values.size == x.size:
            columns.append(Column(name, values))
        else:
            text = f"{label}: {name} has {values.size} numbers, x has {x.size}: left out"
            notices.append(notice(where, text))
    if y.size != x.size:
        raise ReadError(f"{label}: {x.size} energies, {y.size} values", where=where, do=_WRONG)
    roles = {} if chi else {"x": "energy", "y": columns[1].name}
    return columns, roles, notices


def _header(args: Mapping[str, Any]) -> dict[str, str]:
    """Return what a record says of itself; lists are joined, tables left out."""
    found = {}
    for key, value in args.items():
        if isinstance(value, list):
            value = "\n".join(str(one) for one in value if isinstance(one, str))
        if value is not None and not isinstance(value, dict) and str(value).strip():
            found[str(key)] = str(value)
    return found


def _conditions(args: Mapping[str, Any]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    element = str(args.get("bkg_z") or "").strip().capitalize()
    edge = str(args.get("fft_edge") or "").strip().upper()
    label = str(args.get("label") or "").strip()
    if label:
        found["sample"] = label[:60]
    if element in ELEMENT_SYMBOLS:
        found["element"] = element
        if re.fullmatch(r"K|[LMN]\d?", edge):
            found["edge"] = edge
    return found


@dataclass(frozen=True)
class AthenaReader:
    """The reader of Athena projects."""

    name: str = "athena"
    title: str = "Athena project: a recording for every record"
    extensions: tuple[str, ...] = (".prj",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 where the first lines, unpacked where need be, say Athena project, else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        if head.startswith(_GZIP):
            try:
                head = zlib.decompressobj(wbits=31).decompress(head, 2000)
            except zlib.error:
                return 0.0
        return 1.0 if _MARK.search(head[:2000]) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return a recording for every record of a project.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            When the file is damaged, too large, or no project.
        """
        content = file_content(path)
        unpacked = _unpacked(content, path.name)
        require_rows(unpacked.count(b","), where=path.name, noun="values")
        text = decoded(unpacked, path.name)
        whole = "\n".join(text.lines)
        if not _MARK.search(whole[:4000].encode("utf-8", "replace")):
            raise ReadError(
                "no Athena project", where=path.name, do="read it with --reader columns"
            )
        json_text = whole.lstrip().startswith("{")
        records = (_json_records if json_text else _perl_records)(whole, path.name)
        file = ScanFile(path, content, self.name, text.notices)
        found = []
        for number, record in enumerate(records, 1):
            columns, roles, notices = _columns(record, path.name)
            if len(columns[0].values) < 2:
                raise ReadError(f"record {number} has one point", where=path.name, do=_WRONG)
            args = record["args"]
            found.append(
                file.recording(
                    columns,
                    _header(args),
                    scan=_label(args, number, records),
                    roles=roles,
                    conditions=_conditions(args),
                    notices=notices,
                )
            )
        if not found:
            raise ReadError("the project holds no record", where=path.name, do="leave it out")
        return tuple(found)


def _label(args: Mapping[str, Any], number: int, records: Sequence[Mapping[str, Any]]) -> str:
    """Return number and label of a record, without signs that a file name cannot hold."""
    if len(records) == 1:
        return ""
    label = re.sub(r"[^\w.+-]+", "_", str(args.get("label") or "")).strip("_.")[:60]
    return f"{number}_{label}" if label else str(number)


athena_reader = AthenaReader()
