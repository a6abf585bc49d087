"""How well one edge step is known against another."""

from __future__ import annotations

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit_xas.normalisation.normalize import normalization
from spectrafit_xas.preparation import PreparedScan

__all__ = ["relative_step_sigma"]

LEAST_SHARE = 1e-4


def relative_step_sigma(a: PreparedScan, b: PreparedScan) -> float:
    """Return the relative standard uncertainty of one edge step against another.

    Parameters
    ----------
    a, b : PreparedScan
        Normalised scans.

    Returns
    -------
    float
        Spread of the ratio of the two steps over 3 x 3 choices of ranges, the same in both: what
        both owe to a choice cancels. Where fewer than three can be made, both spreads together.
    """
    ratios = []
    for pre in _cuts(a.lines.pre_eV):
        for post in _cuts(a.lines.post_eV):
            try:
                first, second = (_step(one, pre, post) / one.lines.step for one in (a, b))
            except SpectrafitError:
                continue
            ratios.append(first / second)
    if len(ratios) >= 3:
        return max(LEAST_SHARE, float(np.std(ratios, ddof=1)))
    shares = [(one.lines.step_sigma or 0.0) / one.lines.step for one in (a, b)]
    return max(LEAST_SHARE, float(np.linalg.norm(shares)))


def _cuts(ends: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    fifth = (ends[1] - ends[0]) / 5.0
    return (ends, (ends[0] + fifth, ends[1]), (ends[0], ends[1] - fifth))


def _step(scan: PreparedScan, pre: tuple[float, float], post: tuple[float, float]) -> float:
    lines, e0 = scan.lines, scan.lines.e0_eV
    found = normalization(
        scan.raw,
        e0,
        pre_eV=(pre[0] - e0, pre[1] - e0),
        post_eV=(post[0] - e0, post[1] - e0),
        degree=lines.degree,
        victoreen=lines.victoreen,
        range_rule=lines.range_rule,
    )
    return found.step
