"""What killed runs have left in a results folder, which no later run would look at."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

from spectrafit.reporting.last_run import JOURNAL

__all__ = ["ASIDE", "remove_leftovers"]

ASIDE = ".part-"
"""How folders begin in which a report is written before it is moved to its place."""
_SECONDS = 3600.0  # a run that lives writes a file every few milliseconds there


def remove_leftovers(folder: Path) -> None:
    """Remove what was written aside and is still there an hour after anything was added to it.

    Parameters
    ----------
    folder : Path
        Results folder.
    """
    aside = (*folder.glob(f"{ASIDE}*"), *(folder / JOURNAL).glob("*.part"))
    before = time.time() - _SECONDS
    with contextlib.suppress(OSError):  # it may be removed by another run: then it is gone as well
        for path in aside:
            if max(one.stat().st_mtime for one in (path, *path.rglob("*"))) > before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
