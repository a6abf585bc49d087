"""What a report says, in its order, made from an outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from spectrafit.reporting.alerts import (
    alert_counts,
    counts_text,
    waived_counts,
)
from spectrafit.reporting.answer import answer_lines
from spectrafit.reporting.compared_spectra import comparisons_section
from spectrafit.reporting.document import (
    Block,
    Document,
    Items,
    Listing,
    Paragraph,
    Picture,
    Section,
)
from spectrafit.reporting.figures import FigureStem, drawn_stems, figure_stems
from spectrafit.reporting.file_section import file_section
from spectrafit.reporting.fit_order import SHOWN_FITS, paged_fits, shown_fits
from spectrafit.reporting.methods import Methods, methods_of
from spectrafit.reporting.observed import inputs_table, truth_table
from spectrafit.reporting.pages import SIMULATED, fit_links, pictures_by_label
from spectrafit.reporting.state_answer import state_answer
from spectrafit.reporting.states import populations_picture, states_section
from spectrafit.reporting.summary import summary_tables
from spectrafit.reporting.tables import Column, Table
from spectrafit.reporting.typed_values import typed_section
from spectrafit.reporting.whole_series import series_section
from spectrafit.rounding import UNCERTAINTY_NOTE
from spectrafit.study.outcome import Outcome

__all__ = ["figure_files", "report_document"]

UNFOLDED_FILES = 12
GRAVE = ("A", "B")
MEASURED = "What was measured, technique by technique:"


def report_document(
    outcome: Outcome,
    stems: Sequence[FigureStem] | None = None,
    methods: Methods | None = None,
) -> Document:
    """Return the report of an outcome.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    stems : sequence of FigureStem, optional
        Its charts, where they are known already.
    methods : Methods, optional
        Its methods, where they are known already.

    Returns
    -------
    Document
        The answer and its figure first; what forbids or limits quoting; the states; the tables and
        trends; files left out; the fits, at most the 12 worst; methods and references; where it comes from;
        what was not checked.
    """
    head = outcome.study.study
    stems = figure_stems(outcome) if stems is None else stems
    files = figure_files(outcome, stems)
    lead: list[Block] = []
    if outcome.simulated:
        lead.append(Paragraph(SIMULATED, "banner"))
    if head.preface:
        lead.append(Paragraph(head.preface, "preface"))
    sections = [
        _answer(outcome, stems, files),
        _alerts(outcome),
        states_section(outcome, stems, files),
        series_section(outcome, stems, files),
        comparisons_section(outcome, stems, files),
        typed_section(outcome),
        _results(outcome, stems, files),
        _left_out(outcome),
        _fits(outcome, stems, files),
        _methods(methods or methods_of(outcome)),
        _provenance(outcome),
        _not_checked(outcome),
    ]
    return Document(
        head.title or head.name, tuple(lead), tuple(one for one in sections if one is not None)
    )


def figure_files(outcome: Outcome, stems: Sequence[FigureStem]) -> dict[str, str]:
    """Return the figure that a page shows for each drawn chart, relative to the results folder.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    stems : sequence of FigureStem
        Its charts.

    Returns
    -------
    dict of str to str
        By stem; empty where no format is drawn that a page can show.
    """
    shown = next((kind for kind in ("svg", "png") if kind in outcome.study.report.formats), "")
    drawn = drawn_stems(outcome, stems) if shown else frozenset[str]()
    return {stem: f"figures/{stem}.{shown}" for stem in drawn}


def _answer(outcome: Outcome, stems: Sequence[FigureStem], files: dict[str, str]) -> Section:
    lines = answer_lines(outcome)
    states = state_answer(outcome)
    states += [*populations_picture(stems, files)] if states else []
    if lines:
        measured: list[Block] = [*([Paragraph(MEASURED)] if states else []), Items(lines)]
    elif states and not outcome.study.measurement:
        measured = [Paragraph("No file was read: the study holds typed numbers only.")]
    else:
        measured = [Paragraph("No sample was fitted: there is no answer.")]
    blocks: list[Block] = [
        *states,
        *measured,
        Paragraph(f"{_counted(outcome)} Alerts: {counts_text(outcome)}"),
    ]
    if lines or states:
        blocks.insert(len(states) + len(measured), Paragraph(UNCERTAINTY_NOTE, "note"))
    figure = next(
        (
            one
            for one in stems
            if not (one.label or one.measurement or one.comparison or one.series or one.states)
        ),
        next((one for one in stems if one.label), None),
    )
    if figure is not None:
        blocks.append(Picture(figure.chart, figure.stem, files.get(figure.stem, "")))
    return Section("Answer", tuple(blocks))


def _counted(outcome: Outcome) -> str:
    count = len(outcome.results)
    states = [result.status for result in outcome.results]
    parts = [f"{states.count('done')} done"]
    parts += [f"{states.count(word)} {word}" for word in ("refused", "left out") if word in states]
    return f"{count} {'file' if count == 1 else 'files'}: {', '.join(parts)}."


def _alerts(outcome: Outcome) -> Section:
    standing, waived = alert_counts(outcome), waived_counts(outcome)
    level = [column.name for column in standing.columns].index("level")
    grave = [row for row in standing.rows if str(row[level])[:1] in GRAVE]
    light = [row for row in standing.rows if row not in grave]
    blocks: list[Block] = [
        replace(standing, rows=tuple(grave))
        if grave
        else Paragraph("No alert of level A “do not quote” or B “quote with this sentence” stands.")
    ]
    blocks += [waived] if waived.rows else []
    more = replace(standing, rows=tuple(light))
    notes = Section("To look at, and notes", (more,), folded=len(light) > UNFOLDED_FILES)
    return Section("Alerts", tuple(blocks), (notes,) if light else ())


def _results(outcome: Outcome, stems: Sequence[FigureStem], files: dict[str, str]) -> Section:
    parts: list[Section] = []
    if outcome.truth:
        parts.append(Section("Paper, truth, recovered", (truth_table(outcome),)))
    whole = [one for one in stems if one.measurement and not one.key]
    for title, mapped in (("Spectra", False), ("Maps", True)):
        drawn = tuple(
            Picture(one.chart, one.stem, files.get(one.stem, ""))
            for one in whole
            if bool(one.mapped) is mapped
        )
        parts += [Section(title, drawn)] if drawn else []
    trends = _trends(stems, files)
    parts += [trends] if trends is not None else []
    return Section("Results", summary_tables(outcome), tuple(parts))


def _trends(stems: Sequence[FigureStem], files: dict[str, str]) -> Section | None:
    drawn: list[Picture] = []
    others: list[Picture] = []
    for one in stems:
        if one.key:
            file = files.get(one.stem, "")
            picture = Picture(one.chart, one.stem, file, small=True)
            (drawn if file else others).append(picture)
    note = Paragraph(
        "Error bars are one standard uncertainty (k = 1); a point without one has none, for the "
        "reason in the tables.",
        "note",
    )
    more = (Section("Other observables", tuple(others), folded=True),) if others else ()
    return Section("Trends", (note, *drawn), more) if drawn or others else None


def _left_out(outcome: Outcome) -> Section | None:
    rows = tuple(
        (one.label, one.measurement, one.file, one.status, one.why)
        for one in outcome.results
        if one.status != "done"
    )
    if not rows:
        return None
    names = ("label", "measurement", "file", "status", "why")
    columns = tuple(Column(name) for name in names)
    return Section("Files left out", (Table("left_out", columns, rows),))


def _fits(outcome: Outcome, stems: Sequence[FigureStem], files: dict[str, str]) -> Section:
    shown, others = shown_fits(outcome), paged_fits(outcome)
    pictures = pictures_by_label(stems, files)
    sections = [
        file_section(outcome, one, pictures.get(one.label, []), folded=bool(others))
        for one in shown
    ]
    if not others:
        fitted = {one.label for one in shown}
        sections += [
            file_section(outcome, one, ())
            for one in outcome.results
            if one.label not in fitted and one.status == "done"
        ]
        return Section("Fits", sections=tuple(sections))
    text = (
        f"Here are the {SHOWN_FITS} worst of {len(shown) + len(others)} fits: those with the "
        "gravest alerts first, then those whose reduced chi2 lies highest above the median of "
        "their measurement. Every other fit has its own page."
    )
    every = Section("All other fits", (fit_links(outcome),), folded=len(others) > SHOWN_FITS)
    return Section("Fits", (Paragraph(text),), (*sections, every))


def _methods(found: Methods) -> Section | None:
    if not found.sections:
        return None
    note = "The same as LaTeX with a bibliography: methods.tex and references.bib."
    parts = [Section(title, (Paragraph(text),)) for title, text in found.paragraphs]
    listed = tuple(f"[{i}] {text}" for i, text in enumerate(found.references, 1))
    parts.append(Section("References", (Items(listed),)))
    return Section("Methods and references", (Paragraph(note, "note"),), tuple(parts))


def _provenance(outcome: Outcome) -> Section:
    versions = [f"{name} {version}" for name, version in outcome.versions.items()]
    inputs = inputs_table(outcome)
    parts = [Section("Inputs", (inputs,), folded=len(inputs.rows) > UNFOLDED_FILES)]
    parts += [Section("Versions", (Items(tuple(versions)),))] if versions else []
    if outcome.settings_toml:
        listing = Listing(outcome.settings_toml, "toml")
        parts.append(Section("The study", (listing,), folded=True))
    return Section("Provenance", sections=tuple(parts))


def _not_checked(outcome: Outcome) -> Section:
    assumed = "No value of this study is an assumption."
    silent = (
        "Every observable is mentioned by a state."
        if outcome.study.state
        else "The study declares no states."
    )
    return Section(
        "What was not checked",
        (_items(outcome.checks_not_performed, "No check is known that was not performed."),),
        (
            Section("Assumed values", (_items(outcome.assumed, assumed),)),
            Section("Keys that no state mentions", (_items(outcome.silent_keys, silent),)),
        ),
    )


def _items(sentences: tuple[str, ...], otherwise: str) -> Block:
    return Items(sentences) if sentences else Paragraph(otherwise)
