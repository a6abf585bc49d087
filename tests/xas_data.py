"""Real spectra and peers' values on them, for several tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from data import shared_data

from spectrafit.reader import read
from spectrafit.recording import Recording


def xas_file(name: str) -> Path:
    return shared_data("xas", *name.split("/"))


def recording(name: str) -> Recording:
    return read(xas_file(name))[0]


def peer_values() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(xas_file("peer_values.json").read_text(encoding="utf-8"))
    return found
