"""TOML text of plain values; the standard library reads TOML but does not write it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

__all__ = ["toml_text", "value_text"]

BARE = re.compile(r"[A-Za-z0-9_-]+")


def value_text(value: Any) -> str:
    """Return one value as TOML.

    Parameters
    ----------
    value : bool, int, float, str, date, time, datetime, list, tuple or mapping
        What TOML knows.

    Returns
    -------
    str

    Raises
    ------
    TypeError
        For anything else: None, and a text that is no Unicode (half a surrogate pair).
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            raise TypeError(f"{value!r} is no Unicode text")
        # a JSON string is a TOML basic string, but for DEL, which TOML does not allow unescaped
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        # TOML's words for what is not finite; whoever reads it refuses it with its place
        return repr(float(value))
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(item) for item in value)}]"
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(k)} = {value_text(v)}" for k, v in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    raise TypeError(f"{type(value).__name__} has no TOML form")


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else value_text(key)


def toml_text(document: Mapping[str, Any]) -> str:
    """Return a document of tables, and arrays of tables, as TOML.

    Parameters
    ----------
    document : mapping
        Top-level tables by name; a list of mappings becomes an array of tables, a mapping inside
        a table an inline table.

    Returns
    -------
    str
        Ends with a line break.
    """
    blocks = []
    for name, value in document.items():
        tables = value if isinstance(value, list) else [value]
        mark = f"[[{_key(name)}]]" if isinstance(value, list) else f"[{_key(name)}]"
        for table in tables:
            rows = [f"{_key(key)} = {value_text(item)}" for key, item in table.items()]
            blocks.append("\n".join([mark, *rows]))
    return "\n\n".join(blocks) + "\n"
