"""Which code a run is made with: what a fit depends on, and the whole program."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from spectrafit.code_digest import code_changed, environment_versions, package_digest
from spectrafit.exact_json import value_digest
from spectrafit.registry import READERS, TECHNIQUES, Plugin, plugins

__all__ = ["CodeVersion", "code_packages", "code_version"]

_OURS = "spectrafit-suite"
_CORE = "spectrafit"
# The floors above a study: import-linter sees to it that no fit can reach them.
_ABOVE = ("cli", "reporting", "figures", "_plugin_template")


@dataclass(frozen=True)
class CodeVersion:
    """The code of a run, as digests.

    Parameters
    ----------
    computing : mapping of str to str
        By technique: what its results depend on, which is the core up to the studies, its own
        package, every reader, Python, the kind of machine and the libraries.
    whole : str
        All of that and what writes the report.
    changed : tuple of str
        Packages whose files have changed since this process first looked at them: what runs may be
        neither the old lines nor the new ones.
    """

    computing: Mapping[str, str]
    whole: str
    changed: tuple[str, ...] = ()


def code_version(techniques: Collection[str]) -> CodeVersion:
    """Return the code that the results of some techniques depend on.

    Parameters
    ----------
    techniques : collection of str
        Names of installed techniques.

    Returns
    -------
    CodeVersion
    """
    declared = plugins(TECHNIQUES)
    used = {name: declared[name] for name in sorted(techniques) if name in declared}
    readers = [plugins(READERS)[name] for name in sorted(plugins(READERS))]
    every = (*used.values(), *readers)
    own = package_digest(_CORE, _ABOVE)
    digests = {
        name: package_digest(name) for name in sorted({one.package for one in every} - {_CORE})
    }
    changed = [name for name, digest in digests.items() if code_changed(name, digest)]
    changed += [_CORE] if code_changed(_CORE, own, _ABOVE) else []
    versions = environment_versions(
        {_OURS, *(one.distribution.rpartition(" ")[0] for one in every)}
    )
    base = (own, versions, [_told(one, digests) for one in readers])
    computing = {name: value_digest((base, _told(one, digests))) for name, one in used.items()}
    whole = value_digest((sorted(computing.items()), package_digest(_CORE)))
    return CodeVersion(computing, whole, tuple(changed))


def code_packages(techniques: Collection[str]) -> tuple[str, ...]:
    """Return the packages besides the core that the results of some techniques depend on.

    Parameters
    ----------
    techniques : collection of str
        Names of installed techniques.

    Returns
    -------
    tuple of str
    """
    declared = plugins(TECHNIQUES)
    used = [declared[name] for name in techniques if name in declared]
    every = {one.package for one in (*used, *plugins(READERS).values())}
    return tuple(sorted(every - {_CORE}))


def _told(plugin: Plugin, digests: Mapping[str, str]) -> tuple[str, ...]:
    return plugin.name, plugin.target, plugin.distribution, digests.get(plugin.package, "")
