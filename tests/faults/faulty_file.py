"""A faulty file with what must come of it: right numbers and a word about it, or a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from spectrafit import registry
from spectrafit.errors import ReadError
from spectrafit.recording import Recording

Numbers = Sequence[float] | ArrayLike


@dataclass(frozen=True)
class FaultyFile:
    """One file: its bytes, and the columns that are right or the words of its refusal.

    Parameters
    ----------
    name : str
        Of the file.
    content : bytes
        The whole file.
    says : str
        Words of a notice, or of the refusal; empty where there is nothing to say.
    columns : mapping of str to array_like
        Every column of the first recording, in order; empty where the file is refused.
    units : mapping of str to str
        Of columns.
    reader : str
        Name in the registry.
    family : str
        Which formats it stands for.
    recordings : int
        How many the file gives.
    T : float or None
        The temperature that the recording must have in K; ``nan`` for none.
    """

    name: str
    content: bytes
    says: str
    columns: Mapping[str, Numbers] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    reader: str = "columns"
    family: str = "columns"
    recordings: int = 1
    T: float | None = None

    @property
    def refused(self) -> bool:
        return not self.columns


@dataclass
class Corpus:
    """Faulty files of one reader, as they are written down."""

    family: str
    reader: str
    files: list[FaultyFile] = field(default_factory=list)

    def read(
        self,
        name: str,
        content: str | bytes,
        says: str,
        columns: Mapping[str, Numbers],
        *,
        units: Mapping[str, str] | None = None,
        recordings: int = 1,
        T: float | None = None,
    ) -> None:
        """Put down a file that is read: its columns, and words of its notice."""
        raw = content.encode() if isinstance(content, str) else content
        of = (columns, units or {}, self.reader, self.family, recordings, T)
        self.files.append(FaultyFile(name, raw, says, *of))

    def refuse(self, name: str, content: str | bytes, says: str) -> None:
        """Put down a file that is refused with some words."""
        raw = content.encode() if isinstance(content, str) else content
        self.files.append(FaultyFile(name, raw, says, reader=self.reader, family=self.family))


@dataclass(frozen=True)
class Came:
    """What came of a file.

    Parameters
    ----------
    refusal : ReadError or None
        Why it is not read.
    recordings : tuple of Recording
        What was read.
    faults : tuple of str
        In what it is not as put down; none of a wrong number in silence goes without one.
    silent : bool
        Whether numbers are wrong and no notice says so.
    """

    refusal: ReadError | None
    recordings: tuple[Recording, ...]
    faults: tuple[str, ...]
    silent: bool = False


def came_of(file: FaultyFile, folder: Path) -> Came:
    """Write a file, read it with its reader, and compare."""
    path = folder / file.name
    path.write_bytes(file.content)
    try:
        found = tuple(registry.reader(file.reader).read(path))
    except ReadError as refusal:
        return Came(refusal, (), tuple(_of_refusal(file, refusal)))
    finally:
        path.unlink()
    if file.refused:
        said = bool(found[0].notices)
        return Came(None, found, (f"read, not refused: {_said(found)}",), not said)
    wrong = list(_of_numbers(file, found))
    words = list(_of_words(file, found))
    return Came(None, found, (*wrong, *words), bool(wrong) and not _said(found))


def _of_refusal(file: FaultyFile, refusal: ReadError) -> list[str]:
    faults = [] if file.refused else [f"refused: {refusal}"]
    if file.says not in str(refusal):
        faults.append(f"says {refusal}, not {file.says}")
    if not refusal.where.startswith(file.name):
        faults.append(f"no place: {refusal.where!r}")
    if not refusal.do:
        faults.append(f"not what to do: {refusal}")
    if not refusal.code.startswith("SPF-"):
        faults.append(f"no code: {refusal.code!r}")
    return faults


def _of_numbers(file: FaultyFile, found: Sequence[Recording]) -> list[str]:
    faults = []
    if len(found) != file.recordings:
        faults.append(f"{len(found)} recordings, not {file.recordings}")
    first = found[0]
    if first.names != tuple(file.columns):
        return [*faults, f"columns {first.names}"]
    for name, expected in file.columns.items():
        wanted, values = np.asarray(expected, dtype=float), first.column(name).values
        if wanted.shape != values.shape or not np.allclose(
            values, wanted, rtol=1e-12, atol=0.0, equal_nan=True
        ):
            faults.append(f"{name} is {values[:5]}")
    for name, unit in file.units.items():
        if first.column(name).unit != unit:
            faults.append(f"{name} is in {first.column(name).unit!r}")
    T = first.conditions.get("T", np.nan)
    if file.T is not None and not np.isclose(float(T), file.T, rtol=1e-12, equal_nan=True):
        faults.append(f"T is {T}")
    return faults


def _of_words(file: FaultyFile, found: Sequence[Recording]) -> list[str]:
    said = _said(found)
    faults = []
    if file.says not in said:
        faults.append(f"says {said!r}, not {file.says!r}")
    if not file.says and said:
        faults.append(f"says {said!r}")
    places = (notice.where for one in found for notice in one.notices)
    faults += [f"no place: {place!r}" for place in places if not place.startswith(file.name)]
    return faults


def _said(found: Sequence[Recording]) -> str:
    """Return the notices, without the one that a file says itself that it is simulated."""
    notices = [notice for one in found for notice in one.notices if notice.code != "RUN-003"]
    return "\n".join(notice.text for notice in notices)
