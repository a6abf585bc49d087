"""What the parts of an analysis found, collected; a part that fails is named and stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit_pyro.alerts import pyro_alert

__all__ = ["Findings"]


@dataclass(eq=False)
class Findings:
    """Observables, alerts and figures of several parts.

    Parameters
    ----------
    items, alerts, charts : list
        Observables, alerts and figures.
    """

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
            Which run.
        part : callable
            Adds to the findings.
        """
        try:
            part()
        except SpectrafitError as error:
            why = f"{error.what}; {error.do}" if error.do else error.what
            self.alerts.append(pyro_alert("PYRO-110").alert(where=where, what=what, why=why))
