"""A synthetic assignment of three states, with every part that a report shows: no fit made it."""

from __future__ import annotations

import math
from dataclasses import replace

from reporting.outcomes import synthetic_outcome

from spectrafit.observable import Observable
from spectrafit.states.assignment import (
    Assignment,
    AxisCheck,
    Bound,
    CandidateRow,
    ClaimRow,
    ConsistencyRow,
    CurvePoint,
    EvidenceRow,
    KeyPopulation,
    LeftOut,
    LevelRow,
    ParameterValue,
    PopulationRow,
    PredictionRow,
    RateBound,
    StateEvidence,
    StoryRow,
    WeakDirection,
)
from spectrafit.study.outcome import Outcome, SeriesResult
from spectrafit.study.state_schema import StepDeclaration
from spectrafit.technique import Observables

STATES = (
    ("FeIII_LS", "Fe3+(LS)-dhbq3-"),
    ("FeIII_HS", "Fe3+(HS)-dhbq3-"),
    ("FeII_HS", "Fe2+(HS)-dhbq2-"),
)
NAMES = tuple(name for name, _ in STATES)
REPORT_T = (100.0, 200.0, 300.0)
UPPER = {"A": 0.25, "F": 0.48, "static": 0.33}
"""Made-up share of the third state at 300 K, by story."""


ANCHORS = (
    "theta_D_K held at 180 (assumed: typical of such a solid): without it ± 0.2 instead of ± 0.05",
    "assumed shape in temperature: step 23 follows an equilibrium: without it not determined",
    "S.12 held at 93.6 (no source): without it ± 0.07 instead of ± 0.05",
)


def shares(story: str, T: float) -> tuple[float, float, float]:
    """Return made-up populations: a step at 90 K, then a growing third state."""
    high = 0.95 / (1.0 + math.exp(-(T - 90.0) / 5.0)) + 0.05
    share = UPPER[story] * (1.0 if story == "static" else min(1.0, max(0.0, (T - 60.0) / 240.0)))
    return (1.0 - high, high * (1.0 - share), high * share)


def p_coefficient(story: str, T: float) -> float:
    rise = 0.438e3 * 0.95 / 20.0 / math.cosh((T - 90.0) / 10.0) ** 2
    return rise + (3.7 if story == "A" else 3.9) / (1.0 + math.exp(-(T - 90.0) / 5.0))


def assignment() -> Assignment:
    """Return an assignment that is undecided between two stories and rejects a third."""
    return Assignment(
        STATES,
        "undecided",
        "Two stories fit the data, and they differ by 0.23 in the population of Fe2+(HS)-dhbq2- "
        "at 300 K.",
        "F",
        tuple(_populations()),
        tuple(_curves()),
        _stories(),
        tuple(_predictions()),
        _left_out(),
        (
            WeakDirection(
                "F", "S.23 up by 10 J/(mol K) with G.23 down by 3 kJ/mol hardly changes chi2", 4e-5
            ),
            WeakDirection("A", "the gap above 3000 K is not felt by chiT", 2e-6),
        ),
        (
            AxisCheck(
                "F",
                "23",
                "",
                (-2e-137, 0.37),
                (0.64, 1.0),
                ((100.0, 0.01, 0.36), (200.0, 0.26, 0.53), (300.0, 0.48, 0.70)),
                (0.0, 3.6),
                "known up to a n + b x",
                "Fe2+(HS)-dhbq2- is known up to a n + b x by all data.",
            ),
            AxisCheck(
                "F",
                "23",
                "infrared",
                (0.0, 0.37),
                (0.64, 1.0),
                ((100.0, 0.01, 0.36), (200.0, 0.26, 0.53), (300.0, 0.48, 0.70)),
                (0.0, 3.6),
                "known up to a n + b x",
                "Without the infrared bands Fe2+(HS)-dhbq2- is known up to a n + b x only.",
            ),
        ),
        _evidence(),
        _groups(),
        (
            KeyPopulation(
                "mossbauer.QS", 125.0, "FeIII_HS", "FeII_HS", 0.44, 0.75,
                "with pure states of 1.0 and 2.1 to 2.9 mm/s, taken as independent of T",
            ),
            KeyPopulation(
                "mossbauer.IS", 125.0, "FeIII_HS", "FeII_HS", 0.03, 0.20,
                "with 0.50 and 1.13 mm/s at 298 K, carried to 125 K by the Doppler shift",
            ),
            KeyPopulation(
                "magnetism.chiT", 125.0, "FeIII_HS", "FeII_HS", None, None,
                "both states have 3.00 cm3 K/mol: it cannot tell them apart",
            ),
        ),
        _candidates(),
        _claims(),
        (
            ClaimRow(
                "rule 4", "1556 cm-1 on: dhbq2- is there", "supported",
                ("ir.area_1556(300 K)/ir.area_1556(120 K) = 9.1(1.4)",),
                "supports growth, not the absolute value",
            ),
            ClaimRow("rule 9", "HERFD of 135 and 250 K are alike", "contradicted",
                     ("herfd.fe.preedge.area differs by 0.1(4)",)),
        ),
        (
            ConsistencyRow(
                "spin-only chiT of S = 2 with g = 2", 3.0012, "cm3 K mol-1", "3.12 at 300 K",
                "fits the second and the third state alike",
            ),
        ),
        (
            LevelRow("Which of the stories A and F holds is not decided."),
            LevelRow("The population of Fe2+(HS)-dhbq2- at 300 K lies between 0.25 and 0.48."),
        ),
        _rate(),
        (
            "States 1 and 2 absorb equally at 1556 cm-1.",
            "g of Fe3+(HS)-dhbq3- is 2.00(3).",
        ),
        ("One infrared intensity of a model compound.", "Cell volume and Z from a CIF."),
        ("structure.co_o", "xas.co.edge"),
        ("ir.position_1556: its regime lies between averaged and resolved",),
        ("structure.fe_o of pure Fe3+(LS)-dhbq3-: the joint fit makes it 1.95(1)",),
    )  # fmt: skip


