"""Whether error bars hold the truth as often as they say, in every technique and regime."""

from __future__ import annotations

import math
from collections.abc import Sequence

from reliability.covered import Covered, coverage_table
from reliability.covered_files import told_by_files
from reliability.covered_lines import line_rows
from reliability.covered_numbers import number_rows
from reliability.covered_weak import HEIGHTS, peak_rows, technique_rows, whole_intervals
from reliability.promise import Promise, Section

from spectrafit.fit.compiled.engine import is_installed

FAILURE = "honest intervals"
# shares of results with an alert: below it a regime counts as quoted without, above the other as told
FEW, MOST = 0.05, 0.95
_COUNT, _TESTS, _WHOLE, _FILES = 5_000, 1_000, 60, 10

_WORDS = """## Coverage of error bars

How often the interval of a result holds the truth that was simulated, ± its Monte Carlo error; `N` counts the results
that give an interval. Noise is Poisson's of counts or normal, the truth is in the family of the model, generators are
fixed before looking. `alert or withheld` is the share of results that say so by themselves: an alert (FIT-009; MOS-102
of an absorption that is not shown), or no interval and the reason. A `linear` interval is value ± standard error, a
`profile` that of `profile`, a `calibrated` one that of `spectrafit interval`, which the alert names: there the truth is
tested with {draws} simulated spectra. XANES, Mössbauer and infrared spectra are fitted with the problems that the
techniques build, from the starts that they find; magnetism, pyroelectricity and structure by the functions that the
techniques call. T1/2 is an interval of the sampling, not of 68 %; populations of states are in the section on states.
Weighted means of bond lengths are widened where lengths scatter by more than their s.u. and never narrowed, so they hold
the truth more often than they say.
"""


def _engine() -> str:
    return "compiled" if is_installed() else "batch"


def quoted(rows: Sequence[Covered]) -> list[Covered]:
    """Return linear intervals that results give without an alert."""
    return [one for one in rows if one.kind == "linear" and not one.told >= FEW]


def short_promise(rows: Sequence[Covered]) -> Promise:
    """Return what was found of intervals that stand without an alert."""
    those = quoted(rows)
    least = min(those, key=lambda one: one.inside68)
    inside = sum(one.holds for one in those)
    longer = sum(not one.holds and not one.is_short for one in those)
    short = [one.name for one in those if one.is_short]
    return Promise(
        FAILURE,
        "68 % intervals without an alert hold the truth in 68 ± 2 %, or three Monte Carlo errors where "
        "those are more; none in fewer",
        f"{inside} of {len(those)} quantities within, {longer} in more, {len(short)} in fewer; least "
        f"{100 * least.inside68:.1f} % ({least.name})",
        sum(one.cases for one in those),
        not short,
        "; ".join(short),
    )


def told_promise(rows: Sequence[Covered]) -> Promise:
    """Return what was found of linear intervals that fail."""
    failing = [one for one in rows if one.kind == "linear" and one.is_short and one.told >= FEW]
    untold = [one.name for one in failing if one.told < MOST]
    least = min((one.told for one in failing), default=math.nan)
    worst = min((one.inside68 for one in failing), default=math.nan)
    return Promise(
        FAILURE,
        "where linear 68 % intervals fail, at least 95 % of results carry the alert or give none",
        f"{len(failing) - len(untold)} of {len(failing)} quantities that fail (down to "
        f"{100 * worst:.0f} %); least {100 * least:.0f} % of results",
        sum(one.cases for one in failing),
        bool(failing) and not untold,
        "; ".join(untold),
    )


def false_promise(rows: Sequence[Covered]) -> Promise:
    """Return what was found of alerts on strong peaks."""
    strong = [one for one in rows if one.regime == "strong" and not math.isnan(one.told)]
    most = max(one.told for one in strong)
    return Promise(
        FAILURE,
        "at most 1 % of results carry that alert in strong regimes",
        f"at most {100 * most:.1f} %",
        sum(one.cases for one in strong),
        most <= 0.01,
    )


def offered_promise(rows: Sequence[Covered], whole: tuple[int, int]) -> Promise:
    """Return what was found of the intervals that the alert names."""
    tests = [one for one in rows if one.kind == "calibrated"]
    short = [one.name for one in tests if one.is_short]
    least, most = (choose(tests, key=lambda one: one.inside68) for choose in (min, max))
    return Promise(
        FAILURE,
        "the intervals that the alert names hold the truth in no fewer than 66 % there, or three Monte "
        "Carlo errors below 68 % where those are more",
        f"{100 * least.inside68:.1f} % ({least.name}) to {100 * most.inside68:.1f} %; whole intervals of "
        f"a peak as high as the noise hold its position in {whole[0]} of {whole[1]}",
        sum(one.cases for one in tests),
        not short,
        "; ".join(short),
    )


def files_promise(count: int) -> Promise:
    """Return what whole results of simulated files say: weak ones the alert, strong ones not."""
    wrong, cases = told_by_files(count)
    return Promise(
        FAILURE,
        "the result of a file with a weak peak says so, that of one with a strong peak does not",
        f"{len(wrong)} of {cases} results say otherwise",
        cases,
        not wrong,
        "; ".join(wrong[:5]),
    )


def weak_rows(count: int, tests: int) -> list[Covered]:
    """Return the regimes of weak peaks with all three kinds of interval."""
    engine = _engine()
    rows = [row for height in HEIGHTS for row in peak_rows(height, count, tests, engine)]
    return rows + technique_rows(tests, engine)


def section() -> Section:
    """Return the section in its full size."""
    rows = [*line_rows(_COUNT), *number_rows(_COUNT), *weak_rows(_COUNT, _TESTS)]
    promises = (
        short_promise(rows), told_promise(rows), false_promise(rows),
        offered_promise(rows, whole_intervals(_WHOLE)), files_promise(_FILES),
    )  # fmt: skip
    from reliability.covered_weak import DRAWS

    return Section(promises, f"{_WORDS.format(draws=DRAWS)}\n{coverage_table(rows)}")
