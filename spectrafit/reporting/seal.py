"""The checksum that ``results.json`` carries of its own content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

__all__ = ["SEAL", "is_altered", "sealed"]

SEAL = "content_sha256"
_APART = (SEAL, "written")


def sealed(results: Mapping[str, Any]) -> dict[str, Any]:
    """Return results with the checksum of all they hold, the time of writing apart.

    Parameters
    ----------
    results : mapping
        Plain JSON values.

    Returns
    -------
    dict
    """
    return {**results, SEAL: _digest(results)}


def is_altered(results: Mapping[str, Any]) -> bool | None:
    """Return whether results are not what they were when they were written.

    Spaces, line breaks and the order of names are no content.

    Parameters
    ----------
    results : mapping
        What was read from ``results.json``.

    Returns
    -------
    bool or None
        None where they have no checksum, as those of earlier versions.
    """
    if SEAL not in results:
        return None
    return bool(results[SEAL] != _digest(results))


def _digest(results: Mapping[str, Any]) -> str:
    content = {name: value for name, value in results.items() if name not in _APART}
    text = json.dumps(content, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
