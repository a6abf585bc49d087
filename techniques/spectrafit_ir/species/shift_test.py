"""How much of a change in a spectrum is bands that move or broaden.

A band that moves by d changes a spectrum S by ``-d S'``, the first term of a Taylor series. One that
broadens changes it by a multiple of a curve that depends on its shape; that of a Gaussian and that of
a Lorentzian are both tried (`spectrafit_ir.species.moved_curves`), since the former, ``S''``, explains
but 0.7 of a Lorentzian that broadens by a fifth. A new species has no reason to look like any of
these, unless its band stands within about half a width of the old one, where no such test can tell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from spectrafit_ir.species.explained import best_explained
from spectrafit_ir.species.moved_curves import moved_curves
from spectrafit_ir.species.stack import checked_noise, checked_rows

__all__ = ["EXPLAINED", "ShiftTest", "shift_test"]

EXPLAINED = 0.8
"""Share of a change above which bands that move or broaden are taken for its cause."""

_WHERE = "shift test"


@dataclass(frozen=True, eq=False)
class ShiftTest:
    """What a difference spectrum is made of.

    Parameters
    ----------
    verdict : str
        ``shift_or_broadening``; ``common_factor`` where the whole spectrum grows or falls, as by
        the thickness of the sample; ``other_change``; ``undecided`` where the share is within two
        standard errors of the limit; ``no_change`` where noise alone makes as much.
    share : float or None
        Of the change above noise that a shift with a broadening of either kind explains; None
        without change.
    share_sigma : float or None
        Its standard error by noise.
    scaled_share : float or None
        The same where the spectrum itself may be multiplied too.
    shift : tuple of float
        cm-1, the move that fits best in each window; the first order only.
    kind : str
        ``gaussian`` or ``lorentzian``: the broadening that explains more.
    broadening : tuple of float
        Growth that fits best in each window: of the Gaussian variance in cm-1 squared, of the
        Lorentzian full width in cm-1.
    """

    verdict: str
    share: float | None
    share_sigma: float | None
    scaled_share: float | None
    shift: tuple[float, ...] = ()
    kind: str = ""
    broadening: tuple[float, ...] = ()

    @property
    def sentence(self) -> str:
        """The verdict with its figure."""
        if self.share is None:
            return "no change above noise"
        return (
            f"{self.verdict}: bands that move or broaden explain {100 * self.share:.0f} % of the "
            f"change ({100 * EXPLAINED:g} % is the limit)"
        )


def shift_test(
    x: ArrayLike,
    difference: ArrayLike,
    reference: ArrayLike,
    sigma: float,
    *,
    reference_sigma: float | None = None,
    windows: Sequence[tuple[float, float]] = (),
) -> ShiftTest:
    """Return whether a difference spectrum is bands that move or broaden.

    Parameters
    ----------
    x : array_like, shape (n,)
        cm-1, evenly spaced.
    difference : array_like, shape (n,)
        Absorbance.
    reference : array_like, shape (n,)
        Absorbance of the spectrum whose derivatives are taken.
    sigma : float
        White-noise standard deviation of the difference, absorbance.
    reference_sigma : float, optional
        That of the reference; that of the difference over the square root of 2 where not given.
    windows : sequence of tuple of float, optional
        cm-1; in each of them bands move by their own amount. One window over all where not given.

    Returns
    -------
    ShiftTest
        Verdict, share and moves.

    Raises
    ------
    SettingsError
        For arrays that do not fit each other, noise that is not positive, or a window without
        points.
    """
    axis, rows = checked_rows(x, np.array([difference, reference]), _WHERE)
    noise = sigma / math.sqrt(2.0) if reference_sigma is None else reference_sigma
    both = checked_noise(np.array([sigma, noise]), 2, _WHERE)
    curves = moved_curves(axis, rows[1], float(both[1]))
    found = best_explained(axis, rows[0], (curves,), float(both[0]), windows)
    if found is None:
        return ShiftTest("no_change", None, None, None)
    kind, share, error, weights = found
    more = best_explained(axis, rows[0], (curves,), float(both[0]), windows, rows[1:])
    scaled = share if more is None else more[1]
    half = weights.size // 2
    return ShiftTest(
        _verdict(share, error, scaled),
        share,
        error,
        scaled,
        tuple(float(-one) for one in weights[:half]),
        kind,
        tuple(float(2.0 * one) for one in weights[half:]),
    )


def _verdict(share: float, error: float, scaled: float) -> str:
    if abs(share - EXPLAINED) < 2.0 * error:
        return "undecided"
    if share > EXPLAINED:
        return "shift_or_broadening"
    return "common_factor" if scaled - 2.0 * error > EXPLAINED else "other_change"
