"""How far the resident memory of this process rose, in bytes."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")


def begun_peak() -> int:
    """Begin to look for the highest resident memory from now on; return where it begins.

    Linux forgets the peak before on request (proc(5), clear_refs); elsewhere the peak of the whole
    process counts, so that only what is above all before is seen.
    """
    if sys.platform == "linux":
        _RESET.write_text("5", encoding="ascii")
        return 1024 * _kilobytes("VmRSS")
    return _peak_of_process()


def risen_bytes(begun: int) -> int:
    """Return by how much the memory rose at its highest above where `begun_peak` began."""
    peak = 1024 * _kilobytes("VmHWM") if sys.platform == "linux" else _peak_of_process()
    return max(0, peak - begun)


def _kilobytes(name: str) -> int:
    for line in _STATUS.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise OSError(f"no {name} in {_STATUS}")


def _peak_of_process() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