def assigned_outcome(*, formats: tuple[str, ...] = ("svg",)) -> Outcome:
    """Return the synthetic outcome with the synthetic assignment, and a series that has a unit."""
    item = Observable("pyro.p", "nC cm-2 K-1", value=3.8, sigma=0.15, conditions={"T": 120.0})
    series = SeriesResult("pyro", "done", observables=Observables("pyro", (item,)))
    made = synthetic_outcome(formats=formats)
    steps = (
        StepDeclaration("12", "FeIII_LS", "23"),
        StepDeclaration("23", "FeIII_HS", "FeII_HS"),
    )
    study = replace(made.study, step=steps)
    return replace(made, study=study, series=(series,), assignment=assignment())


def _populations():
    for story in ("A", "F", "static"):
        for T in REPORT_T:
            for state, value in zip(NAMES, shares(story, T), strict=True):
                lost = story == "A" and state == "FeII_HS" and T == 300.0
                sigma = None if lost else 0.02 + 0.03 * (state == "FeII_HS")
                yield PopulationRow(
                    story, state, T, value, sigma,
                    None if lost else max(0.0, value - 0.02), value + 0.02,
                    None if lost else max(0.0, value - 0.04), min(1.0, value + 0.05),
                    "affine only" if state == "FeII_HS" and story == "A" else "determined",
                    ANCHORS if state == "FeII_HS" else (),
                    "the profile is open below" if lost else "",
                )  # fmt: skip


def _curves():
    for story in ("A", "F", "static"):
        for T in range(10, 301, 10):
            x = shares(story, float(T))
            wide = [0.02 + 0.0002 * T * (i == 2) for i in range(3)]
            yield CurvePoint(
                story,
                float(T),
                x,
                tuple(max(0.0, one - w) for one, w in zip(x, wide, strict=True)),
                tuple(min(1.0, one + w) for one, w in zip(x, wide, strict=True)),
            )


