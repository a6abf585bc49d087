"""One observable of a curve, with what all of them have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable
from spectrafit_magnetism.curve import MeasuredCurve

__all__ = ["curve_item", "sigma_fields", "temperature_part"]

_UNDERFLOW = 1e-300


def sigma_fields(sigma: float | None, reason: str = "") -> dict[str, Any]:
    """Return sigma and its reason as fields of an observable.

    Parameters
    ----------
    sigma : float or None
        Standard error.
    reason : str, optional
        Why there is none.

    Returns
    -------
    dict
        A sigma of zero is none: nothing scatters.
    """
    if sigma is not None and sigma > _UNDERFLOW:
        return {"sigma": float(sigma)}
    return {"sigma": None, "sigma_reason": reason or "nothing scatters"}


def curve_item(
    curve: MeasuredCurve,
    key: str,
    unit: str,
    *,
    step: str,
    step_settings: Mapping[str, Any] | None = None,
    conventions: Mapping[str, Any] | None = None,
    kind: Kind = Kind.VALUE,
    **fields: Any,
) -> Observable:
    """Return an observable of a curve.

    Parameters
    ----------
    curve : MeasuredCurve
        Whose source, history and conventions it has.
    key : str
        Without the technique's name.
    unit : str
        Of the table.
    step : str
        Last step of its history.
    step_settings, conventions : mapping, optional
        Of that step, and beside those of the curve.
    kind : Kind, optional
        What it states.
    **fields : object
        Of `Observable`.

    Returns
    -------
    Observable
    """
    return Observable(
        key=f"magnetism.{key}",
        unit=unit,
        kind=kind,
        conventions={**curve.conventions, **(conventions or {})},
        source=curve.source,
        history=(*curve.history, HistoryEntry(step, dict(step_settings or {}))),
        **fields,
    )


def temperature_part(T: float) -> str:
    """Return a temperature as part of a key, like ``300K`` or ``2_5K``.

    Parameters
    ----------
    T : float
        K.

    Returns
    -------
    str
    """
    return f"{T:g}K".replace(".", "_").replace("+", "")
