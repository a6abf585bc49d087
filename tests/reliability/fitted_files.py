"""One file through the public path: a study of one measurement, run, and its results as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from spectrafit import registry
from spectrafit.errors import SpectrafitError
from spectrafit.reporting.results import fit_json
from spectrafit.study.adhoc import adhoc_study
from spectrafit.study.run import run_study
from spectrafit.study.settings import settings_of


@dataclass(frozen=True)
class Asked:
    """A file and what a user asks of it.

    Parameters
    ----------
    technique : str
        Name.
    name : str
        Of the file.
    content : bytes
        Of the file.
    settings : mapping
        Of the technique.
    calibration : bytes or None
        A foil scan, or an alpha-iron run.
    calibration_name : str
        Of that file.
    reader : str
        Empty where the surest is taken.
    """

    technique: str
    name: str
    content: bytes
    settings: Mapping[str, Any] = field(default_factory=dict)
    calibration: bytes | None = None
    calibration_name: str = ""
    reader: str = ""


@dataclass(frozen=True)
class Answer:
    """What results.json says of the file.

    Parameters
    ----------
    status : str
        ``done``, ``refused`` or ``left out``.
    why : str
        Of a refusal.
    alerts : tuple of (str, str, str)
        Code, level, and text.
    json : str
        All of it.
    result : mapping
        The same, of the file alone.
    """

    status: str
    why: str
    alerts: tuple[tuple[str, str, str], ...]
    json: str
    result: Mapping[str, Any]

    def loud(self, *, usual: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Return codes of alerts of level A or B that the unspoiled file has not.

        Parameters
        ----------
        usual : frozenset of str
            Codes and texts of the unspoiled file's alerts.
        """
        return tuple(
            code
            for code, level, text in self.alerts
            if level in "AB" and f"{code} {text}" not in usual
        )

    @property
    def said(self) -> frozenset[str]:
        """Code and text of every alert."""
        return frozenset(f"{code} {text}" for code, _, text in self.alerts)


def answer(asked: Asked) -> Answer:
    """Return what the public path answers; a study that is refused as a whole is refused."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / asked.name
        path.write_bytes(asked.content)
        inputs = {}
        if asked.calibration is not None:
            other = Path(folder) / asked.calibration_name
            other.write_bytes(asked.calibration)
            inputs["calibration"] = [other]
        try:
            loaded = adhoc_study(
                asked.technique,
                [path],
                settings=asked.settings,
                inputs=inputs,
                reader=asked.reader,
                folder=Path(folder),
            )
            text = fit_json(run_study(loaded))
        except SpectrafitError as refusal:
            return Answer("refused", str(refusal), (), "", {})
    (result,) = (one for one in json.loads(text)["results"] if one["file"] == asked.name)
    alerts = tuple((one["code"], one["level"], one["text"]) for one in result["alerts"])
    return Answer(result["status"], result["why"] or "", alerts, text, result)


@cache
def simulated(technique: str, seed: int, **settings: Any) -> bytes:
    """Return a simulated file of a technique."""
    found: Any = registry.technique(technique)
    chosen = settings_of(found.simulation, {k: _plain(v) for k, v in settings.items()}, "simulated")
    return str(found.simulated_text(chosen, seed)).encode()


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
