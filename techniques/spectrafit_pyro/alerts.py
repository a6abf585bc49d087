"""Alert codes of pyroelectricity; the words before a colon are reason codes."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["PYRO_ALERTS", "pyro_alert"]

PYRO_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "PYRO-101",
        Level.C,
        "from_header: {what} from the field {field!r} of the header",
        "check it, or give {setting}",
    ),
    AlertSpec(
        "PYRO-102",
        Level.B,
        "header_differs: {setting} is {given}, and the field {field!r} of the header says {said}",
        "values hold for {setting} = {given}",
    ),
    AlertSpec(
        "PYRO-103",
        Level.C,
        "header_unread: the field {field!r} of the header was not used: {why}",
        "give {setting}",
    ),
    AlertSpec(
        "PYRO-104",
        Level.A,
        "no_polarity: the polarity of the leads was not told: only |p| is known, and its sign tells no "
        "state",
        "type --set polarity=1 (or -1): +1 where the electrometer counts charge that leaves the "
        "electrode on the +u face as positive",
    ),
    AlertSpec(
        "PYRO-105",
        Level.B,
        "no_area_error: the area has no standard uncertainty",
        "p, dP and areas are given without the uncertainty of the area, a common factor",
    ),
    AlertSpec(
        "PYRO-106",
        Level.B,
        "one_branch: {verdict}",
        "measured on {branch} only, so an offset of the current is not separated from p",
    ),
    AlertSpec(
        "PYRO-107",
        Level.C,
        "even_current: {mean:.3g} pA that does not follow the rate (largest {largest:.3g} pA at "
        "{at:g} K); on one branch it would add {share:.0%} to the plateau",
        "it cancels between the branches; look for leakage or discharge where it goes with temperature",
    ),
    AlertSpec(
        "PYRO-108",
        Level.B,
        "lag_or_hysteresis: the peaks of heating and cooling lie {kelvin:.2f} K apart, {seconds:.1f} s of "
        "lag; branches were aligned by it",
        "with one rate a thermal lag and a hysteresis of the crystal shift the peaks alike; measure at "
        "a second rate",
    ),
    AlertSpec(
        "PYRO-109",
        Level.B,
        "not_aligned: {why}",
        "the branches were not aligned: a lag that is left in broadens and lowers a peak",
    ),
    AlertSpec("PYRO-110", Level.C, "left_out: {what}: {why}", "the rest stands"),
    AlertSpec(
        "PYRO-111",
        Level.C,
        "window_cut: the plateau is that of {low:g} to {high:g} K; plateau_K reaches further than the "
        "data",
        "set plateau_K to what the data cover",
    ),
    AlertSpec(
        "PYRO-112",
        Level.G,
        "several_cycles: {count} pairs of branches; numbers are those of the pair of the widest common "
        "range ({low:.0f} to {high:.0f} K)",
        "other pairs give the hysteresis at zero rate",
    ),
    AlertSpec(
        "PYRO-113",
        Level.G,
        "tilt: p is divided by the cosine of {tilt:g} degrees",
        "",
    ),
    AlertSpec(
        "PYRO-114",
        Level.B,
        "reference: {text}",
        "p of the reference stands for the lattice part only if expansion and piezoelectric tensors of "
        "both crystals agree and the reference moves no charge",
    ),
    AlertSpec(
        "PYRO-115",
        Level.G,
        "thinned: {kept} of {count} points of the curve are given, one every {step:g} K",
        "set grid_K to choose the step",
    ),
    AlertSpec(
        "PYRO-116",
        Level.B,
        "secondary_model: the secondary part is {psec:g} nC cm-2 K-1 at 300 K times the heat capacity "
        "of an Einstein oscillator of {theta:g} K, which is assumed",
        "the secondary part is a model, not a measurement",
    ),
    AlertSpec(
        "PYRO-117",
        Level.C,
        "even_current_runs: the current that does not follow the rate goes from {low:.3g} to {high:.3g} pA "
        "over the plateau",
        "an offset would be constant: look for leakage or a stimulated discharge, which need not be the "
        "same on both branches",
    ),
    AlertSpec(
        "PYRO-118",
        Level.A,
        "implausible: |p| adds up to {charge:.3g} uC cm-2 between {low:.0f} and {high:.0f} K, and no crystal is "
        "polarised by more than {most:g}",
        "check the units of current, area and time before anything is quoted",
    ),
    AlertSpec(
        "PYRO-119",
        Level.B,
        "odd_area: an electrode of {area:.3g} mm2 is a square of {side:.3g} mm",
        "p and dP are divided by this area; give it in mm2",
    ),
    AlertSpec(
        "PYRO-120",
        Level.B,
        "odd_rate: the temperature runs at {rate:.3g} K/min",
        "p is divided by a rate of {rate:.3g} K/min; check the unit of the time in the label (s, min or h)",
    ),
)  # fmt: skip
"""Of one run and of several."""


def pyro_alert(code: str) -> AlertSpec:
    """Return the declaration of a code of this technique.

    Parameters
    ----------
    code : str
        Like ``PYRO-104``.

    Returns
    -------
    AlertSpec

    Raises
    ------
    KeyError
        For an unknown code.
    """
    return alert_spec(code, PYRO_ALERTS)
