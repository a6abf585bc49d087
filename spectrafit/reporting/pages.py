"""A page of its own for each fit that the report does not show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spectrafit.files import safe_names
from spectrafit.observable import observable_text
from spectrafit.reporting.document import Document, Link, Links, Paragraph, Picture
from spectrafit.reporting.figures import FigureStem
from spectrafit.reporting.file_section import file_section
from spectrafit.reporting.fit_order import misfit, paged_fits
from spectrafit.reporting.main_keys import items_of, main_keys_by_family
from spectrafit.reporting.observed import flags_text
from spectrafit.rounding import number_text
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["SIMULATED", "FitPage", "fit_links", "fit_pages", "page_files", "pictures_by_label"]

SIMULATED = (
    "Simulated data: at least one input file says that it is simulated. What rests on it tests "
    "the program; it is no measurement."
)


@dataclass(frozen=True, eq=False)
class FitPage:
    """One page.

    Parameters
    ----------
    file : str
        Relative to the results folder.
    document : Document
        What it says.
    """

    file: str
    document: Document


def page_files(outcome: Outcome) -> dict[str, str]:
    """Return the file of each page by the label of its fit, relative to the results folder.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    dict of str to str
    """
    labels = [result.label for result in paged_fits(outcome)]
    names = safe_names(labels)
    return {label: f"fits/{name}.html" for label, name in zip(labels, names, strict=True)}


def fit_pages(
    outcome: Outcome, stems: Sequence[FigureStem], files: dict[str, str]
) -> Iterator[FitPage]:
    """Give the pages of the fits that the report does not show, one after the other.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    stems : sequence of FigureStem
        Its charts.
    files : dict of str to str
        Drawn figure by stem, relative to the results folder.

    Yields
    ------
    FitPage
    """
    pages = page_files(outcome)
    pictures = pictures_by_label(stems, {stem: f"../{file}" for stem, file in files.items()})
    fits = paged_fits(outcome)
    for i, result in enumerate(fits):
        ways = [Link("the report", "../report.html")]
        for text, place in (("the fit before", i - 1), ("the fit after", i + 1)):
            if 0 <= place < len(fits):
                other = fits[place].label
                ways.append(Link(text, pages[other].removeprefix("fits/"), other))
        section = file_section(outcome, result, pictures.get(result.label, []))
        head = [Paragraph(SIMULATED, "banner")] if result.source.simulated else []
        title = outcome.study.study.title or outcome.study.study.name
        document = Document(f"{title}: {result.label}", (*head, Links(tuple(ways))), (section,))
        yield FitPage(pages[result.label], document)


def fit_links(outcome: Outcome) -> Links:
    """Return the way to each page, with the main value, the misfit and the flags of its fit.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    Links
    """
    pages = page_files(outcome)
    fits = paged_fits(outcome)
    main = {
        name: [keys[0] for keys in families if keys]
        for name, families in main_keys_by_family(outcome).items()
    }
    return Links(
        tuple(
            Link(one.label, pages[one.label], _note(outcome, one, main[one.measurement]))
            for one in fits
        )
    )


def pictures_by_label(
    stems: Sequence[FigureStem], files: dict[str, str]
) -> dict[str, list[Picture]]:
    """Return the charts of each fit as pictures, by the fit's label.

    Parameters
    ----------
    stems : sequence of FigureStem
        Charts of an outcome.
    files : dict of str to str
        Path of the drawn figure by stem.

    Returns
    -------
    dict of str to list of Picture
    """
    found: dict[str, list[Picture]] = {}
    for one in stems:
        if one.label:
            picture = Picture(one.chart, one.stem, files.get(one.stem, ""))
            found.setdefault(one.label, []).append(picture)
    return found


def _note(outcome: Outcome, result: FileResult, main: Sequence[str]) -> str:
    values = [observable_text(item) for item in items_of(result) if item.key in main]
    parts = [*values, f"reduced chi2 {number_text(misfit(result), 3)}"]
    flags = flags_text(outcome, result)
    return ", ".join([*parts, flags] if flags else parts)
