"""Difference spectra with the noise of both spectra, and what a shift of bands would explain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.spectrum import FloatArray, read_only
from spectrafit_ir.charts.series_axes import WAVENUMBER, band_marks

__all__ = ["Difference", "difference_chart"]

_MOST_PANELS = 5


@dataclass(frozen=True, eq=False)
class Difference:
    """A spectrum less another.

    Parameters
    ----------
    label : str
        Like ``100 K − 80 K``.
    values : array_like, shape (n,)
        Absorbance.
    sigma : array_like, shape (n,) or ()
        Standard deviation of the noise of both spectra together, absorbance.
    explained : array_like, shape (n,), or None
        What a shift and a broadening of the bands of the reference explain of it.
    share : float or None
        Their share of the sum of squares.
    """

    label: str
    values: FloatArray
    sigma: FloatArray
    explained: FloatArray | None = None
    share: float | None = None

    def __post_init__(self) -> None:
        values, sigma = read_only(self.values), read_only(self.sigma)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "sigma", read_only(sigma + 0.0 * values))
        if self.explained is not None:
            object.__setattr__(self, "explained", read_only(self.explained))

    def __reduce__(self) -> tuple[object, ...]:
        return Difference, (self.label, self.values, self.sigma, self.explained, self.share)


def difference_chart(
    x: FloatArray,
    differences: Sequence[Difference],
    *,
    bands: Mapping[str, float] | None = None,
    title: str = "Difference spectra",
    simulated: bool,
) -> Chart:
    """Return difference spectra, each with its noise as a band around zero.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, cm-1.
    differences : sequence of Difference
        In the order of their panels; of more than five, all are in one panel.
    bands : mapping of str to float, optional
        Wavenumbers to mark by name, cm-1.
    title : str, optional
        One line.
    simulated : bool
        Whether the data say that they are simulated.

    Returns
    -------
    Chart

    Raises
    ------
    SettingsError
        When there is nothing to draw, or shapes disagree.
    """
    if not differences:
        raise SettingsError("no difference spectrum to draw")
    if any(one.values.shape != x.shape for one in differences):
        raise SettingsError("a difference spectrum is not as long as its axis", where=title)
    marks = band_marks(bands or {})
    if len(differences) > _MOST_PANELS:
        traces = tuple(Trace(one.label, x, one.values, TraceKind.CURVE) for one in differences)
        widest = max(differences, key=lambda one: float(one.sigma.max()))
        panels: tuple[Panel, ...] = (
            Panel("Δ absorbance", (_noise(x, widest), *traces), zero_line=True, x_marks=marks),
        )
    else:
        panels = tuple(
            Panel(f"Δ absorbance, {one.label}", _traces(x, one), zero_line=True, x_marks=marks)
            for one in differences
        )
    return Chart(
        "differences", title, WAVENUMBER, panels, _caption(differences), simulated, reverse_x=True
    )


def _noise(x: FloatArray, one: Difference) -> Trace:
    return Trace("noise, ±1 σ", x, 0.0 * one.sigma, TraceKind.BACKGROUND, one.sigma)


def _traces(x: FloatArray, one: Difference) -> tuple[Trace, ...]:
    found = [_noise(x, one), Trace("difference", x, one.values, TraceKind.CURVE)]
    if one.explained is not None:
        found.append(Trace("shift and broadening", x, one.explained, TraceKind.TOTAL))
    return tuple(found)


def _caption(differences: Sequence[Difference]) -> str:
    shares = [
        f"{one.label} {100 * one.share:.0f} %" for one in differences if one.share is not None
    ]
    told = (
        f" Explained by a shift and a broadening of the reference: {'; '.join(shares)}."
        if shares
        else ""
    )
    return f"Noise: one standard deviation, that of both spectra together.{told}"
