"""What a spectrum does not determine, each verdict with the numbers behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.fit.intervals import profile_many
from spectrafit.fit.result import FIXED
from spectrafit.fit.weak import weak_alert
from spectrafit_mossbauer.absorption.fitted import REJECTED, FittedSites, site_stack
from spectrafit_mossbauer.alerts import mossbauer_alert
from spectrafit_mossbauer.magnetic import magnetic_instead

__all__ = ["LEAST_AREA", "Verdict", "verdicts", "weak_sites"]

LEAST_AREA = 5.0
"""Standard errors of the area below which there is no resonance to speak of. A line that is looked for
at every place and width finds 2 to 4 of them in pure noise (the test has the figures)."""

# of one of several sites: the others are there in any case
LEAST_SHARE = 3.0
BROAD = 1.5
LARGEST_SPLITTING = 6.0
CHI2_SCATTERS = 3.0


@dataclass(frozen=True)
class Verdict:
    """A named refusal or warning.

    Parameters
    ----------
    code : str
        Reason code, like ``"single_line"``.
    alert : Alert
        With the numbers.
    withheld : tuple of str
        Quantities that are not given, of every site or of the one that `site` names.
    site : str
        Label of the site; empty for all.
    """

    code: str
    alert: Alert
    withheld: tuple[str, ...] = ()
    site: str = ""


def verdicts(fitted: FittedSites, tried: Sequence[str] = ()) -> tuple[Verdict, ...]:
    """Return what a fit does not determine.

    Parameters
    ----------
    fitted : FittedSites
        The fit.
    tried : sequence of str
        Other models with their chi2, for the words.

    Returns
    -------
    tuple of Verdict
        `no_resonance`, `not_paramagnetic`, `single_line`, `model_rejected`, in this order, those that
        hold.
    """
    where = fitted.axis.source_name
    area, sigma = fitted.total_area
    if sigma is not None and area < LEAST_AREA * sigma:
        alert = mossbauer_alert("MOS-102").alert(where=where, of="", ratio=area / sigma)
        return (Verdict("no_resonance", alert, ("IS", "QS", "width", "B", "q", "r")),)
    found = []
    six = magnetic_instead(fitted)
    for site in fitted.sites:
        if len(fitted.sites) > 1 and (absent := _absent(fitted, site.label)):
            found += absent
        elif site.kind == "doublet":
            # where a doublet means nothing, "quote one line" would be wrong advice
            found += _not_paramagnetic(fitted, site.label, six) or _single_line(fitted, site.label)
    return (*found, *_of_chi2(fitted, tried))


def weak_sites(fitted: FittedSites, found: Sequence[Verdict]) -> tuple[Alert, ...]:
    """Return the alerts on sites whose values are given, but whose absorption is weak.

    Parameters
    ----------
    fitted : FittedSites
        The fit.
    found : sequence of Verdict
        What is withheld, which needs no such alert.

    Returns
    -------
    tuple of Alert
    """
    told = {one.site for one in found if one.code == "no_resonance"}
    result = fitted.result
    return tuple(
        weak_alert(name, abs(result.value(name)) / sigma, fitted.axis.source_name)
        for name in result.weak
        if not told & {"", name.partition(".")[0]} and (sigma := result.sigma(name))
    )


def _absent(fitted: FittedSites, label: str) -> list[Verdict]:
    """Return the verdict on one of several sites whose absorption is not above its error."""
    name = f"{label}.area"
    area, sigma = fitted.value(name), fitted.sigma(name)
    if sigma is not None and area >= LEAST_SHARE * sigma:
        return []
    ratio = 0.0 if sigma is None else area / sigma
    alert = mossbauer_alert("MOS-102").alert(
        where=fitted.axis.source_name, of=f" of {label}", ratio=ratio
    )
    return [Verdict("no_resonance", alert, ("IS", "QS", "width", "B", "q", "r"), label)]


def _widths(fitted: FittedSites, label: str) -> list[float]:
    names = [
        name
        for name in (f"{label}.width_low", f"{label}.width_high", f"{label}.width_gauss")
        if name in fitted.names
    ]
    return [fitted.value(name) for name in names]


def _not_paramagnetic(fitted: FittedSites, label: str, six: str) -> list[Verdict]:
    width, splitting = max(_widths(fitted, label)), fitted.value(f"{label}.QS")
    why = six
    if width > BROAD:
        why = f"the lines of {label} are {width:.2f} mm/s wide, above {BROAD} mm/s"
    elif splitting > LARGEST_SPLITTING:
        why = f"the splitting of {label} is {splitting:.2f} mm/s, above {LARGEST_SPLITTING:g} mm/s"
    if not why:
        return []
    alert = mossbauer_alert("MOS-105").alert(where=fitted.axis.source_name, why=why)
    return [Verdict("not_paramagnetic", alert, ("IS", "QS", "width", "r"), label)]


def _single_line(fitted: FittedSites, label: str) -> list[Verdict]:
    name = f"{label}.QS"
    splitting, sigma = fitted.value(name), fitted.sigma(name)
    width = min(_widths(fitted, label))
    why = ""
    if fitted.reason(name) == FIXED:
        return []
    if sigma is None:
        why = f"the splitting of {label} is {fitted.reason(name)}"
    elif sigma > splitting / 3.0:
        why = f"the splitting of {label} is {splitting:.3f} mm/s, its standard error {sigma:.3f}"
    else:
        widths = [one for one in (f"{label}.width_low",) if one in fitted.names]
        strong = [abs(fitted.correlation(name, one)) for one in widths if not fitted.reason(one)]
        if splitting < 0.5 * width and any(one > 0.9 for one in strong):
            why = (
                f"the splitting of {label}, {splitting:.3f} mm/s, is below half the width and "
                f"correlates with it by {max(strong):.2f}"
            )
    if not why:
        return []
    limit = _splitting_limit(fitted, label)
    why += f"; the splitting is {limit}"
    alert = mossbauer_alert("MOS-103").alert(where=fitted.axis.source_name, why=why)
    return [Verdict("single_line", alert, ("QS", "width", "r"), label)]


def _splitting_limit(fitted: FittedSites, label: str) -> str:
    """Return the upper limit of a splitting by profile likelihood, in words."""
    stack, _ = site_stack([fitted.axis], fitted.sites, [fitted.result.by_name])
    found = profile_many(stack, f"{label}.splitting", level=0.95, side="upper")[0].interval
    if found.upper is None:
        return f"not limited ({found.upper_reason})"
    return f"below {found.upper:.3f} mm/s (95 %)"


def _of_chi2(fitted: FittedSites, tried: Sequence[str]) -> list[Verdict]:
    if fitted.axis.not_counts:
        return []
    freedom = fitted.result.nfree
    reduced = fitted.result.chi2 / max(1, freedom)
    where = fitted.axis.source_name
    if fitted.p_value < REJECTED:
        model = " + ".join(site.kind for site in fitted.sites)
        words = "; ".join(tried) or "compare_sites = true tries other numbers of sites"
        alert = mossbauer_alert("MOS-104").alert(
            where=where, reduced=reduced, p=fitted.p_value, model=model, tried=words
        )
        return [Verdict("model_rejected", alert)]
    if reduced < 1.0 - CHI2_SCATTERS * math.sqrt(2.0 / max(1, freedom)):
        alert = mossbauer_alert("MOS-111").alert(where=where, reduced=reduced)
        return [Verdict("too_smooth", alert)]
    return []
