"""When a scan began, from its header; nothing is taken from the clock of a file system."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

__all__ = ["start_time"]

_KEYS = frozenset(
    {
        "scan start time",
        "scan started",
        "scan started at",
        "acquisition started",
        "acquisition started at",
        "start time",
        "start date",
        "started",
        "started at",
        "begin time",
        "date",
        "date time",
        "datetime",
        "timestamp",
        "time stamp",
        "d",
    }
)
_SENTENCE = re.compile(r"\b(?:scan|acquisition|measurement) started (?:at|on) (.+?)(?:,|;|$)", re.I)
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ]+(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:?\d{2})?"
)
_DAY_FIRST = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})[T ,]+(\d{1,2}:\d{2}(?::\d{2})?)")
_C_TIME = re.compile(
    r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})(?: [A-Z]{3,4})? (\d{4})"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def start_time(header: Mapping[str, str]) -> str:
    """Return when a scan began, in ISO 8601 as its header says it, or an empty text.

    Parameters
    ----------
    header : mapping of str to str
        The file's own header.

    Returns
    -------
    str
        Like ``2001-06-26T22:27:31``; with its offset where the header gives one. Empty where the
        header gives no day and hour, or a day that can be read in two ways (``03/04/2020``).
    """
    for key, text in header.items():
        words = " ".join(re.findall(r"[a-z]+", key.lower()))
        if words in _KEYS and (found := _written(text)):
            return found
    for key, text in header.items():
        sentence = _SENTENCE.search(f"{key}: {text}") or _SENTENCE.search(text)
        if sentence and (found := _written(sentence[1])):
            return found
    return ""


def _written(text: str) -> str:
    if match := _ISO.search(text):
        return _valid(f"{match[1]}T{_with_seconds(match[2])}{match[3] or ''}")
    if match := _DAY_FIRST.search(text):
        day, sign, month = int(match[1]), match[2], int(match[3])
        if sign != "." and day <= 12 and day != month:
            return ""  # the day or the month first: nobody can tell
        return _valid(f"{match[4]}-{month:02d}-{day:02d}T{_with_seconds(match[5].zfill(5))}")
    if (match := _C_TIME.search(text)) and match[1] in _MONTHS:
        month = _MONTHS.index(match[1]) + 1
        return _valid(f"{match[4]}-{month:02d}-{int(match[2]):02d}T{match[3]}")
    return ""


def _with_seconds(clock: str) -> str:
    return clock if clock.count(":") == 2 else f"{clock}:00"


def _valid(text: str) -> str:
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""
