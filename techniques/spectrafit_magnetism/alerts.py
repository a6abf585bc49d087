"""Alert codes of magnetism; the words before the colon are reason codes."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["MAGNETISM_ALERTS", "magnetism_alert"]

MAGNETISM_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "MAG-100",
        Level.A,
        "implausible: {why}",
        "check the units of mass (mg), molar mass (g/mol), field (Oe) and moment (emu) before anything is "
        "quoted",
    ),
    AlertSpec(
        "MAG-101",
        Level.B,
        "header_unread: {what}",
        "two fields of the header were left unread; where they hold mg of eicosane and chi_dia, type: "
        "--set header_convention=magnetopy",
    ),
    AlertSpec(
        "MAG-102",
        Level.B,
        "no_diamagnetism: chi T is not corrected for the diamagnetism of the compound",
        "chi T is too low by a term linear in T, about {size:.2g} cm3 K/mol at {T:.0f} K by the rule of "
        "thumb; type: --set chi_dia=CM3_PER_MOL, a number below 0, or --set chi_dia_rule=true",
    ),
    AlertSpec(
        "MAG-103",
        Level.B,
        "rule_of_thumb: chi_dia = {chi:.3g} cm3/mol is -M/2 x 1e-6",
        "the diamagnetic correction is a rule of thumb, good to some 20 %",
    ),
    AlertSpec(
        "MAG-104",
        Level.B,
        "scale_undeclared: {what} not told, so chi T has no uncertainty of its scale",
        "the uncertainty of the mass is not in these numbers; type: --set {line}",
    ),
    AlertSpec(
        "MAG-105",
        Level.C,
        "stated_errors: the errors in the file are {ratio:.3g} times the scatter of the moments",
        "the scatter is taken instead; errors of the scan's fit are no errors of the moment",
    ),
    AlertSpec(
        "MAG-106",
        Level.C,
        "centres: chi T with fixed centre differs from that with free centre by {percent:.2f} % (median)",
        "the sample is off centre, or the scan's fit is poor; half of the difference is in the budget",
    ),
    AlertSpec(
        "MAG-107",
        Level.B,
        "saturation: muB g S H/(kT) = {ratio:.2f} at {T:.1f} K, S = {S:g}",
        "M/H is below chi by saturation there: measure in a lower field, or leave these temperatures out",
    ),
    AlertSpec(
        "MAG-108",
        Level.B,
        "lag_undeclared: the loop of {width:.2f} K cannot be told from the lag of the sample",
        "the loop is given as an upper limit; type: --set settle_s=SECONDS or --set lag_K=KELVIN",
    ),
    AlertSpec(
        "MAG-109",
        Level.B,
        "loop_not_resolved: {why}",
        "no hysteresis is shown; only an upper limit can be quoted",
    ),
    AlertSpec(
        "MAG-110",
        Level.B,
        "one_branch: there is no {branch} branch",
        "hysteresis is not testable",
    ),
    AlertSpec(
        "MAG-111",
        Level.C,
        "branches_differ: chi T of heating and cooling differ by {percent:.2f} % (median) away from the "
        "transition, {times:.1f} times what scatter and lag make",
        "a systematic that the errors of single points do not hold; half of it is in those of named "
        "temperatures",
    ),
    AlertSpec(
        "MAG-112",
        Level.B,
        "half_gap: T1/2 by the half fraction and by the steepest rise differ by {gap:.2f} K on {branch}",
        "the transition is not symmetric, or the end windows are no pure forms: quote both",
    ),
    AlertSpec(
        "MAG-113",
        Level.B,
        "residual_doubt: {why}",
        "the residual share rests on declared spins and g; it is no measurement of the share alone",
    ),
    AlertSpec(
        "MAG-114",
        Level.A,
        "pair_rejected: {why}",
        "a pair of spins {spins} does not describe the data: its g and J are withheld",
    ),
    AlertSpec(
        "MAG-115",
        Level.B,
        "gap_bounded: {what}",
        "the temperatures do not reach the upper level: quote the bound, no J",
    ),
    AlertSpec(
        "MAG-116",
        Level.C,
        "pair_models: {why}",
        "both models are in the figure; look at the residuals",
    ),
    AlertSpec(
        "MAG-117",
        Level.C,
        "not_done: {what}: {why}",
        "the rest of the file is evaluated",
    ),
    AlertSpec(
        "MAG-118",
        Level.C,
        "rows_left_out: {count} of {total} rows have no temperature, field or moment",
        "look at the file",
    ),
    AlertSpec(
        "MAG-119",
        Level.C,
        "curie_window: an unweighted fit gives theta {unweighted:.3g} K, a weighted one {weighted:.3g} K",
        "the law does not hold over the whole window, or a term is missing; narrow the window",
    ),
    AlertSpec(
        "MAG-120",
        Level.B,
        "not_linear: {why}",
        "M(H) is no straight line: the slope is no susceptibility",
    ),
    AlertSpec(
        "MAG-121",
        Level.B,
        "uncorrected_table: which corrections the table's chi T holds is not known",
        "mass, holder and diamagnetism cannot be checked from a table of chi T",
    ),
    AlertSpec(
        "MAG-122",
        Level.B,
        "header_differs: {what}",
        "the value of the settings was used",
    ),
    AlertSpec(
        "MAG-123",
        Level.G,
        "no_transition: chi T does not rise steeply anywhere between its ends",
        "where there is one, type: --set transition=yes",
    ),
    AlertSpec(
        "MAG-124",
        Level.G,
        "end_windows: T1/2 by the half fraction needs the windows of both pure forms",
        "type: --set 'low_spin_K=[{a:.0f}, {b:.0f}]' --set 'high_spin_K=[{c:.0f}, {d:.0f}]', after a look "
        "at the curve",
    ),
    AlertSpec(
        "MAG-125",
        Level.B,
        "exchange_convention: g and J are those of H = -2J S1.S2",
        "published J of the same pair differ by a factor of 2 or in sign; quote the Hamiltonian",
    ),
    AlertSpec(
        "MAG-126",
        Level.B,
        "low_transition: chi T rises most steeply at {T:.1f} K, where magnetic blocking after cooling without a "
        "field, exchange or zero-field splitting do the same",
        "T1/2 is that of a spin crossover only if there is one; where there is none, type: "
        "--set transition=no",
    ),
)


def magnetism_alert(code: str) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Like ``"MAG-100"``.

    Returns
    -------
    AlertSpec
    """
    return alert_spec(code, MAGNETISM_ALERTS)
