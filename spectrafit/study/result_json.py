"""What was computed as exact JSON, for the journal: read back, it is what was computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from spectrafit.alert import Alert
from spectrafit.errors import ReadError, SpectrafitError
from spectrafit.exact_json import decoded, encoded
from spectrafit.fit.problem import ParameterChange
from spectrafit.strict_json import Json
from spectrafit.study.outcome import FileResult
from spectrafit.technique import Observables, SeriesRecipe

__all__ = [
    "observables_from",
    "observables_json",
    "recipe_from",
    "recipe_json",
    "results_from",
    "results_json",
]

_RESULTS = tuple[FileResult, ...]
_PARAMETERS = Mapping[str, ParameterChange]
_ALERTS = tuple[Alert, ...]


def results_json(results: tuple[FileResult, ...]) -> Json:
    """Return the results of a file as strict JSON types, every digit kept.

    Parameters
    ----------
    results : tuple of FileResult
        One each scan of the file.

    Returns
    -------
    list

    Raises
    ------
    TypeError, ValueError
        When a technique has put something into them that has no exact JSON form.
    """
    return encoded(results, _RESULTS)


def results_from(value: Json) -> tuple[FileResult, ...]:
    """Return the results that `results_json` has written.

    Parameters
    ----------
    value : list
        Strict JSON types.

    Returns
    -------
    tuple of FileResult

    Raises
    ------
    ReadError
        When they are not such results: a field is missing, unknown or of another type.
    """
    found: tuple[FileResult, ...] = _decoded(value, _RESULTS, "results of files")
    return found


def observables_json(observables: Observables) -> Json:
    """Return what a comparison gave as strict JSON types, every digit kept.

    Parameters
    ----------
    observables : Observables
        Of a technique.

    Returns
    -------
    dict

    Raises
    ------
    TypeError, ValueError
        When it holds something that has no exact JSON form.
    """
    return encoded(observables, Observables)


def observables_from(value: Json) -> Observables:
    """Return the observables that `observables_json` has written.

    Parameters
    ----------
    value : dict
        Strict JSON types.

    Returns
    -------
    Observables

    Raises
    ------
    ReadError
        When they are no such observables.
    """
    found: Observables = _decoded(value, Observables, "observables of a comparison")
    return found


def recipe_json(recipe: SeriesRecipe, settings: type[Any]) -> Json:
    """Return the recipe of a long series as strict JSON types, every digit kept.

    Parameters
    ----------
    recipe : SeriesRecipe
        How each scan is fitted.
    settings : type
        The technique's settings.

    Returns
    -------
    dict

    Raises
    ------
    TypeError, ValueError
        When it holds something that has no exact JSON form.
    """
    return {
        "settings": encoded(recipe.settings, settings),
        "parameters": encoded(recipe.parameters, _PARAMETERS),
        "alerts": encoded(recipe.alerts, _ALERTS),
    }


def recipe_from(value: Json, settings: type[Any]) -> SeriesRecipe:
    """Return the recipe that `recipe_json` has written.

    Parameters
    ----------
    value : dict
        Strict JSON types.
    settings : type
        The technique's settings.

    Returns
    -------
    SeriesRecipe

    Raises
    ------
    ReadError
        When it is no such recipe.
    """
    if not isinstance(value, dict) or set(value) != {one.name for one in fields(SeriesRecipe)}:
        raise ReadError("no recipe of a series", do="compute it again")
    kinds = {"settings": settings, "parameters": _PARAMETERS, "alerts": _ALERTS}
    return SeriesRecipe(
        **{name: _decoded(value[name], kind, "recipe of a series") for name, kind in kinds.items()}
    )


def _decoded(value: Json, kind: Any, what: str) -> Any:
    try:
        return decoded(value, kind)
    except (TypeError, ValueError, LookupError, RecursionError, SpectrafitError) as error:
        raise ReadError(f"no {what}: {error}", do="compute them again") from error
