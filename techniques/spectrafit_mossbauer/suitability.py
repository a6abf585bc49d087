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
CALIBRATION = "the raw alpha-iron run of the same drive: counts by channel give no velocity"
# not the iron of alpha-Fe2O3 or alpha-FeOOH, nor that of "a Fe complex"
_IRON = re.compile(
    r"(?<![a-z])((alpha|α)[ _-]*|a-?)(fe|iron)(?!\d*[a-z])|(?<![a-z])(fe|iron)[ _-]*foil|calib|eichung",
    re.IGNORECASE,
)
ROOM_K = 270.0
"""K: from here on a spectrum may be the alpha-iron run, which is taken at room temperature."""
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
        temperature is not given or that of a room, because it shows the six lines.
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
    if _may_be_warm(recording) and _shows_six_lines(recording):
        return Suitability(
            True,
            f"{why}; taken for alpha-iron: it shows the six lines",
            {"axis": "channels"},
            role="calibration",
        )
    asked = {"calibration": CALIBRATION, "orientation": ORIENTATION}
    return Suitability(True, why, {"axis": "channels"}, missing=asked)


def _iron_words(recording: Recording) -> str:
    for place, text in (
        ("name", recording.name.rsplit("/", 1)[-1]),
        *((key, recording.header.get(key, "")) for key in ("sample", "absorber", "title")),
    ):
        if found := _IRON.search(text):
            return f"{found[0]!r} in its {place}"
    return ""


def _may_be_warm(recording: Recording) -> bool:
    T = recording.conditions.get("T")
    return not isinstance(T, int | float) or T >= ROOM_K


def _shows_six_lines(recording: Recording) -> bool:
    try:
        calibrated(channels_of(recording))
    except SpectrafitError:
        return False
    return True
