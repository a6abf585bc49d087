"""Sessions: `nox -l` lists them; `.ci/run` runs the ones that every change must pass."""

from __future__ import annotations

import nox

nox.options.sessions = ["lint", "types", "floors", "tests"]
nox.options.default_venv_backend = "venv"

SOURCES = ("spectrafit", "techniques", "tests", "docs", "noxfile.py")


@nox.session
def lint(session: nox.Session) -> None:
    """Style: ruff check and ruff format."""
    session.install("ruff>=0.6")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Types: mypy strict."""
    session.install("-e", ".[lint,test]")
    session.run("mypy")


@nox.session
def floors(session: nox.Session) -> None:
    """Who may import whom: import-linter."""
    session.install("-e", ".", "import-linter>=2.0")
    session.run("lint-imports")


@nox.session(python=["3.11", "3.12", "3.13"])
def tests(session: nox.Session) -> None:
    """The whole suite, as README says."""
    session.install("-e", ".[all,test]")
    session.run("pytest", *session.posargs)


@nox.session
def lowest(session: nox.Session) -> None:
    """The suite with the oldest versions that pyproject.toml allows."""
    import re
    import tomllib
    from pathlib import Path

    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = (*project["dependencies"], *project["optional-dependencies"]["test"])
    pins = [re.sub(r">=", "==", requirement) for requirement in wanted]
    session.install(*pins)
    session.install("-e", ".", "--no-deps")
    session.run("pytest", *session.posargs)


@nox.session
def portable(session: nox.Session) -> None:
    """The suite on a console of another coding, in a locale with decimal commas."""
    session.install("-e", ".[all,test]")
    strange = {
        "PYTHONIOENCODING": "cp1252",
        "PYTHONWARNDEFAULTENCODING": "1",
        "LC_ALL": "de_DE.UTF-8",
        "LANG": "de_DE.UTF-8",
    }
    session.run("pytest", *session.posargs, env=strange)


@nox.session
def light(session: nox.Session) -> None:
    """The main job and the first how-to without larch, numba and dask."""
    session.install("-e", ".[formats]")
    for name in ("larch", "numba", "dask"):
        session.run(
            "python",
            "-c",
            f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is not None)",
        )
    folder = session.create_tmp()
    study = "reference_spectra/feco/study.toml"
    session.run("spectrafit", "run", study, "--out", f"{folder}/results")
    session.run("spectrafit", "check", f"{folder}/results")
    session.run("spectrafit", "verify", f"{folder}/results", "--study", study)
    session.run(
        "spectrafit",
        "fit",
        "xanes",
        "reference_spectra/feco/raw/xanes_fe_008K.dat",
        "--calibration",
        "reference_spectra/feco/raw/foil_fe_before.dat",
        "--set",
        "foil_eV=7111.2",
        "--set",
        "signal=fluorescence",
        "--out",
        f"{folder}/one",
    )


@nox.session
def accept(session: nox.Session) -> None:
    """Long acceptance runs, resumed where they stopped; `-- xas` runs all of a folder of tests."""
    from pathlib import Path

    session.install("-e", ".[all,test]")
    kept = {"SPECTRAFIT_ACCEPT": ".accept"}
    parts = [one for one in session.posargs if (Path("tests") / one / "acceptance").is_dir()]
    if parts:
        # the quick ones of a technique's acceptance list are ordinary tests beside the long ones
        rest = [one for one in session.posargs if one not in parts]
        folders = [f"tests/{one}/acceptance" for one in parts]
        session.run("pytest", "-m", "accept or not accept", "-rA", *folders, *rest, env=kept)
        return
    session.run("pytest", "-m", "accept", "-rA", *session.posargs, env=kept)


@nox.session
def bench(session: nox.Session) -> None:
    """Every measurement of the fitting engines, into the page "How fast"; arguments name sections."""
    session.install("-e", ".[all,test]")
    page = "docs/explanation/how-fast.md"
    command = ("python", "-m", "benchmarks", "--write", page, *session.posargs)
    session.run(*command, env={"PYTHONPATH": "tests"})
    if not session.posargs:
        session.run("pytest", "-m", "accept or not accept", "-n", "0", "tests/benchmarks")


def _promises(session: nox.Session, *sections: str) -> None:
    session.install("-e", ".[all,test]")
    page = "docs/explanation/reliability.md"
    session.run(
        *("python", "-m", "reliability", "--write", page, *sections),
        env={"PYTHONPATH": "tests", "OPENBLAS_NUM_THREADS": "1"},
    )


@nox.session
def reliability(session: nox.Session) -> None:
    """Every promise in its full size, into the page "Reliability"; arguments name sections."""
    _promises(session, *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Ten thousand damaged files for every reader."""
    _promises(session, "mutations")


@nox.session
def calibrate(session: nox.Session) -> None:
    """Five thousand simulated spectra for each technique and regime: do error bars hold the truth?"""
    _promises(session, "coverage")


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, warnings as errors, without a network."""
    session.install("-e", ".[docs]")
    session.run("sphinx-build", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


@nox.session
def build(session: nox.Session) -> None:
    """Wheel and sdist; the wheel is installed and does the main job from its packaged data."""
    import glob
    import shutil

    session.install("build>=1.1")
    shutil.rmtree("dist", ignore_errors=True)
    session.run("python", "-m", "build")
    wheel = glob.glob("dist/*.whl")[0]
    session.install("--force-reinstall", wheel)
    folder = session.create_tmp()
    session.run(
        "python",
        "-c",
        "from spectrafit.reference import root; from spectrafit.cli import main; "
        f"main(['run', str(root() / 'feco' / 'study.toml'), '--out', r'{folder}'])",
    )
