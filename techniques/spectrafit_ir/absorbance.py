"""A recording becomes absorbance: what kind of y it is, and which points cannot be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert, alert_spec
from spectrafit.errors import SettingsError
from spectrafit.history import HistoryEntry
from spectrafit.recording import Recording
from spectrafit.rounding import number_text
from spectrafit.spectrum import Spectrum
from spectrafit_ir.blocks import axis_of_block, chosen_block, kind_of_block
from spectrafit_ir.readers.gates import checked_axis, checked_ordinate, ordinate_notices
from spectrafit_ir.unusable_points import (
    CLIPPED,
    OPAQUE,
    PADDING,
    Masked,
    absorbance_values,
    masked_ranges,
    unusable,
)

__all__ = [
    "Absorbance",
    "absorbance_of",
]

_FEWEST_LEFT = 8
_ATR = re.compile(r"\bATR\b|attenuated total refl", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Absorbance:
    """A spectrum that bands can be fitted to.

    Parameters
    ----------
    spectrum : Spectrum
        x in cm-1, rising; y decadic absorbance; without the masked points.
    masked : tuple of Masked
        What was left out and why, by rising wavenumber.
    kind : str
        What the file holds: ``"absorbance"`` or ``"transmittance"``.
    notices : tuple of Alert
        What was noticed on the way.
    atr : bool
        Whether the header says attenuated total reflection: areas of distant bands are then not
        comparable, since the depth of penetration goes with the wavelength.
    """

    spectrum: Spectrum
    masked: tuple[Masked, ...]
    kind: str
    notices: tuple[Alert, ...]
    atr: bool

    def window(self, low: float, high: float) -> Spectrum:
        """Return the points of a window that lies inside the data.

        Parameters
        ----------
        low, high : float
            cm-1, both ends included.

        Returns
        -------
        Spectrum

        Raises
        ------
        SettingsError
            When the window is empty or reaches beyond the data by more than one point.
        """
        x = self.spectrum.x
        step = float(np.median(np.diff(x)))
        if not low < high or low < x[0] - step or high > x[-1] + step:
            raise SettingsError(
                f"the window {low:g} to {high:g} cm-1 is not inside the data",
                where=self.spectrum.source.name,
                do=f"the data run from {x[0]:.1f} to {x[-1]:.1f} cm-1",
            )
        return self.spectrum.window(low, high)

    def saturated_in(self, low: float, high: float) -> Masked | None:
        """Return the first saturated range in a window; its area cannot be given.

        Parameters
        ----------
        low, high : float
            cm-1.

        Returns
        -------
        Masked or None
            None where nothing in the window is saturated.
        """
        return next(iter(self.saturated(low, high)), None)

    def saturated(self, low: float, high: float) -> tuple[Masked, ...]:
        """Return all saturated ranges in a window.

        Parameters
        ----------
        low, high : float
            cm-1.

        Returns
        -------
        tuple of Masked
        """
        return tuple(one for one in self.masked if _is_saturated(one, low, high))


def _is_saturated(one: Masked, low: float, high: float) -> bool:
    return one.reason in (CLIPPED, OPAQUE) and one.low <= high and one.high >= low


def absorbance_of(recording: Recording, block: str = "", kind: str = "") -> Absorbance:
    """Return the absorbance of a recording, ``-log10 T`` where it holds a transmittance.

    Left out are runs of exact zeros at the ends of the axis, saturated points (absorbance above
    2.5, or cut off at one constant maximum) and transmittances that are not above zero. Per cent
    are told by the unit, never by the values.

    Parameters
    ----------
    recording : Recording
        Of an infrared reader.
    block : str, optional
        Name of the column; the reader's proposal when empty.
    kind : str, optional
        ``"absorbance"`` or ``"transmittance"``, where the file does not say.

    Returns
    -------
    Absorbance

    Raises
    ------
    SettingsError
        When no block is named where several are there, or the block is none of the two kinds;
        the blocks found are named.
    ReadError
        When the values contradict the kind or the unit.
    """
    name = recording.name
    chosen = chosen_block(recording, block)
    y_column = recording.column(chosen)
    x_column = recording.column(axis_of_block(recording, chosen))
    if x_column.unit not in ("cm-1", "1"):
        raise SettingsError(
            f"the axis {x_column.name!r} is in {x_column.unit}, not in cm-1",
            where=name,
            do="export the spectrum against wavenumbers; nothing is converted silently",
        )
    found = kind_of_block(recording, chosen, kind)
    if x_column.unit != "cm-1":
        raise SettingsError(
            f"the axis {x_column.name!r} has no unit",
            where=name,
            do="name it wavenumber (cm-1) in the line above the numbers",
        )
    # columns of blocks on a shorter axis are filled at the end
    held = np.isfinite(x_column.values) | np.isfinite(y_column.values)
    x = checked_axis(x_column.values[held], name)
    percent = y_column.unit == "%"
    y = checked_ordinate(y_column.values[held], name, kind=found, points=x.size, percent=percent)
    notices = ordinate_notices(y, name, kind=found, percent=percent)
    order = np.argsort(x)
    x, y = x[order], y[order]
    reasons = unusable(y, found, percent=percent)
    y = absorbance_values(y, found, percent=percent)
    masked = masked_ranges(x, reasons)
    kept = reasons == ""
    if kept.sum() < _FEWEST_LEFT:
        words = "; ".join(map(str, masked))
        raise SettingsError(
            f"usable points left: {int(kept.sum())}", where=name, do=f"left out are {words}"
        )
    notices += tuple(_notice(one, name) for one in masked)
    history = HistoryEntry(
        "absorbance",
        {
            "block": chosen,
            "kind": found,
            "percent": percent,
            "left_out": [str(one) for one in masked],
            "sorted": bool(order[0] != 0),
        },
    )
    spectrum = Spectrum(
        x[kept],
        y[kept],
        x_unit="cm-1",
        conditions=recording.conditions,
        source=recording.source,
        history=(history,),
    )
    return Absorbance(spectrum, masked, found, notices, _says_atr(recording.header))


def _notice(one: Masked, where: str) -> Alert:
    code = "READ-001" if one.reason == PADDING else "READ-002"
    low, high = number_text(one.low), number_text(one.high)
    text = f"{one.points} points from {low} to {high} cm-1 left out: {one.reason}"
    return alert_spec(code).alert(where=where, text=text)


def _says_atr(header: Mapping[str, str]) -> bool:
    return any(_ATR.search(f"{key} {value}") for key, value in header.items())
