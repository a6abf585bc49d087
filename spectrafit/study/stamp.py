"""The last line of a drafted study: by it a later run sees whether files or text have changed."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

__all__ = ["Stamp", "stamp_of", "stamped"]

_LINE = re.compile(
    r"^# drafted from files ([0-9a-f]{12}), (\d{1,9}) lost, as text ([0-9a-f]{12})[^\n]*\n?", re.M
)


@dataclass(frozen=True)
class Stamp:
    """What a drafted study says of itself.

    Parameters
    ----------
    files : str
        Fingerprint of the files that it was made from.
    lost : int
        Scans that were left out because they were refused.
    edited : bool
        Whether the text was changed since.
    """

    files: str
    lost: int
    edited: bool


def stamped(text: str, files: str, lost: int) -> str:
    """Return a text with its stamp as the last line.

    Parameters
    ----------
    text : str
        A study.
    files : str
        Fingerprint of its files.
    lost : int
        Scans that were left out because they were refused.

    Returns
    -------
    str
    """
    body = text.rstrip("\n") + "\n"
    mark = f"# drafted from files {files}, {lost} lost, as text {_digest(body)}"
    return f"{body}{mark}: run FOLDER reads this line\n"


def stamp_of(text: str) -> Stamp | None:
    """Return the stamp of a study; None where it was not drafted.

    Parameters
    ----------
    text : str
        A study.

    Returns
    -------
    Stamp or None
    """
    found = list(_LINE.finditer(text))
    if not found:
        return None
    last = found[-1]
    rest = text[: last.start()] + text[last.end() :]
    return Stamp(last[1], int(last[2]), _digest(rest) != last[3])


def _digest(text: str) -> str:
    plain = text.replace("\r\n", "\n").lstrip("\ufeff").strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:12]
