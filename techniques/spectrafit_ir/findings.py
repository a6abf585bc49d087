"""What the parts of an evaluation found, with this technique's alert for a part that fails."""

from __future__ import annotations

from spectrafit import findings
from spectrafit_ir.alerts import infrared_alert

__all__ = ["Findings"]


class Findings(findings.Findings):
    """Observables, alerts and figures of several parts."""

    failed = infrared_alert("IR-117")
