"""An elemental analysis against the formula: deviations, verdicts and ratios of atoms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.history import HistoryEntry
from spectrafit.rounding import number_text, value_text
from spectrafit_structure.composition.determinations import Determined, determined
from spectrafit_structure.composition.element_symbols import ELEMENT_SYMBOLS, NON_METALS
from spectrafit_structure.composition.formula import formula_text
from spectrafit_structure.composition.found import AnalysisLine, atom_ratio, compared_analysis
from spectrafit_structure.composition.items import Found
from spectrafit_structure.composition.mass_fractions import molar_mass
from spectrafit_structure.composition.settings import CompositionSettings
from spectrafit_structure.uncertainty import Measured

__all__ = ["ANALYSIS_STEP", "add_analysis"]

ANALYSIS_STEP = "elemental analysis"
_CALCULATED = "calculated"
_AGREES = 2.0  # standard uncertainties
_WEIGHTS = 0.01  # percent: other tables of atomic weights, and values rounded twice


def add_analysis(
    found: Found, counts: Mapping[str, float], settings: CompositionSettings
) -> tuple[AnalysisLine, ...]:
    """Add what an elemental analysis says of a formula.

    Parameters
    ----------
    found : Found
        Gets the items and alerts.
    counts : mapping of str to float
        Of what was weighed, solvent included.
    settings : CompositionSettings
        Limit, error of the laboratory, ratios.

    Returns
    -------
    tuple of AnalysisLine
        Of the elements that were found, foreign ones last.

    Raises
    ------
    SettingsError
        When a setting is impossible, or the percentages add up to more than 100.
    """
    if not 0 <= settings.su_percent < 100:
        raise SettingsError(f"su_percent = {settings.su_percent} is no error of a percentage")
    rows = determined(found.recording, su_percent=settings.su_percent)
    own = [row for row in rows if row.element in counts]
    foreign = [row for row in rows if row.element not in counts]
    lines = compared_analysis(
        counts, {row.element: row.found.value for row in own}, limit=settings.limit_percent
    )
    lines += tuple(
        AnalysisLine(
            row.element, row.found.value, 0.0, row.found.value,
            row.found.value > settings.limit_percent,
        )
        for row in foreign
    )  # fmt: skip
    formula = formula_text(counts)
    history = HistoryEntry(
        ANALYSIS_STEP,
        {
            "formula": formula,
            "limit_percent": settings.limit_percent,
            "determinations": {row.element: row.count for row in rows},
            "errors": {row.element: row.source or row.found.reason for row in rows},
        },
    )
    _add_ratios(found, rows, counts, settings, history)
    for row, line in zip((*own, *foreign), lines, strict=True):
        _add_element(found, row, line, formula, settings.limit_percent, history)
    exact = Measured(molar_mass(counts), None, _CALCULATED)
    found.value("formula.molar_mass", "g mol-1", exact, history, formula=formula)
    _raise_deviations(found, lines, counts, settings, formula)
    _raise_printed(found, own, lines, formula)
    return lines


def _add_element(
    found: Found,
    row: Determined,
    line: AnalysisLine,
    formula: str,
    limit: float,
    history: HistoryEntry,
) -> None:
    budget = {} if row.found.su is None else {row.source: row.found.su}
    found.value(
        f"{row.element}.found", "%", row.found, history,
        budget=budget, determinations=row.count, formula=formula,
    )  # fmt: skip
    found.value(
        f"{row.element}.expected", "%", Measured(line.expected, None, _CALCULATED), history,
        formula=formula,
    )  # fmt: skip
    verdict = _verdict(line, row.found.su, limit)
    found.value(
        f"{row.element}.deviation", "%", Measured(line.deviation, row.found.su, row.found.reason),
        history, verdict=verdict, budget=budget, formula=formula, limit_percent=limit,
    )  # fmt: skip
    found.word(f"{row.element}.verdict", verdict, history, formula=formula, limit_percent=limit)


def _verdict(line: AnalysisLine, su: float | None, limit: float) -> str:
    if line.expected == 0 and line.beyond:
        return "not in the formula"
    if not line.beyond:
        return "within the limit"
    over = abs(line.deviation) - limit
    inside = su is not None and over <= su
    return "beyond the limit by less than its error" if inside else "beyond the limit"


def _add_ratios(
    found: Found,
    rows: Sequence[Determined],
    counts: Mapping[str, float],
    settings: CompositionSettings,
    history: HistoryEntry,
) -> None:
    measured = {row.element: row.found for row in rows}
    counted = {row.element: row.count for row in rows}
    for first, second in _ratios(settings, list(measured)):
        try:
            ratio = atom_ratio(first, second, measured)
        except SpectrafitError as error:
            found.alert("COMP-111", what=f"{first}/{second}", why=error.what)
            continue
        expected = counts.get(first, 0.0) / counts[second] if counts.get(second) else None
        off = None if ratio.su is None or expected is None else (ratio.value - expected) / ratio.su
        budget = {}
        if ratio.su is not None:
            budget = {
                element: ratio.value * (measured[element].su or 0.0) / measured[element].value
                for element in (first, second)
            }
        found.value(
            f"{first}_{second}", "1", ratio, history, verdict=_ratio_verdict(expected, off),
            budget=budget, determinations=[counted[first], counted[second]], expected=expected,
        )  # fmt: skip
        told = value_text(ratio.value, ratio.su)
        if ratio.su is None:
            found.alert(
                "COMP-102", ratio=f"{first}/{second}", value=number_text(ratio.value, 4),
                why=ratio.reason,
            )  # fmt: skip
        elif off is not None and expected is not None and abs(off) > _AGREES:
            found.alert(
                "COMP-108", ratio=f"{first}/{second}", value=told,
                sigmas=number_text(abs(off), 3), expected=number_text(expected, 4),
            )  # fmt: skip


def _ratios(settings: CompositionSettings, elements: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for each in settings.ratios:
        first, _, second = (part.strip() for part in each.partition("/"))
        if first == second or not ELEMENT_SYMBOLS.issuperset((first, second)):
            raise SettingsError(f"{each!r} is no ratio of elements", do='write it like ["Co/Fe"]')
        pairs.append((first, second))
    metals = sorted(element for element in elements if element not in NON_METALS)
    return pairs or ([(metals[0], metals[1])] if len(metals) == 2 else [])


def _ratio_verdict(expected: float | None, off: float | None) -> str:
    if expected is None:
        return "the formula holds none of the second element"
    if off is None:
        return "not testable without an error"
    if abs(off) > _AGREES:
        return "differs from the formula"
    return "agrees with the formula, as a mixture of the same overall composition would"


def _raise_deviations(
    found: Found,
    lines: Sequence[AnalysisLine],
    counts: Mapping[str, float],
    settings: CompositionSettings,
    formula: str,
) -> None:
    beyond = [line for line in lines if line.beyond and line.expected > 0]
    foreign = [line for line in lines if line.beyond and line.element not in counts]
    if beyond:
        what = ", ".join(f"{each.element} {each.deviation:+.2f} %" for each in beyond)
        found.alert("COMP-100", what=what, limit=number_text(settings.limit_percent))
    if foreign:
        what = ", ".join(f"{each.element} {number_text(each.found)} %" for each in foreign)
        found.alert("COMP-101", what=what, formula=formula)
    if settings.solvent.strip():
        found.alert("COMP-112", formula=formula, solvent=settings.solvent.strip())


def _raise_printed(
    found: Found, own: Sequence[Determined], lines: Sequence[AnalysisLine], formula: str
) -> None:
    """Say where the file's own calculated values are not the formula's, and may be exchanged."""
    wrong, equal = [], []
    for row, line in zip(own, lines, strict=False):
        if _same(row.found.value, line.expected):
            equal.append(row.element)
        if row.printed is not None and not _same(row.printed, line.expected, slack=_WEIGHTS):
            wrong.append(
                f"{row.element} {number_text(row.printed)} for {number_text(line.expected, 4)} %"
            )
    if not wrong:
        return
    exchanged = ""
    if equal:
        verb = "equals" if len(equal) == 1 else "equal"
        exchanged = (
            f"; found {' and '.join(equal)} {verb} the formula to the last digit, so that found and "
            "calculated may be exchanged"
        )
    found.alert("COMP-103", formula=formula, what=", ".join(wrong), exchanged=exchanged)


def _same(written: float, expected: float, *, slack: float = 0.0) -> bool:
    """Return whether a written number is another rounded to as many decimals."""
    decimals = len(repr(written).partition(".")[2])
    return math.isclose(written, expected, abs_tol=0.5 * 10.0**-decimals + slack, rel_tol=0.0)