def _stories() -> tuple[StoryRow, ...]:
    parameters = (
        ParameterValue("S.12", "J mol-1 K-1", 93.6, 1.8, 91.9, 95.3),
        ParameterValue("T.12", "K", 90.53, 0.11, 90.4, 90.6),
        ParameterValue("G.12", "J mol-1", 835.0, None, status="at bound", reason="at bound"),
        ParameterValue(
            "mossbauer.IS.FeII_HS", "mm/s", 1.22, 0.04, status="prior", prior=1.2,
            prior_sigma=0.06, source="dei1991",
        ),
        ParameterValue("theta_D_K", "K", 180.0, None, status="fixed",
                       source="assumed: typical of such a solid"),
    )  # fmt: skip
    return (
        StoryRow(
            "A", "ideal equilibrium of the second and the third state", 331.2, 320, 9, 21, 375.9,
            340.1, 0.21, "42 of 199 replicas are as large", (),
            ("pyro.p(300 K): −2.3 σ",), "accepted", "chi2 lies 3.1 above the best accepted story",
            parameters, ("step 23: 11.9(1.1) D",),
        ),
        StoryRow(
            "F", "as A, with an interaction of the two states", 328.1, 320, 9, 22, 375.2, None,
            0.24, "47 of 199 replicas are as large", ("G.23 set by bound",), (), "accepted",
            "it has the least AICc", parameters, ("step 23: 5.9(1.3) D",),
        ),
        StoryRow(
            "static", "one mixed state above the transition", 462.0, 320, 9, 18, 500.1, None,
            0.0, "0 of 199 replicas are as large", (), ("ir.area_1556(300 K): 7.1 σ",),
            "rejected", "no replica has so large a chi2", parameters[:2],
        ),
    )  # fmt: skip


def _predictions():
    for story in ("A", "F"):
        for i in range(56):
            T = 20.0 + 5.0 * i
            p = p_coefficient(story, T)
            wide = 0.2 + 0.05 * p
            measured = p_coefficient("A", T) + 0.15 * math.sin(7.0 * i)
            yield PredictionRow(
                story, "pyro", "pyro.p", True, T, "heating", measured, 0.15, p, p - wide, p + wide,
                (measured - p) / math.hypot(0.15, wide / 1.96),
            )  # fmt: skip
        for T in (120.0, 200.0, 300.0):
            dP = 0.45 + 0.0037 * (T - 120.0) + (0.02 if story == "F" else 0.0)
            yield PredictionRow(
                story, "pyro", "pyro.dP", True, T, "", 0.44 + 0.0037 * (T - 120.0), 0.03, dP, dP - 0.08, dP + 0.08,
                -0.2,
            )  # fmt: skip
        for T in (75.0, 125.0, 200.0, 300.0):
            mean = 1.65 + 0.18 * shares(story, T)[1] + 0.9 * shares(story, T)[2]
            yield PredictionRow(
                story, "mossbauer", "mossbauer.QS", True, T, "", 1.67 + 0.0019 * (T - 75.0), 0.03, mean,
                mean - 0.1, mean + 0.1, 0.3,
            )  # fmt: skip
        yield PredictionRow(
            story, "xas", "herfd.fe.preedge.area", False, 250.0, "", 8.8, 0.5, 8.6, 8.1, 9.1, 0.35
        )
        yield PredictionRow(
            story, "pyro", "pyro.p_peak", True, 90.0, "", None, None, 30.1, 28.0, 32.0
        )


def _left_out() -> tuple[LeftOut, ...]:
    def sigmas(size, lost=""):
        return tuple(
            (state, T, None if state == lost else size, "no data of it" if state == lost else "")
            for T in REPORT_T
            for state in NAMES
        )

    return (
        LeftOut(
            "pyro", "F", 61.0, 59, "shape predicted",
            "The shape is predicted; two dipole steps are fitted, so that dP alone is weak.",
            sigmas(0.029), sigmas(0.036),
        ),
        LeftOut(
            "mossbauer", "F", 3.1, 4, "predicted", "All four values lie in the band.",
            sigmas(0.037), sigmas(0.058, "FeIII_LS"),
        ),
        LeftOut("xas", "F", None, 1, "cannot tell", "Its end members are not fixed by the rest."),
    )  # fmt: skip


