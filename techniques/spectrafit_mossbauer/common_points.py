"""Spectra of one calibration on the channels that are in use in all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SettingsError
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["on_common_points"]

# mm/s: velocities of one channel that differ more are of two scales
_SAME = 1e-4


def on_common_points(axes: Sequence[Unfolded]) -> tuple[tuple[Unfolded, ...], int]:
    """Return the spectra with the channels that are in use in all of them.

    Parameters
    ----------
    axes : sequence of Unfolded
        At least one, of one calibration.

    Returns
    -------
    tuple of Unfolded
        On one velocity axis.
    int
        Channels that were left out of some.

    Raises
    ------
    SettingsError
        When there is none, or a channel's velocity differs.
    """
    if not axes:
        raise SettingsError("no spectra", where="series")
    first = axes[0]
    if all(first.same_axis(other) for other in axes):
        return tuple(axes), 0
    shared = set(first.numbers).intersection(*(axis.numbers for axis in axes[1:]))
    every = set(first.numbers).union(*(axis.numbers for axis in axes[1:]))
    some = [_at(axis, shared) for axis in axes]
    order, x = some[0].numbers, some[0].velocity
    for axis in some:
        same = axis.names == first.names and np.array_equal(np.sort(axis.numbers), np.sort(order))
        mapped = dict(zip(axis.numbers, axis.velocity, strict=True))
        if not same or max(abs(mapped[n] - v) for n, v in zip(order, x, strict=True)) > _SAME:
            raise SettingsError(
                f"{axis.source_name} has other velocities than {first.source_name}",
                where="series",
                do="use one calibration for the spectra of a series",
            )
    return tuple(_in_order(axis, order, x) for axis in some), len(every) - len(shared)


def _at(axis: Unfolded, numbers: set[float]) -> Unfolded:
    return _rows(axis, np.flatnonzero([n in numbers for n in axis.numbers]), None)


def _in_order(axis: Unfolded, numbers: FloatArray, x: FloatArray) -> Unfolded:
    place = {n: i for i, n in enumerate(axis.numbers)}
    return _rows(axis, np.array([place[n] for n in numbers]), x)


def _rows(axis: Unfolded, rows: NDArray[np.intp], x: FloatArray | None) -> Unfolded:
    given = axis.spectrum.sigma
    spectrum = replace(
        axis.spectrum,
        x=axis.velocity[rows] if x is None else x,
        y=axis.counts[rows],
        sigma=None if given is None else given[rows],
    )
    return replace(
        axis, spectrum=spectrum, branch=axis.branch[rows], u=axis.u[rows],
        numbers=axis.numbers[rows], columns=axis.columns[:, rows],
    )  # fmt: skip
