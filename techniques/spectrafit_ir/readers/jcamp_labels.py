"""The labels of JCAMP-DX: ``##LABEL=value``, blocks in blocks, ``$$`` comments anywhere."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from spectrafit.errors import ReadError
from spectrafit_ir.readers.asdf import TableLine, last_digit

__all__ = [
    "NUMBER",
    "TABLES",
    "JcampBlock",
    "half_digit",
    "jcamp_blocks",
    "number_of",
    "without_comment",
]

_LABEL = re.compile(r"\s*##(?P<label>[^=]{0,80})=(?P<value>.*)", re.DOTALL)
TABLES = ("XYDATA", "XYPOINTS")
_NOT_READ = ("PEAKTABLE", "PEAKASSIGNMENTS", "NTUPLES", "DATATABLE", "RADATA")
_ONCE = frozenset(
    {*TABLES, "FIRSTX", "LASTX", "NPOINTS", "DELTAX", "XFACTOR", "YFACTOR", "XUNITS", "YUNITS"}
)
NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][-+]?[0-9]+)?")
_AGAIN = "the file is damaged or cut off: export it again"


@dataclass
class JcampBlock:
    """The labels of one block, and its table.

    Parameters
    ----------
    values : dict of str to str
        By label in capitals, without blanks.
    written : dict of str to str
        Each label as in the file.
    table : list of TableLine
        Lines of the table.
    form : str
        Like ``"(X++(Y..Y))"``; empty without a table.
    inner : int
        Blocks inside.
    line : int
        Where it begins.
    """

    values: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    table: list[TableLine] = field(default_factory=list)
    form: str = ""
    inner: int = 0
    line: int = 0


def without_comment(line: str) -> str:
    """Return a line up to its ``$$``, wherever that stands.

    Parameters
    ----------
    line : str
        As in the file.

    Returns
    -------
    str
    """
    return line.split("$$", 1)[0]


def jcamp_blocks(lines: Sequence[str], where: str, size: int) -> Iterator[JcampBlock]:
    """Give every block when it ends, inner ones first.

    Parameters
    ----------
    lines : sequence of str
        The whole file.
    where : str
        File name, for messages.
    size : int
        Bytes of the file.

    Yields
    ------
    JcampBlock

    Raises
    ------
    ReadError
        When the file ends inside a block, or goes on behind the last.
    """
    open_blocks: list[JcampBlock] = []
    label = ""
    ended = False
    for number, whole in enumerate(lines, start=1):
        line = without_comment(whole)
        match = _LABEL.match(line)
        if match is None and not line.strip():
            continue
        if ended:
            raise ReadError(
                f"text behind ##END=: {line[:40]!r}", where=f"{where}:{number}", do=_AGAIN
            )
        if match is None:
            if not open_blocks or line.lstrip().startswith("##"):
                raise ReadError("a line without its label", where=f"{where}:{number}", do=_AGAIN)
            if label in TABLES:
                open_blocks[-1].table.append((number, line))
            elif label:
                open_blocks[-1].values[label] += f"\n{line.strip()}"
            continue
        label = re.sub(r"[\s/_-]", "", match["label"]).upper()
        value = match["value"].strip()
        if label == "TITLE" and (not open_blocks or "TITLE" in open_blocks[-1].values):
            if open_blocks:
                open_blocks[-1].inner += 1
            open_blocks.append(JcampBlock(line=number))
        if not open_blocks:
            open_blocks.append(JcampBlock(line=number))
        if label == "END":
            yield open_blocks.pop()
            ended, label = not open_blocks, ""
            continue
        _put(open_blocks[-1], label, match["label"].strip(), value, f"{where}:{number}")
    if not ended:
        raise ReadError(
            f"the file ends at byte {size} without ##END=",
            where=f"{where}:{len(lines)}",
            do=_AGAIN,
        )


def _put(block: JcampBlock, label: str, written: str, value: str, place: str) -> None:
    if label in _NOT_READ:
        raise ReadError(
            f"##{written}= is no spectrum of infrared",
            where=place,
            do="export the spectrum as ##XYDATA=(X++(Y..Y))",
        )
    if label in block.values and label in _ONCE:
        raise ReadError(f"##{written}= comes twice", where=place, do=_AGAIN)
    block.values[label] = f"{block.values[label]}\n{value}" if label in block.values else value
    block.written[label] = written
    if label in TABLES:
        block.form = re.sub(r"\s", "", value).upper()
        if block.form not in ("(X++(Y..Y))", "(XY..XY)"):
            text = f"a table of the form {value[:40]!r} is not known"
            raise ReadError(text, where=place, do="export it as (X++(Y..Y)) or (XY..XY)")


def number_of(one: JcampBlock, label: str, where: str) -> float | None:
    """Return the number of a label, None where it is not there or empty.

    Parameters
    ----------
    one : JcampBlock
        A block.
    label : str
        In capitals, without blanks.
    where : str
        File name, for messages.

    Returns
    -------
    float or None

    Raises
    ------
    ReadError
        When the label holds something else.
    """
    written = one.values.get(label, "").strip()
    if not written:
        return None
    if not NUMBER.fullmatch(written) or not math.isfinite(float(written)):
        text = f"##{one.written[label]}= is {written[:40]!r}, no number"
        raise ReadError(text, where=where, do="mend the header, with a point as decimal sign")
    return float(written)


def half_digit(written: str) -> float:
    """Return half of one step of the last digit that a number is written with.

    Parameters
    ----------
    written : str
        Like ``"0.37"``, which gives 0.005.

    Returns
    -------
    float
    """
    return 0.5 * last_digit(written)
