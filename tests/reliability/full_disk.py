"""Drives of a few kilobytes, and drives that cannot be written, where this process may mount them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAGE = 4096


def _done(*command: object) -> bool:
    return subprocess.run([*map(str, command)], capture_output=True, check=False).returncode == 0


@contextmanager
def small_drive(place: Path, size: int) -> Iterator[Path]:
    """Hold an empty drive of so many bytes at a place, which is made.

    Raises
    ------
    PermissionError
        Where this process may not mount one.
    """
    place.mkdir(parents=True, exist_ok=True)
    if not _done("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place):
        raise PermissionError("this process may not mount a drive")
    try:
        yield place
    finally:
        _done("umount", place) or _done("umount", "-l", place)


def grow(place: Path, size: int) -> None:
    """Give a drive another size."""
    assert _done("mount", "-o", f"remount,size={size}", place)


def make_read_only(place: Path) -> None:
    """Let nothing be written to a drive any more."""
    assert _done("mount", "-o", "remount,ro", place)


def can_mount() -> bool:
    """Return whether this process may mount drives."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        return False
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        try:
            with small_drive(Path(name) / "drive", PAGE):
                return True
        except PermissionError:
            return False
