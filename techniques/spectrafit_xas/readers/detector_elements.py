"""The elements of a multi-element detector become one sum, corrected for dead time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert
from spectrafit.recording import Column, Recording
from spectrafit.spectrum import FloatArray
from spectrafit_xas.readers.scan_file import notice

__all__ = [
    "SUM",
    "VARIANCE",
    "ElementGroup",
    "element_groups",
    "element_sum",
    "fluorescence_sum",
    "with_element_sums",
]

SUM = "_sum"
VARIANCE = "_variance"
# a line of an element in the region of interest of channel n (Fe_Ka_mca3), or SSRL's SCA1.3
_REGION = re.compile(r"(?P<stem>[A-Z][a-z]?_?[KL][ab]?\d?)_?(?:mca|det|ch)_?(?P<number>\d+)")
_SUM_OF_LINE = re.compile(rf"[A-Z][a-z]?_?[KL][ab]?\d?{SUM}")
_SCALER = re.compile(r"(?P<stem>SCA\d+)[._](?P<number>\d+)", re.IGNORECASE)
_FACTOR = re.compile(r"(?:DT_?Factor|DTC)[._]?(?:mca|det|ch)?_?(?P<number>\d+)", re.IGNORECASE)
_RATES = {
    "in": re.compile(r"(?:ICR|Input_?Counts?)[._]?(?:mca|det|ch)?_?(?P<number>\d+)", re.IGNORECASE),
    "out": re.compile(
        r"(?:OCR|Output_?Counts?)[._]?(?:mca|det|ch)?_?(?P<number>\d+)", re.IGNORECASE
    ),
}
DEAD_SHARE = 0.01  # an element with less of the median element's counts shows nothing of the sample
SLOPE_SHARE = 0.1  # the change of an element's share over the scan that is no longer small
SLOPE_SIGMAS = 5.0


@dataclass(frozen=True, eq=False)
class ElementGroup:
    """The channels that saw one line.

    Parameters
    ----------
    name : str
        Like ``Fe_Ka`` or ``SCA1``.
    signals : mapping of int to Column
        Counts by channel number.
    factors : mapping of int to ndarray
        Dead-time factor k of the channels that have one.
    origin : str
        What k is, in the file's column names; empty where there is none.
    """

    name: str
    signals: Mapping[int, Column]
    factors: Mapping[int, FloatArray]
    origin: str


def element_groups(columns: Sequence[Column]) -> tuple[ElementGroup, ...]:
    """Return the groups of two channels or more that the column names tell.

    Parameters
    ----------
    columns : sequence of Column
        Of a scan.

    Returns
    -------
    tuple of ElementGroup
    """
    members: dict[str, dict[int, Column]] = {}
    for column in columns:
        match = _REGION.fullmatch(column.name) or _SCALER.fullmatch(column.name)
        if match:
            members.setdefault(match["stem"], {}).setdefault(int(match["number"]), column)
    factors, origin = _factors(columns)
    return tuple(
        ElementGroup(stem, signals, factors, origin)
        for stem, signals in members.items()
        if len(signals) > 1
    )


def _factors(columns: Sequence[Column]) -> tuple[Mapping[int, FloatArray], str]:
    """Return k by channel: as the file has it, else the rate in over the rate out."""
    written = _numbered(columns, _FACTOR)
    if written:
        return {n: column.values for n, column in written.items()}, "the file's dead-time factors"
    rates = {key: _numbered(columns, pattern) for key, pattern in _RATES.items()}
    both = sorted(set(rates["in"]) & set(rates["out"]))
    found = {}
    for n in both:
        out = rates["out"][n].values
        found[n] = rates["in"][n].values / np.where(out > 0, out, np.nan)
    return found, "rate in / rate out" if both else ""


def _numbered(columns: Sequence[Column], pattern: re.Pattern[str]) -> dict[int, Column]:
    found = {}
    for column in columns:
        match = pattern.fullmatch(column.name)
        if match:
            found[int(match["number"])] = column
    return found


def element_sum(group: ElementGroup, where: str) -> tuple[tuple[Column, ...], tuple[Alert, ...]]:
    """Return F = sum_d F_d k_d with its counting variance sum_d k_d^2 F_d, over the sound channels.

    A channel is left out where it is constant, holds less than 1 % of the median channel's counts,
    or where its share of the sum above the edge changes by more than 10 % over the scan and by
    more than five standard errors of that slope.

    Parameters
    ----------
    group : ElementGroup
        Channels that saw the same line; weights of a file are in their values.
    where : str
        File name.

    Returns
    -------
    columns : tuple of Column
        Sum and variance; empty where fewer than two channels are sound.
    notices : tuple of Alert
        What was left out or not corrected.
    """
    counts = {n: column.values for n, column in group.signals.items()}
    ones = np.ones(len(next(iter(counts.values()))))
    k = {n: group.factors.get(n, ones) for n in counts}
    corrected = {n: counts[n] * k[n] for n in counts}
    dead = _dead(corrected)
    sloping = _sloping({n: v for n, v in corrected.items() if n not in dead})
    kept = [n for n in sorted(counts) if n not in dead and n not in sloping]
    notices = []
    if dead:
        notices.append(
            notice(
                where,
                f"{group.name}: no counts, or next to none, in {_listed(dead)}: left out of the sum",
            )
        )
    if sloping:
        words = ", ".join(f"{n} ({100 * share:+.0f} %)" for n, share in sloping.items())
        text = f"{group.name}: the share of the sum drifts in channel {words}, left out of the sum"
        notices.append(notice(where, text, "READ-002"))
    if len(kept) < 2:
        text = f"{group.name}: fewer than two sound channels, no sum is made"
        return (), (*notices, notice(where, text, "READ-002"))
    uncorrected = [n for n in kept if n not in group.factors]
    if uncorrected:
        text = f"{group.name}: no dead-time factor of {_listed(uncorrected)}, summed as recorded"
        notices.append(notice(where, text, "READ-002"))
    first = group.signals[kept[0]]
    total = np.sum([corrected[n] for n in kept], axis=0)
    variance = np.sum([k[n] ** 2 * counts[n] for n in kept], axis=0)
    times = f" x {group.origin}" if group.origin else ""
    made_from = f"sum of {group.name}, {_listed(kept)}{times}"
    same = {group.signals[n].unit for n in kept} == {first.unit}
    name = group.name + SUM
    return (
        Column(name, total, first.unit if same else "1", made_from),
        Column(name + VARIANCE, variance, "1", f"counting variance of {name}"),
    ), tuple(notices)


def _dead(corrected: Mapping[int, FloatArray]) -> list[int]:
    totals = {n: float(np.nansum(v)) for n, v in corrected.items()}
    median = float(np.median([t for t in totals.values() if t > 0] or [0.0]))
    found = []
    for n, values in corrected.items():
        finite = values[np.isfinite(values)]
        constant = finite.size == 0 or bool((finite == finite[0]).all())
        if constant or totals[n] < DEAD_SHARE * median:
            found.append(n)
    return found


def _sloping(corrected: Mapping[int, FloatArray]) -> dict[int, float]:
    """Return the channels whose share drifts over the rows above the edge, with the change.

    Below the edge the channels differ in their background, which says nothing of their health.
    """
    if len(corrected) < 3:
        return {}
    values = np.array(list(corrected.values()))
    finite = np.isfinite(values).all(axis=0)
    values = values[:, finite]
    if not values.size:
        return {}
    total = values.sum(axis=0)
    high = total > 0.5 * (total.min() + total.max())
    if high.sum() < 10:
        return {}
    t = np.linspace(-0.5, 0.5, int(high.sum()))
    found = {}
    for n, one in zip(corrected, values[:, high], strict=True):
        rest = total[high] - one
        if (rest <= 0).any() or not one.any():
            continue
        share = one / rest
        share = share / share.mean()
        slope, level = np.polyfit(t, share, 1)
        scatter = float(np.std(share - slope * t - level, ddof=2))
        error = scatter / float(np.sqrt(np.sum(t**2)))
        if abs(slope) > SLOPE_SHARE and abs(slope) > SLOPE_SIGMAS * error:
            found[n] = float(slope)
    worst = max((abs(v) for v in found.values()), default=0.0)
    # one drifting channel tilts the shares of all others a little: the worst goes first
    return {n: v for n, v in found.items() if abs(v) > 0.5 * worst}


def _listed(numbers: Sequence[int]) -> str:
    words = ", ".join(_runs(numbers))
    return f"channel{'s' if len(numbers) > 1 else ''} {words}"


def _runs(numbers: Sequence[int]) -> list[str]:
    """Return numbers with three or more in a row written as ``1-12``."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    words: list[str] = []
    for run in runs:
        words += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(n) for n in run]
    return words


