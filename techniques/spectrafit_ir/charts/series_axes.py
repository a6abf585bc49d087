"""What the charts of an infrared series share: axes, marked bands, brackets of steps, branches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.heat_map import Mark
from spectrafit.spectrum import FloatArray

__all__ = [
    "TEMPERATURE",
    "WAVENUMBER",
    "StepMark",
    "band_marks",
    "branches_of",
    "checked_stack",
    "kelvin_span",
    "spread_rows",
    "step_marks",
]

WAVENUMBER = "wavenumber / cm⁻¹"
TEMPERATURE = "temperature / K"


@dataclass(frozen=True)
class StepMark:
    """The bracket of a step: the temperatures of the two rows between which it lies.

    Parameters
    ----------
    low, high : float
        K.
    branch : str
        "heating" or "cooling"; empty where it holds for both.
    """

    low: float
    high: float
    branch: str = ""


def band_marks(bands: Mapping[str, float]) -> tuple[Mark, ...]:
    """Return bands as places on a wavenumber axis.

    Parameters
    ----------
    bands : mapping of str to float
        Wavenumber by name, cm-1.

    Returns
    -------
    tuple of Mark
    """
    return tuple(Mark(place, place, name) for name, place in bands.items())


def step_marks(steps: Sequence[StepMark], branch: str | None = None) -> tuple[Mark, ...]:
    """Return brackets of steps as intervals of a temperature axis.

    Parameters
    ----------
    steps : sequence of StepMark
        Any.
    branch : str, optional
        Only those of this branch and those of both; all when left out, each with its branch.

    Returns
    -------
    tuple of Mark
        Equal brackets of both branches are one.
    """
    own = [one for one in steps if branch is None or one.branch in ("", branch)]
    branches: dict[tuple[float, float], list[str]] = {}
    for one in own:
        branches.setdefault((one.low, one.high), []).append(one.branch)
    return tuple(
        Mark(low, high, f"step {low:g}–{high:g} K" + _named(found, branch))
        for (low, high), found in sorted(branches.items())
    )


def _named(branches: Sequence[str], branch: str | None) -> str:
    alone = branch is None and len(set(branches)) == 1 and branches[0]
    return f", {branches[0]}" if alone else ""


def branches_of(
    T: FloatArray, branches: Sequence[str]
) -> Iterator[tuple[str, tuple[tuple[float, tuple[int, ...]], ...]]]:
    """Give each branch with its rows by rising temperature.

    Parameters
    ----------
    T : ndarray, shape (N,)
        K.
    branches : sequence of str
        Of each row; empty for one branch without a name.

    Yields
    ------
    branch : str
        Its name.
    rows : tuple of (float, tuple of int)
        Each temperature with the numbers of its rows: more than one where it was measured again.
    """
    named = list(branches) or [""] * T.size
    for branch in dict.fromkeys(named):
        found: dict[float, list[int]] = {}
        for i in np.argsort(T, kind="stable").tolist():
            if named[i] == branch:
                found.setdefault(float(T[i]), []).append(i)
        yield branch, tuple((kelvin, tuple(rows)) for kelvin, rows in found.items())


def checked_stack(
    x: FloatArray, stack: FloatArray, T: FloatArray, branches: Sequence[str] = ()
) -> None:
    """Refuse arrays that do not belong together.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    stack : ndarray, shape (N, n)
        A row a spectrum.
    T : ndarray, shape (N,)
        K.
    branches : sequence of str, optional
        Of each row.

    Raises
    ------
    SettingsError
        When the numbers of rows or points differ, or there is no row.
    """
    if not T.size:
        raise SettingsError("no spectrum to draw")
    if stack.shape != (T.size, x.size):
        raise SettingsError(
            f"spectra of shape {stack.shape} do not fit {T.size} temperatures and {x.size} points"
        )
    if branches and len(branches) != T.size:
        raise SettingsError(f"{len(branches)} branches and {T.size} spectra", do="give one each")


def kelvin_span(T: FloatArray) -> str:
    """Return the temperatures of a series in words.

    Parameters
    ----------
    T : ndarray, shape (N,)
        K.

    Returns
    -------
    str
        Like ``10 to 300 K``.
    """
    low, high = float(T.min()), float(T.max())
    return f"{low:g} K" if low == high else f"{low:g} to {high:g} K"


def spread_rows(T: FloatArray, most: int) -> tuple[int, ...]:
    """Return some rows of a series: the coldest, the warmest, and some evenly between by number.

    Parameters
    ----------
    T : ndarray, shape (N,)
        K.
    most : int
        No more than this.

    Returns
    -------
    tuple of int
        By rising temperature.
    """
    order = np.argsort(T, kind="stable")
    kept = np.unique(np.linspace(0, T.size - 1, min(most, T.size)).round().astype(int))
    return tuple(order[kept].tolist())
