"""The declared truth behind simulated data: populations and what each pure state shows.

A truth file says of itself that it is simulated::

    [truth]
    name = "truth P"
    simulated = true
    note = "one of a family"
    states = ["FeIII_LS", "FeIII_HS", "FeII_HS"]

    [[population]]                      # one row a temperature, in the order of the states
    T = 8.0                             # K
    x = [0.9512, 0.0488, 0.0]           # they sum to 1

    [member."xanes.fe.preedge.area"]    # one value for every state
    FeIII_LS = 4.91
    FeIII_HS = 8.8
    FeII_HS = 8.8
    unit = "1"
    convention = "trapezoid of the peaks from 7107 to 7118 eV, x 100"

    [law]                               # left out, or the law that the rows are rounded from:
    S12 = 93.6                          # `spectrafit.laws.three_state`, J, mol and K
    T12 = 90.53
    G12 = 835.0
    H23 = 28371.0
    S23 = 97.18
    G23 = -14577.0
    rho = 0.0488

    [nuisances]                         # what else the mixing rules need, unit in the name
    theta_D_K = 180.0

    [[paper]]                           # printed numbers, shown beside truth and recovered values
    key = "xanes.fe.preedge.area"
    T = 8.0                             # K; left out where it has none
    value = 5.1
    unit = "1"                          # the unit of the key's member table, where there is one
    source = "DOI, Fig. 5a"
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

from spectrafit.errors import Mistake, SpectrafitError, StudyError, nearest
from spectrafit.history import frozen_mapping
from spectrafit.laws import ThreeStateLaw, ThreeStatePopulations, three_state
from spectrafit.study.converter import structured
from spectrafit.study.dotted_keys import with_whole_keys
from spectrafit.study.fields import FrozenMappings, study_field
from spectrafit.study.mistakes import PlacedMistake, in_order
from spectrafit.study.schema import NOT_EMPTY
from spectrafit.study.toml_text import document_of, text_of

__all__ = ["DeclaredLaw", "Member", "PaperValue", "Population", "Truth", "TruthHead", "load_truth"]

TEMPERATURE_TOLERANCE = 0.01
SUM_TOLERANCE = 1e-3
LAW_TOLERANCE = 2e-4  # rows are printed to four digits


@dataclass(frozen=True)
class TruthHead:
    """The table ``[truth]``.

    Parameters
    ----------
    name : str
        What it is called in the report.
    simulated : bool
        True; a truth is declared for simulated data only.
    states : tuple of str
        Names of the states, in the order of every row `x`.
    note : str
        What a reader must know of it.
    """

    name: str = study_field("what it is called in the report", pattern=NOT_EMPTY)
    simulated: bool = study_field(
        "true: only simulated data have a declared truth", choices=(True,)
    )
    states: tuple[str, ...] = study_field(
        "names of the states, in the order of every x", pattern=NOT_EMPTY, least=1
    )
    note: str = study_field("what a reader must know of it", "")


@dataclass(frozen=True)
class Population:
    """One row ``[[population]]``.

    Parameters
    ----------
    T : float
        Temperature in K.
    x : tuple of float
        Share of each state, in the order of the states; they sum to 1.
    """

    T: float = study_field("temperature in K", above=0)
    x: tuple[float, ...] = study_field("share of each state", above=-1e-12, least=1)


@dataclass(frozen=True)
class DeclaredLaw:
    """The table ``[law]``: the cooperative three-state law that the populations follow.

    Parameters
    ----------
    S12, S23 : float
        J/(mol K).
    T12 : float
        K.
    G12, H23, G23 : float
        J/mol.
    rho : float
        Fraction that is always in states 2 and 3.
    """

    S12: float = study_field("entropy of state 2 over state 1, J/(mol K)")
    T12: float = study_field("temperature of equal energy of states 1 and 2, K", above=0)
    G12: float = study_field("interaction of state 1 with 2 and 3, J/mol")
    H23: float = study_field("enthalpy of state 3 over state 2, J/mol")
    S23: float = study_field("entropy of state 3 over state 2, J/(mol K)")
    G23: float = study_field("interaction of states 2 and 3, J/mol", 0.0)
    rho: float = study_field("fraction that is always in states 2 and 3", 0.0, above=-1e-12)

    def at(self, temperature: float) -> ThreeStatePopulations:
        """Return populations and slopes of the states at a temperature in K."""
        return three_state(temperature, ThreeStateLaw(**vars(self)))


@dataclass(frozen=True)
class Member(FrozenMappings):
    """One table ``[member.KEY]``: what each pure state shows for a key.

    Parameters
    ----------
    values : mapping of str to float
        By state; in the file these stand directly in the table.
    unit : str
        Unit of the values.
    convention : str
        What the numbers depend on: window, shape, scale.
    """

    values: Mapping[str, float] = study_field("value of each state")
    unit: str = study_field("unit of the values", "1", is_unit=True)
    convention: str = study_field("what the numbers depend on", "")


@dataclass(frozen=True)
class PaperValue:
    """One row ``[[paper]]``: a printed number.

    Parameters
    ----------
    key : str
        Key of the observable.
    value : float
        As printed.
    source : str
        Where it is printed.
    T : float or None
        Temperature in K.
    sigma : float or None
        Printed standard uncertainty.
    unit : str
        Unit of the numbers.
    """

    key: str = study_field("key of the observable", pattern=NOT_EMPTY)
    value: float = study_field("as printed")
    source: str = study_field("where it is printed", pattern=NOT_EMPTY)
    T: float | None = study_field("temperature in K", None, above=0)
    sigma: float | None = study_field("printed standard uncertainty", None, above=0)
    unit: str = study_field("unit of the numbers", "1", is_unit=True)


@dataclass(frozen=True)
class Truth(FrozenMappings):
    """A whole truth file.

    Parameters
    ----------
    truth : TruthHead
        ``[truth]``.
    population : tuple of Population
        ``[[population]]``.
    members : mapping of str to Member
        ``[member.KEY]``.
    nuisances : mapping of str to float
        ``[nuisances]``: what else the mixing rules need, in the unit that the name ends with.
    paper : tuple of PaperValue
        ``[[paper]]``.
    law : DeclaredLaw or None
        ``[law]``: populations between the rows and their slopes; None where rows alone are declared.
    """

    truth: TruthHead = study_field("what the truth is")
    population: tuple[Population, ...] = study_field("populations by temperature", least=1)
    members: Mapping[str, Member] = study_field(
        "pure-state values by key", factory=dict, dotted=True, toml="member"
    )
    nuisances: Mapping[str, float] = study_field("what the mixing rules need", factory=dict)
    paper: tuple[PaperValue, ...] = study_field("printed numbers", ())
    law: DeclaredLaw | None = study_field("law that the populations follow", None)

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states."""
        return self.truth.states

    @property
    def temperatures(self) -> tuple[float, ...]:
        """Temperatures in K that have declared populations."""
        return tuple(row.T for row in self.population)

    def populations(self, temperature: float) -> Mapping[str, float]:
        """Return the declared populations at a temperature; nothing is interpolated.

        Parameters
        ----------
        temperature : float
            In K; without a law within 0.01 K of a declared one.

        Returns
        -------
        mapping of str to float
            Share of each state.

        Raises
        ------
        SpectrafitError
            When no row has this temperature.
        """
        for row in self.population:
            if abs(row.T - temperature) <= TEMPERATURE_TOLERANCE:
                return frozen_mapping(dict(zip(self.states, row.x, strict=True)))
        if self.law is not None and temperature > 0:
            shares = map(float, self.law.at(temperature)[:3])
            return frozen_mapping(dict(zip(self.states, shares, strict=True)))
        declared = ", ".join(f"{T:g}" for T in self.temperatures)
        raise SpectrafitError(
            f"{self.truth.name} declares no populations at {temperature:g} K",
            do=f"add a [[population]] row; declared are {declared} K",
        )

    def slopes(self, temperature: float) -> Mapping[str, float]:
        """Return the derivatives of the populations by temperature.

        Parameters
        ----------
        temperature : float
            In K, above 0.

        Returns
        -------
        mapping of str to float
            Per K, by state; they sum to 0.

        Raises
        ------
        SpectrafitError
            Without a law.
        """
        if self.law is None or not temperature > 0:
            raise SpectrafitError(
                f"{self.truth.name} declares no slopes of the populations",
                do="add the table [law] that the populations follow",
            )
        slopes = map(float, self.law.at(temperature)[3:])
        return frozen_mapping(dict(zip(self.states, slopes, strict=True)))

    def member(self, key: str) -> Member | None:
        """Return what each pure state shows for a key, or None where nothing is declared.

        Parameters
        ----------
        key : str
            Key of the observable.

        Returns
        -------
        Member or None
        """
        return self.members.get(key)

    def paper_value(self, key: str, temperature: float | None) -> float | None:
        """Return the printed number of a key, in the unit of its member table.

        Parameters
        ----------
        key : str
            Key of the observable.
        temperature : float or None
            In K; None for a number without temperature.

        Returns
        -------
        float or None
            None where none is printed.
        """
        return next((row.value for row in self.paper if _is_of(row, key, temperature)), None)


