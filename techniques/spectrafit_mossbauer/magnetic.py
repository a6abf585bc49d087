"""Whether six lines of a hyperfine field describe what was fitted as doublets."""

from __future__ import annotations

from spectrafit.errors import SpectrafitError
from spectrafit_mossbauer.absorption.fitted import REJECTED, FittedSites, fit_sites
from spectrafit_mossbauer.absorption.sites import Site, doublets
from spectrafit_mossbauer.drive.conventions import CONVENTIONS

__all__ = ["magnetic_instead"]


def magnetic_instead(fitted: FittedSites) -> str:
    """Return why a spectrum is taken for a magnetic one, where it is.

    Only a rejected fit is doubted. The sextet must describe the counts better than the fit and than
    two doublets, which have more parameters, and its lines 1 and 2 must lie further apart than they
    are wide: a small field makes of a sextet one more form of a broad doublet.

    Parameters
    ----------
    fitted : FittedSites
        Of singlets and doublets.

    Returns
    -------
    str
        With field and chi2; empty where nothing speaks for it.
    """
    kinds = {site.kind for site in fitted.sites}
    if "sextet" in kinds or fitted.axis.not_counts or fitted.p_value >= REJECTED:
        return ""
    try:
        six = fit_sites(fitted.axis, [Site("sextet")])
        two = fit_sites(fitted.axis, doublets(2))
    except SpectrafitError:  # no sextet of first order, or nothing to fit: no evidence for one
        return ""
    if not six.result.chi2 < min(fitted.result.chi2, two.result.chi2):
        return ""
    known = CONVENTIONS[fitted.axis.convention or "A"]
    outer, middle, _ = known.positions
    field, width = six.value("site1.B"), six.value("site1.width_outer")
    if not (outer - middle) * field / known.field > width:
        return ""
    return (
        f"one sextet of {field:.2f} T has a reduced chi2 of {six.result.redchi:.3g}, "
        f"the fit {fitted.result.redchi:.3g}, two doublets {two.result.redchi:.3g}"
    )
