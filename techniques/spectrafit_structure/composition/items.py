"""What the parts of a check found, collected, with their common origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spectrafit.alert import Alert
from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable
from spectrafit.panel import Chart
from spectrafit.recording import Recording
from spectrafit_structure.composition.alerts import composition_alert
from spectrafit_structure.uncertainty import Measured

__all__ = ["Found"]


@dataclass(eq=False)
class Found:
    """Observables, alerts and figures of one file.

    Parameters
    ----------
    recording : Recording
        Where they come from.
    items, alerts, charts : list
        Observables, alerts and figures.
    """

    recording: Recording
    items: list[Observable] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def value(
        self,
        key: str,
        unit: str,
        value: Measured,
        history: HistoryEntry,
        *,
        verdict: str = "",
        budget: Mapping[str, float] | None = None,
        **conventions: Any,
    ) -> None:
        """Add a number.

        Parameters
        ----------
        key, unit : str
            As declared, without the technique's name.
        value : Measured
            With its s.u., or the reason for none.
        history : HistoryEntry
            How it was made.
        verdict : str, optional
            What was judged.
        budget : mapping of str to float, optional
            Sources of error.
        **conventions
            What it depends on.
        """
        self.items.append(
            Observable(
                f"composition.{key}", unit, Kind.VALUE, value.value, value.su,
                "" if value.su is not None else value.reason, verdict=verdict, budget=budget or {},
                conventions=conventions, conditions=self.recording.conditions,
                source=self.recording.source, history=(history,),
            )
        )  # fmt: skip

    def word(self, key: str, word: str, history: HistoryEntry, **conventions: Any) -> None:
        """Add a category.

        Parameters
        ----------
        key : str
            As declared, without the technique's name.
        word : str
            What holds.
        history : HistoryEntry
            How it was judged.
        **conventions
            What it depends on.
        """
        self.items.append(
            Observable(
                f"composition.{key}", "1", Kind.CATEGORY, word, verdict=word,
                conventions=conventions, conditions=self.recording.conditions,
                source=self.recording.source, history=(history,),
            )
        )  # fmt: skip

    def alert(self, code: str, **fields: object) -> None:
        """Raise an alert on the file.

        Parameters
        ----------
        code : str
            Like ``COMP-100``.
        **fields : object
            Its words.
        """
        self.alerts.append(composition_alert(code).alert(where=self.recording.name, **fields))
