"""The sides of a comparison, calibrated and normalised; those that must not be compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit.technique import ComparedScans, InputSpec, inputs_of
from spectrafit_xas.comparison.settings import XasComparisonSettings
from spectrafit_xas.emission import herfd_basis
from spectrafit_xas.preparation import PreparedScan, prepared_scan
from spectrafit_xas.settings import XanesSettings

__all__ = ["ComparedSide", "comparison_alerts", "prepared_side"]


@dataclass(frozen=True, eq=False)
class ComparedSide:
    """One side of a comparison, calibrated and normalised.

    Parameters
    ----------
    scans : ComparedScans
        As they were handed over.
    settings : XanesSettings
        Of the side.
    scan : PreparedScan
        Calibrated, merged where there are repeats, normalised.
    """

    scans: ComparedScans
    settings: XanesSettings
    scan: PreparedScan

    @property
    def axis(self) -> str:
        """Its energy convention in words."""
        return self.scan.calibration.label if self.scan.calibration else "no foil record"


def prepared_side(scans: ComparedScans, inputs: Sequence[InputSpec]) -> ComparedSide:
    """Return a side calibrated, merged and normalised.

    Parameters
    ----------
    scans : ComparedScans
        With the settings of ``xanes`` or ``herfd``.
    inputs : sequence of InputSpec
        Declared inputs of the technique.

    Returns
    -------
    ComparedSide

    Raises
    ------
    SpectrafitError
        For another technique's scans, or where they cannot be prepared.
    """
    if not isinstance(scans.settings, XanesSettings):
        raise SpectrafitError(
            f"{scans.label} is no K-edge absorption spectrum", do="compare spectra of one kind"
        )
    given = inputs_of(scans.inputs, inputs, where=scans.technique)
    scan = prepared_scan(given["sample"], given["calibration"], scans.settings)
    return ComparedSide(scans, scans.settings, scan)


def comparison_alerts(
    sides: Sequence[ComparedSide], settings: XasComparisonSettings
) -> tuple[Alert, ...]:
    """Return what to know of the sides, or refuse to compare them.

    Parameters
    ----------
    sides : sequence of ComparedSide
        At least one.
    settings : XasComparisonSettings
        Whether they are compared in absolute energy.

    Returns
    -------
    tuple of Alert
        XAS-114 for unequal emission energies.

    Raises
    ------
    SpectrafitError
        For different elements, HERFD with conventional spectra (code XAS-113), and, in absolute
        energy, axes without a common convention.
    """
    first = sides[0]
    alerts: tuple[Alert, ...] = ()
    for other in sides[1:]:
        where = f"{first.scans.label} and {other.scans.label}"
        if other.scan.element != first.scan.element:
            raise SpectrafitError(
                f"the K edges of {first.scan.element} and {other.scan.element} are not compared",
                where=where,
                do="compare spectra of one edge",
            )
        labels = (first.scans.label, other.scans.label)
        found = herfd_basis.comparison_alerts(first.scan.normalised, other.scan.normalised, labels)
        refusal = next((alert for alert in found if alert.code == "XAS-113"), None)
        if refusal is not None:
            raise SpectrafitError(refusal.text, do=refusal.do, code=refusal.code)
        alerts += found
        if settings.absolute_energy:
            _check_axes(first, other, where)
    return alerts


def _check_axes(first: ComparedSide, other: ComparedSide, where: str) -> None:
    advice = (
        "give both the same foil convention (uses = { calibration = ... } and foil_eV), or set "
        "absolute_energy = false to compare their shapes after alignment"
    )
    if first.axis != other.axis or first.scan.calibration is None:
        words = first.axis if first.axis == other.axis else f"{first.axis}, {other.axis}"
        missing = first.scan.calibration is None or other.scan.calibration is None
        raise SpectrafitError(
            f"not compared in absolute energy: {words}",
            where=where,
            do=advice,
            code="XAS-100" if missing else "",
        )
    kernels = sorted({first.settings.kernel_eV, other.settings.kernel_eV})
    if len(kernels) > 1:
        raise SpectrafitError(
            "not compared in absolute energy: the foils were read with kernels of "
            f"{' and '.join(f'{kernel:g}' for kernel in kernels)} eV, which move them",
            where=where,
            do=advice,
        )
