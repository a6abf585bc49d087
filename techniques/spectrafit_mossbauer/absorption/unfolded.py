"""Counts of both branches on one velocity axis, without folding: every channel stays a point."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording
from spectrafit.spectrum import FloatArray, Spectrum, read_only
from spectrafit_mossbauer.drive.calibration import count_unit
from spectrafit_mossbauer.drive.channels import Channels
from spectrafit_mossbauer.drive.counting import counting
from spectrafit_mossbauer.drive.iron_line import baseline_columns
from spectrafit_mossbauer.drive.scale import Calibration

__all__ = ["FASTEST", "Unfolded", "one_branch", "unfolded"]

FASTEST = 50.0
"""mm/s: beyond it an axis is in other units. The splitting of no iron compound needs more."""

# mm/s: mirrored channels of equal velocity are set this far apart, a millionth of a line's width
_APART = 1e-7
# of one branch s has one value, so the level and the slopes are all there is
_ONE_BRANCH = ("b0", "b2", "b4")
_FEWEST = 16
# one count over the level: so many counts a channel, 1e12, nobody has
_NO_SCATTER = 1e-12


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A spectrum in velocity in which both branches lie interleaved.

    Parameters
    ----------
    spectrum : Spectrum
        x in mm/s against alpha-iron, strictly increasing; y in counts. Its sigma is None where the
        variance is the model's; numbers that are not whole are divided by what one count is in them, by
        their scatter.
    branch : array_like, shape (n,)
        +1 beyond the folding centre, -1 before it; 1 everywhere of a single branch.
    u : array_like, shape (n,)
        -1 to 1 along a branch.
    numbers : array_like, shape (n,)
        Channel of each point, from 0.
    columns : array_like, shape (m, n)
        Shapes of the baseline, one a name.
    names : tuple of str
        Of the baseline's terms, "b0" first.
    orientation : int or None
        +1 or -1; None where undeclared: the sign of velocity is then not known.
    convention : str
        Positions of alpha-iron that the axis rests on, "A" or "B"; empty where the file states only
        velocities.
    not_counts : str
        Why the numbers have no Poisson errors; empty where they have.
    calibration : Calibration or None
        What the velocities come from.
    """

    spectrum: Spectrum
    branch: FloatArray
    u: FloatArray
    numbers: FloatArray
    columns: FloatArray
    names: tuple[str, ...]
    orientation: int | None
    convention: str
    not_counts: str = ""
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        for name in ("branch", "u", "numbers", "columns"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def velocity(self) -> FloatArray:
        """Velocity of every point, in mm/s."""
        return self.spectrum.x

    @property
    def counts(self) -> FloatArray:
        """Counts of every point."""
        return self.spectrum.y

    @property
    def source_name(self) -> str:
        """Name of the file."""
        return self.spectrum.source.name

    def same_axis(self, other: Unfolded) -> bool:
        """Return whether another spectrum has these velocities and this baseline.

        Parameters
        ----------
        other : Unfolded
            The other.

        Returns
        -------
        bool
        """
        return (
            self.names == other.names
            and (self.spectrum.sigma is None) == (other.spectrum.sigma is None)
            and np.array_equal(self.velocity, other.velocity)
            and np.array_equal(self.columns, other.columns)
        )


def unfolded(channels: Channels, calibration: Calibration) -> Unfolded:
    """Return the counts of both branches against velocity.

    Parameters
    ----------
    channels : Channels
        Counts; those left out stay out.
    calibration : Calibration
        Of the same number of channels.

    Returns
    -------
    Unfolded

    Raises
    ------
    SettingsError
        When the calibration is of another number of channels.
    """
    if calibration.channels != len(channels):
        raise SettingsError(
            f"{len(channels)} channels, but the calibration has {calibration.channels}",
            where=channels.name,
            do="calibrate with a spectrum of as many channels",
        )
    numbers = np.asarray(channels.numbers, dtype=float)
    velocity = calibration.velocity(numbers)
    order = np.argsort(velocity, kind="stable")
    numbers = numbers[order]
    shapes = baseline_columns(numbers, calibration.centre, calibration.form.period)
    columns = np.stack(list(shapes.values()))
    spectrum = Spectrum(
        _increasing(velocity[order]),
        channels.counts[channels.used][order] / _unit(channels),
        x_unit="mm/s",
        y_unit="counts",
        sigma_origin="counts",
        conditions=channels.conditions,
        source=channels.source,
        history=(HistoryEntry("unfolded", {"points": int(numbers.size)}),),
    )
    return Unfolded(
        spectrum,
        columns[1],
        columns[2],
        numbers,
        columns,
        tuple(shapes),
        calibration.orientation,
        calibration.convention,
        counting(channels).reason,
        calibration,
    )


def one_branch(recording: Recording, orientation: int | None = 1, convention: str = "") -> Unfolded:
    """Return the spectrum of a file that has velocities of its own, one branch or folded.

    Parameters
    ----------
    recording : Recording
        With columns "velocity" and "counts", perhaps "sigma". The axis may descend and need not be
        uniform.
    orientation : int or None, optional
        1 where the file's sign of velocity is right, None where that is not known.
    convention : str, optional
        Of the alpha-iron positions that the file's axis rests on, where that is known.

    Returns
    -------
    Unfolded

    Raises
    ------
    SettingsError
        When the velocities are too few, or too large to be in mm/s.
    """
    velocity = recording.column("velocity").values
    counts = recording.column("counts").values
    good = np.isfinite(velocity) & np.isfinite(counts)
    if good.sum() < _FEWEST:
        raise SettingsError(f"{good.sum()} points with velocity", where=recording.name)
    fastest = float(np.abs(velocity[good]).max())
    if fastest > FASTEST:
        raise SettingsError(
            f"velocities up to {fastest:g}",
            where=recording.name,
            do="convert the axis to mm/s; channels need a calibration",
        )
    numbers = np.flatnonzero(good)
    numbers = numbers[np.argsort(velocity[good], kind="stable")]
    x = _increasing(velocity[numbers])
    u = 2.0 * (x - x[0]) / (x[-1] - x[0]) - 1.0
    sigma = recording.column("sigma").values[numbers] if "sigma" in recording.names else None
    as_read = Channels(
        counts[numbers],
        np.ones(numbers.size, dtype=np.bool_),
        (),
        recording.name,
        recording.conditions,
        recording.source,
    )
    unit = _unit(as_read) if sigma is None else 1.0
    spectrum = Spectrum(
        x,
        counts[numbers] / unit,
        sigma,
        x_unit="mm/s",
        y_unit="counts",
        sigma_origin="counts" if sigma is None else "file",
        conditions=recording.conditions,
        source=recording.source,
        history=(HistoryEntry("one branch", {"points": int(numbers.size)}),),
    )
    return Unfolded(
        spectrum,
        np.ones(x.size),
        u,
        numbers.astype(float),
        np.stack([np.ones(x.size), u, u**2]),
        _ONE_BRANCH,
        orientation,
        convention,
        "" if sigma is not None else counting(as_read).reason,
    )


def _unit(channels: Channels) -> float:
    """Return what one count is in the numbers; 1 where they are whole or do not scatter.

    Whole numbers may scatter oddly by chance: they keep their errors, and the reason stands beside.
    """
    if counting(channels).integers:
        return 1.0
    unit = count_unit(channels)
    level = float(np.nanmedian(channels.counts[channels.used]))
    return unit if unit > _NO_SCATTER * level else 1.0


def _increasing(velocity: FloatArray) -> FloatArray:
    """Return sorted velocities with equal ones set apart by far less than matters."""
    rank = np.arange(velocity.size) * _APART
    return np.asarray(np.maximum.accumulate(velocity - rank) + rank)
