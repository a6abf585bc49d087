"""Where the observables of a run come from, and how a number becomes one of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Kind, Observable
from spectrafit.recording import joint_origin
from spectrafit_pyro.run import Run

__all__ = ["NO_AREA_ERROR", "NO_OFFSET_ERROR", "Origin", "origin_of"]

NO_AREA_ERROR = "area_error_mm2 not told"
NO_OFFSET_ERROR = "one branch: offset not testable"


@dataclass(frozen=True)
class Origin:
    """What all observables of one run have in common.

    Parameters
    ----------
    run : Run
        As prepared.
    source : Source
        Its file, or files.
    conditions : mapping
        That its files have in common.
    history : tuple of HistoryEntry
        Up to p.
    conventions : mapping
        What every number depends on.
    """

    run: Run
    source: Source
    conditions: Mapping[str, float | str]
    history: tuple[HistoryEntry, ...]
    conventions: Mapping[str, Any] = field(default_factory=dict)

    def after(self, step: str, **settings: Any) -> Origin:
        """Return the same origin with one more step."""
        return replace(self, history=(*self.history, HistoryEntry(step, settings)))

    def key(self, quantity: str) -> str:
        """Return a key; without a polarity that of a magnitude."""
        signed = self.run.electrode.polarity is not None
        return f"pyro.{quantity}" if signed else f"pyro.abs_{quantity}"

    def scaled(self, value: float, noise: float, offset: float = 0.0) -> dict[str, float]:
        """Return the budget of a number that goes with 1/(area times rate).

        Parameters
        ----------
        value : float
            The number.
        noise : float
            Standard uncertainty by the noise of current and rate.
        offset : float, optional
            What one standard uncertainty of the offset adds.

        Returns
        -------
        dict of str to float
            Parts that are not zero, in the unit of the number.
        """
        parts = {
            "noise": noise,
            "area": abs(value) * (self.run.electrode.area.relative or 0.0),
            "rate": abs(value) * self.run.settings.rate_error,
            "offset": abs(offset),
        }
        return {name: float(part) for name, part in parts.items() if part > 0.0}

    def item(
        self,
        key: str,
        unit: str,
        value: float,
        budget: Mapping[str, float],
        *,
        reason: str = "",
        verdict: str = "",
        conditions: Mapping[str, float | str] | None = None,
        **conventions: Any,
    ) -> Observable:
        """Return a value with the total of its budget, or the reason why it has none.

        Parameters
        ----------
        key, unit : str
            As declared.
        value : float
            In that unit.
        budget : mapping of str to float
            Parts of its uncertainty.
        reason : str, optional
            Why there is no total.
        verdict : str, optional
            What was judged.
        conditions : mapping, optional
            Besides those of the run.
        **conventions : object
            Besides those of the run.

        Returns
        -------
        Observable
        """
        total = math.hypot(*budget.values()) if budget else 0.0
        why = reason or ("" if total > 0.0 else "the data show no noise")
        if why and total > 0.0:
            why = f"{why}; known parts: {total:.2g}"
        return Observable(
            key, unit, Kind.VALUE, value, None if why else total, why, verdict=verdict, budget=budget,
            conventions={**self.conventions, **conventions},
            conditions={**self.conditions, **(conditions or {})}, source=self.source,
            history=self.history,
        )  # fmt: skip

    def area_reason(self, *, one_branch: bool = True) -> str:
        """Return why a number that goes with 1/(area times rate) has no total uncertainty.

        Parameters
        ----------
        one_branch : bool, optional
            Whether an offset of one branch goes into the number.

        Returns
        -------
        str
            Empty where it has one.
        """
        reasons = [] if self.run.electrode.area.sigma is not None else [NO_AREA_ERROR]
        if one_branch and self.run.joint is None and not self.run.settings.offset_error_pA:
            reasons.append(NO_OFFSET_ERROR)
        return "; ".join(reasons)

    def offset_in_p(self) -> float:
        """Return what one standard uncertainty of the offset adds to p, nC cm-2 K-1."""
        scale = abs(self.run.rate_gap) * self.run.electrode.area.value
        return self.run.settings.offset_error_pA * 1e-12 / scale * 1e9


def origin_of(run: Run) -> Origin:
    """Return what all observables of a run have in common.

    Parameters
    ----------
    run : Run
        As prepared.

    Returns
    -------
    Origin
    """
    source, conditions = joint_origin(run.recordings)
    settings = run.settings
    rates = run.pair or (run.sweep,)
    made = {
        "branches": run.branch,
        "rates_K_min": [round(60.0 * sweep.nominal, 4) for sweep in rates],
        "rate_window_s": settings.rate_window_s,
        "points_left_out": sum(sweep.left_out for sweep in rates),
        "lag_s": run.lag_s,
        "lag_from": _lag_source(run),
        "grid_K": settings.grid_K,
    }
    polarity = run.electrode.polarity
    conventions: dict[str, Any] = {
        "area_mm2": run.electrode.stated_mm2,
        "polarity": "not told" if polarity is None else polarity,
    }
    if run.electrode.tilt_deg:
        conventions["tilt_deg"] = run.electrode.tilt_deg
    return Origin(
        run, source, conditions, (HistoryEntry("pyroelectric coefficient", made),), conventions
    )


def _lag_source(run: Run) -> str:
    if not run.settings.align and run.pair is not None:
        return "not aligned"
    if run.settings.lag_s is not None:
        return "given"
    return "peak" if run.lag is not None else "none"
