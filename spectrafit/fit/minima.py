"""How the engines of many fits look for minima, and what they find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.fit.bins import Bins
from spectrafit.spectrum import FloatArray

__all__ = ["Minima", "Settings"]

# evaluations on bins: what creeps there would creep on all points too
_BIN_LIMIT = 30


@dataclass(frozen=True)
class Settings:
    """How a batch engine looks for a minimum.

    Parameters
    ----------
    limit : int
        Most evaluations of a spectrum.
    tolerance : float
        Fall of chi2, relative, below which a step is the last.
    damping : float
        First damping, of the scale of each parameter.
    share : float
        Of the distance to a bound that a careful step may go.
    careful : int
        How many first steps are careful.
    neighbours : bool
        Whether the products of neighbouring residuals are wanted.
    bins : Bins or None
        On which it is looked for first.
    bin_tolerance : float
        As `tolerance`, on the bins.
    """

    limit: int = 2000
    tolerance: float = 1e-9
    damping: float = 3e-4
    share: float = 0.3
    careful: int = 12
    neighbours: bool = False
    bins: Bins | None = None
    bin_tolerance: float = 1e-2

    @property
    def on_bins(self) -> Settings:
        """How the minimum is looked for on the bins; the rest of the way is on all points."""
        return replace(
            self,
            limit=min(_BIN_LIMIT, self.limit // 2),
            tolerance=self.bin_tolerance,
            neighbours=False,
            bins=None,
        )


@dataclass(frozen=True, eq=False)
class Minima:
    """Where a batch engine ended.

    Parameters
    ----------
    z : ndarray, shape (N, Q)
        Free parameters, in the form of the stack's layout.
    chi2 : ndarray, shape (N,)
        Sum of squared weighted residuals.
    normals : ndarray, shape (N, Q, Q)
        Jacobian's products.
    evaluations : ndarray of int, shape (N,)
        Calls of the model.
    ends : ndarray of int, shape (N,)
        1 a minimum, 0 the limit, -1 neither.
    neighbours : ndarray, shape (N,)
        Sum of the products of neighbouring residuals; 0 where not asked for.
    """

    z: FloatArray
    chi2: FloatArray
    normals: FloatArray
    evaluations: NDArray[np.int64]
    ends: NDArray[np.int64]
    neighbours: FloatArray

    def rows(self, some: NDArray[np.intp]) -> Minima:
        """Return those of some spectra.

        Parameters
        ----------
        some : ndarray of int
            Which.

        Returns
        -------
        Minima
        """
        return Minima(*(getattr(self, one.name)[some] for one in fields(Minima)))

    def adopt(self, other: Minima, some: NDArray[np.intp], which: NDArray[np.bool_]) -> None:
        """Overwrite where some spectra ended, their evaluations apart.

        Parameters
        ----------
        other : Minima
            Of those spectra alone.
        some : ndarray of int, shape (k,)
            Which they are.
        which : ndarray of bool, shape (k,)
            Those of them that are taken.
        """
        for name in ("z", "chi2", "normals", "ends", "neighbours"):
            getattr(self, name)[some[which]] = getattr(other, name)[which]

    @staticmethod
    def joined(parts: Sequence[Minima]) -> Minima:
        """Return the minima of parts, one after another.

        Parameters
        ----------
        parts : sequence of Minima
            At least one.

        Returns
        -------
        Minima
        """
        names = [one.name for one in fields(Minima)]
        return Minima(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))
