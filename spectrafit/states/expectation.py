"""What a pure state is expected to show for a key, with its source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from spectrafit.errors import SettingsError
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.units import checked_unit, converted

__all__ = ["Expectation", "ExpectationKind", "expectation_text", "uncited"]

ASSUMED = "assumed:"
QUANTILE_95 = 1.959963984540054  # of the normal distribution, two-sided


class ExpectationKind(StrEnum):
    """What an expectation rests on."""

    MEASURED_PURE = "measured_pure"
    REFERENCE_RANGE = "reference_range"
    THIS_COMPOUND = "this_compound"
    TYPED = "typed"


@dataclass(frozen=True)
class Expectation:
    """What one pure state shows for one key: a value, or a range of equally likely values.

    Parameters
    ----------
    state, key : str
        Names.
    unit : str
        Unit of all its numbers but `T`.
    source : str
        A bibliography key or a sentence; ``assumed: why`` where nothing can be cited.
    value : float or None
        With `sigma`; None for a range.
    sigma : float or None
        Standard uncertainty of the value; 0 for an exact one, which None means as well.
    low, high : float or None
        Ends of a range.
    width : float
        Standard deviation by which compounds scatter about the value or beyond the ends.
    span : float or None
        Width of the interval over which a broad outlier would lie; None to have it derived.
    T : float or None
        Temperature at which it holds, K; None where the source tells none.
    kind : ExpectationKind
        What it rests on.

    Raises
    ------
    SettingsError
        Without a source, with neither or both of a value and a range, or for impossible numbers.
    UnitError
        For a unit that is not in the table.
    """

    state: str
    key: str
    unit: str
    source: str
    value: float | None = None
    sigma: float | None = None
    low: float | None = None
    high: float | None = None
    width: float = 0.0
    span: float | None = None
    T: float | None = None
    kind: ExpectationKind = ExpectationKind.TYPED

    def __post_init__(self) -> None:
        where = f"{self.key} of {self.state}"
        object.__setattr__(self, "unit", checked_unit(self.unit))
        object.__setattr__(self, "kind", _kind(self.kind, where))
        source = self.source.strip()
        if not source or source.lower() == ASSUMED:
            raise SettingsError(
                "an expectation without a source",
                where=where,
                do=f"cite one, or write {ASSUMED} and why",
            )
        numbers = (self.value, self.sigma, self.low, self.high, self.width, self.span, self.T)
        if any(number is not None and not math.isfinite(number) for number in numbers):
            raise SettingsError("an expectation holds finite numbers only", where=where)
        ends = (self.low is not None) + (self.high is not None)
        if ends == 1 or (self.value is None) == (ends == 0):
            raise SettingsError(
                "an expectation is either a value or a range",
                where=where,
                do="give value and sigma, or low and high",
            )
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise SettingsError("the low end does not lie below the high end", where=where)
        if self.sigma is not None and (self.value is None or self.sigma < 0):
            raise SettingsError(
                "sigma is 0 or more and belongs to a value", where=where, do="use width for a range"
            )
        if self.width < 0 or (self.span is not None and not self.span > 0):
            raise SettingsError("width is 0 or more and span above 0", where=where)
        if self.T is not None and not self.T > 0:
            raise SettingsError("a temperature that is not above 0 K", where=where)

    @property
    def assumed(self) -> bool:
        """Whether its source is an assumption."""
        return self.source.strip().lower().startswith(ASSUMED)

    @property
    def scatter(self) -> float:
        """Standard deviation of its value, or of the blur of its ends, without the measured."""
        return math.hypot(self.sigma or 0.0, self.width)

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of its range, or of the 95 % interval of its value, in its unit."""
        if self.low is not None and self.high is not None:
            return self.low, self.high
        assert self.value is not None
        reach = QUANTILE_95 * self.scatter
        return self.value - reach, self.value + reach

    def in_unit(self, unit: str) -> Expectation:
        """Return the same in another unit of the quantity.

        Parameters
        ----------
        unit : str
            Name of a unit.

        Returns
        -------
        Expectation

        Raises
        ------
        UnitError
            When the two do not measure the same quantity.
        """
        if checked_unit(unit) == self.unit:
            return self
        factor = converted(1.0, self.unit, unit) - converted(0.0, self.unit, unit)

        def place(number: float | None) -> float | None:
            return None if number is None else converted(number, self.unit, unit)

        return replace(
            self,
            unit=unit,
            value=place(self.value),
            low=place(self.low),
            high=place(self.high),
            sigma=None if self.sigma is None else self.sigma * factor,
            width=self.width * factor,
            span=None if self.span is None else self.span * factor,
        )


def _kind(word: str, where: str) -> ExpectationKind:
    try:
        return ExpectationKind(word)
    except ValueError:
        kinds = ", ".join(ExpectationKind)
        raise SettingsError(
            f"{word!r} is no kind of expectation", where=where, do=f"use one of: {kinds}"
        ) from None


def expectation_text(expectation: Expectation) -> str:
    """Return its number, and the temperature at which it holds, as a reader writes them.

    Parameters
    ----------
    expectation : Expectation
        A value or a range.

    Returns
    -------
    str
        Like ``0.45 to 0.55 (at 80 K)``.
    """
    if expectation.value is None:
        number = range_text(*expectation.ends, figures=4)
    elif expectation.sigma:
        number = value_text(expectation.value, expectation.sigma)
    else:
        number = number_text(expectation.value, 4)
    return number if expectation.T is None else f"{number} (at {number_text(expectation.T, 4)} K)"


def uncited(expectations: Sequence[Expectation]) -> tuple[str, ...]:
    """Return a line for each expectation that is an assumption.

    Parameters
    ----------
    expectations : sequence of Expectation
        Any.

    Returns
    -------
    tuple of str
        Key, state, number and the reason that was given.
    """
    return tuple(
        f"{one.key} of {one.state} {expectation_text(one)}, {one.source.strip()}"
        for one in expectations
        if one.assumed
    )
