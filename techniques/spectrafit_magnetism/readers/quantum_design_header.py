"""The header of Quantum Design files: which of its information lines begin with the key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

__all__ = ["HEADER_MARK", "header_entries"]

HEADER_MARK = re.compile(r"\s*\[header\][\s,]*", re.IGNORECASE)
"""The first line of such a file."""

_OLD_KEYS = frozenset({"NAME", "WEIGHT", "AREA", "LENGTH", "SHAPE", "COMMENT"})
_NEW_KEY = re.compile(r"APPNAME|[A-Z0-9]+(?:_[A-Z0-9]+)+")


def header_entries(lines: Sequence[str]) -> Mapping[str, str]:
    """Return the header of a file as a mapping, values word for word.

    Parameters
    ----------
    lines : sequence of str
        What stands above ``[Data]``.

    Returns
    -------
    mapping of str to str
        ``INFO`` lines by their key, others by their first word; values of a key that comes again
        stand on lines of their own. ``INFO`` lines whose order cannot be told are under ``INFO``.
    """
    infos = [line.split(",", 1)[1] for line in lines if line.startswith("INFO,")]
    value_first = _is_value_first(infos)
    entries: dict[str, list[str]] = {}
    for line in lines:
        if not line.strip() or HEADER_MARK.fullmatch(line):
            continue
        word, _, rest = line.partition(",")
        if line.startswith(";"):
            key, value = "comments", line.lstrip("; ")
        elif word == "INFO":
            key, value = _info(rest, value_first)
        else:
            key, value = word.strip(), rest.strip()
        entries.setdefault(key, []).append(value)
    return {key: "\n".join(values) for key, values in entries.items()}


def _is_value_first(infos: Sequence[str]) -> bool | None:
    """Return whether the value stands before its key, None where the known keys do not tell."""
    last = sum(bool(_NEW_KEY.fullmatch(info.rpartition(",")[2].strip())) for info in infos)
    first = 0
    for info in infos:
        key = info.partition(",")[0].partition(":")[0].strip()
        first += key in _OLD_KEYS or bool(_NEW_KEY.fullmatch(key))
    return None if first == last else last > first


def _info(rest: str, value_first: bool | None) -> tuple[str, str]:
    if value_first is None:
        return "INFO", rest.strip()
    if value_first:
        value, _, key = rest.rpartition(",")
    else:
        colon, comma = rest.find(":"), rest.find(",")
        mark = ":" if colon >= 0 and (comma < 0 or colon < comma) else ","
        key, _, value = rest.partition(mark)
        value = value.lstrip(" ,") if mark == ":" else value
    return (key.strip(), value.strip()) if key.strip() else ("INFO", rest.strip())
