"""What the infrared readers share: blocks of a file become one recording behind the gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import ReadError
from spectrafit.history import Source, file_source
from spectrafit.recording import Column, Recording
from spectrafit.size_limits import require_rows
from spectrafit.spectrum import FloatArray
from spectrafit.table import axis_notices, says_simulated
from spectrafit.written_temperature import sample_temperature
from spectrafit_ir.readers.gates import checked_axis, checked_ordinate, ordinate_notices
from spectrafit_ir.readers.notices import notice

__all__ = ["Block", "SpectralFile", "missing_library"]


def missing_library(name: str, where: str) -> ReadError:
    """Return the refusal of a file whose reading needs a library that is not installed.

    Parameters
    ----------
    name : str
        The library.
    where : str
        File name.

    Returns
    -------
    ReadError
    """
    return ReadError(
        f"reading it needs {name}, which is not installed",
        where=where,
        do="install it: pip install 'spectrafit-suite[formats]'",
    )


@dataclass(frozen=True, eq=False)
class Block:
    """One ordinate of a file on its axis.

    Parameters
    ----------
    name : str
        As in the file (``a``, ``a_2``, ``sm``); the kind of y where the file names none.
    x : array_like, shape (n,)
        In the file's order.
    y : array_like, shape (n,)
        In the file's order.
    kind : str
        One of `gates.Y_KINDS`.
    percent : bool
        Whether 100 stands for 1.
    axis_unit : str
        ``"cm-1"``, or ``"1"`` for the points of an interferogram.
    count : int or None
        Number of points by the header.
    first, last : float or None
        Ends of the axis by the header.
    lowest, highest : float or None
        Extremes of y by the header.
    slack : float
        Half of the last digit of those extremes.
    """

    name: str
    x: ArrayLike
    y: ArrayLike
    kind: str
    percent: bool = False
    axis_unit: str = "cm-1"
    count: int | None = None
    first: float | None = None
    last: float | None = None
    lowest: float | None = None
    highest: float | None = None
    slack: float = 0.0

    def checked(self, where: str) -> tuple[FloatArray, FloatArray]:
        """Return x and y that passed every gate, or raise `ReadError`.

        Parameters
        ----------
        where : str
            File name, with the block where there are several.

        Returns
        -------
        x, y : ndarray, shape (n,)
        """
        x = checked_axis(
            self.x,
            where,
            unit=self.axis_unit,
            count=self.count,
            first=self.first,
            last=self.last,
        )
        y = checked_ordinate(
            self.y,
            where,
            kind=self.kind,
            points=x.size,
            percent=self.percent,
            lowest=self.lowest,
            highest=self.highest,
            slack=self.slack,
        )
        return x, y


@dataclass(frozen=True)
class SpectralFile:
    """A file whose spectra become recordings.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes
        Its bytes, for the checksum.
    reader : str
        Name of the reader.
    notices : tuple of Alert
        Notices of the whole file.
    """

    path: Path
    content: bytes
    reader: str
    notices: tuple[Alert, ...] = ()

    @property
    def name(self) -> str:
        """File name, for messages."""
        return self.path.name

    @cached_property
    def _source(self) -> Source:
        """The file with its checksum, computed once for all its spectra."""
        return file_source(self.path, self.content)

    def recording(
        self,
        blocks: Sequence[Block],
        header: Mapping[str, str],
        *,
        scan: str = "",
        conditions: Mapping[str, float | str] | None = None,
        notices: Sequence[Alert] = (),
    ) -> Recording:
        """Return the recording of one spectrum, or of one file with several blocks.

        Parameters
        ----------
        blocks : sequence of Block
            At least one; every one passes the gates or the file is refused.
        header : mapping of str to str
            Word for word; ``y kind`` is added.
        scan : str, optional
            Number where the file holds several spectra.
        conditions : mapping, optional
            T in K and others that the file states for this spectrum; without T it is taken from
            the header or the file name.
        notices : sequence of Alert, optional
            Of this spectrum.

        Returns
        -------
        Recording
            Column ``wavenumber`` of the first block that may be fitted (else of the first),
            ``wavenumber of <block>`` for other axes, shorter columns filled with NaN at the end.
            Role y only where one absorbance, else one transmittance, else one block is there.
        """
        require_rows(
            max((np.size(one.x) for one in blocks), default=0), where=self.name, noun="points"
        )
        ranked, chosen, of_role = _ranked(blocks, self.name)
        columns, found = _columns(ranked, self.name)
        kind = chosen.kind if chosen else ranked[0].kind
        kinds = {f"y kind of {one.name}": one.kind for one in blocks} if len(blocks) > 1 else {}
        full_header = {**header, "y kind": kind, **kinds}
        of_temperature: tuple[Alert, ...] = ()
        if conditions is None or "T" not in conditions:
            taken, of_temperature = sample_temperature(header, self.name)
            conditions = {**taken, **(conditions or {})}
        simulated = says_simulated(header)
        every = (*self.notices, *notices, *of_role, *of_temperature, *found)
        if simulated:
            every += (alert_spec("RUN-003").alert(where=self.name),)
        roles = {"x": columns[0].name} | ({"y": chosen.name} if chosen else {})
        return Recording(
            f"{self.name}#{scan}" if scan else self.name,
            columns,
            full_header,
            roles,
            conditions,
            replace(self._source, simulated=simulated),
            every,
            self.reader,
        )


def _ranked(
    blocks: Sequence[Block], where: str
) -> tuple[list[Block], Block | None, tuple[Alert, ...]]:
    """Return the blocks with the fitted one first, that one, and why there is none."""
    if not blocks:
        raise ReadError("the file holds no spectrum", where=where, do="leave it out")
    candidates = [one for one in blocks if one.kind == "absorbance"] or [
        one for one in blocks if one.kind == "transmittance"
    ]
    if len(candidates) == 1:
        chosen = candidates[0]
        return [chosen, *(one for one in blocks if one is not chosen)], chosen, ()
    if candidates:
        names = " and ".join(one.name for one in candidates)
        text = (
            f"{len(candidates)} blocks of {candidates[0].kind}, {names}: "
            f"name one with --set block={candidates[0].name}"
        )
        rest = [one for one in blocks if one not in candidates]
        return [*candidates, *rest], None, (notice(where, text, "READ-003"),)
    if len(blocks) == 1 and blocks[0].kind == "unknown":
        text = "the file does not say whether y is absorbance or transmittance"
        return list(blocks), blocks[0], (notice(where, text, "READ-003"),)
    names = ", ".join(
        one.name if one.name == one.kind else f"{one.name} ({one.kind})" for one in blocks
    )
    text = f"no block of absorbance or transmittance; there is: {names}"
    return list(blocks), None, (notice(where, text, "READ-003"),)


def _columns(blocks: Sequence[Block], where: str) -> tuple[tuple[Column, ...], tuple[Alert, ...]]:
    checked = [
        one.checked(where if len(blocks) == 1 else f"{where}, block {one.name}") for one in blocks
    ]
    longest = max(x.size for x, _ in checked)

    def padded(values: FloatArray) -> FloatArray:
        return np.concatenate([values, np.full(longest - values.size, np.nan)])

    axes: list[tuple[str, FloatArray]] = []
    columns: list[Column] = []
    found: tuple[Alert, ...] = ()
    for one, (x, y) in zip(blocks, checked, strict=True):
        word = "wavenumber" if one.axis_unit == "cm-1" else "point"
        if not any(unit == one.axis_unit and np.array_equal(x, axis) for unit, axis in axes):
            column = Column(f"{word} of {one.name}" if axes else word, padded(x), one.axis_unit)
            found += axis_notices(column, where) if not axes else ()
            axes.append((one.axis_unit, x))
            columns.append(column)
        columns.append(Column(one.name, padded(y), "%" if one.percent else "1"))
        found += ordinate_notices(y, where, kind=one.kind, percent=one.percent)
    return tuple(columns), found
