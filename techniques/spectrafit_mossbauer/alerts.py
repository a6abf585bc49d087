"""Alert codes of Mössbauer spectroscopy; the words before the colon are reason codes."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["MOSSBAUER_ALERTS", "mossbauer_alert"]

MOSSBAUER_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "MOS-100",
        Level.A,
        "orientation_undeclared: which branch has positive velocity is not known, so the sign of the "
        "isomer shift is not determined; {hint}",
        "declare it: --set orientation=1 or --set orientation=-1",
    ),
    AlertSpec(
        "MOS-101",
        Level.A,
        "the shift of alpha-iron against the source is {shift:+.4f} mm/s, {source} gives "
        "{expected:+.3f}: the declared orientation is the other one",
        "check the wiring, or the source",
    ),
    AlertSpec(
        "MOS-102",
        Level.A,
        "no_resonance: the absorption{of} is {ratio:.1f} times its standard uncertainty",
        "count longer, or leave the site out; isomer shift and splitting are not given",
    ),
    AlertSpec(
        "MOS-103",
        Level.A,
        "single_line: {why}",
        "quote one line and the upper limit of the splitting",
    ),
    AlertSpec(
        "MOS-104",
        Level.B,
        "model_rejected: reduced chi2 {reduced:.2f}, probability {p:.1e}; {tried}",
        "the model ({model}) does not describe the spectrum within its counting statistics (reduced "
        "chi2 {reduced:.2f}); standard uncertainties are from the counts alone",
    ),
    AlertSpec(
        "MOS-105",
        Level.A,
        "not_paramagnetic: {why}",
        'try sites = ["sextet"]; a doublet\'s values mean nothing here',
    ),
    AlertSpec(
        "MOS-106",
        Level.B,
        "thickness: {why}",
        "lines are broadened, and areas reduced, by the thickness of the absorber to an unknown extent",
    ),
    AlertSpec(
        "MOS-107",
        Level.C,
        "the calibration is {days:.0f} days away from the spectrum",
        "measure alpha-iron again, or say how stable the drive is",
    ),
    AlertSpec(
        "MOS-108",
        Level.C,
        "two calibrations differ: {why}",
        "use the one that was measured next to the sample",
    ),
    AlertSpec(
        "MOS-109",
        Level.C,
        "channels left out: {channels}",
        "look at the raw counts",
    ),
    AlertSpec(
        "MOS-110",
        Level.B,
        "the numbers are no counts: {why}",
        "chi2 says nothing and the uncertainties rest on an assumed variance: the file holds no counts",
    ),
    AlertSpec(
        "MOS-111",
        Level.C,
        "reduced chi2 {reduced:.3f} is below 1 by more than its scatter: smoothed or interpolated data",
        "ask for the counts as they were measured",
    ),
    AlertSpec(
        "MOS-112",
        Level.C,
        "the alpha-iron spectrum: {why}",
        "look at the calibration figure",
    ),
    AlertSpec(
        "MOS-113",
        Level.C,
        "unequal areas: r = {ratio} with areas free",
        "texture or an anisotropic recoil-free fraction; at the magic angle texture vanishes",
    ),
    AlertSpec(
        "MOS-114",
        Level.G,
        "unequal widths: the line at higher velocity is {difference} mm/s broader",
        "hopping, {others}",
    ),
    AlertSpec(
        "MOS-115",
        Level.C,
        "velocity_uncalibrated: the file states velocities, not where they come from",
        "say against what they were calibrated",
    ),
    AlertSpec(
        "MOS-116",
        Level.C,
        "other numbers of sites: {candidates}",
        "quote the number of sites with what speaks for it",
    ),
    AlertSpec(
        "MOS-117",
        Level.B,
        "population_tension: {sentence}",
        "populations from the isomer shift and from the splitting contradict each other: {sentence}",
    ),
    AlertSpec(
        "MOS-118",
        Level.C,
        "{why}",
        "no bound on the exchange rate can be given from these lines",
    ),
    AlertSpec(
        "MOS-119",
        Level.C,
        "{why}",
        "measure over a wider range of temperature, or declare theta_K",
    ),
    AlertSpec(
        "MOS-120",
        Level.G,
        "{what} not given: {why}",
        "",
    ),
    AlertSpec(
        "MOS-122",
        Level.G,
        "the reporting checklist lacks: {items}",
        "a reader of the values will ask for it",
    ),
    AlertSpec(
        "MOS-123",
        Level.B,
        "negative_shift: the isomer shift of {site} is {value} mm/s, below {limit:g} mm/s",
        "only iron(IV) and higher has such a shift: make sure that the velocity is not turned over "
        "(orientation) and is in mm/s against alpha-iron",
    ),
    AlertSpec(
        "MOS-121",
        Level.B,
        "the joint fit of the series is rejected: reduced chi2 {reduced:.2f}",
        "the laws of the series do not describe all spectra within their counting statistics",
    ),
)


def mossbauer_alert(code: str) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Like ``"MOS-100"``.

    Returns
    -------
    AlertSpec
    """
    return alert_spec(code, MOSSBAUER_ALERTS)
