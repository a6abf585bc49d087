"""What is to be fitted: data, a model, and which parameters are free, fixed, bounded or tied."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ParameterChange"]


@dataclass(frozen=True)
class ParameterChange:
    """What a user changes of one fit parameter.

    Parameters
    ----------
    start : float or None
        Start value, in the parameter's unit.
    min, max : float or None
        Bounds, in the parameter's unit.
    fixed : bool or None
        Whether it is held at its start value.
    equals : str or None
        A linear tie, like ``"peak1.fwhm"`` or ``"0.5*peak1.height + 0.1"``.
    """

    start: float | None = None
    min: float | None = None
    max: float | None = None
    fixed: bool | None = None
    equals: str | None = None
