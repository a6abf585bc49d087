"""The parameters of a file's fit, as values and as a table."""

from __future__ import annotations

from dataclasses import dataclass

from spectrafit.reporting.tables import Column, Measured, Table
from spectrafit.rounding import number_text
from spectrafit.study.outcome import FileResult

__all__ = ["FittedParameter", "fit_parameters", "fit_table", "fit_text"]


@dataclass(frozen=True)
class FittedParameter:
    """One parameter of a fit.

    Parameters
    ----------
    name : str
        Full name.
    measured : Measured
        Value with its standard uncertainty or the reason why there is none.
    unit : str
        Unit.
    at_bound : bool
        Whether it ended on a bound.
    fixed : bool
        Whether it was held.
    tied : bool
        Whether it follows from others.
    """

    name: str
    measured: Measured
    unit: str
    at_bound: bool
    fixed: bool
    tied: bool

    @property
    def standing(self) -> str:
        """One word or two."""
        if self.fixed:
            return "fixed"
        return "at bound" if self.at_bound else "tied" if self.tied else "free"


def fit_parameters(result: FileResult) -> tuple[FittedParameter, ...]:
    """Return every parameter of the fit of one file.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    tuple of FittedParameter
        Empty without a fit.
    """
    fit = result.observables.fit if result.observables is not None else None
    if fit is None:
        return ()
    rows = []
    for name, free in zip(fit.names, fit.free, strict=True):
        reason = fit.sigma_reason(name)
        fixed = reason == "fixed"
        rows.append(
            FittedParameter(
                name,
                Measured(fit.value(name), fit.sigma(name), reason),
                fit.unit(name),
                name in fit.at_bound,
                fixed,
                not free and not fixed,
            )
        )
    return tuple(rows)


def fit_table(result: FileResult) -> Table | None:
    """Return the parameters of the fit of one file, or None without a fit.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    Table or None
    """
    rows = fit_parameters(result)
    if not rows:
        return None
    return Table(
        f"{result.label}-parameters",
        (
            Column("name", "parameter"),
            Column("value", measured=True),
            Column("unit"),
            Column("standing"),
        ),
        tuple((row.name, row.measured, row.unit, row.standing) for row in rows),
        title="Fit parameters",
    )


def fit_text(result: FileResult) -> str:
    """Return one sentence on the fit of one file: points, free parameters, chi2, noise, flags.

    Parameters
    ----------
    result : FileResult
        Of any status.

    Returns
    -------
    str
        Empty without a fit.
    """
    fit = result.observables.fit if result.observables is not None else None
    if fit is None:
        return ""
    scale = (
        "sigma of the points was given"
        if fit.noise == "known"
        else "sigma of the points was estimated from the scatter about the fit"
    )
    flags = ", ".join(flag.value for flag in fit.flags) or "not converged"
    return (
        f"{fit.ndata} points, {fit.nvary} free parameters, {fit.nfree} degrees of freedom, chi2 "
        f"{number_text(fit.chi2, 5)}, reduced chi2 {number_text(fit.redchi, 4)}; {scale}; engine "
        f"{fit.engine}; {flags}."
    )
