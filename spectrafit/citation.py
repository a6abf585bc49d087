"""A work that is cited: its bibliographic data, as BibTeX and as one line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from spectrafit.errors import SpectrafitError, nearest
from spectrafit.history import frozen_mapping
from spectrafit.tex import tex_text
from spectrafit.text import one_line

__all__ = ["KEY", "Citation"]

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+/-]*")
"""A bibliography key, in code and in a study."""

# what each kind needs and may have besides; the title of an article is often not printed
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "article": ("author", "journal", "volume", "year"),
    "book": ("author", "title", "publisher", "year"),
    "incollection": ("author", "title", "booktitle", "publisher", "year"),
    "phdthesis": ("author", "title", "school", "year"),
    "misc": ("author", "title"),
}
_ALLOWED = (
    *("author", "title", "journal", "volume", "number", "pages", "year", "publisher", "booktitle"),
    *("editor", "school", "edition", "address", "note", "doi", "url"),
)
_YEAR = re.compile(r"\d{4}")
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\%#]+")
_URL = re.compile(r"https?://[^\s{}\\%#]+")
_RAW = frozenset({"doi", "url"})  # styles set these as they are, by \url or \href
_NAMES = frozenset({"author", "editor"})


@dataclass(frozen=True)
class Citation:
    """A work that is cited.

    Parameters
    ----------
    key : str
        Short name, like ``elam2002``.
    kind : str
        Of BibTeX: ``article``, ``book``, ``incollection``, ``phdthesis`` or ``misc`` (software).
    fields : mapping of str to str
        Plain Unicode text by the names of BibTeX. Persons of ``author`` and ``editor`` are given
        as ``Last, First`` and joined by `` and ``; a name without a comma is that of a body, and
        ``others`` stands for the rest.

    Raises
    ------
    SpectrafitError
        For a key, kind or field that does not exist, a field that is empty or missing, a year, doi
        or url that is none.
    """

    key: str
    kind: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", frozen_mapping(self.fields))
        where = f"citation {self.key!r}"
        if not KEY.fullmatch(self.key):
            raise SpectrafitError(
                "this is no bibliography key",
                where=where,
                do="use letters, digits and . _ + / - only",
            )
        if self.kind not in _NEEDED:
            raise SpectrafitError(
                f"no kind {self.kind!r}",
                where=where,
                do=nearest(self.kind, _NEEDED, noun="the kinds"),
            )
        for name, text in self.fields.items():
            if name not in _ALLOWED:
                raise SpectrafitError(
                    f"no field {name!r}", where=where, do=nearest(name, _ALLOWED, noun="the fields")
                )
            if not isinstance(text, str) or not text or text != one_line(text):
                raise SpectrafitError(f"{name} is not one line of text", where=where)
        missing = [name for name in _NEEDED[self.kind] if name not in self.fields]
        if missing:
            raise SpectrafitError(f"{self.kind} without {', '.join(missing)}", where=where)
        for name, rule in (("year", _YEAR), ("doi", _DOI), ("url", _URL)):
            if name in self.fields and not rule.fullmatch(self.fields[name]):
                raise SpectrafitError(f"{self.fields[name]!r} is no {name}", where=where)

    def __reduce__(self) -> tuple[object, ...]:
        return (Citation, (self.key, self.kind, dict(self.fields)))

    def bibtex(self) -> str:
        """Return the entry of a BibTeX file, every text escaped.

        Returns
        -------
        str
            ASCII, without a line feed at the end.
        """
        rows = "".join(
            f"  {name:<9} = {{{_field(name, text)}}},\n" for name, text in self.fields.items()
        )
        return f"@{self.kind}{{{self.key},\n{rows}}}"

    @property
    def text(self) -> str:
        """The work in one line, as the list of references of a paper prints it."""
        one = self.fields
        parts = [_people(one["author"])]
        parts += [one["title"]] if "title" in one else []
        if self.kind == "article":
            pages = f", {one['pages']}" if "pages" in one else ""
            parts.append(f"{one['journal']} {one['volume']}{pages} ({one['year']})")
        else:
            if "booktitle" in one:
                editor = f", ed. {_people(one['editor'])}" if "editor" in one else ""
                parts.append(f"in {one['booktitle']}{editor}")
            house = [one[name] for name in ("publisher", "school", "note") if name in one]
            parts += [*house, *([one["year"]] if "year" in one else [])]
            if "pages" in one:
                parts.append(f"{'pp.' if '–' in one['pages'] else 'p.'} {one['pages']}")
        parts += [f"doi:{one['doi']}"] if "doi" in one else []
        parts += [one["url"]] if "url" in one else []
        return ", ".join(parts)


def _field(name: str, text: str) -> str:
    if name in _RAW:
        return text
    if name in _NAMES:
        return " and ".join(_bibtex_name(one) for one in text.split(" and "))
    return f"{{{tex_text(text)}}}" if name == "title" else tex_text(text)


def _bibtex_name(name: str) -> str:
    body = "," not in name and name != "others"
    return f"{{{tex_text(name)}}}" if body else tex_text(name)


def _people(names: str) -> str:
    """Return ``A. B. Last, C. Other and D. Third`` of names as BibTeX has them."""
    people = [" ".join(reversed(one.split(", ", 1))) for one in names.split(" and ")]
    if people[-1] == "others":
        return f"{', '.join(people[:-1])} et al."
    return " and ".join([part for part in (", ".join(people[:-1]), people[-1]) if part])
