"""The sample from settings and header: settings first, and nothing implausible is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from spectrafit.alert import Alert
from spectrafit.errors import SettingsError
from spectrafit_magnetism.alerts import magnetism_alert
from spectrafit_magnetism.header_sample import HeaderSample, header_sample
from spectrafit_magnetism.sample import (
    Diamagnetism,
    Holder,
    Matrix,
    Sample,
    eicosane,
    rule_of_thumb,
)
from spectrafit_magnetism.settings import MagnetismSettings

__all__ = ["GivenSample", "given_sample"]

_MASS_MG = (1e-3, 5e3)
_MOLAR_MASS = (10.0, 1e5)
_DIA_OVER_RULE = 4.0
"""A diamagnetic susceptibility further than this factor from -M/2 x 1e-6 is in another unit: tabled
ones of compounds are within a factor of 2 (G. A. Bain, J. F. Berry, J. Chem. Educ. 85, 532 (2008)),
and the slips there are, 4 pi, 10 and 1e6, are larger."""


@dataclass(frozen=True)
class GivenSample:
    """The sample with what was read, left unread, or not told.

    Parameters
    ----------
    sample : Sample
        Mass, molar mass and corrections.
    words : tuple of str
        What was read from the header, or left unread.
    alerts : tuple of Alert
        What to know before quoting.
    """

    sample: Sample
    words: tuple[str, ...]
    alerts: tuple[Alert, ...]


def given_sample(
    header: Mapping[str, str],
    settings: MagnetismSettings,
    where: str,
    *,
    holder: Holder | None = None,
) -> GivenSample:
    """Return the sample of a run.

    Parameters
    ----------
    header : mapping of str to str
        From the reader of Quantum Design files.
    settings : MagnetismSettings
        What is given there comes before the header.
    where : str
        File name, for messages.
    holder : Holder, optional
        The empty holder.

    Returns
    -------
    GivenSample

    Raises
    ------
    SettingsError
        When mass or molar mass is missing, with the line to type; or a number that is in another
        unit than asked for.
    """
    said = header_sample(header, settings.header_convention)
    mass, molar_mass = settings.mass_mg or said.mass, settings.molar_mass or said.molar_mass
    missing = [
        (name, line)
        for value, name, line in (
            (mass, "mass", "--set mass_mg=MILLIGRAMS"),
            (molar_mass, "molar mass", "--set molar_mass=GRAMS_PER_MOL"),
        )
        if value is None
    ]
    if missing:
        raise SettingsError(
            f"{' and '.join(name for name, _ in missing)} missing: no chi_m T without; the moment "
            "alone can be read and plotted",
            where=where,
            do=f"type: {' '.join(line for _, line in missing)}",
        )
    assert mass is not None
    assert molar_mass is not None
    _refuse_outside("mass", mass, "mg", _MASS_MG, where)
    _refuse_outside("molar mass", molar_mass, "g/mol", _MOLAR_MASS, where)
    dia = _diamagnetism(settings, said, molar_mass, where)
    sample = Sample(
        mass, molar_mass, settings.mass_error_mg or None, settings.molar_mass_error,
        _matrix(settings, said, where), holder, dia,
    )  # fmt: skip
    return GivenSample(sample, said.words, tuple(_alerts(said, settings, sample, where)))


def _refuse_outside(
    name: str, value: float, unit: str, ends: tuple[float, float], where: str
) -> None:
    if not ends[0] <= value <= ends[1]:
        raise SettingsError(f"a {name} of {value:g} {unit}", where=where, do=f"give it in {unit}")


def _diamagnetism(
    settings: MagnetismSettings, said: HeaderSample, molar_mass: float, where: str
) -> Diamagnetism | None:
    rule = rule_of_thumb(molar_mass)
    if settings.chi_dia and settings.chi_dia_rule:
        raise SettingsError("chi_dia and chi_dia_rule", where=where, do="give one of them")
    if settings.chi_dia_rule:
        return rule
    found = said.diamagnetism
    if settings.chi_dia:
        source = settings.chi_dia_source.strip() or "given in the settings, source not told"
        found = Diamagnetism(settings.chi_dia, source)
    if found is not None and not 1.0 / _DIA_OVER_RULE <= found.chi / rule.chi <= _DIA_OVER_RULE:
        raise SettingsError(
            f"a chi_dia of {found.chi:g} is {found.chi / rule.chi:.3g} times the rule of thumb for "
            f"{molar_mass:g} g/mol, {rule.chi:.2e} emu/(mol Oe)",
            where=where,
            do="give it in emu/(mol Oe), of the unit that the molar mass is for",
        )
    return found


def _matrix(settings: MagnetismSettings, said: HeaderSample, where: str) -> Matrix | None:
    own = settings.matrix_chi, settings.matrix_molar_mass
    if any(own) and not (all(own) and settings.matrix_mg):
        raise SettingsError(
            "a matrix needs its mass, molar mass and susceptibility",
            where=where,
            do="give matrix_mg, matrix_molar_mass and matrix_chi",
        )
    if not settings.matrix_mg:
        return said.matrix
    _refuse_outside("mass of the matrix", settings.matrix_mg, "mg", _MASS_MG, where)
    if not any(own):
        return eicosane(settings.matrix_mg)
    chi = Diamagnetism(settings.matrix_chi, "settings").chi
    return Matrix(
        settings.matrix_mg, settings.matrix_molar_mass, chi, "the matrix", "given in the settings"
    )


def _alerts(
    said: HeaderSample, settings: MagnetismSettings, sample: Sample, where: str
) -> Iterator[Alert]:
    for words in said.words:
        if "not read" in words:
            what = words.split(" not read", 1)[0]
            yield magnetism_alert("MAG-101").alert(where=where, what=what)
    for name, own, found in (
        ("mass in mg", settings.mass_mg, said.mass),
        ("molar mass in g/mol", settings.molar_mass, said.molar_mass),
    ):
        if own and found and abs(own / found - 1.0) > 1e-3:
            what = f"the header has {found:g} for the {name}, the settings {own:g}"
            yield magnetism_alert("MAG-122").alert(where=where, what=what)
    if sample.mass_error is None:
        yield magnetism_alert("MAG-104").alert(
            where=where, what="the error of the mass is", line="mass_error_mg=MILLIGRAMS"
        )
    if sample.diamagnetism is not None and sample.diamagnetism.is_rule:
        yield magnetism_alert("MAG-103").alert(where=where, chi=sample.diamagnetism.chi)
