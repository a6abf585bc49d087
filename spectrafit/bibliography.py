"""The works that the core cites; a technique may cite them by their keys and adds its own."""

from __future__ import annotations

from spectrafit.citation import Citation

__all__ = ["BODY", "CORE_CITATIONS", "PROGRAM_TITLE", "program_citation"]

BODY = "The spectrafit-suite developers"
PROGRAM_TITLE = (
    "spectrafit-suite: from the raw files of several spectroscopies to the electronic states of "
    "one material"
)


def program_citation(version: str = "") -> Citation:
    """Return the citation of this program, as CITATION.cff has it.

    Parameters
    ----------
    version : str
        The version that computed; not named when empty.

    Returns
    -------
    Citation
        Its key is ``spectrafit-suite``.
    """
    note = {"note": f"version {version}"} if version else {}
    return Citation("spectrafit-suite", "misc", {"author": BODY, "title": PROGRAM_TITLE, **note})


def _article(
    key: str, author: str, title: str, journal: str, volume: str, pages: str, year: str, doi: str
) -> Citation:
    fields = {"author": author, "title": title, "journal": journal, "volume": volume}
    return Citation(key, "article", {**fields, "pages": pages, "year": year, "doi": doi})


CORE_CITATIONS: tuple[Citation, ...] = (
    _article(
        "harris2020",
        "Harris, C. R. and Millman, K. J. and van der Walt, S. J. and others",
        "Array programming with NumPy",
        "Nature",
        "585",
        "357–362",
        "2020",
        "10.1038/s41586-020-2649-2",
    ),
    _article(
        "virtanen2020",
        "Virtanen, P. and Gommers, R. and Oliphant, T. E. and others",
        "SciPy 1.0: fundamental algorithms for scientific computing in Python",
        "Nature Methods",
        "17",
        "261–272",
        "2020",
        "10.1038/s41592-019-0686-2",
    ),
    _article(
        "branch1999",
        "Branch, M. A. and Coleman, T. F. and Li, Y.",
        "A subspace, interior, and conjugate gradient method for large-scale bound-constrained "
        "minimization problems",
        "SIAM Journal on Scientific Computing",
        "21",
        "1–23",
        "1999",
        "10.1137/S1064827595289108",
    ),
    Citation(
        "newville2014",
        "misc",
        {
            "author": "Newville, M. and Stensitzki, T. and Allen, D. B. and Ingargiola, A.",
            "title": "LMFIT: non-linear least-square minimization and curve-fitting for Python",
            "note": "Zenodo",
            "year": "2014",
            "doi": "10.5281/zenodo.11813",
        },
    ),
    _article(
        "hall1977",
        "Hall, M. M. and Veeraraghavan, V. G. and Rubin, H. and Winchell, P. G.",
        "The approximation of symmetric X-ray peaks by Pearson type VII distributions",
        "Journal of Applied Crystallography",
        "10",
        "66–68",
        "1977",
        "10.1107/S0021889877012849",
    ),
    _article(
        "olivero1977",
        "Olivero, J. J. and Longbothum, R. L.",
        "Empirical fits to the Voigt line width: a brief review",
        "Journal of Quantitative Spectroscopy and Radiative Transfer",
        "17",
        "233–236",
        "1977",
        "10.1016/0022-4073(77)90161-3",
    ),
    _article(
        "kass1995",
        "Kass, R. E. and Raftery, A. E.",
        "Bayes factors",
        "Journal of the American Statistical Association",
        "90",
        "773–795",
        "1995",
        "10.1080/01621459.1995.10476572",
    ),
    _article(
        "schwarz1978",
        "Schwarz, G.",
        "Estimating the dimension of a model",
        "The Annals of Statistics",
        "6",
        "461–464",
        "1978",
        "10.1214/aos/1176344136",
    ),
    Citation(
        "sokal1997",
        "incollection",
        {
            "author": "Sokal, A. D.",
            "title": "Monte Carlo methods in statistical mechanics: foundations and new algorithms",
            "booktitle": "Functional Integration: Basics and Applications",
            "editor": "DeWitt-Morette, C. and Cartier, P. and Folacci, A.",
            "publisher": "Springer",
            "pages": "131–192",
            "year": "1997",
            "doi": "10.1007/978-1-4899-0319-8_6",
        },
    ),
    _article(
        "cleveland1979",
        "Cleveland, W. S.",
        "Robust locally weighted regression and smoothing scatterplots",
        "Journal of the American Statistical Association",
        "74",
        "829–836",
        "1979",
        "10.1080/01621459.1979.10481038",
    ),
    _article(
        "navas2024",
        "Navas, S. and others",
        "Review of particle physics",
        "Physical Review D",
        "110",
        "030001",
        "2024",
        "10.1103/PhysRevD.110.030001",
    ),
)
"""Libraries, least squares, line shapes, counting of peaks, scale factor of errors."""
