"""What the parts of an evaluation found, collected; a part that fails is named and stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from spectrafit.alert import Alert, AlertSpec
from spectrafit.errors import SpectrafitError
from spectrafit.observable import Observable
from spectrafit.panel import Chart

__all__ = ["Findings"]


@dataclass(eq=False)
class Findings:
    """Observables, alerts and figures of several parts; a technique's own names its alert.

    Parameters
    ----------
    items, alerts, charts : list
        Observables, alerts and figures.
    """

    failed: ClassVar[AlertSpec]
    """The alert of a part that cannot be done, with the words ``what`` and ``why``."""

    items: list[Observable] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def attempt(self, what: str, where: str, part: Callable[[], None]) -> None:
        """Do one part; where it cannot be done, an alert says why.

        Parameters
        ----------
        what : str
            Its name, for the alert.
        where : str
            Which run, window or branch.
        part : callable
            Adds to the findings.
        """
        try:
            part()
        except SpectrafitError as error:
            why = f"{error.what}; {error.do}" if error.do else error.what
            self.alerts.append(self.failed.alert(where=where, what=what, why=why))
