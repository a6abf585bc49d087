"""The change of polarisation from T0 and the curves of p, as observables."""

from __future__ import annotations

import numpy as np

from spectrafit.observable import Observable
from spectrafit.spectrum import FloatArray
from spectrafit_pyro.alerts import pyro_alert
from spectrafit_pyro.findings import Findings
from spectrafit_pyro.origin import Origin
from spectrafit_pyro.polarisation import Polarisation, polarisation

__all__ = ["change_items", "curve_items", "dP_of", "reference_curve_items"]

MOST_POINTS = 300
"""Of a curve; what is more is thinned."""
REFERENCE_STRIDE = 5
COMMON = "area, rate, offset"
"""Parts of the budget that all points of a curve have in common."""


def dP_of(origin: Origin) -> Polarisation:
    """Return dP(T) of a run from T0.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Polarisation

    Raises
    ------
    SettingsError
        For a T0 that the data do not cover.
    """
    run = origin.run
    return polarisation(
        run.best, run.settings.T0_K, rate_relative=run.settings.rate_error,
        offset_sigma=run.settings.offset_error_pA, rate=run.rate_gap,
    )  # fmt: skip


def change_items(origin: Origin) -> Findings:
    """Return the total change of polarisation; without a polarity there is none.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Findings
    """
    found, run = Findings(), origin.run
    if run.electrode.polarity is None:
        return found

    def total() -> None:
        change = dP_of(origin)
        row = int(change.temperature.size - 1)
        found.items.append(_dP_item(_integrated(origin), change, row, "dP_total", to=True))

    found.attempt(f"the change of polarisation from T0_K = {run.settings.T0_K:g}", run.name, total)
    return found


def _integrated(origin: Origin) -> Origin:
    return origin.after("integral", T0_K=origin.run.settings.T0_K)


def _dP_item(
    origin: Origin, change: Polarisation, row: int, quantity: str, *, to: bool = False
) -> Observable:
    value, T = float(change.value[row]), float(change.temperature[row])
    noise = float(np.sqrt(max(change.noise[row, row], 0.0)))
    budget = origin.scaled(value, noise, float(change.offset[row]))
    more = {"to_K": T} if to else {"common": COMMON}
    return origin.item(
        f"pyro.{quantity}", "uC cm-2", value, budget, reason=origin.area_reason(),
        verdict="" if origin.run.joint is not None else "offset not testable",
        conditions=None if to else {"T": T, "branch": origin.run.branch}, T0_K=change.T0, **more,
    )  # fmt: skip


def curve_items(origin: Origin) -> Findings:
    """Return the points of p(T) and dP(T), or of ``|p|`` where no polarity is told.

    Parameters
    ----------
    origin : Origin
        Of the run.

    Returns
    -------
    Findings
    """
    found, run = Findings(), origin.run
    T, p = run.best.temperature, run.best.p
    stride = -(-T.size // MOST_POINTS)
    # multiples of the wider step, so that curves of several runs share their temperatures
    rows = np.flatnonzero(np.rint(T / run.settings.grid_K).astype(int) % stride == 0)
    if stride > 1:
        found.alerts.append(
            pyro_alert("PYRO-115").alert(
                where=run.name, kept=rows.size, count=T.size, step=stride * run.settings.grid_K
            )
        )
    noise, in_p = _noise(origin) | {"bins": _bins(origin)}, origin.offset_in_p()
    verdict = "" if run.joint is not None else "offset not testable"
    reason = origin.area_reason()
    for row in rows.tolist():
        budget = origin.scaled(float(p[row]), 0.0, in_p) | {
            name: float(part[row]) for name, part in noise.items() if part[row] > 0.0
        }
        found.items.append(
            origin.item(
                origin.key("p"), "nC cm-2 K-1", float(p[row]), budget, reason=reason, verdict=verdict,
                conditions={"T": float(T[row]), "branch": run.branch}, common=COMMON,
            )
        )  # fmt: skip
    if run.electrode.polarity is None:
        return found

    def changes() -> None:
        change, own = dP_of(origin), _integrated(origin)
        found.items.extend(
            _dP_item(own, change, row, "dP") for row in rows.tolist() if change.value[row] != 0.0
        )

    found.attempt(f"dP from T0_K = {run.settings.T0_K:g}", run.name, changes)
    return found


def reference_curve_items(reference: Origin, sample: Origin) -> Findings:
    """Return p of the reference crystal, as a datum for the secondary part of the sample's p.

    Its errors are named apart from those of the sample, whose electrode is another. Every fifth
    point is kept: its curve has no peak.

    Parameters
    ----------
    reference : Origin
        Of the run of the reference crystal.
    sample : Origin
        Of the run of the sample.

    Returns
    -------
    Findings
    """
    found, run = Findings(), reference.run
    if run.electrode.polarity is None:
        return found
    noise, in_p = _noise(reference), reference.offset_in_p()
    for row in range(0, run.best.temperature.size, REFERENCE_STRIDE):
        p, T = float(run.best.p[row]), float(run.best.temperature[row])
        budget = {
            f"reference {name}": part for name, part in reference.scaled(p, 0.0, in_p).items()
        } | {name: float(part[row]) for name, part in noise.items() if part[row] > 0.0}
        found.items.append(
            reference.item(
                "pyro.p_reference", "nC cm-2 K-1", p, budget, reason=reference.area_reason(),
                verdict="" if run.joint is not None else "offset not testable",
                conditions={**sample.conditions, "T": T, "branch": run.branch},
                common=", ".join(f"reference {part}" for part in COMMON.split(", ")),
            )
        )  # fmt: skip
    return found


def _bins(origin: Origin) -> FloatArray:
    """Return by how much the mean over a bin of a bent curve is off its middle.

    A twenty-fourth of the second derivative times the width of the bin squared.
    """
    p = origin.run.best.p
    bend = np.zeros_like(p)
    bend[1:-1] = np.abs(np.diff(p, 2))  # per grid step squared
    # noise bends a flat curve too: what it makes of the second difference is taken off
    white = origin.run.best.white
    return np.asarray(np.sqrt(np.maximum(bend**2 - 6.0 * white**2, 0.0)) / 24.0)


def _noise(origin: Origin) -> dict[str, FloatArray]:
    """Return the noise of the current, and that of the rate, which neighbours share."""
    best = origin.run.best
    shared = np.sqrt(sum((part.sigma**2 for part in best.rate_noise), np.zeros_like(best.white)))
    return {"white": np.asarray(best.white), "rate noise": np.asarray(shared)}
