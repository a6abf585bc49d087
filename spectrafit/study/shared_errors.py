"""What several data share of their errors, taken apart from what each has for itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit.study.measured_points import Point

__all__ = ["covariance_without", "own_sigma", "shared_errors"]

SAME_RATIO = 0.02
"""Largest spread of the ratios to the value, over their mean, of an error that scales it."""

_LEAST_SHARE = 1e-6


def shared_errors(points: Sequence[Point]) -> tuple[Mapping[str, float], ...]:
    """Return by how much one standard deviation of each shared error moves each value.

    An error that is the same share of every value of its key scales them: it moves each along its
    sign. Any other moves all of them upwards. One that scales is the same error in all keys of a
    measurement, like the area of a crystal. One that does not is an error of its key, where the
    measurement gives several: its parts in different keys are of unknown sign to each other.

    Parameters
    ----------
    points : sequence of Point
        All data of a joint fit.

    Returns
    -------
    tuple of mapping of str to float
        In their order: the name of the error, ``MEASUREMENT: part`` with ``, BRANCH`` or ``, KEY``
        behind it where only those share it, and the shift in the unit of the value. An error that
        no second datum has is left out.
    """
    found: list[dict[str, float]] = [{} for _ in points]
    for name, places in _named(points):
        if len(places) < 2:
            continue
        for place, part, scales in places:
            sign = math.copysign(1.0, points[place].value) if scales else 1.0
            found[place][name] = sign * part
    return tuple(found)


_Places = list[tuple[int, float, bool]]


def _named(points: Sequence[Point]) -> Iterator[tuple[str, _Places]]:
    """Yield each shared error: its name; place of the point, its part, and whether that scales."""
    groups: dict[tuple[str, str], dict[str, list[int]]] = {}
    for place, point in enumerate(points):
        for part in point.common:
            keys = groups.setdefault((f"{point.measurement}: {part}", part), {})
            keys.setdefault(point.key, []).append(place)
        for part in point.common_of_branch:
            branch = f", {point.branch}" if point.branch else ""
            keys = groups.setdefault((f"{point.measurement}: {part}{branch}", part), {})
            keys.setdefault(point.key, []).append(place)
    for (name, part), keys in groups.items():
        together: _Places = []
        for key, places in keys.items():
            parts = [points[place].budget[part] for place in places]
            scales = _scales(parts, [points[place].value for place in places])
            rows = [(place, size, scales) for place, size in zip(places, parts, strict=True)]
            if scales or len(keys) == 1:
                together += rows
            else:
                yield f"{name}, {key}", rows
        yield name, together


def _scales(parts: Sequence[float], values: Sequence[float]) -> bool:
    """Return whether an error is the same share of every value."""
    if any(value == 0.0 for value in values):
        return False
    ratios = [part / abs(value) for part, value in zip(parts, values, strict=True)]
    return max(ratios) - min(ratios) <= SAME_RATIO * math.fsum(ratios) / len(ratios)


def own_sigma(sigma: float, shared: Mapping[str, float]) -> float:
    """Return the standard uncertainty without what is shared.

    Parameters
    ----------
    sigma : float
        With all of the error.
    shared : mapping of str to float
        Shifts by shared errors.

    Returns
    -------
    float
        0 where nothing is left.
    """
    left = sigma**2 - math.fsum(part**2 for part in shared.values())
    return math.sqrt(left) if left > _LEAST_SHARE * sigma**2 else 0.0


def covariance_without(
    covariance: FloatArray, shared: Sequence[Mapping[str, float]], sigma: Sequence[float]
) -> FloatArray | None:
    """Return the covariance of data of one file without what they share with others.

    Parameters
    ----------
    covariance : ndarray, shape (k, k)
        Of the whole errors.
    shared : sequence of mapping, k of them
        Shifts of each by shared errors.
    sigma : sequence of float, k of them
        What each has for itself.

    Returns
    -------
    ndarray, shape (k, k), or None
        Its diagonal is that of `sigma`; None where the data are independent.

    Raises
    ------
    ValueError
        When what is left is no covariance.
    """
    found = np.array(covariance, dtype=np.float64)
    for name in dict.fromkeys(name for each in shared for name in each):
        shift = np.array([each.get(name, 0.0) for each in shared])
        found -= np.outer(shift, shift)
    own = np.asarray(sigma)
    np.fill_diagonal(found, own**2)
    correlation = found / np.outer(own, own)
    if np.abs(correlation - np.eye(own.size)).max() < _LEAST_SHARE:
        return None
    if np.linalg.eigvalsh(correlation).min() < _LEAST_SHARE:
        raise ValueError("what is left of the covariance is none")
    return found
