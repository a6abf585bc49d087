"""Whether a recording is a Mössbauer spectrum, and whether it is the alpha-iron run."""

from __future__ import annotations

import re

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_mossbauer.drive.calibration import calibrated
from spectrafit_mossbauer.drive.channels import channels_of

__all__ = ["suitability"]

ORIENTATION = "1 where velocity rises with the channel in the second branch, else -1"
_IRON = re.compile(
    r"(?<![a-z])(alpha|α|a)[ _-]*(fe|iron)(?![a-z])|(fe|iron)[ _-]*foil|calib|eichung",
    re.IGNORECASE,
)
_READERS = frozenset({"wissel", "mcs", "moe", "mca", "exp", "counts", "velocity"})
_FEWEST, _MOST = 64, 16384


def suitability(recording: Recording) -> Suitability:
    """Return whether a recording is counts by channel or velocity, and what it is for.

    Parameters
    ----------
    recording : Recording
        Any; its name may have folders in front.

    Returns
    -------
    Suitability
        Role ``calibration`` for alpha-iron: by the words of its name or header, or, where its
        temperature is not given, because it shows the six lines.
    """
    names = recording.names
    if "counts" not in names or recording.reader not in _READERS:
        return Suitability(False, "no counts by channel or velocity")
    size = len(recording)
    if not _FEWEST <= size <= _MOST:
        return Suitability(False, f"{size} channels; a spectrum has {_FEWEST} to {_MOST}")
    if "velocity" in names:
        return Suitability(
            True,
            "counts against velocity",
            {"axis": "velocity"},
            missing={"orientation": ORIENTATION},
        )
    why = f"counts of {size} channels, both branches"
    words = _iron_words(recording)
    if words:
        return Suitability(
            True, f"{why}; taken for alpha-iron: {words}", {"axis": "channels"}, role="calibration"
        )
    if "T" not in recording.conditions and _shows_six_lines(recording):
        return Suitability(
            True,
            f"{why}; taken for alpha-iron: it shows the six lines",
            {"axis": "channels"},
            role="calibration",
        )
    return Suitability(True, why, {"axis": "channels"}, missing={"orientation": ORIENTATION})


def _iron_words(recording: Recording) -> str:
    for place, text in (
        ("name", recording.name.rsplit("/", 1)[-1]),
        *((key, recording.header.get(key, "")) for key in ("sample", "absorber", "title")),
    ):
        if found := _IRON.search(text):
            return f"{found[0]!r} in its {place}"
    return ""


def _shows_six_lines(recording: Recording) -> bool:
    try:
        calibrated(channels_of(recording))
    except SpectrafitError:
        return False
    return True