def _is_of(row: PaperValue, key: str, temperature: float | None) -> bool:
    if row.T is None or temperature is None:
        return row.key == key and row.T is temperature
    return row.key == key and abs(row.T - temperature) <= TEMPERATURE_TOLERANCE


def load_truth(path: str | Path) -> Truth:
    """Return the truth of a TOML file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Truth

    Raises
    ------
    ReadError
        When the file cannot be read.
    StudyError
        With every mistake in it.
    """
    text, _ = text_of(Path(path))
    document = document_of(text, str(path))
    try:
        whole, mistakes = with_whole_keys(document, Truth)
        made, found = structured(_with_values(whole), Truth, ())
        places = (PlacedMistake(_in_file(m.steps), m.what, m.do) for m in found)
        every = in_order((*mistakes, *places, *(_faults(made) if made else ())), whole)
    except RecursionError:
        mistake = Mistake("$", "tables are nested too deeply", "a truth needs four levels")
        raise StudyError((mistake,), where=str(path)) from None
    if every:
        raise StudyError(tuple(each.mistake() for each in every), where=str(path))
    return cast(Truth, made)


def _with_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with the states of every member table in a table of their own."""
    members = document.get("member")
    if not isinstance(members, Mapping):
        return dict(document)
    own = {each.name for each in fields(Member)} - {"values"}
    changed = {}
    for key, table in members.items():
        if isinstance(table, Mapping):
            values = {name: item for name, item in table.items() if name not in own}
            table = {"values": values, **{n: item for n, item in table.items() if n in own}}
        changed[key] = table
    return {**document, "member": changed}


def _in_file(steps: tuple[str | int, ...]) -> tuple[str | int, ...]:
    if steps[:1] == ("member",) and steps[2:3] == ("values",):
        return (*steps[:2], *steps[3:])
    return steps


def _faults(truth: Truth) -> Iterator[PlacedMistake]:
    states = truth.states
    reserved = {each.name for each in fields(Member)}
    for index, state in enumerate(states):
        if state in states[:index] or state in reserved:
            what = (
                f"{state} is there twice" if state not in reserved else f"{state} is a key's name"
            )
            yield PlacedMistake(("truth", "states", index), what, "name the state otherwise")
    for index, row in enumerate(truth.population):
        place = ("population", index)
        if len(row.x) != len(states):
            what = f"{len(row.x)} shares for {len(states)} states"
            yield PlacedMistake((*place, "x"), what, "give one for each")
        elif abs(sum(row.x) - 1) > SUM_TOLERANCE:
            yield PlacedMistake((*place, "x"), f"the shares sum to {sum(row.x):.6g}", "make it 1")
        if any(abs(row.T - other.T) <= TEMPERATURE_TOLERANCE for other in truth.population[:index]):
            yield PlacedMistake((*place, "T"), f"a second row for {row.T:g} K", "leave one out")
    yield from _faults_of_law(truth)
    for key, member in truth.members.items():
        for state in member.values:
            if state not in states:
                advice = nearest(state, states, noun="the states")
                yield PlacedMistake(("member", key, state), "no such state or key", advice)
        for state in states:
            if state not in member.values:
                yield PlacedMistake(
                    ("member", key, state), "is missing", "give every state a value"
                )
    for index, printed in enumerate(truth.paper):
        declared = truth.member(printed.key)
        if declared is not None and declared.unit != printed.unit:
            what = f"printed in {printed.unit}, declared in {declared.unit}"
            yield PlacedMistake(("paper", index, "unit"), what, "give both in one unit")
        if any(_is_of(row, printed.key, printed.T) for row in truth.paper[:index]):
            what = f"a second number for {printed.key} at this temperature"
            yield PlacedMistake(("paper", index), what, "leave one out")


def _faults_of_law(truth: Truth) -> Iterator[PlacedMistake]:
    if truth.law is None:
        return
    if len(truth.states) != 3:
        what = f"a law of three states, but {len(truth.states)} are declared"
        yield PlacedMistake(("law",), what, "leave the law out")
        return
    for index, row in enumerate(truth.population):
        found = truth.law.at(row.T)[:3]
        apart = max((abs(float(a) - b) for a, b in zip(found, row.x, strict=False)), default=0.0)
        if apart > LAW_TOLERANCE:
            what = f"the law gives shares at {row.T:g} K that differ by {apart:.2g}"
            yield PlacedMistake(("population", index, "x"), what, "take them from the law")
