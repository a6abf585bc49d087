"""The reader of WissEl files (``.ws5``, ``.w98``): tags, then one count a line.

Layout: ``<wissoft version="1.1">``, ``<comment>...</comment>``, ``<data channels="512" time="0">``,
counts, ``</data>``, ``</wissoft>``, as in calibrations of an early state of the public repository
sullymike/Fitbauer and as SYNCmoss 0.6 reads it. No parser of XML is used: nothing is expanded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from spectrafit.alert import Alert
from spectrafit.encoding import Text, decoded, file_content, head_lines
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit_mossbauer.readers.count_checks import (
    checked_counts,
    no_sample,
    notice,
    require_channels,
)
from spectrafit_mossbauer.readers.count_lines import count_cells
from spectrafit_mossbauer.readers.counted_file import CountedFile

__all__ = ["WisselReader", "wissel_reader"]

_MARK = re.compile(r"<(?:wissoft\b|data\s[^>]*\bchannels\s*=)", re.IGNORECASE)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z?!][\w:.-]*)(?P<rest>[^<>]*)>")
_ATTRIBUTE = re.compile(r"(?P<key>[\w:.-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")


@dataclass
class _Block:
    header: dict[str, str]
    counts: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    ended: bool = False


def _attributes(name: str, rest: str, place: str) -> dict[str, str]:
    """Return what a tag says, refusing what is no ``key="value"``."""
    left = _ATTRIBUTE.sub("", rest).strip(" \t?/")
    if left and name in ("data", "wissoft"):
        raise ReadError(f"an odd tag: {left[:40]!r} in <{name}>", where=place, do="mend the header")
    return {
        f"{name}.{match['key']}": match["double"]
        if match["double"] is not None
        else match["single"]
        for match in _ATTRIBUTE.finditer(rest)
    }


def _blocks(text: Text, where: str) -> list[_Block]:
    """Return the blocks of counts; everything else is their header."""
    header: dict[str, str] = {}
    blocks: list[_Block] = []
    for number, line in enumerate(text.lines, 1):
        if blocks and not blocks[-1].ended and line.isascii() and line.isdigit():
            blocks[-1].counts.append(float(line))
            blocks[-1].lines.append(number)
            continue
        place = f"{where}:{number}"
        tags = list(_TAG.finditer(line))
        inside = bool(blocks) and not blocks[-1].ended
        rest = _TAG.sub(" ", line).strip()
        if any(tag["name"].lower() == "data" and not tag["end"] for tag in tags):
            if inside or rest:
                what = "a second <data>" if inside else f"{rest[:40]!r} beside <data>"
                raise ReadError(what, where=place, do="the file is damaged: copy it again")
            tag = next(tag for tag in tags if tag["name"].lower() == "data")
            blocks.append(_Block(header | _attributes("data", tag["rest"], place)))
        elif inside:
            _add_counts(blocks[-1], rest, number, place)
            names = [tag["name"].lower() for tag in tags]
            if any(name not in ("data", "wissoft") for name in names):
                raise ReadError(f"<{names[0]}> among counts", where=place, do="mend the line")
            blocks[-1].ended = bool(tags)
        elif rest and (tags or not re.fullmatch(r"[\d\s.,]+", rest)):
            key = next((tag["name"].lower() for tag in tags if not tag["end"]), "comments")
            header[key] = f"{header[key]}\n{rest}" if key in header else rest
        elif rest:
            raise ReadError(
                f"numbers outside of <data>: {rest[:40]!r}",
                where=place,
                do="the file is damaged: copy it again",
            )
        for tag in tags:
            if tag["name"].lower() != "data" and not tag["end"]:
                header |= _attributes(tag["name"].lower().strip("?"), tag["rest"], place)
    return blocks


def _add_counts(block: _Block, line: str, number: int, place: str) -> None:
    if not line:
        return
    cells = count_cells(line)
    if not cells:
        negative = "-" in line and not re.search(r"[^\d\s+-]", line)
        what = "a negative count" if negative else "no count"
        raise ReadError(f"{what}: {line[:40]!r}", where=place, do="mend the line")
    block.counts += cells
    block.lines += [number] * len(cells)


def _read_blocks(
    blocks: Sequence[_Block], file: CountedFile, notices: tuple[Alert, ...]
) -> tuple[Recording, ...]:
    found = []
    for number, block in enumerate(blocks, 1):
        if block.counts:
            last = block.lines[-1]
            # first, as it says best what is wrong with a file that was cut off
            said = require_channels(len(block.counts), block.header, file.name, last)
        else:
            said = ()
        counts = checked_counts(block.counts, file.name, np.array(block.lines, dtype=np.int64))
        if not block.ended:
            said += (notice(file.name, "no </data> behind the counts", "READ-002"),)
        scan = str(number) if len(blocks) > 1 else ""
        found.append(file.by_channel(counts, block.header, scan=scan, notices=(*notices, *said)))
    return tuple(found)


@dataclass(frozen=True)
class WisselReader:
    """The reader of WissEl files."""

    name: str = "wissel"
    title: str = "WissEl: tags, then one count a line (.ws5, .w98)"
    extensions: tuple[str, ...] = (".ws5", ".w98")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 where the head has a tag ``<wissoft>`` or ``<data channels=...>``, else 0.

        Parameters
        ----------
        path : Path
            Not looked at: a ``.ws5`` without tags is read by the reader ``counts``.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        return 1.0 if any(_MARK.search(line) for line in head_lines(head)) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the spectrum of a file, or one for each of its blocks of data.

        Parameters
        ----------
        path : Path
            The file.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            With file and line, where the file is damaged or of another format.
        """
        return self.recordings(file_content(path), path)

    def recordings(self, content: bytes, path: Path) -> tuple[Recording, ...]:
        """Return the spectra of a file's bytes, as `read` does of the file.

        Parameters
        ----------
        content : bytes
            What the file holds.
        path : Path
            Its name, for messages and the temperature; it need not exist.

        Returns
        -------
        tuple of Recording

        Raises
        ------
        ReadError
            As `read`.
        """
        text = decoded(content, path.name)
        blocks = _blocks(text, path.name)
        if not blocks:
            raise ReadError(
                "no tag <data channels=...>",
                where=path.name,
                do="counts without tags are read with --reader counts",
            )
        notices = text.notices
        if path.suffix.lower() == ".w98":
            notices += (no_sample(path.name, ".w98 files"),)
        return _read_blocks(blocks, CountedFile(path, content, self.name), notices)


wissel_reader = WisselReader()
