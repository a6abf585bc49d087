"""A technique's settings from plain values, as strictly as the study is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spectrafit.errors import StudyError
from spectrafit.study.converter import structured

if TYPE_CHECKING:
    from spectrafit.technique import Technique

__all__ = ["settings_of"]


def settings_of(
    owner: Technique | type[Any], values: Mapping[str, Any], where: str = "$.settings"
) -> Any:
    """Return settings, defaults changed by what is given.

    Parameters
    ----------
    owner : Technique or type
        Whose settings, or the settings dataclass itself.
    values : mapping
        Plain values by name of the setting, in the unit that its declaration gives.
    where : str, optional
        Where the values come from, like ``$.measurement[2].settings`` or ``--set``.

    Returns
    -------
    object
        An instance of the settings dataclass.

    Raises
    ------
    StudyError
        With every wrong setting at once.
    """
    kind = owner if isinstance(owner, type) else owner.settings
    made, mistakes = structured(values, kind, ())
    if mistakes:
        ordered = sorted(mistakes, key=lambda mistake: str(mistake.steps))
        raise StudyError(tuple(mistake.mistake(where) for mistake in ordered))
    return made
