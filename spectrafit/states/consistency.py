"""Lines of arithmetic over numbers of a study, held against a range."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from spectrafit import constants
from spectrafit.errors import SettingsError
from spectrafit.fit.tie import LinearForm, _Reader
from spectrafit.history import frozen_mapping
from spectrafit.observable import Observable
from spectrafit.rounding import number_text, range_text, value_text
from spectrafit.states.assignment import ConsistencyRow
from spectrafit.states.measured import Z95, Reading, readings
from spectrafit.units import printed_unit

__all__ = ["CONSTANTS", "ConsistencyLine", "arithmetic_value", "consistency_rows"]

CONSTANTS: Mapping[str, float] = frozen_mapping(
    {
        "pi": math.pi,
        "R": constants.GAS_CONSTANT,
        "kB": constants.BOLTZMANN,
        "NA": constants.AVOGADRO,
        "h": constants.PLANCK,
        "c": constants.LIGHT_SPEED,
        "qe": constants.ELEMENTARY_CHARGE,
    }
)
"""Constants by name, in SI units; a number of the study of the same name goes before them."""

_WORD = re.compile(r"(?<![\w.])[A-Za-z_][\w.]*")
_LARGEST_POWER = 300.0


@dataclass(frozen=True)
class ConsistencyLine:
    """A number that is computed from others, and what it is held against.

    Parameters
    ----------
    text : str
        What is computed.
    expression : str
        Numbers, names, ``+ - * / ^`` and parentheses. A name is one of `values`, a constant, or
        the key of an observable, with ``@`` and a temperature in K where it has several:
        ``magnetism.chiT@120``.
    values : mapping of str to float
        Numbers by name.
    unit : str
        Of the result.
    against : str
        What it is held against, in words.
    low, high : float or None
        Range in which it agrees; one-sided with one, not judged without.
    agrees, differs : str
        What is said where it lies within the range, and where not.
    source : str
        Where the numbers come from.
    """

    text: str
    expression: str
    values: Mapping[str, float] = field(default_factory=dict)
    unit: str = "1"
    against: str = ""
    low: float | None = None
    high: float | None = None
    agrees: str = "agrees"
    differs: str = "differs"
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen_mapping(self.values))

    def __reduce__(self) -> tuple[object, ...]:
        names = self.__dataclass_fields__
        values = {name: getattr(self, name) for name in names} | {"values": dict(self.values)}
        return (ConsistencyLine, tuple(values[name] for name in names))


def arithmetic_value(expression: str, values: Mapping[str, float]) -> float:
    """Return the value of an expression; nothing is evaluated but the arithmetic of ties.

    Parameters
    ----------
    expression : str
        Numbers, names, ``+ - * / ^`` and parentheses.
    values : mapping of str to float
        By name.

    Returns
    -------
    float

    Raises
    ------
    SettingsError
        For an unknown name, a text that is no such expression, or a result that is not finite.
    """
    try:
        return _ValueReader(expression, values, "").form().constant
    except SettingsError as error:
        what = error.what.replace("no parameter", "no number").replace("the tie", "the expression")
        raise SettingsError(
            what,
            where=error.where,
            do=f"use names of {', '.join(sorted(values))} with + - * / ^ and parentheses",
        ) from error


class _ValueReader(_Reader):  # one grammar for ties and lines, so that it is written once
    """The arithmetic of ties in which every name is a number, and a number has powers."""

    def __init__(self, text: str, values: Mapping[str, float], where: str) -> None:
        super().__init__(text, values, where)
        self.values = values

    def _signed(self) -> LinearForm:
        form = super()._signed()
        if self._next() != "^":
            return form
        self.at += 1
        base, power = form.constant, self._item().constant
        whole = abs(power) <= _LARGEST_POWER and (power == int(power) or base > 0)
        if not whole or (base == 0.0 and power < 0):
            raise self._refusal(f"{self.text!r} has a power that is no number")
        try:
            return LinearForm({}, float(base**power))
        except OverflowError as error:
            raise self._refusal(f"a number in {self.text!r} is not finite") from error

    def _named(self) -> LinearForm | None:
        form = super()._named()
        if form is None:
            return None
        (name,) = form.factors
        return LinearForm({}, self.values[name])


def consistency_rows(
    lines: Sequence[ConsistencyLine], observables: Sequence[Observable] = ()
) -> tuple[ConsistencyRow, ...]:
    """Return what the lines give and whether they agree.

    Uncertainties of observables go through by finite differences, taken as independent; then a line
    agrees, or differs, only beyond 95 %. Typed numbers have none. Of several data, like those of
    both branches, the mean counts, with the larger of their uncertainty and half their spread. A
    line whose observable has no datum is not computed and says so.

    Parameters
    ----------
    lines : sequence of ConsistencyLine
        In the order of the report.
    observables : sequence of Observable
        All results.

    Returns
    -------
    tuple of ConsistencyRow
        In the order of the lines; the value of one that is not computed is not a number.

    Raises
    ------
    SettingsError
        For an expression that cannot be understood.
    """
    return tuple(_row(line, observables) for line in lines)


def _row(line: ConsistencyLine, observables: Sequence[Observable]) -> ConsistencyRow:
    known: dict[str, float] = {**CONSTANTS, **line.values}
    sigmas: dict[str, float] = {}
    for name, found in _measured(line.expression, observables).items():
        number = _mean(found)
        if number is None:
            return _missing(line, f"{name} is no number" if found else f"no datum of {name}")
        known[name], sigmas[name] = number
    # what is left when the numbers with a name are taken out
    rest = line.expression
    for name in sorted(known, key=len, reverse=True):
        rest = re.sub(rf"(?<![\w.]){re.escape(name)}(?![\w.])", " ", rest)
    absent = next((word for word in _WORD.findall(rest) if "." in word), "")
    if absent:
        return _missing(line, f"no datum of {absent}")
    try:
        value = arithmetic_value(line.expression, known)
        sigma = math.hypot(
            *(
                0.5
                * (
                    arithmetic_value(line.expression, {**known, name: known[name] + error})
                    - arithmetic_value(line.expression, {**known, name: known[name] - error})
                )
                for name, error in sigmas.items()
            )
        )
    except SettingsError as error:
        raise SettingsError(error.what, where=f"consistency: {line.text}", do=error.do) from error
    return ConsistencyRow(line.text, value, line.unit, _against(line), _verdict(line, value, sigma))


def _measured(expression: str, observables: Sequence[Observable]) -> dict[str, tuple[Reading, ...]]:
    """Return the data of each key that an expression names, by its name there."""
    found: dict[str, tuple[Reading, ...]] = {}
    for key in dict.fromkeys(one.key for one in observables):
        if key not in expression:
            continue
        for match in re.finditer(
            rf"(?<![\w.]){re.escape(key)}(?:@([0-9.]+))?(?![\w.@])", expression
        ):
            T = float(match[1]) if match[1] else None
            found[match[0]] = readings(observables, key, T)
    return found


def _mean(found: Sequence[Reading]) -> tuple[float, float] | None:
    """Return the mean of data and the larger of their uncertainty and half their spread."""
    values = [one.value for one in found if one.value is not None]
    if not values or len(values) < len(found):
        return None
    spread = 0.5 * (max(values) - min(values))
    return sum(values) / len(values), max(spread, *(one.sigma or 0.0 for one in found))


def _missing(line: ConsistencyLine, why: str) -> ConsistencyRow:
    return ConsistencyRow(line.text, math.nan, line.unit, _against(line), f"not computed: {why}")


def _against(line: ConsistencyLine) -> str:
    if line.low is not None and line.high is not None:
        limits = range_text(line.low, line.high)
    elif line.low is not None:
        limits = f"above {number_text(line.low)}"
    elif line.high is not None:
        limits = f"below {number_text(line.high)}"
    else:
        return line.against
    limits = f"{limits} {printed_unit(line.unit)}".rstrip()
    return f"{line.against}: {limits}" if line.against else limits


def _verdict(line: ConsistencyLine, value: float, sigma: float) -> str:
    if line.low is None and line.high is None:
        words = line.agrees if line.agrees != "agrees" else ""
    else:
        least = -math.inf if line.low is None else line.low
        most = math.inf if line.high is None else line.high
        low, high = value - Z95 * sigma, value + Z95 * sigma
        if least <= low and high <= most:
            words = line.agrees
        else:
            words = line.differs if high < least or most < low else "cannot tell at 95 %"
    if not sigma:
        return words
    number = f"{value_text(value, sigma)} {printed_unit(line.unit)}".rstrip()
    return f"{number}: {words}" if words else number
