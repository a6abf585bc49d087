"""Rules of the comparisons of a study: what they name must exist, settings must be the technique's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spectrafit.errors import SpectrafitError, nearest
from spectrafit.study.converter import structured
from spectrafit.study.mistakes import PlacedMistake, Steps, shown
from spectrafit.technique import ComparesSpectra

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["comparison_mistakes"]

Rows = Sequence[tuple[Steps, Mapping[str, Any]]]


def comparison_mistakes(
    comparisons: Rows, measurements: Rows, techniques: Mapping[str, Technique]
) -> Iterator[PlacedMistake]:
    """Yield the mistakes of comparisons that their own tables do not show.

    Parameters
    ----------
    comparisons, measurements : sequence of (place, table)
        As written; values may be of a wrong kind.
    techniques : mapping of str to Technique
        What is installed.

    Yields
    ------
    PlacedMistake
    """
    samples = {
        str(table.get("name")): table.get("technique")
        for _, table in measurements
        if table.get("role", "sample") == "sample"
    }
    names = [table.get("name") for _, table in comparisons]
    for index, (steps, table) in enumerate(comparisons):
        if isinstance(names[index], str) and names[index] in names[:index]:
            what = f"a second comparison is called {shown(names[index])}"
            yield PlacedMistake((*steps, "name"), what, "give each its own name")
        for place, name in _measurements(table, steps):
            if isinstance(name, str) and name and name not in samples:
                what = f"there is no sample measurement {shown(name)}"
                advice = nearest(name, list(samples), noun="the sample measurements")
                yield PlacedMistake(place, what, advice)
        ends = table.get("ends", ())
        if isinstance(ends, list | tuple) and len(ends) not in (0, 2):
            what = f"{len(ends)} end members where two are meant"
            advice = "give the low and the high one, like [{ T = 8 }, { T = 250 }]"
            yield PlacedMistake((*steps, "ends"), what, advice)
        kind = samples.get(str(table.get("measurement")))
        if isinstance(kind, str) and kind in techniques:
            yield from _mistakes_of_settings(table, steps, kind, techniques)


def _measurements(table: Mapping[str, Any], steps: Steps) -> Iterator[tuple[Steps, Any]]:
    yield (*steps, "measurement"), table.get("measurement")
    ends = table.get("ends", ())
    rows = [((*steps, key), table.get(key)) for key in ("a", "b")]
    rows += [
        ((*steps, "ends", i), end) for i, end in enumerate(ends if isinstance(ends, list) else ())
    ]
    for place, selected in rows:
        if isinstance(selected, Mapping) and "measurement" in selected:
            yield (*place, "measurement"), selected["measurement"]


def _mistakes_of_settings(
    table: Mapping[str, Any], steps: Steps, kind: str, techniques: Mapping[str, Technique]
) -> Iterator[PlacedMistake]:
    try:
        owner = techniques[kind]
    except SpectrafitError:
        return  # said of the measurement already
    if not isinstance(owner, ComparesSpectra):
        what = f"{kind} compares no spectra"
        yield PlacedMistake((*steps, "measurement"), what, "leave the comparison out")
        return
    settings = table.get("settings")
    given = settings if isinstance(settings, Mapping) else {}
    yield from structured(given, owner.comparison_settings, (*steps, "settings"))[1]
