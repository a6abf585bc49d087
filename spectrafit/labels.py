"""Labels of columns: the line that names them, their units, and names where there are none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.alert import Alert, alert_spec
from spectrafit.cell import is_gap, is_number
from spectrafit.delimited import Block
from spectrafit.errors import UnitError
from spectrafit.units import checked_unit

__all__ = [
    "HeaderLine",
    "Labels",
    "block_labels",
    "header_entry",
    "label_unit",
    "safe_unit",
    "unique_names",
]

_LOOK_BACK = 3
_RULE = re.compile(r"[-=_*~+#/\s.]*")
_ENTRY = re.compile(
    r"\s*(?P<key>[^:=]{1,80}?)\s*(?:(?<!\d):(?!//)|:(?![\d/])|=)\s*(?P<value>.*?)\s*", re.DOTALL
)
_BRACKETS = re.compile(r"(?P<name>.+?)\s*[(\[{](?P<unit>[^()\[\]{}]*)[)\]}]")
_SLASH = re.compile(r"(?P<name>.+?)\s*/\s*(?P<unit>\S+)")
_LAST_WORD = re.compile(r"(?P<name>.+\S)\s+(?P<unit>\S+)")
_UNDERSCORE = re.compile(r".+_(?P<unit>eV|keV|cm-1|nm)")
_ALWAYS_UNITS = frozenset({"eV", "keV", "cm-1", "cm^-1", "1/cm", "nm", "mm/s", "Oe", "degC", "°C"})
_TWO_MEANINGS = frozenset({"A", "C", "D", "G", "T", "m", "g", "h", "min", "1", "", "none"})


@dataclass(frozen=True)
class HeaderLine:
    """One line of a header.

    Parameters
    ----------
    text : str
        Without its comment mark.
    line : int
        Line of the file, counted from 1.
    marked : bool
        Whether it was a comment.
    """

    text: str
    line: int
    marked: bool

    @property
    def is_rule(self) -> bool:
        """Whether it only divides (``-----``) or is empty."""
        return bool(_RULE.fullmatch(self.text))


@dataclass(frozen=True)
class Labels:
    """What the columns of a block are called.

    Parameters
    ----------
    positions : tuple of int
        The columns of the block that are kept, counted from 0.
    names, units : tuple of str
        One for each of them; names are unique.
    lines : frozenset of int
        Lines of the file that hold the labels and units.
    misfit : bool
        Whether a line above the rows that is no comment should label them and does not fit.
    notices : tuple of Alert
        Labels that are missing, double or do not fit.
    """

    positions: tuple[int, ...]
    names: tuple[str, ...]
    units: tuple[str, ...]
    lines: frozenset[int]
    misfit: bool
    notices: tuple[Alert, ...]


def header_entry(text: str) -> tuple[str, str] | None:
    """Return key and value of a header line ``key: value`` or ``key = value``, word for word.

    Parameters
    ----------
    text : str
        Without its comment mark.

    Returns
    -------
    tuple of str, or None
        None for a line of another form; the colon of a time of day or an address divides nothing.
    """
    match = _ENTRY.fullmatch(text)
    if match is None or not any(letter.isalpha() for letter in match["key"]):
        return None
    return match["key"], match["value"]


def label_unit(label: str) -> tuple[str, str, str]:
    """Return name and unit of a label like ``Energy (eV)``, where that is safe to say.

    Parameters
    ----------
    label : str
        As in the file.

    Returns
    -------
    name : str
        Without the unit, where it is known.
    unit : str
        "1" where there is none, or none that is known.
    unknown : str
        What stands in the place of a unit and is none, or may be two: ``A`` is ampere or ångström.
    """
    bracketed = _BRACKETS.fullmatch(label)
    if bracketed:
        unit = safe_unit(bracketed["unit"])
        return (bracketed["name"], unit, "") if unit else (label, "1", bracketed["unit"].strip())
    for pattern in (_SLASH, _LAST_WORD):
        match = pattern.fullmatch(label)
        if match and match["unit"] in _ALWAYS_UNITS:
            return match["name"], checked_unit(match["unit"]), ""
    match = _UNDERSCORE.fullmatch(label)
    return label, checked_unit(match["unit"]) if match else "1", ""


def safe_unit(word: str) -> str:
    """Return the unit that a word in a file means, empty where it means none or may mean two.

    Parameters
    ----------
    word : str
        Like ``eV``; ``A`` may be ampere or ångström, so it is none.

    Returns
    -------
    str
        The table's own spelling.
    """
    if word.strip() in _TWO_MEANINGS:
        return ""
    try:
        return checked_unit(word)
    except UnitError:
        return ""


def unique_names(
    names: Sequence[str], positions: Sequence[int], *, first: int = 0
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return names of which none is empty or double.

    Parameters
    ----------
    names : sequence of str
        As in the file.
    positions : sequence of int
        Place of each column in the file, counted from 0.
    first : int
        Number of the first column in the names that are made (``col0``).

    Returns
    -------
    names : tuple of str
        Columns without a name, and all that share one, are called by their place: ``col3``.
    double : tuple of str
        Names that several columns have.
    """
    double = tuple(dict.fromkeys(name for name in names if name and names.count(name) > 1))
    taken = {name for name in names if name and name not in double}
    unique = []
    for name, position in zip(names, positions, strict=True):
        if not name or name in double:
            name = f"col{position + first}"
            while name in taken:
                name += "_"
            taken.add(name)
        unique.append(name)
    return tuple(unique), double


