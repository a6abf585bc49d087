"""Alert codes of infrared spectroscopy; the words before a colon are reason codes."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["INFRARED_ALERTS", "infrared_alert"]

INFRARED_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "IR-100",
        Level.C,
        "bands_found: no bands are named; the program took {names}. To paste: {table}",
        "paste the table into the study, or correct it: positions then mean the same in every run",
    ),
    AlertSpec(
        "IR-101",
        Level.B,
        "saturated: {what}",
        "no trace and no area of these bands can be given; use a thinner sample, or fit the points that "
        "are left with fit_saturated = true",
    ),
    AlertSpec(
        "IR-102",
        Level.B,
        "misfit: reduced chi2 {reduced:.3g} of the bands {bands}; errors hold the noise times its root, "
        "a scale of the misfit and no measurement error",
        "values may be further off than their errors, which hold a misfit of reduced chi2 {reduced:.3g}; "
        "name the bands that are missing, or try another line shape",
    ),
    AlertSpec(
        "IR-103",
        Level.B,
        "at_bound: {what}",
        "a parameter ended on its bound, where its error means nothing; widen the range of a position, or "
        "hold a mixing (mixing = 0.5)",
    ),
    AlertSpec(
        "IR-104",
        Level.B,
        "baseline_left_out: {what}",
        "the baseline follows the band and does not count in the spread",
    ),
    AlertSpec(
        "IR-105",
        Level.C,
        "scale_undeclared: areas and traces carry no uncertainty of thickness or place in the beam",
        "name a band of an internal standard, or declare scale_sigma",
    ),
    AlertSpec(
        "IR-106",
        Level.B,
        "trace_moved: {what}",
        "the trace follows shift and width of a band besides its area; use linked_area for populations",
    ),
    AlertSpec(
        "IR-107",
        Level.B,
        "attenuated total reflection: the depth of penetration goes with the wavelength",
        "areas hold the depth of penetration, which goes with the wavelength; compare neighbouring bands only",
    ),
    AlertSpec(
        "IR-108",
        Level.B,
        "vapour: {what}",
        "lines of vapour lie on these spectra; purge longer, or give a vapour spectrum as background",
    ),
    AlertSpec(
        "IR-109",
        Level.C,
        "correlated_noise: neighbouring points share noise (zero filling, smoothing): {share:.0%} of "
        "the points count",
        "errors are enlarged for it; chi2 and probabilities of fits are approximate",
    ),
    AlertSpec(
        "IR-110",
        Level.B,
        "unnamed_bands: above the limit of detection of the residual stand {what}",
        "bands that are not in the model spoil their neighbours; name them",
    ),
    AlertSpec(
        "IR-111",
        Level.B,
        "not_together: {what}",
        "values of single spectra are given; those of the series need one grid and temperatures",
    ),
    AlertSpec(
        "IR-112",
        Level.B,
        "laws_rejected: the linked fit has a reduced chi2 up to {reduced:.3g}, while single spectra are "
        "fitted within their noise",
        'the laws of the linked fit do not describe all bands; try position_law = "free" or '
        'width_law = "free", or fit the regimes apart',
    ),
    AlertSpec(
        "IR-113",
        Level.B,
        "{verdict}: {why}",
        "these data determine no single enthalpy; quote the interval and the anchors, or the progress of a "
        "band",
    ),
    AlertSpec(
        "IR-114",
        Level.B,
        "two_state_rejected: {why}",
        "the law does not hold in this regime; its enthalpy describes nothing",
    ),
    AlertSpec(
        "IR-115",
        Level.B,
        "step_disagrees: {what}",
        "these bands change elsewhere than the others; look at them",
    ),
    AlertSpec(
        "IR-116",
        Level.C,
        "shift_or_broadening: {what}",
        "the differences are those of bands that move; they show no new species",
    ),
    AlertSpec(
        "IR-117",
        Level.C,
        "not_given: {what}, {why}",
        "see the reason; everything else stands",
    ),
    AlertSpec(
        "IR-118",
        Level.B,
        "noise_unchecked: {why}",
        "the noise could not be checked: where neighbouring points share it (zero filling, smoothing), errors "
        "are too small and bands are found in noise; give a wider part of the spectrum, with stretches that "
        "hold no bands",
    ),
    AlertSpec(
        "IR-119",
        Level.C,
        "not_distinguishable: the calculated spectrum of {state} scores {score:.2f}; with modes "
        "elsewhere it scores up to {chance:.2f}",
        "the match supports no state",
    ),
    AlertSpec(
        "IR-120",
        Level.C,
        "overlap: areas of {what} are correlated by {correlation:.2f}",
        "quote the sum, or the ratio with its covariance",
    ),
    AlertSpec(
        "IR-121",
        Level.C,
        "rotation: {statement}",
        "resolved spectra are one of many solutions",
    ),
    AlertSpec(
        "IR-122",
        Level.C,
        "comparison with calculations: {what}",
        "quote the scale factor and where it comes from with the comparison",
    ),
)


def infrared_alert(code: str) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Like ``"IR-100"``.

    Returns
    -------
    AlertSpec
    """
    return alert_spec(code, INFRARED_ALERTS)
