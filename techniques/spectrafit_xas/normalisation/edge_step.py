"""How far the edge step moves with the ranges of its lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import Spectrum
from spectrafit_xas.normalisation.edge_ranges import LONG_POST_EV
from spectrafit_xas.normalisation.normalize import Normalization, normalization

__all__ = ["edge_step_scatter", "edge_step_spread"]


def edge_step_spread(spectrum: Spectrum, found: Normalization) -> float | None:
    """Return the standard deviation of the edge step over other choices of ranges.

    Parameters
    ----------
    spectrum : Spectrum
        mu against energy in eV.
    found : Normalization
        The chosen one.

    Returns
    -------
    float or None
        In units of mu; None where fewer than three choices could be made.

    Notes
    -----
    Each range is taken whole, without its first and without its last fifth (3 x 3), with degree
    1 and 2 above the edge where that range is longer than 300 eV; a shorter one does not
    determine a curvature.
    """
    e0 = found.e0_eV
    long = found.post_length_eV > LONG_POST_EV
    degrees = (1, 2) if long and found.degree in (1, 2) else (found.degree,)

    def other(
        pre_eV: tuple[float, float], post_eV: tuple[float, float], degree: int
    ) -> Normalization:
        return normalization(
            spectrum,
            e0,
            pre_eV=pre_eV,
            post_eV=post_eV,
            degree=degree,
            victoreen=found.victoreen,
            range_rule=found.range_rule,
        )

    return edge_step_scatter(found, degrees, other)


def edge_step_scatter(
    found: Normalization,
    degrees: tuple[int, ...],
    other: Callable[[tuple[float, float], tuple[float, float], int], Normalization],
) -> float | None:
    """Return the standard deviation of the edge step over a 3 x 3 set of ranges.

    Parameters
    ----------
    found : Normalization
        The chosen one.
    degrees : tuple of int
        Of the polynomial above the edge.
    other : callable
        The normalisation for two ranges relative to E0 and a degree.

    Returns
    -------
    float or None
        In units of mu; None where fewer than three choices could be made.
    """
    e0, steps = found.e0_eV, []
    for pre in _variants(found.pre_eV):
        for post in _variants(found.post_eV):
            for degree in degrees:
                try:
                    made = other((pre[0] - e0, pre[1] - e0), (post[0] - e0, post[1] - e0), degree)
                except SpectrafitError:
                    continue
                steps.append(made.step)
    return float(np.std(steps, ddof=1)) if len(steps) >= 3 else None


def _variants(ends: tuple[float, float]) -> tuple[tuple[float, float], ...]:
    fifth = (ends[1] - ends[0]) / 5.0
    return (ends, (ends[0] + fifth, ends[1]), (ends[0], ends[1] - fifth))
