"""The states of a study as the joint fit knows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from spectrafit.errors import Mistake, SpectrafitError, StudyError, UnitError
from spectrafit.observable import ObservableSpec
from spectrafit.registry import spec_for, technique
from spectrafit.states.datum import JoinedData
from spectrafit.states.model import Law, Parameter, Requirement, State, StateModel, Step, Story
from spectrafit.study.mistakes import path_text
from spectrafit.study.parameter_names import ParameterNames, is_joined, step_parameters
from spectrafit.study.schema import Study
from spectrafit.study.state_schema import JointParameter, StoryDeclaration
from spectrafit.units import converted, same_quantity

__all__ = ["nuisance_names", "parameter_names", "state_model", "unfelt_sentences"]

SpecOf = Callable[[str], ObservableSpec | None]

_STEP_UNITS: Mapping[str, str] = {
    "H": "J mol-1", "S": "J mol-1 K-1", "T": "K", "G": "J mol-1", "rho": "1", "x": "1",
}  # fmt: skip


def state_model(
    study: Study, data: JoinedData | None = None, *, spec_of: SpecOf = spec_for
) -> StateModel | None:
    """Return states, steps, stories and what is known of their numbers.

    Parameters
    ----------
    study : Study
        A study.
    data : JoinedData, optional
        What was measured: the model then has its keys in place of keys with ``*``.
    spec_of : callable, optional
        ``spec_of(key)``, the declaration of a key or None; that of the installed techniques.

    Returns
    -------
    StateModel or None
        None where the study declares no steps. One story, of what is shared, where it declares
        none.

    Raises
    ------
    StudyError
        With every fault of a number: a name that is none, a unit of another quantity, bounds that
        are none; or steps that are no tree of the states.
    """
    if not study.step:
        return None
    joint = study.joint
    if joint is None:
        raise _refused(("joint",), "is missing", "add [joint] with the keys that are joined")
    names = parameter_names(study)
    mistakes: list[Mistake] = []

    def made(given: Mapping[str, JointParameter], *steps: str | int) -> dict[str, Parameter]:
        found = {}
        for name, each in given.items():
            try:
                fault = names.fault(name) or (each.equals and names.fault(each.equals))
                if fault:
                    raise fault
                found[name] = _parameter(name, each, names, spec_of)
            except (SpectrafitError, ValueError) as error:
                what, do = getattr(error, "what", str(error)), getattr(error, "do", "")
                place = path_text((*steps, "parameters", name))
                mistakes.append(Mistake(f"${place}", what, do))
        return found

    shared = made(joint.parameters, "joint")
    own = [made(story.parameters, "story", i) for i, story in enumerate(study.story)]
    if mistakes:
        raise StudyError(tuple(mistakes))
    stories = tuple(_story(story, own[i]) for i, story in enumerate(study.story))
    told = [*shared, *(name for each in own for name in each)]
    try:
        return StateModel(
            states=tuple(State(name, one.label) for name, one in study.state.items()),
            steps=tuple(
                Step(s.name, s.lower, s.upper, Law(s.law), s.by_T, s.nodes) for s in study.step
            ),
            keys=_keys(names, told, data),
            parameters=shared,
            stories=stories or (Story("the model"),),
            report_T=joint.report_T,
        )
    except SpectrafitError as error:
        raise _refused(("step",), str(error), error.do) from error


def parameter_names(study: Study) -> ParameterNames:
    """Return what decides about the names of the numbers of the joint fit.

    Parameters
    ----------
    study : Study
        A study.

    Returns
    -------
    ParameterNames
    """
    of_steps = [
        name
        for step in study.step
        for name in step_parameters(
            asdict(step), [step.law, *(story.laws.get(step.name) for story in study.story)]
        )
    ]
    keys = () if study.joint is None else study.joint.keys
    return ParameterNames(tuple(of_steps), keys, tuple(study.state))


def nuisance_names(study: Study) -> tuple[str, ...]:
    """Return the names that only a mixing rule can know, like ``theta_D_K``.

    Parameters
    ----------
    study : Study
        A study.

    Returns
    -------
    tuple of str
        Of all stories, each once.
    """
    names = parameter_names(study)
    shared = () if study.joint is None else study.joint.parameters
    told = dict.fromkeys([*shared, *(name for story in study.story for name in story.parameters)])
    return tuple(name for name in told if names.is_nuisance(name))


def unfelt_sentences(study: Study, felt: Mapping[str, bool]) -> tuple[str, ...]:
    """Return a sentence for each declared number that no mixing rule knows.

    Parameters
    ----------
    study : Study
        A study.
    felt : mapping of str to bool
        Of nuisances of the joint fit by name: whether changing it changes any datum's value.

    Returns
    -------
    tuple of str
        Empty where all are felt; of names that are not in `felt` nothing is said.
    """
    return tuple(
        f"the number {name} of the study changes none of the joined keys: no mixing rule knows it"
        for name in nuisance_names(study)
        if felt.get(name) is False
    )


def _keys(names: ParameterNames, told: list[str], data: JoinedData | None) -> tuple[str, ...]:
    """Return the joined keys: those written, and those that a pattern means."""
    if data is None:
        return names.keys
    members = [member[0] for name in told if (member := names.member(name)) is not None]
    measured = [key for key in data.keys if is_joined(key, names.keys)]
    written = [key for key in names.keys if "*" not in key]
    return tuple(dict.fromkeys([*measured, *written, *members]))


def _story(story: StoryDeclaration, parameters: Mapping[str, Parameter]) -> Story:
    return Story(
        story.name,
        story.meaning,
        parameters,
        tuple(Requirement(r.state, r.T, r.at_least, r.at_most, r.sigma) for r in story.require),
        {name: Law(law) for name, law in story.laws.items()},
    )


def _parameter(
    name: str, given: JointParameter, names: ParameterNames, spec_of: SpecOf
) -> Parameter:
    """Return what is known of a number in the unit that the joint fit has it in."""
    unit = given.unit and _unit_of(name, given.unit, names, spec_of)
    place, width = _conversion(given.unit, unit) if unit else (None, 1.0)

    def at(number: float | None) -> float | None:
        return number if number is None or place is None else place(number)

    return Parameter(
        value=at(given.value),
        low=at(given.min),
        high=at(given.max),
        fixed=given.fixed,
        sigma=None if given.sigma is None else given.sigma * width,
        equals=given.equals,
        source=given.source,
    )


def _conversion(source: str, target: str) -> tuple[Callable[[float], float], float]:
    width = converted(1.0, source, target) - converted(0.0, source, target)
    return (lambda number: converted(number, source, target)), width


def _unit_of(name: str, given: str, names: ParameterNames, spec_of: SpecOf) -> str:
    """Return the unit in which the joint fit has a number; that given where nothing tells it."""
    member = names.member(name)
    if member is None:
        own = _STEP_UNITS.get(name.partition(".")[0]) if name in names.of_steps else None
        return own or _unit_in_name(name, given)
    spec = spec_of(member[0])
    if spec is None:
        raise UnitError(
            f"no installed technique declares {member[0]}, so that its unit is not known",
            do="leave the unit out, or install the technique",
        )
    return _unit_of_curve(member[0], given) if spec.of_slopes else spec.unit


def _unit_of_curve(key: str, given: str) -> str:
    """Return the unit of pure-state values of a key of slopes: that of the curve itself.

    Its technique states it with the key of that quantity, as pyro.dP has that of pyro.p.
    """
    specs = technique(key.partition(".")[0]).observables
    of_slopes = {spec.unit for spec in specs if spec.of_slopes}
    units = {
        spec.unit
        for spec in specs
        if spec.additive and spec.unit not in of_slopes and same_quantity(spec.unit, given)
    }
    if len(units) != 1:
        raise UnitError(
            f"values of pure states for {key} are no {given}: it is made of slopes",
            do="give the unit of the curve itself, or leave the unit out",
        )
    return units.pop()


def _unit_in_name(name: str, given: str) -> str:
    """Return the unit that a name ends with, like K of ``theta_D_K``."""
    try:
        last = name.rpartition("_")[2]
        return last if same_quantity(last, last) else given
    except UnitError:
        return given


def _refused(steps: tuple[str | int, ...], what: str, do: str) -> StudyError:
    return StudyError((Mistake(f"${path_text(steps)}", what, do),))
