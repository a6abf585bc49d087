"""Typed numbers of a study as data of a joint fit."""

from __future__ import annotations

from collections.abc import Iterable

from spectrafit.errors import UnitError
from spectrafit.observable import ObservableSpec
from spectrafit.states.datum import Datum, Quantity
from spectrafit.study.measured_points import LeftOut, SpecOf, linear_factor
from spectrafit.study.parameter_names import is_joined
from spectrafit.study.schema import TypedValue
from spectrafit.units import converted

__all__ = ["TYPED", "typed_data"]

TYPED = "typed numbers"
"""What they are called in place of a measurement."""


def typed_data(
    typed: Iterable[TypedValue], keys: Iterable[str], spec_of: SpecOf
) -> tuple[tuple[Datum, ...], tuple[LeftOut, ...]]:
    """Return the typed numbers of joined keys as data, and why others cannot be.

    Parameters
    ----------
    typed : iterable of TypedValue
        Of a study.
    keys : iterable of str
        Keys that are joined; ``*`` stands for any letters.
    spec_of : callable
        ``spec_of(key)``, the declaration of a key or None.

    Returns
    -------
    data : tuple of Datum
        In the order of the study.
    left_out : tuple of LeftOut
    """
    patterns, data, left_out = tuple(keys), [], []
    for one in typed:
        if not is_joined(one.key, patterns):
            continue
        spec = spec_of(one.key)
        why = _why_none(one, spec)
        if why or spec is None:
            left_out.append((one.key, TYPED, why))
            continue
        data.append(_datum(one, spec))
    return tuple(data), tuple(left_out)


def _why_none(one: TypedValue, spec: ObservableSpec | None) -> str:
    if spec is None:
        return "no installed technique declares it"
    if not spec.additive:
        return "populations do not make this key"
    if one.T is None:
        return "it has no temperature"
    if one.sigma is None:
        return "no standard uncertainty is typed"
    try:
        linear_factor(one.unit, _unit(one, spec))
    except UnitError:
        return f"in {one.unit}, needed in {_unit(one, spec)}"
    return ""


def _unit(one: TypedValue, spec: ObservableSpec) -> str:
    return "K" if one.quantity == Quantity.T_OF_HIGHEST.value else spec.unit


def _datum(one: TypedValue, spec: ObservableSpec) -> Datum:
    unit, quantity = _unit(one, spec), Quantity(one.quantity)
    factor = linear_factor(one.unit, unit)

    def placed(number: float | None) -> float | None:
        if number is None:
            return None
        return number * factor if quantity is Quantity.CHANGE else converted(number, one.unit, unit)

    assert one.T is not None
    assert one.sigma is not None
    return Datum(
        key=one.key,
        T=one.T,
        value=placed(one.value),
        sigma=one.sigma * factor,
        low=placed(one.low),
        high=placed(one.high),
        quantity=quantity,
        from_T=one.from_T,
        branch=one.branch,
        technique=one.key.partition(".")[0],
        source=one.source,
    )
