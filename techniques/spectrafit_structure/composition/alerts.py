"""Alert codes of `composition`; the words before a colon are reason codes."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["COMPOSITION_ALERTS", "composition_alert"]

COMPOSITION_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "COMP-100",
        Level.B,
        "beyond_limit: found minus calculated is {what}, beyond {limit} % absolute",
        "the analysis misses the formula: found minus calculated is {what}; dry the sample, or state the "
        "solvent",
    ),
    AlertSpec(
        "COMP-101",
        Level.B,
        "foreign: {what} found, of which the formula {formula} holds none",
        "the sample holds {what}, which its formula does not; name the impurity, or put it into the formula",
    ),
    AlertSpec(
        "COMP-102",
        Level.C,
        "no_uncertainty: {ratio} is {value} without an error: {why}",
        "give the laboratory's error: --set su_percent=0.1 (percent absolute), or a column su",
    ),
    AlertSpec(
        "COMP-103",
        Level.B,
        "calculated_differs: the calculated values of the file are not those of {formula}: {what}",
        "the calculated values of the file are those of another formula; ask the laboratory or the authors "
        "which one they took{exchanged}",
    ),
    AlertSpec(
        "COMP-104",
        Level.B,
        "average_mass: the {which} m/z {value} is the average mass of the ion; where isotopes are "
        "resolved its highest peak is at {base}",
        "the {which} m/z is an average mass; quote the most abundant isotopologue",
    ),
    AlertSpec(
        "COMP-105",
        Level.B,
        "no_mass_fits: the {which} m/z {value} is {single} from the most abundant isotopologue and "
        "{average} from the average mass, beyond {tolerance}",
        "the {which} m/z is that of no ion of the formula within {tolerance}; look at formula, lost part, "
        "charge and calibration, or give the accuracy of the instrument as mz_tolerance",
    ),
    AlertSpec(
        "COMP-106",
        Level.B,
        "pattern_differs: rms {rms} % of the highest peak, largest difference {largest} % at {place}; "
        "limits {limit} and {twice} %",
        "the isotope pattern does not support the formula as it stands; look for overlapping ions",
    ),
    AlertSpec(
        "COMP-107",
        Level.C,
        "overlap: the ion of {ion} lies on {what}",
        "these peaks cannot show that it is absent; look at those of its peaks that stand alone",
    ),
    AlertSpec(
        "COMP-108",
        Level.B,
        "ratio_differs: {ratio} is {value}, {sigmas} standard uncertainties from {expected} of the "
        "formula",
        "the sample as a whole has not the formula's ratio of these elements",
    ),
    AlertSpec(
        "COMP-109",
        Level.A,
        "ion_not_seen: none of the peaks of {ion} within {tolerance} of its m/z{nearest}",
        "the spectrum says nothing of this ion",
    ),
    AlertSpec(
        "COMP-110",
        Level.C,
        "pattern_incomplete: {what} outside the range of the file",
        "compare a wider part of the spectrum",
    ),
    AlertSpec(
        "COMP-111",
        Level.C,
        "not_given: {what}: {why}",
        "see the reason; everything else stands",
    ),
    AlertSpec(
        "COMP-112",
        Level.G,
        "solvent: the analysis is compared with {formula}, solvent {solvent} included",
        "state it with the analysis",
    ),
)


def composition_alert(code: str) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Like ``"COMP-100"``.

    Returns
    -------
    AlertSpec
    """
    return alert_spec(code, COMPOSITION_ALERTS)
