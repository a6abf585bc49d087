"""The methods section of a study: only what was done, each sentence once, with its references."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spectrafit.bibliography import CORE_CITATIONS, program_citation
from spectrafit.citation import Citation
from spectrafit.errors import PluginError
from spectrafit.methods import MethodsRule, MethodsSentence, merged_text
from spectrafit.observable import Observable
from spectrafit.registry import technique
from spectrafit.reporting.core_sentences import data_sentences, program_sentences
from spectrafit.reporting.told import told_of
from spectrafit.study.outcome import Outcome
from spectrafit.technique import DescribesMethods

__all__ = ["CitedText", "Methods", "MethodsSection", "methods_of"]

COMMON = "All measurements"
COMPUTATION = "Uncertainties and programs"
_ASSUMED = "assumed:"


@dataclass(frozen=True)
class CitedText:
    """A finished sentence.

    Parameters
    ----------
    text : str
        With its full stop.
    cites : tuple of str
        Bibliography keys.
    """

    text: str
    cites: tuple[str, ...] = ()


@dataclass(frozen=True)
class MethodsSection:
    """The sentences on one measurement.

    Parameters
    ----------
    title : str
        Measurement and technique.
    sentences : tuple of CitedText
        In reading order.
    """

    title: str
    sentences: tuple[CitedText, ...]


@dataclass(frozen=True)
class Methods:
    """What a paper says of how a study was evaluated.

    Parameters
    ----------
    sections : tuple of MethodsSection
        What holds for all measurements, a section a measurement, uncertainties and programs.
    citations : tuple of Citation
        What is cited, in the order of first mention; then what only the study names as a source.
    not_given : tuple of str
        Keys that are cited or named as a source, without bibliographic data anywhere.
    unsaid : tuple of str
        Steps and conventions that no technique has a sentence for.
    dois : tuple of str
        Sources that the study names by nothing but their DOI.
    """

    sections: tuple[MethodsSection, ...]
    citations: tuple[Citation, ...]
    not_given: tuple[str, ...] = ()
    unsaid: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each reference, by its key."""
        keys = (*(one.key for one in self.citations), *self.dois, *self.not_given)
        return {key: number for number, key in enumerate(keys, start=1)}

    @property
    def paragraphs(self) -> tuple[tuple[str, str], ...]:
        """Title and text of each section, references as numbers in square brackets."""
        return tuple(
            (section.title, " ".join(self.numbered(one) for one in section.sentences))
            for section in self.sections
        )

    @property
    def references(self) -> tuple[str, ...]:
        """Each reference as one line, in the order of the numbers."""
        unknown = (f"{key}: not given in the study" for key in self.not_given)
        given = (f"doi:{key}" for key in self.dois)
        return (*(one.text for one in self.citations), *given, *unknown)

    def numbered(self, sentence: CitedText, form: Callable[[str], str] = str) -> str:
        """Return a sentence with the numbers of its references before the full stop.

        Parameters
        ----------
        sentence : CitedText
            One of a section.
        form : callable, optional
            What the words become, without the numbers: escaped, for one.

        Returns
        -------
        str
        """
        if not sentence.cites:
            return form(sentence.text)
        numbers = sorted(self.numbers[key] for key in sentence.cites)
        return f"{form(sentence.text.removesuffix('.'))} [{', '.join(map(str, numbers))}]."


