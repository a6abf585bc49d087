"""Peaks so weak that the standard errors of their position and width hold the truth too seldom."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from spectrafit.alert import Alert, alert_spec
from spectrafit.lines.line import Component, Model

__all__ = ["WEAK_BELOW", "weak_alert", "weak_amplitudes"]

WEAK_BELOW = 10.0
"""Standard errors of a peak's height or area below which the linear 68 % intervals of its position and
width cover less than 66 %, and 50 % at 3: simulated Gaussians and Lorentzians on a constant, 20,000 at
each height (the page "Reliability" has those of the techniques)."""


def weak_amplitudes(
    models: Sequence[Model],
    value: Callable[[str], float],
    sigma: Callable[[str], float | None],
    is_free: Callable[[str], bool],
) -> tuple[str, ...]:
    """Return the heights or areas of the weak peaks of a fit.

    A peak is a line with an area. One whose shape is held is not among them: its height is linear
    and its error holds at any size.

    Parameters
    ----------
    models : sequence of Model
        One a spectrum.
    value : callable
        Fitted value by full name.
    sigma : callable
        Standard error by full name, None where there is none.
    is_free : callable
        Whether a parameter, by full name, was varied, be it through a tie.

    Returns
    -------
    tuple of str
        Full names, each once.
    """
    components = {one.name: one for model in models for one in model.components}
    found = []
    for component in components.values():
        name = _amplitude(component)
        if not name or not any(is_free(own) for own in component.parameter_names if own != name):
            continue
        error = sigma(name) if is_free(name) else None
        if error is not None and abs(value(name)) < WEAK_BELOW * error:
            found.append(name)
    return tuple(found)


def weak_alert(name: str, ratio: float, where: str = "") -> Alert:
    """Return the alert on a weak peak, which names the command that gives intervals.

    Parameters
    ----------
    name : str
        Its height or area, by full name.
    ratio : float
        That over its standard error.
    where : str, optional
        File, measurement or key.

    Returns
    -------
    Alert
    """
    peak = name.rpartition(".")[0]
    return alert_spec("FIT-009").alert(where=where, peak=peak, name=name, ratio=ratio)


def _amplitude(component: Component) -> str:
    line = component.line
    return f"{component.name}.{line.amplitude}" if line.area is not None and line.amplitude else ""
