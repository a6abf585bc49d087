"""Observables and figure of a field sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.observable import Kind, Observable
from spectrafit.recording import Recording
from spectrafit.technique import Observables
from spectrafit_magnetism.charts.field_chart import field_chart
from spectrafit_magnetism.field_sweep import FieldLine, field_line
from spectrafit_magnetism.findings import Findings
from spectrafit_magnetism.header_sample import header_sample
from spectrafit_magnetism.log import MomentLog
from spectrafit_magnetism.measured import chosen_log
from spectrafit_magnetism.sample_settings import GivenSample, given_sample
from spectrafit_magnetism.settings import MagnetismSettings

__all__ = ["observed_field_sweep"]


def observed_field_sweep(
    recording: Recording, settings: MagnetismSettings, background: Sequence[Recording] = ()
) -> Observables:
    """Return what a sweep of the field shows: the slope per gram, per mole where that is known.

    Parameters
    ----------
    recording : Recording
        Of a magnetometer, the field swept at one temperature.
    settings : MagnetismSettings
        As chosen.
    background : sequence of Recording, optional
        Refused: the holder is corrected in temperature sweeps only.

    Returns
    -------
    Observables

    Raises
    ------
    SpectrafitError
        When the mass is missing, or too few fields were measured.
    """
    where = recording.name
    if background:
        raise SettingsError(
            "a holder for a field sweep", where=where, do="leave the background out"
        )
    log = chosen_log(recording, settings)
    line = field_line(log, settings.field_window_Oe)
    found = Findings(where)
    said = header_sample(recording.header, settings.header_convention)
    if not (settings.mass_mg or said.mass):
        raise SettingsError("mass missing", where=where, do="type: --set mass_mg=MILLIGRAMS")
    given = None
    if settings.molar_mass or said.molar_mass:
        given = given_sample(recording.header, settings, where)
        found.alerts += given.alerts
    else:
        found.warn(
            "MAG-117", what="chi_m", why="molar mass missing; --set molar_mass=GRAMS_PER_MOL"
        )
        if not settings.mass_error_mg:
            what = "the error of the mass is"
            found.warn("MAG-104", what=what, line="mass_error_mg=MILLIGRAMS")
    mass = settings.mass_mg or float(said.mass or 0.0)
    _add(recording, log, line, (mass, given), settings, found)
    if line.verdict != "linear":
        found.warn("MAG-120", why=line.verdict.removeprefix("not linear: "))
    chart = field_chart(log, line, simulated=recording.source.simulated)
    return Observables(
        "magnetism", tuple(found.items), charts=(chart,), alerts=tuple(dict.fromkeys(found.alerts))
    )


def _add(
    recording: Recording,
    log: MomentLog,
    line: FieldLine,
    sample: tuple[float, GivenSample | None],
    settings: MagnetismSettings,
    found: Findings,
) -> None:
    mass_mg, given = sample
    T = float(np.median(log.T))
    window = settings.field_window_Oe or (0.0, float(np.abs(log.H).max()))
    history = (
        HistoryEntry(
            "moment", {"column": log.column, "rows": len(log), "rows_left_out": log.left_out}
        ),
        HistoryEntry("field line", {"points": int(line.used.sum()), "offset_emu": line.offset}),
    )
    conventions: dict[str, Any] = {
        "field_window_Oe": list(window), "mass_mg": mass_mg, "moment": log.column,
    }  # fmt: skip
    relative = settings.mass_error_mg / mass_mg
    centre = 0.0
    if log.other is not None:
        other = np.polyfit(log.H[line.used], log.other[line.used], 1)[0]
        centre = abs(float(other) - line.slope)

    def put(key: str, unit: str, value: float, per: float, extra: dict[str, Any]) -> None:
        parts = {
            "stat": line.sigma * per,
            "mass": abs(value) * relative,
            "centre": 0.5 * centre * per,
        }
        parts |= extra.pop("parts", {})
        budget = {name: float(part) for name, part in parts.items() if part > 0.0}
        sigma = float(np.sqrt(sum(part**2 for part in budget.values()))) if relative else None
        reason = "" if relative else "the error of the mass is not told (mass_error_mg)"
        found.items.append(
            Observable(
                f"magnetism.{key}", unit, value=value, sigma=sigma, sigma_reason=reason,
                budget=budget, verdict=line.verdict, conventions={**conventions, **extra},
                conditions={"T": T}, source=recording.source, history=history,
            )
        )  # fmt: skip

    per_gram = 1e3 / mass_mg
    put("chi_g", "cm3 g-1", line.slope * per_gram, per_gram, {"diamagnetism": "not corrected"})
    if given is not None:
        own = given.sample
        matrix = 0.0 if own.matrix is None else own.matrix.moment_by_field
        dia = 0.0 if own.diamagnetism is None else own.diamagnetism.chi
        per_mol = 1.0 / own.moles
        words = "not corrected" if own.diamagnetism is None else f"{dia:g} emu/(mol Oe)"
        put(
            "chi_m", "cm3 mol-1", (line.slope - matrix) * per_mol - dia, per_mol,
            {
                "diamagnetism": words, "molar_mass": own.molar_mass,
                "parts": {"chi_dia": abs(dia) * settings.chi_dia_share},
            },
        )  # fmt: skip
    found.items.append(
        Observable(
            "magnetism.linearity", "1", Kind.CATEGORY, line.verdict.split(":")[0],
            verdict=line.verdict, conventions=conventions, conditions={"T": T},
            source=recording.source, history=history,
        )
    )  # fmt: skip
