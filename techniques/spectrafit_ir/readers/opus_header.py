"""The header of an OPUS file: its parameters by their own names, and what all readers give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from spectrafit_ir.readers.opus_structure import OpusEntry, Parameter
from spectrafit_ir.readers.spectral_file import Block

__all__ = ["opus_header"]

_TIME = re.compile(
    r"(?P<d>\d{2})/(?P<m>\d{2})/(?P<y>\d{4}) (?P<clock>\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)"
    r"(?: \(GMT(?P<zone>[-+]\d{1,2})\))?"
)


def opus_header(
    entries: Sequence[OpusEntry],
    parameters: Mapping[int, Mapping[str, Parameter]],
    blocks: Sequence[Block],
    status: Sequence[Mapping[str, Parameter]],
) -> dict[str, str]:
    """Return the parameters of the sample, then those of each block, then what all readers give.

    Parameters
    ----------
    entries : sequence of OpusEntry
        The directory.
    parameters : mapping
        Parameters of each block of them, by its first byte.
    blocks : sequence of Block
        The data.
    status : sequence of mapping
        Status parameters of each.

    Returns
    -------
    dict of str to str
        OPUS's own names (``RES``, ``DAT of a``), then ``resolution`` (``4 cm-1``),
        ``acquisition time`` (ISO 8601) and ``technique`` where the file states them.
    """
    header: dict[str, str] = {}
    for entry in entries:
        if entry.is_parameters and not entry.is_status and entry.type[1] != 2:
            for key, value in parameters[entry.start].items():
                header.setdefault(key, _text(value))
    for block, state in zip(blocks, status, strict=True):
        header.update({f"{key} of {block.name}": _text(value) for key, value in state.items()})
    return {**header, **dict(_stated(header, blocks))}


def _stated(header: Mapping[str, str], blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    if header.get("RES"):
        yield "resolution", f"{header['RES']} cm-1"
    for block in blocks:
        time = _iso_time(
            f"{header.get(f'DAT of {block.name}', '')} {header.get(f'TIM of {block.name}', '')}"
        )
        if time and block.kind in ("absorbance", "transmittance", "reflectance"):
            yield "acquisition time", time
            break
    if re.search(r"\bATR\b", header.get("ACC", ""), re.IGNORECASE):
        yield "technique", "ATR"


def _iso_time(written: str) -> str:
    match = _TIME.fullmatch(written.strip())
    if match is None:
        return ""
    zone = f"{int(match['zone']):+03d}:00" if match["zone"] else ""
    text = f"{match['y']}-{match['m']}-{match['d']}T{match['clock']}{zone}"
    try:
        datetime.fromisoformat(text.replace(match["clock"], match["clock"].split(".")[0]))
    except ValueError:
        return ""
    return text


def _text(value: Parameter) -> str:
    if isinstance(value, str):
        return "".join(letter for letter in value if letter.isprintable())
    return str(value) if isinstance(value, int) else f"{value:.12g}"
