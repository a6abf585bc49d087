"""Whether a recording is a log of a pyroelectric run, and what it is for."""

from __future__ import annotations

import re

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.recording import Recording
from spectrafit.technique import Suitability
from spectrafit_pyro.electrode import stated_area, stated_polarity
from spectrafit_pyro.readers.current_log import log_of

__all__ = ["suitability"]

_REFERENCE = re.compile(r"(?<![a-z])ref(?:erence)?(?![a-z])", re.IGNORECASE)
_LEAST_SPAN = 5.0  # K
_ASK_AREA = "area of the electrode in mm2, with area_error_mm2; without it there is no coefficient"
_ASK_POLARITY = (
    "+1 where the electrometer counts charge that leaves the electrode on the +u face as positive, -1 "
    "for leads the other way round; without it there are magnitudes only"
)


def suitability(recording: Recording) -> Suitability:
    """Return whether a recording holds time, temperature and current of a run in temperature.

    Parameters
    ----------
    recording : Recording
        Any; its name may have folders in front.

    Returns
    -------
    Suitability
        Role ``reference`` where the name says so. Area and polarity are asked for where the header
        does not state them; the polarity with an example, which the user confirms.
    """
    if not {"time", "temperature", "current"} <= set(recording.names):
        return Suitability(False, "no columns of time, temperature and current")
    try:
        log = log_of(recording)
    except SpectrafitError as error:
        return Suitability(False, error.what)
    span = float(np.ptp(log.temperature)) if len(log) else 0.0
    if span < _LEAST_SPAN:
        return Suitability(False, f"a current at a temperature that spans {span:.2g} K only")
    name = recording.name.rsplit("/", 1)[-1]
    role = "reference" if _REFERENCE.search(name) else "sample"
    prefix = "reference_" if role == "reference" else ""
    missing = {}
    if stated_area(recording.header).value is None:
        missing[f"{prefix}area_mm2"] = _ASK_AREA
    examples = {}
    if stated_polarity(recording.header).value is None:
        missing[f"{prefix}polarity"] = _ASK_POLARITY
        examples[f"{prefix}polarity"] = 1
    low, high = float(log.temperature.min()), float(log.temperature.max())
    return Suitability(
        True,
        f"a current while the temperature runs from {low:.0f} to {high:.0f} K",
        {"quantity": "pyroelectric current"},
        role=role,
        settings=examples,
        missing=missing,
    )
