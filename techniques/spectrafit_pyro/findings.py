"""What the parts of an evaluation found, with this technique's alert for a part that fails."""

from __future__ import annotations

from spectrafit import findings
from spectrafit_pyro.alerts import pyro_alert

__all__ = ["Findings"]


class Findings(findings.Findings):
    """Observables, alerts and figures of several parts."""

    failed = pyro_alert("PYRO-110")
