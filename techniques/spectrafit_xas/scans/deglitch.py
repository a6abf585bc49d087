"""Glitches of single points: found against their neighbours, masked, never interpolated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.history import HistoryEntry
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_xas.scans.one_scan import third_differences

__all__ = ["Glitch", "crystal_glitches", "deglitched", "glitches", "neighbour_z"]

BoolArray = NDArray[np.bool_]

SIDE = 7
LOCAL_POINTS = 41
LIMIT = 10.0
LARGEST_GROUP = 5
EDGE_EV = (-10.0, 40.0)
ROUNDS = 4
BISQUARE = 4.685
MAD_OF_NORMAL = 1.4826
ALSO_SEEN = 5.0
TERMS = 4
SAME_POINT = 0.5
SCREEN_SHARE = 0.4
NEAR_SHARE = 0.4


@dataclass(frozen=True)
class Glitch:
    """One point that does not belong to the curve of its neighbours.

    Parameters
    ----------
    energy_eV : float
        Of the point, on the recorded axis.
    z : float
        Its distance from the curve of the others, in local median absolute deviations.
    seen_in : str
        ``mu``; or the channel that shows it too, which an edge asks for; or ``most scans`` for a
        glitch of the monochromator's crystal.
    """

    energy_eV: float
    z: float
    seen_in: str


def neighbour_z(x: FloatArray, y: FloatArray) -> FloatArray:
    """Return how far each point lies from a robust cubic through its neighbours.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Increasing.
    y : ndarray, shape (n,)
        Values.

    Returns
    -------
    ndarray, shape (n,)
        Residual, divided by the standard error that its prediction would have, over the median
        absolute deviation of the 41 residuals around it (scaled to a normal distribution). Zero
        where there are too few points to say.

    Notes
    -----
    The cubic goes through up to seven points on each side without the point itself, by iterated
    reweighting with Tukey's bisquare of 4.685 deviations: A. E. Beaton, J. W. Tukey, Technometrics
    16 (1974) 147.
    """
    apart, scale = _deviations(x, y)
    return np.asarray(np.where(scale > 0, apart / np.where(scale > 0, scale, 1.0), 0.0))


def _deviations(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distance of each point from its neighbours' cubic, and the local deviation."""
    count = x.size
    if count < 2 * SIDE + 1:
        return np.zeros(count), np.zeros(count)
    offsets = np.array([k for k in range(-SIDE, SIDE + 1) if k])
    columns = np.arange(count)[:, None] + offsets
    inside = (columns >= 0) & (columns < count)
    columns = np.clip(columns, 0, count - 1)
    reach = np.max(np.abs(np.where(inside, x[columns] - x[:, None], 0.0)), axis=1)
    t = (x[columns] - x[:, None]) / reach[:, None]
    powers = t[:, :, None] ** np.arange(TERMS)
    taken = y[columns]
    weight = inside.astype(np.float64)
    for _ in range(ROUNDS):
        weighted = powers * weight[:, :, None]
        normal = weighted.transpose(0, 2, 1) @ powers
        # a ridge far below the data's size keeps rows solvable whose neighbours have no weight left
        normal += 1e-12 * np.eye(TERMS)
        inverse = np.linalg.inv(normal)
        factors = np.einsum("nij,nkj->nik", inverse, weighted)
        coefficients = np.einsum("nik,nk->ni", factors, taken)
        residual = taken - np.einsum("nkj,nj->nk", powers, coefficients)
        size = np.where(inside, np.abs(residual), np.nan)
        width = MAD_OF_NORMAL * np.nanmedian(size, axis=1) + np.finfo(float).tiny
        with np.errstate(over="ignore"):
            u = np.clip(residual / (BISQUARE * width[:, None]), -1.0, 1.0)
        weight = np.where(inside & (np.abs(u) < 1.0), (1.0 - u * u) ** 2, 0.0)
    apart = y - coefficients[:, 0]
    lever = np.sqrt(1.0 + np.sum(factors[:, 0] ** 2, axis=1))
    apart = apart / lever
    middle = np.arange(count)[:, None] + np.arange(-(LOCAL_POINTS // 2), LOCAL_POINTS // 2 + 1)
    held = np.where((middle >= 0) & (middle < count), np.abs(apart)[middle % count], np.nan)
    scale = MAD_OF_NORMAL * np.nanmedian(held, axis=1)
    return apart, scale


def glitches(
    spectrum: Spectrum,
    edge_eV: float,
    *,
    channels: Mapping[str, FloatArray] | None = None,
    limit: float = LIMIT,
) -> tuple[Glitch, ...]:
    """Return the points of one scan that are glitches.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    edge_eV : float
        Tabulated edge; from 10 eV below to 40 eV above it a point is only taken when a channel
        shows it too.
    channels : mapping of str to ndarray of shape (n,), optional
        Other channels at the same points, like I0.
    limit : float
        Distance from the neighbours in deviations above which a point is taken.

    Returns
    -------
    tuple of Glitch
        In the order of energy; at most five beside each other: a longer run is no glitch.
    """
    x = spectrum.x
    edge = (x >= edge_eV + EDGE_EV[0]) & (x <= edge_eV + EDGE_EV[1])
    rough = _rough(x, spectrum.y, limit)
    shown = [_rough(x, values, ALSO_SEEN) for values in (channels or {}).values()]
    if not (rough & ~edge).any() and not any((rough & edge & one).any() for one in shown):
        return ()
    apart, scale = _deviations(x, spectrum.y)
    far = (np.abs(apart) > limit * scale) & (scale > 0)
    others = {name: np.abs(neighbour_z(x, values)) for name, values in (channels or {}).items()}
    found = []
    for span in _spans(far):
        run, z = _explaining_run(x, spectrum.y, scale, span, limit)
        for i, size in zip(run, z, strict=True):
            seen = [name for name, far_too in others.items() if far_too[i] > ALSO_SEEN]
            if not edge[i]:
                found.append(Glitch(float(x[i]), size, "mu"))
            elif seen:
                found.append(Glitch(float(x[i]), size, seen[0]))
    return tuple(found)


def _spans(flags: BoolArray) -> list[tuple[int, int]]:
    """Return first and last of the runs of set flags, those near each other taken as one."""
    places = np.flatnonzero(flags)
    if not places.size:
        return []
    runs = np.split(places, np.flatnonzero(np.diff(places) > LARGEST_GROUP) + 1)
    return [(int(run[0]), int(run[-1])) for run in runs]


def _explaining_run(
    x: FloatArray, y: FloatArray, scale: FloatArray, span: tuple[int, int], limit: float
) -> tuple[list[int], list[float]]:
    """Return the shortest run of points without which their neighbours lie on a cubic.

    A displaced point bends the cubics of its neighbours, which then look displaced themselves; a
    run counts only when one of its points is far from the cubic through seven others on each side,
    all of them by 0.4 of that distance, and none of the others. No run of up to five does it where a curve turns sharply, or steps.
    """
    first, last = span
    for length in range(1, LARGEST_GROUP + 1):
        for start in range(first, last - length + 2):
            run = np.arange(start, start + length)
            left = np.arange(max(start - SIDE, 0), start)
            right = np.arange(start + length, min(start + length + SIDE, x.size))
            beside = np.concatenate((left, right))
            if beside.size <= TERMS + 1:
                continue
            reach = float(np.max(np.abs(x[beside] - x[start])))
            powers = ((x[beside] - x[start]) / reach)[:, None] ** np.arange(TERMS)
            maps = np.linalg.pinv(powers)
            coefficients = maps @ y[beside]
            if (
                np.abs(y[beside] - powers @ coefficients) > NEAR_SHARE * limit * scale[beside]
            ).any():
                continue
            at = ((x[run] - x[start]) / reach)[:, None] ** np.arange(TERMS)
            lever = np.sqrt(1.0 + np.sum((at @ maps) ** 2, axis=1))
            z = (y[run] - at @ coefficients) / lever / scale[run]
            if np.abs(z).max() > limit and (np.abs(z) > NEAR_SHARE * limit).all():
                return run.tolist(), z.tolist()
    return [], []


def _rough(x: FloatArray, y: FloatArray, limit: float) -> BoolArray:
    """Return the points near which third differences are large, a quick necessary condition.

    Of a group of points that is displaced as a whole by z deviations some third difference is at
    least 2/sqrt(20) z = 0.45 z.
    """
    flags = np.zeros(x.size, dtype=np.bool_)
    if x.size < 2 * SIDE + 1:
        return flags
    size = np.abs(third_differences(x, y))
    reach = min(LOCAL_POINTS, size.size)
    local = np.median(np.lib.stride_tricks.sliding_window_view(size, reach), axis=1)
    padded = np.pad(local, (reach // 2, size.size - local.size - reach // 2), mode="edge")
    for start in np.flatnonzero(size > SCREEN_SHARE * limit * MAD_OF_NORMAL * padded).tolist():
        flags[start : start + 4] = True
    return flags


def crystal_glitches(
    spectra: Sequence[Spectrum], found: Sequence[tuple[Glitch, ...]]
) -> tuple[tuple[Glitch, ...], ...]:
    """Return the glitches of each scan with those that more than half of the scans show.

    Parameters
    ----------
    spectra : sequence of Spectrum
        The scans.
    found : sequence of tuple of Glitch
        What each scan showed.

    Returns
    -------
    tuple of tuple of Glitch
        One a scan. A point that most scans show is a glitch of the monochromator's crystal and is
        taken from all; any other stays in the scans that do not show it.
    """
    if len(spectra) < 3:
        return tuple(found)
    steps = [float(np.median(np.diff(one.x))) if len(one) > 1 else 0.0 for one in spectra]
    near = SAME_POINT * max(steps)
    everywhere = [
        glitch
        for glitches_of_one in found
        for glitch in glitches_of_one
        if 2 * sum(any(abs(g.energy_eV - glitch.energy_eV) <= near for g in one) for one in found)
        > len(found)
    ]
    joined = []
    for spectrum, own in zip(spectra, found, strict=True):
        taken = {glitch.energy_eV: glitch for glitch in own}
        for glitch in everywhere:
            i = int(np.argmin(np.abs(spectrum.x - glitch.energy_eV)))
            energy = float(spectrum.x[i])
            if abs(energy - glitch.energy_eV) <= near:
                taken.setdefault(energy, Glitch(energy, glitch.z, "most scans"))
        joined.append(tuple(taken[energy] for energy in sorted(taken)))
    return tuple(joined)


def deglitched(spectrum: Spectrum, found: Sequence[Glitch]) -> Spectrum:
    """Return the spectrum without its glitches; every removed point is in its history.

    Parameters
    ----------
    spectrum : Spectrum
        The scan.
    found : sequence of Glitch
        Points to take out; none changes nothing.

    Returns
    -------
    Spectrum
        Fewer points: nothing is put in their place.
    """
    if not found:
        return spectrum
    keep = ~np.isin(spectrum.x, [glitch.energy_eV for glitch in found])
    entry = HistoryEntry(
        "deglitch",
        {
            "energies_eV": [glitch.energy_eV for glitch in found],
            "z": [glitch.z for glitch in found],
            "seen_in": [glitch.seen_in for glitch in found],
            "points": int((~keep).sum()),
        },
    )
    sigma = None if spectrum.sigma is None else spectrum.sigma[keep]
    return spectrum.after(entry, x=spectrum.x[keep], y=spectrum.y[keep], sigma=sigma)
