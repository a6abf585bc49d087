"""What the noise of the lines below and above an edge does to a normalised spectrum."""

from __future__ import annotations

import numpy as np

from spectrafit.spectrum import FloatArray
from spectrafit_xas.preparation import PreparedScan

__all__ = ["line_errors"]


def line_errors(scan: PreparedScan) -> FloatArray:
    """Return the directions in which all points of a normalised spectrum move together.

    Parameters
    ----------
    scan : PreparedScan
        With point errors, normalised by a line and a polynomial.

    Returns
    -------
    ndarray, shape (n, k)
        The sum of their outer products is the covariance that the noise in the two ranges gives
        the points between them; no column where there are no point errors, or where the lines
        come from a fit to tabulated absorption.

    Notes
    -----
    Normalised mu is (mu - p0 - p1 (E - E0))/J with p the least-squares line below the edge and J
    the constant of the polynomial above it, all three linear in the points of the two ranges; their
    covariance is carried through. It matters where few points lie below the edge: the line is
    carried on over tens of eV.
    """
    raw, lines = scan.raw, scan.lines
    if raw.sigma is None or lines.method != "lines":
        return np.zeros((len(raw), 0))
    x, e0 = raw.x, lines.e0_eV
    pre = (x >= lines.pre_eV[0]) & (x <= lines.pre_eV[1])
    post = (x >= lines.post_eV[0]) & (x <= lines.post_eV[1])
    factor = (x / e0) ** lines.victoreen
    basis = np.column_stack((np.ones(x.size), x - e0))
    to_line = np.zeros((2, x.size))
    to_line[:, pre] = np.linalg.pinv(basis[pre]) * factor[pre]
    # the polynomial is fitted to what is left above the line, so its constant moves against it
    above = np.linalg.pinv(np.vander(x[post] - e0, lines.degree + 1, increasing=True))[0]
    below = basis / factor[:, None]
    to_step = -(above @ below[post]) @ to_line
    to_step[post] += above
    maps = np.vstack((to_line, to_step)) * raw.sigma
    values, vectors = np.linalg.eigh(maps @ maps.T)
    root = vectors * np.sqrt(values.clip(0.0))
    moved = -np.column_stack((below, scan.normalised.y)) / lines.step
    return np.asarray(moved @ root, dtype=np.float64)
