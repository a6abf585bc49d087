"""The observables and typed numbers of a study as the data of its joint fit."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from spectrafit.errors import Mistake, StudyError
from spectrafit.registry import spec_for
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray
from spectrafit.states.datum import Datum, JoinedData
from spectrafit.study.measured_points import LeftOut, Point, SpecOf, linear_factor
from spectrafit.study.outcome import FileResult, SeriesResult
from spectrafit.study.parameter_names import is_joined
from spectrafit.study.schema import Study
from spectrafit.study.shared_errors import covariance_without, own_sigma, shared_errors
from spectrafit.study.study_points import study_points
from spectrafit.study.typed_data import typed_data

__all__ = ["Joined", "joined_data"]

_SAME_T = 0.01  # K
_CONFLICT = 4.0  # standard uncertainties of the difference
_BRANCHES = ("heating", "cooling")


@dataclass(frozen=True, eq=False)
class Joined:
    """Data of a joint fit, and what is to be said of them.

    Parameters
    ----------
    data : JoinedData
        What the populations are found from.
    left_out : tuple of str
        Sentences: which values of the joined keys are no part of it, and why.
    notices : tuple of str
        Sentences: what was chosen, and which data contradict each other.
    """

    data: JoinedData
    left_out: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def joined_data(
    study: Study,
    results: Sequence[FileResult],
    series: Sequence[SeriesResult] = (),
    *,
    spec_of: SpecOf = spec_for,
) -> Joined:
    """Return the values of the joined keys with what they share of their errors.

    Taken are values with a temperature and a standard uncertainty, of measurements of samples
    (those of ``joint.sample`` where it is named), and typed numbers. Where the scans of a
    measurement together gave a key, their values are taken in place of those of single files;
    merged spectra in place of their scans.

    Parameters
    ----------
    study : Study
        With a table ``[joint]``.
    results : sequence of FileResult
        What came of its files.
    series : sequence of SeriesResult, optional
        What scans gave together.
    spec_of : callable, optional
        ``spec_of(key)``, the declaration of a key or None; that of the installed techniques.

    Returns
    -------
    Joined

    Raises
    ------
    StudyError
        Without ``[joint]``.
    SpectrafitError
        When one file gives a key twice at one temperature of one branch.
    """
    joint = study.joint
    if joint is None:
        do = "add [joint] with the keys that are joined"
        raise StudyError((Mistake("$.joint", "is missing", do),))
    spec_of = lru_cache(maxsize=None)(spec_of)
    found, left_out, notices = study_points(study, joint, results, series, spec_of)
    points = [one for one in found if not _beyond(one, joint.T_range)]
    left_out += [(p.key, p.measurement, why) for p in found if (why := _beyond(p, joint.T_range))]
    shared = shared_errors(points)
    own = [own_sigma(p.sigma, parts) for p, parts in zip(points, shared, strict=True)]
    for point, sigma in zip(points, own, strict=True):
        if not sigma > 0:
            why = "all of its error is shared with other data, none is its own"
            left_out.append((point.key, point.measurement, why))
    kept = [place for place, sigma in enumerate(own) if sigma > 0]
    covariances, unusable = _covariances(points, kept, shared, own, results, spec_of)
    groups = {place: name for name, (places, _) in covariances.items() for place in places}
    data = [_datum(points[i], own[i], shared[i], groups.get(i, ""), joint.T_error_K) for i in kept]
    typed, more = typed_data(study.typed, joint.keys, spec_of)
    every = (*data, *typed)
    specs = {datum.key: spec for datum in every if (spec := spec_of(datum.key)) is not None}
    conflicts = _conflicts([points[i] for i in kept])
    return Joined(
        JoinedData(every, specs, {name: matrix for name, (_, matrix) in covariances.items()}),
        (*_sentences((*left_out, *more)), *_without_data(joint.keys, every)),
        (*notices, *unusable, *conflicts, *_exact_T(joint.T_error_K, data)),
    )


def _beyond(point: Point, ranges: Mapping[str, tuple[float, float]]) -> str:
    """Return why the temperature of a point keeps it out; empty where it does not."""
    for pattern, (low, high) in ranges.items():
        if is_joined(point.key, (pattern,)) and not low <= point.T <= high:
            return f"beyond the {number_text(low)} to {number_text(high)} K of joint.T_range"
    return ""


def _exact_T(T_error: float, data: Sequence[Datum]) -> Iterator[str]:
    if not T_error and len({datum.technique for datum in data}) > 1:
        yield (
            "the temperatures of all instruments are taken as exact; say how far they may be off"
            " with T_error_K"
        )


def _datum(
    point: Point, sigma: float, shared: Mapping[str, float], group: str, T_error: float
) -> Datum:
    direction = point.branch.partition("_")[0]
    delays: dict[str, float] = {}
    if T_error > 0.0:
        delays[f"{point.measurement}: temperature"] = T_error
    if point.off is not None:
        part, kelvin, beside = point.off
        whole = f"{point.measurement}: {part}"
        for name in shared:
            if name == whole or name.startswith(f"{whole}, "):
                delays[name] = kelvin
                shared = {**shared, name: beside}
    return Datum(
        point.key,
        point.T,
        point.value,
        sigma,
        branch=direction if direction in _BRANCHES else "",
        shared=shared,
        delays=delays,
        technique=point.technique,
        source=point.source,
        group=group,
    )


_Groups = dict[str, tuple[list[int], FloatArray]]


def _covariances(
    points: Sequence[Point],
    kept: Sequence[int],
    shared: Sequence[Mapping[str, float]],
    own: Sequence[float],
    results: Sequence[FileResult],
    spec_of: SpecOf,
) -> tuple[_Groups, list[str]]:
    """Return the correlated data of each file with their covariance, and which have none left."""
    groups: _Groups = {}
    unusable = []
    for result in results:
        found = result.observables
        if found is None or found.covariance is None:
            continue
        row = {key: i for i, key in enumerate(found.covariance_keys)}
        owner = (result.measurement, result.label or result.file)
        places = [
            place
            for place in kept
            if (points[place].measurement, points[place].owner) == owner
            and points[place].key in row
        ]
        keys = [points[place].key for place in places]
        if len(places) < 2 or len(set(keys)) < len(keys):
            continue
        factors = [_factor(key, found[key].unit, spec_of) for key in keys]
        rows = [row[key] for key in keys]
        matrix = found.covariance[np.ix_(rows, rows)] * np.outer(factors, factors)
        name = ": ".join(owner)
        try:
            left = covariance_without(matrix, [shared[i] for i in places], [own[i] for i in places])
        except ValueError:
            unusable.append(
                f"{name}: {' and '.join(keys)} are taken as independent, since their covariance"
                " without what they share with other data is none"
            )
            continue
        if left is not None:
            groups[name] = (places, left)
    return groups, unusable


def _factor(key: str, unit: str, spec_of: SpecOf) -> float:
    spec = spec_of(key)
    return 1.0 if spec is None else linear_factor(unit, spec.unit)


def _conflicts(points: Sequence[Point]) -> Iterator[str]:
    """Yield a sentence for data of two files that differ by more than 4 standard uncertainties."""
    ordered = sorted(points, key=lambda p: (p.key, p.branch, p.T))
    for place, first in enumerate(ordered):
        for second in ordered[place + 1 :]:
            same = (first.key, first.branch) == (second.key, second.branch)
            if not same or second.T - first.T > _SAME_T:
                break
            if (first.measurement, first.source) == (second.measurement, second.source):
                continue
            apart = abs(first.value - second.value) / math.hypot(first.sigma, second.sigma)
            if apart > _CONFLICT:
                yield (
                    f"{first.key} at {number_text(first.T, 4)} K differs by {number_text(apart, 2)}"
                    f" standard uncertainties between {first.source} of {first.measurement} and"
                    f" {second.source} of {second.measurement}; both are taken"
                )


def _sentences(left_out: Iterable[LeftOut]) -> Iterator[str]:
    for (key, measurement, why), count in Counter(left_out).items():
        yield f"{key} of {measurement}: {_count(count, 'value')} left out, {why}"


def _without_data(keys: Iterable[str], data: Sequence[Datum]) -> Iterator[str]:
    for key in keys:
        if not any(is_joined(datum.key, (key,)) for datum in data):
            yield f"{key}: no datum of it"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
