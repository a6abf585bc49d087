"""What a technique found, ready to be joined: values with an error or a named reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any

from spectrafit.errors import SpectrafitError
from spectrafit.history import HistoryEntry, Source, frozen_mapping
from spectrafit.rounding import UNCERTAINTY_NOTE, number_text, value_text
from spectrafit.spectrum import is_finite_number
from spectrafit.units import checked_unit

__all__ = [
    "Kind",
    "Observable",
    "ObservableClass",
    "ObservableSpec",
    "linear_mix",
    "observable_text",
    "spec_of",
]

_LEAST_SHARE = 5e-4  # smaller ones are left to results.json


class Kind(StrEnum):
    """What an observable states."""

    VALUE = "value"
    INTERVAL = "interval"
    LOWER_LIMIT = "lower_limit"
    UPPER_LIMIT = "upper_limit"
    CATEGORY = "category"


class ObservableClass(StrEnum):
    """How exchange between states shows in it (states resolved or averaged)."""

    THERMODYNAMIC = "thermodynamic"
    SNAPSHOT = "snapshot"
    LINE_SHAPE = "line shape"


Mix = Callable[[Mapping[str, float], Mapping[str, float], Mapping[str, float], float], float]


def linear_mix(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return the population-weighted sum of the pure-state values.

    Parameters
    ----------
    x : mapping of state to float
        Populations; they sum to 1. Arrays over temperatures give an array.
    members : mapping of state to float
        Value of each pure state.
    nuisances : mapping of str to float
        Not used by the linear rule.
    temperature : float
        In K; not used by the linear rule.

    Returns
    -------
    float

    Raises
    ------
    SpectrafitError
        When a populated state has no value.
    """
    missing = [state for state, share in x.items() if state not in members and _is_populated(share)]
    if missing:
        raise SpectrafitError(
            f"no pure-state value for {', '.join(missing)}", do="give one for every populated state"
        )
    return sum(share * members[state] for state, share in x.items() if state in members)


def _is_populated(share: float) -> bool:
    """Return whether a share, or any of an array of them, is not 0."""
    return bool(share.any()) if hasattr(share, "any") else share != 0


@dataclass(frozen=True)
class ObservableSpec:
    """The declaration of a key.

    Parameters
    ----------
    key : str
        ``technique.quantity`` or ``technique.{subject}.quantity``; a word in braces stands for
        one part of the key (element, site, band, peak number).
    unit : str
        Unit of the table.
    meaning : str
        One sentence.
    kind : Kind
        What it usually states.
    observable_class : ObservableClass
        Thermodynamic, snapshot or line shape.
    time_scale : float or None
        In s: how fast exchange must be to be averaged; None for thermodynamic ones.
    mix : callable
        ``mix(x, members, nuisances, T)``: how populations make this key. Written with numpy's
        functions it takes arrays of shares and temperatures at once, which the joint fit uses; one
        that takes single numbers only is called temperature by temperature.
    additive : bool
        False where no population-weighted sum exists (a centroid, a count); its `mix` is refused.
    quoted : tuple of str
        Names of the conventions that nobody should quote a value without.
    of_slopes : bool
        True where the key is a derivative by temperature: `mix` is then given the slopes of the
        populations, per K, in place of the populations.

    Raises
    ------
    UnitError
        When the table does not have the unit.
    """

    key: str
    unit: str
    meaning: str
    kind: Kind = Kind.VALUE
    observable_class: ObservableClass = ObservableClass.THERMODYNAMIC
    time_scale: float | None = None
    mix: Mix = linear_mix
    additive: bool = True
    quoted: tuple[str, ...] = ()
    of_slopes: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", checked_unit(self.unit))

    def matches(self, key: str) -> bool:
        """Return whether a key is one of this declaration.

        Parameters
        ----------
        key : str
            A full key.

        Returns
        -------
        bool
        """
        return _key_pattern(self.key).fullmatch(key) is not None


@lru_cache(maxsize=1024)  # every value of a report is held against every declaration
def _key_pattern(declared: str) -> re.Pattern[str]:
    return re.compile(
        "".join(
            "[^.]+" if part.startswith("{") else re.escape(part)
            for part in re.split(r"(\{[^}]*\})", declared)
        )
    )


