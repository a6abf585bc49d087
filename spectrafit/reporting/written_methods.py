"""The methods section as files: Markdown, a fragment of LaTeX, and its bibliography."""

from __future__ import annotations

from pathlib import Path

from spectrafit.files import write_whole
from spectrafit.reporting.markdown_line import escaped
from spectrafit.reporting.methods import CitedText, Methods
from spectrafit.tex import tex_text

__all__ = ["METHODS_FILES", "methods_markdown", "methods_tex", "references_bib", "written_methods"]

METHODS_FILES = ("methods.md", "methods.tex", "references.bib")
"""Names of the files in a results folder."""


def written_methods(methods: Methods, folder: Path) -> list[Path]:
    """Write the methods section of a study; nothing where no sample was evaluated.

    Parameters
    ----------
    methods : Methods
        Of the study.
    folder : Path
        Results folder.

    Returns
    -------
    list of Path

    Raises
    ------
    SpectrafitError
        When a file cannot be written.
    """
    if not methods.sections:
        return []
    texts = (methods_markdown(methods), methods_tex(methods), references_bib(methods))
    return [
        write_whole(folder / name, text) for name, text in zip(METHODS_FILES, texts, strict=True)
    ]


def methods_markdown(methods: Methods) -> str:
    """Return a methods section as Markdown, with numbered references.

    Parameters
    ----------
    methods : Methods
        With sections.

    Returns
    -------
    str
        Ends with a line feed.
    """
    parts = ["# Methods"]
    for section in methods.sections:
        sentences = (methods.numbered(one, escaped) for one in section.sentences)
        parts += [f"## {escaped(section.title)}", " ".join(sentences)]
    if methods.unsaid:
        parts.append(f"Without a sentence: {escaped(', '.join(methods.unsaid))}.")
    parts.append("## References")
    parts.append(
        "\n".join(f"{i}. {escaped(text)}" for i, text in enumerate(methods.references, start=1))
    )
    return "\n\n".join(parts) + "\n"


def methods_tex(methods: Methods) -> str:
    r"""Return a methods section as LaTeX, a paragraph a measurement, its keys in ``\cite``.

    Parameters
    ----------
    methods : Methods
        With sections.

    Returns
    -------
    str
        For ``\input``; ASCII, ends with a line feed.
    """
    parts = [
        f"\\paragraph{{{tex_text(section.title)}}}\n"
        + "\n".join(_tex_sentence(one) for one in section.sentences)
        for section in methods.sections
    ]
    return "\n\n".join(parts) + "\n"


def references_bib(methods: Methods) -> str:
    """Return the bibliography of a methods section as BibTeX.

    Parameters
    ----------
    methods : Methods
        With citations.

    Returns
    -------
    str
        Keys without bibliographic data are named in a comment. Ends with a line feed.
    """
    parts = [one.bibtex() for one in methods.citations]
    if methods.dois:
        parts.append(f"% by their DOI alone: {', '.join(methods.dois)}")
    if methods.not_given:
        parts.append(f"% not given in the study: {', '.join(methods.not_given)}")
    return "\n\n".join(parts) + "\n"


def _tex_sentence(sentence: CitedText) -> str:
    if not sentence.cites:
        return tex_text(sentence.text)
    return rf"{tex_text(sentence.text.removesuffix('.'))}~\cite{{{','.join(sentence.cites)}}}."
