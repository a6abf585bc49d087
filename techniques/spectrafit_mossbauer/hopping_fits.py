"""Fits of the two-state line to one spectrum at given rates, with one set of weights for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import count_weights, fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.baseline import baseline, baseline_start
from spectrafit_mossbauer.absorption.unfolded import Unfolded
from spectrafit_mossbauer.constants import NATURAL_FWHM
from spectrafit_mossbauer.hopping import HoppingDoublet, HoppingLine
from spectrafit_mossbauer.two_states import TwoStates

__all__ = ["HoppingAt", "HoppingFits"]

_SITE = "site1"
_EQUAL = 2.0
# weights of the counts and of the model may order places of nearly equal chi2 differently
_LOOKED_AT, _FAR = 3, 1.5


@dataclass(frozen=True)
class HoppingAt:
    """The fit at one rate.

    Parameters
    ----------
    log_k : float
        log10 of k_ex in 1/s.
    p2 : float
        Population of state 2.
    width : float
        FWHM of every line without hopping, mm/s.
    ratio : float
        Area of the high over that of the low line where both are free: texture moves it off 1.
    ratio_sigma : float or None
        Its standard error; None where there is none.
    chi2 : float
        With equal areas.
    """

    log_k: float
    p2: float
    width: float
    ratio: float
    ratio_sigma: float | None
    chi2: float

    @property
    def texture_excluded(self) -> bool:
        """Whether the areas are equal within 2 standard errors."""
        return self.ratio_sigma is not None and abs(self.ratio - 1.0) <= _EQUAL * self.ratio_sigma


class HoppingFits:
    """Fits of one spectrum at given rates.

    Parameters
    ----------
    spectrum : Unfolded
        One doublet.
    states : TwoStates
        Declared values.
    width : float
        FWHM where fits start, mm/s.
    places : ndarray, shape (m,)
        log10 of k_ex in 1/s among which the fit is looked for whose model gives the weights.
    """

    def __init__(
        self, spectrum: Unfolded, states: TwoStates, width: float, places: FloatArray
    ) -> None:
        self.spectrum, self.states = spectrum, states
        self.problem = _problem(spectrum, states, width)
        self.sigma = spectrum.spectrum.sigma
        self.known = self.sigma is not None or not spectrum.not_counts
        counts = self.sigma is None and self.known
        start = {n: np.full(places.size, self._start_of(n)) for n in self.problem.free_names}
        if counts:
            self.sigma = 1.0 / count_weights(spectrum.counts)
        rough = self._fits(places, start, counts=False, restarts=0)
        if counts:
            self.sigma = self._model_sigma(places, rough)
        # where refits at other rates start: from the nearest rate
        self.rates = np.asarray(places, dtype=float)
        self.reached = rough.free_values

    @property
    def freedom(self) -> int:
        """Points less parameters, the rate among these."""
        return self.problem.ndata - len(self.problem.free_names) - 1

    def chi2(self, log_k: FloatArray) -> FloatArray:
        """Return least chi2 at each rate.

        Parameters
        ----------
        log_k : ndarray, shape (m,)
            log10 of k_ex in 1/s.

        Returns
        -------
        ndarray, shape (m,)
        """
        return np.asarray(self._refits(log_k).chi2)

    def at(self, log_k: float) -> HoppingAt:
        """Return the fit at a rate, and the ratio of areas there.

        Parameters
        ----------
        log_k : float
            log10 of k_ex in 1/s.

        Returns
        -------
        HoppingAt
        """
        found = self._refits(np.array([log_k]))
        values = {name: float(found.value(name)[0]) for name in found.names}
        ratio, error = self._ratio(values)
        share, width = values[f"{_SITE}.p2"], values[f"{_SITE}.fwhm"]
        return HoppingAt(log_k, share, width, ratio, error, float(found.chi2[0]))

    def _model_sigma(self, places: FloatArray, rough: FitStack) -> FloatArray:
        """Return the root of the model of the best fit among the places where `rough` is lowest."""
        chi2 = np.where(np.isfinite(rough.chi2), rough.chi2, np.inf)
        order = np.argsort(chi2, kind="stable")[:_LOOKED_AT]
        lowest = order[~(chi2[order] > _FAR * chi2[order[0]])]
        start = {n: rough.free_values[lowest, i] for i, n in enumerate(rough.free_names)}
        found = self._fits(places[lowest], start, counts=True, restarts=1)
        again = np.where(np.isfinite(found.chi2), found.chi2, np.inf)
        return np.asarray(found.y_sigma[int(np.argmin(again))])

    def _refits(self, log_k: FloatArray) -> FitStack:
        nearest = np.abs(log_k[:, None] - self.rates).argmin(axis=1)
        rows = self.reached[nearest]
        start = {n: rows[:, i] for i, n in enumerate(self.problem.free_names)}
        found = self._fits(log_k, start, counts=False, restarts=0)
        self.rates = np.concatenate([self.rates, log_k])
        self.reached = np.concatenate([self.reached, found.free_values])
        return found

    def _fits(
        self, log_k: FloatArray, start: dict[str, FloatArray], *, counts: bool, restarts: int
    ) -> FitStack:
        y = np.tile(self.spectrum.counts, (log_k.size, 1))
        return fit_many(
            self.problem, y, start={**start, f"{_SITE}.log_k": log_k},
            sigma=None if counts else self.sigma, counts=counts, engine="batch", restarts=restarts,
        )  # fmt: skip

    def _start_of(self, name: str) -> float:
        return float(self.problem.start_values[self.problem.names.index(name)])

    def _ratio(self, values: dict[str, float]) -> tuple[float, float | None]:
        """Return the ratio of areas of both lines, and its error, all else as in `values` at first."""
        lines = {"low": -0.5, "high": 0.5}
        start = {name: value for name, value in values.items() if not name.startswith(_SITE)}
        changes: dict[str, ParameterChange] = {}
        for name, sign in lines.items():
            for state in (1, 2):
                center, splitting = (
                    values[f"{_SITE}.{what}{state}"] for what in ("center", "splitting")
                )
                start[f"{name}.v{state}"] = center + sign * splitting
                changes[f"{name}.v{state}"] = ParameterChange(fixed=True)
                start[f"{name}.fwhm{state}"] = values[f"{_SITE}.fwhm"]
                changes[f"{name}.fwhm{state}"] = ParameterChange(equals="low.fwhm1")
            start[f"{name}.area"] = 0.5 * values[f"{_SITE}.area"]
            start[f"{name}.p2"] = values[f"{_SITE}.p2"]
            start[f"{name}.log_k"] = values[f"{_SITE}.log_k"]
            changes[f"{name}.log_k"] = ParameterChange(fixed=True)
            changes[f"{name}.p2"] = ParameterChange(equals="low.p2")
        changes["low.fwhm1"] = ParameterChange(min=NATURAL_FWHM)
        changes["low.p2"] = _share(self.states)
        if self.states.tied:
            changes["high.p2"] = ParameterChange(fixed=True)
        model = baseline(self.spectrum) + HoppingLine("low") + HoppingLine("high")
        problem = Problem(self.spectrum.spectrum, model, start=start, parameters=changes)
        found = fit_many(problem, self.spectrum.counts[None, :], sigma=self.sigma, engine="batch")
        places = [problem.names.index(f"{name}.area") for name in lines]
        areas = found.values[0][places]
        ratio = float(areas[1] / areas[0])
        if not np.isfinite([found.sigma(f"{name}.area")[0] for name in lines]).all():
            return ratio, None
        slopes = np.array([-ratio / areas[0], 1.0 / areas[0]])
        return ratio, float(np.sqrt(slopes @ found.covariance[0][np.ix_(places, places)] @ slopes))


def _share(states: TwoStates) -> ParameterChange:
    if states.tied:
        return ParameterChange(fixed=True)
    return ParameterChange(min=states.p2[0], max=states.p2[1])


def _problem(spectrum: Unfolded, states: TwoStates, width: float) -> Problem:
    level = float(np.median(spectrum.counts))
    depth = 0.5 * (2.0 * level - spectrum.counts[1:] - spectrum.counts[:-1])
    area = float(depth @ np.diff(spectrum.velocity))
    start = {
        f"{_SITE}.center1": states.first.shift,
        f"{_SITE}.splitting1": states.first.splitting,
        f"{_SITE}.center2": states.second.shift,
        f"{_SITE}.splitting2": states.second.splitting,
        f"{_SITE}.p2": states.middle,
        f"{_SITE}.fwhm": max(width, 1.05 * NATURAL_FWHM),
        f"{_SITE}.area": -abs(area),
    } | baseline_start(spectrum)
    changes = {
        f"{_SITE}.log_k": ParameterChange(fixed=True),
        f"{_SITE}.fwhm": ParameterChange(min=NATURAL_FWHM, max=float(np.ptp(spectrum.velocity))),
        f"{_SITE}.p2": _share(states),
    }
    for which in ("center", "splitting"):
        one, other = f"{_SITE}.{which}1", f"{_SITE}.{which}2"
        if states.differences:
            changes[other] = ParameterChange(equals=f"{one} + {start[other] - start[one]!r}")
        else:
            changes[one] = changes[other] = ParameterChange(fixed=True)
    model = baseline(spectrum) + HoppingDoublet(_SITE)
    return Problem(spectrum.spectrum, model, start=start, parameters=changes)
