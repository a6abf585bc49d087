"""Linear ties between parameters: a whitelisted arithmetic of our own, nothing is evaluated."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from spectrafit.errors import SettingsError, nearest

__all__ = ["LinearForm", "linear_form", "resolved_forms"]

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"\w[\w.]*")
_WORD_CHARACTER = re.compile(r"[\w.]")
_LONGEST = 1000
_DEEPEST = 30
_HOW = "write a sum of factor*name and numbers, like 0.5*peak1.height + 0.1"


@dataclass(frozen=True)
class LinearForm:
    """``sum of factor * name + constant``.

    Parameters
    ----------
    factors : mapping of str to float
        By parameter name.
    constant : float
        In the unit of the tied parameter.
    """

    factors: Mapping[str, float] = field(default_factory=dict)
    constant: float = 0.0

    def plus(self, other: LinearForm, sign: float = 1.0) -> LinearForm:
        """Return this form plus sign times the other.

        Parameters
        ----------
        other : LinearForm
            What is added.
        sign : float, optional
            Its factor.

        Returns
        -------
        LinearForm
        """
        names = [*self.factors, *(name for name in other.factors if name not in self.factors)]
        factors = {
            name: self.factors.get(name, 0.0) + sign * other.factors.get(name, 0.0)
            for name in names
        }
        return LinearForm(factors, self.constant + sign * other.constant)

    def times(self, factor: float) -> LinearForm:
        """Return this form times a number.

        Parameters
        ----------
        factor : float
            The number.

        Returns
        -------
        LinearForm
        """
        factors = {name: factor * value for name, value in self.factors.items()}
        return LinearForm(factors, factor * self.constant)


def linear_form(text: str, names: Collection[str], *, where: str = "") -> LinearForm:
    """Return the linear form that a tie's text says.

    Parameters
    ----------
    text : str
        Numbers, parameter names, ``+ - * /`` and parentheses, like ``"0.5*p1.height + 0.1"``.
    names : collection of str
        The parameters there are.
    where : str, optional
        Place for messages.

    Returns
    -------
    LinearForm

    Raises
    ------
    SettingsError
        When the text is no linear form of the names.
    """
    return _Reader(text, names, where).form()


class _Reader:
    """Recursive descent over ``sum := product {+- product}; product := item {*/ item}``."""

    def __init__(self, text: str, names: Collection[str], where: str) -> None:
        self.text = text
        self.names = sorted(names, key=len, reverse=True)
        self.where = where
        self.at = 0
        self.depth = 0

    def form(self) -> LinearForm:
        if len(self.text) > _LONGEST:
            raise self._refusal(f"the tie is longer than {_LONGEST} characters")
        form = self._sum()
        if self._next():
            raise self._refusal(f"{self._next()!r} is not understood in {self.text!r}")
        if not all(map(math.isfinite, (*form.factors.values(), form.constant))):
            raise self._refusal(f"a number in {self.text!r} is not finite")
        return form

    def _sum(self) -> LinearForm:
        form = self._product()
        while (sign := self._next()) in ("+", "-"):
            self.at += 1
            form = form.plus(self._product(), 1.0 if sign == "+" else -1.0)
        return form

    def _product(self) -> LinearForm:
        form = self._item()
        while (sign := self._next()) in ("*", "/"):
            self.at += 1
            if sign == "*" and self._next() == "*":
                raise self._refusal(f"{self.text!r} has a power")
            other = self._item()
            form = self._multiplied(form, other) if sign == "*" else self._divided(form, other)
        return form

    def _multiplied(self, form: LinearForm, other: LinearForm) -> LinearForm:
        if form.factors and other.factors:
            raise self._refusal(f"{self.text!r} multiplies two parameters")
        if other.factors:
            return other.times(form.constant)
        return form.times(other.constant)

    def _divided(self, form: LinearForm, other: LinearForm) -> LinearForm:
        if other.factors:
            raise self._refusal(f"{self.text!r} divides by a parameter")
        if other.constant == 0.0:
            raise self._refusal(f"{self.text!r} divides by zero")
        return form.times(1.0 / other.constant)

    def _item(self) -> LinearForm:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._refusal(f"the tie is nested deeper than {_DEEPEST}")
        form = self._signed()
        self.depth -= 1
        return form

    def _signed(self) -> LinearForm:
        mark = self._next()
        if mark in ("+", "-"):
            self.at += 1
            return self._item().times(1.0 if mark == "+" else -1.0)
        if mark == "(":
            self.at += 1
            form = self._sum()
            if self._next() != ")":
                raise self._refusal(f"a parenthesis of {self.text!r} is not closed")
            self.at += 1
            return form
        return self._named() or self._number()

    def _named(self) -> LinearForm | None:
        for name in self.names:
            if self.text.startswith(name, self.at):
                end = self.at + len(name)
                if not _WORD_CHARACTER.match(self.text, end):
                    self.at = end
                    return LinearForm({name: 1.0})
        return None

    def _number(self) -> LinearForm:
        number = _NUMBER.match(self.text, self.at)
        if number and not _WORD_CHARACTER.match(self.text, number.end()):
            self.at = number.end()
            return LinearForm({}, float(number.group()))
        word = _WORD.match(self.text, self.at)
        if word is None:
            rest = self._next() or "the end"
            raise self._refusal(f"{rest!r} stands where a number or a name should in {self.text!r}")
        raise SettingsError(
            f"no parameter {word.group()!r} in the tie {self.text!r}",
            where=self.where,
            do=nearest(word.group(), sorted(self.names), noun="the parameters"),
        )

    def _next(self) -> str:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _refusal(self, what: str) -> SettingsError:
        return SettingsError(what, where=self.where, do=_HOW)


def resolved_forms(ties: Mapping[str, LinearForm]) -> Mapping[str, LinearForm]:
    """Return every tie in terms of parameters that are not tied themselves.

    Parameters
    ----------
    ties : mapping of str to LinearForm
        By name of the tied parameter.

    Returns
    -------
    mapping of str to LinearForm

    Raises
    ------
    SettingsError
        When ties run in a circle.
    """
    resolved: dict[str, LinearForm] = {}
    for name in ties:
        # a stack, not recursion: a series may chain thousands of ties
        path = [name]
        while path:
            last = path[-1]
            ahead = next((o for o in ties[last].factors if o in ties and o not in resolved), None)
            if last in resolved:
                path.pop()
            elif ahead is None:
                resolved[last] = _substituted(ties[last], resolved)
                path.pop()
            elif ahead in path:
                circle = " = ".join((*path[path.index(ahead) :], ahead))
                raise SettingsError(
                    f"the ties run in a circle: {circle}", where=name, do="untie one of them"
                )
            else:
                path.append(ahead)
    return resolved


def _substituted(form: LinearForm, resolved: Mapping[str, LinearForm]) -> LinearForm:
    total = LinearForm({}, form.constant)
    for name, factor in form.factors.items():
        total = total.plus(resolved.get(name, LinearForm({name: 1.0})).times(factor))
    return total
