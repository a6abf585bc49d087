"""Two declared stories with all of their numbers, and the priors of the model that is fitted to them."""

from __future__ import annotations

from states_case import H0, Truth, state_model

from spectrafit.states.model import Parameter, StateModel

# both as printed in the record of the prototype; bands, bond lengths and edges are those of H0
A = Truth(
    {
        "S.12": 77.346, "T.12": 90.504, "G.12": 941.74, "rho.12": 0.048536,
        "H.23": 4062.4, "S.23": 4.0342, "G.23": 0.0,
    },
    {
        **H0.members, "pyro.p": (0.0, 0.42701, 3.35881),
        "mossbauer.IS": (0.46295, 0.77474, 1.3078), "mossbauer.QS": (1.6244, 1.8146, 2.5000),
    },
    {**H0.nuisances, "g.FeIII_HS": 2.0, "g.FeII_HS": 2.0808, "TIP": 2.5284e-4, "psec_300": 0.0},
)  # fmt: skip
G = Truth(
    {
        "S.12": 56.381, "T.12": 180.0, "G.12": 840.36, "rho.12": 0.048104,
        "H.23": 26478.0, "S.23": 151.74, "G.23": -40000.0,
    },
    {
        **H0.members, "pyro.p": (0.0, -0.37259, 1.70721),
        "mossbauer.IS": (0.47063, 0.56979, 1.1559), "mossbauer.QS": (1.6404, 1.0257, 2.9482),
    },
    {**H0.nuisances, "g.FeIII_HS": 2.0, "g.FeII_HS": 2.0277, "TIP": 1.8416e-4, "psec_300": 0.0},
)  # fmt: skip

PRIORS = {
    "mossbauer.IS.FeIII_HS": Parameter(0.62, sigma=0.06),
    "mossbauer.IS.FeII_HS": Parameter(1.2, sigma=0.06),
    "mossbauer.QS.FeII_HS": Parameter(2.5, sigma=0.25),
    "g.FeII_HS": Parameter(2.1, sigma=0.06),
    "TIP": Parameter(2e-4, sigma=1e-4),
    "structure.Fe-O.FeII_HS": Parameter(2.07, sigma=0.02),
    "xanes.fe.preedge.area.FeII_HS": Parameter(10.0, sigma=2.0),
}


def two_state_model(**changed: Parameter) -> StateModel:
    """Return the ideal equilibrium with priors of the tests, without a secondary part."""
    none = {"psec_300": Parameter(0.0, fixed=True, source="assumed: no secondary part")}
    return state_model(H0, **{**PRIORS, **none, **changed})
