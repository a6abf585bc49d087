"""What a report says, in its order, made from an outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spectrafit.reporting.alerts import (
    alert_counts,
    counts_text,
    file_alerts,
    waived_counts,
)
from spectrafit.reporting.document import (
    Block,
    Document,
    Items,
    Listing,
    Paragraph,
    Picture,
    Section,
)
from spectrafit.reporting.figures import figure_stems, is_drawn
from spectrafit.reporting.file_detail import budget_table, convention_table, file_table
from spectrafit.reporting.fitted import fit_table, fit_text
from spectrafit.reporting.observed import (
    conditions_text,
    inputs_table,
    summary_tables,
    truth_table,
)
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["report_document"]

UNFOLDED_FILES = 12
SIMULATED = (
    "Simulated data: at least one input file says that it is simulated. What rests on it tests "
    "the program; it is no measurement."
)


def report_document(outcome: Outcome) -> Document:
    """Return the report of an outcome.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Document
        Title, preface, banner and summary first; alerts and the truth before the single files;
        then what is assumed, silent and unchecked; inputs, versions and the study's text last.
    """
    head = outcome.study.study
    lead: list[Block] = []
    if head.preface:
        lead.append(Paragraph(head.preface, "preface"))
    if outcome.simulated:
        lead.append(Paragraph(SIMULATED, "banner"))
    sections = [
        _summary(outcome),
        _alerts(outcome),
        _truth(outcome),
        _trends(outcome),
        _files(outcome),
        _sentences("Assumed values", outcome.assumed, "No value of this study is an assumption."),
        _sentences(
            "Keys that no state mentions",
            outcome.silent_keys,
            "Every observable is mentioned by a state."
            if outcome.study.state
            else "The study declares no states.",
        ),
        _sentences("Checks not performed", outcome.checks_not_performed, "None is known."),
        Section("Inputs", (inputs_table(outcome),)),
        _listed("Versions", [f"{name} {version}" for name, version in outcome.versions.items()]),
        Section("The study", (Listing(outcome.settings_toml, "toml"),), folded=True)
        if outcome.settings_toml
        else None,
    ]
    return Document(
        head.title or head.name, tuple(lead), tuple(one for one in sections if one is not None)
    )


def _summary(outcome: Outcome) -> Section:
    count = len(outcome.results)
    states = [result.status for result in outcome.results]
    parts = [f"{states.count('done')} done"]
    parts += [f"{states.count(word)} {word}" for word in ("refused", "left out") if word in states]
    blocks: list[Block] = [
        Paragraph(f"{count} {'file' if count == 1 else 'files'}: {', '.join(parts)}."),
        Paragraph(f"Alerts: {counts_text(outcome)}"),
    ]
    if outcome.assumed:
        one = len(outcome.assumed) == 1
        blocks.append(
            Paragraph(
                f"{len(outcome.assumed)} {'value is' if one else 'values are'} assumed, "
                "not measured: see “Assumed values”."
            )
        )
    return Section("Summary", (*blocks, *summary_tables(outcome)))


def _alerts(outcome: Outcome) -> Section:
    standing, waived = alert_counts(outcome), waived_counts(outcome)
    blocks: list[Block] = [Paragraph(counts_text(outcome)[:1].upper() + counts_text(outcome)[1:])]
    blocks += [table for table in (standing, waived) if table.rows]
    return Section("Alerts", tuple(blocks))


def _truth(outcome: Outcome) -> Section | None:
    return Section("Paper, truth, recovered", (truth_table(outcome),)) if outcome.truth else None


def _trends(outcome: Outcome) -> Section | None:
    main: list[Picture] = []
    others: list[Picture] = []
    for one in figure_stems(outcome):
        if one.measurement:
            is_main = is_drawn(outcome, one)
            file = _shown(outcome, one.stem) if is_main else ""
            picture = Picture(one.chart, one.stem, file, small=True)
            (main if is_main else others).append(picture)
    note = Paragraph(
        "Error bars are one standard uncertainty (k = 1); a point without one has none, for the "
        "reason in the tables.",
        "note",
    )
    more = (Section("Other observables", tuple(others), folded=True),) if others else ()
    return Section("Trends", (note, *main), more) if main or others else None


def _files(outcome: Outcome) -> Section:
    charts: dict[str, list[Picture]] = {}
    for one in figure_stems(outcome):
        picture = Picture(one.chart, one.stem, _shown(outcome, one.stem))
        charts.setdefault(one.label, []).append(picture)
    folded = len(outcome.results) > UNFOLDED_FILES
    return Section(
        "Files",
        sections=tuple(_file(outcome, result, charts, folded=folded) for result in outcome.results),
    )


def _file(
    outcome: Outcome, result: FileResult, charts: Mapping[str, list[Picture]], *, folded: bool
) -> Section:
    role = next(
        (one.role for one in outcome.study.measurement if one.name == result.measurement), "sample"
    )
    facts = [
        result.technique if role == "sample" else f"{result.technique} ({role})",
        result.file,
        conditions_text(result.conditions),
    ]
    blocks: list[Block] = [Paragraph(", ".join(fact for fact in facts if fact))]
    if result.status != "done":
        blocks.append(Paragraph(f"{result.status}: {result.why}", "banner"))
    alerts = []
    for alert in file_alerts(result):
        waived = outcome.waiver_reason(alert.code, result.measurement)
        alerts.append(f"{alert}; waived: {waived}" if waived else str(alert))
    if alerts:
        blocks.append(Items(tuple(alerts)))
    blocks += charts.get(result.label, [])
    if result.observables is not None:
        blocks.append(file_table(result))
        more = (budget_table(result), convention_table(result), fit_table(result))
        blocks += [table for table in more if table is not None]
        if result.observables.fit is not None:
            blocks.append(Paragraph(fit_text(result), "note"))
    return Section(result.label, tuple(blocks), folded=folded)


def _listed(title: str, texts: Sequence[str]) -> Section | None:
    return Section(title, (Items(tuple(texts)),)) if texts else None


def _sentences(title: str, sentences: tuple[str, ...], otherwise: str) -> Section:
    return Section(title, (Items(sentences) if sentences else Paragraph(otherwise),))


def _shown(outcome: Outcome, stem: str) -> str:
    options = outcome.study.report
    if not options.figures:
        return ""
    shown = next((kind for kind in ("svg", "png") if kind in options.formats), "")
    return f"figures/{stem}.{shown}" if shown else ""
