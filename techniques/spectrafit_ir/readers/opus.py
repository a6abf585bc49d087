"""The reader of Bruker OPUS files: every block is kept, one absorbance is proposed.

The arrays are taken by brukeropus, after the directory and every parameter were checked here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from spectrafit.alert import Alert
from spectrafit.encoding import file_content
from spectrafit.errors import ReadError
from spectrafit.recording import Recording
from spectrafit_ir.readers.gates import require_wavenumber
from spectrafit_ir.readers.notices import notice
from spectrafit_ir.readers.opus_header import opus_header
from spectrafit_ir.readers.opus_structure import (
    MAGIC,
    OpusEntry,
    Parameter,
    opus_directory,
    opus_parameters,
)
from spectrafit_ir.readers.spectral_file import Block, SpectralFile, missing_library

__all__ = ["OpusReader", "opus_reader"]

_DAMAGED = "the file is damaged or cut off: copy it again from the instrument"
_KINDS = {
    1: "single beam",
    2: "interferogram",
    4: "absorbance",
    5: "transmittance",
    12: "reflectance",
}
_NUMBERS = {"NPT": int, "DPF": int, "FXV": float, "LXV": float, "CSF": float}
_EXTREMES = 1e-6  # of 32-bit numbers, as the file holds both
_NEAR_A_POINT = 0.02
_UNITS = {"MI": "micrometres", "PNT": "points", "LGW": "logarithms of wavenumbers"}


@dataclass(frozen=True)
class OpusReader:
    """The reader of Bruker OPUS files."""

    name: str = "opus"
    title: str = "Bruker OPUS: absorbance, transmittance, reflectance, single beams, interferograms"
    extensions: tuple[str, ...] = (".0", ".1", ".2", ".001")

    def sniff(self, path: Path, head: bytes) -> float:
        """Return 1 for the four bytes that every OPUS file begins with, else 0.

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
        return 1.0 if head.startswith(MAGIC) else 0.0

    def read(self, path: Path) -> tuple[Recording, ...]:
        """Return the one recording of a file, a column for every block.

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
            When the file is refused.
        """
        content = file_content(path)
        entries = opus_directory(content, path.name)
        if any(entry.is_series for entry in entries):
            raise ReadError(
                "the file holds a series of spectra in one block",
                where=path.name,
                do="save its spectra as single files, or export them as JCAMP-DX",
            )
        parameters = {
            entry.start: opus_parameters(content, entry, path.name)
            for entry in entries
            if entry.is_parameters
        }
        blocks, status, notices = _blocks(content, entries, parameters, path.name)
        file = SpectralFile(path, content, self.name, notices)
        return (file.recording(blocks, opus_header(entries, parameters, blocks, status)),)


def _blocks(
    content: bytes,
    entries: Sequence[OpusEntry],
    parameters: Mapping[int, Mapping[str, Parameter]],
    where: str,
) -> tuple[list[Block], list[Mapping[str, Parameter]], tuple[Alert, ...]]:
    """Return the data blocks in OPUS's order, the status of each, and what was left out."""
    try:
        from brukeropus.file.block import FileBlock, pair_data_and_status_blocks
        from brukeropus.file.data import Data
    except ImportError as error:
        raise missing_library("brukeropus", where) from error
    for entry in entries:
        if entry.is_status:
            _require_status(parameters[entry.start], where, entry.start)
    taken = [entry for entry in entries if entry.is_data or entry.is_status]
    left = [entry for entry in entries if entry.is_other_data]
    raw = []
    for entry in taken:
        block = FileBlock(content, entry.type, entry.size, entry.start)
        block.parse()
        if block.parse_error:
            raise ReadError(
                f"a block cannot be read: {block.parse_error}",
                where=f"{where}, byte {entry.start}",
                do=_DAMAGED,
            )
        raw.append(block)
    with np.errstate(all="ignore"):
        pairs = pair_data_and_status_blocks(raw)
    paired = {data.start for data, _ in pairs}
    if len({state.start for _, state in pairs}) != len(pairs):
        raise ReadError("two blocks of data have one status", where=where, do=_DAMAGED)
    notices = [
        notice(where, f"the block {entry.type} at byte {entry.start} is of no known layout")
        for entry in left
    ]
    for entry in taken:
        if entry.is_data and entry.start not in paired:
            raise ReadError(
                f"the data at byte {entry.start} have no axis that fits",
                where=where,
                do=_DAMAGED,
            )
    blocks: list[Block] = []
    states: list[Mapping[str, Parameter]] = []
    for data, state in pairs:
        status = parameters[state.start]
        name = _name(data.get_data_key(), [block.name for block in blocks])
        unit = _axis_unit(status, data.type)
        if unit != "cm-1" and _kind(data.type) in ("absorbance", "transmittance"):
            require_wavenumber(_UNITS.get(str(status.get("DXU")), str(status.get("DXU"))), where)
        if not unit:
            notices.append(notice(where, f"block {name} is against {status.get('DXU')}: left out"))
            continue
        with np.errstate(all="ignore"):  # of a damaged scale: the gates refuse what comes of it
            series = Data(data, state, name, 0.0)
        _require_length(data, status, series.y, where)
        if not _has_extremes(status, series.y):
            text = f"the extremes of block {name} are not those of its status"
            notices.append(notice(where, text, "READ-002"))
        blocks.append(_block(name, series, data.type, unit, status))
        states.append(status)
    _require_one_step(blocks, where)
    return blocks, states, tuple(notices)


