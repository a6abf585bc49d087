"""One run at a time puts its files in their places, also after another one was killed there."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from spectrafit.errors import SpectrafitError

__all__ = ["turn"]

_FILE = ".writing"
_WAIT_SECONDS = 60.0  # renaming a few thousand files takes a second
_LOOK_SECONDS = 0.02
_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextmanager
def turn(folder: Path) -> Iterator[None]:
    """Hold a results folder while files are put in their places; another run waits for its turn.

    The system lets go of it when the process ends, however it ends: no lock is ever left behind. A
    drive that knows no locks is written without.

    Parameters
    ----------
    folder : Path
        Results folder, which exists.

    Yields
    ------
    None

    Raises
    ------
    SpectrafitError
        When another run holds it for more than a minute.
    """
    file = folder / _FILE
    stream = _taken(file, time.monotonic() + _WAIT_SECONDS)
    try:
        yield
    finally:
        if stream is not None:
            _let_go(file, stream)


def _taken(file: Path, until: float) -> BinaryIO | None:
    """Return the file that is held; None where there are no locks."""
    while True:
        try:
            stream = file.open("ab")
        except OSError:  # what cannot be written is told by what is to be written there
            return None
        try:
            _lock(stream.fileno())
            if os.path.samestat(os.fstat(stream.fileno()), file.stat()):
                return stream
        except FileNotFoundError:  # whoever held it has removed it: the next one makes it anew
            pass
        except OSError as error:
            if error.errno not in _HELD:
                stream.close()
                return None
            if time.monotonic() > until:
                stream.close()
                raise SpectrafitError(
                    "another run has been writing there for a minute",
                    where=str(file.parent),
                    do="wait until it has ended, or choose another folder with --out",
                    code="RUN-010",
                ) from None
            time.sleep(_LOOK_SECONDS)
        stream.close()


def _let_go(file: Path, stream: BinaryIO) -> None:
    # no other run may hold a file of this name that is another one; Windows removes none that is open
    if os.name == "nt":
        stream.close()
    with contextlib.suppress(OSError):
        file.unlink()
    stream.close()


if sys.platform == "win32":

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
