"""What is written for a paper compiles in a test document with a base TeX."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from reporting.outcomes import hostile_outcome

from spectrafit.reporting.methods import methods_of
from spectrafit.reporting.written_methods import written_methods
from spectrafit.reporting.written_tables import written_tables

TOOLS = ("pdflatex", "bibtex", "kpsewhich")
PAPER = r"""\documentclass{article}
%s
\usepackage{booktabs,longtable}
\begin{document}
\input{methods}
%s
\bibliographystyle{unsrt}
\bibliography{references}
\end{document}
"""
T1 = r"\usepackage[T1]{fontenc}"


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        words, cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


@pytest.fixture(scope="session")
def tex() -> None:
    """Skip where there is no TeX."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no TeX here: {', '.join(missing)}")
    if subprocess.run(["kpsewhich", "booktabs.sty"], capture_output=True, check=False).returncode:
        pytest.skip("this TeX has no booktabs")


def compiled(folder: Path, preamble: str = T1) -> str:
    """Return the log of a document that takes in everything that was written."""
    tables = sorted((folder / "tables").glob("*.tex"))
    assert tables
    taken = "\n".join(rf"\input{{tables/{table.stem}}}\clearpage" for table in tables)
    (folder / "paper.tex").write_text(PAPER % (preamble, taken), encoding="utf-8", newline="\n")
    latex = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper")
    run(folder, *latex)
    said = run(folder, "bibtex", "paper")
    assert "error" not in said.lower()
    run(folder, *latex)
    run(folder, *latex)
    assert (folder / "paper.pdf").stat().st_size > 10_000
    return (folder / "paper.log").read_text(encoding="utf-8", errors="replace")


@pytest.mark.xdist_group("feco")
def test_the_shipped_study_makes_a_paper(tex, feco_outcome, tmp_path):
    written_tables(feco_outcome, tmp_path)
    written_methods(methods_of(feco_outcome), tmp_path)
    log = compiled(tmp_path)
    assert "\n!" not in log
    assert "undefined" not in log
    bibliography = (tmp_path / "paper.bbl").read_text(encoding="utf-8")
    assert bibliography.count(r"\bibitem") == 11
    assert "A new atomic database for X-ray" in bibliography


@pytest.mark.parametrize("preamble", [T1, ""], ids=["T1", "no font encoding"])
def test_hostile_texts_are_set_as_they_are(tex, tmp_path, preamble):
    written_tables(hostile_outcome(), tmp_path)
    written_methods(methods_of(hostile_outcome()), tmp_path)
    assert "\n!" not in compiled(tmp_path, preamble)
