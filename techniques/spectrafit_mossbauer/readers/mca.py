"""The reader of ``.mca`` and ``.cmca`` files: blocks ``@A`` of counts as SPEC writes them.

Layout: SPEC's ``@A`` lines, continued by a backslash at their end, as SYNCmoss 0.6 reads them
(`spectrum_io.py`, European Synchrotron Radiation Facility; it uses the last block and, in
``.cmca``, shares the first channel with an empty last one. Here every block is given as it is).
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
from spectrafit.table import header_mapping
from spectrafit_mossbauer.readers.count_checks import (
    checked_counts,
    no_sample,
    notice,
    require_channels,
)
from spectrafit_mossbauer.readers.count_lines import count_cells
from spectrafit_mossbauer.readers.counted_file import CountedFile

__all__ = ["McaReader", "mca_reader"]

_BLOCK = re.compile(r"@A(?P<name>\d*)(?:\s+|$)")
_CHANNELS = re.compile(r"#@CHANN\s+(?P<count>\S+)")


@dataclass
class _Block:
    counts: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


def _counts_of(line: str, place: str) -> tuple[float, ...]:
    if not line.strip():
        return ()
    cells = count_cells(line, decimals=True)
    if not cells:
        raise ReadError(f"no counts: {line.strip()[:40]!r}", where=place, do="mend the line")
    return cells


def _blocks(text: Text, where: str) -> tuple[list[_Block], dict[str, str], tuple[Alert, ...]]:
    """Return the blocks of counts, the header, and notices of lines that do not fit."""
    blocks: list[_Block] = []
    header: list[str] = []
    stated: dict[str, str] = {}
    notices: tuple[Alert, ...] = ()
    open_block = False
    for number, line in enumerate(text.lines, 1):
        place = f"{where}:{number}"
        begins = _BLOCK.match(line)
        if open_block and (begins or line.startswith("#")):
            raise ReadError(
                "the block before ends with a backslash: counts are missing",
                where=place,
                do="the file is damaged: copy it again",
            )
        if begins:
            blocks.append(_Block())
        elif line.startswith("#"):
            channels = _CHANNELS.match(line)
            if channels:
                stated["channels"] = channels["count"]
            header.append(_entry(line))
            continue
        elif not line.strip():
            continue
        elif not blocks:
            raise ReadError(
                f"a line before '@A': {line.strip()[:40]!r}", where=place, do="mark it with #"
            )
        elif not open_block:
            text_ = "counts go on in a line that no backslash announces"
            notices += (notice(place, text_, "READ-002"),)
        body = line[begins.end() :] if begins else line
        open_block = body.rstrip().endswith("\\")
        cells = _counts_of(body.rstrip().removesuffix("\\"), place)
        blocks[-1].counts += cells
        blocks[-1].lines += [number] * len(cells)
    if open_block:
        raise ReadError(
            "the file ends with a backslash: counts are missing",
            where=f"{where}:{len(text.lines)}",
            do="the file is cut off: copy it again",
        )
    return blocks, {**header_mapping(header), **stated}, notices


def _entry(line: str) -> str:
    """Return a line like ``#D Sat May 1`` as ``D: Sat May 1``."""
    mark, _, rest = line[1:].strip().partition(" ")
    return f"{mark}: {rest.strip()}" if re.fullmatch(r"@?[A-Za-z]\w*", mark) else line[1:]


def _edge_notices(counts: Sequence[float], where: str) -> tuple[Alert, ...]:
    if (counts[0] == 0) == (counts[-1] == 0):
        return ()
    which = "first" if counts[0] == 0 else "last"
    text = f"the {which} channel is empty: the other end may hold the counts of both; left as it is"
    return (notice(where, text, "READ-002"),)


@dataclass(frozen=True)
class McaReader:
    """The reader of ``.mca`` and ``.cmca`` files."""

    name: str = "mca"
    title: str = "Mössbauer counts in SPEC's blocks @A (.mca, .cmca)"
    extensions: tuple[str, ...] = (".mca", ".cmca")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.9 where a line begins with ``@A`` and none labels columns (``#L``), else 0.

        Parameters
        ----------
        path : Path
            Not looked at.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        lines = head_lines(head)
        labelled = any(line.startswith("#L") for line in lines)
        return 0.9 if not labelled and any(map(_BLOCK.match, lines)) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the spectrum of a file, or one for each of its blocks.

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
        content = file_content(path)
        text = decoded(content, path.name)
        blocks, header, notices = _blocks(text, path.name)
        if not blocks:
            raise ReadError("no line begins with '@A'", where=path.name, do="name its reader")
        notices = (*text.notices, no_sample(path.name, ".mca and .cmca files"), *notices)
        file = CountedFile(path, content, self.name, notices)
        found = []
        for number, block in enumerate(blocks, 1):
            if block.lines:
                last = block.lines[-1]
                said = require_channels(len(block.counts), header, path.name, last)
            else:
                said = ()
            counts = checked_counts(block.counts, path.name, np.array(block.lines, dtype=np.int64))
            said += _edge_notices(block.counts, path.name)
            scan = str(number) if len(blocks) > 1 else ""
            found.append(file.by_channel(counts, header, scan=scan, notices=said))
        return tuple(found)


mca_reader = McaReader()
