"""Where compiled code is kept: a folder named after the text it was compiled from.

What lies there is loaded and run, so it is the user's alone: nothing from the folder of a study, of
results or of another user is ever taken.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spectrafit.errors import SettingsError

__all__ = ["cache_folder", "caching"]

_FOREIGN_SETTINGS = ".numba_config.yaml"
_OTHERS_MAY_WRITE = 0o022


def cache_folder() -> Path:
    """Return the folder of compiled code, made where this user alone can write it.

    Its name holds the digest of every line shape and of the engine, because numba's own stamp looks
    at one file alone: an edited line would silently keep its old code. It lies in the user's cache
    folder, or in the temporary folder where that cannot be written or others can write it too.

    Returns
    -------
    pathlib.Path
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    lines = here.parent.parent / "lines"
    for path in (*sorted(lines.glob("*.py")), here.parent / "bins.py", *sorted(here.glob("*.py"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    name = f"compiled-{digest.hexdigest()[:16]}"
    for above in _places():
        if _is_ours(above, name):
            return above / name
    return Path(tempfile.mkdtemp(prefix="spectrafit-compiled-"))


def _places() -> tuple[Path, ...]:
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if given and Path(given).is_absolute():  # a relative one would be a folder of the data
        user = Path(given)
    elif sys.platform == "darwin":
        user = Path("~/Library/Caches").expanduser()
    else:
        user = Path("~/.cache").expanduser()
    who = os.environ.get("USER") or os.environ.get("USERNAME") or "user"
    return user / "spectrafit", Path(tempfile.gettempdir()) / f"spectrafit-cache-of-{who}"


def _is_ours(above: Path, name: str) -> bool:
    """Return whether a folder and the one above it, made where need be, are written by us alone."""
    try:
        above.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (above, above / name):
            folder.mkdir(exist_ok=True, mode=0o700)
            if not _is_closed_to_others(folder):
                return False
        with tempfile.TemporaryFile(dir=above / name):
            return True
    except OSError:
        return False


def _is_closed_to_others(folder: Path) -> bool:
    if sys.platform == "win32":  # the folders of a user are closed there by the system
        return True
    found = folder.lstat()
    return (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & _OTHERS_MAY_WRITE
    )


@contextmanager
def caching() -> Iterator[None]:
    """Let what is decorated inside keep its compiled code in `cache_folder`.

    Yields
    ------
    None

    Raises
    ------
    SettingsError
        Where the current folder holds settings that numba would take: they can name code to load.
    """
    if "numba" not in sys.modules and os.path.lexists(_FOREIGN_SETTINGS):
        raise SettingsError(
            f"a file {_FOREIGN_SETTINGS} in the current folder changes how code is compiled",
            where=_FOREIGN_SETTINGS,
            do="move it away, or start in another folder",
        )
    from numba import config

    # the second name is not in every version of numba
    ours = {"CACHE_DIR": str(cache_folder()), "CACHE_LOCATOR_CLASSES": ""}
    before = {name: getattr(config, name, "") for name in ours}
    vars(config).update(ours)
    try:
        yield
    finally:
        vars(config).update(before)
