"""Claims and rules of inference that a study declares as data: what they say, and their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit.rounding import number_text, range_text
from spectrafit.states.assignment import ParameterValue, PopulationRow
from spectrafit.states.datum import Quantity
from spectrafit.units import printed_unit

__all__ = [
    "Claim",
    "ClaimTest",
    "PopulationChange",
    "StoryNumbers",
    "changes_asked",
    "populations_asked",
]


@dataclass(frozen=True)
class ClaimTest:
    """One condition on one number: of a key, a population, its change, or a parameter.

    Parameters
    ----------
    key : str
        Key of an observable; or one of the next three.
    state : str
        State whose population at `T` is meant.
    change_of : str
        State whose population changes from `from_T` to `T`.
    parameter : str
        Parameter of the joint fit.
    T, from_T : float or None
        K. A key without T is tested at all of its data.
    measurement : str
        That the data of a key are of; any when empty.
    quantity : Quantity
        What of the data of a key from `from_T` to `T`.
    above, below : float or None
        The number is above, or below.
    within : tuple of (float, float) or None
        It lies between both.
    is_ : str
        The category is this word.
    unit : str
        Of the limits; that of the key or parameter when empty.
    supports, against : str
        What it means that the condition is met, or that the opposite holds.

    Raises
    ------
    SettingsError
        When not exactly one number is named and one condition, or a temperature lacks.
    """

    key: str = ""
    state: str = ""
    change_of: str = ""
    parameter: str = ""
    T: float | None = None
    from_T: float | None = None
    measurement: str = ""
    quantity: Quantity = Quantity.VALUE
    above: float | None = None
    below: float | None = None
    within: tuple[float, float] | None = None
    is_: str = ""
    unit: str = ""
    supports: str = ""
    against: str = ""

    def __post_init__(self) -> None:
        where = self.subject
        if sum(map(bool, (self.key, self.state, self.change_of, self.parameter))) != 1:
            raise SettingsError(
                "a test is of a key, a state, a change or a parameter", where=where, do="name one"
            )
        conditions = (self.above is not None, self.below is not None, self.within, self.is_)
        if sum(map(bool, conditions)) != 1:
            raise SettingsError(
                "a test has one condition", where=where, do="give above, below, within or is"
            )
        if self.within is not None and not self.within[0] < self.within[1]:
            raise SettingsError("the ends of the range are in the wrong order", where=where)
        if self.is_ and not self.key:
            raise SettingsError("only a key can be a word", where=where)
        ranged = bool(self.change_of) or self.quantity is not Quantity.VALUE
        if (self.state or ranged) and self.T is None:
            raise SettingsError("no temperature", where=where, do="give T in K")
        if ranged is (self.from_T is None):
            raise SettingsError(
                "a change, a highest or a lowest needs from_T, a value has none", where=where
            )
        if self.from_T is not None and self.T is not None and not self.from_T < self.T:
            raise SettingsError("from_T does not lie below T", where=where)
        if self.quantity is not Quantity.VALUE and not self.key:
            raise SettingsError(f"the {self.quantity} is that of a key", where=where)

    @property
    def subject(self) -> str:
        """What is tested, in words."""
        if self.state or self.change_of:
            return f"{'change of ' if self.change_of else ''}x({self.state or self.change_of})"
        if self.quantity is Quantity.VALUE:
            return self.key or self.parameter
        return f"{self.quantity} of {self.key}"

    @property
    def condition(self) -> str:
        """The condition, in words."""
        if self.is_:
            return f"'{self.is_}'"
        if self.within is not None:
            text = f"within {range_text(*self.within)}"
        elif self.above is not None:
            text = f"above {number_text(self.above)}"
        else:
            text = f"below {number_text(self.below or 0.0)}"
        return f"{text} {printed_unit(self.unit or '1')}".rstrip()

    @property
    def when(self) -> str:
        """At which temperature, in words after the subject."""
        if self.T is None:
            return ""
        first = f" from {number_text(self.from_T, 4)} to" if self.from_T is not None else " at"
        return f"{first} {number_text(self.T, 4)} K"


@dataclass(frozen=True)
class Claim:
    """A claim, or a rule of inference, with the tests that decide about it.

    Parameters
    ----------
    name, text : str
        Like ``C1``, and what it says.
    caveat : str
        What limits it, whatever the verdict.
    tests : tuple of ClaimTest
        Any number; without one it is silent.
    """

    name: str
    text: str
    caveat: str = ""
    tests: tuple[ClaimTest, ...] = ()


@dataclass(frozen=True)
class PopulationChange:
    """By how much a population changes between two temperatures, by one story.

    Parameters
    ----------
    state : str
        Name.
    from_T, T : float
        K.
    value : float
        x(T) - x(from_T) of the best fit.
    sigma : float or None
        Standard uncertainty of the difference, by the covariance of the fit; None with `reason`.
    low95, high95 : float or None
        Ends of the 95 % interval, where one was made; None where open, with `reason`.
    verdict : str
        ``determined``, ``affine only`` or ``not determined``.
    reason : str
        Why there is no uncertainty, or why an end is open.
    """

    state: str
    from_T: float
    T: float
    value: float
    sigma: float | None = None
    low95: float | None = None
    high95: float | None = None
    verdict: str = "determined"
    reason: str = ""


@dataclass(frozen=True)
class StoryNumbers:
    """What an accepted story says in numbers.

    Parameters
    ----------
    story : str
        Name.
    populations : tuple of PopulationRow
        Of any states and temperatures; see `populations_asked`.
    changes : tuple of PopulationChange
        See `changes_asked`.
    parameters : tuple of ParameterValue
        Of the joint fit.
    """

    story: str
    populations: tuple[PopulationRow, ...] = ()
    changes: tuple[PopulationChange, ...] = ()
    parameters: tuple[ParameterValue, ...] = ()


def populations_asked(claims: Sequence[Claim]) -> tuple[tuple[str, float], ...]:
    """Return the populations that claims need: state and temperature.

    Parameters
    ----------
    claims : sequence of Claim
        Claims and rules.

    Returns
    -------
    tuple of (str, float)
        Each once.
    """
    tests = [test for claim in claims for test in claim.tests]
    return tuple(dict.fromkeys((t.state, t.T) for t in tests if t.state and t.T is not None))


def changes_asked(claims: Sequence[Claim]) -> tuple[tuple[str, float, float], ...]:
    """Return the changes of populations that claims need: state and both temperatures.

    Parameters
    ----------
    claims : sequence of Claim
        Claims and rules.

    Returns
    -------
    tuple of (str, float, float)
        Each once.
    """
    tests = [test for claim in claims for test in claim.tests]
    return tuple(
        dict.fromkeys(
            (t.change_of, t.from_T, t.T)
            for t in tests
            if t.change_of and t.from_T is not None and t.T is not None
        )
    )
