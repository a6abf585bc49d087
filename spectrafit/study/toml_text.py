"""TOML text: read in any Unicode coding, and its syntax errors with their usual cause."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spectrafit.alert import Alert, alert_spec
from spectrafit.encoding import decoded, file_content
from spectrafit.errors import Mistake, StudyError

__all__ = ["TEXT_LIMIT", "document_of", "text_of", "toml_value", "usual_cause"]

TEXT_LIMIT = 10_000_000
_MOST_PARTS = 100
# the time that the parser takes grows with the square of the parts of a key
_LONG_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+){{{_MOST_PARTS}}}"""
)


def text_of(path: Path) -> tuple[str, tuple[Alert, ...]]:
    """Return a file's text and what is to be said of its encoding.

    Parameters
    ----------
    path : Path
        The file; UTF-8, or UTF-16 and UTF-32 with a byte-order mark; else it is taken as cp1252.

    Returns
    -------
    tuple of (str, tuple of Alert)
        The text with plain line feeds and without byte-order mark; no alert for plain UTF-8.

    Raises
    ------
    ReadError
        When the file cannot be opened, is empty, no text, or larger than `TEXT_LIMIT` bytes.
    """
    text = decoded(file_content(path, limit=TEXT_LIMIT), path.name)
    notices = text.notices
    if text.encoding.startswith("utf") and text.encoding != "utf-8":
        words = f"read as {text.encoding} because of its byte-order mark; save it as UTF-8"
        notices = (alert_spec("STU-001").alert(where=path.name, text=words), *notices)
    return "\n".join(text.lines) + "\n" * text.ended, notices


def document_of(text: str, name: str) -> dict[str, Any]:
    """Return the plain values of a TOML text.

    Parameters
    ----------
    text : str
        The text.
    name : str
        Name of the file, for messages.

    Returns
    -------
    dict

    Raises
    ------
    StudyError
        With line, column and usual cause of the first syntax error.
    """
    whole = text if text.endswith("\n") else text + "\n"
    if long := _LONG_KEY.search(whole):
        place = f"line {whole.count(chr(10), 0, long.start()) + 1}"
        what = f"a key of more than {_MOST_PARTS} parts: tables are nested too deeply"
        raise StudyError((Mistake(place, what, "a study needs five"),), where=name)
    try:
        return tomllib.loads(whole)
    except RecursionError:
        mistake = Mistake("$", "brackets are nested too deeply", "a study needs five levels")
    except ValueError as error:  # tomllib.TOMLDecodeError, or a number of too many digits
        mistake = _syntax_mistake(str(error), whole)
    raise StudyError((mistake,), where=name)


def _syntax_mistake(message: str, text: str) -> Mistake:
    lines = text.split("\n")
    place = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if place:
        number, column = int(place[1]), int(place[2])
    else:
        number = next((n for n, line in reversed(list(enumerate(lines, 1))) if line.strip()), 1)
        column = len(lines[number - 1].rstrip()) + 1
    words = re.sub(r"\s*\(at [^()]*\)$", "", message)
    if place and words.startswith("Cannot") and column == 1 and number > 1:
        number -= 1  # told after the line break of the line that is meant
    line = lines[number - 1].strip()
    excerpt = line if len(line) <= 80 else line[:77] + "..."
    what = f"{words[:1].lower()}{words[1:]}: {excerpt}"
    return Mistake(f"line {number}, column {column}", what, usual_cause(words, number, lines))


def usual_cause(message: str, number: int, lines: list[str]) -> str:
    """Return what most often causes a TOML syntax error, as advice.

    Parameters
    ----------
    message : str
        The parser's words.
    number : int
        Line number, from 1.
    lines : list of str
        All lines of the text.

    Returns
    -------
    str
        Empty where nothing usual is seen.
    """
    line = lines[number - 1]
    if re.search(r"unescaped|hex value|unicode scalar|escape", message, re.IGNORECASE):
        return "a backslash in double quotes starts an escape: write paths with / or in 'single quotes'"
    if re.match(r"cannot (declare|overwrite|mutate)", message, re.IGNORECASE):
        return _cause_of_double(number, lines)
    if re.search("[“”„‘’]", line):
        return 'write straight quotes: "text"'
    bare = _without_texts(line)
    if bare.count('"') % 2 or bare.count("'") % 2:
        return "a quote is not closed on this line"
    return next((advice(bare) for seen, advice in _CAUSES if seen.search(bare)), "")


def _without_texts(line: str) -> str:
    """Return a line with every closed text emptied and the comment left out."""
    token = r"""\"(?:[^"\\]|\\.)*"|'[^']*'|\#.*"""
    return re.sub(token, lambda match: "" if match[0][0] == "#" else match[0][0] * 2, line)


