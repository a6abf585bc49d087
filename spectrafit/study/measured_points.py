"""Values of observables that a joint fit can take, and why it cannot take the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from spectrafit.history import frozen_mapping
from spectrafit.observable import Kind, Observable, ObservableSpec
from spectrafit.study.parameter_names import is_joined
from spectrafit.units import converted, same_quantity

__all__ = ["LeftOut", "Point", "SpecOf", "linear_factor", "points_of", "why_no_point"]

SpecOf = Callable[[str], ObservableSpec | None]


@dataclass(frozen=True)
class Point:
    """One value of one key, in the unit of its declaration.

    Parameters
    ----------
    measurement, technique : str
        Names.
    owner : str
        Label of the file's result; empty of what all scans of the measurement gave together.
    source : str
        Name of the file.
    key : str
        Of the observable.
    T : float
        K.
    branch : str
        As the technique calls it; empty where it has none or holds both.
    value, sigma : float
        With all of its error.
    budget : mapping of str to float
        Source of error to its standard uncertainty.
    common : tuple of str
        Parts of the budget that all points of the measurement share.
    common_of_branch : tuple of str
        Parts that those of its branch share.
    off : tuple of (str, float, float) or None
        A part that is an error of the sample's temperature: its name, by how many K one standard
        deviation moves the sample from `T`, and what that adds to the value beside.
    """

    measurement: str
    technique: str
    owner: str
    source: str
    key: str
    T: float
    branch: str
    value: float
    sigma: float
    budget: Mapping[str, float] = field(default_factory=dict)
    common: tuple[str, ...] = ()
    common_of_branch: tuple[str, ...] = ()
    off: tuple[str, float, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "budget", frozen_mapping(self.budget))


LeftOut = tuple[str, str, str]
"""Key, measurement, and why a value of it is left out."""


def points_of(
    observables: Iterable[Observable],
    keys: Iterable[str],
    spec_of: SpecOf,
    *,
    measurement: str,
    technique: str,
    owner: str = "",
    conditions: Mapping[str, float | str] | None = None,
) -> tuple[tuple[Point, ...], tuple[LeftOut, ...]]:
    """Return the values that can be joined, and why others of the keys cannot.

    Parameters
    ----------
    observables : iterable of Observable
        Of one file, or of a series.
    keys : iterable of str
        Keys that are joined; ``*`` stands for any letters.
    spec_of : callable
        ``spec_of(key)``, the declaration of a key or None.
    measurement, technique, owner : str
        As in `Point`.
    conditions : mapping, optional
        Of the file, for observables without conditions of their own.

    Returns
    -------
    points : tuple of Point
        In the order given.
    left_out : tuple of LeftOut
    """
    patterns, points, left_out = tuple(keys), [], []
    for item in observables:
        if not is_joined(item.key, patterns):
            continue
        spec, given = spec_of(item.key), {**(conditions or {}), **item.conditions}
        why = why_no_point(item, spec, given.get("T"))
        if why or spec is None:
            left_out.append((item.key, measurement, why))
            continue
        points.append(_point(item, spec, given, measurement, technique, owner))
    return tuple(points), tuple(left_out)


def why_no_point(item: Observable, spec: ObservableSpec | None, T: object) -> str:
    """Return why a joint fit cannot take an observable; empty where it can.

    Parameters
    ----------
    item : Observable
        The observable.
    spec : ObservableSpec or None
        Declaration of its key.
    T : object
        Its temperature, K.

    Returns
    -------
    str
        In words that follow the key.
    """
    if spec is None:
        return "no installed technique declares it"
    if not spec.additive:
        return "populations do not make this key"
    if item.kind is not Kind.VALUE:
        return f"it states a {item.kind.value.replace('_', ' ')}, no value"
    if not isinstance(T, int | float) or isinstance(T, bool):
        return "it has no temperature"
    if not T > 0:
        return "its temperature is not above 0 K"
    if item.sigma is None:
        return f"no standard uncertainty: {item.sigma_reason}"
    if not same_quantity(item.unit, spec.unit):
        return f"in {item.unit}, declared in {spec.unit}"
    return ""


def linear_factor(source: str, target: str) -> float:
    """Return by what a difference or an uncertainty is multiplied for another unit.

    Parameters
    ----------
    source, target : str
        Units of one quantity.

    Returns
    -------
    float

    Raises
    ------
    UnitError
        When they are not of one quantity.
    """
    return float(converted(1.0, source, target) - converted(0.0, source, target))


def _point(
    item: Observable,
    spec: ObservableSpec,
    conditions: Mapping[str, float | str],
    measurement: str,
    technique: str,
    owner: str,
) -> Point:
    factor = linear_factor(item.unit, spec.unit)
    assert isinstance(item.value, int | float)
    assert item.sigma is not None
    branch = str(conditions.get("branch", ""))
    return Point(
        measurement,
        technique,
        owner,
        item.source.name,
        item.key,
        float(conditions["T"]),
        "" if branch == "both" else branch,
        float(converted(float(item.value), item.unit, spec.unit)),
        item.sigma * factor,
        {name: part * factor for name, part in item.budget.items()},
        tuple(_parts(item, "common")),
        tuple(_parts(item, "common_of_branch")),
        _off(item, factor),
    )


def _off(item: Observable, factor: float) -> tuple[str, float, float] | None:
    """Return what the convention ``sample_T_off`` says of an error of the sample's temperature."""
    told = item.conventions.get("sample_T_off")
    if not isinstance(told, Mapping):
        return None
    return str(told["part"]), float(told["K"]), factor * float(told["beside"])


def _parts(item: Observable, convention: str) -> Iterator[str]:
    """Yield the parts of the budget that a convention names."""
    for name in str(item.conventions.get(convention, "")).split(","):
        if name.strip() in item.budget:
            yield name.strip()
