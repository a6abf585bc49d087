"""One file in a report or on a page of its own: facts, alerts, charts, tables, the fit."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.conditions import conditions_text
from spectrafit.reporting.alerts import file_alerts
from spectrafit.reporting.document import Block, Items, Paragraph, Picture, Section
from spectrafit.reporting.file_detail import budget_table, convention_table, file_table
from spectrafit.reporting.fitted import fit_table, fit_text
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["file_section"]


def file_section(
    outcome: Outcome, result: FileResult, pictures: Sequence[Picture], *, folded: bool = False
) -> Section:
    """Return the section of one file.

    Parameters
    ----------
    outcome : Outcome
        For roles and waivers.
    result : FileResult
        The file, of any status.
    pictures : sequence of Picture
        Its charts.
    folded : bool
        Whether a page may show only its heading at first.

    Returns
    -------
    Section
    """
    role = next(
        (one.role for one in outcome.study.measurement if one.name == result.measurement), "sample"
    )
    facts = [
        result.technique if role == "sample" else f"{result.technique} ({role})",
        result.file,
        conditions_text(result.conditions),
        f"started {result.started}" if result.started else "",
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
    blocks += pictures
    if result.observables is not None:
        if result.observables.fit is not None:
            blocks.append(Paragraph(fit_text(result), "note"))
        blocks.append(file_table(result))
        more = (budget_table(result), convention_table(result), fit_table(result))
        blocks += [table for table in more if table is not None]
    return Section(result.label, tuple(blocks), folded=folded)
