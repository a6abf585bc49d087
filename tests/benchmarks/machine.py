"""What measured: processor, cores, versions; nothing that names a machine."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numpy", "scipy", "lmfit", "numba")


def machine() -> str:
    """Return processor, cores, system and versions in one line."""
    kind = _kind()
    processor = f"{_processor()} ({kind})" if kind else _processor()
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"{processor}, {cores()} cores, {platform.system()}; "
        f"Python {platform.python_version()}, {versions}"
    )


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def load() -> float | None:
    """Return how many processes ran or waited in the last minute; None where nobody counts."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def quiet() -> str:
    """Return in words whether other work disturbed."""
    found = load()
    if found is None:
        return "load unknown"
    busy = "a noisy machine: read every time to ±30 %" if found > 0.3 * cores() else "quiet"
    return f"load {found:.1f} before, {busy}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    if sys.platform == "darwin":
        words = ["sysctl", "-n", "machdep.cpu.brand_string"]
        found = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
        return found.stdout.strip() or platform.machine()
    return platform.processor() or platform.machine()


def _kind() -> str:
    """Return the kind of core that code is compiled for; empty without numba."""
    try:
        from llvmlite import binding
    except ImportError:
        return ""
    return str(binding.get_host_cpu_name())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
