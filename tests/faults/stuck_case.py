"""Work that hangs at one number and dies at another: what the watch over processes must stand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from faults.tally import Tally

HANGS, DIES, SPEAKS = 3, 7, 12


def stuck(name: str, start: int, stop: int, folder: Path, begun: Callable[[int], None]) -> Tally:
    """Count numbers."""
    for number in range(start, stop):
        begun(number)
        if number == HANGS:
            time.sleep(600.0)
        if number == DIES:
            os._exit(3)
        if number == SPEAKS:
            os.write(2, b"a library speaks")
    return Tally(stop - start, read=stop - start)
