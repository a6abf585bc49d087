"""Declared keys of `mossbauer`, and the observables of one spectrum."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from spectrafit.laws import recoil_free_fraction, second_order_doppler
from spectrafit.observable import Kind, Mix, Observable, ObservableClass, ObservableSpec, linear_mix
from spectrafit.spectrum import FloatArray
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.absorption.readings import Reading
from spectrafit_mossbauer.constants import KAPPA
from spectrafit_mossbauer.debye import ThetaRange, carried_shift
from spectrafit_mossbauer.drive.scale import Calibration
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.verdicts import Verdict

__all__ = ["SPECS", "conventions", "observables_of", "total_covariance"]

# s for lines 1 mm/s apart: exchange that is faster averages them
TIME_SCALE = 1.0 / KAPPA
IRON = "alpha-Fe, room temperature"
THETA = "theta_D_K"


def _shift_mix(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return the mean shift of the states, and the second-order Doppler shift where theta is given."""
    own = linear_mix(x, members, nuisances, temperature)
    if THETA not in nuisances:
        return own
    return own + _as_given(second_order_doppler(temperature, nuisances[THETA]).value)


def _area_mix(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return the mean area of the states, times the recoil-free fraction where theta is given."""
    own = linear_mix(x, members, nuisances, temperature)
    if THETA not in nuisances:
        return own
    return own * _as_given(recoil_free_fraction(temperature, nuisances[THETA]).value)


def _as_given(value: FloatArray) -> float:
    """Return a number for one temperature, and the array for several."""
    return float(value) if value.ndim == 0 else value  # type: ignore[return-value]


def _qs_mix(
    x: Mapping[str, float],
    members: Mapping[str, float],
    nuisances: Mapping[str, float],
    temperature: float,
) -> float:
    """Return the magnitude of the mean of signed splittings of one axis."""
    return abs(linear_mix(x, members, nuisances, temperature))


def _spec(
    quantity: str,
    unit: str,
    meaning: str,
    *,
    kind: Kind = Kind.VALUE,
    additive: bool = False,
    mix: Mix = linear_mix,
    thermodynamic: bool = False,
    quoted: tuple[str, ...] = (),
) -> ObservableSpec:
    return ObservableSpec(
        f"mossbauer.{quantity}",
        unit,
        meaning,
        kind,
        ObservableClass.THERMODYNAMIC if thermodynamic else ObservableClass.LINE_SHAPE,
        None if thermodynamic else TIME_SCALE,
        mix=mix,
        additive=additive,
        quoted=quoted,
    )


AXIS = ("IS_reference", "alpha_Fe_convention", "orientation")
_OF_SITES = (
    (
        "IS",
        "mm/s",
        "isomer shift against alpha-iron at room temperature, at the sample's temperature",
    ),
    ("IS_ref", "mm/s", "isomer shift carried to T_ref by the second-order Doppler shift"),
    ("QS", "mm/s", "quadrupole splitting, the distance of the two lines, without sign"),
    ("width", "mm/s", "full width at half maximum of a single line"),
    ("width_low", "mm/s", "full width at half maximum of the line at lower velocity"),
    ("width_high", "mm/s", "full width at half maximum of the line at higher velocity"),
    ("width_gauss", "mm/s", "Gaussian full width of a Voigt line"),
    ("width_lorentz", "mm/s", "Lorentzian full width of a Voigt line"),
    ("width_outer", "mm/s", "full width at half maximum of lines 1 and 6"),
    ("width_middle", "mm/s", "full width at half maximum of lines 2 and 5"),
    ("width_inner", "mm/s", "full width at half maximum of lines 3 and 4"),
    ("B", "T", "hyperfine field"),
    ("q", "mm/s", "quadrupole shift of a sextet, first order"),
    ("area", "mm/s", "fractional absorption integrated over velocity, all lines of the site"),
    (
        "fraction",
        "1",
        "share of the absorption; of the iron where all sites have one recoil-free fraction",
    ),
    ("r", "1", "area of the line at higher velocity over that at lower velocity"),
    ("x", "1", "area of lines 2 and 5 over that of 3 and 4; 2 of a powder"),
)


def _declared() -> tuple[ObservableSpec, ...]:
    found = []
    for name, unit, meaning in _OF_SITES:
        mix = {"IS": _shift_mix, "QS": _qs_mix, "area": _area_mix}.get(name, linear_mix)
        additive = name in ("IS", "IS_ref", "QS", "area")
        quoted = AXIS if unit in ("mm/s", "T") and name != "area" else ()
        for key in (name, f"{{site}}.{name}"):
            found.append(_spec(key, unit, meaning, additive=additive, mix=mix, quoted=quoted))
    return (
        *found,
        _spec("area_total", "mm/s", "absorption of all sites", additive=True, mix=_area_mix),
        _spec(
            "{site}.fraction_f", "1",
            "share of the iron: absorption divided by the recoil-free fraction of its site",
        ),
        _spec("thick_IS", "mm/s", "isomer shift by the transmission integral", quoted=AXIS),
        _spec("thick_QS", "mm/s", "quadrupole splitting by the transmission integral", quoted=AXIS),
        _spec("thick_width", "mm/s", "line width of the absorber by the transmission integral"),
        _spec("t_a", "1", "effective thickness of the absorber by the transmission integral"),
        _spec("verdict", "1", "what the spectrum does not determine", kind=Kind.CATEGORY),
        _spec("checklist.{item}", "1", "an item of the reporting checklist", kind=Kind.CATEGORY),
        _spec(
            "x_IS", "1", "population of state 2 from the isomer shift", kind=Kind.INTERVAL,
            thermodynamic=True, quoted=("T_ref_K", "theta_K"),
        ),
        _spec(
            "x_QS_min", "1", "least population of state 2 from the quadrupole splitting",
            kind=Kind.LOWER_LIMIT, thermodynamic=True,
        ),
        _spec(
            "agreement", "1", "whether both populations agree", kind=Kind.CATEGORY,
            thermodynamic=True,
        ),
        _spec("k_ex_min", "1/s", "lower bound on k12 + k21", kind=Kind.LOWER_LIMIT),
        _spec("theta_SOD", "K", "Debye temperature from isomer shifts", kind=Kind.INTERVAL,
              thermodynamic=True),
        _spec("theta_f", "K", "Debye temperature from areas", kind=Kind.INTERVAL,
              thermodynamic=True),
    )  # fmt: skip


SPECS: tuple[ObservableSpec, ...] = _declared()


def conventions(fitted: FittedSites, settings: MossbauerSettings) -> dict[str, object]:
    """Return what every value of a spectrum depends on.

    Parameters
    ----------
    fitted : FittedSites
        The fit.
    settings : MossbauerSettings
        As chosen.

    Returns
    -------
    dict
    """
    axis = fitted.axis
    orientation = axis.orientation
    return {
        "IS_reference": IRON if axis.calibration is not None else "as the file's velocities",
        "alpha_Fe_convention": axis.convention or "as the file's velocities",
        "orientation": "undeclared" if orientation is None else orientation,
        "sites": " + ".join(site.kind for site in fitted.sites),
        "line": settings.line,
        "asymmetry": settings.asymmetry,
        "statistics": "no counts" if axis.not_counts else "Poisson, both branches unfolded",
        "absorber": "thin",
        "reduced_chi2": round(fitted.result.chi2 / max(1, fitted.result.nfree), 4),
    }


def total_covariance(fitted: FittedSites) -> tuple[FloatArray, FloatArray]:
    """Return the covariance of all values from the counts, and that from the calibration.

    The drive's parameters move a velocity at both branches; a value of the line moves by the mean of
    both. Positions follow the velocity there, widths and splittings the difference of two.

    Parameters
    ----------
    fitted : FittedSites
        The fit.

    Returns
    -------
    counts, calibration : ndarray, shape (n, n)
        In the order of the fit's readings.
    """
    size = len(fitted.readings)
    calibration = fitted.axis.calibration
    if calibration is None:
        return fitted.covariance, np.zeros((size, size))
    rows = np.zeros((size, len(calibration.names)))
    for row, one in zip(rows, fitted.readings, strict=True):
        row[:] = _by_drive(fitted, calibration, one.name)
    return fitted.covariance, np.asarray(rows @ calibration.covariance @ rows.T)


def _by_drive(fitted: FittedSites, calibration: Calibration, name: str) -> FloatArray:
    label, _, quantity = name.partition(".")
    nothing = np.zeros(len(calibration.names))
    if f"{label}.IS" not in fitted.names:
        return nothing
    centre = fitted.value(f"{label}.IS")
    value = fitted.value(name)

    def moved(low: float, high: float) -> FloatArray:
        return _slopes_at(calibration, high) - _slopes_at(calibration, low)

    if quantity == "IS":
        return _slopes_at(calibration, centre)
    if quantity == "QS" or quantity.startswith("width"):
        return moved(centre - 0.5 * value, centre + 0.5 * value)
    if quantity in ("B", "area"):
        # both scale as the velocity does
        unit = moved(centre - 0.5, centre + 0.5)
        return np.asarray(value * unit)
    return nothing


def _slopes_at(calibration: Calibration, velocity: float) -> FloatArray:
    """Return d velocity/d parameters at a velocity, the mean of both branches."""
    numbers = np.arange(calibration.channels, dtype=float)
    reached, slopes = calibration.velocity(numbers), calibration.slopes(numbers)
    rising = np.gradient(reached) > 0
    found = []
    for branch in (rising, ~rising):
        order = np.argsort(reached[branch])
        found.append(
            [
                np.interp(velocity, reached[branch][order], column[branch][order])
                for column in slopes.T
            ]
        )
    return np.asarray(np.mean(found, axis=0))


def observables_of(
    fitted: FittedSites, settings: MossbauerSettings, found: Sequence[Verdict]
) -> tuple[tuple[Observable, ...], FloatArray, tuple[str, ...]]:
    """Return the observables of a spectrum with their joint covariance.

    Parameters
    ----------
    fitted : FittedSites
        The fit.
    settings : MossbauerSettings
        As chosen.
    found : sequence of Verdict
        What is withheld.

    Returns
    -------
    items : tuple of Observable
    covariance : ndarray, shape (k, k)
    keys : tuple of str
        Of its rows.
    """
    counts, drive = total_covariance(fitted)
    spectrum = fitted.axis.spectrum
    stated = conventions(fitted, settings)
    items: list[Observable] = []
    rows: list[int] = []
    for place, one in _in_reading_order(fitted):
        label, _, quantity = one.name.partition(".")
        if not quantity or _is_withheld(label, quantity, found):
            continue
        key = f"mossbauer.{quantity}" if len(fitted.sites) == 1 else f"mossbauer.{one.name}"
        reason = fitted.reason(one.name)
        variance = counts[place, place] + drive[place, place]
        sigma = None if reason or not variance > 0.0 else math.sqrt(variance)
        budget = {
            part: math.sqrt(matrix[place, place])
            for part, matrix in (("counts", counts), ("calibration", drive))
            if sigma is not None and matrix[place, place] > 0.0
        }
        items.append(
            Observable(
                key, one.unit, value=one.value, sigma=sigma,
                sigma_reason="" if sigma is not None else reason or "no counts behind it",
                budget=budget, conventions=stated, conditions=spectrum.conditions,
                source=spectrum.source, history=spectrum.history,
            )
        )  # fmt: skip
        if sigma is not None:
            rows.append(place)
        if quantity == "IS" and (carried := _carried(items[-1], settings)) is not None:
            items.append(carried)
    keys = tuple(item.key for item in items if item.sigma is not None and "IS_ref" not in item.key)
    total = (counts + drive)[np.ix_(rows, rows)]
    words = ", ".join(dict.fromkeys(one.code for one in found)) or "as modelled"
    items.append(
        Observable(
            "mossbauer.verdict", "1", Kind.CATEGORY, value=words, conventions=stated,
            conditions=spectrum.conditions, source=spectrum.source, history=spectrum.history,
        )
    )  # fmt: skip
    return tuple(items), np.asarray(total), keys


def _in_reading_order(fitted: FittedSites) -> list[tuple[int, Reading]]:
    """Return the readings with their places; of several sites what tells them apart comes first."""
    every = list(enumerate(fitted.readings))
    if len(fitted.sites) == 1:
        return every
    first = ("IS", "QS", "B", "fraction")

    def rank(found: tuple[int, Reading]) -> int:
        quantity = found[1].name.partition(".")[2]
        return first.index(quantity) if quantity in first else len(first)

    return sorted(every, key=lambda found: (rank(found) > 1, rank(found) if rank(found) > 1 else 0))


def _is_withheld(label: str, quantity: str, found: Sequence[Verdict]) -> bool:
    return any(
        verdict.site in ("", label)
        and any(quantity == name or quantity.startswith(f"{name}_") for name in verdict.withheld)
        for verdict in found
    )


def _carried(shift: Observable, settings: MossbauerSettings) -> Observable | None:
    """Return the shift at T_ref; None where nothing is declared or the temperature is not known."""
    T = shift.conditions.get("T")
    if settings.theta_K is None or settings.T_ref_K is None or not isinstance(T, int | float):
        return None
    theta = ThetaRange(*settings.theta_K)
    assert isinstance(shift.value, float)
    moved = carried_shift(shift.value, float(T), settings.T_ref_K, theta, sigma=shift.sigma)
    budget = dict(shift.budget)
    sigma = shift.sigma
    if sigma is not None and moved.theta_part > 0.0:
        # the ends of a range that all values in it are equally likely: its standard deviation
        part = moved.theta_part / math.sqrt(3.0)
        budget["theta"] = part
        sigma = math.hypot(sigma, part)
    return Observable(
        shift.key.replace(".IS", ".IS_ref"), "mm/s", value=moved.value, sigma=sigma,
        sigma_reason=shift.sigma_reason, budget=budget,
        conventions={
            **shift.conventions, "T_ref_K": settings.T_ref_K, "theta_K": list(settings.theta_K)
        },
        conditions=shift.conditions, source=shift.source, history=shift.history,
    )  # fmt: skip
