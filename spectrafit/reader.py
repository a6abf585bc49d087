"""Readers: a file becomes recordings, or is refused with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit.size_limits import require_size

__all__ = [
    "HEAD_BYTES",
    "UNKNOWN_FORMAT",
    "Reader",
    "chosen_reader",
    "read",
    "read_with",
]

HEAD_BYTES = 4096
UNKNOWN_FORMAT = "SPF-101"


@runtime_checkable
class Reader(Protocol):
    """One file format."""

    @property
    def name(self) -> str:
        """Name on the command line."""

    @property
    def title(self) -> str:
        """One line for lists."""

    @property
    def extensions(self) -> tuple[str, ...]:
        """Usual file-name endings, with the dot; a hint for users, never a rule."""

    def sniff(self, path: Path, head: bytes) -> float:
        """Return how sure it is that the file is of its format, 0 (no) to 1, from its head."""

    def read(self, path: Path) -> Sequence[Recording]:
        """Return the recordings of a file, or raise `ReadError`."""


def checked_file(path: Path) -> bytes:
    """Return the first bytes of a file that exists, is not empty and not too large.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bytes
        The first `HEAD_BYTES` bytes.

    Raises
    ------
    ReadError
        When it cannot be opened, is no plain file, is empty, or is larger than
        `spectrafit.size_limits.size_limit`.
    """
    try:
        require_size(path, where=str(path))
        with path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
    except OSError as error:
        raise ReadError(
            error.strerror or "cannot be opened",
            where=str(path),
            do="check the path and its rights",
        ) from error
    if not head:
        raise ReadError("the file is empty", where=str(path), do="leave it out")
    return head


def chosen_reader(path: Path, head: bytes, readers: Sequence[Reader]) -> Reader:
    """Return the reader that is surest of a file.

    Parameters
    ----------
    path : Path
        The file.
    head : bytes
        Its first bytes.
    readers : sequence of Reader
        Who is asked.

    Returns
    -------
    Reader

    Raises
    ------
    ReadError
        When none knows the file, or two are equally sure.
    """
    votes = sorted(((r.sniff(path, head), r.name, r) for r in readers), key=lambda v: (-v[0], v[1]))
    if not votes or votes[0][0] <= 0:
        names = ", ".join(sorted(reader.name for reader in readers))
        raise ReadError(
            "no reader knows this file",
            where=str(path),
            do=f"name one with --reader: {names}",
            code=UNKNOWN_FORMAT,
        )
    equal = [name for confidence, name, _ in votes if confidence == votes[0][0]]
    if len(equal) > 1:
        raise ReadError(
            f"the readers {' and '.join(equal)} are equally sure of this file",
            where=str(path),
            do=f"name one: --reader {equal[0]}",
        )
    return votes[0][2]


def read_with(path: Path, readers: Sequence[Reader]) -> tuple[Recording, ...]:
    """Return the recordings of a file, read by the surest of some readers.

    Parameters
    ----------
    path : Path
        The file.
    readers : sequence of Reader
        Who is asked; a single one is taken without asking.

    Returns
    -------
    tuple of Recording

    Raises
    ------
    ReadError
        When the file is refused.
    """
    head = checked_file(path)
    reader = readers[0] if len(readers) == 1 else chosen_reader(path, head, readers)
    recordings = tuple(reader.read(path))
    if not recordings:
        raise ReadError("the file holds no scan", where=str(path), do="leave it out")
    return recordings


def read(path: str | Path, *, reader: str = "") -> tuple[Recording, ...]:
    """Return the recordings of a file.

    Parameters
    ----------
    path : str or Path
        The file.
    reader : str, optional
        Name of a reader; the surest is taken when empty.

    Returns
    -------
    tuple of Recording

    Raises
    ------
    ReadError
        When the file is refused, with place and remedy.
    PluginError
        When there is no reader of that name.
    """
    from spectrafit import registry

    readers = (registry.reader(reader),) if reader else registry.readers()
    return read_with(Path(path), readers)
