"""Rules of steps, stories, claims and candidates: what they name must exist, temperatures fit.

They look at the document as written, so that a mistake in one key does not hide another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from spectrafit.errors import SettingsError, nearest
from spectrafit.pair_tree import Pair, tree_of
from spectrafit.study.document_tables import (
    Row,
    names_of,
    second_names,
    table_of,
    tables_of,
    unknown_name,
)
from spectrafit.study.mistakes import PlacedMistake, Steps, shown
from spectrafit.study.parameter_names import ParameterNames, step_parameters

__all__ = ["names_of_parameters", "state_mistakes"]

_LIST = ("step", "story", "candidate", "claim", "rule")
_NEEDS_STEPS = ("joint", "story", "candidate")


def state_mistakes(document: Mapping[str, Any]) -> Iterator[PlacedMistake]:
    """Yield the mistakes of steps, stories, claims, candidates and typed numbers.

    Parameters
    ----------
    document : mapping
        The whole study as plain values, keys with dots whole; values may be of a wrong kind.

    Yields
    ------
    PlacedMistake
    """
    rows = {key: list(tables_of(document, key)) for key in _LIST}
    states, steps = names_of(document.get("state")), rows["step"]
    for noun, own in rows.items():
        yield from second_names(own, noun)
    yield from _mistakes_of_steps(steps, states)
    if steps and "joint" not in document:
        advice = 'add [joint] with keys = ["..."], the observables that tell the populations'
        yield PlacedMistake(("joint",), "is missing", advice)
    for key in _NEEDS_STEPS:
        if document.get(key) and not steps:
            what = "there are no steps between the states"
            yield PlacedMistake((key,), what, "add [[step]] with name, lower and upper")
    joint, names = table_of(document.get("joint")), names_of_parameters(document)
    shared = table_of(joint.get("parameters"))
    yield from unknown_name(joint, "sample", names_of(document.get("sample")), ("joint",))
    for part in ("groups", "T_range"):
        for name, ends in table_of(joint.get(part)).items():
            if _is_falling(ends):
                what = "the range does not rise"
                yield PlacedMistake(("joint", part, name), what, "give the lower end first")
    for name in table_of(joint.get("T_range")):
        if name not in (keys := joint.get("keys") or ()):
            what = "is none of the keys that are joined"
            yield PlacedMistake(("joint", "T_range", name), what, nearest(name, keys))
    if steps:
        yield from _mistakes_of_parameters(joint, ("joint",), names, shared)
    for place, story in rows["story"]:
        yield from _mistakes_of_story(story, place, steps, states)
        if steps:
            yield from _mistakes_of_parameters(story, place, names, shared)
    for place, table in (*rows["candidate"], *tables_of(document, "typed")):
        yield from _mistakes_of_range(table, place)
    measurements = [str(table.get("name")) for _, table in tables_of(document, "measurement")]
    for place, claim in (*rows["claim"], *rows["rule"]):
        for below, test in tables_of(claim, "test"):
            yield from _mistakes_of_test(test, (*place, *below), states, measurements, names)


def names_of_parameters(document: Mapping[str, Any]) -> ParameterNames:
    """Return what decides about the names of numbers of the joint fit.

    Parameters
    ----------
    document : mapping
        The whole study as plain values.

    Returns
    -------
    ParameterNames
    """
    stories = [table_of(story.get("laws")) for _, story in tables_of(document, "story")]
    of_steps: list[str] = []
    for _, step in tables_of(document, "step"):
        laws = [
            step.get("law", "equilibrium"),
            *(laws.get(str(step.get("name"))) for laws in stories),
        ]
        of_steps += step_parameters(step, laws)
    keys = table_of(document.get("joint")).get("keys")
    given = [keys] if isinstance(keys, str) else keys if isinstance(keys, list) else []
    return ParameterNames(
        tuple(of_steps),
        tuple(key for key in given if isinstance(key, str)),
        tuple(names_of(document.get("state"))),
    )


def _mistakes_of_steps(steps: list[Row], states: list[str]) -> Iterator[PlacedMistake]:
    if not steps:
        return
    whole = True
    names = [str(table.get("name")) for _, table in steps]
    for place, table in steps:
        if table.get("name") in states:
            whole = False
            what = f"a state is called {shown(table.get('name'))} too"
            yield PlacedMistake((*place, "name"), what, "name the step otherwise")
        known = [*states, *(name for name in names if name != table.get("name"))]
        for key in ("lower", "upper"):
            found = list(unknown_name(table, key, known, place, noun="state or step"))
            whole = whole and not found and isinstance(table.get(key), str)
            yield from found
        yield from _mistakes_of_nodes(table, place)
    for state in states:
        if "." in state or "@" in state:
            what = "a dot or @ in the name of a state that is a branch of a step"
            yield PlacedMistake(("state", state), what, "its name is part of those of numbers")
    if not whole:
        return
    pairs = tuple(Pair(str(t["name"]), t["lower"], t["upper"]) for _, t in steps if "name" in t)
    try:
        joined = tree_of(pairs).states
    except SettingsError as error:
        yield PlacedMistake(("step",), error.what, error.do or "each branch belongs to one step")
        return
    for state in states:
        if state not in joined:
            what = "no step leads to this state"
            yield PlacedMistake(("state", state), what, "make it the branch of a step")


def _mistakes_of_nodes(table: Mapping[str, Any], place: Steps) -> Iterator[PlacedMistake]:
    nodes = table.get("nodes")
    if bool(nodes) != (table.get("law", "equilibrium") == "free"):
        what = "nodes belong to a free step, and a free step needs them"
        advice = 'write law = "free" and nodes = [...] in K, or neither'
        yield PlacedMistake((*place, "nodes"), what, advice)
    elif isinstance(nodes, list) and _is_falling(nodes):
        yield PlacedMistake((*place, "nodes"), "the temperatures do not rise", "sort them")


def _is_falling(values: Any) -> bool:
    numbers = [v for v in values if isinstance(v, int | float)] if isinstance(values, list) else []
    return any(not first < second for first, second in pairwise(numbers))


def _mistakes_of_story(
    story: Mapping[str, Any], place: Steps, steps: list[Row], states: list[str]
) -> Iterator[PlacedMistake]:
    laws = {str(table.get("name")): table.get("law", "equilibrium") for _, table in steps}
    for name, law in table_of(story.get("laws")).items():
        yield from unknown_name({name: name}, name, laws, (*place, "laws"), noun="step")
        if law == "free" and laws.get(name, "free") != "free":
            what = f"the step {shown(name)} has no nodes"
            advice = "declare the step free with its nodes, and its other law in the other stories"
            yield PlacedMistake((*place, "laws", name), what, advice)
    for below, require in tables_of(story, "require"):
        yield from unknown_name(require, "state", states, (*place, *below))


def _mistakes_of_parameters(
    table: Mapping[str, Any], place: Steps, names: ParameterNames, shared: Mapping[str, Any]
) -> Iterator[PlacedMistake]:
    own = table_of(table.get("parameters"))
    told = [*own, *shared]
    for name, given in own.items():
        here, known = (*place, "parameters", name), table_of(given)
        fault = names.fault(name)
        if fault is not None:
            yield PlacedMistake(here, fault.what, fault.do)
            continue
        if known.get("fixed") is True and "value" not in known:
            yield PlacedMistake(here, "fixed without value", "give value too")
        if "sigma" in known and "source" not in known:
            what = "a prior without source"
            yield PlacedMistake(here, what, 'give source = "KEY" or "assumed: why"')
        if _number(known, "min") is not None and known.get("min") == known.get("max"):
            yield PlacedMistake(here, "the bounds leave no room", "write fixed = true and value")
        other = known.get("equals")
        if isinstance(other, str) and other:
            fault = names.fault(other)
            if other == name:
                yield PlacedMistake((*here, "equals"), "it equals itself", "name another")
            elif fault is not None:
                yield PlacedMistake((*here, "equals"), fault.what, fault.do)
            elif names.is_nuisance(other) and other not in told:
                advice = nearest(other, told, noun="the numbers")
                yield PlacedMistake((*here, "equals"), f"there is no number {shown(other)}", advice)
        elif "value" not in known and known and names.is_nuisance(name):
            what = f"{shown(name)} has no value to start from"
            yield PlacedMistake(here, what, "give value too")


def _number(table: Mapping[str, Any], key: str) -> float | None:
    value = table.get(key)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _mistakes_of_range(table: Mapping[str, Any], place: Steps) -> Iterator[PlacedMistake]:
    """Yield what is wrong with quantity, from_T and T of one table."""
    quantity = table.get("quantity", "value")
    low, high = _number(table, "from_T"), _number(table, "T")
    if quantity != "value" and (low is None or high is None):
        what = f"the {quantity} needs a range of temperatures"
        yield PlacedMistake((*place, "quantity"), what, "give from_T and T in K")
    if quantity == "value" and low is not None:
        what = "a value belongs to one temperature"
        advice = 'leave from_T out, or give quantity = "change", "highest", "lowest"'
        yield PlacedMistake((*place, "from_T"), what, advice)
    if low is not None and high is not None and not low < high:
        yield PlacedMistake(
            (*place, "from_T"), f"{low:g} K is not below T", "exchange or mend them"
        )


def _mistakes_of_test(
    test: Mapping[str, Any], place: Steps, states: list[str], measurements: list[str],
    names: ParameterNames,
) -> Iterator[PlacedMistake]:  # fmt: skip
    for key in ("state", "change_of"):
        yield from unknown_name(test, key, states, place, noun="state")
    yield from unknown_name(test, "measurement", measurements, place)
    name = test.get("parameter")
    fault = names.fault(name) if isinstance(name, str) and name else None
    if fault is not None:
        yield PlacedMistake((*place, "parameter"), fault.what, fault.do)
    if "state" in test and "T" not in test:
        yield PlacedMistake((*place, "T"), "is missing", "give T in K")
    if "change_of" in test:
        yield from _mistakes_of_range({"quantity": "change", **test}, place)
    elif "key" in test:
        yield from _mistakes_of_range(test, place)
    for key, owner in (("is", "key"), ("quantity", "key"), ("measurement", "key")):
        if key in test and owner not in test:
            yield PlacedMistake((*place, key), "belongs to the test of a key", "leave it out")
    if _is_falling(test.get("within")):
        yield PlacedMistake((*place, "within"), "the range does not rise", "exchange its ends")
