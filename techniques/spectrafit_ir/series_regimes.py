"""Where a series changes abruptly: the regimes of each band, the step they share, hysteresis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import FitError
from spectrafit.observable import Kind, Observable
from spectrafit_ir.alerts import infrared_alert
from spectrafit_ir.charts.series_axes import StepMark
from spectrafit_ir.regimes.hysteresis import Hysteresis, hysteresis_of
from spectrafit_ir.regimes.joint import JointStep, joint_step
from spectrafit_ir.regimes.outcome import Regimes
from spectrafit_ir.regimes.steps import regimes_of
from spectrafit_ir.series_bands import Branch, SeriesBands

__all__ = ["SeriesSteps", "series_steps"]

_FEWEST_FOR_JOINT = 2


@dataclass(frozen=True, eq=False)
class SeriesSteps:
    """The regimes of a series.

    Parameters
    ----------
    regimes : dict of (str, str) to Regimes
        By band and branch.
    joint : dict of str to JointStep
        By branch.
    hysteresis : Hysteresis or None
        Where there are two branches.
    items : tuple of Observable
        All of it.
    alerts : tuple of Alert
        What to know.
    """

    regimes: dict[tuple[str, str], Regimes]
    joint: dict[str, JointStep]
    hysteresis: Hysteresis | None
    items: tuple[Observable, ...]
    alerts: tuple[Alert, ...]

    @property
    def marks(self) -> tuple[StepMark, ...]:
        """The shared brackets, for figures."""
        return tuple(
            StepMark(step.low, step.high, branch)
            for branch, step in self.joint.items()
            if step.low is not None and step.high is not None
        )

    @property
    def brackets(self) -> tuple[tuple[float, float], ...]:
        """The shared brackets of all branches, K."""
        return tuple((mark.low, mark.high) for mark in self.marks)


def series_steps(series: SeriesBands) -> SeriesSteps:
    """Return the regimes of each band and what they share.

    Parameters
    ----------
    series : SeriesBands
        As fitted; a branch of fewer than five temperatures is left out and named.

    Returns
    -------
    SeriesSteps
    """
    regimes: dict[tuple[str, str], Regimes] = {}
    joint: dict[str, JointStep] = {}
    items: list[Observable] = []
    alerts: list[Alert] = []
    for branch in series.branches:
        observed = _observed(series, branch)
        try:
            together = _together(series, observed)
            own = _of_branch(series, observed, together)
        except FitError as error:
            alerts.append(_not_given(branch, error))
            continue
        regimes |= {(name, branch.name): found for name, found in own.items()}
        if together is not None:
            joint[branch.name] = together
            items += _joint_item(series, branch, together)
            alerts += _disagreeing(branch, together)
        items += _regime_items(series, branch, own)
    loop = None
    if {"heating", "cooling"} <= {branch.name for branch in series.branches} and joint:
        loop = hysteresis_of(joint.get("heating"), joint.get("cooling"))
        items.append(
            Observable(
                "ir.hysteresis", "1", Kind.CATEGORY, loop.verdict, verdict=loop.reason,
                conventions={"low_K": loop.low, "high_K": loop.high}, source=series.source,
                history=series.history("hysteresis", {}),
            )
        )  # fmt: skip
    return SeriesSteps(regimes, joint, loop, tuple(items), tuple(alerts))


def _not_given(branch: Branch, error: FitError) -> Alert:
    where = f"series, {branch.name}" if branch.name else "series"
    return infrared_alert("IR-117").alert(where=where, what="regimes and steps", why=error.what)


Observed = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


def _observed(series: SeriesBands, branch: Branch) -> Observed:
    """Return temperatures, areas and errors of each band that has any on a branch."""
    found = {}
    for name in series.names:
        values, sigma = (one[branch.places] for one in series.area(name))
        T = series.T[branch.places]
        known = np.isfinite(values) & np.isfinite(sigma) & (sigma > 0.0)
        if known.sum() >= _FEWEST_FOR_JOINT:
            found[name] = (T[known], values[known], sigma[known])
    return found


def _of_branch(
    series: SeriesBands, observed: Observed, together: JointStep | None
) -> dict[str, Regimes]:
    """Return the regimes of each band; those that the shared step was looked for in are known."""
    known = dict(together.regimes) if together is not None and series.settings.steps == 1 else {}
    return {
        name: known[name] if name in known else regimes_of(*one, expected=series.settings.steps)
        for name, one in observed.items()
    }


def _together(series: SeriesBands, observed: Observed) -> JointStep | None:
    if not series.settings.steps:
        return None
    wanted = series.settings.step_bands or tuple(observed)
    chosen = {name: observed[name] for name in wanted if name in observed}
    return joint_step(chosen) if chosen else None


def _regime_items(
    series: SeriesBands, branch: Branch, found: dict[str, Regimes]
) -> list[Observable]:
    items = []
    history = series.history("regimes", {"steps": series.settings.steps, "criterion": "BIC"})
    for name, one in found.items():
        rivals = f"; not told from {', '.join(one.rivals)}" if one.rivals else ""
        said = [f"{r.low:g}-{r.high:g} K {r.fit.law.replace('_', ' ')}" for r in one.regimes]
        items.append(
            Observable(
                f"ir.{name}.regime", "1", Kind.CATEGORY, one.verdict,
                verdict=f"{'; '.join(said)}{rivals}", conditions=branch.conditions,
                source=series.source, history=history,
            )
        )  # fmt: skip
        items += [
            Observable(
                f"ir.{name}.step", "K", Kind.INTERVAL, low=step.low, high=step.high, level=0.95,
                verdict=_step_words(step.word, step.width), conditions=branch.conditions,
                conventions={"number": number} if len(one.steps) > 1 else {},
                source=series.source, history=history,
            )
            for number, step in enumerate(one.steps, 1)
        ][:1]  # fmt: skip
    return items


def _step_words(word: str, width: float | None) -> str:
    if width is None:
        return f"{word}: no temperature lies inside, it may be anywhere between"
    return f"{word}: 10 to 90 % within {width:.0f} K"


def _joint_item(series: SeriesBands, branch: Branch, found: JointStep) -> list[Observable]:
    if found.low is None or found.high is None:
        return []
    return [
        Observable(
            "ir.step", "K", Kind.INTERVAL, low=found.low, high=found.high, level=0.95,
            verdict=f"shared by {', '.join(found.shared)}", conditions=branch.conditions,
            source=series.source,
            history=series.history("joint step", {"bands": list(found.shared)}),
        )
    ]  # fmt: skip


def _disagreeing(branch: Branch, found: JointStep) -> list[Alert]:
    if not found.disagreeing:
        return []
    what = ", ".join(found.disagreeing)
    where = f"series, {branch.name}" if branch.name else "series"
    return [infrared_alert("IR-115").alert(where=where, what=what)]
