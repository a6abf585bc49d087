"""Charts of spectra: one with its noise, or several over each other."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.conditions import conditions_text
from spectrafit.errors import SettingsError
from spectrafit.panel import Chart, Panel, Trace, TraceKind
from spectrafit.series import SpectrumSeries
from spectrafit.spectrum import Spectrum
from spectrafit.units import printed_unit, unit

__all__ = ["axis_label", "series_chart", "spectra_chart"]

BANDS = 2  # of more spectra the bands would hide the curves


def spectra_chart(
    spectra: Sequence[Spectrum], labels: Sequence[str] = (), *, title: str = ""
) -> Chart:
    """Return spectra over each other; of one or two with the band of one standard uncertainty.

    Parameters
    ----------
    spectra : sequence of Spectrum
        At least one, all in the same units.
    labels : sequence of str
        For the legend; the names of the sources when empty.
    title : str
        One line.

    Returns
    -------
    Chart
        Wavenumbers run from high to low.

    Raises
    ------
    SettingsError
        When there is none, or the units differ.
    """
    if not spectra:
        raise SettingsError("there is no spectrum to draw")
    first = spectra[0]
    for one in spectra:
        if (one.x_unit, one.y_unit) != (first.x_unit, first.y_unit):
            raise SettingsError(
                f"units are {one.x_unit} and {one.y_unit}, but {first.x_unit} and {first.y_unit} "
                f"in {first.source.name}",
                where=one.source.name,
                do="draw spectra of one unit together",
            )
    names = labels or [one.source.name for one in spectra]
    traces = tuple(
        Trace(name, one.x, one.y, TraceKind.CURVE, one.sigma if len(spectra) <= BANDS else None)
        for name, one in zip(names, spectra, strict=True)
    )
    return Chart(
        "spectrum" if len(spectra) == 1 else "spectra",
        title,
        axis_label(first.x_unit, "x"),
        (Panel(axis_label(first.y_unit, "signal"), traces),),
        simulated=any(one.source.simulated for one in spectra),
        reverse_x=first.x_unit == "cm-1",
    )


def series_chart(series: SpectrumSeries) -> Chart:
    """Return the spectra of a series over each other, each named by its condition.

    Parameters
    ----------
    series : SpectrumSeries
        In the order of one condition.

    Returns
    -------
    Chart
    """
    name = series.condition
    labels = [conditions_text({name: value}) for value in series.values.tolist()] if name else ()
    order = f"in the order of {name}" if name else "in the order given"
    return spectra_chart(series.spectra, labels, title=f"{len(series)} spectra {order}")


def axis_label(name: str, otherwise: str) -> str:
    """Return what a unit measures, with the unit.

    Parameters
    ----------
    name : str
        Unit of the table.
    otherwise : str
        Word for a plain number.

    Returns
    -------
    str
        Like ``photon energy / eV``.
    """
    if name == "1":
        return otherwise
    quantity = unit(name).quantity
    return quantity if quantity == name else f"{quantity} / {printed_unit(name)}"