def _evidence() -> tuple[EvidenceRow, ...]:
    def row(key, technique, T, group, value, sigma, unit, logs, verdict, text, sources):
        table = tuple(zip(NAMES, logs, strict=True))
        return EvidenceRow(
            key, technique, T, group, value, sigma, unit, table, verdict, text, sources
        )

    low, high = "below 80 K", "above 100 K"
    toy = ("assumed: toy range of a test",)
    return (
        row("structure.fe_o", "structure", 60.0, low, 1.904, 0.005, "A", (2.1, -3.4, -4.0),
            "supports", "1.904(5) A: as short as low spin", ("girerd2008",)),
        row("magnetism.chiT", "magnetism", 5.0, low, 0.15, 0.03, "cm3 K mol-1", (1.4, -5.5, -5.5),
            "supports", "a residue of 5 % high spin", ("spin-only",)),
        row("mossbauer.QS", "mossbauer", 75.0, low, 1.64, 0.02, "mm/s", (-4.1, -5.3, -4.9),
            "explained by no state", "no pure state shows 1.64(2) mm/s", ("dei1991",)),
        row("magnetism.chiT", "magnetism", 120.0, high, 3.0, 0.05, "cm3 K mol-1", (-5.5, 1.2, 1.2),
            "silent", "the same for both high-spin states", ("spin-only",)),
        row("mossbauer.IS", "mossbauer", 125.0, high, 0.69, 0.01, "mm/s", (-3.9, -0.5, -4.2),
            "weak", "between the ranges", toy),
        row("mossbauer.QS", "mossbauer", 125.0, high, 1.83, 0.02, "mm/s", (-1.1, -4.8, -0.2),
            "against",
            "4.6 nats for FeII_HS against FeIII_HS; the value at 125 K stands for 2, of 1.80 to 1.83", toy),
    )  # fmt: skip


def _groups() -> tuple[StateEvidence, ...]:
    return (
        StateEvidence(
            "below 80 K", (("FeIII_LS", 0.99996), ("FeIII_HS", 2e-5), ("FeII_HS", 2e-5)),
            "FeIII_LS", (), ("mossbauer.QS",), ("structure.co_o",), (("structure.fe_o", "FeIII_LS"),),
        ),
        StateEvidence(
            "above 100 K", (("FeIII_LS", 0.0001), ("FeIII_HS", 0.7412), ("FeII_HS", 0.2587)),
            "FeIII_HS",
            (
                "mossbauer.QS 1.830(20) mm/s at 125 K speaks against FeIII_HS: 4.6 nats for FeII_HS "
                "against FeIII_HS; the value at 125 K stands for 2, of 1.80 to 1.83",
                "FeIII_HS and FeII_HS are not told apart (0.99 nats between them)",
            ),
            (), ("magnetism.chiT (no expectation)",),
            (("mossbauer.IS", "FeII_HS"),),
        ),
    )  # fmt: skip


def _candidates() -> tuple[CandidateRow, ...]:
    return (
        CandidateRow(
            "Mossbauer spectrum at 300 K", "mossbauer.QS", 300.0, 0.03, "mm/s",
            (("A", 1.98, 0.05), ("F", 2.23, 0.06)), 3.1, 9.6, 0.42,
            "end members that do not depend on T",
        ),
        CandidateRow(
            "Infrared spectrum at 120 K", "ir.area_1556", 120.0, 0.05, "cm-1",
            (("A", 0.11, 0.02), ("F", 0.09, 0.02)), 0.3, 0.1, None, "the background", True,
        ),
    )  # fmt: skip


def _claims() -> tuple[ClaimRow, ...]:
    return (
        ClaimRow(
            "C1", "The low-temperature state is Fe3+(LS)-dhbq3-", "supported",
            ("structure.fe_o(60 K) = 1.904(5) A", "magnetism.chiT(5 K) = 0.15(3) cm3 K mol-1"),
            "chiT alone fits Fe2+(LS) as well",
        ),
        ClaimRow(
            "C5", "The third state dominates at 300 K", "contradicted",
            ("its population at 300 K is 0.48(5) by story F, 0.25 by story A",),
        ),
        ClaimRow("C8", "p(300 K) is as large as that of PVDF", "cannot tell", (), "no number given"),
    )  # fmt: skip


def _rate() -> RateBound:
    return RateBound(
        1.3e9,
        2e11,
        (
            Bound("mossbauer.width", "mossbauer", 125.0, 1.3e9, None,
                  "one symmetric doublet, extra width below 0.05 mm/s"),
            Bound("ir.width_1556", "ir", 300.0, None, 2e11, "excess width below 1 cm-1"),
            Bound("ir.bands", "ir", 300.0, None, 3e12, "two bands are resolved"),
        ),
        "k12 + k21 lies between 1.3e9 and 2e11 s-1, if the states exchange at all.",
        (
            ("mossbauer.QS", "averaged", "k is above 20 times the splitting"),
            ("ir.area_1556", "resolved", "k is below 0.05 of the splitting"),
        ),
    )  # fmt: skip
