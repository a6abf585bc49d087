"""The numbers that the paper of [FeCo] prints, as data of a joint fit, and the stories about them."""

from spectrafit.registry import spec_for
from spectrafit.states.datum import Datum, JoinedData, Quantity
from spectrafit.states.model import Law, Parameter, Requirement, State, StateModel, Step, Story

LS, HS, II = "FeIII_LS", "FeIII_HS", "FeII_HS"
P, DP, CHI_T, IS, QS = "pyro.p", "pyro.dP", "magnetism.chiT", "mossbauer.IS", "mossbauer.QS"
STEPS = (Step("23", HS, II), Step("12", LS, "23", by_T=True))
KEYS = (P, DP, CHI_T, IS, QS)
SPECS = {key: spec for key in KEYS if (spec := spec_for(key)) is not None}
REPORT_T = (120.0, 200.0, 300.0)


def _datum(key, T, value, sigma, *, low=None, high=None, quantity=Quantity.VALUE, from_T=None):
    return Datum(key, T, value, sigma, low, high, quantity, from_T, technique=key.partition(".")[0])


PRINTED = JoinedData(
    (
        _datum(P, 120.0, 3.8, 0.25),
        _datum(P, 300.0, 3.4, 0.25),
        _datum(P, 300.0, None, 0.25, low=2.4, quantity=Quantity.LOWEST, from_T=120.0),
        _datum(P, 300.0, None, 0.25, high=5.0, quantity=Quantity.HIGHEST, from_T=120.0),
        _datum(P, 120.0, 30.0, 1.5, quantity=Quantity.HIGHEST, from_T=60.0),
        _datum(P, 120.0, 90.0, 1.0, quantity=Quantity.T_OF_HIGHEST, from_T=60.0),
        _datum(P, 60.0, None, 0.05, high=0.3),
        _datum(DP, 110.0, 0.4, 0.03, quantity=Quantity.CHANGE, from_T=70.0),
        _datum(DP, 300.0, 1.15, 0.06, quantity=Quantity.CHANGE, from_T=20.0),
        _datum(CHI_T, 300.0, 3.12, 0.03),
        _datum(CHI_T, 120.0, 3.00, 0.03),
        _datum(CHI_T, 5.0, 0.15, 0.03),
        _datum(IS, 75.0, 0.42, 0.02),
        _datum(IS, 125.0, 0.69, 0.02),
        _datum(QS, 75.0, 1.64, 0.03),
        _datum(QS, 125.0, 1.83, 0.03),
        _datum(IS, 300.0, None, 0.01, low=0.01, quantity=Quantity.CHANGE, from_T=125.0),
        _datum(QS, 300.0, None, 0.02, low=0.05, quantity=Quantity.CHANGE, from_T=125.0),
    ),
    SPECS,
)

SHARED = {
    "S.12": Parameter(45.0, 15.0, 150.0, sigma=15.0),
    "T.12": Parameter(90.5, 60.0, 180.0),
    "G.12": Parameter(900.0, 0.0, 1490.0),
    "rho.12": Parameter(0.045, sigma=0.015),
    "H.23": Parameter(4000.0, 100.0, 60000.0),
    "S.23": Parameter(4.0, -25.0, 160.0),
    f"{P}.{LS}": Parameter(0.0, fixed=True),
    f"{P}.{HS}": Parameter(0.4),
    f"{P}.{II}": Parameter(3.0),
    **{f"{DP}.{state}": Parameter(equals=f"{P}.{state}") for state in (LS, HS, II)},
    "P_T0": Parameter(0.0, fixed=True),
    "T0_K": Parameter(20.0, fixed=True),
    f"{CHI_T}.{LS}": Parameter(0.0, fixed=True),
    f"S1.{HS}": Parameter(2.5, fixed=True),
    f"S2.{HS}": Parameter(0.5, fixed=True),
    f"gap_K.{HS}": Parameter(4000.0, fixed=True),
    f"S1.{II}": Parameter(2.0, fixed=True),
    f"g.{HS}": Parameter(2.0, sigma=0.03),
    f"g.{II}": Parameter(2.1, sigma=0.06),
    "TIP": Parameter(2e-4, sigma=1e-4),
    "theta_D_K": Parameter(180.0, fixed=True),
    f"{IS}.{LS}": Parameter(0.46),
    f"{IS}.{HS}": Parameter(0.77),
    f"{IS}.{II}": Parameter(1.22, sigma=0.06),
    f"{QS}.{LS}": Parameter(1.63),
    f"{QS}.{HS}": Parameter(1.81),
    f"{QS}.{II}": Parameter(2.5, sigma=0.25),
}

FREE_G = {"G.23": Parameter(-4000.0, -40000.0, 1000.0)}
REFERENCE = {f"{IS}.{HS}": Parameter(0.58, sigma=0.02), f"{QS}.{HS}": Parameter(1.00, sigma=0.05)}
HALF = (Requirement(II, 300.0, at_least=0.5),)

STORIES = (
    Story("A", "ideal equilibrium of FeIII_HS and FeII_HS"),
    Story("F", "as A with an interaction, and FeII_HS at least half at 300 K", FREE_G, HALF),
    Story("G", "FeIII_HS shows what its reference compound does", {
        **FREE_G, **REFERENCE, "G.23": Parameter(-20000.0, -40000.0, 1000.0),
        "T.12": Parameter(132.0, 60.0, 180.0),
        "H.23": Parameter(17000.0, 100.0, 60000.0), "S.23": Parameter(80.0, -25.0, 160.0),
    }),
    Story("A with x3(300 K) at least 0.5", "as A, and FeII_HS at least half at 300 K", {}, HALF),
    Story("A with a secondary part", "as A, and a lattice part of p", {
        "psec_300": Parameter(0.0, sigma=0.25), "theta_E_K": Parameter(150.0, fixed=True),
    }),
    Story("text-book", "FeIII_HS shows what its reference compound does, no interaction", REFERENCE),
    Story("static", "one mixed state above the transition", {"x.23": Parameter(0.3)},
          laws={"23": Law.CONSTANT}),
)  # fmt: skip

MODEL = StateModel((State(LS), State(HS), State(II)), STEPS, KEYS, SHARED, STORIES, REPORT_T)
