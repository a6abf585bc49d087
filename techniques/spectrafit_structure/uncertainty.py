"""A value with its standard uncertainty, as crystallographers write it: ``1.904(5)``."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.errors import ReadError, SettingsError

__all__ = [
    "NO_COVARIANCE",
    "NO_SU_WRITTEN",
    "Measured",
    "ShellMean",
    "difference",
    "weighted_mean",
    "written_number",
]

NO_SU_WRITTEN = "no s.u. is written"
NO_COVARIANCE = "no s.u. (no covariance)"

# Core CIF: a number may have an exponent; the s.u. counts the last digits of the mantissa
_NUMBER = re.compile(
    r"(?P<mantissa>[-+]?(?:[0-9]+\.?(?P<decimals>[0-9]*)|\.(?P<only>[0-9]+)))"
    r"(?:[eE](?P<exponent>[-+]?[0-9]+))?(?:\((?P<su>[0-9]+)\))?"
)


@dataclass(frozen=True)
class Measured:
    """A value and its standard uncertainty, or the reason why there is none.

    Parameters
    ----------
    value : float
        Finite, in any unit.
    su : float or None
        Standard uncertainty in the same unit, above 0; never 0 for "not known".
    reason : str
        Why there is no s.u.; empty where there is one.
    """

    value: float
    su: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise SettingsError(f"a value of {self.value} is no number")
        if self.su is not None and not (math.isfinite(self.su) and self.su > 0):
            raise SettingsError(
                f"a standard uncertainty of {self.su} is not above 0",
                do="leave it out where it is not known",
            )
        if self.su is None and not self.reason:
            object.__setattr__(self, "reason", NO_SU_WRITTEN)


def written_number(text: str, *, where: str = "") -> Measured | None:
    """Return the number of a CIF value with the s.u. in its brackets.

    Parameters
    ----------
    text : str
        Like ``1.904(5)``, ``2.1``, ``1.5E2(3)``, ``?`` or ``.``.
    where : str
        File and field, for messages.

    Returns
    -------
    Measured or None
        None where the value is unknown (``?``) or does not apply (``.``). The s.u. is the
        bracket times ten to the minus number of decimals (S. R. Hall, F. H. Allen and
        I. D. Brown, Acta Cryst. A47, 655 (1991)).

    Raises
    ------
    ReadError
        When the text is no such number.
    """
    plain = text.strip()
    if plain in ("?", "."):
        return None
    match = _NUMBER.fullmatch(plain)
    if match is None or not math.isfinite(float(plain.partition("(")[0])):
        raise ReadError(
            f"{text!r} is no number with an s.u.", where=where, do="write it like 1.904(5)"
        )
    exponent = int(match["exponent"] or 0)
    value = float(f"{match['mantissa']}e{exponent}")
    if match["su"] is None:
        return Measured(value)
    decimals = len(match["decimals"] or match["only"] or "")
    su = float(f"{match['su']}e{exponent - decimals}")
    return Measured(value, su) if su > 0 else Measured(value, None, "the s.u. is written as 0")


@dataclass(frozen=True)
class ShellMean:
    """The mean of several lengths that should be alike.

    Parameters
    ----------
    mean : Measured
        Inverse-variance mean, its s.u. times sqrt(max(1, chi2_red)); the plain mean without s.u.
        where one of the lengths has none.
    spread : float
        Standard deviation of the values themselves, 0 for a single one.
    chi2 : float or None
        Of the values about their mean; None without s.u.
    count : int
        How many values.
    """

    mean: Measured
    spread: float
    chi2: float | None
    count: int


def weighted_mean(values: Sequence[Measured]) -> ShellMean:
    """Return the inverse-variance mean of some values and their spread.

    Parameters
    ----------
    values : sequence of Measured
        One unit.

    Returns
    -------
    ShellMean

    Raises
    ------
    SettingsError
        When there are none.
    """
    if not values:
        raise SettingsError("there is no value to take a mean of")
    numbers = [each.value for each in values]
    plain = math.fsum(numbers) / len(numbers)
    freedom = len(numbers) - 1
    # a product is infinite where a power of what is too large would raise
    squares = math.fsum((x - plain) * (x - plain) for x in numbers)
    spread = math.sqrt(squares / freedom) if freedom else 0.0
    weights = [each.su**-2 for each in values if each.su is not None]
    if len(weights) < len(values):
        reason = next(each.reason for each in values if each.su is None)
        return ShellMean(Measured(plain, None, reason), spread, None, len(values))
    total = math.fsum(weights)
    mean = math.fsum(w * x for w, x in zip(weights, numbers, strict=True)) / total
    chi2 = math.fsum(w * (x - mean) * (x - mean) for w, x in zip(weights, numbers, strict=True))
    scale = math.sqrt(max(1.0, chi2 / freedom)) if freedom else 1.0
    return ShellMean(Measured(mean, scale / math.sqrt(total)), spread, chi2, len(values))


def difference(later: Measured, earlier: Measured) -> Measured:
    """Return later minus earlier, the two measured independently.

    Parameters
    ----------
    later, earlier : Measured
        One unit.

    Returns
    -------
    Measured
        Without s.u., and with the reason, where one has none.
    """
    change = later.value - earlier.value
    if later.su is None or earlier.su is None:
        return Measured(change, None, later.reason or earlier.reason)
    return Measured(change, math.hypot(later.su, earlier.su))
