"""Any text as TeX: plain ASCII that every LaTeX sets letter by letter and never runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from spectrafit.text import one_line

__all__ = ["tex_text"]


def _math(signs: str, commands: str) -> dict[str, str]:
    names = commands.split()
    return {sign: rf"\ensuremath{{{name}}}" for sign, name in zip(signs, names, strict=True)}


_SPECIAL: Mapping[str, str] = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "#": r"\#",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    # letters of the oldest font encoding that show another sign
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
    '"': "''",
    # what `\\` at the end of a row of a table would take for its argument
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    # with the sign before it, a quotation mark
    "`": "{}`",
}
_SIGNS: Mapping[str, str] = {
    **_math(
        "αβγδεζηθικλμνξπρςστυφχψω",
        r"\alpha \beta \gamma \delta \varepsilon \zeta \eta \theta \iota \kappa \lambda \mu \nu \xi "
        r"\pi \rho \varsigma \sigma \tau \upsilon \varphi \chi \psi \omega",
    ),
    **_math(
        "ΓΔΘΛΞΠΣΥΦΨΩ", r"\Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega"
    ),
    **_math(
        "µ°−±∓×÷·∙⋅≤≥≪≫≠≈≡∼∝∞√∑∏∫∂∇→←↔↑↓⇒∈ℏħℓ′″⟨⟩",
        r"\mu ^{\circ} - \pm \mp \times \div \cdot \cdot \cdot \le \ge \ll \gg \neq \approx \equiv "
        r"\sim \propto \infty \surd \sum \prod \int \partial \nabla \rightarrow \leftarrow "
        r"\leftrightarrow \uparrow \downarrow \Rightarrow \in \hbar \hbar \ell ' '' \langle \rangle",
    ),
    "ο": "o",
    "–": "--",
    "—": "---",
    "‐": "-",
    "‑": "-",
    "…": r"\ldots{}",
    "•": r"\textbullet{}",
    "“": "``",
    "”": "''",
    "„": ",,",
    "‘": "{}`",
    "’": "'",
    "«": r"\ensuremath{\ll}",
    "»": r"\ensuremath{\gg}",
    "†": r"\dag{}",
    "‡": r"\ddag{}",
    "§": r"\S{}",
    "¶": r"\P{}",
    "©": r"\copyright{}",
    "£": r"\pounds{}",
    "¡": "!`",
    "¿": "?`",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "½": r"\ensuremath{\frac{1}{2}}",
    "¼": r"\ensuremath{\frac{1}{4}}",
    "¾": r"\ensuremath{\frac{3}{4}}",
}
_ACCENTS: Mapping[str, str] = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0331": "b",
}
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "0123456789+-=()n", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", "0123456789+-=()", strict=True))
_RUN = re.compile(f"[{''.join(_RAISED)}]+|[{''.join(_LOWERED)}]+|.", re.DOTALL)
# signs that become another one where two stand together
_LIGATURES = frozenset("-',")


def tex_text(text: str) -> str:
    """Return a text as one line of TeX.

    Parameters
    ----------
    text : str
        Anything, also from a hostile file.

    Returns
    -------
    str
        ASCII with balanced braces, for the text of LaTeX with or without fontenc and inputenc, and
        for a field of BibTeX. Minus sign, Greek, degree, raised and lowered figures, accents and
        the usual signs are set as such; a letter that the fonts of TeX do not have becomes its
        number, like ``[U+9244]``.
    """
    parts: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFC", one_line(text))):
        if parts and run in _LIGATURES and parts[-1].endswith(run):
            parts.append("{}")
        parts.append(_shown(run))
    return "".join(parts).replace(r" \%", r"~\%")


def _shown(run: str) -> str:
    if run[0] in _RAISED:
        return rf"\ensuremath{{^{{{''.join(_RAISED[sign] for sign in run)}}}}}"
    if run[0] in _LOWERED:
        return rf"\ensuremath{{_{{{''.join(_LOWERED[sign] for sign in run)}}}}}"
    known = _SPECIAL.get(run) or _SIGNS.get(run)
    if known is not None:
        return known
    return run if run.isascii() else _accented(run) or _alike(run) or f"{{[}}U+{ord(run):04X}{{]}}"


def _accented(letter: str) -> str:
    """Return a letter with accents in braces, as BibTeX takes it too; empty for any other."""
    decomposed = unicodedata.normalize("NFD", letter)
    base, marks = decomposed[0], decomposed[1:]
    if not (base.isascii() and base.isalpha() and marks and all(m in _ACCENTS for m in marks)):
        return ""
    shown = base
    for mark in marks:
        shown = rf"{{\{_ACCENTS[mark]}{{{shown}}}}}"
    return shown


def _alike(letter: str) -> str:
    """Return what a letter is a variant of (full width, a mathematical font); empty for none."""
    plain = unicodedata.normalize("NFKC", letter)
    if plain == letter or any(not sign.isascii() and sign not in _SIGNS for sign in plain):
        return ""
    return tex_text(plain)
