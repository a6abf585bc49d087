"""Chemical formulas become counts of atoms."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from spectrafit.errors import SettingsError
from spectrafit.rounding import number_text
from spectrafit_structure.composition.atomic_data import is_element

__all__ = ["formula_counts", "formula_text", "without"]

_TOKEN = re.compile(
    r"(?P<element>[A-Z][a-z]?)|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<gap>[ ])|(?P<dot>[·*])"
)
_COUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_PAIRS = {")": "(", "]": "[", "}": "{"}


def formula_counts(formula: str) -> dict[str, float]:
    """Return how many atoms of each element a formula holds.

    Parameters
    ----------
    formula : str
        Like ``C38H74N8O4F18P3FeCo``, ``C38 H74 Co`` as in a CIF, ``[Fe(C5H5)2](PF6)3`` or, with
        solvent, ``C10H10Fe·0.5H2O``. A charge is not part of it.

    Returns
    -------
    dict of str to float
        By element, in the order of the formula.

    Raises
    ------
    SettingsError
        When the text is no formula.
    """
    total: dict[str, float] = {}
    for number, part in enumerate(re.split(r"\s*[·*]\s*", formula.strip())):
        factor = _COUNT.match(part) if number else None
        rest = part[factor.end() :] if factor else part
        for element, count in _part_counts(rest, formula).items():
            total[element] = total.get(element, 0.0) + count * float(factor[0] if factor else 1)
    return total


def _part_counts(part: str, formula: str) -> dict[str, float]:
    stack: list[dict[str, float]] = [{}]
    opened: list[str] = []
    at = 0
    while at < len(part):
        match = _TOKEN.match(part, at)
        if match is None:
            raise _no_formula(formula, f"{part[at]!r} does not belong there")
        at = match.end()
        if match["open"]:
            opened.append(match["open"])
            stack.append({})
            continue
        if match["gap"]:
            continue
        count = _COUNT.match(part, at)
        at = count.end() if count else at
        times = float(count[0]) if count else 1.0
        if match["element"]:
            inner = {_checked_element(match["element"], formula): 1.0}
        else:
            if not opened or opened.pop() != _PAIRS[match["close"]]:
                raise _no_formula(formula, "its brackets do not match")
            inner = stack.pop()
        for element, each in inner.items():
            stack[-1][element] = stack[-1].get(element, 0.0) + each * times
    if opened or not stack[0] or not all(each > 0 for each in stack[0].values()):
        raise _no_formula(formula, "a bracket stays open, or there are no atoms")
    return stack[0]


def _checked_element(symbol: str, formula: str) -> str:
    if not is_element(symbol):
        raise _no_formula(formula, f"{symbol!r} is no element")
    return symbol


def _no_formula(formula: str, why: str) -> SettingsError:
    return SettingsError(
        f"{formula!r} is no formula: {why}", do="write it like C38H74N8O4F18P3FeCo"
    )


def without(counts: Mapping[str, float], lost: Mapping[str, float]) -> dict[str, float]:
    """Return the atoms that are left when a part is lost, as an anion from an ion pair.

    Parameters
    ----------
    counts, lost : mapping of str to float
        From `formula_counts`.

    Returns
    -------
    dict of str to float

    Raises
    ------
    SettingsError
        When there are not that many atoms.
    """
    left = {
        element: counts.get(element, 0.0) - lost.get(element, 0.0) for element in [*counts, *lost]
    }
    short = next((element for element, count in left.items() if count < 0), None)
    if short is not None:
        raise SettingsError(
            f"{number_text(lost[short])} {short} cannot leave {formula_text(counts)}"
        )
    return {element: count for element, count in left.items() if count > 0}


def formula_text(counts: Mapping[str, float]) -> str:
    """Return a formula in the order of Hill: C, H, then by the alphabet.

    Parameters
    ----------
    counts : mapping of str to float

    Returns
    -------
    str
        Like ``C38H74CoF18FeN8O4P3``.
    """
    first = [each for each in ("C", "H") if "C" in counts and each in counts]
    order = [*first, *sorted(set(counts) - set(first))]
    return "".join(
        each if math.isclose(counts[each], 1.0) else f"{each}{number_text(counts[each])}"
        for each in order
    )
