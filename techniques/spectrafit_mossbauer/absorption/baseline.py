"""The baseline of a transmission spectrum: five known shapes, in each of which the counts are linear.

``b0 [1 + b1 s + b2 u + b3 s (1 - u^2) + b4 u^2]``: level, difference of the branches, slope, geometry
(the source is at opposite displacements in the two branches, so it cancels in a fold, not in raw
counts) and curvature. The fit has the products ``b0 b1`` and so on, in counts.
"""

from __future__ import annotations

import numpy as np

from spectrafit.lines.line import Component, Model
from spectrafit.lines.template import Template
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["LEVEL", "baseline", "baseline_start", "term"]

LEVEL = "b0.scale"
"""Full name of the fit's level, in counts."""


def term(name: str) -> str:
    """Return the full parameter name of a baseline's term.

    Parameters
    ----------
    name : str
        "b0" to "b4".

    Returns
    -------
    str
    """
    return f"{name}.scale"


def baseline(spectrum: Unfolded) -> Model:
    """Return the baseline as a model that is exact at the spectrum's points.

    Parameters
    ----------
    spectrum : Unfolded
        Whose shapes and points.

    Returns
    -------
    Model
        One component a term, named as in `Unfolded.names`.
    """
    parts: list[Component] = [
        Template(spectrum.velocity, column, name)
        for name, column in zip(spectrum.names, spectrum.columns, strict=True)
    ]
    return Model(tuple(parts))


def baseline_start(spectrum: Unfolded, absorbed: FloatArray | None = None) -> dict[str, float]:
    """Return the terms that fit the counts best beside given absorption.

    Parameters
    ----------
    spectrum : Unfolded
        Counts.
    absorbed : ndarray, shape (n,), optional
        Counts that are missing at each point; none when left out.

    Returns
    -------
    dict of str to float
        By full parameter name, in counts.
    """
    counts = spectrum.counts if absorbed is None else spectrum.counts + absorbed
    found = np.linalg.lstsq(spectrum.columns.T, counts, rcond=None)[0]
    return {term(name): float(value) for name, value in zip(spectrum.names, found, strict=True)}
