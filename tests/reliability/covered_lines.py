"""Simulated line spectra of known truth, fitted with the problems that the techniques build."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from mossbauer_axes import expected_doublet, simulated_axis, simulated_scale, velocities
from reliability.covered import Covered, Told, linear

from spectrafit.fit.fit_stack import FitStack
from spectrafit.fit.many import fit_many
from spectrafit.fit.parameters import ParameterChange
from spectrafit.fit.problem import Problem
from spectrafit.fit.weak import WEAK_BELOW
from spectrafit.spectrum import FloatArray, Spectrum
from spectrafit_ir.bands.band_model import BandSpec, band_model
from spectrafit_ir.bands.profile import fit_bands
from spectrafit_ir.simulate import pseudo_voigt_area
from spectrafit_mossbauer.absorption.fitted import FittedSites, site_stack
from spectrafit_mossbauer.absorption.sites import doublets
from spectrafit_mossbauer.absorption.starts import starts_of
from spectrafit_mossbauer.verdicts import verdicts, weak_sites
from spectrafit_xas.preedge.model import preedge_model
from spectrafit_xas.settings import XanesSettings

# fixed before looking
XANES_STATE, MOSSBAUER_STATE, IR_STATE = 20_501, 20_502, 20_503
# results that are looked at one by one, as a user gets them
LOOKED_AT = 150
# of spectra of sites: each is tried as magnetic too
SITES_LOOKED_AT = 40
WINDOW = (7107.0, 7118.0)
# absorption on which the pre-edge stands, in edge steps: what lies below the edge is counted too
_BELOW = 0.06


@dataclass(frozen=True)
class Regime:
    """Two peaks, the second of which is looked at.

    Parameters
    ----------
    name : str
        ``"strong"``, ``"overlapping"``, ``"weak"`` or ``"absent"``.
    apart : float
        Distance of the peaks in their common FWHM.
    second : float
        Height of the second over that of the first.
    noises : tuple of float
        Counts, or 1/noise.
    """

    name: str
    apart: float
    second: float
    noises: tuple[float, ...]


def stack_quantity(
    stack: FitStack, gradient: Callable[[Mapping[str, FloatArray]], Mapping[str, FloatArray]]
) -> FloatArray:
    """Return the linear error of a quantity in every fit, from its derivatives by name."""
    by_name = {name: stack.value(name) for name in stack.names}
    slopes = np.zeros(stack.values.shape)
    for name, slope in gradient(by_name).items():
        slopes[:, stack.names.index(name)] = slope
    variance = np.einsum("ni,nij,nj->n", slopes, stack.covariance, slopes)
    owners = stack.problem.tie_matrix != 0.0
    without = (stack.without_error @ owners.T) & (slopes != 0.0)
    return np.where(without.any(axis=1) | (variance <= 0.0), np.nan, np.sqrt(np.abs(variance)))


XANES = (
    Regime("strong", 1.3, 1.0, (1e5, 1e6)),
    Regime("overlapping", 0.7, 1.0, (1e6,)),
    Regime("weak", 1.3, 1.0, (1e3, 1e4)),
    Regime("absent", 1.3, 0.0, (1e4,)),
)


def xanes_problem(regime: Regime, counts: float) -> tuple[Problem, dict[str, float], FloatArray]:
    """Return the pre-edge problem of two Pearson VII of one width, the truth, and the clean curve."""
    settings = XanesSettings(peaks=2)
    model, changes = preedge_model(settings, 2, settings.background, WINDOW)
    x = np.arange(WINDOW[0], WINDOW[1] + 1e-9, 0.15)
    truth = {
        "peak1.center": 7111.6, "peak1.fwhm": 1.8, "peak1.height": 0.045,
        "peak2.center": 7111.6 + 1.8 * regime.apart, "peak2.fwhm": 1.8,
        "peak2.height": 0.045 * regime.second,
        "peak1.exponent": settings.exponent, "peak2.exponent": settings.exponent,
        "base.c0": 0.02, "base.c1": 1e-3,
        "edge.center": WINDOW[1] + 4.5, "edge.fwhm": 6.0, "edge.top": 0.16,
    }  # fmt: skip
    for i in (1, 2):
        center = truth[f"peak{i}.center"]
        reach = settings.center_reach_eV
        changes[f"peak{i}.center"] = ParameterChange(min=center - reach, max=center + reach)
    clean = model.evaluate(x, truth)
    start = {
        name: value
        for name, value in truth.items()
        if changes.get(name, ParameterChange()).equals is None
    }
    start["peak2.height"] = max(start["peak2.height"], 0.005)
    fixed = {f"peak{i}.exponent" for i in (1, 2)}
    start = {name: value for name, value in start.items() if name not in fixed}
    sigma = np.sqrt((clean + _BELOW) / counts)
    problem = Problem(Spectrum(x, clean, sigma, "eV", "1"), model, start=start, parameters=changes)
    return problem, truth, clean


def xanes_stack(regime: Regime, counts: float, count: int) -> tuple[FitStack, dict[str, float]]:
    """Return the fits of simulated pre-edges with Poisson counts, sigma the root of the counts."""
    problem, truth, clean = xanes_problem(regime, counts)
    rng = np.random.default_rng([XANES_STATE, *regime.name.encode(), int(counts)])
    drawn = rng.poisson(counts * (clean + _BELOW), (count, clean.size)).astype(float)
    sigma = np.sqrt(np.maximum(drawn, 1.0)) / counts
    return fit_many(problem, drawn / counts - _BELOW, sigma=sigma, engine="batch"), truth


def xanes_rows(regime: Regime, counts: float, count: int) -> list[Covered]:
    """Return the coverage of total area, centroid, and the second peak's energy and area."""
    stack, truth = xanes_stack(regime, counts, count)
    model = stack.problem.model[0]
    unit = model.component("peak1").area({**truth, "peak1.height": 1.0, "peak1.fwhm": 1.0})
    value = {name: stack.value(name) for name in stack.names}
    names = ("peak1", "peak2")
    areas = [unit * value[f"{one}.height"] * value[f"{one}.fwhm"] for one in names]
    total = areas[0] + areas[1]
    centroid = (areas[0] * value["peak1.center"] + areas[1] * value["peak2.center"]) / total
    true = [unit * truth[f"{one}.height"] * truth[f"{one}.fwhm"] for one in names]
    true_centroid = sum(
        a * truth[f"{one}.center"] for a, one in zip(true, names, strict=True)
    ) / sum(true)

    def by_area(v: Mapping[str, FloatArray], which: Sequence[str]) -> dict[str, FloatArray]:
        slopes = {f"{one}.height": unit * v[f"{one}.fwhm"] for one in which}
        return slopes | {f"{one}.fwhm": unit * v[f"{one}.height"] for one in which}

    def by_centroid(v: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        slopes: dict[str, FloatArray] = {}
        for one, area in zip(names, areas, strict=True):
            slopes[f"{one}.center"] = area / total
            for part, slope in by_area(v, [one]).items():
                slopes[part] = slope * (v[f"{one}.center"] - centroid) / total
        return slopes

    looked = [stack.result(row) for row in range(min(count, LOOKED_AT))]

    def told(*peaks: str) -> float:
        alerted = [bool({f"{one}.height" for one in peaks} & set(one.weak)) for one in looked]
        without = [any(one.sigma(f"{p}.height") is None for p in peaks) for one in looked]
        return Told(np.array(alerted), np.array(without)).share

    where = ("xanes", regime.name, f"{counts:.0e} counts".replace("e+0", "e"))
    second = stack_quantity(stack, lambda v: by_area(v, ["peak2"]))
    rows = [
        linear(
            (*where, "area of both"), total, stack_quantity(stack, lambda v: by_area(v, names)),
            sum(true), told(*names),
        ),
        linear((*where, "area of peak 2"), areas[1], second, true[1], told("peak2")),
    ]  # fmt: skip
    if regime.second > 0.0:
        energy = value["peak2.center"], stack.sigma("peak2.center"), truth["peak2.center"]
        rows += [
            linear(
                (*where, "centroid"), centroid, stack_quantity(stack, by_centroid), true_centroid,
                told(*names),
            ),
            linear((*where, "energy of peak 2"), *energy, told("peak2")),
        ]  # fmt: skip
    return rows


@dataclass(frozen=True)
class Doublets:
    """A spectrum of one doublet or of two, the second of which is looked at.

    Parameters
    ----------
    name : str
        ``"strong"``, ``"overlapping"``, ``"weak"`` or ``"absent"``.
    counts : float
        A channel.
    depths : tuple of float
        Of the lines of each doublet, as shares of the counts.
    shifts, splittings : tuple of float
        mm/s.
    """

    name: str
    counts: float
    depths: tuple[float, ...]
    shifts: tuple[float, ...] = (0.42, 0.95)
    splittings: tuple[float, ...] = (0.7, 2.4)


MOSSBAUER = (
    Doublets("strong", 1e3, (0.4,)),
    Doublets("strong", 1e4, (0.15,)),
    Doublets("strong", 1e5, (0.05,)),
    Doublets("strong", 1e6, (0.02,)),
    Doublets("strong", 1e6, (0.03, 0.04)),
    Doublets("overlapping", 1e6, (0.05, 0.05), (0.42, 0.50), (1.0, 1.4)),
    Doublets("weak", 1e4, (0.04,)),
    Doublets("weak", 1e4, (0.03,)),
    Doublets("weak", 1e4, (0.01,)),
    Doublets("weak", 1e5, (0.05, 0.008)),
    Doublets("absent", 1e4, (0.0,)),
    Doublets("absent", 1e5, (0.05, 0.0)),
)
_FWHM = 0.28


def mossbauer_fits(regime: Doublets, count: int) -> tuple[list[FittedSites], FitStack]:
    """Return fits of simulated runs, the first of them as results with what is read off them."""
    scale = simulated_scale(channels=256, fastest=4.0)
    v = velocities(scale)
    shares = np.ones(v.size)
    lines = zip(regime.depths, regime.shifts, regime.splittings, strict=False)
    for depth, shift, splitting in lines:
        shares += expected_doublet(v, 1.0, shift, splitting, _FWHM, depth) - 1.0
    seed = np.random.SeedSequence(
        [
            MOSSBAUER_STATE,
            *regime.name.encode(),
            int(regime.counts),
            *(int(1e4 * d) for d in regime.depths),
        ]
    )
    seeds = seed.generate_state(count)
    axes = [simulated_axis(regime.counts * shares, scale, int(one)) for one in seeds]
    sites = doublets(len(regime.depths))
    starts = [starts_of(axis, sites, 1)[0] for axis in axes]
    stack, model = site_stack(axes, sites, starts)
    if len(sites) > 1:
        stack = _lower(stack, site_stack(axes, sites, [_true_start(regime)] * count)[0])
    looked = [
        FittedSites(axes[row], sites, stack.result(row), model)
        for row in range(min(count, SITES_LOOKED_AT))
    ]
    return looked, stack


def _true_start(regime: Doublets) -> dict[str, float]:
    start = {f"{term}.scale": 0.0 for term in ("b1", "b2", "b3", "b4")}
    start["b0.scale"] = regime.counts
    for i, depth in enumerate(regime.depths):
        own = f"site{i + 1}."
        start[own + "center"], start[own + "splitting"] = regime.shifts[i], regime.splittings[i]
        start[own + "fwhm_low"] = start[own + "fwhm_high"] = _FWHM
        start[own + "area"] = -np.pi * _FWHM * max(depth, 2e-3) * regime.counts
    return start


def _lower(one: FitStack, other: FitStack) -> FitStack:
    """Return of each spectrum the lower fit; the second where both are one minimum.

    The technique looks for the lowest with up to eight starts, one spectrum after another.
    """
    choose = other.chi2 <= one.chi2 + 1e-3
    rows = np.arange(len(one)) + np.where(choose, len(one), 0)
    return FitStack.joined([one, other]).rows(rows)


def mossbauer_rows(regime: Doublets, count: int) -> list[Covered]:
    """Return the coverage of shift, splitting and area, and of the share of the second doublet."""
    looked, stack = mossbauer_fits(regime, count)
    site = f"site{len(regime.depths)}"
    i = len(regime.depths) - 1
    words = " and ".join(f"{100 * depth:g} %" for depth in regime.depths)
    where = ("mossbauer", regime.name, f"{regime.counts:.0e} counts, {words}".replace("e+0", "e"))
    told = _told_of_sites(looked, (site,))
    value = {name: stack.value(name) for name in stack.names}
    rows = []
    if regime.depths[-1] > 0.0:
        for name, quantity, truth in (
            ("center", "IS", regime.shifts[i]),
            ("splitting", "QS", regime.splittings[i]),
        ):
            of = f"{site}.{name}"
            rows.append(
                linear((*where, quantity), value[of], stack.sigma(of), truth, told[quantity])
            )
    # two Lorentzians of that depth and width
    areas = [np.pi * _FWHM * depth * regime.counts for depth in regime.depths]
    if len(regime.depths) == 1:
        area = -value[f"{site}.area"]
        rows.append(
            linear((*where, "area"), area, stack.sigma(f"{site}.area"), areas[0], told["area"])
        )
        return rows
    # which of two is the absent one is a matter of names, and a share is one of both
    of_share = _told_of_sites(looked, ("site1", "site2"))["area"]
    one, two = value["site1.area"], value["site2.area"]

    def by_share(v: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        return {"site1.area": -two / (one + two) ** 2, "site2.area": one / (one + two) ** 2}

    rows.append(
        linear(
            (*where, "area share"), two / (one + two), stack_quantity(stack, by_share),
            areas[1] / sum(areas), of_share,
        )
    )  # fmt: skip
    return rows


def _told_of_sites(looked: Sequence[FittedSites], sites: tuple[str, ...]) -> dict[str, float]:
    """Return the share of results with an alert on a site, or without its quantity, by quantity."""
    alerted: list[bool] = []
    withheld: dict[str, list[bool]] = {"IS": [], "QS": [], "area": []}
    for fitted in looked:
        found = verdicts(fitted)
        own = [one for one in found if one.site in ("", *sites)]
        weak = {one.text.partition(" ")[0] for one in weak_sites(fitted, found)}
        # of an absorption that is not shown the area is given with the alert that there is none
        shown = "no_resonance" not in {one.code for one in own}
        alerted.append(bool(weak & set(sites)) or not shown)
        for quantity, rows in withheld.items():
            gone = any(quantity in one.withheld for one in own)
            rows.append(gone or any(fitted.sigma(f"{one}.{quantity}") is None for one in sites))
    return {name: Told(np.array(alerted), np.array(rows)).share for name, rows in withheld.items()}


IR = (
    Regime("strong", 1.5, 1.0, (1e2, 1e3)),
    Regime("overlapping", 0.7, 1.0, (1e3,)),
    Regime("weak", 1.5, 0.1, (30.0, 50.0)),
    Regime("absent", 1.5, 0.0, (1e2,)),
)
_BAND_HEIGHT, _BAND_FWHM = 1.0, 10.0


def infrared_spectra(
    regime: Regime, ratio: float, count: int
) -> tuple[FloatArray, FloatArray, list[BandSpec], dict[str, float]]:
    """Return points, simulated spectra, the two bands that are named, and the truth of the second."""
    x = np.arange(1420.0, 1540.5, 1.0)
    noise = _BAND_HEIGHT / ratio
    first, second = 1470.0, 1470.0 + regime.apart * _BAND_FWHM
    y = 0.05 + 2e-4 * (x - 1480.0)
    for center, height in ((first, _BAND_HEIGHT), (second, _BAND_HEIGHT * regime.second)):
        u = 2.0 * (x - center) / _BAND_FWHM
        y = y + height * (0.5 / (1.0 + u**2) + 0.5 * np.exp(-np.log(2.0) * u**2))
    rng = np.random.default_rng([IR_STATE, *regime.name.encode(), int(ratio)])
    drawn = y + noise * rng.standard_normal((count, x.size))
    bands = [
        BandSpec("1470", first - 6.0, first + 3.0),
        BandSpec("1485", second - 3.0, second + 8.0),
    ]
    area = regime.second * pseudo_voigt_area(_BAND_HEIGHT, _BAND_FWHM, 0.5)
    return x, drawn, bands, {"position": second, "area": area, "fwhm": _BAND_FWHM}


def infrared_problem(
    regime: Regime, ratio: float, count: int
) -> tuple[Problem, FloatArray, dict[str, float]]:
    """Return the problem of the two bands with everything free, spectra, and the truth."""
    x, drawn, bands, truth = infrared_spectra(regime, ratio, count)
    model = band_model(x, bands)
    start: dict[str, float] = {}
    for band in model.names:
        start |= model.start_of(band, float(band), _BAND_FWHM, 0.5)
        start[f"{band}.area"] = truth["area"]
    return model.problem(start), drawn, truth


def infrared_rows(regime: Regime, ratio: float, count: int) -> list[Covered]:
    """Return the coverage of position, width and area of the second band."""
    x, drawn, bands, truth = infrared_spectra(regime, ratio, count)
    fits = fit_bands(x, drawn, _BAND_HEIGHT / ratio, bands)
    where = ("ir", regime.name, f"1/{ratio:g} of the first band")
    area, error = fits.area.values[:, 1], fits.area.sigma[:, 1]
    weak = np.abs(area) < WEAK_BELOW * error
    rows = []
    for name in ("position", "fwhm", "area"):
        quantity = getattr(fits, name)
        sigma = np.where(quantity.codes[:, 1] == 0, quantity.sigma[:, 1], np.nan)
        told = Told(weak, np.isnan(sigma)).share
        if name == "area" or regime.second > 0.0:
            rows.append(linear((*where, name), quantity.values[:, 1], sigma, truth[name], told))
    return rows


def line_rows(count: int) -> list[Covered]:
    """Return every regime of the three techniques that fit lines."""
    rows = [row for one in XANES for n in one.noises for row in xanes_rows(one, n, count)]
    rows += [row for one in MOSSBAUER for row in mossbauer_rows(one, count)]
    return rows + [row for one in IR for n in one.noises for row in infrared_rows(one, n, count)]