def _cause_of_double(number: int, lines: list[str]) -> str:
    line = _header(lines[number - 1])
    if line.startswith("["):
        name = line.strip("[]")
        for other, text in enumerate(lines[: number - 1], 1):
            if _header(text).strip("[]") == name and _header(text).startswith("["):
                brackets = "[[" if "[[" in (line[:2], _header(text)[:2]) else "["
                listed = name.split(".")[-1] in ("measurement", "except", "waive")
                if listed or brackets == "[[":
                    return f"line {other} has it too: a list needs double brackets, [[{name}]]"
                return f"line {other} has the same table: put both under one [{name}]"
        return "the table was given before, perhaps in one line with { }"
    key = line.split("=")[0].strip()
    for other in range(number - 2, -1, -1):
        if lines[other].split("=")[0].strip() == key:
            return f"line {other + 1} gives {key} too: leave one out"
        if lines[other].strip().startswith("["):
            break
    return "the key is given twice: leave one out"


def _header(line: str) -> str:
    return re.sub(r"\s+", "", line.split("#")[0])


def _advice(words: str) -> Callable[[str], str]:
    return lambda line: words


def _quoted_name(line: str) -> str:
    name = line.strip().strip("[]").split("=")[0].strip()
    parts = [
        part if re.fullmatch(r'[\w-]+|""|\'\'', part, re.ASCII) else f'"{part}"'
        for part in name.split(".")
    ]
    written = ".".join(parts)
    return f"a name with other signs than letters, digits, _ and - needs quotes, like {written}"


_CAUSES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = tuple(
    (re.compile(seen), advice)
    for seen, advice in (
        (r"^\s*\[{1,2}[^\]=]*$", _advice("the closing ] is missing")),
        (r"^\s*(\[\[[^\]]*\]|\[[^\[\]]*\]\])\s*$", _advice("write one [ and ], or two of each")),
        (r"^\s*\[[^\]=]*[^\]\[=\s\w.\"'-][^\]=]*\]", _quoted_name),
        (r"^\s*\[[^\],=]*[^\x00-\x7f][^\],=]*\]", _quoted_name),
        (r"^\s*\[[\w.-]+\s+[\w. -]+\]", _quoted_name),
        (r"^\s*//", _advice("a comment starts with #")),
        (r"^\s*[\w.\"'-]+\s*:", _advice("write = between key and value, not :")),
        (r"^\s*[^=\[#{]*[^\x00-\x7f=\[#{][^=]*=", _quoted_name),
        (r"^\s*[\w.-]*[^\w\s.\"'=\[#{-][^=\[{]*=", _quoted_name),
        (r"=\s*[-+]?\d+,\d+", _advice("write a decimal point, not a comma")),
        (r"(?<![\w.])\d+\.(?!\d)", _advice("write a digit after the point, like 7112.0")),
        (r"(?<![\w.\"'])\.\d", _advice("write a digit before the point, like 0.5")),
        (
            r"[=\[,]\s*(True|TRUE|False|FALSE|[yY]es|[nN]o|[oO]n|[oO]ff)\b",
            _advice("write true or false"),
        ),
        (r"[=\[,]\s*(None|null|NULL|none)\b", _advice("leave the key out")),
        (r"[=\[,]\s*[-+]?0\d", _advice("write the number without leading zeros")),
        (
            r"=\s*[-+]?[\d.]+\s*[^\W\d_]",
            _advice("a number stands alone: its unit has a key or is in the key's name"),
        ),
        (
            r"=\s*[-+]?[\d.]+\s*[%°]",
            _advice("a number stands alone: its unit has a key or is in the key's name"),
        ),
        (r"[=\[,]\s*(?!(true|false|inf|nan)\b)[^\W\d_]", _advice("a text needs quotes")),
        (r"=\s*[~/.]", _advice("a text needs quotes")),
        (r";\s*$", _advice("leave the ; out")),
        (r"=\s*[-+]\s", _advice("write the sign and the number together")),
        (r"=\s*$", _advice("the value is missing")),
        (r"^\s*[\w.\"'-]+(\s+[^=]*)?$", _advice("write key = value")),
        (r"=\s*\{[^}]*$", _advice("a table in { } stands on one line")),
        (r"\{.*,\s*\}", _advice("no comma before }")),
        (r"\[", _advice("a comma between items or the closing ] is missing")),
    )
)


def toml_value(text: str) -> Any:
    """Return a word of the command line as a TOML value, else as text.

    Parameters
    ----------
    text : str
        Like ``3``, ``[7108.0, 7118.0]``, ``true`` or ``pearson7``.

    Returns
    -------
    object
        Number, boolean, list, table or text.
    """
    try:
        document = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return document["value"] if list(document) == ["value"] else text
