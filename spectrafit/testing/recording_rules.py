"""What must hold of every recording that a reader returns, also of a damaged file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from spectrafit.alert import CORE_ALERTS, AlertSpec
from spectrafit.reader import Reader
from spectrafit.recording import Recording
from spectrafit.testing.judgement import require

__all__ = ["require_rows_told", "require_sound"]

_ROLES = {"x", "y", "sigma"}


def require_sound(
    recording: Any,
    reader: Reader,
    name: str,
    content: bytes,
    alerts: Sequence[AlertSpec] = CORE_ALERTS,
) -> None:
    """Fail where a recording is not traced to its bytes, holds an infinite number or a lost role.

    Parameters
    ----------
    recording : Recording or a technique's own type
        What was read.
    reader : Reader
        Who read it.
    name : str
        Name of the file.
    content : bytes
        The whole file.
    alerts : sequence of AlertSpec
        Where its notices are declared; the core's unless told.

    Raises
    ------
    AssertionError
        With what is wrong.
    """
    where = f"{getattr(recording, 'name', name)} of {name}"
    source = recording.source
    checksum = hashlib.sha256(content).hexdigest()
    require(source.name == name, f"the source is named {source.name!r}, the file {name!r}")
    require(source.sha256 == checksum, f"the checksum of {where} is not that of the file")
    declared = {spec.code: spec for spec in alerts}
    for notice in recording.notices:
        require(notice.code in declared, f"{where} notices {notice.code}, not declared")
        level = declared[notice.code].level
        require(notice.level is level, f"{notice.code} is noticed as {notice.level}")
        require(notice.text.strip(), f"{where} notices {notice.code} without a word")
    if not isinstance(recording, Recording):
        return
    require(recording.reader == reader.name, f"{where} names reader {recording.reader!r}")
    require(recording.columns and len(recording), f"{where} holds no rows")
    for column in recording.columns:
        require(not np.isinf(column.values).any(), f"{column.name} of {where} is infinite")
    unknown = sorted(set(recording.roles) - _ROLES)
    require(not unknown, f"{where} proposes the role {unknown[0] if unknown else ''!r}")
    lost = sorted(set(recording.roles.values()) - set(recording.names))
    require(not lost, f"{where} proposes the column {lost[0] if lost else ''!r}, not there")


def require_rows_told(recording: Any) -> None:
    """Fail where rows of a recording are neither points of its spectrum nor told of.

    Parameters
    ----------
    recording : Recording or a technique's own type
        Only a recording with the roles x and y is looked at.

    Raises
    ------
    AssertionError
        With both numbers of rows.
    SpectrafitError
        When its roles give no spectrum.
    """
    if not isinstance(recording, Recording) or not {"x", "y"} <= set(recording.roles):
        return
    spectrum = recording.spectrum()
    settings = spectrum.history[0].settings
    counted = len(spectrum) + settings["points_left_out"] + settings["points_averaged"]
    require(
        counted == len(recording),
        f"{recording.name}: {len(recording)} rows, {counted} accounted for",
    )
