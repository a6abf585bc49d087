"""When a scan was started, from what its header says."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from spectrafit.recording import Recording

__all__ = ["same_beamtime", "start_time"]

_CLOCK = r"(\d{1,2}):(\d{2}):(\d{2})"
_ISO = re.compile(rf"\b(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})[T ]+{_CLOCK}")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})[-./](\d{{1,2}})[-./](\d{{4}})[T ,]+{_CLOCK}")
_CTIME = re.compile(rf"\b([A-Z][a-z]{{2}})[a-z]*\.? +(\d{{1,2}}) +{_CLOCK} +(\d{{4}})")
_WORDS = re.compile(r"\b(\d{1,2})\.? +([^\W\d_]{3,})\.? +(\d{4})\b")
_CLOCK_ONLY = re.compile(rf"\b{_CLOCK}\b")
# English, French and German beginnings of the months' names
_MONTHS = (
    ("jan",),
    ("feb", "fév", "fev"),
    ("mar", "mär"),
    ("apr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "aoû", "aou"),
    ("sep",),
    ("oct", "okt"),
    ("nov",),
    ("dec", "déc", "dez"),
)
_START = re.compile(r"start|date|time|begin|comment", re.IGNORECASE)
_NOT_START = re.compile(r"\bend|finish|stop", re.IGNORECASE)
SAME_BEAMTIME_S = 5 * 86_400.0
_PLACE = ("facility.name", "beamline.name")


def start_time(recording: Recording) -> float | None:
    """Return when a scan was started.

    Parameters
    ----------
    recording : Recording
        Whose header is searched for a date with a clock time, at its start, not its end.

    Returns
    -------
    float or None
        Seconds since 1970, the clock taken as it is, without a time zone; None where the header
        does not say.
    """
    day: tuple[int, int, int] | None = None
    clock: tuple[int, int, int] | None = None
    for key, text in recording.header.items():
        if not _START.search(f"{key} {text}") or _NOT_START.search(key):
            continue
        whole = _whole_time(text)
        if whole is not None:
            return whole
        day = day or _day(text)
        found = _CLOCK_ONLY.search(text)
        if clock is None and found and re.search("start|begin", key, re.IGNORECASE):
            clock = (int(found[1]), int(found[2]), int(found[3]))
    return _seconds(*day, *clock) if day and clock else None


def _whole_time(text: str) -> float | None:
    if match := _ISO.search(text):
        year, month, day, *clock = (int(part) for part in match.groups())
        return _seconds(year, month, day, *clock)
    if match := _DAY_FIRST.search(text):
        day, month, year, *clock = (int(part) for part in match.groups())
        return _seconds(year, month, day, *clock)
    if match := _CTIME.search(text):
        number = _month(match[1])
        clock = [int(match[3]), int(match[4]), int(match[5])]
        return _seconds(int(match[6]), number, int(match[2]), *clock) if number else None
    return None


def _day(text: str) -> tuple[int, int, int] | None:
    match = _WORDS.search(text)
    number = _month(match[2]) if match else 0
    return (int(match[3]), number, int(match[1])) if match and number else None


def _month(word: str) -> int:
    lower = word.lower()
    return next((i for i, names in enumerate(_MONTHS, 1) if lower.startswith(names)), 0)


def _seconds(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> float | None:
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
    except ValueError:
        return None


def same_beamtime(one: Recording, other: Recording) -> str:
    """Return why two scans are not of one beamtime, or an empty text.

    Parameters
    ----------
    one, other : Recording
        Two scans.

    Returns
    -------
    str
        Their headers name two places, or their times lie more than five days apart; empty also
        where the headers do not say.
    """
    for key in _PLACE:
        names = [_entry(recording, key) for recording in (one, other)]
        if all(names) and names[0] != names[1]:
            return f"{key} is {names[0]} and {names[1]}"
    times = start_time(one), start_time(other)
    if times[0] is not None and times[1] is not None:
        apart = abs(times[1] - times[0])
        if apart > SAME_BEAMTIME_S:
            return f"they are {apart / 86_400.0:.0f} days apart"
    return ""


def _entry(recording: Recording, key: str) -> str:
    return next((text for name, text in recording.header.items() if name.lower() == key), "")
