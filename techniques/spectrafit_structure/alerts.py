"""Alert codes of crystal structures; the words before a colon are reason codes."""

from __future__ import annotations

from spectrafit.alert import AlertSpec, Level, alert_spec

__all__ = ["STRUCTURE_ALERTS", "structure_alert"]

STRUCTURE_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "STR-100",
        Level.A,
        "not_polar: the space group {group} is not polar: pyroelectricity forbidden, check the group",
        "no direction and no dipole of the crystal is given; a group found by a program may be too high",
    ),
    AlertSpec(
        "STR-101",
        Level.A,
        "absolute_structure: {why}, so that no polarity can be stated: cos_u and electron_P hold for "
        "the structure as given or for its inverse",
        "determine the absolute structure (Flack parameter and its s.u. both below 0.1)",
    ),
    AlertSpec(
        "STR-102",
        Level.B,
        "temperature_contradictory: {why}",
        "no temperature is taken: say which one holds, with conditions of the measurement",
    ),
    AlertSpec(
        "STR-103",
        Level.C,
        "no_temperature: {why}",
        "it is in no series: give T in the conditions of the measurement",
    ),
    AlertSpec(
        "STR-104",
        Level.C,
        "no_su: {what} {verb} no s.u.: {why}",
        "no error, no test of a change and no spin state comes of a length without s.u.",
    ),
    AlertSpec(
        "STR-105",
        Level.C,
        "shell: {what}",
        "check bonds and symmetry of the CIF, farthest_A, or name the metals that count",
    ),
    AlertSpec(
        "STR-106",
        Level.B,
        "disorder: {what}",
        "lengths are those of one disorder group; say which, and its occupancy; set disorder to see another",
    ),
    AlertSpec(
        "STR-107",
        Level.B,
        "labels_remapped: {what}",
        "bonds were matched by element and order of length; check them before quoting single bonds",
    ),
    AlertSpec(
        "STR-108",
        Level.G,
        "sense: u points from {first} to {second}, as the file lists them",
        "the sign of cos_u and of a dipole is that of this choice: set axis = '{first}->{second}' or "
        "the reverse",
    ),
    AlertSpec(
        "STR-109",
        Level.C,
        "coordinates: {what}",
        "lengths are as listed; angles of these bonds are not given",
    ),
    AlertSpec(
        "STR-110",
        Level.G,
        "several_sites: {element} has the sites {labels}; each has its own keys",
        "",
    ),
    AlertSpec(
        "STR-111",
        Level.B,
        "spin_state: {what}",
        "no spin state follows from these lengths; the crystal may hold a mixture",
    ),
    AlertSpec("STR-112", Level.C, "not_given: {what}, {why}", "see the reason; everything else stands"),
    AlertSpec(
        "STR-113",
        Level.B,
        "alignment: molecules of the cell point against each other; their sum is {share:.0%} of the "
        "sum of their sizes",
        "the dipole of the cell is that of the mean projection, not Z times that of a molecule",
    ),
    AlertSpec(
        "STR-114",
        Level.G,
        "not_polar: the space group {group} is not polar: pyroelectricity forbidden",
        "",
    ),
    AlertSpec(
        "STR-115",
        Level.B,
        "not_compared: {what}",
        "changes between these structures are not given; compare those of one compound at different "
        "temperatures",
    ),
)  # fmt: skip


def structure_alert(code: str) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Like ``"STR-100"``.

    Returns
    -------
    AlertSpec
    """
    return alert_spec(code, STRUCTURE_ALERTS)
