"""Bands of one window as a model of the core: names, ranges, line shapes, local baseline, ties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from spectrafit.errors import SettingsError, nearest
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.history import frozen_mapping
from spectrafit.lines.line import Component, Line, LineParameter, Model
from spectrafit.lines.polynomial import Polynomial
from spectrafit.lines.pseudo_voigt import PseudoVoigtByArea
from spectrafit.lines.voigt import Voigt
from spectrafit.spectrum import FloatArray, Spectrum, read_only
from spectrafit_ir.bands.asked_parameters import checked_changes, inside, joined_change, with_starts

__all__ = ["BASELINE", "BandModel", "BandSpec", "LineShape", "LocalBaseline", "band_model"]

LineShape = Literal["pseudo-voigt", "gaussian", "lorentzian", "voigt"]
LocalBaseline = Literal["line", "offset", "none"]

BASELINE = "baseline"
_DEGREES: Mapping[str, int] = {"line": 1, "offset": 0}
# Lorentzian share by area of the shapes that have no mixing of their own
_MIXINGS: Mapping[str, float] = {"gaussian": 0.0, "lorentzian": 1.0}
_LINES = ("pseudo-voigt", "gaussian", "lorentzian", "voigt")
# a band narrower than two points is a spike, one wider than half the window a baseline
_LEAST_POINTS, _MOST_OF_WINDOW = 2.0, 0.5


@dataclass(frozen=True)
class BandSpec:
    """A band and where its position may lie.

    Parameters
    ----------
    name : str
        Without a dot.
    low, high : float
        Range of the position over the series, cm-1.
    """

    name: str
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.name.strip() or "." in self.name or self.name == BASELINE:
            raise SettingsError(
                f"a band called {self.name!r}", where="bands", do="give a name without a dot"
            )
        if not (np.isfinite([self.low, self.high]).all() and self.low < self.high):
            raise SettingsError(
                f"the range of band {self.name} is {self.low:g} to {self.high:g}",
                where=f"bands.{self.name}",
                do="give the lower wavenumber first, both in cm-1",
            )


@dataclass(frozen=True)
class _Displaced:
    """A line whose centre is an origin and a distance from it."""

    line: Line

    def __call__(self, x: Any, origin: Any, distance: Any, *others: Any) -> tuple[Any, ...]:
        value, by_center, *rest = self.line.function(x, origin + distance, *others)
        return value, by_center, by_center, *rest


def _displaced(line: Line) -> Line:
    center = line.parameters[0]
    rows = (
        LineParameter("origin", "x", 0.0, meaning="position of the band it is tied to"),
        LineParameter("distance", "x", 0.0, meaning="from the origin to the maximum"),
    )
    assert center.name == "center"
    return Line(
        name=f"displaced {line.name}",
        meaning=f"{line.meaning}; its centre is an origin and a distance",
        function=_Displaced(line),
        parameters=(*rows, *line.parameters[1:]),
        sources=line.sources,
    )


@dataclass(frozen=True, eq=False)
class BandModel:
    """Bands of one window with a local baseline.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Wavenumbers, rising, cm-1.
    bands : tuple of BandSpec
        In the order of all results.
    line : str
        ``"pseudo-voigt"``, ``"gaussian"``, ``"lorentzian"`` or ``"voigt"``, all by area.
    baseline : str
        ``"line"``, ``"offset"`` or ``"none"``.
    mixing : float or None
        Lorentzian share by area at which it is held; None where it is free.
    fwhm : tuple of float
        Bounds of the full width at half maximum, cm-1; of a Voigt's two parts, 0 and the upper one.
    distances : mapping of str to str
        Bands that keep a distance from another: ``{"shoulder": "main"}``.
    parameters : mapping of str to ParameterChange
        What the user changes, by full name; it comes before bounds and ties of the bands.
    """

    x: FloatArray
    bands: tuple[BandSpec, ...]
    line: LineShape
    baseline: LocalBaseline
    mixing: float | None
    fwhm: tuple[float, float]
    distances: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, ParameterChange] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the bands."""
        return tuple(band.name for band in self.bands)

    @property
    def widths(self) -> tuple[str, ...]:
        """Width parameters of a band."""
        return ("fwhm_gauss", "fwhm_lorentz") if self.line == "voigt" else ("fwhm",)

    @property
    def mixes(self) -> bool:
        """Whether the bands have a free mixing."""
        return self.line == "pseudo-voigt" and self.mixing is None

    def position_names(self, band: str) -> tuple[str, ...]:
        """Return the parameters whose sum is a band's position.

        Parameters
        ----------
        band : str
            Its name.

        Returns
        -------
        tuple of str
        """
        if band in self.distances:
            return f"{band}.origin", f"{band}.distance"
        return (f"{band}.center",)

    @property
    def shape(self) -> Line:
        """The line of all bands."""
        return Voigt if self.line == "voigt" else PseudoVoigtByArea

    @property
    def linear_names(self) -> tuple[str, ...]:
        """Areas and baseline, in which the model is linear."""
        degree = _DEGREES.get(self.baseline, -1)
        areas = (f"{band}.area" for band in self.names)
        return (*areas, *(f"{BASELINE}.c{k}" for k in range(degree + 1)))

    @property
    def components(self) -> Model:
        """The bands, and the baseline behind them."""
        shape = self.shape
        parts: list[Component] = [
            (_displaced(shape) if name in self.distances else shape)(name) for name in self.names
        ]
        if self.baseline != "none":
            middle = 0.5 * float(self.x[0] + self.x[-1])
            parts.append(Polynomial(_DEGREES[self.baseline], BASELINE, middle))
        return Model(tuple(parts))

    def start_of(self, band: str, position: Any, fwhm: Any, mixing: Any) -> dict[str, Any]:
        """Return parameters of a band's position, width and mixing, inside their bounds.

        Parameters
        ----------
        band : str
            Its name.
        position, fwhm : float or ndarray
            cm-1; the position is ignored where the band keeps a distance from another.
        mixing : float or ndarray
            Lorentzian share.

        Returns
        -------
        dict of str to float or ndarray
            By full name; a distance is not among them.
        """
        spec = self.bands[self.names.index(band)]
        width = np.clip(fwhm, *self.fwhm)
        found: dict[str, Any] = {}
        if band not in self.distances:
            found[f"{band}.center"] = np.clip(position, spec.low, spec.high)
        if self.line == "voigt":
            # both parts alike: FWHM of equal widths is 1.64 of one (Olivero, Longbothum 1977)
            found |= {f"{band}.{part}": width / 1.6376 for part in self.widths}
        else:
            found[f"{band}.fwhm"] = width
            found[f"{band}.fraction"] = mixing if self.mixes else self._held_mixing
        return found

    @property
    def _held_mixing(self) -> float:
        return _MIXINGS.get(self.line, 0.5 if self.mixing is None else self.mixing)

    def changes(self, held: Sequence[str] = ()) -> dict[str, ParameterChange]:
        """Return bounds, ties and what is fixed, what the user changes included.

        Parameters
        ----------
        held : sequence of str, optional
            Bands whose position, width and mixing are fixed.

        Returns
        -------
        dict of str to ParameterChange
        """
        found = self._own_changes()
        for name, change in self.parameters.items():
            found[name] = joined_change(found.get(name), change)
        for name, change in found.items():
            band, _, part = name.partition(".")
            if band in held and part not in ("area", "origin") and change.equals is None:
                found[name] = replace(change, fixed=True)
        return found

    def _own_changes(self) -> dict[str, ParameterChange]:
        found: dict[str, ParameterChange] = {}
        for spec in self.bands:
            name = spec.name
            if name in self.distances:
                other = self.bands[self.names.index(self.distances[name])]
                found[f"{name}.origin"] = ParameterChange(equals=f"{other.name}.center")
                found[f"{name}.distance"] = ParameterChange(
                    min=spec.low - other.high, max=spec.high - other.low
                )
            else:
                found[f"{name}.center"] = ParameterChange(min=spec.low, max=spec.high)
            least = 0.0 if self.line == "voigt" else self.fwhm[0]
            for width in self.widths:
                found[f"{name}.{width}"] = ParameterChange(min=least, max=self.fwhm[1])
            if self.line != "voigt":
                found[f"{name}.fraction"] = ParameterChange(min=0.0, max=1.0, fixed=not self.mixes)
        return found

    def asked_starts(self, start: Mapping[str, Any]) -> dict[str, Any]:
        """Return starts as the user wants them: asked values, inside all bounds, none of a tied one.

        Parameters
        ----------
        start : mapping of str to float or ndarray
            By full name.

        Returns
        -------
        dict of str to float or ndarray
        """
        return inside(with_starts(start, self.parameters), self.changes())

    def problem(self, start: Mapping[str, float], held: Sequence[str] = ()) -> Problem:
        """Return the fit problem of one row.

        Parameters
        ----------
        start : mapping of str to float
            By full name.
        held : sequence of str, optional
            Bands whose position, width and mixing are fixed.

        Returns
        -------
        Problem
        """
        size = self.x.size
        spectrum = Spectrum(self.x, np.zeros(size), np.ones(size), x_unit="cm-1", y_unit="1")
        changes = self.changes(held)
        own = {name: float(value) for name, value in inside(start, changes).items()}
        return Problem(spectrum, self.components, start=own, parameters=changes)


