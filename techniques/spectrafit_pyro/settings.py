"""Settings of the technique `pyro`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from spectrafit_pyro.materials import KnownMaterial

__all__ = ["PyroSettings"]


def _field(meaning: str, default: Any = None, unit: str = "1", *, matters: bool = False) -> Any:
    """Return a field; one that matters is spelt out in the first study of a folder."""
    metadata: dict[str, Any] = {"meaning": meaning, "unit": unit}
    if matters:
        metadata["matters"] = True
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class PyroSettings:
    """Settings of pyroelectric runs; every field has a meaning and a default.

    Without an area there is a current and no coefficient; without a polarity there are magnitudes.
    """

    area_mm2: float = _field(
        "area of the electrode; that of the header where it states one with its unit, when 0",
        0.0, "mm2", matters=True,
    )  # fmt: skip
    area_error_mm2: float = _field(
        "standard uncertainty of the area, a common factor of all values; not told when 0, and then "
        "values have none", 0.0, "mm2", matters=True,
    )  # fmt: skip
    polarity: Literal[0, 1, -1] = _field(
        "+1 where the electrometer counts charge that leaves the electrode on the +u face as positive, "
        "-1 for leads the other way round; that of the header, else magnitudes only, when 0",
        0, matters=True,
    )  # fmt: skip
    tilt_deg: float = _field(
        "angle between the normal of the electrode and the polar axis; p is that along the axis",
        0.0, "deg",
    )  # fmt: skip
    T0_K: float = _field(
        "temperature that the change of polarisation counts from", 20.0, "K", matters=True
    )
    plateau_K: tuple[float, float] = _field(
        "window of the plateau", (120.0, 290.0), "K", matters=True
    )
    peak_K: tuple[float, float] = _field(
        "window in which the peak is looked for and the branches are aligned", (70.0, 110.0), "K",
        matters=True,
    )  # fmt: skip
    fixed_area_K: tuple[float, float] = _field(
        "limits of the fixed area of the peak", (70.0, 110.0), "K"
    )
    lower_shoulder_K: tuple[float, float] = _field(
        "below the peak, where the local plateau line begins", (60.0, 70.0), "K"
    )
    upper_shoulder_K: tuple[float, float] = _field(
        "above the peak, where the local plateau line ends", (115.0, 125.0), "K"
    )
    peak_share: float = _field("share of the height above that line at which the peak ends", 0.1)
    grid_K: float = _field("width of a bin of temperature", 1.0, "K")
    align: bool = _field(
        "whether the branches are aligned by one lag time, found from the peak or given", True
    )
    lag_s: float | None = _field(
        "time by which the crystal follows the thermometer, where it is known; found from the peak "
        "when left out", None, "s",
    )  # fmt: skip
    longest_lag_s: float = _field("longest lag time that is looked for", 120.0, "s")
    rate_window_s: float = _field(
        "window of the local quadratic of dT/dt, 60 s at least", 60.0, "s"
    )
    least_span_K: float = _field(
        "least span of a sweep; smaller turns are noise or wobble", 5.0, "K"
    )
    offset_error_pA: float = _field(
        "standard uncertainty of a constant current: of two branches, of its change from one to the "
        "other; of one branch, of the whole offset. Not told when 0", 0.0, "pA",
    )  # fmt: skip
    rate_error: float = _field(
        "relative standard uncertainty of the rate's calibration, common to all", 0.0
    )
    reference_area_mm2: float = _field(
        "area of the reference crystal's electrode; that of its header when 0", 0.0, "mm2"
    )
    reference_area_error_mm2: float = _field(
        "its standard uncertainty; not told when 0", 0.0, "mm2"
    )
    reference_polarity: Literal[0, 1, -1] = _field(
        "polarity of the reference crystal; that of its header, else magnitudes only, when 0", 0
    )
    reference_scale: float = _field("how many times p of the reference is taken off", 1.0)
    reference_scale_range: tuple[float, float] = _field(
        "what that number may be: a systematic uncertainty", (0.0, 1.5)
    )
    least_signal: float = _field(
        "|p| below which no share of the reference is stated", 0.0, "nC cm-2 K-1"
    )
    secondary_300: float | None = _field(
        "secondary coefficient at 300 K by a model, where there is no reference crystal; it falls with "
        "the heat capacity of an Einstein oscillator", None, "nC cm-2 K-1",
    )  # fmt: skip
    theta_E_K: float = _field(
        "Einstein temperature of that model; 150 K is an assumption", 150.0, "K"
    )
    known: tuple[KnownMaterial, ...] = _field(
        "published coefficients to compare with, a table each: name, low, high, unit, T, poling and "
        "source", ()
    )  # fmt: skip
