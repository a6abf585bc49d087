"""Counts that no neighbours have: a counter that ran over, and a channel that stands apart."""

from __future__ import annotations

import numpy as np

from spectrafit.alert import Alert
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.readers.count_checks import notice

__all__ = ["jump_notices"]

_OVER_AT = (2.0**16, 1e6, 2.0**24, 2.0**32)
"""Where counters begin anew: 16, 24 and 32 bits, six decimal digits."""
_NEAR = 0.1
"""Share of that number by which a jump over it may miss it: far more than a line or its noise."""
_APART = 0.5
"""Of the median count: lines of absorbers are shallower, and their slopes spread over channels."""
_SIGMAS = 20.0
_SHOWN = 5


def jump_notices(counts: FloatArray, where: str) -> tuple[Alert, ...]:
    """Return notices of counts that jump as no spectrum does.

    Parameters
    ----------
    counts : ndarray, shape (n,)
        In channel order, from `checked_counts`.
    where : str
        File name, for messages.

    Returns
    -------
    tuple of Alert
        That a counter ran over at 65,536, 1,000,000 and the like, or that single channels are far
        above or below both neighbours. The first and last two channels, which may be half filled,
        are not looked at.
    """
    inner = counts[2:-2]
    if inner.size < 3:
        return ()
    steps = np.diff(inner)
    for over in _OVER_AT:
        jumps = np.flatnonzero(np.abs(np.abs(steps) - over) < _NEAR * over)
        if jumps.size and counts.max() < over:
            text = (
                f"the counts jump by about {number_text(over)} behind channel {int(jumps[0]) + 2}: "
                "a counter ran over, and these are not the counts that were measured"
            )
            return (notice(where, text, "READ-003"),)
    least = np.maximum(_APART * np.median(inner), _SIGMAS * np.sqrt(np.maximum(inner[1:-1], 1.0)))
    above = np.minimum(steps[:-1], -steps[1:])
    below = np.minimum(-steps[:-1], steps[1:])
    apart = np.flatnonzero(np.maximum(above, below) > least) + 3
    if not apart.size:
        return ()
    listed = ", ".join(f"{i} ({number_text(float(counts[i]))})" for i in apart[:_SHOWN])
    more = f" and {apart.size - _SHOWN} more" if apart.size > _SHOWN else ""
    noun = "channel stands" if apart.size == 1 else "channels stand"
    text = f"{noun} far apart from both neighbours: {listed}{more}"
    return (notice(where, text, "READ-002"),)
