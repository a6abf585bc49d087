"""Scans as they are handed over by the command line, written in one of the kinds of files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError, SpectrafitError, nearest
from spectrafit.fit.result import FitResult
from spectrafit.technique import (
    ExportedScan,
    ExportFormat,
    InputSpec,
    Observables,
    checked_settings,
    inputs_of,
)
from spectrafit_xas.export.larch import write_athena
from spectrafit_xas.export.nexus import write_nxfit, write_nxxas
from spectrafit_xas.export.table import write_csv
from spectrafit_xas.preedge.model import PreedgeFit, preedge_model
from spectrafit_xas.preparation import PreparedScan, fit_region, prepared_scan
from spectrafit_xas.settings import XanesSettings

__all__ = ["EXPORT_FORMATS", "export_scans"]

FIT = "nxfit"
EXPORT_FORMATS = (
    ExportFormat("csv", "mu, normalised, flattened, sigma: a table, each on its energies", ".csv"),
    ExportFormat("athena", "an Athena project with E0, ranges and edge step; by xraylarch", ".prj"),
    ExportFormat("nxxas", "NeXus: normalised spectra with element, edge and every step", ".h5"),
    ExportFormat(FIT, "NeXus: pre-edge fits with every curve and parameter", ".h5"),
)
_SPECTRA: Mapping[str, Callable[[Path, Mapping[str, PreparedScan]], Path]] = {
    "csv": write_csv,
    "athena": write_athena,
    "nxxas": write_nxxas,
}

Told = dict[str, tuple[Alert, ...] | SpectrafitError]


def export_scans(
    scans: Sequence[ExportedScan],
    kind: str,
    path: Path,
    observe: Callable[[ExportedScan], Observables],
    inputs: Sequence[InputSpec],
    where: str,
) -> Told:
    """Write scans into one file, prepared as a run prepares them.

    Parameters
    ----------
    scans : sequence of ExportedScan
        One or several.
    kind : str
        Name of one of `EXPORT_FORMATS`.
    path : Path
        The file.
    observe : callable
        Fits a scan as a run does; only a file of fits needs it.
    inputs : sequence of InputSpec
        Declared inputs of the technique.
    where : str
        Name of the technique, for messages.

    Returns
    -------
    dict of str to tuple of Alert, or SpectrafitError
        By name of the scan: what to know of it, or why it is not in the file.

    Raises
    ------
    SettingsError
        For an unknown kind, or where what it needs is not installed.
    SpectrafitError
        Where the file cannot be written.
    """
    if kind != FIT and kind not in _SPECTRA:
        names = [one.name for one in EXPORT_FORMATS]
        raise SettingsError(
            f"{where} writes no {kind!r}", do=nearest(kind, names, noun="the kinds")
        )
    told: Told = {}
    prepared: dict[str, PreparedScan] = {}
    fits: dict[str, tuple[PreparedScan, PreedgeFit]] = {}
    for one in scans:
        try:
            chosen = checked_settings(one.settings, XanesSettings, where=where)
            given = inputs_of(one.inputs, inputs, where=where)
            scan = prepared_scan(given["sample"], given["calibration"], chosen)
            told[one.name] = scan.alerts
            if kind == FIT:
                found = observe(one)
                assert found.fit is not None
                fits[one.name] = (scan, _fit_of(scan, chosen, found.fit))
                told[one.name] = found.alerts
            prepared[one.name] = scan
        except SpectrafitError as error:
            told[one.name] = error
    if prepared:
        if kind == FIT:
            write_nxfit(path, fits)
        else:
            _SPECTRA[kind](path, prepared)
    return told


def _fit_of(scan: PreparedScan, settings: XanesSettings, result: FitResult) -> PreedgeFit:
    """Return the fit that an observation has made, with its model and points."""
    count = len({name.partition(".")[0] for name in result.names if name.startswith("peak")})
    model, _ = preedge_model(settings, count, settings.background, scan.window_eV)
    peaks = tuple(f"peak{i + 1}" for i in range(count))
    return PreedgeFit(fit_region(scan, settings), model, peaks, settings.background, result)
