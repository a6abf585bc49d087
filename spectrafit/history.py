"""Where a value comes from: its source file and every step since."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from spectrafit.strict_json import plain

__all__ = ["HistoryEntry", "Source", "file_source", "frozen_mapping"]


def frozen_mapping(values: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return a read-only copy of a mapping.

    Parameters
    ----------
    values : mapping or None
        None gives an empty mapping.

    Returns
    -------
    mapping
    """
    return MappingProxyType(dict(values or {}))


@dataclass(frozen=True)
class Source:
    """A file (or a named origin) with the checksum of its bytes.

    Parameters
    ----------
    name : str
        File name, or a sentence for a value without a file.
    sha256 : str
        Hexadecimal digest of the bytes; empty where there is no file.
    simulated : bool
        True where the file itself says that it is simulated.
    """

    name: str
    sha256: str = ""
    simulated: bool = False


def file_source(path: Path, content: bytes, *, simulated: bool = False) -> Source:
    """Return the source of a file's bytes.

    Parameters
    ----------
    path : Path
        The file; only its name is kept, so that results do not name a machine's folders.
    content : bytes
        The file's bytes.
    simulated : bool
        True where the file says that it is simulated.

    Returns
    -------
    Source
    """
    return Source(path.name, hashlib.sha256(content).hexdigest(), simulated)


@dataclass(frozen=True)
class HistoryEntry:
    """One step that made a value, with every setting it used.

    Parameters
    ----------
    step : str
        Name of the step, like ``"normalise"``.
    settings : mapping
        Plain JSON values by name; numbers in the unit that the name ends with (``_eV``).
    text : str
        One sentence for a reader, where the settings do not say it all.
    cites : tuple of str
        Keys of what that sentence cites.
    """

    step: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    cites: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = {key: plain(value) for key, value in self.settings.items()}
        object.__setattr__(self, "settings", frozen_mapping(values))

    def __reduce__(self) -> tuple[object, ...]:
        return (HistoryEntry, (self.step, dict(self.settings), self.text, self.cites))
