"""TOML text: read in any Unicode coding, and its syntax errors with their usual cause."""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spectrafit.errors import Mistake, ReadError, StudyError
from spectrafit.reader import checked_file

__all__ = ["TEXT_LIMIT", "document_of", "text_of", "toml_value", "usual_cause"]

TEXT_LIMIT = 10_000_000

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def text_of(path: Path) -> tuple[str, str]:
    """Return a TOML file's text and a sentence about its coding, if there is one to say.

    Parameters
    ----------
    path : Path
        The file; UTF-8, or UTF-16 and UTF-32 with a byte-order mark, or UTF-16 without.

    Returns
    -------
    tuple of (str, str)
        The text without byte-order mark, and the notice; empty for plain UTF-8.

    Raises
    ------
    ReadError
        When the file cannot be opened, is empty or larger than `TEXT_LIMIT` bytes.
    StudyError
        When it is not text in one of these codings.
    """
    checked_file(path, limit=TEXT_LIMIT)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReadError(error.strerror or "cannot be opened", where=str(path)) from error
    mark, coding = next(((m, c) for m, c in _BOMS if content.startswith(m)), (b"", ""))
    if not coding:
        coding = _coding_without_mark(content)
    try:
        text = content[len(mark) :].decode(coding)
    except UnicodeDecodeError as error:
        raise _undecodable(content[len(mark) :], coding, error, path) from error
    if coding != "utf-8":
        return text, f"read as {coding.upper()}; save it as UTF-8"
    return text, "it begins with a byte-order mark, which is left out" if mark else ""


def _coding_without_mark(content: bytes) -> str:
    # The text of a study is nearly ASCII, so in UTF-16 every second byte of its head is zero.
    head = content[:200]
    if len(head) >= 4 and not any(head[1::2]):
        return "utf-16-le"
    if len(head) >= 4 and not any(head[0::2]):
        return "utf-16-be"
    return "utf-8"


def _undecodable(content: bytes, coding: str, error: UnicodeDecodeError, path: Path) -> StudyError:
    line = content.count(b"\n", 0, error.start) + 1
    start = content.rfind(b"\n", 0, error.start) + 1
    column = len(content[start : error.start].decode(coding, "replace")) + 1
    byte = content[error.start : error.start + 1]
    guess = byte.decode("cp1252", "replace")
    what = f"byte 0x{byte.hex()} is not {coding.upper()} (in Windows-1252 it is {guess!r})"
    place = f"line {line}, column {column}"
    return StudyError((Mistake(place, what, "save the file as UTF-8"),), where=str(path))


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
    emptied = re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)
    emptied = re.sub(r"'[^']*'", "''", emptied)
    return re.sub(r"#[^\"']*$", "", emptied)


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
        (r"^\s*[\w.\"'-]+\s*$", _advice("write key = value")),
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
