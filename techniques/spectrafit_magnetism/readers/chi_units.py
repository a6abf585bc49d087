"""Units of chi T as tables label them: cgs, SI, or refused; a factor is never assumed."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

from spectrafit.errors import ReadError

__all__ = ["SI_TO_CGS", "ChiLabel", "chi_label", "is_chi_label"]

SI_TO_CGS = 1e6 / (4.0 * math.pi)
"""cm3/mol of a molar susceptibility of 1 m3/mol: a volume of 1e6 cm3, and the 4 pi of the rational
system (IUPAC Green Book, 3rd edition, section 7.3)."""

_LABEL = re.compile(
    r"(?:chi|χ|x)[ _]*(?:m|mol|p)?[ _]*[*·.×]?[ _]*t(?P<unit>\s*(?:[,/(\[].*)?)", re.IGNORECASE
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_TOKEN = re.compile(r"cm3|m3|emu|k|mol-1|/mol|oe-1|/oe")
_SAME = {"/mol": "mol-1", "/oe": "oe-1"}
_CGS = (
    Counter(("cm3", "k", "mol-1")),
    Counter(("emu", "k", "mol-1")),
    Counter(("emu", "k", "mol-1", "oe-1")),
)
_SI = Counter(("m3", "k", "mol-1"))


@dataclass(frozen=True)
class ChiLabel:
    """What the label of a column of chi T says.

    Parameters
    ----------
    factor : float
        Times the column is chi T in cm3 K/mol.
    unit : str
        As written; empty where there is none.
    """

    factor: float
    unit: str


def is_chi_label(label: str) -> bool:
    """Return whether a label is one of chi T, whatever its unit.

    Parameters
    ----------
    label : str
        As in the file.

    Returns
    -------
    bool
    """
    return _LABEL.fullmatch(label.strip()) is not None


def chi_label(label: str, where: str) -> ChiLabel | None:
    """Return the unit of a column of chi T, None where the label is of another quantity.

    Parameters
    ----------
    label : str
        As in the file.
    where : str
        File name, for messages.

    Returns
    -------
    ChiLabel or None
        A label without a unit is taken for cm3 K/mol.

    Raises
    ------
    ReadError
        For a unit with a factor, or any that is not known.
    """
    found = _LABEL.fullmatch(label.strip())
    if found is None:
        return None
    written = found["unit"].strip(" ,/()[]")
    if not written:
        return ChiLabel(1.0, "")
    text = (
        re.sub(r"[\s^.·*×()\[\],]", "", written.translate(_RAISED).lower())
        .lstrip("/")
        .replace("/moloe", "mol-1oe-1")
    )
    tokens = _TOKEN.findall(text)
    if "".join(tokens) == text:
        counted = Counter(_SAME.get(token, token) for token in tokens)
        if counted in _CGS:
            return ChiLabel(1.0, written)
        if counted == _SI:
            return ChiLabel(SI_TO_CGS, written)
    raise ReadError(
        f"chi T in {written!r}",
        where=where,
        do="convert the column to cm3 K mol-1, and label it so",
    )
