"""What a reader says of a file beside its numbers."""

from __future__ import annotations

from spectrafit.alert import Alert, alert_spec

__all__ = ["notice"]


def notice(where: str, text: str, code: str = "READ-001") -> Alert:
    """Return a notice of a reader.

    Parameters
    ----------
    where : str
        File, with a line where there is one.
    text : str
        What was noticed.
    code : str
        ``READ-001`` to note, ``READ-002`` to look at, ``READ-003`` for a missing role or unit.

    Returns
    -------
    Alert
    """
    return alert_spec(code).alert(where=where, text=text)