def band_model(
    x: ArrayLike,
    bands: Sequence[BandSpec],
    line: LineShape = "pseudo-voigt",
    baseline: LocalBaseline = "line",
    mixing: float | None = None,
    fwhm: tuple[float, float] | None = None,
    distances: Mapping[str, str] | None = None,
    parameters: Mapping[str, ParameterChange] | None = None,
) -> BandModel:
    """Return the model of some bands, checked.

    Parameters
    ----------
    x : array_like, shape (n,)
        Wavenumbers, rising, cm-1.
    bands : sequence of BandSpec
        At least one, of different names.
    line, baseline, mixing, fwhm, distances, parameters
        As of `BandModel`; without bounds, the FWHM lies between two points and half the window.

    Returns
    -------
    BandModel

    Raises
    ------
    SettingsError
        When points or bands cannot serve: no rising axis, a range outside the window, a name twice,
        an unknown shape, bounds that do not rise, a distance from a band that has one itself, a change
        of a parameter that is none.
    """
    points = read_only(x)
    if points.ndim != 1 or points.size < 4 or not (np.diff(points) > 0.0).all():
        raise SettingsError("the wavenumbers do not rise", where="x", do="sort them, cm-1")
    names = [band.name for band in bands]
    if not names or len(set(names)) != len(names):
        raise SettingsError(
            f"the bands {', '.join(names) or '(none)'}", where="bands", do="name each once"
        )
    for band in bands:
        if band.high < points[0] or band.low > points[-1]:
            raise SettingsError(
                f"band {band.name} at {band.low:g} to {band.high:g} cm-1 is outside the data, "
                f"{points[0]:g} to {points[-1]:g} cm-1",
                where=f"bands.{band.name}",
                do="change its range, or fit a wider window",
            )
    if line not in _LINES or baseline not in (*_DEGREES, "none"):
        raise SettingsError(
            f"line {line!r}, baseline {baseline!r}",
            do=f"{nearest(line, _LINES, noun='the lines')}; a baseline is line, offset or none",
        )
    if mixing is not None and not 0.0 <= mixing <= 1.0:
        raise SettingsError(f"mixing {mixing:g}", where="mixing", do="give 0 (Gaussian) to 1")
    spacing, window = float(np.median(np.diff(points))), float(points[-1] - points[0])
    bounds = (_LEAST_POINTS * spacing, _MOST_OF_WINDOW * window) if fwhm is None else fwhm
    if not 0.0 < bounds[0] < bounds[1] < np.inf:
        raise SettingsError(
            f"FWHM from {bounds[0]:g} to {bounds[1]:g}", where="fwhm", do="give 0 < low < high"
        )
    tied = dict(distances or {})
    for name, other in tied.items():
        if name not in names or other not in names or other in tied or name == other:
            raise SettingsError(
                f"a distance of {name!r} from {other!r}",
                where="distances",
                do="name two bands, the second without a distance of its own",
            )
    found = BandModel(points, tuple(bands), line, baseline, mixing, bounds, frozen_mapping(tied))
    asked = checked_changes(
        dict(parameters or {}), found.components.parameter_names, found.changes()
    )
    return replace(found, parameters=frozen_mapping(asked))
