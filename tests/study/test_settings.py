"""Settings of a technique are taken as written, or refused; nothing is bent to fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType, SimpleNamespace
from typing import Any, Literal

import pytest

from spectrafit.errors import SettingsError, StudyError
from spectrafit.study.settings import settings_of


class Mode(StrEnum):
    """An enumeration as a setting."""

    FAST = "fast"
    SAFE = "safe"


@dataclass(frozen=True)
class Range:
    """A table within the settings."""

    low: float
    high: float = 1.0


@dataclass(frozen=True)
class Everything:
    """One field of every kind that a technique may declare."""

    count: int = 1
    size: float = 1.0
    flag: bool = False
    word: str = ""
    pair: tuple[float, float] = (0.0, 1.0)
    points: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    names: Sequence[str] = ()
    optional: float | None = None
    either: float | str = "auto"
    window: tuple[float, float] | Literal["auto"] = "auto"
    chosen: Literal["a", "b"] = "a"
    several: tuple[Literal["a", "b"], ...] = ("a",)
    number: int = field(default=1, metadata={"choices": (1, 2, 4)})
    level: float = field(default=1.0, metadata={"choices": (1, 2)})
    mode: Mode = Mode.FAST
    columns: Mapping[str, str] = field(default_factory=dict)
    by_site: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    range: Range = Range(0.0)
    windows: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if self.count > 100:
            raise SettingsError("too many", do="take fewer")


TECHNIQUE: Any = SimpleNamespace(settings=Everything)

TAKEN: tuple[tuple[str, Any, Any], ...] = (
    ("count", 3, 3),
    ("count", 0, 0),
    ("size", 3, 3.0),
    ("size", 2.5, 2.5),
    ("flag", True, True),
    ("word", "3", "3"),
    ("pair", [1, 2.5], (1.0, 2.5)),
    ("pair", (1, 2), (1.0, 2.0)),
    ("points", [], ()),
    ("points", [1, 2, 3], (1.0, 2.0, 3.0)),
    ("words", "abc", ("abc",)),
    ("words", ["a", "b"], ("a", "b")),
    ("names", "abc", ("abc",)),
    ("optional", 3, 3.0),
    ("optional", None, None),
    ("either", "mean", "mean"),
    ("either", 3, 3.0),
    ("window", "auto", "auto"),
    ("window", [1, 2], (1.0, 2.0)),
    ("chosen", "b", "b"),
    ("several", "b", ("b",)),
    ("number", 4, 4),
    ("level", 2.0, 2.0),
    ("level", 2, 2.0),
    ("mode", "safe", Mode.SAFE),
    ("columns", {"x": "e"}, {"x": "e"}),
    ("columns", MappingProxyType({"x": "e"}), {"x": "e"}),
    ("by_site", {"a": [1, 2]}, {"a": (1.0, 2.0)}),
    ("range", {"low": 1}, Range(1.0)),
    ("windows", [[1, 2], [3, 4]], ((1.0, 2.0), (3.0, 4.0))),
)

NAN, INFINITY = float("nan"), float("inf")
REFUSED: tuple[tuple[str, Any, str], ...] = (
    ("count", 3.7, ".count: 3.7 where a whole number"),
    ("count", 3.0, ".count: 3.0 where a whole number"),
    ("count", True, ".count: true where a whole number"),
    ("count", "3", "write 3 without quotes"),
    ("count", [3], ".count: a list where"),
    ("count", None, ".count: None where"),
    ("count", 101, "s: too many; take fewer"),
    ("size", True, ".size: true where a number"),
    ("size", "2.5", "write 2.5 without quotes"),
    ("size", "2,5", "write 2.5 without quotes"),
    ("size", "wide", '.size: "wide" where a number is meant; write a number'),
    ("size", NAN, ".size: nan where a finite"),
    ("size", INFINITY, ".size: inf where a finite"),
    ("size", 10**400, ".size: a number of more than 20 digits where a finite"),
    ("size", 1j, ".size: 1j where a number"),
    ("flag", "false", "write false without quotes"),
    ("flag", "no", "write true or false"),
    ("flag", 0, ".flag: 0 where true or false"),
    ("flag", 1.0, ".flag: 1.0 where true or false"),
    ("word", 3, "put it in quotes"),
    ("word", True, ".word: true where a text"),
    ("word", ["a"], ".word: a list where a text"),
    ("pair", [1], "1 items where 2"),
    ("pair", [1, 2, 3], "3 items where 2"),
    ("pair", "12", '.pair: "12" where a list'),
    ("pair", [1, NAN], ".pair[1]: nan"),
    ("pair", 3, ".pair: 3 where a list"),
    ("points", "abc", '.points: "abc" where a list'),
    ("points", [1, "2"], '.points[1]: "2" where'),
    ("points", {"a": 1}, ".points: a table where a list"),
    ("words", [1], ".words[0]: 1 where a text"),
    ("words", 3, ".words: 3 where a list"),
    ("optional", "3", "write 3 without quotes"),
    ("optional", NAN, "finite"),
    ("either", True, ".either: true where a finite number or a text"),
    ("either", NAN, ".either: nan where a finite number"),
    ("either", [1], ".either: a list where"),
    ("window", "wide", ".window: "),
    ("window", [1, "a"], '.window[1]: "a" where a number'),
    ("chosen", "c", '.chosen: "c" is no choice; the choices are: a, b'),
    ("chosen", 1, ".chosen: 1 is no choice"),
    ("several", ["a", "c"], '.several[1]: "c" is no choice'),
    ("number", 3, ".number: 3 is no choice; the choices are: 1, 2, 4"),
    ("number", True, ".number: true where a whole"),
    ("level", 3, "no choice"),
    ("mode", "quick", '.mode: "quick" is no choice'),
    ("columns", {"x": 1}, ".columns.x: 1 where a text"),
    ("columns", "x", '.columns: "x" where a table'),
    ("by_site", {"a b": [1, "2"]}, '.by_site."a b"[1]: "2" where'),
    ("range", {"low": "1"}, '.range.low: "1" where'),
    ("range", {}, ".range.low: is missing"),
    ("range", {"low": 1, "hihg": 2}, ".range.hihg: no such key; did you mean high?"),
    ("windows", [[1, 2], [3]], ".windows[1]: 1 items where 2"),
    ("cuont", 1, ".cuont: no such key; did you mean count?"),
)


@pytest.mark.parametrize(("name", "given", "taken"), TAKEN)
def test_a_right_value_is_taken(name: str, given: Any, taken: Any) -> None:
    value = getattr(settings_of(TECHNIQUE, {name: given}, "s"), name)
    assert value == taken
    assert type(value) is type(taken)


@pytest.mark.parametrize(("name", "given", "words"), REFUSED)
def test_a_wrong_value_is_refused_with_its_place(name: str, given: Any, words: str) -> None:
    with pytest.raises(StudyError) as caught:
        settings_of(TECHNIQUE, {name: given}, "s")
    assert words in str(caught.value)
    assert len(caught.value.mistakes) == 1


def test_nothing_given_leaves_every_default() -> None:
    assert settings_of(TECHNIQUE, {}) == Everything()


def test_the_dataclass_itself_may_be_given() -> None:
    assert settings_of(Range, {"low": 2}) == Range(2.0)


def test_every_wrong_setting_is_told_at_once() -> None:
    with pytest.raises(StudyError) as caught:
        settings_of(TECHNIQUE, {"count": 1.5, "flag": 0, "colums": 1}, "--set")
    assert [m.where for m in caught.value.mistakes] == ["--set.colums", "--set.count", "--set.flag"]


def test_a_fault_of_the_technique_itself_is_not_hidden() -> None:
    @dataclass(frozen=True)
    class Broken:
        a: int = 1

        def __post_init__(self) -> None:
            raise AttributeError("a fault in the program")

    with pytest.raises(AttributeError, match="a fault in the program"):
        settings_of(SimpleNamespace(settings=Broken), {"a": 2})  # type: ignore[arg-type]
