"""What the parts of an evaluation found, collected; a part that fails is named and stops no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.observable import Observable
from spectrafit.panel import Chart
from spectrafit_magnetism.alerts import magnetism_alert

__all__ = ["Findings"]


@dataclass(eq=False)
class Findings:
    """Observables, alerts and figures of several parts.

    Parameters
    ----------
    where : str
        File name, for alerts.
    items, alerts, charts : list
        Observables, alerts and figures.
    """

    where: str
    items: list[Observable] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)

    def warn(self, code: str, **fields: object) -> None:
        """Add an alert.

        Parameters
        ----------
        code : str
            Like ``"MAG-100"``.
        **fields : object
            Values for its words.
        """
        self.alerts.append(magnetism_alert(code).alert(where=self.where, **fields))

    def attempt(self, what: str, part: Callable[[], None]) -> None:
        """Do one part; where it cannot be done, an alert says why.

        Parameters
        ----------
        what : str
            Its name, for the alert.
        part : callable
            Adds to the findings.
        """
        try:
            part()
        except SpectrafitError as error:
            self.warn(
                "MAG-117", what=what, why=f"{error.what}; {error.do}" if error.do else error.what
            )
