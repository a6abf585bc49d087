"""Prepared spectra and pre-edge fits as NeXus files: NXxas and NXfit."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from spectrafit import __version__
from spectrafit.errors import SettingsError, SpectrafitError
from spectrafit.files import write_whole
from spectrafit.strict_json import json_text
from spectrafit_xas.export.table import convention_text
from spectrafit_xas.preedge.model import PreedgeFit
from spectrafit_xas.preparation import PreparedScan

__all__ = ["NXXAS_VERSIONS", "write_nxfit", "write_nxxas"]

NxxasVersion = Literal["2024-draft"]
NXXAS_VERSIONS: tuple[NxxasVersion, ...] = ("2024-draft",)
MODES = {"transmission": "transmission", "fluorescence": "fluorescence yield"}


def write_nxxas(
    path: Path, scans: Mapping[str, PreparedScan], version: NxxasVersion = "2024-draft"
) -> Path:
    """Write spectra as entries of NXxas.

    Parameters
    ----------
    path : Path
        Like ``iron.h5``.
    scans : mapping of str to PreparedScan
        By the name of their entry.
    version : str
        Of the definition; only ``2024-draft`` is known.

    Returns
    -------
    Path
        The file: energy, normalised intensity with its errors, mode, element, edge; of HERFD the
        emission line, its energy and the resolution; mu, and how it was normalised.

    Raises
    ------
    SettingsError
        For another version, or where h5py is not installed.
    SpectrafitError
        For no spectrum, or a HERFD spectrum without its emission energy, which NXxas wants.

    Notes
    -----
    NXxas is being drawn up anew (XraySpectroscopy/pynxxas); the version of 2008 holds raw counters
    only and has no place for a normalised spectrum. The switch is there for what will be decided.
    """
    if version not in NXXAS_VERSIONS:
        raise SettingsError(
            f"no version {version!r} of NXxas", do=f"the versions are: {', '.join(NXXAS_VERSIONS)}"
        )

    def fill(file: Any) -> None:
        for name, scan in scans.items():
            _xas_entry(file, name, scan, path.name)
        file.attrs["NXxas_version"] = version

    return _written(path, scans, fill)


def _xas_entry(file: Any, name: str, scan: PreparedScan, where: str) -> None:
    conditions = scan.raw.conditions
    sharp = "emission_line" in conditions
    if sharp and "emission_eV" not in conditions:
        raise SpectrafitError(
            f"{name} is HERFD without its emission energy",
            where=where,
            do="give emission_eV in the settings",
        )
    entry = _group(file, _entry_name(name), "NXentry")
    entry.attrs["default"] = "plot"
    _put(entry, "definition", "NXxas")
    _put(entry, "title", name)
    _put(entry, "mode", "HERFD" if sharp else _mode(scan))
    _put(entry, "calculated", scan.raw.source.simulated)
    _put(_group(entry, "element", "NXelement"), "symbol", scan.element)
    _put(_group(entry, "edge", "NXedge"), "name", "K")
    if sharp:
        line = _group(entry, "emission_line", "NXcollection")
        _put(line, "name", str(conditions["emission_line"]))
        _put(line, "energy", float(conditions["emission_eV"]), "eV")
        for key in ("resolution_eV", "analyser"):
            if key in conditions:
                unit = "eV" if key.endswith("_eV") else ""
                _put(line, key.removesuffix("_eV"), conditions[key], unit)
    _put(entry, "energy", scan.normalised.x, "eV")
    _put(entry, "intensity", scan.normalised.y, long_name="normalised absorption")
    if scan.normalised.sigma is not None:
        _put(entry, "intensity_errors", scan.normalised.sigma)
    plot = _group(entry, "plot", "NXdata")
    plot.attrs["signal"], plot.attrs["axes"] = "intensity", "energy"
    for field in ("energy", "intensity", "intensity_errors"):
        if field in entry:
            plot[field] = entry[field]
    _put(_group(entry, "processed", "NXcollection"), "mu", scan.raw.y, long_name=scan.formula)
    sample = _group(entry, "sample", "NXsample")
    _put(sample, "name", str(conditions.get("sample", scan.raw.source.name)))
    if isinstance(conditions.get("T"), float):
        _put(sample, "temperature", float(conditions["T"]), "K")
    _process(entry, scan)


def _mode(scan: PreparedScan) -> str:
    signal = "transmission" if scan.formula.startswith("ln(") else "fluorescence"
    return MODES[signal] if "/" in scan.formula else "not known"


def _process(entry: Any, scan: PreparedScan) -> None:
    """Write how a spectrum came about: program, every step with its settings, in words."""
    process = _group(entry, "process", "NXprocess")
    _put(process, "program", "spectrafit-suite")
    _put(process, "version", __version__)
    for number, step in enumerate(scan.normalised.history, start=1):
        note = _group(process, f"step_{number}", "NXnote")
        _put(note, "type", "application/json")
        _put(note, "description", step.step)
        _put(note, "data", json_text(dict(step.settings)))
    notes = _group(process, "notes", "NXnote")
    _put(notes, "type", "text/plain")
    _put(notes, "data", convention_text(scan))
    source = scan.raw.source
    _put(process, "source_file", source.name)
    if source.sha256:
        _put(process, "source_sha256", source.sha256)
    _put(process, "simulated", source.simulated)


def write_nxfit(path: Path, fits: Mapping[str, tuple[PreparedScan, PreedgeFit]]) -> Path:
    """Write pre-edge fits as NXfit, one entry each.

    Parameters
    ----------
    path : Path
        Like ``fits.h5``.
    fits : mapping of str to (PreparedScan, PreedgeFit)
        By the name of their entry.

    Returns
    -------
    Path
        The file: data, sum of the fit and residual; every peak and the background with its curve and its
        parameters, each with its error or the reason why it has none; chi2.

    Raises
    ------
    SettingsError
        Where h5py is not installed.
    SpectrafitError
        When there is no fit.

    Notes
    -----
    Base classes NXfit, NXpeak, NXfit_background, NXfit_function and NXparameters of the NeXus
    definitions of 2025. Drafts before had ``envelope`` in place of ``fit_sum``, ``formula`` in place
    of ``formula_description``, and the residual with the other sign.
    """

    def fill(file: Any) -> None:
        for name, (scan, fit) in fits.items():
            entry = _group(file, _entry_name(name), "NXentry")
            entry.attrs["default"] = "fit"
            _put(entry, "title", name)
            _fit_group(entry, fit)
            _process(entry, scan)

    return _written(path, fits, fill)


def _fit_group(entry: Any, fit: PreedgeFit) -> None:
    x, values, result = fit.spectrum.x, fit.values, fit.result
    group = _group(entry, "fit", "NXfit")
    group.attrs["default"] = "data"
    _put(group, "label", f"{len(fit.peaks)} peaks over {fit.background}")
    data = _group(group, "data", "NXdata")
    data.attrs["signal"], data.attrs["axes"] = "input_dependent", "input_independent"
    data.attrs["auxiliary_signals"] = ["fit_sum"]
    _put(data, "input_independent", x, "eV")
    _put(data, "input_dependent", fit.spectrum.y)
    if fit.spectrum.sigma is not None:
        _put(data, "input_dependent_errors", fit.spectrum.sigma)
    _put(data, "fit_sum", fit.model.evaluate(x, values))
    _put(data, "residual", fit.residual)
    for i, component in enumerate(fit.model.components):
        is_peak = component.name in fit.peaks
        place = fit.peaks.index(component.name) if is_peak else i
        label = f"peak_{place}" if is_peak else f"background_{component.name}"
        part = _group(group, label, "NXpeak" if is_peak else "NXfit_background")
        _put(part, "label", component.name)
        curve = component.evaluate(x, values)
        inside = _group(part, "data", "NXdata")
        inside.attrs["signal"], inside.attrs["axes"] = "intensity", "position"
        _put(inside, "position", x, "eV")
        _put(inside, "intensity", curve)
        if is_peak:
            _put(part, "total_area", component.area(values), "eV")
        function = _group(part, "function", "NXfit_function")
        _put(function, "function_type", type(component).__name__)
        parameters = _group(function, "fit_parameters", "NXparameters")
        for name in result.names:
            if name.partition(".")[0] != component.name:
                continue
            field = _put(parameters, name.partition(".")[2], values[name])
            field.attrs["units"] = result.units[result.names.index(name)]
            sigma = result.sigma(name)
            if sigma is None:
                field.attrs["no_error_because"] = result.reasons[result.names.index(name)]
            else:
                field.attrs["standard_uncertainty"] = sigma
    total = _group(group, "global_fit_function", "NXfit_function")
    _put(
        total,
        "formula_description",
        " + ".join(component.name for component in fit.model.components),
    )
    error = _group(group, "error_function", "NXfit_function")
    _put(error, "description", f"least squares, noise {result.noise}; engine {result.engine}")
    merit = _put(group, "figure_of_merit_chi2", result.chi2)
    merit.attrs["metric"] = "chi2, the sum of squared weighted residuals"
    _put(group, "points", result.ndata)
    _put(group, "free_parameters", result.nvary)


def _written(path: Path, items: Mapping[str, object], fill: Callable[[Any], None]) -> Path:
    if not items:
        raise SpectrafitError("nothing to write", where=path.name)
    try:
        import h5py
    except ImportError as error:
        raise SettingsError(
            "NeXus files need h5py", do='install it: pip install "spectrafit-suite[formats]"'
        ) from error
    content = io.BytesIO()
    with h5py.File(content, "w", track_order=True) as file:
        file.attrs["NX_class"] = "NXroot"
        file.attrs["creator"] = f"spectrafit-suite {__version__}"
        file.attrs["default"] = _entry_name(next(iter(items)))
        fill(file)
    return write_whole(path, content.getvalue())


def _group(parent: Any, name: str, nx_class: str) -> Any:
    if name in parent:
        raise SpectrafitError(f"two entries are called {name!r}", do="name them apart")
    group = parent.create_group(name)
    group.attrs["NX_class"] = nx_class
    return group


def _put(group: Any, name: str, value: object, unit: str = "", *, long_name: str = "") -> Any:
    data = np.array(value) if isinstance(value, np.ndarray) else value
    field = group.create_dataset(name, data=data)
    if unit:
        field.attrs["units"] = unit
    if long_name:
        field.attrs["long_name"] = long_name
    return field


def _entry_name(name: str) -> str:
    """Return a name that NeXus allows: letters, digits, underscores, points; no leading digit."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "_.") else "_" for c in name)
    return kept if kept[:1].isalpha() or kept[:1] == "_" else f"_{kept}"
