"""One spectrum of a series with populations and rate where two states are declared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spectrafit.alert import Alert
from spectrafit.errors import SpectrafitError
from spectrafit_mossbauer.absorption.fitted import FittedSites
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.debye import ThetaRange
from spectrafit_mossbauer.observables import total_covariance
from spectrafit_mossbauer.population import (
    Range,
    ReferenceShift,
    population_from_shift,
    population_from_splitting,
)
from spectrafit_mossbauer.rate_bound import RateBound, rate_bound
from spectrafit_mossbauer.settings import MossbauerSettings
from spectrafit_mossbauer.tension import Agreement, agreement
from spectrafit_mossbauer.two_states import HoppingState, TwoStates

__all__ = ["SeriesSpectrum", "with_states"]


@dataclass(frozen=True, eq=False)
class SeriesSpectrum:
    """One spectrum of a series.

    Parameters
    ----------
    T : float
        K.
    fitted : FittedSites
        Its fit.
    label : str
        Of its file.
    agreement : Agreement or None
        Populations from shift and splitting, where two states are declared.
    rate : RateBound or None
        The bound on the exchange rate, where two states are declared.
    """

    T: float
    fitted: FittedSites
    label: str
    agreement: Agreement | None = None
    rate: RateBound | None = None


def with_states(
    one: SeriesSpectrum, settings: MossbauerSettings, alerts: list[Alert]
) -> SeriesSpectrum:
    """Return the spectrum with populations and rate, where states and a doublet allow them.

    Parameters
    ----------
    one : SeriesSpectrum
        Without them.
    settings : MossbauerSettings
        With the declared states.
    alerts : list of Alert
        Is added to: a tension, a rate that is not bounded, what could not be had and why.

    Returns
    -------
    SeriesSpectrum
    """
    fitted = one.fitted
    declared = (settings.IS_1, settings.IS_2, settings.QS_1, settings.QS_2)
    if None in declared or settings.states_from_K > one.T or fitted.sites[0].kind != "doublet":
        return one
    if len(fitted.sites) > 1 or fitted.axis.orientation is None:
        return one
    found = one
    try:
        joined = _agreement(one, settings)
        found = SeriesSpectrum(one.T, fitted, one.label, joined)
        if joined.code:
            alerts.append(
                mossbauer_alert("MOS-117").alert(where=one.label, sentence=joined.sentence)
            )
        if joined.joint is not None and not 0.0 < joined.joint[0] <= joined.joint[1] < 1.0:
            why = "rate_uninformed: the population may be 0 or 1, and one state alone does not hop"
            alerts.append(mossbauer_alert("MOS-118").alert(where=one.label, why=why))
        elif joined.joint is not None:
            bound = rate_bound(fitted.axis, _two_states(one, settings, joined))
            if bound.k_ex_min is None:
                alerts.append(mossbauer_alert("MOS-118").alert(where=one.label, why=bound.reason))
            found = SeriesSpectrum(one.T, fitted, one.label, joined, bound)
    except SpectrafitError as error:
        alerts.append(
            mossbauer_alert("MOS-120").alert(
                where=one.label, what="populations", why=f"{error.what}; {error.do}"
            )
        )
    return found


def _ranges(settings: MossbauerSettings) -> tuple[Range, Range, Range, Range]:
    given = (settings.IS_1, settings.IS_2, settings.QS_1, settings.QS_2)
    first, second, third, fourth = (Range(*one) for one in given if one is not None)
    return first, second, third, fourth


def _agreement(one: SeriesSpectrum, settings: MossbauerSettings) -> Agreement:
    shift_1, shift_2, splitting_1, splitting_2 = _ranges(settings)
    if settings.theta_K is None or settings.T_ref_K is None:
        raise SpectrafitError(
            "isomer shifts are not carried to one temperature",
            do="declare theta_K and T_ref_K",
        )
    theta = ThetaRange(*settings.theta_K)
    at = settings.states_T_K
    first = ReferenceShift(shift_1.low, shift_1.high, at)
    second = ReferenceShift(shift_2.low, shift_2.high, at)
    shift, splitting = one.fitted.value("site1.IS"), one.fitted.value("site1.QS")
    errors = _whole_sigma(one.fitted, "site1.IS"), _whole_sigma(one.fitted, "site1.QS")
    if errors[0] is None or errors[1] is None:
        raise SpectrafitError("isomer shift or splitting has no error", where=one.label)
    return agreement(
        population_from_shift(
            shift, errors[0], one.T, first, second, T_ref=settings.T_ref_K, theta=theta
        ),
        population_from_splitting(splitting, errors[1], splitting_1, splitting_2),
    )


def _whole_sigma(fitted: FittedSites, name: str) -> float | None:
    """Return the standard error of a value from counts and calibration."""
    if fitted.sigma(name) is None:
        return None
    counts, drive = total_covariance(fitted)
    place = fitted.names.index(name)
    return float(np.sqrt(counts[place, place] + drive[place, place]))


def _two_states(one: SeriesSpectrum, settings: MossbauerSettings, joined: Agreement) -> TwoStates:
    """Return the middles of the declared states, carried to the spectrum's temperature."""
    shift_1, shift_2, splitting_1, splitting_2 = _ranges(settings)
    if settings.theta_K is None or joined.joint is None:
        raise SpectrafitError("populations that do not agree bound no rate", where=one.label)
    theta, at = ThetaRange(*settings.theta_K), settings.states_T_K
    carried = [
        ReferenceShift(each.low, each.high, at).carried(one.T, theta) for each in (shift_1, shift_2)
    ]
    middles = [0.5 * (each.low + each.high) for each in carried]
    splittings = [0.5 * (each.low + each.high) for each in (splitting_1, splitting_2)]
    # only the distances between the states act on the widths: positions are those of the spectrum
    names = settings.state_names
    return TwoStates(
        HoppingState(middles[0], splittings[0], names[0]),
        HoppingState(middles[1], splittings[1], names[1]),
        joined.joint,
        differences=True,
    )
