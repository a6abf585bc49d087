"""Words in a figure: how wide they are in print, and how they are broken and cut to fit."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["LABEL_PT", "LINE_MM", "MM_PER_POINT", "middle_cut", "text_mm", "wrapped"]

LABEL_PT = 7.0
TITLE_PT = 8.0
MM_PER_POINT = 25.4 / 72.0
LINE_MM = 1.2 * LABEL_PT * MM_PER_POINT  # from line to line, as matplotlib sets them

_NO_BREAK = "\N{NO-BREAK SPACE}"
_TAIL = 0.45  # of a cut text: names of scans differ at their ends


@lru_cache(maxsize=4096)
def text_mm(text: str, size_pt: float = LABEL_PT) -> float:
    """Return the width of one line in print; call it inside ``with style():``.

    Parameters
    ----------
    text : str
        Without a line break.
    size_pt : float
        Of the letters, in points.

    Returns
    -------
    float
        In mm.
    """
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    found = text_to_path.get_text_width_height_descent(text, FontProperties(size=size_pt), False)
    return float(found[0]) * MM_PER_POINT


def wrapped(
    text: str, room_mm: float, most_lines: int, size_pt: float = LABEL_PT
) -> tuple[str, ...]:
    """Return a text in lines that fit, broken at blanks first; what is left over is cut.

    Parameters
    ----------
    text : str
        One line; a unit after a slash stays with its slash.
    room_mm : float
        Width of a line, in mm.
    most_lines : int
        More are cut, with an ellipsis.
    size_pt : float
        Of the letters, in points.

    Returns
    -------
    tuple of str
    """
    lines = [""]
    for word in text.replace(" / ", f" /{_NO_BREAK}").split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if text_mm(joined, size_pt) <= room_mm:
            lines[-1] = joined
        else:
            lines += _parts(word, room_mm, size_pt)
        if len(lines) > most_lines + 1:
            break
    lines = [line for line in lines if line]
    if len(lines) > most_lines:
        lines = lines[:most_lines]
        while lines[-1] and text_mm(f"{lines[-1]}…", size_pt) > room_mm:
            lines[-1] = lines[-1][:-1]
        lines[-1] = f"{lines[-1].rstrip()}…"
    return tuple(line.replace(_NO_BREAK, " ") for line in lines)


def _parts(word: str, room_mm: float, size_pt: float) -> list[str]:
    """Return a word in parts that fit: broken behind a point or dash, else anywhere."""
    parts = [""]
    for piece in re.split(rf"(?<=[._\-])|(?<=/)(?!{_NO_BREAK})", word):
        if text_mm(parts[-1] + piece, size_pt) <= room_mm:
            parts[-1] += piece
        elif text_mm(piece, size_pt) <= room_mm:
            parts.append(piece)
        else:
            for sign in piece:
                if text_mm(parts[-1] + sign, size_pt) > room_mm:
                    parts.append("")
                parts[-1] += sign
    return parts


def middle_cut(text: str, longest: int) -> str:
    """Return a text cut in its middle, where it is too long.

    Parameters
    ----------
    text : str
        One line.
    longest : int
        Number of characters.

    Returns
    -------
    str
    """
    if len(text) <= longest:
        return text
    tail = int(_TAIL * longest)
    return f"{text[: longest - tail - 1].rstrip()}…{text[-tail:].lstrip()}"