def _require_status(status: Mapping[str, Parameter], where: str, start: int) -> None:
    """Refuse the status of a block that lacks its axis, or whose numbers are not floats."""
    for key, kind in _NUMBERS.items():
        if not isinstance(status.get(key), kind):
            text = f"the status of a block has no {key}"
            raise ReadError(text, where=f"{where}, byte {start}", do=_DAMAGED)
    points, layout = status["NPT"], status["DPF"]
    if layout != 1 or not isinstance(points, int) or points <= 0:
        text = f"a block of {points} points in the number format {layout}; only 1 is known"
        raise ReadError(text, where=f"{where}, byte {start}", do=_DAMAGED)


def _require_length(data: Any, status: Mapping[str, Parameter], y: Any, where: str) -> None:
    """Refuse a block of more values than points, unless its extremes are those of the points.

    OPUS leaves values of an earlier spectrum behind the last point; one point too many would shift
    the whole axis.
    """
    points = status["NPT"]
    if data.is_compact_data() or not isinstance(points, int) or data.size == 4 * points:
        return
    if not _has_extremes(status, y):
        text = f"{data.size // 4} values, {points} points, and the extremes are not those of these"
        raise ReadError(text, where=f"{where}, byte {data.start}", do=_DAMAGED)


def _has_extremes(status: Mapping[str, Parameter], y: Any) -> bool:
    """Return whether MNY and MXY are the smallest and the largest y, as 32-bit numbers hold them."""
    found = float(y.min()), float(y.max())
    scale = _EXTREMES * max(map(abs, found))
    wanted = status.get("MNY"), status.get("MXY")
    return all(
        isinstance(w, float) and abs(w - f) <= scale for w, f in zip(wanted, found, strict=True)
    )


def _require_one_step(blocks: Sequence[Block], where: str) -> None:
    """Refuse axes whose steps differ just as if a few points were missing on one of them."""
    axes = [
        (one.name, abs(x[-1] - x[0]) / (x.size - 1), x.size)
        for one in blocks
        if one.axis_unit == "cm-1" and (x := np.asarray(one.x)).size > 1
    ]
    for (first, step, points), (second, other, _) in combinations(axes, 2):
        missing = abs(other / step - 1.0) * (points - 1) if step else 0.0
        if any(abs(missing - count) < _NEAR_A_POINT for count in (1, 2, 3)):
            text = f"the steps of {first} and {second} differ as if a point were missing"
            raise ReadError(text, where=where, do=_DAMAGED)


def _name(key: str, names: Sequence[str]) -> str:
    numbered = (key, *(f"{key}_{number}" for number in range(2, len(names) + 3)))
    return next(name for name in numbered if name not in names)


def _kind(type_: Sequence[int]) -> str:
    """Return the y kind; a derivative and a part of complex data are none."""
    if type_[4] or type_[0] in (1, 2) or (type_[3] % 32 == 1 and type_[1] == 3):
        return "unknown"
    return _KINDS.get(type_[3] % 32, "unknown")


def _axis_unit(status: Mapping[str, Parameter], type_: Sequence[int]) -> str:
    """Return the unit of the axis, empty where the block is no spectrum against wavenumbers."""
    written = status.get("DXU", "PNT" if _kind(type_) == "interferogram" else "WN")
    return {"WN": "cm-1", "PNT": "1"}.get(str(written), "")


def _block(
    name: str, data: Any, type_: Sequence[int], unit: str, status: Mapping[str, Parameter]
) -> Block:
    def number(key: str) -> float | None:
        value = status.get(key)
        return float(value) if isinstance(value, int | float) else None

    points = status["NPT"]
    return Block(
        name,
        data.x,
        data.y,
        _kind(type_) if unit == "cm-1" or _kind(type_) == "interferogram" else "unknown",
        axis_unit=unit,
        count=points if isinstance(points, int) else None,
        lowest=number("MNY"),
        highest=number("MXY"),
    )


opus_reader = OpusReader()
