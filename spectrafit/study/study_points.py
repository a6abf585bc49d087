"""Values of the files and series of a study that are joined: which measurements, which of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from spectrafit.conditions import conditions_text
from spectrafit.errors import SpectrafitError
from spectrafit.study.measured_points import LeftOut, Point, SpecOf, points_of
from spectrafit.study.outcome import FileResult, SeriesResult
from spectrafit.study.schema import Joint, Measurement, Study
from spectrafit.study.tasks import SAMPLE

__all__ = ["study_points"]


def study_points(
    study: Study,
    joint: Joint,
    results: Sequence[FileResult],
    series: Sequence[SeriesResult],
    spec_of: SpecOf,
) -> tuple[list[Point], list[LeftOut], list[str]]:
    """Return every value that is joined.

    Parameters
    ----------
    study : Study
        Declares the measurements.
    joint : Joint
        Which keys of which sample.
    results : sequence of FileResult
        What came of the files.
    series : sequence of SeriesResult
        What scans gave together; taken before what single files gave.
    spec_of : callable
        ``spec_of(key)``, the declaration of a key or None.

    Returns
    -------
    points : list of Point
        Files in their order, then series.
    left_out : list of LeftOut
        Other values of the joined keys.
    notices : list of str
        A sentence for each key that files and the series of their measurement gave.

    Raises
    ------
    SpectrafitError
        When one file gives a key twice at one temperature of one branch.
    """
    declared = {m.name: m for m in study.measurement}
    merged = {
        _merge_key(result, declared[result.measurement])
        for result in results
        if result.scans > 1 and result.status == "done" and result.measurement in declared
    }
    points: list[Point] = []
    left_out: list[LeftOut] = []

    def take(
        m: Measurement, found: tuple[tuple[Point, ...], tuple[LeftOut, ...]], why: str
    ) -> None:
        if why:
            left_out.extend((point.key, m.name, why) for point in found[0])
        else:
            points.extend(found[0])
            left_out.extend(found[1])

    for result in results:
        m = declared.get(result.measurement)
        if m is None or result.observables is None:
            continue
        found = points_of(
            result.observables.items, joint.keys, spec_of, measurement=m.name,
            technique=m.technique, owner=result.label or result.file, conditions=result.conditions,
        )  # fmt: skip
        scan = result.scans == 1 and _merge_key(result, m) in merged
        take(m, found, _why_not(m, joint) or ("its scan is in a merged spectrum" if scan else ""))
    for together in series:
        m = declared.get(together.measurement)
        if m is None or together.observables is None:
            continue
        found = points_of(
            together.observables.items, joint.keys, spec_of, measurement=m.name,
            technique=m.technique,
        )  # fmt: skip
        take(m, found, _why_not(m, joint))
    _refuse_twice(points)
    kept, notices = _preferred(points)
    return kept, left_out, notices


def _why_not(m: Measurement, joint: Joint) -> str:
    if m.role != SAMPLE:
        return f"the measurement is a {m.role}"
    if joint.sample and m.sample != joint.sample:
        return f"the measurement is of {m.sample or 'no named sample'}"
    return ""


def _merge_key(result: FileResult, m: Measurement) -> tuple[str, tuple[float | str | None, ...]]:
    return m.name, tuple(result.conditions.get(name) for name in m.merge_by)


def _refuse_twice(points: Iterable[Point]) -> None:
    counts = Counter((p.measurement, p.owner, p.source, p.key, p.T, p.branch) for p in points)
    for (measurement, owner, source, key, T, branch), count in counts.items():
        if count > 1:
            at: Mapping[str, float | str] = {"T": T, **({"branch": branch} if branch else {})}
            raise SpectrafitError(
                f"{count} values of {key} at {conditions_text(at)}",
                where=f"{measurement}, {owner or source}",
                do="leave the key out of [joint] keys, and report it: a file gives a key once",
            )


def _preferred(points: Sequence[Point]) -> tuple[list[Point], list[str]]:
    """Return points without those of files where the series of the measurement gave the key."""
    together = {(p.measurement, p.key) for p in points if not p.owner}
    single = [bool(p.owner) and (p.measurement, p.key) in together for p in points]
    dropped = Counter((p.measurement, p.key) for p, out in zip(points, single, strict=True) if out)
    return [p for p, out in zip(points, single, strict=True) if not out], [
        f"{key} of {measurement} is taken from what its scans gave together, not from the"
        f" {count} value{'s' * (count > 1)} of single files"
        for (measurement, key), count in dropped.items()
    ]
