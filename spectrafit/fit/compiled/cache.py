"""Where compiled code is kept: a folder named after the text it was compiled from."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["cache_folder", "caching"]


def cache_folder() -> Path:
    """Return the folder of compiled code, made where it can be written.

    Its name holds the digest of every line shape and of the engine, because numba's own stamp looks
    at one file alone: an edited line would silently keep its old code. It lies in the user's cache
    folder, or in the temporary folder where that cannot be written.

    Returns
    -------
    pathlib.Path
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for folder in (here.parent.parent / "lines", here):
        for path in sorted(folder.glob("*.py")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    name = f"compiled-{digest.hexdigest()[:16]}"
    for base in _bases():
        folder = base / "spectrafit" / name
        if _is_writable(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="spectrafit-compiled-"))


def _bases() -> tuple[Path, ...]:
    given = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    if given:
        user = Path(given)
    elif sys.platform == "darwin":
        user = Path("~/Library/Caches").expanduser()
    else:
        user = Path("~/.cache").expanduser()
    who = os.environ.get("USER") or os.environ.get("USERNAME") or "user"
    return user, Path(tempfile.gettempdir()) / f"cache-of-{who}"


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@contextmanager
def caching() -> Iterator[None]:
    """Let what is decorated inside keep its compiled code in `cache_folder`."""
    from numba import config

    before = config.CACHE_DIR
    config.CACHE_DIR = str(cache_folder())
    try:
        yield
    finally:
        config.CACHE_DIR = before
