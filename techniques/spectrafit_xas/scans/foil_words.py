"""Whether words say that a scan is one of a foil."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from spectrafit.recording import Recording
from spectrafit_xas.readers.xdi_header import ELEMENT_SYMBOLS

__all__ = ["foil_reason"]

_SAMPLE_KEYS = frozenset({"sample", "sample.name", "sample name", "sample.prep", "target", "title"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_CALIBRATION = re.compile(r"(re)?calib(ration|rate)?s?")
# "a film on Al foil", "powder wrapped in foil": the foil is not what was measured
_BESIDE = frozenset(
    ("on", "in", "wrapped", "between", "behind", "under", "over", "kapton", "without", "no", "not")
)
_IN_A_FOLDER = frozenset(
    ("foil", "foils", "metal", "metals", "energy", "edge", "k", "reference", "references", "ref")
    + ("refs", "standard", "standards", "std", "scan", "scans", "raw", "data", "before", "after")
    + ("and",)
)
_ENGLISH = frozenset({"in", "as", "no", "at", "he", "be", "i"})


def foil_reason(recording: Recording, element: str) -> str:
    """Return what says that a scan is one of a foil of the absorber, or an empty text.

    Parameters
    ----------
    recording : Recording
        Its name, with folders where it has them, and its header.
    element : str
        Symbol of the absorber.

    Returns
    -------
    str
        Like ``"the file name says foil"``.
    """
    path = PurePosixPath(recording.name)
    if word := _foil_word(_words(path.stem), element):
        return f"the file name says {word}"
    for key, text in recording.header.items():
        if key.casefold() in _SAMPLE_KEYS and (word := _foil_word(_words(text), element)):
            return f"the header ({key}) says {word}"
    for part in path.parts[:-1]:
        words = _words(part)
        plain = {w for w in words if not _CALIBRATION.fullmatch(w) and w != element.lower()}
        if plain <= _IN_A_FOLDER and (word := _foil_word(words, element)):
            return f"the folder says {word}"
    return ""


def _words(text: str) -> list[str]:
    """Return the words of a name in lower case; ``Fefoil`` and ``FeFoil`` are two."""
    found = []
    for word in _WORD.findall(text):
        lower = word.lower()
        stem = re.fullmatch(r"(.+)(foils?)", lower)
        found += [stem[1], stem[2]] if stem else [lower]
    return found


def _foil_word(words: list[str], element: str) -> str:
    own = element.lower()
    if _BESIDE & set(words):
        return ""
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        after = words[place + 1] if place + 1 < len(words) else ""
        if word in ("foil", "foils") and not _is_other_symbol(before, own):
            return word
        if _CALIBRATION.fullmatch(word):
            return word
        if word == "metal" and own in (before, after):
            return f"{element} metal"
    return ""


def _is_other_symbol(word: str, own: str) -> bool:
    return word != own and word not in _ENGLISH and word.capitalize() in ELEMENT_SYMBOLS
