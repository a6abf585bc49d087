"""The reader of binary ``.mcs`` files: 256 bytes of header, then little-endian 32-bit counts.

Layout as read by SYNCmoss 0.6 (`spectrum_io.py`, European Synchrotron Radiation Facility). What
the header means is not known: its bytes are kept, and no number is taken from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spectrafit.encoding import file_content
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit.size_limits import require_rows
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.readers.count_checks import (
    FEWEST_CHANNELS,
    checked_counts,
    counts_like,
    no_sample,
    require_channels,
)
from spectrafit_mossbauer.readers.counted_file import CountedFile

__all__ = ["HEADER_BYTES", "McsReader", "mcs_reader"]

HEADER_BYTES = 256
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_WORDS = re.compile(rb"[\x20-\x7e]{3,}")
_LARGEST = 2**30
"""Counts of a month; every 32-bit float of 2 and more looks like a larger number."""


def _counts(content: bytes) -> FloatArray:
    """Return the 32-bit words behind the header, those that are whole."""
    body = content[HEADER_BYTES:]
    return np.frombuffer(body[: len(body) // 4 * 4], dtype="<u4").astype(float)


def _plausible(counts: FloatArray) -> bool:
    return bool((counts < _LARGEST).all()) and counts_like(counts, scattered=True)


@dataclass(frozen=True)
class McsReader:
    """The reader of binary ``.mcs`` files."""

    name: str = "mcs"
    title: str = "Mössbauer counts, binary: 256 bytes of header, then 32-bit counts (.mcs)"
    extensions: tuple[str, ...] = (".mcs",)

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 0.9 for a binary file called ``.mcs`` whose words scatter like counts, else 0.

        Parameters
        ----------
        path : Path
            Its ending is looked at: the content has no known mark, and other binary files hold
            words that scatter like counts too.
        head : bytes
            The first bytes.

        Returns
        -------
        float
        """
        if path.suffix.lower() != ".mcs" or not _CONTROL.search(head):
            return 0.0
        counts = _counts(head)
        return 0.9 if counts.size >= FEWEST_CHANNELS and _plausible(counts) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one spectrum of a file.

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
            When the size does not fit, or the words behind the header are no counts.
        """
        content = file_content(path)
        spare = (len(content) - HEADER_BYTES) % 4
        if len(content) <= HEADER_BYTES or spare:
            raise ReadError(
                f"{len(content)} bytes are not {HEADER_BYTES} of header and 4 for each channel",
                where=path.name,
                do="the file is cut off or of another format: copy it again",
            )
        require_rows(len(content) // 4, where=path.name, noun="channels")
        counts = checked_counts(_counts(content), path.name)
        if not _plausible(counts):
            raise ReadError(
                f"the numbers behind {HEADER_BYTES} bytes of header do not scatter like counts",
                where=path.name,
                do="the file is damaged or of another format: export it as text",
            )
        header = {"first 256 bytes": content[:HEADER_BYTES].hex()}
        words = [word.decode("ascii") for word in _WORDS.findall(content[:HEADER_BYTES])]
        if words:
            header["words"] = "\n".join(words)
        file = CountedFile(path, content, self.name, (no_sample(path.name, ".mcs files"),))
        notices = require_channels(counts.size, {}, path.name)
        return (file.by_channel(counts, header, notices=notices),)


mcs_reader = McsReader()
