"""Alert codes of X-ray absorption."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["XAS_ALERTS", "xas_alert"]

XAS_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "XAS-100",
        Level.B,
        "no foil record: the energies are relative",
        "energies are as recorded by the monochromator, not calibrated against a foil",
    ),
    AlertSpec(
        "XAS-101",
        Level.C,
        "{points:.0f} points in the kernel: the grid is too coarse for a sub-grid inflection",
        "measure the foil on a finer grid",
    ),
    AlertSpec(
        "XAS-102",
        Level.B,
        "{what} differ by {spread:.3f} eV",
        "the energy axis is uncertain by {spread:.3f} eV: {what} differ by as much",
    ),
    AlertSpec(
        "XAS-103",
        Level.G,
        "the first inflection of the {element} foil is assigned {assigned:.1f} eV, "
        "{difference:+.1f} eV from the tabulated edge {tabulated:.1f} eV",
        "compare energies with other work only after converting the convention",
    ),
    AlertSpec(
        "XAS-104",
        Level.C,
        "the steepest slope inside the pre-edge window is {share:.0f} % of the edge's",
        "make sure that E0 is the edge and not a strong pre-edge",
    ),
    AlertSpec(
        "XAS-105",
        Level.C,
        "negative or missing signal in {rows} rows left out",
        "look at the raw columns",
    ),
    AlertSpec(
        "XAS-106",
        Level.B,
        "glitches inside the pre-edge window were left out: {count}, at {energies} eV",
        "points of the pre-edge window were left out as glitches, {count} in all, at {energies} eV",
    ),
    AlertSpec(
        "XAS-107",
        Level.B,
        "the range above the edge is {length:.0f} eV long",
        "the edge step, and every area with it, rests on a post-edge range shorter than 40 eV",
    ),
    AlertSpec(
        "XAS-108",
        Level.B,
        "over-absorption is likely: {why}",
        "fluorescence of a thick, concentrated sample shows its pre-edge too high, by up to a factor of "
        "two",
    ),
    AlertSpec(
        "XAS-109",
        Level.C,
        "peak {peak}: {fault}",
        "do not read this peak by itself; look at the fit with one peak fewer",
    ),
    AlertSpec(
        "XAS-110",
        Level.G,
        "areas and their errors are those of {kept} of {tried} fits with other windows, rising edges, "
        "shapes and numbers of peaks{dominant}",
        "quote the choices with the number; other sets of choices would move it",
    ),
    AlertSpec(
        "XAS-111",
        Level.B,
        "{kept} of {tried} fits of the ensemble pass its screen{spread}",
        "the area rests on few fits, or on fits that disagree ({kept} of {tried} pass{spread}); its "
        "error may be too small",
    ),
    AlertSpec(
        "XAS-112",
        Level.B,
        "cannot decide the number of peaks: weights {shares}, {over}; {taken} taken, as BIC must fall "
        "by {margin:g} for one more",
        "the number of peaks is not decided: weights {shares}, {over}",
    ),
    AlertSpec(
        "XAS-113",
        Level.A,
        "{first} is HERFD and {second} is conventional: areas and centroids do not compare",
        "bring both to one basis first: broaden the HERFD spectrum by the lifetime it is freed of",
    ),
    AlertSpec(
        "XAS-114",
        Level.B,
        "{first} and {second} were detected at {energies}",
        "HERFD spectra of unequal emission energy: their difference holds that of the detector setting",
    ),
    AlertSpec(
        "XAS-115",
        Level.A,
        "{copy} holds the same numbers as {first}: a copy is no repeat, it was left out",
        "look for the scan that was meant",
    ),
    AlertSpec(
        "XAS-116",
        Level.C,
        "the emission energy of this HERFD scan is not known",
        "give emission_eV in the settings or the file's header",
    ),
    AlertSpec(
        "XAS-117",
        Level.B,
        "dead time reaches {percent:.0f} %",
        "fluorescence was recorded at a dead time above 30 %; linearity is not assured",
    ),
    AlertSpec(
        "XAS-118",
        Level.C,
        "the residual holds structure beyond its noise (reduced chi2 {redchi:.1f}); errors were "
        "multiplied by {factor:.2f}",
        "look at the residual before quoting errors",
    ),
    AlertSpec(
        "XAS-119",
        Level.G,
        "no point errors ({why}): the noise was taken from the residual of the fit",
        "declare counts or measure repeats to get errors from the data",
    ),
    AlertSpec(
        "XAS-120",
        Level.G,
        "{name} of the rising edge ended on its bound: below the edge only its tail is seen, "
        "which several forms share",
        "the errors of this one fit were computed with it held there and may be half of what they "
        "should be; those of the ensemble do not rest on it",
    ),
    AlertSpec(
        "XAS-121",
        Level.G,
        "{sampled} scans spread over the series decided for all: {peaks}, {how}; every scan is "
        "fitted once, from the medians of their parameters ({names}{refused})",
        "one model for all scans keeps the rows comparable; peaks in the settings sets it",
    ),
    AlertSpec(
        "XAS-122",
        Level.B,
        "the errors of single scans are those of statistics, edge step and calibration",
        "errors of single scans hold no other background form or window; {moved}. For the full error "
        'merge scans with merge_by = ["T"] in the study, or set method_spread = true',
    ),
    AlertSpec(
        "XAS-123",
        Level.B,
        "the scans of the series do not agree on the number of peaks ({votes}): {peaks} taken for "
        "all",
        "{peaks} were fitted to every scan so that all compare, though not every scan asks for "
        "as many ({votes})",
    ),
    AlertSpec(
        "XAS-124",
        Level.C,
        "{more} of {sampled} scans ask for more peaks than all were given ({votes})",
        "look at their residuals; peaks in the settings sets another number",
    ),
    AlertSpec(
        "XAS-125",
        Level.C,
        "reduced chi2 is {times:.1f} times that of the series, from the ordinary starts too",
        "look at this scan: a glitch, damage, or another sample",
    ),
    AlertSpec(
        "XAS-126",
        Level.G,
        "the start of the series led to a reduced chi2 of {redchi:.2f}, the ordinary starts to "
        "{better:.2f}: these are taken",
        "the scan may differ from the rest of the series",
    ),
    AlertSpec(
        "XAS-127",
        Level.C,
        "{scan} lies {times:.1f} times as far from the median of {count} scans as they do; {what}",
        "look at it; drop_deviating = true leaves such scans out, and so does [[measurement.except]]",
    ),
    AlertSpec(
        "XAS-128",
        Level.G,
        "the scans scatter more than their counts: the errors of the mean were widened, {factor:.2f} "
        "times at the median point",
        "something else than counting moves the scans: position, beam, damage",
    ),
    AlertSpec(
        "XAS-129",
        Level.G,
        "interpolated on to {points} energies that all scans reach: {names}",
        "record repeated scans on one grid, or fit them one by one",
    ),
    AlertSpec(
        "XAS-140",
        Level.B,
        "{reason}: HERFD fitted as conventional XANES",
        "widths, areas and centroids of HERFD do not compare with conventional ones; fit it with the "
        "technique herfd",
    ),
    AlertSpec(
        "XAS-141",
        Level.B,
        "{name} has no unit: it was taken as keV and converted to eV",
        "the file does not name the unit of its energies; they were taken as keV",
    ),
    AlertSpec(
        "XAS-142",
        Level.C,
        "FY_c differs from FY/(1 - DeadTime/100) by up to {percent:.3g} %",
        "make sure which dead-time correction the file holds",
    ),
    AlertSpec(
        "XAS-130",
        Level.C,
        "foil_eV is set, but no foil is given: the axis is as recorded",
        "name the foil, with uses in the study or with --calibration FILE",
    ),
    AlertSpec(
        "XAS-150",
        Level.A,
        "the absorption is {height:.2f} of the edge step at the upper end of the window, "
        "{high:.1f} eV, and {slope}: the edge itself was fitted",
        "end window_eV below the rise of the edge",
    ),
    AlertSpec(
        "XAS-151",
        Level.G,
        "HERFD is a cut at one emission energy: areas and centroids are not those of conventional "
        "XANES",
        "compare HERFD with HERFD of equal emission energy only",
    ),
    AlertSpec(
        "XAS-152",
        Level.G,
        "the energy resolution of this HERFD scan is not known",
        "give resolution_eV in the settings or the file's header",
    ),
    AlertSpec(
        "XAS-153",
        Level.G,
        "corrected for over-absorption with a = {ratio:.2f} ± {sigma:.2f} from {origin}: the "
        "pre-edge was multiplied by {factor:.2f}",
        "the correction is for a sample of infinite thickness",
    ),
    AlertSpec(
        "XAS-160",
        Level.C,
        "no scan of {element} metal by its shape: {reason}",
        "calibrate with a foil; an oxide's edge lies several eV higher",
    ),
    AlertSpec(
        "XAS-161",
        Level.B,
        "{count} foil scans and the sample are not of one beamtime: {reason}",
        "the energy axis was calibrated with foil scans of another beamtime ({reason})",
    ),
    AlertSpec(
        "XAS-162",
        Level.G,
        "the foil shifts all energies by {shift:+.1f} eV",
        'a shift above 5 eV is rather one of the Bragg angle: shift_in = "angle"',
    ),
    AlertSpec(
        "XAS-163",
        Level.G,
        "glitches left out: {count}, at {energies} eV",
        "deglitch = false keeps them",
    ),
    AlertSpec(
        "XAS-164",
        Level.B,
        "{words}; {what}",
        "repeated scans of this sample drift ({words}); {what}",
    ),
    AlertSpec(
        "XAS-165",
        Level.G,
        "{words}",
        "the test of radiation damage over the repeated scans",
    ),
    AlertSpec(
        "XAS-166",
        Level.C,
        "the first point of {scan}, at {energy:.2f} eV, differs by {percent:+.1f} % from the other "
        "scans: left out",
        "the monochromator had not settled; look at how scans are started",
    ),
    AlertSpec(
        "XAS-168",
        Level.B,
        "the header of {scan} says {stated}, the spectrum is read as one of {element}",
        "the header of {scan} states another element ({stated}) than the one that was analysed ({element})",
    ),
    AlertSpec(
        "XAS-167",
        Level.A,
        "no range above the edge: the scan ends {above:.1f} eV above E0 at {e0:.1f} eV; its highest "
        "point was set to one, and no edge step, area or half height is given",
        "measure to 100 eV above the edge, or set post_eV; energies, widths and ratios stand",
    ),
)


def xas_alert(code: str) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Like ``"XAS-100"``.

    Returns
    -------
    AlertSpec
    """
    return alert_spec(code, XAS_ALERTS)
