"""Whether the absolute structure of a crystal is known well enough for its polarity."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit_structure.uncertainty import Measured

__all__ = ["FLACK_LIMIT", "FlackReading", "flack_reading"]

FLACK_LIMIT = 0.1
"""A Flack parameter or s.u. beyond it allows no statement of polarity."""


@dataclass(frozen=True)
class FlackReading:
    """Whether the absolute structure allows a statement of polarity.

    Parameters
    ----------
    allows : bool
    reason : str
        Why not, else empty.
    """

    allows: bool
    reason: str = ""


def flack_reading(flack: Measured | None) -> FlackReading:
    """Return whether a Flack parameter allows a statement of polarity.

    Parameters
    ----------
    flack : Measured or None
        x; 0 for the structure as given, 1 for its inverse (H. D. Flack, Acta Cryst. A39, 876
        (1983)).

    Returns
    -------
    FlackReading
        It does where neither ``|x|`` nor its s.u. is above 0.1.
    """
    if flack is None:
        return FlackReading(False, "no Flack parameter is given")
    if flack.su is None:
        return FlackReading(False, f"the Flack parameter has no s.u.: {flack.reason}")
    if abs(flack.value) > FLACK_LIMIT:
        return FlackReading(False, f"the Flack parameter {flack.value:g} is not near 0")
    if flack.su > FLACK_LIMIT:
        return FlackReading(False, f"the s.u. {flack.su:g} of the Flack parameter is too large")
    return FlackReading(True)
