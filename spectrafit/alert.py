"""Alerts: stable codes with a level, words and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CORE_ALERTS", "Alert", "AlertSpec", "Level", "alert_spec", "counted"]


class Level(StrEnum):
    """How serious an alert is; the words are what is printed."""

    A = "A"
    B = "B"
    C = "C"
    G = "G"

    @property
    def words(self) -> str:
        """What the level asks of the reader."""
        return {
            "A": "do not quote",
            "B": "quote with this sentence",
            "C": "look",
            "G": "note",
        }[self.value]


@dataclass(frozen=True)
class Alert:
    """One alert raised on one thing.

    Parameters
    ----------
    code : str
        Stable code, like ``"XAS-100"``.
    level : Level
        A "do not quote", B "quote with this sentence", C "look", G "note".
    text : str
        What was found, with its numbers.
    do : str
        What to do about it; for level B the sentence to quote.
    where : str
        File, measurement or key it is about.
    """

    code: str
    level: Level
    text: str
    do: str = ""
    where: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        action = f"; {self.do}" if self.do else ""
        return f"{self.code} {self.level.value} ({self.level.words}) {place}{self.text}{action}"


@dataclass(frozen=True)
class AlertSpec:
    """The declaration of one code.

    Parameters
    ----------
    code : str
        Stable code.
    level : Level
        Its level.
    text : str
        Words with ``{fields}`` that are filled when the alert is raised.
    do : str
        What to do.
    """

    code: str
    level: Level
    text: str
    do: str = ""

    def alert(self, *, where: str = "", **fields: object) -> Alert:
        """Return the alert with its fields filled.

        Parameters
        ----------
        where : str, optional
            File, measurement or key.
        **fields : object
            Values for the words in braces.

        Returns
        -------
        Alert
        """
        text = self.text.format(**fields)
        return Alert(self.code, self.level, text, self.do.format(**fields), where)


CORE_ALERTS: tuple[AlertSpec, ...] = (
    AlertSpec(
        "FIT-001",
        Level.C,
        "{name} ended on its bound {bound}",
        "its error is not given; widen the bound or fix the parameter",
    ),
    AlertSpec(
        "FIT-002",
        Level.B,
        "the fit stopped at its call limit",
        "the fit had not converged when it was stopped; raise the limit or improve the start values",
    ),
    AlertSpec(
        "FIT-003",
        Level.B,
        "the data do not determine {names}: the curvature of chi2 is singular there",
        "{names} cannot be determined from these data; fix one of them, or fit more data",
    ),
    AlertSpec(
        "FIT-004", Level.C, "{name} did not move from its start value", "start from another value"
    ),
    AlertSpec(
        "FIT-005",
        Level.C,
        "reduced chi2 is {redchi}: the model or the errors are off",
        "look at the residual before quoting errors",
    ),
    AlertSpec(
        "FIT-006",
        Level.B,
        "the fit did not end at a minimum",
        "the values are those of a fit that ended at no minimum, without errors; start from other values, or "
        "free fewer parameters",
    ),
    AlertSpec(
        "FIT-007",
        Level.C,
        "{name} is tied to a value outside its bounds",
        "its error is not given; change the tie or the bounds",
    ),
    AlertSpec(
        "FIT-008", Level.C, "no error can be estimated: {why}", "give each point its own sigma"
    ),
    AlertSpec(
        "FIT-009",
        Level.C,
        "{peak} is weak, {name} {ratio:.0f} times its standard error: the standard errors of its position, "
        "width and area hold the truth less often than 68 %",
        "ask for intervals that hold: spectrafit interval TECHNIQUE FILE --of {name}, and the like",
    ),
    AlertSpec(
        "RUN-002",
        Level.C,
        "refused: {why}",
        "mend or leave the file out with [[measurement.except]]",
    ),
    AlertSpec(
        "RUN-003",
        Level.G,
        "simulated data",
        "these files are simulated; nothing here is a measurement",
    ),
    AlertSpec(
        "RUN-011",
        Level.C,
        "nothing was decided for the long series as a whole, each scan decided for itself: {why}",
        "rows may differ in their model, and the run takes longer",
    ),
    AlertSpec(
        "RUN-012",
        Level.G,
        "in no merged spectrum, since {why}: {files}",
        "",
    ),
    AlertSpec(
        "RUN-013",
        Level.C,
        "not compared: {why}",
        "mend the comparison, or leave it out",
    ),
    AlertSpec(
        "RUN-014",
        Level.C,
        "the scans are not taken together: {why}",
        "see what each scan says alone",
    ),
    AlertSpec("STU-001", Level.G, "the study file: {text}", ""),
    AlertSpec(
        "STU-002",
        Level.C,
        "no installed technique declares {key}",
        "mend the key, or install the technique; until then no value of it is compared or joined",
    ),
    AlertSpec("READ-001", Level.G, "{text}", ""),
    AlertSpec("READ-002", Level.C, "{text}", "compare the raw columns with the file"),
    AlertSpec(
        "READ-003",
        Level.B,
        "{text}",
        "the file does not say for certain what its columns are; give the unit or the role in the settings",
    ),
)


def alert_spec(code: str, specs: Iterable[AlertSpec] = CORE_ALERTS) -> AlertSpec:
    """Return the declaration of a code.

    Parameters
    ----------
    code : str
        Stable code.
    specs : iterable of AlertSpec
        The table to look in.

    Returns
    -------
    AlertSpec

    Raises
    ------
    KeyError
        When the code is not declared.
    """
    for spec in specs:
        if spec.code == code:
            return spec
    raise KeyError(code)


def counted(alerts: Sequence[Alert]) -> tuple[tuple[Alert, int], ...]:
    """Return alerts of equal code and text as one with a count, gravest first.

    Parameters
    ----------
    alerts : sequence of Alert
        In any order.

    Returns
    -------
    tuple of (Alert, int)
    """
    groups: dict[tuple[str, str], list[Alert]] = {}
    for alert in alerts:
        groups.setdefault((alert.code, alert.text), []).append(alert)
    rows = tuple((group[0], len(group)) for group in groups.values())
    return tuple(sorted(rows, key=lambda row: (row[0].level.value, row[0].code)))
