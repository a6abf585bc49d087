"""Calculated vibrations in the output text of quantum-chemistry programs, read through cclib.

cclib: N. M. O'Boyle, A. L. Tenderholt and K. M. Langner, J. Comput. Chem. 29, 839 (2008).
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.encoding import Text
from spectrafit.errors import ReadError
from spectrafit.layout import is_comment
from spectrafit_ir.readers.vibration_table import Modes

__all__ = ["expected_modes", "output_modes", "says_program"]

_BANNER = re.compile(
    r"Entering Gaussian System|Gaussian, Inc\.|\*\s*O   R   C   A\s*\*"
    r"|Amsterdam Density Functional|Dalton - An Electronic Structure Program|GAMESS VERSION"
    r"|Firefly \(PC GAMESS\)|PROGRAM SYSTEM MOLPRO|Northwest Computational Chemistry Package"
    r"|Psi4: An Open-Source Ab Initio|A Quantum Leap Into The Future Of Chemistry"
    r"|\|\s*x T B\s*\||\bTURBOMOLE (?:V|rev)",
)
_SCALED = re.compile(r"^Scaling factor for frequencies\s*=\s*([\d.]+)", re.MULTILINE)
_STRAIGHT = 1e-3  # of the extent along the molecule: bent by less than a tenth of a degree
_AGAIN = "let the calculation end, with frequencies of all atoms; or write a table of its modes"


def says_program(lines: Sequence[str]) -> bool:
    """Return whether the head of a text is that of a program's output.

    Parameters
    ----------
    lines : sequence of str
        First lines; comments do not count.

    Returns
    -------
    bool
    """
    return any(_BANNER.search(line) and not is_comment(line) for line in lines)


def expected_modes(atoms: int, coordinates: ArrayLike | None = None) -> int:
    """Return how many vibrations a molecule has: 3N - 6, or 3N - 5 where it is linear.

    Parameters
    ----------
    atoms : int
        Number of atoms N.
    coordinates : array_like, shape (N, 3), optional
        In any unit of length; without them the molecule is taken as bent.

    Returns
    -------
    int
    """
    if atoms < 2:
        return 0
    linear = atoms == 2
    if coordinates is not None:
        places = np.asarray(coordinates, dtype=float)
        spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
        linear = bool(spread[1] <= _STRAIGHT * spread[0])
    return 3 * atoms - (5 if linear else 6)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep cclib's own messages off the screen: what they say is told by the checks."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _parsed(text: Text, where: str) -> Any:
    try:
        from cclib.io.ccio import ccopen
    except ImportError as error:
        raise ReadError(
            "reading the output of a calculation needs cclib, which is not installed",
            where=where,
            do="install it: pip install 'spectrafit-suite[calc]'; or write a table of its modes",
        ) from error
    try:
        with _quiet():
            # a stream, so that no name of a file is ever taken for an address
            log = ccopen(io.StringIO("\n".join(text.lines) + "\n"), loglevel=logging.CRITICAL)
            data = log.parse() if log is not None else None
    except Exception as error:
        text_ = f"cclib cannot read it ({type(error).__name__}: {error})"
        raise ReadError(text_, where=where, do=_AGAIN) from error
    if data is None:
        raise ReadError("cclib does not know the program", where=where, do=_AGAIN)
    return data


def output_modes(text: Text, where: str) -> Modes:
    """Return the vibrations in a program's output, none of them missing.

    Parameters
    ----------
    text : Text
        Of the file.
    where : str
        File name.

    Returns
    -------
    Modes

    Raises
    ------
    ReadError
        When cclib is not installed or cannot read it, when it holds no frequencies or no
        intensities, or fewer than the molecule has.
    """
    data = _parsed(text, where)
    frequencies = np.asarray(getattr(data, "vibfreqs", ()), dtype=float)
    intensities = np.asarray(getattr(data, "vibirs", ()), dtype=float)
    atoms = int(getattr(data, "natom", 0))
    if not frequencies.size:
        raise ReadError("the output holds no vibrations", where=where, do=_AGAIN)
    coordinates = getattr(data, "atomcoords", None)
    places = coordinates[-1] if coordinates is not None and len(coordinates) else None
    if places is not None and not np.isfinite(np.asarray(places, dtype=float)).all():
        raise ReadError("a coordinate is no number", where=where, do=_AGAIN)
    needed = expected_modes(atoms, places)
    if frequencies.size < needed:
        raise ReadError(
            f"{frequencies.size} frequencies where {atoms} atoms have {needed}: the list is "
            "incomplete",
            where=where,
            do=_AGAIN,
        )
    if intensities.shape != frequencies.shape or not np.isfinite(intensities).all():
        text_ = f"{intensities.size} infrared intensities for {frequencies.size} frequencies"
        raise ReadError(text_, where=where, do=_AGAIN)
    if not (intensities >= 0).all() or not (intensities > 0).any():
        raise ReadError(
            "no infrared intensity is above zero, or one is below",
            where=where,
            do="cclib may miss the list where its first mode is imaginary: write a table of modes",
        )
    if not np.isfinite(frequencies).all():
        raise ReadError("a frequency is no number", where=where, do=_AGAIN)
    keep = frequencies != 0.0
    symmetries = list(getattr(data, "vibsyms", ()))
    distinct = len(symmetries) == frequencies.size and len(set(symmetries)) > 1
    labels = symmetries if distinct else [""] * frequencies.size
    header, remarks = _said(data, text, int(keep.sum()), needed)
    return Modes(
        tuple(frequencies[keep].tolist()),
        tuple(intensities[keep].tolist()),
        tuple(label for label, kept in zip(labels, keep, strict=True) if kept),
        header | {"atoms": str(atoms)},
        remarks,
    )


def _said(data: Any, text: Text, found: int, needed: int) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return what the output says of its method, and what a user must look at."""
    metadata = getattr(data, "metadata", {})
    functional = str(metadata.get("functional") or "")
    methods = [str(one) for one in metadata.get("methods", ())]
    method = functional or (methods[-1] if methods else "")
    basis = str(metadata.get("basis_set") or "")
    package = " ".join(str(metadata.get(key) or "") for key in ("package", "package_version"))
    header = {
        "method": "/".join(part for part in (method, basis) if part),
        "program": package.strip(),
        "charge": str(getattr(data, "charge", "")),
        "multiplicity": str(getattr(data, "mult", "")),
    }
    remarks: list[str] = []
    if metadata.get("success") is False:
        remarks.append("the calculation did not end normally")
    if found > needed:
        remarks.append(
            f"{found} frequencies where the molecule has {needed} vibrations: translations and "
            "rotations are among them"
        )
    scaled = _SCALED.findall("\n".join(text.lines))
    if scaled and float(scaled[-1]) != 1.0:
        header["scale factor applied"] = scaled[-1]
        remarks.append(
            f"the program has already multiplied the frequencies by {scaled[-1]}: "
            "another scale factor comes on top of it"
        )
    return {key: value for key, value in header.items() if value}, tuple(remarks)
