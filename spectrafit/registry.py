"""Techniques and readers by name: found by entry point, loaded when asked for.

Our own register by the same entry points as everybody's: the groups `spectrafit.techniques` and
`spectrafit.readers`. Listing names reads the metadata of installed distributions only.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import Any, Generic, TypeVar

from spectrafit.alert import CORE_ALERTS, AlertSpec
from spectrafit.errors import PluginError, PluginWarning, nearest
from spectrafit.observable import ObservableSpec, spec_of
from spectrafit.reader import Reader
from spectrafit.technique import Technique

__all__ = [
    "READERS",
    "TECHNIQUES",
    "Plugin",
    "Plugins",
    "alert_table",
    "broken_plugins",
    "name_clash",
    "plugins",
    "reader",
    "reader_names",
    "readers",
    "spec_for",
    "technique",
    "technique_names",
    "techniques",
]

TECHNIQUES = "spectrafit.techniques"
READERS = "spectrafit.readers"

_OURS = "spectrafit-suite"
_THEIRS = "spectrafit"

_NOUN: Mapping[str, str] = {TECHNIQUES: "technique", READERS: "reader"}
_PROTOCOL: Mapping[str, type] = {TECHNIQUES: Technique, READERS: Reader}

Object = TypeVar("Object")


@dataclass(frozen=True)
class Plugin:
    """What a distribution declares of one technique or reader, before it is loaded.

    Parameters
    ----------
    name : str
        Name of the technique or reader.
    group : str
        Entry-point group.
    target : str
        ``module:object`` that is loaded.
    distribution : str
        Who declares it, with its version.
    """

    name: str
    group: str
    target: str
    distribution: str

    @property
    def package(self) -> str:
        """Name of the top-level package or module that it is in."""
        return self.target.partition(":")[0].partition(".")[0].strip()


class Plugins(Mapping[str, Object], Generic[Object]):
    """Techniques or readers by name, each loaded when it is asked for.

    Parameters
    ----------
    group : str
        Entry-point group.
    """

    def __init__(self, group: str) -> None:
        self._group = group

    def __getitem__(self, name: str) -> Object:
        found = _plugins(self._group).get(name)
        if found is None:
            raise KeyError(name)
        return _loaded(found)  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_plugins(self._group)))

    def __len__(self) -> int:
        return len(_plugins(self._group))

    def __contains__(self, name: object) -> bool:
        return name in _plugins(self._group)

    def __repr__(self) -> str:
        return f"<{len(self)} {_NOUN[self._group]}s: {', '.join(self)}>"


def techniques() -> Mapping[str, Technique]:
    """Return the installed techniques by name; each is loaded when it is asked for.

    Returns
    -------
    mapping of str to Technique
        Asking for a broken one raises `PluginError`; its name is listed all the same.

    Raises
    ------
    PluginError
        When two distributions declare the same name.
    """
    return Plugins[Technique](TECHNIQUES)


def plugins(group: str) -> Mapping[str, Plugin]:
    """Return what is declared in a group, by name; nothing is loaded.

    Parameters
    ----------
    group : str
        `TECHNIQUES` or `READERS`.

    Returns
    -------
    mapping of str to Plugin

    Raises
    ------
    PluginError
        When two distributions declare the same name.
    """
    return _plugins(group)


def technique_names() -> tuple[str, ...]:
    """Return the names of the installed techniques; nothing is loaded.

    Returns
    -------
    tuple of str
        Sorted.

    Raises
    ------
    PluginError
        When two distributions declare the same name.
    """
    return tuple(techniques())


def technique(name: str) -> Technique:
    """Return a technique by name.

    Parameters
    ----------
    name : str
        As in studies and on the command line.

    Returns
    -------
    Technique

    Raises
    ------
    PluginError
        When there is none of that name, it cannot be loaded, or it lacks a member.
    """
    found: Technique = _by_name(TECHNIQUES, name)
    return found


def reader_names() -> tuple[str, ...]:
    """Return the names of the installed readers; nothing is loaded.

    Returns
    -------
    tuple of str
        Sorted.

    Raises
    ------
    PluginError
        When two distributions declare the same name.
    """
    return tuple(sorted(_plugins(READERS)))


def readers() -> tuple[Reader, ...]:
    """Return all readers that can be loaded.

    Returns
    -------
    tuple of Reader
        Sorted by name. A broken one is left out with a warning that says whose it is and why.

    Raises
    ------
    PluginError
        When two distributions declare the same name.
    """
    return tuple(_loadable(READERS))


def reader(name: str) -> Reader:
    """Return a reader by name.

    Parameters
    ----------
    name : str
        As on the command line.

    Returns
    -------
    Reader

    Raises
    ------
    PluginError
        When there is none of that name, it cannot be loaded, or it lacks a member.
    """
    found: Reader = _by_name(READERS, name)
    return found


def spec_for(key: str) -> ObservableSpec | None:
    """Return the declaration of an observable's key; only the technique it names is loaded.

    Parameters
    ----------
    key : str
        A full key, like ``"xanes.fe.preedge.area"``.

    Returns
    -------
    ObservableSpec or None
        None when no installed technique has that name, or the technique does not declare the key.

    Raises
    ------
    PluginError
        When the technique is installed but broken.
    """
    name = key.partition(".")[0]
    if name not in _plugins(TECHNIQUES):
        return None
    return spec_of(key, technique(name).observables)


def alert_table() -> tuple[AlertSpec, ...]:
    """Return every declared alert, those of the core first.

    Returns
    -------
    tuple of AlertSpec
        Of different codes. Alerts of a technique that cannot be loaded are left out with a
        warning.

    Raises
    ------
    PluginError
        When two declare the same code with different words.
    """
    owners: dict[str, tuple[str, AlertSpec]] = {
        spec.code: ("the core", spec) for spec in CORE_ALERTS
    }
    for each in _loadable(TECHNIQUES):
        for spec in each.alerts:
            owner, known = owners.setdefault(spec.code, (each.name, spec))
            if known != spec:
                raise PluginError(
                    f"alert {spec.code} is declared by {owner} and, differently, by {each.name}",
                    do=f"the authors of {each.name} must choose another code",
                )
    return tuple(spec for _, spec in owners.values())


def broken_plugins() -> tuple[PluginError, ...]:
    """Return why each technique or reader that cannot be loaded cannot; loads all of them.

    Returns
    -------
    tuple of PluginError
        Empty when everything loads.
    """
    faults = []
    for group in (TECHNIQUES, READERS):
        try:
            declared = _plugins(group).values()
        except PluginError as fault:
            faults.append(fault)
            continue
        for each in declared:
            try:
                _loaded(each)
            except PluginError as fault:
                faults.append(fault)
    return tuple(faults)


def name_clash() -> str:
    """Return what to do about the unrelated PyPI distribution named ``spectrafit``.

    It has the same import name: installed side by side, each overwrites files of the other.

    Returns
    -------
    str
        One sentence with the line to type; empty when it is not installed.
    """
    try:
        version = metadata.version(_THEIRS)
    except metadata.PackageNotFoundError:
        return ""
    return (
        f"the unrelated distribution {_THEIRS} {version} is installed beside {_OURS}; both have "
        f"the import name spectrafit and overwrite each other's files; type: "
        f"pip uninstall {_THEIRS} && pip install --force-reinstall --no-deps {_OURS}"
    )


def _plugins(group: str) -> Mapping[str, Plugin]:
    """Return what is declared, by name; found anew when the module search path changes."""
    return _declared(group, tuple(sys.path))


@lru_cache(maxsize=16)
def _declared(group: str, search_path: tuple[str, ...]) -> Mapping[str, Plugin]:
    found: dict[str, Plugin] = {}
    owners: dict[int, str] = {}  # a distribution is asked once: it reads its description each time
    for entry in sorted(metadata.entry_points(group=group), key=lambda e: (e.name, e.value)):
        if (owner := id(entry.dist)) not in owners:
            owners[owner] = _distribution(entry)
        each = Plugin(entry.name, group, entry.value, owners[owner])
        other = found.setdefault(entry.name, each)
        if other != each:
            names = sorted({other.distribution, each.distribution})
            if len(names) == 1:
                what = f"{names[0]} declares the {_NOUN[group]} {entry.name!r} twice"
                do = "its authors must take one out"
            else:
                what = f"{names[0]} and {names[1]} both declare the {_NOUN[group]} {entry.name!r}"
                do = "type: pip uninstall one of them"
            raise PluginError(what, do=do)
    return found


def _distribution(entry: metadata.EntryPoint) -> str:
    owner = entry.dist
    return f"{owner.name} {owner.version}" if owner else "an unknown distribution"


def _by_name(group: str, name: str) -> Any:
    if name not in _plugins(group):
        _declared.cache_clear()  # it may have been installed since
    declared = _plugins(group)
    if name in declared:
        return _loaded(declared[name])
    noun = _NOUN[group]
    close = nearest(name, sorted(declared), noun=f"the {noun}s")
    advice = f"{close}{'' if close.endswith('?') else ';'} type: spectrafit {noun}s"
    raise PluginError(f"no {noun} {name!r}", do="; ".join(filter(None, [advice, name_clash()])))


def _loadable(group: str) -> Iterator[Any]:
    for _, each in sorted(_plugins(group).items()):
        outcome = _outcome(each)
        if isinstance(outcome, PluginError):
            warnings.warn(str(outcome), PluginWarning, stacklevel=3)
        else:
            yield outcome


@lru_cache(maxsize=256)
def _outcome(plugin: Plugin) -> Any:
    """Return the object of a plugin or the fault, kept: a folder of files asks for it often."""
    try:
        return _loaded(plugin)
    except PluginError as fault:
        return fault


@lru_cache(maxsize=256)
def _loaded(plugin: Plugin) -> Any:
    """Return the object of an entry point, once it is found to be what it is declared as."""
    noun = _NOUN[plugin.group]
    blame = f"the {noun} {plugin.name!r} of {plugin.distribution}"
    entry = metadata.EntryPoint(plugin.name, plugin.target, plugin.group)
    try:
        found = entry.load()
        fault = _fault(found, plugin)
    except Exception as error:  # whatever a third party's code raises
        raise PluginError(
            f"{blame} cannot be loaded: {type(error).__name__}: {error}",
            where=plugin.target,
            do="mend, update or uninstall that distribution",
        ) from error
    if fault:
        raise PluginError(
            f"{blame} is no {noun}: {fault}",
            where=plugin.target,
            do=f"its authors find the {noun} protocol in spectrafit.{noun}",
        )
    return found


def _fault(found: Any, plugin: Plugin) -> str:
    """Return in what an object falls short of its protocol; empty for nothing."""
    if isinstance(found, type):
        return f"{found.__name__} is a class, an instance is needed"
    for member, declared in vars(_PROTOCOL[plugin.group]).items():
        if member.startswith("_"):
            continue
        if not hasattr(found, member):
            return f"it lacks {member!r}"
        if isinstance(declared, Callable) and not callable(getattr(found, member)):  # type: ignore[arg-type]
            return f"its {member!r} cannot be called"
    if found.name != plugin.name:
        return f"it calls itself {found.name!r}"
    return ""
