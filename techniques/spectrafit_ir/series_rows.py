"""What the rows of a temperature series must be: each with a temperature, none twice in a branch."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.errors import SettingsError
from spectrafit.rounding import number_text

__all__ = ["FEWEST_TEMPERATURES", "checked_temperatures", "too_few_temperatures"]

FEWEST_TEMPERATURES = 5
"""Below, bands are followed, and neither regimes nor a van 't Hoff law are looked for."""
_SIDECAR = (
    "give a table of files and temperatures: "
    "[measurement.conditions] T = { table = ..., column = ..., unit = ... }"
)


def checked_temperatures(
    names: Sequence[str], temperatures: Sequence[float | None], branches: Sequence[str]
) -> tuple[float, ...]:
    """Return the temperatures of a series in which every row has its own.

    Parameters
    ----------
    names : sequence of str
        Of the files, for messages.
    temperatures : sequence of float or None
        K; None where a file states none.
    branches : sequence of str
        ``"heating"``, ``"cooling"`` or empty.

    Returns
    -------
    tuple of float

    Raises
    ------
    SettingsError
        When a file has no temperature, or two of a branch have the same; the files are named.
    """
    without = [name for name, T in zip(names, temperatures, strict=True) if T is None]
    if without:
        listed = ", ".join(without[:10]) + (" ..." if len(without) > 10 else "")
        noun = "file states" if len(without) == 1 else "files state"
        raise SettingsError(
            f"{len(without)} {noun} no temperature: {listed}", where="T", do=_SIDECAR
        )
    found = tuple(T for T in temperatures if T is not None)
    seen: dict[tuple[float, str], str] = {}
    for name, T, branch in zip(names, found, branches, strict=True):
        other = seen.setdefault((T, branch), name)
        if other is not name:
            on = f" in the {branch} branch" if branch else ""
            raise SettingsError(
                f"{other} and {name} both have T = {number_text(T)} K{on}",
                where="T",
                do="merge them, part them into branches, or leave one out",
            )
    return found


def too_few_temperatures(temperatures: Sequence[float]) -> str:
    """Return why neither regimes nor populations are looked for; empty where they can be.

    Parameters
    ----------
    temperatures : sequence of float
        K, of one branch or of both.

    Returns
    -------
    str
    """
    different = len(set(temperatures))
    if different >= FEWEST_TEMPERATURES:
        return ""
    return f"{different} temperatures, {FEWEST_TEMPERATURES} are needed"
