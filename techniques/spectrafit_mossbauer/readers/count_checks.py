"""What counts can be: whole, not negative, not all zero, as many as the analyser has channels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import ReadError
from spectrafit.rounding import number_text
from spectrafit.spectrum import FloatArray

__all__ = [
    "FEWEST_CHANNELS",
    "checked_counts",
    "counts_like",
    "is_usual_count",
    "no_sample",
    "notice",
    "require_channels",
    "states_channels",
]

FEWEST_CHANNELS = 32
_LARGEST_COUNT = 1e15  # well below 2**53, so that every count is exact
_CHANNELS = re.compile(
    r"(?:(?:number|no\.?|n) ?(?:of )?_?)?(?:data\.)?channels?(?: ?count)?|nchan(?:nels)?",
    re.IGNORECASE,
)
_MOST_SCATTER = 8.0  # times sqrt(level); neighbours of Poisson counts differ by 0.95 sqrt(level)
_LEAST_SCATTER = 0.2
_SELDOM_EQUAL = 10.0  # two Poisson counts of this mean are equal in 9 % of all pairs


def notice(where: str, text: str, code: str = "READ-001") -> Alert:
    """Return a notice of a reader.

    Parameters
    ----------
    where : str
        File, with a line where there is one.
    text : str
        What was noticed.
    code : str
        ``READ-001`` to note, ``READ-002`` to look at, ``READ-003`` for a missing role or unit.

    Returns
    -------
    Alert
    """
    return alert_spec(code).alert(where=where, text=text)


def no_sample(where: str, layout: str) -> Alert:
    """Return the notice that a layout was never tried on a measured file.

    Parameters
    ----------
    where : str
        File name.
    layout : str
        Like ``".mcs files"``.

    Returns
    -------
    Alert
    """
    return notice(where, f"no measured sample of {layout} was at hand to test with", "READ-002")


def is_usual_count(count: int) -> bool:
    """Return whether an analyser has so many channels: 128, 256, 512, ... or one fewer.

    Parameters
    ----------
    count : int
        Number of channels.

    Returns
    -------
    bool
    """
    return any(n >= 128 and n & (n - 1) == 0 for n in (count, count + 1))


def counts_like(values: ArrayLike, *, scattered: bool = False) -> bool:
    """Return whether neighbouring values differ about as counts do.

    Parameters
    ----------
    values : array_like, shape (n,)
        In channel order.
    scattered : bool
        Whether values that hardly differ, or all zeros, are none.

    Returns
    -------
    bool
        True where the median step is below 8 square roots of the median, the sequence does not
        run one way, and nothing is negative; of only zeros too, which a reader then refuses.
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.size < 2 or (numbers < 0).any():
        return False
    steps, level = np.diff(numbers), float(np.median(numbers))
    if level == 0 or not steps.any():
        return not scattered and not numbers.any()
    if (steps > 0).all() or (steps < 0).all():
        return False
    scatter = float(np.median(np.abs(steps))) / np.sqrt(level)
    return bool((_LEAST_SCATTER if scattered else 0.0) <= scatter <= _MOST_SCATTER)


def checked_counts(
    values: ArrayLike, where: str, lines: Sequence[int] | NDArray[np.int64] | None = None
) -> FloatArray:
    """Return counts that can be counts: finite, not negative, not all zero, not there twice.

    Parameters
    ----------
    values : array_like, shape (n,)
        In channel order.
    where : str
        File name, for messages.
    lines : sequence of int, optional
        The line of the file that each stands in.

    Returns
    -------
    ndarray, shape (n,)

    Raises
    ------
    ReadError
        With the line of the first value that is no count.
    """
    counts = np.asarray(values, dtype=float)

    def place(index: int) -> str:
        return where if lines is None else f"{where}:{int(lines[index])}"

    if counts.size < FEWEST_CHANNELS:
        raise ReadError(
            f"{counts.size} counts are no spectrum",
            where=where,
            do=f"a spectrum has at least {FEWEST_CHANNELS} channels: the file may be cut off",
        )
    bad = np.flatnonzero(~np.isfinite(counts) | (counts < 0) | (counts > _LARGEST_COUNT))
    if bad.size:
        first = int(bad[0])
        value = counts[first]
        what = "a negative count" if value < 0 else "no number" if value != value else "too large"
        raise ReadError(
            f"channel {first}: {number_text(float(value))} is {what}",
            where=place(first),
            do="mend the line, or copy the file again from the instrument",
        )
    if not counts.any():
        raise ReadError(
            f"all {counts.size} counts are zero",
            where=place(0),
            do="leave the file out: nothing was measured",
        )
    _require_once(counts, place)
    return counts


def _require_once(counts: FloatArray, place: Callable[[int], str]) -> None:
    """Refuse a spectrum that is there twice: counts of 10 and more seldom come again by chance."""
    half = counts.size // 2
    again = counts[:half] == counts[half : 2 * half]
    if np.median(counts) >= _SELDOM_EQUAL and np.ptp(counts) > 0 and again.mean() > 0.5:
        raise ReadError(
            f"the second {half} counts repeat the first {half}",
            where=place(half),
            do="the file was written twice: copy it again from the instrument",
        )


def states_channels(header: Mapping[str, str]) -> bool:
    """Return whether a header gives the number of channels.

    Parameters
    ----------
    header : mapping of str to str
        By key.

    Returns
    -------
    bool
    """
    return any(_CHANNELS.fullmatch(key.strip()) for key in header)


def require_channels(
    count: int, header: Mapping[str, str], where: str, line: int | None = None
) -> tuple[Alert, ...]:
    """Refuse a number of counts other than the header's; without one, tell of an odd number.

    Parameters
    ----------
    count : int
        Counts that are there.
    header : mapping of str to str
        Searched for a number of channels.
    where : str
        File name, for messages.
    line : int, optional
        Where the counts end.

    Returns
    -------
    tuple of Alert

    Raises
    ------
    ReadError
        When the header states another number, or one that is no number.
    """
    place = where if line is None else f"{where}:{line}"
    for key, value in header.items():
        if not _CHANNELS.fullmatch(key.strip()):
            continue
        if not re.fullmatch(r"\s*[0-9]{1,9}\s*", value, re.ASCII):
            raise ReadError(
                f"{key} is {value[:40]!r}, no number", where=where, do="mend the header"
            )
        if int(value) != count:
            raise ReadError(
                f"{count} counts where the header says {int(value)} ({key})",
                where=place,
                do="the file is cut off or damaged: copy it again from the instrument",
            )
        return ()
    if is_usual_count(count):
        if count & (count - 1) == 0:
            return ()
        return (notice(where, f"{count} counts, one fewer than {count + 1}; none in the header"),)
    text = f"{count} counts: no usual number of channels, and the header does not give it"
    return (notice(where, text, "READ-002"),)
