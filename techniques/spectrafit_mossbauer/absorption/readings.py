"""What a fit of sites says in the field's terms, each value with its derivatives by the fit's own.

Areas are ``-A/b0``, the depth of the absorption integrated over velocity as a share of the level, in
mm/s. Fields are the distance of lines 1 and 6 in units of that of alpha-iron.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from spectrafit.fit.result import FitResult
from spectrafit_mossbauer.absorption.baseline import LEVEL, term
from spectrafit_mossbauer.absorption.sites import Site, convention_of_axis
from spectrafit_mossbauer.absorption.unfolded import Unfolded

__all__ = ["Reading", "readings"]


@dataclass(frozen=True)
class Reading:
    """A value and its derivatives by the parameters of the fit.

    Parameters
    ----------
    name : str
        Like ``"site1.QS"``.
    unit : str
        ``"mm/s"``, ``"T"``, ``"counts"`` or ``"1"``.
    value : float
        In that unit.
    slopes : mapping of str to float
        By full parameter name; those left out are 0.
    """

    name: str
    unit: str
    value: float
    slopes: Mapping[str, float]


def readings(axis: Unfolded, sites: Sequence[Site], result: FitResult) -> tuple[Reading, ...]:
    """Return every value of a fit.

    Parameters
    ----------
    axis : Unfolded
        The spectrum.
    sites : sequence of Site
        What was fitted.
    result : FitResult
        Their fit.

    Returns
    -------
    tuple of Reading
        Of each site IS, QS or B and q, widths, area, fraction, r; then the baseline.
    """
    found: list[Reading] = []
    for site in sites:
        found += _of_line(axis, site, result)
        found += _areas(site, sites, result)
    level = result.value(LEVEL)
    found.append(Reading("b0", "counts", level, {LEVEL: 1.0}))
    for name in axis.names[1:]:
        own = result.value(term(name))
        slopes = {term(name): 1.0 / level, LEVEL: -own / level**2}
        found.append(Reading(name, "1", own / level, slopes))
    return tuple(found)


def _of_line(axis: Unfolded, site: Site, result: FitResult) -> list[Reading]:
    plain = {"IS": "center"}
    if site.kind == "doublet":
        plain["QS"] = "splitting"
    if site.kind == "sextet":
        plain["q"] = "shift"
        plain |= {f"width_{pair}": f"fwhm_{pair}" for pair in ("outer", "middle", "inner")}
    elif site.shape == "voigt":
        plain |= {"width_gauss": "fwhm_gauss", "width_lorentz": "fwhm_lorentz"}
    elif site.kind == "doublet":
        plain |= {"width_low": "fwhm_low", "width_high": "fwhm_high"}
    else:
        plain["width"] = "fwhm"
    found = [
        Reading(site.name(key), "mm/s", result.value(site.name(name)), {site.name(name): 1.0})
        for key, name in plain.items()
    ]
    if site.kind == "sextet":
        convention = convention_of_axis(axis)
        per_mm_s = convention.field / (2.0 * convention.positions[0])
        name = site.name("splitting")
        value = per_mm_s * result.value(name)
        found.insert(1, Reading(site.name("B"), "T", value, {name: per_mm_s}))
    if site.kind != "singlet" and site.asymmetry in ("texture", "both"):
        key = "x" if site.kind == "sextet" else "r"
        name = site.name("ratio")
        found.append(Reading(site.name(key), "1", result.value(name), {name: 1.0}))
    return found


def _areas(site: Site, sites: Sequence[Site], result: FitResult) -> list[Reading]:
    level = result.value(LEVEL)
    name = site.name("area")
    own = result.value(name)
    area = Reading(
        site.name("area"), "mm/s", -own / level, {name: -1.0 / level, LEVEL: own / level**2}
    )
    total = sum(result.value(one.name("area")) for one in sites)
    if len(sites) == 1 or total == 0.0:
        return [area]
    slopes = {one.name("area"): -own / total**2 for one in sites}
    slopes[name] += 1.0 / total
    return [area, Reading(site.name("fraction"), "1", own / total, slopes)]
