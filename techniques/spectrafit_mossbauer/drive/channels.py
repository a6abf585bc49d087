"""The counts of a drive's period by channel, with what is left out of every fit and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import ReadError, SettingsError
from spectrafit.history import Source, frozen_mapping
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray, read_only
from spectrafit.start_time import start_time

__all__ = ["EDGE", "BoolArray", "Channels", "channels_of"]

BoolArray = NDArray[np.bool_]

EDGE = 3
"""Channels left out at either end: a counter opens and closes during them."""

# a channel next to an edge with a smaller share of the local level was not counted for its full time
_FILLED = 0.9
# and it must be this many standard deviations below: at few counts a share says nothing
_SIGNIFICANT = 5.0
# a longer run below the level is absorption: in channels, of all
_LONGEST_RUN = 1.0 / 64.0
_LEVEL_FROM = 24
# an empty channel where so many counts are expected is dead: chance gives it in e^-25
_DEAD_FROM = 25.0
_FEWEST = 32


@dataclass(frozen=True, eq=False)
class Channels:
    """Counts by channel; the index is the channel number from 0.

    Parameters
    ----------
    counts : array_like, shape (N,)
        As measured, both branches, unfolded.
    used : array_like of bool, shape (N,)
        Whether a channel takes part in fits.
    left_out : tuple of (int, str)
        Channels that do not, each with its reason.
    name : str
        Of the recording.
    conditions : mapping
        Numbers in base units by name (``{"T": 8.0}`` in K), or text.
    source : Source
        File and checksum.
    date : str
        When it was counted, in ISO 8601; empty where the file does not say.
    """

    counts: FloatArray
    used: BoolArray
    left_out: tuple[tuple[int, str], ...] = ()
    name: str = ""
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    source: Source = Source("in memory")
    date: str = ""

    def __post_init__(self) -> None:
        put = object.__setattr__
        used = np.array(self.used, dtype=np.bool_)
        used.setflags(write=False)
        put(self, "counts", read_only(self.counts))
        put(self, "used", used)
        put(self, "conditions", frozen_mapping(self.conditions))
        if self.counts.ndim != 1 or self.counts.shape != used.shape:
            raise ReadError(
                f"counts of shape {self.counts.shape} and {used.shape} channels",
                where=self.name,
                do="give one count a channel",
            )

    def __reduce__(self) -> tuple[object, ...]:
        return (
            Channels,
            (
                np.array(self.counts),
                np.array(self.used),
                self.left_out,
                self.name,
                dict(self.conditions),
                self.source,
                self.date,
            ),
        )

    def __len__(self) -> int:
        return int(self.counts.size)

    @property
    def numbers(self) -> FloatArray:
        """Numbers of the channels in use, from 0."""
        return np.flatnonzero(self.used).astype(np.float64)


def channels_of(recording: Recording, edge: int = EDGE) -> Channels:
    """Return the counts of a recording with the channels that cannot be trusted left out.

    Parameters
    ----------
    recording : Recording
        With a column ``counts``, one row a channel.
    edge : int, optional
        Channels left out at either end.

    Returns
    -------
    Channels

    Raises
    ------
    ReadError
        When there are no counts, negative ones, or too few channels.
    SettingsError
        When there is no column of counts, or the edges leave nothing.
    """
    if "velocity" in recording.names:
        raise SettingsError(
            "the file has velocities, not channels",
            where=recording.name,
            do="fit it as it is: it needs no calibration",
        )
    counts = recording.column("counts").values
    _refuse(counts, recording.name)
    if not 0 <= edge <= counts.size // 8:
        raise SettingsError(
            f"edge is {edge} of {counts.size} channels",
            where=recording.name,
            do=f"give 0 to {counts.size // 8}",
        )
    reasons = {
        **_outermost(counts.size, edge),
        **_half_filled(counts),
        **_dead(counts),
        **{int(i): "no number" for i in np.flatnonzero(np.isnan(counts))},
    }
    used = np.ones(counts.size, dtype=np.bool_)
    used[list(reasons)] = False
    return Channels(
        counts,
        used,
        tuple(sorted(reasons.items())),
        recording.name,
        recording.conditions,
        recording.source,
        start_time(recording.header),
    )


def _refuse(counts: FloatArray, name: str) -> None:
    if counts.size < _FEWEST:
        raise ReadError(f"{counts.size} channels", where=name, do=f"at least {_FEWEST} are needed")
    if not (counts > 0).any():
        raise ReadError("no channel has counts", where=name, do="leave the file out")
    if (counts < 0).any():
        first = int(np.flatnonzero(counts < 0)[0])
        raise ReadError(
            f"channel {first} has {counts[first]:g} counts",
            where=name,
            do="counts are 0 or more: give them as the instrument wrote them",
        )


def _outermost(size: int, edge: int) -> dict[int, str]:
    return {i: "edge" for i in (*range(edge), *range(size - edge, size))}


def _half_filled(counts: FloatArray) -> dict[int, str]:
    """Return the channels next to an edge that miss part of the local level."""
    longest = max(1, int(_LONGEST_RUN * counts.size))
    found: dict[int, str] = {}
    for inward in (np.arange(counts.size), np.arange(counts.size)[::-1]):
        level = float(np.nanmedian(counts[inward[longest : longest + _LEVEL_FROM]]))
        limit = min(_FILLED * level, level - _SIGNIFICANT * np.sqrt(level))
        run = int(np.argmin(counts[inward[: longest + 1]] < limit))
        for i in map(int, inward[:run]):
            found[i] = f"half-filled: {counts[i] / level:.3f} of the level"
    return found


def _dead(counts: FloatArray) -> dict[int, str]:
    """Return the channels without a count amid many."""
    empty = np.flatnonzero(counts == 0)
    width = _LEVEL_FROM // 2
    levels = [np.nanmedian(counts[max(0, i - width) : i + width + 1]) for i in empty]
    return {int(i): "dead" for i, level in zip(empty, levels, strict=True) if level >= _DEAD_FROM}
