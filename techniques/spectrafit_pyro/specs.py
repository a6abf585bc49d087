"""Declared keys of `pyro`."""

from __future__ import annotations

from spectrafit.observable import Kind, Mix, ObservableSpec, linear_mix
from spectrafit_pyro.mixing import mixed_change, mixed_coefficient, mixed_secondary

__all__ = ["SPECS"]

_P = "nC cm-2 K-1"
_AREA = ("area_mm2", "polarity")


def _spec(
    quantity: str,
    unit: str,
    meaning: str,
    kind: Kind = Kind.VALUE,
    *,
    quoted: tuple[str, ...] = (),
    additive: bool = False,
    mix: Mix = linear_mix,
    of_slopes: bool = False,
) -> ObservableSpec:
    return ObservableSpec(
        f"pyro.{quantity}", unit, meaning, kind, additive=additive, quoted=quoted, mix=mix,
        of_slopes=of_slopes,
    )  # fmt: skip


def _of_p(
    quantity: str, unit: str, meaning: str, *windows: str, branches: bool = True
) -> tuple[ObservableSpec, ...]:
    quoted = (*_AREA, *windows)
    whole = (
        _spec(quantity, unit, meaning, quoted=quoted),
        _spec(
            f"abs_{quantity}",
            unit,
            f"{meaning}; a magnitude, as no polarity is told",
            quoted=quoted,
        ),
    )
    if not branches:
        return whole
    of_one = f"{meaning}, of one branch, with the current that does not follow the rate"
    return (
        *whole,
        _spec(f"{{branch}}.{quantity}", unit, of_one, quoted=quoted),
        _spec(f"{{branch}}.abs_{quantity}", unit, f"{of_one}; a magnitude", quoted=quoted),
    )


SPECS: tuple[ObservableSpec, ...] = (
    _spec(
        "p", _P, "pyroelectric coefficient along +u, antisymmetrised where both branches are there",
        quoted=_AREA, additive=True, mix=mixed_coefficient, of_slopes=True,
    ),
    _spec(
        "p_reference", _P,
        "pyroelectric coefficient of the reference crystal, taken as the secondary part of the sample's",
        quoted=_AREA, additive=True, mix=mixed_secondary,
    ),
    _spec("abs_p", _P, "magnitude of the pyroelectric coefficient, where no polarity is told", quoted=("area_mm2",)),
    _spec(
        "dP", "uC cm-2", "change of the polarisation along +u from T0", quoted=(*_AREA, "T0_K"),
        additive=True, mix=mixed_change,
    ),
    _spec("dP_total", "uC cm-2", "change of the polarisation from T0 to the highest temperature", quoted=(*_AREA, "T0_K", "to_K")),
    *_of_p("peak_height", _P, "height of the peak of p from zero, by a parabola", "peak_K"),
    _spec("peak_T", "K", "temperature of the peak of p, by a parabola", quoted=("peak_K",)),
    _spec("{branch}.peak_T", "K", "temperature of the peak of p of one branch, aligned", quoted=("peak_K",)),
    _spec("peak_fwhm", "K", "full width at half of the height from zero", quoted=("peak_K",)),
    _spec("{branch}.peak_fwhm", "K", "full width at half of the height from zero, of one branch", quoted=("peak_K",)),
    *_of_p("peak_area", "uC cm-2", "integral of p between where it falls to a share of its height above the plateau line", "limits_K"),
    *_of_p("peak_area_above_line", "uC cm-2", "that integral above the plateau line", "limits_K"),
    *_of_p("peak_area_fixed", "uC cm-2", "integral of p between fixed temperatures", "fixed_K"),
    *_of_p("plateau_mean", _P, "mean of p over the plateau", "plateau_K"),
    *_of_p("plateau_min", _P, "smallest p of the plateau", "plateau_K", branches=False),
    *_of_p("plateau_max", _P, "largest p of the plateau", "plateau_K", branches=False),
    *_of_p("plateau_per_100K", _P, "slope of p over the plateau, times 100 K", "plateau_K", branches=False),
    _spec("plateau_flatness", "1", "largest over smallest p of the plateau", quoted=("plateau_K",)),
    _spec("I0", "pA", "mean over the plateau of the current that does not follow the rate", quoted=("plateau_K",)),
    _spec("I0_max", "pA", "largest value over the plateau of the current that does not follow the rate", quoted=("plateau_K",)),
    _spec("I0_as_p", _P, "what that mean would add to p of the heating branch", quoted=(*_AREA, "plateau_K")),
    _spec("offset_for_plateau", "pA", "constant current that would look like the plateau of one branch", quoted=("plateau_K",)),
    _spec("lag", "s", "one time that brings the peaks of both branches together", quoted=("peak_K",)),
    _spec("peak_separation", "K", "distance of the peaks, heating minus cooling: lag or hysteresis", quoted=("peak_K",)),
    _spec("hysteresis", "K", "distance of the peaks carried to a rate of zero", quoted=("peak_K",)),
    _spec("lag_of_rates", "s", "what the distance of the peaks gains with the rate", quoted=("peak_K",)),
    _spec("{branch}.charge", "uC cm-2", "charge of one branch over area, by time alone", quoted=(*_AREA, "T0_K", "to_K")),
    _spec("{branch}.abs_charge", "uC cm-2", "magnitude of the charge of one branch over area, by time alone", quoted=("area_mm2", "T0_K", "to_K")),
    _spec("misclosure", "uC cm-2", "sum of the charges of heating and cooling over area", quoted=("area_mm2", "T0_K", "to_K")),
    _spec("misclosure_current", "pA", "constant current that explains the misclosure", quoted=("T0_K", "to_K")),
    _spec("ref_ratio", "1", "p of the reference crystal over p, anywhere on the plateau", Kind.UPPER_LIMIT, quoted=("plateau_K",)),
    _spec("plateau_primary", _P, "mean of p over the plateau less the secondary part", Kind.INTERVAL, quoted=("plateau_K", "secondary")),
    _spec("plateau_secondary", _P, "mean of the secondary part over the plateau", quoted=("plateau_K", "secondary")),
    _spec("{material}.compared", "1", "|p| beside that of a known material, magnitudes only", Kind.CATEGORY),
)  # fmt: skip
