"""Reference spectra that ship with the suite, and their index."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spectrafit.errors import SpectrafitError
from spectrafit.history import frozen_mapping

__all__ = ["ReferenceEntry", "entries", "root"]

ENVIRONMENT = "SPECTRAFIT_REFERENCE"


@dataclass(frozen=True)
class ReferenceEntry:
    """One file of the index.

    Parameters
    ----------
    path : str
        Relative to `root`, with forward slashes.
    what : str
        One sentence.
    simulated : bool
        Whether it is simulated.
    sha256 : str
        Of the file's bytes.
    technique : str
        That simulated it; empty for a measured file.
    settings : str
        File of the simulation's settings, relative to `root`.
    values : mapping
        Settings that differ from that file.
    seed : int
        Of the noise.
    """

    path: str
    what: str
    simulated: bool
    sha256: str
    technique: str = ""
    settings: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen_mapping(self.values))


def root() -> Path:
    """Return the folder of the reference spectra.

    Returns
    -------
    Path
        Named by the environment variable SPECTRAFIT_REFERENCE, else the packaged folder, else the
        repository's.

    Raises
    ------
    SpectrafitError
        When none of them is there.
    """
    given = os.environ.get(ENVIRONMENT)
    here = Path(__file__).resolve().parent
    places = (
        [Path(given)] if given else [here / "_reference_spectra", here.parent / "reference_spectra"]
    )
    for place in places:
        if (place / "index.toml").is_file():
            return place
    raise SpectrafitError(
        "the reference spectra are not there",
        where=", ".join(str(place) for place in places),
        do=f"install the suite again, or set {ENVIRONMENT}",
    )


def entries() -> tuple[ReferenceEntry, ...]:
    """Return the index of the reference spectra.

    Returns
    -------
    tuple of ReferenceEntry

    Raises
    ------
    SpectrafitError
        When the index is not there or cannot be read.
    """
    file = root() / "index.toml"
    try:
        index = tomllib.loads(file.read_text(encoding="utf-8"))
        return tuple(ReferenceEntry(**row) for row in index["file"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SpectrafitError(
            f"index.toml cannot be read: {type(error).__name__}: {error}",
            where=str(file),
            do=f"install the suite again, or set {ENVIRONMENT} to another folder",
        ) from error
