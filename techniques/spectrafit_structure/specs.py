"""Declared keys of `structure`."""

from __future__ import annotations

from spectrafit.observable import Kind, ObservableSpec

__all__ = ["LIGAND_ELEMENTS", "SPECS"]

LIGAND_ELEMENTS = ("O", "N", "C", "S", "P", "F", "Cl", "Br", "I", "Se", "As", "Te", "Si", "B", "Sb")
"""Elements to which mean lengths are given; ``C-O`` and ``C-C`` are those of the bridge."""


def _spec(
    key: str,
    unit: str,
    meaning: str,
    kind: Kind = Kind.VALUE,
    *,
    additive: bool = False,
    quoted: tuple[str, ...] = (),
) -> ObservableSpec:
    return ObservableSpec(f"structure.{key}", unit, meaning, kind, additive=additive, quoted=quoted)


SPECS: tuple[ObservableSpec, ...] = (
    *(
        _spec(
            f"{{first}}-{element}", "A",
            f"mean length of bonds to {element}, inverse-variance mean over one shell or bridge",
            additive=True, quoted=("bonds",),
        )
        for element in LIGAND_ELEMENTS
    ),
    _spec(
        "{first}-CH", "A", "mean length of C-C bonds of the bridge to carbon that bears no oxygen",
        additive=True, quoted=("bonds",),
    ),
    _spec("{kind}.change", "A", "change of the mean length of a kind of bond from the reference structure", quoted=("reference_T_K",)),
    _spec("{kind}.unchanged", "A", "size that a change of this mean length stays below", Kind.UPPER_LIMIT, quoted=("reference_T_K", "limit_A")),
    _spec("{kind}.per_100K", "A", "slope of this mean length with temperature, times 100 K", quoted=("slope_K",)),
    _spec("{kind}.mixture_rms", "A", "root of the mean-square displacement along these bonds that a mixture of two states adds", Kind.INTERVAL, quoted=("mixture_ends_A",)),
    _spec("{bond}.length", "A", "length of one bond, as listed, else from the coordinates"),
    _spec("{metal}.Delta", "1", "length distortion of a shell of six, (1/6) sum ((d - <d>)/<d>)^2"),
    _spec("{metal}.Sigma", "deg", "angular distortion of a shell of six, sum of |90 - phi| over 12 cis angles"),
    _spec("{metal}.elongation", "A", "mean length along the longest axis of a shell less that of the others"),
    _spec("{metal}.spin_state", "1", "likelihood of each state of which ranges were given", Kind.CATEGORY),
    _spec("VZ", "A3", "volume of the cell for each formula unit", additive=True),
    _spec("VZ.expansion", "K-1", "relative slope of V/Z with temperature", quoted=("slope_K",)),
    _spec("polar_axis", "1", "directions along which symmetry allows a dipole moment", Kind.CATEGORY),
    _spec("cos_u", "1", "cosine between the polar axis and the direction of the two named atoms", quoted=("axis",)),
    _spec("alignment", "1", "sum of the projections of all molecules on the polar axis over the sum of their sizes"),
    _spec("distance", "A", "distance of the two named atoms", quoted=("axis",)),
    _spec(
        "electron_P", "uC cm-2",
        "change of the polarisation along u when one electron moves from the second named atom to the first, in every formula unit",
        quoted=("axis",),
    ),
    _spec("flack", "1", "Flack parameter as refined"),
)  # fmt: skip