def methods_of(outcome: Outcome) -> Methods:
    """Return the methods section of a study.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    methods : Methods
        Without sections where no sample was evaluated.
    """
    roles = {one.name: one.role for one in outcome.study.measurement}
    measured = dict.fromkeys(
        one.measurement
        for one in outcome.done
        if roles.get(one.measurement, "sample") == "sample" and one.observables is not None
    )
    own = program_citation(outcome.versions.get("spectrafit-suite", ""))
    books = _Bibliography((*CORE_CITATIONS, own))
    sections: list[MethodsSection] = []
    unsaid: dict[str, None] = {}
    for measurement in measured:
        results = [one for one in outcome.done if one.measurement == measurement]
        name = results[0].technique
        title, citations, rules = _declared(name)
        names = books.joined(citations, name)
        told = told_of(results, rules, _together(outcome, measurement))
        unsaid |= dict.fromkeys(f"{what} ({name})" for what in told.unsaid)
        sentences = (*data_sentences(outcome, measurement, title), *told.sentences)
        sections.append(MethodsSection(f"{measurement} ({name})", _merged(sentences, names)))
    if not sections:
        return Methods((), ())
    sections = _with_common(sections)
    sections.append(MethodsSection(COMPUTATION, _merged(program_sentences(outcome), {})))
    cited = dict.fromkeys(key for part in sections for one in part.sentences for key in one.cites)
    cited |= dict.fromkeys(_sources(outcome))
    others = [key for key in cited if key not in books.known]
    dois = tuple(key for key in others if _DOI.fullmatch(key))
    return Methods(
        tuple(sections),
        tuple(books.known[key] for key in cited if key in books.known),
        tuple(key for key in others if key not in dois),
        tuple(unsaid),
        dois,
    )


def _together(outcome: Outcome, measurement: str) -> list[Observable]:
    """Return what the scans of a measurement gave as a whole."""
    return [
        item
        for one in outcome.series
        if one.measurement == measurement and one.observables is not None
        for item in one.observables.items
    ]


def _with_common(sections: Sequence[MethodsSection]) -> list[MethodsSection]:
    """Return sections with what all of them say said once, before them."""
    first = sections[0].sentences if len(sections) > 1 else ()
    common = tuple(one for one in first if all(one in part.sentences for part in sections))
    if not common:
        return list(sections)
    rest = [
        MethodsSection(part.title, tuple(one for one in part.sentences if one not in common))
        for part in sections
    ]
    return [MethodsSection(COMMON, common), *(part for part in rest if part.sentences)]


_DOI = re.compile(r"10\.\d{4,9}/\S+")


class _Bibliography:
    """Citations of the core and of techniques; a key that two give differently becomes two."""

    def __init__(self, core: Sequence[Citation]) -> None:
        self.known = {one.key: one for one in core}

    def joined(self, citations: Sequence[Citation], name: str) -> dict[str, str]:
        """Take in the citations of a technique; return the keys that had to be changed."""
        changed: dict[str, str] = {}
        for one in citations:
            if self.known.setdefault(one.key, one) != one:
                changed[one.key] = f"{one.key}-{name}"
                self.known[changed[one.key]] = Citation(changed[one.key], one.kind, one.fields)
        return changed


def _merged(
    sentences: Sequence[MethodsSentence], renamed: Mapping[str, str]
) -> tuple[CitedText, ...]:
    """Return sentences of one template as one, in the order of their first mention."""
    alike: dict[tuple[str, tuple[str, ...]], list[MethodsSentence]] = {}
    for one in sentences:
        alike.setdefault((one.text, one.cites), []).append(one)
    return tuple(
        CitedText(merged_text(group), tuple(renamed.get(key, key) for key in cites))
        for (_, cites), group in alike.items()
    )


def _declared(name: str) -> tuple[str, tuple[Citation, ...], tuple[MethodsRule, ...]]:
    """Return title, citations and rules of a technique; its name where it cannot be loaded."""
    try:
        found = technique(name)
    except PluginError:
        return name, (), ()
    if isinstance(found, DescribesMethods):
        return found.title, found.citations, found.methods
    return found.title, (), ()


def _sources(outcome: Outcome) -> Iterator[str]:
    """Yield the bibliography keys that the states of a study name as sources."""
    for state in outcome.study.state.values():
        for expected in state.expect.values():
            if not expected.source.startswith(_ASSUMED):
                yield expected.source