def block_labels(header: Sequence[HeaderLine], block: Block, where: str) -> Labels:
    """Return the labels of a block from the lines above it.

    Parameters
    ----------
    header : sequence of HeaderLine
        All lines above the first row, in the file's order.
    block : Block
        The numbers.
    where : str
        File name, for messages.

    Returns
    -------
    Labels
    """
    near = [line for line in header if not line.is_rule][: -_LOOK_BACK - 1 : -1]
    found: dict[int, str] | None = None
    units: dict[int, str] = {}
    used: set[int] = set()
    for line in near:
        cells = _fitting_cells(line, block)
        if cells is None or (header_entry(line.text) and len(cells) < 3):
            continue
        if not units and all(map(safe_unit, cells.values())):
            units = {j: checked_unit(cell) for j, cell in cells.items()}
            used.add(line.line)
            continue
        found = cells
        used.add(line.line)
        break
    width = block.values.shape[1]
    if found is None:
        units, used = {}, set()
    named = found or {}
    positions = tuple(
        j
        for j in range(width)
        if j not in block.text and (j not in block.empty or named.get(j, ""))
    )
    full = [named.get(j, "") for j in positions]
    parsed = [label_unit(label) for label in full]
    short = [name for name, _, _ in parsed]
    chosen = [full[i] if short.count(short[i]) > 1 else short[i] for i in range(len(full))]
    names, double = unique_names(chosen, positions)
    notices = _label_notices(near, found, full, double, names, positions, block, where)
    unknown = sorted({word for _, _, word in parsed if word})
    if unknown:
        text = f"not read as units: {', '.join(unknown)}"
        notices += (alert_spec("READ-001").alert(where=where, text=text),)
    return Labels(
        positions,
        names,
        tuple(units.get(j, unit) for j, (_, unit, _) in zip(positions, parsed, strict=True)),
        frozenset(used),
        found is None and any(not line.marked for line in near),
        notices,
    )


def _fitting_cells(line: HeaderLine, block: Block) -> dict[int, str] | None:
    """Return the words of a line by column, None where there are not as many as columns."""
    text = re.sub(r"^L\s+", "", line.text) if line.marked else line.text
    width = block.values.shape[1]
    filled = [j for j in range(width) if j not in block.empty]
    ways = [re.split(r"\t+|\s{2,}", text.strip()), re.sub(r"\s+(?=[(\[])", "", text).split()]
    if "\t" in text:
        ways.insert(0, text.split("\t"))
    if block.separator in ";,":
        ways = [text.split(block.separator)]
    elif len(filled) == 1:
        ways = [[text]]
    for way in ways:
        cells = [cell.strip(' \t"') for cell in way]
        if len(cells) != width:
            cells = [cell for cell in cells if cell]
        if len(cells) not in (width, len(filled)):
            continue
        places = range(width) if len(cells) == width else filled
        found = dict(zip(places, cells, strict=True))
        numbers = [cell for cell in cells if is_number(cell) and not is_gap(cell)]
        if any(found.values()) and (not numbers or (not line.marked and cells[0][:1].isalpha())):
            return found
    return None


def _label_notices(
    near: Sequence[HeaderLine],
    found: dict[int, str] | None,
    full: Sequence[str],
    double: Sequence[str],
    names: Sequence[str],
    positions: Sequence[int],
    block: Block,
    where: str,
) -> tuple[Alert, ...]:
    counted = "(columns are counted from 0)"
    if found is None:
        bare = next((line for line in near if not line.marked), None)
        if bare is not None:
            text = f"{bare.text.strip()[:60]!r} does not label {len(positions)} columns: {counted}"
            return (alert_spec("READ-002").alert(where=f"{where}:{bare.line}", text=text),)
        text = f"no line of labels: columns are called {names[0] if names else 'col0'}... {counted}"
        return (alert_spec("READ-001").alert(where=where, text=text),)
    notices: tuple[Alert, ...] = ()
    if double:
        called = [n for n, label in zip(names, full, strict=True) if label in double or not label]
        text = f"several columns are labelled {', '.join(double)}: called {', '.join(called)}"
        notices += (alert_spec("READ-002").alert(where=where, text=f"{text} {counted}"),)
    elif not all(full):
        called = [n for n, label in zip(names, full, strict=True) if not label]
        text = f"columns without a label: called {', '.join(called)} {counted}"
        notices += (alert_spec("READ-001").alert(where=where, text=text),)
    return notices
