"""The alerts of an outcome: who raised them, how often, and which are waived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spectrafit.alert import Alert, Level
from spectrafit.reporting.tables import Column, Table
from spectrafit.study.outcome import FileResult, Outcome

__all__ = [
    "AlertGroup",
    "RaisedAlert",
    "alert_counts",
    "alerts_table",
    "counts_text",
    "file_alerts",
    "grouped_alerts",
    "raised_alerts",
    "waived_counts",
]


MOST_PLACES = 4


@dataclass(frozen=True)
class RaisedAlert:
    """One alert, with the file it was raised on and the reason why it is waived.

    Parameters
    ----------
    alert : Alert
        What was found.
    measurement, label : str
        Of the file; the label is empty for a whole measurement, both for the whole study.
    waived : str
        The written reason; empty where it stands.
    """

    alert: Alert
    measurement: str = ""
    label: str = ""
    waived: str = ""


@dataclass(frozen=True)
class AlertGroup:
    """Alerts that are told as one, with a count.

    Parameters
    ----------
    raised : tuple of RaisedAlert
        At least one.
    """

    raised: tuple[RaisedAlert, ...]

    @property
    def first(self) -> RaisedAlert:
        """The one whose words are printed."""
        return self.raised[0]

    @property
    def found(self) -> str:
        """What was found, and how many others are like it."""
        texts = list(dict.fromkeys(one.alert.text for one in self.raised))
        more = f" (and {len(texts) - 1} like it, see the files)" if len(texts) > 1 else ""
        return texts[0] + more

    @property
    def places(self) -> str:
        """The first four files that it was raised on."""
        places = list(
            dict.fromkeys(
                one.label or one.measurement or one.alert.where or "study" for one in self.raised
            )
        )
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        return ", ".join(places[:MOST_PLACES]) + more


def file_alerts(result: FileResult) -> tuple[Alert, ...]:
    """Return the alerts of one file, each once.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    tuple of Alert
        Those of the file, then those of its observables that are not among them.
    """
    found = result.observables.alerts if result.observables is not None else ()
    once = {(alert.code, alert.text): alert for alert in (*found, *result.alerts)}
    return tuple(sorted(once.values(), key=lambda alert: (alert.level.value, alert.code)))


def raised_alerts(outcome: Outcome) -> tuple[RaisedAlert, ...]:
    """Return every alert of a study, its series, its comparisons and its files.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    tuple of RaisedAlert
        Gravest first; equal ones in the order of the files.
    """
    raised = [
        RaisedAlert(alert, waived=outcome.waiver_reason(alert.code)) for alert in outcome.alerts
    ]
    for name, alerts in outcome.measurement_alerts.items():
        raised += [
            RaisedAlert(alert, name, waived=outcome.waiver_reason(alert.code, name))
            for alert in alerts
        ]
    for series in outcome.series:
        raised += [
            RaisedAlert(
                alert,
                series.measurement,
                waived=outcome.waiver_reason(alert.code, series.measurement),
            )
            for alert in series.alerts
        ]
    for one in outcome.comparisons:
        raised += [
            RaisedAlert(
                alert,
                one.measurement,
                one.name,
                outcome.waiver_reason(alert.code, one.measurement),
            )
            for alert in one.alerts
        ]
    for result in outcome.results:
        raised += [
            RaisedAlert(
                alert,
                result.measurement,
                result.label,
                outcome.waiver_reason(alert.code, result.measurement),
            )
            for alert in file_alerts(result)
        ]
    return tuple(sorted(raised, key=lambda one: (one.alert.level.value, one.alert.code)))


def counts_text(outcome: Outcome) -> str:
    """Return one sentence that counts the alerts that stand, by level.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    str
    """
    standing = [one.alert.level for one in raised_alerts(outcome) if not one.waived]
    waived = sum(1 for one in raised_alerts(outcome) if one.waived)
    parts = [
        f"{standing.count(level)} {level.value} “{level.words}”"
        for level in Level
        if level in standing
    ]
    head = ", ".join(parts) if parts else "no alert stands"
    return f"{head}; {waived} waived." if waived else f"{head}."


def grouped_alerts(raised: Sequence[RaisedAlert], *, waived: bool) -> tuple[AlertGroup, ...]:
    """Return alerts of equal code together; of levels A and B only those of equal text.

    Parameters
    ----------
    raised : sequence of RaisedAlert
        All of them.
    waived : bool
        Whether those that are waived are meant, or those that stand.

    Returns
    -------
    tuple of AlertGroup
        In the order of their first ones.
    """
    groups: dict[tuple[str, str, str], list[RaisedAlert]] = {}
    for one in raised:
        text = one.alert.text if one.alert.level in (Level.A, Level.B) else ""
        if bool(one.waived) is waived:
            groups.setdefault((one.alert.code, text, one.waived), []).append(one)
    return tuple(AlertGroup(tuple(group)) for group in groups.values())


def alert_counts(outcome: Outcome) -> Table:
    """Return the alerts that stand, equal ones as one row with a count.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    Table
    """
    groups = grouped_alerts(raised_alerts(outcome), waived=False)
    return Table(
        "alerts",
        (
            Column("level"),
            Column("code"),
            Column("count", "times"),
            Column("text", "what was found"),
            Column("do", "what to do"),
            Column("where"),
        ),
        tuple(
            (
                f"{group.first.alert.level.value} “{group.first.alert.level.words}”",
                group.first.alert.code,
                len(group.raised),
                group.found,
                group.first.alert.do,
                group.places,
            )
            for group in groups
        ),
    )


def waived_counts(outcome: Outcome) -> Table:
    """Return the waived alerts with the written reasons.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    Table
    """
    groups = grouped_alerts(raised_alerts(outcome), waived=True)
    return Table(
        "waived",
        (
            Column("level"),
            Column("code"),
            Column("count", "times"),
            Column("text", "what was found"),
            Column("reason", "why it is accepted"),
            Column("where"),
        ),
        tuple(
            (
                group.first.alert.level.value,
                group.first.alert.code,
                len(group.raised),
                group.found,
                group.first.waived,
                group.places,
            )
            for group in groups
        ),
        title="Waived",
    )


def alerts_table(outcome: Outcome) -> Table:
    """Return every alert as a row of its own, for the CSV file.

    Parameters
    ----------
    outcome : Outcome
        What came of the study.

    Returns
    -------
    Table
    """
    return Table(
        "alerts",
        tuple(
            Column(name)
            for name in (
                "level",
                "words",
                "code",
                "measurement",
                "label",
                "where",
                "text",
                "do",
                "waived",
            )
        ),
        tuple(
            (
                one.alert.level.value,
                one.alert.level.words,
                one.alert.code,
                one.measurement,
                one.label,
                one.alert.where,
                one.alert.text,
                one.alert.do,
                one.waived,
            )
            for one in raised_alerts(outcome)
        ),
    )
