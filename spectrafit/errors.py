"""Errors a user can cause: what is wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "FitError",
    "Mistake",
    "PluginError",
    "PluginWarning",
    "ReadError",
    "SettingsError",
    "SpectrafitError",
    "StudyError",
    "UnitError",
    "nearest",
]


class SpectrafitError(Exception):
    """Say what is wrong, where, and what to do about it.

    Parameters
    ----------
    what : str
        The fault in one sentence, without a full stop.
    where : str, optional
        ``file:line`` or ``$.path.in.the.study``; empty where there is no place to name.
    do : str, optional
        What the user can do.
    code : str, optional
        Stable code of the refusal, for programs that read it.
    """

    default_code = "SPF-000"

    def __init__(self, what: str, *, where: str = "", do: str = "", code: str = "") -> None:
        self.what = what
        self.where = where
        self.do = do
        self.code = code or self.default_code
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}; {self.do}" if self.do else head

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt, (type(self), self.what, self.where, self.do, self.code))


def _rebuilt(
    kind: type[SpectrafitError], what: str, where: str, do: str, code: str
) -> SpectrafitError:
    return kind(what, where=where, do=do, code=code)


class ReadError(SpectrafitError):
    """A file cannot be read without the risk of a wrong number."""

    default_code = "SPF-100"


class UnitError(SpectrafitError):
    """A unit is unknown, or two units do not measure the same quantity."""

    default_code = "SPF-200"


class SettingsError(SpectrafitError):
    """A setting, parameter or role does not exist or has an impossible value."""

    default_code = "SPF-300"


class FitError(SpectrafitError):
    """A fit cannot be set up as asked."""

    default_code = "SPF-400"


class PluginError(SpectrafitError):
    """A technique or reader cannot be found, loaded, or told from another."""

    default_code = "SPF-500"


class PluginWarning(UserWarning):
    """A technique or reader cannot be loaded and is left out."""


@dataclass(frozen=True)
class Mistake:
    """One mistake in a study: its place, what is wrong, what to do.

    Parameters
    ----------
    where : str
        Path in the study, like ``$.measurement[2].settings.peaks``.
    what : str
        The fault.
    do : str, optional
        What to write instead.
    """

    where: str
    what: str
    do: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}"
        return f"{text}; {self.do}" if self.do else text


class StudyError(SpectrafitError):
    """A study file has mistakes; all of them are listed at once.

    Parameters
    ----------
    mistakes : tuple of Mistake
        Every mistake found, in the order of the file.
    where : str, optional
        Name of the study file.
    """

    default_code = "SPF-600"

    def __init__(self, mistakes: tuple[Mistake, ...], *, where: str = "") -> None:
        self.mistakes = mistakes
        noun = "mistake" if len(mistakes) == 1 else "mistakes"
        lines = "\n".join(f"  {mistake}" for mistake in mistakes)
        super().__init__(f"{len(mistakes)} {noun} in the study\n{lines}", where=where)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuilt_study, (self.mistakes, self.where))


def _rebuilt_study(mistakes: tuple[Mistake, ...], where: str) -> StudyError:
    return StudyError(mistakes, where=where)


def nearest(name: str, known: Iterable[str], *, noun: str = "the names", limit: int = 20) -> str:
    """Return the advice for a name that is not known.

    Parameters
    ----------
    name : str
        What was written.
    known : iterable of str
        What is valid.
    noun : str, optional
        What the valid ones are called.
    limit : int, optional
        How many are listed where none is close.

    Returns
    -------
    str
        The closest names, else the first of them.
    """
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    folded = {each.casefold(): each for each in reversed(names)}
    close = [folded[each] for each in get_close_matches(name.casefold(), folded, 2, 0.6)]
    if close:
        return f"did you mean {' or '.join(close)}?"
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{noun} are: {', '.join(names[:limit])}{more}" if names else f"{noun}: there are none"
