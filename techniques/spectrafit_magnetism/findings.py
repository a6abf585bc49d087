"""What the parts of an evaluation found, with this technique's alert for a part that fails."""

from __future__ import annotations

from spectrafit import findings
from spectrafit_magnetism.alerts import magnetism_alert

__all__ = ["Findings"]


class Findings(findings.Findings):
    """Observables, alerts and figures of several parts of one file.

    Parameters
    ----------
    where : str
        File name, for alerts.
    """

    failed = magnetism_alert("MAG-117")

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def warn(self, code: str, **fields: object) -> None:
        """Add an alert of the file.

        Parameters
        ----------
        code : str
            Like ``"MAG-100"``.
        **fields : object
            Values for its words.
        """
        self.alerts.append(magnetism_alert(code).alert(where=self.where, **fields))
