"""The sentences of a methods section that hold for every technique: data, fit, program."""

from __future__ import annotations

from collections.abc import Sequence

from spectrafit.conditions import CONDITION_UNITS
from spectrafit.fit.result import FitResult
from spectrafit.methods import MethodsSentence, Stated
from spectrafit.rounding import UNCERTAINTY_NOTE, number_text
from spectrafit.study.outcome import FileResult, Outcome

__all__ = ["data_sentences", "fit_sentence", "program_sentences"]

_NAMED = 4  # conditions that are named one by one
_CITED_LIBRARIES = {"numpy": ("NumPy", "harris2020"), "scipy": ("SciPy", "virtanen2020")}
_PROGRAM = "spectrafit-suite"
_TITLES = {"python": "Python"}


def data_sentences(outcome: Outcome, measurement: str, title: str) -> tuple[MethodsSentence, ...]:
    """Return what was evaluated in a measurement; simulated data are called so at once.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.
    measurement : str
        Name of one with results.
    title : str
        Of its technique, in one line.

    Returns
    -------
    tuple of MethodsSentence
    """
    declared = {one.name: one for one in outcome.study.measurement}.get(measurement)
    every = [one for one in outcome.results if one.measurement == measurement]
    done = [one for one in every if one.status == "done"]
    single = [one for one in done if one.scans == 1]
    simulated = any(one.source.simulated for one in done)
    sample = outcome.study.sample.get(declared.sample) if declared and declared.sample else None
    name = (sample.label or declared.sample if sample and declared else "") or ""
    values: dict[str, Stated] = {
        "count": _counted(len(single), f"{'simulated ' if simulated else ''}scan"),
        "measurement": measurement,
        "title": title,
        "technique": every[0].technique,
        "were": "was" if len(single) == 1 else "were",
    }
    text = "{count}"
    for slot, words, found in (
        ("sample", " of {sample}", name),
        ("conditions", " at {conditions}", _conditions(single)),
    ):
        if found:
            text, values[slot] = text + words, found
    text += " (measurement {measurement}) {were} evaluated with the technique {technique} ({title})"
    states = [one.status for one in every]
    lost = [
        f"{states.count(word)} {'was' if states.count(word) == 1 else 'were'} {word}"
        for word in ("refused", "left out")
        if word in states
    ]
    if lost:
        text, values["lost"] = text + "; {lost}", " and ".join(lost)
    sentences = [MethodsSentence(f"{text}.", values)]
    if simulated:
        sentences.append(
            MethodsSentence("Simulated data test the program; they are no measurement.")
        )
    merged = len(done) - len(single)
    if merged:
        sentences.append(
            MethodsSentence(
                "Scans of equal conditions were also merged, into {count}, and evaluated so.",
                {"count": _counted(merged, "spectrum", "spectra")},
            )
        )
    for role, names in declared.uses.items() if declared else ():
        sentences.append(
            MethodsSentence(
                "The {role} comes from the measurement {names}.",
                {"role": role, "names": " and ".join(names)},
            )
        )
    return tuple(sentences)


def fit_sentence(fit: FitResult) -> MethodsSentence:
    """Return how a fit was made and what its errors rest on.

    Parameters
    ----------
    fit : FitResult
        The fit.

    Returns
    -------
    MethodsSentence
    """
    how, cites = {
        "scipy": (
            "least squares (trust-region reflective algorithm with exact derivatives)",
            ("branch1999", "virtanen2020"),
        ),
        "lmfit": (
            "least squares (Levenberg–Marquardt algorithm of LMFIT with exact derivatives)",
            ("newville2014",),
        ),
    }.get(fit.engine, ("least squares (engine {engine})", ()))
    if fit.noise == "known":
        weights = "weighted with the errors of the points; the covariance was not scaled"
    else:
        weights = (
            "all points weighing the same; the noise was taken from the residual, which scales the "
            "covariance"
        )
    engine: dict[str, Stated] = {"engine": fit.engine} if "{engine}" in how else {}
    return MethodsSentence(f"Parameters were found by {how}, {weights}.", engine, cites)


def program_sentences(outcome: Outcome) -> tuple[MethodsSentence, ...]:
    """Return what uncertainties mean, and with which programs they were found.

    Parameters
    ----------
    outcome : Outcome
        What came of a study.

    Returns
    -------
    tuple of MethodsSentence
    """
    libraries = [
        (f"{title} {outcome.versions[name]}", key)
        for name, (title, key) in _CITED_LIBRARIES.items()
        if name in outcome.versions
    ]
    others = [
        f"{_TITLES.get(name, name)} {version}"
        for name, version in outcome.versions.items()
        if name not in (*_CITED_LIBRARIES, _PROGRAM)
    ]
    own = f"{_PROGRAM} {outcome.versions.get(_PROGRAM, '')}".strip()
    with_what = [*(words for words, _ in libraries), *others]
    return (
        MethodsSentence(f"Uncertainties stand in brackets: {UNCERTAINTY_NOTE}"),
        MethodsSentence(
            "The evaluation was made by {own}, with {others}."
            if with_what
            else "The evaluation was made by {own}.",
            {"own": own, **({"others": ", ".join(with_what)} if with_what else {})},
            (_PROGRAM, *(key for _, key in libraries)),
        ),
    )


def _counted(count: int, singular: str, plural: str = "") -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def _conditions(results: Sequence[FileResult]) -> str:
    """Return what scans were taken at, like ``T = 8, 135 and 250 K``."""
    names = dict.fromkeys(name for one in results for name in one.conditions)
    parts = []
    for name in names:
        values = [one.conditions[name] for one in results if name in one.conditions]
        numbers = sorted({float(v) for v in values if not isinstance(v, str)})
        texts = [number_text(value) for value in numbers]
        if len(texts) > _NAMED:
            texts = [f"{texts[0]} to {texts[-1]}"]
        texts += list(dict.fromkeys(v for v in values if isinstance(v, str)))[:_NAMED]
        *first, last = texts
        listed = f"{', '.join(first)} and {last}" if first else last
        parts.append(f"{name} = {listed} {CONDITION_UNITS.get(name, '')}".rstrip())
    return ", ".join(parts)
