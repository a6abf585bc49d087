"""Several calculated states beside the spectra of one regime, at one scale factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError
from spectrafit_ir.calculated.assignment import Assignment, assignment
from spectrafit_ir.calculated.compared import ScoreDifference, compared
from spectrafit_ir.calculated.match import Match, match
from spectrafit_ir.calculated.scaling import ScaleFactor, fitted_factor
from spectrafit_ir.calculated.state_difference import DifferenceMatch, difference_match
from spectrafit_ir.calculated.sticks import Vibrations

__all__ = ["Candidates", "FactorOrigin", "candidates"]

FactorOrigin = Literal["given", "assigned bands", "best match"]

_SAME_MODE = 1.0  # cm-1: an assigned wavenumber is rounded, and is a mode of the list


@dataclass(frozen=True, eq=False)
class Candidates:
    """Calculated states beside measured spectra.

    Parameters
    ----------
    factor : ScaleFactor
        The same for all states.
    origin : str
        ``given``, fitted on ``assigned bands``, or that of the ``best match`` of any state.
    matches : tuple of Match
        Of each state at that factor, in the given order.
    differences : tuple of ScoreDifference
        Of every pair of states.
    measured_differences : tuple of DifferenceMatch
        The mean measured difference beside that of every pair of states, the most similar first; empty without measured differences or with one state.
    assignments : tuple of Assignment
        Of each state at that factor, in the given order; empty without bands.
    notes : tuple of str
        What limits the comparison.
    """

    factor: ScaleFactor
    origin: FactorOrigin
    matches: tuple[Match, ...]
    differences: tuple[ScoreDifference, ...]
    measured_differences: tuple[DifferenceMatch, ...]
    assignments: tuple[Assignment, ...]
    notes: tuple[str, ...]

    @property
    def best(self) -> Match:
        """The match of the largest score."""
        return max(self.matches, key=lambda one: one.score)


def candidates(
    x: ArrayLike,
    Y: ArrayLike,
    states: Sequence[Vibrations],
    *,
    measured_differences: ArrayLike | None = None,
    bands: Mapping[str, float] | None = None,
    assigned: Mapping[str, float] | None = None,
    factor: tuple[float, float] | None = None,
    factors: tuple[float, float] = (0.93, 1.03),
    fwhm: float = 12.0,
    draws: int = 200,
    seed: int = 0,
) -> Candidates:
    """Return which of several calculated states match measured spectra, and which matches better.

    The scale factor is one for all states: as given, else fitted on assigned bands, else that of the
    largest score of any state within its range. A factor that comes from the data leaves the draws
    of the chance level the whole range.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers of the window, cm-1, ascending.
    Y : array_like, shape (N, n)
        Spectra of one regime, baseline-corrected, a row a spectrum; not a number where masked.
    states : sequence of Vibrations
        Calculated states of one method, of different names.
    measured_differences : array_like, shape (M, n), optional
        Difference spectra of the change that is asked for; their mean is compared.
    bands : mapping of str to float, optional
        Measured positions by name, cm-1, for the assignment.
    assigned : mapping of str to float, optional
        Calculated wavenumber of a mode, without factor, by the band's name, cm-1.
    factor : (float, float), optional
        Scale factor and its standard uncertainty.
    factors : (float, float), optional
        Range of a factor that is not given.
    fwhm : float, optional
        Of every mode, cm-1.
    draws : int, optional
        Of shifted modes, and half of those of the bootstrap.
    seed : int, optional
        Of all draws.

    Returns
    -------
    Candidates

    Raises
    ------
    SettingsError
        For an assigned band that was not measured, an assigned wavenumber that no state has, states
        of one name, or where `match` refuses.
    """
    positions = dict(bands or {})
    chosen, origin = _factor(states, positions, dict(assigned or {}), factor)
    rows = np.atleast_2d(np.asarray(Y, dtype=float))
    all_states = compared(
        x, rows, states, factors=factors, factor=chosen, fwhm=fwhm, draws=2 * draws, seed=seed
    )
    common = all_states.factor
    value = common.value
    low, high = (value, value) if origin == "given" else factors
    # a fitted factor outside the range widens it, so that the draws are not worse off
    free = (min(low, value), max(high, value))
    mean = rows.mean(axis=0)
    matches = tuple(
        match(x, mean, one, factors=free, factor=value, fwhm=fwhm, draws=draws, seed=seed)
        for one in states
    )
    found: list[DifferenceMatch] = []
    if measured_differences is not None:
        change = np.atleast_2d(np.asarray(measured_differences, dtype=float)).mean(axis=0)
        found = [
            difference_match(
                x, change, first, second,
                factors=free, factor=value, fwhm=fwhm, draws=draws, seed=seed,
            )
            for first, second in combinations(states, 2)
        ]  # fmt: skip
        found.sort(key=lambda one: -one.score)
    assignments = tuple(
        assignment(tuple(positions), tuple(positions.values()), one, factor=value)
        for one in (states if positions else ())
    )
    notes = _notes(common, origin, factors, matches)
    return Candidates(
        common, origin, matches, all_states.differences, tuple(found), assignments, notes
    )


def _factor(
    states: Sequence[Vibrations],
    bands: Mapping[str, float],
    assigned: Mapping[str, float],
    factor: tuple[float, float] | None,
) -> tuple[ScaleFactor | None, FactorOrigin]:
    if factor is not None:
        value, sigma = factor
        if not (value > 0 and sigma >= 0):
            raise SettingsError(
                f"a scale factor of {value:g} with {sigma:g}",
                where="scale_factor",
                do="give the factor and its standard uncertainty, like [0.965, 0.005]",
            )
        return ScaleFactor(value, sigma), "given"
    if not assigned:
        return None, "best match"
    for name, wavenumber in assigned.items():
        if name not in bands:
            raise SettingsError(
                f"the band {name} is assigned and was not measured",
                where="assigned",
                do=f"the bands are: {', '.join(bands) or 'none'}",
            )
        off = min(float(np.abs(one.wavenumbers - wavenumber).min()) for one in states)
        if not off <= _SAME_MODE:
            raise SettingsError(
                f"no state has a calculated mode at {wavenumber:g} cm-1: the next is {off:.1f} away",
                where=f"assigned.{name}",
                do="give the calculated wavenumber as in the file, without a scale factor",
            )
    measured = [bands[name] for name in assigned]
    return fitted_factor(list(assigned.values()), measured), "assigned bands"


def _notes(
    factor: ScaleFactor,
    origin: FactorOrigin,
    allowed: tuple[float, float],
    matches: Sequence[Match],
) -> tuple[str, ...]:
    notes: list[str] = []
    if not allowed[0] <= factor.value <= allowed[1]:
        notes.append(
            f"the scale factor {factor.value:.4f} lies outside {allowed[0]:g} to {allowed[1]:g}"
        )
    if origin == "best match":
        notes.append(
            "the scale factor is that of the best match: it favours the state that sets it"
        )
        best = max(matches, key=lambda one: one.score)
        if best.at_bound:
            notes.append(f"{best.state} scores best at an end of the range of the scale factor")
    if len(matches) > 1 and any(one.verdict == "matches" for one in matches):
        chance = 1.0 - 0.95 ** len(matches)
        notes.append(
            f"each verdict stands at 5 %: one of {len(matches)} states matches by chance in up to "
            f"{100 * chance:.0f} %"
        )
    return tuple(notes)
