"""Runs of one temperature: summed when they are runs, refused when one file contains another.

An analyser that is read out while it counts gives snapshots: a later file holds the counts of the
earlier ones, and their sum would count the same quanta twice. Let E and L be the counts of two
files in one channel, and r = sum E / sum L. Given L, the E of a snapshot is binomial, so
``sum (E - r L)^2 / (r (1 - r) L)`` follows chi2. Of two runs it is larger by (1 + r) / (1 - r), as
their counts are independent Poisson numbers. Neither statement needs to know the spectrum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import SettingsError
from spectrafit.recording import Column, Recording, joint_notices, joint_origin
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray

__all__ = ["Containment", "snapshots", "summed"]

_APART = 6.0
"""In standard deviations of chi2: how far both cases must lie apart before one is named."""
_UNLIKE = 5.0
"""In standard deviations of chi2: from here on, runs differ by more than their counts allow."""
_SAME_DRIVE = 1e-9  # mm/s


@dataclass(frozen=True)
class Containment:
    """One file that contains the counts of another, or may do so.

    Parameters
    ----------
    earlier, later : str
        Names of the recordings; `later` contains `earlier`.
    share : float
        Counts of the earlier file over those of the later one.
    reduced_chi2 : float
        Of the counts of the earlier file against a share of the later one's; 1 for a snapshot,
        (1 + share) / (1 - share) for another run; 0 for equal counts.
    decided : bool
        False where the files are too short or the share too small to tell.
    """

    earlier: str
    later: str
    share: float
    reduced_chi2: float
    decided: bool

    def __str__(self) -> str:
        if self.share == 1.0:
            return f"{self.later} holds the same counts as {self.earlier}"
        verb = "contains" if self.decided else "may contain"
        return f"{self.later} {verb} {self.earlier} ({number_text(100 * self.share, 3)} % of it)"


def _counts(recording: Recording) -> FloatArray:
    counts = recording.column("counts").values
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts != np.round(counts)).any():
        raise SettingsError(
            "counts are not whole numbers",
            where=recording.name,
            do="only counts as measured can be compared and summed",
        )
    if not counts.any():
        raise SettingsError("all counts are zero", where=recording.name, do="leave it out")
    return counts


def _reduced_chi2(earlier: FloatArray, later: FloatArray, *, independent: bool) -> float:
    """Return chi2 per degree of freedom of a share, for a snapshot or for another run."""
    filled = later > 0 if not independent else (earlier + later) > 0
    share = earlier.sum() / later.sum()
    scale = share * (1 - share) * later if not independent else share * (earlier + later)
    chi2 = (earlier - share * later)[filled] ** 2 / scale[filled]
    return float(chi2.sum() / (filled.sum() - 1))


def _containment(first: Recording, second: Recording) -> Containment | None:
    """Return which of two files contains the other; None where they are different runs."""
    earlier, later = first, second
    counts, more = _counts(earlier), _counts(later)
    if counts.size != more.size:
        return None
    if counts.sum() > more.sum():
        earlier, later, counts, more = later, earlier, more, counts
    if (counts == more).all():
        return Containment(earlier.name, later.name, 1.0, 0.0, True)
    share = float(counts.sum() / more.sum())
    if share == 1.0 or (counts > more).any():
        return None
    measured = _reduced_chi2(counts, more, independent=False)
    other = np.log((1 + share) / (1 - share))
    # the logarithm of a reduced chi2 scatters by sqrt(2 / degrees of freedom)
    scatter = np.sqrt(2.0 / (int((more > 0).sum()) - 1))
    decided = bool(other > _APART * scatter)
    if np.log(measured) > max(other, _APART * scatter) / 2:
        return None
    return Containment(earlier.name, later.name, share, measured, decided)


def snapshots(recordings: Sequence[Recording]) -> tuple[Containment, ...]:
    """Return which recording contains the counts of which.

    Parameters
    ----------
    recordings : sequence of Recording
        Each with a column ``counts`` as measured.

    Returns
    -------
    tuple of Containment
        Of pairs with equally many channels; empty where all are runs of their own.

    Raises
    ------
    SettingsError
        When counts are not whole numbers, so that nothing can be told.
    """
    pairs = combinations(recordings, 2)
    return tuple(found for pair in pairs if (found := _containment(*pair)) is not None)


def _check_alike(recordings: Sequence[Recording]) -> None:
    """Refuse runs that were not taken alike: channels, velocities, temperatures."""
    first = recordings[0]
    for other in recordings[1:]:
        if len(other) != len(first):
            raise SettingsError(
                f"{len(other)} channels, {first.name} has {len(first)}",
                where=other.name,
                do="sum runs of one drive and one number of channels",
            )
        T, T_first = other.conditions.get("T"), first.conditions.get("T")
        if None not in (T, T_first) and T_first != T:
            raise SettingsError(
                f"T = {T} K, {first.name} has {T_first} K",
                where=other.name,
                do="sum runs of one temperature",
            )
        axes = [one.column("velocity").values for one in (first, other) if "velocity" in one.names]
        if len(axes) == 1 or (len(axes) == 2 and np.abs(axes[0] - axes[1]).max() > _SAME_DRIVE):
            raise SettingsError(
                f"its velocities are not those of {first.name}",
                where=other.name,
                do="sum runs of one drive",
            )


def _run_notices(
    recordings: Sequence[Recording], found: Sequence[Containment]
) -> tuple[Alert, ...]:
    """Return what the runs say of each other: how many, unlike ones, and what cannot be told."""
    names = ", ".join(one.name for one in recordings)
    said = [("READ-001", f"the sum of {len(recordings)} runs: {names}")]
    said += [("READ-002", f"cannot be told: {each}") for each in found]
    for one, other in combinations(recordings, 2):
        counts = sorted((_counts(one), _counts(other)), key=lambda each: float(each.sum()))
        chi2 = _reduced_chi2(*counts, independent=True)
        if chi2 > 1 + _UNLIKE * np.sqrt(2.0 / (len(one) - 1)):
            text = (
                f"{one.name} and {other.name} differ by more than their counts allow "
                f"(reduced chi2 {chi2:.2f}): another drive, sample or temperature"
            )
            said.append(("READ-002", text))
    return tuple(alert_spec(code).alert(where=recordings[0].name, text=text) for code, text in said)


def summed(recordings: Sequence[Recording]) -> Recording:
    """Return the sum of runs, channel by channel; its counts stay Poisson numbers.

    Call it for files that are declared to be runs: nothing is summed by itself.

    Parameters
    ----------
    recordings : sequence of Recording
        Two or more, of one drive and one temperature.

    Returns
    -------
    Recording

    Raises
    ------
    SettingsError
        When there is one only, they were not taken alike, or one contains another.
    """
    if len(recordings) < 2:
        raise SettingsError(
            f"{len(recordings)} run", where="runs", do="name at least two runs to sum"
        )
    _check_alike(recordings)
    found = snapshots(recordings)
    contained = [each for each in found if each.decided]
    if contained:
        raise SettingsError(
            "; ".join(map(str, contained)),
            where=contained[0].later,
            do="these are snapshots of one run, not runs: keep the last one only",
        )
    source, conditions = joint_origin(recordings)
    first = recordings[0]
    # a sum of whole numbers below 2**53 is exact
    total = np.sum([_counts(one) for one in recordings], axis=0)
    names = {"channel", "velocity"}
    columns = [column for column in first.columns if column.name in names]
    made = " + ".join(f"counts of {one.name}" for one in recordings)
    roles = {role: name for role, name in first.roles.items() if role != "sigma"}
    return Recording(
        source.name,
        (*columns, Column("counts", total, "1", made)),
        {"runs": "\n".join(one.name for one in recordings)},
        roles,
        conditions,
        source,
        joint_notices(recordings) + _run_notices(recordings, found),
        first.reader,
    )
