"""Where the observables of one structure come from, and how a length becomes one of them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from spectrafit.history import HistoryEntry, Source
from spectrafit.observable import Kind, Observable
from spectrafit_structure.crystal_recording import CrystalRecording
from spectrafit_structure.settings import StructureSettings
from spectrafit_structure.uncertainty import Measured, ShellMean

__all__ = ["Origin", "key_part", "origin_of"]

_FOREIGN = re.compile(r"[^A-Za-z0-9_+-]+")


def key_part(name: str) -> str:
    """Return a name of a bond as part of a key: letters, digits and ``_ + -``."""
    return _FOREIGN.sub("_", name).strip("_")


@dataclass(frozen=True)
class Origin:
    """What all observables of one structure have in common.

    Parameters
    ----------
    source : Source
    conditions : mapping
        With T where it is known.
    history : tuple of HistoryEntry
        Up to the shells.
    """

    source: Source
    conditions: Mapping[str, float | str]
    history: tuple[HistoryEntry, ...]

    def after(self, step: HistoryEntry) -> Origin:
        """Return the same origin with one more step."""
        return replace(self, history=(*self.history, step))

    def value(
        self,
        key: str,
        unit: str,
        value: Measured,
        *,
        conventions: Mapping[str, Any] | None = None,
        budget: Mapping[str, float] | None = None,
        verdict: str = "",
    ) -> Observable:
        """Return an observable with the s.u. of a value as its standard uncertainty.

        Parameters
        ----------
        key, unit : str
            As declared, without the technique's name.
        value : Measured
            In that unit.
        conventions : mapping, optional
            What it depends on.
        budget : mapping, optional
            Sources of error; the s.u. alone when left out.
        verdict : str, optional
            What was judged.

        Returns
        -------
        Observable
        """
        parts = {} if value.su is None else {"su": value.su}
        return Observable(
            f"structure.{key}", unit, Kind.VALUE, value.value, value.su, value.reason,
            verdict=verdict, budget=parts if budget is None else budget,
            conventions=conventions or {}, conditions=self.conditions, source=self.source,
            history=self.history,
        )  # fmt: skip

    def mean(self, kind: str, lengths: Mapping[str, Measured], found: ShellMean) -> Observable:
        """Return the mean length of a kind of bond.

        Parameters
        ----------
        kind : str
            Like ``Fe-O``.
        lengths : mapping of str to Measured
            Å, by bond.
        found : ShellMean
            Their mean.

        Returns
        -------
        Observable
            Its budget tells the s.u. of the bonds from their scatter beyond it.
        """
        budget: dict[str, float] = {}
        mean = found.mean
        if mean.su is not None:
            own = math.fsum(1.0 / each.su**2 for each in lengths.values() if each.su) ** -0.5
            beyond = math.sqrt(max(0.0, mean.su**2 - own**2))
            budget = {"su": own} | ({"scatter": beyond} if beyond > 1e-9 * own else {})
        values = [each.value for each in lengths.values()]
        verdict = f"{len(values)} bonds, {min(values):.3f} to {max(values):.3f} Å"
        conventions = {"bonds": len(values)}
        return self.value(
            key_part(kind), "A", mean, conventions=conventions, budget=budget,
            verdict=verdict if len(values) > 1 else "one bond",
        )  # fmt: skip

    def category(
        self,
        key: str,
        word: str,
        *,
        shares: Mapping[str, float] | None = None,
        conventions: Mapping[str, Any] | None = None,
        verdict: str = "",
    ) -> Observable:
        """Return a word as observable.

        Parameters
        ----------
        key : str
            As declared, without the technique's name.
        word : str
        shares : mapping, optional
            Weight of each category.
        conventions : mapping, optional
        verdict : str, optional

        Returns
        -------
        Observable
        """
        return Observable(
            f"structure.{key}", "1", Kind.CATEGORY, word, shares=shares or {}, verdict=verdict,
            conventions=conventions or {}, conditions=self.conditions, source=self.source,
            history=self.history,
        )  # fmt: skip


def origin_of(recording: CrystalRecording, settings: StructureSettings) -> Origin:
    """Return what the observables of a recording have in common.

    Parameters
    ----------
    recording : CrystalRecording
        Its conditions are those of the study.
    settings : StructureSettings

    Returns
    -------
    Origin
    """
    listed = bool(recording.crystal.bonds)
    shells = {
        "farthest_A": settings.farthest_A,
        "ligands": list(settings.ligands),
        "disorder": settings.disorder,
    }
    return Origin(
        recording.source,
        recording.conditions,
        (
            HistoryEntry("crystal structure", {"reader": recording.reader, "bonds_listed": listed}),
            HistoryEntry("shells", shells),
        ),
    )