def fluorescence_sum(recording: Recording, element: str) -> str:
    """Return the sum of channels that saw the K line of an element, or the only sum there is.

    Parameters
    ----------
    recording : Recording
        Read with `with_element_sums`.
    element : str
        Symbol of the absorber; empty where it is not known.

    Returns
    -------
    str
        Column name; empty where there is none, or several could be meant.
    """
    sums = [c.name for c in recording.columns if c.made_from and c.name.endswith(SUM)]
    lines = [name for name in sums if _SUM_OF_LINE.fullmatch(name)]
    own = [name for name in lines if re.match(rf"{re.escape(element)}_?K", name) and element]
    chosen = own or (sums if not lines or not element else [])
    return chosen[0] if len(chosen) == 1 else ""


def with_element_sums(
    columns: Sequence[Column], where: str
) -> tuple[tuple[Column, ...], tuple[Alert, ...]]:
    """Return columns with the sums of every group of channels added.

    Parameters
    ----------
    columns : sequence of Column
        Of a scan.
    where : str
        File name.

    Returns
    -------
    columns : tuple of Column
        The file's own, then sums and variances.
    notices : tuple of Alert
        What was left out.
    """
    found = tuple(columns)
    names = {column.name for column in columns}
    notices: tuple[Alert, ...] = ()
    for group in element_groups(columns):
        added, said = element_sum(group, where)
        notices += said
        if not {column.name for column in added} & names:
            found += added
    return found, notices