@dataclass(frozen=True)
class Observable:
    """One observable of one measurement.

    Parameters
    ----------
    key : str
        ``technique[.subject].quantity``; conditions are not part of it.
    unit : str
        Unit of the table.
    kind : Kind
        What it states.
    value : float, str or None
        The value; a word for a category; None for a limit or an interval without a middle.
    sigma : float or None
        Standard uncertainty; None with `sigma_reason`.
    sigma_reason : str
        Why there is no sigma.
    low, high : float or None
        Ends of an interval or the limit.
    level : float or None
        Confidence level of `low`, `high`.
    shares : mapping of str to float
        Weight of each category.
    verdict : str
        One word or sentence for what was judged.
    budget : mapping of str to float
        Source of error to its standard uncertainty, in `unit`.
    conventions : mapping
        What the number depends on: window, shape, mixing rule, area convention, calibration.
    conditions : mapping
        Like ``{"T": 8.0}`` in K.
    source : Source
        File and checksum.
    history : tuple of HistoryEntry
        Every step from the file to here.

    Raises
    ------
    SpectrafitError
        When a value has neither a sigma nor a reason, a number is not finite, the ends of an
        interval are in the wrong order, or a share or part of the budget is negative.
    """

    key: str
    unit: str
    kind: Kind = Kind.VALUE
    value: float | str | None = None
    sigma: float | None = None
    sigma_reason: str = ""
    low: float | None = None
    high: float | None = None
    level: float | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    verdict: str = ""
    budget: Mapping[str, float] = field(default_factory=dict)
    conventions: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    source: Source = Source("in memory")
    history: tuple[HistoryEntry, ...] = ()

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "unit", checked_unit(self.unit))
        for name in ("shares", "budget", "conventions", "conditions"):
            put(self, name, frozen_mapping(getattr(self, name)))
        numbers = (self.value, self.sigma, self.low, self.high, self.level)
        weights = (*self.budget.values(), *self.shares.values())
        for number in (*numbers, *weights):
            if not (number is None or isinstance(number, str) or is_finite_number(number)):
                raise SpectrafitError("an observable holds finite numbers only", where=self.key)
        if any(weight < 0 for weight in weights):
            raise SpectrafitError("a share or part of the budget is negative", where=self.key)
        if self.low is not None and self.high is not None and self.low > self.high:
            raise SpectrafitError("the lower end lies above the upper", where=self.key)
        if self.level is not None and not 0 < self.level < 1:
            raise SpectrafitError("a level of confidence lies between 0 and 1", where=self.key)
        if self.kind is Kind.VALUE:
            if not is_finite_number(self.value):
                raise SpectrafitError("a value needs a number", where=self.key)
            if self.sigma is None and not self.sigma_reason:
                raise SpectrafitError(
                    "a value needs a sigma or the reason why there is none", where=self.key
                )
            if self.sigma is not None and not self.sigma > 0:
                raise SpectrafitError("sigma must be positive", where=self.key)
        if self.kind is Kind.CATEGORY and not (isinstance(self.value, str) or self.shares):
            raise SpectrafitError("a category needs a word or shares", where=self.key)
        needed = {
            Kind.LOWER_LIMIT: (self.low,),
            Kind.UPPER_LIMIT: (self.high,),
            Kind.INTERVAL: (self.low, self.high),
        }.get(self.kind, ())
        if any(end is None for end in needed):
            raise SpectrafitError(f"{self.kind.value} lacks its end", where=self.key)

    def __reduce__(self) -> tuple[object, ...]:
        return (
            Observable,
            (
                self.key,
                self.unit,
                self.kind,
                self.value,
                self.sigma,
                self.sigma_reason,
                self.low,
                self.high,
                self.level,
                dict(self.shares),
                self.verdict,
                dict(self.budget),
                dict(self.conventions),
                dict(self.conditions),
                self.source,
                self.history,
            ),
        )

    def _repr_html_(self) -> str:
        return _html_of(self)


def _html_of(item: Observable) -> str:
    from spectrafit.conditions import conditions_text
    from spectrafit.notebook import html_lines, html_table, unit_text

    unit = unit_text(item.unit)
    lines = (
        f"{observable_text(item)} {unit}".rstrip(),
        item.verdict,
        conditions_text(item.conditions),
        item.source.name,
        UNCERTAINTY_NOTE if item.sigma is not None and not item.budget else "",
    )
    rows = [(source, number_text(sigma, 2)) for source, sigma in item.budget.items()]
    heads = (
        "source of error",
        f"standard uncertainty / {unit}" if unit else "standard uncertainty",
    )
    return html_lines(item.key, lines, simulated=item.source.simulated) + html_table(
        heads, rows, note=UNCERTAINTY_NOTE
    )


def observable_text(observable: Observable) -> str:
    """Return what an observable states, without its unit.

    Parameters
    ----------
    observable : Observable
        Of any kind.

    Returns
    -------
    str
    """
    level = "" if observable.level is None else f" ({number_text(100 * observable.level, 4)} %)"
    low, high = observable.low, observable.high
    match observable.kind:
        case Kind.VALUE:
            assert isinstance(observable.value, int | float)
            return value_text(float(observable.value), observable.sigma, observable.sigma_reason)
        case Kind.LOWER_LIMIT if low is not None:
            return f"> {number_text(low, 4)}{level}"
        case Kind.UPPER_LIMIT if high is not None:
            return f"< {number_text(high, 4)}{level}"
        case Kind.INTERVAL if low is not None and high is not None:
            middle = observable.value
            head = f"{number_text(middle, 4)}, " if isinstance(middle, int | float) else ""
            return f"{head}{number_text(low, 4)} to {number_text(high, 4)}{level}"
        case _:
            shares = ", ".join(
                f"{name}: {number_text(100 * share, 3)} %"
                for name, share in sorted(observable.shares.items(), key=lambda item: -item[1])
                if share >= _LEAST_SHARE
            )
            word = "" if observable.value is None else str(observable.value)
            return f"{word} ({shares})" if word and shares else word or shares


def spec_of(key: str, specs: Sequence[ObservableSpec]) -> ObservableSpec | None:
    """Return the declaration that a key belongs to.

    Parameters
    ----------
    key : str
        A full key.
    specs : sequence of ObservableSpec
        Declarations.

    Returns
    -------
    ObservableSpec or None
    """
    return next((spec for spec in specs if spec.matches(key)), None)
